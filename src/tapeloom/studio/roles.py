"""What a stem plays: told by its name, or by how it sounds where the name says nothing."""

import re
from dataclasses import dataclass
from itertools import pairwise

from tapeloom.studio.listening import Heard


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of stem usually sits in a mix."""

    role: str  # one of core.score.ROLES, or "texture"
    priority: int  # who gives way where two compete: the lower one
    loudness_lufs: float  # in a mix of -20 LUFS
    pan: float  # of a mono stem
    high_pass_hz: float  # the highest that may be asked for
    room_db: float | None  # what is sent to the room
    duck_db: float = 0.0  # how far a kick pushes it down
    words: tuple[str, ...] = ()  # in names


KINDS: dict[str, Kind] = {
    "kick": Kind("drums", 80, -26.0, 0.0, 25.0, None, words=("kick", "bd", "bassdrum", "kik")),
    "snare": Kind("drums", 75, -27.0, 0.0, 90.0, -18.0,
                  words=("snare", "sd", "sn", "clap", "claps", "rim", "rimshot")),
    "hats": Kind("drums", 30, -34.0, 0.2, 250.0, -24.0,
                 words=("hat", "hats", "hihat", "hihats", "hh", "ride", "crash", "cymbal",
                        "cymbals", "overhead", "overheads", "oh")),
    "drums": Kind("drums", 80, -23.0, 0.0, 30.0, -22.0,
                  words=("drum", "drums", "kit", "beat", "breakbeat", "break", "toms", "tom")),
    "percussion": Kind("drums", 25, -33.0, 0.35, 200.0, -14.0,
                       words=("perc", "percussion", "shaker", "tambourine", "tamb", "conga",
                              "congas", "bongo", "bongos", "cowbell", "djembe")),
    "bass": Kind("bass", 85, -25.0, 0.0, 30.0, None, 2.5, ("bass", "sub", "808", "contrabass")),
    "vocals": Kind("melody", 100, -22.5, 0.0, 90.0, -14.0,
                   words=("vox", "vocal", "vocals", "voice", "singer", "rap", "leadvox", "vo")),
    "backing": Kind("pad", 50, -29.0, 0.3, 140.0, -10.0,
                    words=("bv", "bvs", "backing", "harmony", "harmonies", "choir", "doubles")),
    "melody": Kind("melody", 90, -25.0, 0.08, 120.0, -11.0,
                   words=("lead", "melody", "solo", "sax", "flute", "trumpet", "clarinet",
                          "violin", "vibes", "vibraphone", "horn", "whistle")),
    "keys": Kind("keys", 60, -26.0, -0.2, 80.0, -14.0,
                 words=("keys", "key", "piano", "rhodes", "ep", "epiano", "wurli", "organ",
                        "keyboard", "clav")),
    "guitar": Kind("guitar", 55, -27.0, 0.3, 90.0, -13.0,
                   words=("guitar", "gtr", "guitars", "git", "acoustic", "nylon", "strum")),
    "pad": Kind("pad", 20, -31.0, 0.0, 150.0, -12.0, 2.5,
                ("pad", "pads", "strings", "string", "synth", "atmos", "drone", "ambient")),
    "texture": Kind("texture", 5, -38.0, 0.0, 120.0, None,
                    words=("vinyl", "rain", "noise", "fx", "foley", "texture", "crackle", "hiss",
                           "wind", "waves", "cafe", "fire", "birds", "sfx")),
    "answer": Kind("other", 45, -31.0, -0.3, 120.0, -10.0, words=("answer", "countermelody")),
    "other": Kind("other", 40, -28.0, -0.3, 80.0, -14.0),
}  # fmt: skip


def kind_by_name(name: str) -> str | None:
    """Return the kind that a name says; None where it says nothing.

    >>> kind_by_name("03_Bass Gtr DI"), kind_by_name("LeadVox-2"), kind_by_name("Audio 4")
    ('bass', 'vocals', None)
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    words = [word for word in re.split(r"[^a-z0-9]+", spaced.lower()) if word]
    words = [word if word == "808" else word.strip("0123456789") for word in words]
    joined = ["".join(pair) for pair in pairwise(words)]
    # "Bass drum" is a kick and "lead vox" a voice, whatever "bass" and "lead" are alone.
    for word in joined:
        for kind, usual in KINDS.items():
            if word in usual.words:
                return kind
    found = [kind for kind in _SPECIFIC for word in words if word in KINDS[kind].words]
    return found[0] if found else None


# Who wins when a name says several: "bass gtr" is a bass, "vocal pad" a voice, "kick drum" a kick.
_SPECIFIC = ("vocals", "backing", "kick", "snare", "hats", "percussion", "bass", "drums", "melody",
             "guitar", "pad", "keys", "answer", "texture")  # fmt: skip


def kind_by_sound(heard: Heard) -> tuple[str, str]:
    """Return the kind that a stem sounds like, and why in words.

    The bounds were set on the parts of ten records and on single drums of four kits.
    """
    low, high = heard.share(0.0, 250.0), heard.share(5000.0, 1e9)
    lies_low = f"{100 * low:.0f} % of its energy lies under 250 Hz"
    if heard.struck_db > 15.0:
        told = f"it is struck and dies away (its median lies {heard.struck_db:.0f} dB down)"
        if high > 0.4:
            return "hats", f"{told}, and {100 * high:.0f} % of its energy lies over 5 kHz"
        if low > 0.6:
            # A kit has cymbals above its kick, a kick next to nothing.
            return ("drums" if high > 1e-4 else "kick"), f"{told}, and {lies_low}"
        return ("snare" if high > 3e-4 else "percussion"), f"{told}, with most of it over 250 Hz"
    if low > 0.7:
        return "bass", f"{lies_low} and it is held (its median lies {heard.struck_db:.0f} dB down)"
    if heard.struck_db < 5.0:
        told = f"it is steady (its median lies {heard.struck_db:.0f} dB down)"
        if heard.width > 0.45:
            return "texture", f"{told} and wide (side over middle {heard.width:.2f})"
        return "pad", told
    return "other", "neither its name nor its sound say what it is"

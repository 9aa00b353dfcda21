"""How a record is mixed: the settings, and how they are drawn for its mood."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tapeloom.core.performance import TimedSection
from tapeloom.core.product import Stems
from tapeloom.studio.chain import Chain
from tapeloom.studio.console import Aim, Bus, Channel, MixSettings, Send, Vinyl, free_name
from tapeloom.studio.effects import Band, Compressor, Equalizer, Reverb, Saturation, Tape
from tapeloom.studio.section_moves import draw_moves


@dataclass(frozen=True, slots=True)
class _Strip:
    """What a role's strip is like before anything is drawn."""

    loudness_lufs: float
    pan: float
    high_pass_hz: float
    low_pass_hz: tuple[float, float]  # for the darkest and the brightest record
    send_db: float | None
    duck_db: tuple[float, float] = (0.0, 0.0)  # the range that is drawn from


_STRIPS: dict[str, _Strip] = {
    "melody": _Strip(-25.5, 0.06, 150.0, (5500.0, 11000.0), -10.0),
    "keys": _Strip(-25.0, -0.12, 90.0, (4500.0, 9500.0), -13.0, (0.5, 1.5)),
    "guitar": _Strip(-27.0, 0.28, 110.0, (5000.0, 10000.0), -11.0),
    "pad": _Strip(-31.0, 0.0, 170.0, (3500.0, 8000.0), -12.0, (2.5, 5.0)),
    "bass": _Strip(-25.0, 0.0, 32.0, (1800.0, 4000.0), None),
    "drums": _Strip(-23.0, 0.0, 32.0, (8000.0, 13000.0), -20.0),
    "percussion": _Strip(-34.0, 0.3, 200.0, (6000.0, 11000.0), -13.0),
    "answer": _Strip(-32.5, -0.3, 170.0, (4500.0, 9000.0), -9.0),
    "other": _Strip(-27.0, -0.25, 100.0, (5500.0, 10000.0), -12.0),
    "texture": _Strip(-36.0, 0.0, 120.0, (5000.0, 9000.0), None),
}
# Of the finished mix. The loudness range of lo-fi is 3 to 7 LU and its slope -7 to -5 dB an octave
# (docs/sound.md); mastering moves both by some tenths.
AIM = Aim(range_lu=(4.0, 6.4), slope_db_per_octave=(-6.6, -5.6), centroid_hz=1800.0)
_LAYERS = ("percussion", "answer")  # parts told by name: they lie under others of their role
TAPE_HISS_DB = -66.0  # at least; mastering brings it up by some 8 dB
TEXTURE_LUFS = (-48.0, -34.0)  # from a hint to as loud as a texture gets


def draw_mix(
    stems: Stems,
    *,
    rng: np.random.Generator,
    brightness: float,
    energy: float,
    textures: Mapping[str, float],
    sections: Sequence[TimedSection] = (),
) -> MixSettings:
    """Draw the mix of a record: its balance, room, drum bus, tape, surface, and what moves.

    brightness, energy  0..1
    textures            amounts 0..1 by name; `vinyl` is made here, the others are stems
    sections            the form; without it nothing moves
    """
    room = free_name("reverb", [stem.name for stem in stems.stems])
    channels = tuple(
        _draw_channel(
            stem.name,
            stem.role,
            rng=rng,
            brightness=brightness,
            energy=energy,
            amount=textures.get(stem.name, 0.4),
            room=room,
        )
        for stem in stems.stems
    )
    reverb = Reverb(
        decay_s=float(rng.uniform(1.1, 2.0)),
        damping=float(rng.uniform(0.6, 0.8)),
        size=float(rng.uniform(0.85, 1.2)),
        predelay_ms=float(rng.uniform(12.0, 28.0)),
        low_cut_hz=200.0,
        high_cut_hz=4500.0 + 3500.0 * brightness,
    )
    crushed = free_name("parallel", [stem.name for stem in stems.stems])
    settings = MixSettings(
        channels=tuple(_with_drum_bus(channel, stems, crushed) for channel in channels),
        returns=(Bus(room, (reverb,)), Bus(crushed, _CRUSHED, fader_db=_CRUSHED_DB)),
        vinyl=_draw_surface(rng, textures.get("vinyl", 0.0)),
        bus=_draw_bus(rng, brightness, energy),
        aim=AIM,
    )
    roles = [(stem.name, stem.role) for stem in stems.stems]
    return draw_moves(settings, roles, sections, rng)


def _with_drum_bus(channel: Channel, stems: Stems, crushed: str) -> Channel:
    role = next(stem.role for stem in stems.stems if stem.name == channel.name)
    if role != "drums" or channel.name in _LAYERS:
        return channel
    return replace(channel, sends=(*channel.sends, Send(crushed, 0.0)))


def _draw_channel(
    name: str,
    role: str,
    *,
    rng: np.random.Generator,
    brightness: float,
    energy: float,
    amount: float,
    room: str,
) -> Channel:
    kind = name if name in _LAYERS else role
    strip = _STRIPS.get(kind, _STRIPS["other"])
    # Everything is drawn for every role, so that one stem's role doesn't move another's numbers.
    level, place, cut, duck = rng.uniform(-1.0, 1.0, 4)
    dark, bright = strip.low_pass_hz
    low_duck, high_duck = strip.duck_db
    loudness_lufs = strip.loudness_lufs + 0.7 * float(level)
    if kind == "drums":
        loudness_lufs += 2.0 * (energy - 0.5)
    if role == "texture":
        faint, full = TEXTURE_LUFS
        loudness_lufs = faint + (full - faint) * min(1.0, max(0.0, amount))
    return Channel(
        name=name,
        loudness_lufs=loudness_lufs,
        pan=float(np.clip(strip.pan * (1.0 + 0.4 * float(place)), -1.0, 1.0)),
        high_pass_hz=strip.high_pass_hz,
        low_pass_hz=(dark + (bright - dark) * brightness) * 2.0 ** (0.2 * float(cut)),
        effects=_EFFECTS.get(kind, ()),
        mono_below_hz=120.0 if role in ("bass", "drums") else 0.0,
        duck_db=low_duck + (high_duck - low_duck) * (0.5 + 0.5 * float(duck)),
        sends=() if strip.send_db is None else (Send(room, strip.send_db),),
    )


# Thresholds fit the strips' loudness: the gain comes first.
_EFFECTS: dict[str, Chain] = {
    "drums": (
        # Slow enough to let the stick through.
        Compressor(threshold_db=-22.0, ratio=2.0, attack_ms=15.0, release_ms=140.0, makeup_db=1.0),
    ),
    "bass": (
        Compressor(threshold_db=-22.0, ratio=3.0, attack_ms=25.0, release_ms=180.0, makeup_db=2.0),
    ),
    "keys": (
        Equalizer((Band("bell", 300.0, -1.5, 0.8),)),
        # Chords are struck hard and die away: what is left of them comes up.
        Compressor(threshold_db=-27.0, ratio=2.5, attack_ms=12.0, release_ms=300.0, makeup_db=2.5),
    ),
    "melody": (
        Compressor(threshold_db=-20.0, ratio=2.0, attack_ms=20.0, release_ms=160.0, makeup_db=1.0),
    ),
}


# Parallel compression: what is laid under the drums, so that ghost notes come up.
_CRUSHED: Chain = (
    Compressor(threshold_db=-36.0, ratio=8.0, attack_ms=4.0, release_ms=110.0, makeup_db=14.0),
    Equalizer((Band("high_pass", 60.0), Band("low_pass", 7000.0))),
)
_CRUSHED_DB = -9.0


def _draw_bus(rng: np.random.Generator, brightness: float, energy: float) -> Chain:
    high_cut_hz = (8000.0 + 3500.0 * brightness) * 2.0 ** float(rng.uniform(-0.08, 0.12))
    return (
        # A slow hand on the fader first: soft sections come nearer to loud ones.
        Compressor(
            threshold_db=-28.0,
            ratio=1.5,
            knee_db=12.0,
            attack_ms=120.0,
            release_ms=float(rng.uniform(900.0, 1400.0)),
            makeup_db=3.0,
        ),
        Compressor(
            threshold_db=-18.0 - 2.0 * energy,
            ratio=1.8,
            knee_db=8.0,
            attack_ms=30.0,
            release_ms=float(rng.uniform(180.0, 260.0)),
            makeup_db=0.5,
        ),
        Saturation(drive_db=3.5 + 2.5 * energy + float(rng.uniform(0.0, 2.0))),
        Equalizer(
            (
                # The head's bump.
                Band("bell", float(rng.uniform(65.0, 95.0)), float(rng.uniform(0.8, 1.8)), 0.8),
                Band("low_pass", high_cut_hz, q=0.65),
            )
        ),
        Tape(
            seed=int(rng.integers(2**53)),
            wow_hz=float(rng.uniform(0.5, 1.0)),
            wow_percent=float(rng.uniform(0.08, 0.22)),
            flutter_hz=float(rng.uniform(5.5, 9.0)),
            flutter_percent=float(rng.uniform(0.02, 0.05)),
        ),
    )


def _draw_surface(rng: np.random.Generator, amount: float) -> Vinyl:
    """Draw what lies under the music: a record's surface, or the hiss of the tape alone."""
    density, level, pops = rng.uniform(0.0, 1.0, 3)
    if amount <= 0.0:
        return Vinyl(
            crackle_per_s=0.0,
            pops_per_s=0.0,
            hiss_db=TAPE_HISS_DB + 3.0 * float(level),
            rumble_db=TAPE_HISS_DB - 8.0,
        )
    amount = min(1.0, amount)
    return Vinyl(
        crackle_per_s=5.0 + 20.0 * amount * (0.5 + 0.5 * float(density)),
        crackle_db=-45.0 + 10.0 * amount + 3.0 * float(level),
        pops_per_s=0.2 + 0.6 * amount * float(pops),
        hiss_db=-67.0 + 10.0 * amount,
        rumble_db=-68.0 + 6.0 * amount,
    )

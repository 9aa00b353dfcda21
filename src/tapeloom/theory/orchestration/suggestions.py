"""Who could play: instruments for a genre, a mood and a place in the texture, with reasons."""

from dataclasses import dataclass

from tapeloom.core.errors import InputError
from tapeloom.core.mood import look_up
from tapeloom.core.pitch import pitch_name
from tapeloom.theory.instruments import KITS, KNOWN, Instrument
from tapeloom.theory.instruments.spectra import spectra_of
from tapeloom.theory.orchestration.genres import COLOURS, GENRES, ROLES
from tapeloom.theory.orchestration.problems import the

_TUNEFUL = 6.0  # notes a second that a tune may ask for
_HOLDS_S = 3.0  # for which a pad keeps its loudness
_BASS_ROOM = 6  # semitones above the role's lowest note at which a bass begins at the latest
_AMPLE = 17  # semitones: an octave and a fourth is room for any tune
_LEAST = 0.6  # of the room asked for


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An instrument, how well it suits (0..1), and why."""

    instrument: str
    fit: float
    reasons: tuple[str, ...]


def suggest(
    genre: str, mood: str, *, role: str = "melody", register: tuple[int, int] | None = None,
    count: int = 5, synth_only: bool = False,
) -> tuple[Suggestion, ...]:  # fmt: skip
    """Suggest instruments for a genre, a mood and a role, the most fitting first.

    genre       one of `genres.GENRES`
    mood        a word of core.mood's vocabulary, or "" for none
    role        one of `genres.ROLES`
    register    MIDI pitches between which it plays; the role's own when None
    count       how many
    synth_only  whether the synth itself must have them

    >>> for found in suggest("jazz", "dark", role="melody", count=2):
    ...     print(found.instrument, "-", "; ".join(found.reasons))
    tenor_sax - jazz is known for it; its middle register is smoky, which suits dark; ...
    alto_sax - jazz is known for it; the alto saxophone is comfortable from C4 to E5 of ...
    """
    if genre not in GENRES:
        raise InputError(f"{genre!r} is no genre known here; choose one of {', '.join(GENRES)}")
    if role not in ROLES:
        raise InputError(f"{role!r} is no role here; choose one of {', '.join(ROLES)}")
    if count < 1:
        raise InputError(f"{count} suggestions make no list; ask for 1 or more")
    *span, voices = ROLES[role]
    low, high = register or (span[0], span[1])
    if not 0 <= low <= high <= 127:
        raise InputError(f"a register from {low} to {high}; give two MIDI pitches, the lower first")
    told = _mood(mood)
    found = [
        _judged(known, genre, told, low, high)
        for known in KNOWN.values()
        if _can_be(known, role, voices, low) and not (synth_only and known.stand_in)
    ]
    fitting = [each for each in found if each.fit > 0.0]
    return tuple(sorted(fitting, key=lambda each: (-each.fit, each.instrument))[:count])


def _can_be(known: Instrument, role: str, voices: int, low: int) -> bool:
    """Tell whether an instrument can have a role at all, wherever it is at home."""
    if known.name in KITS or (known.polyphony < voices and known.players < 2 * voices):
        return False
    if role in ("melody", "counter"):
        return known.notes_per_s > _TUNEFUL
    if role == "pad":
        return bool(spectra_of(known.name).hold_s[sum(known.comfortable) // 2] >= _HOLDS_S)
    if role == "bass":
        return known.comfortable[0] <= low + _BASS_ROOM
    return known.family == {"keys": "keyboard", "guitar": "plucked"}[role]


def _mood(word: str) -> str:
    if not word:
        return ""
    found = look_up(word)
    if found is None or found[0] != "mood":
        raise InputError(f"{word!r} is no mood; choose one of {', '.join(COLOURS)}")
    return found[1]


def _judged(known: Instrument, genre: str, mood: str, low: int, high: int) -> Suggestion:
    reasons = []
    at_home = GENRES[genre].get(known.name, 0)
    if at_home:
        words = ("heard in {0} now and then", "at home in {0}", "{0} is known for it")
        reasons.append(words[at_home - 1].format(genre))
    bottom, top = max(low, known.comfortable[0]), min(high, known.comfortable[1])
    inside = max(0, top - bottom + 1)
    fit = min(1.0, inside / min(_AMPLE, high - low + 1))
    if not at_home or fit < _LEAST:
        return Suggestion(known.name, 0.0, ())
    shares = {
        each: _overlap((bottom, top), (each.low, each.high)) / inside
        for each in known.registers
        if mood and each.colour in COLOURS[mood]
    }
    if any(shares.values()):
        best = max(shares, key=lambda each: shares[each])
        reasons.append(f"its {best.name} register is {best.colour}, which suits {mood}")
    reasons.append(
        f"{the(known)} is comfortable from {pitch_name(bottom)} to {pitch_name(top)} of the "
        f"{pitch_name(low)} to {pitch_name(high)} that is asked"
    )
    # A genre counts as much as mood and range together: nobody hires a tuba for its colour alone.
    score = 0.5 * at_home / 3.0 + 0.3 * sum(shares.values()) + 0.2 * fit
    return Suggestion(known.name, round(score, 3), tuple(reasons))


def _overlap(first: tuple[int, int], second: tuple[int, int]) -> int:
    """Return how many semitones two spans share, their ends included."""
    return max(0, min(first[1], second[1]) - max(first[0], second[0]) + 1)

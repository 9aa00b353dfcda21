"""Where phrases close, and how: cadences found in notes.

Each onset is weighed as an arrival on the tonic or the dominant of the key that its bass implies:
by the harmony before and after, the bass's way, the melody's degree, the metre, and by what makes
a close (a long note, a rest, thinner texture, a passage that returns). The best sequence is found
by dynamic programming, which knows that phrases have two, four or eight bars.

The weights are set by hand. On the development part of the benchmark a handful of scalars were
chosen: THRESHOLD, the offsets of IAC and HC, the weights of the whole piece's key, of returning
passages and of the raised fourth, and the two of CONFIDENCE. There (51 movements, tolerance a
quarter note) F1 is 0.60 for cadences of any kind, 0.76 for PAC and 0.40 for HC; perfect keys and
chords would add one to three hundredths.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.meter import Meters
from tapeloom.theory.arrivals import Arrivals, Floats, Ints, describe_arrivals
from tapeloom.theory.events import Events
from tapeloom.theory.keys import spell_key
from tapeloom.theory.profiles import turned

KINDS = {
    "PAC": "perfect authentic cadence",
    "IAC": "imperfect authentic cadence",
    "HC": "half cadence",
    "EC": "evaded cadence",
    "DC": "deceptive cadence",
    "PC": "plagal cadence",
}
# How much rarer a kind is than its evidence alone would say.
OFFSETS = {"PAC": 0.0, "IAC": -2.0, "HC": -1.0, "EC": -3.5, "DC": -3.0, "PC": -3.5}
THRESHOLD = -0.7  # evidence that a cadence must have, its distance from the others counted in
CONFIDENCE = (0.7, -0.6)  # slope and shift of the logistic curve from evidence to probability
# Bars since the last cadence and what speaks for that distance; other even ones 0, odd ones -0.4.
DISTANCES = {1: -2.5, 2: 0.0, 4: 0.6, 6: 0.1, 8: 0.4, 12: 0.1, 16: 0.1}
_ODD = -0.4
_SLACK = 2.5  # how far below the threshold a candidate may lie that a good distance may still lift
_MOST = 3.3  # more than the notes alone can ever say for a kind (`_weigh_degrees`)
_REACH = 40  # candidates that are looked back over
_NEVER = -99.0
_OVERALL = 0.3  # how much the whole piece's key counts beside that of the surrounding bars
_GIVEN = 0.5  # what a key or a chord that was handed in and disagrees costs


class _Span(Protocol):
    @property
    def start(self) -> int: ...


class _ChordSpan(_Span, Protocol):
    @property
    def chord(self) -> Chord: ...


class _KeySpan(_Span, Protocol):
    @property
    def key(self) -> Key: ...


@dataclass(frozen=True, slots=True)
class Cadence:
    """A close: the onset of its last harmony, its kind (see KINDS), the key that it closes in."""

    tick: int
    kind: str
    key: Key
    confidence: float = 1.0  # 0..1
    reason: str = ""  # what speaks for it, in words

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InputError(f"{self.kind!r} is no cadence; choose one of {', '.join(KINDS)}")

    @property
    def name(self) -> str:
        """The kind in words.

        >>> Cadence(0, "HC", Key("C", "major")).name
        'half cadence'
        """
        return KINDS[self.kind]


def find_cadences(
    events: Events,
    meters: Meters,
    chords: Sequence[_ChordSpan] = (),
    keys: Sequence[_KeySpan] = (),
    measures: Sequence[int] | None = None,
) -> tuple[Cadence, ...]:
    """Find the cadences of a piece, in order.

    chords, keys   what an analysis says, spans with a start and a chord or a key: evidence among
                   other; without them the notes alone decide
    measures       ticks at which bars begin, where they are known better than by the meters

    >>> from tapeloom.core.meter import Meter
    >>> from tapeloom.core.score import Note
    >>> bars = ((48, 64, 67, 72), (53, 65, 69, 72), (43, 65, 71, 74), (48, 64, 67, 72))
    >>> notes = [Note(i * 40320, 40320, pitch) for i, bar in enumerate(bars) for pitch in bar]
    >>> last = find_cadences(Events.from_notes(notes), ((0, Meter(4, 4)),))[-1]
    >>> last.tick // 40320, last.kind, str(last.key)
    (3, 'PAC', 'C major')
    >>> last.reason
    'V to I, bass 5 to 1, melody closes on 1 by step, downbeat, long note'
    """
    if not len(events):
        return ()
    found = describe_arrivals(events, meters, measures)
    prior = _key_evidence(found, keys)
    evidence, tonic = _weigh(found, prior)
    if chords:
        evidence -= _GIVEN * _disagreement(found, tonic, chords)
    rows, names = len(found), tuple(KINDS)
    flat = evidence.reshape(rows, -1)
    best = flat.argmax(axis=1)
    score = flat[np.arange(rows), best]
    cadences = []
    for i in _choose(found, score):
        kind, minor = divmod(int(best[i]), 2)
        key = spell_key(int(tonic[i, kind, minor]), "minor" if minor else "major")
        slope, shift = CONFIDENCE
        confidence = 1.0 / (1.0 + np.exp(-slope * (score[i] - THRESHOLD) - shift))
        reason = _explain(found, i, names[kind], key)
        cadences.append(
            Cadence(int(found.tick[i]), names[kind], key, round(float(confidence), 3), reason)
        )
    return tuple(cadences)


def _ramp(values: Floats, low: float, high: float) -> Floats:
    return np.asarray(np.clip((values - low) / (high - low), 0.0, 1.0))


def _key_evidence(found: Arrivals, keys: Sequence[_KeySpan]) -> Floats:
    """Return how well each key fits around each onset, 0 for the best, shape (rows, 24)."""
    profiles = _log_profiles()
    near, all_over = found.around @ profiles, found.whole @ profiles
    fit = near - near.max(axis=1, keepdims=True) + _OVERALL * (all_over - all_over.max())
    if keys:
        starts = [span.start for span in keys]
        names = np.array([12 * span.key.is_minor + span.key.pitch_class for span in keys])
        at = np.clip(np.searchsorted(starts, found.tick, side="right") - 1, 0, None)
        fit -= _GIVEN * (np.arange(24) != names[at][:, None])
    return np.asarray(fit)


@cache
def _log_profiles() -> Floats:
    """Return what a unit of each pitch class says for each key, in nats, shape (12, 24)."""
    shares = turned("temperley")
    shares /= shares.sum(axis=1, keepdims=True)
    return np.asarray(12.0 * np.log(shares + 0.005).T)


def _degrees(shares: Floats, tonic: Ints) -> Floats:
    """Turn pitch classes into semitones above each row's tonic."""
    return np.take_along_axis(shares, (np.arange(12) + tonic[:, None]) % 12, axis=1)


def _weigh(found: Arrivals, prior: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Return evidence (rows, kinds, 2 modes) for each kind, and the tonic it implies."""
    evidence = np.full((len(found), len(KINDS), 2), _NEVER)
    tonic = np.zeros(evidence.shape, np.int64)
    length = np.clip(np.log2(np.maximum(found.melody_ticks / found.beat, 0.1)), -2.0, 2.0)
    rest = np.clip(np.log2(np.maximum(found.rest_ticks / found.beat, 0.1)), -2.5, 1.0)
    # A suspension that resolves over a bass which has come on the downbeat closes as well.
    metre = np.where(found.late, np.maximum(found.metre, -0.8), found.metre)
    close = metre + 0.6 * length + 0.5 * rest + 1.2 * found.returns + 0.4 * found.thinning
    # What the bass arrives at decides the tonic: (kind, semitones from tonic to bass, mode).
    for kinds, step, minor in (
        (("PAC", "IAC", "PC"), 0, 0), (("PAC", "IAC", "PC"), 0, 1), (("HC",), 7, 0),
        (("HC",), 7, 1), (("DC",), 9, 0), (("DC",), 8, 1), (("EC",), 4, 0), (("EC",), 3, 1),
    ):  # fmt: skip
        home = (found.bass - step) % 12
        if kinds == ("HC",):
            likely = np.isin((found.soprano - home) % 12, (2, 7, 11))
        else:
            fifth = (home + 7) % 12
            likely = (found.bass_before == fifth) | (found.bass_beat == fifth)
            likely |= found.bass_bar == fifth
            if "PC" in kinds:
                likely |= found.bass_before == (home + 5) % 12
        key = prior[np.arange(len(found)), home + 12 * minor]
        # What no harmony could lift to the threshold is not looked at.
        most = max(OFFSETS[kind] for kind in kinds) + _MOST
        rows = np.flatnonzero(likely & (close + key + most > THRESHOLD - _SLACK))
        for kind, value in _weigh_degrees(found.take(rows), home[rows], minor, kinds).items():
            at = list(KINDS).index(kind)
            fits = value > _NEVER / 2
            evidence[rows, at, minor] = np.where(
                fits, value + close[rows] + key[rows] + OFFSETS[kind], _NEVER
            )
            tonic[:, at, minor] = home
    return evidence, tonic


def _weigh_degrees(
    found: Arrivals, home: Ints, minor: int, kinds: tuple[str, ...]
) -> dict[str, Floats]:
    """Return what harmony, bass and melody say for some kinds, if this is the tonic."""
    after, before = _degrees(found.after, home), _degrees(found.before, home)
    held, bar = _degrees(found.held, home), _degrees(found.bar_before, home)
    way = _degrees(found.bass_way, home)
    last, low, lowest = (
        (value - home) % 12 for value in (found.bass_before, found.bass_beat, found.bass_bar)
    )
    soprano = (found.soprano - home) % 12
    third = 4 - minor
    dominant = before[:, 7] + before[:, 11] + before[:, 2]
    if kinds == ("HC",):
        triad = after[:, 7] + after[:, 11] + after[:, 2]
        suspended = _ramp(held[:, 0] + held[:, third] + held[:, 9] + held[:, 5], 0.1, 0.4)
        value = 2.0 * (_ramp(triad, 0.4, 1.0) - 0.7) - 2.0 * _ramp(after[:, 5], 0.0, 0.3)
        # A raised fourth degree leads to the dominant: an applied chord, an augmented sixth.
        value += 0.5 * np.isin(last, (0, 5, 6, 8)) + 0.5 * _ramp(before[:, 6], 0.0, 0.15)
        value += 1.5 * (_ramp(1 - dominant, 0.2, 0.8) - 0.5)
        value += np.where(found.late, 1.5 * (suspended - 1.0), 0.0)
        fits = (after[:, 11] > 0.05) & np.isin(soprano, (2, 7, 11))
        return {"HC": np.where(fits, value, _NEVER)}
    root = np.where((last == 7) | (low == 7), 1.0, np.where(lowest == 7, 0.6, 0.0))
    leads = (before[:, 11] > 0) | (bar[:, 11] > 0.03)
    prepared = _ramp(way[:, 5] + way[:, 2] + way[:, 6] + way[:, 8], 0.0, 0.2)
    value = 2.5 * (_ramp(dominant + 0.8 * before[:, 5], 0.2, 0.9) - 0.6)
    value += root - 0.8 - 1.0 * ~leads + 0.7 * (prepared - 0.5)
    sixth = (8, 0, 3) if minor else (9, 0, 4)
    tones = list(sixth if kinds == ("DC",) else (0, third, 7))
    chord = after[:, tones].sum(axis=1)
    value += 2.5 * (_ramp(chord, 0.4, 1.0) - 0.7)
    value -= 2.0 * (after[:, 7 - third] > after[:, third]) + 1.0 * (after[:, 10] > 0.08)
    over = 1.0 - held[:, tones].sum(axis=1)
    value += np.where(found.late, 2.0 * (_ramp(over, 0.1, 0.5) - 0.8), 0.0)
    fits = (root > 0) & (last != (found.bass - home) % 12)
    if kinds != ("PAC", "IAC", "PC"):
        return {kinds[0]: np.where(fits & (soprano == 0), value, _NEVER)}
    moved = found.soprano - found.soprano_before
    step = np.isin(moved, (1, -1, -2))
    # A leaning note that falls to the tonic within the beat is an ornament of it.
    leaning = (soprano != 0) & ((found.soprano_after - home) % 12 == 0)
    leaning &= np.isin(found.soprano_after - found.soprano, (1, -1, -2))
    leaning &= found.melody_ticks <= np.minimum(found.beat, found.next_melody_ticks)
    perfect = (soprano == 0) | leaning
    fourth = before[:, 5] + before[:, 9 - minor] + before[:, 0]
    plagal = 2.5 * (_ramp(fourth, 0.4, 1.0) - 0.6) + 2.5 * (_ramp(chord, 0.4, 1.0) - 0.7)
    plagal -= 4.0 * _ramp(before[:, 7] + before[:, 11] + before[:, 2], 0.0, 0.4)
    return {
        "PAC": np.where(fits & perfect, value + 0.5 * step - 0.5 * leaning, _NEVER),
        "IAC": np.where(fits & ~perfect, value, _NEVER),
        "PC": np.where((last == 5) & (before[:, 5] > 0.1), plagal, _NEVER),
    }


def _disagreement(found: Arrivals, tonic: Ints, chords: Sequence[_ChordSpan]) -> Floats:
    """Return 1 where the chord that was handed in has another root than the kind ends on."""
    starts = [span.start for span in chords]
    roots = np.array([span.chord.root for span in chords])
    at = np.searchsorted(starts, found.tick, side="right") - 1
    root = roots[np.clip(at, 0, None)][:, None, None]
    steps = np.array([(0, 0), (0, 0), (7, 7), (0, 0), (9, 8), (0, 0)])  # in the order of KINDS
    return np.asarray(((tonic + steps) % 12 != root) & (at >= 0)[:, None, None], np.float64)


def _choose(found: Arrivals, score: Floats) -> list[int]:
    """Return the rows of the best sequence of cadences."""
    rows = np.flatnonzero(score > THRESHOLD - _SLACK)
    bars = (found.bar[rows] + 1e-6).astype(np.int64).tolist()
    gains = (score[rows] - THRESHOLD).tolist()
    best, back = list(gains), [-1] * len(rows)
    for j, gain in enumerate(gains):
        for i in range(j - 1, max(j - _REACH, 0) - 1, -1):
            distance = bars[j] - bars[i]
            if distance:
                value = best[i] + gain + DISTANCES.get(distance, _ODD * (distance % 2))
                if value > best[j]:
                    best[j], back[j] = value, i
    path = []
    at = int(np.argmax(best)) if best and max(best) > 0 else -1
    while at >= 0:
        path.append(int(rows[at]))
        at = back[at]
    return path[::-1]


def _explain(found: Arrivals, row: int, kind: str, key: Key) -> str:
    """Say what speaks for a cadence."""
    one, five = ("i", "V") if key.is_minor else ("I", "V")
    home = key.pitch_class
    last = (int(found.bass_before[row]) - home) % 12
    words = [
        {
            "PAC": f"{five} to {one}", "IAC": f"{five} to {one}", "HC": f"arrival on {five}",
            "DC": f"{five} to {'VI' if key.is_minor else 'vi'}", "EC": f"{five} to {one}6",
            "PC": f"{'iv' if key.is_minor else 'IV'} to {one}",
        }[kind]
    ]  # fmt: skip
    if kind in ("PAC", "IAC") and last == 7:
        words.append("bass 5 to 1")
    if kind == "PAC":
        moved = int(found.soprano[row] - found.soprano_before[row])
        words.append(f"melody closes on 1{' by step' if moved in (1, -1, -2) else ''}")
    elif kind == "IAC":
        words.append("melody not on 1")
    if found.late[row]:
        words.append("a suspension resolves over the bass")
    if found.metre[row] == 0:
        words.append("downbeat")
    if found.rest_ticks[row] > found.beat[row]:
        words.append("long note" if found.melody_ticks[row] >= 2 * found.beat[row] else "rest")
    elif found.melody_ticks[row] > found.beat[row]:
        words.append("melody pauses")
    if found.returns[row] > 0.5:
        words.append("a passage returns after it")
    return ", ".join(words)

"""The key of a piece and of a passage, as a distribution over the 24 keys; names of keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.harmony import MODES, Key
from tapeloom.core.meter import Meters
from tapeloom.core.pitch import FLAT_NAMES, SHARP_NAMES
from tapeloom.core.score import Note
from tapeloom.core.time import PPQ
from tapeloom.theory.events import Events
from tapeloom.theory.key_evidence import (
    KEYWISE,
    ONE_METER,
    VECTORS,
    chromaticism,
    first_bar,
    key_evidence,
    seen_from_keys,
)
from tapeloom.theory.key_lines import line_evidence, lines_from_keys
from tapeloom.theory.key_model import KeyModel, shipped_model
from tapeloom.theory.key_net import probabilities
from tapeloom.theory.key_trees import RELATIVE, Trees, relative_inputs
from tapeloom.theory.profiles import PROFILES, correlate

__all__ = [
    "PROFILES",
    "KeyScore",
    "find_key",
    "find_keys",
    "key_distribution",
    "key_distributions",
    "rank_keys",
    "related_keys",
    "spell_key",
    "weigh",
]
PASSAGE_TICKS = 48 * PPQ  # what is shorter is heard as a passage where nobody tells
ENOUGH_ONSETS = 8  # with fewer the evidence counts for less
# Passages with less outside of one major scale are heard as songs are, others as common practice
# and jazz are; both values were chosen on held-out songs and annotated passages (models/keys.md).
CHROMATIC_SHARE = 0.05
CHROMATIC_BLUR = 0.01
PROFILES_HEARD = ("simple", "aarden", "krumhansl")  # published ones, which have a say
PROFILES_WEIGHT = 2.0  # nats for the mean of their correlations, -1..1
LISTENINGS = 4  # passages that a whole diatonic piece is heard by as well
LISTENING_BARS = 8
PASSAGES_COUNT = 2.0  # as much as this many whole pieces
AT_ONCE = 32  # pieces whose evidence stays in the processor's cache
CONFIDENT = 0.97  # what is more probable is asked no further: neither trees nor passages


@dataclass(frozen=True, slots=True)
class KeyScore:
    """A key and how well it fits: a probability 0..1, or a profile's correlation -1..1."""

    key: Key
    score: float


@lru_cache(maxsize=256)
def spell_key(tonic: int, mode: str) -> Key:
    """Return the key on a pitch class with the name that has the fewest accidentals.

    >>> str(spell_key(8, "minor")), str(spell_key(8, "major")), str(spell_key(1, "dorian"))
    ('G# minor', 'Ab major', 'C# dorian')
    """
    names = dict.fromkeys((FLAT_NAMES[tonic % 12], SHARP_NAMES[tonic % 12]))
    keys = [Key(name, mode) for name in names]
    return min(keys, key=lambda key: (abs(key.signature), key.signature < 0))


def key_distribution(
    events: Events,
    *,
    meters: Meters = ONE_METER,
    passage: bool | None = None,
    model: KeyModel | None = None,
) -> NDArray[np.float64]:
    """Return how probable each key is, shape (24,): twelve major keys from C, then the minor ones.

    meters    tell where the first bar begins
    passage   True for some bars of a piece, whose end closes nothing; False for a whole piece;
              None takes what is shorter than twelve bars of four for a passage
    model     None takes the one that comes with the package

    A small net weighs which pitch classes sound, in the bass, at the beginning and the end, which
    triads they make and where these resolve, and a tracking of the key over the bars. It was
    taught on songs, lead sheets and exercises (models/keys.md). Passages are heard by one net where
    they are chromatic and by two where they are diatonic, of which the second goes by the outer
    lines and the metre (`key_lines`); three published profiles have a say. What leaves doubt and is
    diatonic is looked at by trees, which choose between a major key and its relative minor
    (`key_trees`), and a whole piece of that kind is heard by some of its passages too, which count
    together twice as much. The fewer notes begin one after another, the flatter is the answer;
    where there are none all keys are alike.

    >>> notes = [Note(i * PPQ, PPQ, p) for i, p in enumerate((60, 64, 67, 65, 62, 59, 60))]
    >>> shares = key_distribution(Events.from_notes(notes))
    >>> int(shares.argmax()), round(float(shares.sum()), 6)
    (0, 1.0)
    """
    shares: NDArray[np.float64]
    (shares,) = key_distributions([(events, meters)], passage=passage, model=model)
    return shares


def key_distributions(
    music: Sequence[tuple[Events, Meters]],
    *,
    passage: bool | None = None,
    model: KeyModel | None = None,
) -> NDArray[np.float64]:
    """Return how probable each key is in each of many pieces, shape (pieces, 24).

    music   each one's notes and meters

    For the rest as `key_distribution`; faster, since the nets hear a dozen at once.

    >>> chord = Events.from_notes([Note(0, PPQ, pitch) for pitch in (60, 64, 67)])
    >>> key_distributions([(chord, ONE_METER), (chord.transpose(2), ONE_METER)]).argmax(axis=1)
    array([0, 2])
    """
    model = shipped_model() if model is None else model
    shares = np.full((len(music), 24), 1 / 24)
    spans: dict[bool, list[int]] = {False: [], True: []}
    for number, (events, _) in enumerate(music):
        if len(events):
            spans[_is_short(events) if passage is None else passage].append(number)
    for hear, numbers in ((_hear_pieces, spans[False]), (_hear_passages, spans[True])):
        for first in range(0, len(numbers), AT_ONCE):
            batch = numbers[first : first + AT_ONCE]
            shares[batch] = hear([music[number] for number in batch], model)
    for number, (events, _) in enumerate(music):
        begun = events.onset[: 16 * ENOUGH_ONSETS]
        onsets = 1 + int(np.count_nonzero(begun[1:] != begun[:-1]))
        if onsets < ENOUGH_ONSETS:
            flat = np.log(shares[number] + 1e-12) * onsets / ENOUGH_ONSETS
            shares[number] = probabilities(flat)
    return shares


def _is_short(events: Events) -> bool:
    return events.last - int(events.onset[0]) < PASSAGE_TICKS


def _hear_pieces(music: Sequence[tuple[Events, Meters]], model: KeyModel) -> NDArray[np.float64]:
    """Return how probable each key is in whole pieces, shape (pieces, 24).

    Where one leaves doubt and is diatonic, it is the weighted geometric mean of the answer for the
    whole and of those for some passages.
    """
    vectors, keywise = _evidence(music)
    shares = weigh(vectors, keywise, model=model)
    # Rounded, so that a transposition never falls on the other side.
    doubtful = np.flatnonzero(shares.max(axis=1).round(6) < CONFIDENT)
    diatonic = chromaticism(vectors[doubtful]).round(9) < CHROMATIC_SHARE
    rows = doubtful[diatonic].tolist()
    cut = [(row, passage) for row in rows for passage in _some_passages(*music[row])]
    if not cut:
        return shares
    heard = _hear_passages([(passage, music[row][1]) for row, passage in cut], model)
    rows = [row for row, _ in cut]
    asked, count = np.unique(rows, return_counts=True)
    told = np.zeros_like(shares)
    np.add.at(told, rows, np.log(heard + 1e-6))
    mixed = np.log(shares[asked] + 1e-9) + PASSAGES_COUNT * told[asked] / count[:, None]
    shares[asked] = probabilities(mixed / (1 + PASSAGES_COUNT))
    return shares


def _hear_passages(music: Sequence[tuple[Events, Meters]], model: KeyModel) -> NDArray[np.float64]:
    """Return how probable each key is in passages, shape (passages, 24)."""
    vectors, keywise = _evidence(music)
    lines = np.stack([line_evidence(events, meters=meters) for events, meters in music])
    return weigh(vectors, keywise, lines, model=model)


def _evidence(
    music: Sequence[tuple[Events, Meters]],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what `key_evidence` finds in each, for all pieces in one array."""
    vectors = np.empty((len(music), len(VECTORS), 12))
    keywise = np.empty((len(music), len(KEYWISE), 24))
    for row, (events, meters) in enumerate(music):
        vectors[row], keywise[row] = key_evidence(events, meters=meters)
    return vectors, keywise


def _some_passages(events: Events, meters: Meters) -> list[Events]:
    """Cut passages out of a piece, evenly spread; none where it is hardly longer than one."""
    origin, bar = first_bar(events, meters)
    spare = (events.last - origin) // bar - LISTENING_BARS
    if spare < LISTENING_BARS // 2:
        return []
    starts = [origin + bar * (spare * k // (LISTENINGS - 1)) for k in range(LISTENINGS)]
    passages = [events.between(at, at + LISTENING_BARS * bar) for at in starts]
    return [passage for passage in passages if len(passage)]


def weigh(
    vectors: NDArray[np.float64],
    keywise: NDArray[np.float64],
    lines: NDArray[np.float64] | None = None,
    *,
    model: KeyModel | None = None,
) -> NDArray[np.float64]:
    """Return how probable each key is, shape (..., 24), by the evidence of `key_evidence`.

    lines   what `line_evidence` finds in a passage; None for a whole piece

    All three may be of many pieces, shape (pieces, ...).

    >>> vectors, keywise = key_evidence(Events.from_notes([]))
    >>> weigh(vectors, keywise).shape
    (24,)
    """
    model = shipped_model() if model is None else model
    nets = model.nets
    seen = seen_from_keys(vectors, keywise)
    if lines is None:
        turned, logits = None, nets["whole"].logits(seen)
    else:
        turned = lines_from_keys(lines)
        both = (nets["diatonic"].logits(seen) + nets["diatonic_lines"].logits(turned)) / 2
        logits = nets["chromatic"].logits(seen)
        logits += _diatonic_share(vectors)[..., None] * (both - logits)
    lengths = vectors[..., VECTORS.index("duration"), :]
    logits += PROFILES_WEIGHT * correlate(lengths, profile=PROFILES_HEARD)
    shares = probabilities(logits)
    # Rounded, so that a transposition never falls on the other side.
    doubtful = shares.max(axis=-1).round(6) < CONFIDENT
    if not doubtful.any():
        return shares
    trees = model.trees["whole" if lines is None else "passage"]
    return _tell_relatives(shares, doubtful, _diatonic_share(vectors), trees, seen, turned)


def _diatonic_share(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far music counts as diatonic, 0..1, shape (...)."""
    far = (chromaticism(vectors) - CHROMATIC_SHARE) / CHROMATIC_BLUR
    share: NDArray[np.float64] = 1.0 / (1.0 + np.exp(np.clip(far, -50.0, 50.0)))
    return share


def _tell_relatives(
    shares: NDArray[np.float64],
    doubtful: NDArray[np.bool_],
    diatonic: NDArray[np.float64],
    trees: Trees,
    seen: NDArray[np.float32],
    lines: NDArray[np.float32] | None,
) -> NDArray[np.float64]:
    """Let trees divide anew what a major key and its relative minor have together, where in doubt.

    diatonic   how much, 0..1, the trees count for the log-odds against `shares`

    Keys that together are half as probable as others or less are left as they are.
    """
    told = shares.reshape(-1, 24).copy()
    both = told[:, :12] + told[:, RELATIVE]
    likely = both > 0.5 * both.max(axis=1, keepdims=True)
    row, tonic = np.nonzero(likely & doubtful.reshape(-1, 1))
    minor = RELATIVE[tonic]
    those = relative_inputs(
        seen.reshape(-1, *seen.shape[-2:])[row],
        tonic,
        None if lines is None else lines.reshape(-1, *lines.shape[-2:])[row],
    )
    before = np.log((told[row, minor] + 1e-12) / (told[row, tonic] + 1e-12))
    odds = before + diatonic.reshape(-1)[row] * (trees.log_odds(those) - before)
    told[row, minor] = both[row, tonic] / (1.0 + np.exp(-odds))
    told[row, tonic] = both[row, tonic] - told[row, minor]
    return told.reshape(shares.shape)


def find_key(
    events: Events, *, meters: Meters = ONE_METER, passage: bool | None = None
) -> KeyScore:
    """Return the most probable key of a piece or a passage, and its probability.

    >>> tune = (57, 59, 60, 62, 64, 56, 57, 64, 57)
    >>> notes = [Note(i * PPQ, PPQ, pitch) for i, pitch in enumerate(tune)]
    >>> str(find_key(Events.from_notes(notes)).key)
    'A minor'
    """
    shares = key_distribution(events, meters=meters, passage=passage)
    best = int(shares.argmax())
    return KeyScore(_key(best), float(shares[best]))


def find_keys(notes: Sequence[Note], *, profile: str | None = None) -> tuple[KeyScore, ...]:
    """Rank the 24 major and minor keys of some notes.

    profile   None ranks by probability (`key_distribution`); a name in PROFILES by how that
              profile correlates with the notes' lengths

    >>> notes = [Note(i, 1, pitch) for i, pitch in enumerate((57, 59, 60, 62, 64, 57, 60, 64, 57))]
    >>> str(find_keys(notes)[0].key), str(find_keys(notes, profile="temperley")[0].key)
    ('A minor', 'A minor')
    """
    if profile is None:
        return _ranked(key_distribution(Events.from_notes(notes)))
    lengths = np.zeros(12)
    for note in notes:
        lengths[note.pitch % 12] += note.duration
    return rank_keys(lengths, profile=profile)


def rank_keys(
    weights: Sequence[float] | NDArray[np.float64], *, profile: str
) -> tuple[KeyScore, ...]:
    """Rank the 24 keys by twelve weights, one a pitch class from C.

    >>> str(rank_keys([2, 0, 1, 0, 2, 1, 0, 2, 0, 1, 0, 1], profile="krumhansl")[0].key)
    'C major'
    """
    return _ranked(correlate(weights, profile=profile))


def _ranked(scores: NDArray[np.float64]) -> tuple[KeyScore, ...]:
    order = np.argsort(-scores, kind="stable")
    return tuple(KeyScore(_key(int(k)), float(scores[k])) for k in order)


def _key(number: int) -> Key:
    return spell_key(number % 12, "minor" if number >= 12 else "major")


def related_keys(key: Key) -> dict[str, Key]:
    """Return the keys next door: fifths up and down, relative, parallel, thirds.

    >>> {name: str(near) for name, near in related_keys(Key("C", "major")).items()}
    ... # doctest: +NORMALIZE_WHITESPACE
    {'fifth up': 'G major', 'fifth down': 'F major', 'relative': 'A minor',
     'parallel': 'C minor', 'third up': 'Eb major', 'third down': 'A major'}
    """
    tonic = key.pitch_class
    third = next(step for step in MODES[key.mode][1:] if step in (3, 4))
    relative = spell_key(tonic + 3, "major") if third == 3 else spell_key(tonic - 3, "minor")
    return {
        "fifth up": spell_key(tonic + 7, key.mode),
        "fifth down": spell_key(tonic + 5, key.mode),
        "relative": relative,
        "parallel": spell_key(tonic, "major" if third == 3 else "minor"),
        "third up": spell_key(tonic + 3, key.mode),
        "third down": spell_key(tonic - 3, key.mode),
    }

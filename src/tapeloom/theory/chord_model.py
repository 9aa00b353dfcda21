"""How likely a chord is after others: a model of jazz harmony, learned, key-relative, metrical.

Four views of the past are counted, each smoothed by interpolated modified Kneser-Ney, and their
logarithms are added with weights and normalised (after D. Conklin and I. Witten, "Multiple
Viewpoint Systems for Music Prediction", 1995): the last chords as degrees of the key; the root's
motions whatever the key is; the metre with the last two chords; the section with the last one.
A fifth, the memory, is what the piece itself did so far.

The degrees of a minor key are counted from its relative major's tonic, so that both modes share
what they have in common; the mode is told by the beginning.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.theory.chord_views import ORDERS, VIEWS, contexts, remembered
from tapeloom.theory.families import FAMILIES, SIZE, family, frame, symbol
from tapeloom.theory.keys import spell_key
from tapeloom.theory.ngrams import NGrams
from tapeloom.theory.places import Place

_TURNED = (np.arange(SIZE) - 8 * np.arange(12)[:, None]) % SIZE  # a table's symbols moved up
_FILE = Path(__file__).parents[1] / "models" / "chord_model.npz"


@dataclass(frozen=True, slots=True, eq=False)
class ChordModel:
    """The counts of the views, their weights, and which qualities and basses a family takes.

    >>> model = chord_model()
    >>> key, past = Key("C", "major"), [Chord.parse(name) for name in ("Dm7", "G7")]
    >>> model.log_prob(Chord.parse("Cmaj7"), past, key) > model.log_prob(Chord(6), past, key)
    True
    """

    views: tuple[NGrams, ...]  # in the order of VIEWS
    weights: NDArray[np.float64]  # (without place 0, with 1; no memory 0, depth 0.. 1..; 5)
    qualities: NGrams  # of a quality after [the one before, the degree's symbol, the family]
    names: tuple[str, ...]  # the qualities' names
    basses: NGrams  # of the bass's semitones above the root after [the degree's symbol, family]
    _known: dict[tuple[object, ...], NDArray[np.float64]] = field(default_factory=dict, repr=False)

    def distribution(
        self,
        history: Sequence[Chord],
        key: Key,
        *,
        place: Place | None = None,
        memory: bool = False,
    ) -> NDArray[np.float64]:
        """Return the probability of each root and family (index: `symbol`), shape (96,).

        history  the chords before, the nearest last; none at the beginning
        place    where the next chord begins; None where unknown
        memory   whether what the piece did before counts too: use it to judge whole pieces
        """
        return self.predict([symbol(chord) for chord in history], key, place=place, memory=memory)

    def predict(
        self, history: Sequence[int], key: Key, *, place: Place | None = None, memory: bool = False
    ) -> NDArray[np.float64]:
        """Do what `distribution` does for a history of symbols."""
        recent = tuple(history[-ORDERS["motion"] - 1 :])  # whether there was more, too
        asked = (recent, key, place)
        known = None if memory else self._known.get(asked)
        if known is not None:
            return known
        home = frame(key)
        before = history[-1] // 8 if history else key.pitch_class
        depth = -1
        z = np.zeros(SIZE)
        if memory:
            p, depth = remembered(history)
            z += self.weights[int(place is not None), depth + 1, 4] * np.log(p)
        weights = self.weights[int(place is not None), depth + 1]
        for name, seen in contexts(history, key, place).items():
            view = VIEWS.index(name)
            log = self.views[view].log_distribution(seen)
            z += weights[view] * log[_TURNED[before if name == "motion" else home]]
        p = np.exp(z - z.max())
        chances: NDArray[np.float64] = p / p.sum()
        if not memory and len(self._known) < 50_000:
            chances.setflags(write=False)
            self._known[asked] = chances
        return chances

    def log_prob(
        self,
        chord: Chord,
        history: Sequence[Chord],
        key: Key,
        *,
        place: Place | None = None,
        memory: bool = False,
    ) -> float:
        """Return the natural logarithm of a chord's probability: root, family, quality and bass."""
        p = self.distribution(history, key, place=place, memory=memory)[symbol(chord)]
        return float(np.log(p)) + self.log_dress(chord, history[-1] if history else None, key)

    def log_dress(self, chord: Chord, before: Chord | None, key: Key) -> float:
        """Return the logarithm of the probability of quality and bass, root and family given.

        A quality that the corpus never shows in its family has a thousandth.
        """
        degree = (symbol(chord) - 8 * frame(key)) % SIZE
        kind = family(chord.quality)
        p = 1e-3
        if chord.quality in self.names:
            shown = self._qualities_of(kind, degree, before)
            p = max(p, float(shown[self.names.index(chord.quality)]))
        above = (chord.bass_pitch_class - chord.root) % 12
        return float(np.log(p * self.basses.distribution([degree, kind])[above]))

    def _qualities_of(self, kind: int, degree: int, before: Chord | None) -> NDArray[np.float64]:
        last = self.names.index(before.quality) if before and before.quality in self.names else 0
        p = self.qualities.distribution([last, degree, kind])
        inside = np.array([family(name) == kind for name in self.names])
        return np.asarray(p * inside / (p @ inside))

    def surprise(
        self,
        chords: Sequence[Chord],
        key: Key,
        *,
        places: Sequence[Place | None] | None = None,
        memory: bool = True,
        whole: bool = False,
    ) -> NDArray[np.float64]:
        """Return how little each chord was to be expected, in bits, shape (chords,).

        whole   whether quality and bass count too, else root and family alone

        >>> line = [Chord.parse(name) for name in ("Dm7", "G7", "Cmaj7", "F#maj7")]
        >>> int(chord_model().surprise(line, Key("C", "major")).argmax())
        3
        """
        spots = [None] * len(chords) if places is None else places
        symbols = [symbol(chord) for chord in chords]
        bits = np.zeros(len(chords))
        for i, (chord, spot) in enumerate(zip(chords, spots, strict=True)):
            p = self.predict(symbols[:i], key, place=spot, memory=memory)[symbols[i]]
            bits[i] = -np.log2(p)
            if whole:
                dress = self.log_dress(chord, chords[i - 1] if i else None, key)
                bits[i] -= dress / np.log(2.0)
        return bits

    def perplexity(
        self,
        chords: Sequence[Chord],
        key: Key,
        *,
        places: Sequence[Place | None] | None = None,
        memory: bool = False,
    ) -> float:
        """Return 2 to the mean surprise: among how many equally likely chords it feels to choose.

        >>> line = [Chord.parse(name) for name in ("Dm7", "G7", "Cmaj7")]
        >>> 1.0 < chord_model().perplexity(line, Key("C", "major")) < 96.0
        True
        """
        if not chords:
            raise InputError("there is no chord whose perplexity could be told")
        return float(2.0 ** self.surprise(chords, key, places=places, memory=memory).mean())

    def next_chords(
        self,
        history: Sequence[Chord],
        key: Key,
        *,
        place: Place | None = None,
        count: int = 5,
    ) -> tuple[tuple[Chord, float], ...]:
        """Return the likeliest next chords, each in its likeliest quality, with probabilities.

        >>> past = [Chord.parse("Dm7"), Chord.parse("G7")]
        >>> str(chord_model().next_chords(past, Key("C", "major"))[0][0])
        'Cmaj7'
        """
        p = self.distribution(history, key, place=place)
        best = np.argsort(-p, kind="stable")[:count]
        before = history[-1] if history else None
        return tuple((self._dressed(int(s), before, key), float(p[s])) for s in best)

    def continuations(
        self,
        history: Sequence[Chord],
        key: Key,
        *,
        length: int,
        rng: np.random.Generator,
        count: int = 1,
        temperature: float = 1.0,
        places: Sequence[Place | None] | None = None,
    ) -> tuple[tuple[Chord, ...], ...]:
        """Draw ways to go on, the likeliest of them first.

        length       chords to add
        temperature  below 1 keeps to what is usual, above 1 wanders
        places       of the chords to add

        >>> rng = np.random.default_rng(0)
        >>> drawn = chord_model().continuations([], Key("F", "major"), length=4, rng=rng, count=2)
        >>> [len(way) for way in drawn]
        [4, 4]
        """
        if length < 0 or count < 1 or not temperature > 0.0:
            raise InputError("a continuation needs length 0 or more, count and temperature above 0")
        spots = [None] * length if places is None else places
        draws = rng.random((count, length))
        ways: list[tuple[float, int, tuple[Chord, ...]]] = []
        for row in draws:
            way: list[Chord] = []
            log_p = 0.0
            for draw, spot in zip(row, spots, strict=True):
                past = [*history, *way]
                log = np.log(self.distribution(past, key, place=spot)) / temperature
                p = np.exp(log - log.max())
                p /= p.sum()
                drawn = min(int(np.searchsorted(np.cumsum(p), draw)), SIZE - 1)
                log_p += float(np.log(p[drawn]))
                way.append(self._dressed(drawn, past[-1] if past else None, key))
            ways.append((-log_p, len(ways), tuple(way)))
        return tuple(way for _, _, way in sorted(ways))

    def likeliest(
        self,
        history: Sequence[Chord],
        key: Key,
        *,
        length: int,
        width: int = 8,
        places: Sequence[Place | None] | None = None,
    ) -> tuple[tuple[Chord, ...], ...]:
        """Return the likeliest ways to go on, the best first, found by beam search.

        length  chords to add
        width   ways that are followed at a time, and at most returned

        >>> past = [Chord.parse("Dm7"), Chord.parse("G7")]
        >>> [str(chord) for chord in chord_model().likeliest(past, Key("C", "major"), length=1)[0]]
        ['Cmaj7']
        """
        if length < 0 or width < 1:
            raise InputError("a beam needs length 0 or more and width 1 or more")
        spots = [None] * length if places is None else places
        beam: list[tuple[float, tuple[Chord, ...]]] = [(0.0, ())]
        for spot in spots:
            grown = []
            for cost, way in beam:
                past = [*history, *way]
                p = self.distribution(past, key, place=spot)
                for drawn in np.argsort(-p, kind="stable")[:width]:
                    chord = self._dressed(int(drawn), past[-1] if past else None, key)
                    grown.append((cost - float(np.log(p[drawn])), (*way, chord)))
            beam = sorted(grown, key=lambda row: row[0])[:width]
        return tuple(way for _, way in beam)

    def _dressed(self, drawn: int, before: Chord | None, key: Key) -> Chord:
        """Return the likeliest chord of a root and family."""
        degree = (drawn - 8 * frame(key)) % SIZE
        p = self._qualities_of(drawn % 8, degree, before)
        return Chord(drawn // 8, self.names[int(p.argmax())])


@lru_cache(maxsize=1)
def chord_model() -> ChordModel:
    """Return the model that comes with the package (see models/chord_model.md).

    >>> len(chord_model().views)
    4
    """
    return load_chord_model(_FILE)


def load_chord_model(path: Path) -> ChordModel:
    """Read a model that `tapeloom.train.chord_model` wrote.

    >>> load_chord_model(Path("nothing.npz"))
    Traceback (most recent call last):
    tapeloom.core.errors.InputError: nothing.npz is no chord model: ...
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = dict(file)
    except (OSError, ValueError) as error:
        raise InputError(f"{path} is no chord model: {error}") from error
    names = tuple(str(name) for name in arrays["names"])
    return ChordModel(
        tuple(NGrams.from_arrays(arrays, view, size=SIZE) for view in VIEWS),
        np.asarray(arrays["weights"], np.float64),
        NGrams.from_arrays(arrays, "qualities", size=len(names)),
        names,
        NGrams.from_arrays(arrays, "basses", size=12),
    )


def save_chord_model(model: ChordModel, path: Path) -> None:
    """Write a model as a compressed table of numbers.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     save_chord_model(chord_model(), Path(folder) / "model.npz")
    ...     len(load_chord_model(Path(folder) / "model.npz").names) == len(chord_model().names)
    True
    """
    arrays: dict[str, NDArray[np.generic]] = {
        "weights": model.weights,
        "names": np.array(model.names),
    }
    tables = (*zip(VIEWS, model.views, strict=True), ("qualities", model.qualities),
              ("basses", model.basses))  # fmt: skip
    for name, grams in tables:
        arrays |= grams.to_arrays(name)
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]


def key_of(chords: Sequence[Chord]) -> Key:
    """Return the major or minor key in which a progression surprises least.

    >>> str(key_of([Chord.parse(name) for name in ("Bm7b5", "E7b9", "Am6")]))
    'A minor'
    """
    if not chords:
        raise InputError("there are no chords whose key could be told")
    model = chord_model()
    keys = [spell_key(tonic, mode) for tonic in range(12) for mode in ("major", "minor")]
    return min(
        keys,
        key=lambda key: (
            float(model.surprise(chords, key, memory=False).sum())
            - 3.0 * (chords[-1].root == key.pitch_class and _is_home(chords[-1], key))
            - 1.0 * (chords[0].root == key.pitch_class and _is_home(chords[0], key))
        ),
    )


def _is_home(chord: Chord, key: Key) -> bool:
    return FAMILIES[family(chord.quality)] in (("minor", "minor7") if key.is_minor else ("major",))

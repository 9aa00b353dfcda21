"""Whether the tune is heard: its loudness and its bands against all that accompanies it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tapeloom.core.score import Score
from tapeloom.theory.orchestration.lines import Floats, Ints, runs
from tapeloom.theory.orchestration.problems import Problem, the
from tapeloom.theory.orchestration.sounding import FRAME, Sounding, Stage, hear, spread, stage_of

COVERED_DB = 8.0  # a tune that lies further below its accompaniment is covered
LEAST_HEARD = 0.1  # of the loudness that a tune has alone; less is masked
_LOUDNESS = 0.3  # loudness grows with power to this exponent (S. S. Stevens's law)
_PHRASE_BARS = 2  # the longest stretch that is judged as one
_SILENCE = 1e-9
_DOUBLED_RUN = 3  # notes of the tune in a row that a partner plays, too


@dataclass(frozen=True, slots=True)
class Phrase:
    """A stretch of the tune, and how it stands."""

    tick: int
    end: int
    below_db: float  # how far it lies below what accompanies it; negative: above
    heard: float  # 0..1, of the loudness that it has alone
    louder: str  # the part that is loudest beside it
    notes: tuple[int, int]  # indices into the tune's notes, the second one after the last


def check_balance(
    score: Score, *, stage: Stage | None = None, players: Mapping[str, int] | None = None
) -> tuple[Problem, ...]:
    """Find the phrases of the tune that aren't heard, in order of time.

    stage    "hall", "record", or None: a record where the synth plays every part, else a hall
    players  how many play a part, by its name

    The tune is the part with the role of the melody; without one nothing is found. What doubles it
    doesn't hide it. Loudness by register, number of players and velocity come from
    `theory.instruments`, bands from the spectra measured of the synth. Drums are not looked at.

    >>> from tapeloom.core.score import Note, Part
    >>> def part(name, role, instrument, *pitches):
    ...     notes = tuple(Note(40320 * i, 40320, pitch) for i in range(2) for pitch in pitches)
    ...     return Part(name, role, instrument, notes)
    >>> low = Score((part("tune", "melody", "flute", 62), part("brass", "keys", "trumpet", 60, 64)))
    >>> print(check_balance(low)[0])
    tick 0, tune: the flute lies 18 dB below brass, the trumpet
    """
    where = stage or stage_of(score)
    sounding = hear(score, stage=where, players=players or {})
    tune = melody_of(sounding)
    if tune is None:
        return ()
    others = {each.part.name: each for each in sounding if each is not tune}
    found = []
    for phrase in phrases_of(tune, list(others.values()), bars=score.bar_starts):
        if phrase.louder == "":
            continue
        who, other = the(tune.player), the(others[phrase.louder].player)
        if phrase.below_db > COVERED_DB:
            found.append(Problem(
                phrase.tick, phrase.end, tune.part.name, "covered",
                f"{who} lies {phrase.below_db:.0f} dB below {phrase.louder}, {other}",
            ))  # fmt: skip
        elif phrase.heard < LEAST_HEARD:
            found.append(Problem(
                phrase.tick, phrase.end, tune.part.name, "masked",
                f"{who} keeps {100.0 * phrase.heard:.0f} % of its loudness beside "
                f"{phrase.louder}, {other}",
            ))  # fmt: skip
    return tuple(found)


def melody_of(sounding: Sequence[Sounding]) -> Sounding | None:
    """Return the first part that has the tune."""
    return next((each for each in sounding if each.part.role == "melody"), None)


def phrases_of(tune: Sounding, others: Sequence[Sounding], *, bars: Sequence[int]) -> list[Phrase]:
    """Judge the tune phrase by phrase against other parts."""
    power = tune.power.copy()
    fields = [_apart(other, tune, power) for other in others]
    notes = len(tune.line)
    span = (tune.last - tune.first).astype(np.float64)
    levels = np.zeros((len(fields), notes))
    masker = np.zeros_like(power)
    for row, field in enumerate(fields):
        sums = np.concatenate((np.zeros((1, field.shape[1])), np.cumsum(field, axis=0)))
        mean = (sums[tune.last] - sums[tune.first]) / span[:, None]
        levels[row] = mean.sum(axis=1)
        masker += mean
    own = power.sum(axis=1)
    heard = _heard(power, spread(masker))
    found = []
    for first, after in _cuts(tune, bars):
        weight = span[first:after]
        beside = levels[:, first:after] @ weight
        total = float(beside.sum())
        share = float(own[first:after] @ weight)
        below_db = 10.0 * float(np.log10((total + _SILENCE * share) / share))
        found.append(Phrase(
            int(tune.line.start[first]), int(tune.line.end[first:after].max()), below_db,
            float(np.average(heard[first:after], weights=weight)),
            others[int(np.argmax(beside))].part.name if total > 0.0 else "", (first, after),
        ))  # fmt: skip
    return found


def _heard(power: Floats, masker: Floats) -> Floats:
    """Return the share of each note's loudness that is left beside a masker, shape (notes,).

    What a note adds to the loudness of its bands, against what it has there alone: partial
    loudness in its plainest form (B. C. J. Moore and B. R. Glasberg model it for single sounds).
    """
    alone = (power**_LOUDNESS).sum(axis=1)
    added = ((power + masker) ** _LOUDNESS - masker**_LOUDNESS).sum(axis=1)
    return np.asarray(added / alone, np.float64)


def _apart(other: Sounding, tune: Sounding, power: Floats) -> Floats:
    """Return a part's field without what doubles the tune, whose power is added to the tune's.

    What begins with notes of the tune, at the unison or octaves apart, for some notes in a row,
    doubles it, and so does a part that plays nothing else; one note alone only meets it.
    """
    keys = tune.line.start * 12 + tune.line.pitch % 12
    order = np.argsort(keys, kind="stable")
    wanted = other.line.start * 12 + other.line.pitch % 12
    place = np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)
    meets = keys[order][place] == wanted
    met = np.zeros(len(keys), np.bool_)
    met[order[place[meets]]] = True
    if not meets.all():
        for first, last in runs(met):
            if last - first + 1 < min(_DOUBLED_RUN, len(keys)):
                met[first : last + 1] = False
    doubles = meets & met[order[place]]
    if not doubles.any():
        return other.field()
    np.add.at(power, order[place[doubles]], other.power[doubles])
    return other.field(~doubles)


def _cuts(tune: Sounding, bars: Sequence[int]) -> list[tuple[int, int]]:
    """Cut the tune at rests of a beat and at every second bar."""
    line = tune.line
    bar: Ints = np.searchsorted(np.asarray(bars), line.start, side="right") // _PHRASE_BARS
    ended = np.maximum.accumulate(line.end)
    begins = np.flatnonzero((np.diff(bar) > 0) | (line.start[1:] - ended[:-1] >= 4 * FRAME)) + 1
    edges = [0, *begins.tolist(), len(line)]
    return list(pairwise(edges))

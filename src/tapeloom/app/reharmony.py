"""Reharmonisations and harmonisations of songs as plain values and as scores."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tapeloom.app.harmony import harmony_figures
from tapeloom.app.harmony_files import analyse_spans
from tapeloom.app.song import Song, arrange, with_chords
from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.score import ChordSpan, Score
from tapeloom.core.seed import stream
from tapeloom.theory.chart import chord_text, write_chart
from tapeloom.theory.reharmony import Change, Reharmonisation

KEEPABLE = ("melody", "nothing")


@dataclass(frozen=True, slots=True)
class Setting:
    """New chords of a song: the score with them, a chart with the reasons, and the figures."""

    score: Score
    key: Key
    chart: str
    reasons: tuple[str, ...]
    figures: dict[str, Any]


def reharmonize_song(
    song: Song, *, key: Key | None, amount: float, style: str, locks: Sequence[int], count: int,
    seed: int, keep: str = "melody",
) -> tuple[Setting, ...]:  # fmt: skip
    """Find other chords for a song, the best first.

    locks   chords that are to stay, counted from 1
    keep    "melody": the chords suit it, and it is written with them; "nothing"
    """
    from tapeloom.theory.chord_model import key_of
    from tapeloom.theory.reharmony import reharmonise

    if keep not in KEEPABLE:
        raise InputError(f"{keep!r} cannot be kept; choose melody or nothing")
    told = with_chords(song)
    spans = told.score.chords
    for lock in locks:
        if not 1 <= lock <= len(spans):
            raise InputError(f"--lock names chord {lock}; there are chords 1 to {len(spans)}")
    home = key or told.score.key or key_of([span.chord for span in spans])
    found = reharmonise(
        spans,
        key=home, melody=told.melody if keep == "melody" else (), meters=told.score.meters,
        sections=told.score.sections, amount=amount, style=style,
        locks=[lock - 1 for lock in locks], rng=stream(seed, "reharmony"), count=count,
    )  # fmt: skip
    return tuple(_reharmonised(told, each, style=style, keep=keep == "melody") for each in found)


def _reharmonised(song: Song, found: Reharmonisation, *, style: str, keep: bool) -> Setting:
    score = arrange(song, found.chords, found.key, style=style, keep_melody=keep)
    bars = score.bar_starts
    reasons = found.explanations()
    figures = _figures(score, found.chords, found.key) | {
        "cost": round(found.cost, 3),
        "changes": [
            _change(change, reason, bars, found.key)
            for change, reason in zip(found.changes, reasons, strict=True)
        ],
    }
    return Setting(score, found.key, found.chart(), reasons, figures)


def _change(change: Change, reason: str, bars: Sequence[int], key: Key) -> dict[str, Any]:
    return {
        "bar": bisect_right(bars, change.start),
        "before": [chord_text(chord, key) for chord in change.before],
        "after": [chord_text(chord, key) for chord in change.after],
        "technique": change.technique,
        "text": reason,
    }


def harmonize_song(song: Song, *, key: Key | None, style: str, richness: float) -> Setting:
    """Find chords for a song's melody."""
    from tapeloom.theory.harmonise import harmonise
    from tapeloom.theory.keys import find_keys

    if not song.melody:
        raise InputError("there is no melody in it: it has no pitched notes")
    home = key or song.score.key or find_keys(song.melody)[0].key
    chords = harmonise(
        song.melody, meters=song.score.meters, key=home, style=style, richness=richness
    )
    score = arrange(song, chords, home, style=style)
    chart = write_chart(chords, meters=song.score.meters, key=home)
    return Setting(score, home, chart, (), _figures(score, chords, home))


def _figures(score: Score, chords: Sequence[ChordSpan], key: Key) -> dict[str, Any]:
    """Return key, and the chords with their places, numerals and functions."""
    told = harmony_figures(score, analyse_spans(chords, key))
    return {"key": str(key), "chords": told["chords"]}

"""More music from each song: what changes, and what must not."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter
from tapeloom.core.score import Note, Part, Score
from tapeloom.neural.controls import notes_per_bar
from tapeloom.neural.token_codec import Codec
from tapeloom.train.augment import (
    LOFI_DENSITY,
    LOFI_TEMPI,
    TEMPO_SPREAD,
    as_lofi,
    composed,
    enrich,
    half_time,
    lofi_brief,
    thin,
    vary_playing,
)

from ..neural.toy_songs import BAR, toy_song

SONG = toy_song(3, bars=16)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def told(part: Part) -> list[tuple[int, int, int]]:
    return [(n.start, n.duration, n.pitch) for n in part.notes]


@given(st.integers(0, 10_000))
def test_playing_varies_in_tempo_and_loudness_alone(seed):
    varied = vary_playing(SONG, rng(seed))
    assert [told(p) for p in varied.parts] == [told(p) for p in SONG.parts]
    assert varied.chords == SONG.chords
    assert abs(float(varied.tempo.initial_bpm) / 75 - 1) <= TEMPO_SPREAD + 1e-3
    for part in varied.parts:  # a part is louder or softer as a whole
        assert len({n.velocity for n in part.notes}) == 1
    assert vary_playing(SONG, rng(seed)) == varied


def test_half_time_is_twice_as_long_and_half_as_dense():
    slow = half_time(SONG)
    for a, b in zip(SONG.parts, slow.parts, strict=True):
        assert told(b) == [(2 * start, 2 * length, pitch) for start, length, pitch in told(a)]
    assert notes_per_bar(slow) == pytest.approx(notes_per_bar(SONG) / 2, rel=0.05)
    assert slow.chords[1].start == 2 * SONG.chords[1].start
    with pytest.raises(InputError, match="meter changes"):
        half_time(replace(SONG, meters=((0, Meter()), (BAR, Meter(3, 4)))))


@given(st.floats(*LOFI_DENSITY), st.integers(0, 20))
def test_thinning_takes_from_the_keys_alone(density, seed):
    song = toy_song(seed, bars=8)
    thinned = thin(song, density)
    assert thinned.part("melody") == song.part("melody")
    assert thinned.part("bass") == song.part("bass")
    before = {(start, pitch) for start, _, pitch in told(song.part("keys"))}
    kept = [p for p in thinned.parts if p.role == "keys"]
    assert {(start, pitch) for p in kept for start, _, pitch in told(p)} <= before
    assert notes_per_bar(thinned) <= max(
        density, notes_per_bar(replace(song, parts=(song.part("melody"), song.part("bass"))))
    ) + 0.5  # fmt: skip
    assert thin(thinned, density) == thinned


def test_thinning_takes_second_tunes_and_leaves_what_is_thin():
    other = Part("other", "other", notes=(Note(0, 9, 90),))
    sparse = Score((SONG.part("melody"), other))
    assert thin(sparse, 9.0).parts == (SONG.part("melody"),)


def test_enriched_chords_are_sevenths_over_the_same_tune():
    enriched = enrich(SONG, rng())
    assert enriched.parts == SONG.parts
    richness = [
        np.mean([len(span.chord.pitch_classes) for span in score.chords])
        for score in (SONG, enriched)
    ]
    assert richness[1] >= richness[0]
    with pytest.raises(InputError, match="without chords"):
        enrich(replace(SONG, chords=()), rng())


def test_a_lofi_record_keeps_the_tune_and_is_in_the_style():
    record = as_lofi(SONG, rng(1))
    assert told(record.part("melody")) == told(SONG.part("melody"))
    assert {"bass", "drums"} <= {part.role for part in record.parts}
    assert record.chords[0].start == 0
    assert all(a.end == b.start for a, b in zip(record.chords, record.chords[1:], strict=False))
    assert LOFI_TEMPI[0] <= record.tempo.initial_bpm <= LOFI_TEMPI[1]
    assert as_lofi(SONG, rng(1)) == record
    for poor in (replace(SONG, chords=()), replace(SONG, parts=SONG.parts[1:])):
        with pytest.raises(InputError, match="a melody and chords"):
            as_lofi(poor, rng())


def test_the_engine_composes_what_can_be_written_as_tokens():
    piece = composed(rng(2), bars=8)
    assert len(piece.bar_starts) == 8
    assert len(Codec().encode(piece)) > 100
    briefs = [lofi_brief(rng(seed)) for seed in range(20)]
    assert all(LOFI_TEMPI[0] <= brief.bpm < LOFI_TEMPI[1] for brief in briefs)
    assert len(set(briefs)) > 10

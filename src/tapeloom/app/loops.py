"""Loops cut out of a record's mix and its stems, on the bar lines."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tapeloom.app.workshop import Made, Workshop
from tapeloom.core.audio import write_audio
from tapeloom.core.errors import InputError
from tapeloom.core.performance import Performance
from tapeloom.core.product import Mix
from tapeloom.core.score import Score

_LOOP = "loop "  # begins the names of the steps that cut loops


def loops_of(names: Sequence[str], shop: Workshop, score: Score) -> list[str]:
    """Return the loops to cut: those asked for, and those that the record has from before.

    Raises for a section that the score lacks, before anything is rendered.
    """
    known = dict.fromkeys(section.name for section in score.sections)
    for name in names:
        if name not in known:
            raise InputError(f"there is no section {name!r}; choose one of {', '.join(known)}")
    earlier = [step.removeprefix(_LOOP) for step in shop.steps(_LOOP)]
    for name in earlier:
        shop.forget(f"{_LOOP}{name}")  # its folder is named by tempo: it is cut anew
    return list(dict.fromkeys([*names, *(name for name in earlier if name in known)]))


def cut_loops(
    names: Sequence[str], shop: Workshop, score: Score, performance: Performance, mixed: Mix
) -> None:
    """Cut each named section out of the mix and its stems, on the bar lines, into loops/."""
    from tapeloom.studio.loops import Loop

    known = {section.name: section for section in reversed(performance.sections)}
    for name in names:
        section = known[name]
        slug = name.replace("'", "-prime").replace(" ", "-")
        folder = shop.folder / "loops" / f"{slug}_{score.tempo.initial_bpm:.0f}bpm"
        streams = {"mix": mixed.mix} | {stem.name: stem.audio for stem in mixed.stems.stems}

        def make(
            folder: Path = folder, section: Any = section, streams: Mapping[str, Any] = streams
        ) -> Made:
            folder.mkdir(parents=True, exist_ok=True)
            for file, audio in streams.items():
                start, end = (round(at * audio.rate) for at in (section.start_s, section.end_s))
                write_audio(folder / f"{file}.wav", Loop(audio, start, end))
            return [folder / f"{file}.wav" for file in streams], None

        reads = ["mix.flac", *(f"stems/{stem.name}.flac" for stem in mixed.stems.stems)]
        inputs = {"section": asdict(section)}
        shop.step(f"{_LOOP}{name}", inputs=inputs, reads=reads, make=make)

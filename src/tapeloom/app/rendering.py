"""A score's sound without the rest of a record: its stems, played by whom the user names."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tapeloom.core.errors import InputError
from tapeloom.core.files import read_json
from tapeloom.core.performance import (
    Performance,
    PlayedBend,
    PlayedControl,
    PlayedMove,
    PlayedNote,
    PlayedPart,
    performance_from_json,
)
from tapeloom.core.score import Score
from tapeloom.core.seed import stream

LONGEST_S = 2 * 3600.0


def straight(score: Score) -> Performance:
    """Play a score as it is written: every note in its place."""
    at = score.tempo.tick_to_s
    return Performance(
        tuple(
            PlayedPart(
                part.name,
                part.role,
                part.instrument,
                tuple(
                    PlayedNote(
                        at(n.start),
                        at(n.end) - at(n.start),
                        n.pitch,
                        n.velocity,
                        tuple(
                            PlayedMove(at(n.start + m.after) - at(n.start), m.kind, m.value)
                            for m in n.moves
                        ),
                    )
                    for n in part.notes
                ),
                part.program,
                tuple(PlayedControl(at(c.tick), c.number, c.value) for c in part.controls),
                tuple(PlayedBend(at(b.tick), b.value) for b in part.bends),
            )
            for part in score.parts
        ),
        at(score.end),
        score.tempo,
        score.meters,
    )


def performance_of(path: Path) -> Performance:
    """Return what is played: a record's own performance, or any score as it is written."""
    from tapeloom.app.analysis import open_source

    if (path / "performance.json").is_file():
        return performance_from_json(read_json(path / "performance.json"))
    score, _ = open_source(path)
    if score is None:
        raise InputError(f"{path} is audio; give notes: MIDI, MusicXML, score.json or a record")
    return straight(score)


def split_choices(given: Sequence[str]) -> dict[str, str]:
    """Return who is asked to play which part, from `PART=INSTRUMENT`.

    >>> split_choices(["keys=tine:worn", "bass=my=patch.toml"])
    {'keys': 'tine:worn', 'bass': 'my=patch.toml'}
    """
    found: dict[str, str] = {}
    for text in given:
        part, sign, who = text.partition("=")
        if not sign or not part.strip() or not who.strip():
            raise InputError(f"{text!r} names no part and instrument; write keys=tine:worn")
        if part.strip() in found:
            raise InputError(f"two instruments are given for {part.strip()}; give one")
        found[part.strip()] = who.strip()
    return found


def render_score(
    path: Path,
    folder: Path,
    *,
    instruments: Mapping[str, str],
    tuning: Path | None = None,
    keymap: Path | None = None,
    brightness: float | None = None,
    seed: int | None = None,
    mixed: bool = False,
    jobs: int = 2,
) -> dict[str, Any]:
    """Render a score's parts to FLAC files in a folder; return what was done.

    instruments  who plays, by the name or the role of a part
    tuning       a Scala scale; keymap: the keyboard mapping that goes with it
    brightness   0..1; where None a record's own, else 0.5
    seed         where None a record's own, else 0
    mixed        also balance and mix them, as a record is
    """
    from tapeloom.synth.render import instrument_of, render
    from tapeloom.synth.tuning import read_temperament

    own_seed, own_brightness = _record_of(path)
    seed = own_seed if seed is None else seed
    brightness = own_brightness if brightness is None else brightness
    if not 0.0 <= brightness <= 1.0:
        raise InputError(f"brightness is {brightness}; it must lie between 0 and 1")
    if keymap is not None and tuning is None:
        raise InputError("--keymap goes with --tuning, which names the scale")
    performance = performance_of(path)
    if not any(part.notes for part in performance.parts):
        raise InputError(f"{path} has no notes")
    if performance.duration_s > LONGEST_S:
        raise InputError(
            f"{path} lasts {performance.duration_s / 60:.0f} minutes; it must last at most "
            f"{LONGEST_S / 60:.0f}"
        )
    asked = _by_part(performance, instruments, path)
    temperament = read_temperament(tuning, keymap) if tuning is not None else None
    from tapeloom.synth.choice import choose

    choices = {part: choose(text) for part, text in asked.items()}
    stems = render(performance, folder, seed=seed, brightness=brightness, jobs=jobs,
                   choices=choices, tuning=temperament)  # fmt: skip
    if mixed:
        from tapeloom.studio.balance import draw_mix
        from tapeloom.studio.mixer import mix

        drawn = draw_mix(stems, rng=stream(seed, "mix"), brightness=brightness, energy=0.5,
                         textures={})  # fmt: skip
        mix(stems, drawn, folder, kick_onsets_s=[], seed=seed, jobs=jobs)
    return {
        "file": str(path),
        "out": str(folder),
        "seed": seed,
        "duration_s": round(performance.duration_s, 3),
        "tuning": str(tuning) if tuning else None,
        "parts": [
            {
                "name": part.name,
                "role": part.role,
                "instrument": asked.get(part.name) or instrument_of(part),
                "notes": len(part.notes),
                "stem": str(getattr(stem.audio, "path", "")),
            }
            for part, stem in zip(performance.parts, stems.stems, strict=True)
        ],
        "mix": str(folder / "mix.flac") if mixed else None,
    }


def _record_of(path: Path) -> tuple[int, float]:
    """Return seed and brightness of a record's folder, by which its dry parts were drawn."""
    from tapeloom.app.order import BRIEF, read_order

    if not (path / BRIEF).is_file():
        return 0, 0.5
    brief = read_order(path, {}).brief
    return brief.seed, brief.character.brightness


def _by_part(performance: Performance, asked: Mapping[str, str], path: Path) -> dict[str, str]:
    """Return who plays each part by its name; a role means all parts that have it."""
    found: dict[str, str] = {}
    for key, who in asked.items():
        named = [part.name for part in performance.parts if part.name == key]
        named = named or [part.name for part in performance.parts if part.role == key]
        if not named:
            known = ", ".join(f"{part.name} ({part.role})" for part in performance.parts)
            raise InputError(f"{path} has no part {key!r}; its parts are {known}")
        found |= {name: who for name in named if name not in found or named == [key]}
    return found

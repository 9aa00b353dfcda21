"""Mastering of files: by a preset, a reference or the assistant, one by one or as an album."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tapeloom.core.audio import AudioFile, encode_audio
from tapeloom.core.errors import InputError
from tapeloom.core.product import Master, loudness_to_json
from tapeloom.studio.assistant import assist, match
from tapeloom.studio.mastering import master
from tapeloom.studio.presets import MasterSettings, preset
from tapeloom.studio.profile import Profile, measure_profile
from tapeloom.studio.targets import Target, target_for, target_of

CODECS = {"mp3": ".mp3", "aac": ".m4a", "opus": ".opus"}
BIT_RATES = {"mp3": 320_000, "aac": 256_000, "opus": 192_000}
CODING_TRIES = 3
CODING_MARGIN_DB = 0.1

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class MasterOrder:
    """What somebody asks of a master."""

    preset: str = "streaming"
    changes: Mapping[str, Any] = field(default_factory=dict)  # of MasterSettings
    references: tuple[Path, ...] = ()
    assistant: bool = False
    coding: str | None = None  # one of CODECS: the ceiling holds after it, too
    fade_in_s: float = 0.0
    fade_out_s: float = 0.0
    seed: int = 0

    def settings(self) -> MasterSettings:
        """Return the preset with the changes."""
        return self.changed(preset(self.preset).settings)

    def changed(self, settings: MasterSettings) -> MasterSettings:
        """Return settings with what was asked for by number."""
        return replace(settings, **self.changes)


@dataclass(frozen=True, slots=True)
class Mastered:
    """A master with what it was made of."""

    source: AudioFile
    settings: MasterSettings
    before: Profile
    master: Master
    coded: Path | None  # the coded copy
    target: Target | None  # what it was led towards, where a reference or the assistant led it

    def figures(self) -> dict[str, Any]:
        """Return what is told of it, as JSON."""
        before, after = self.before.loudness, self.master.loudness
        assert isinstance(self.master.audio, AudioFile)  # noqa: S101
        return {
            "file": str(self.source.path),
            "out": str(self.master.audio.path),
            "coded": str(self.coded) if self.coded else None,
            "before": loudness_to_json(before),
            "after": loudness_to_json(after),
            "target_lufs": self.settings.target_lufs,
            "ceiling_dbtp": self.settings.ceiling_dbtp,
            "notes": list(self.master.notes),
        }


def master_file(
    source: AudioFile,
    target: Path,
    order: MasterOrder,
    *,
    before: Profile | None = None,
    settings: MasterSettings | None = None,
    on_progress: Progress | None = None,
) -> Mastered:
    """Master one file into `target`, and its coded copy beside it where that is asked for.

    settings  in place of the order's own
    """
    say = on_progress or (lambda _: None)
    before = before or measure_profile(source)
    settings, target_found, planned = plan(source, before, order, settings or order.settings(), say)
    asked = settings
    notes: list[str] = []
    coded = target.with_suffix(CODECS[order.coding]) if order.coding else None
    for attempt in range(CODING_TRIES):
        made = master(
            source, settings, target, fade_in_s=order.fade_in_s, fade_s=order.fade_out_s,
            seed=order.seed, profile=before, on_progress=lambda part: say(0.3 + 0.7 * part),
        )  # fmt: skip
        if coded is None or order.coding is None:
            break
        encode_audio(coded, made.audio, bit_rate=BIT_RATES[order.coding])
        peak_dbtp = measure_profile(AudioFile.open(coded)).loudness.true_peak_dbtp
        over_db = peak_dbtp - asked.ceiling_dbtp
        if over_db <= 0.0:
            notes.append(f"after {order.coding} the true peak is {peak_dbtp:.2f} dBTP")
            break
        if attempt == CODING_TRIES - 1:
            notes.append(
                f"after {order.coding} the true peak is still {peak_dbtp:.2f} dBTP: "
                f"{CODING_TRIES} tries were not enough"
            )
            break
        ceiling_dbtp = settings.ceiling_dbtp - over_db - CODING_MARGIN_DB
        settings = replace(settings, ceiling_dbtp=ceiling_dbtp)
    made = replace(made, notes=(*planned, *made.notes, *notes))
    return Mastered(source, asked, before, made, coded, target_found)


def plan(
    source: AudioFile,
    before: Profile,
    order: MasterOrder,
    settings: MasterSettings,
    say: Progress,
) -> tuple[MasterSettings, Target | None, tuple[str, ...]]:
    """Return settings as references or the assistant would have them, their target, and why.

    What was asked for by number stays as it was asked for.
    """
    if not order.references and not order.assistant:
        return settings, None, ()
    if order.references:
        profiles = [measure_profile(check_can_be_mastered(path)) for path in order.references]
        names = ", ".join(path.name for path in order.references)
        target = target_of(profiles, names)
    else:
        target = target_for(settings, f"the preset {order.preset}", before)
    if before.is_silent:
        return settings, target, ()
    if order.assistant:
        level_lufs = min(settings.ceiling_dbtp - 3.0, target.integrated_lufs)
        settings = replace(settings, target_lufs=level_lufs)
        found, notes = assist(
            source,
            before,
            target,
            replace(settings, **order.changes),
            on_progress=lambda part: say(0.3 * part),
        )
    else:
        found, notes = match(before, target, settings)
    return replace(found, **order.changes), target, notes


def report_folder(target: Path) -> Path:
    """Return where the report of a master lies: beside it."""
    return target.with_name(f"{target.stem}-report")


def check_can_be_mastered(path: Path) -> AudioFile:
    """Open a file; InputError where it holds nothing that a master can be made of."""
    source = AudioFile.open(path)
    if not source.frames:
        raise InputError(f"{path} has 0 samples; there must be at least 1")
    if source.channels > 2:
        raise InputError(
            f"{path} has {source.channels} channels; mastering takes mono (1) or stereo (2)"
        )
    return source

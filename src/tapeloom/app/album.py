"""Several files mastered: each for itself, or as an album with one level and one file."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from tapeloom.app.mastering import (
    Mastered,
    MasterOrder,
    Progress,
    check_can_be_mastered,
    master_file,
)
from tapeloom.core.audio import BLOCK, AudioFile, AudioStream, Samples, write_audio
from tapeloom.core.errors import InputError, TapeloomError
from tapeloom.core.files import replacing
from tapeloom.release.cue_sheet import CueTrack, cue_sheet
from tapeloom.studio.presets import MasterSettings
from tapeloom.studio.profile import Profile, measure_profile

_LOWEST_LUFS = -70.0


def master_each(
    sources: Sequence[Path], targets: Sequence[Path], order: MasterOrder, *, on_progress: Progress
) -> list[Mastered]:
    """Master files one by one; one that cannot be doesn't stop the others, but ends in an error."""
    done: list[Mastered] = []
    failed: list[TapeloomError] = []
    for number, (source, target) in enumerate(zip(sources, targets, strict=True)):

        def tell(part: float, number: int = number) -> None:
            on_progress((number + part) / len(sources))

        try:
            done.append(master_file(check_can_be_mastered(source), target, order, on_progress=tell))
        except TapeloomError as error:
            if len(sources) == 1:
                raise
            failed.append(error)
    if failed:
        others = f"; the other {len(done)} are mastered" if done else ""
        raise type(failed[0])(f"{'; '.join(str(error) for error in failed)}{others}")
    return done


def master_album(
    sources: Sequence[Path],
    targets: Sequence[Path],
    order: MasterOrder,
    *,
    gap_s: float,
    on_progress: Progress,
) -> list[Mastered]:
    """Master files so that the album as one programme meets the target; join them, with gaps.

    Tracks keep their loudness to one another. Beside them lie album.flac (or .wav) and album.cue.
    """
    files = [check_can_be_mastered(source) for source in sources]
    for name in ("rate", "channels"):
        if len({getattr(file, name) for file in files}) > 1:
            told = ", ".join(f"{file.path.name}: {getattr(file, name)}" for file in files)
            raise InputError(f"the tracks of an album must have the same {name}, and have {told}")
    before = []
    for number, file in enumerate(files):
        before.append(measure_profile(file))
        on_progress(0.2 * (number + 1) / len(files))
    done = []
    for number, (file, target, track, settings) in enumerate(
        zip(files, targets, before, album_settings(order.settings(), before), strict=True)
    ):

        def tell(part: float, number: int = number) -> None:
            on_progress(0.2 + 0.8 * (number + part) / len(files))

        made = master_file(file, target, order, before=track, settings=settings, on_progress=tell)
        done.append(made)
    _join([mastered.master.audio for mastered in done], targets, order.settings().bits, gap_s)
    return done


def album_settings(settings: MasterSettings, tracks: Sequence[Profile]) -> list[MasterSettings]:
    """Return each track's settings so that all tracks, as one programme, have the target's level.

    A soft track stays as much softer as it was.
    """
    from tapeloom.dsp.loudness import integrated_lufs

    album_lufs = integrated_lufs(np.concatenate([track.steps.powers for track in tracks]))
    moved = []
    for track in tracks:
        target_lufs = settings.target_lufs
        if not track.is_silent:
            target_lufs += track.loudness.integrated_lufs - album_lufs
        moved.append(replace(settings, target_lufs=min(0.0, max(_LOWEST_LUFS, target_lufs))))
    return moved


@dataclass(frozen=True, slots=True)
class _Joined:
    """Streams one after another with silence between them."""

    streams: tuple[AudioStream, ...]
    gap: int  # samples

    @property
    def rate(self) -> int:
        return self.streams[0].rate

    @property
    def channels(self) -> int:
        return self.streams[0].channels

    @property
    def frames(self) -> int:
        return sum(one.frames for one in self.streams) + self.gap * (len(self.streams) - 1)

    def blocks(self, size: int = BLOCK) -> Iterator[Samples]:
        for number, one in enumerate(self.streams):
            for start in range(0, self.gap if number else 0, size):
                yield np.zeros((self.channels, min(size, self.gap - start)), np.float32)
            yield from one.blocks(size)


def _join(tracks: Sequence[AudioStream], targets: Sequence[Path], bits: int, gap_s: float) -> None:
    folder, suffix = targets[0].parent, targets[0].suffix
    joined = _Joined(tuple(tracks), round(gap_s * tracks[0].rate))
    whole: AudioFile = write_audio(folder / f"album{suffix}", joined, subtype=f"PCM_{bits}")
    cues = []
    start = 0
    for track, target in zip(tracks, targets, strict=True):
        title = target.stem
        with suppress(IndexError):
            title = title.split(" ", 1)[1]
        cues.append(CueTrack(title, start))
        start += track.frames + joined.gap
    with replacing(folder / "album.cue") as temporary:
        temporary.write_text(cue_sheet(whole.path.name, cues, rate=whole.rate), "utf-8")

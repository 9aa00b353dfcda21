"""The video of a record: its scene as a loop, under its whole sound or under a clip of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tapeloom.app.workshop import RECORD
from tapeloom.core.audio import BLOCK, AudioFile, AudioStream, Samples, encode_audio, rebatch
from tapeloom.core.brief import brief_from_json
from tapeloom.core.errors import InputError
from tapeloom.core.files import read_json
from tapeloom.core.performance import performance_from_json
from tapeloom.core.score import score_from_json

AAC_BIT_RATE = 384_000  # what YouTube asks of stereo
LOOP_S, SHORTEST_LOOP_S, LONGEST_LOOP_S = 20, 2, 120
WORKPLACE = ".video-"  # begins the name of the folder that a video is made in
_FADE_S = 0.02  # at both ends of a clip
Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class VideoOrder:
    """What somebody asks of a video."""

    size: str = "1080p"
    aspect: str = "16:9"
    loop_s: int = LOOP_S
    clip_s: float | None = None  # a passage of about so long instead of the whole
    visualiser: str | None = None  # spectrum, waveform or vu
    has_progress: bool = False
    has_chapters: bool = False
    scene: str | None = None  # None takes the cover's
    grading: str | None = None

    def __post_init__(self) -> None:
        from tapeloom.media.video import picture_size
        from tapeloom.media.visualiser import check_kind

        picture_size(self.size, self.aspect)
        check_kind(self.visualiser)
        if not SHORTEST_LOOP_S <= self.loop_s <= LONGEST_LOOP_S:
            raise InputError(
                f"the loop is {self.loop_s} s; it must lie between {SHORTEST_LOOP_S} "
                f"and {LONGEST_LOOP_S}"
            )

    @property
    def shows_sound(self) -> bool:
        """Whether every frame is another, so that the loop cannot just be repeated."""
        return self.visualiser is not None or self.has_progress or self.has_chapters


@dataclass(frozen=True, slots=True)
class _Excerpt:
    """A stretch of a stream with short fades."""

    source: AudioStream
    start: int
    end: int

    @property
    def rate(self) -> int:
        return self.source.rate

    @property
    def channels(self) -> int:
        return self.source.channels

    @property
    def frames(self) -> int:
        return self.end - self.start

    def blocks(self, size: int = BLOCK) -> Iterator[Samples]:
        yield from rebatch(self._cut(), size)

    def _cut(self) -> Iterator[Samples]:
        at = 0
        fade = max(1, round(_FADE_S * self.rate))
        for block in self.source.blocks():
            first, last = max(self.start - at, 0), min(self.end - at, block.shape[1])
            if first < last:
                place = np.arange(at + first, at + last)
                gain = np.minimum(1.0, np.minimum(place - self.start, self.end - 1 - place) / fade)
                yield (block[:, first:last] * gain).astype(np.float32)
            at += block.shape[1]
            if at >= self.end:
                return


def make_video(
    folder: Path, target: Path, order: VideoOrder, *, on_progress: Progress | None = None
) -> dict[str, Any]:
    """Make a record's video and return what is told of it."""
    if not (folder / RECORD).is_file():
        raise InputError(f"{folder} is no finished record; it has no {RECORD}")
    data = read_json(folder / RECORD)
    brief = brief_from_json(data["brief"])
    master: AudioStream = AudioFile.open(folder / "master.flac")
    performance = performance_from_json(read_json(folder / "performance.json"))
    chapters = tuple((section.start_s, section.name) for section in performance.sections)
    passage = None
    if order.clip_s is not None:
        from tapeloom.compose.hook import find_hook

        score = score_from_json(read_json(folder / "score.json"))
        passage = find_hook(score, seconds=order.clip_s)
        ends = [round(at * master.rate) for at in (passage.start_s, passage.end_s)]
        master = _Excerpt(master, ends[0], min(ends[1], master.frames))
    told = write_video(
        master, target, order, design_of(brief, order, data.get("cover")),
        title=str(data["title"]) if passage else None,
        chapters=_named(chapters) if order.has_chapters else (), on_progress=on_progress,
    )  # fmt: skip
    if passage is not None:
        told |= {"section": passage.section, "start_s": passage.start_s, "end_s": passage.end_s}
    return told


def _named(chapters: tuple[tuple[float, str], ...]) -> tuple[tuple[float, str], ...]:
    from tapeloom.compose.form import kind_of
    from tapeloom.release.chapters import name_parts
    from tapeloom.release.metadata import language_of

    names = name_parts([kind_of(name) for _, name in chapters], language_of("en"))
    return tuple((start_s, name) for (start_s, _), name in zip(chapters, names, strict=True))


def design_of(brief: Any, order: VideoOrder, cover: Mapping[str, str] | None = None) -> Any:
    """Return the scene of a record's cover, or the one asked for.

    cover  what was asked of the cover
    """
    from dataclasses import replace

    from tapeloom.app.picturing import scene_of
    from tapeloom.media import ColorGrading

    drawn = scene_of(brief, cover)
    if order.scene is not None:
        drawn = replace(drawn, scene=order.scene)
    if order.grading is None:
        return drawn
    try:
        return replace(drawn, grading=ColorGrading(order.grading.lower()))
    except ValueError:
        known = ", ".join(grading.value for grading in ColorGrading)
        raise InputError(f"{order.grading!r} is no grading; choose one of {known}") from None


def write_video(
    audio: AudioStream, target: Path, order: VideoOrder, design: Any, *, title: str | None = None,
    chapters: tuple[tuple[float, str], ...] = (), on_progress: Progress | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Encode a scene's loop, then lay it under the sound.

    title     burned in, for clips
    chapters  seconds and names, shown where they begin
    """
    from tempfile import TemporaryDirectory

    from tapeloom.media.video import (
        RATE_FPS,
        decode_loop,
        encode_frames,
        picture_size,
        repeat_loop,
    )  # fmt: skip

    tell = on_progress or (lambda stage, part: None)
    width, height = picture_size(order.size, order.aspect)
    colours = design.colours()
    paper, ink = colours.colour("paper"), colours.colour("ink")
    duration_s = audio.frames / audio.rate
    target.parent.mkdir(parents=True, exist_ok=True)
    # Beside the target: the loop and the sound may be large, and are gone whatever happens.
    with TemporaryDirectory(dir=target.parent, prefix=WORKPLACE) as place:
        loop, sound = Path(place) / "loop.mp4", Path(place) / "sound.m4a"
        count = order.loop_s * RATE_FPS
        frames = _with_title(design, width, height, count, title, paper, ink)
        encode_frames(loop, frames, width=width, height=height, count=count,
                      on_progress=lambda part: tell("picture", part))  # fmt: skip
        encode_audio(sound, audio, bit_rate=AAC_BIT_RATE)
        if not order.shows_sound:
            shown = repeat_loop(target, loop, sound, duration_s=duration_s,
                                on_progress=lambda part: tell("video", part))  # fmt: skip
        else:
            from tapeloom.media.visualiser import Look, draw_over, hear

            look = Look(order.visualiser, paper, ink, order.has_progress, chapters)
            heard = hear(audio, rate_fps=RATE_FPS)
            drawn = draw_over(decode_loop(loop), heard, look, width=width, height=height,
                              rate_fps=RATE_FPS)  # fmt: skip
            shown = encode_frames(
                target, drawn, width=width, height=height, sound=sound, count=len(heard),
                on_progress=lambda part: tell("video", part),
            )  # fmt: skip
    return {
        "file": str(target), "width": width, "height": height, "rate_fps": RATE_FPS,
        "frames": shown, "duration_s": round(duration_s, 3), "scene": design.scene,
    }  # fmt: skip


def _with_title(
    design: Any, width: int, height: int, count: int, title: str | None, paper: Any, ink: Any
) -> Iterator[Any]:
    from tapeloom.app.picturing import readable_title
    from tapeloom.media.captions import caption
    from tapeloom.media.scene_design import scene_frames

    overlay = None
    if title is not None:
        box = (0.07, 0.1, 0.93, 0.3) if height >= width else (0.055, 0.62, 0.6, 0.9)
        words, own = readable_title(title)
        overlay = caption(
            words, width=width, height=height, box=box, colour=paper, ink=ink, own=own
        )
    for frame in scene_frames(design, width, height, count):
        if overlay is None:
            yield frame
            continue
        titled = frame.copy()
        overlay.lay(titled)
        yield titled

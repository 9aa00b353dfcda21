"""What the sound does, drawn into a video: spectrum, waveform or VU, progress, chapter titles."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import AudioStream
from tapeloom.core.errors import InputError
from tapeloom.media.captions import Frame, Overlay, caption
from tapeloom.media.palette import Colour

KINDS = ("spectrum", "waveform", "vu")
BANDS = 40
LOW_HZ, HIGH_HZ = 45.0, 12_000.0
FLOOR_DB = -54.0
_WINDOW = 4096  # samples of the spectrum
_RISE, _FALL = 0.65, 0.16  # how far a bar goes to its new height in a frame, up and down
_VU_S = 0.3  # rise of a VU meter to 99 per cent (IEC 60268-17)
_POINTS = 96  # of the waveform
_CHAPTER_S, _FADE_S = 6.0, 0.7


@dataclass(frozen=True, slots=True)
class Heard:
    """What is drawn of the sound in each frame, 0..255: few bytes for an hour."""

    bars: NDArray[np.uint8]  # (frames, bands)
    wave: NDArray[np.uint8]  # (frames, points), 128 is silence
    needles: NDArray[np.uint8]  # (frames, 2)

    def __len__(self) -> int:
        return len(self.bars)


def hear(audio: AudioStream, *, rate_fps: int) -> Heard:
    """Listen to a stream in blocks and note what each frame shows."""
    edges = np.geomspace(LOW_HZ, min(HIGH_HZ, 0.45 * audio.rate), BANDS + 1)
    bins = np.fft.rfftfreq(_WINDOW, 1.0 / audio.rate)
    owner = np.searchsorted(edges, bins) - 1
    inside = (owner >= 0) & (owner < BANDS)
    window = np.hanning(_WINDOW).astype(np.float32)
    tilt_db = 3.0 * np.log2(np.sqrt(edges[1:] * edges[:-1]) / 1000.0)  # music falls with frequency
    rise = 1.0 - 0.01 ** (1.0 / (_VU_S * rate_fps))
    bars, waves, needles = [], [], []
    shown, needle = np.zeros(BANDS), np.zeros(2)
    for part in _parts(audio, rate_fps):
        middle = part.mean(axis=0)
        power = np.abs(np.fft.rfft(middle[-_WINDOW:] * window)) ** 2 / (window.sum() / 2) ** 2
        level = np.zeros(BANDS)
        np.maximum.at(level, owner[inside], power[inside])
        wanted = _height(10.0 * np.log10(level + 1e-12) + tilt_db + 6.0)
        wanted = np.maximum(
            wanted, 0.5 * (np.roll(wanted, 1) + np.roll(wanted, -1)) * (wanted == 0)
        )
        shown += (wanted - shown) * np.where(wanted > shown, _RISE, _FALL)
        step = max(1, middle.size // (2 * _POINTS))
        cut = (
            middle[-step * _POINTS :].reshape(_POINTS, -1)
            if middle.size >= step * _POINTS
            else (np.zeros((_POINTS, 1)))
        )
        fresh = part[:, -audio.rate // rate_fps :]
        loud = np.sqrt(np.mean(fresh**2, axis=1)) if fresh.size else np.zeros(1)
        needle += (_height(20.0 * np.log10(np.resize(loud, 2) + 1e-9) + 12.0) - needle) * rise
        bars.append(np.rint(255 * shown).astype(np.uint8))
        waves.append(np.clip(128 + 220 * cut.mean(axis=1), 0, 255).astype(np.uint8))
        needles.append(np.rint(255 * needle).astype(np.uint8))
    return Heard(np.array(bars), np.array(waves), np.array(needles))


def _height(db: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.clip(1.0 - db / FLOOR_DB, 0.0, 1.0)


def _parts(audio: AudioStream, rate_fps: int) -> Iterator[NDArray[np.float32]]:
    """Yield what was heard last at the end of each frame, padded with silence at the beginning."""
    frames = max(1, round(audio.frames * rate_fps / audio.rate))
    held = np.zeros((audio.channels, _WINDOW), np.float32)
    at, number = 0, 0
    for block in audio.blocks():
        held = np.concatenate((held, block), axis=1)
        at += block.shape[1]
        while number < frames:
            end = round((number + 1) * audio.rate / rate_fps)
            if end > at:
                break
            stop = held.shape[1] - (at - end)
            yield held[:, stop - _WINDOW : stop]
            number += 1
        needed = at - round((number + 1) * audio.rate / rate_fps) + _WINDOW
        held = held[:, -max(_WINDOW, needed + _WINDOW) :]
    while number < frames:
        yield held[:, -_WINDOW:]
        number += 1


@dataclass(frozen=True, slots=True)
class Look:
    """How the sound is drawn: kind, colours, and what else is shown."""

    kind: str | None  # one of KINDS, or None
    colour: Colour
    ink: Colour
    has_progress: bool = False
    chapters: tuple[tuple[float, str], ...] = ()  # seconds, title

    def __post_init__(self) -> None:
        check_kind(self.kind)


def check_kind(kind: str | None) -> None:
    """Refuse a visualiser that there is not."""
    if kind is not None and kind not in KINDS:
        raise InputError(f"{kind!r} is no visualiser; choose one of {', '.join(KINDS)}")


def draw_over(
    frames: Iterator[Frame], heard: Heard, look: Look, *, width: int, height: int, rate_fps: int
) -> Iterator[Frame]:
    """Yield as many frames as were heard, with what the look shows drawn over them."""
    titles = _titles(look, width, height)
    for number in range(len(heard)):
        frame = next(frames)
        if not frame.flags.writeable:
            frame = frame.copy()
        if look.kind == "spectrum":
            _draw_bars(frame, heard.bars[number], look.colour)
        elif look.kind == "waveform":
            _draw_wave(frame, heard.wave[number], look.colour)
        elif look.kind == "vu":
            _draw_needles(frame, heard.needles[number], look.colour)
        if look.has_progress:
            _draw_progress(frame, (number + 1) / len(heard), look.colour)
        at_s = number / rate_fps
        for start_s, overlay in titles:
            strength = min(1.0, (at_s - start_s) / _FADE_S, (start_s + _CHAPTER_S - at_s) / _FADE_S)
            if strength > 0.0:
                overlay.lay(frame, strength)
        yield frame


def _titles(look: Look, width: int, height: int) -> list[tuple[float, Overlay]]:
    found = []
    for start_s, title in look.chapters:
        overlay = caption(
            title, width=width, height=height, box=(0.055, 0.06, 0.6, 0.115), colour=look.colour,
            ink=look.ink, most_lines=1, is_title=False,
        )  # fmt: skip
        if overlay is not None:
            found.append((start_s, overlay))
    return found


def _tint(view: Frame, colour: Colour, opacity: float) -> None:
    """Colour a part of a frame."""
    if view.size:
        view[:] = (view * (1 - opacity) + colour * (255 * opacity)).astype(np.uint8)


def _draw_bars(frame: Frame, bars: Sequence[int] | NDArray[np.uint8], colour: Colour) -> None:
    height, width = frame.shape[:2]
    left, right, floor = 0.055 * width, 0.945 * width, round(0.93 * height)
    pitch = (right - left) / len(bars)
    for i, value in enumerate(bars):
        x = round(left + i * pitch)
        tall = max(2, round(0.11 * height * int(value) / 255))
        _tint(frame[floor - tall : floor, x : x + max(1, round(0.62 * pitch))], colour, 0.8)


def _draw_wave(frame: Frame, wave: NDArray[np.uint8], colour: Colour) -> None:
    height, width = frame.shape[:2]
    xs = np.arange(round(0.055 * width), round(0.945 * width))
    values = np.interp(np.linspace(0, len(wave) - 1, xs.size), np.arange(len(wave)), wave)
    middle, reach = 0.88 * height, 0.06 * height
    ys = np.rint(middle - reach * (values - 128) / 128).astype(int)
    thick = max(1, round(0.0016 * height))
    for offset in range(-thick, thick + 1):
        rows = np.clip(ys + offset, 0, height - 1)
        frame[rows, xs] = (0.25 * frame[rows, xs] + 0.75 * 255 * colour).astype(np.uint8)


def _draw_needles(frame: Frame, needles: NDArray[np.uint8], colour: Colour) -> None:
    height, width = frame.shape[:2]
    left, full = round(0.055 * width), round(0.3 * width)
    thick = max(2, round(0.012 * height))
    for row, value in enumerate(needles):
        y = round((0.885 + 0.028 * row) * height)
        _tint(frame[y : y + thick, left : left + full], colour, 0.18)
        _tint(frame[y : y + thick, left : left + round(full * int(value) / 255)], colour, 0.75)


def _draw_progress(frame: Frame, share: float, colour: Colour) -> None:
    height, width = frame.shape[:2]
    left, right = round(0.055 * width), round(0.945 * width)
    y, thick = round(0.955 * height), max(2, round(0.005 * height))
    _tint(frame[y : y + thick, left:right], colour, 0.25)
    _tint(frame[y : y + thick, left : left + round((right - left) * share)], colour, 0.85)

"""SFZ files: regions of samples, told in text.

The opcodes that are read are those of SFZ version 1 for samples, keys, velocities, loops, tuning
and the volume's envelope; what else a file says is left out.
"""

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import AudioFile
from tapeloom.core.errors import InputError
from tapeloom.core.pitch import pitch_class
from tapeloom.synth.sampler import (
    LOOP,
    LOOP_WHILE_HELD,
    MAX_SAMPLE_FRAMES,
    NO_LOOP,
    Envelope,
    Sampled,
    Zone,
    sampled,
)

MAX_BYTES = 8 * 2**20
MAX_REGIONS = 4096
MAX_FRAMES = 2**28  # of all samples together
_LEVELS = ("control", "global", "master", "group", "region")
_LOOPS = {"no_loop": NO_LOOP, "one_shot": NO_LOOP, "loop_continuous": LOOP,
          "loop_sustain": LOOP_WHILE_HELD}  # fmt: skip
_HEADER = re.compile(r"<(\w+)>")
_OPCODE = re.compile(r"(\w+)=")

Opcodes = dict[str, str]


@dataclass(frozen=True, slots=True)
class _Sound:
    """What is known of a sample's file before it is read."""

    frames: int
    rate: int
    loop: tuple[int, int] | None  # of a WAV's own; the end is the sample after the last
    root: int | None


def read_sfz(path: Path) -> Sampled:
    """Return what the regions of a file play; samples are read when they are first heard."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"it has over {MAX_BYTES // 2**20} MiB")
        text = path.read_text("utf-8", errors="replace")
        regions = parse_sfz(text)
        sounds: dict[Path, _Sound] = {}
        made = [_zone(region, path.parent, sounds) for region in regions]
        if sum(sound.frames for sound in sounds.values()) > MAX_FRAMES:
            raise InputError(f"its samples have over {MAX_FRAMES} frames")
    except InputError as error:
        raise InputError(f"{path} cannot be used: {error}") from error
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    zones = tuple(zone for zone, _ in made)
    try:
        return sampled(zones, tuple(length for _, length in made))
    except InputError as error:
        raise InputError(f"{path} cannot be used: {error}") from error


def parse_sfz(text: str) -> list[Opcodes]:
    """Return each region's opcodes, with those of the group and of all above it.

    >>> parse_sfz("<group> volume=-3 <region> sample=a b.wav key=60 // soft")
    [{'volume': '-3', 'sample': 'a b.wav', 'key': '60'}]
    """
    defines: Opcodes = {}
    held: dict[str, Opcodes] = {level: {} for level in _LEVELS}
    regions: list[Opcodes] = []
    level = "control"
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.DOTALL)
    for raw in text.splitlines():
        line = raw.split("//")[0].strip()
        if line.startswith("#include"):
            raise InputError(f"it includes another file ({line[8:].strip()}), which isn't read; "
                             "put its text in the place")  # fmt: skip
        if line.startswith("#define"):
            _, name, *value = line.split(None, 2)
            defines[name] = value[0] if value else ""
            continue
        plain = _replaced(line, defines)
        at = 0
        for header in [*_HEADER.finditer(plain), None]:
            piece = plain[at : header.start() if header else len(plain)]
            held[level].update(_opcodes(piece))
            if header is None:
                break
            if level == "region":
                _finish(held, regions)
            level = header[1].lower()
            if level not in _LEVELS:
                held[level] = {}  # its opcodes are not for us
            elif level != "control":
                for below in _LEVELS[_LEVELS.index(level) :]:
                    held[below] = {}
            at = header.end()
    if level == "region":
        _finish(held, regions)
    return regions


def _replaced(line: str, defines: Opcodes) -> str:
    for name in sorted(defines, key=len, reverse=True):
        line = line.replace(name, defines[name])
    return line


def _finish(held: Mapping[str, Opcodes], regions: list[Opcodes]) -> None:
    merged: Opcodes = {}
    for level in _LEVELS:
        merged |= held[level]
    if merged.get("trigger", "attack") != "attack" or "sample" not in merged:
        return
    regions.append(merged)
    if len(regions) > MAX_REGIONS:
        raise InputError(f"it has over {MAX_REGIONS} regions")


def _opcodes(text: str) -> Opcodes:
    """Read `name=value name=value`, where a value may hold spaces."""
    found = list(_OPCODE.finditer(text))
    ends = [*(match.start() for match in found[1:]), len(text)][: len(found)]
    return {match[1].lower(): text[match.end() : end].strip()
            for match, end in zip(found, ends, strict=True)}  # fmt: skip


def _zone(opcodes: Opcodes, folder: Path, sounds: dict[Path, _Sound]) -> tuple[Zone, float]:
    """Make a zone of a region; return it and its sample's length in seconds."""

    def number(name: str, default: float, low: float, high: float) -> float:
        try:
            value = float(opcodes.get(name, default))
        except ValueError:
            value = np.nan
        if not low <= value <= high:
            raise InputError(f"{name} is {opcodes[name]!r}; it must lie between {low:g} and "
                             f"{high:g}")  # fmt: skip
        return value

    def key(name: str, default: int) -> int:
        return _key(name, opcodes[name]) if name in opcodes else default

    name = opcodes.get("default_path", "") + opcodes["sample"]
    sample = folder / name.replace("\\", "/")
    if opcodes["sample"].startswith("*"):
        raise InputError(f"{opcodes['sample']} is an oscillator, which isn't played")
    if sample not in sounds:
        sounds[sample] = _look_at(sample)
    sound = sounds[sample]
    both = key("key", -1)
    low, high = key("lokey", max(both, 0)), key("hikey", both if both >= 0 else 127)
    center = key("pitch_keycenter", both if both >= 0 else 60)
    if opcodes.get("pitch_keycenter") == "sample":
        center = sound.root if sound.root is not None else 60
    tune = number("transpose", 0, -127, 127) + number("tune", 0, -9600, 9600) / 100.0
    mode = opcodes.get("loop_mode", opcodes.get("loopmode", ""))
    if mode and mode not in _LOOPS:
        raise InputError(f"loop_mode is {mode!r}; it must be one of {', '.join(_LOOPS)}")
    first, last = sound.loop or (0, sound.frames)
    loop_start = int(number("loop_start", number("loopstart", first, 0, 2**40), 0, 2**40))
    loop_end = int(number("loop_end", number("loopend", last - 1, 0, 2**40), 0, 2**40)) + 1
    length = number("seq_length", 1, 1, 100)
    end = int(number("end", 0, -1, 2**40))
    return (
        Zone(
            sample=partial(_samples, sample),
            keys=(low, high),
            velocities=(int(number("lovel", 0, 0, 127)), int(number("hivel", 127, 0, 127))),
            root=center,
            tune=tune,
            track=number("pitch_keytrack", 100, -1200, 1200) / 100.0,
            gain_db=number("volume", 0, -144, 24),
            pan=number("pan", 0, -100, 100) / 100.0,
            start=min(int(number("offset", 0, 0, 2**40)), sound.frames - 1),
            end=end + 1 if end > 0 else 0,
            loop=_LOOPS[mode] if mode else LOOP if sound.loop else NO_LOOP,
            loop_start=loop_start,
            loop_end=loop_end,
            envelope=Envelope(
                number("ampeg_delay", 0, 0, 100), number("ampeg_attack", 0, 0, 100),
                number("ampeg_hold", 0, 0, 100), number("ampeg_decay", 0, 0, 100),
                number("ampeg_sustain", 100, 0, 100) / 100.0,
                max(number("ampeg_release", 0, 0, 100), 0.03),
            ),
            cutoff_hz=number("cutoff", 20_000, 0, 192_000),
            velocity_track=number("amp_veltrack", 100, -100, 100) / 100.0,
            one_shot=mode == "one_shot",
            group=int(number("group", 0, -(2**31), 2**31)),
            ends=frozenset({int(number("off_by", 0, -(2**31), 2**31))} - {0}),
            turn=(int(number("seq_position", 1, 1, length)) - 1, int(length)),
            chance=(number("lorand", 0, 0, 1), number("hirand", 1, 0, 1)),
        ),
        sound.frames / sound.rate,
    )  # fmt: skip


def _key(name: str, text: str) -> int:
    """Read a key as a number or as a name; C4 is 60.

    >>> _key("key", "60"), _key("key", "c#4"), _key("key", "Bb3")
    (60, 61, 58)
    """
    if re.fullmatch(r"-?\d{1,3}", text) and -1 <= int(text) <= 127:
        return int(text)
    match = re.fullmatch(r"([A-Ga-g][#b]?)(-?\d)", text)
    if match:
        value = pitch_class(match[1].capitalize()) + 12 * (int(match[2]) + 1)
        if 0 <= value <= 127:
            return value
    if text == "sample":
        return 60
    raise InputError(f"{name} is {text!r}; it must be a key from 0 to 127, or such as c4")


def _look_at(path: Path) -> _Sound:
    """Read a sample's header, and a WAV's loop."""
    if not path.is_file():
        raise InputError(f"the sample {path} does not exist")
    audio = AudioFile.open(path)
    if audio.frames > MAX_SAMPLE_FRAMES or audio.channels > 2:
        raise InputError(
            f"the sample {path} has {audio.frames} frames and {audio.channels} channels; "
            f"at most {MAX_SAMPLE_FRAMES} frames in mono or stereo are played"
        )
    if audio.frames < 1:
        raise InputError(f"the sample {path} is empty")
    loop, root = _wav_loop(path)
    if loop is not None and not 0 <= loop[0] < loop[1] <= audio.frames:
        loop = None
    return _Sound(audio.frames, audio.rate, loop, root)


def _wav_loop(path: Path) -> tuple[tuple[int, int] | None, int | None]:
    """Return the first loop and the root key of a WAV file's `smpl` chunk."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
            return None, None
        at = 12
        while at + 8 <= size:
            file.seek(at)
            name, length = struct.unpack("<4sI", file.read(8))
            if name == b"smpl" and length >= 36:
                data = file.read(min(length, 60))
                root = struct.unpack_from("<I", data, 12)[0]
                root = root if root <= 127 else None
                if len(data) >= 60 and struct.unpack_from("<I", data, 28)[0] >= 1:
                    start, end = struct.unpack_from("<II", data, 44)
                    return (start, end + 1), root
                return None, root
            at += 8 + length + length % 2
    return None, None


@lru_cache(maxsize=256)
def _samples(path: Path) -> tuple[NDArray[np.float32], int]:
    """Read one sample, shape (1 or 2, n)."""
    audio = AudioFile.open(path).read()
    return audio.samples, audio.rate

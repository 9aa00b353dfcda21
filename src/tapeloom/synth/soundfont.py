"""SoundFont 2 files: their presets as zones of samples.

"SoundFont Technical Specification", version 2.01, E-mu Systems, 1996. Modulators in the file,
chorus, reverb, LFOs and the second envelope are left out; velocity acts as by default.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.synth.sampler import (
    LOOP,
    LOOP_WHILE_HELD,
    MAX_SAMPLE_FRAMES,
    NO_LOOP,
    Envelope,
    Sampled,
    Zone,
    cents_to_ratio,
    sampled,
)

MAX_BYTES = 2 * 2**30
MAX_TABLE = 64 * 2**20  # bytes of all of pdta
MAX_ZONES = 4096  # of one preset
_RECORDS = {"phdr": 38, "pbag": 4, "pgen": 4, "inst": 22, "ibag": 4, "igen": 4, "shdr": 46}
_ATTENUATION = 0.04  # dB a centibel: E-mu's own hardware took 0.4 of what the paper says
_NO_ADDING = {43, 44, 46, 47, 53, 54, 57, 58, 41}  # of which a preset adds nothing
_DEFAULTS = {
    8: 13_500, 33: -12_000, 34: -12_000, 35: -12_000, 36: -12_000, 37: 0, 38: -12_000, 56: 100,
    58: -1, 46: -1, 47: -1,
}  # fmt: skip
_MONO_OR_STEREO = {0, 1, 2, 4, 8}

Generators = dict[int, int]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Part:
    """One zone of a preset or of an instrument."""

    generators: Generators
    keys: Span
    velocities: Span
    target: int  # an instrument or a sample


@dataclass(frozen=True, slots=True)
class _Header:
    """Where a sample lies in the file's one long row of samples."""

    start: int
    end: int
    loop_start: int
    loop_end: int
    rate: int
    root: int
    correction: int  # cents
    kind: int


def read_soundfont(path: Path, *, program: int = 0, bank: int = 0) -> Sampled:
    """Return what a preset plays; its samples are read when they are first heard.

    program  0..127; bank 128 has the drums
    """
    try:
        return _read(path, program, bank)
    except InputError as error:
        raise InputError(f"{path} cannot be used: {error}") from error
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error


def presets_of(path: Path) -> list[tuple[int, int, str]]:
    """Return bank, program and name of each preset."""
    chunks = _chunks(path)[0]
    rows = [struct.unpack_from("<20sHH", row) for row in _rows(chunks, "phdr")[:-1]]
    return sorted((bank, program, _name(raw)) for raw, program, bank in rows)


def _read(path: Path, program: int, bank: int) -> Sampled:
    chunks, (at, length) = _chunks(path)
    presets = [struct.unpack_from("<20sHHH", row) for row in _rows(chunks, "phdr")]
    instruments = [struct.unpack_from("<20sH", row)[1] for row in _rows(chunks, "inst")]
    headers = [_Header(*struct.unpack_from("<IIIIIBbxxH", row, 20))
               for row in _rows(chunks, "shdr")[:-1]]  # fmt: skip
    found = next((i for i, p in enumerate(presets[:-1]) if p[1:3] == (program, bank)), None)
    if found is None:
        known = sorted((p[2], p[1], _name(p[0])) for p in presets[:-1])
        told = ", ".join(f"{b}/{n} {name}" for b, n, name in known[:8])
        more = f" and {len(known) - 8} more" if len(known) > 8 else ""
        raise InputError(f"it has no program {program} in bank {bank}; it has {told}{more}")
    zones: list[Zone] = []
    lengths: list[float] = []
    outer = _parts(chunks, "pbag", "pgen", presets[found][3], presets[found + 1][3], 41)
    for preset in outer:
        if not 0 <= preset.target < len(instruments) - 1:
            raise InputError("a preset names an instrument that it lacks")
        first, last = instruments[preset.target : preset.target + 2]
        for inner in _parts(chunks, "ibag", "igen", first, last, 53):
            if not 0 <= inner.target < len(headers):
                raise InputError("an instrument names a sample that it lacks")
            keys = _meet(preset.keys, inner.keys)
            velocities = _meet(preset.velocities, inner.velocities)
            if keys is None or velocities is None:
                continue
            header = headers[inner.target]
            zones.append(_zone(path, at, length, header, inner, preset, keys, velocities))
            lengths.append((header.end - header.start) / header.rate)
            if len(zones) > MAX_ZONES:
                raise InputError(f"the preset has over {MAX_ZONES} zones")
    return sampled(tuple(zones), tuple(lengths))


def _zone(
    path: Path, at: int, length: int, header: _Header, inner: _Part, outer: _Part, keys: Span,
    velocities: Span,
) -> Zone:  # fmt: skip
    """Make a zone of a sample and what instrument and preset say of it."""
    if not 0 <= header.start < header.end <= length:
        raise InputError("a sample lies outside of the file; it is cut short or damaged")
    if header.kind & 0x8000:
        raise InputError("a sample lies in the ROM of a sound card")
    if header.kind not in _MONO_OR_STEREO or not 400 <= header.rate <= 384_000:
        raise InputError("a sample's description is damaged")
    if header.end - header.start > MAX_SAMPLE_FRAMES:
        raise InputError(f"a sample has over {MAX_SAMPLE_FRAMES} frames")

    def value(number: int) -> int:
        own = inner.generators.get(number, _DEFAULTS.get(number, 0))
        return own if number in _NO_ADDING else own + outer.generators.get(number, 0)

    def seconds(number: int) -> float:
        return min(cents_to_ratio(max(value(number), -12_000)), 100.0)

    root = value(58) if 0 <= value(58) <= 127 else header.root if header.root <= 127 else 60
    modes = {1: LOOP, 3: LOOP_WHILE_HELD}
    start = header.start + value(0) + 32_768 * value(4)
    end = header.end + value(1) + 32_768 * value(12)
    start = min(max(start, header.start), header.end - 1)
    group = value(57)
    return Zone(
        sample=partial(_samples, path, at, start, min(max(end, start + 1), length), header.rate),
        keys=keys,
        velocities=velocities,
        root=root,
        tune=value(51) + (value(52) + header.correction) / 100.0,
        track=value(56) / 100.0,
        gain_db=-_ATTENUATION * min(max(value(48), 0), 1440),
        pan=float(np.clip(value(17) / 500.0, -1.0, 1.0)),
        loop=modes.get(value(54) & 3, NO_LOOP),
        loop_start=header.loop_start + value(2) + 32_768 * value(45) - start,
        loop_end=header.loop_end + value(3) + 32_768 * value(50) - start,
        envelope=Envelope(
            seconds(33), seconds(34), seconds(35), 0.8 * seconds(36),  # theirs fall by 100 dB
            10.0 ** (-min(max(value(37), 0), 1440) / 200.0), 0.8 * seconds(38),
        ),
        cutoff_hz=8.1758 * cents_to_ratio(min(max(value(8), 1500), 13_500)),
        cutoff_cents=2400.0,
        group=group,
        ends=frozenset({group} if group else ()),
    )  # fmt: skip


def _samples(
    path: Path, at: int, start: int, end: int, rate: int
) -> tuple[NDArray[np.float32], int]:
    """Read one sample, shape (1, n)."""
    try:
        row = np.memmap(path, "<i2", "r", at + 2 * start, (end - start,))
    except (OSError, ValueError) as error:
        raise InputError(f"{path} has changed while it was played") from error
    return (np.asarray(row, np.float32) / 32_768.0)[None], rate


def _parts(
    chunks: Mapping[str, bytes], bags: str, gens: str, first: int, last: int, target: int
) -> list[_Part]:
    """Return the zones from one bag to another; the first may hold for all of them."""
    rows = [struct.unpack("<HH", row)[0] for row in _rows(chunks, bags)]
    generators = _rows(chunks, gens)
    if not 0 <= first <= last < len(rows):
        raise InputError(f"its table {bags} is damaged")
    shared: Generators = {}
    found: list[_Part] = []
    for bag in range(first, last):
        begin, end = rows[bag], rows[bag + 1]
        if not 0 <= begin <= end <= len(generators):
            raise InputError(f"its table {gens} is damaged")
        own = dict(shared)
        named = None
        for row in generators[begin:end]:
            number, amount = struct.unpack("<Hh", row)
            own[number] = amount
            if number == target:
                named = amount & 0xFFFF
        if named is None:
            if bag == first:
                shared = own
            continue
        found.append(_Part(own, _span(own, 43), _span(own, 44), named))
    return found


def _span(generators: Generators, number: int) -> Span:
    """Return a range of keys or velocities: two bytes in one number."""
    if number not in generators:
        return 0, 127
    packed = generators[number] & 0xFFFF
    return packed & 0xFF, packed >> 8


def _meet(a: Span, b: Span) -> Span | None:
    low, high = max(a[0], b[0]), min(a[1], b[1])
    return (low, high) if low <= high else None


def _rows(chunks: Mapping[str, bytes], name: str) -> list[bytes]:
    """Split a table into its records."""
    size, data = _RECORDS[name], chunks.get(name)
    if data is None or len(data) % size or len(data) < size:
        raise InputError(f"its table {name} is missing or damaged")
    return [data[i : i + size] for i in range(0, len(data), size)]


def _name(raw: bytes) -> str:
    return raw.split(b"\0")[0].decode("latin-1").strip() or "unnamed"


def _chunks(path: Path) -> tuple[dict[str, bytes], Span]:
    """Return the tables of pdta, and where the samples begin and how many there are."""
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise InputError(f"it has over {MAX_BYTES // 2**30} GiB")
    tables: dict[str, bytes] = {}
    samples: Span | None = None
    with path.open("rb") as file:
        head = file.read(12)
        if len(head) < 12 or head[:4] != b"RIFF" or head[8:] != b"sfbk":
            raise InputError("it is no SoundFont: it doesn't begin with RIFF and sfbk")

        def walk(begin: int, end: int) -> Iterator[tuple[bytes, int, int]]:
            while begin + 8 <= end:
                file.seek(begin)
                name, length = struct.unpack("<4sI", file.read(8))
                if begin + 8 + length > end:
                    raise InputError("it is cut short")
                yield name, begin + 8, length
                begin += 8 + length + length % 2

        declared = 8 + struct.unpack("<I", head[4:8])[0]
        if declared > size + 1:
            raise InputError("it is cut short")
        for name, at, length in walk(12, size):
            if name != b"LIST":
                continue
            file.seek(at)
            kind = file.read(4)
            if kind == b"pdta" and length > MAX_TABLE:
                raise InputError(f"its tables have over {MAX_TABLE // 2**20} MiB")
            if kind not in (b"sdta", b"pdta"):
                continue
            for inner, where, count in walk(at + 4, at + length):
                if inner == b"smpl":
                    samples = where, count // 2
                elif kind == b"pdta":
                    file.seek(where)
                    tables[inner.decode("latin-1")] = file.read(count)
    if samples is None:
        raise InputError("it has no samples")
    return tables, samples

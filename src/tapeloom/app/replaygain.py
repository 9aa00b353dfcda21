"""ReplayGain 2.0 tags in FLAC, MP3, M4A, Ogg and Opus files; the sound itself is not touched.

ReplayGain 2.0 refers to -18 LUFS (EBU R 128's meter); Opus has its own tags, in 1/256 dB to -23
LUFS (RFC 7845, section 5.2.1).
"""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tapeloom.core.errors import InputError, TapeloomError
from tapeloom.core.files import replacing
from tapeloom.core.product import Loudness
from tapeloom.dsp.level import db_to_gain

REFERENCE_LUFS = -18.0
OPUS_REFERENCE_LUFS = -23.0
_FORMATS = {".flac": "flac", ".mp3": "mp3", ".opus": "opus", ".ogg": "ogg", ".oga": "ogg"}
_MP4 = (".m4a", ".mp4")
TAGGED = (*_FORMATS, *_MP4)


def replaygain_tags(
    track: Loudness, album: Loudness | None = None, *, opus: bool = False
) -> dict[str, str]:
    """Return the tags of a file.

    >>> replaygain_tags(Loudness(-14.0, 5.0, -1.0, -10.0, -12.0, -1.2))
    {'REPLAYGAIN_TRACK_GAIN': '-4.00 dB', 'REPLAYGAIN_TRACK_PEAK': '0.891251'}
    >>> replaygain_tags(Loudness(-14.0, 5.0, -1.0, -10.0, -12.0, -1.2), opus=True)
    {'R128_TRACK_GAIN': '-2304'}
    """
    tags = {}
    for scope, loudness in (("TRACK", track), ("ALBUM", album)):
        if loudness is None or not math.isfinite(loudness.integrated_lufs):
            continue
        if opus:
            steps = round(256.0 * (OPUS_REFERENCE_LUFS - loudness.integrated_lufs))
            tags[f"R128_{scope}_GAIN"] = str(min(32_767, max(-32_768, steps)))
        else:
            gain_db = REFERENCE_LUFS - loudness.integrated_lufs
            tags[f"REPLAYGAIN_{scope}_GAIN"] = f"{gain_db:.2f} dB"
            tags[f"REPLAYGAIN_{scope}_PEAK"] = f"{db_to_gain(loudness.true_peak_dbtp):.6f}"
    return tags


def check_taggable(path: Path) -> None:
    """Refuse files that have no place for such tags."""
    if path.suffix.lower() not in TAGGED:
        raise InputError(
            f"{path} cannot hold ReplayGain tags; {', '.join(TAGGED)} can: leave out --tag"
        )


def tag_file(path: Path, track: Loudness, album: Loudness | None = None) -> dict[str, str]:
    """Write a file's tags and return them; its sound and its other tags stay as they are."""
    check_taggable(path)
    is_opus = _is_opus(path)
    tags = replaygain_tags(track, album, opus=is_opus)
    if not tags:
        raise InputError(f"{path} is silent; it has no loudness to be tagged with")
    if path.suffix.lower() in _MP4:
        with replacing(path) as temporary:
            temporary.write_bytes(mp4_with_tags(path.read_bytes(), tags))
    else:
        _copy_with_tags(path, tags)
    return tags


def _is_opus(path: Path) -> bool:
    import av

    if path.suffix.lower() not in (".opus", ".ogg", ".oga"):
        return False
    with av.open(str(path)) as container:
        return container.streams.audio[0].codec_context.name in ("opus", "libopus")


def _copy_with_tags(path: Path, tags: Mapping[str, str]) -> None:
    """Copy the packets as they are into a file with the tags, and put it in place of the first."""
    import av

    kind = _FORMATS[path.suffix.lower()]
    try:
        with (
            replacing(path) as temporary,
            av.open(str(path)) as source,
            av.open(str(temporary), "w", format=kind) as target,
        ):
            streams: dict[int, Any] = {}
            for stream in source.streams:
                copied = target.add_stream_from_template(stream)
                # Ogg has its tags in the stream, the others in the container.
                copied.metadata.update(_with(stream.metadata, tags if "g" in kind[:2] else {}))
                copied.disposition = stream.disposition
                streams[stream.index] = copied
            target.metadata.update(_with(source.metadata, tags))
            for packet in source.demux():
                if packet.dts is not None:
                    packet.stream = streams[packet.stream.index]
                    target.mux(packet)
    except (av.FFmpegError, ValueError) as error:
        raise TapeloomError(f"{path} cannot be tagged: {error}") from error


def _with(before: Mapping[str, str], tags: Mapping[str, str]) -> dict[str, str]:
    """Return tags with others of theirs, whatever the case of their names, replaced."""
    names = {name.upper() for name in tags}
    return {name: text for name, text in before.items() if name.upper() not in names} | dict(tags)


def mp4_with_tags(data: bytes, tags: Mapping[str, str]) -> bytes:
    """Return an MP4 file with free-form iTunes tags.

    The atom `moov` goes to the end, and its old place becomes free space: no offset changes.
    """
    atoms = _atoms(data)
    found = [(at, end) for kind, at, end in atoms if kind == b"moov"]
    if len(found) != 1:
        raise InputError("the file has no atom 'moov'; it is no MP4 file that can be tagged")
    at, end = found[0]
    moov = _edited(data[at + 8 : end], (b"udta", b"meta", b"ilst"), tags)
    before = data[:at] if end == len(data) else data[: at + 4] + b"free" + data[at + 8 :]
    return before + _atom(b"moov", moov)


_HANDLER = bytes(8) + b"mdirappl" + bytes(9)  # of a `meta` atom with iTunes tags


def _edited(body: bytes, path: tuple[bytes, ...], tags: Mapping[str, str]) -> bytes:
    """Return the body of an atom with the tags in the list that `path` leads to."""
    if not path:
        names = {name.lower().encode() for name in tags}
        kept = [body[at:end] for kind, at, end in _atoms(body)
                if not (kind == b"----" and _name_of(body[at + 8 : end]) in names)]  # fmt: skip
        return b"".join(kept) + b"".join(_free_form(*item) for item in tags.items())
    name, rest = path[0], path[1:]
    skip = 4 if name == b"meta" else 0  # its version and flags
    out, is_there = b"", False
    for kind, at, end in _atoms(body):
        if kind == name and not is_there:
            is_there = True
            inner = body[at + 8 : end]
            out += _atom(name, inner[:skip] + _edited(inner[skip:], rest, tags))
        else:
            out += body[at:end]
    if not is_there:
        start = bytes(4) + _atom(b"hdlr", _HANDLER) if name == b"meta" else b""
        out += _atom(name, start + _edited(b"", rest, tags))
    return out


def _atoms(data: bytes) -> list[tuple[bytes, int, int]]:
    """Return (kind, begin, end) of the atoms that lie one after another."""
    atoms, at = [], 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        elif size == 0:
            size = len(data) - at
        if size < 8 or at + size > len(data):
            break
        atoms.append((data[at + 4 : at + 8], at, at + size))
        at += size
    return atoms


def _atom(kind: bytes, body: bytes) -> bytes:
    return (len(body) + 8).to_bytes(4, "big") + kind + body


def _free_form(name: str, text: str) -> bytes:
    return _atom(
        b"----",
        _atom(b"mean", bytes(4) + b"com.apple.iTunes")
        + _atom(b"name", bytes(4) + name.lower().encode())
        + _atom(b"data", (1).to_bytes(4, "big") + bytes(4) + text.encode()),
    )


def _name_of(body: bytes) -> bytes:
    names = [body[at + 12 : end] for kind, at, end in _atoms(body) if kind == b"name"]
    return names[0].lower() if names else b""

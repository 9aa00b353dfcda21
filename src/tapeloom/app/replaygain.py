"""ReplayGain 2.0 tags in FLAC, MP3, M4A, Ogg and Opus files; the sound itself is not touched.

ReplayGain 2.0 refers to -18 LUFS (EBU R 128's meter); Opus has its own tags, in 1/256 dB to -23
LUFS (RFC 7845, section 5.2.1).
"""

import math
import shutil
from pathlib import Path

from tapeloom.core.errors import InputError
from tapeloom.core.files import replacing
from tapeloom.core.product import Loudness
from tapeloom.dsp.level import db_to_gain
from tapeloom.release.mp4_tags import tag_mp4
from tapeloom.release.tagging import CONTAINERS, MP4, tag_copy

REFERENCE_LUFS = -18.0
OPUS_REFERENCE_LUFS = -23.0
TAGGED = tuple(CONTAINERS)


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
    if path.suffix.lower() in MP4:
        with replacing(path) as temporary:
            shutil.copyfile(path, temporary)
            tag_mp4(temporary, {name.lower(): text for name, text in tags.items()})
    else:
        tag_copy(path, tags)
    return tags


def _is_opus(path: Path) -> bool:
    import av

    if path.suffix.lower() not in (".opus", ".ogg", ".oga"):
        return False
    with av.open(str(path)) as container:
        return container.streams.audio[0].codec_context.name in ("opus", "libopus")

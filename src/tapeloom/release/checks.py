"""The preflight: everything that a store or a platform would refuse, found before it does."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tapeloom.core.errors import InputError
from tapeloom.core.product import Loudness
from tapeloom.release.chapters import Chapter
from tapeloom.release.codes import check_isrc, check_upc
from tapeloom.release.limits import (
    CHAPTER_SHORTEST_S,
    CHAPTERS_FEWEST,
    CHAPTERS_SOURCE,
    limit,
    problems,
)  # fmt: skip
from tapeloom.release.tags import Tags

PASS, WARN, FAIL = "pass", "warn", "fail"
COVER_SIDE, COVER_SIDE_LEAST = 3000, 1400  # pixels
COVER_MOST_BYTES = 10 * 2**20
THUMBNAIL_SIZE, THUMBNAIL_MOST_BYTES = (1280, 720), 2 * 2**20
SHORTEST_S = 30.0
LOUDEST_LUFS, SOFTEST_LUFS = -8.0, -23.0
CEILING_DBTP = -1.0
SILENCE_S = 5.0
_STORES = "common practice of distributors; ask yours"
_YOUTUBE_THUMBNAIL = "YouTube Help, Add video thumbnails"
_LOUDNESS = "Spotify for Artists, Loudness normalization"


@dataclass(frozen=True, slots=True)
class Check:
    """One rule and how a release stands to it."""

    about: str  # which file or field
    rule: str
    status: str  # PASS, WARN or FAIL
    found: str
    source: str


@dataclass(frozen=True, slots=True)
class AudioFacts:
    """What is measured of a master."""

    name: str
    duration_s: float
    rate: int
    bits: int | None
    channels: int
    loudness: Loudness
    head_silence_s: float = 0.0
    tail_silence_s: float = 0.0
    is_lossless: bool = True


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What is measured of a picture."""

    name: str
    width: int
    height: int
    mode: str  # of Pillow: RGB, RGBA, L, ...
    format: str  # PNG, JPEG, ...
    size_bytes: int


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """What is measured of a video."""

    name: str
    width: int
    height: int
    rate_fps: float
    video_s: float
    audio_s: float
    video_codec: str
    audio_codec: str
    is_fast_start: bool


def check(
    about: str, rule: str, is_met: bool, found: str, source: str, *, warn: bool = False
) -> Check:
    """Return a check; one that only warns where it isn't met."""
    return Check(about, rule, PASS if is_met else WARN if warn else FAIL, found, source)


def check_audio(facts: AudioFacts) -> tuple[Check, ...]:
    """Check a master for delivery."""
    name, read = facts.name, facts.loudness
    bits = "float or coded" if facts.bits is None else f"{facts.bits} bits"
    return (
        check(name, "lossless", facts.is_lossless, "lossless" if facts.is_lossless else "coded",
              _STORES),
        check(name, "at least 16 bits and 44.1 kHz",
              facts.rate >= 44_100 and (facts.bits or 0) >= 16, f"{bits}, {facts.rate} Hz",
              _STORES),
        check(name, "stereo", facts.channels == 2, f"{facts.channels} channels", _STORES,
              warn=True),
        check(name, f"at least {SHORTEST_S:g} s", facts.duration_s >= SHORTEST_S,
              f"{facts.duration_s:.1f} s", "a stream counts after 30 s at most stores", warn=True),
        check(name, f"true peak at most {CEILING_DBTP:g} dBTP",
              read.true_peak_dbtp <= CEILING_DBTP + 0.05, f"{read.true_peak_dbtp:.2f} dBTP",
              _LOUDNESS, warn=True),
        check(name, f"loudness from {SOFTEST_LUFS:g} to {LOUDEST_LUFS:g} LUFS",
              SOFTEST_LUFS <= read.integrated_lufs <= LOUDEST_LUFS,
              f"{read.integrated_lufs:.1f} LUFS", _LOUDNESS, warn=True),
        check(name, f"no more than {SILENCE_S:g} s of silence at either end",
              max(facts.head_silence_s, facts.tail_silence_s) <= SILENCE_S,
              f"{facts.head_silence_s:.1f} s, {facts.tail_silence_s:.1f} s", _STORES, warn=True),
    )  # fmt: skip


def check_cover(facts: PictureFacts) -> tuple[Check, ...]:
    """Check a cover for the stores."""
    side = min(facts.width, facts.height)
    size = f"{facts.width} x {facts.height}"
    return (
        check(facts.name, "square", facts.width == facts.height, size, _STORES),
        check(facts.name, f"at least {COVER_SIDE_LEAST} pixels a side", side >= COVER_SIDE_LEAST,
              size, _STORES),
        check(facts.name, f"{COVER_SIDE} pixels a side", side >= COVER_SIDE, size,
              "Apple Music Style Guide; " + _STORES, warn=True),
        check(facts.name, "RGB, as JPEG or PNG",
              facts.mode == "RGB" and facts.format in ("JPEG", "PNG"),
              f"{facts.mode}, {facts.format}", _STORES),
        check(facts.name, f"under {COVER_MOST_BYTES // 2**20} MiB",
              facts.size_bytes <= COVER_MOST_BYTES, _megabytes(facts.size_bytes), _STORES,
              warn=True),
    )  # fmt: skip


def check_thumbnail(facts: PictureFacts) -> tuple[Check, ...]:
    """Check a thumbnail for YouTube."""
    size = f"{facts.width} x {facts.height}"
    return (
        check(facts.name, "1280 x 720", (facts.width, facts.height) == THUMBNAIL_SIZE, size,
              _YOUTUBE_THUMBNAIL),
        check(facts.name, "under 2 MB", facts.size_bytes < THUMBNAIL_MOST_BYTES,
              _megabytes(facts.size_bytes), _YOUTUBE_THUMBNAIL),
        check(facts.name, "JPEG or PNG", facts.format in ("JPEG", "PNG"), facts.format,
              _YOUTUBE_THUMBNAIL),
    )  # fmt: skip


def check_video(facts: VideoFacts) -> tuple[Check, ...]:
    """Check a video for YouTube."""
    source = "YouTube Help, Recommended upload encoding settings"
    apart_s = abs(facts.video_s - facts.audio_s)
    return (
        check(facts.name, "H.264 with AAC",
              (facts.video_codec, facts.audio_codec) == ("h264", "aac"),
              f"{facts.video_codec} with {facts.audio_codec}", source),
        check(facts.name, "the index comes first (fast start)", facts.is_fast_start,
              "first" if facts.is_fast_start else "last", source, warn=True),
        check(facts.name, "picture and sound end within one frame",
              apart_s <= 1.0 / facts.rate_fps + 1e-6, f"{1000 * apart_s:.0f} ms apart",
              "one frame is what nobody sees"),
        check(facts.name, "at least 720 lines", min(facts.width, facts.height) >= 720,
              f"{facts.width} x {facts.height}", source, warn=True),
    )  # fmt: skip


def check_words(
    *, title: str, description: str, tags: Tags, chapters: Sequence[Chapter], duration_s: float
) -> tuple[Check, ...]:
    """Check the words for YouTube, and the title for the stores."""
    found = []
    for field, value in (("title", title), ("description", description), ("tags", tags.all)):
        known = limit("YouTube", field)
        said = "; ".join(problems("YouTube", field, value))
        counted = f"{known.measure(value)} {known.unit}"
        found.append(check(field, f"at most {known.most} {known.unit}, none refused", not said,
                           said or counted, known.source))  # fmt: skip
    said = "; ".join(problems("Spotify", "title", title))
    found.append(check("title", "no price, address or store", not said, said or "none",
                       "Apple Music Style Guide; " + _STORES, warn=True))  # fmt: skip
    found.append(_chapters(chapters, duration_s))
    return tuple(found)


def _chapters(chapters: Sequence[Chapter], duration_s: float) -> Check:
    rule = f"{CHAPTERS_FEWEST} and more from 0:00, each {CHAPTER_SHORTEST_S} s or longer"
    edges = [*(chapter.start_s for chapter in chapters), int(duration_s)]
    lengths = [end - start for start, end in pairwise(edges)]
    is_met = (
        len(chapters) >= CHAPTERS_FEWEST
        and chapters[0].start_s == 0
        and min(lengths) >= CHAPTER_SHORTEST_S
    )
    told = f"{len(chapters)} chapters" + (f", the shortest {min(lengths)} s" if lengths else "")
    # None at all are no fault: a short record has no room for three.
    return check("chapters", rule, is_met, told, CHAPTERS_SOURCE, warn=not chapters)


def check_codes(*, isrcs: Sequence[str | None], upc: str | None) -> tuple[Check, ...]:
    """Check the codes that the user gave; those that are missing come from a distributor."""
    missing = sum(code is None for code in isrcs)
    given = [code for code in isrcs if code is not None]
    wrong = [str(error) for code in given for error in [_fault(check_isrc, code)] if error]
    twice = len(set(given)) < len(given)
    told = "; ".join(wrong) or (
        "one is given twice"
        if twice
        else f"{missing} of {len(isrcs)} missing: a distributor gives them"
    )
    found = [
        Check("ISRC", "one of its own for each recording",
              FAIL if wrong or twice else WARN if given and missing else PASS, told, "ISO 3901"),
    ]  # fmt: skip
    fault = _fault(check_upc, upc) if upc is not None else None
    status = FAIL if fault else PASS
    found.append(Check("UPC", "12 or 13 digits with a right check digit", status,
                       fault or upc or "none: a distributor gives one",
                       "GS1 General Specifications"))  # fmt: skip
    return tuple(found)


def _fault(judge: object, text: str) -> str | None:
    try:
        judge(text)  # type: ignore[operator]
    except InputError as error:
        return str(error)
    return None


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.2f} MB"


def worst(checks: Sequence[Check]) -> str:
    """Return the worst status there is.

    >>> worst([Check("a", "b", WARN, "c", "d"), Check("a", "b", PASS, "c", "d")])
    'warn'
    """
    for status in (FAIL, WARN):
        if any(check.status == status for check in checks):
            return status
    return PASS

"""The kit: a single, an EP or an album with all that goes out with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.product import Loudness, Provenance, loudness_to_json
from tapeloom.release.codes import check_isrc, check_upc
from tapeloom.release.formats import Platform
from tapeloom.release.language import LICENCES
from tapeloom.release.rights import AiUse, ContentId
from tapeloom.release.sequencing import MAX_TRACKS

GENRE = "Lo-Fi"
# Apple Music Style Guide's and Spotify's lines between the kinds.
_SINGLE_TRACKS, _EP_TRACKS = 3, 6
_SINGLE_TRACK_S, _EP_S = 600.0, 1800.0


@dataclass(frozen=True, slots=True)
class KitTrack:
    """One recording of a release."""

    title: str
    artist: str
    duration_s: float
    key: Key
    bpm: float
    loudness: Loudness
    provenance: Provenance
    composer: str | None = None
    isrc: str | None = None
    ai: tuple[AiUse, ...] = ()
    content_id: ContentId | None = None

    def __post_init__(self) -> None:
        if self.duration_s <= 0:
            raise InputError(f"the track {self.title!r} lasts {self.duration_s:g} s")
        if self.isrc is not None:
            object.__setattr__(self, "isrc", check_isrc(self.isrc))


@dataclass(frozen=True, slots=True)
class ReleaseKit:
    """A release: its tracks in order, and what is said of the whole."""

    title: str
    artist: str
    tracks: tuple[KitTrack, ...]
    day: date
    label: str | None = None
    upc: str | None = None
    licence: str = LICENCES[0]
    language: str = "en"
    genre: str = GENRE
    gap_s: float = 2.0

    def __post_init__(self) -> None:
        if not 1 <= len(self.tracks) <= MAX_TRACKS:
            raise InputError(f"a release has 1 to {MAX_TRACKS} tracks, not {len(self.tracks)}")
        for what, text in (("title", self.title), ("artist", self.artist)):
            if not (text.strip() and len(text) <= 100 and text.isprintable()):
                raise InputError(f"the {what} of a release must be one line of 1 to 100 characters")
        if self.licence not in LICENCES:
            known = ", ".join(LICENCES)
            raise InputError(f"{self.licence!r} is no licence; choose one of {known}")
        if self.upc is not None:
            object.__setattr__(self, "upc", check_upc(self.upc))
        if not 0.0 <= self.gap_s <= 10.0:
            raise InputError(f"the gap is {self.gap_s:g} s; it must lie between 0 and 10")

    @property
    def duration_s(self) -> float:
        """Length of all tracks, without gaps."""
        return sum(track.duration_s for track in self.tracks)

    @property
    def kind(self) -> str:
        """Single, EP or Album, as the stores draw the lines."""
        return kind_of_release([track.duration_s for track in self.tracks])

    @property
    def p_line(self) -> str:
        """Whose the recording is."""
        return f"{self.day.year} {self.label or self.artist}"


def kind_of_release(durations_s: Sequence[float]) -> str:
    """Tell a single from an EP and an album by number and length of tracks.

    Apple Music Style Guide, "Singles, EPs, and Albums".

    >>> kind_of_release([180] * 3), kind_of_release([180] * 5), kind_of_release([400] * 6)
    ('Single', 'EP', 'Album')
    """
    total_s = sum(durations_s)
    if len(durations_s) <= _SINGLE_TRACKS and total_s < _EP_S:
        return "Single" if max(durations_s) < _SINGLE_TRACK_S else "EP"
    return "EP" if len(durations_s) <= _EP_TRACKS and total_s < _EP_S else "Album"


def specification(
    kit: ReleaseKit, platform: Platform, files: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return spec.json of one target: what is in its folder, and what it is told.

    files  of each track: file, format, rate, loudness, notes
    """
    return {
        "format": 1,
        "platform": platform.title,
        "kind": kit.kind,
        "title": kit.title,
        "artist": kit.artist,
        "label": kit.label,
        "upc": kit.upc,
        "release_date": kit.day.isoformat(),
        "genre": kit.genre,
        "language": kit.language,
        "licence": kit.licence,
        "p_line": f"℗ {kit.p_line}",
        "c_line": f"© {kit.p_line}",
        "duration_s": round(kit.duration_s, 3),
        "note": platform.note,
        "source": platform.source,
        "tracks": [
            {
                "number": number,
                "title": track.title,
                "artist": track.artist,
                "composer": track.composer,
                "isrc": track.isrc,
                "duration_s": round(track.duration_s, 3),
                "key": str(track.key),
                "bpm": round(track.bpm, 2),
                "explicit": False,
                "loudness": loudness_to_json(track.loudness),
                "content_id": None
                if track.content_id is None
                else {"eligible": track.content_id.is_eligible, "reason": track.content_id.reason},
                "ai_use": [{"what": use.what, "ai": use.is_ai, "how": use.how} for use in track.ai],
                **dict(file),
            }
            for number, (track, file) in enumerate(zip(kit.tracks, files, strict=True), 1)
        ],
    }


def credits_text(kit: ReleaseKit) -> str:
    """Return credits as plain text."""
    lines = [f"{kit.title} – {kit.artist} ({kit.kind}, {kit.day.isoformat()})", ""]
    for number, track in enumerate(kit.tracks, 1):
        minutes, seconds = divmod(round(track.duration_s), 60)
        lines.append(f"{number:2d}. {track.title} ({minutes}:{seconds:02d})")
        lines.append(f"    composed: {track.composer or track.artist}; performed: {track.artist}")
        made = "; ".join(f"{use.what}: {use.how}" for use in track.ai)
        if made:
            lines.append(f"    {made}")
        lines.extend(
            f"    after {origin.file} ({', '.join(origin.kept)})"
            for origin in track.provenance.origins
        )
    rights = "All rights reserved." if kit.licence == LICENCES[0] else kit.licence.upper()
    return "\n".join([*lines, "", f"℗ © {kit.p_line}. {rights}"]) + "\n"

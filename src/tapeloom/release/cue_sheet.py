"""Cue sheets, and what a compact disc asks of tracks: whole sectors, gaps, codes."""

from collections.abc import Sequence
from dataclasses import dataclass

from tapeloom.core.errors import InputError

SECTORS_PER_S = 75  # IEC 60908
SECTOR_SAMPLES = 588  # at 44.1 kHz
MAX_TRACKS = 99
SHORTEST_TRACK_S = 4.0
LONGEST_DISC_S = 79.8 * 60.0  # 79:57 is what pressing plants take at the most; a little less


@dataclass(frozen=True, slots=True)
class CueTrack:
    """A track of a sheet, by its place on the whole."""

    title: str
    start: int  # samples from the beginning of the file
    performer: str | None = None
    isrc: str | None = None
    gap: int = 0  # samples of silence before it, which belong to it (INDEX 00)


def sector_time(samples: int, rate: int) -> str:
    """Return a place as minutes, seconds and sectors, at or before it.

    >>> sector_time(44_100 * 61 + 588, 44_100)
    '01:01:01'
    """
    sectors = samples * SECTORS_PER_S // rate
    minutes, rest = divmod(sectors, 60 * SECTORS_PER_S)
    return f"{minutes:02d}:{rest // SECTORS_PER_S:02d}:{rest % SECTORS_PER_S:02d}"


def cue_sheet(
    file: str, tracks: Sequence[CueTrack], *, rate: int, title: str | None = None,
    performer: str | None = None, upc: str | None = None,
) -> str:  # fmt: skip
    """Return the text of a cue sheet for one file.

    upc  goes into CATALOG, which has 13 digits: a UPC of 12 gets a zero before it

    >>> print(cue_sheet("album.wav", [CueTrack("One", 0), CueTrack("Two", 88_200)], rate=44_100))
    FILE "album.wav" WAVE
      TRACK 01 AUDIO
        TITLE "One"
        INDEX 01 00:00:00
      TRACK 02 AUDIO
        TITLE "Two"
        INDEX 01 00:02:00
    <BLANKLINE>
    """
    if not 1 <= len(tracks) <= MAX_TRACKS:
        raise InputError(f"a cue sheet has 1 to {MAX_TRACKS} tracks, not {len(tracks)}")
    lines = []
    if upc:
        lines.append(f"CATALOG {upc.zfill(13)}")
    if performer:
        lines.append(f"PERFORMER {_quoted(performer)}")
    if title:
        lines.append(f"TITLE {_quoted(title)}")
    # WAVE is what players take for FLAC, too.
    lines.append(f"FILE {_quoted(file)} WAVE")
    for number, track in enumerate(tracks, 1):
        lines.append(f"  TRACK {number:02d} AUDIO")
        lines.append(f"    TITLE {_quoted(track.title)}")
        if track.performer:
            lines.append(f"    PERFORMER {_quoted(track.performer)}")
        if track.isrc:
            lines.append(f"    ISRC {track.isrc.replace('-', '')}")
        if track.gap:
            lines.append(f"    INDEX 00 {sector_time(track.start - track.gap, rate)}")
        lines.append(f"    INDEX 01 {sector_time(track.start, rate)}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', "'") + '"'


def whole_sectors(samples: int) -> int:
    """Return how many samples at 44.1 kHz fill whole sectors.

    >>> whole_sectors(589), whole_sectors(588)
    (1176, 588)
    """
    return -(-samples // SECTOR_SAMPLES) * SECTOR_SAMPLES


def disc_faults(durations_s: Sequence[float]) -> tuple[str, ...]:
    """Say what keeps tracks from being a compact disc, a sentence each.

    >>> disc_faults([200.0] * 30)
    ('30 tracks last 100:00; a disc holds 79:48',)
    """
    faults = []
    if len(durations_s) > MAX_TRACKS:
        faults.append(f"{len(durations_s)} tracks; a disc has at most {MAX_TRACKS}")
    short = [i for i, s in enumerate(durations_s, 1) if s < SHORTEST_TRACK_S]
    if short:
        faults.append(f"track {short[0]} lasts under {SHORTEST_TRACK_S:g} s, the shortest allowed")
    total = round(sum(durations_s))
    if total > LONGEST_DISC_S:
        most = round(LONGEST_DISC_S)
        faults.append(
            f"{len(durations_s)} tracks last {total // 60}:{total % 60:02d}; "
            f"a disc holds {most // 60}:{most % 60:02d}"
        )
    return tuple(faults)

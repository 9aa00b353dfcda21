"""A MIDI file in which some notes are exchanged and every other event stays what and where it is.

What a score cannot hold (lyrics, system-exclusive messages, changes of program within a track) is
kept as well, since only the track of the notes is touched.
"""

from collections import Counter, deque
from collections.abc import Iterator, Sequence

from tapeloom.core.midi import ticks_of_file
from tapeloom.core.score import Note, Part
from tapeloom.core.smf import decode_text, read_length, variable_length

_DATA_BYTES = {0xC0: 1, 0xD0: 1}  # all others have two
_META, _END_OF_TRACK = 0xFF, 0x2F
Event = tuple[int, bytes]  # the tick and all bytes, the status first
Place = tuple[int, int]  # a chunk's number and a channel


def splice_notes(
    data: bytes, part: Part, *, gone: Sequence[Note], fresh: Sequence[Note]
) -> bytes | None:
    """Return a file that `read_midi` has read, with some notes of a part exchanged.

    part   as it was read: by its notes and its name it is found
    gone   those of them that are left out
    fresh  those that come instead

    None where no track and channel holds all the part's notes.
    """
    q = int.from_bytes(data[12:14], "big")
    chunks = list(_chunks(data))
    tracks = {
        number: list(_events(body))
        for number, (kind, body) in enumerate(chunks) if kind == b"MTrk"
    }  # fmt: skip
    notes = Counter((ticks_of_file(note.start, q), note.pitch) for note in part.notes)
    place = _find(tracks, notes, part.name) if notes else None
    if place is None:
        return None
    number, channel = place
    events = _without(tracks[number], channel, Counter(
        (ticks_of_file(note.start, q), note.pitch) for note in gone
    ))  # fmt: skip
    chunks[number] = (b"MTrk", _written(events, channel, fresh, q))
    head = 8 + int.from_bytes(data[4:8], "big")
    return data[:head] + b"".join(
        kind + len(body).to_bytes(4, "big") + body for kind, body in chunks
    )


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8 + int.from_bytes(data[4:8], "big")
    while at + 8 <= len(data):
        end = at + 8 + int.from_bytes(data[at + 4 : at + 8], "big")
        yield data[at : at + 4], data[at + 8 : end]
        at = end


def _events(body: bytes) -> Iterator[Event]:
    at = tick = status = 0
    while at < len(body):
        wait, at = read_length(body, at, len(body))
        tick += wait
        first = body[at]
        if first >= 0xF0:
            length, start = read_length(body, at + 1 + (first == _META), len(body))
            yield tick, body[at : start + length]
            if first == _META and body[at + 1] == _END_OF_TRACK:
                return
            at = start + length
            continue
        if first >= 0x80:
            status, at = first, at + 1
        length = _DATA_BYTES.get(status & 0xF0, 2)
        yield tick, bytes((status,)) + body[at : at + length]
        at += length


def _is_onset(event: bytes, channel: int) -> bool:
    return event[0] == 0x90 | channel and event[2] > 0


def _is_end(event: bytes, channel: int) -> bool:
    return event[0] == 0x80 | channel or (event[0] == 0x90 | channel and event[2] == 0)


def _find(
    tracks: dict[int, list[Event]], wanted: Counter[tuple[int, int]], name: str
) -> Place | None:
    """Return the chunk and channel that hold a part's notes, and the fewest others.

    name  decides between players of the same notes
    """
    held: dict[Place, Counter[tuple[int, int]]] = {}
    for number, events in tracks.items():
        for tick, event in events:
            if event[0] & 0xF0 in (0x80, 0x90, 0xB0, 0xE0):
                there = held.setdefault((number, event[0] & 0x0F), Counter())
                if _is_onset(event, event[0] & 0x0F):
                    there[tick, event[1]] += 1
    fitting = [place for place, there in held.items() if not wanted - there]

    def strangeness(place: Place) -> tuple[int, bool]:
        titles = [_title(event) for _, event in tracks[place[0]] if event[:2] == b"\xff\x03"]
        return held[place].total(), not any(name in title or title in name for title in titles)

    return min(fitting, key=strangeness, default=None)


def _title(event: bytes) -> str:
    _, start = read_length(event, 2, len(event))
    return decode_text(event[start:])


def _without(events: Sequence[Event], channel: int, gone: Counter[tuple[int, int]]) -> list[Event]:
    """Leave notes out, their ends too; of several on one key the first ends first."""
    kept: list[Event] = []
    sounding: dict[int, deque[bool]] = {}  # key -> whether each of its notes stays
    left = gone.copy()
    for tick, event in events:
        if _is_onset(event, channel):
            stays = not left[tick, event[1]]
            left[tick, event[1]] -= not stays
            sounding.setdefault(event[1], deque()).append(stays)
        elif _is_end(event, channel):
            held = sounding.get(event[1])
            stays = held.popleft() if held else True
        else:
            stays = True
        if stays:
            kept.append((tick, event))
    return kept


def _written(events: Sequence[Event], channel: int, fresh: Sequence[Note], q: int) -> bytes:
    """Return a track's bytes with fresh notes in it; on a tick ends come first, then onsets."""
    ordered = [(tick, 1, event) for tick, event in events if event[:2] != b"\xff\x2f"]
    last = max((tick for tick, _ in events), default=0)
    for note in fresh:
        start = ticks_of_file(note.start, q)
        end = max(ticks_of_file(note.end, q), start + 1)
        ordered.append((start, 2, bytes((0x90 | channel, note.pitch, note.velocity))))
        ordered.append((end, 0, bytes((0x80 | channel, note.pitch, 0))))
        last = max(last, end)
    out, before = bytearray(), 0
    for tick, _, event in sorted(ordered, key=lambda entry: entry[:2]):
        out += variable_length(tick - before) + event
        before = tick
    return bytes(out + variable_length(last - before) + b"\xff\x2f\x00")

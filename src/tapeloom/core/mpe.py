"""MIDI Polyphonic Expression: notes that bend, brighten and swell each by itself.

MIDI Association, "MIDI Polyphonic Expression (MPE) Specification", version 1.0 (2018): a zone is a
master channel (1 or 16) and member channels beside it, told by registered parameter 6; each note
has a member channel of its own, whose pitch bend, channel pressure and controller 74 are the
note's. Files are those that `smf.clean_midi` has cleaned.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from tapeloom.core.score import Move
from tapeloom.core.smf import decode_text, read_length, variable_length

MEMBER_SEMITONES = 48.0  # of a member channel's whole bend, until registered parameter 0 says else
SLIDE = 74  # the third dimension: brightness
_PARAMETER_LOW, _PARAMETER_HIGH, _DATA, _DATA_CENTS = 100, 101, 6, 38
_MESSAGES = (0x80, 0x90, 0xA0, 0xB0, 0xC0, 0xD0, 0xE0)
_NOTHING = {"bend": 0.0, "pressure": 0.0, "brightness": 64.0}

Event = tuple[int, bytes]  # tick of the file, the message with its status byte


@dataclass(frozen=True, slots=True)
class ZoneNote:
    """A note of a zone, in ticks of the file; its moves count from its start."""

    start: int
    end: int
    pitch: int
    velocity: int
    moves: tuple[Move, ...]


@dataclass(slots=True)
class ZonePart:
    """What one zone plays in one track: notes, and what its master channel does to all of them."""

    title: str
    program: int = 0
    notes: list[ZoneNote] = field(default_factory=list)
    controls: list[tuple[int, int, int]] = field(default_factory=list)  # tick, number, value
    bends: list[tuple[int, int]] = field(default_factory=list)  # tick, -8192..8191


@dataclass(slots=True)
class _Channel:
    """A member channel: what its controls are at, and its sounding notes."""

    state: dict[str, float] = field(default_factory=lambda: dict(_NOTHING))
    sounding: list[tuple[int, int, int, list[Move]]] = field(default_factory=list)


def is_mpe(clean: bytes) -> bool:
    """Tell whether a cleaned file configures a zone.

    >>> is_mpe(bytes([0, 0xB0, 100, 6, 0, 0xB0, 6, 15])), is_mpe(bytes([0, 0xB1, 100, 6]))
    (True, False)
    """
    return b"\xb0\x64\x06" in clean or b"\xbf\x64\x06" in clean


def take_zones(clean: bytes) -> tuple[bytes, list[ZonePart]]:
    """Split a cleaned file, kept with its channel pressure: the rest of it, and what zones play.

    What a zone's channels say is taken out of the rest.
    """
    tracks = list(_tracks(clean))
    zones = _zones(tracks)
    found: list[ZonePart] = []
    rest = []
    for track in tracks:
        kept, parts = _split(track, zones)
        found += parts
        rest.append(_written(kept))
    chunks = b"".join(b"MTrk" + len(body).to_bytes(4, "big") + body for body in rest)
    return clean[:14] + chunks, found


def _tracks(clean: bytes) -> Iterator[list[Event]]:
    at = 14
    while at + 8 <= len(clean):
        end = at + 8 + int.from_bytes(clean[at + 4 : at + 8], "big")
        yield list(_events(clean, at + 8, end))
        at = end


def _events(clean: bytes, at: int, end: int) -> Iterator[Event]:
    tick = 0
    while at < end:
        wait, at = read_length(clean, at, end)
        tick += wait
        status = clean[at]
        if status == 0xFF:
            length, body = read_length(clean, at + 2, end)
            stop = body + length
        else:
            stop = at + (2 if status & 0xF0 in (0xC0, 0xD0) else 3)
        yield tick, clean[at:stop]
        at = stop


def _zones(tracks: list[list[Event]]) -> dict[int, int]:
    """Return the master channel of each channel that a zone has, masters included."""
    members = {0: 0, 15: 0}
    for track in tracks:
        parameter = {channel: [127, 127] for channel in members}
        for _, message in track:
            channel = message[0] & 0x0F
            if message[0] & 0xF0 != 0xB0 or channel not in members:
                continue
            if message[1] in (_PARAMETER_LOW, _PARAMETER_HIGH):
                parameter[channel][message[1] - _PARAMETER_LOW] = message[2]
            elif message[1] == _DATA and parameter[channel] == [6, 0]:
                members[channel] = min(message[2], 15)
    lower = min(members[0], 14 if members[15] else 15)
    upper = min(members[15], 14 - lower) if lower else members[15]
    zones = dict.fromkeys(range(lower + 1), 0) if lower else {}
    return zones | (dict.fromkeys(range(15 - upper, 16), 15) if upper else {})


def _split(track: list[Event], zones: dict[int, int]) -> tuple[list[Event], list[ZonePart]]:
    """Return a track's events that no zone has, less pressure, and what each zone plays in it."""
    title = next((decode_text(_body(m)) for _, m in track if m[:2] == b"\xff\x03"), "")
    readers = {master: _Zone(ZonePart(title), master) for master in set(zones.values())}
    kept = []
    for tick, message in track:
        channel = message[0] & 0x0F
        if message[0] & 0xF0 in _MESSAGES and channel in zones:
            readers[zones[channel]].take(tick, message[0] & 0xF0, channel, message[1:])
        elif message[0] & 0xF0 != 0xD0:
            kept.append((tick, message))
    end = track[-1][0] if track else 0
    parts = [readers[master].finish(end) for master in sorted(readers)]
    return kept, [part for part in parts if part.notes]


def _body(meta: bytes) -> bytes:
    return meta[read_length(meta, 2, len(meta))[1] :]


class _Zone:
    """Reads what the channels of a zone say."""

    def __init__(self, part: ZonePart, master: int) -> None:
        self._part, self._master = part, master
        self._channels = {channel: _Channel() for channel in range(16)}
        self._parameter = {channel: [127, 127] for channel in range(16)}
        self._semitones, self._cents = MEMBER_SEMITONES, 0.0

    def take(self, tick: int, kind: int, channel: int, data: bytes) -> None:
        """Take a message in."""
        own = self._channels[channel]
        if kind == 0x90 and data[1]:
            begun = [Move(0, name, value) for name, value in own.state.items()
                     if channel != self._master and value != _NOTHING[name]]  # fmt: skip
            own.sounding.append((tick, data[0], data[1], begun))
        elif kind in (0x80, 0x90):
            self._end(own, tick, data[0])
        elif kind == 0xC0:
            self._part.program = data[0]
        elif kind == 0xE0:
            value = (data[1] << 7 | data[0]) - 8192
            if channel == self._master:
                self._part.bends.append((tick, value))
            else:
                whole = self._semitones + self._cents / 100.0
                self._move(own, tick, "bend", round(value / 8192.0 * whole, 6))
        elif kind == 0xD0 and channel != self._master:
            self._move(own, tick, "pressure", float(data[0]))
        elif kind == 0xB0:
            self._control(own, tick, channel, data[0], data[1])

    def _control(self, own: _Channel, tick: int, channel: int, number: int, value: int) -> None:
        parameter = self._parameter[channel]
        if number in (_PARAMETER_LOW, _PARAMETER_HIGH):
            parameter[number - _PARAMETER_LOW] = value
        if channel == self._master:
            if number in (_DATA, _DATA_CENTS) and parameter == [0, 0]:
                asks = ((_PARAMETER_HIGH, 0), (_PARAMETER_LOW, 0), (number, value))
                self._part.controls += [(tick, *ask) for ask in asks]
            elif number not in (_DATA, _DATA_CENTS, _PARAMETER_LOW, _PARAMETER_HIGH):
                self._part.controls.append((tick, number, value))
        elif number == SLIDE:
            self._move(own, tick, "brightness", float(value))
        elif parameter == [0, 0] and number == _DATA:
            self._semitones = float(value)  # for all members, as the specification has it
        elif parameter == [0, 0] and number == _DATA_CENTS:
            self._cents = float(value)

    def _move(self, own: _Channel, tick: int, name: str, value: float) -> None:
        own.state[name] = value
        for start, _, _, moves in own.sounding:
            moves.append(Move(tick - start, name, value))

    def _end(self, own: _Channel, tick: int, pitch: int) -> None:
        for i, (start, key, velocity, moves) in enumerate(own.sounding):
            if key == pitch:
                del own.sounding[i]
                self._part.notes.append(ZoneNote(start, tick, key, velocity, tuple(moves)))
                return

    def finish(self, end: int) -> ZonePart:
        """Close what still sounds, and return the zone's part in order of time."""
        for own in self._channels.values():
            for _, pitch, _, _ in list(own.sounding):
                self._end(own, end, pitch)
        self._part.notes.sort(key=lambda note: (note.start, note.pitch))
        return self._part


def _written(events: list[Event]) -> bytes:
    out = bytearray()
    before = 0
    for tick, message in events:
        out += variable_length(tick - before) + message
        before = tick
    return bytes(out)

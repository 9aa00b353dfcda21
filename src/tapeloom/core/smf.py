"""The bytes of a standard MIDI file, checked before a parser sees them.

Format: "The Complete MIDI 1.0 Detailed Specification", section "Standard MIDI Files 1.0" (1996).
A file from anywhere may lie about its lengths; here every chunk and event is walked once within
its bounds, and what is kept is written anew in the plainest form (a status byte on every event,
UTF-8 text, every note closed, one end of track), so that the parser never meets the rest.
"""

from tapeloom.core.errors import InputError

MAX_NOTES = 2_000_000
MAX_FILE_TICKS = 2**28 - 1  # the longest wait that the format itself can write between two events
MAX_QUARTERS = 200_000  # 44 hours at 75 bpm
MAX_TRACKS = 1024  # a track that changes its program or channel counts as several

_TEXT_KINDS = range(0x01, 0x10)
_END_OF_TRACK = 0x2F
_KEPT_META = {0x03, 0x06, 0x51, 0x58, 0x59}  # track name, marker, tempo, meter, key signature
_META_LENGTHS = {0x51: 3, 0x58: 4, 0x59: 2}
_DATA_BYTES = {0x80: 2, 0x90: 2, 0xA0: 2, 0xB0: 2, 0xC0: 1, 0xD0: 1, 0xE0: 2}
_KEPT_MESSAGES = {0x80, 0x90, 0xB0, 0xC0, 0xE0}


def clean_midi(data: bytes, *, with_pressure: bool = False) -> bytes:
    """Check a file of format 0 or 1 and return its music in the plainest form.

    Kept are notes, controllers, pitch bends, programs, track names, markers, tempos, meters and
    key signatures; anything that breaks the format raises with the reason.

    with_pressure  keeps channel pressure as well

    >>> head = b"MThd" + bytes([0, 0, 0, 6, 0, 0, 0, 1, 0, 96])
    >>> events = bytes([0, 0x90, 60, 64, 96, 60, 0, 0, 0xFF, 0x2F, 0])  # running status
    >>> clean_midi(head + b"MTrk" + bytes([0, 0, 0, 11]) + events)[22:].hex(" ")
    '00 90 3c 40 60 90 3c 00 00 ff 2f 00'
    >>> clean_midi(b"RIFF....")
    Traceback (most recent call last):
    tapeloom.core.errors.InputError: it does not begin with the header MThd
    """
    if data[:4] != b"MThd":
        raise InputError("it does not begin with the header MThd")
    if len(data) < 14 or (head := int.from_bytes(data[4:8], "big")) < 6:
        raise InputError("its header is cut short")
    kind, division = int.from_bytes(data[8:10], "big"), int.from_bytes(data[12:14], "big")
    if kind not in (0, 1):
        raise InputError(f"its format is {kind}; 0 and 1 can be read")
    if not 1 <= division < 0x8000:
        raise InputError("its time is not counted in ticks of a quarter note")
    limit = min(MAX_FILE_TICKS, MAX_QUARTERS * division)
    tracks: list[bytes] = []
    counts = _Counts()
    at = 8 + head
    while at + 8 <= len(data):
        length = int.from_bytes(data[at + 4 : at + 8], "big")
        end = at + 8 + length
        if end > len(data):
            raise InputError("it ends in the middle of a track")
        if data[at : at + 4] == b"MTrk":  # chunks of other kinds are to be skipped
            kinds = _KEPT_MESSAGES | {0xD0} if with_pressure else _KEPT_MESSAGES
            tracks.append(_clean_track(data, at + 8, end, limit, counts, kinds))
        at = end
    if not tracks:
        raise InputError("it has no track")
    chunks = b"".join(b"MTrk" + len(track).to_bytes(4, "big") + track for track in tracks)
    fields = (kind if len(tracks) == 1 else 1, len(tracks), division)
    numbers = b"".join(n.to_bytes(2, "big") for n in fields)
    return b"MThd" + (6).to_bytes(4, "big") + numbers + chunks


class _Counts:
    """What a file has had so far, lest a small one fill the memory."""

    def __init__(self) -> None:
        self.events = 0
        self.voices = 0

    def add(self, events: int, voices: int) -> None:
        self.events += events
        self.voices += max(voices, 1)
        if self.events > MAX_NOTES:
            raise InputError(f"it has over {MAX_NOTES} notes and other events")
        if self.voices > MAX_TRACKS:
            raise InputError(f"it has over {MAX_TRACKS} tracks and changes of program")


def _clean_track(
    data: bytes, at: int, end: int, limit: int, counts: _Counts, kinds: set[int]
) -> bytes:
    """Walk one track's events and return them cleaned."""
    out = bytearray()
    tick = written = status = events = 0
    sounding = [0] * 2048  # by channel and pitch
    programs = [0] * 16
    voices: set[int] = set()
    while at < end:
        wait = data[at]  # nearly all waits have one byte
        at += 1
        if wait >= 0x80:
            wait, at = read_length(data, at - 1, end)
        tick += wait
        if tick > limit:
            raise InputError(
                f"it lasts over {MAX_QUARTERS} quarter notes or {MAX_FILE_TICKS} ticks"
            )
        if at >= end:
            raise InputError("a track ends in the middle of an event")
        first = data[at]
        if first < 0xF0:
            if first >= 0x80:
                status, at = first, at + 1
            if not status:
                raise InputError("a track begins without a status byte")
            kind, channel = status & 0xF0, status & 0x0F
            event = data[at : at + _DATA_BYTES[kind]]
            at += _DATA_BYTES[kind]
            if at > end or max(event) > 0x7F:
                raise InputError("a track holds an event that is no MIDI event")
            if kind == 0xC0:
                programs[channel] = event[0]
            else:
                voices.add(channel << 7 | programs[channel])
            if kind <= 0x90:
                key = channel << 7 | event[0]
                if kind == 0x90 and event[1]:
                    sounding[key] += 1
                elif sounding[key]:
                    sounding[key] -= 1
                else:
                    continue  # the end of a note that never began
            elif kind not in kinds:
                continue
            kept = bytes((status,)) + event
        else:
            kind, body, at = _find_body(data, at, end)
            if kind == _END_OF_TRACK:
                break
            if kind not in _KEPT_META:
                continue
            kept = _clean_meta(kind, data[body:at])
            events += 15  # a change of tempo or meter costs more than a note
        events += 1
        wait = tick - written
        if wait < 0x80:
            out.append(wait)
        else:
            out += variable_length(wait)
        out += kept
        written = tick
    counts.add(events // 2, len(voices))  # a note has two
    wait = tick - written
    for key, count in enumerate(sounding):
        for _ in range(count):
            out += variable_length(wait) + bytes((0x80 | key >> 7, key & 0x7F, 0))
            wait = 0
    return bytes(out + variable_length(wait) + b"\xff\x2f\x00")


def _find_body(data: bytes, at: int, end: int) -> tuple[int, int, int]:
    """Return the kind of a meta event (0xF0 of a system-exclusive), its body's place and end."""
    kind = 0xF0
    if data[at] == 0xFF:
        at += 1
        kind = data[at] if at < end else 0
    elif data[at] not in (0xF0, 0xF7):
        raise InputError(f"a track holds the byte {data[at]}, which no MIDI file may")
    length, body = read_length(data, at + 1, end)
    if body + length > end:
        raise InputError("a track ends in the middle of an event")
    return kind, body, body + length


def _clean_meta(kind: int, body: bytes) -> bytes:
    if _META_LENGTHS.get(kind, len(body)) != len(body):
        raise InputError("a tempo, meter or key signature has the wrong length")
    if kind in _TEXT_KINDS:
        body = decode_text(body).encode("utf-8")
    return bytes((0xFF, kind)) + variable_length(len(body)) + body


def decode_text(body: bytes) -> str:
    """Read text of a file, which states no encoding: UTF-8, else Latin-1; at most 200 characters.

    >>> decode_text("café".encode("latin-1")), decode_text("夜".encode())
    ('café', '夜')
    """
    try:
        text = body[:4096].decode("utf-8")
    except UnicodeDecodeError:
        text = body.decode("latin-1")
    return "".join(c if c.isprintable() else " " for c in text)[:200].strip()


def read_length(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Read a variable-length number of at most four bytes; return it and what follows.

    >>> read_length(bytes([0x81, 0, 60]), 0, 3)
    (128, 2)
    """
    value = 0
    for i in range(at, min(at + 4, end)):
        value = value << 7 | data[i] & 0x7F
        if data[i] < 0x80:
            return value, i + 1
    raise InputError("a track holds a number without an end")


def variable_length(value: int) -> bytes:
    """Write a number in as few bytes as it needs.

    >>> variable_length(127).hex(), variable_length(128).hex()
    ('7f', '8100')
    """
    out = bytes((value & 0x7F,))
    while value := value >> 7:
        out = bytes((value & 0x7F | 0x80,)) + out
    return out

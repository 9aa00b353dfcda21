"""When each note of a part starts, is let go, and is stopped by another."""

from collections import deque
from dataclasses import dataclass, replace
from math import inf

from tapeloom.core.performance import PlayedPart
from tapeloom.synth.pedalling import Pedal
from tapeloom.synth.voice import Voice

VOICES = 64  # that ring at once in a part; a further note takes the oldest one's place


@dataclass(frozen=True, slots=True)
class Strike:
    """One note as the driver plays it."""

    start: int  # frame
    held_s: float  # until the damper falls
    stop_s: float  # until another note stops it, or inf


def schedule(part: PlayedPart, voice: Voice, *, rate: int) -> list[Strike]:
    """Return when each note starts, is let go (by finger or pedal) and is stopped by another."""
    pedal = Pedal.of(part)
    ends = [note.onset_s + note.duration_s for note in part.notes]
    if voice.manner.pedal:
        ends = [pedal.let_go(end) for end in ends]
    strikes = []
    for i, note in enumerate(part.notes):
        stop = inf
        for later in part.notes[i + 1 :]:
            if later.onset_s > ends[i] + voice.tail_s:
                break
            together = later.onset_s <= note.onset_s + voice.manner.strum_s
            if not together and voice.stops(note.pitch, later.pitch):
                stop = later.onset_s - note.onset_s
                break
        held_s = min(ends[i] - note.onset_s, stop)
        strikes.append(Strike(round(note.onset_s * rate), held_s, stop))
    return steal(strikes, voice, rate=rate)


def steal(strikes: list[Strike], voice: Voice, *, rate: int, voices: int = VOICES) -> list[Strike]:
    """Stop the oldest notes where more than so many would ring at once."""
    ringing: deque[int] = deque()
    found = list(strikes)
    for index, strike in enumerate(strikes):
        now_s = strike.start / rate
        ringing = deque(
            i for i in ringing
            if found[i].start / rate + min(found[i].held_s + voice.tail_s, found[i].stop_s) > now_s
        )  # fmt: skip
        if len(ringing) >= voices:
            oldest = ringing.popleft()
            since_s = now_s - found[oldest].start / rate
            held_s = min(found[oldest].held_s, since_s)
            found[oldest] = replace(found[oldest], held_s=held_s, stop_s=since_s)
        ringing.append(index)
    return found

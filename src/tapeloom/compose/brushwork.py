"""Brushes: what a drummer with wire brushes makes of a bar that was written for sticks.

The left hand stirs over the snare's head, a circle for each beat or for two; the right hand taps
the backbeat and what ghosts there are, and the foot closes the hats where the tap falls.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from tapeloom.core.meter import Meter, Meters, bar_starts, meter_at
from tapeloom.core.score import Note, Part, Section
from tapeloom.rhythm.meters import beat_starts, step_ticks
from tapeloom.rhythm.patterns import VELOCITIES, Bar
from tapeloom.theory.instruments import DRUMS

BRUSHED = "brushes_kit"
MACHINES = ("boom_bap_kit", "soft_electronic_kit", "eight_oh_eight_kit")  # nobody brushes these
STIR = "brush"
TIME_SOFTER = 0.75  # of the velocity of sticks on closed hats
ALONE = "jazz_kit"  # played by one drummer, whose hands are full
CALM = 0.4  # sections of less energy are stirred over two beats
_TAPPED = ("snare", "rim", "clap", "brush")  # what the right hand plays on the snare's head
_SOFTER = {"X": "x", "x": "-", "-": "-", "o": "o"}

Hits = set[tuple[int, str]]


def stir_lengths(meter: Meter, energy: float) -> dict[int, int]:
    """Return the steps on which a circle begins, and how many steps it lasts.

    energy  0..1 of the section

    >>> stir_lengths(Meter(4, 4), 0.5), stir_lengths(Meter(4, 4), 0.2)
    ({0: 4, 4: 4, 8: 4, 12: 4}, {0: 8, 8: 8})
    """
    beats = [tick // step_ticks(meter) for tick in beat_starts(meter)]
    if energy < CALM and len(beats) % 2 == 0:
        beats = beats[::2]
    ends = [*beats[1:], meter.bar_ticks // step_ticks(meter)]
    return {begin: end - begin for begin, end in zip(beats, ends, strict=True)}


def take_brushes(bar: Bar, fill: Hits, meter: Meter, energy: float) -> tuple[Bar, Hits]:
    """Return a bar of sticks as brushes play it, and which hits are the fill's.

    Both hands tap a fill: no circle begins in it. Time on closed hats keeps to eighths, softly;
    on a tap it is the foot's.

    >>> bar = {(0, "kick"): "x", (4, "snare"): "X", (4, "closed_hat"): "x", (5, "closed_hat"): "o"}
    >>> sorted(take_brushes(bar, set(), Meter(2, 4), 0.5)[0])
    [(0, 'brush'), (0, 'kick'), (4, 'brush'), (4, 'pedal_hat'), (4, 'snare')]
    """
    taps = {step for step, drum in bar if drum in _TAPPED}
    moved = []
    for (step, drum), written in bar.items():
        key, sign = (step, drum), written
        if drum in _TAPPED:
            key = (step, "snare")
        elif drum == "closed_hat":
            if step in taps:
                key = (step, "pedal_hat")
            elif step % 2 and (step, drum) not in fill:
                continue
            sign = _SOFTER[written]
        moved.append(((step, drum), key, sign))
    out, filled = _merged(moved, fill)
    first = min((step for step, _ in fill), default=meter.bar_ticks // step_ticks(meter))
    stirs = {
        (step, STIR): "-"
        for step, length in stir_lengths(meter, energy).items()
        if step + length <= first
    }
    return out | stirs, filled


def put_brushes_away(bar: Bar, fill: Hits) -> tuple[Bar, Hits]:
    """Return a bar that was written for brushes as a machine plays it, and the fill's hits.

    What was struck is the snare's, what was swept the closed hat's.

    >>> sorted(put_brushes_away({(4, "brush"): "X", (6, "brush"): "-"}, set())[0])
    [(4, 'snare'), (6, 'closed_hat')]
    """
    moved = [
        ((step, drum), (step, drum if drum != STIR else "snare" if sign in "xX" else "closed_hat"),
         sign)
        for (step, drum), sign in bar.items()
    ]  # fmt: skip
    return _merged(moved, fill)


def without_claps(bar: Bar, fill: Hits) -> tuple[Bar, Hits]:
    """Return a bar as a drummer alone plays it, the snare for claps, and the fill's hits.

    >>> without_claps({(4, "clap"): "X", (4, "snare"): "o"}, {(4, "clap")})
    ({(4, 'snare'): 'X'}, {(4, 'snare')})
    """
    moved = [
        ((step, drum), (step, "snare" if drum == "clap" else drum), sign)
        for (step, drum), sign in bar.items()
    ]
    return _merged(moved, fill)


def brush_part(part: Part, sections: Sequence[Section], meters: Meters) -> Part:
    """Return a part that was written for sticks, note by note, as brushes play it.

    Bars in which nothing sounds stay silent.
    """
    names = {key: name for name, key in DRUMS.items()}
    taps = {note.start for note in part.notes if names.get(note.pitch) in _TAPPED}
    kept: dict[tuple[int, int], Note] = {}
    for note in part.notes:
        drum, pitch, velocity = names.get(note.pitch), note.pitch, note.velocity
        if drum in _TAPPED:
            pitch = DRUMS["snare"]
        elif drum == "closed_hat":
            pitch = DRUMS["pedal_hat"] if note.start in taps else pitch
            velocity = max(round(TIME_SOFTER * velocity), 1)
        louder = kept.get((note.start, pitch))
        if louder is None or louder.velocity < velocity:
            kept[note.start, pitch] = replace(note, pitch=pitch, velocity=velocity)
    starts = [note.start for note in part.notes]
    for section in sections:
        bars = [tick for tick in bar_starts(meters, section.end) if tick >= section.start]
        for begin in bars:
            meter = meter_at(meters, begin)
            stop = min(begin + meter.bar_ticks, section.end)
            if bisect_left(starts, begin) == bisect_left(starts, stop):
                continue
            for step, length in stir_lengths(meter, section.energy).items():
                at, ticks = begin + step * step_ticks(meter), length * step_ticks(meter)
                if at < stop:
                    stir = Note(at, min(ticks, stop - at), DRUMS[STIR], VELOCITIES["-"])
                    kept[at, stir.pitch] = stir
    marks = {
        replace(mark, pitch=DRUMS["snare"]) if names.get(mark.pitch) in _TAPPED else mark
        for mark in part.marks
    }
    return replace(part, notes=tuple(kept.values()), marks=tuple(marks))


def _merged(
    moved: Sequence[tuple[tuple[int, str], tuple[int, str], str]], fill: Hits
) -> tuple[Bar, Hits]:
    """Return hits where they have moved to, of two on one drum the louder, and the fill's."""
    out: Bar = {}
    for _, key, sign in moved:
        out[key] = max(sign, out.get(key, sign), key="o-xX".index)
    return out, {key for old, key, _ in moved if old in fill}

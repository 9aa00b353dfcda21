"""Hand percussion that a brief may name: what each of it plays over the kit's groove."""

import re
from collections.abc import Iterator, Mapping

from tapeloom.core.meter import Meter
from tapeloom.core.score import Note
from tapeloom.rhythm.meters import beat_starts, step_ticks
from tapeloom.rhythm.patterns import VELOCITIES
from tapeloom.theory.instruments import DRUMS, PERCUSSION

UNDER_THE_KIT = 0.72  # of the velocities that a kit's signs are worth
CELL = 4  # steps of a beat in the lines

# Name -> drum -> two bars of common time in sixteenths, with the signs of `rhythm.patterns`.
# The congas' is a tumbao, the bongos' a martillo, the gankogui's the bell of kpanlogo.
HANDS: dict[str, Mapping[str, str]] = {
    "agogo": {"high_agogo": "x.....x...x.....x.....x.....x...",
              "low_agogo": "..x.x.......x.x...x.x...x.....x."},
    "bongos": {"high_bongo": "x.o.-.o.x.o...o.x.o.-.o.x.o-..o.",
               "low_bongo": "............x...............x..."},
    "cabasa": {"cabasa": "x-o-x-o-x-o-x-o-x-o-x-o-x-o-x-oo"},
    "claps": {"clap": "............x...............x..-"},
    "congas": {"mute_conga": "o.o.x.o.o.o.....o.o.x.o.o.o.....",
               "open_conga": "............x.x.............x...",
               "low_conga": ".......-......................x."},
    "cowbell": {"cowbell": "x...-...-...-...x...-...-...-.-."},
    "djembe": {"djembe_bass": "x.........x.....x..x......x.....",
               "djembe_slap": "....x.......x.......x.......x...",
               "djembe_tone": "......x-......x.......x-......xx"},
    "gankogui": {"low_gankogui": "x...............x...............",
                 "high_gankogui": "...x..x...x.x......x..x...x.x..."},
    "shaker": {"shaker": "-.o.-.o.-.o.-.oo-.o.-.o.-.o.-oo."},
    "snaps": {"snap": "....x.......x.......x.......x..."},
    "tambourine": {"tambourine": "..o.x.o...o.x.o...o.x.o...o.x.oo"},
    "triangle": {"mute_triangle": "o...o...o...o...o...o...o...o...",
                 "open_triangle": "..x...x...x...x...x...x...x...x."},
}  # fmt: skip
WORDS: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in HANDS},
    "bongo": ("bongos",), "clap": ("claps",), "conga": ("congas",), "handclaps": ("claps",),
    "percussion": ("congas", "shaker"), "shakers": ("shaker",), "snap": ("snaps",),
}  # fmt: skip


def hands_in(text: str) -> tuple[str, ...]:
    """Return the hand percussion that a brief's words name.

    >>> hands_in("a conga and claps"), hands_in("percussion"), hands_in("rain")
    (('congas', 'claps'), ('congas', 'shaker'), ())
    """
    found = [
        name for word in re.findall(r"[^\W\d_]+", text.lower()) for name in WORDS.get(word, ())
    ]
    return tuple(dict.fromkeys(found))


def hand_strokes(name: str, number: int, start: int, meter: Meter) -> Iterator[Note]:
    """Place one bar of a hand percussion's line.

    number  of the bar in its section, which says whether it is the line's first or its second

    In other meters than common time each beat takes the line's beat of its number, from the first
    again after the fourth, as far as it lasts.
    """
    step = step_ticks(meter)
    beats = [*beat_starts(meter), meter.bar_ticks]
    for drum, line in HANDS[name].items():
        bar = line[number % 2 * 4 * CELL :][: 4 * CELL]
        for beat in range(len(beats) - 1):
            cell = bar[beat % 4 * CELL :][:CELL]
            for i, sign in enumerate(cell):
                at = beats[beat] + i * step
                if sign != "." and at < beats[beat + 1]:
                    velocity = max(round(UNDER_THE_KIT * VELOCITIES[sign]), 20)
                    yield Note(start + at, step, (DRUMS | PERCUSSION)[drum], velocity)

"""Drums: one groove a piece, its variants by section, small changes from bar to bar, and fills."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from tapeloom.compose.brushwork import (
    ALONE,
    BRUSHED,
    MACHINES,
    STIR,
    put_brushes_away,
    stir_lengths,
    take_brushes,
    without_claps,
)
from tapeloom.compose.touches import ornament_drums
from tapeloom.core.meter import Meter, Meters, bar_starts, meter_at
from tapeloom.core.score import Mark, Note, Part, Section
from tapeloom.rhythm.fills import FILLS, Fill, end_with, fills_for
from tapeloom.rhythm.ghosts import add_ghosts, move_kick, vary
from tapeloom.rhythm.limbs import playable
from tapeloom.rhythm.meters import SIXTEENTH, beat_starts, step_ticks
from tapeloom.rhythm.patterns import (
    COMMON_TIME,
    TIMEKEEPERS,
    VELOCITIES,
    Bar,
    Groove,
    groove_in,
    grooves_in,
)
from tapeloom.theory.instruments import DRUMS, KITS, instrument

BUSIER, SPARSER = 0.12, -0.12  # of a section's density over the record's: where bars change
CYCLE = 8  # bars until the small changes of a section's letter come back
GHOST_VELOCITIES = (20, 45)

TEMPER = 0.02  # how far a drawn groove's energy and density may lie from the record's, squared
ADAPTED = 0.01  # the chance of a groove made over from common time beside one written in the meter
# Kit -> styles of grooves that its players think of first, and how much likelier those are.
STYLES: dict[str, tuple[tuple[str, ...], float]] = {
    BRUSHED: (("brushes",), 12.0),
    "boom_bap_kit": (("boom bap", "displaced", "break"), 8.0),
    "jazz_kit": (("swung", "brushes"), 12.0),
    "soft_electronic_kit": (("house", "half-time", "still"), 8.0),
    "eight_oh_eight_kit": (("half-time", "trip-hop"), 8.0),
}
VARIED = 0.2  # how much a record's groove differs from the table's


@dataclass(frozen=True, slots=True)
class Kit:
    """A piece's drawn choices: its groove, another for contrast, and how loud it is."""

    main: Groove
    other: Groove
    fills: tuple[Fill, ...]
    gain: float


def write_drums(
    sections: Sequence[Section],
    *,
    meters: Meters,
    end: int,
    density: float,
    energy: float,
    rng: np.random.Generator,
    kit: str = KITS[0],
    groove: Groove | None = None,
) -> Part:
    """Write the drum part of a whole record on the straight grid.

    Sections whose roles lack "drums" are silent. A brushes kit is stirred and tapped
    (`brushwork`). Ghost notes carry the mark `ghost`, fills `fill`; flams, drags, ruffs and rolls
    are marks too. The part's style is that of the first groove. `density` is that of the record;
    sections of more or less density than the others are busier or sparser.

    groove  what is played in the place of a drawn one, in bars of its metre
    """
    starts = bar_starts(meters, end)
    usual = sum(section.density for section in sections) / max(len(sections), 1)
    base_seed = int(rng.integers(2**53))
    kits: dict[int, Kit] = {}
    cycles: dict[tuple[int, str, str], tuple[Bar, ...]] = {}
    notes: list[Note] = []
    marks: list[Mark] = []
    for index, section in enumerate(sections):
        if "drums" not in section.roles:
            continue
        if section.piece not in kits:
            kits[section.piece] = draw_kit(
                density,
                energy,
                _generator(base_seed, section.piece),
                meter=meter_at(meters, section.start),
                kit=kit,
            )
            if groove is not None and groove.meter == meter_at(meters, section.start):
                kits[section.piece] = _led_by(groove, kits[section.piece])
        grooves = kits[section.piece]
        draw = _generator(base_seed, section.piece, index + 1)
        first, last = (bisect_left(starts, at) for at in (section.start, section.end))
        bars = starts[first:last]
        bars = bars if bars and bars[0] == section.start else [section.start, *bars]
        follows = index + 1 < len(sections) and sections[index + 1].start == section.end
        entered = index == 0 or "drums" not in sections[index - 1].roles
        for number, start in enumerate(bars):
            meter = meter_at(meters, start)
            stop = min([*bars[number + 1 : number + 2], section.end, start + meter.bar_ticks])
            key = (section.piece, section.name, str(meter))
            if key not in cycles:
                cycles[key] = write_cycle(
                    grooves,
                    section.name,
                    meter,
                    density=density + section.density - usual,
                    rng=draw,
                )
            bar = dict(cycles[key][number % CYCLE])
            bar = _shape(bar, section, number, len(bars), meter, grooves)
            bar = by_density(bar, grooves.main, section.density - usual)
            fill: set[tuple[int, str]] = set()
            if number == len(bars) - 1 and follows and len(bars) > 1:
                bar, fill = _fill(bar, section, meter, grooves, draw)
            elif number % CYCLE == CYCLE - 1 and draw.random() < 0.5:
                bar, fill = _fill(bar, section, meter, grooves, draw, small=True)
            if number == 0 and not entered:
                bar = _announce(bar, section, draw)
            held: dict[int, int] = {}
            if kit == BRUSHED:
                bar, fill = take_brushes(bar, fill, meter, section.energy)
                held = stir_lengths(meter, section.energy)
            elif kit in MACHINES:
                bar, fill = put_brushes_away(bar, fill)
            elif kit == ALONE:
                bar, fill = without_claps(bar, fill)
            bar = playable(bar)
            gain = grooves.gain * _loudness(section)
            _place(notes, marks, bar, fill, held, start, stop, meter, gain)
    part = Part(
        "drums", "drums", kit, tuple(notes), instrument(kit).program, marks=tuple(set(marks)),
        style=kits[min(kits)].main.style if kits else "",
    )  # fmt: skip
    return ornament_drums(part, sections, _generator(base_seed))


def draw_kit(
    density: float, energy: float, rng: np.random.Generator, *, meter: Meter = COMMON_TIME,
    kit: str = KITS[0],
) -> Kit:  # fmt: skip
    """Choose grooves and fills that suit a record's energy, density, meter and drum kit."""
    grooves = list(grooves_in(meter))
    if meter != COMMON_TIME:
        grooves += [groove_in(meter, groove) for groove in grooves_in(COMMON_TIME)]
    written = np.array([groove in grooves_in(meter) for groove in grooves])
    chance = np.where(written, 1.0, ADAPTED if written.any() else 1.0)
    styles, lean = STYLES.get(kit, ((), 1.0))
    chance *= [lean if groove.style in styles else 1.0 for groove in grooves]

    def draw(energy: float, density: float | None, weights: Sequence[float]) -> Groove:
        distance = np.array([
            (g.energy - energy) ** 2
            + (0.0 if density is None else 0.5 * (g.density - density) ** 2)
            for g in grooves
        ])  # fmt: skip
        p = np.exp(-(distance - distance.min()) / TEMPER) * chance * weights
        return grooves[int(rng.choice(len(grooves), p=p / p.sum()))]

    main = draw(energy, density, [1.0] * len(grooves))
    # The contrast is a little livelier, keeps the backbeat's drum and may change the timekeeper.
    others = [(g.name != main.name) * (3.0 if g.style == main.style else 1.0) for g in grooves]
    other = draw(min(main.energy + 0.12, 1.0), None, others)
    other = _with_drum(other, "backbeat", main.backbeat)
    if rng.random() < 0.5:
        other = _with_drum(other, "timekeeper", main.timekeeper)
    fitting = fills_for(energy=energy, beat=_beat_steps(meter))
    order = rng.permutation(len(fitting))[:5]
    return Kit(
        vary(main, rng, amount=VARIED),
        vary(other, rng, amount=VARIED),
        tuple(fitting[int(i)] for i in order),
        0.82 + 0.26 * energy + float(rng.uniform(-0.03, 0.03)),
    )


def _led_by(groove: Groove, kit: Kit) -> Kit:
    """Put a groove in the place of a kit's own; the contrast keeps its backbeat's drum."""
    return replace(kit, main=groove, other=_with_drum(kit.other, "backbeat", groove.backbeat))


def write_cycle(
    kit: Kit, name: str, meter: Meter, *, density: float, rng: np.random.Generator
) -> tuple[Bar, ...]:
    """Write the eight bars that a section repeats: the groove with small changes every 2 and 4."""
    letter = name.rstrip("0123456789' ")
    groove = groove_in(meter, kit.other if letter in ("B", "bridge") else kit.main)
    bars = [groove.bar(number) for number in range(CYCLE)]
    changes = rng.permutation(list(CHANGES))
    often = 0.45 + 0.5 * density
    for number, bar in enumerate(bars):
        if number == 0:
            continue  # the first bar states the groove
        weight = {1: 0.6, 3: 2.2, 5: 0.8, 7: 2.2}.get(number, 0.25)
        change = CHANGES[str(changes[number // 2 % len(changes)])]
        if rng.random() < often * weight:
            bars[number] = change(bar, groove, rng)
    if letter == "bridge":
        for bar in bars:
            _half_time(bar, groove)
    return tuple(bars)


def _generator(*names: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(list(names)))


def _with_drum(groove: Groove, what: str, drum: str) -> Groove:
    """Play one of a groove's lines on another drum."""
    old = groove.backbeat if what == "backbeat" else groove.timekeeper
    if old == drum or drum in groove.lines:
        return groove
    lines = {(drum if name == old else name): text for name, text in groove.lines.items()}
    return replace(groove, lines=lines)


# ---- small changes from bar to bar ----


def _open_hat(bar: Bar, groove: Groove, rng: np.random.Generator) -> Bar:
    step = groove.steps - 2
    if groove.timekeeper != "closed_hat" or step <= 0:
        return bar
    closed = {key: sign for key, sign in bar.items() if key != (step, "closed_hat")}
    return closed | {(step, "open_hat"): "-"}


def _skip_time(bar: Bar, groove: Groove, rng: np.random.Generator) -> Bar:
    offbeats = [s for s, drum in bar if drum == groove.timekeeper and s % 4]
    skipped = (int(rng.choice(offbeats)), groove.timekeeper) if offbeats else None
    return {key: sign for key, sign in bar.items() if key != skipped}


def _double_time(bar: Bar, groove: Groove, rng: np.random.Generator) -> Bar:
    played = [s for s, drum in bar if drum == groove.timekeeper]
    free = [s + 1 for s in played if s + 1 < groove.steps and (s + 1) not in played]
    if not free or groove.timekeeper == "ride":
        return bar
    return bar | {(int(rng.choice(free)), groove.timekeeper): "o"}


Change = Callable[[Bar, Groove, np.random.Generator], Bar]

CHANGES: dict[str, Change] = {
    "lean": partial(move_kick, rule="lean"),
    "answer": partial(move_kick, rule="answer"),
    "early": partial(move_kick, rule="early"),
    "double": partial(move_kick, rule="double"),
    "drop_kick": partial(move_kick, rule="leave_out"),
    "ghost": add_ghosts,
    "ghosts": partial(add_ghosts, count=2),
    "open_hat": _open_hat,
    "skip_time": _skip_time,
    "double_time": _double_time,
}


def _half_time(bar: Bar, groove: Groove) -> None:
    """Keep only the last backbeat, softly, and the kick on one."""
    hits = [s for s, drum in bar if drum == groove.backbeat and bar[s, drum] in "xX"]
    for step, drum in list(bar):
        spare_hit = drum == groove.backbeat != groove.timekeeper and step != max(hits, default=step)
        if spare_hit or (drum == "kick" and 0 < step < groove.steps - 4):
            del bar[step, drum]


def _shape(bar: Bar, section: Section, number: int, count: int, meter: Meter, kit: Kit) -> Bar:
    """Thin a bar out as the form asks: intro, breakdown, outro, and low energy."""
    letter = section.name.rstrip("0123456789' ")
    time_only = (
        (letter == "intro" and number < max(1, count // 2))
        or (letter == "breakdown" and number < count - 1)
        or (letter == "outro" and number >= count - max(1, count // 4))
    )
    if time_only:
        return {key: sign for key, sign in bar.items() if key[1] in (*TIMEKEEPERS, "pedal_hat")}
    if section.energy < 0.25:
        beats = {tick // step_ticks(meter) for tick in beat_starts(meter)}
        return {
            key: sign
            for key, sign in bar.items()
            if sign != "o" and (key[1] not in TIMEKEEPERS or key[0] in beats)
        }
    return bar


def by_density(bar: Bar, groove: Groove, away: float) -> Bar:
    """Return a bar with its small strokes left out, or with time kept twice as fast.

    away   the section's density over the others'

    >>> from tapeloom.rhythm.patterns import COMMON_TIME, grooves_in
    >>> groove = grooves_in(COMMON_TIME)[0]
    >>> bar = groove.bar(0)
    >>> len(by_density(bar, groove, -0.2)) <= len(bar) <= len(by_density(bar, groove, 0.2))
    True
    """
    if away <= SPARSER:
        return {
            (step, drum): sign
            for (step, drum), sign in bar.items()
            if sign != "o" and (drum not in TIMEKEEPERS or step % 2 == 0)
        }
    if away >= BUSIER:
        time = [step for step, drum in bar if drum == "closed_hat"]
        struck = {step for step, drum in bar if drum in TIMEKEEPERS}
        added = [step + 1 for step in time if step % 2 == 0 and step + 1 not in struck]
        return bar | {(step, "closed_hat"): "-" for step in added if step < groove.steps}
    return bar


def _fill(
    bar: Bar, section: Section, meter: Meter, kit: Kit, rng: np.random.Generator, *,
    small: bool = False,
) -> tuple[Bar, set[tuple[int, str]]]:  # fmt: skip
    """End a bar with one of the piece's fills; return it and which hits are the fill's."""
    steps = meter.bar_ticks // step_ticks(meter)
    longest = _beat_steps(meter) if small else max(steps // 2, _beat_steps(meter))
    if not small and section.energy >= 0.55:
        longest = steps - 1
    fills = [
        fill for fill in kit.fills if fill.energy <= section.energy + 0.15 and fill.steps <= longest
    ] or [FILLS["tap"]]
    fill = fills[int(rng.integers(len(fills)))]
    if fill.steps >= steps:
        return bar, set()
    return end_with(bar, fill, groove_in(meter, kit.main))


def _beat_steps(meter: Meter) -> int:
    return 6 if meter.is_compound and meter.denominator == 8 else 4


def _announce(bar: Bar, section: Section, rng: np.random.Generator) -> Bar:
    """Begin a section with a soft crash or an open hat, now and then."""
    luck = float(rng.random())
    if (0, "kick") not in bar or section.energy < 0.35 or luck > 0.2 + 0.4 * section.energy:
        return bar
    cymbal = "crash" if luck < 0.35 * section.energy else "open_hat"
    return {key: sign for key, sign in bar.items() if key[0] > 0 or key[1] not in TIMEKEEPERS} | {
        (0, cymbal): "-"
    }


def _loudness(section: Section) -> float:
    return 0.86 + 0.24 * section.energy


def _place(
    notes: list[Note], marks: list[Mark], bar: Bar, fill: set[tuple[int, str]],
    held: dict[int, int], start: int, stop: int, meter: Meter, gain: float,
) -> None:  # fmt: skip
    """Put a bar's hits on ticks from its start, as far as `stop`.

    held  how many steps a brush's circle lasts, by the step on which it begins
    """
    step_length = step_ticks(meter)
    for (step, drum), sign in sorted(bar.items()):
        tick = start + step * step_length
        if tick >= stop:
            continue
        velocity = round(VELOCITIES[sign] * gain)
        if sign == "o":
            velocity = min(max(velocity, GHOST_VELOCITIES[0]), GHOST_VELOCITIES[1])
            marks.append(Mark(tick, DRUMS[drum], "ghost"))
        if (step, drum) in fill:
            marks.append(Mark(tick, DRUMS[drum], "fill"))
        length = min(step_length, SIXTEENTH)
        if drum == STIR and step in held:
            length = min(held[step] * step_length, stop - tick)
        notes.append(Note(tick, length, DRUMS[drum], min(max(velocity, 1), 120)))

"""Drums: one groove a piece, its variants by section, small changes from bar to bar, and fills."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tapeloom.core.meter import Meter, Meters, bar_starts, meter_at
from tapeloom.core.score import Mark, Note, Part, Section
from tapeloom.rhythm.meters import SIXTEENTH, beat_starts, step_ticks
from tapeloom.rhythm.patterns import FEET, GROOVES, TIMEKEEPERS, VELOCITIES, Bar, Groove, groove_in
from tapeloom.theory.instruments import DRUMS, instrument

KIT = "dusty_kit"
CYCLE = 8  # bars until the small changes of a section's letter come back
GHOST_VELOCITIES = (20, 45)

# What a drummer lets go of first when more than two hands or two feet are asked for.
_EASIEST_TO_DROP = (
    "shaker", "closed_hat", "ride", "pedal_hat", "clap", "brush", "open_hat", "rim", "crash",
    "snare", "kick",
)  # fmt: skip

# Fills end with the bar. "backbeat" and "time" are whatever the piece uses.
FILLS: dict[str, tuple[float, dict[str, str]]] = {  # name -> (least energy, lines)
    "stop": (0.0, {"kick": "....", "time": "...."}),
    "breath": (0.0, {"kick": "x...|....", "time": "x...|...."}),
    "tap": (0.0, {"backbeat": "x..-", "time": "-..."}),
    "drag": (0.2, {"backbeat": "x.o-", "time": "x..."}),
    "answer": (0.2, {"kick": "x..x|....", "backbeat": "..o.|x.-x", "time": "x...|x..."}),
    "lift": (0.3, {"kick": "....|..-.", "backbeat": "....|x...", "open_hat": "....|..x."}),
    "stumble": (0.4, {"kick": "x..x|..x.", "backbeat": ".o..|x..x", "time": "x.-.|x..."}),
    "climb": (0.5, {"kick": "x...|....", "backbeat": "o.o-|-x-X", "time": "x...|...."}),
    "long": (0.6, {
        "kick": "X...|...x|..x.|....", "backbeat": "....|X..o|.o.-|-x.X",
        "time": "x.-.|x.-.|x...|....",
    }),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kit:
    """A piece's drawn choices: its groove, another for contrast, and how loud it is."""

    main: Groove
    other: Groove
    fills: tuple[str, ...]
    gain: float


def write_drums(
    sections: Sequence[Section],
    *,
    meters: Meters,
    end: int,
    density: float,
    energy: float,
    rng: np.random.Generator,
) -> Part:
    """Write the drum part of a whole record on the straight grid.

    Sections whose roles lack "drums" are silent. Ghost notes carry the mark `ghost`, fills `fill`.
    """
    starts = bar_starts(meters, end)
    base_seed = int(rng.integers(2**53))
    kits: dict[int, Kit] = {}
    cycles: dict[tuple[int, str, str], tuple[Bar, ...]] = {}
    notes: list[Note] = []
    marks: list[Mark] = []
    for index, section in enumerate(sections):
        if "drums" not in section.roles:
            continue
        if section.piece not in kits:
            kits[section.piece] = draw_kit(density, energy, _generator(base_seed, section.piece))
        kit = kits[section.piece]
        draw = _generator(base_seed, section.piece, index + 1)
        bars = [tick for tick in starts if section.start <= tick < section.end]
        bars = bars if bars and bars[0] == section.start else [section.start, *bars]
        follows = index + 1 < len(sections) and sections[index + 1].start == section.end
        entered = index == 0 or "drums" not in sections[index - 1].roles
        for number, start in enumerate(bars):
            meter = meter_at(meters, start)
            stop = min([*bars[number + 1 : number + 2], section.end, start + meter.bar_ticks])
            key = (section.piece, section.name, str(meter))
            if key not in cycles:
                cycles[key] = write_cycle(kit, section.name, meter, density=density, rng=draw)
            bar = dict(cycles[key][number % CYCLE])
            bar = _shape(bar, section, number, len(bars), meter, kit)
            fill: set[tuple[int, str]] = set()
            if number == len(bars) - 1 and follows and len(bars) > 1:
                bar, fill = _fill(bar, section, meter, kit, draw)
            elif number % CYCLE == CYCLE - 1 and draw.random() < 0.5:
                bar, fill = _fill(bar, section, meter, kit, draw, small=True)
            if number == 0 and not entered:
                bar = _announce(bar, section, draw)
            bar = make_playable(bar)
            _place(notes, marks, bar, fill, start, stop, meter, kit.gain * _loudness(section))
    return Part(
        "drums", "drums", KIT, tuple(notes), instrument(KIT).program, marks=tuple(set(marks))
    )


def draw_kit(density: float, energy: float, rng: np.random.Generator) -> Kit:
    """Choose grooves that suit a record's energy and density."""
    grooves = list(GROOVES.values())
    distance = np.array(
        [(g.energy - energy) ** 2 + 0.5 * (g.density - density) ** 2 for g in grooves]
    )
    weights = np.exp(-distance / 0.02)
    main = grooves[int(rng.choice(len(grooves), p=weights / weights.sum()))]
    # The contrast is a little livelier, keeps the backbeat's drum and may change the timekeeper.
    distance = np.array([(g.energy - min(main.energy + 0.12, 1.0)) ** 2 for g in grooves])
    weights = np.exp(-distance / 0.02) * [g.name != main.name for g in grooves]
    other = _with_drum(
        grooves[int(rng.choice(len(grooves), p=weights / weights.sum()))], "backbeat", main.backbeat
    )
    if rng.random() < 0.5:
        other = _with_drum(other, "timekeeper", main.timekeeper)
    fitting = [name for name, (least, _) in FILLS.items() if least <= energy + 0.15]
    fills = tuple(str(name) for name in rng.permutation(fitting)[:4])
    return Kit(main, other, fills, 0.82 + 0.26 * energy + float(rng.uniform(-0.03, 0.03)))


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
            change(bar, groove, rng)
    if letter == "bridge":
        for bar in bars:
            _half_time(bar, groove)
    return tuple(bars)


def make_playable(bar: Bar) -> Bar:
    """Drop what two hands and two feet can't reach, the least important first."""
    kept = dict(bar)
    for step in {step for step, _ in bar}:
        here = sorted((d for s, d in kept if s == step), key=_EASIEST_TO_DROP.index)
        if "open_hat" in here and "closed_hat" in here:
            here.remove("closed_hat")
            del kept[step, "closed_hat"]
        hands = [drum for drum in here if drum not in FEET]
        feet = [drum for drum in here if drum in FEET]
        for limb in (hands[: len(hands) - 2], feet[: len(feet) - 2]):
            for drum in limb if len(limb) else ():
                del kept[step, drum]
    return kept


def _generator(*names: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(list(names)))


def _with_drum(groove: Groove, what: str, drum: str) -> Groove:
    """Play one of a groove's lines on another drum."""
    old = groove.backbeat if what == "backbeat" else groove.timekeeper
    if old == drum or drum in groove.lines:
        return groove
    lines = {(drum if name == old else name): text for name, text in groove.lines.items()}
    return replace(groove, lines=lines)


# ---- small changes: each alters a bar in place ----


def _pick_up(bar: Bar, groove: Groove, rng: np.random.Generator) -> None:
    """Lean into the next bar with the kick."""
    step = groove.steps - int(rng.choice([1, 2, 3]))
    if step > 0 and (step, groove.backbeat) not in bar:
        bar.setdefault((step, "kick"), "-")


def _add_kick(bar: Bar, groove: Groove, rng: np.random.Generator) -> None:
    free = [s for s in range(3, groove.steps - 3) if (s, groove.backbeat) not in bar]
    near = [s for s in free if not {(s - 1, "kick"), (s, "kick"), (s + 1, "kick")} & bar.keys()]
    if near:
        bar[int(rng.choice(near)), "kick"] = "-"


def _drop_kick(bar: Bar, groove: Groove, rng: np.random.Generator) -> None:
    kicks = [s for s, drum in bar if drum == "kick" and s > 0]
    if len(kicks) > 1:
        del bar[int(rng.choice(kicks)), "kick"]


def _ghost(bar: Bar, groove: Groove, rng: np.random.Generator) -> None:
    if groove.backbeat not in ("snare", "rim", "brush"):
        return
    hits = [s for s, drum in bar if drum == groove.backbeat]
    near = [s + d for s in hits for d in (-1, 3, -2, 5) if 0 < s + d < groove.steps]
    free = [s for s in near if s not in hits and (s, "kick") not in bar]
    if free:
        bar[int(rng.choice(free)), groove.backbeat] = "o"


def _open_hat(bar: Bar, groove: Groove, rng: np.random.Generator) -> None:
    step = groove.steps - 2
    if groove.timekeeper == "closed_hat" and step > 0:
        bar.pop((step, "closed_hat"), None)
        bar[step, "open_hat"] = "-"


def _skip_time(bar: Bar, groove: Groove, rng: np.random.Generator) -> None:
    offbeats = [s for s, drum in bar if drum == groove.timekeeper and s % 4]
    if offbeats:
        del bar[int(rng.choice(offbeats)), groove.timekeeper]


def _double_time(bar: Bar, groove: Groove, rng: np.random.Generator) -> None:
    played = [s for s, drum in bar if drum == groove.timekeeper]
    free = [s + 1 for s in played if s + 1 < groove.steps and (s + 1) not in played]
    if free and groove.timekeeper != "ride":
        bar[int(rng.choice(free)), groove.timekeeper] = "o"


CHANGES = {
    "pick_up": _pick_up,
    "add_kick": _add_kick,
    "drop_kick": _drop_kick,
    "ghost": _ghost,
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


def _fill(
    bar: Bar, section: Section, meter: Meter, kit: Kit, rng: np.random.Generator, *,
    small: bool = False,
) -> tuple[Bar, set[tuple[int, str]]]:  # fmt: skip
    """End a bar with one of the piece's fills; return it and which hits are the fill's."""
    steps = meter.bar_ticks // step_ticks(meter)
    names = [name for name in kit.fills if FILLS[name][0] <= section.energy + 0.15] or ["tap"]
    short = [name for name in names if _length(name) <= 4]
    names = (short or ["tap"]) if small else names
    name = str(rng.choice(names))
    if steps < 2 * _length(name) and _length(name) > 4:
        name = "tap"
    lines = {drum: text.replace("|", "") for drum, text in FILLS[name][1].items()}
    first = steps - _length(name)
    if first <= 0:
        return bar, set()
    voices = {"backbeat": kit.main.backbeat, "time": kit.main.timekeeper}
    filled = {key: sign for key, sign in bar.items() if key[0] < first}
    fill: set[tuple[int, str]] = set()
    for drum, text in lines.items():
        for i, sign in enumerate(text):
            if sign != ".":
                hit = (first + i, voices.get(drum, drum))
                filled[hit] = sign
                fill.add(hit)
    return filled, fill


def _length(name: str) -> int:
    return len(next(iter(FILLS[name][1].values())).replace("|", ""))


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
    start: int, stop: int, meter: Meter, gain: float,
) -> None:  # fmt: skip
    """Put a bar's hits on ticks from its start, as far as `stop`."""
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
        notes.append(Note(tick, length, DRUMS[drum], min(max(velocity, 1), 120)))

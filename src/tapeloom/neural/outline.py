"""What is settled of a piece before its notes: length, form, who plays where, and what returns.

Lo-fi goes round: a section's accompaniment is a loop with a turn at its end, and sections come
back. What comes back is written once and played again, so that form does not hang on how far a
small model remembers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord
from tapeloom.core.meter import Meter, Meters, bar_starts, meter_at
from tapeloom.core.score import ChordSpan, Score, Section
from tapeloom.core.time import TempoMap
from tapeloom.neural.constraints import Limits
from tapeloom.neural.controls import Controls
from tapeloom.neural.script import Script, script_of
from tapeloom.neural.token_codec import ORDER, Page, header_of
from tapeloom.neural.token_writer import bar_places, write_chords, write_leads
from tapeloom.neural.tokens import to_c

PHRASE = 4  # bars
LOOPED = ("keys", "pad", "guitar", "bass")  # roles whose phrases go round
DRUM_LOOP = 2  # bars
RESTATED = 0.7  # how often a melody's second phrase begins as its first did
TURN = 2  # bars at the end of a returning section whose melody is new
# Sections that are made of another one's music.
BASES = MappingProxyType({"intro": "A", "A'": "A", "breakdown": "A", "outro": "A"})
# Forms of a piece by its phrases: a section's name and its phrases.
LAYERS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "intro": ("keys", "pad"), "A": ("melody", "keys", "bass", "drums"),
    "A'": ("melody", "keys", "pad", "bass", "drums"), "B": ("melody", "keys", "pad", "bass",
    "drums"), "breakdown": ("melody", "keys", "pad"), "outro": ("keys", "pad", "bass", "drums"),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outline:
    """A piece without its notes."""

    controls: Controls
    sections: tuple[Section, ...]  # they fill the piece; each names who plays in it
    meters: Meters = ((0, Meter()),)
    chords: tuple[ChordSpan, ...] = ()  # settled ones; with none the model writes them

    def __post_init__(self) -> None:
        if not self.sections or self.sections[0].start != 0:
            raise InputError("an outline needs sections, the first of them at tick 0")

    @property
    def end(self) -> int:
        """Ticks of the whole."""
        return self.sections[-1].end

    @property
    def starts(self) -> list[int]:
        """Ticks at which the bars begin."""
        return bar_starts(self.meters, self.end)

    @property
    def roles(self) -> tuple[str, ...]:
        """Who plays anywhere, in the order of the tokens, the chords first."""
        playing = {role for section in self.sections for role in section.roles}
        return tuple(role for role in ORDER if role in playing or role == "chords")

    def section_of(self, bar: int) -> tuple[Section, int]:
        """Return the section that a bar lies in, and its number within it."""
        starts = self.starts
        for section in self.sections:
            if section.start <= starts[bar] < section.end:
                return section, bar - starts.index(section.start)
        raise InputError(f"bar {bar + 1} lies in no section")

    def chords_of(self, bar: int) -> tuple[tuple[int, Chord], ...]:
        """Return a bar's settled chords, each with its place in ticks from the bar's beginning."""
        start = self.starts[bar]
        end = start + meter_at(self.meters, start).bar_ticks
        return tuple(
            (max(span.start - start, 0), span.chord)
            for span in self.chords if span.start < end and span.end > start
        )  # fmt: skip

    def script(self, limits: Limits, rng: np.random.Generator, *, task: str = "compose") -> Script:
        """Return what is to be written: the free bars of those who play, and what returns."""
        page = self._page()
        returning = returns_of(self, rng)
        free = {
            role: [
                bar for bar in range(len(page.bars))
                if (bar, role) not in returning and self._is_free(role, bar)
            ]
            for role in page.roles
        }  # fmt: skip
        meter = self.meters[0][1]
        return script_of(page, task=task, free=free, limits=limits, meter=meter, returns=returning)

    def _is_free(self, role: str, bar: int) -> bool:
        if role == "chords":
            return not self.chords
        return role in self.section_of(bar)[0].roles

    def _page(self) -> Page:
        frame = Score(
            (), tempo=TempoMap.constant(self.controls.bpm), meters=self.meters,
            keys=((0, self.controls.key),), chords=self.chords, sections=self.sections,
        )  # fmt: skip
        starts = bar_places(frame)
        written = write_chords(frame, starts, to_c(self.controls.key)) if self.chords else None
        bars = tuple(
            {
                role: tuple(written[bar]) if role == "chords" and written else ()
                for role in self.roles
            }
            for bar in range(len(starts))
        )
        return Page(header_of(self.controls), self.roles, bars, write_leads(frame, starts))


def base_of(name: str) -> str:
    """Return which music a section is made of.

    >>> base_of("A'2"), base_of("B"), base_of("outro"), base_of("bridge")
    ('A', 'B', 'A', 'bridge')
    """
    kind = max(
        (k for k in (*BASES, "A", "B", "bridge") if name.startswith(k)), key=len, default=name
    )
    return BASES.get(kind, kind)


def returns_of(outline: Outline, rng: np.random.Generator) -> dict[tuple[int, str], int]:
    """Tell which bars of which roles are played again, and which earlier bar each is.

    Only what stands over the same chords returns. A section's last bar turns: its drums, and in a
    section that comes back the end of its melody, are written anew.
    """
    found: dict[tuple[int, str], int] = {}
    homes: dict[str, list[int]] = {}  # base -> first bars of its sections
    restates = {}
    bars = len(outline.starts)
    for bar in range(bars):
        section, at = outline.section_of(bar)
        length = sum(1 for tick in outline.starts if section.start <= tick < section.end)
        base = base_of(section.name)
        if at == 0:
            restates[section.start] = rng.random() < RESTATED
            homes.setdefault(base, []).append(bar)
        for role in outline.roles:
            if role != "chords" and role not in section.roles:
                continue
            if role == "chords" and outline.chords:
                continue
            source = _source(outline, role, bar, at, length, homes[base], restates[section.start])
            if source is not None:
                found[bar, role] = found.get((source, role), source)
    return found


def _source(
    outline: Outline, role: str, bar: int, at: int, length: int, homes: Sequence[int],
    restates: bool,
) -> int | None:  # fmt: skip
    """Return the bar that a role plays again; None where it plays something new."""
    last = at == length - 1
    options: list[int] = []
    if role == "melody":
        turning = at >= length - TURN
        if not turning:
            options += [home + at for home in homes[:-1]]
            if PHRASE <= at < PHRASE + 2 and length == 2 * PHRASE and restates:
                options.append(bar - PHRASE)
    elif role == "drums":
        if not last:
            options += [home + at for home in homes[:-1]]
            if at >= DRUM_LOOP:
                options.append(bar - DRUM_LOOP)
    else:
        options += [home + at for home in homes[:-1]]
        options += [home + at % PHRASE for home in homes[:-1]]
        if at >= PHRASE and not (last and role == "bass"):
            options.append(bar - PHRASE)
    for source in options:
        if source < bar and _suits(outline, role, source, bar):
            return source
    return None


def _suits(outline: Outline, role: str, source: int, bar: int) -> bool:
    """Tell whether an earlier bar's music can stand in a bar."""
    starts = outline.starts
    if meter_at(outline.meters, starts[source]) != meter_at(outline.meters, starts[bar]):
        return False
    there, here = outline.section_of(source)[0], outline.section_of(bar)[0]
    if base_of(there.name) != base_of(here.name) and role != "drums":
        return False
    if role != "chords" and role not in there.roles:
        return False
    return role == "drums" or outline.chords_of(source) == outline.chords_of(bar)


def simple_form(bars: int, meter: Meter) -> tuple[Section, ...]:
    """Return sections for a piece of some bars: A, B and their returns within an intro and outro.

    >>> [(s.name, (s.end - s.start) // Meter().bar_ticks) for s in simple_form(32, Meter())]
    [('intro', 4), ('A', 8), ('B', 8), ("A'", 8), ('outro', 4)]
    >>> [s.name for s in simple_form(6, Meter())]
    ['A']
    """
    phrases, over = divmod(bars, PHRASE)
    if phrases < 4:
        plan = [("A", bars)]
    else:
        plan = [("intro", PHRASE)]
        middle = phrases - 2
        names = ("A", "B", "A'", "breakdown")
        for i in range(middle // 2):
            plan.append((names[i % 4], 2 * PHRASE))
        if middle % 2:
            plan.append(("breakdown" if middle > 1 else "A", PHRASE))
        plan.append(("outro", PHRASE + over))
    sections, tick = [], 0
    for name, count in plan:
        end = tick + count * meter.bar_ticks
        sections.append(Section(name, tick, end, roles=LAYERS[name]))
        tick = end
    return tuple(_numbered(sections))


def _numbered(sections: Sequence[Section]) -> list[Section]:
    seen: dict[str, int] = {}
    found = []
    for section in sections:
        seen[section.name] = seen.get(section.name, 0) + 1
        count = seen[section.name]
        name = section.name if count == 1 else f"{section.name}{count}"
        found.append(replace(section, name=name))
    return found

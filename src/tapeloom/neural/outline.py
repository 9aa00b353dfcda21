"""What is settled of a piece before its notes: length, form, who plays where, and what returns.

Lo-fi goes round: a section's accompaniment is a loop with a turn at its end, and sections come
back. What comes back is written once and played again, so that form does not hang on how far a
small model remembers.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord
from tapeloom.core.meter import Meter, Meters, bar_starts, meter_at
from tapeloom.core.score import ChordSpan, Score, Section
from tapeloom.core.time import TempoMap
from tapeloom.neural.controls import Controls
from tapeloom.neural.limits import Limits
from tapeloom.neural.script import Script, script_of
from tapeloom.neural.token_codec import ORDER, Page, header_of
from tapeloom.neural.token_writer import bar_places, write_chords, write_leads
from tapeloom.neural.tokens import check_meter, to_c

PHRASE = 4  # bars
LOOPED = ("keys", "pad", "guitar", "bass")  # roles whose phrases go round
DRUM_LOOP = 2  # bars
RESTATED = 0.7  # how often a melody's second phrase begins as its first did
ECHOED = (0.8, 0.5)  # how often a rhythm comes again after two bars: of the others, of a melody
ECHOED_AT_ONCE = 0.35  # how often the second bar has the first one's already
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
class OutlineBar:
    """A bar of an outline."""

    start: int  # ticks
    meter: Meter
    section: Section
    place: int  # which bar of its section it is, from 0
    chords: tuple[tuple[int, Chord], ...]  # settled ones, in ticks from the bar's beginning


@dataclass(frozen=True, slots=True)
class Outline:
    """A piece without its notes."""

    controls: Controls
    sections: tuple[Section, ...]  # they fill the piece; each names who plays in it
    meters: Meters = ((0, Meter()),)
    chords: tuple[ChordSpan, ...] = ()  # settled ones; with none the model writes them
    bars: tuple[OutlineBar, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.sections or self.sections[0].start != 0:
            raise InputError("an outline needs sections, the first of them at tick 0")
        for _, meter in self.meters:
            check_meter(meter)
        object.__setattr__(self, "bars", tuple(self._lay_out()))

    def _lay_out(self) -> Iterator[OutlineBar]:
        """Yield the bars; sections, meters and chords are gone through side by side."""
        starts = bar_starts(self.meters, self.end)
        firsts = {tick: bar for bar, tick in enumerate(starts)}
        section, spans = 0, 0
        for bar, start in enumerate(starts):
            while self.sections[section].end <= start:
                section += 1
            here = self.sections[section]
            if here.start not in firsts or here.start > start:
                raise InputError(
                    f"section {here.name} must begin with a bar, behind the one before"
                )
            meter = meter_at(self.meters, start)
            while spans < len(self.chords) and self.chords[spans].end <= start:
                spans += 1
            inside = []
            for span in self.chords[spans:]:
                if span.start >= start + meter.bar_ticks:
                    break
                inside.append((max(span.start - start, 0), span.chord))
            yield OutlineBar(start, meter, here, bar - firsts[here.start], tuple(inside))

    @property
    def end(self) -> int:
        """Ticks of the whole."""
        return self.sections[-1].end

    @property
    def roles(self) -> tuple[str, ...]:
        """Who plays anywhere, in the order of the tokens, the chords first."""
        playing = {role for section in self.sections for role in section.roles}
        return tuple(role for role in ORDER if role in playing or role == "chords")

    def script(self, limits: Limits, rng: np.random.Generator, *, task: str = "compose") -> Script:
        """Return what is to be written: the free bars of those who play, and what returns."""
        page = self._page()
        limits = replace(limits, sounding=self._sounding(), ground=self._ground())
        if not self.chords:
            limits = replace(limits, home=self._home())
        returning = returns_of(self, rng)
        echoing = echoes_of(self, returning, rng)
        free = {
            role: [
                bar for bar in range(len(page.bars))
                if (bar, role) not in returning and self._is_free(role, bar)
            ]
            for role in page.roles
        }  # fmt: skip
        return script_of(
            page, task=task, free=free, limits=limits, meter=self.meters[0][1],
            returns=returning, echoes=echoing, meters=[bar.meter for bar in self.bars],
        )  # fmt: skip

    def _sounding(self) -> frozenset[tuple[int, str]]:
        """Return where a role that plays may not be silent: a tune may rest every other bar."""
        return frozenset(
            (number, role)
            for number, bar in enumerate(self.bars)
            for role in bar.section.roles
            if role not in ("melody", "guitar") or bar.place % 2 == 0
        )

    def _ground(self) -> dict[int, str]:
        """Return who plays the chords' bass where no bass plays."""
        return {
            number: ground for number, bar in enumerate(self.bars)
            if (ground := ground_of(bar.section.roles)) not in ("bass", "")
        }  # fmt: skip

    def _home(self) -> frozenset[int]:
        """Return the bars whose first chord is the tonic's: those with which sections begin."""
        return frozenset(number for number, bar in enumerate(self.bars) if bar.place == 0)

    def _is_free(self, role: str, bar: int) -> bool:
        if role == "chords":
            return not self.chords
        return role in self.bars[bar].section.roles

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


def ground_of(roles: Sequence[str]) -> str:
    """Return which of some roles plays the chords' bass.

    >>> ground_of(("melody", "keys", "bass")), ground_of(("pad", "keys")), ground_of(("drums",))
    ('bass', 'keys', '')
    """
    return next((role for role in ("bass", "keys", "pad") if role in roles), "")


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
    lengths = Counter(bar.section.start for bar in outline.bars)
    restates = False
    for number, bar in enumerate(outline.bars):
        base = base_of(bar.section.name)
        if bar.place == 0:
            restates = bool(rng.random() < RESTATED)
            homes.setdefault(base, []).append(number)
        for role in outline.roles:
            if role != "chords" and role not in bar.section.roles:
                continue
            if role == "chords" and outline.chords:
                continue
            length = lengths[bar.section.start]
            source = _source(outline, role, number, length, homes[base], restates)
            if source is not None:
                found[number, role] = found.get((source, role), source)
    return found


def echoes_of(
    outline: Outline, returning: Mapping[tuple[int, str], int], rng: np.random.Generator
) -> dict[tuple[int, str], int]:
    """Tell which new bars of which roles have the rhythm of which earlier bar of their phrase.

    The third and the fourth bar take up the first and the second, now and then the second the
    first; of a melody the third the first. Its last bar is free, and so is that of a section.
    """
    found: dict[tuple[int, str], int] = {}
    lengths = Counter(bar.section.start for bar in outline.bars)
    echoing: dict[str, tuple[int, ...]] = {}  # role -> by how many bars each of a phrase goes back
    for number, bar in enumerate(outline.bars):
        if bar.place == 0:
            loops = rng.random((len(outline.roles), 2))
            for role, (twos, ones) in zip(outline.roles, loops, strict=True):
                if role in ("chords", "drums"):
                    continue
                back = 2 if twos < ECHOED[role == "melody"] else 0
                one = 1 if ones < ECHOED_AT_ONCE and role != "melody" else 0
                echoing[role] = (0, one, back, 0 if role == "melody" else back)
        if bar.place == lengths[bar.section.start] - 1:
            continue
        for role in bar.section.roles:
            back = echoing.get(role, (0,) * PHRASE)[bar.place % PHRASE]
            source = number - back
            is_alike = outline.bars[source].meter == bar.meter
            if back and is_alike and (number, role) not in returning:
                found[number, role] = source
    return found


def _source(
    outline: Outline, role: str, bar: int, length: int, homes: Sequence[int], restates: bool
) -> int | None:
    """Return the bar that a role plays again; None where it plays something new.

    length  bars of its section
    homes   first bars of the sections of its base, its own the last
    """
    at = outline.bars[bar].place
    last = at == length - 1
    options: list[int] = []
    returning = [home + at for home in homes[:-1] if _holds(outline, home, home + at)]
    if role == "melody":
        turning = at >= length - TURN
        if not turning:
            options += returning
            if PHRASE <= at < PHRASE + 2 and length == 2 * PHRASE and restates:
                options.append(bar - PHRASE)
    elif role == "drums":
        if not last:
            options += returning
            if at >= DRUM_LOOP:
                options.append(bar - DRUM_LOOP)
    else:
        options += returning
        options += [
            home + at % PHRASE for home in homes[:-1] if _holds(outline, home, home + at % PHRASE)
        ]
        if at >= PHRASE and not (last and role == "bass"):
            options.append(bar - PHRASE)
    for source in options:
        if source < bar and _suits(outline, role, source, bar):
            return source
    return None


def _holds(outline: Outline, home: int, bar: int) -> bool:
    """Tell whether a bar lies in the section that begins with another."""
    return bar < len(outline.bars) and outline.bars[bar].place == bar - home


def _suits(outline: Outline, role: str, source: int, bar: int) -> bool:
    """Tell whether an earlier bar's music can stand in a bar."""
    there, here = outline.bars[source], outline.bars[bar]
    if there.meter != here.meter:
        return False
    if role != "drums" and base_of(there.section.name) != base_of(here.section.name):
        return False
    if role != "chords" and role not in there.section.roles:
        return False
    if role == ground_of(here.section.roles) != ground_of(there.section.roles):
        return False  # it plays without the bass there
    return role == "drums" or there.chords == here.chords


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

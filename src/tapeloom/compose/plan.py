"""The plan: everything about a record that is drawn before its first note."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from tapeloom.compose.band import GUITARS, Band, draw_band, draw_other_band, named_in
from tapeloom.compose.curves import draw_energies, fit_layers, shape_sections
from tapeloom.compose.energy_text import parse_energy
from tapeloom.compose.form import ORDER, draw_form, draw_layers, kind_of, number_names
from tapeloom.compose.form_text import MAX_BARS, parse_form
from tapeloom.compose.hands import hands_in
from tapeloom.compose.rhythms import Rhythms, rhythms_of
from tapeloom.compose.sets import SetStep, draw_keys, draw_steps
from tapeloom.core.brief import Brief
from tapeloom.core.errors import InputError
from tapeloom.core.harmony import MODES, Key
from tapeloom.core.meter import Meters
from tapeloom.core.mood import Character
from tapeloom.core.score import Section
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.rhythm.polyrhythm import Polyrhythm
from tapeloom.rhythm.timelines import Timeline
from tapeloom.theory.keys import spell_key
from tapeloom.theory.progressions import FAMILIES, Progression, progressions

DEFAULT_MINUTES = 3.0
LONGEST_PIECE_S = 330.0  # a longer record is a sequence of pieces
PIECE_S = (185.0, 245.0)
LETTERS = ("A", "B", "bridge")
_RESTLESS = re.compile("dim7|7b9|7#9|m7b5")


@dataclass(frozen=True, slots=True)
class Piece:
    """One of the related pieces of a record."""

    key: Key
    progressions: tuple[Progression, ...] = ()  # of A, B and the bridge
    stretch: int = 1  # measures to each bar of a progression
    why: str = ""  # how its key follows from that of the piece before

    def progression(self, letter: str) -> Progression:
        """Return the progression of A, B or bridge."""
        return self.progressions[LETTERS.index(letter)]


@dataclass(frozen=True, slots=True)
class Plan:
    """A record before its notes."""

    tempo: TempoMap
    meters: Meters
    pieces: tuple[Piece, ...]
    sections: tuple[Section, ...]
    instruments: tuple[tuple[str, str], ...]  # role, name in theory.instruments
    density: float  # 0..1, how many notes
    energy: float  # 0..1
    register: float  # semitones that the melody lies above the middle
    clave: Timeline | None = None  # that percussion keeps
    polyrhythm: Polyrhythm | None = None  # that percussion plays over the groove
    hands: tuple[str, ...] = ()  # hand percussion that the brief names
    other_band: Band = ()  # who has melody and keys in every second piece

    @property
    def end(self) -> int:
        """Ticks of the whole."""
        return self.sections[-1].end

    @property
    def keys(self) -> tuple[tuple[int, Key], ...]:
        """The keys of the pieces where they change."""
        changes: list[tuple[int, Key]] = []
        for section in self.sections:
            key = self.pieces[section.piece].key
            if not changes or changes[-1][1] != key:
                changes.append((section.start, key))
        return tuple(changes)

    def instrument_of(self, role: str) -> str:
        """Return the instrument that plays a role."""
        return dict(self.instruments)[role]


def plan(brief: Brief, rng: np.random.Generator) -> Plan:
    """Draw form, keys, tempi, progressions and instruments for a brief.

    >>> drawn = plan(Brief("rain", bpm=75, key="Am", bars=32), np.random.default_rng(1))
    >>> [section.name for section in drawn.sections], str(drawn.pieces[0].key)
    (['intro', 'A', "A'", 'B', 'outro'], 'A minor')
    """
    character = brief.character
    rhythms = rhythms_of(brief)
    unit = rhythms.phrase_bars
    written = _written_form(brief, unit)
    steps, tempi, bars = _draw_lengths(brief, written, rhythms, rng)
    edges = rhythms.edges(sum(bars))
    keys = draw_keys(_draw_home(brief, character, rng), len(bars), rng)
    stretch = 2 if character.density < 0.4 and rng.random() < 0.25 else 1
    pieces = tuple(
        Piece(key, draw_progressions(character, key, i, rng), stretch, why)
        for i, (key, why) in enumerate(keys)
    )
    words = (*brief.moods, *brief.scenes)
    # By a stream of its own, and two draws that it once took: a seed's form stays as it was.
    named = named_in(brief.words)
    instruments = draw_band(words, character, rng.spawn(1)[0], named)
    rng.random(2)
    forms = (written,) if written else [draw_form(length, unit=unit, rng=rng) for length in bars]
    return Plan(
        tempo=_tempo_map(tempi, bars, edges),
        meters=rhythms.changes(sum(bars)),
        pieces=pieces,
        sections=_draw_sections(brief, forms, edges, steps, dict(instruments), rng),
        instruments=instruments,
        density=character.density,
        energy=character.energy,
        register=character.register,
        clave=rhythms.clave,
        polyrhythm=rhythms.polyrhythm,
        hands=hands_in(brief.words),
        other_band=draw_other_band(instruments, words, character, named, rng.spawn(1)[0])
        if len(bars) > 1
        else (),
    )


def _draw_lengths(
    brief: Brief, written: Sequence[tuple[str, int]], rhythms: Rhythms, rng: np.random.Generator
) -> tuple[tuple[SetStep, ...], list[Fraction], list[int]]:
    """Draw each piece's place in the set, its tempo and its number of bars."""
    low, high = brief.character.bpm
    base = (
        Fraction(brief.bpm).limit_denominator(1000)
        if brief.bpm
        else Fraction(int(rng.integers(round(low), round(high) + 1)))
    )
    if written:
        return draw_steps(1, rng), [base], [sum(bars for _, bars in written)]
    bar_quarters = Fraction(rhythms.mean_bar_ticks) / PPQ
    seconds = (
        float(60 * brief.bars * bar_quarters / base)
        if brief.bars
        else 60.0 * (brief.minutes or DEFAULT_MINUTES)
    )
    count = 1 if seconds <= LONGEST_PIECE_S else max(2, round(seconds / float(np.mean(PIECE_S))))
    shares = rng.uniform(*PIECE_S, count)
    ends = np.cumsum(shares) / shares.sum()
    steps = draw_steps(count, rng)
    tempi = [base + (step.bpm_shift if brief.bpm is None else 0) for step in steps]
    unit = rhythms.phrase_bars
    bars: list[int] = []
    elapsed = 0.0
    for i, bpm in enumerate(tempi):
        bar_s = float(60 * bar_quarters / bpm)
        last = i == count - 1
        if brief.bars:
            goal = brief.bars if last else unit * round(brief.bars * float(ends[i]) / unit)
            bars.append(max(1, goal - sum(bars)))
        else:
            wanted = (seconds * float(ends[i]) - elapsed) / bar_s
            bars.append(max(1, round(wanted) if last else unit * max(1, round(wanted / unit))))
            elapsed += bars[-1] * bar_s
    return steps, tempi, bars


def _tempo_map(tempi: Sequence[Fraction], bars: Sequence[int], edges: Sequence[int]) -> TempoMap:
    """Change the tempo where a piece has another one than the piece before."""
    changes: list[tuple[int, Fraction]] = []
    bar = 0
    for bpm, length in zip(tempi, bars, strict=True):
        if not changes or changes[-1][1] != bpm:
            changes.append((edges[bar], bpm))
        bar += length
    return TempoMap(tuple(changes))


def _draw_home(brief: Brief, character: Character, rng: np.random.Generator) -> Key:
    if brief.key:
        return Key.parse(brief.key)
    modes = [mode for mode in MODES if character.modes.get(mode, 0.0) > 0.0]
    weights = np.array([character.modes[mode] for mode in modes])
    mode = modes[int(rng.choice(len(modes), p=weights / weights.sum()))]
    return spell_key(int(rng.integers(12)), mode)


def draw_progressions(
    character: Character,
    key: Key,
    piece: int,
    rng: np.random.Generator,
    *,
    is_slow: bool = False,
) -> tuple[Progression, ...]:
    """Draw progressions for A, B and the bridge, no two alike where the families allow it.

    is_slow   each bar of the progression lasts two: then chords that want to move on are avoided
    """
    fitting = [name for name in character.progressions if name in FAMILIES]
    # The most fitting family leads; later pieces turn to the others.
    order = fitting[piece % len(fitting) :] + fitting[: piece % len(fitting)]
    weights = np.array([1.0 / (i + 1) for i in range(len(order))])
    chosen: list[Progression] = []
    for letter in LETTERS:
        family = order[int(rng.choice(len(order), p=weights / weights.sum()))]
        options = progressions(family, key.mode)
        if is_slow:
            options = tuple(o for o in options if not _RESTLESS.search(o.text)) or options
        fresh = [option for option in options if option not in chosen] or list(options)
        if letter == "B":
            # B should open on another chord than A, or it isn't heard as new.
            first = chosen[0].text.split()[0]
            fresh = [option for option in fresh if option.text.split()[0] != first] or fresh
        chosen.append(fresh[int(rng.integers(len(fresh)))])
    return tuple(chosen)


def _written_form(brief: Brief, phrase_bars: int) -> tuple[tuple[str, int], ...]:
    """Return the sections that a brief writes down, with their bars; none where it doesn't."""
    if brief.form is None:
        return ()
    parts = parse_form(brief.form)
    lengths = [part.length(phrase_bars) for part in parts]
    if sum(lengths) > MAX_BARS:
        raise InputError(f"the form has {sum(lengths)} bars; it may have {MAX_BARS}")
    return tuple(zip(number_names([part.name for part in parts]), lengths, strict=True))


def _draw_sections(
    brief: Brief,
    forms: Sequence[Sequence[tuple[str, int]]],
    edges: Sequence[int],
    steps: Sequence[SetStep],
    instruments: dict[str, str],
    rng: np.random.Generator,
) -> tuple[Section, ...]:
    character = brief.character
    usual = [
        energy
        for form, step in zip(forms, steps, strict=True)
        for energy in draw_energies(
            [name for name, _ in form], character.energy + step.energy_shift, rng
        )
    ]
    asked = usual
    if brief.energy_curve is not None:
        lengths = [bars for form in forms for _, bars in form]
        asked = list(parse_energy(brief.energy_curve).over(lengths))
    # A curve says how sections differ: who comes in or stays away goes by that.
    shift = float(np.mean(asked)) - float(np.mean(usual))
    sections: list[Section] = []
    bar = 0
    for number, form in enumerate(forms):
        has_guitar = instruments["melody"] not in GUITARS and rng.random() < 0.65
        extra = "guitar" if has_guitar else "pad"
        layers: dict[str, tuple[str, ...]] = {}
        for name, bars in form:
            kind = kind_of(name)
            drawn = draw_layers(kind, extra=extra, rng=rng)
            layers.setdefault(kind, drawn)
            # What returns has its old layers, or new ones now and then.
            roles = layers[kind] if rng.random() < 0.7 else drawn
            away = asked[len(sections)] - usual[len(sections)] - shift
            available = [role for role in ORDER if role != "guitar" or has_guitar]
            roles = fit_layers(roles, away, available=available)
            start, end = edges[bar], edges[bar + bars]
            sections.append(Section(name, start, end, piece=number, roles=roles))
            bar += bars
    return shape_sections(sections, asked, density=character.density)

"""A passage to be set, and what every texture makes of it: lines in range, voices led between."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tapeloom.compose.inner_voices import Moment, lead_inner, moments_of
from tapeloom.compose.lines import breathe, one_at_a_time, place_line, thin
from tapeloom.compose.material import Material, roots
from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.meter import Meters, bar_starts
from tapeloom.core.score import ChordSpan, Mark, Note, Part
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.theory.instruments import instrument
from tapeloom.theory.orchestration.ensembles import Player

UNDER = 10  # of velocity, by which what accompanies lies under the tune
EIGHTH = PPQ // 2


@dataclass(frozen=True, slots=True)
class Passage:
    """What is to be set: a stretch of ticks, its tune and its chords."""

    start: int
    end: int
    melody: tuple[Note, ...]
    chords: tuple[ChordSpan, ...]
    key: Key = Key()
    meters: Meters = ()
    tempo: TempoMap = TempoMap()
    bass: tuple[Note, ...] = ()  # the chords' basses where there is none
    pulse: tuple[int, ...] = ()  # ticks at which the accompaniment strikes; on the bars where empty
    marks: tuple[Mark, ...] = ()  # of the tune

    @classmethod
    def of(cls, material: Material, start: int, end: int) -> "Passage":
        """Cut a stretch out of a score's material."""
        from tapeloom.compose.arrange import spans_in

        def inside(notes: Sequence[Note]) -> tuple[Note, ...]:
            cut = (n for n in notes if start <= n.start < end)
            return tuple(replace(n, duration=min(n.duration, end - n.start)) for n in cut)

        pulse = sorted({note.start for note in inside(material.accompaniment)})
        return cls(
            start, end, inside(material.melody), tuple(spans_in(material.chords, start, end)),
            material.key_at(start), material.meters, material.tempo, inside(material.bass),
            tuple(pulse), tuple(mark for mark in material.marks if start <= mark.tick < end),
        )  # fmt: skip

    @property
    def bars(self) -> list[int]:
        """The ticks at which its bars begin."""
        return [tick for tick in bar_starts(self.meters, self.end) if tick >= self.start]

    @property
    def harmony(self) -> tuple[ChordSpan, ...]:
        """Its chords without gaps: each holds until the next one."""
        if not self.chords:
            return ()
        starts = [self.start, *(span.start for span in self.chords[1:]), self.end]
        return tuple(
            ChordSpan(start, stop, span.chord)
            for span, (start, stop) in zip(self.chords, itertools.pairwise(starts), strict=True)
        )

    @property
    def lowest(self) -> tuple[Note, ...]:
        """The bass line that it has, or that of its chords."""
        return self.bass or tuple(roots(self.chords))


Players = Sequence[Player]
Lines = dict[str, list[Note]]  # by the player's name


def as_parts(
    lines: Lines, passage: Passage, players: Players, *, led: str = ""
) -> tuple[Part, ...]:
    """Make a part of each player's line: whole breaths, the tune's marks with the tune.

    led  the name of the player who has the tune
    """
    parts = []
    for player in players:
        known = instrument(player.instrument)
        notes = lines.get(player.name, [])
        if known.polyphony == 1:
            notes = breathe(one_at_a_time(notes), known, passage.tempo)
        marks: list[Mark] = []
        if player.name == led:
            rising = sorted(notes, key=lambda note: note.pitch)  # the tune lies on top
            pitches = {note.start: note.pitch for note in rising}
            marks = [replace(m, pitch=pitches[m.tick]) for m in passage.marks if m.tick in pitches]
        parts.append(
            Part(player.name, player.role, player.instrument, tuple(notes), known.program,
                 marks=tuple(marks))
        )  # fmt: skip
    return tuple(parts)


def voices_among(players: Players) -> tuple[Player, list[Player], list[Player]]:
    """Return who leads, who fills, from the highest, and who plays the bass."""
    sounding = [player for player in players if player.task not in ("drums", "double")]
    if not sounding:
        raise InputError("the band has no player for a tune; give it one")
    low = [player for player in sounding if player.task in ("bass", "walk")]
    if not low and len(sounding) > 1:
        low = [min(sounding, key=lambda player: sum(instrument(player.instrument).comfortable))]
    rest = [player for player in sounding if player not in low] or sounding[:1]
    lead = next((player for player in rest if player.task == "lead"), rest[0])
    inner = [player for player in rest if player is not lead]
    inner.sort(key=lambda player: -sum(instrument(player.instrument).comfortable))
    return lead, inner, low if low != [lead] else []


def place_tune(passage: Passage, player: Player) -> list[Note]:
    """Bring the tune of a passage into a player's range."""
    return place_line(passage.melody, instrument(player.instrument))


def place_bass(passage: Passage, player: Player) -> list[Note]:
    """Bring the bass of a passage into a player's range, without what is too fast for it."""
    known = instrument(player.instrument)
    return thin(place_line(passage.lowest, known, around=sum(known.comfortable) / 2 - 4), known,
                passage.tempo)  # fmt: skip


def fill(
    passage: Passage, inner: Sequence[Player], tune: Sequence[Note], bass: Sequence[Note],
    starts: Sequence[int],
) -> tuple[list[Moment], list[tuple[int, ...]]]:  # fmt: skip
    """Lead the inner voices, the highest player first, through moments that begin at ticks."""
    moments = moments_of(
        sorted({passage.start, *starts, *(span.start for span in passage.chords)}), passage.end,
        [(span.start, span.end, span.chord) for span in passage.chords],
        [(n.start, n.end, n.pitch) for n in tune], [(n.start, n.end, n.pitch) for n in bass],
    )  # fmt: skip
    ranges = tuple(instrument(player.instrument).comfortable for player in inner)
    return moments, lead_inner(moments, ranges)


def hold_voice(
    moments: Sequence[Moment], path: Sequence[tuple[int, ...]], voice: int, level: int,
    strikes: Sequence[int],
) -> list[Note]:  # fmt: skip
    """Write a voice: what stays is held, but struck anew at the strikes."""
    anew = set(strikes)
    notes: list[Note] = []
    for moment, pitches in zip(moments, path, strict=True):
        pitch = pitches[voice]
        last = notes[-1] if notes else None
        if last and last.end == moment.start and last.pitch == pitch and moment.start not in anew:
            notes[-1] = replace(last, duration=moment.end - last.start)
        else:
            notes.append(Note(moment.start, moment.end - moment.start, pitch, level))
    return notes


def level_under(passage: Passage) -> int:
    """Return the velocity of what accompanies the tune."""
    velocities = [note.velocity for note in passage.melody] or [74]
    return max(round(sum(velocities) / len(velocities)) - UNDER, 30)


def doubled(lines: Lines, players: Players, passage: Passage) -> Lines:
    """Add what those play who double another player."""
    for player in players:
        if player.doubles and lines.get(player.doubles):
            known = instrument(player.instrument)
            placed = place_line(lines[player.doubles], known)
            lines[player.name] = thin(placed, known, passage.tempo)
    return lines

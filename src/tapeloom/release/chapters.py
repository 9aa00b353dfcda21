"""Chapters of a video: times and names, as YouTube requires them."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tapeloom.core.errors import InputError
from tapeloom.release.language import Language
from tapeloom.release.limits import CHAPTER_SHORTEST_S, CHAPTERS_FEWEST


@dataclass(frozen=True, slots=True)
class Moment:
    """Where something begins on the record's timeline."""

    start_s: float
    name: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """A line of a list of chapters."""

    start_s: int
    name: str

    @classmethod
    def parse(cls, text: str) -> "Chapter":
        """Read what `str` writes.

        >>> Chapter.parse("1:02:05 Coda")
        Chapter(start_s=3725, name='Coda')
        """
        match = re.fullmatch(r"(?:(\d+):)?(\d{1,2}):(\d{2}) (.+)", text.strip())
        if match is None:
            raise InputError(f"{text!r} is no chapter; write one like 1:05 Theme")
        hours, minutes, seconds = (int(match[i] or 0) for i in (1, 2, 3))
        return cls(3600 * hours + 60 * minutes + seconds, match[4])

    def __str__(self) -> str:
        """Write it as YouTube reads it.

        >>> print(Chapter(3725, "Coda"), Chapter(65, "Theme"), sep="; ")
        1:02:05 Coda; 1:05 Theme
        """
        minutes, seconds = divmod(self.start_s, 60)
        hours, minutes = divmod(minutes, 60)
        clock = f"{hours}:{minutes:02d}" if hours else str(minutes)
        return f"{clock}:{seconds:02d} {self.name}"


def draw_up(moments: Sequence[Moment], *, duration_s: float) -> tuple[Chapter, ...]:
    """Return the chapters of a record; none where it hasn't enough for a list that is accepted.

    Times are whole seconds at or before what they name. A part that is too short for a chapter
    belongs to the one before it, or at the beginning to the one after.

    moments  in order of time; the first counts from 0:00

    >>> moments = [Moment(0, "Opening"), Moment(4.2, "Theme")]
    >>> moments += [Moment(31.9, "Bridge"), Moment(50, "End")]
    >>> [str(chapter) for chapter in draw_up(moments, duration_s=70)]
    ['0:00 Theme', '0:31 Bridge', '0:50 End']
    """
    chapters: list[Chapter] = []
    for moment in moments:
        start = int(moment.start_s) if chapters else 0
        if chapters and start - chapters[-1].start_s < CHAPTER_SHORTEST_S:
            if len(chapters) == 1 and chapters[0].start_s == 0:
                chapters[0] = Chapter(0, moment.name)
            continue
        chapters.append(Chapter(start, moment.name))
    while len(chapters) > 1 and int(duration_s) - chapters[-1].start_s < CHAPTER_SHORTEST_S:
        chapters.pop()
    return tuple(chapters) if len(chapters) >= CHAPTERS_FEWEST else ()


def name_parts(kinds: Sequence[str], language: Language) -> tuple[str, ...]:
    """Name parts of a piece by their kinds (`language.PARTS`); what comes again is numbered.

    >>> from tapeloom.release.languages import LANGUAGES
    >>> name_parts(["intro", "A", "B", "A"], LANGUAGES["en"])
    ('Opening', 'First theme', 'Second theme', 'First theme 2')
    """
    seen: Counter[str] = Counter()
    names = []
    for kind in kinds:
        seen[kind] += 1
        name = language.parts.get(kind, kind)
        again = language.again.format(name=name, number=seen[kind])
        names.append(name if seen[kind] == 1 else again)
    return tuple(names)

"""What a release is about: the facts that its words are made of."""

from collections.abc import Sequence
from dataclasses import dataclass

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.release.chapters import Moment
from tapeloom.release.language import LICENCES, MOODS, ORIGINS, SCENES, SEASONS, USES

_USE_OF_SCENE = {"study": "study", "sleep": "sleep", "morning": "read", "home": "read",
                 "city": "drive", "cafe": "work"}  # fmt: skip
_SCENE_OF_USE = {"study": "study", "sleep": "sleep", "read": "home", "work": "cafe",
                 "drive": "city", "code": "night", "cook": "home"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Subject:
    """A release, as far as words about it need to know it."""

    mood: str = "peaceful"  # one of language.MOODS
    scene: str = "home"  # one of language.SCENES
    use: str = "relax"  # one of language.USES
    season: str | None = None  # one of language.SEASONS, where it matters
    style: str | None = None  # what to call the music; None takes the language's own names
    bpm: float = 75.0
    key: Key = Key()
    duration_s: float = 180.0
    title: str | None = None  # the record's own
    series: str | None = None
    number: int = 1  # within its series
    artist: str = "Tapeloom"
    licence: str = LICENCES[0]
    origin: str = ORIGINS[0]
    moments: tuple[Moment, ...] = ()  # what begins when, for chapters

    def __post_init__(self) -> None:
        for what, value, known in (
            ("mood", self.mood, MOODS), ("scene", self.scene, SCENES), ("use", self.use, USES),
            ("licence", self.licence, LICENCES), ("origin", self.origin, ORIGINS),
            ("season", self.season or SEASONS[0], SEASONS),
        ):  # fmt: skip
            if value not in known:
                raise InputError(f"{value!r} is no {what}; choose one of {', '.join(known)}")
        if not 0 < self.duration_s <= 12 * 3600:
            raise InputError(
                f"the duration is {self.duration_s:g} s; it must lie between 0 and 12 hours"
            )
        if not 1 <= self.number <= 9999:
            raise InputError(f"the number is {self.number}; it must lie between 1 and 9999")
        for what, text, most in (("artist", self.artist, 100), ("series", self.series, 60),
                                 ("title", self.title, 100),
                                 ("style", self.style, 40)):  # fmt: skip
            if text is not None and not (text.strip() and len(text) <= most and text.isprintable()):
                raise InputError(f"the {what} must be one line of 1 to {most} characters")
            if text is not None and set(text) & set("<>{}"):
                raise InputError(f"the {what} holds one of < > {{ }}, which YouTube refuses")


def use_for(scenes: Sequence[str]) -> str:
    """Return what music for these scenes is likely used for.

    >>> use_for(["rain", "study"]), use_for(["beach"])
    ('study', 'relax')
    """
    return next((_USE_OF_SCENE[scene] for scene in scenes if scene in _USE_OF_SCENE), "relax")


def scene_for(use: str) -> str:
    """Return a scene that goes with a use where none is named."""
    return _SCENE_OF_USE.get(use, "home")

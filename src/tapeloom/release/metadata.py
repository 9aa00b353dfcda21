"""The words of a release: title, description, tags, playlists and chapters, in six languages."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.mood import look_up
from tapeloom.release.chapters import Chapter, draw_up
from tapeloom.release.description import write_description
from tapeloom.release.language import MOODS, USES, Language
from tapeloom.release.languages import LANGUAGES
from tapeloom.release.limits import problems
from tapeloom.release.playlists import playlists_for
from tapeloom.release.subject import Subject, scene_for
from tapeloom.release.tags import Tags, choose_tags
from tapeloom.release.titles import draw_title

MAX_VARIANTS = 20
_STYLES = {"lofi": None, "lo-fi": None}  # what the languages call by their own names


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a platform is told of a release."""

    language: str  # ISO 639-1
    title: str
    description: str
    tag_groups: Tags
    chapters: tuple[Chapter, ...]
    playlists: tuple[str, ...]
    template: str  # of the title
    hook: str  # the template of the first sentence
    differs: tuple[str, ...] = field(default=())  # in what a variant differs from the first

    @property
    def tags(self) -> list[str]:
        """All tags, the base first."""
        return list(self.tag_groups.all)

    def to_json(self) -> dict[str, Any]:
        """Return the form of metadata.json."""
        data = asdict(self)
        data["tags"] = self.tags
        data["chapters"] = [str(chapter) for chapter in self.chapters]
        return data


def metadata_from_json(data: Mapping[str, Any]) -> Metadata:
    """Read what `Metadata.to_json` wrote, with whatever was changed by hand since."""
    try:
        groups = {name: tuple(tags) for name, tags in data["tag_groups"].items()}
        return Metadata(
            language=data["language"],
            title=data["title"],
            description=data["description"],
            tag_groups=Tags(**groups),
            chapters=tuple(Chapter.parse(text) for text in data["chapters"]),
            playlists=tuple(data["playlists"]),
            template=data.get("template", ""),
            hook=data.get("hook", ""),
            differs=tuple(data.get("differs", ())),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(f"metadata.json is damaged: {error!r}") from error


def language_of(code: str) -> Language:
    """Return a language by its ISO 639-1 code.

    >>> language_of("ja").name
    'Japanese'
    """
    try:
        return LANGUAGES[code.lower()]
    except KeyError:
        known = ", ".join(f"{code} ({one.name})" for code, one in LANGUAGES.items())
        raise InputError(f"{code!r} is no language of ours; choose one of {known}") from None


def describe(
    subject: Subject,
    *,
    rng: np.random.Generator,
    language: str = "en",
    catalogue: Collection[str] = (),
    trending: Sequence[str] = (),
    variants: int = 1,
) -> tuple[Metadata, ...]:
    """Write the words of a release, and other ones of it to compare.

    catalogue  titles that are taken: none of them is given again
    trending   tags that are searched for now, the most wanted first
    variants   how many; each has another title and another first sentence than those before
    """
    if not 1 <= variants <= MAX_VARIANTS:
        raise InputError(f"variants is {variants}; it must lie between 1 and {MAX_VARIANTS}")
    said = language_of(language)
    chapters = draw_up(subject.moments, duration_s=subject.duration_s)
    tags = choose_tags(*_tags(subject, said, trending))
    made: list[Metadata] = []
    for _ in range(variants):
        title = draw_title(
            subject, said, rng=rng, catalogue=[*catalogue, *(one.title for one in made)],
            avoid=[one.template for one in made],
        )  # fmt: skip
        text = write_description(
            subject, said, chapters=chapters, tags=tags.all, rng=rng,
            avoid=[one.hook for one in made],
        )  # fmt: skip
        new = Metadata(
            language=said.code, title=title.text, description=text.text, tag_groups=tags,
            chapters=chapters, playlists=playlists_for(subject, said), template=title.template,
            hook=text.hook,
        )  # fmt: skip
        made.append(replace(new, differs=_differences(made[0], new)) if made else new)
    return tuple(made)


def _differences(first: Metadata, other: Metadata) -> tuple[str, ...]:
    names = ("title", "template", "description", "hook")
    return tuple(name for name in names if getattr(first, name) != getattr(other, name))


def _tags(
    subject: Subject, language: Language, trending: Sequence[str]
) -> tuple[list[str], Sequence[str], list[str]]:
    """List base, trending and seasonal tags in the order in which they matter."""
    use, noun = language.uses[subject.use], language.nouns[subject.scene][0]
    gap = "" if language.code == "ja" else " "
    music = language.music[0]
    own = [
        f"{use.to}{gap}{music}" if language.code == "ja" else f"{music} {use.to}",
        use.session,
        noun.text,
        f"{noun.text}{gap}lofi",
        language.feelings[subject.mood],
        *language.images[subject.scene],
    ]
    style = [subject.style] if subject.style else []
    base = [*language.tags[:3], *style, *own, *language.tags[3:]]
    if subject.season is None:
        return base, trending, []
    season = language.seasons[subject.season]
    seasonal = [
        f"{season.name}{gap}lofi", f"{music}{gap}{season.during}" if gap else f"{season.name}のBGM",
        season.name,
    ]  # fmt: skip
    return base, trending, seasonal


def faults(metadata: Metadata) -> tuple[str, ...]:
    """Say what YouTube would refuse, a sentence each."""
    return (
        *problems("YouTube", "title", metadata.title),
        *problems("YouTube", "description", metadata.description),
        *problems("YouTube", "tags", metadata.tag_groups.all),
    )


class MetadataGenerator:
    """Writes words for one release after another, and never a title twice.

    >>> generator = MetadataGenerator(seed=1)
    >>> words = generator.generate_complete_metadata(
    ...     mood="chill", style="lofi", use_case="study", bpm=75, key="Am", duration=3600)
    >>> len(words.title) <= 100, "lofi" in words.tags, faults(words)
    (True, True, ())
    """

    def __init__(
        self,
        *,
        language: str = "en",
        seed: int = 0,
        catalogue: Collection[str] = (),
        artist: str = "Tapeloom",
    ) -> None:
        self.language = language_of(language).code
        self.artist = artist
        self._rng = np.random.default_rng(seed)
        self._titles = list(catalogue)

    def generate_complete_metadata(
        self,
        *,
        mood: str = "peaceful",
        style: str = "lofi",
        use_case: str = "study",
        bpm: float = 75,
        key: str = "Am",
        duration: float = 180,
        **more: Any,
    ) -> Metadata:
        """Write title, description and tags.

        mood      a mood word, such as chill
        style     what the music is called; lofi is said in each language's own way
        use_case  one of study, sleep, work, relax, read, code, meditate, drive, create, cook
        duration  seconds
        more      other fields of Subject: scene, season, series, number, title, moments, ...
        """
        found = look_up(mood.strip().lower())
        if found is None or found[0] != "mood":
            raise InputError(f"{mood!r} is no mood; choose one of {', '.join(MOODS)}")
        if use_case not in USES:
            raise InputError(f"{use_case!r} is no use; choose one of {', '.join(USES)}")
        fields = {"scene": scene_for(use_case), "artist": self.artist, **more}
        subject = Subject(
            mood=found[1], use=use_case, style=_STYLES.get(style.lower(), style), bpm=bpm,
            key=Key.parse(key), duration_s=duration, **fields,
        )  # fmt: skip
        made = describe(
            subject, rng=self._rng, language=self.language, catalogue=self._titles
        )[0]  # fmt: skip
        self._titles.append(made.title)
        return made

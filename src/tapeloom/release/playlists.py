"""Playlists that a release belongs to: by mood, season, use and series."""

from tapeloom.release.language import Language, capital
from tapeloom.release.subject import Subject


def playlists_for(subject: Subject, language: Language) -> tuple[str, ...]:
    """Name the playlists of a release; releases that are alike share them.

    >>> from tapeloom.release.languages import LANGUAGES
    >>> playlists_for(Subject(mood="warm", use="study", series="Rain Diaries"), LANGUAGES["en"])
    ('Lofi beats to study to', 'Lofi beats · warmth', 'Rain Diaries')
    """
    music, use = language.music[0], language.uses[subject.use]
    of_use = f"{use.to}{music}" if language.code == "ja" else f"{music} {use.to}"
    names = [of_use, f"{music} · {language.feelings[subject.mood]}"]
    if subject.season:
        names.append(f"{music} · {language.seasons[subject.season].name}")
    if subject.series:
        names.append(subject.series)
    return tuple(capital(name) for name in names)

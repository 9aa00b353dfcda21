"""What a release says, in the languages that it can say it in: one language a module."""

from tapeloom.release.language import Language
from tapeloom.release.languages.english import ENGLISH
from tapeloom.release.languages.french import FRENCH
from tapeloom.release.languages.german import GERMAN
from tapeloom.release.languages.japanese import JAPANESE
from tapeloom.release.languages.portuguese import PORTUGUESE
from tapeloom.release.languages.spanish import SPANISH

LANGUAGES: dict[str, Language] = {
    language.code: language for language in (ENGLISH, SPANISH, JAPANESE, GERMAN, PORTUGUESE, FRENCH)
}

__all__ = ["LANGUAGES"]

"""What the user asks for: free words and numbers, checked."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.meter import Meter
from tapeloom.core.mood import Character, character, look_up
from tapeloom.core.seed import MAX_SEED

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_FILLERS = frozenset(
    "a an and at by for from in my of on the to with lo fi lofi beat beats".split()
)
MAX_WORDS_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Brief:
    """One record's order. None means that the composer draws it.

    >>> brief = Brief("rainy night, peaceful", bpm=75, key="Am", minutes=3)
    >>> brief.moods, brief.scenes, brief.unknown
    (('peaceful',), ('rain', 'night'), ())
    >>> Brief("quiet xylophone").unknown
    ('xylophone',)
    >>> Brief(bpm=0)
    Traceback (most recent call last):
    tapeloom.core.errors.InputError: bpm is 0; it must lie between 40 and 200 (lo-fi: 60 to 95)
    """

    words: str = ""
    bpm: float | None = None  # quarter notes a minute, 40..200
    key: str | None = None  # such as Am, F# minor, Eb major, D dorian
    minutes: float | None = None  # 0.5..120; 3 when neither minutes nor bars are given
    bars: int | None = None  # 4..5000
    meter: str = "4/4"  # or a plan of changing meters, such as 7/8 x3 | 4/4
    seed: int = 0
    grouping: str | None = None  # of the meter's units, such as 2+2+3
    clave: str | None = None  # such as son32
    polyrhythm: str | None = None  # such as 3:2, over the groove
    form: str | None = None  # such as intro8 A16 A'16 B8 A16 outro8, instead of minutes and bars
    energy_curve: str | None = None  # such as 0.2 0.4 0.8 0.6 0.3, or 0:0.2 16:0.7 in bars

    def __post_init__(self) -> None:
        if len(self.words) > MAX_WORDS_LENGTH or not self.words.isprintable():
            raise InputError(
                f"the brief's words must be one line of at most {MAX_WORDS_LENGTH} characters"
            )
        _check("bpm", self.bpm, 40, 200, " (lo-fi: 60 to 95)")
        _check("minutes", self.minutes, 0.5, 120, "")
        _check("bars", self.bars, 4, 5000, "")
        _check("seed", self.seed, 0, MAX_SEED, "")
        if self.minutes is not None and self.bars is not None:
            raise InputError("minutes and bars are both given; give one of them")
        for name, length in (("minutes", self.minutes), ("bars", self.bars)):
            if self.form is not None and length is not None:
                raise InputError(f"a form and {name} are both given; the form tells the length")
        if self.key is not None:
            Key.parse(self.key)
        _check_meters(self.meter, self.grouping)
        named = {"clave": self.clave, "polyrhythm": self.polyrhythm, "form": self.form,
                 "energy curve": self.energy_curve}  # fmt: skip
        for name, text in named.items():
            if text is not None and not text.strip():
                raise InputError(f"the {name} is empty; name one or leave it out")

    @property
    def moods(self) -> tuple[str, ...]:
        """Names of the moods that the words ask for, in order."""
        return self._known("mood")

    @property
    def scenes(self) -> tuple[str, ...]:
        """Names of the places, times and uses that the words ask for, in order."""
        return self._known("scene")

    @property
    def unknown(self) -> tuple[str, ...]:
        """Words outside the vocabulary: they only name the record."""
        words = (word.lower() for word in _WORD.findall(self.words))
        return tuple(
            dict.fromkeys(word for word in words if word not in _FILLERS and look_up(word) is None)
        )

    @property
    def character(self) -> Character:
        """The sum of moods and scenes."""
        return character(self.moods, self.scenes)

    def _known(self, kind: str) -> tuple[str, ...]:
        found = (look_up(word) for word in _WORD.findall(self.words))
        return tuple(dict.fromkeys(name for hit in found if hit for k, name in [hit] if k == kind))


def _check(name: str, value: float | None, low: float, high: float, note: str) -> None:
    if value is not None and not low <= value <= high:
        raise InputError(f"{name} is {value}; it must lie between {low} and {high}{note}")


def _check_meters(text: str, grouping: str | None) -> None:
    """Check what can be told of meters here: the rest of a plan's notation is rhythm's."""
    spans = text.split("|")
    if len(spans) == 1 and not re.search(r"[x×]", text):
        found = Meter.parse(text)
    else:
        for span in spans:
            Meter.parse(span.split()[0] if span.strip() else span)
        found = None
    if grouping is None:
        return
    if found is None or found.grouping:
        raise InputError(
            f"the grouping {grouping} can't be given beside the meter {text!r}; "
            "write it there, such as 7/8 2+2+3 x3 | 4/4"
        )
    if re.fullmatch(r"\d{1,2}(\+\d{1,2})*", grouping, re.ASCII) is None:
        raise InputError(f"{grouping!r} is no grouping; write one like 2+2+3")
    Meter(found.numerator, found.denominator, tuple(int(group) for group in grouping.split("+")))


def brief_to_json(brief: Brief) -> dict[str, Any]:
    """Return the JSON form of brief.json.

    What was added since the first records is left out where it isn't asked for, so that they
    aren't composed again.
    """
    fields = asdict(brief)
    for name in ("grouping", "clave", "polyrhythm", "form", "energy_curve"):
        if fields[name] is None:
            del fields[name]
    return {"format": 1, **fields}


def brief_from_json(data: Mapping[str, Any]) -> Brief:
    """Read what `brief_to_json` wrote.

    >>> brief_from_json(brief_to_json(Brief("rain", seed=4))) == Brief("rain", seed=4)
    True
    """
    fields = {name: value for name, value in data.items() if name != "format"}
    try:
        return Brief(**fields)
    except TypeError as error:
        raise InputError(f"the brief is damaged: {error}") from error

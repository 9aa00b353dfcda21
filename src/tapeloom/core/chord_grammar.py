"""The grammar of chord symbols: which degrees the text after a root asks for.

A symbol stacks: a triad (major unless `m`, `dim`, `aug`, `ø` say else), a sixth or a seventh, an
extension that brings the ninth (and the eleventh with 11) along, then alterations, suspensions,
additions and omissions in any order, bracketed or not. A thirteenth leaves the eleventh out, as
players do; `alt` is both ninths and both fifths altered. Degrees are text as in Harte: `b7`, `#11`.
"""

import re

DEGREE_SEMITONES = {
    1: 0, 2: 2, 3: 4, 4: 5, 5: 7, 6: 9, 7: 11, 8: 12, 9: 14, 10: 16, 11: 17, 12: 19, 13: 21,
}  # fmt: skip
Degree = tuple[int, int]  # the number 1..13 and its alteration in semitones, as (9, -1)

DEGREE_OF: dict[int, Degree] = {  # the usual name of so many semitones above a root
    0: (1, 0), 1: (2, -1), 2: (2, 0), 3: (3, -1), 4: (3, 0), 5: (4, 0), 6: (5, -1), 7: (5, 0),
    8: (5, 1), 9: (6, 0), 10: (7, -1), 11: (7, 0), 12: (8, 0), 13: (9, -1), 14: (9, 0), 15: (9, 1),
    16: (10, 0), 17: (11, 0), 18: (11, 1), 19: (12, 0), 20: (13, -1), 21: (13, 0), 22: (13, 1),
}  # fmt: skip

_UNICODE = str.maketrans(
    {"♭": "b", "♯": "#", "𝄫": "bb", "𝄪": "##", "−": "-", "–": "-", "△": "Δ", "∆": "Δ", "º": "°",
     "˚": "°", "Ø": "ø", "[": "(", "]": ")", "{": "(", "}": ")"}
)  # fmt: skip
_WORD = re.compile(r"(?i)maj(?:or)?|min(?:or)?|dim(?:inished)?|aug(?:mented)?|sus|add|omit|alt"
                   r"|half-?dim(?:inished)?|dom(?:inant)?|ma(?![jd])|mi(?!n)|no(?=\d)")  # fmt: skip
_SHORT = {"halfdim": "ø", "half-dim": "ø", "ma": "maj", "mi": "min", "dom": "", "omit": "no"}
_TRIAD = re.compile(r"maj|min|dim|aug|hdim|ø|°|o|m|M|Δ|\^|j|\+|-(?!5)|")
_TRIADS = {
    "min": "min", "m": "min", "-": "min", "dim": "dim", "°": "dim", "o": "dim", "aug": "aug",
    "+": "aug", "ø": "hdim", "hdim": "hdim",
}  # fmt: skip
_MAJOR_SEVENTH = re.compile(r"[(/]?(?:maj|M|Δ|\^|j)")
_EXTENSION = re.compile(r"6/9|6,9|6add9|69|13|11|9|7|6|5|4|2|")
_TOKEN = re.compile(
    r"(?P<alter>[b#]{1,2}|\+|-)(?P<number>13|12|11|10|[2-9])(?!\d)"
    r"|sus(?P<sus>24|42|2/4|13|2|4|7|9|)"
    r"|add(?P<added_alter>b{1,2}|#{1,2}|\+|-|)(?P<added>13|12|11|10|[2-9])(?!\d)"
    r"|no(?P<omitted>3|5|7|9|11|13)(?:rd|th|)"
    r"|(?P<alt>alt)"
    r"|(?P<raised>\+|aug)"
    r"|(?P<flat>dim)"
    r"|(?P<seventh>(?:maj|M|Δ|\^|j)7)"
    r"|(?P<plain>13|12|11|10|[24679])"
    r"|(?P<gap>[(), ]+|/(?=[\db#]))"
)
_WHOLE: dict[str, tuple[Degree, ...]] = {
    "quartal": ((1, 0), (4, 0), (7, -1)),
    "quartal4": ((1, 0), (4, 0), (7, -1), (10, -1)),
    "quartal5": ((1, 0), (4, 0), (7, -1), (10, -1), (13, -1)),
    "phryg": ((1, 0), (4, 0), (5, 0), (9, -1)),
}
_THIRD = {"maj": (3, 0), "aug": (3, 0), "min": (3, -1), "dim": (3, -1), "hdim": (3, -1)}
_FIFTH = {"maj": (5, 0), "min": (5, 0), "aug": (5, 1), "dim": (5, -1), "hdim": (5, -1)}
_RAISED_TO = {2: 9, 4: 11, 10: 9}  # where a second, a fourth or a tenth is written in a stack


def semitones(degree: Degree) -> int:
    """Return a degree's semitones above the root.

    >>> semitones((11, 1)), semitones((7, -2))
    (18, 9)
    """
    return DEGREE_SEMITONES[degree[0]] + degree[1]


def write_degree(degree: Degree) -> str:
    """Write a degree as text.

    >>> write_degree((11, 1)), write_degree((7, -2))
    ('#11', 'bb7')
    """
    number, alteration = degree
    return ("#" * alteration if alteration > 0 else "b" * -alteration) + str(number)


def read_degree(text: str) -> Degree | None:
    """Read a degree such as `b13`; None where it is none.

    >>> read_degree("b13"), read_degree("14")
    ((13, -1), None)
    """
    match = re.fullmatch(r"(b{0,2}|#{0,2})(\d{1,2})", text)
    if match is None or int(match[2]) not in DEGREE_SEMITONES:
        return None
    degree = int(match[2]), match[1].count("#") - match[1].count("b")
    return degree if 0 <= semitones(degree) <= 22 else None


def read_suffix(suffix: str) -> tuple[Degree, ...] | None:
    """Return the degrees that a chord symbol's text after the root asks for; None if it is none.

    >>> [write_degree(degree) for degree in read_suffix("7(b9,#11)") or ()]
    ['1', '3', '5', 'b7', 'b9', '#11']
    >>> read_suffix("-Δ7") == read_suffix("min(maj7)"), read_suffix("foo")
    (True, None)
    """
    text = _plain(suffix)
    if text in _WHOLE:
        return _WHOLE[text]
    start = _TRIAD.match(text)
    word = start[0] if start else ""
    triad = _TRIADS.get(word, "maj")
    at = len(word)
    is_major = word in ("maj", "M", "Δ", "^", "j")
    above = None if is_major else _MAJOR_SEVENTH.match(text, at)
    if above and _EXTENSION.match(text, above.end()) and triad != "maj":
        is_major, at = True, above.end()
    number = _EXTENSION.match(text, at)
    extension = number[0] if number else ""
    at += len(extension)
    # A symbol of the major seventh alone (CΔ, Cø, CmM) asks for one.
    if not extension and (word in ("Δ", "^", "j", "ø", "hdim") or (above and is_major)):
        extension = "7"
    degrees = {(1, 0), _THIRD[triad], _FIFTH[triad]} | _stack(extension, triad, is_major=is_major)
    if extension == "5" and word == "":
        degrees = {(1, 0), (5, 0)}
    elif extension == "5" or (extension == "4" and word):
        return None
    elif extension == "4":
        degrees = {(1, 0), (4, 0), (5, 0)}
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None or token.end() == at or not _apply(token, degrees):
            return None
        at = token.end()
    return tuple(sorted(degrees, key=lambda degree: (semitones(degree), degree)))


def _plain(suffix: str) -> str:
    """Bring the ways of writing accidentals, words and brackets to one."""
    text = suffix.translate(_UNICODE).replace(" ", "")

    def shorten(match: re.Match[str]) -> str:
        word = match[0].lower()
        for full in ("major", "minor", "diminished", "augmented", "dominant"):
            word = word.replace(full, full[:3])
        return _SHORT.get(word, word)

    text = _WORD.sub(shorten, text)
    # In Brazil and France the major seventh is a `7M`.
    text = re.sub(r"(?<![b#\d])7M", "maj7", text)
    return re.sub(r"^\((?=[mMΔø^]|dim|aug)", "", text)


def _stack(extension: str, triad: str, *, is_major: bool) -> set[Degree]:
    """Return the sixth or the seventh and what an extension brings along."""
    if extension == "2":
        return {(9, 0)}
    if extension.startswith("6"):
        return {(6, 0)} if extension == "6" else {(6, 0), (9, 0)}
    if extension not in ("7", "9", "11", "13"):
        return set()
    seventh = 0 if is_major else -2 if triad == "dim" else -1
    upper = {"7": (), "9": (9,), "11": (9, 11), "13": (9, 13)}[extension]
    return {(7, seventh), *((number, 0) for number in upper)}


def _apply(token: re.Match[str], degrees: set[Degree]) -> bool:
    """Apply one token to the degrees; False where it makes no sense."""
    if token["gap"] is not None:
        return True
    if token["number"]:
        shift = {"+": 1, "-": -1}.get(token["alter"])
        if shift is None:
            shift = token["alter"].count("#") - token["alter"].count("b")
        return _alter(degrees, int(token["number"]), shift)
    if token["sus"] is not None:
        degrees -= {(3, 0), (3, -1)}
        degrees |= {(int(number), 0) for number in "24" if number in token["sus"]}
        if "2" not in token["sus"] and "4" not in token["sus"]:
            degrees |= {(4, 0)} | _stack(token["sus"], "maj", is_major=False)
    elif token["added"]:
        shift = {"+": 1, "-": -1}.get(token["added_alter"])
        if shift is None:
            shift = token["added_alter"].count("#") - token["added_alter"].count("b")
        number = int(token["added"])
        degrees.add((number if shift and number == 10 else _RAISED_TO.get(number, number), shift))
    elif token["omitted"]:
        found = {degree for degree in degrees if degree[0] == int(token["omitted"])}
        degrees -= found
    elif token["alt"]:
        degrees -= {(5, 0), (9, 0)}
        degrees |= {(7, -1), (9, -1), (9, 1), (11, 1), (13, -1)}
    elif token["raised"]:
        return _alter(degrees, 5, 1)
    elif token["flat"]:
        return _alter(degrees, 5, -1)
    elif token["seventh"]:
        degrees -= {(7, -1), (7, -2)}
        degrees.add((7, 0))
    else:
        number = int(token["plain"])
        has_seventh = any(degree[0] == 7 for degree in degrees)
        number = 13 if number == 6 and has_seventh else _RAISED_TO.get(number, number)
        degrees.add((number, -1 if number == 7 else 0))
    return True


def _alter(degrees: set[Degree], number: int, shift: int) -> bool:
    """Raise or lower a degree; what is not there is added."""
    if number == 10 and shift == -1:
        number, shift = 9, 1
    number = _RAISED_TO.get(number, number)
    if number == 7:  # Cm#7 is the major seventh
        degrees -= {(7, -1)}
        degrees.add((7, min(shift, 0)))
        return True
    if number in (3, 8, 10, 12) or abs(shift) > 1 or (number, shift) == (11, -1):
        return False
    degrees -= {(number, 0)}
    degrees.add((number, shift))
    return True

"""A record's title: the brief's own words, or two drawn ones."""

import numpy as np

_FIRST = (
    "Amber", "Borrowed", "Cedar", "Drifting", "Early", "Faded", "Folded", "Half", "Hushed",
    "Indigo", "Last", "Low", "Lantern", "Maple", "Paper", "Quiet", "Rusty", "Second", "Slow",
    "Soft", "Spare", "Sunday", "Velvet", "Wool",
)  # fmt: skip
_SECOND = (
    "Avenue", "Balcony", "Bench", "Clouds", "Corner", "Daylight", "Ferry", "Garden", "Harbour",
    "Kettle", "Letters", "Lights", "Mornings", "Moon", "Notebook", "Orchard", "Pages", "Radio",
    "Rooms", "Stairs", "Station", "Tape", "Umbrella", "Window",
)  # fmt: skip
_SMALL = frozenset("a an and at by for from in of on or the to with".split())
MAX_TITLE = 80


def title_of(words: str, rng: np.random.Generator) -> str:
    """Return the words in title case, or a drawn title where there are none.

    >>> title_of("rainy night, peaceful", np.random.default_rng(0))
    'Rainy Night, Peaceful'
    """
    parts = words.split()
    if not parts:
        return f"{rng.choice(_FIRST)} {rng.choice(_SECOND)}"
    cased = [
        word if i and word.lower() in _SMALL else word[:1].upper() + word[1:]
        for i, word in enumerate(parts)
    ]
    title = " ".join(cased)
    return title if len(title) <= MAX_TITLE else title[:MAX_TITLE].rsplit(" ", 1)[0]

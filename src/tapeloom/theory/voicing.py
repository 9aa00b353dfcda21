"""Ways to lay a chord out in pitches: shell, rootless A and B, drop 2, spread."""

import itertools
from functools import lru_cache

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord

STYLES = ("shell", "rootless", "drop2", "spread")

# A tension below these pitches, or a second below the first, is mud.
LOWEST_SECOND = 52  # E3
LOWEST_THIRD = 46  # Bb2


@lru_cache(maxsize=1024)
def functions(quality: str) -> dict[str, int]:
    """Return a quality's degrees as semitones above the root, 0..11.

    `third` is the fourth or second of a suspended chord; `seventh` may be a sixth; `colour` holds
    the richest tension that there is.

    >>> functions("min11")
    {'root': 0, 'third': 3, 'fifth': 7, 'seventh': 10, 'ninth': 2, 'colour': 5}
    """
    intervals = Chord(0, quality).intervals
    found = {"root": 0}
    for name, choices in (
        ("third", (3, 4, 5, 2)),
        ("fifth", (7, 6, 8)),
        ("seventh", (10, 11, 9)),
        ("ninth", (14, 13, 15)),
        ("colour", (21, 20, 18, 17)),
    ):
        present = next((step for step in choices if step in intervals), None)
        if present is not None:
            found[name] = present % 12
    return found


def _tones(chord: Chord, style: str, voices: int) -> tuple[int, ...]:
    """Choose the pitch classes that a style sounds, the most needed first, root-relative."""
    degrees = functions(chord.quality)
    order = {
        "shell": ("third", "seventh", "ninth", "fifth", "root"),
        "rootless": ("third", "seventh", "ninth", "colour", "fifth", "root"),
        "drop2": ("third", "seventh", "root", "fifth", "ninth", "colour"),
        "spread": ("root", "third", "seventh", "ninth", "colour", "fifth"),
    }[style]
    chosen: list[int] = []
    for name in order:
        if name in degrees and degrees[name] not in chosen:
            chosen.append(degrees[name])
    return tuple(chosen[:voices])


@lru_cache(maxsize=16384)
def voicings(
    chord: Chord, *, style: str = "rootless", voices: int = 4, low: int = 48, high: int = 74
) -> tuple[tuple[int, ...], ...]:
    """List the voicings of a chord in one style within a range, each a rising tuple of pitches.

    Close positions are all the inversions of the chosen tones (rootless A and B among them);
    drop 2 lowers the second voice from above by an octave; spread opens every second voice.
    Voicings with a cluster in the mud, or a semitone at the top, are left out.

    >>> voicings(Chord.parse("Dm9"), low=53, high=66)
    ((53, 57, 60, 64),)
    """
    if style not in STYLES:
        raise InputError(f"{style!r} is no voicing; choose one of {', '.join(STYLES)}")
    tones = sorted((chord.root + step) % 12 for step in _tones(chord, style, voices))
    found: set[tuple[int, ...]] = set()
    for start in range(len(tones)):
        turned = tones[start:] + tones[:start]
        close = [turned[0]]
        for tone in turned[1:]:
            close.append(close[-1] + (tone - close[-1]) % 12)
        shapes = [close]
        if style in ("drop2", "spread") and len(close) >= 4:
            shapes = [sorted([*close[:-2], close[-2] - 12, close[-1]])]
        if style == "spread":
            opened = [pitch + 12 * (i % 2) for i, pitch in enumerate(close)]
            shapes.append(sorted(opened))
        if style == "shell" and len(close) == 3:
            shapes.append(sorted([close[0], close[1] + 12, close[2]]))
        for shape in shapes:
            for octave in range(-1, 11):
                pitches = tuple(pitch + 12 * octave for pitch in shape)
                if pitches[0] >= low and pitches[-1] <= high and _is_clear(pitches):
                    found.add(pitches)
    return tuple(sorted(found))


def _is_clear(pitches: tuple[int, ...]) -> bool:
    for below, above in itertools.pairwise(pitches):
        gap = above - below
        if (gap <= 2 and below < LOWEST_SECOND) or (gap <= 4 and below < LOWEST_THIRD):
            return False
    # A semitone at the top or two of them read as a wrong note.
    gaps = [above - below for below, above in itertools.pairwise(pitches)]
    return gaps.count(1) <= 1 and (not gaps or gaps[-1] != 1) and all(gaps)

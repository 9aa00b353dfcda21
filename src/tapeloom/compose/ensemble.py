"""How players listen to one another: the bass follows the kick, the melody leads the chords."""

import numpy as np
from numpy.typing import NDArray

from tapeloom.rhythm.feel import Feel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BEHIND_KICK_S = 0.003  # the most that a bass stays behind the kick that it falls on
LOOSE = 0.2  # how much of its own drift a bass keeps there
MIDDLE_LEAD = 0.4  # of the melody's lead, what the top of a chord has over the rest

Onsets = dict[int, float]  # by written tick, the seconds at which another player struck


def first_onsets(starts: Ints, onsets: Floats) -> Onsets:
    """Return the earliest played onset at each written tick."""
    found: Onsets = {}
    for tick, onset in zip(starts.tolist(), onsets.tolist(), strict=True):
        found[tick] = min(onset, found.get(tick, onset))
    return found


def follow_kick(starts: Ints, onsets: Floats, late_s: Floats, kicks: Onsets) -> Floats:
    """Return a bass's onsets: with a kick that is played at the same tick, right behind it.

    late_s  what the bass by itself does beside the shared time
    """
    kick = np.array([kicks.get(tick, np.nan) for tick in starts.tolist()], np.float64)
    own = np.clip(LOOSE * late_s, 0.0, BEHIND_KICK_S)
    return np.asarray(np.where(np.isnan(kick), onsets, kick + own), np.float64)


def lead_chords(starts: Ints, onsets: Floats, chords: Onsets, feel: Feel) -> Floats:
    """Return a melody's onsets: ahead of the chord that is played at the same tick.

    How far ahead is designed, not measured; it is never early against the beat by more than the
    lead.
    """
    if feel.lead_ms == 0.0:
        return onsets
    chord = np.array([chords.get(tick, np.inf) for tick in starts.tolist()], np.float64)
    return np.asarray(np.minimum(onsets, chord - feel.lead_ms / 1000.0), np.float64)


def spread_chords(
    role: str, starts: Ints, rolled: NDArray[np.bool_], chance: Floats, feel: Feel
) -> Floats:
    """Return each note's delay in seconds within its chord.

    A strummed or rolled chord goes from the lowest note up; in a chord that is struck at once the
    highest note is a little ahead.
    """
    delay = np.zeros(len(starts))
    if role not in ("keys", "guitar"):
        return delay
    first = np.flatnonzero(np.diff(starts, prepend=-1))
    sizes = np.diff(np.append(first, len(starts)))
    lead_s = MIDDLE_LEAD * feel.lead_ms / 1000.0
    for a, size in zip(first.tolist(), sizes.tolist(), strict=True):
        if size < 3:
            continue
        marked = bool(rolled[a : a + size].any())
        wanted = marked or role == "guitar" or chance[a] < feel.strum_chance
        if wanted and feel.strum_ms > 0.0:
            whole_ms = feel.strum_ms * (1.6 if marked else 1.0) * (0.6 + 0.8 * chance[a + 1])
            delay[a : a + size] = np.linspace(0.0, whole_ms / 1000.0, size)
        else:
            delay[a : a + size - 1] = lead_s
    return delay

"""How loud each part sounds in each band at each moment, as far as a score tells."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

import numpy as np

from tapeloom.core.errors import InputError
from tapeloom.core.score import Part, Score
from tapeloom.core.time import PPQ
from tapeloom.theory.instruments import INSTRUMENTS, Instrument
from tapeloom.theory.instruments.spectra import BANDS_HZ, spectra_of
from tapeloom.theory.orchestration.lines import Flags, Floats, Ints, Line
from tapeloom.theory.orchestration.problems import player_of

Stage = Literal["hall", "record"]

FRAME = PPQ // 4  # ticks of a frame: a sixteenth
_MOST_FRAMES = 100_000  # six hours of them: what is longer gets coarser ones
VELOCITY_DB = 26.6  # dB a decade of velocity: the synth's, docs/make_instrument_spectra.py
WRITTEN = 80  # the velocity at which registers and spectra are given
FADED = 0.1  # of its power a note keeps when it has lost what its hold tells
# In a record the mixer sets each part's mean loudness: dB against the tune's (studio.balance).
MIXED_DB = {"melody": 0.0, "keys": 0.5, "guitar": -1.5, "pad": -5.5, "bass": 0.5, "other": -1.5}
# Third-octave bands are filled a little by their neighbours: upwards more than downwards.
_SILENCE = 1e-6  # of a part's loudest frame: less is a rest
_UPWARD, _DOWNWARD = 10.0**-0.8, 10.0**-2.0


@dataclass(frozen=True, slots=True, eq=False)
class Sounding:
    """One part's notes, and the power that they make together."""

    part: Part
    player: Instrument
    line: Line
    power: Floats  # (notes, bands), weighted for the ear
    first: Ints  # (notes,) frames from which they sound
    faded: Ints  # (notes,) frames from which they have lost what their hold tells
    last: Ints  # (notes,) the frames after
    frames: int

    def field(self, kept: Flags | None = None) -> Floats:
        """Return what the notes, or those that are kept, make together, shape (frames, bands)."""
        rows = slice(None) if kept is None else kept
        power = self.power[rows]
        change = np.zeros((self.frames + 1, power.shape[1]))
        np.add.at(change, self.first[rows], power)
        np.add.at(change, self.faded[rows], (FADED - 1.0) * power)
        np.add.at(change, self.last[rows], -FADED * power)
        return np.maximum(np.cumsum(change, axis=0)[:-1], 0.0)


@cache
def ear_weights() -> Floats:
    """Return what the ear makes of each band's power: the A curve of IEC 61672, as power.

    >>> weights = ear_weights()
    >>> float(weights[BANDS_HZ.index(1000.0)].round(3)), float(weights[2].round(4))
    (1.0, 0.0009)
    """
    hz2 = np.array(BANDS_HZ) ** 2
    gain = (
        12194.0**2 * hz2**2
        / ((hz2 + 20.6**2) * np.sqrt((hz2 + 107.7**2) * (hz2 + 737.9**2)) * (hz2 + 12194.0**2))
    )  # fmt: skip
    return np.asarray((gain / gain[BANDS_HZ.index(1000.0)]) ** 2, np.float64)


def stage_of(score: Score) -> Stage:
    """Tell where a score is heard: in a record where the synth plays every part, else in a hall."""
    players = [player_of(part) for part in score.parts if part.notes]
    own = all(player is None or player.name in INSTRUMENTS for player in players)
    return "record" if own else "hall"


def hear(score: Score, *, stage: Stage, players: Mapping[str, int]) -> list[Sounding]:
    """Return every pitched part that sounds.

    stage    "hall": as loud as instruments are by register; "record": mixed, each part's mean
             loudness by its role
    players  how many play a part, by its name; else a section's desks or one
    """
    unknown = sorted(players.keys() - {part.name for part in score.parts})
    if unknown:
        told = ", ".join(part.name for part in score.parts)
        raise InputError(f"{unknown[0]!r} is no part of the score; its parts are {told}")
    end = max((part.end for part in score.parts), default=0)
    frame = max(FRAME, -(-end // _MOST_FRAMES))
    times = score.tempo.ticks_to_s(np.arange(-(-end // frame) + 1) * frame)
    found = []
    for part in score.parts:
        player = player_of(part)
        if player is not None and part.notes:
            count = players.get(part.name, player.players)
            if count < 1:
                raise InputError(f"{count} players for {part.name}; one at least must play")
            line = Line.of(part.notes, score.tempo)
            found.append(_sounding(part, player, line, times, frame, stage=stage, players=count))
    return found


def _sounding(
    part: Part,
    player: Instrument,
    line: Line,
    times: Floats,
    frame: int,
    *,
    stage: Stage,
    players: int,
) -> Sounding:
    spectra = spectra_of(player.name)
    level_db = VELOCITY_DB * np.log10(line.velocity / WRITTEN)
    if stage == "hall":
        by_pitch = np.array([player.register_at(pitch).loudness_db for pitch in range(128)])
        # A section that strikes a chord divides itself among its notes.
        struck = np.diff(line.firsts, append=len(line))
        desks = np.maximum(players / np.repeat(struck, struck), 1.0)
        level_db = level_db + by_pitch[line.pitch] + 10.0 * np.log10(desks)
    power = spectra.power[line.pitch] * ear_weights() * (10.0 ** (level_db / 10.0))[:, None]
    first = line.start // frame
    last = np.maximum(-(-line.end // frame), first + 1)
    faded_s = line.start_s + spectra.hold_s[line.pitch]
    faded = np.clip(np.searchsorted(times, faded_s), first + 1, last)
    sounding = Sounding(part, player, line, power, first, faded, last, len(times) - 1)
    if stage == "hall":
        return sounding
    heard = sounding.field().sum(axis=1)
    mean = float(heard[heard > _SILENCE * heard.max()].mean())
    scale = 10.0 ** (MIXED_DB.get(part.role, 0.0) / 10.0) / mean
    return replace(sounding, power=power * scale)


def spread(power: Floats) -> Floats:
    """Return what a sound fills of each band, its neighbours' share included; bands lie last.

    >>> spread(np.array([0.0, 1.0, 0.0])).round(3)
    array([0.01 , 1.   , 0.158])
    """
    filled = power.copy()
    filled[..., 1:] += _UPWARD * power[..., :-1]
    filled[..., :-1] += _DOWNWARD * power[..., 1:]
    return filled

"""What is told of the sound and the score of a record."""

from typing import Any

from pydantic import BaseModel, ConfigDict


class PeaksAnswer(BaseModel):
    """A waveform; values lie in -1..1."""

    duration_s: float
    rate: int
    channels: int
    low: list[float]
    high: list[float]


class LoudnessAnswer(BaseModel):
    """The loudness of a file (EBU R 128) and how it goes; null is silence."""

    integrated_lufs: float | None
    true_peak_dbtp: float | None
    loudness_range_lu: float | None
    step_s: float
    momentary: list[float | None]
    short_term: list[float | None]


class BarAnswer(BaseModel):
    """A bar: where it begins, how long it is, and how many units its meter counts."""

    number: int
    tick: int
    start_s: float
    duration_s: float
    beats: int


class ScoreAnswer(BaseModel):
    """A score as in score.json, with its bars; ticks are 10080 a quarter."""

    model_config = ConfigDict(extra="allow")

    format: int
    ppq: int
    tempo: list[list[Any]]
    meters: list[list[Any]]
    keys: list[list[Any]]
    chords: list[list[Any]]
    sections: list[dict[str, Any]]
    parts: list[dict[str, Any]]
    bars: list[BarAnswer]
    duration_s: float


class InfillAnswer(BaseModel):
    """A score whose bars were written anew."""

    score: dict[str, Any]


class ChordsAnswer(BaseModel):
    """A score with other chords, and what in its melody rubs against them."""

    score: dict[str, Any]
    notes: list[str]


class ProblemAnswer(BaseModel):
    """What is wrong with a score, and where; bars are counted from 1."""

    problem: str
    part: str | None
    bar: int | None


class CheckAnswer(BaseModel):
    """A score in its canonical form; null where something in it cannot be."""

    score: dict[str, Any] | None
    problems: list[ProblemAnswer]

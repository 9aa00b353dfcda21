"""`LoFiGenerator`: a track from a tempo, a key and a mood, by the model alone.

>>> generator = LoFiGenerator.load()                                        # doctest: +SKIP
>>> tokens, told = generator.generate_track(75, "Am", "peaceful")           # doctest: +SKIP
>>> generator.tokens_to_midi(tokens, "output.mid")                          # doctest: +SKIP
"""

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.meter import Meter
from tapeloom.core.midi import write_midi
from tapeloom.core.mood import MOODS as WORDS_OF_MOOD
from tapeloom.core.mood import look_up
from tapeloom.core.score import Score
from tapeloom.core.seed import MAX_SEED
from tapeloom.core.strikes import separate
from tapeloom.neural.controls import Controls, mood_of_words
from tapeloom.neural.critic import Critic
from tapeloom.neural.drafting import MODEL, SAMPLING, Drafter
from tapeloom.neural.generator import Model, stream_bars
from tapeloom.neural.limits import limits_of
from tapeloom.neural.originality import OriginalityIndex
from tapeloom.neural.outline import Outline, simple_form
from tapeloom.neural.runtime import Runtime
from tapeloom.neural.sampling import Sampling
from tapeloom.neural.token_codec import MAX_BARS, Codec
from tapeloom.neural.tokens import MOODS


@dataclass(frozen=True, slots=True)
class GeneratorConfig:
    """How tracks are drawn."""

    bars: int = 32
    candidates: int = 6  # drawn together; the critic takes one
    rounds: int = 4  # batches at most, where all of one were refused
    sampling: Sampling = SAMPLING
    density: float | None = 9.0  # pitched notes a bar that are asked for; brisk moods leave it open
    meter: Meter = Meter()

    def __post_init__(self) -> None:
        if not 1 <= self.bars <= MAX_BARS:
            raise InputError(f"bars is {self.bars}; it must lie between 1 and {MAX_BARS}")


class Track(tuple[int, ...]):
    """A track's tokens; the key and the tempo, which tokens tell only roughly, go with them."""

    key: Key | None = None
    bpm: float | None = None

    @classmethod
    def of(cls, tokens: Sequence[int], *, key: Key, bpm: float) -> "Track":
        """Put tokens together with their key and tempo in quarter notes a minute."""
        track = cls(tokens)
        track.key, track.bpm = key, bpm
        return track


class LoFiGenerator:
    """A model, its tokenizer, and how it is asked."""

    def __init__(
        self, model: Model, tokenizer: Codec | None = None, config: GeneratorConfig | None = None,
        *, critic: Critic | None = None, index: OriginalityIndex | None = None,
    ) -> None:  # fmt: skip
        self.model = model
        self.tokenizer = tokenizer or Codec()
        self.config = config or GeneratorConfig()
        self._drafter = Drafter(
            model, critic or Critic.load(), index or OriginalityIndex.load(),
            choose=self.config.sampling.choose, candidates=self.config.candidates,
            rounds=self.config.rounds,
        )  # fmt: skip

    @classmethod
    def load(cls, config: GeneratorConfig | None = None, *, threads: int = 2) -> "LoFiGenerator":
        """Make the model that comes with the package ready."""
        return cls(Runtime.load(MODEL, threads=threads), Codec(), config)

    def generate_track(
        self, tempo: float = 75, key: str | Key = "Am", mood: str = "peaceful", *,
        bars: int | None = None, seed: int | None = None, density: float | None = None,
    ) -> tuple[Track, dict[str, Any]]:  # fmt: skip
        """Draw a track; return its tokens and what is known of it.

        tempo  quarter notes a minute
        mood   a word of core.mood, or one of tokens.MOODS
        bars   None: the config's
        seed   None draws one, which the metadata tells
        density  pitched notes a bar; None: the config's
        """
        seed = secrets.randbelow(2**31) if seed is None else seed
        outline = self._outline(tempo, key, mood, bars, density)
        controls = outline.controls
        rng = _generator(seed)
        draft = self._drafter.draft(outline, limits_of(controls), rng)
        told = {
            "tempo": controls.bpm, "key": str(controls.key), "mood": mood,
            "mood_control": controls.mood, "bars": len(outline.bars), "seed": seed,
            "sections": [section.name for section in outline.sections], **draft.to_json(),
        }  # fmt: skip
        return Track.of(draft.tokens, key=controls.key, bpm=controls.bpm), told

    def _outline(
        self,
        tempo: float,
        key: str | Key,
        mood: str,
        bars: int | None,
        density: float | None = None,
    ) -> Outline:
        known = look_up(mood)
        if mood not in MOODS and (known is None or known[0] != "mood"):
            choices = ", ".join((*MOODS, *WORDS_OF_MOOD))
            raise InputError(f"{mood!r} is no mood; choose one of {choices}")
        asked = mood if mood in MOODS or known is None else mood_of_words([known[1]])
        meter = self.config.meter
        controls = Controls(
            Key.parse(key) if isinstance(key, str) else key, float(tempo), meter, "lofi", asked,
            "any",
            density or (None if asked in ("happy", "tense") else self.config.density),
        )  # fmt: skip
        count = self.config.bars if bars is None else bars
        if not 1 <= count <= MAX_BARS:
            raise InputError(f"bars is {count}; it must lie between 1 and {MAX_BARS}")
        return Outline(controls, simple_form(count, meter), ((0, meter),))

    def decode(self, tokens: Sequence[int]) -> Score:
        """Return a track as a score."""
        key = tokens.key if isinstance(tokens, Track) else None
        bpm = tokens.bpm if isinstance(tokens, Track) else None
        return self.tokenizer.decode(tokens, key=key, bpm=bpm)

    def tokens_to_midi(self, tokens: Sequence[int], path: str | Path) -> None:
        """Write a track as a MIDI file, whose notes end where their key is struck again."""
        score = self.decode(tokens)
        parts = [
            part if part.role == "drums" else replace(
                part, notes=tuple(separate(part.notes, alone=part.role in ("melody", "bass")))
            )
            for part in score.parts
        ]  # fmt: skip
        write_midi(Path(path), replace(score, parts=tuple(parts)))

    def stream(
        self, tempo: float = 75, key: str | Key = "Am", mood: str = "peaceful", *,
        bars: int | None = None, seed: int = 0,
        stop: Callable[[], bool] = lambda: False,
    ) -> Iterator[tuple[int, ...]]:  # fmt: skip
        """Yield a track's bars as tokens, each as soon as it is written; nothing is judged.

        stop  is asked before each bar; true ends the track there
        """
        outline = self._outline(tempo, key, mood, bars)
        rng = _generator(seed)
        controls = outline.controls
        script = outline.script(limits_of(controls), rng)
        for bar in stream_bars(self.model, script, rng, choose=self.config.sampling.choose):
            yield bar
            if stop():
                return


def _generator(seed: int) -> np.random.Generator:
    if not 0 <= seed <= MAX_SEED:
        raise InputError(f"seed is {seed}; it must lie between 0 and {MAX_SEED}")
    return np.random.default_rng(seed)

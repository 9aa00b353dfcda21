"""Performance to stems: every part by its own voice, in blocks, on threads."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from threading import Event, Lock
from typing import Protocol

import numpy as np

from tapeloom.core.audio import BLOCK, RATE, AudioFile, AudioWriter, Samples
from tapeloom.core.errors import InputError, TapeloomError
from tapeloom.core.files import file_name
from tapeloom.core.performance import Performance, PlayedPart
from tapeloom.core.product import Stem, Stems
from tapeloom.core.seed import stream
from tapeloom.dsp.filters import Biquads
from tapeloom.synth.bending import bend_note, bending_of, slide_into
from tapeloom.synth.catalogue import design, split_name
from tapeloom.synth.envelopes import fade_out, frames_of
from tapeloom.synth.expression import Expression, with_wheel
from tapeloom.synth.headroom import HOP, with_headroom
from tapeloom.synth.kit import Kit
from tapeloom.synth.moves import bending_of_moves, coloured
from tapeloom.synth.oscillators import band
from tapeloom.synth.pedalling import Pedal
from tapeloom.synth.plugins import Plugin, PluginFailure
from tapeloom.synth.schedule import schedule
from tapeloom.synth.sympathy import Sympathy
from tapeloom.synth.textures import MONO_BELOW_HZ, TEXTURES, texture_blocks
from tapeloom.synth.tuning import Temperament
from tapeloom.synth.voice import Voice
from tapeloom.theory.instruments import INSTRUMENTS, KITS, KNOWN, of_program

BLOCK_DC_HZ = 18.0
JOINED_S = 0.02  # notes this near are one gesture, of a player who slides
SIMULTANEOUS_S = 0.001  # and this near they begin together

_BY_ROLE = {
    "bass": "upright_bass",
    "pad": "warm_pad",
    "guitar": "nylon_guitar",
}
_KIT_OF_PROGRAM = {INSTRUMENTS[name].program: name for name in KITS}


def draw_voice(instrument: str, rng: np.random.Generator, *, brightness: float) -> Voice:
    """Draw an instrument's parameters for one record; brightness 0..1 comes from the mood.

    instrument  its name, and a preset behind a colon: `electric_piano:worn`
    """
    brightness = float(np.clip(brightness, 0.0, 1.0))
    name, preset = split_name(instrument)
    return design(name).draw(rng, brightness=brightness, preset=preset)


def instrument_of(part: PlayedPart) -> str:
    """Return the instrument that plays a part, chosen by role and program where none is named.

    What the synth hasn't got is played by the nearest that it has.

    >>> instrument_of(PlayedPart("Lead", "other", "", (), program=25))
    'steel_guitar'
    >>> instrument_of(PlayedPart("Lead", "other", "oboe", ()))
    'clarinet'
    """
    name = split_name(part.instrument)[0]
    if name in INSTRUMENTS:
        return part.instrument
    if name in KNOWN:
        return KNOWN[name].stand_in
    if part.role == "drums":
        return _KIT_OF_PROGRAM.get(part.program, KITS[0])
    if part.program == 0 and part.role != "other":
        return _BY_ROLE.get(part.role, "electric_piano")
    return of_program(part.program).name


class Choice(Protocol):
    """Who plays a part, as the user chose it: a name, a patch, a file of samples."""

    def draw(self, rng: np.random.Generator, *, brightness: float) -> Voice:
        """Draw the voice for one record."""


@dataclass(frozen=True, slots=True)
class Named:
    """An instrument by its name, and a preset behind a colon."""

    name: str

    def draw(self, rng: np.random.Generator, *, brightness: float) -> Voice:
        """Draw the voice for one record."""
        return draw_voice(self.name, rng, brightness=brightness)


class _Player:
    """A part being played: sums its notes and hands them on through its amplifier."""

    def __init__(
        self, part: PlayedPart, voice: Voice, *, rate: int, seed: int, tuning: Temperament | None
    ) -> None:
        self._part, self._voice, self._rate, self._seed = part, voice, rate, seed
        self._is_drums = part.role == "drums" or isinstance(voice, Kit)
        self._tuning = None if self._is_drums else tuning
        pedal, sympathy = Pedal.of(part), voice.manner.sympathy
        self._free = Sympathy(rate, pedal, amount=sympathy) if sympathy and pedal.moves else None
        self._expression = Expression(part, rate)
        self._strikes = schedule(part, voice, rate=rate)
        self._next = 0  # the next note
        self._at = 0  # the next frame
        self._sum = np.zeros((2, 0), np.float32)
        amplifier = band(rate, low_hz=BLOCK_DC_HZ, high_hz=voice.manner.cutoff_hz)
        self._amplifier = Biquads(amplifier, channels=2)
        cabinet = voice.manner.cabinet
        self._speaker = cabinet.start(rate) if cabinet is not None else None
        self._side = Biquads(band(rate, low_hz=MONO_BELOW_HZ), channels=1)

    def take(self, frames: int) -> Samples:
        """Return the next frames, silence after the last note."""
        end = self._at + frames
        self._reserve(frames)
        while self._next < len(self._strikes) and self._strikes[self._next].start < end:
            self._strike(self._next)
            self._next += 1
        dry, self._sum = self._sum[:, :frames].astype(np.float64), self._sum[:, frames:]
        if self._free is not None:
            dry = self._free.process(dry)
        if self._expression.acts:
            dry = self._expression.process(dry)
        if self._speaker is not None:
            dry = self._speaker.process(dry)
        # The low end is mono and no channel carries DC: middle and side go their own ways.
        halves = 0.5 * np.stack([dry[0] + dry[1], dry[0] - dry[1]])
        middle, side = self._amplifier.process(halves)
        side = self._side.process(side[None])[0]
        out = self._tremolo(np.stack([middle + side, middle - side]))
        self._at = end
        return out.astype(np.float32)

    def _tremolo(self, block: np.ndarray) -> np.ndarray:
        """Move the sound gently between left and right, or let it swell."""
        manner = self._voice.manner
        if manner.tremolo_depth == 0.0:
            return block
        t = np.arange(self._at, self._at + block.shape[1]) / self._rate
        sway = np.sin(2.0 * np.pi * manner.tremolo_hz * t + manner.tremolo_phase)
        other = (2.0 * manner.tremolo_together - 1.0) * sway
        return block * np.stack(
            [1.0 - 0.5 * manner.tremolo_depth * (1.0 + sway),
             1.0 - 0.5 * manner.tremolo_depth * (1.0 + other)]
        )  # fmt: skip

    def _strike(self, index: int) -> None:
        """Add one note to the sum."""
        strike = self._strikes[index]
        rng = stream(self._seed, self._part.name, index)
        sound = self._sound(index, rng)
        choke_s = self._voice.manner.choke_s
        stop = strike.stop_s + choke_s
        if stop * self._rate < sound.shape[1]:
            sound = sound[:, : frames_of(stop, self._rate)].copy()
            fade_out(sound, self._rate, choke_s)
        offset = strike.start - self._at
        self._reserve(offset + sound.shape[1])
        self._sum[:, offset : offset + sound.shape[1]] += sound

    def _sound(self, index: int, rng: np.random.Generator) -> Samples:
        """Let the voice play a note, bent where its part is bent and slid into where it slides."""
        note, strike = self._part.notes[index], self._strikes[index]
        pitch = self._tuning.pitch(note.pitch) if self._tuning else note.pitch
        if pitch is None:  # the tuning leaves this key silent
            return np.zeros((2, 1), np.float32)
        if not self._is_drums:
            slide = self._slide(index)
            bending = bending_of(self._part, onset_s=note.onset_s, held_s=strike.held_s)
            bending = with_wheel(bending, self._part, onset_s=note.onset_s, held_s=strike.held_s)
            if note.moves:
                bending = bending.plus(bending_of_moves(note.moves, held_s=strike.held_s))
            if slide:
                glide_s = self._voice.manner.glide_s
                bending = slide_into(bending, semitones=slide, seconds=glide_s)
            if bending.moves:
                held_s = bending.read_s(strike.held_s)
                sound = self._voice.note(pitch, note.velocity, held_s, self._rate, rng)
                sound = bend_note(sound, bending, self._rate)
                return coloured(sound, note.moves, self._rate)
        sound = self._voice.note(pitch, note.velocity, strike.held_s, self._rate, rng)
        return coloured(sound, () if self._is_drums else note.moves, self._rate)

    def _slide(self, index: int) -> float:
        """Return how many semitones off a note begins: where the one before is, if they join."""
        if self._voice.manner.glide_s <= 0.0 or index == 0:
            return 0.0
        note, before = self._part.notes[index], self._part.notes[index - 1]
        apart_s = note.onset_s - before.onset_s
        if apart_s <= self._voice.manner.strum_s or apart_s > before.duration_s + JOINED_S:
            return 0.0
        return float(before.pitch - note.pitch)

    def _reserve(self, frames: int) -> None:
        """Make room for frames that are yet to come."""
        missing = frames - self._sum.shape[1]
        if missing > 0:
            # More than is needed now, so that notes one by one don't copy the sum each.
            room = np.zeros((2, missing + BLOCK), np.float32)
            self._sum = np.concatenate([self._sum, room], axis=1)


def render_part(
    part: PlayedPart,
    voice: Voice,
    *,
    frames: int,
    rate: int = RATE,
    seed: int,
    block: int = BLOCK,
    tuning: Temperament | None = None,
) -> Iterator[Samples]:
    """Yield a part's audio in blocks, exactly `frames` samples of shape (2, n), below -6 dBFS.

    block   samples a block, a multiple of 64; what is heard doesn't depend on it
    tuning  the pitches of the keys, of parts that aren't drums; equal steps where None
    """
    if block < HOP or block % HOP:
        raise InputError(f"block is {block}; it must be a multiple of {HOP}")
    player = _Player(part, voice, rate=rate, seed=seed, tuning=tuning)
    yield from with_headroom(player.take, frames=frames, block=block)


def render(
    performance: Performance,
    folder: Path,
    *,
    seed: int,
    brightness: float,
    textures: Mapping[str, float] | None = None,
    tail_s: float = 6.0,
    jobs: int = 2,
    rate: int = RATE,
    choices: Mapping[str, Choice | Plugin] | None = None,
    tuning: Temperament | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> Stems:
    """Render every part and texture to a 24-bit FLAC file in `folder` and return them.

    textures     amounts 0..1 by name; those that are synthesised elsewhere are left to others
    tail_s       seconds kept after the last bar, for what still rings
    jobs         parts at once; the files don't depend on it
    choices      who plays, by the name of a part, in place of its own instrument
    tuning       the pitches of the keys, of parts that aren't drums; equal steps where None
    on_progress  called with 0..1 now and then, from any thread but never from two at once
    """
    frames = ceil((performance.duration_s + tail_s) * rate)
    bpm = round(performance.tempo.initial_bpm)
    amounts = {name: (textures or {}).get(name, 0.0) for name in TEXTURES}
    wanted = [name for name in TEXTURES if amounts[name] > 0.0]
    names = _distinct([part.name for part in performance.parts] + wanted)
    total = max(1, len(names) * frames)
    done, lock, stopped = [0], Lock(), Event()

    def blocks_of(index: int) -> Iterator[Samples]:
        if index >= len(performance.parts):
            name = wanted[index - len(performance.parts)]
            return texture_blocks(name, amount=amounts[name], frames=frames, rate=rate, seed=seed)
        part = performance.parts[index]
        rng = stream(seed, part.name, "voice")
        choice = (choices or {}).get(part.name)
        if isinstance(choice, Plugin):
            return choice.blocks(part, frames=frames, rate=rate)
        if choice is not None:
            voice = choice.draw(rng, brightness=brightness)
        else:
            voice = draw_voice(instrument_of(part), rng, brightness=brightness)
        return render_part(part, voice, frames=frames, rate=rate, seed=seed, tuning=tuning)

    def write(index: int) -> Stem:
        path = folder / f"{file_name(names[index])}_{bpm}bpm.flac"
        with AudioWriter(path, rate=rate, channels=2) as writer:
            for block in blocks_of(index):
                if stopped.is_set():
                    raise TapeloomError("the rendering was stopped")
                writer.write(block)
                with lock:
                    done[0] += block.shape[1]
                    if on_progress is not None:
                        on_progress(done[0] / total)
        is_part = index < len(performance.parts)
        role = performance.parts[index].role if is_part else "texture"
        return Stem(names[index], role, AudioFile.open(path))

    with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        # Textures and drums stand last and take longest: what is left at the end is short.
        tasks = [pool.submit(write, index) for index in reversed(range(len(names)))]
        found, failure = [], None
        for task in reversed(tasks):
            try:
                found.append(task.result())
            except PluginFailure as error:  # it costs its own stem alone
                failure = error
            except BaseException:
                stopped.set()
                raise
        if failure is not None:
            raise PluginFailure(f"{failure}; the other stems are in {folder}")
        return Stems(tuple(found))


def _distinct(names: list[str]) -> list[str]:
    """Number the names that occur again."""
    seen: set[str] = set()
    out = []
    for name in names:
        candidate, count = name, 1
        while file_name(candidate).lower() in seen:
            count += 1
            candidate = f"{name} {count}"
        seen.add(file_name(candidate).lower())
        out.append(candidate)
    return out

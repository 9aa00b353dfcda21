"""The phrase that shows an instrument, rendered."""

from collections.abc import Iterator

from tapeloom.core.audio import RATE, Samples
from tapeloom.core.performance import PlayedNote, PlayedPart
from tapeloom.core.seed import stream
from tapeloom.synth.catalogue import design, split_name
from tapeloom.synth.patch import Design
from tapeloom.synth.render import draw_voice, render_part

TAIL_S = 3.0


def demo_part(found: Design) -> PlayedPart:
    """Return a design's phrase as played, in seconds."""
    beat = 60.0 / found.demo_bpm
    notes = tuple(
        PlayedNote(note.beat * beat, note.beats * beat, note.pitch, note.velocity)
        for note in found.demo
    )
    role = "drums" if found.name.endswith("_kit") else "other"
    return PlayedPart(found.name, role, found.name, notes)


def demo_seconds(part: PlayedPart) -> float:
    """Return how long a phrase lasts, with what rings on."""
    return max(note.onset_s + note.duration_s for note in part.notes) + TAIL_S


def render_demo(
    name: str, *, seed: int = 1, brightness: float = 0.5, rate: int = RATE
) -> Iterator[Samples]:
    """Yield the phrase of an instrument, `name` or `name:preset`, in blocks of shape (2, n)."""
    part = demo_part(design(split_name(name)[0]))
    voice = draw_voice(name, stream(seed, part.name, "voice"), brightness=brightness)
    yield from render_part(
        part, voice, frames=round(demo_seconds(part) * rate), rate=rate, seed=seed
    )

"""Places to listen in: rain, wind, rooms, a fire, the sea and a wood, as endless streams."""

from collections.abc import Callable, Iterator

import numpy as np

from tapeloom.core.audio import BLOCK, RATE, Samples
from tapeloom.core.errors import InputError
from tapeloom.core.seed import stream
from tapeloom.dsp.filters import Biquads
from tapeloom.synth.cafe import Cafe
from tapeloom.synth.envelopes import fade, frames_of
from tapeloom.synth.fire import Fire
from tapeloom.synth.oscillators import band
from tapeloom.synth.room_tone import RoomTone
from tapeloom.synth.sea import Waves
from tapeloom.synth.texture_parts import Bed
from tapeloom.synth.weather import Rain, Wind
from tapeloom.synth.woodland import Birds

FADE_IN_S = 2.0
MONO_BELOW_HZ = 120.0

TEXTURES: dict[str, Callable[[int, float, np.random.Generator], Bed]] = {
    "rain": Rain.begin,
    "wind": Wind.begin,
    "cafe": Cafe.begin,
    "room": RoomTone.begin,
    "fire": Fire.begin,
    "waves": Waves.begin,
    "birds": Birds.begin,
}


def texture_blocks(
    name: str, *, amount: float, frames: int, rate: int = RATE, seed: int, block: int = BLOCK
) -> Iterator[Samples]:
    """Yield `frames` samples of a texture in blocks of shape (2, n).

    amount  0..1: how dense it is, and how loud (6 dB from a trace to full)
    """
    if name not in TEXTURES:
        raise InputError(f"{name!r} is no texture; choose one of {', '.join(TEXTURES)}")
    amount = float(np.clip(amount, 0.0, 1.0))
    bed = TEXTURES[name](rate, amount, stream(seed, name, "begin"))
    gain = 0.5 + 0.5 * amount
    rise = frames_of(FADE_IN_S, rate)
    opening = fade(rise)
    # As in every part, what lies below 120 Hz is the same on both sides.
    sides = Biquads(band(rate, low_hz=MONO_BELOW_HZ), channels=1)
    held = np.zeros((2, 0))
    made = second = 0
    for start in range(0, frames, block):
        size = min(block, frames - start)
        while held.shape[1] < size:
            # Each second has its own stream: the first minute of an hour is that of a minute.
            fresh = gain * bed.stretch(stream(seed, name, second))
            if made < rise:
                part = opening[made : made + fresh.shape[1]]
                fresh[:, : len(part)] *= part
            middle = 0.5 * (fresh[:1] + fresh[1:])
            side = sides.process(0.5 * (fresh[:1] - fresh[1:]))
            held = np.concatenate([held, np.concatenate([middle + side, middle - side])], axis=1)
            made += fresh.shape[1]
            second += 1
        yield held[:, :size].astype(np.float32)
        held = held[:, size:]

"""The effects that a channel or a bus can hold, as plain values; one kind a module.

>>> warm = Equalizer((Band("high_pass", 40), Band("low_pass", 9000)))
>>> warm == Equalizer((Band("high_pass", 40.0), Band("low_pass", 9000.0)))
True
>>> import numpy as np
>>> from tapeloom.core.audio import Audio
>>> warm(Audio(np.zeros((2, 100), np.float32))).frames
100
"""

from tapeloom.studio.effects.colour import Saturation, Tape
from tapeloom.studio.effects.duck import Duck, Ducker
from tapeloom.studio.effects.dynamics import Compressor
from tapeloom.studio.effects.equalizer import Band, Equalizer
from tapeloom.studio.effects.filter import Filter
from tapeloom.studio.effects.level import Gain, Pan
from tapeloom.studio.effects.limiter import Limiter
from tapeloom.studio.effects.ride import Ride
from tapeloom.studio.effects.space import Echo, Reverb
from tapeloom.studio.effects.stereo import Width

__all__ = [
    "Band",
    "Compressor",
    "Duck",
    "Ducker",
    "Echo",
    "Equalizer",
    "Filter",
    "Gain",
    "Limiter",
    "Pan",
    "Reverb",
    "Ride",
    "Saturation",
    "Tape",
    "Width",
]

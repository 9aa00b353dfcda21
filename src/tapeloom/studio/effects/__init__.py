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
from tapeloom.studio.effects.convolution import Convolution
from tapeloom.studio.effects.crusher import CRUSHERS, Crusher
from tapeloom.studio.effects.delay import PingPong, TapeDelay
from tapeloom.studio.effects.duck import Duck, Ducker
from tapeloom.studio.effects.dynamics import Compressor, DeEsser, Expander, Gate, TransientShaper
from tapeloom.studio.effects.equalizer import Band, Dynamics, Equalizer, Filter
from tapeloom.studio.effects.image import CorrelationGuard, Haas, PseudoStereo
from tapeloom.studio.effects.iron_and_glass import TRANSFORMERS, TUBES, Transformer, Tube
from tapeloom.studio.effects.level import Gain, Pan
from tapeloom.studio.effects.limiter import Limiter
from tapeloom.studio.effects.media import RADIOS, VINYLS, Radio, Vinyl
from tapeloom.studio.effects.modulation import Chorus, Flanger, Phaser, Tremolo, Vibrato
from tapeloom.studio.effects.multiband import Multiband
from tapeloom.studio.effects.ride import Ride
from tapeloom.studio.effects.space import Echo, Reverb
from tapeloom.studio.effects.spectral import Blur, Denoise, Freeze, Morph, SpectralGate
from tapeloom.studio.effects.stereo import Balance, BandWidth, MidSide, Rotation, Width
from tapeloom.studio.effects.tape import TAPES, Cassette, TapeMachine

__all__ = [
    "CRUSHERS",
    "RADIOS",
    "TAPES",
    "TRANSFORMERS",
    "TUBES",
    "VINYLS",
    "Balance",
    "Band",
    "BandWidth",
    "Blur",
    "Cassette",
    "Chorus",
    "Compressor",
    "Convolution",
    "CorrelationGuard",
    "Crusher",
    "DeEsser",
    "Denoise",
    "Duck",
    "Ducker",
    "Dynamics",
    "Echo",
    "Equalizer",
    "Expander",
    "Filter",
    "Flanger",
    "Freeze",
    "Gain",
    "Gate",
    "Haas",
    "Limiter",
    "MidSide",
    "Morph",
    "Multiband",
    "Pan",
    "Phaser",
    "PingPong",
    "PseudoStereo",
    "Radio",
    "Reverb",
    "Ride",
    "Rotation",
    "Saturation",
    "SpectralGate",
    "Tape",
    "TapeDelay",
    "TapeMachine",
    "Transformer",
    "TransientShaper",
    "Tremolo",
    "Tube",
    "Vibrato",
    "Vinyl",
    "Width",
]

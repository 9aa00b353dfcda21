"""Signals: arrays to arrays. What needs numba is loaded when it is first asked for."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tapeloom.dsp.compressors import Compressor
    from tapeloom.dsp.convolution import Convolver, noise_response
    from tapeloom.dsp.crush import Crusher
    from tapeloom.dsp.deesser import DeEsser
    from tapeloom.dsp.delay import Echo, note_ms
    from tapeloom.dsp.denoise import Denoiser, NoiseProfile, learn_noise
    from tapeloom.dsp.filters import Biquads, bell, high_pass, high_shelf, low_pass, low_shelf
    from tapeloom.dsp.flutter import weighted_flutter_percent
    from tapeloom.dsp.gates import Gate
    from tapeloom.dsp.level import db_to_gain, dc_offset_db, gain_to_db, rms_db
    from tapeloom.dsp.limiter import TruePeakLimiter
    from tapeloom.dsp.loudness import Meter, measure
    from tapeloom.dsp.modulation import MovingDelay, Tremolo
    from tapeloom.dsp.morphing import morph
    from tapeloom.dsp.phaser import Phaser
    from tapeloom.dsp.pitch_shift import shift_pitch
    from tapeloom.dsp.radio import Radio
    from tapeloom.dsp.record_player import RecordPlayer
    from tapeloom.dsp.resampled import Oversampled
    from tapeloom.dsp.reverb import FeedbackDelayNetwork
    from tapeloom.dsp.saturation import TapeSaturator
    from tapeloom.dsp.spectrum import Spectrum, SpectrumMeter, measure_spectrum
    from tapeloom.dsp.spring import SpringReverb
    from tapeloom.dsp.stereo import correlation, mid_side, pan_gains
    from tapeloom.dsp.stretching import stretch
    from tapeloom.dsp.tape import WowAndFlutter
    from tapeloom.dsp.tape_delay import TapeDelay
    from tapeloom.dsp.tape_machine import TapeMachine
    from tapeloom.dsp.transformer import Transformer
    from tapeloom.dsp.transients import TransientShaper
    from tapeloom.dsp.triode import Triode
    from tapeloom.dsp.vinyl import VinylNoise

_HOMES = {
    "Biquads": "filters",
    "Compressor": "compressors",
    "Convolver": "convolution",
    "Crusher": "crush",
    "DeEsser": "deesser",
    "Denoiser": "denoise",
    "Echo": "delay",
    "FeedbackDelayNetwork": "reverb",
    "Gate": "gates",
    "Meter": "loudness",
    "MovingDelay": "modulation",
    "NoiseProfile": "denoise",
    "Oversampled": "resampled",
    "Phaser": "phaser",
    "Radio": "radio",
    "RecordPlayer": "record_player",
    "Spectrum": "spectrum",
    "SpectrumMeter": "spectrum",
    "SpringReverb": "spring",
    "TapeDelay": "tape_delay",
    "TapeMachine": "tape_machine",
    "TapeSaturator": "saturation",
    "Transformer": "transformer",
    "TransientShaper": "transients",
    "Tremolo": "modulation",
    "Triode": "triode",
    "TruePeakLimiter": "limiter",
    "VinylNoise": "vinyl",
    "WowAndFlutter": "tape",
    "bell": "filters",
    "correlation": "stereo",
    "db_to_gain": "level",
    "dc_offset_db": "level",
    "gain_to_db": "level",
    "high_pass": "filters",
    "high_shelf": "filters",
    "learn_noise": "denoise",
    "low_pass": "filters",
    "low_shelf": "filters",
    "measure": "loudness",
    "measure_spectrum": "spectrum",
    "mid_side": "stereo",
    "morph": "morphing",
    "noise_response": "convolution",
    "note_ms": "delay",
    "pan_gains": "stereo",
    "rms_db": "level",
    "shift_pitch": "pitch_shift",
    "stretch": "stretching",
    "weighted_flutter_percent": "flutter",
}

__all__ = [
    "Biquads",
    "Compressor",
    "Convolver",
    "Crusher",
    "DeEsser",
    "Denoiser",
    "Echo",
    "FeedbackDelayNetwork",
    "Gate",
    "Meter",
    "MovingDelay",
    "NoiseProfile",
    "Oversampled",
    "Phaser",
    "Radio",
    "RecordPlayer",
    "Spectrum",
    "SpectrumMeter",
    "SpringReverb",
    "TapeDelay",
    "TapeMachine",
    "TapeSaturator",
    "Transformer",
    "TransientShaper",
    "Tremolo",
    "Triode",
    "TruePeakLimiter",
    "VinylNoise",
    "WowAndFlutter",
    "bell",
    "correlation",
    "db_to_gain",
    "dc_offset_db",
    "gain_to_db",
    "high_pass",
    "high_shelf",
    "learn_noise",
    "low_pass",
    "low_shelf",
    "measure",
    "measure_spectrum",
    "mid_side",
    "morph",
    "noise_response",
    "note_ms",
    "pan_gains",
    "rms_db",
    "shift_pitch",
    "stretch",
    "weighted_flutter_percent",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"tapeloom.dsp.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""Brushes kit: a small kit played with wire brushes, close by."""

from dataclasses import replace

from tapeloom.synth.kit import Pieces, kit_build
from tapeloom.synth.kit_demo import steps
from tapeloom.synth.kit_pieces import PLAYED, pieces
from tapeloom.synth.kit_table import kit_parameters
from tapeloom.synth.membranes import brush_sweep, brush_tap, open_kick
from tapeloom.synth.metal import played_hat, played_ride
from tapeloom.synth.patch import Design

_SOUNDS = {
    **PLAYED,
    "kick": open_kick,
    "snare": brush_tap,
    "brush": brush_sweep(1.6),
    "closed_hat": played_hat(0.2, 0.9, foot=True),
    "ride": played_ride(ping=0.22),
}
_SHARED = pieces(
    _SOUNDS,
    {"kick": 0.7, "snare": 1.1, "brush": 0.62, "closed_hat": 0.7, "ride": 1.07, "crash": 0.8},
)
_BRUSH = replace(
    _SHARED.by_name["brush"],
    held=((0.26, brush_sweep(0.22)), (0.52, brush_sweep(0.42)), (1.1, brush_sweep(0.85))),
)

DESIGN = Design(
    "brushes_kit",
    "A small kit under wire brushes: taps, and sweeps as long as they are held",
    kit_parameters(
        {
            "kick_hz": 64.0, "kick_sweep": 0.3, "kick_fall_s": 0.03, "kick_s": 0.5,
            "kick_click": 0.3, "snare_hz": 212.0, "snare_wires": 0.55, "snare_s": 0.3,
            "hat_hz": 360.0, "hat_band_hz": 3300.0, "hat_s": 0.09, "crispness": 0.45,
            "dust_hz": 10_500.0, "bits": 16.0, "sampler_hz": 48_000.0, "drive": 1.2,
            "room_s": 0.5, "room": 1.3,
        },
        {
            "kick_hz": 4.0, "kick_s": 0.08, "snare_hz": 18.0, "snare_wires": 0.05, "hat_hz": 40.0,
            "crispness": 0.1, "dust_hz": 900.0, "room_s": 0.1,
        },
        {"crispness": 0.5, "dust_hz": 3000.0},
    ),
    kit_build(Pieces({**_SHARED.by_name, "brush": _BRUSH})),
    steps(
        {
            "kick": "o---------o-----o---------o-----",
            "snare": "----x-------x-.-----x----.--x-.-",
            "brush": "o===o===o===o===o===o===o===o===",
            "pedal_hat": "----o-------o-------o-------o---",
            "ride": "--------------------------------",
        },
        swing=0.64,
    ),
    {
        "worn": {"dust_hz": 6000.0, "bits": 11.0, "sampler_hz": 24_000.0, "crispness": 0.25},
        "far": {"room": 3.6, "room_s": 1.0, "dust_hz": 7000.0},
    },
    demo_bpm=72.0,
)  # fmt: skip

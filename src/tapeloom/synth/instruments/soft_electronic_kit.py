"""Soft electronic kit: round sines and silky noise, for sleepy records."""

from tapeloom.synth.kit import kit_build
from tapeloom.synth.kit_demo import steps
from tapeloom.synth.kit_pieces import pieces
from tapeloom.synth.kit_table import kit_parameters
from tapeloom.synth.membranes import machine_snare, machine_tom, swept_kick
from tapeloom.synth.patch import Design

DESIGN = Design(
    "soft_electronic_kit",
    "Round sines and silky noise in a long soft room",
    kit_parameters(
        {
            "kick_hz": 46.0, "kick_sweep": 0.85, "kick_fall_s": 0.05, "kick_s": 0.5,
            "kick_click": 0.03, "snare_hz": 196.0, "snare_wires": 0.66, "snare_s": 0.22,
            "hat_hz": 560.0, "hat_band_hz": 7000.0, "hat_s": 0.06, "crispness": 0.4,
            "dust_hz": 12_500.0, "bits": 16.0, "sampler_hz": 48_000.0, "drive": 1.5,
            "room_s": 1.0, "room": 1.5,
        },
        {
            "kick_hz": 3.0, "kick_sweep": 0.15, "kick_s": 0.08, "snare_hz": 16.0,
            "snare_wires": 0.06, "hat_hz": 60.0, "hat_s": 0.012, "crispness": 0.1,
            "dust_hz": 900.0, "room_s": 0.2,
        },
        {"crispness": 0.5, "dust_hz": 3000.0},
    ),
    kit_build(
        pieces(
            {
                "kick": swept_kick(wood=0.0, crack_hz=1500.0, squash=1.25),
                "snare": machine_snare(soft_s=0.0035, top_hz=8500.0, drop=0.22),
                "tom": machine_tom,
            },
            {"snare": 0.85, "closed_hat": 1.05, "open_hat": 0.9},
        )
    ),
    steps(
        {
            "kick": "X---------o-----X-----o---x-----",
            "snare": "--------x---------------x-------",
            "snap": "--------o---------------o-----.-",
            "closed_hat": "--o-.-o---o-.-o---o-.-o---o-.-o.",
            "open_hat": "--------------------------------",
            "shaker": "o.x.o.x.o.x.o.x.o.x.o.x.o.x.o.x.",
        },
        swing=0.54,
    ),
    {
        "worn": {"dust_hz": 6500.0, "bits": 10.0, "sampler_hz": 22_050.0},
        "far": {"room": 3.2, "room_s": 1.5, "dust_hz": 7500.0},
    },
    demo_bpm=72.0,
)  # fmt: skip

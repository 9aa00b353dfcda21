"""Jazz kit: small drums tuned high and left open, a ride, in a wooden room."""

from tapeloom.synth.kit import kit_build
from tapeloom.synth.kit_demo import steps
from tapeloom.synth.kit_pieces import PLAYED, pieces
from tapeloom.synth.kit_table import kit_parameters
from tapeloom.synth.membranes import open_kick, open_snare
from tapeloom.synth.patch import Design

DESIGN = Design(
    "jazz_kit",
    "Small drums tuned high and left open, a washing ride, a wooden room",
    kit_parameters(
        {
            "kick_hz": 68.0, "kick_sweep": 0.45, "kick_fall_s": 0.04, "kick_s": 0.95,
            "kick_click": 0.42, "snare_hz": 238.0, "snare_wires": 0.4, "snare_s": 0.5,
            "hat_hz": 345.0, "hat_band_hz": 3600.0, "hat_s": 0.12, "crispness": 0.55,
            "dust_hz": 14_500.0, "bits": 16.0, "sampler_hz": 48_000.0, "drive": 0.8,
            "room_s": 0.65, "room": 1.5,
        },
        {
            "kick_hz": 5.0, "kick_s": 0.15, "snare_hz": 20.0, "snare_wires": 0.06, "snare_s": 0.1,
            "hat_hz": 40.0, "hat_s": 0.02, "crispness": 0.1, "dust_hz": 1000.0, "room_s": 0.15,
        },
        {"crispness": 0.5, "dust_hz": 3500.0},
    ),
    kit_build(
        pieces(
            {**PLAYED, "kick": open_kick, "snare": open_snare},
            {"kick": 0.75, "snare": 0.85, "closed_hat": 0.85, "ride": 1.53},
        )
    ),
    steps(
        {
            "kick": "o-------.-----o-o-------.----x--",
            "snare": "----------.---.---.-----o--.----",
            "pedal_hat": "----x-------x-------x-------x---",
            "ride": "x---x--oo---x--ox---x--oo---x--o",
        },
        swing=0.66,
    ),
    {
        "worn": {"dust_hz": 7000.0, "bits": 12.0, "sampler_hz": 26_040.0, "drive": 3.0},
        "far": {"room": 4.0, "room_s": 1.3, "dust_hz": 8000.0},
        "dry": {"room": 0.4, "room_s": 0.3},
    },
    demo_bpm=84.0,
)  # fmt: skip

"""Boom bap kit: hard drums off a record, cut short and pressed."""

from tapeloom.synth.kit import kit_build
from tapeloom.synth.kit_demo import steps
from tapeloom.synth.kit_pieces import PLAYED, pieces
from tapeloom.synth.kit_table import kit_parameters
from tapeloom.synth.membranes import swept_kick
from tapeloom.synth.patch import Design

_SOUNDS = {
    **PLAYED,
    "kick": swept_kick(wood=0.34, crack_hz=4200.0, squash=2.4),
}

DESIGN = Design(
    "boom_bap_kit",
    "Hard drums off a record: a cracking snare and a short, pressed kick",
    kit_parameters(
        {
            "kick_hz": 57.0, "kick_sweep": 1.7, "kick_fall_s": 0.018, "kick_s": 0.36,
            "kick_click": 0.34, "snare_hz": 172.0, "snare_wires": 0.62, "snare_s": 0.26,
            "hat_hz": 430.0, "hat_band_hz": 4800.0, "hat_s": 0.075, "crispness": 0.7,
            "dust_hz": 10_500.0, "bits": 12.0, "sampler_hz": 26_040.0, "drive": 7.0,
            "room_s": 0.2, "room": 1.9,
        },
        {
            "kick_hz": 4.0, "kick_s": 0.05, "snare_hz": 16.0, "snare_wires": 0.05, "hat_hz": 50.0,
            "hat_s": 0.015, "crispness": 0.1, "dust_hz": 700.0, "drive": 1.5, "room_s": 0.04,
        },
        {"crispness": 0.5, "dust_hz": 2000.0},
    ),
    kit_build(pieces(_SOUNDS, {"snare": 1.15, "closed_hat": 1.2, "ride": 0.7})),
    steps(
        {
            "kick": "X-x----x--X-----X--x---x--X-----",
            "snare": "----X--.-.--X-------X--.-.--X--.",
            "closed_hat": "x-o-x-o-x-o-x-ooX-o-x-o-x-o-----",
            "open_hat": "----------------------------o---",
        },
        swing=0.6,
    ),
    {
        "worn": {"dust_hz": 6500.0, "bits": 8.0, "sampler_hz": 20_000.0},
        "far": {"room": 3.6, "room_s": 0.5, "dust_hz": 7000.0},
        "dry": {"room": 0.3},
    },
    demo_bpm=88.0,
)  # fmt: skip

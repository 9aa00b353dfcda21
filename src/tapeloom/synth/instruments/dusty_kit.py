"""Dusty kit: drums from modes and noise, sampled the way of an early twelve-bit machine."""

from tapeloom.synth.kit import kit_build
from tapeloom.synth.kit_demo import steps
from tapeloom.synth.kit_pieces import pieces
from tapeloom.synth.kit_table import kit_parameters
from tapeloom.synth.patch import Design

DESIGN = Design(
    "dusty_kit",
    "A small dry kit through a twelve-bit sampler",
    kit_parameters(
        {
            "kick_hz": 50.5, "kick_sweep": 1.29, "kick_fall_s": 0.034, "kick_s": 0.656,
            "kick_click": 0.14, "snare_hz": 186.5, "snare_wires": 0.5, "snare_s": 0.38,
            "hat_hz": 385.0, "hat_band_hz": 5200.0, "hat_s": 0.1, "crispness": 0.6,
            "dust_hz": 7950.0, "bits": 12.0, "sampler_hz": 26_040.0, "drive": 4.5,
            "room_s": 0.325, "room": 1.0,
        },
        {
            "kick_hz": 5.5, "snare_hz": 18.5, "hat_hz": 45.0, "crispness": 0.15, "dust_hz": 400.0,
            "drive": 1.5, "room_s": 0.075,
        },
        {"crispness": 0.5, "dust_hz": 1500.0},
    ),
    kit_build(pieces({})),
    steps(
        {
            "kick": "X------x--X-----X------x--x-----",
            "snare": "----X------.--------X--.-.--X--.",
            "closed_hat": "x-o-x-o-x-o-x-o-x-o-x-o-x-o-x---",
            "open_hat": "------------------------------o-",
            "shaker": "ooxoooxoooxoooxoooxoooxoooxoooxo",
        }
    ),
    {
        "worn": {"dust_hz": 5200.0, "bits": 9.0, "crispness": 0.3},
        "far": {"room": 3.0, "room_s": 0.6, "dust_hz": 5600.0},
        "dry": {"room": 0.2, "drive": 2.0},
    },
    demo_bpm=78.0,
)  # fmt: skip

"""808 kit: the resonators and square waves of a transistor rhythm machine.

K. J. Werner, J. S. Abel and J. O. Smith, "A physically-informed, circuit-bendable, digital model
of the Roland TR-808 bass drum circuit", DAFx 2014.
"""

from tapeloom.synth import hand_percussion as hands
from tapeloom.synth import metal
from tapeloom.synth.kit import kit_build
from tapeloom.synth.kit_demo import steps
from tapeloom.synth.kit_pieces import pieces
from tapeloom.synth.kit_table import kit_parameters
from tapeloom.synth.membranes import machine_snare, machine_tom, swept_kick
from tapeloom.synth.patch import Design

_SOUNDS = {
    "kick": swept_kick(wood=0.0, crack_hz=2200.0, squash=1.15),
    "snare": machine_snare(soft_s=0.0006, top_hz=9500.0, drop=0.06),
    "rim": hands.machine_rim,
    "tom": machine_tom,
    "closed_hat": metal.machine_hat(0.16, 1.0, 0.2, 0.0004, metal.SQUARES_808),
    "pedal_hat": metal.machine_hat(0.12, 0.7, 0.2, 0.0004, metal.SQUARES_808),
    "open_hat": metal.machine_hat(0.9, 7.5, 0.2, 0.0004, metal.SQUARES_808),
    "ride": metal.machine_hat(1.8, 17.0, 0.25, 0.0006, metal.SQUARES_808),
    "cowbell": metal.machine_cowbell,
    "mute_conga": hands.machine_conga(370.0, 0.16),
    "open_conga": hands.machine_conga(250.0, 0.24),
    "low_conga": hands.machine_conga(165.0, 0.3),
}

DESIGN = Design(
    "eight_oh_eight_kit",
    "A transistor rhythm machine: a long booming kick, metal of square waves",
    kit_parameters(
        {
            "kick_hz": 49.0, "kick_sweep": 0.95, "kick_fall_s": 0.008, "kick_s": 1.4,
            "kick_click": 0.06, "snare_hz": 180.0, "snare_wires": 0.55, "snare_s": 0.2,
            "hat_hz": 205.3, "hat_band_hz": 6800.0, "hat_s": 0.08, "crispness": 0.6,
            "dust_hz": 15_000.0, "bits": 16.0, "sampler_hz": 48_000.0, "drive": 1.2,
            "room_s": 0.15, "room": 0.3,
        },
        {
            "kick_hz": 3.0, "kick_s": 0.4, "snare_hz": 10.0, "snare_wires": 0.06, "hat_hz": 8.0,
            "hat_s": 0.015, "crispness": 0.1, "dust_hz": 1000.0,
        },
        {"crispness": 0.5, "dust_hz": 3500.0},
    ),
    kit_build(pieces(_SOUNDS, {"kick": 1.05, "closed_hat": 1.15, "open_hat": 1.0})),
    steps(
        {
            "kick": "X------x--X-------X---x---X-----",
            "snare": "--------X---------------X-------",
            "rim": "---o-----.-o-------o----------o-",
            "closed_hat": "x-o-x-o-x-ooxoo-x-o-x-o-x-o-x---",
            "open_hat": "------------------------------o-",
            "cowbell": "------------------------------.-",
        },
        swing=0.56,
    ),
    {
        "worn": {"dust_hz": 7000.0, "bits": 12.0, "sampler_hz": 26_040.0, "drive": 4.0},
        "far": {"room": 3.0, "room_s": 0.7, "dust_hz": 8000.0},
        "short": {"kick_s": 0.5},
    },
    demo_bpm=74.0,
)  # fmt: skip

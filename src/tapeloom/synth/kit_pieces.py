"""The drums that kits share, where each stands, and who changes which."""

from dataclasses import replace

from tapeloom.synth import hand_percussion as hands
from tapeloom.synth import membranes, metal
from tapeloom.synth.kit import Piece, Pieces
from tapeloom.synth.kit_table import Sound

_AGOGO = (1.0, 2.07, 2.83, 3.64, 4.9, 6.3)
_IRON = (1.0, 1.51, 2.36, 3.17, 4.27, 5.6)

PIECES: dict[str, Piece] = {
    "kick": Piece(membranes.swept_kick(wood=0.14, crack_hz=2600.0, squash=1.7), 0.46, 0.0, 0.05),
    "snare": Piece(membranes.struck_snare, 0.34, 0.0, 0.16),
    "rim": Piece(hands.rim, 0.24, -0.06, 0.2),
    "clap": Piece(hands.clap, 0.26, 0.05, 0.22),
    "brush": Piece(membranes.brush, 0.17, -0.05, 0.16),
    "tom": Piece(membranes.tom, 0.34, -0.12, 0.14),
    "closed_hat": Piece(metal.machine_hat(0.16, 1.0, 0.55, 0.0006), 0.125, 0.22, 0.08),
    "pedal_hat": Piece(metal.machine_hat(0.12, 0.75, 0.7, 0.004), 0.10, 0.22, 0.08),
    "open_hat": Piece(metal.machine_hat(0.9, 7.5, 0.5, 0.0006), 0.12, 0.22, 0.1),
    "crash": Piece(metal.crash, 0.16, -0.25, 0.12),
    "ride": Piece(metal.ride, 0.09, -0.3, 0.1),
    "bell": Piece(metal.played_ride(ping=0.5, bell=0.9), 0.13, -0.3, 0.1),
    "shaker": Piece(hands.shaker, 0.085, 0.35, 0.1),
    "snap": Piece(hands.snap, 0.3, 0.1, 0.3),
    "tambourine": Piece(hands.tambourine, 0.13, 0.4, 0.12),
    "cowbell": Piece(
        metal.bell(556.0, (1.0, 1.503, 2.47, 3.05, 4.31, 5.9), (0.8, 1.0, 0.35, 0.3, 0.22, 0.15),
                   t60_s=0.32, stick_hz=5000.0),
        0.16, 0.25, 0.14,
    ),
    "vibraslap": Piece(hands.vibraslap, 0.11, -0.4, 0.16),
    "high_bongo": Piece(
        hands.hand_drum(420.0, t60_s=0.20, edge=0.8, hand=0.5, hand_hz=(700.0, 4500.0)),
        0.24, -0.3, 0.14,
    ),
    "low_bongo": Piece(
        hands.hand_drum(305.0, t60_s=0.26, edge=0.7, hand=0.4, hand_hz=(600.0, 3800.0)),
        0.26, -0.22, 0.14,
    ),
    "mute_conga": Piece(
        hands.hand_drum(248.0, t60_s=0.09, edge=0.65, hand=0.75, hand_hz=(500.0, 4500.0)),
        0.26, 0.3, 0.14,
    ),
    "open_conga": Piece(
        hands.hand_drum(233.0, t60_s=0.55, edge=0.55, hand=0.28, hand_hz=(350.0, 3000.0)),
        0.3, 0.3, 0.14,
    ),
    "low_conga": Piece(
        hands.hand_drum(174.0, t60_s=0.62, edge=0.5, hand=0.24, hand_hz=(300.0, 2500.0)),
        0.32, 0.2, 0.14,
    ),
    "high_timbale": Piece(hands.timbale, 0.26, -0.35, 0.16),
    "low_timbale": Piece(hands.timbale, 0.28, -0.28, 0.16),
    "high_agogo": Piece(
        metal.bell(964.0, _AGOGO, (1.0, 0.5, 0.42, 0.3, 0.2, 0.12), t60_s=0.7, stick_hz=6500.0),
        0.14, 0.38, 0.16,
    ),
    "low_agogo": Piece(
        metal.bell(648.0, _AGOGO, (1.0, 0.5, 0.42, 0.3, 0.2, 0.12), t60_s=0.85, stick_hz=5500.0),
        0.15, 0.32, 0.16,
    ),
    "cabasa": Piece(hands.cabasa, 0.085, -0.35, 0.1),
    "guiro": Piece(hands.scraper(0.11, first_hz=95.0, last_hz=150.0), 0.12, -0.3, 0.14),
    "long_guiro": Piece(hands.scraper(0.42, first_hz=55.0, last_hz=120.0), 0.12, -0.3, 0.14),
    "whistle": Piece(hands.whistle(0.13), 0.07, 0.1, 0.2),
    "long_whistle": Piece(hands.whistle(0.5), 0.07, 0.1, 0.2),
    "mute_cuica": Piece(hands.cuica(0.11, (330.0, 300.0)), 0.16, -0.25, 0.16),
    "open_cuica": Piece(hands.cuica(0.3, (430.0, 640.0)), 0.16, -0.25, 0.16),
    "claves": Piece(
        hands.wood((2480.0, 4960.0, 7300.0), (1.0, 0.16, 0.08), 0.11, click=0.2), 0.17, 0.28, 0.3
    ),
    "high_wood_block": Piece(
        hands.wood((905.0, 1540.0, 2610.0, 4100.0), (1.0, 0.4, 0.3, 0.15), 0.09, click=0.35),
        0.18, 0.24, 0.2,
    ),
    "low_wood_block": Piece(
        hands.wood((630.0, 1110.0, 1890.0, 3050.0), (1.0, 0.4, 0.3, 0.15), 0.11, click=0.3),
        0.2, 0.18, 0.2,
    ),
    "mute_triangle": Piece(metal.triangle(0.2, 0.13), 0.1, -0.4, 0.12),
    "open_triangle": Piece(metal.triangle(2.2, 2.6), 0.08, -0.4, 0.12),
    "djembe_bass": Piece(
        hands.hand_drum(196.0, t60_s=0.16, edge=0.0, hand=0.3, hand_hz=(150.0, 900.0),
                        cavity_hz=74.0),
        0.4, 0.12, 0.12,
    ),
    "djembe_tone": Piece(
        hands.hand_drum(318.0, t60_s=0.24, edge=0.75, hand=0.35, hand_hz=(500.0, 3000.0)),
        0.3, 0.12, 0.14,
    ),
    "djembe_slap": Piece(
        hands.hand_drum(412.0, t60_s=0.17, edge=1.0, hand=1.1, hand_hz=(1300.0, 7000.0)),
        0.28, 0.12, 0.16,
    ),
    "low_gankogui": Piece(
        metal.bell(436.0, _IRON, (1.0, 0.3, 0.55, 0.4, 0.25, 0.14), t60_s=0.8, stick_hz=4200.0,
                   damping=0.75),
        0.16, -0.2, 0.14,
    ),
    "high_gankogui": Piece(
        metal.bell(668.0, _IRON, (1.0, 0.3, 0.55, 0.4, 0.25, 0.14), t60_s=0.65, stick_hz=5200.0,
                   damping=0.75),
        0.15, -0.16, 0.14,
    ),
}  # fmt: skip
PIECES["low_timbale"] = replace(
    PIECES["low_timbale"],
    sound=lambda kit, v, tune, rate, rng: hands.timbale(kit, v, 0.74 * tune, rate, rng),
)

# A drummer's own metal in place of the machine's.
PLAYED: dict[str, Sound] = {
    "closed_hat": metal.played_hat(0.2, 1.0),
    "pedal_hat": metal.played_hat(0.16, 0.8, foot=True),
    "open_hat": metal.played_hat(1.1, 8.0),
    "ride": metal.played_ride(ping=0.6),
    "crash": metal.played_crash,
    "clap": hands.hands,
    "shaker": hands.egg,
}


def pieces(sounds: dict[str, Sound], levels: dict[str, float] | None = None) -> Pieces:
    """Return the shared pieces with other sounds, and with levels times a factor."""
    levels = levels or {}
    return Pieces(
        {
            name: replace(
                piece, sound=sounds.get(name, piece.sound),
                level=piece.level * levels.get(name, 1.0),
            )
            for name, piece in PIECES.items()
        }
    )  # fmt: skip

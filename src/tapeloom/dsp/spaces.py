"""What makes one artificial space another: tables for the feedback delay network."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Space:
    """Lengths and movements of the network that sounds like a space."""

    line_ms: tuple[float, ...]  # of sixteen lines, off any common period
    diffuser_ms: tuple[tuple[float, ...], tuple[float, ...]]  # left, right: the input's all-passes
    diffusion: tuple[float, ...]  # their coefficients: how soon single echoes become a wash
    wander_hz: float  # how fast the slowest line's length moves; the others a little faster
    wander_ms: float  # and how far
    # Length, breadth and height in metres, and how loud the first reflections are against the tail.
    walls_m: tuple[float, float, float] | None = None
    early: float = 0.0


_DENSE = ((4.77, 3.60, 12.73, 9.31), (4.61, 3.83, 12.41, 9.67))
WARM = Space(
    (11.3, 12.9, 13.7, 15.1, 16.9, 18.1, 19.9, 21.7, 23.9, 26.3, 28.1, 31.3, 33.7, 36.1, 40.3,
     43.9), _DENSE, (0.75, 0.75, 0.625, 0.625), wander_hz=0.25, wander_ms=0.15,
)  # fmt: skip
ROOM = Space(
    (8.3, 9.1, 10.1, 10.9, 11.9, 13.1, 14.3, 15.7, 16.9, 18.7, 20.1, 21.9, 23.3, 25.7, 27.7, 30.1),
    ((2.13, 3.47, 5.03, 7.61), (2.29, 3.31, 5.21, 7.43)), (0.7, 0.7, 0.6, 0.6),
    wander_hz=0.15, wander_ms=0.05, walls_m=(6.2, 4.6, 2.8), early=0.9,
)  # fmt: skip
PLATE = Space(
    (9.7, 10.7, 12.1, 13.3, 14.9, 16.3, 17.9, 19.3, 20.9, 23.1, 25.3, 27.1, 29.3, 31.9, 34.3, 37.3),
    ((4.77, 3.60, 7.93, 6.31), (4.61, 3.83, 8.11, 6.07)), (0.8, 0.8, 0.7, 0.7),
    wander_hz=0.5, wander_ms=0.2,
)  # fmt: skip
HALL = Space(
    (29.3, 31.7, 34.9, 37.9, 41.3, 44.3, 47.9, 52.1, 55.7, 59.9, 64.3, 69.1, 74.9, 80.3, 87.1,
     93.7), ((9.31, 13.7, 19.9, 27.1), (9.67, 13.1, 20.7, 26.3)), (0.75, 0.75, 0.65, 0.65),
    wander_hz=0.35, wander_ms=0.45, walls_m=(31.0, 19.0, 12.0), early=0.5,
)  # fmt: skip
SPACES = {"warm": WARM, "room": ROOM, "plate": PLATE, "hall": HALL}

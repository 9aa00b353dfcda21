"""What turns the swing of a tine or a reed into a voltage."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Signal = NDArray[np.float64]


@njit(cache=True, nogil=True)
def pickup_kernel(out: Signal, motion: Signal, offset: float, scale: float, settle: float) -> None:
    """Write what a magnetic pickup hears of a tine: the change of the flux 1 / (1 + (x + h)^2).

    motion  (2, n): the swing x of the tip in widths of the field, and what is heard as it is
    settle  samples in which the hammer gives the tine its swing
    """
    last = 1.0 / (1.0 + offset * offset)
    lack = 1.0
    lacking = np.exp(-1.0 / settle)
    for n in range(out.shape[0]):
        lack = lack * lacking if lack > 1e-9 else 0.0  # what is left would be slow denormals
        x = motion[0, n] * (1.0 - lack) + offset
        flux = 1.0 / (1.0 + x * x)
        out[n] = scale * (flux - last) + motion[1, n]
        last = flux


@njit(cache=True, nogil=True)
def reed_kernel(out: Signal, motion: Signal, rest: float, settle: float) -> None:
    """Write what a charged plate hears of a reed that swings by x into it: 1 / (1 - x)^2, no DC.

    motion  swing of the reed in widths of the gap, shape (n,), below 0.95
    rest    pole of the high-pass that takes the charge's rest away
    settle  samples in which the hammer gives the reed its swing
    """
    last = 1.0
    held = 0.0
    lack = 1.0
    lacking = np.exp(-1.0 / settle)
    for n in range(out.shape[0]):
        lack = lack * lacking if lack > 1e-9 else 0.0
        gap = 1.0 - min(motion[n] * (1.0 - lack), 0.95)
        charge = 1.0 / (gap * gap)
        held = rest * (held + charge - last)
        last = charge
        out[n] = held

"""OKLab, the space in which colours are mixed and graded, and the way to and from display sRGB."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

# Bjorn Ottosson, "A perceptual color space for image processing", 2020.
_M1 = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_M2 = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_BACK1, _BACK2 = np.linalg.inv(_M1), np.linalg.inv(_M2)


def linear(colour: NDArray[Any]) -> NDArray[np.float64]:
    """Undo the display's curve of sRGB 0..1 (IEC 61966-2-1)."""
    return np.where(
        colour <= 0.04045, colour / 12.92, ((np.maximum(colour, 0.0) + 0.055) / 1.055) ** 2.4
    )


def to_oklab(colour: NDArray[Any]) -> NDArray[np.float64]:
    """Turn display sRGB 0..1 (last axis of 3) into lightness 0..1 and the two colour axes."""
    lab: NDArray[np.float64] = np.cbrt(linear(np.asarray(colour, np.float64)) @ _M1.T) @ _M2.T
    return lab


def from_oklab(lab: NDArray[np.float64]) -> NDArray[np.float32]:
    """Turn OKLab (last axis of 3) into display sRGB; what it cannot show is clipped to 0..1."""
    light = np.clip((lab @ _BACK2.T) ** 3 @ _BACK1.T, 0.0, 1.0)
    encoded = np.where(
        light <= 0.0031308, light * 12.92, 1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055
    )
    return np.clip(encoded, 0.0, 1.0).astype(np.float32)

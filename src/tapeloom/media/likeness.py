"""How alike two pictures look: a perceptual hash."""

import numpy as np
from PIL import Image

_SIDE, _KEPT = 32, 8
HASH_BITS = _KEPT * _KEPT


def picture_hash(image: Image.Image) -> int:
    """Return 64 bits that stay nearly the same when a picture is scaled, coded or brightened.

    The signs of the lowest frequencies of a discrete cosine transform of 32 x 32 greys, against
    their median (the "pHash" of C. Zauner, "Implementation and benchmarking of perceptual image
    hash functions", 2010); the frequency 0, which is brightness, is left out.

    >>> picture = Image.effect_mandelbrot((256, 256), (-2, -1.5, 1, 1.5), 60)
    >>> hash_distance(picture_hash(picture), picture_hash(picture.resize((90, 70)))) < 4
    True
    """
    small = image.convert("L").resize((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    greys = np.asarray(small, np.float64)
    n = np.arange(_SIDE)
    k = np.arange(1, _KEPT + 1)
    cosines = np.cos(np.pi / _SIDE * np.outer(k, n + 0.5))
    spectrum = (cosines @ greys @ cosines.T).ravel()
    # A frequency that is not there has no sign.
    bits = spectrum > np.median(spectrum) + 1e-6 * _SIDE**2
    return int("".join("1" if bit else "0" for bit in bits), 2)


def hash_distance(a: int, b: int) -> int:
    """Return in how many of 64 bits two hashes differ; about 32 for pictures that share nothing.

    >>> hash_distance(0b1100, 0b1010)
    2
    """
    return (a ^ b).bit_count()

"""What a playback head makes of tape that runs by: losses at the top, a bump at the bottom.

With k = 2 pi f / v a tape of speed v loses exp(-k d) to its distance d from the head,
(1 - exp(-k s)) / (k s) to the thickness s of its coating and sin(k g / 2) / (k g / 2) to the gap
g (J. Chowdhury, "Real-time Physical Modelling for Analog Tape Machines", DAFx-19). A machine's
equaliser undoes what coating and gap take, up to 12 dB; the rest is heard. Where a wavelength is
as long as the head's face the head picks up more: the bump, whose height and shape are set as
machines show them, not derived.
"""

import numpy as np
from numpy.typing import NDArray

from tapeloom.dsp.filters import Section, bell, high_pass
from tapeloom.dsp.level import db_to_gain
from tapeloom.dsp.moving_filters import MovingBiquads

Signal = NDArray[np.float64]
INCH_M = 0.0254
EQUALISED_DB = 12.0
_STEP_HZ = 690.0  # how finely the losses are drawn
HEAD_RANGES = {
    "speed_ips": (0.9, 60.0),
    "spacing_um": (0.0, 50.0),
    "coating_um": (0.0, 50.0),
    "gap_um": (0.0, 20.0),
    "face_mm": (0.2, 50.0),
    "bump_db": (-12.0, 12.0),
}


def head_loss(
    frequencies_hz: NDArray[np.float64],
    *,
    speed_ips: float,
    spacing_um: float,
    coating_um: float,
    gap_um: float,
) -> NDArray[np.float64]:
    """Return the factor that a head with an aligned equaliser leaves of each frequency, 0..1.

    >>> f = np.array([100.0, 10_000.0])
    >>> loss = head_loss(f, speed_ips=7.5, spacing_um=1.0, coating_um=10.0, gap_um=2.0)
    >>> (20 * np.log10(loss)).round(1).tolist()  # 54.6 d / wavelength
    [-0.0, -2.9]
    """
    k = 2.0 * np.pi * np.asarray(frequencies_hz, np.float64) / (speed_ips * INCH_M)
    thick = np.maximum(k * coating_um * 1e-6, 1e-9)
    taken = (1.0 - np.exp(-thick)) / thick * np.sinc(k * gap_um * 1e-6 / (2.0 * np.pi))
    # Past the gap's first zero nothing is left to be lifted.
    null = k * gap_um * 1e-6 >= 2.0 * np.pi
    taken = np.where(null, 0.0, np.abs(taken))
    given = 1.0 / np.maximum(taken, db_to_gain(-EQUALISED_DB))
    return np.asarray(np.exp(-k * spacing_um * 1e-6) * taken * given)


def bump_sections(rate: int, *, speed_ips: float, face_mm: float, bump_db: float) -> list[Section]:
    """Return the filters of the head bump: lifted at v / face, a little lowered at twice that.

    >>> from tapeloom.dsp.filters import frequency_response
    >>> bump = bump_sections(44100, speed_ips=15, face_mm=6.35, bump_db=2.5)
    >>> (20 * np.log10(abs(frequency_response(bump, [60.0, 1000.0], 44100)))).round(1).tolist()
    [2.4, 0.0]
    """
    bump_hz = min(speed_ips * INCH_M / (face_mm / 1000.0), rate / 8.0)
    return [
        bell(bump_hz, rate, gain_db=bump_db, q=1.2),
        bell(2.0 * bump_hz, rate, gain_db=-0.3 * bump_db, q=1.8),
        high_pass(8.0, rate),  # what is coupled passes no direct current: the tape stays magnetic
    ]


class PlaybackHead:
    """Losses and bump at work over blocks.

    speed_ips   inches a second: 30, 15, 7.5, 3.75, 1.875
    spacing_um  distance between tape and head
    coating_um  thickness of the magnetic coating
    gap_um      of the head
    face_mm     length of the head along the tape
    bump_db     height of the bump

    >>> PlaybackHead(44100, 1).process(np.ones((1, 50))).shape
    (1, 50)
    """

    def __init__(
        self,
        rate: int,
        channels: int,
        *,
        speed_ips: float = 15.0,
        spacing_um: float = 0.5,
        coating_um: float = 12.0,
        gap_um: float = 3.0,
        face_mm: float = 6.35,
        bump_db: float = 2.5,
    ) -> None:
        self._rate = rate
        self.latency = max(2, round(rate / (2.0 * _STEP_HZ)))
        self._history = np.zeros((channels, 2 * self.latency))
        self._taps = np.zeros(0)
        self._bump = MovingBiquads([high_pass(8.0, rate)] * 3, channels=channels)
        self.retune(
            speed_ips=speed_ips,
            spacing_um=spacing_um,
            coating_um=coating_um,
            gap_um=gap_um,
            face_mm=face_mm,
            bump_db=bump_db,
        )

    def retune(
        self,
        *,
        speed_ips: float,
        spacing_um: float,
        coating_um: float,
        gap_um: float,
        face_mm: float,
        bump_db: float,
    ) -> None:
        """Take other settings at once: move by small steps."""
        n = 8 * self.latency
        loss = head_loss(
            np.arange(n // 2 + 1, dtype=np.float64) * (self._rate / n),
            speed_ips=speed_ips,
            spacing_um=spacing_um,
            coating_um=coating_um,
            gap_um=gap_um,
        )
        taps = np.roll(np.fft.irfft(loss, n), self.latency)[: 2 * self.latency + 1]
        self._taps = taps * np.kaiser(taps.size, 4.0)
        self._taps /= self._taps.sum()
        self._bump.retune(
            bump_sections(self._rate, speed_ips=speed_ips, face_mm=face_mm, bump_db=bump_db)
        )

    def process(self, block: Signal) -> Signal:
        """Return the (channels, samples) as the head reads it, `latency` samples late."""
        if not block.shape[1]:
            return block
        x = np.concatenate((self._history, block), axis=1)
        self._history = x[:, block.shape[1] :].copy()
        return self._bump.process(
            np.stack([np.convolve(channel, self._taps, "valid") for channel in x])
        )

"""A tape machine: the tape's hysteresis, a transport that wanders, a head and hiss.

J. Chowdhury, "Real-time Physical Modelling for Analog Tape Machines", DAFx-19.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.dsp.dropouts import DROPOUT_RANGES, Dropouts
from tapeloom.dsp.glide import Glide
from tapeloom.dsp.hysteresis import REACH_HZ, TAPE_RANGES, Hysteresis
from tapeloom.dsp.noise import Noise, hiss_sections, level_or_off
from tapeloom.dsp.playback_head import HEAD_RANGES, PlaybackHead
from tapeloom.dsp.ranges import check_ranges
from tapeloom.dsp.resampled import Oversampled, factor_for
from tapeloom.dsp.transport import Transport

_TRANSPORT = ("wow_hz", "wow_percent", "flutter_hz", "flutter_percent", "skew_us")


class TapeMachine:
    """Record and playback over blocks; what each setting means stands with its part.

    drive_db, bias, saturation                                   see `hysteresis.Hysteresis`
    wow_hz, wow_percent, flutter_hz, flutter_percent, skew_us    see `transport.Transport`
    speed_ips, spacing_um, coating_um, gap_um, face_mm, bump_db  see `playback_head.PlaybackHead`
    dropouts_per_minute, dropout_db, dropout_ms                  see `dropouts.Dropouts`
    hiss_db                                                      RMS in dBFS; none from -120 down

    >>> machine = TapeMachine(44100, 1, rng=np.random.default_rng(1))
    >>> machine.process(np.zeros((1, 4000))).any()
    np.False_
    """

    def __init__(
        self,
        rate: int,
        channels: int,
        *,
        rng: np.random.Generator,
        drive_db: float = 0.0,
        bias: float = 0.7,
        saturation: float = 0.5,
        speed_ips: float = 15.0,
        spacing_um: float = 0.5,
        coating_um: float = 12.0,
        gap_um: float = 3.0,
        face_mm: float = 6.35,
        bump_db: float = 2.5,
        wow_hz: float = 0.7,
        wow_percent: float = 0.03,
        flutter_hz: float = 9.0,
        flutter_percent: float = 0.03,
        skew_us: float = 0.0,
        dropouts_per_minute: float = 0.0,
        dropout_db: float = 12.0,
        dropout_ms: float = 40.0,
        hiss_db: float = -120.0,
    ) -> None:
        wander_rng, hiss_rng, dropout_rng = rng.spawn(3)
        factor = factor_for(rate, reach_hz=REACH_HZ)
        self._up = Oversampled(channels, factor=factor)
        self._tape = Hysteresis(
            factor * rate, channels, drive_db=drive_db, bias=bias, saturation=saturation
        )
        self._transport = Transport(
            rate,
            channels,
            rng=wander_rng,
            wow_hz=wow_hz,
            wow_percent=wow_percent,
            flutter_hz=flutter_hz,
            flutter_percent=flutter_percent,
            skew_us=skew_us,
        )
        head = {
            "speed_ips": speed_ips,
            "spacing_um": spacing_um,
            "coating_um": coating_um,
            "gap_um": gap_um,
            "face_mm": face_mm,
            "bump_db": bump_db,
        }
        check_ranges(head, HEAD_RANGES)
        self._head = PlaybackHead(rate, channels, **head)
        self._dropouts = Dropouts(
            rate,
            channels,
            rng=dropout_rng,
            per_minute=dropouts_per_minute,
            depth_db=dropout_db,
            length_ms=dropout_ms,
        )
        self._hiss = Noise(rate, channels, rng=hiss_rng, sections=hiss_sections(rate))
        self._hiss_gain = level_or_off(hiss_db)
        tape = {"drive_db": drive_db, "bias": bias, "saturation": saturation}
        lost = {
            "dropouts_per_minute": dropouts_per_minute,
            "dropout_db": dropout_db,
            "dropout_ms": dropout_ms,
        }
        self._glide = Glide(rate, {**tape, **head, **lost, "hiss_gain": self._hiss_gain})
        self._set = {**self._glide.now}
        self.latency = self._up.latency + self._transport.latency + self._head.latency

    def retune(self, **settings: float) -> None:
        """Glide to other settings, by their names."""
        moved = {**self._set, **settings}
        check_ranges(moved, {**TAPE_RANGES, **HEAD_RANGES, **DROPOUT_RANGES})
        self._transport.retune(**{k: v for k, v in settings.items() if k in _TRANSPORT})
        if "hiss_db" in settings:
            settings["hiss_gain"] = level_or_off(settings.pop("hiss_db"))
        self._glide.move({k: v for k, v in settings.items() if k not in _TRANSPORT})

    def process(self, block: NDArray[Any]) -> NDArray[np.float64]:
        """Return the played back (channels, samples), `latency` samples late."""
        out = np.empty(block.shape)
        for start, end, now in self._glide.pieces(block.shape[1]):
            if now is not None:
                self._move(now)
            y = self._up.process(block[:, start:end], self._tape.process)
            y = self._head.process(self._dropouts.process(self._transport.process(y)))
            if self._hiss_gain:
                y += self._hiss_gain * self._hiss.take(end - start)
            out[:, start:end] = y
        return out

    def _move(self, now: dict[str, float]) -> None:
        before, self._set = self._set, now
        self._hiss_gain = now["hiss_gain"]
        self._dropouts.retune(
            per_minute=now["dropouts_per_minute"],
            depth_db=now["dropout_db"],
            length_ms=now["dropout_ms"],
        )
        if any(now[name] != before[name] for name in TAPE_RANGES):
            self._tape.retune(**{name: now[name] for name in TAPE_RANGES})
        if any(now[name] != before[name] for name in HEAD_RANGES):
            self._head.retune(**{name: now[name] for name in HEAD_RANGES})

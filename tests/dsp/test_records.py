"""Records and radio: the standards' curves, the band, the wear, the noise."""

import numpy as np
import pytest

from tapeloom.core.errors import InputError
from tapeloom.dsp.emphasis import inverse, radio_receiver, riaa_playback
from tapeloom.dsp.filters import frequency_response
from tapeloom.dsp.groove import Groove
from tapeloom.dsp.radio import Radio, mu_law
from tapeloom.dsp.record_player import RecordPlayer
from tests.dsp.tones import RATE, harmonics_db, in_blocks, sine, worst_alias_db

QUIET = {"crackle_db": -120.0, "hiss_db": -120.0, "rumble_db": -120.0}
CLEAR = {"squash": 0.0, "noise_db": -120.0, "static_db": -120.0, "mono": 0.0}


def radio(channels: int = 1, rate: int = RATE, **told: float) -> Radio:
    return Radio(rate, channels, rng=np.random.default_rng(1), **told)


def record(channels: int = 2, rate: int = RATE, **told: float) -> RecordPlayer:
    return RecordPlayer(rate, channels, rng=np.random.default_rng(1), **told)


def gain_db(machine: object, hz: float, amplitude: float = 0.01) -> float:
    y = machine.process(sine(hz, amplitude, 1.0))[0, RATE // 2 :]  # type: ignore[attr-defined]
    return float(20 * np.log10(np.sqrt(2) * y.std() / amplitude))


def test_the_player_keeps_to_the_standard() -> None:
    # IEC 60098, playback characteristic relative to 1 kHz.
    hz = [20.0, 50.0, 100.0, 500.0, 1000.0, 2122.0, 5000.0, 10_000.0]
    db = [19.27, 16.95, 13.09, 2.65, 0.0, -2.86, -8.21, -13.73]
    response = np.abs(frequency_response([riaa_playback(176_400)], hz, 176_400))
    assert np.allclose(20 * np.log10(response), db, atol=0.25)


@pytest.mark.parametrize("section", [riaa_playback(176_400), radio_receiver(50.0, 176_400)])
def test_cutter_and_player_undo_each_other(section: np.ndarray) -> None:
    hz = np.geomspace(10, 80_000, 50)
    both = frequency_response([section, inverse(section)], hz, 176_400)
    assert np.allclose(both, 1.0, atol=1e-9)


def test_a_new_record_is_flat_and_a_worn_one_dull_towards_the_label() -> None:
    for hz in (60, 1000, 12_000):
        assert gain_db(Groove(RATE, 1, wear=0.0, inner=0.0), hz) == pytest.approx(0.0, abs=0.5)
    tops = [
        gain_db(Groove(RATE, 1, wear=wear, inner=inner), 12_000)
        for wear, inner in ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (1.0, 1.0))
    ]
    assert tops == sorted(tops, reverse=True)
    assert tops[-1] < -10


def test_the_groove_bends_highs_before_lows_and_more_where_it_is_worn() -> None:
    low, high = (max(harmonics_db(Groove(RATE, 1, wear=0.3), hz, 0.3)[2:4]) for hz in (200, 5000))
    assert high > low + 15
    new, worn = (
        max(harmonics_db(Groove(RATE, 1, wear=wear), 1000, 0.3)[2:4]) for wear in (0.0, 0.9)
    )
    assert worn > new + 12
    assert worst_alias_db(lambda: Groove(RATE, 1, wear=0.5), 7019, 0.25) < -80


def test_lows_are_cut_in_mono() -> None:
    for hz, apart in ((40, False), (1000, True)):
        x = np.concatenate((sine(hz, 0.1), -sine(hz, 0.1)))
        y = Groove(RATE, 2, mono_below_hz=150.0).process(x)[:, RATE:]
        assert (y.std() > 0.05) == apart


def test_the_surface_is_as_loud_as_it_says() -> None:
    silence = np.zeros((2, 3 * RATE))
    hiss = record(**{**QUIET, "hiss_db": -50.0}).process(silence)
    rumble = record(**{**QUIET, "rumble_db": -50.0}).process(silence)
    crackle = record(**{**QUIET, "crackle_db": -30.0}).process(silence)
    assert 20 * np.log10(hiss.std()) == pytest.approx(-50, abs=0.3)
    assert 20 * np.log10(rumble.std()) == pytest.approx(-50, abs=2.0)
    assert -34 < 20 * np.log10(np.abs(crackle).max()) < -14
    assert not record(**QUIET).process(silence).any()


def test_crackles_may_be_told_to_come_more_often() -> None:
    quiet = {**QUIET, "crackle_db": -30.0, "crackle_per_s": 0.0, "pops_per_s": 0.0}
    player = record(**quiet)
    silence = np.zeros((2, RATE))
    assert not player.process(silence).any()
    player.retune(crackle_per_s=50.0)
    assert player.process(silence).any()
    with pytest.raises(InputError, match="crackle_per_s is -1; it must lie between 0 and 1000"):
        player.retune(crackle_per_s=-1.0)


@pytest.mark.parametrize(("low_hz", "high_hz"), [(120, 4500), (300, 3400), (30, 15_000)])
def test_a_receiver_lets_its_band_through(low_hz: float, high_hz: float) -> None:
    def level(hz: float) -> float:
        return gain_db(radio(low_hz=low_hz, high_hz=high_hz, **CLEAR), hz)

    assert level(1000) == pytest.approx(0.0, abs=0.3)
    # Once at the sender and once at the receiver.
    assert level(low_hz) == pytest.approx(-6.0, abs=0.5)
    assert level(high_hz) == pytest.approx(-6.0, abs=0.5)
    assert level(low_hz / 2) < -40
    assert level(1.35 * high_hz) < -30


def test_a_station_brings_soft_and_loud_together() -> None:
    loud, soft = (
        radio(**{**CLEAR, "squash": 0.8}).process(sine(1000, a, 3.0))[0, 2 * RATE :].std()
        for a in (0.5, 0.05)
    )
    assert 20 * np.log10(loud / soft) < 8.0


def test_emphasis_lowers_the_noise_of_the_highs_and_leaves_the_sound() -> None:
    told = {**CLEAR, "high_hz": 15_000.0, "emphasis_us": 50.0, "low_hz": 30.0}
    assert gain_db(radio(**told), 8000) == pytest.approx(0.0, abs=0.3)
    # Highs reach full modulation first.
    silence = np.zeros((1, RATE))
    noises = [
        radio(**{**told, "noise_db": -40.0, "emphasis_us": us}).process(silence).std()
        for us in (0.0, 50.0)
    ]
    assert 20 * np.log10(noises[0] / noises[1]) > 5.0
    assert gain_db(radio(**told), 6000, 0.5) < gain_db(radio(**told), 300, 0.5) - 1.0


def test_a_line_of_8_bits_has_its_38_db_at_any_level() -> None:
    for amplitude in (0.8, 0.08):
        x = sine(997, amplitude, 1.0)
        noise = mu_law(x) - x
        assert 36 < 20 * np.log10(x.std() / noise.std()) < 42


def test_noise_and_static_are_drawn_and_fades_are_deep() -> None:
    silence, told = np.zeros((2, 4 * RATE)), {**CLEAR, "low_hz": 10.0, "high_hz": 19_000.0}
    y = radio(2, **{**told, "noise_db": -40.0}).process(silence)[:, RATE:]
    assert 20 * np.log10(y.std()) == pytest.approx(-40, abs=1.0)
    assert radio(2, **{**told, "static_db": -20.0, "static_per_s": 20.0}).process(silence).any()
    faded = radio(**CLEAR, fading_db=20.0).process(sine(1000, 0.1, 12.0))[0, RATE:]
    levels = 20 * np.log10(faded[: 10 * RATE].reshape(-1, 441).std(axis=1))
    assert 10 < np.ptp(levels) < 22


@pytest.mark.parametrize("rate", [8000, 22_050, 192_000])
def test_any_rate_in_any_blocks(rate: int) -> None:
    x = np.random.default_rng(5).uniform(-1, 1, (2, 3000))
    for make in (
        lambda: record(2, rate),
        lambda: radio(2, rate, noise_db=-50.0, static_db=-20.0, static_per_s=90.0, fading_db=9.0,
                      emphasis_us=50.0, companding=0.5),
    ):  # fmt: skip
        whole = make().process(x)
        assert np.isfinite(whole).all()
        assert np.allclose(in_blocks(make(), x, [1, 700, 63]), whole, atol=1e-9)

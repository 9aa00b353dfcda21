"""Rain, wind and room: endless, seamless, the same for one seed."""

import numpy as np
import pytest

from tapeloom.core.brief import Brief
from tapeloom.core.errors import InputError
from tapeloom.dsp.stereo import correlation
from tapeloom.synth.room_tone import modes_hz
from tapeloom.synth.textures import TEXTURES, texture_blocks

RATE = 44_100


def listen(name, *, seconds=6.0, amount=0.5, seed=1, rate=RATE, block=65_536):
    frames = int(seconds * rate)
    blocks = texture_blocks(name, amount=amount, frames=frames, rate=rate, seed=seed, block=block)
    return np.concatenate(list(blocks), axis=1)


@pytest.mark.parametrize("name", TEXTURES)
def test_blocks_of_any_size_and_longer_pieces_begin_alike(name):
    whole = listen(name, seconds=2.5)
    assert whole.dtype == np.float32
    assert whole.shape == (2, int(2.5 * RATE))
    assert listen(name, seconds=2.5, block=1_000).tobytes() == whole.tobytes()
    assert listen(name, seconds=4.0)[:, : whole.shape[1]].tobytes() == whole.tobytes()
    assert listen(name, seconds=2.5, seed=2).tobytes() != whole.tobytes()


@pytest.mark.parametrize("name", TEXTURES)
@pytest.mark.parametrize("amount", [0.01, 1.0])
def test_levels_leave_headroom_and_no_dc(name, amount):
    sound = listen(name, amount=amount).astype(np.float64)
    settled = sound[:, 2 * RATE :]
    level_db = 10.0 * np.log10((settled**2).mean())
    assert -52.0 < level_db < -24.0
    assert np.abs(sound).max() < 0.5
    assert np.abs(settled.mean(axis=1)).max() < 1e-3
    assert np.abs(sound[:, 0]).max() < 1e-6  # it fades in
    assert correlation(settled) < 0.95  # and is wide


@pytest.mark.parametrize("name", TEXTURES)
def test_more_of_it_is_louder(name):
    def power(amount):
        return (listen(name, amount=amount)[:, 2 * RATE :].astype(np.float64) ** 2).mean()

    assert power(1.0) > 1.5 * power(0.1)


@pytest.mark.parametrize("name", TEXTURES)
def test_no_seam_is_heard_between_seconds(name):
    sound = listen(name, seconds=9.0)[0].astype(np.float64)
    steps = np.abs(np.diff(sound))
    seams = [steps[k * RATE - 3 : k * RATE + 3].max() for k in range(3, 9)]
    assert max(seams) <= np.quantile(steps[3 * RATE :], 0.9999)


@pytest.mark.parametrize("rate", [22_050, 96_000])
def test_other_rates(rate):
    for name in TEXTURES:
        assert np.isfinite(listen(name, seconds=0.5, rate=rate)).all()


def test_an_unknown_texture_is_refused_by_name():
    with pytest.raises(InputError, match="'snow' is no texture; choose one of rain, wind, cafe"):
        next(texture_blocks("snow", amount=0.5, frames=10, seed=1))


def spread(sound, step_s):
    """Return the level of each step in decibels."""
    step = int(step_s * RATE)
    mono = sound.mean(axis=0)
    pieces = mono[: len(mono) // step * step].reshape(-1, step)
    return 10.0 * np.log10((pieces**2).mean(axis=1) + 1e-12)


def test_a_fire_cracks_where_wind_does_not():
    def crest_db(name):
        sound = listen(name, seconds=10.0)[:, 2 * RATE :].astype(np.float64)
        high = np.diff(sound.mean(axis=0), n=2)
        return 20.0 * np.log10(np.abs(high).max() / np.sqrt((high**2).mean()))

    assert crest_db("fire") > crest_db("wind") + 12.0


def test_waves_come_every_few_seconds_and_the_treble_last():
    sound = listen("waves", seconds=60.0, amount=0.6).astype(np.float64)[:, 3 * RATE :]
    level = spread(sound, 0.5)
    smooth = np.convolve(level, np.ones(3) / 3.0, "valid")
    assert np.quantile(smooth, 0.95) - np.quantile(smooth, 0.05) > 6.0
    rising = np.flatnonzero((smooth[:-1] < np.median(smooth)) & (smooth[1:] >= np.median(smooth)))
    assert 3 <= len(rising) <= 12  # in 57 seconds
    spectra = np.abs(np.fft.rfft(sound.mean(axis=0)[: 50 * RATE].reshape(100, -1), axis=1)) ** 2
    hz = np.fft.rfftfreq(RATE // 2, 1 / RATE)
    low = spectra[:, (hz > 60) & (hz < 260)].sum(axis=1)
    high = spectra[:, (hz > 3000) & (hz < 7000)].sum(axis=1)
    lags = [np.corrcoef(low[: 100 - lag], high[lag:])[0, 1] for lag in range(8)]
    assert 1 <= int(np.argmax(lags)) <= 5  # half seconds that the foam is behind


def test_birds_whistle_between_two_and_eight_kilohertz():
    sound = listen("birds", seconds=20.0, amount=0.7).astype(np.float64)[:, 2 * RATE :]
    power = np.abs(np.fft.rfft(sound.mean(axis=0))) ** 2
    hz = np.fft.rfftfreq(sound.shape[1], 1 / RATE)
    assert power[(hz > 1500) & (hz < 8000)].sum() > 0.8 * power.sum()
    frames = sound.mean(axis=0)[: 380 * 2048].reshape(-1, 2048) * np.hanning(2048)
    spectra = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    loud = spectra[spectra.sum(axis=1) > np.quantile(spectra.sum(axis=1), 0.8)]
    assert np.median(loud.max(axis=1) / loud.sum(axis=1)) > 0.12  # tones, not noise


def test_a_quiet_room_hums_at_the_mains_and_hardly_moves():
    room = listen("room", seconds=20.0, amount=0.6).astype(np.float64)[:, 3 * RATE :]
    mono = room.mean(axis=0)
    power = np.abs(np.fft.rfft(mono * np.hanning(len(mono)))) ** 2
    hz = np.fft.rfftfreq(len(mono), 1.0 / RATE)

    def stands_out_db(partial):
        line = power[np.abs(hz - partial) < 0.3].max()
        around = power[(np.abs(hz - partial) > 1.5) & (np.abs(hz - partial) < 8.0)]
        return 10.0 * np.log10(line / np.median(around))

    assert max(stands_out_db(2.0 * mains) for mains in (50.0, 60.0)) > 12.0
    assert spread(room, 1.0).std() < 1.5
    bands = [power[(hz >= low) & (hz < 4 * low)].sum() for low in (80.0, 320.0, 1280.0)]
    assert bands[0] > bands[1] > bands[2]


@pytest.mark.parametrize(
    ("words", "texture"), [("late night at home", "room"), ("my studio", "room"), ("cafe", "cafe")]
)
def test_words_name_the_room(words, texture):
    assert texture in Brief(words).character.textures


def test_the_modes_of_a_room_lie_where_its_walls_put_them():
    found = modes_hz((3.43, 2.8, 2.4))
    assert found[0] == pytest.approx(50.0)
    assert any(abs(hz - 100.0) < 1e-9 for hz in found)
    assert found == sorted(found)
    assert found[-1] < 240.0

"""What moves in a record's mix: by its sections, drawn from the record's own numbers."""

import numpy as np
import pytest

from tapeloom.core.audio import Audio
from tapeloom.core.errors import InputError
from tapeloom.core.performance import TimedSection
from tapeloom.core.product import Stem, Stems
from tapeloom.core.seed import stream
from tapeloom.studio.automation import Automated, Curve
from tapeloom.studio.balance import draw_mix
from tapeloom.studio.console import MixSettings
from tapeloom.studio.effects import Ducker, Filter

AUDIO = Audio(np.zeros((1, 100), np.float32))
PLAYED = tuple(Stem(name, name, AUDIO) for name in ("melody", "keys", "pad", "bass", "drums"))
STEMS = Stems((*PLAYED, Stem("rain", "texture", AUDIO)))
SECTIONS = (
    TimedSection("intro", 0.0, 12.0, roles=("keys",)),
    TimedSection("A", 12.0, 36.0, roles=("keys", "melody", "drums")),
    TimedSection("outro", 36.0, 48.0, roles=("keys", "drums")),
)


def drawn(seed: int, sections: tuple[TimedSection, ...] = SECTIONS) -> MixSettings:
    return draw_mix(
        STEMS, rng=stream(seed, "mix"), brightness=0.5, energy=0.5, textures={}, sections=sections
    )


def test_the_band_makes_room_where_there_is_a_tune() -> None:
    for seed in range(20):
        settings = drawn(seed)
        (band,) = settings.groups
        assert isinstance(band.fader_db, Curve)
        assert -1.5 <= band.fader_db.at(20.0) <= -0.5
        assert band.fader_db.at(5.0) == band.fader_db.at(44.0) == 0.0
        members = {channel.name for channel in settings.channels if channel.group == band.name}
        assert members == {"keys", "pad"}


def test_some_intros_open_and_all_are_open_when_they_end() -> None:
    opened = 0
    for seed in range(60):
        keys = next(channel for channel in drawn(seed).channels if channel.name == "keys")
        if isinstance(keys.low_pass_hz, Curve):
            opened += 1
            assert keys.low_pass_hz.at(0.0) < 1050
            still = drawn(seed, ()).channels
            full = next(channel.low_pass_hz for channel in still if channel.name == "keys")
            assert keys.low_pass_hz.at(12.1) == full == keys.low_pass_hz.at(40.0)
            bass = next(channel for channel in drawn(seed).channels if channel.name == "bass")
            assert not isinstance(bass.low_pass_hz, Curve)
    assert 12 <= opened <= 36  # of 60, about four in ten


def test_the_background_ends_with_the_music() -> None:
    rain = next(channel for channel in drawn(2).channels if channel.name == "rain")
    assert isinstance(rain.fader_db, Curve)
    assert rain.fader_db.at(47.0) == 0.0
    assert rain.fader_db.at(52.0) == -30.0


def test_without_sections_nothing_moves_and_the_rest_is_drawn_alike() -> None:
    one, other = drawn(3), drawn(3, ())
    assert not other.groups
    assert one.bus == other.bus
    assert one.returns == other.returns
    assert [c.loudness_lufs for c in one.channels] == [c.loudness_lufs for c in other.channels]


def test_under_every_record_lies_vinyl_or_the_tapes_hiss() -> None:
    quiet = drawn(1).vinyl
    assert quiet is not None
    assert quiet.crackle_per_s == quiet.pops_per_s == 0.0
    assert -67.0 <= quiet.hiss_db <= -60.0


def test_a_duckers_depth_moves_without_a_click() -> None:
    steady = Audio(np.full((1, 44_100), 0.5, np.float32))
    steps = Curve(((0.0, 0.0), (0.5, 0.0), (0.5, 24.0)))
    moving = Automated(Ducker(threshold_db=-40.0, release_ms=50.0), (("depth_db", steps),))
    y = moving(steady).samples[0]
    assert y[20_000] > 0.49
    assert y[-1] < 0.04
    assert np.abs(np.diff(y)).max() < 0.002


def test_a_filters_settings_are_checked() -> None:
    for bad in ({"kind": "comb"}, {"cutoff_hz": 0.0}, {"q": 0.0}):
        with pytest.raises(InputError, match=r"is no|over 0"):
            Filter(**({"kind": "low_pass", "cutoff_hz": 100.0} | bad))  # type: ignore[arg-type]


def test_a_filter_closes_before_a_downbeat_and_opens_on_it() -> None:
    sections = (
        TimedSection("A", 0.0, 20.0, roles=("keys", "melody"), leads_on=("filter",)),
        TimedSection("B", 20.0, 24.0, roles=("keys", "melody"), leads_on=("stop",)),
        TimedSection("A2", 24.0, 40.0, roles=("keys", "melody"), leads_on=("held",)),
    )
    settings = drawn(1, sections)
    open_hz = next(c.low_pass_hz for c in drawn(1, ()).channels if c.name == "keys")
    assert isinstance(open_hz, float)
    moved = {c.name: c.low_pass_hz for c in settings.channels if isinstance(c.low_pass_hz, Curve)}
    assert set(moved) == {"keys", "pad"}
    curve = moved["keys"]
    assert curve.at(15.0) == curve.at(20.1) == curve.at(39.0) == open_hz
    assert curve.at(19.9) < 900 < curve.at(17.0) < open_hz


def test_an_intro_that_opens_does_not_close_at_once() -> None:
    intro = TimedSection("intro", 0.0, 12.0, roles=("keys",), leads_on=("filter",))
    sections = (intro, *SECTIONS[1:])
    for seed in range(20):
        keys = next(channel for channel in drawn(seed, sections).channels if channel.name == "keys")
        assert isinstance(keys.low_pass_hz, Curve)
        full = next(c.low_pass_hz for c in drawn(seed, ()).channels if c.name == "keys")
        assert keys.low_pass_hz.at(12.1) == full

"""A mix is a value: saved and read back, told apart in words, undone."""

import json
import math
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.audio import Audio, AudioFile, write_audio
from tapeloom.core.errors import InputError
from tapeloom.studio import effects
from tapeloom.studio.automation import Automated, Curve
from tapeloom.studio.chain import Chain, Effect
from tapeloom.studio.console import Aim, Bus, Channel, MixSettings, Send, Vinyl
from tapeloom.studio.effects import (
    Band,
    Compressor,
    Duck,
    Ducker,
    Equalizer,
    Filter,
    Gain,
    Reverb,
    Ride,
    Tape,
)
from tapeloom.studio.mix_file import (
    effect_types,
    load_settings,
    save_settings,
    settings_from_json,
    settings_to_json,
)
from tapeloom.studio.mix_history import History, differences

RISE = Curve(((0.0, 300.0), (4.0, 3000.0)))
MIX = MixSettings(
    channels=(
        Channel(
            "kick", -24.0, effects=(Equalizer((Band("bell", 60.0, 2.0), Band("low_pass", 8e3))),)
        ),
        Channel("bass", -25.0, effects=(Ducker(key="kick"), Compressor()), group="low end"),
        Channel(
            "keys",
            -26.0,
            pan=Curve(((0.0, -0.5), (2.0, 0.5))),
            low_pass_hz=RISE,
            effects=(
                Automated(Filter("low_pass", 2000.0), (("cutoff_hz", RISE),)),
                Tape(seed=2**53 - 1),
            ),
            sends=(Send("room", -12.0), Send("echo", Curve(((1.0, -20.0),)), pre_fader=True)),
        ),
    ),
    groups=(Bus("low end", (Gain(-1.0),), fader_db=Curve(((0.0, -3.0), (8.0, 0.0)))),),
    returns=(Bus("room", (Reverb(),)), Bus("echo", (Duck((0.5, 1.0)),), sends=(Send("room"),))),
    vinyl=Vinyl(),
    bus=(Compressor(ratio=1.5), Ride(Curve(((0.0, 0.0),)))),
    aim=Aim(range_lu=(3.0, 6.0), slope_db_per_octave=(-7.0, -5.0)),
)


def test_a_mix_comes_back_from_its_file_as_it_was(tmp_path: Path) -> None:
    save_settings(tmp_path / "mix.json", MIX)
    again = load_settings(tmp_path / "mix.json")
    assert again == MIX
    assert hash(again) == hash(MIX)


def ready_made() -> list[Effect]:
    """Every effect that needs no setting to be."""
    found = []
    for kind in effect_types().values():
        with suppress(TypeError):
            found.append(kind())
    return [effect for effect in found if hasattr(effect, "open")]


@pytest.mark.parametrize("effect", ready_made(), ids=lambda effect: type(effect).__name__)
def test_every_effect_is_saved_without_being_known_by_name(effect: Effect) -> None:
    mix = MixSettings((Channel("a", -20.0, effects=(effect,)),))
    assert settings_from_json(json.loads(json.dumps(settings_to_json(mix)))) == mix


@dataclass(frozen=True, slots=True)
class Tone:
    """A value in a value, as an equaliser's bands or a multiband's chains are."""

    hz: float
    chain: Chain = ()
    pair: tuple[int, bool] = (1, True)


@dataclass(frozen=True, slots=True)
class Newcomer(Effect):
    """An effect of somebody else's, which no table knows."""

    tones: tuple[Tone, ...] = (Tone(100.0, (Gain(-3.0),)),)
    key: str | None = None
    shape: str = "soft"
    steps: int = 3
    level_db: float | None = None


@pytest.fixture
def newcomer(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(effects, "Newcomer", Newcomer, raising=False)
    monkeypatch.setattr(effects, "__all__", [*effects.__all__, "Newcomer"])
    effect_types.cache_clear()
    yield
    effect_types.cache_clear()


@pytest.mark.usefixtures("newcomer")
def test_an_effect_is_known_by_its_fields_alone() -> None:
    mix = MixSettings((Channel("a", -20.0, effects=(Newcomer(level_db=-1.0), Newcomer())),))
    data = json.loads(json.dumps(settings_to_json(mix)))
    assert settings_from_json(data) == mix
    data["channels"][0]["effects"][0]["tones"][0]["pair"] = [1, 2, 3]
    with pytest.raises(InputError, match=r"pair of .* has 3 values; it must have 2"):
        settings_from_json(data)


@dataclass(frozen=True, slots=True)
class Echoes(Effect):
    """An effect that holds sound, as a convolution does."""

    response: Audio | AudioFile


def test_sound_in_an_effect_is_saved_by_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(effects, "Echoes", Echoes, raising=False)
    monkeypatch.setattr(effects, "__all__", [*effects.__all__, "Echoes"])
    effect_types.cache_clear()
    audio = Audio(np.ones((1, 9), np.float32) * 0.5)
    file = write_audio(tmp_path / "hall.wav", audio)
    mix = MixSettings((Channel("a", -20.0, effects=(Echoes(file),)),))
    data = json.loads(json.dumps(settings_to_json(mix)))
    assert settings_from_json(data) == mix
    data["channels"][0]["effects"][0]["response"]["path"] = str(tmp_path / "none.wav")
    with pytest.raises(InputError, match=r"none\.wav does not exist"):
        settings_from_json(data)
    data["channels"][0]["effects"][0]["response"] = {"type": "Audio", "samples": []}
    with pytest.raises(InputError, match=r"Audio|path|samples"):
        settings_from_json(data)
    with pytest.raises(InputError, match="in memory, which its file can't"):
        settings_to_json(replace(mix, channels=(Channel("a", -20.0, effects=(Echoes(audio),)),)))
    effect_types.cache_clear()


@pytest.mark.usefixtures("newcomer")
def test_a_ratio_without_end_and_an_effect_that_shares_a_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    @dataclass(frozen=True, slots=True)
    class Machine(Effect):
        wear: float = 0.5

    Machine.__name__ = "Vinyl"  # as the surface noise of a mix
    monkeypatch.setattr(effects, "Vinyl", Machine, raising=False)
    monkeypatch.setattr(effects, "__all__", [*effects.__all__, "Vinyl"])
    effect_types.cache_clear()
    chain = (Compressor(ratio=math.inf), Machine())
    mix = MixSettings((Channel("a", -20.0, effects=chain),), vinyl=Vinyl())
    text = json.dumps(settings_to_json(mix), allow_nan=False)
    assert settings_from_json(json.loads(text)) == mix


def with_change(path: list[Any], value: Any) -> Any:
    data: Any = json.loads(json.dumps(settings_to_json(MIX)))
    place = data
    for step in path[:-1]:
        place = place[step]
    if value is KeyError:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return data


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (["format"], 9, "no mix of format 1"),
        (["channels", 1, "effects", 1, "type"], "Compresor", "the nearest is Compressor"),
        (["channels", 1, "effects", 1, "treshold_db"], -3, "the nearest is threshold_db"),
        (["channels", 1, "effects", 1, "type"], KeyError, "doesn't say its type"),
        (["channels", 1, "effects", 1, "type"], "Band", "is a Band, which cannot stand there"),
        (["channels", 1, "effects", 1], 3, "must be an object"),
        (["channels", 1, "effects"], "loud", "must be a list"),
        (["channels", 1, "loudness"], -20, "the nearest is loudness_lufs"),
        (
            ["channels", 1, "loudness_lufs"],
            KeyError,
            r"number 2 in channels .* lacks loudness_lufs",
        ),
        (["channels", 1, "loudness_lufs"], "loud", "is 'loud'; it must be a number"),
        (["channels", 1, "loudness_lufs"], None, "is null; it must be a number"),
        (["channels", 1, "loudness_lufs"], True, "is True; it must be a number"),
        (["channels", 1, "loudness_lufs"], 1e999, "must be a number"),
        (["channels", 1, "name"], 4, "must be a text"),
        (["channels", 1, "pan"], 3.0, "pan is 3"),
        (["channels", 1, "pan"], [], "must be a number"),
        (["channels", 2, "sends", 0, "to"], "rom", "the nearest is room"),
        (["channels", 2, "sends", 0, "pre_fader"], 1, "must be true or false"),
        (["channels", 2, "group"], "lowend", "the nearest is low end"),
        (["channels", 1, "effects", 0, "key"], "kik", "the nearest is kick"),
        (["channels", 1, "name"], "kick", "two strips are called 'kick'"),
        (["channels", 2, "low_pass_hz", "points"], [], "a curve has no points"),
        (["channels", 2, "effects", 1, "seed"], 1.5, "must be a whole number"),
        (["channels", 0, "effects", 0, "bands", 0, "kind"], "comb", "'comb' is no"),
        (["aim", "slope_db_per_octave"], [-5, -7], "the lower is first"),
        (["channels"], KeyError, "the mix lacks channels"),
        (["vinyl"], [], "vinyl"),
    ],
)
def test_a_fault_in_a_mix_is_one_sentence(
    path: list[Any], value: Any, sentence: str, tmp_path: Path
) -> None:
    data = with_change(path, value)
    with pytest.raises(InputError, match=sentence) as told:
        settings_from_json(data)
    assert "\n" not in str(told.value)
    (tmp_path / "mix.json").write_text(json.dumps(data))
    with pytest.raises(InputError, match=r"mix\.json"):
        load_settings(tmp_path / "mix.json")


def test_a_tower_of_effects_is_refused() -> None:
    effect: Any = {"type": "Gain"}
    for _ in range(300):
        effect = {"type": "Automated", "effect": effect, "curves": []}
    data = {"channels": [{"name": "a", "loudness_lufs": -20, "effects": [effect]}]}
    with pytest.raises(InputError, match="values deep"):
        settings_from_json(data)


def test_what_changed_is_told_with_its_unit() -> None:
    kick, bass, keys = MIX.channels
    after = replace(
        MIX,
        channels=(
            replace(kick, effects=()),
            replace(
                bass,
                loudness_lufs=-23.5,
                effects=(Ducker(key="kick", depth_db=6.0), Compressor(), Gain(1.0)),
            ),
            replace(
                keys,
                low_pass_hz=4000.0,
                sends=(Send("room", -9.0),),
                effects=(
                    Automated(
                        Filter("low_pass", 2000.0, q=1.0), (("cutoff_hz", Curve(((0.0, 100.0),))),)
                    ),
                    keys.effects[1],
                ),
            ),
            Channel("pad", -31.0),
        ),
        returns=(MIX.returns[1], MIX.returns[0]),
        vinyl=replace(MIX.vinyl, crackle_per_s=4.0),  # type: ignore[type-var]
        premix_lufs=-18.0,
    )
    assert differences(MIX, after) == [
        "kick: Equalizer taken out",
        "bass: loudness -25 -> -23.5 LUFS",
        "bass, Ducker: depth 4 -> 6 dB",
        "bass: Gain added",
        "keys: low pass a curve from 300 to 3000 -> 4000 Hz",
        "keys, Automated Filter: the curve of cutoff changed",
        "keys, Automated Filter: q 0.7071 -> 1",
        "keys, send to echo: taken out",
        "keys, send to room: level -12 -> -9 dB",
        "pad: added",
        "the mix: the order is now echo, room",
        "the mix, vinyl: crackle 15 -> 4 a second",
        "the mix: premix -20 -> -18 LUFS",
    ]
    assert differences(MIX, MIX) == []


levels = st.floats(-40.0, -10.0)


@given(st.lists(st.one_of(levels, st.sampled_from(["undo", "redo"])), max_size=12))
def test_undo_goes_back_through_all_that_was_done(steps: list[Any]) -> None:
    start = History(MixSettings((Channel("bass", -25.0),)))
    seen, at = [start.now], 0
    history = start
    for step in steps:
        if step == "undo":
            history, at = history.undo(), max(0, at - 1)
        elif step == "redo":
            history, at = history.redo(), min(len(seen) - 1, at + 1)
        else:
            mix = MixSettings((Channel("bass", step),))
            history = history.do(mix)
            if mix != seen[at]:
                seen = [*seen[: at + 1], mix]
                at += 1
        assert history.now == seen[at]
        assert history.past == tuple(seen[:at])
    assert len(list(history.told())) == len(history.past)

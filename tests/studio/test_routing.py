"""Groups, returns, side-chains and faders that move: what reaches the bus, when and how loud."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tapeloom.core.audio import Audio, AudioFile, Samples
from tapeloom.core.errors import InputError
from tapeloom.core.product import Stem, Stems
from tapeloom.dsp.level import gain_to_db
from tapeloom.dsp.loudness import measure, range_lu
from tapeloom.dsp.spectrum import measure_spectrum
from tapeloom.studio import automation
from tapeloom.studio.automation import Automated, Curve
from tapeloom.studio.chain import Effect, Process
from tapeloom.studio.console import SILENT_DB, Aim, Bus, Channel, MixSettings, Send
from tapeloom.studio.effects import (
    Compressor,
    Ducker,
    Equalizer,
    Filter,
    Gain,
    Limiter,
    Reverb,
    Saturation,
)
from tapeloom.studio.effects.equalizer import Band
from tapeloom.studio.effects.work import Work
from tapeloom.studio.mixer import mix
from tapeloom.studio.routing import plan
from tapeloom.studio.sections import by_section, sweep
from tapeloom.studio.steering import ride_for

RATE = 44_100
FRAMES = 3 * RATE
T = np.arange(FRAMES) / RATE


def tones(**hz: float) -> Stems:
    return Stems(
        tuple(
            Stem(name, "keys", Audio((0.1 * np.sin(2 * np.pi * f * T))[None].astype(np.float32)))
            for name, f in hz.items()
        )
    )


def channel(name: str, **changes: Any) -> Channel:
    return replace(Channel(name, -30.0), **changes)


def mixed(folder: Path, stems: Stems, settings: MixSettings, jobs: int = 2) -> dict[str, Samples]:
    mix(stems, settings, folder, seed=1, jobs=jobs)
    return {
        str(path.relative_to(folder).with_suffix("")): AudioFile.open(path).read().samples
        for path in folder.rglob("*.flac")
    }


def level(x: Samples, start_s: float = 1.0, end_s: float = 2.8) -> float:
    return gain_to_db(
        float(np.sqrt(np.mean(np.square(x[:, int(start_s * RATE) : int(end_s * RATE)]))))
    )


def hears(x: Samples, hz: float) -> float:
    """The level of a tone in dB."""
    part = x[0, RATE : 2 * RATE].astype(np.float64)
    return gain_to_db(2 * abs(np.exp(-2j * np.pi * hz * T[:RATE]) @ part) / RATE)


def test_a_group_with_effects_is_one_stem_and_its_members_lie_in_its_folder(tmp_path: Path) -> None:
    stems = tones(one=300.0, two=500.0, three=900.0)
    settings = MixSettings(
        (channel("one", group="inner"), channel("two", group="outer"), channel("three")),
        groups=(
            Bus("outer", (Saturation(12.0),)),
            Bus("inner", (Compressor(threshold_db=-50.0),), group="outer"),
        ),
    )
    files = mixed(tmp_path, stems, settings)
    assert set(files) == {
        "stems/outer/inner/one", "stems/outer/inner", "stems/outer/two", "stems/outer",
        "stems/three", "premix", "mix",
    }  # fmt: skip
    total = files["stems/outer"] + files["stems/three"]
    assert gain_to_db(float(np.abs(total - files["premix"]).max())) < -120
    members = files["stems/outer/inner"] + files["stems/outer/two"]
    assert gain_to_db(float(np.abs(members - files["stems/outer"]).max())) > -60  # it saturates


def test_a_group_that_is_only_a_fader_leaves_its_members_stems(tmp_path: Path) -> None:
    stems = tones(one=300.0, two=500.0)
    quiet = Bus("both", fader_db=-6.0, group="all")
    rest = (Bus("all", fader_db=-3.0),)
    alone = mixed(tmp_path / "a", stems, MixSettings((channel("one"), channel("two"))))
    members = (channel("one", group="both", fader_db=-1.0), channel("two"))
    grouped = mixed(tmp_path / "b", stems, MixSettings(members, groups=(quiet, *rest)))
    assert set(grouped) == {"stems/one", "stems/two", "premix", "mix"}
    change = [level(grouped[f"stems/{n}"]) - level(alone[f"stems/{n}"]) for n in ("one", "two")]
    assert change[0] - change[1] == pytest.approx(-10.0, abs=0.01)


def test_sends_before_and_behind_the_fader(tmp_path: Path) -> None:
    stems = tones(one=300.0, two=500.0)
    away = SILENT_DB
    settings = MixSettings(
        (
            channel("one", fader_db=away, sends=(Send("pre", -6.0, True), Send("post", 0.0))),
            channel("two", fader_db=-4.0, sends=(Send("pre", -6.0, True), Send("post", 0.0))),
        ),
        returns=(Bus("pre", (Gain(0.0),)), Bus("post", sends=(Send("pre", -20.0),))),
    )
    files = mixed(tmp_path, stems, settings)
    pre, post, two = (files[f"stems/{n}"] for n in ("pre", "post", "two"))
    open_db = hears(two, 500.0) + 4.0  # what two would be with its fader at 0
    assert hears(pre, 300.0) == pytest.approx(open_db - 6.0, abs=0.3)
    assert hears(post, 300.0) < -110
    assert hears(post, 500.0) == pytest.approx(open_db - 4.0, abs=0.01)
    # A return may send to another one: both ways add up.
    both_db = 20 * np.log10(10 ** (-6 / 20) + 10 ** (-24 / 20))
    assert hears(pre, 500.0) == pytest.approx(open_db + both_db, abs=0.01)


@dataclass(frozen=True, slots=True)
class Hears(Effect):
    """Gives back its side-chain alone."""

    key: str | None = None

    def open(self, rate: int, channels: int) -> Process:
        heard: list[Samples] = []
        return Work(lambda block: heard.pop(), hear=heard.append)


def test_a_side_chain_is_the_other_channel_behind_its_chain_and_before_its_fader(
    tmp_path: Path,
) -> None:
    stems = tones(kick=200.0, bass=700.0)
    late = (Limiter(-1.0), Equalizer((Band("high_pass", 50.0),)))
    settings = MixSettings(
        (
            # The listener comes first: the order of the desk is not that of the settings.
            channel("bass", effects=(Limiter(-1.0), Hears("kick"))),
            channel("kick", effects=late, fader_db=-12.0, pan=0.8),
        )
    )
    files = mixed(tmp_path, stems, settings)
    bass, kick = files["stems/bass"], files["stems/kick"]
    panned = 10 ** (-12 / 20) * np.sqrt(2) * np.cos(1.8 * np.pi / 4)
    assert np.allclose(bass[0] * panned, kick[0], atol=2e-6)
    assert level(bass) > -60


def test_the_bus_hears_a_channel_and_a_group_is_a_key(tmp_path: Path) -> None:
    x = np.zeros(FRAMES, np.float32)
    x[RATE : RATE + 8000] = 0.5 * np.sin(2 * np.pi * 60 * T[:8000])
    kick = Stem("kick", "drums", Audio(x[None]))
    stems = Stems((kick, *tones(pad=400.0).stems))
    ducker = Ducker(key="kit", threshold_db=-40.0, depth_db=9.0)
    settings = MixSettings(
        (channel("kick", group="kit"), channel("pad", effects=(ducker,))),
        groups=(Bus("kit"),),
        bus=(replace(ducker, key="kick", depth_db=3.0),),
    )
    files = mixed(tmp_path, stems, settings)
    pad = files["stems/pad"]
    during, after = level(pad, 1.1, 1.15), level(pad, 2.5, 2.9)
    assert during - after == pytest.approx(-9.0, abs=0.3)
    assert "stems/kit/kick" in files  # a group that is listened to is one that sums
    bus = [level(files["mix"], *s) - level(files["premix"], *s) for s in ((1.1, 1.15), (2.5, 2.9))]
    assert bus[0] - bus[1] == pytest.approx(-3.0, abs=0.2)


def test_files_do_not_depend_on_jobs(tmp_path: Path) -> None:
    stems = tones(one=300.0, two=500.0, three=900.0)
    settings = MixSettings(
        (
            channel("one", group="g", sends=(Send("room", Curve(((0.0, -30.0), (3.0, 0.0)))),)),
            channel("two", group="g", effects=(Hears("three"),)),
            channel("three", effects=(Saturation(6.0),), sends=(Send("room"),)),
        ),
        groups=(Bus("g", (Limiter(-30.0),)),),
        returns=(Bus("room", (Reverb(),)),),
        bus=(Saturation(3.0),),
    )
    one, five = (mixed(tmp_path / str(jobs), stems, settings, jobs) for jobs in (1, 5))
    assert one.keys() == five.keys()
    assert all(np.array_equal(one[name], five[name]) for name in one)


SECTIONS = ((0.0, 1.0, "verse"), (1.0, 2.0, "break"), (2.0, 3.0, "verse"))


def test_faders_filters_and_places_move_by_section(tmp_path: Path) -> None:
    stems = tones(a=300.0, b=300.0, c=4000.0, d=300.0)
    muted = by_section(SECTIONS, {"break": SILENT_DB}, otherwise=0.0, glide_s=0.1)
    opening = sweep(SECTIONS, "break", 100.0, 18_000.0, otherwise_hz=18_000.0)
    settings = MixSettings(
        (
            channel("a", fader_db=muted),
            channel("b", pan=by_section(SECTIONS, {"break": 1.0}, otherwise=-1.0)),
            channel("c", low_pass_hz=opening),
            channel("d", sends=(Send("room", muted, pre_fader=True),)),
        ),
        returns=(Bus("room", pan=-1.0),),
    )
    files = mixed(tmp_path, stems, settings)
    a, b, c, room = (files[f"stems/{name}"] for name in ("a", "b", "c", "room"))
    assert not a[:, int(1.01 * RATE) : int(1.8 * RATE)].any()
    assert level(a, 0.1, 0.8) == pytest.approx(level(a, 2.1, 2.9), abs=0.05)
    assert np.abs(np.diff(a)).max() < 1.2 * np.abs(np.diff(a[:, :RATE])).max()
    assert level(b[:1], 1.2, 1.4) < -80 < level(b[1:], 1.2, 1.4)
    assert level(b[1:], 2.3, 2.9) < -80 < level(b[:1], 2.3, 2.9)
    assert level(c, 1.02, 1.1) < level(c, 1.9, 1.98) - 30
    assert level(room, 1.1, 1.8) < -110 < -60 < level(room, 2.2, 2.8)


def test_an_automated_effect_only_looks_where_its_curves_move(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    x = Audio(np.random.default_rng(3).uniform(-0.5, 0.5, (2, 30_000)).astype(np.float32))
    steps = ((0.0, 500.0), (0.2, 500.0), (0.3, 9000.0), (0.4, 9000.0), (0.4, 700.0))
    moving = Automated(Filter("low_pass", 2000.0), (("cutoff_hz", Curve(steps)),))
    seldom = moving(x).samples
    monkeypatch.setattr(automation, "_LONGEST_LOOK_S", 0.0)
    assert np.allclose(seldom, moving(x).samples, atol=1e-7)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"groups": (Bus("g", group="h"), Bus("h", group="g"))}, "run in a circle"),
        ({"groups": (Bus("g", (Gain(),), group="g"),)}, "run in a circle: g needs g"),
        (
            {
                "channels": (
                    channel("a", effects=(Hears("b"),)),
                    channel("b", effects=(Hears("a"),)),
                )
            },
            "in a circle: . needs . needs .; take out one",
        ),
        (
            {"returns": (Bus("r", sends=(Send("s"),)), Bus("s", sends=(Send("r"),)))},
            "nothing goes|circle",
        ),
        ({"channels": (channel("a", group="x"),)}, "goes to the group 'x', which the mix lacks"),
        ({"channels": (channel("a", sends=(Send("g"),)),)}, "sends to 'g', which is no return"),
        ({"bus": (Hears("drums"),)}, "the bus has a side-chain from 'drums', which the mix lacks"),
        ({"bus": (Hears("g"),), "groups": (Bus("g"),)}, "'g', to which nothing goes"),
        ({"returns": (Bus("a"),)}, "two strips are called 'a'"),
        ({"channels": (channel("a"),) * 2}, "two strips are called 'a'"),
    ],
)
def test_what_cannot_be_routed_is_one_sentence(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        replace(MixSettings((channel("a"), channel("b"))), **changes)


def test_a_circle_of_returns_that_are_fed_is_refused() -> None:
    with pytest.raises(InputError, match="circle"):
        MixSettings(
            (channel("a", sends=(Send("r"),)),),
            returns=(Bus("r", sends=(Send("s"),)), Bus("s", sends=(Send("r"),))),
        )


def test_buses_that_nothing_goes_to_are_left_out() -> None:
    settings = MixSettings(
        (channel("a"),),
        groups=(Bus("inner", (Gain(),), group="outer"), Bus("outer", (Gain(),))),
        returns=(Bus("room", (Reverb(),), sends=(Send("hall"),)), Bus("hall", (Reverb(),))),
    )
    assert [node.strip.name for node in plan(settings)] == ["a"]


def test_a_mix_for_other_stems_is_told_apart(tmp_path: Path) -> None:
    stems = tones(a=300.0)
    with pytest.raises(
        InputError, match="no channel for the stem 'a'; add one; choose one of bass"
    ):
        mix(stems, MixSettings((channel("bass"),)), tmp_path, seed=1)
    heard = MixSettings((channel("a", effects=(Hears("kick"),)), channel("kick")))
    with pytest.raises(InputError, match="side-chain from 'kick', which the mix lacks"):
        mix(stems, heard, tmp_path, seed=1)


def test_sections_that_are_not_there_are_told() -> None:
    with pytest.raises(InputError, match="no section 'vers'; the nearest is verse"):
        by_section(SECTIONS, {"vers": 0.0}, otherwise=0.0)
    with pytest.raises(InputError, match="no section 'x'; choose one of verse, break"):
        sweep(SECTIONS, "x", 100.0, 200.0, otherwise_hz=300.0)


def test_names_that_no_file_can_have_are_changed(tmp_path: Path) -> None:
    audio = tones(a=300.0).stems[0].audio
    stems = Stems((Stem("../a/b", "keys", audio), Stem("a-b", "keys", audio)))
    files = mixed(tmp_path / "deep", stems, MixSettings((channel("../a/b"), channel("a-b"))))
    assert {"stems/a-b", "stems/a-b_"} <= set(files)


def test_an_error_in_a_lane_is_the_error_of_the_mix(tmp_path: Path) -> None:
    @dataclass(frozen=True, slots=True)
    class Fails(Effect):
        def open(self, rate: int, channels: int) -> Process:
            def fail(block: Samples) -> Samples:
                raise InputError("the effect is out of order")

            return Work(fail)

    settings = MixSettings((channel("a", effects=(Fails(),)), channel("b")))
    with pytest.raises(InputError, match="out of order"):
        mix(tones(a=300.0, b=500.0), settings, tmp_path, seed=1)
    assert not list(tmp_path.rglob("*.flac"))


def test_a_mix_is_led_to_its_aim_and_one_that_is_there_stays(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    x = np.cumsum(rng.standard_normal(FRAMES)) - 0.5
    x = 0.2 * (x - x.mean()) / np.abs(x).max()
    x = np.concatenate((np.tile(x, 2), np.tile(0.3 * x, 2)))
    stems = Stems((Stem("dark", "keys", Audio(x[None].astype(np.float32))),))
    free = MixSettings((channel("dark", high_pass_hz=80.0),))
    led = replace(
        free, aim=Aim(range_lu=(0.0, 6.0), slope_db_per_octave=(-5.5, -4.0), centroid_hz=4000.0)
    )
    within = replace(free, aim=Aim(range_lu=(0.0, 40.0), slope_db_per_octave=(-40.0, 40.0)))
    before, after, same = (
        mix(stems, settings, tmp_path / name, seed=1).mix
        for name, settings in (("free", free), ("led", led), ("within", within))
    )
    assert measure(before).range_lu > 9
    assert measure(after).range_lu == pytest.approx(6.0, abs=0.4)
    tone, led_tone = measure_spectrum(before), measure_spectrum(after)
    assert tone.slope_db_per_octave < -5.8
    assert -5.55 <= led_tone.slope_db_per_octave <= -4.0
    assert led_tone.centroid_hz <= 4040
    assert measure(after).sample_peak_dbfs <= -0.49
    assert (tmp_path / "free/mix.flac").read_bytes() == (tmp_path / "within/mix.flac").read_bytes()
    assert same.frames == before.frames


def test_silence_has_no_aim(tmp_path: Path) -> None:
    stems = Stems((Stem("a", "keys", Audio(np.zeros((1, RATE), np.float32))),))
    aim = Aim(range_lu=(3.0, 9.0), slope_db_per_octave=(-7.0, -5.0), centroid_hz=900.0)
    assert (
        not AudioFile.open(
            mix(stems, MixSettings((channel("a"),), aim=aim), tmp_path, seed=1).mix.path  # type: ignore[attr-defined]
        )
        .read()
        .samples.any()
    )


def test_a_ride_lowers_the_loud_and_lifts_the_soft_and_leaves_silence() -> None:
    steps = np.concatenate((np.full(1000, 1e-2), np.full(1000, 4e-4), np.full(1000, 1e-9)))
    curve = ride_for(steps, (0.0, 8.0))
    assert curve is not None
    loud, soft, silent = (curve.at(s) for s in (4.0, 15.0, 28.0))
    assert loud < 0.0 < soft
    assert silent == pytest.approx(soft, abs=1.0)
    assert range_lu(steps * 10 ** (curve.values(np.arange(3000) / 100) / 10)) <= 8.1
    assert ride_for(np.full(3000, 1e-3), (0.0, 8.0)) is None


def test_a_ride_widens_what_is_too_even_and_leaves_what_has_no_shape() -> None:
    steps = np.repeat([1e-3, 1.6e-3], 1500)  # 2 LU apart
    curve = ride_for(steps, (3.7, 6.0))
    assert curve is not None
    assert range_lu(steps * 10 ** (curve.values(np.arange(3000) / 100) / 10)) >= 3.6
    assert ride_for(np.full(3000, 1e-3), (3.7, 6.0)) is None
    assert ride_for(np.zeros(3000), (3.7, 6.0)) is None

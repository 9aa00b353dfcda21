"""Plug-ins in a process of their own: what crashes or hangs costs its own stem only."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tapeloom.core.audio import Audio, AudioFile, write_audio
from tapeloom.core.errors import InputError, TapeloomError
from tapeloom.core.performance import Performance, PlayedControl, PlayedNote, PlayedPart
from tapeloom.synth import plugins
from tapeloom.synth.choice import choose
from tapeloom.synth.plugin_host import midi_of
from tapeloom.synth.plugins import Plugin, process_plugin, render_plugin
from tapeloom.synth.render import render

PART = PlayedPart("Keys", "keys", "", (PlayedNote(0.1, 0.5, 60, 90),), 0,
                  controls=(PlayedControl(0.0, 64, 127),))  # fmt: skip
PLAYS = """
import json, sys, numpy, soundfile
job = json.load(sys.stdin)
n = round(job["seconds"] * job["rate"])
sound = numpy.zeros((n, 2), numpy.float32)
for onset, duration, pitch, velocity in job.get("notes", []):
    sound[round(onset * job["rate"])] = velocity / 127
soundfile.write(job["out"], sound, job["rate"], subtype="FLOAT")
"""
CRASHES = "import os, sys; sys.stdin.read(); os.abort()"
HANGS = "import sys, time; sys.stdin.read(); time.sleep(600)"
WRITES_NOTHING_RIGHT = PLAYS.replace("round(job", "7 + round(job")
REFUSES = "import sys; sys.stderr.write('It wants a licence.\\n'); sys.exit(2)"


def host(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    path = tmp_path / "Tines.vst3"
    path.mkdir()
    return path


def play(plugin: Path, code: str, **options: float) -> AudioFile:
    out = plugin.with_name("keys.wav")
    return render_plugin(PART, plugin, out, seconds=2.0, rate=8000, host=host(code), **options)


def test_a_plug_in_plays_a_part(plugin: Path) -> None:
    made = play(plugin, PLAYS)
    sound = np.concatenate(list(made.blocks()), axis=1)
    assert sound.shape == (2, 16_000)
    assert np.flatnonzero(sound[0]).tolist() == [800]


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (CRASHES, "Tines.vst3 crashed while it played Keys .SIGABRT"),
        ("import sys; sys.exit(3)", "exit code 3"),
        (WRITES_NOTHING_RIGHT, "another length or rate than Keys has"),
    ],
)
def test_what_crashes_is_named_and_leaves_nothing(plugin: Path, code: str, sentence: str) -> None:
    with pytest.raises(TapeloomError, match=sentence):
        play(plugin, code)
    assert [path.name for path in plugin.parent.iterdir()] == ["Tines.vst3"]


def test_what_hangs_is_stopped(plugin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugins, "SLOWEST", 0.1)
    with pytest.raises(TapeloomError, match="did not finish Keys within 1 s and was stopped"):
        play(plugin, HANGS, start_s=0.5)


def test_what_refuses_is_bad_use(plugin: Path) -> None:
    with pytest.raises(InputError, match="It wants a licence"):
        play(plugin, REFUSES)
    with pytest.raises(InputError, match="is no plug-in; give a"):
        play(plugin.with_name("x.dll"), PLAYS)
    with pytest.raises(InputError, match="up to 4 hours"):
        render_plugin(PART, plugin, plugin / "x", seconds=1e6, rate=8000, host=host(PLAYS))


def test_an_effect_hears_a_file(plugin: Path, tmp_path: Path) -> None:
    write_audio(tmp_path / "dry.wav", Audio(np.zeros((2, 500), np.float32), rate=8000))
    made = process_plugin(tmp_path / "dry.wav", plugin, tmp_path / "wet.wav", host=host(PLAYS))
    assert made.frames == 500


def test_notes_end_before_others_begin() -> None:
    job = {"notes": [[0.0, 0.5, 60, 90], [0.5, 0.5, 60, 80]], "controls": []}
    assert [message[0] >> 4 for message, _ in midi_of(job)] == [9, 8, 9, 8]


def test_the_real_host_tells_what_is_missing(plugin: Path) -> None:
    """With the extra it can't load an empty folder, without it it names the extra."""
    with pytest.raises(InputError, match=r"no plug-in that can be loaded|tapeloom\[plugins"):
        render_plugin(PART, plugin, plugin.with_name("x.wav"), seconds=1.0, rate=44_100)
    told = subprocess.run(plugins.HOST, input="{}", capture_output=True, text=True, check=False)
    assert told.returncode != 0


def test_one_that_crashes_costs_its_own_stem_only(plugin: Path, tmp_path: Path) -> None:
    notes = (PlayedNote(0.0, 0.3, 40, 90),)
    bass = PlayedPart("bass", "bass", "sub_bass", notes)
    performance = Performance((PART, bass), 1.0)
    good, broken = (Plugin(plugin, host(code)) for code in (PLAYS, CRASHES))
    for name, choice in (("good", good), ("broken", broken)):
        (tmp_path / name).mkdir()
        options = {"seed": 1, "brightness": 0.5, "tail_s": 0.2, "choices": {"Keys": choice}}
        if name == "good":
            stems = render(performance, tmp_path / name, **options)
            assert [stem.audio.frames for stem in stems.stems] == [52_920, 52_920]
        else:
            with pytest.raises(TapeloomError, match=r"crashed while it played Keys .*; the other"):
                render(performance, tmp_path / name, **options)
    kept = {path.name for path in (tmp_path / "broken").iterdir()}
    assert kept == {"bass_120bpm.flac"}
    whole = (tmp_path / "good" / "bass_120bpm.flac").read_bytes()
    assert (tmp_path / "broken" / "bass_120bpm.flac").read_bytes() == whole


def test_a_plug_in_is_chosen_by_its_file(plugin: Path) -> None:
    assert choose(str(plugin)) == Plugin(plugin)
    with pytest.raises(InputError, match="does not exist"):
        choose("nothing.vst3")

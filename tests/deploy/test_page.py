"""DEPLOYMENT.md: its commands are shell, what they name exists, and its tables are complete."""

import re
import subprocess

import typer.main
import yaml

from tapeloom.app.commands import app
from tapeloom.app.jobs.settings import ServiceSettings
from tests.deploy.files import DEPLOY, ROOT, compose, tool

PAGE = (ROOT / "DEPLOYMENT.md").read_text("utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
_ELSEWHERE = {"data"}  # a command of its own, documented with the service


def test_every_block_of_commands_is_shell() -> None:
    assert len(BLOCKS) >= 10
    bash = tool("bash", "apt install bash")
    for block in BLOCKS:
        done = subprocess.run(
            [bash, "-n"], input=block, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, ""), block


def test_every_file_that_it_names_is_there() -> None:
    named = set(re.findall(r"(?:deploy|docs|tests)/[\w./*-]*\w", PAGE)) - {"deploy/.env"}
    made = {"deploy/secrets", "deploy/secrets/grafana_password"}  # by make-secrets.sh
    assert len(named) > 15
    for name in sorted(named - made):
        assert list(ROOT.glob(name)) or (ROOT / name).exists(), name
    for target in re.findall(r"\]\((?!http|#)([^)#]+)", PAGE):
        assert (ROOT / target).exists(), target


def test_its_links_within_the_page_have_a_heading() -> None:
    headings = {re.sub(r"[^\w -]", "", line.lower()).replace(" ", "-")
                for line in re.findall(r"^#+ (.*)$", PAGE, re.MULTILINE)}  # fmt: skip
    for anchor in re.findall(r"\]\(#([^)]+)\)", PAGE):
        assert anchor in headings


def test_its_commands_and_options_are_those_of_the_program() -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    called = re.findall(
        r"tapeloom(?: --)? (serve|worker|data)\b([^|`\n]*)", "\n".join(BLOCKS) + PAGE
    )
    assert {name for name, _ in called} == {"serve", "worker", "data"}
    for name, rest in called:
        if name in _ELSEWHERE:
            continue
        known = {option for one in commands[name].params for option in one.opts}
        assert set(re.findall(r"--[\w-]+", rest)) <= known, (name, rest)


def test_its_settings_are_known() -> None:
    compose_text = (DEPLOY / "compose.yaml").read_text("utf-8")
    for name in set(re.findall(r"\bTAPELOOM_\w+", PAGE)):
        known = name.removeprefix("TAPELOOM_").lower() in ServiceSettings.model_fields
        assert known or f"${{{name}:-" in compose_text, name


def test_every_alert_and_every_overlay_is_told_of() -> None:
    rules = yaml.safe_load((DEPLOY / "prometheus/rules/alerts.yml").read_text("utf-8"))
    alerts = {rule["alert"] for group in rules["groups"] for rule in group["rules"]}
    assert set(re.findall(r"^\| `(Tapeloom\w+)`", PAGE, re.MULTILINE)) == alerts
    for overlay in (DEPLOY / "kubernetes/overlays").iterdir():
        assert overlay.name in PAGE
    for service in compose()["services"]:
        assert service in PAGE.lower().replace("postgresql", "postgres")

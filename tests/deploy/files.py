"""The files of deploy/ as values, and the tools that judge them; no test itself."""

import json
import re
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE = DEPLOY / "compose.yaml"
DOCKERFILE = DEPLOY / "Dockerfile"


def tool(name: str, where: str) -> str:
    """Return a program's path: beside this Python, or the system's; skip where there is none."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed ({where})")
    return found


def filled(text: str, variables: Mapping[str, str]) -> str:
    """Put variables into a text as Compose does: `${NAME:-default}`."""

    def value(found: re.Match[str]) -> str:
        return variables.get(found[1], found[2])

    return re.sub(r"\$\{(\w+):-([^}]*)\}", value, text)


def compose(variables: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Read compose.yaml, its variables filled in."""
    read: dict[str, Any] = yaml.safe_load(filled(COMPOSE.read_text("utf-8"), variables or {}))
    return read


def image_facts() -> dict[str, Any]:
    """Read of the Dockerfile's last stage what a container is started with."""
    last = DOCKERFILE.read_text("utf-8").rpartition("\nFROM ")[2].replace("\\\n", " ")
    lines = dict(re.findall(r"^(ENTRYPOINT|CMD|USER|ENV|VOLUME) +(.*)$", last, re.MULTILINE))
    environment = dict(part.split("=", 1) for part in lines["ENV"].split())
    return {
        "entrypoint": json.loads(lines["ENTRYPOINT"]), "command": json.loads(lines["CMD"]),
        "user": lines["USER"], "environment": environment, "volumes": json.loads(lines["VOLUME"]),
    }  # fmt: skip

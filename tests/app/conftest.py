"""Records that several tests look at, made once."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tapeloom.app.kernels import compile_once
from tapeloom.app.pipeline import Record, make

SHORT = {"bars": 8, "bpm": 92.0, "seed": 11}


@dataclass(frozen=True)
class Ran:
    """What a command line gave."""

    code: int
    out: str
    err: str


def tapeloom(*arguments: str, cwd: Path, before: str = "", **environment: str) -> Ran:
    """Run `tapeloom` in a process of its own; `before` is Python that runs first."""
    program = f"{before}\nfrom tapeloom.app.commands import main\nmain()"
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    """A record of eight bars; tests read it and don't change it."""
    compile_once(print)
    return make("rainy cafe", out=tmp_path_factory.mktemp("out"), **SHORT)

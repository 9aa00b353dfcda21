"""The studio's modules that know no page: their own tests, run by node."""

import shutil
import subprocess
from pathlib import Path

import pytest

TESTS = sorted(Path(__file__).parent.glob("*.test.mjs"))


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node 20 or later")
def test_modules_pass_their_tests() -> None:
    assert TESTS
    done = subprocess.run(
        ["node", "--test", *map(str, TESTS)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr

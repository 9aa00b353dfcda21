"""What an operator needs of the program itself: signs of life, secrets in files, links, caches."""

import os
import time
from contextlib import closing
from pathlib import Path

import pytest
from numba.core import caching
from typer.testing import CliRunner

from tapeloom.app import alive, kernels
from tapeloom.app.api.keys import KeyRing
from tapeloom.app.api.metrics import Metrics
from tapeloom.app.api.server import ServeOrder, print_link
from tapeloom.app.api.tables import create_tables
from tapeloom.app.commands import app
from tapeloom.app.jobs import QUEUES, JobService
from tapeloom.app.jobs.settings import read_settings
from tapeloom.core.errors import InputError, TapeloomError


def test_a_worker_that_gave_a_sign_lately_lives(tmp_path: Path) -> None:
    with pytest.raises(TapeloomError, match="no worker of this host"):
        alive.check(tmp_path)
    sign = alive.sign_of_life(tmp_path)
    alive.give_sign(sign)
    alive.check(tmp_path)
    long_ago = time.time() - 300
    os.utime(sign, (long_ago, long_ago))
    with pytest.raises(TapeloomError, match="silent for 300 s"):
        alive.check(tmp_path)


def test_the_command_tells_by_its_exit_status_whether_a_worker_lives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAPELOOM_DATA", str(tmp_path))
    assert CliRunner().invoke(app, ["worker", "--check"]).exit_code != 0
    alive.give_sign(alive.sign_of_life(tmp_path))
    assert CliRunner().invoke(app, ["worker", "--check"]).exit_code == 0


def test_the_database_s_address_may_lie_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "database_url"
    monkeypatch.setenv("TAPELOOM_DATABASE_URL_FILE", str(secret))
    with pytest.raises(InputError, match="cannot be read"):
        _ = read_settings().url
    secret.write_text("\n")
    with pytest.raises(InputError, match="empty file"):
        _ = read_settings().url
    secret.write_text("postgresql://tapeloom:word@postgres/tapeloom\n")
    settings = read_settings()
    assert settings.url == "postgresql://tapeloom:word@postgres/tapeloom"
    assert "word" not in repr(settings)
    monkeypatch.setenv("TAPELOOM_DATABASE_URL", "postgresql://other/name")
    with pytest.raises(InputError, match="both set"):
        _ = read_settings().url


def test_a_link_for_a_service_that_runs_elsewhere_is_good_once(tmp_path: Path) -> None:
    said: list[str] = []
    print_link(ServeOrder(tmp_path, public_url="https://tapes.example/"), said.append)
    link = said[0].partition("https://tapes.example/login?token=")[2]
    with closing(JobService.open(tmp_path)) as jobs:
        create_tables(jobs.database.engine)
        keys = KeyRing(jobs.database.engine)
        assert keys.log_in(link) is not None
        assert keys.log_in(link) is None


def test_browsers_may_ask_for_the_public_name() -> None:
    order = ServeOrder(host="0.0.0.0", public_url="https://tapes.example")  # noqa: S104
    assert order.address == "https://tapes.example"
    assert "tapes.example" in order.known_hosts
    for wrong in ("tapes.example", "ftp://tapes.example", "https://tapes.example/studio"):
        with pytest.raises(InputError, match="public-url"):
            ServeOrder(public_url=wrong)


def test_a_queue_that_is_empty_is_told_as_0(tmp_path: Path) -> None:
    with closing(JobService.open(tmp_path)) as jobs:
        told = Metrics(jobs, lambda: 0, lambda: 0).text().decode()
    for queue in QUEUES:  # what scales by a figure cannot scale down by one that is absent
        assert f'tapeloom_queue_depth{{queue="{queue}"}} 0.0' in told
        assert f'tapeloom_queue_oldest_wait_seconds{{queue="{queue}"}} 0.0' in told


def test_compiled_loops_are_found_where_numba_was_told_to_keep_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "theory" / "loops.py"
    source.parent.mkdir()
    source.touch()
    cache = tmp_path / "cache"
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(cache))
    assert not kernels.is_theory_compiled(tmp_path)
    kept = cache / caching._CacheLocator.get_suitable_cache_subpath(str(source))
    kept.mkdir(parents=True)
    (kept / "loops.tune-1.py311.nbi").touch()
    assert kernels.is_theory_compiled(tmp_path)
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    assert not kernels.is_theory_compiled(tmp_path)

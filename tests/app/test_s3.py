"""Artefacts at a server that speaks S3: another program's, asked over HTTP. Extra `s3test`."""

import io
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import httpx
import pytest

from tapeloom.app.backup import ImportOrder, export_backup, import_backup
from tapeloom.app.jobs import JobOrder, JobService, Store, Unavailable
from tapeloom.app.jobs.pool import WorkerPool
from tapeloom.core.errors import InputError
from tests.app.api.test_status import free_port

pytestmark = [
    pytest.mark.slow,  # boto alone takes seconds to import
    pytest.mark.skipif(
        not (find_spec("s3fs") and find_spec("moto") and find_spec("flask_cors")),
        reason="needs tapeloom[s3test]",
    ),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # of boto's packages
]
ADDRESS = "s3://tapes/service"


class S3:
    """A server that a test stops and starts at the same port; what it held is gone with it."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        self._process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
        )  # fmt: skip
        until = time.monotonic() + 60
        while True:
            try:
                assert httpx.put(f"{self.url}/tapes").status_code == 200
                return
            except httpx.TransportError:
                assert time.monotonic() < until
                time.sleep(0.1)

    def pause(self) -> None:
        """Be as a server that does not answer."""
        self._process.send_signal(19)  # SIGSTOP

    def go_on(self) -> None:
        self._process.send_signal(18)  # SIGCONT

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()


@pytest.fixture(scope="module")
def server() -> Iterator[S3]:
    found = S3()
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("AWS_ENDPOINT_URL", found.url)
        patched.setenv("AWS_ACCESS_KEY_ID", "test")
        patched.setenv("AWS_SECRET_ACCESS_KEY", "a-secret-of-s3")
        patched.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patched.setenv("AWS_MAX_ATTEMPTS", "2")
        yield found
    found.stop()


@pytest.fixture
def store(server: S3) -> Store:
    return Store.open(ADDRESS)


def test_files_are_put_listed_read_in_pieces_and_removed(store: Store, tmp_path: Path) -> None:
    content = bytes(range(256)) * 4096 * 9  # 9 MiB: several pieces
    path = tmp_path / "a.bin"
    path.write_bytes(content)
    for name in ("jobs/1/a.bin", "jobs/1/dry/ä b.bin", "jobs/10/c.bin"):
        assert store.put(path, name).bytes == len(content)
    assert [one.key for one in store.list("jobs/1")] == ["jobs/1/a.bin", "jobs/1/dry/ä b.bin"]
    assert [one.key for one in store.walk()] == [
        "jobs/1/a.bin", "jobs/1/dry/ä b.bin", "jobs/10/c.bin"
    ]  # fmt: skip
    store.get("jobs/1/dry/ä b.bin", tmp_path / "b.bin")
    assert (tmp_path / "b.bin").read_bytes() == content
    for start, stop in ((0, 10), (2**20 - 3, 2**20 + 3), (5, 3 * 2**20 + 1), (9 * 2**20 - 4, None)):
        read = b"".join(store.pieces("jobs/1/a.bin", start, stop))
        assert read == content[start:stop], (start, stop)
    with store.open_file("jobs/1/a.bin") as file:
        file.seek(-3, os.SEEK_END)
        assert file.read() == content[-3:]
    other = Store.open(ADDRESS)
    assert other.exists("jobs/1/a.bin")
    store.delete("jobs/1")
    assert not other.exists("jobs/1/a.bin")  # nobody goes by what was listed before
    assert store.list("jobs/1") == ()
    store.delete("jobs/1")
    store.delete("jobs/10")
    for act in (store.size, store.open_file, lambda key: store.get(key, path)):
        with pytest.raises(InputError, match="no artefact"):
            act("jobs/1/a.bin")


def test_an_upload_that_is_too_large_leaves_nothing(store: Store) -> None:
    key = store.upload("ann", "a.mid", io.BytesIO(b"abc"), max_bytes=3)
    assert b"".join(store.pieces(key)) == b"abc"
    with pytest.raises(InputError, match="over 2 bytes"):
        store.upload("bob", "b.mid", io.BytesIO(b"abc"), max_bytes=2)
    assert [one.key for one in store.list("uploads")] == [key]
    store.delete("uploads")


def test_a_whole_job_is_done_while_the_server_goes_away_and_comes_back(
    server: S3, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    environment = {
        "TAPELOOM_ARTEFACTS": ADDRESS, "TAPELOOM_POLL_S": "0.1", "TAPELOOM_DEAD_AFTER_S": "3",
    }  # fmt: skip
    brief = {"words": "rain", "bars": 4, "bpm": 90.0, "seed": 3}
    with closing(JobService.open(data, artefacts=ADDRESS)) as service:
        calm = service.submit(JobOrder("compose", brief, "ann"))
        arguments = ["--data", str(data), "--queue", "compose", "--quiet"]
        with WorkerPool(1, arguments=arguments, environment=environment):
            first = service.wait_for(calm.id, "ann", timeout_s=120)
            assert first.state == "done", first.error
            sums = {
                name.rpartition("/")[2]: one["sha256"]
                for one in (first.result or {})["files"]
                if (name := one["key"])
            }
            server.stop()
            stormy = service.submit(JobOrder("compose", brief, "ann"))
            until = time.monotonic() + 60
            while service.get(stormy.id, "ann").stage != "publish" and time.monotonic() < until:
                time.sleep(0.1)
            time.sleep(3.0)
            assert service.get(stormy.id, "ann").state == "running"
            assert not service.health().store
            with pytest.raises(Unavailable, match="cannot be"):
                service.store.exists("jobs/x/y")
            server.start()
            second = service.wait_for(stormy.id, "ann", timeout_s=180)
        assert second.state == "done", second.error
        for one in (second.result or {})["files"]:
            assert one["sha256"] == sums[one["key"].rpartition("/")[2]]
            assert service.store.size(one["key"]) == one["bytes"]
        service.store.delete(f"jobs/{stormy.id}")


def test_a_backup_goes_from_s3_to_a_folder_and_back(server: S3, tmp_path: Path) -> None:
    with (
        closing(JobService.open(tmp_path / "far", artefacts=ADDRESS)) as far,
        closing(JobService.open(tmp_path / "near")) as near,
    ):
        far.upload("ann", "a.mid", io.BytesIO(b"abc" * 10**6), max_bytes=10**8)
        first, second, third = io.BytesIO(), io.BytesIO(), io.BytesIO()
        export_backup(far, first)
        import_backup(near, first, ImportOrder())
        export_backup(near, second)
        import_backup(far, second, ImportOrder(replaces=True))
        export_backup(far, third)
        assert second.getvalue()[1024:] == third.getvalue()[1024:]  # behind the header
        far.store.delete("uploads")

"""The services of compose.yaml as processes of this machine; no test itself.

What runs is the file's own: each service's command, environment and health check are read from it
(and from the Dockerfile). Replaced are only hosts, ports and paths, since there is no container.
Where the tests run as root, our services run as the image's user on a root that is read-only.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import yaml

from tests.app.jobs_faults import POSTGRES, PROGRAM
from tests.deploy.files import DEPLOY, compose, image_facts

OURS = ("api", "worker", "watchdog")
STARTED = ("postgres", *OURS, "caddy", "prometheus")  # in this order
_LOCKED = """set -e
hostname "$0"
mount --make-rprivate /
for folder in $KEPT; do mount --bind "$folder" "$folder"; done
mount -o remount,bind,ro /
exec setpriv --reuid 10001 --regid 10001 --clear-groups --no-new-privs --bounding-set=-all "$@"
"""


class Stack:
    """Six of the seven services; Grafana is not to be had as a Debian package."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = dict(zip(("8000", "5432", "80", "9090", "2020"), _free_ports(5), strict=True))
        self.site = f"http://localhost:{self.ports['80']}"
        self.services: dict[str, Any] = compose({"TAPELOOM_SITE": self.site})["services"]
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._image = image_facts()
        self._is_root = os.geteuid() == 0
        for name in ("data", "cache", "figures", "caddy"):
            (folder / name).mkdir()
        self._prepare_secrets()
        self._prepare_configurations()
        if self._is_root:
            folder.chmod(0o755)
            for name in ("data", "cache"):
                os.chown(folder / name, 10001, 10001)

    def start(self, name: str) -> None:
        """Start a service by its own command line."""
        service = self.services[name]
        if name == "postgres":
            self._make_cluster()
        command = self._here([*self._entrypoint(name), *service["command"]])
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                self._confined(name, command), env=self._environment(name), cwd=self.folder,
                stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def wait_healthy(self, name: str, timeout_s: float = 60.0) -> None:
        """Ask a service's own health check until it is content."""
        kind, *test = self.services[name]["healthcheck"]["test"]
        assert kind == "CMD"
        until = time.monotonic() + timeout_s
        while True:
            done = subprocess.run(
                self._confined(name, self._here(self._program(test))), cwd=self.folder,
                env=self._environment(name), capture_output=True, check=False,
            )  # fmt: skip
            if done.returncode == 0:
                return
            ended = self.processes[name].poll()
            told = f"{self.log(name)[-3000:]}\n{done.stderr.decode()}"
            assert ended is None, f"{name} ended with {ended}: {told}"
            assert time.monotonic() < until, f"{name} is not healthy: {told}"
            time.sleep(0.5)

    def log(self, name: str) -> str:
        """Return what a service wrote."""
        return (self.folder / f"{name}.log").read_text("utf-8", "replace")

    def query(self, expression: str) -> list[dict[str, Any]]:
        """Ask Prometheus."""
        url = f"http://127.0.0.1:{self.ports['9090']}/api/v1/query"
        answer = httpx.get(url, params={"query": expression}, timeout=30).json()
        assert answer["status"] == "success", answer
        found: list[dict[str, Any]] = answer["data"]["result"]
        return found

    def stop(self) -> None:
        """End all, the last first."""
        for name in reversed(self.processes):
            self.processes[name].terminate()
        for name, process in reversed(self.processes.items()):
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                raise AssertionError(f"{name} did not end when told to: {self.log(name)[-2000:]}")  # noqa: B904

    def _entrypoint(self, name: str) -> list[str]:
        """What stands before the command: by our Dockerfile, or by the other images' own."""
        if name in OURS:
            return self._program(self._image["entrypoint"])
        return {"prometheus": ["prometheus"]}.get(name, [])

    def _program(self, command: list[str]) -> list[str]:
        """Name programs as they are called here."""
        first, *rest = command
        if first == "tapeloom":
            return [sys.executable, "-c", PROGRAM, *rest]
        if first == "python":
            return [sys.executable, *rest]
        if first in ("postgres", "pg_isready"):
            return [str(POSTGRES / first), *rest]
        return command

    def _here(self, command: list[str]) -> list[str]:
        """Put this machine's hosts, ports and paths into a command."""
        command = self._program(command)
        if command[0].endswith("/postgres"):
            command += ["-D", str(self.folder / "database"), "-p", self.ports["5432"]]
            command += ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]
        exact = {"8000": self.ports["8000"], "5432": self.ports["5432"], "0.0.0.0": "127.0.0.1"}  # noqa: S104
        parts = {
            "127.0.0.1:8000": f"127.0.0.1:{self.ports['8000']}",
            "127.0.0.1:2020": f"127.0.0.1:{self.ports['2020']}",
            "127.0.0.1:9090": f"127.0.0.1:{self.ports['9090']}",
            "0.0.0.0:9090": f"127.0.0.1:{self.ports['9090']}",
            "/etc/prometheus": str(self.folder / "prometheus"),
            "/etc/caddy": str(self.folder),
            "path=/prometheus": f"path={self.folder / 'figures'}",
        }
        placed = [command[0]]
        for part in command[1:]:
            placed.append(exact.get(part, part))
            for old, new in parts.items():
                placed[-1] = placed[-1].replace(old, new)
        return placed

    def _environment(self, name: str) -> dict[str, str]:
        told: Mapping[str, str] = self.services[name].get("environment", {})
        image = self._image["environment"] if name in OURS else {}
        given = {**image, **told}
        given.pop("PATH", None)
        for key, value in given.items():
            for old, new in (("/data", "data"), ("/cache", "cache"), ("/run/secrets", "secrets")):
                if value == old or value.startswith(f"{old}/"):
                    given[key] = str(self.folder / new) + value.removeprefix(old)
        given = {key: value.replace("api:8000", f"127.0.0.1:{self.ports['8000']}")
                 for key, value in given.items()}  # fmt: skip
        if name == "caddy":
            given |= {"XDG_DATA_HOME": str(self.folder / "caddy"),
                      "XDG_CONFIG_HOME": str(self.folder / "caddy")}  # fmt: skip
        kept = {key: os.environ[key] for key in ("PATH", "PYTHONPATH") if key in os.environ}
        return kept | given | {"KEPT": f"{self.folder / 'data'} {self.folder / 'cache'} /tmp"}

    def _confined(self, name: str, command: list[str]) -> list[str]:
        """Run ours as in its container: its own host name, its user, a read-only root."""
        if not self._is_root:
            return command
        if name in OURS:
            return ["unshare", "--mount", "--uts", "sh", "-c", _LOCKED, name, *command]
        return ["runuser", "-u", "postgres", "--", *command] if name == "postgres" else command

    def _prepare_secrets(self) -> None:
        secrets = self.folder / "secrets"
        subprocess.run(["sh", str(DEPLOY / "make-secrets.sh"), str(secrets)], check=True)
        secrets.chmod(0o755)
        address = secrets / "database_url"
        text = address.read_text("utf-8")
        address.chmod(0o644)
        address.write_text(text.replace("@postgres:5432", f"@127.0.0.1:{self.ports['5432']}"))

    def _prepare_configurations(self) -> None:
        shutil.copytree(DEPLOY / "prometheus", self.folder / "prometheus")
        path = self.folder / "prometheus/prometheus.yml"
        read = yaml.safe_load(path.read_text("utf-8"))
        for job in read["scrape_configs"]:
            found = job.pop("dns_sd_configs", None)  # the names of a network of containers
            if found is not None:
                assert found[0]["names"] == ["api"]
                assert found[0]["port"] == 8000
                job["static_configs"] = [{"targets": [f"127.0.0.1:{self.ports['8000']}"]}]
        text = yaml.safe_dump(read).replace("127.0.0.1:9090", f"127.0.0.1:{self.ports['9090']}")
        path.write_text(text, "utf-8")
        door = (DEPLOY / "Caddyfile").read_text("utf-8")
        assert ":2020" in door
        (self.folder / "Caddyfile").write_text(door.replace(":2020", f":{self.ports['2020']}"))

    def _make_cluster(self) -> None:
        """Do what the image's entrypoint does at its first start."""
        told = self.services["postgres"]["environment"]
        cluster = self.folder / "database"
        cluster.mkdir()
        prefix: list[str] = []
        if self._is_root:
            prefix = ["runuser", "-u", "postgres", "--"]
            shutil.chown(cluster, "postgres")
        password = self.folder / "secrets/postgres_password"
        arguments = ["--username", told["POSTGRES_USER"], "--pwfile", str(password), "-N",
                     "--auth-local=trust", *told["POSTGRES_INITDB_ARGS"].split()]  # fmt: skip
        subprocess.run([*prefix, str(POSTGRES / "initdb"), "-D", str(cluster), *arguments],
                       check=True, capture_output=True, cwd="/")  # fmt: skip
        subprocess.run(
            [*prefix, str(POSTGRES / "postgres"), "--single", "-D", str(cluster), "postgres"],
            input=f"CREATE DATABASE {told['POSTGRES_DB']};\n".encode(), check=True,
            capture_output=True, cwd="/",
        )  # fmt: skip


def _free_ports(count: int) -> list[str]:
    held = [socket.socket() for _ in range(count)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [str(one.getsockname()[1]) for one in held]
    for one in held:
        one.close()
    return ports

"""Hosts of our own on one machine: network namespaces at one switch; no test itself."""

import os
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

SWITCH = "hub"


class Network:
    """Hosts named by the caller, each with an address 10.77.0.N; nothing else can be reached.

    The switch has a namespace as well, so that this machine's own network stays as it is.
    """

    def __init__(self, *hosts: str) -> None:
        self._prefix = f"tl{os.getpid()}"
        self.address = {host: f"10.77.0.{number}" for number, host in enumerate(hosts, 1)}
        self._made: list[str] = []
        try:
            self._build()
        except BaseException:
            self.close()
            raise

    def _build(self) -> None:
        self._add(SWITCH)
        self._in(SWITCH, "link", "add", "br0", "type", "bridge")
        self._in(SWITCH, "link", "set", "br0", "up")
        for host, address in self.address.items():
            self._add(host)
            self._in(SWITCH, "link", "add", f"to-{host}", "type", "veth", "peer", "name", "eth0",
                     "netns", self._name(host))  # fmt: skip
            self._in(SWITCH, "link", "set", f"to-{host}", "master", "br0", "up")
            self._in(host, "address", "add", f"{address}/24", "dev", "eth0")
            self._in(host, "link", "set", "eth0", "up")
            self._in(host, "link", "set", "lo", "up")

    def command(self, host: str, command: Sequence[str]) -> list[str]:
        """Return the command that runs another on a host, under the host's name."""
        named = ["unshare", "--uts", "sh", "-c", 'hostname "$0"; exec "$@"', host, *command]
        return ["ip", "netns", "exec", self._name(host), *named]

    def cut(self, host: str) -> None:
        """Pull a host's cable at the switch: its own end looks as before."""
        self._in(SWITCH, "link", "set", f"to-{host}", "nomaster")

    def mend(self, host: str) -> None:
        """Put the cable in again."""
        self._in(SWITCH, "link", "set", f"to-{host}", "master", "br0")

    def close(self) -> None:
        """Remove all hosts, with whatever still runs on them."""
        for host in self._made:
            told = subprocess.run(["ip", "netns", "pids", self._name(host)],
                                  capture_output=True, text=True, check=False).stdout  # fmt: skip
            for pid in told.split():  # in a namespace of ours: started by us
                with suppress(ProcessLookupError):
                    os.kill(int(pid), 9)
            subprocess.run(["ip", "netns", "delete", self._name(host)], check=False)
        self._made.clear()

    def _name(self, host: str) -> str:
        return f"{self._prefix}-{host}"

    def _add(self, host: str) -> None:
        _ip("netns", "add", self._name(host))
        self._made.append(host)

    def _in(self, host: str, *arguments: str) -> None:
        _ip("-netns", self._name(host), *arguments)


def _ip(*arguments: str) -> None:
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise PermissionError(f"ip {' '.join(arguments)}: {done.stderr.strip()}")


def can_be_made() -> bool:
    """Tell whether this machine lets us make namespaces with a switch."""
    if os.geteuid() != 0 or not Path("/usr/sbin/ip").exists():
        return False
    try:
        Network("probe").close()
    except PermissionError:
        return False
    return True

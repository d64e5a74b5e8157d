"""Several hosts on this machine: network namespaces on one bridge, whose links can be cut. It takes root and ``ip`` (iproute2)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

HUB = "10.77.0.1"
NETWORK = "10.77.0.0/24"
BIN = Path(sys.executable).parent / "harvester"
ROOT = Path(__file__).resolve().parents[2]
_SERVE = """
import json, sys, time
from harvester.replica import server
server.HOST = sys.argv[1]
from tests.cluster.world import sites
with sites() as replica:
    print(json.dumps(replica.bases), flush=True)
    sys.stdin.read()
"""


def missing() -> str:
    """Return why there can be no hosts here, empty where there can."""
    if os.geteuid() != 0:
        return "network namespaces take root"
    if shutil.which("ip") is None:
        return "there is no `ip`: install iproute2"
    tried = subprocess.run(["ip", "netns", "add", f"try{os.getpid()}"], capture_output=True, check=False)
    if tried.returncode:
        return "no network namespace can be made here"
    _ip("netns", "del", f"try{os.getpid()}")
    return ""


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


class Hosts:
    """A hub, where the database and the sites are, and hosts with a link to it each; a context manager."""

    def __init__(self, number: int) -> None:
        self.hub = f"hub{os.getpid()}"
        self.names = [f"host{n}x{os.getpid()}" for n in range(1, number + 1)]
        self._processes: list[subprocess.Popen[str]] = []

    def __enter__(self) -> Self:
        _ip("netns", "add", self.hub)
        _ip("-n", self.hub, "link", "set", "lo", "up")
        _ip("-n", self.hub, "link", "add", "br0", "type", "bridge")
        _ip("-n", self.hub, "addr", "add", f"{HUB}/24", "dev", "br0")
        _ip("-n", self.hub, "link", "set", "br0", "up")
        for n, name in enumerate(self.names, start=1):
            _ip("netns", "add", name)
            _ip("-n", self.hub, "link", "add", f"to{n}", "type", "veth", "peer", "name", "eth0", "netns", name)
            _ip("-n", self.hub, "link", "set", f"to{n}", "master", "br0", "up")
            _ip("-n", name, "addr", "add", f"10.77.0.{n + 1}/24", "dev", "eth0")
            for device in ("lo", "eth0"):
                _ip("-n", name, "link", "set", device, "up")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for process in self._processes:
            process.kill()
            process.wait(20)
        for name in (*self.names, self.hub):
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)

    def cut(self, host: int, *, whole: bool = False) -> None:
        """Cut a host's link, or heal it."""
        _ip("-n", self.names[host], "link", "set", "eth0", "up" if whole else "down")

    def sites(self) -> dict[str, str]:
        """Serve the sites in the hub and return their bases."""
        words = ["ip", "netns", "exec", self.hub, sys.executable, "-c", _SERVE, HUB]
        served = subprocess.Popen(words, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True, cwd=ROOT)
        self._processes.append(served)
        assert served.stdout
        bases: dict[str, str] = json.loads(served.stdout.readline())
        return bases

    def call(self, host: int, words: Sequence[str], environment: Mapping[str, str]) -> None:
        """Call the program on a host, and wait for its end."""
        subprocess.run(self._words(host, words), env={**os.environ, **environment}, check=True, capture_output=True, cwd="/")

    def start(self, host: int, words: Sequence[str], environment: Mapping[str, str], log: Path) -> subprocess.Popen[str]:
        """Begin a call of the program on a host; what it says is added to ``log``."""
        with log.open("a") as told:
            started = subprocess.Popen(
                self._words(host, words), env={**os.environ, **environment}, stdout=told, stderr=told, text=True, cwd="/"
            )
        self._processes.append(started)
        return started

    def _words(self, host: int, words: Sequence[str]) -> list[str]:
        # A host has a name of its own, too, by which its workers are called.
        named = 'echo "$0" > /proc/sys/kernel/hostname; exec "$@"'
        return ["ip", "netns", "exec", self.names[host], "unshare", "--uts", "sh", "-c", named, f"host{host + 1}", str(BIN), *words]

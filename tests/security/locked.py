"""Read a lock as uv writes it: what is pinned, by which hashes, on which platforms, and who asks for it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements.lock"
_PIN = re.compile(r"(?P<name>[a-z0-9-]+)(?:\[[a-z0-9,-]+\])?==(?P<version>[^\s;]+)(?: ; (?P<marker>[^\\]+?))? \\")


@dataclass(frozen=True, slots=True)
class Pin:
    """One package of a lock: ``hashes`` in hexadecimal, ``marker`` empty where it is always installed, ``wanted_by`` names of others."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]
    wanted_by: tuple[str, ...]


def normal(name: str) -> str:
    """Return the name of a package in the one spelling that indexes use (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(lock: Path) -> Iterator[Pin]:
    """Yield what a lock pins; raises ``ValueError`` for a line that pins nothing."""
    for block in re.split(r"\n(?=\S)", lock.read_text("utf-8").rstrip()):
        found = _PIN.match(block)
        if found is None:
            raise ValueError(f"{lock.name} has a line that pins nothing: {block.splitlines()[0]!r}; make it anew (docs/security.md).")
        told = re.findall(r"^ +# +(?:via )?([a-z0-9][\w.-]*)", block, re.MULTILINE)
        yield Pin(
            found["name"], found["version"], found["marker"] or "", tuple(re.findall(r"--hash=sha256:([0-9a-f]{64})\b", block)),
            tuple(name for name in told if name != "via"),
        )  # fmt: skip


def named(requirements: list[str]) -> set[str]:
    """Return the names of requirements as pyproject.toml writes them."""
    return {normal(re.split(r"[^\w.-]", requirement, maxsplit=1)[0]) for requirement in requirements}


def project() -> Mapping[str, object]:
    """Return the ``[project]`` table of pyproject.toml."""
    table: Mapping[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return table


def at_work(found: list[Pin]) -> set[str]:
    """Return the names of packages that the program itself needs, and not only its tests."""
    wanted: dict[str, set[str]] = {}
    for pin in found:
        for other in pin.wanted_by:
            wanted.setdefault(normal(other), set()).add(pin.name)
    reached: set[str] = set()
    ahead = named(project()["dependencies"])  # type: ignore[arg-type]
    while ahead:
        reached |= ahead
        ahead = {name for each in ahead for name in wanted.get(each, set())} - reached
    return reached

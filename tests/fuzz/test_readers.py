"""Every function that reads is fuzzed, or it is said why not: a new reader fails here until it is."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.fuzz.walk import LEFT_OUT, ROOT, readers

APART: dict[str, str] = tomllib.loads(Path(__file__).with_name("apart.toml").read_text("utf-8"))["reasons"]


def lies_in(reader: str, place: str) -> bool:
    return reader == place or reader.startswith((f"{place}:", f"{place}/"))


def test_every_reader_is_reached_by_a_target_or_has_a_reason() -> None:
    # In a process of its own: what other tests called before, and a cache holds since, is not called again.
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.reached"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True, timeout=300
    )
    missing = {str(reader) for reader in readers()} - set(json.loads(done.stdout))
    without = sorted(reader for reader in missing if not any(lies_in(reader, place) for place in APART))
    assert not without, "give them a target in tests/fuzz, a sample that comes by them, or a line in tests/fuzz/apart.toml"


def test_every_reason_stands_for_a_reader() -> None:
    found = [str(reader) for reader in readers()]
    assert not [place for place in APART if not any(lies_in(reader, place) for reader in found)]
    assert all(len(reason) > 4 for reason in APART.values())


def test_the_walk_leaves_out_only_what_is_there_and_finds_readers_in_every_package() -> None:
    assert all((ROOT / folder).is_dir() for folder in LEFT_OUT)
    packages = [reader.file.partition("/")[0] for reader in readers()]
    assert {name: packages.count(name) > 10 for name in ("normalizers", "spiders", "storage", "harvester")} == {
        "normalizers": True, "spiders": True, "storage": True, "harvester": True,
    }  # fmt: skip

"""Every function that reads is fuzzed, or it is said why not: a new reader fails here until it is."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from tests.fuzz.walk import LEFT_OUT, PACKAGES, ROOT

APART: dict[str, str] = tomllib.loads(Path(__file__).with_name("apart.toml").read_text("utf-8"))["reasons"]


def lies_in(reader: str, place: str) -> bool:
    return reader == place or reader.startswith((f"{place}:", f"{place}/"))


@pytest.fixture(scope="module")
def found() -> dict[str, bool]:
    """Give every reader, and whether a sample comes by it.

    In a process of its own: what other tests called before, and a cache holds since, is not called again.
    """
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.reached"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True, timeout=300
    )
    told: dict[str, bool] = json.loads(done.stdout)
    return told


def test_every_reader_is_reached_by_a_target_or_has_a_reason(found: dict[str, bool]) -> None:
    without = [reader for reader, reached in found.items() if not reached and not any(lies_in(reader, place) for place in APART)]
    assert not without, "give them a target in tests/fuzz, a sample that comes by them, or a line in tests/fuzz/apart.toml"


def test_every_reason_stands_for_a_reader_that_no_target_reaches(found: dict[str, bool]) -> None:
    assert not [place for place in APART if all(reached or not lies_in(reader, place) for reader, reached in found.items())]
    assert all(len(reason) > 4 for reason in APART.values())


def test_the_walk_leaves_out_only_what_is_there_and_finds_readers_in_every_package(found: dict[str, bool]) -> None:
    assert all((ROOT / folder).is_dir() for folder in LEFT_OUT)
    packages = Counter(reader.partition("/")[0] for reader in found)
    assert {name for name, count in packages.items() if count > 10} == set(PACKAGES)

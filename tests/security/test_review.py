"""docs/security.md is true: the tests it names are there, every threat has one, and none that must stand in it is missing."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from tests.security.locked import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
THREATS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for table in re.findall(r"^\| threat \|.*\n\|---.*\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    for line in table.splitlines()
]
MUST = [
    "private, loopback, link-local or 100.64/10", "rebinding", "absolute and traversing", "entities, external DTDs", "pickle", "telnet",
    "on the way passes for the site", "in logs", "formulas", "stored scripts", "reflected scripts", "CSRF", "path injection",
    "header injection", "zip bombs", "XML bombs", "known vulnerability", "exchanged", "bill of materials",
]  # fmt: skip


@cache
def functions(file: str) -> frozenset[str]:
    """Return the names of the functions of a file of tests."""
    path = ROOT / file
    if not path.exists():
        return frozenset()
    return frozenset(node.name for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("threat", THREATS, ids=lambda row: row[0][:50])
def test_a_threat_has_a_measure_and_tests_that_are_there(threat: list[str]) -> None:
    assert len(threat) == 3
    assert threat[1]
    named = NAMED.findall(threat[2])
    assert named
    assert [f"{file}::{test}" for file, test in named if test not in functions(file)] == []
    assert NAMED.sub("", threat[2]).strip(" ,|") == "", "nothing but tests stands in the third column"


def test_every_table_of_threats_is_read_and_every_test_named_stands_in_one() -> None:
    assert PAGE.count("| threat |") == 9
    assert len(THREATS) > 40
    assert sum(len(NAMED.findall(row[2])) for row in THREATS) == PAGE.count("`tests/") - 1


@pytest.mark.parametrize("words", MUST)
def test_what_must_be_thought_of_is(words: str) -> None:
    assert any(words.lower() in " ".join(row[:2]).lower() for row in THREATS)


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_the_page_is_found_from_the_first_page(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    assert "](docs/security.md)" in text
    assert "make sbom" in text
    assert "make audit" in text

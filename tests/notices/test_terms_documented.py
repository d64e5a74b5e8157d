"""Every rule of terms and every defect of them is documented."""

from __future__ import annotations

import re
from pathlib import Path

from normalizers.notices import terms
from normalizers.notices.term_rules import rules

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "takedown.md").read_text(encoding="utf-8")


def test_the_table_of_rules_is_that_of_the_data_with_its_days() -> None:
    told = re.findall(r"^\| `([a-z0-9-]+)` \|[^|]*\| ([^|]*) \|", PAGE, re.M)
    wanted = []
    for rule in rules():
        first, last = rule.in_force
        days = "always" if first.year == 1 else f"{first} –" + (f" {last}" if last.year < 9999 else "")
        wanted.append((rule.id, days))
    assert told[: len(wanted)] == wanted


def test_every_defect_of_a_term_is_named() -> None:
    for name in (terms.STATED_TOO_LATE, terms.STATED_BEFORE_START, terms.OTHER_DAY, terms.UNKNOWN):
        assert f"`{name}`" in PAGE


def test_every_rule_says_where_it_stands() -> None:
    import tomllib
    from importlib.resources import files

    data = tomllib.loads((files("normalizers.notices") / "data" / "terms.toml").read_text(encoding="utf-8"))
    assert all(len(row["source"]) > 20 for row in data["rule"])

"""The bars of the acceptance set, on every role cell of the seeds; skips where the shared documents are absent."""

import json
import re
import unicodedata
from datetime import date

import pytest

from normalizers.agencies import Context, read_agencies, resolve
from tests.shared import SHARED, needs_shared, seed

CONTEXTS = {
    "000": Context("", date(2018, 7, 1)),
    "001": Context("", date(2018, 7, 1)),
    "003": Context("310000", date(2018, 4, 9)),
    "004": Context("310000", date(2014, 4, 28)),
}
GOLD = SHARED / "acceptance" / "gold"


def fold(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def tasks(number: str) -> list[dict[str, list[str]]]:
    return json.loads((GOLD / f"seed_{number}.json").read_text("utf-8"))["tasks"]


def cells(number: str) -> list[tuple[str, list[str]]]:
    """Return each role cell of a seed as printed, with the names its task is labelled with."""
    text = seed(number).read_text("utf-8")
    if number == "001":
        printed = re.findall(r"（牵头单位：(.*?)）$", text, re.MULTILINE)
        return list(zip(printed, (task["lead"] for task in tasks(number)), strict=True))
    if number == "003":
        table = text[text.index("工作内容 序号") :].splitlines()[1:]
        printed = [line.rsplit(" ", 1)[1] for line in table if re.match(r"(.* )?\d+ ", line)][:60]
    else:
        printed = [line.rsplit("\t", 1)[1] for line in text.splitlines() if "\t" in line]
        printed = [cell for cell in printed if cell.strip() and cell != "责任单位"]
    return list(zip(printed, (task["responsible"] for task in tasks(number)), strict=True))


@needs_shared
def test_every_gold_agency_has_its_canonical_name():
    gold = json.loads((GOLD / "agencies.json").read_text("utf-8"))
    assert len(gold) == 170
    found = {(row["document"], row["mention"]): resolve(row["mention"], CONTEXTS[row["document"]]).name for row in gold}
    assert {key: name for key, name in found.items() if name is None} == {}
    assert [row for row in gold if found[row["document"], row["mention"]] != row["canonical"]] == []


@needs_shared
@pytest.mark.parametrize("number", ["001", "003", "004"])
def test_every_role_cell_gives_exactly_its_gold_mentions(number):
    wrong = []
    for printed, wanted in cells(number):
        found = [fold(agency.mention) for agency in read_agencies(printed, CONTEXTS[number]).agencies]
        if len(found) != len(set(found)) or set(found) != {fold(name) for name in wanted}:
            wrong.append((printed, found, wanted))
    assert wrong == []


@needs_shared
def test_the_role_cells_of_a_table_with_merged_cells_give_their_gold_mentions():
    text = seed("000").read_text("utf-8")
    printed = {line.strip() for line in text.splitlines() if "信用办" in line and line.startswith("\t") and "。" not in line}
    found = {frozenset(fold(a.mention) for a in read_agencies(cell, CONTEXTS["000"]).agencies) for cell in printed}
    wanted = {frozenset(map(fold, task[role])) for task in tasks("000") for role in ("lead", "partner") if task[role]}
    assert found == wanted


@needs_shared
@pytest.mark.parametrize("number", ["000", "001", "003", "004"])
def test_every_gold_mention_of_the_tasks_resolves(number):
    names = {name for task in tasks(number) for role in ("lead", "partner", "responsible") for name in task[role]}
    assert sorted(name for name in names if not resolve(name, CONTEXTS[number]).resolved) == []

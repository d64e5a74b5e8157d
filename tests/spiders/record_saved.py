"""Saved answers of record sites, of our own writing, and the golden output beside each: what a reader would take from the page."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from spiders.record_families import Asked, RecordFamily, first_page, record_family
from spiders.record_sheet import RecordSection, RecordSheet, load_record_sheet
from tests.spiders.saved import plain

FOLDER = Path(__file__).parent / "record_pages"
BASE = "http://127.0.0.1:8001"
PROXY = Asked(f"{BASE}/page/sgs/sgsProxy.jsp", 1, (("id2", "q7"),))

NAMED = {"slice": "环境违法企业名单", "list_name": "环境违法企业名单", "authority": "环境保护厅"}
OPENING = Asked(f"{BASE}/hmd/dishonestyDetailx.do?titleAll=a&deptnames=b&tableId=T0101", 0, **NAMED)
ROWS = Asked(f"{BASE}/hmd/dishonestyProxy.do", 1, (("tabId", "T0101"),), **NAMED)


class Saved(NamedTuple):
    """A saved answer: the file, its site and section, its address below the base, and what was asked (``None``: the first page)."""

    file: str
    site: str
    section: str
    path: str = ""
    asked: Asked | None = None


SAVED_LISTS = (
    Saved("shanghai_penalties.json", "shanghai_records", "penalties"),
    Saved("shanghai_permits.json", "shanghai_records", "permits"),
    Saved("shanghai_grid.json", "shanghai_records", "old_permits"),
    Saved("shanghai_query.html", "shanghai_records", "defaulters"),
    Saved("shanghai_query_last.html", "shanghai_records", "defaulters", "", Asked(f"{BASE}/q?page=2", 2)),
    Saved("shanghai_query_empty.html", "shanghai_records", "taxpayers_a"),
    Saved("jiangsu_list.html", "jiangsu_records", "penalties"),
    Saved("jiangsu_red.html", "jiangsu_records", "red"),
    Saved("zhejiang_page.html", "zhejiang_records", "penalties"),
    Saved("zhejiang_proxy.html", "zhejiang_records", "penalties", "/page/sgs/sgsProxy.jsp", PROXY),
    Saved("zhejiang_lists.js", "zhejiang_records", "lists"),
    Saved(
        "zhejiang_opening.json",
        "zhejiang_records",
        "lists",
        "/hmd/dishonestyDetailx.do",
        OPENING,
    ),
    Saved(
        "zhejiang_rows.html",
        "zhejiang_records",
        "lists",
        "/hmd/dishonestyProxy.do",
        ROWS,
    ),
    Saved("anhui_page.json", "anhui_records", "penalties"),
    Saved("anhui_table.html", "anhui_records", "defaulters"),
    Saved("anhui_firms.json", "anhui_records", "firm_records"),
    Saved("anhui_firm.json", "anhui_records", "firm_records", "/firm", Asked(f"{BASE}/firm", 1, slice="f-1")),
)
SAVED_DETAILS = (
    Saved("shanghai_grid_detail.json", "shanghai_records", "old_permits", "/d"),
    Saved("jiangsu_detail.html", "jiangsu_records", "penalties", "/d"),
    Saved("zhejiang_detail.html", "zhejiang_records", "penalties", "/d"),
    Saved("zhejiang_entry.html", "zhejiang_records", "lists", "/d"),
    Saved("anhui_detail.html", "anhui_records", "penalties", "/d"),
)


def opened(saved: Saved) -> tuple[RecordSheet, RecordSection, RecordFamily]:
    """Return the sheet, on a local base, the section and the family of a saved answer."""
    sheet = load_record_sheet(saved.site).with_base(BASE)
    section = sheet.section(saved.section)
    return sheet, section, record_family(section.family)


def request_of(saved: Saved) -> Asked:
    """Return the request that a saved list answers."""
    sheet, section, _ = opened(saved)
    return saved.asked or first_page(sheet, section)


def address_of(saved: Saved) -> str:
    """Return the address of a saved answer."""
    return BASE + saved.path if saved.path else request_of(saved).url


def saved_text(saved: Saved) -> str:
    """Return the text of a saved answer."""
    return (FOLDER / saved.file).read_text("utf-8")


@cache
def read_saved(saved: Saved) -> Any:
    """Return what the family reads from a saved answer, as JSON would hold it."""
    sheet, section, family = opened(saved)
    if saved in SAVED_DETAILS:
        return plain(asdict(family.read_detail(saved_text(saved), address_of(saved), sheet, section)))
    return plain(asdict(family.read_list(saved_text(saved), address_of(saved), sheet, section, request_of(saved))))


def golden_of(saved: Saved) -> Any:
    """Return the golden output of a saved answer; a missing one is written, and the test still fails."""
    file = FOLDER / f"{saved.file}.golden.json"
    if not file.exists():
        file.write_text(json.dumps(read_saved(saved), ensure_ascii=False, indent=1) + "\n", "utf-8")
        pytest.fail(f"{file.name} was missing and has been written: review, then commit")
    return json.loads(file.read_text("utf-8"))

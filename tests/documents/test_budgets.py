"""What the whole derivation of hostile payloads may cost: processor time in proportion to size, whatever the payload is made of."""

from __future__ import annotations

import io
import time
from functools import cache

import openpyxl
import pytest
from reportlab.pdfgen.canvas import Canvas

from normalizers.derive import derive
from normalizers.documents import UnreadableError
from normalizers.records import Hints
from tests.documents.samples import saved

SIZE = 50_000
"""Bytes of a payload; the doubling tells growth that is no longer in proportion."""
SECONDS_PER_MB = 40.0
"""Processor seconds on the machine that ``UNIT`` was measured on; a plain text costs about two."""
UNIT = 0.016
"""Processor seconds that ``_unit`` took there."""
SECONDS_PER_PDF = 5.0
GROWTH = 4.0
NOTICEABLE = 0.4
"""Processor seconds below which growth is noise."""

HTML: dict[str, tuple[str, str, str]] = {
    "nested divs": ("", "<div>责任单位", ""),
    "flat divs": ("", "<div>责任单位</div>", ""),
    "nested tables": ("", "<table><tr><td>", ""),
    "tables of sixty levels": ("", "<table><tr><td>甲</td><td>" * 60 + "乙" + "</td></tr></table>" * 60, ""),
    "empty cells": ("<table><tr><td>甲", "<td></td>", "</table>"),
    "one row of many cells": ("<table><tr>", "<td>市发展改革委、市财政局</td>", "</table>"),
    "spans beyond the table": ("<table>", "<tr><td rowspan=9999 colspan=9999>字</td><td>乙</td></tr>", "</table>"),
    "rows under one another": ("<table>", "<tr><td rowspan=60000>字</td><td>乙</td></tr>", "</table>"),
    "open brackets": ("", "<", ""),
    "an open comment": ("<!--", " 字", ""),
    "ampersands": ("", "&", ""),
    "references of references": ("", "&amp;amp;", ""),
    "empty paragraphs": ("", "<p>", ""),
    "open list items": ("<ol>", "<li>字", ""),
    "preformatted lines": ("<pre>", "字词\n", "</pre>"),
    "attributes": ("<p ", "甲=1 ", ">字</p>"),
    "one style": ('<p style="text-align', " ", 'x">字</p>'),
}
TEXT: dict[str, str] = {
    "wide blanks": "\u3000",
    "brackets": "（",
    "commas": "、",
    "digits": "1",
    "labels": "责任单位：",
    "label lines": "责任单位：\n",
    "pipes": "|",
    "numerals": "一、",
    "short lines": "字词\n",
    "lines with tabs": "a\tb\tc\n",
    "columns by turns": "甲        乙\n乙\n",
    "columns again and again": "序号  任务  责任单位\n1  建设  市发改委\n",
    "words with accents": "é ",
    "question marks": "责任?位???",
    "letters of another charset": "Ã",
    "words of another charset": "Ã© Ã¨ ",
    "titles of laws": "《关于》",
    "numbers of papers": "〔2020〕",
    "dates": "2025年底前，",
    "names": "市发展改革委、",
    "bodies of tasks": "市财政局牵头，市教育局配合，",
    "tasks": "1.建立信用体系。（责任单位：市发展改革委）\n",
    "tasks in one line": "建立信用体系。（责任单位：市发展改革委）",
    "brackets of roles": "【牵头部门】",
    "letters spaced": "责 任 单 位 ",
    "brackets of readings": "區(qū)",
    "glyphs without names": "(cid:12)",
    "lines of one label": "序号\n任务\n责任单位\n",
    "cells of short tables": "序号\n任务\n责任单位\n1\n建设\n市发改委\n",
    "characters beyond the charset": "区(qū)😀",
}
OTHER: dict[str, tuple[str, str, str]] = {
    "pipe rows": ("a.md", "", "|建设|市发改委|\n"),
    "pipe tables": ("a.md", "", "|序号|任务|\n|--|--|\n|1|建|\n\n"),
    "stars": ("a.md", "", "**a"),
    "links": ("a.md", "", "[a]("),
    "fences": ("a.md", "", "```\n"),
    "markup": ("a.md", "", "<table><tr><td>"),
    "quotation marks": ("a.csv", "", '"'),
    "open quotations": ("a.csv", "", '"a\n'),
    "csv rows": ("a.csv", "序号,任务,责任单位\n", "1,建设信用体系,市发改委\n"),
    "arrays": ("a.json", "", "["),
    "objects": ("a.json", "", '{"a":'),
}


def _unit() -> float:
    start = time.process_time()
    sum(len(str(number)) for number in range(150_000))
    return time.process_time() - start


@cache
def _warmed() -> None:
    """Let the lists of words, names and readings be read once, by nobody's time."""
    for text in ("关于信用的通知\n一、建立體系。责任单位：市发展改革委。2025年底前完成。", "長三角區(qū)的信用?體(tǐ)系"):
        _derived(text.encode(), "a.txt")


def _derived(payload: bytes, name: str) -> None:
    try:
        derive(payload, Hints(file_name=name))
    except UnreadableError as error:
        assert "Traceback" not in str(error)


def _seconds(payload: bytes, name: str) -> float:
    """Return what reading a payload takes on the machine of ``UNIT``: how much slower this one is, is measured right before and after."""
    _warmed()
    before, start = _unit(), time.process_time()
    _derived(payload, name)
    spent = time.process_time() - start
    return spent / max(1.0, (before + _unit()) / 2 / UNIT)


def _filled(before: str, unit: str, after: str, size: int) -> bytes:
    return (before + unit * (size // len(unit.encode())) + after).encode()


def _page(part: tuple[str, str, str]) -> tuple[str, str, str]:
    return "<html><head><title>页</title></head><body><p>关于</p>" + part[0], part[1], part[2] + "</body></html>"


CASES = [
    *(pytest.param("a.html", *_page(part), id=f"html, {name}") for name, part in HTML.items()),
    *(pytest.param("a.txt", "", unit, "", id=f"text, {name}") for name, unit in TEXT.items()),
    *(pytest.param(file, before, unit, "", id=f"{file[2:]}, {name}") for name, (file, before, unit) in OTHER.items()),
]


@pytest.mark.parametrize(("file", "before", "unit", "after"), CASES)
def test_property_a_hostile_payload_costs_time_in_proportion_to_its_size(file: str, before: str, unit: str, after: str) -> None:
    half, whole = (_filled(before, unit, after, size) for size in (SIZE // 2, SIZE))
    seconds = _seconds(whole, file)
    if seconds > NOTICEABLE:
        most = GROWTH * max(_seconds(half, file), NOTICEABLE / 2)
        if seconds >= most:  # other work on the machine makes one measurement longer, not the shortest of two
            seconds = min(seconds, _seconds(whole, file))
        assert seconds < most
    assert seconds < SECONDS_PER_MB * SIZE / 1e6


def _pdf(pages: int, glyphs: int, lines: int) -> bytes:
    """Return a pdf of so many pages, each with so many characters and so many upright and level lines."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    for _ in range(pages):
        canvas.setFont("STSong-Light", 4)
        for row in range(-(-glyphs // 100)):
            canvas.drawString(10, 820 - row % 700, "信" * min(glyphs, 100))
        for at in range(lines):
            canvas.line(10 + 3.2 * (at % 180), 10, 10 + 3.2 * (at % 180), 830)
            canvas.line(10, 10 + 3.2 * (at % 250), 585, 10 + 3.2 * (at % 250))
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@pytest.mark.parametrize(("pages", "glyphs", "lines"), [(600, 1, 0), (1, 30_000, 0), (1, 70_000, 0), (1, 100, 250), (1, 100, 60)])
def test_a_hostile_pdf_is_read_or_told_in_time(pages: int, glyphs: int, lines: int) -> None:
    assert _seconds(_pdf(pages, glyphs, lines), "a.pdf") < SECONDS_PER_PDF


def test_a_sheet_of_thousands_of_rows_is_read_in_time() -> None:
    book = openpyxl.Workbook()
    for row in range(4000):
        book.worksheets[0].append([row, "建立企业信用档案", "市发展改革委"])
    assert _seconds(saved(book), "a.xlsx") < SECONDS_PER_PDF

"""Numbers that unusual marks cut, misread letters spoil or escapes hide; names behind a colon; what a file's bytes hold beside its text."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.comments import Comment
from reportlab.pdfgen import canvas

from normalizers.codes.resident import is_resident_number
from normalizers.privacy import Mode, mask
from normalizers.privacy.hidden import holds_personal, texts
from normalizers.privacy.introductions import introduced

NUMBER = "11010519491231002X"
"""The example of GB 11643."""
PARTS = (NUMBER[:6], NUMBER[6:14], NUMBER[14:])
SPELLINGS = {
    "tilde": "~".join(PARTS),
    "strokes": "|".join(NUMBER),
    "cells": "\t".join(NUMBER),
    "square": "".join(f"[{part}]" for part in PARTS),
    "round": f"（{PARTS[0]}）{PARTS[1]}（{PARTS[2]}）",
    "equals": "==".join(PARTS),
    "quotes": "'".join(PARTS),
    "letters": NUMBER.replace("0", "O").replace("1", "l"),
    "percent": "".join(f"%{ord(char):02X}" for char in NUMBER),
    "hex": "".join(f"\\x{ord(char):02x}" for char in NUMBER),
    "long references": "".join(f"&#{ord(char):07};" for char in NUMBER),
    "references twice": "".join(f"&amp;#{ord(char)};" for char in NUMBER),
    "wide references": "".join(f"&#{ord(char) + 0xFEE0};" for char in NUMBER),
    "comment": f"{NUMBER[:6]}<!-- x -->{NUMBER[6:]}",
    "neighbour": f"<span>{NUMBER}</span><span>2024</span>",
    "cross": NUMBER[:17] + "×",
}


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
@pytest.mark.parametrize("mode", Mode)
def test_a_number_is_found_however_it_is_cut(spelling: str, mode: Mode) -> None:
    masked = mask(f"持{spelling}的人员", mode)
    assert ("resident", 1) in masked.found
    assert mask(masked.text, mode) == type(masked)(masked.text)


@pytest.mark.parametrize("middle", ["…", "……", "-----", "某某某某", "××××××××"])
def test_a_number_whose_middle_is_left_out_is_masked(middle: str) -> None:
    assert mask(f"持有{PARTS[0]}{middle}0025的人员").changed


def test_cells_of_figures_are_no_number() -> None:
    assert not mask(f"区划,日期,数量\n{PARTS[0]},{PARTS[1]},0027\n", Mode.DOCUMENT).changed


def test_a_number_before_a_word_that_begins_with_x_is_masked() -> None:
    digits = next(f"{NUMBER[:14]}{n:04}" for n in range(1000) if is_resident_number(f"{NUMBER[:14]}{n:04}"))
    assert mask(f"{digits}\n x", Mode.DOCUMENT).changed


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("联系人：褚时间；", "褚时间"),
        ("法定代表人（负责人）:魏 渭", "魏 渭"),
        ("当事人：古丽·艾山，女", "古丽·艾山"),
        ("法定代表人：TANAKA TARO", "TANAKA TARO"),
        ("姓　名：李　明", "李　明"),
    ],
)
def test_a_name_behind_a_part_and_a_colon_is_a_name(text: str, name: str) -> None:
    assert name in [text[start:end] for start, end in introduced(text)]


@pytest.mark.parametrize("text", ["经营者：上海明珠商贸有限公司", "联系人：同上", "店主应当公示", "职工关爱", "当事人安全意识淡薄"])
def test_what_is_no_name_is_introduced_by_no_part(text: str) -> None:
    assert not list(introduced(text))


def _workbook(*, author: str = "", sheet: str = "") -> bytes:
    book, out = Workbook(), io.BytesIO()
    first = book.create_sheet("表")
    first["A1"] = "项目"
    if author:
        first["A1"].comment = Comment("x", author)
    if sheet:
        book.create_sheet(sheet)
    book.save(out)
    return out.getvalue()


def _pdf(*, title: str = "", note: str = "") -> bytes:
    out = io.BytesIO()
    page = canvas.Canvas(out)
    page.setTitle(title)
    if note:
        page.textAnnotation(note, Rect=[10, 10, 50, 50])
    page.drawString(50, 700, "text")
    page.save()
    return out.getvalue()


def _zip(name: str = "a.txt", content: str = "", comment: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, content)
        archive.comment = comment.encode()
    return out.getvalue()


@pytest.mark.parametrize(
    "payload",
    [
        _workbook(author=NUMBER),
        _workbook(sheet=NUMBER),
        _pdf(title=NUMBER),
        _pdf(note=f"ID {NUMBER}"),
        _zip(f"{NUMBER}.txt"),
        _zip(content=NUMBER),
        _zip(comment=NUMBER),
        b"\xd0\xcf\x11\xe0" + b"\0" * 64 + NUMBER.encode("utf-16-le"),
        b"Rar!\x1a\x07\x00" + NUMBER.encode(),
    ],
)
def test_what_a_file_holds_beside_its_text_is_seen(payload: bytes) -> None:
    assert holds_personal(payload)


@pytest.mark.parametrize("payload", [_workbook(author="editor", sheet="备用"), _pdf(title="notice"), _zip(), b"", b"\0\1\2"])
def test_a_file_without_personal_data_may_be_kept(payload: bytes) -> None:
    assert not holds_personal(payload)


@given(st.binary(max_size=400), st.sampled_from([b"", b"PK\x03\x04", b"%PDF-1.4\n"]))
def test_property_any_bytes_are_looked_through(data: bytes, start: bytes) -> None:
    assert all(isinstance(text, str) for text in texts(start + data))

"""Numbers and dates as a workbook shows them: what the number formats of its cells say (ECMA-376-1, 18.8.30 and 18.8.31)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from lxml import etree

Value = int | float | str | bool | time | date | datetime | timedelta

BUILT_IN = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    17: "yyyy-mm",
    **dict.fromkeys((27, 36, 50, 52, 57), 'yyyy"年"m"月"'),
    **dict.fromkeys((28, 29, 51, 53, 54, 58), 'm"月"d"日"'),
}
"""Formats by their number that matter here, those of a Chinese system among them; the dates of the others are whole days."""
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_NUMBER = re.compile(r"([#0,]*)(?:\.(0+)(#*))?(%?)")
_CELL = re.compile(rb"<(?:\w{1,10}:)?c\s([^>]{0,200})>")
_PLACE = re.compile(rb"\br=[\"']([A-Z]{1,3})(\d{1,7})[\"']")
_STYLE = re.compile(rb"\bs=[\"'](\d{1,6})[\"']")
_EPOCH = datetime(1899, 12, 30)
_MAX_DIGITS = 15
"""Digits that a spreadsheet keeps of a number; the others are the noise of binary fractions."""


def plain(value: Value) -> str:
    """Return a value as a reader sees it without a format: whole numbers without a point, dates as ISO 8601."""
    if isinstance(value, str):  # as nearly all values are
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 10**_MAX_DIGITS:
            return str(int(value))
        exact = repr(value)
        return exact if len(exact) <= _MAX_DIGITS or "e" in exact else f"{value:.{_MAX_DIGITS}g}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    return str(value)


def shown(value: Value, code: str) -> str:
    """Return a value as its number format shows it where that differs in meaning; else as ``plain`` has it.

    A date shown without its day is a month and not a day: 2031年6月, never 2031-06-01.
    """
    bare = _LITERAL.sub("", code.partition(";")[0]).strip()
    letters = re.sub(r"[^a-zA-Z]", "", bare).lower()
    if isinstance(value, date | datetime) or (isinstance(value, int | float) and not isinstance(value, bool) and {"y", "d"} & set(letters)):
        return _shown_date(value, letters)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _shown_number(value, bare)
    return plain(value)


def _shown_date(value: Value, letters: str) -> str:
    if isinstance(value, int | float):
        if not 0 < value < 2_958_466:  # 9999-12-31
            return plain(value)
        value = _EPOCH + timedelta(days=float(value))
    if not isinstance(value, date) or set(letters) - set("ymdae"):
        return plain(value)
    year, month, day = ("y" in letters or "e" in letters, "m" in letters, "d" in letters)
    if not (year or month or day) or (year and day) or not (year or month):
        return plain(value)
    return (f"{value.year}年" if year else "") + (f"{value.month}月" if month else "") + (f"{value.day}日" if day else "")


def _shown_number(value: float, bare: str) -> str:
    found = _NUMBER.fullmatch(bare)
    if found is None or not bare:
        return plain(value)
    whole, fixed, more, percent = found.groups()
    number = Decimal(repr(value)) * (100 if percent else 1)
    if not number.is_finite() or abs(number) >= 10**_MAX_DIGITS or more:
        return plain(value)
    rounded = number.quantize(Decimal(1).scaleb(-len(fixed or "")), rounding=ROUND_HALF_UP)
    text = f"{rounded:,f}" if "," in whole else f"{rounded:f}"
    padding = 0 if "," in whole else whole.count("0")
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    return sign + digits.zfill(padding + (len(fixed) + 1 if fixed else 0)) + percent


def format_codes(styles: etree._Element | None) -> dict[int, str]:
    """Return the format code of each cell style that shows a value otherwise than ``plain`` does, by the style's number."""
    if styles is None:
        return {}
    space = styles.tag.partition("}")[0] + "}" if str(styles.tag).startswith("{") else ""
    own = {one.get("numFmtId", ""): one.get("formatCode", "") for one in styles.iterfind(f"{space}numFmts/{space}numFmt")}
    out: dict[int, str] = {}
    for number, style in enumerate(styles.iterfind(f"{space}cellXfs/{space}xf")):
        key = style.get("numFmtId", "0")
        code = own.get(key) or (BUILT_IN.get(int(key), "") if key.isdecimal() and len(key) < 6 else "")
        if code and code.lower() not in {"general", "@"}:
            out[number] = code
    return out


def cell_formats(content: bytes, codes: Mapping[int, str]) -> dict[tuple[int, int], str]:
    """Return the format codes of a sheet's cells by row and column, counted from 0, for the styles in ``codes``."""
    out: dict[tuple[int, int], str] = {}
    for found in _CELL.finditer(content) if codes else ():
        style, place = _STYLE.search(found.group(1)), _PLACE.search(found.group(1))
        if style and place and (code := codes.get(int(style.group(1)))):
            out[int(place.group(2)) - 1, column_number(place.group(1)) - 1] = code
    return out


def column_number(letters: bytes) -> int:
    """Return the number of a column from its letters, counted from 1."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number

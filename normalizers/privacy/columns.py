"""Personal data under the heading of its column: in a table a value stands far from its label."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from normalizers.privacy.labelled import DAY, LABELLED, is_identity, is_telephone, says_a_place
from normalizers.privacy.names import is_name, reduce_name
from normalizers.privacy.records import Finding, Mode
from normalizers.privacy.tables import label_kinds
from normalizers.privacy.view import ROW

MOST_CELLS = 200
"""Columns of the widest table that is looked at."""

NAMES = frozenset(("姓名", "自然人姓名", "被执行人姓名", "失信人姓名", "当事人姓名", "处罚对象姓名"))
IDENTITIES = frozenset(("identity", "passport", "permit", "residence", "military", "bank"))
_NOTE = re.compile(r"[（(][^()（）]{0,20}[)）]|[\s:：*]")
_SUFFIX = re.compile(r"(?:号码|编号|号)$")
_DIGITS = re.compile(r"[0-9*]")
_DAY = re.compile(DAY)
_FORMS: dict[str, Callable[[str], bool]] = {
    "bank": lambda value: len(_DIGITS.findall(value)) >= 8,
    "military": lambda value: len(_DIGITS.findall(value)) >= 4,
    "phone": is_telephone,
    "address": says_a_place,
    "birth": lambda value: _DAY.fullmatch(value) is not None,
    "sex": lambda value: value in ("男", "女", "男性", "女性"),
    "ethnicity": lambda value: value.endswith("族"),
    "age": lambda value: re.fullmatch("[0-9]{1,3}岁?", value) is not None,
    "name": lambda value: is_name(value.replace(" ", "")),
}


def columns(text: str, mode: Mode) -> Iterator[Finding]:
    """Yield the personal cells of the tables in a view's text, whose cells are parted by tabs or upright strokes."""
    if "\t" not in text and "|" not in text:
        return
    heads: list[str] = []
    for start, cells in _rows(text):
        kinds = [_kind_of(cell) for cell in cells]
        if sum(map(bool, kinds)) > 1 and not any(char.isdigit() for cell in cells for char in cell):
            heads = _meant(kinds, mode)
        elif any(heads) and len(cells) == len(heads):
            yield from _cells(cells, heads, start)


def _rows(text: str) -> Iterator[tuple[list[int], list[str]]]:
    """Yield the cells of each row and where they begin: rows of markup first, lines with tabs or strokes where there is none."""
    parts = text.split(ROW) if ROW in text else text.split("\n")
    start = 0
    for part in parts:
        parting = "\t" if "\t" in part else "|"
        if 0 < part.count(parting) <= MOST_CELLS:
            pieces = part.split(parting)
            begins = [start + sum(len(piece) + 1 for piece in pieces[:place]) for place in range(len(pieces))]
            inner = slice(1, None, 2) if ROW in text and not any(piece.strip() for piece in pieces[::2]) else slice(None)
            yield begins[inner], pieces[inner]
        start += len(part) + 1


def _meant(kinds: Sequence[str], mode: Mode) -> list[str]:
    """Return the kinds that are masked: in a document the particulars of persons only where an identity number stands beside them."""
    beside = bool(IDENTITIES & set(kinds))
    return [kind if kind in IDENTITIES or mode is Mode.RECORD or beside else "" for kind in kinds]


def _cells(cells: Sequence[str], heads: Sequence[str], starts: Sequence[int]) -> Iterator[Finding]:
    for cell, kind, start in zip(cells, heads, starts, strict=True):
        value = cell.strip()
        if kind and value and _FORMS.get(kind, is_identity)(value):
            begin = start + cell.index(value)
            word = reduce_name(value) if kind == "name" else ""
            yield Finding(begin, begin + len(value), LABELLED, kind, word)


def _kind_of(cell: str) -> str:
    plain = _NOTE.sub("", cell)
    if plain in NAMES:
        return "name"
    return label_kinds().get(plain) or label_kinds().get(_SUFFIX.sub("", plain), "")

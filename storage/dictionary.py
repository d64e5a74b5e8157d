"""The data dictionary: what stands in each view and column, in 中文 and English.

``dictionary.toml`` is the only place where that is written. The tables of ``docs/store.md``, the page ``docs/dictionary.md``, the page and
answer of the web application and the types of frames and downloads are made of it; tests hold it against the views of both databases.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Boolean, Date, Double, Integer
from sqlalchemy.types import TypeEngine

from storage.types import UtcTime, Words, Yuan

SOURCE = Path(__file__).with_name("dictionary.toml")
LANGUAGES = ("zh", "en")


class Kind(StrEnum):
    """What a column holds, the same on both databases and in every form."""

    TEXT = "text"
    WHOLE = "whole"
    NUMBER = "number"
    AMOUNT = "amount"
    TRUTH = "truth"
    DAY = "day"
    MOMENT = "moment"


_TYPES: dict[Kind, TypeEngine[Any]] = {
    Kind.TEXT: Words(),
    Kind.WHOLE: Integer(),
    Kind.NUMBER: Double(),
    Kind.AMOUNT: Yuan(),
    Kind.TRUTH: Boolean(),
    Kind.DAY: Date(),
    Kind.MOMENT: UtcTime(),
}

KINDS = {
    Kind.TEXT: {"zh": "文本", "en": "text"},
    Kind.WHOLE: {"zh": "整数", "en": "whole number"},
    Kind.NUMBER: {"zh": "数", "en": "number"},
    Kind.AMOUNT: {"zh": "金额", "en": "amount"},
    Kind.TRUTH: {"zh": "真假", "en": "true or false"},
    Kind.DAY: {"zh": "日期", "en": "day"},
    Kind.MOMENT: {"zh": "时刻", "en": "moment"},
}
UNITS = {
    "": {"zh": "", "en": ""},
    "UTC": {"zh": "协调世界时", "en": "UTC"},
    "byte": {"zh": "字节", "en": "bytes"},
    "character": {"zh": "字符", "en": "characters"},
    "元": {"zh": "元", "en": "yuan (CNY)"},
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: ``meaning``, ``unit`` and ``values`` (word and meaning) by language; ``standard`` where it follows one."""

    name: str
    kind: Kind
    nullable: bool
    meaning: Mapping[str, str]
    unit: str = ""
    values: Sequence[tuple[str, Mapping[str, str]]] = ()
    standard: str = ""
    example: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A view by its whole name, and its columns in their order."""

    name: str
    meaning: Mapping[str, str]
    columns: Sequence[Column]


@cache
def dictionary() -> dict[str, Entry]:
    """Return every view that is described, by its name, in the order of the source."""
    with SOURCE.open("rb") as file:
        told = tomllib.load(file)
    return {f"v_{name}": _entry(f"v_{name}", said, told) for name, said in told["views"].items()}


def _entry(name: str, said: dict[str, Any], told: dict[str, Any]) -> Entry:
    columns = [_column(each, own or told["shared"][each], told["values"]) for each, own in said["columns"].items()]
    return Entry(name, {tongue: said[tongue] for tongue in LANGUAGES}, columns)


def _column(name: str, said: dict[str, Any], values: dict[str, Any]) -> Column:
    chosen = tuple((word, dict(meaning)) for word, meaning in values[said["values"]].items()) if "values" in said else ()
    meaning = {tongue: said[tongue] for tongue in LANGUAGES}
    more = {field: said.get(field, "") for field in ("unit", "standard", "example")}
    return Column(name, Kind(said["kind"]), said.get("nullable", False), meaning, values=chosen, **more)


@cache
def kinds_of(view: str) -> dict[str, Kind]:
    """Return the columns of a view with what they hold, nothing for a name that is no view."""
    entry = dictionary().get(view)
    return {column.name: column.kind for column in entry.columns} if entry else {}


def type_of(kind: Kind) -> TypeEngine[Any]:
    """Return the type by which SQLAlchemy reads a kind alike on both databases."""
    return _TYPES[kind]


def entries(language: str) -> list[dict[str, Any]]:
    """Return the dictionary in a language (``zh``, ``en``): one dictionary a view, plain enough for JSON.

    Keys of a view: ``name``, ``meaning``, ``columns``; of a column: ``name``, ``type``, ``unit``, ``nullable``, ``meaning``, ``values``
    (``word`` and ``meaning``), ``standard``, ``example``. Raises ``KeyError`` for another language.
    """
    return [
        {"name": entry.name, "meaning": entry.meaning[language], "columns": [_told(column, language) for column in entry.columns]}
        for entry in dictionary().values()
    ]


def _told(column: Column, language: str) -> dict[str, Any]:
    return {
        "name": column.name,
        "type": KINDS[column.kind][language],
        "unit": UNITS[column.unit][language],
        "nullable": column.nullable,
        "meaning": column.meaning[language],
        "values": [{"word": word, "meaning": meaning[language]} for word, meaning in column.values],
        "standard": column.standard,
        "example": column.example,
    }

"""A fact sheet as its file may have it: what the file says, with the rules that are in force (TOML 1.0.0). Its comments are not kept."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from spiders.factsheet import ARTICLE_FIELDS, LIST_FIELDS, FactSheet, Rule

_ESCAPES = {'"': '\\"', "\\": "\\\\"}


def sheet_as_toml(sheet: FactSheet) -> str:
    """Return the file of a sheet with the rules that the sheet has now; ``read_sheet`` reads it back."""
    data = tomllib.loads((files("spiders") / "sites" / f"{sheet.id}.toml").read_text("utf-8"))
    data |= rules_as_data(sheet)
    for entry in data["sections"]:
        own = sheet.section(entry["id"]).rules
        if own:
            entry["list"] = {name: _rules(rules) for name, rules in own.items()}
    return as_toml(data)


def rules_as_data(sheet: FactSheet, certainty: str = "") -> dict[str, dict[str, list[dict[str, str]]]]:
    """Return the rules of a site as the tables ``list`` and ``article`` of its file have them, with another certainty if one is given."""
    tables = (("list", LIST_FIELDS), ("article", ARTICLE_FIELDS))
    return {table: {name: _rules(sheet.rules[name], certainty) for name in names if sheet.rules.get(name)} for table, names in tables}


def _rules(rules: tuple[Rule, ...], certainty: str = "") -> list[dict[str, str]]:
    return [{_way(rule): getattr(rule, _way(rule)), "certainty": certainty or str(rule.certainty)} for rule in rules]


def _way(rule: Rule) -> str:
    return "css" if rule.css else "xpath" if rule.xpath else "meta"


# --- TOML --------------------------------------------------------------------------------------------------------------


def as_toml(data: Mapping[str, Any]) -> str:
    """Return a table of texts, numbers, truths, lists and tables as TOML: plain values first, then tables and lists named sections."""
    return "\n".join(_lines(data, "")).strip("\n") + "\n"


def _lines(table: Mapping[str, Any], path: str) -> Iterator[str]:
    inner = {name: value for name, value in table.items() if isinstance(value, dict) or _is_tables(name, value)}
    for name, value in table.items():
        if name not in inner:
            yield f"{name} = {_value(value)}"
    for name, value in inner.items():
        where = f"{path}.{name}" if path else name
        for each in value if isinstance(value, list) else [value]:
            yield ""
            yield f"[[{where}]]" if isinstance(value, list) else f"[{where}]"
            yield from _lines(each, where)


def _is_tables(name: str, value: object) -> bool:
    """Tell whether a list is one of tables of their own; lists of rules are written inline."""
    return name == "sections" and isinstance(value, list)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_value(each)}" for name, each in value.items()) + " }"
    if isinstance(value, list):
        # A rule a line: that is how sheets are read and compared.
        if len(value) > 1 or any(isinstance(each, dict) for each in value):
            return "[\n" + "".join(f"    {_value(each)},\n" for each in value) + "]"
        return "[" + ", ".join(map(_value, value)) + "]"
    return _string(str(value))


def _string(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(c, c) if c >= " " and c != "\x7f" else f"\\u{ord(c):04X}" for c in text) + '"'

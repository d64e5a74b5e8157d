"""What kind of value each key of a fact sheet takes, and how its file is read: a wrong one is one sentence with its place."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any

MOST = 10_000_000
"""No count of a sheet is greater: items, requests, bytes are checked on their own."""
LONGEST = 30_000
"""Characters of a sheet, of which the longest has 7,000; the reader of TOML takes time and memory in the square of what it nests."""


class FactSheetError(ValueError):
    """A fact sheet says something that cannot be, or lacks something it must say."""


class NoBaseError(FactSheetError):
    """A site has no address, or was given one that is none; its sheet is right."""


def read_toml(folder: str, site: str) -> str:
    """Return the text of a fact sheet. Raises FactSheetError for a file that is no UTF-8 or cannot be read."""
    file = files("spiders") / folder / f"{site}.toml"
    try:
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FactSheetError(f"fact sheet {site}: not UTF-8 (byte {error.start + 1}); save {folder}/{site}.toml as UTF-8") from None
    except OSError as error:
        raise FactSheetError(f"fact sheet {site}: {folder}/{site}.toml cannot be read ({error.strerror})") from None


def parsed(text: str, name: str) -> dict[str, Any]:
    """Return what a sheet says. Raises FactSheetError for a text that is no TOML."""
    if len(text) > LONGEST:
        raise FactSheetError(f"fact sheet {name or '?'}: has {len(text)} characters; at most {LONGEST} are read")
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # tomllib's own, and the limits of Python on numbers and depth
        raise FactSheetError(f"fact sheet {name or '?'}: not TOML, {error}") from None


def refuse_unknown(table: Mapping[str, Any], allowed: set[str], where: str) -> None:
    """Raise FactSheetError for keys that a table of a sheet has not."""
    if unknown := sorted(set(table) - allowed):
        raise FactSheetError(f"fact sheet {where}: unknown key {', '.join(unknown)}; known are {', '.join(sorted(allowed))}")


def need(table: Mapping[str, Any], keys: tuple[str, ...], where: str) -> None:
    """Raise FactSheetError for a key that a table must have and has not."""
    for key in keys:
        if key not in table:
            raise FactSheetError(f"fact sheet {where}: the key {key!r} is missing")


def check_kinds(table: Mapping[str, Any], where: str) -> None:
    """Raise FactSheetError for the first value of a table that is of another kind than its key takes."""
    for key, value in table.items():
        holds, wanted = _KINDS.get(key, _ANY)
        if not holds(value):
            raise FactSheetError(f"fact sheet {where}: {key} is {wanted}, not {_short(value)}")


def check_rules(value: Any, where: str) -> None:  # noqa: ANN401 - whatever stands in a sheet
    """Raise FactSheetError for what is no list of rules."""
    if not _is_tables(value) or not all(_is_words(rule) for rule in value):
        raise FactSheetError(f'fact sheet {where}: rules are a list, like [{{ css = "li", certainty = "assumed" }}], not {_short(value)}')


def check_limits(value: Any, where: str) -> None:  # noqa: ANN401 - whatever stands in a sheet
    """Raise FactSheetError for limits that are no positive numbers; seconds may have a fraction."""
    if not isinstance(value, Mapping):
        raise FactSheetError(f"fact sheet {where}: limits is a table, not {_short(value)}")
    for key, number in value.items():
        whole = isinstance(number, int) if key != "seconds" else isinstance(number, int | float)
        if isinstance(number, bool) or not whole or not 0 < number <= 2**40:
            raise FactSheetError(f"fact sheet {where}, [limits]: {key} must be positive, a number, not {_short(number)}")


def _short(value: object) -> str:
    told = repr(value)
    return told if len(told) <= 60 else told[:60] + "…"


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_texts(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)


def _is_truth(value: object) -> bool:
    return isinstance(value, bool)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST


def _is_pace(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value <= 86400


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping)


def _is_words(value: object) -> bool:
    return isinstance(value, Mapping) and all(isinstance(each, str) for each in value.values())


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, Mapping) for each in value)


_Kind = tuple[Callable[[object], bool], str]
_ANY: _Kind = (lambda _value: True, "")
_TEXT: _Kind = (_is_text, "text in quotes")
_TEXTS: _Kind = (_is_texts, 'a list of texts, like ["www.example.cn"]')
_TRUTH: _Kind = (_is_truth, "true or false")
_COUNT: _Kind = (_is_count, f"a whole number from 0 to {MOST}")
_RULES: _Kind = (_is_table, 'a table of lists of rules, like { item = [{ css = "li", certainty = "assumed" }] }')
_KINDS: Mapping[str, _Kind] = {
    **dict.fromkeys(("id", "name", "name_zh", "kind", "region", "base", "family", "charset", "path", "pages", "certainty"), _TEXT),
    **dict.fromkeys(("list_name", "colour", "authority", "slices", "detail"), _TEXT),
    **dict.fromkeys(("hosts", "sources", "out_of_reach", "identity"), _TEXTS),
    **dict.fromkeys(("without_list", "ask_again", "base_only"), _TRUTH),
    **dict.fromkeys(("size", "cap"), _COUNT),
    **dict.fromkeys(("list", "article"), _RULES),
    "pace": (_is_pace, "a number of seconds from 1 to a day"),
    "options": (_is_words, 'a table of texts, like { column = "284" }'),
    "sections": (_is_tables, "tables [[sections]]"),
}

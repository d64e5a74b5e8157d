"""Read the JSON answers of site interfaces: an article as HTML in a field, or rows of records."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from normalizers.documents import html
from normalizers.documents.blocks import RawBlock
from normalizers.documents.builder import Source, build
from normalizers.documents.grid import RawCell
from normalizers.documents.limits import MAX_COLUMNS, MAX_MARKUP, MAX_ROWS, UnreadableError, check_size
from normalizers.documents.sheet_lines import sheet_blocks
from normalizers.records import Document, Hints, Origin
from normalizers.text.decode import decode

MAX_NODES = 2_000_000
MAX_FIELD = 1000
"""Characters of the longest field that states something of an article."""
LEAST_FIELDS = 4
"""Plain fields of an object that make it a record of its own."""
_TAG = re.compile(r"<(?:p|div|table|tr|br|span|html|body|h[1-6]|section|article)\b[^<>]{0,2000}>", re.IGNORECASE)
_HALVES = re.compile(r"\\u[dD][89a-fA-F]")
_CALLBACK = re.compile(r"\s*[\w$.]{1,80}\s*\(")
Record = Mapping[str, Any]


@cache
def _words() -> dict[str, list[str]]:
    data: dict[str, list[str]] = tomllib.loads((files(__package__) / "data" / "office.toml").read_text(encoding="utf-8"))["json"]
    return data


def parsed(text: str) -> Any:  # noqa: ANN401 - JSON is of any type
    """Return what a JSON or JSONP text says, ``None`` when it is neither."""
    bare = text.strip("\ufeff \t\r\n;")
    if (found := _CALLBACK.match(bare)) and bare.endswith(")"):
        bare = bare[found.end() : -1]
    if not bare.startswith(("{", "[")):
        return None
    try:
        found = json.loads(bare, strict=False)
        if _HALVES.search(bare):  # an escape may stand for half a character, which no text can hold
            found = json.loads(json.dumps(found, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    return found


def is_json(payload: bytes) -> bool:
    """Tell whether a text is a JSON object or a list of them; a text that merely begins with a bracket is none."""
    head = payload.lstrip(b"\xef\xbb\xbf \t\r\n")[:100]
    if not head.startswith((b"{", b"[")) and not re.match(rb"[\w$.]{1,80}\s*\(\s*[{\[]", head):
        return False
    return len(payload) <= MAX_MARKUP and isinstance(parsed(decode(payload).text), dict | list)


def _records(value: Any) -> Iterator[Record | list[Any]]:  # noqa: ANN401 - JSON is of any type
    """Yield every object and list of an answer, the outer ones first."""
    waiting, seen = [value], 0
    while waiting and seen < MAX_NODES:
        following: list[Any] = []
        for node in waiting:
            seen += 1
            if isinstance(node, dict | list):
                yield node
                following += node.values() if isinstance(node, dict) else node
        waiting = [node for node in following if isinstance(node, dict | list)]


def _field(record: Record, names: list[str]) -> str:
    folded = {key.lower(): value for key, value in record.items() if isinstance(value, str) and value.strip()}
    return next((folded[name] for name in names if name in folded), "")


def _article(value: Any) -> tuple[Record, str] | None:  # noqa: ANN401 - JSON is of any type
    """Return the record with the longest HTML or named body, and that body."""
    best: tuple[Record, str] | None = None
    for node in _records(value):
        if isinstance(node, dict):
            marked = [text for text in node.values() if isinstance(text, str) and len(text) > 20 and _TAG.search(text)]
            body = max([*marked, _field(node, _words()["body"])], key=len)
            if len(body) > max(20, len(best[1]) if best else 0):
                best = node, body
    return best


def stated(payload: bytes, charset: str = "") -> dict[str, str]:
    """Return the other fields of the record that holds an answer's article, by their names in small letters; none without an article."""
    value = parsed(decode(payload[:MAX_MARKUP], declared=charset).text)
    article = _article(value) if value is not None else None
    if article is None:
        return {}
    fields = {str(key).lower(): said for key, said in article[0].items() if isinstance(said, str | int) and not isinstance(said, bool)}
    return {key: str(said) for key, said in fields.items() if said != article[1] and len(str(said)) <= MAX_FIELD}


def _cell(value: Any) -> str:  # noqa: ANN401 - JSON is of any type
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _table(rows: list[Any]) -> list[RawBlock]:
    records = [row for row in rows if isinstance(row, dict)][:MAX_ROWS]
    keys = list(dict.fromkeys(key for row in records for key in row))[:MAX_COLUMNS]
    lines = [keys, *([_cell(row.get(key)) for key in keys] for row in records)]
    cells = [
        RawCell(text, origin=Origin("row", max(1, number)), row=number, column=column)
        for number, line in enumerate(lines)
        for column, text in enumerate(line)
    ]
    told = [f"The answer has {len(rows)} records; those beyond {MAX_ROWS} were not read."] if len(rows) > MAX_ROWS else []
    return sheet_blocks(cells, "", told)


def _only_row(value: Any) -> list[Any] | None:  # noqa: ANN401 - JSON is of any type
    """Return the list that holds the one record of an answer: an object with several plain fields."""
    lists = (node for node in _records(value) if isinstance(node, list) and len(node) == 1 and isinstance(node[0], dict))
    return next((rows for rows in lists if sum(not isinstance(told, dict | list) for told in rows[0].values()) >= LEAST_FIELDS), None)


def read(payload: bytes, hints: Hints, name: str) -> Document:
    """Return the document of a JSON answer: its article, else its longest list of records as a table.

    Raises ``UnreadableError`` for an answer that holds neither.
    """
    check_size(len(payload), MAX_MARKUP, name)
    decoded = decode(payload, declared=hints.charset)
    value = parsed(decoded.text)
    if value is None:
        raise UnreadableError(f"{name} is no whole JSON text: fetch it again.")
    lists = [node for node in _records(value) if isinstance(node, list) and sum(isinstance(row, dict) for row in node[:50]) > 1]
    rows = max(lists, key=len, default=None)
    article = _article(value)
    if article and (rows is None or article[0] not in rows):
        record, body = article
        title = hints.title or _field(record, _words()["title"])
        heading = f"<h1>{title}</h1>" if title and title not in body else ""
        page = f'<html><head><meta charset="utf-8"></head><body>{heading}{body}</body></html>'
        return replace(html.read(page.encode(), replace(hints, title=title, charset="utf-8", body=""), name), format="json")
    blocks = _table(rows or _only_row(value) or [])
    if not blocks:
        raise UnreadableError(f"{name} is JSON that holds neither an article nor rows: look for the page that it belongs to.")
    return build(blocks, Source(name, "json", decoded.encoding, decoded.repairs, decoded.warnings), hints)

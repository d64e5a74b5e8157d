"""One document of the corpus: its text as written, with the labels that a reader gave it before any program had read it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

PAPERS = Path(__file__).parent / "papers"
ROLES = {"牵头": "lead", "配合": "partner", "责任": "responsible", "均需": "implied"}
_CUT = "+++"


@dataclass(frozen=True)
class Label:
    """One task: ``start``, the words its text begins with (behind number, heading, action cell); names by role; the last day."""

    start: str
    names: dict[str, frozenset[str]]
    due: str = ""
    end: date | None = None
    section: str = ""
    open_list: bool | None = None


@dataclass(frozen=True)
class Grid:
    """A table as written: ``^`` goes on from the cell above, ``<`` from the cell to the left; ``head`` rows are its heading."""

    rows: list[list[str]]
    head: int = 1

    def placed(self) -> list[tuple[int, int, int, int, str]]:
        """Return row, column, rowspan, colspan and text of each cell that is drawn."""
        out = []
        for r, row in enumerate(self.rows):
            for c, text in enumerate(row):
                if text not in {"^", "<"}:
                    down, right = 1, 1
                    while c + right < len(row) and row[c + right] == "<":
                        right += 1
                    while r + down < len(self.rows) and self.rows[r + down][c] == "^":
                        down += 1
                    out.append((r, c, down, right, text))
        return out

    @property
    def merged(self) -> bool:
        """Tell whether cells are merged."""
        return any(text in {"^", "<"} for row in self.rows for text in row)

    def plain(self, br: str = "") -> list[list[str]]:
        """Return the texts with blanks where merged cells go on, as programs without merging write them."""
        return [["" if text in {"^", "<"} else text.replace("<br>", br) for text in row] for row in self.rows]


Part = str | Grid
"""A line (``= `` before a title, ``> `` before a line at the right) or a table."""


@dataclass(frozen=True)
class Paper:
    """A document and its labels. ``meta`` holds the metadata fields that are labelled; what it does not name is not measured."""

    name: str
    parts: tuple[Part, ...]
    tasks: tuple[Label, ...]
    meta: dict[str, Any]
    formats: tuple[str, ...]
    damages: tuple[str, ...] = ()
    phenomena: tuple[str, ...] = ()
    resolved: tuple[tuple[str, str], ...] = ()
    region: str = ""
    generated: bool = False
    extra: dict[str, Any] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """Return the lines of text without their marks, tables left out."""
        return [bare(part) for part in self.parts if isinstance(part, str)]


def bare(line: str) -> str:
    """Return a line without the mark of its place."""
    return re.sub(r"^[=>] ", "", line)


def read_parts(body: str) -> tuple[Part, ...]:
    """Return the lines and tables of a body: a table's lines begin with ``|``, its heading ends in a line ``|-``."""
    out: list[Part] = []
    rows: list[list[str]] = []
    head = 1
    for line in [*body.strip("\n").splitlines(), ""]:
        if line.startswith("|-"):
            head = len(rows)
        elif line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip().strip("|").split("|")])
        else:
            if rows:
                assert len({len(row) for row in rows}) == 1, f"rows of different width near {rows[0]}"
                out.append(Grid(rows, head))
                rows, head = [], 1
            if line.strip():
                out.append(line.rstrip())
    return tuple(out)


def read_label(line: str, section: str = "") -> Label:
    """Return one line of labels: ``start | 牵头 a b | 配合 c | 责任 d | 均需 e | 时限 text → day | 章节 s | 等``."""
    start, *fields = [part.strip() for part in line.split("|")]
    names: dict[str, frozenset[str]] = {}
    due, end, open_list = "", None, None
    for one in fields:
        key, _, value = one.partition(" ")
        if key in ROLES:
            names[ROLES[key]] = frozenset(value.split())
        elif key == "时限":
            due, _, last = (piece.strip() for piece in value.partition("→"))
            end = date.fromisoformat(last) if last not in {"", "-"} else None
        elif key == "章节":
            section = value
        elif key == "等":
            open_list = True
        else:
            raise ValueError(f"{line}: {key} is no field of a label; use 牵头, 配合, 责任, 均需, 时限, 章节 or 等.")
    return Label(start, names, due, end, section, open_list)


def read_labels(text: str) -> tuple[Label, ...]:
    """Return the labels of a document, a line each; a line ``## …`` names the section of those below it."""
    out: list[Label] = []
    section = ""
    for line in text.strip().splitlines():
        if line.startswith("##"):
            section = line.strip("# ")
        elif line.strip():
            out.append(read_label(line, section))
    return tuple(out)


FIELDS = (
    "title", "number", "issuers", "issued_on", "published_on", "printed_on", "effective_on", "expires_on", "index_number",
    "regions", "plan", "kind", "references",
)  # fmt: skip
_OTHERS = ("tasks", "formats", "damages", "phenomena", "resolved", "region", "generated", "note")


def parse(name: str, text: str) -> Paper:
    """Return the document of a file: labels in TOML between two lines ``+++``, then its text. Raises ``ValueError`` for an unknown key."""
    _, front, body = text.split(_CUT, 2)
    data = tomllib.loads(front)
    unknown = set(data) - set(FIELDS) - set(_OTHERS)
    if unknown:
        raise ValueError(f"{name}: unknown keys {sorted(unknown)}; the labels are {', '.join(FIELDS + _OTHERS)}.")
    pairs = [line.split("=", 1) for line in data.get("resolved", "").strip().splitlines()]
    return Paper(
        name=name,
        parts=read_parts(body),
        tasks=read_labels(data.get("tasks", "")),
        meta={key: data[key] for key in FIELDS if key in data},
        formats=tuple(data["formats"].split()),
        damages=tuple(data.get("damages", "").split()),
        phenomena=tuple(data.get("phenomena", "").split()),
        resolved=tuple((mention.strip(), canonical.strip()) for mention, canonical in pairs),
        region=data.get("region", ""),
        generated=data.get("generated", False),
    )


@cache
def written() -> tuple[Paper, ...]:
    """Return the documents written by hand, by name."""
    return tuple(parse(path.stem, path.read_text(encoding="utf-8")) for path in sorted(PAPERS.glob("*.txt")))

"""Tables in documents that list public credit records: which they are, where their header ends, and what each row says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from normalizers.documents.blocks import join_lines
from normalizers.documents.labels import column_of
from normalizers.notices.contexts import ListContext, context_of
from normalizers.notices.fields import concept_of
from normalizers.notices.firm_names import LONGEST, is_body, is_code, is_organization, is_person
from normalizers.notices.list_words import words
from normalizers.notices.records import PrintedField
from normalizers.records import Cell, Table

HEADER_ROWS = 8
"""Rows from the top of a table among which its header stands."""
SUBJECTS = frozenset({"subject_name", "person_name", "name_and_code"})
CODES = frozenset({"credit_code", "organization_code", "registration_number", "any_code", "tax_number"})
DECIDED = frozenset({"number", "decided_on", "facts", "violation", "basis", "content", "category", "fine", "confiscated", "removed_on"})
"""What a table says of each firm when it lists decisions."""
_STRONG = frozenset({"facts", "violation", "basis", "content", "fine", "confiscated", "removed_on", "removal_reason", "shown_until"})
_SPREAD = frozenset({"authority", "list_name", "colour", "region_name", "source_body", "evaluation_year", "number", "decided_on"})
"""Columns in which an empty cell means the one above, in tables whose source draws no merged cells."""
_NUMBERED = re.compile(r"[（(]?\d{1,6}[.、）)]?|[一二三四五六七八九十]{1,4}")
_AFFECTED = re.compile(
    r"(?:拟?[被受获]|涉|失信|违法|违规|失范|严重|不良|守信|诚信|撤销|移出|列入|入选|上榜|参评|警示|关注|异常|整改|欠[薪税费缴]|处罚|记分)[\u4e00-\u9fff]{0,8}"
    r"(?:单位|企业|公司|主体|当事人|纳税人|商户|机构|门店|店铺|者|人)(?:名称|全称|姓名)?"
)
_SENTENCE = re.compile(r"[。；;！？?]|[，,].*[，,]")
NAMES_SHARE = 0.5
"""Share of a column's cells that must name organisations or persons, or stand beside a code."""
BARE_SHARE = 0.8
"""The same where no header says what the column holds."""


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a table; ``context`` is what a line inside the table says of it (二、黑名单), ``None`` where none does."""

    fields: tuple[PrintedField, ...]
    context: ListContext | None = None


@dataclass(slots=True)
class ReadTable:
    """The records of a table: the rows of the grid that hold them, and the concepts of its columns."""

    rows: list[Row] = field(default_factory=list)
    cut: set[int] = field(default_factory=set)
    concepts: frozenset[str] = frozenset()
    labels: tuple[str, ...] = ()


@lru_cache(maxsize=8192)
def concept_name(label: str) -> str:
    """Return the name of the concept that a label stands for, empty for one that is not known and for numbering."""
    if column_of(label) == "number":
        return ""
    found = concept_of(label)
    if found is None and _is_subject(label):
        return "subject_name"
    return "" if found is None else found.name


def _is_subject(label: str) -> bool:
    """Tell whether a label that is not known names the subject in words of its own (被记录单位, 违法企业名称或违法自然人姓名)."""
    flat = "".join(label.split())
    parts = re.split(r"或者?|[/、]", flat) if len(flat) <= LONGEST else []
    return bool(_AFFECTED.fullmatch(flat)) or any(_AFFECTED.fullmatch(part) for part in parts)


def printed_label(label: str) -> str:
    """Return a label as it goes into a record: one that names the subject in words of its own (被记录单位) says so in a bracket."""
    return f"企业名称（{label}）" if concept_of(label) is None and concept_name(label) in SUBJECTS else label


def value_of(text: str) -> str:
    """Return the text of a cell on one line."""
    if "\n" not in text:
        return text.strip()
    out = ""
    for line in text.split("\n"):
        out = join_lines(out, line.strip())
    return out


# --- the grid -----------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Grid:
    """A table as texts and cells by position."""

    cells: list[list[Cell | None]]
    texts: list[list[str]]
    merged: bool

    @classmethod
    def of(cls, table: Table) -> Grid:
        """Return the grid of a table; a merged cell stands at every position it covers."""
        cells = table.grid()
        return cls(cells, [[value_of(cell.text) if cell else "" for cell in row] for row in cells], table.merged)

    def filled(self, row: int) -> list[str]:
        """Return the texts of a row's cells, each cell once, the empty ones left out."""
        seen: set[int] = set()
        out = []
        for cell, text in zip(self.cells[row], self.texts[row], strict=True):
            if cell is not None and text and id(cell) not in seen:
                seen.add(id(cell))
                out.append(text)
        return out


# --- the header ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Header:
    """Where the header ends, and of each column the label and its concept."""

    top: int
    end: int
    labels: tuple[str, ...]
    concepts: tuple[str, ...]


def _is_label_row(texts: Sequence[str]) -> bool:
    """Tell whether a row holds labels and no values: half of them known, none a firm's name or a code, no sentence."""
    if any(is_code(text) or len(text) > 40 or "。" in text for text in texts):
        return False
    known = sum(1 for text in texts if concept_name(text) or column_of(text))
    firms = sum(1 for text in texts if is_organization(text) and not concept_name(text) and not column_of(text))
    return firms == 0 and known * 2 >= len(texts)


def _header(grid: Grid) -> _Header | None:
    """Return the header with a column for the subject, ``None`` where the table has none."""
    for top in range(min(len(grid.texts), HEADER_ROWS)):
        filled = grid.filled(top)
        if len(filled) < 2 and len(grid.texts[top]) > 1:
            continue
        if any(concept_name(text) in SUBJECTS for text in filled) and _is_label_row(filled):
            return _described(grid, top, _header_end(grid, top))
    return None


def _header_end(grid: Grid, top: int) -> int:
    """Return the first row below the header: cells of the header that reach down and rows of nothing but labels belong to it."""
    end = top + 1
    while end < min(len(grid.texts), top + 4):
        reaching = any(
            cell is not None and cell.row <= top < end <= cell.row + cell.rowspan - 1 and concept_name(text) in SUBJECTS
            for cell, text in zip(grid.cells[end], grid.texts[end], strict=True)
        )
        filled = grid.filled(end)
        subject = next((column for column, text in enumerate(grid.texts[top]) if concept_name(text) in SUBJECTS), 0)
        bare = not grid.texts[end][subject] and bool(filled) and _is_label_row(filled)
        if not reaching and not bare:
            break
        end += 1
    return end


def _described(grid: Grid, top: int, end: int) -> _Header:
    columns = range(len(grid.texts[top]))
    above = grid.texts[top - 1] if top and len(grid.filled(top - 1)) > 1 else [""] * len(columns)
    labels = tuple(_label([grid.texts[row][column] for row in range(top, end)]) or above[column] for column in columns)
    return _Header(top, end, labels, tuple(concept_name(label) for label in labels))


def _label(parts: Iterable[str]) -> str:
    """Return the label of a column from the cells above one another: the lowest that is known alone, else all together."""
    distinct = list(dict.fromkeys(part for part in parts if part))
    whole = "".join(distinct)
    if len(distinct) > 1 and concept_name(whole):
        return whole
    return next((part for part in reversed(distinct) if concept_name(part)), whole)


# --- rows ---------------------------------------------------------------------------------------------------------------------


def may_be_subject(text: str) -> bool:
    """Tell whether a cell may name a subject: no sentence, no number, no body of the state."""
    return 2 <= len(text) <= LONGEST + 20 and not _SENTENCE.search(text) and not is_body(text) and not _NUMBERED.fullmatch(text)


def is_sum(texts: Sequence[str]) -> bool:
    """Tell whether a row sums up or notes something and is no record; ``texts`` are its filled cells."""
    bare = re.sub(r"[\s:：]", "", texts[0]) if texts else ""
    return (
        bare in words("sums")
        or bare.startswith(("合计", "总计", "小计", "备注", "注1", "注2"))
        or bool(re.match(r"注[:：]", texts[0]) if texts else False)
    )


@dataclass(slots=True)
class _Sorted:
    """The rows below a header by what they are."""

    data: list[int] = field(default_factory=list)
    banners: dict[int, ListContext] = field(default_factory=dict)
    repeated: set[int] = field(default_factory=set)


def _sorted_rows(grid: Grid, header: _Header) -> _Sorted:
    out = _Sorted()
    labels = [label for label in header.labels if label]
    for row in range(header.end, len(grid.texts)):
        filled = grid.filled(row)
        if not filled or is_sum(filled):
            continue
        if sum(1 for text in filled if text in labels) * 2 > len(filled):
            out.repeated.add(row)
        elif len(filled) == 1 and len(grid.texts[row]) > 1 and not is_organization(filled[0]):
            if context := context_of(filled[0]):
                out.banners[row] = context
        else:
            out.data.append(row)
    return out


def _sets(header: _Header) -> list[range]:
    """Return the columns of each record of a row: all of them, or halves of a table printed side by side."""
    width = len(header.labels)
    for count in (2, 3, 4):
        size = width // count
        if size > 1 and width % count == 0 and all(header.labels[at] == header.labels[at % size] for at in range(width)):
            return [range(start, start + size) for start in range(0, width, size)]
    return [range(width)]


def _subject_column(grid: Grid, header: _Header, columns: range, rows: Sequence[int]) -> int:
    """Return the column of a set whose cells name firms or persons most often, -1 where none does often enough."""
    best, best_share = -1, 0.0
    code_columns = [column for column in columns if header.concepts[column] in CODES]
    for column in columns:
        if header.concepts[column] not in SUBJECTS:
            continue
        filled = [row for row in rows if grid.texts[row][column]]
        named = sum(1 for row in filled if _names(grid.texts[row][column], any(is_code(grid.texts[row][code]) for code in code_columns)))
        share = named / len(filled) if filled else 0.0
        if share > best_share:
            best, best_share = column, share
    return best if best_share >= NAMES_SHARE else -1


def _names(text: str, has_code: bool) -> bool:
    return is_organization(text) or is_person(text) or (has_code and may_be_subject(text))


def _is_foreign(header: _Header) -> bool:
    """Tell whether a table has columns of tasks, projects, statistics or contacts."""
    return any(re.sub(r"[\s（(].*$", "", label) in words("foreign") for label in header.labels)


def _is_listed(header: _Header, context: ListContext | None) -> bool:
    """Tell whether a table lists records: its document or caption says so, or its columns do by themselves."""
    concepts = set(header.concepts)
    decided = concepts & DECIDED
    if _is_foreign(header):
        return "number" in decided and len(decided & _STRONG) >= 2
    if context is not None:
        return True
    coded = bool(concepts & CODES)
    return ("number" in decided and len(decided) >= 2 and bool(decided & _STRONG or coded)) or (
        coded and len(decided & _STRONG) >= 1 and len(decided) >= 2
    )


def read_list(table: Table, context: ListContext | None) -> ReadTable | None:
    """Return the records of a table of firms, ``None`` for any other table. ``context`` is what stands above it."""
    grid = Grid.of(table)
    header = _header(grid)
    if header is None:
        return _bare_list(grid) if context is not None else None
    if not _is_listed(header, context):
        return None
    rows = _sorted_rows(grid, header)
    out = ReadTable(cut=set(), concepts=frozenset(header.concepts) - {""}, labels=header.labels)
    for columns in _sets(header):
        subject = _subject_column(grid, header, columns, rows.data)
        if subject >= 0:
            _read_rows(grid, header, columns, subject, rows, out)
    if out.rows:
        out.cut |= rows.repeated | set(rows.banners)
    return out if out.rows else None


def _read_rows(grid: Grid, header: _Header, columns: range, subject: int, rows: _Sorted, out: ReadTable) -> None:
    """Read the rows of one set of columns into ``out``; a row that only goes on with the one above is joined to it."""
    last: dict[int, str] = {}
    first = len(out.rows)
    banner: ListContext | None = None
    marks = sorted([*rows.data, *rows.banners])
    for row in marks:
        if row in rows.banners:
            banner = rows.banners[row]
            continue
        values = _values(grid, header, columns, row, last)
        if not values.get(subject):
            if len(out.rows) > first and _goes_on(header, values):
                out.rows[-1] = _joined(out.rows[-1], header, values)
                out.cut.add(row)
            continue
        if not may_be_subject(values[subject]) and not (is_body(values[subject]) and _has_code(header, values)):
            continue
        last = values
        out.cut.add(row)
        out.rows.append(
            Row(
                tuple(PrintedField(printed_label(header.labels[at]) or f"第{at + 1}列", text) for at, text in values.items() if text),
                banner,
            )
        )


def _has_code(header: _Header, values: dict[int, str]) -> bool:
    return any(header.concepts[at] in CODES and is_code(text) for at, text in values.items())


def _values(grid: Grid, header: _Header, columns: range, row: int, last: dict[int, str]) -> dict[int, str]:
    """Return the texts of a row by column: each cell once, numbering left out, what stands for the cell above filled in."""
    out: dict[int, str] = {}
    seen: set[int] = set()
    for column in columns:
        cell, text = grid.cells[row][column], grid.texts[row][column]
        if column_of(header.labels[column]) == "number" or (cell is not None and id(cell) in seen and header.concepts[column] == ""):
            continue
        if cell is not None:
            seen.add(id(cell))
        above = last.get(column, "")
        if text in words("same") or (not text and not grid.merged and header.concepts[column] in _SPREAD and row > header.end):
            text = above or ("" if text in words("same") else text)
        out[column] = text
    return out


def _goes_on(header: _Header, values: dict[int, str]) -> bool:
    """Tell whether a row without a subject is the rest of the row above: text alone, no code and no date of its own."""
    return not _has_code(header, values) and any(values.values())


def _joined(row: Row, header: _Header, values: dict[int, str]) -> Row:
    told = {header.labels[at]: text for at, text in values.items() if text and header.concepts[at] not in _SPREAD}
    return replace(row, fields=tuple(PrintedField(each.label, join_lines(each.value, told.pop(each.label, ""))) for each in row.fields))


# --- without a header ---------------------------------------------------------------------------------------------------------


def _bare_list(grid: Grid) -> ReadTable | None:
    """Return the records of a list without a header: a column of names, perhaps one of codes, or nothing but names."""
    columns = range(len(grid.texts[0]) if grid.texts else 0)
    rows = [row for row in range(len(grid.texts)) if grid.filled(row) and not is_sum(grid.filled(row))]
    names = [column for column in columns if _share(grid, rows, column, is_organization) >= BARE_SHARE]
    codes = [column for column in columns if _share(grid, rows, column, is_code) >= BARE_SHARE]
    if not rows or not names:
        return None
    names += [column for column in columns if column not in names and _only_names(grid, rows, column)]
    out = ReadTable(concepts=frozenset({"subject_name"}))
    if len(names) > 1 and not codes:
        for row in rows:
            out.rows += [Row((PrintedField("企业名称", text),)) for text in dict.fromkeys(grid.texts[row][at] for at in names) if text]
    else:
        out.rows = [Row(_bare_fields(grid.texts[row], names[0], codes)) for row in rows if grid.texts[row][names[0]]]
    out.cut = set(rows)
    return out


def _bare_fields(texts: Sequence[str], name: int, codes: Sequence[int]) -> tuple[PrintedField, ...]:
    labels = {name: "企业名称"} | dict.fromkeys(codes[:1], "统一社会信用代码")
    kept = [(at, text) for at, text in enumerate(texts) if text and (at in labels or not _NUMBERED.fullmatch(text))]
    return tuple(PrintedField(labels.get(at, f"第{at + 1}列"), text) for at, text in kept)


def _only_names(grid: Grid, rows: Sequence[int], column: int) -> bool:
    """Tell whether a column that ends early holds nothing but names."""
    filled = [grid.texts[row][column] for row in rows if grid.texts[row][column]]
    return bool(filled) and all(is_organization(text) for text in filled)


def _share(grid: Grid, rows: Sequence[int], column: int, holds: object) -> float:
    filled = [grid.texts[row][column] for row in rows if grid.texts[row][column]]
    return sum(1 for text in filled if callable(holds) and holds(text)) / len(rows) if rows and len(filled) * 2 > len(rows) else 0.0

"""Tables in plain text that hold a row in a line: cells parted by tabs, or by single blanks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from normalizers.documents.blocks import join_lines
from normalizers.documents.labels import column_of, is_header, split_header
from normalizers.documents.structure import heading_level
from normalizers.documents.textlines import BLANKS, Found, Line, follows, next_filled, row_number, text_table

LOOKAHEAD = 12
"""Filled lines in which the next row must begin, for the lines before it to belong to the row above."""
MAX_REPEATS = 12
"""Lines in which a header with tabs may come again, or be blank, before its first row."""
EXTRA_LEADS = 2
"""Columns that one merged label may head before the number (工作内容 over section and action)."""
MAX_GROUP = 12
"""Characters of a group's name before a number where the header has no label for it."""
_GROUP = re.compile(rf"[\u3400-\u9fff][^\d，,。；;：:、（(]{{1,{MAX_GROUP - 1}}}")
_DATE_LIKE = re.compile(r"[年月底季度旬]|全年|持续|长期|常态|每|\d{4}")
_BODY_LIKE = re.compile(r"[局委办厅院会部行团队署]|政府|单位|中心|公司|区|县|市")


# --- tabs ----------------------------------------------------------------------------------------------------------------


def _tabbed(line: Line) -> list[str]:
    return [cell.strip() for cell in line.raw.rstrip("\r\n").split("\t")]


def _begins_tabbed(lines: Sequence[Line], start: int) -> bool:
    cells = [cell.strip() for cell in lines[start].seen.split("\t")]
    filled = sum(bool(cell) for cell in cells)
    if filled < 2:
        return False
    if is_header(cells):
        return True
    if filled < 3:  # a number or a page number set off by a tab
        return False
    following = next_filled(lines, start + 1)
    return following < len(lines) and len(_tabbed(lines[following])) == len(cells)


def align_row(cells: list[str], width: int, number_at: int | None) -> list[str]:
    """Return a row of ``width`` cells: a short one stands where its number meets the number column, a long one is cut at the right."""
    if len(cells) > width:
        return [*cells[: width - 1], " ".join(cell for cell in cells[width - 1 :] if cell)]
    shift = 0
    if number_at is not None and len(cells) < width:
        at = next((n for n, cell in enumerate(cells[: number_at + 1]) if row_number(cell) is not None), None)
        shift = 0 if at is None else min(number_at - at, width - len(cells))
    return [*[""] * shift, *cells, *[""] * (width - shift - len(cells))]


def _continues(lines: Sequence[Line], at: int, header: list[str], row: list[str], width: int) -> bool:
    """Tell whether a line without a tab goes on with the row above it."""
    if heading_level(lines[at].seen.strip()):
        return False
    if not lines[at - 1].blank and (len(row) < width or not row[-1]):
        return True
    following = next((n for n in range(at + 1, min(at + 4, len(lines))) if "\t" in lines[n].raw), None)
    return following is not None and _tabbed(lines[following]) != header and len(_tabbed(lines[following])) <= len(header)


def read_tabbed(lines: Sequence[Line], start: int) -> Found | None:
    """Return the table of tab-separated lines that begins at ``start``; blank lines within it are page breaks."""
    if "\t" not in lines[start].raw or not _begins_tabbed(lines, start):
        return None
    if start and lines[start - 1].raw == lines[start].raw:  # the line above began no table, and says the same
        return None
    header = _tabbed(lines[start])
    kinds = [column_of(cell.strip()) for cell in lines[start].seen.split("\t")]
    number_at = kinds.index("number") if "number" in kinds else None
    width = len(header)
    if number_at is None:
        width = max(width, *(len(_tabbed(line)) for line in lines[start : start + 3]))
    rows: list[tuple[int, list[str]]] = []
    at = stop = start
    while at < len(lines):
        line = lines[at]
        cells = _tabbed(line)
        if line.blank:
            at += 1
            continue
        if "\t" not in line.raw and _is_banner(lines, at, header):
            rows.append((line.number, cells))
        elif "\t" not in line.raw:
            if len(rows) < 2 or not _continues(lines, at, header, rows[-1][1], width):
                break
            _run_over(rows[-1][1], cells)
        elif len(rows) > 1 and number_at is not None and _completes(rows[-1][1], cells, width):
            _run_over(rows[-1][1], cells)
        elif not rows or cells != header:
            rows.append((line.number, cells))
        elif len(rows) == 1 and at - start > MAX_REPEATS:
            return None
        at += 1
        stop = at
    aligned = [(number, align_row(cells, width, number_at) if len(cells) > 1 else cells) for number, cells in rows]
    return Found(text_table(aligned), stop) if len(rows) >= 2 else None


def _is_banner(lines: Sequence[Line], at: int, header: list[str]) -> bool:
    """Tell whether a line is a section's heading within the table: numbered, and the next row right below it."""
    following = next_filled(lines, at + 1)
    return heading_level(lines[at].seen.strip()) > 0 and following < len(lines) and len(_tabbed(lines[following])) == len(header)


def _completes(row: list[str], cells: list[str], width: int) -> bool:
    """Tell whether a line with tabs is the rest of the short row above: it has no number, and its cells fill that row up."""
    return len(row) < width and len(row) + len(cells) - 1 <= width and not any(row_number(cell) is not None for cell in cells)


def _run_over(row: list[str], cells: list[str]) -> None:
    """Put a line that runs on into its row: its first field into the last filled cell, the others after it."""
    last = max((n for n, cell in enumerate(row) if cell), default=0)
    row[last] = join_lines(row[last], cells[0])
    if len(cells) > 1:
        row[last + 1 :] = cells[1:]


# --- single blanks ---------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Row:
    """A numbered row; without a number it is a section's heading, its words in ``rest``."""

    line: int
    leads: list[str]
    number: str
    rest: str = field(default="")


def _numbered_row(line: Line, last: int | None, leads: int) -> _Row | None:
    """Return a line read as a row that begins ``[section [action]] number``, or ``None``."""
    tokens = BLANKS.split(line.raw.strip())
    for at, token in enumerate(tokens[: leads + 1]):
        number = row_number(token)
        if number is not None and len(tokens) > at + 1 and follows(number, last):
            return _Row(line.number, tokens[:at], token, " ".join(tokens[at + 1 :]))
    return None


def _parted(rest: str, kinds: Sequence[str]) -> list[str]:
    """Return what follows the number, cut into its columns: one field each from the ends, the rest is the task."""
    tokens = _tokens(rest)
    task = next((n for n, kind in enumerate(kinds) if kind == "task"), 0)
    before, after = task, len(kinds) - task - 1
    if len(tokens) > before + after:
        stop = len(tokens) - after
        return [*tokens[:before], " ".join(tokens[before:stop]), *tokens[stop:]]
    out = [*tokens, *[""] * (len(kinds) - len(tokens))]
    if "deadline" in kinds and len(tokens) == task + 2:  # one field after the task: is it the date?
        at = list(kinds).index("deadline")
        only = tokens[task + 1]
        if at != task + 1 and _DATE_LIKE.search(only) and not _BODY_LIKE.search(only):
            out[task + 1], out[at] = "", only
    return out


def _tokens(rest: str) -> list[str]:
    """Return blank-separated fields; a field that opens with a bracket or follows an enumeration mark belongs to the one before."""
    out: list[str] = []
    for token in BLANKS.split(rest.strip()):
        enumerated = out and (token[:1] in set("（(、，,") or out[-1][-1] in "、，,（(")
        dated = out and out[-1][-1].isdigit() and token[:1] in set("年月日")
        if enumerated or dated:
            out[-1] += f" {token}"
        else:
            out.append(token)
    return out


def _row_ahead(lines: Sequence[Line], start: int, last: int, leads: int) -> bool:
    """Tell whether the next row begins within the next filled lines."""
    seen, at = 0, start
    while at < len(lines) and seen < LOOKAHEAD:
        if not lines[at].blank:
            row = _numbered_row(lines[at], last, leads)
            if row and row_number(row.number) == last + 1:
                return True
            seen += 1
        at += 1
    return False


def _row_below(lines: Sequence[Line], start: int, last: int | None, leads: int) -> bool:
    """Tell whether the next filled line is a row."""
    at = next_filled(lines, start)
    return at < len(lines) and _numbered_row(lines[at], last, leads) is not None


def _collect(lines: Sequence[Line], start: int, header: list[str], leads: int, fields: int) -> tuple[list[_Row], int]:
    """Return the numbered rows from ``start`` on, lines that run over joined, and the index after the last."""
    rows: list[_Row] = []
    at = stop = start
    while at < len(lines):
        line = lines[at]
        last = next((row_number(row.number) for row in reversed(rows) if row.number), None)
        if line.blank or split_header(line.seen) == header:
            at += 1
            continue
        row = _numbered_row(line, last, leads)
        if row:
            rows.append(row)
        elif heading_level(line.seen.strip()) and _row_below(lines, at + 1, last, leads):
            rows.append(_Row(line.number, [], "", line.raw.strip()))
        elif last is None:
            break
        elif (not lines[at - 1].blank and len(_tokens(rows[-1].rest)) < fields) or _row_ahead(lines, at + 1, last, leads):
            rows[-1].rest = join_lines(rows[-1].rest, line.raw.strip())
        else:
            break
        at += 1
        stop = at
    return rows, stop


def read_spaced(lines: Sequence[Line], start: int) -> Found | None:
    """Return the table whose header's labels and whose cells are parted by single blanks.

    A row is ``[section [action]] number text bodies``; a section stands only in its first row, and again after a page break.
    """
    header = split_header(lines[start].seen)
    if not header:
        return None
    kinds = [column_of(label) for label in header]
    if "number" not in kinds:
        return _unnumbered(lines, start, header, kinds)
    number_at = kinds.index("number")
    fields = kinds[number_at + 1 :]
    if not fields:
        return None
    allowed = number_at + EXTRA_LEADS if number_at else _unlabelled(lines, start + 1)
    rows, stop = _collect(lines, start + 1, header, allowed, len(fields))
    if not rows:
        return None
    leads = max(number_at, *(len(row.leads) for row in rows))
    spans = [1] * len(header)
    if number_at:
        spans[number_at - 1] += leads - number_at
    body = [(row.line, _cells(row, leads, fields)) for row in rows]
    if leads and not number_at:
        spans = [*[1] * leads, *spans]
    labels = [*[""] * (len(spans) - len(header)), *_labels(lines[start], header)]
    return Found(text_table([(lines[start].number, labels), *body], spans), stop)


def _unlabelled(lines: Sequence[Line], start: int) -> int:
    """Return how many columns of group names stand before the number without a label of their own, as the first row shows."""
    at = next_filled(lines, start)
    row = _numbered_row(lines[at], None, EXTRA_LEADS) if at < len(lines) else None
    return len(row.leads) if row and row_number(row.number) == 1 and all(_GROUP.fullmatch(lead) for lead in row.leads) else 0


def _cells(row: _Row, leads: int, fields: Sequence[str]) -> list[str]:
    if not row.number:
        return [row.rest]
    return [*[""] * (leads - len(row.leads)), *row.leads, row.number, *_parted(row.rest, fields)]


def _labels(line: Line, header: list[str]) -> list[str]:
    """Return a header's labels as printed, where they can be told apart there."""
    printed = BLANKS.split(line.raw.strip())
    return printed if len(printed) == len(header) else header


def _unnumbered(lines: Sequence[Line], start: int, header: list[str], kinds: list[str]) -> Found | None:
    """Return a table without numbers: the lines right below the header that have a field for every column."""
    rows: list[tuple[int, list[str]]] = []
    at = start + 1
    while at < len(lines) and not lines[at].blank and len(_tokens(lines[at].raw)) >= len(header):
        rows.append((lines[at].number, _parted(lines[at].raw, kinds)))
        at += 1
    if len(rows) < 2:
        return None
    return Found(text_table([(lines[start].number, _labels(lines[start], header)), *rows]), at)

"""Task tables: rows under a heading row, with merged cells, page breaks and section rows (labels.md, rules 1, 2 and 10)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from normalizers.agencies import Context
from normalizers.records import Block, Cell, Span, Table
from normalizers.tasks.brackets import Unit, marked_units
from normalizers.tasks.columns import Columns, Grid, heading_at, is_other_heading, plain_columns, read_columns, row_cells, stands_among
from normalizers.tasks.drafts import Draft
from normalizers.tasks.persons import without_persons
from normalizers.tasks.roles import Role, squeeze
from normalizers.tasks.sections import split_number
from normalizers.tasks.statements import NOTHING, Statement, is_nothing, read_statement

_NOTE_ROW = re.compile(r"\s*(?:备?注|说明|填表|制表|审核|合计|总计|小计|单位[:：])")
_INNER_NUMBER = re.compile(r"(?:^|[\n。；;])\s*(?:[（(]?\d{1,2}[）)、.．]|[（(][一二三四五六七八九十]{1,2}[）)]|[②-⑳])(?!\d)")
_ENDED = re.compile(r"[。；;！!？?：:）)”\"]\s*$")
_HAN_NUMBER = re.compile(r"[(]?[一二三四五六七八九十]{1,3}[)]?、?")
_WORDS = re.compile(r"[\u4e00-\u9fff](?:[^\u4e00-\u9fff]*[\u4e00-\u9fff]){2}")  # a task is words, 50000 or 120万元 is a figure
_MAX_SECTION = 60
_STATES = re.compile(r"[（(：:]")
_MIN_TASK = 4
_IN_A_ROW = re.compile(rf"[\u4e00-\u9fff]{{{_MIN_TASK}}}")


class _Value(NamedTuple):
    """The text of one role or deadline cell of a row, where it stands, and whether it was written in this very row."""

    text: str = ""
    address: str = ""
    own: bool = False


class Carry(NamedTuple):
    """What a table hands to the one that continues it on the next page: its columns and the values that blank cells take on."""

    columns: Columns
    width: int
    caption: str
    values: dict[int, _Value]
    sections: dict[int, str]
    row_section: str = ""
    number: str = ""


class _Rows:
    """Reads the rows of one table from top to bottom, remembering what blank cells continue."""

    def __init__(self, block: Block, table: Table, context: Context, section: str, drafts: list[Draft]) -> None:
        self.block = block
        self.table = table
        self.grid: Grid = table.grid()
        self.own: list[Cell | None] = []  # the cells of the row that is read, None where there is none or it holds no text
        self.context = context
        self.section = section
        self.drafts = drafts
        self.state: Carry | None = None
        self.last_cell: Cell | None = None
        self.fresh = True

    def read(self, caption: str, carry: Carry | None) -> None:
        """Read every row; ``carry`` stands in for a heading where the table has none of its own."""
        plain = None if carry is not None else plain_columns(self.grid, caption, self.context)
        if plain is not None:
            self.state = Carry(plain, self.table.columns, caption, {}, {})
        row = 0
        while row < len(self.grid):
            depth = self._heading(row, caption, inside=self.state is not None or carry is not None)
            if depth:
                row += depth
                continue
            if row == 0 and carry is not None and carry.width == self.table.columns and not is_other_heading(self.grid, 0):
                self.state = carry
            if self.state is not None:
                self._row(row)
            row += 1

    def _heading(self, row: int, caption: str, *, inside: bool) -> int:
        found = heading_at(self.grid, row)
        if found is None or (inside and not stands_among(found, self.grid, row)):
            return 0
        columns = read_columns(found, self.grid[row + found.depth :], caption)
        if columns is None:
            self.state = None
            self.fresh = False
            return found.depth
        if self.state is None or self.state.columns.headings != columns.headings:
            self.state = Carry(columns, self.table.columns, caption, {}, {})
        self.fresh = True
        return found.depth

    def _address(self, cell: Cell) -> str:
        return f"{self.block.address}.r{cell.row + 1}.c{cell.column + 1}"

    def _own(self, column: int) -> Cell | None:
        """Return the cell of the row at a column if it holds text."""
        return self.own[column] if column < len(self.own) else None

    def _row(self, row: int) -> None:
        state = self.state
        if state is None:
            return
        self.own = [cell if cell is not None and cell.text.strip() else None for cell in self.grid[row]]
        cells = row_cells(self.own)
        if not cells:
            return
        section = self._section_row(row, cells, state)
        if section is not None:
            self.state = state._replace(row_section=section or state.row_section, sections={} if section else state.sections)
            return
        self._data_row(row, state)
        self.fresh = False

    def _section_row(self, row: int, cells: Sequence[Cell], state: Carry) -> str | None:
        """Return the section that a row of one cell opens, "" for a note, ``None`` when the row is no such row."""
        columns = state.columns
        own = [cell for cell in cells if cell.row == row]
        if len(own) == 2 and own[0] is self._number_cell(columns) and _is_wide(own[1], columns) and _names(own[1].text):
            return f"{squeeze(own[0].text)}、{squeeze_line(own[1].text)}"
        if len(own) != 1 or (len(cells) > 1 and not _is_wide(own[0], columns)):
            return self._numbered_section(row, cells, columns)
        cell, text = own[0], squeeze(own[0].text)
        covers = range(cell.column, cell.column + cell.colspan)
        wide = _is_wide(cell, columns)
        if _NOTE_ROW.match(text) and (wide or cell.column == 0):
            return ""
        style = split_number(cell.text)[1]
        numbered = style in ("chapter", "one", "two") and len(text) <= _MAX_SECTION and not text.endswith(("。", "；"))
        first = cell.column in (0, columns.number) and columns.task not in covers and cell.column not in columns.sections
        if wide or (first and len(text) > 3) or (numbered and len(text) <= 30):
            return cell.text.replace("\n", "").strip()[:_MAX_SECTION] if len(text) <= _MAX_SECTION else ""
        return None

    def _number_cell(self, columns: Columns) -> Cell | None:
        return self._own(columns.number) if columns.number is not None else None

    def _numbered_section(self, row: int, cells: Sequence[Cell], columns: Columns) -> str | None:
        """Return the section of a row that holds 一 in its number cell, a few words beside it, and nothing else."""
        if len(cells) != 2 or self._number_cell(columns) is not cells[0] or cells[0].row < row:
            return None
        text = squeeze_line(cells[1].text)
        if not _HAN_NUMBER.fullmatch(squeeze(cells[0].text)) or len(text) > _MAX_SECTION or _ENDED.search(text):
            return None
        return f"{squeeze(cells[0].text)}、{text}" if cells[1].row == row else None

    def _data_row(self, row: int, state: Carry) -> None:
        columns = state.columns
        cell = self._task_cell(row, columns)
        number = self._number(columns)
        roles = [column for column, _ in columns.agencies]
        blank = not any(self._own(column) for column in [*roles, *columns.deadlines])
        continues = blank and (columns.number is None or not self._own(columns.number))
        values = self._values(row, state, continues=continues)
        sections = self._sections(columns, state.sections, cell)
        after = Carry(columns, state.width, state.caption, values, sections, state.row_section, number or state.number)
        if cell is None and number and number != state.number:
            pass  # a row of its own whose words are missing: its bodies are not those of the row above
        elif cell is None or cell is self.last_cell or self._runs_on(row, cell, number, blank=blank):
            self._continue(values, columns, cell)
        else:
            self._add(cell, after)
        self.last_cell = cell or self.last_cell
        self.state = after

    def _task_cell(self, row: int, columns: Columns) -> Cell | None:
        for column in (columns.task, *reversed(columns.fallbacks)):
            cell = self._own(column)
            if cell is not None and _is_long(cell.text) and not is_nothing(cell.text) and _WORDS.search(cell.text):
                return cell if column == columns.task or cell.row == row else None
        return None

    def _number(self, columns: Columns) -> str:
        cell = self._own(columns.number) if columns.number is not None else None
        return squeeze(cell.text).strip("()、.，,:;") if cell is not None else ""

    def _values(self, row: int, state: Carry, *, continues: bool) -> dict[int, _Value]:
        """Return the value of every role and deadline column in a row: its own, or by rule 10 the one above."""
        columns = state.columns
        helpers = columns.helpers
        leads = [cell for column, _ in columns.agencies if column not in helpers and (cell := self._own(column))]
        new_lead = any(cell.row == row for cell in leads)
        shares = bool(leads) and not new_lead  # under a merged lead a blank cell goes on too, though nobody merged it
        out: dict[int, _Value] = {}
        for column in [*(number for number, _ in columns.agencies), *columns.deadlines]:
            cell = self._own(column)
            partner = column in helpers
            if cell is not None:
                out[column] = _Value("" if is_nothing(cell.text) else cell.text, self._address(cell), own=cell.row == row)
            elif (continues or shares or not self.table.merged) and not (partner and new_lead):
                out[column] = state.values.get(column, _Value())._replace(own=False)
            else:
                out[column] = _Value()
        return out

    def _sections(self, columns: Columns, before: dict[int, str], task: Cell | None) -> dict[int, str]:
        out = dict(before)
        for place, column in enumerate(columns.sections):
            cell = self._own(column)
            if cell is None or cell is task:
                continue
            text = squeeze_line(cell.text)
            if out.get(column) != text:
                for narrower in columns.sections[place + 1 :]:
                    out.pop(narrower, None)
            out[column] = text
        return out

    def _runs_on(self, row: int, cell: Cell, number: str, *, blank: bool) -> bool:
        """Tell whether the first row of a page is the rest of the last row of the page before."""
        if not (self.fresh and self.drafts and blank and not number and self.state and self.state.columns.number is not None):
            return False
        last = self.drafts[-1].text
        if _ENDED.search(last):
            return False
        self.drafts[-1] = self.drafts[-1]._replace(text=last + cell.text.strip())
        return True

    def _continue(self, values: dict[int, _Value], columns: Columns, cell: Cell | None) -> None:
        """Add the roles of a row that has no task cell of its own, or shares it with the row above, to the last task."""
        own = {column: value for column, value in values.items() if value.own}
        if not own or not self.drafts or (cell is None and self.last_cell is None):
            return
        last = self.drafts[-1]
        more = _statement(own, columns).settled(partner_beside=columns.partner_beside)
        self.drafts[-1] = last._replace(statement=(last.statement | more).settled())

    def _add(self, cell: Cell, state: Carry) -> None:
        columns = state.columns
        statement = _statement(state.values, columns).settled(partner_beside=columns.partner_beside)
        inherited = [value for value in state.values.values() if value.text and not value.own]
        number, text, offset = _numbered(cell, state.number)
        sections = [self.state.row_section] if self.state and self.state.row_section else []
        sections += [state.sections[column] for column in columns.sections if state.sections.get(column)]
        section = " / ".join(dict.fromkeys(sections)) or self.section
        deadline = next((state.values[column] for column in columns.deadlines if state.values[column].text), _Value())
        draft = Draft(
            text=text,
            statement=statement,
            evidence=Span(cell.span.start + offset, cell.span.end) if 0 < offset < cell.span.end - cell.span.start else cell.span,
            address=self._address(cell),
            rule="table",
            confidence=round(columns.confidence - (0.05 if inherited else 0.0) - (0.2 if not statement.names else 0.0), 2),
            number=number,
            section=section,
            caption=state.caption,
            agency_address=next((state.values[column].address for column, _ in columns.agencies if state.values[column].text), ""),
            deadline_address=deadline.address,
            deadline_basis="cell" if deadline.own else "merged-cell",
        )
        self.drafts += self._by_units(cell, draft)

    def _by_units(self, cell: Cell, draft: Draft) -> list[Draft]:
        """Split a cell whose numbered items carry brackets of their own; a single bracket belongs to the whole cell."""
        units = marked_units(draft.text, self.context, bare=not draft.statement.names)
        if not units:
            return [draft]
        if len(units) == 1:
            return [draft._replace(text=units[0].text, statement=_under_bracket(draft.statement, units[0]))]
        base = draft.evidence.start
        out = []
        for unit in units:
            number, _, start = split_number(unit.text)
            evidence = Span(min(base + unit.start, cell.span.end), min(base + unit.end, cell.span.end))
            statement = _under_bracket(Statement(deadline=draft.statement.deadline), unit)
            words = unit.text[start:] if number else unit.text
            out.append(
                draft._replace(text=words, number=number or draft.number, statement=statement, evidence=evidence, rule="table-bracket")
            )
        return out


def _is_wide(cell: Cell, columns: Columns) -> bool:
    """Tell whether a cell lies over the column of the tasks and one of bodies, whatever cells reach into its row."""
    covers = range(cell.column, cell.column + cell.colspan)
    return cell.colspan > 1 and columns.task in covers and any(column in covers for column, _ in columns.agencies)


def _names(text: str) -> bool:
    """Tell whether a wide cell beside a number names a section; one that states bodies or days by itself is a task."""
    return len(text) <= _MAX_SECTION and not _STATES.search(text)


def _is_long(text: str) -> bool:
    """Tell whether a text has the characters of a task; most have them in a row, and need not be squeezed to be counted."""
    return _IN_A_ROW.search(text) is not None or len(squeeze(text)) >= _MIN_TASK


def squeeze_line(text: str) -> str:
    """Return a heading cell on one line: line breaks and the blanks around them go, also blanks between Chinese characters."""
    return re.sub(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])|\s*\n\s*", "", text).strip()


def _under_bracket(statement: Statement, unit: Unit) -> Statement:
    own = unit.statement.settled()
    return own if not statement.names else (statement | own)._replace(deadline=statement.deadline or own.deadline)


def _statement(values: dict[int, _Value], columns: Columns) -> Statement:
    date = next((values[column].text for column in columns.deadlines if column in values and values[column].text), "")
    out = NOTHING
    for column, role in columns.agencies:
        text = values[column].text if column in values else ""
        if text:
            text = without_persons(text) if column in columns.persons else text
            out |= read_statement(text, Role.RESPONSIBLE if role is Role.JOINT else role)
    deadline, clauses = date.strip() or out.deadline, columns.clauses | out.clauses
    return Statement(out.lead, out.partner, out.responsible, deadline, clauses, out.labelled, out.verbal)


def _numbered(cell: Cell, number: str) -> tuple[str, str, int]:
    """Return the number, the words and where they begin in the cell; a cell of several numbered items keeps their numbers."""
    text = cell.text.strip()
    own, _, start = split_number(text)
    if not own or len(_INNER_NUMBER.findall(text)) > 1:
        return number, text, 0
    return number or own, text[start:], start


def read_table(block: Block, context: Context, drafts: list[Draft], *, caption: str, section: str, carry: Carry | None) -> Carry | None:
    """Append the drafts of one table's tasks to ``drafts`` and return what a following table without a heading row continues.

    ``caption`` is the text above the table, ``section`` the heading its tasks stand under where no cell says so. A row that a page
    break cut in two is put together again, so the last draft may grow. ``None`` is returned for a table that holds no tasks.
    """
    if block.table is None:
        return None
    rows = _Rows(block, block.table, context, section, drafts)
    rows.read(caption, carry)
    return rows.state

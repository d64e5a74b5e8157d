"""The heading rows of a table: which column holds what, and whether the table is one of tasks at all (labels.md, rule 1)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from normalizers.agencies import Context, looks_like_agencies
from normalizers.records import Cell
from normalizers.tasks.clauses import NO_CLAUSES, Clauses, split_clauses
from normalizers.tasks.roles import AGENCY_ROLES, Role, column_role, is_whole_label, names_offices, squeeze

Grid = Sequence[Sequence[Cell | None]]

_MAX_DEPTH = 3
_MAX_SUBLABEL = 8  # characters of the labels that stand below another, where not all are known
_MAX_LABEL = 14
"""Characters of the longest heading cell, bracketed notes aside, in a row that counts as a heading row."""
_COUNT = re.compile(r"[(]?\d{1,3}[)]?[.、]?")
_NOTE = re.compile(r"[（(【\[][^（()）】\]]*[)）】\]]")
_PERSONS = re.compile(r"(?:责任|负责|牵头|联系|联络|分管)(?:人|领导|负责人)|领导")
_TASK_CAPTION = re.compile(r"任务|分工|举措|工作要点|责任清单|工作清单|措施清单|行动计划|工作计划|整改清单")
_OTHER_CAPTION = re.compile(
    r"(?:项目|工程|企业|公司|单位|机构|人员|专家|指标|评分|评价|考核|考评|测评|打分|目录|名单|名录|通讯录|联系|立法|法规|规章|文件|标准|权力|事项|惩戒|奖惩|激励|数据|信息|证明|许可)"
    r"[^，。]{0,8}(?:表|清单|计划|体系|细则|目录|名单|名录|一览)?(?:[（(][^（()）]*[)）])?$"
)
_PLAIN_ROWS, _PLAIN_COLUMNS = 2, 3  # a smaller table without headings says too little of itself
_PLAIN_SAMPLE = 50  # rows that are looked at
_NEARLY_ALL = 0.8
_MONTH = re.compile(r"\d{1,2}月|年[底内]|季度|半年|全年|长期|持续|常态")
_AVERAGE_TASK = 12  # characters: names of things are shorter, tasks are sentences


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of one table hold, by number from 0. ``partner_beside``: a 配合单位 column stands beside 责任单位.

    ``persons`` are the columns of bodies whose heading names persons, too (责任单位及责任人).
    """

    task: int
    agencies: tuple[tuple[int, Role], ...]
    deadlines: tuple[int, ...] = ()
    number: int | None = None
    sections: tuple[int, ...] = ()
    fallbacks: tuple[int, ...] = ()
    partner_beside: bool = False
    clauses: Clauses = NO_CLAUSES
    confidence: float = 0.98
    headings: tuple[str, ...] = ()
    persons: frozenset[int] = frozenset()
    helpers: frozenset[int] = field(init=False, repr=False, compare=False)
    """The columns of bodies that help: 配合单位, and 责任单位 beside 牵头单位 (labels.md, rule 4)."""

    def __post_init__(self) -> None:
        led = any(role is Role.LEAD for _, role in self.agencies)
        helping = frozenset(column for column, role in self.agencies if role is Role.PARTNER or (led and role is Role.RESPONSIBLE))
        object.__setattr__(self, "helpers", helping)


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading rows found from one row on: ``depth`` of them, and their texts by column, from top to bottom."""

    depth: int
    texts: tuple[tuple[str, ...], ...]
    roles: tuple[Role | None, ...]


def row_cells(row: Sequence[Cell | None]) -> list[Cell]:
    """Return the distinct cells of a grid row, from left to right."""
    out: list[Cell] = []
    for cell in row:
        if cell is not None and (not out or out[-1] is not cell):
            out.append(cell)
    return out


def heading_at(grid: Grid, row: int) -> Heading | None:
    """Return the heading that begins in ``row``: short cells, of which at least one names a role and another says what of."""
    filled = [cell for cell in row_cells(grid[row]) if cell.text.strip()]
    if len(filled) < 2:
        return None
    for cell in filled:
        label = squeeze(cell.text)
        if len(_NOTE.sub("", label)) > _MAX_LABEL or (cell.row == row and _COUNT.fullmatch(label)):
            return None  # a row that bears a number is counted, not a heading
    depth = min(max(cell.row + cell.rowspan - row for cell in filled), _MAX_DEPTH, len(grid) - row)
    while depth < _MAX_DEPTH and row + depth < len(grid) and _only_labels(grid, row, row + depth):
        depth += 1
    for rows in range(depth, 0, -1):
        heading = _heading(grid, row, rows)
        if heading is not None:
            return heading
    return None


def _is_form_row(grid: Grid, row: int) -> bool:
    """Tell whether every label of a row has a free or annotated field beside it, as forms have (主要内容 | （限500字））."""
    cells = row_cells(grid[row])
    labels = [at for at, cell in enumerate(cells) if column_role(cell.text)]
    fields = [cells[at + 1].text for at in labels if at + 1 < len(cells)]
    return len(labels) > 1 and len(fields) == len(labels) and not any(_NOTE.sub("", squeeze(text)) for text in fields)


def is_other_heading(grid: Grid, row: int) -> bool:
    """Tell whether a row heads columns, though none of roles: a table of something else begins."""
    cells = [cell for cell in row_cells(grid[row]) if cell.text.strip()]
    return len(cells) > 1 and any(is_whole_label(cell.text) for cell in cells) and _labelled(cells) * 2 > len(cells)


def _labelled(cells: Sequence[Cell]) -> int:
    return sum(column_role(cell.text) is not None for cell in cells)


def _heading(grid: Grid, row: int, depth: int) -> Heading | None:
    if any(_is_form_row(grid, number) for number in range(row, row + depth)):
        return None
    width = len(grid[row])
    texts = tuple(_column_texts(grid, row, depth, column) for column in range(width))
    roles = tuple(_own_role(texts, column) for column in range(width))
    others = {number for number, role in enumerate(roles) if role not in AGENCY_ROLES and texts[number]}
    if not AGENCY_ROLES.intersection(role for role in roles if role) or not others or not _is_said(grid, row, depth):
        return None
    return Heading(depth, texts, roles)


def _is_said(grid: Grid, row: int, depth: int) -> bool:
    """Tell whether cells of these very rows name roles by whole labels: a cell of the row above, or an ending, heads nothing.

    A cell may end like a label (各行业主管部门) and head a column all the same, where whole labels of something else stand beside it.
    """
    own = {id(cell): cell for number in range(row, row + depth) for cell in grid[number] if cell is not None and cell.row >= row}
    agency = [cell for cell in own.values() if column_role(cell.text) in AGENCY_ROLES]
    return bool(agency) and any(is_whole_label(cell.text) for cell in own.values())


def stands_among(heading: Heading, grid: Grid, row: int) -> bool:
    """Tell whether a heading found below another one, or on a page that goes on, is one by most of its own cells and not by chance.

    A row that cells from above reach into goes on with theirs, unless two labels of its own say otherwise.
    """
    rows = range(row, row + heading.depth)
    own = [cell for number in rows for cell in row_cells(grid[number]) if cell.row == number and cell.text.strip()]
    reached = any(cell is not None and cell.row < row and cell.text.strip() for cell in grid[row])
    known = _labelled(own)
    return known * 2 >= len(own) and (known > 1 or not reached)


def _column_texts(grid: Grid, row: int, depth: int, column: int) -> tuple[str, ...]:
    texts = (cell.text.strip() for cell in (grid[number][column] for number in range(row, row + depth)) if cell is not None)
    return tuple(dict.fromkeys(text for text in texts if text))


def _own_role(texts: Sequence[Sequence[str]], column: int) -> Role | None:
    """Return the role of a column; one of several parts of a deadline heading (季度进度安排: 一季度, 二季度) holds a step."""
    role = _lowest_role(texts[column])
    if role is not Role.DEADLINE or column_role(texts[column][-1]) is Role.DEADLINE:
        return role
    shared = any(texts[other][:1] == texts[column][:1] for other in range(len(texts)) if other != column)
    return None if shared else role


def _lowest_role(texts: Sequence[str]) -> Role | None:
    return next((role for role in map(column_role, reversed(texts)) if role), None)


def _only_labels(grid: Grid, top: int, row: int) -> bool:
    """Tell whether a row below a heading row holds nothing but further labels."""
    above = {id(cell) for cell in grid[top] if cell is not None}
    fresh = [cell for cell in row_cells(grid[row]) if id(cell) not in above and cell.text.strip()]
    if len(fresh) == 1 and (over := grid[top][fresh[0].column]) is not None and over.text.strip() and over.colspan == 1:
        return False  # a label below one that is whole heads the rows below it (一、平台建设方面), no column
    roles = [column_role(cell.text) for cell in fresh]
    short = all(len(squeeze(cell.text)) <= _MAX_SUBLABEL for cell in fresh)
    said = any(is_whole_label(cell.text) for cell in fresh)
    return said and (all(roles) or (short and len(AGENCY_ROLES.intersection(role for role in roles if role)) > 1))


def read_columns(heading: Heading, rows: Grid, caption: str) -> Columns | None:
    """Return what the columns hold, ``None`` when the table lists projects, firms, indicators, rules or contacts and no tasks.

    ``rows`` are the rows below the heading, ``caption`` is the table's title.
    """
    roles = heading.roles
    found = _task_column(heading, rows, caption)
    if found is None:
        return None
    task, confidence = found
    agencies = _agency_columns(heading)
    number = next((column for column, role in enumerate(roles) if role is Role.NUMBER), None)
    texts = [text for column in heading.texts for text in column]
    clauses = NO_CLAUSES
    for text in texts:
        clauses |= split_clauses(text)[1]
    fallbacks = tuple(column for column, role in enumerate(roles) if role in (Role.TASK, Role.CONTENT) and column != task)
    return Columns(
        task=task,
        agencies=agencies,
        deadlines=tuple(column for column, role in enumerate(roles) if role is Role.DEADLINE),
        number=number,
        sections=_sections(heading, task, rows),
        fallbacks=fallbacks,
        partner_beside=any(role is Role.PARTNER for _, role in agencies),
        clauses=clauses,
        confidence=confidence,
        headings=tuple(squeeze("".join(column)) for column in heading.texts),
        persons=frozenset(column for column, _ in agencies if _PERSONS.search(squeeze("".join(heading.texts[column])))),
    )


def _agency_columns(heading: Heading) -> tuple[tuple[int, Role], ...]:
    """Return the columns of bodies; those of offices inside a body (牵头处室) count only where no column of bodies stands beside them."""
    found = [(number, role) for number, role in enumerate(heading.roles) if role in AGENCY_ROLES and role]
    bodies = [(number, role) for number, role in found if not names_offices("".join(heading.texts[number]))]
    return tuple(bodies or found)


def _task_column(heading: Heading, rows: Grid, caption: str) -> tuple[int, float] | None:
    roles = set(heading.roles)
    named = _TASK_CAPTION.search(squeeze(caption)) is not None
    other = not named and Role.LEAD not in roles and _OTHER_CAPTION.search(squeeze(caption)) is not None
    tasks = [number for number, role in enumerate(heading.roles) if role is Role.TASK]
    contents = [number for number, role in enumerate(heading.roles) if role is Role.CONTENT]
    undertakings = [number for number, role in enumerate(heading.roles) if role is Role.UNDERTAKING]
    if roles & {Role.GRADE, Role.FOREIGN} or (
        Role.CONTACT in roles and not ((tasks or undertakings) and (named or Role.DEADLINE in roles))
    ):
        return None
    if tasks:
        return _rightmost(heading, rows, tasks + contents), 0.98
    if undertakings and not (roles & {Role.PROJECT, Role.SCORE}) and Role.DEADLINE in roles:
        return _rightmost(heading, rows, undertakings + contents), 0.85
    if roles & {Role.PROJECT, Role.SCORE, Role.UNDERTAKING} or other:
        return None
    if contents:
        return _rightmost(heading, rows, contents), 0.95 if named else 0.85
    return _unnamed(heading, rows, named=named)


def _rightmost(heading: Heading, rows: Grid, columns: Sequence[int]) -> int:
    """Return the last of the columns that is filled in most rows: the most particular wording of the task."""
    filled = {column: _filled(rows, column) for column in columns}
    good = [column for column in columns if filled[column] * 2 >= max(filled.values())]
    first_role = next(number for number, role in enumerate(heading.roles) if role in AGENCY_ROLES)
    before = [column for column in good if column < first_role]
    return max(before or good)


def _unnamed(heading: Heading, rows: Grid, *, named: bool) -> tuple[int, float] | None:
    """Return a column that no label names but whose cells read as tasks: sentences, the longest of the table."""
    free = [number for number, role in enumerate(heading.roles) if role in (None, Role.SECTION) and heading.texts[number]]
    lengths = {column: _average(rows, column) for column in free}
    best = max(free, key=lambda column: lengths[column], default=None)
    if best is None or lengths[best] < _AVERAGE_TASK:
        return None
    return best, 0.8 if named else 0.6


def _filled(rows: Grid, column: int) -> int:
    """Return how many cells of a column hold text."""
    return sum((cell := row[column]) is not None and bool(cell.text.strip()) for row in rows)


def _average(rows: Grid, column: int) -> float:
    """Return the average length, in characters, of the cells of a column that hold text."""
    lengths = [len(squeeze(cell.text)) for row in rows if (cell := row[column]) is not None and cell.text.strip()]
    return sum(lengths) / len(lengths) if lengths else 0.0


def _sections(heading: Heading, task: int, rows: Grid) -> tuple[int, ...]:
    """Return the columns that hold headings of the tasks: named ones, broader wordings, and unnamed ones before the task."""
    out = []
    for number, role in enumerate(heading.roles):
        before = number < task and role in (None, Role.PROJECT, Role.UNDERTAKING) and _filled(rows, number)
        if number != task and (role in (Role.SECTION, Role.TASK, Role.CONTENT) or before):
            out.append(number)
    return tuple(out)


def plain_columns(grid: Grid, caption: str, context: Context) -> Columns | None:
    """Return what the columns of a table without any heading hold, where its title says that it parts tasks, by what stands in their cells.

    One column must hold nothing but bodies, and one sentences; ``None`` where the table says too little of itself.
    """
    title = squeeze(caption)
    if len(grid) < _PLAIN_ROWS or len(grid[0]) < _PLAIN_COLUMNS or not _TASK_CAPTION.search(title):
        return None
    if any(column_role(cell.text) and is_whole_label(cell.text) for cell in row_cells(grid[0])):
        return None
    kinds = {column: _plain_role(grid, column, context) for column in range(len(grid[0]))}
    bodies = tuple((column, Role.RESPONSIBLE) for column, kind in kinds.items() if kind is Role.RESPONSIBLE)
    lengths = {column: _average(grid, column) for column, kind in kinds.items() if kind is None}
    task = max(lengths, key=lambda column: lengths[column], default=None)
    if len(bodies) != 1 or task is None or lengths[task] < _AVERAGE_TASK:
        return None
    number = next((column for column, kind in kinds.items() if kind is Role.NUMBER), None)
    deadlines = tuple(column for column, kind in kinds.items() if kind is Role.DEADLINE)
    sections = tuple(column for column in lengths if column < task)
    return Columns(task, bodies, deadlines, number, sections, confidence=0.6)


def _plain_role(grid: Grid, column: int, context: Context) -> Role | None:
    """Return what nearly all filled cells of a column hold: bodies, dates or numbers."""
    texts = [squeeze(cell.text) for row in grid[:_PLAIN_SAMPLE] if (cell := row[column]) is not None and cell.text.strip()]
    tests = {
        Role.NUMBER: lambda text: _COUNT.fullmatch(text) is not None,
        Role.DEADLINE: lambda text: len(text) <= _MAX_LABEL and _MONTH.search(text) is not None,
        Role.RESPONSIBLE: lambda text: looks_like_agencies(text, context),
    }
    for role, test in tests.items():
        if len(texts) >= _PLAIN_ROWS and sum(map(test, texts)) >= _NEARLY_ALL * len(texts):
            return role
    return None

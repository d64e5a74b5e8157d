"""A comparison as the rows of a report: every unit of both documents, with its changed words, moves at both their places."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from harvester.comparing import Compared
from harvester.reports.pieces import Cells, inline_cells, new_cells, old_cells, shares
from harvester.telling import tell_field_change, tell_task_briefly, tell_task_change
from harvester.telling.phrases import place
from normalizers.differences import Fate, TaskChange, TaskChangeKind, TextChange, Unit, UnitKind, UnitPair
from normalizers.records import Task

COME_OR_GONE = {Fate.INSERTED: TaskChangeKind.ADDED, Fate.DELETED: TaskChangeKind.REMOVED}
"""What of a task says no more than the fate of its text."""


@dataclass(frozen=True, slots=True)
class Row:
    """One unit beside what it became.

    ``anchor`` is its place in the report, ``place`` in words; ``path`` the headings above it; ``told`` the changes of tasks that show
    in it, ``brief`` the names of those that came or went with it. ``twin`` is the anchor of the other end of a move and
    ``other_place`` that in words; ``left`` tells that here is the place which the unit left. ``widths`` are the shares of the cells of
    its table's rows in hundredths, by how many they are; ``changes`` those of its words.
    """

    anchor: str
    fate: Fate
    kind: UnitKind
    address: str
    place: str
    path: str
    old: Cells
    new: Cells
    inline: Cells
    twin: str = ""
    left: bool = False
    told: tuple[str, ...] = ()
    brief: tuple[str, ...] = ()
    widths: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    changes: tuple[TextChange, ...] = ()
    other_place: str = ""

    @property
    def changed(self) -> bool:
        """Tell whether a reader who asks for changes only is shown the row."""
        return self.fate is not Fate.SAME or bool(self.told)


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of the summary; ``anchor`` is the row it speaks of, empty where there is none; ``kind`` that of the change."""

    text: str
    kind: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What a report shows: sentences on the tasks and on what the document says of itself, and its rows."""

    tasks: tuple[Said, ...]
    fields: tuple[Said, ...]
    rows: tuple[Row, ...]


def report_of(compared: Compared, lang: str) -> Report:
    """Return a comparison as sentences and rows in ``lang``."""
    comparison = compared.comparison
    rows = [_row(number, pair, compared, lang) for number, pair in enumerate(comparison.units, start=1)]
    finder = _Finder(comparison.units)
    tasks = []
    beside: dict[int, list[TaskChange]] = {}
    for change in comparison.task_changes:
        index = finder.of_change(change)
        anchor = rows[index].anchor if index is not None else ""
        tasks.append(Said(tell_task_change(change, lang), str(change.kind), anchor))
        if index is not None:
            beside.setdefault(index, []).append(change)
    widths = _widths(rows)
    for index, row in enumerate(rows):
        spoken = _with_tasks(row, beside.get(index, ()), lang)
        rows[index] = replace(spoken, widths=widths.get(_table(row), {}))
    fields = tuple(Said(tell_field_change(change, lang), change.name) for change in comparison.field_changes)
    return Report(tuple(tasks), fields, tuple(_with_left_places(comparison.units, rows)))


def _with_tasks(row: Row, changes: Sequence[TaskChange], lang: str) -> Row:
    """Return a row with the changes of the tasks in it told."""
    alone = COME_OR_GONE.get(row.fate)
    told = [(change.kind is alone, tell_task_briefly(change, lang)) for change in changes]
    return replace(row, brief=tuple(text for brief, text in told if brief), told=tuple(text for brief, text in told if not brief))


def _row(number: int, pair: UnitPair, compared: Compared, lang: str) -> Row:
    unit = pair.new or pair.old
    if unit is None:
        raise ValueError("a pair of units without a unit")
    old, new = compared.old.text, compared.new.text
    moved = pair.fate is Fate.MOVED and pair.old is not None
    return Row(
        anchor=f"u{number}",
        fate=pair.fate,
        kind=unit.kind,
        address=unit.address,
        place=place(unit.address, lang),
        path=unit.path,
        old=old_cells(pair, old),
        new=new_cells(pair, new),
        inline=inline_cells(pair, old, new),
        twin=f"u{number}-left" if moved else "",
        changes=pair.changes,
        other_place=place(pair.old.address, lang) if moved and pair.old else "",
    )


def _table(row: Row) -> str:
    """Return which table a row stands in."""
    return row.address.partition(".")[0]


def _widths(rows: Iterable[Row]) -> dict[str, dict[int, tuple[int, ...]]]:
    """Return the shares of columns in hundredths by table and number of cells, after what the cells hold."""
    lengths: dict[str, dict[int, list[list[int]]]] = {}
    for row in rows:
        for cells in (row.old, row.new):
            if len(cells) > 1:
                held = [sum(len(piece.text) for piece in cell) for cell in cells]
                lengths.setdefault(_table(row), {}).setdefault(len(cells), []).append(held)
    return {table: {count: shares(held) for count, held in found.items()} for table, found in lengths.items()}


def _with_left_places(pairs: Sequence[UnitPair], rows: Sequence[Row]) -> Iterable[Row]:
    """Yield the rows, and behind the unit that stood before a moved one in the old document the place which that one left."""
    stood = sorted((pair.old.span.start, index) for index, pair in enumerate(pairs) if pair.old)
    behind: dict[int, list[Row]] = {}
    last = -1
    for _, index in stood:
        pair, row = pairs[index], rows[index]
        if pair.fate is not Fate.MOVED:
            last = index
        elif pair.old:
            there = replace(row, anchor=row.twin, twin=row.anchor, left=True, new=(), inline=row.old, told=())
            behind.setdefault(last, []).append(replace(there, path=pair.old.path, place=row.other_place, other_place=row.place))
    yield from behind.get(-1, ())
    for index, row in enumerate(rows):
        yield row
        yield from behind.get(index, ())


class _Finder:
    """Finds the unit that holds a task."""

    def __init__(self, pairs: Sequence[UnitPair]) -> None:
        self._old = _Units([(pair.old, index) for index, pair in enumerate(pairs) if pair.old])
        self._new = _Units([(pair.new, index) for index, pair in enumerate(pairs) if pair.new])

    def of_change(self, change: TaskChange) -> int | None:
        """Return the position of the pair that shows a change of a task: of what is, of a removal and a split of what was."""
        if change.new is not None:
            return self._new.holding(change.new)
        return self._old.holding(change.old) if change.old is not None else None


class _Units:
    def __init__(self, units: Iterable[tuple[Unit, int]]) -> None:
        self._units = sorted(units, key=lambda one: one[0].span.start)
        self._starts = [unit.span.start for unit, _ in self._units]

    def holding(self, task: Task) -> int | None:
        found = bisect_right(self._starts, task.evidence.start) - 1
        return self._units[found][1] if found >= 0 else None

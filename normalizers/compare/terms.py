"""Whether the text and the deadline of a task say something else than before: only what binds differently does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta

from normalizers.compare.evidence import unnumbered
from normalizers.compare.sameness import item_numbers
from normalizers.deadlines import undated
from normalizers.records import Deadline, DeadlineKind, Task
from normalizers.text.fold import compared, fold

FORMULA = 8
"""Folded characters up to which an ongoing deadline is a formula (持续推进, 长期坚持) and says nothing besides."""
LOST = 2
"""Characters that may stand where one of the other version was lost."""

_DATED = frozenset({DeadlineKind.BY_DATE, DeadlineKind.WITHIN_PERIOD})
_KEPT = re.compile(
    "(?:请|应当?|须|必须|需|要|确保|务必)?(?:于|在)?(?:之?前|以前|内|之内)?(?:全部|全面|按期|按时|如期)?(?:完成|办结|完毕|落实到位)?"
)
"""What stands around a day and adds nothing: 请于…前, …前全部完成. 力争 and 基本 bind less, 启动 binds to something else."""
_LEADING = re.compile(r"[\d一二三四五六七八九十百]{1,4}")


def deadline_differs(old: Task, new: Task) -> bool:
    """Tell whether the deadlines of two versions of a task bind differently.

    The last day counts and what is to be reached by then, not the words for it (12月底前, 年底前) nor where it stands: a date that
    moved from the cell into the text, or out of it, is the same.
    """
    if old.deadline is None or new.deadline is None:
        return old.deadline is not new.deadline and moved_date(old, new) is None
    if _fragment(old.deadline, new.deadline) or _fragment(new.deadline, old.deadline):
        return False
    return _differs(old.deadline, new.deadline)


def moved_date(old: Task, new: Task) -> Deadline | None:
    """Return the date in the text of one version that is the deadline of the other, which has none in its text."""
    given, text = (old.deadline, new) if new.deadline is None else (new.deadline, old)
    if given is None or given.end is None or text.deadline is not None:
        return None
    return next((one for one in text.milestones if one.end == given.end and fold(one.text)), None)


def _fragment(part: Deadline, whole: Deadline) -> bool:
    """Tell whether a deadline without a date is a piece of the other one: a cell that a table without lines broke in two."""
    text = fold(part.text)
    unread = part.kind in {DeadlineKind.NONE, DeadlineKind.RELATIVE} and part.end is None and not part.period
    return unread and whole.end is not None and text != fold(whole.text) and text in fold(whole.text)


def _differs(old: Deadline, new: Deadline) -> bool:
    if fold(old.text) and fold(old.text) == fold(new.text) and old.kind is new.kind:
        return False
    if {old.kind, new.kind} <= _DATED:
        return old.end != new.end or _start(old) != _start(new) or _besides(old) != _besides(new)
    if old.kind is not new.kind or old.period != new.period:
        return True
    formulas = len(fold(old.text)) <= FORMULA and len(fold(new.text)) <= FORMULA
    return not (formulas and (old.kind is DeadlineKind.ONGOING or bool(old.period)))


def _besides(deadline: Deadline) -> str:
    """Return what a deadline says besides its day, nothing where it only says that it is to be kept (于…前完成)."""
    said = undated(deadline.text)
    return "" if _KEPT.fullmatch(said) else said


def _start(deadline: Deadline) -> date | None:
    """Return the first day where the deadline states one of its own: not of a month, quarter, half or whole year, named for its end."""
    if deadline.kind is not DeadlineKind.WITHIN_PERIOD or deadline.start is None or deadline.end is None:
        return None
    months = (deadline.end.year - deadline.start.year) * 12 + deadline.end.month - deadline.start.month + 1
    whole = deadline.start.day == 1 and (deadline.end + timedelta(days=1)).day == 1
    natural = months in {1, 3, 6} or (months % 12 == 0 and deadline.start.month == 1)
    return None if whole and natural and (deadline.start.month - 1) % min(months, 12) == 0 else deadline.start


def text_differs(old: Task, new: Task, aliases: Mapping[str, int]) -> bool:
    """Tell whether the texts of two versions of a task differ by more than numbers, names of one body, and characters lost by damage."""
    texts = _bare(old.text), _bare(new.text)
    if compared(texts[0]) == compared(texts[1]):
        return False
    dated = moved_date(old, new)
    words = [_words(text.replace(dated.text, "") if dated else text, aliases) for text in texts]
    if words[0] == words[1] or _with_heading(words[0], words[1], new) or _with_heading(words[1], words[0], old):
        return False
    return not (_lossy(texts[0], words[1]) or _lossy(texts[1], words[0]))


def _bare(text: str) -> str:
    """Return a text without the numbers of items, before it and in it."""
    out, at = [], 0
    for start, end in item_numbers(text, 0, len(text)):
        out.append(text[at:start])
        at = end
    return "".join([*out, text[at:]])


def _words(text: str, aliases: Mapping[str, int]) -> str:
    folded = compared(text)
    for name in sorted(aliases, key=lambda name: (-len(name), name)):
        folded = folded.replace(name, f"\x00{aliases[name]}\x00")
    return folded


def _with_heading(short: str, long: str, task: Task) -> bool:
    """Tell whether a text is the other one behind its own number or a heading of its section."""
    if not short or not long.endswith(short):
        return False
    before = long[: -len(short)]
    headings = {compared(task.number), *(compared(unnumbered(part)) for part in task.section.split(" / "))}
    return before in headings or _LEADING.sub("", before, count=1) in headings


def _lossy(text: str, other: str) -> bool:
    """Tell whether a text is the other one but for characters that damage took, marked by U+FFFD."""
    if "\ufffd" not in text:
        return False
    at = 0
    for piece in (compared(piece) for piece in text.split("\ufffd")):
        found = other.find(piece, at, at + len(piece) + LOST) if piece else at
        if found < 0:
            return False
        at = found + len(piece)
    return len(other) - at <= LOST

"""Tell a whole comparison in lines: what changed in tasks first, then what the document says of itself, then the words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from harvester.comparing import Compared, Side
from harvester.messages import _, counted
from harvester.telling.phrases import clauses, place, quoted
from harvester.telling.remarks import remarks
from harvester.telling.summing import in_common
from harvester.telling.tasks import tell_task_change
from harvester.telling.texts import tell_field_change, tell_text_change
from normalizers.differences import Fate, TaskChange, TaskChangeKind, TextChange, UnitPair


@dataclass(frozen=True, slots=True)
class Line:
    """A line and how it looks on a terminal: ``heading``, ``added``, ``removed``, ``changed`` or nothing."""

    text: str
    look: str = ""


_LOOKS = {TaskChangeKind.ADDED: "added", TaskChangeKind.REMOVED: "removed"}
_OPS = {"insert": "added", "delete": "removed"}


def tell_comparison(compared: Compared, lang: str, *, everything: bool = False) -> Iterator[Line]:
    """Yield a comparison in lines in ``lang``; with ``everything`` the clauses that did not change, too."""
    comparison = compared.comparison
    for label, side in ((_("Old", lang), compared.old), (_("New", lang), compared.new)):
        yield Line(_("{item}: {told}", lang).format(item=label, told=describe(side, lang)), "heading")
    yield Line(summary(compared, lang))
    if comparison.task_changes:
        yield Line(_("Tasks", lang), "heading")
        yield from _task_lines(comparison.task_changes, lang)
    if comparison.field_changes:
        yield Line(_("What the document says of itself", lang), "heading")
        yield from (Line("  " + tell_field_change(change, lang), "changed") for change in comparison.field_changes)
    if everything and comparison.units:
        yield Line(_("Text", lang), "heading")
        yield from (line for pair in comparison.units for line in _unit_lines(pair, lang))
    elif comparison.text_changes:
        yield Line(_("Text", lang), "heading")
        texts = (compared.old.text, compared.new.text)
        for text in told_once(comparison.text_changes):
            yield Line("  " + tell_text_change(text, lang, texts), "changed" if text.moved else _OPS.get(text.op, "changed"))
    yield from (Line(remark) for remark in remarks(comparison, lang))


def _task_lines(changes: Sequence[TaskChange], lang: str) -> Iterator[Line]:
    """Yield what changed in tasks: what holds for most of them first and once, then what each has of its own."""
    common, lines = in_common(changes, lang)
    yield from (Line("  " + line, "changed") for line in lines)
    for change in changes:
        if told := tell_task_change(change, lang, common=common):
            yield Line("  " + told, _LOOKS.get(change.kind, "changed"))


def summary(compared: Compared, lang: str) -> str:
    """Return what changed in a line of numbers; of two texts that say the same, that they do."""
    comparison = compared.comparison
    if comparison.identical:
        same = _("no change: the two say the same.", lang)
        return same if not comparison.field_changes else same + " " + _("Only what they say of themselves differs.", lang)
    kinds = Counter(change.kind for change in comparison.task_changes)
    names = {
        TaskChangeKind.CHANGED: ("{n} task changed", "{n} tasks changed"),
        TaskChangeKind.ADDED: ("{n} task added", "{n} tasks added"),
        TaskChangeKind.REMOVED: ("{n} task removed", "{n} tasks removed"),
        TaskChangeKind.REWORDED: ("{n} task reworded", "{n} tasks reworded"),
        TaskChangeKind.MOVED: ("{n} task moved", "{n} tasks moved"),
        TaskChangeKind.SPLIT: ("{n} task split", "{n} tasks split"),
        TaskChangeKind.MERGED: ("{n} task merged", "{n} tasks merged"),
    }
    told = [counted(*words, kinds[kind], lang) for kind, words in names.items() if kinds[kind]] or [_("no change of a task", lang)]
    texts = len(told_once(comparison.text_changes))
    return clauses([*told, counted("{n} change of wording", "{n} changes of wording", texts, lang)], lang)


def told_once(changes: Sequence[TextChange]) -> list[TextChange]:
    """Return changes of wording with each passage that moved once: its deletion names both places."""
    gone = {change.where for change in changes if change.moved and change.op == "delete"}
    return [change for change in changes if not (change.moved and change.op == "insert" and change.moved in gone)]


def describe(side: Side, lang: str) -> str:
    """Return what a document is in a line: title, number, day, version, or its name where it has no title."""
    day = side.issued_on or side.published_on
    known = [side.document_number, day.isoformat() if isinstance(day, date) else "", version_words(side, lang)]
    more = clauses(known, lang)
    title = quoted(side.title, 120) if side.title else side.name
    return _("{item} ({section})", lang).format(item=title, section=more) if more else title


def version_words(side: Side, lang: str) -> str:
    """Return which version of a stored document it is and when it was fetched; empty for a file."""
    if not side.version:
        return ""
    return _("version {n}, fetched on {day}", lang).format(n=side.version, day=side.fetched_on)


def _unit_lines(pair: UnitPair, lang: str) -> Iterator[Line]:
    """Yield a unit as one text: what went in [- -], what came in {+ +}, as programmers know it from word diffs."""
    if pair.fate is Fate.DELETED and pair.old:
        yield Line(f"[-{_flat(pair.old.text)}-]", "removed")
    elif pair.fate is Fate.INSERTED and pair.new:
        yield Line(f"{{+{_flat(pair.new.text)}+}}", "added")
    elif pair.new and pair.old:
        from_there = _("moved from {place}", lang).format(place=place(pair.old.address, lang)) if pair.fate is Fate.MOVED else ""
        yield Line((f"({from_there}) " if from_there else "") + _marked(pair), "" if pair.fate is Fate.SAME else "changed")


def _marked(pair: UnitPair) -> str:
    unit = pair.new
    if unit is None:
        return ""
    parts, position = [], unit.span.start
    for change in sorted(pair.changes, key=lambda one: one.new_span.start):
        start, end = (max(unit.span.start, min(unit.span.end, at)) for at in (change.new_span.start, change.new_span.end))
        parts.append(unit.text[position - unit.span.start : start - unit.span.start])
        parts.append((f"[-{change.old}-]" if change.old else "") + (f"{{+{change.new}+}}" if change.new else ""))
        position = max(position, end)
    return _flat("".join([*parts, unit.text[position - unit.span.start :]]))


def _flat(text: str) -> str:
    return " ".join(text.split())

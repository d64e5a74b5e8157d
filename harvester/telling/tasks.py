"""Tell a change of a task in a sentence: 第12项：牵头单位由 A 改为 B；完成时间由 2025年6月 改为 2025年12月；新增配合单位 C."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from harvester.messages import _
from harvester.telling.phrases import JsonMap, clauses, deadline_words, item_number, joined, quoted, short_title, shorten
from harvester.telling.roles import tell_holders, tell_roles
from harvester.telling.wording import tell_wording
from normalizers.differences import TaskChange
from normalizers.presentation import task_change_json

SECTION = 40
"""Characters shown of a section's heading beside a task."""


def tell_task_change(change: TaskChange | JsonMap, lang: str, *, titled: bool = False) -> str:
    """Return a change of a task in a sentence in ``lang`` (``zh`` or ``en``), without a full stop.

    ``change`` is a record or its JSON as ``diff`` prints it. A task is called by its number and section; by its first clause where it
    has no number, and beside the number where ``titled`` says that numbers alone are ambiguous.
    """
    told = task_change_json(change) if isinstance(change, TaskChange) else change
    return _FORMS.get(told["kind"], _changed)(told, lang, titled)


def tell_task_briefly(change: TaskChange | JsonMap, lang: str, *, titled: bool = False) -> str:
    """Return a change of a task where its text stands beside: of one that came or went its name alone, else as ``tell_task_change``."""
    told = task_change_json(change) if isinstance(change, TaskChange) else change
    forms = {"added": _("new: {item}", lang), "removed": _("removed: {item}", lang)}
    if told["kind"] not in forms:
        return tell_task_change(told, lang, titled=titled)
    task = told["new"] or told["old"]
    return forms[told["kind"]].format(item=task_name(task, lang))


def task_name(task: JsonMap, lang: str, *, titled: bool = False, section: bool = True) -> str:
    """Return what to call a task by: its number, its first clause where it has none or is to be told from others, its section."""
    number = str(task.get("number") or "")
    title = quoted(short_title(str(task["text"])), SECTION)
    name = item_number(number, lang) if number else title
    if number and titled:
        name = _("{item} {title}", lang).format(item=name, title=title)
    where = nearest_heading(str(task.get("section") or ""))
    return _("{item} ({section})", lang).format(item=name, section=where) if section and where else name


def nearest_heading(section: str) -> str:
    """Return the last part of a section's path, cut."""
    return shorten(section.rpartition(" / ")[2], SECTION)


def _changed(change: JsonMap, lang: str, titled: bool) -> str:
    told = clauses(_differences(change, lang), lang)
    return _("{item}: {told}", lang).format(item=task_name(change["new"], lang, titled=titled), told=told)


def _moved(change: JsonMap, lang: str, titled: bool) -> str:
    name = task_name(change["new"], lang, titled=titled, section=False)
    return _("{item}: {told}", lang).format(item=name, told=clauses(_differences(change, lang), lang))


def _added(change: JsonMap, lang: str, titled: bool) -> str:
    return _whole(_("new: {item}", lang), change["new"], lang)


def _removed(change: JsonMap, lang: str, titled: bool) -> str:
    return _whole(_("removed: {item}", lang), change["old"], lang)


def _whole(form: str, task: JsonMap, lang: str) -> str:
    """Tell a task that stands alone: its name, the beginning of its text where the name does not say it, who and by when."""
    name = form.format(item=task_name(task, lang))
    text = quoted(str(task["text"])) if task.get("number") else ""
    held = clauses((text, *tell_holders(task, lang)), lang)
    return _("{item}: {told}", lang).format(item=name, told=held) if held else name


def _split(change: JsonMap, lang: str, titled: bool) -> str:
    parts = change["parts"]
    names = joined([_part(part, lang) for part in parts], lang)
    form = _("{item} was split into {n}: {parts}", lang)
    return form.format(item=task_name(change["old"], lang, titled=titled), n=len(parts), parts=names)


def _merged(change: JsonMap, lang: str, titled: bool) -> str:
    names = joined([task_name(part, lang, titled=True, section=False) for part in change["parts"]], lang)
    return _("{parts} were merged into {item}", lang).format(parts=names, item=_part(change["new"], lang))


def _part(task: JsonMap, lang: str) -> str:
    name, held = task_name(task, lang, titled=True, section=False), clauses(tell_holders(task, lang), lang)
    return _("{item} ({section})", lang).format(item=name, section=held) if held else name


def _differences(change: JsonMap, lang: str) -> Iterator[str]:
    """Yield what differs, the gravest first: bodies, deadline, section, words."""
    fields, old, new = change["fields"], change["old"], change["new"]
    yield from tell_roles(old, new, fields, lang)
    if "deadline" in fields:
        yield _deadline(fields["deadline"]["old"], fields["deadline"]["new"], lang)
    if "section" in fields:
        yield _section(str(fields["section"]["old"]), str(fields["section"]["new"]), lang)
    if "text" in fields:
        yield tell_wording(str(fields["text"]["old"]), str(fields["text"]["new"]), lang)


def _deadline(old: JsonMap | None, new: JsonMap | None, lang: str) -> str:
    if old and new:
        return _("deadline changed from {old} to {new}", lang).format(old=deadline_words(old, new), new=deadline_words(new, old))
    if new:
        return _("deadline {deadline} added", lang).format(deadline=deadline_words(new))
    return _("deadline {deadline} removed", lang).format(deadline=deadline_words(old or {"text": ""}))


def _section(old: str, new: str, lang: str) -> str:
    if old and new:
        return _("moved from {old} to {new}", lang).format(old=quoted(old), new=quoted(new))
    form = _("moved into {section}", lang) if new else _("moved out of {section}", lang)
    return form.format(section=quoted(new or old))


_FORMS: dict[str, Callable[[JsonMap, str, bool], str]] = {
    "added": _added,
    "removed": _removed,
    "moved": _moved,
    "split": _split,
    "merged": _merged,
}

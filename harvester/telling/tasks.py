"""Tell a change of a task in a sentence: 第12项：牵头单位由 A 改为 B；完成时间由 2025年6月 改为 2025年12月；新增配合单位 C."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from harvester.messages import _
from harvester.telling.common import NOTHING, Common
from harvester.telling.phrases import JsonMap, clauses, deadline_words, item_number, joined, quoted, same_number, short_title, shorten
from harvester.telling.roles import tell_holders, tell_roles
from harvester.telling.wording import tell_wording
from normalizers.differences import TaskChange
from normalizers.presentation import task_change_json

SECTION = 40
"""Characters shown of a section's heading beside a task."""
WIDE = 50
"""Characters shown of the text of a task that was split or merged."""


def tell_task_change(change: TaskChange | JsonMap, lang: str, *, common: Common = NOTHING) -> str:
    """Return a change of a task in a sentence in ``lang`` (``zh`` or ``en``), without a full stop.

    ``change`` is a record or its JSON as ``diff`` prints it. A task is called by its number, the beginning of its text, and its section;
    one that bears another number now by both, for numbers shift. Of a change that says no more than what is ``common`` to most, and told
    once for all, an empty text is returned.
    """
    told = task_change_json(change) if isinstance(change, TaskChange) else change
    return _FORMS.get(told["kind"], _changed)(told, lang, common)


def tell_task_briefly(change: TaskChange | JsonMap, lang: str) -> str:
    """Return a change of a task where its text stands beside: of one that came or went its number alone, else as ``tell_task_change``."""
    told = task_change_json(change) if isinstance(change, TaskChange) else change
    forms = {"added": _("new: {item}", lang), "removed": _("removed: {item}", lang)}
    if told["kind"] not in forms:
        return tell_task_change(told, lang)
    task = told["new"] or told["old"]
    return forms[told["kind"]].format(item=task_name(task, lang, titled=False))


def task_name(task: JsonMap, lang: str, *, old: JsonMap | None = None, titled: bool = True, section: bool = True) -> str:
    """Return what to call a task by: its number (the ``old`` one, too, where it was another), the beginning of its text, its section."""
    number, was = (str((each or {}).get("number") or "") for each in (task, old))
    title = quoted(short_title(str(task["text"])), SECTION)
    name = item_number(number, lang) if number else title
    if number and was and not same_number(number, was):
        name = _("{item}, formerly {old}", lang).format(item=name, old=item_number(was, lang))
    if number and titled:
        name = _("{item} {title}", lang).format(item=name, title=title)
    where = nearest_heading(str(task.get("section") or ""))
    return _("{item} ({section})", lang).format(item=name, section=where) if section and where else name


def nearest_heading(section: str) -> str:
    """Return the last part of a section's path, cut."""
    return shorten(section.rpartition(" / ")[2], SECTION)


def _changed(change: JsonMap, lang: str, common: Common) -> str:
    told = clauses(_differences(change, lang, common), lang)
    if not told and common is not NOTHING:
        return ""
    name = task_name(change["new"], lang, old=change["old"], section=change["kind"] != "moved")
    return _("{item}: {told}", lang).format(item=name, told=told)


def _added(change: JsonMap, lang: str, common: Common) -> str:
    return _whole(_("new: {item}", lang), change["new"], lang)


def _removed(change: JsonMap, lang: str, common: Common) -> str:
    task = change["old"]
    return _whole(_("removed: former {item}", lang) if task.get("number") else _("removed: {item}", lang), task, lang)


def _whole(form: str, task: JsonMap, lang: str) -> str:
    """Tell a task that stands alone: its name, the beginning of its text where the name does not say it, who and by when."""
    name = form.format(item=task_name(task, lang, titled=False))
    text = quoted(str(task["text"])) if task.get("number") or short_title(str(task["text"])).endswith("…") else ""
    held = clauses((text, *tell_holders(task, lang)), lang)
    return _("{item}: {told}", lang).format(item=name, told=held) if held else name


def _split(change: JsonMap, lang: str, common: Common) -> str:
    parts = change["parts"]
    names = joined([_with_holders(_widely(part, lang), part, lang) for part in parts], lang)
    form = _("{item} was split into {n}: {parts}", lang)
    return form.format(item=_former(change["old"], lang), n=len(parts), parts=names)


def _merged(change: JsonMap, lang: str, common: Common) -> str:
    names = joined([_former(part, lang) for part in change["parts"]], lang)
    new = change["new"]
    return _("{parts} were merged into {item}", lang).format(parts=names, item=_with_holders(_widely(new, lang), new, lang))


def _former(task: JsonMap, lang: str) -> str:
    """Return a task of the old paper by its old number and more of its text: what became of it may begin with the same words."""
    name = _widely(task, lang)
    return _("former {item}", lang).format(item=name) if task.get("number") else name


def _widely(task: JsonMap, lang: str) -> str:
    """Return a task's number and so much of its text that what it was made of, or became, shows."""
    number, text = str(task.get("number") or ""), " ".join(str(task["text"]).split()).rstrip("。；;，,")
    title = quoted(text, WIDE)
    return _("{item} {title}", lang).format(item=item_number(number, lang), title=title) if number else title


def _with_holders(name: str, task: JsonMap, lang: str) -> str:
    held = clauses(tell_holders(task, lang), lang)
    return _("{item} ({section})", lang).format(item=name, section=held) if held else name


def _differences(change: JsonMap, lang: str, common: Common) -> Iterator[str]:
    """Yield what differs, the gravest first: bodies, deadline, section, words; but what is ``common`` to most."""
    fields, old, new = change["fields"], change["old"], change["new"]
    yield from common.others(tell_roles(old, new, fields, lang, common.origins))
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


_FORMS: dict[str, Callable[[JsonMap, str, Common], str]] = {
    "added": _added,
    "removed": _removed,
    "split": _split,
    "merged": _merged,
}

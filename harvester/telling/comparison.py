"""Tell a comparison in words: as lines for a terminal, and as one self-contained HTML page. Works on the JSON shape of ``diff``."""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import Environment, PackageLoader, select_autoescape

from harvester.messages import _, language
from harvester.telling.phrases import JsonMap, place, shorten

ROLE_NAMES = {"lead": "lead (牵头单位)", "partner": "partner (配合单位)", "responsible": "responsible (责任单位)"}


def mentions(agencies: list[JsonMap]) -> str:
    """Return the names of agencies as printed, joined by 、."""
    return "、".join(str(agency["mention"]) for agency in agencies)


def deadline_text(deadline: JsonMap | None) -> str:
    """Return a deadline as printed, with its last day where there is one."""
    if not deadline:
        return _("none")
    end = deadline.get("end")
    return f"{deadline['text']} ({end})" if end else str(deadline["text"])


def task_name(task: JsonMap) -> str:
    """Return what to call a task by: its number, if it has one, and the beginning of its text."""
    number = f"[{task['number']}] " if task.get("number") else ""
    return number + shorten(str(task["text"]))


def field_lines(fields: JsonMap) -> Iterator[str]:
    """Tell what differs in a changed task, one line a field."""
    for name, change in fields.items():
        if name in ROLE_NAMES:
            for verb, label in (("added", _("added")), ("removed", _("removed"))):
                if change.get(verb):
                    yield f"{_(ROLE_NAMES[name])}: {label} {mentions(change[verb])}"
        elif name == "deadline":
            yield _("deadline: {old} → {new}").format(old=deadline_text(change["old"]), new=deadline_text(change["new"]))
        else:
            yield f"{_(name)}: {shorten(str(change['old']))} → {shorten(str(change['new']))}"


def task_lines(change: JsonMap) -> Iterator[str]:
    """Tell one change of a task: a line for the task, indented lines for what differs."""
    task = change["new"] if change["kind"] == "added" else change["old"]
    yield f"{_(change['kind'])}: {task_name(task)}"
    for line in field_lines(change.get("fields") or {}):
        yield f"    {line}"


def text_line(change: JsonMap) -> str:
    """Tell one change of the text in a line."""
    old, new = shorten(change["old"] or ""), shorten(change["new"] or "")
    told = {"replace": f"「{old}」→「{new}」", "insert": f"+「{new}」", "delete": f"-「{old}」"}[change["op"]]
    return f"{place(change['where'])}: {told}" if change.get("where") else told


def lines(comparison: JsonMap) -> Iterator[str]:
    """Tell a whole comparison, tasks first."""
    if comparison["identical"]:
        yield _("no change: the two say the same.")
        return
    tasks, texts = comparison["task_changes"], comparison["text_changes"]
    yield _("{tasks} changed tasks, {texts} changes of the text").format(tasks=len(tasks), texts=len(texts))
    for change in tasks:
        yield from task_lines(change)
    for change in texts:
        yield text_line(change)


def page(comparison: JsonMap, old: str, new: str) -> str:
    """Return a comparison as one HTML page that needs nothing else: no script, no request."""
    environment = Environment(loader=PackageLoader("harvester"), autoescape=select_autoescape(default=True))
    environment.globals.update(
        _=_, place=place, task_name=task_name, field_lines=lambda change: list(field_lines(change.get("fields") or {}))
    )
    return environment.get_template("comparison.html").render(
        comparison=comparison, old=old, new=new, lang="zh-CN" if language() == "zh" else "en"
    )

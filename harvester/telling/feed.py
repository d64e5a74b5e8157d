"""Tell a row of the feed of changes (``docs/changes.md``) in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from harvester.messages import _
from harvester.telling.phrases import JsonMap, clauses, joined, quoted
from harvester.telling.tasks import tell_task_change
from harvester.telling.texts import field_name, field_value, tell_field_change, tell_text_change
from normalizers.compare.renaming import Dates, role_change
from normalizers.differences import ROLES
from normalizers.presentation import agencies_json
from normalizers.records import Agency, AgencyKind

MOST_TEXTS = 3
"""Changes of wording that a row tells one by one; of more, their number."""
UNSAID = frozenset({"version", "content_hash", "work", "state", "key", "id"})
"""Fields of a document's state that stand in other words of the row."""


def tell_change(row: JsonMap, lang: str) -> str:
    """Return a row of the feed in a sentence in ``lang`` (``zh`` or ``en``), without a full stop.

    ``before`` and ``after`` are states as the feed keeps them. ``title`` and ``other_title`` name the documents of a link where the
    reader joined them; of a public record nothing is told but what the row itself holds, and ``record`` where the reader may show it.
    """
    tell = _ENTITIES.get(str(row["entity"]))
    return tell(row, lang) if tell else f"{row['entity']} {row['kind']} {row['entity_id']}"


# --- tasks -----------------------------------------------------------------------------------------------------------------


def _task(row: JsonMap, lang: str) -> str:
    if row["kind"] == "restated":
        return _("a task was restated without a change that counts", lang)
    before, after, kind = row["before"], row["after"], row["kind"]
    change: dict[str, Any] = {"kind": kind, "old": before, "new": after, "fields": {}}
    if kind == "split":
        change |= {"new": None, "parts": after}
    elif kind == "merged":
        change |= {"old": None, "parts": before}
    elif before and after:
        change["fields"] = _fields(row, before, after)
    return tell_task_change(change, lang)


def _fields(row: JsonMap, before: JsonMap, after: JsonMap) -> dict[str, Any]:
    """Return what differs between two states in the shape of a comparison, the fields that the row names."""
    day = row.get("as_of")
    dates = Dates(None, day if isinstance(day, date) else None)
    fields: dict[str, Any] = {role: _role(role, before, after, dates) for role in ROLES if role in row["fields"]}
    return fields | {name: {"old": before[name], "new": after[name]} for name in ("deadline", "section", "text") if name in row["fields"]}


def _role(role: str, before: JsonMap, after: JsonMap, dates: Dates) -> Any:  # noqa: ANN401 -- JSON
    """Return which bodies came to a role, went, or were renamed by a reform."""
    change = role_change(_bodies(before[role]), _bodies(after[role]), role, dates)
    renamed = [{"old": agencies_json([old])[0], "new": agencies_json([new])[0]} for old, new in change.renamed]
    told = {"added": agencies_json(change.added), "removed": agencies_json(change.removed), "renamed": renamed}
    return told | {"tied": [] if change.added or change.removed or renamed else _taken_for(before[role], after[role])}


def _taken_for(before: list[JsonMap], after: list[JsonMap]) -> list[JsonMap]:
    """Return the mentions that are tied to another body than before, as they are now."""
    was = {body["mention"]: body["id"] for body in before}
    return [body for body in after if body["mention"] in was and was[body["mention"]] != body["id"]]


def _bodies(found: list[JsonMap]) -> tuple[Agency, ...]:
    return tuple(Agency(each["mention"], each["name"], each["id"], AgencyKind(each["kind"])) for each in found)


# --- documents -------------------------------------------------------------------------------------------------------------


def _document(row: JsonMap, lang: str) -> str:
    state = row["after"] or row["before"] or {}
    title = _title(state, row, lang)
    forms: dict[str, Callable[[], str]] = {
        "added": lambda: _("first seen: {document}", lang).format(document=_described(state, row, lang)),
        "changed": lambda: _("{item}: {told}", lang).format(item=title, told=_differences(row, lang)),
        "gone": lambda: _("{document}: no longer found at its source", lang).format(document=title),
        "back": lambda: _("{document}: found at its source again", lang).format(document=title),
        "moved": lambda: _("{document}: moved to {place}", lang).format(
            document=title, place=state.get("moved_to") or state.get("url", "")
        ),
        "withdrawn": lambda: _("{document}: withdrawn by its publisher", lang).format(document=title),
        "tied": lambda: _tied(row, title, lang),
        "untied": lambda: _("{document}: no longer held to be the same text as the others of its work", lang).format(document=title),
        "restated": lambda: _("{document}: restated without a change that counts", lang).format(document=title),
    }
    return forms.get(row["kind"], lambda: f"{title} {row['kind']}")()


def _title(state: JsonMap, row: JsonMap, lang: str) -> str:
    title = str(state.get("title") or row.get("title") or "")
    if title:
        return f"《{title}》" if lang == "zh" and not title.startswith("《") else quoted(title, 120) if lang != "zh" else title
    return str(row.get("document_id") or row["entity_id"])


def _described(state: JsonMap, row: JsonMap, lang: str) -> str:
    said = [field_value(name, state.get(name), lang) for name in ("document_number", "issued_on")]
    title, more = _title(state, row, lang), clauses(said, lang)
    return _("{item} ({section})", lang).format(item=title, section=more) if more else title


def _differences(row: JsonMap, lang: str) -> str:
    before, after = row["before"] or {}, row["after"] or {}
    named = row["fields"] or sorted({*before, *after})
    changed = [name for name in named if name not in UNSAID and before.get(name) != after.get(name)]
    told = [tell_field_change({"name": n, "old": _plain(before.get(n)), "new": _plain(after.get(n))}, lang) for n in changed]
    return clauses(told, lang) or joined([field_name(name, lang) for name in named], lang)


def _plain(value: Any) -> str:  # noqa: ANN401 -- a value of JSON
    return "、".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _tied(row: JsonMap, title: str, lang: str) -> str:
    told = _("{document}: held to be the same text as others of work {work}", lang)
    return told.format(document=title, work=(row["after"] or {}).get("work", ""))


# --- text, links, public records -------------------------------------------------------------------------------------------


def _text(row: JsonMap, lang: str) -> str:
    changes = _once(row["after"] or row["before"] or [])
    told = clauses((tell_text_change(change, lang) for change in changes[:MOST_TEXTS]), lang)
    if len(changes) > MOST_TEXTS:
        return _("wording changed in {n} places: {told}; and so on", lang).format(n=len(changes), told=told)
    return _("wording changed: {told}", lang).format(told=told)


def _once(changes: Iterable[JsonMap]) -> list[JsonMap]:
    """Return changes of wording with each move once: its deletion names both places."""
    return [change for change in changes if not (change.get("moved") and change["op"] == "insert")]


def _link(row: JsonMap, lang: str) -> str:
    state = row["after"] or row["before"] or {}
    one, other = (str(row.get(title) or state.get(name, "")) for title, name in (("title", "document"), ("other_title", "other")))
    forms = {
        "draft": _("{one} is the final text of the draft {other}", lang),
        "edition": _("{one} is a later edition of {other}", lang),
        "division": _("{one} divides the tasks of {other}", lang),
    }
    told = forms.get(str(state.get("relation")), "{one} – {other}").format(one=_name(one, lang), other=_name(other, lang))
    return told if row["kind"] == "added" else _("no longer held: {told}", lang).format(told=told)


def _name(title: str, lang: str) -> str:
    if title.isascii():
        return title
    return f"《{title}》" if lang == "zh" and not title.startswith("《") else title if lang == "zh" else quoted(title, 120)


def _notice(row: JsonMap, lang: str) -> str:
    kinds = {
        "permit": _("permit record", lang),
        "penalty": _("penalty record", lang),
        "list-entry": _("list entry", lang),
        "defaulter": _("defaulter record", lang),
        "tax-case": _("tax case record", lang),
    }
    name = kinds.get(str(row.get("record_kind")), _("public record", lang))
    record = row.get("record") or {}
    told = joined([str(part) for part in (record.get("subject") or row.get("subject"), row.get("list_name")) if part], lang)
    item = _("{item} ({section})", lang).format(item=name, section=told) if told else name
    forms = {
        "entered": _("{item}: entered", lang),
        "changed": _("{item}: changed at its source", lang),
        "left": _left(row, lang),
    }
    return forms.get(row["kind"], "{item}").format(item=item)


def _left(row: JsonMap, lang: str) -> str:
    reasons = {
        "expired": _("{item}: no longer shown, its term is over", lang),
        "repaired": _("{item}: no longer shown, it was repaired", lang),
        "withdrawn": _("{item}: no longer shown, its publisher withdrew it", lang),
        "gone": _("{item}: no longer shown, its source shows it no more", lang),
        "suppressed": _("{item}: no longer shown after an objection", lang),
    }
    return reasons.get(str(row.get("reason")), _("{item}: no longer shown", lang))


_ENTITIES: dict[str, Callable[[JsonMap, str], str]] = {
    "task": _task,
    "document": _document,
    "text": _text,
    "link": _link,
    "notice": _notice,
}

"""Tell changes of wording, and of what a document says of itself."""

from __future__ import annotations

from functools import lru_cache

from harvester.messages import _
from harvester.telling.phrases import JsonMap, joined, place, quoted
from harvester.telling.phrases import words as quoted_words
from harvester.telling.quantities import with_unit
from harvester.telling.wording import word_change
from normalizers.agencies.regions import regions
from normalizers.differences import FieldChange, TextChange
from normalizers.presentation import text_change_json


def tell_text_change(change: TextChange | JsonMap, lang: str, texts: tuple[str, str] | None = None) -> str:
    """Return a change of wording in a sentence with its place: 第3段：“A”改为“B”. A passage that moved is told with both places.

    Where the ``texts`` of the two documents are given, a number that changed is told with its unit.
    """
    told = text_change_json(change) if isinstance(change, TextChange) else change
    if told.get("moved"):
        return _moved(told, lang)
    old, new = told["old"] or "", told["new"] or ""
    if texts and isinstance(change, TextChange):
        old, new = with_unit(change, *texts)
    words = word_change(told["op"], old, new, lang, 60)
    where = place(told.get("where") or "", lang)
    return _("{item}: {told}", lang).format(item=where, told=words) if where else words


def _moved(told: JsonMap, lang: str) -> str:
    gone = told["op"] == "delete"
    here, there = place(told["where"], lang), place(told["moved"], lang)
    form = _("{words} moved from {old} to {new}", lang)
    return form.format(words=quoted_words(told["old"] or told["new"]), old=here if gone else there, new=there if gone else here)


def tell_field_change(change: FieldChange | JsonMap, lang: str) -> str:
    """Return what a document says otherwise of itself in a sentence: 标题由“A”改为“B”."""
    told = {"name": change.name, "old": change.old, "new": change.new} if isinstance(change, FieldChange) else change
    name = field_name(str(told["name"]), lang)
    old, new = (field_value(str(told["name"]), told[side], lang) for side in ("old", "new"))
    if old and new:
        return _("{name} changed from {old} to {new}", lang).format(name=name, old=old, new=new)
    if new:
        return _("{name} {value} added", lang).format(name=name, value=new)
    return _("{name} {value} removed", lang).format(name=name, value=old)


def field_name(name: str, lang: str) -> str:
    """Return the name of what a document says of itself, as offices write it."""
    return _field_names(lang).get(name, name.replace("_", " "))


@lru_cache(maxsize=2)
def _field_names(lang: str) -> dict[str, str]:
    return {
        "title": _("the title", lang),
        "document_number": _("the document number", lang),
        "issuers": _("the issuing body", lang),
        "issued_on": _("the date of issue", lang),
        "published_on": _("the date of publication", lang),
        "printed_on": _("the date of printing", lang),
        "effective_on": _("the first day in force", lang),
        "expires_on": _("the last day in force", lang),
        "regions": _("the region", lang),
        "region": _("the region", lang),
        "plan_period": _("the period of the plan", lang),
        "plan_start": _("the first day of the plan", lang),
        "plan_end": _("the last day of the plan", lang),
        "kind": _("the kind of document", lang),
        "document_kind": _("the kind of document", lang),
        "source": _("the source named", lang),
        "index_number": _("the index number", lang),
        "url": _("the address", lang),
        "listed_on": _("the date in the list", lang),
        "section": _("the section of the site", lang),
        "parent": _("the page it hangs on", lang),
        "state": _("the state", lang),
        "content_hash": _("the text", lang),
    }


@lru_cache(maxsize=2)
def _kinds(lang: str) -> dict[str, str]:
    return {
        "plan": _("plan", lang),
        "work-points": _("work points", lang),
        "task-table": _("table of tasks", lang),
        "notice": _("circular", lang),
        "opinion": _("opinions", lang),
        "measures": _("measures", lang),
        "regulation": _("regulations", lang),
        "announcement": _("announcement", lang),
        "reply": _("reply", lang),
        "letter": _("letter", lang),
        "report": _("report", lang),
        "list": _("list", lang),
        "news": _("news", lang),
        "case": _("case", lang),
        "other": _("other document", lang),
    }


def field_value(name: str, value: object, lang: str) -> str:
    """Return a value as a reader knows it: a title in quotation marks, a kind in words, regions by name; empty for none."""
    if not value:
        return ""
    if isinstance(value, list | tuple):
        return joined([field_value(name, each, lang) for each in value], lang)
    text = " ".join(str(value).split())
    if name in ("kind", "document_kind"):
        return _kinds(lang).get(text, text)
    if name in ("region", "regions"):
        return joined([region_name(code) for code in text.split("、")], lang)
    if name == "plan_period":
        return period_words(text, lang)
    return quoted(text, 120) if name == "title" else text


def region_name(code: str) -> str:
    """Return the name of a region (GB/T 2260), the code of one that is not known."""
    region = regions().by_code.get(code)
    return region.name if region else code


def period_words(period: str, lang: str) -> str:
    """Return a period, two days parted by a stroke, in words: whole years as 2018—2020年."""
    first, _stroke, last = period.partition("/")
    if first.endswith("-01-01") and last.endswith("-12-31"):
        years = [first[:4]] if first[:4] == last[:4] else [first[:4], last[:4]]
        return _("{years}", lang).format(years="—".join(years))
    return _("{first} to {last}", lang).format(first=first or "…", last=last or "…")

"""Events of a run in words, for the terminal and the page that follow it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harvester.messages import _, counted
from harvester.sentences import said
from storage.records import Verdict

Detail = Mapping[str, Any]


def line(event: str, detail: Detail, lang: str = "") -> str:
    """Return an event in one line; one that this program does not know is told by its name and values."""
    teller = _TELLERS.get(event)
    try:
        return teller(detail, lang) if teller else _plainly(event, detail)
    except (KeyError, TypeError, ValueError):  # written by another version of this program
        return _plainly(event, detail)


def _plainly(event: str, detail: Detail) -> str:
    return " ".join([event, *(f"{name}={value}" for name, value in sorted(detail.items()))])


def _began(detail: Detail, lang: str) -> str:
    return _("the run begins: {sections}", lang).format(sections=_(", ", lang).join(detail["sections"]))


def _list(detail: Detail, lang: str) -> str:
    where = " ".join(filter(None, (detail["section"], detail.get("slice", ""))))
    place = {"where": where, **_some(detail, "page")}
    if detail.get("pages"):
        told = ("{where}: list page {page} of {pages}, {n} entry", "{where}: list page {page} of {pages}, {n} entries")
        return counted(*told, detail["items"], lang, **place, pages=detail["pages"])
    return counted("{where}: list page {page}, {n} entry", "{where}: list page {page}, {n} entries", detail["items"], lang, **place)


def _document(detail: Detail, lang: str) -> str:
    told = {
        "new": _("new: {url}", lang),
        "changed": _("changed: {url}", lang),
        "reread": _("read better: {url}", lang),
    }
    return told[detail["effect"]].format(url=detail["url"])


def _records(detail: Detail, lang: str) -> str:
    return counted("{section}: {n} record read", "{section}: {n} records read", detail["records"], lang, section=detail["section"])


def _gone(detail: Detail, lang: str) -> str:
    return _("documents that are gone: {documents}", lang).format(documents=detail["documents"])


def _failure(detail: Detail, lang: str) -> str:
    told = _("failed ({cause}): {url}", lang).format(cause=_(detail["cause"], lang), url=detail["url"])
    why = said(str(detail.get("detail", "")), lang).removeprefix(str(detail["url"])).strip()
    return f"{told} {why}".rstrip()


def _retry(detail: Detail, lang: str) -> str:
    return (
        _("asked again ({times}): {url} {reason}", lang).format(reason=detail.get("reason", ""), **_some(detail, "times", "url")).rstrip()
    )


def _pace(detail: Detail, lang: str) -> str:
    return _("{host} asks for {seconds} s between requests instead of {before}", lang).format(**_some(detail, "host", "seconds", "before"))


def _stopped(detail: Detail, lang: str) -> str:
    return _("the crawl is stopped: {reason}", lang).format(reason=_(detail["reason"], lang))


def _note(detail: Detail, lang: str) -> str:
    return said(str(detail["text"]), lang)


def _verdict(detail: Detail, lang: str) -> str:
    told = _(str(Verdict(detail["verdict"])), lang)
    if cause := detail.get("cause"):
        told = _("{verdict}, cause {cause}", lang).format(verdict=told, cause=_(cause, lang))
    told_of = ("{n} request, {least} at least; {bytes} bytes", "{n} requests, {least} at least; {bytes} bytes")
    counts = counted(*told_of, detail["requests"], lang, **_some(detail, "least", "bytes"))
    return _("the run ends: {verdict}; {counts}", lang).format(verdict=told, counts=counts)


def _finding(detail: Detail, lang: str) -> str:
    where = detail.get("section") or _("the site", lang)
    told = _("finding {cause} in {where}", lang).format(cause=_(detail["cause"], lang), where=where)
    values = [
        _("observed {value}", lang).format(value=said(detail["observed"], lang)) if detail.get("observed") else "",
        _("expected {value}", lang).format(value=said(detail["expected"], lang)) if detail.get("expected") else "",
    ]
    return _("; ", lang).join(filter(None, (told, *values)))


def _counted(detail: Detail, lang: str) -> str:
    return counted("{n} more event is not kept", "{n} more events are not kept", detail["events"], lang)


def _some(detail: Detail, *names: str) -> dict[str, Any]:
    return {name: detail[name] for name in names}


_TELLERS = {
    "began": _began, "list": _list, "document": _document, "records": _records, "gone": _gone, "failure": _failure, "retry": _retry,
    "pace": _pace, "stopped": _stopped, "note": _note, "verdict": _verdict, "finding": _finding, "counted": _counted,
}  # fmt: skip
EVENTS = frozenset(_TELLERS)
"""The events that there are (``docs/observing.md``)."""

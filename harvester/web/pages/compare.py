"""Two texts in words: what changed in the tasks first, then clause by clause, side by side or in one text; to take along for offices."""

from __future__ import annotations

import re
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from harvester import addresses
from harvester.comparing import Compared, compare_stored
from harvester.decisions import stored_decisions
from harvester.errors import HarvesterError, WrongCall
from harvester.messages import _
from harvester.reports.files import DiffFormat, comparison_file
from harvester.reports.page import stretches
from harvester.reports.rows import report_of
from harvester.telling.remarks import remarks
from harvester.telling.terminal import summary, version_words
from harvester.web.access.rights import reader
from harvester.web.reading.asked import withdrawn
from harvester.web.reading.choosing import choices_of
from harvester.web.room import AnyStore
from harvester.web.shown import page, preference
from storage.errors import ArchiveError, UnknownRecord
from storage.store import Store

router = APIRouter(dependencies=[reader()])

PATH = "/compare"
VIEWS = (("side", "side by side"), ("inline", "in one text"))
FOLDED = 120
"""Rows of an unchanged stretch that the page holds folded; more of them only where all is asked for."""
FILES = {
    "table": (DiffFormat.DOCX, "table", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    "tracked": (DiffFormat.DOCX, "tracked", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    "json": (DiffFormat.JSON, "table", "application/json", "json"),
    "html": (DiffFormat.HTML, "table", "application/octet-stream", "html"),
}
"""Forms to take along: of the command line's ``diff``; a page of its own comes as a file and is not run here."""
_NAME = re.compile(r"[a-z0-9]{4,32}(?:@(?:\d{1,9}|\d{4}-\d{2}-\d{2}))?")


@router.get(PATH)
def compare(
    request: Request, store: AnyStore, old: str = "", new: str = "", view: str = "side", form: str = "", everything: bool = False
) -> Response:
    """Show what changed from one text to another, or let one choose them."""
    lang = preference(request, "lang")
    old, new = old.strip(), new.strip()
    for name in (old, new):
        if name and (gone := withdrawn(request, store, checked(name, lang).partition("@")[0])):
            return gone
    if not old or not new:
        return _choose(request, store, old, new, "")
    try:
        compared = compare_stored(store, old, new, stored_decisions(store))
    except UnknownRecord as error:
        return _choose(request, store, old, new, str(error))
    except ArchiveError as error:
        raise HarvesterError(f"One of the texts cannot be read from the archive: {error}") from error
    if form in FILES:
        return _file(compared, form, lang, everything=everything)
    return _page(request, store, compared, view, everything=everything)


def checked(name: str, lang: str) -> str:
    """Return a name of a version as pages take it; raises ``WrongCall``."""
    if not _NAME.fullmatch(name):
        raise WrongCall(_("A text is named by its document's identifier, ID@2 or ID@2025-06-30; find it by the box above.", lang))
    return name


def _choose(request: Request, store: Store, old: str, new: str, problem: str) -> Response:
    known = old or new
    choices = choices_of(store, known.partition("@")[0]) if known else None
    return page(request, "compare_choose.html", status=404 if problem else 200, old=old, new=new, offered=choices, problem=problem)


def _file(compared: Compared, form: str, lang: str, *, everything: bool) -> Response:
    kind, layout, media, ending = FILES[form]
    body = comparison_file(compared, kind, layout, lang, everything=everything)
    name = re.sub("[^a-z0-9-]", "-", f"{compared.old.name}-{compared.new.name}-{form}")
    headers = {"Content-Disposition": f'attachment; filename="{name}.{ending}"', "X-Content-Type-Options": "nosniff"}
    return Response(body, media_type=media, headers=headers)


def _page(request: Request, store: Store, compared: Compared, view: str, *, everything: bool) -> Response:
    lang = preference(request, "lang")
    report = report_of(compared, lang)
    asked = {"old": compared.old.name, "new": compared.new.name}
    view = view if view in dict(VIEWS) else "side"
    shape: dict[str, Any] = asked | {"view": view, "everything": everything}
    return page(
        request, "compare.html",
        sides=[_side(compared.old, _("Old", lang), lang), _side(compared.new, _("New", lang), lang)],
        compared=compared, report=report, summary=summary(compared, lang), notes=remarks(compared.comparison, lang),
        stretches=stretches(report.rows), view=view, everything=everything, folded=FOLDED,
        views=[(_(told, lang), addresses.listing(PATH, shape | {"view": code}), code == view) for code, told in VIEWS],
        all_address=addresses.listing(PATH, shape | {"everything": not everything}),
        swapped=addresses.listing(PATH, shape | {"old": asked["new"], "new": asked["old"]}),
        files=[(form, addresses.listing(PATH, asked | {"form": form})) for form in FILES],
    )  # fmt: skip


def _side(side: Any, label: str, lang: str) -> dict[str, Any]:  # noqa: ANN401 -- harvester.comparing.Side
    document, _at, at = side.name.partition("@")
    address = addresses.document(document, version=side.version) if side.version else addresses.document(document)
    return {"label": label, "side": side, "address": address, "version": version_words(side, lang), "at": at}

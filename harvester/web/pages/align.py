"""Papers of several places side by side: a row a matter; what is only likely is marked so."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from harvester import addresses, aligning
from harvester.asked_names import region_name
from harvester.errors import WrongCall
from harvester.messages import _
from harvester.reports.files import alignment_file
from harvester.web.access.rights import reader
from harvester.web.pages.compare import checked
from harvester.web.reading.asked import withdrawn
from harvester.web.room import AnyStore
from harvester.web.shown import page, preference
from normalizers.compare.matters import MAX_PAPERS
from storage import queries
from storage.errors import UnknownRecord
from storage.selection import Filters
from storage.store import Store

router = APIRouter(dependencies=[reader()])

PATH = "/align"
OFFERED = 80
"""Papers with tasks that the page offers to choose from."""
FORMS = {
    "xlsx": (".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "json": (".json", "application/json"),
    "html": (".html", "application/octet-stream"),
}


@router.get(PATH)
def align(request: Request, store: AnyStore, paragraphs: bool = False, form: str = "", words: str = "") -> Response:
    """Show papers side by side (``documents=ID&documents=ID`` or ``documents=ID,ID``), or offer some to choose."""
    lang = preference(request, "lang")
    names = [checked(name, lang) for value in request.query_params.getlist("documents") for name in re.split(r"[,\s]+", value) if name]
    names = list(dict.fromkeys(names))
    for name in names[:MAX_PAPERS]:
        if gone := withdrawn(request, store, name.partition("@")[0]):
            return gone
    if len(names) < 2:
        return _choose(request, store, names, words, "")
    try:
        found = aligning.align_stored(store, names, paragraphs=paragraphs)
    except (WrongCall, UnknownRecord) as error:
        return _choose(request, store, names, words, str(error))
    if form in FORMS:
        return _file(found, form)
    return _page(request, found, names, paragraphs=paragraphs)


def _file(found: aligning.Alignment, form: str) -> Response:
    ending, media = FORMS[form]
    headers = {"Content-Disposition": f'attachment; filename="alignment{ending}"', "X-Content-Type-Options": "nosniff"}
    return Response(alignment_file(found, ending), media_type=media, headers=headers)


def _page(request: Request, found: aligning.Alignment, names: list[str], *, paragraphs: bool) -> Response:
    lang = preference(request, "lang")
    asked: dict[str, Any] = {"documents": ",".join(names), "paragraphs": paragraphs}
    helpers: dict[str, Any] = {
        "number": aligning.number,
        "deadline": aligning.deadline,
        "bodies": partial(aligning.bodies, lang=lang),
        "why": partial(aligning.why, lang=lang),
    }
    return page(
        request, "align.html", papers=found.papers, rows=found.rows, summary=aligning.summary(found, lang), names=names,
        paragraphs=paragraphs, other=addresses.listing(PATH, asked | {"paragraphs": not paragraphs}),
        files=[(form, addresses.listing(PATH, asked | {"form": form})) for form in FORMS],
        choose=addresses.listing(PATH, {"documents": names[0]}), **helpers,
    )  # fmt: skip


def _choose(request: Request, store: Store, names: list[str], words: str, problem: str) -> Response:
    lang = preference(request, "lang")
    rows = queries.documents(store, Filters(words=words[:100], limit=OFFERED * 5))
    offered = [row for row in rows if row["tasks"] or row["id"] in names][:OFFERED]
    places: dict[str, list[dict[str, Any]]] = {}
    for row in offered:
        places.setdefault(region_name(row["region"], lang) if row["region"] else _("unknown place", lang), []).append(row)
    return page(
        request, "align_choose.html", status=422 if problem else 200, names=[name.partition("@")[0] for name in names],
        groups=places, problem=problem, words=words, most=MAX_PAPERS,
    )  # fmt: skip

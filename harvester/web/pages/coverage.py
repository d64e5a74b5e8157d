"""Coverage: what there is by province, kind and year; why there is nothing; how fresh each site is; what is never collected."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from harvester import addresses
from harvester.messages import _
from harvester.telling.texts import field_value
from harvester.web import currency, holes
from harvester.web.access.rights import reader
from harvester.web.room import AnyStore
from harvester.web.shown import page, preference

router = APIRouter(dependencies=[reader()])
SIGNS = {
    holes.OVER: "×",
    holes.NO_SITE: "○",
    holes.NO_ADDRESS: "△",
    holes.NOT_REACHED: "!",
    holes.INCOMPLETE: "…",
    holes.UNREAD: "?",
    holes.LATE_READ: "~",
    holes.NONE: "–",
}
"""A sign a reason: told apart by shape, and read out in words."""
QUIET_ORDER = (holes.NO_SITE, holes.NONE, holes.OVER)
"""Reasons of which nobody can do anything, that of the others first."""
QUIET = frozenset(QUIET_ORDER)
HOLES = frozenset(SIGNS) - QUIET


@router.get("/coverage")
def coverage(request: Request, store: AnyStore) -> HTMLResponse:
    """Show the matrix of each province with its holes, its sources, and what is never collected."""
    lang = preference(request, "lang")
    known = {section.site: section for section in currency.sites(store)}
    return page(
        request, "coverage.html", matrices=[(each, *attention_first(each)) for each in holes.matrices(store)], signs=SIGNS, reasons=reasons(lang), provinces=provinces(lang),
        known=known, kinds=kinds(lang), older=holes.OLDER, link=link,
    )  # fmt: skip


def attention_first(matrix: holes.Matrix) -> tuple[list[holes.Line], dict[str, list[holes.Line]]]:
    """Return the lines of a province, those with holes that somebody could fill first, and apart from them, by reason, those that say
    nothing but that there is nothing: read to the end, or of no site."""
    shown, quiet = [], {}
    for line in matrix.lines:
        cells = set(line[2])
        if cells <= QUIET:
            quiet.setdefault(next(reason for reason in QUIET_ORDER if reason in cells), []).append(line)
        else:
            shown.append(line)
    return sorted(shown, key=lambda line: not set(line[2]) & HOLES), quiet


def reasons(lang: str) -> dict[str, str]:
    """Return the reasons of holes in words."""
    return {
        holes.OVER: _("past the longest term of display", lang),
        holes.NO_SITE: _("no site of this kind is known", lang),
        holes.NO_ADDRESS: _("a section has no address that is asked for", lang),
        holes.NOT_REACHED: _("the site was never read to the end", lang),
        holes.INCOMPLETE: _("a list was read only in part, or the site shows no more of it", lang),
        holes.UNREAD: _("documents of it could not be read", lang),
        holes.LATE_READ: _("it was not read of late", lang),
        holes.NONE: _("read to the end; nothing was found", lang),
    }


def kinds(lang: str) -> dict[tuple[bool, str], str]:
    """Return the names of the kinds of public records (True) and of documents (False)."""
    named = {(False, kind): str(field_value("document_kind", kind, lang)) for kind in holes.DOCUMENT_KINDS}
    return named | {(True, kind): _(kind, lang) for kind in holes.RECORD_KINDS}


def provinces(lang: str) -> dict[str, str]:
    """Return the names of the provinces by the first two digits of their codes."""
    names = (_("Shanghai", lang), _("Jiangsu", lang), _("Zhejiang", lang), _("Anhui", lang), _("National level", lang))
    return dict(zip(holes.PROVINCES, names, strict=True))


def link(province: str, kind: str, year: int, *, records: bool) -> str:
    """Return the address of the list that a cell counts."""
    region = f"{province}0000"
    if records:
        days = {"since": f"{year}-01-01", "until": f"{year}-12-31"} if year else {}
        return addresses.listing("/records", {"kind": kind, "region": region, **days})
    return addresses.listing("/documents", {"kind": kind, "region": region, "year": year or None})

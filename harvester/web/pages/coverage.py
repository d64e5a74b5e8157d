"""Coverage: what there is by province, kind and year; why there is nothing; how fresh each site is; what is never collected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from harvester import addresses
from harvester.messages import _
from harvester.telling.texts import field_value
from harvester.web import currency, holes
from harvester.web.access.rights import reader
from harvester.web.room import AnyStore
from harvester.web.shown import page, preference, word

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
    matrices = [shown(each) for each in holes.matrices(store)]
    return page(
        request, "coverage.html", matrices=matrices, signs=SIGNS, reasons=reasons(lang), provinces=provinces(lang),
        known=known, kinds=kinds(lang), older=holes.OLDER, link=link,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """A province as the page shows it: the years with anything to say, the newest first, and a line a kind.

    Lines with holes that somebody could fill come first. ``quiet`` has by reason the kinds of which there is nothing in any year.
    """

    matrix: holes.Matrix
    years: tuple[int, ...]
    lines: tuple[holes.Line, ...]
    quiet: Mapping[str, Sequence[holes.Line]]


def shown(matrix: holes.Matrix) -> Shown:
    """Return a province as the page shows it; a year in which every kind is quiet has no column, but for the present one."""
    quiet: dict[str, list[holes.Line]] = {}
    for line in matrix.lines:
        if QUIET.issuperset(line[2]):
            quiet.setdefault(next(reason for reason in QUIET_ORDER if reason in line[2]), []).append(line)
    telling = [line for line in matrix.lines if not QUIET.issuperset(line[2])]
    columns = [n for n in range(len(matrix.years)) if not QUIET.issuperset(cells[n] for _kind, _records, cells in telling)]
    columns = sorted({*columns, len(matrix.years) - 1}, reverse=True)
    lines = [(kind, records, tuple(cells[n] for n in columns)) for kind, records, cells in telling]
    lines.sort(key=lambda line: HOLES.isdisjoint(line[2]))
    return Shown(matrix, tuple(matrix.years[n] for n in columns), tuple(lines), quiet)


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
    return named | {(True, kind): word(kind, lang) for kind in holes.RECORD_KINDS}


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

"""What the demo shows of public credit records: what was harvested of each site, what the ledger lacks, and a subject to ask about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, select

from harvester.cli.output import Format, console, emit
from harvester.crawl import RunSummary
from harvester.messages import _
from harvester.replica.records import RECORD_SITES
from harvester.sentences import said
from normalizers.notices.records import NoticeKind
from storage import notice_queries
from storage.notice_schema import endings, notices, tombstones
from storage.store import Store

KINDS = (NoticeKind.PERMIT, NoticeKind.PENALTY, NoticeKind.LIST_ENTRY, NoticeKind.DEFAULTER, NoticeKind.TAX_CASE)
COLUMNS = ("site", "verdict", "requests", "read", *KINDS, "endings", "persons", "masked", "ended", "over", "failures")
DONE = ("new", "over", "ended", "held-back", "endings")
"""What a first crawl does with records; each is read once."""


def show_records(store: Store, runs: Sequence[RunSummary]) -> None:
    """Show per site how many records were read, of which kinds those are that may be shown, and what became of the rest."""
    held, ends = _held(store), _endings(store)
    rows = [_row(run, held, ends) for run in runs if run.notices]
    emit([row for row in rows if row["site"] in RECORD_SITES], Format.TABLE, COLUMNS)
    read, lists = sum(row["read"] for row in rows), sum(row["read"] for row in rows if row["site"] not in RECORD_SITES)
    text = _("{read} records read, {lists} of them rows of tables and sentences in documents; {shown} may be shown today.")
    console().print(text.format(read=read, lists=lists, shown=sum(held.values())))
    text = _("Ended at their source and left as keyed tombstones: {ended}. Over by their term and never stored: {over}.")
    console().print(text.format(ended=_buried(store), over=sum(row["over"] for row in rows)))
    text = _(
        "Reduced to 张某 or 个体工商户 and never searched: {persons} records of natural persons; {masked} values masked before storing."
    )
    console().print(text.format(persons=sum(row["persons"] for row in rows), masked=sum(row["masked"] for row in rows)))


def show_gaps(store: Store) -> None:
    """Show what the ledger says was not had of what the sites have."""
    gaps = {(row["site"], gap) for row in notice_queries.coverage(store) for gap in row["gaps"] if row["site"] in RECORD_SITES}
    for site, gap in sorted(gaps):
        console().print(_("Gap of {site}: {gap}").format(site=site, gap=said(gap)), markup=False)


def example_code(store: Store) -> str:
    """Return the code of a subject of whom several sites publish a few records of several kinds, empty where there is none."""
    n = notices.c
    query = select(n.code).where(n.code != "", n.code_problem == "").group_by(n.code).having(func.count() <= MOST)
    order = (func.count(n.site.distinct()).desc(), func.count(n.kind.distinct()).desc(), n.code)
    with store.reading() as connection:
        return connection.execute(query.order_by(*order).limit(1)).scalar() or ""


MOST = 8
"""Records of the subject that the demo asks about."""


def _row(run: RunSummary, held: Counter[tuple[str, str]], ends: Counter[str]) -> dict[str, Any]:
    told = run.notices
    in_lists = run.site not in RECORD_SITES
    read = sum(told.get(name, 0) for name in DONE) if in_lists else run.captures.get("row", 0) + run.captures.get("record", 0)
    return {
        "site": run.site,
        "verdict": str(run.verdict),
        "requests": run.requests,
        "read": read,
        **{str(kind): held[run.site, kind] for kind in KINDS},
        "endings": ends[run.site],
        "persons": told.get("persons", 0),
        "masked": sum(run.masked.values()),
        "ended": told.get("ended", 0) + told.get("held-back", 0),
        "over": told.get("over", 0),
        "failures": sum(run.failures.values()),
    }


def _held(store: Store) -> Counter[tuple[str, str]]:
    n = notices.c
    with store.reading() as connection:
        return _counted(connection.execute(select(n.site, n.kind, func.count()).group_by(n.site, n.kind)))


def _counted(found: Iterable[Any]) -> Counter[tuple[str, str]]:
    return Counter({(site, kind): count for site, kind, count in found})


def _endings(store: Store) -> Counter[str]:
    with store.reading() as connection:
        return Counter(connection.execute(select(endings.c.site)).scalars())


def _buried(store: Store) -> int:
    with store.reading() as connection:
        return connection.execute(select(func.count()).select_from(tombstones)).scalar_one()

"""Specimens: the pages by which a change of a site's template is seen, the last good ones of a section and the first bad ones.

A specimen's body stands in the archive file of its run, or in no place where it may name somebody. No capture points at it: nothing that
reads what a site published ever comes upon a bad page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, insert, or_, select, update

from storage.engine import rows
from storage.operations_schema import proposals, specimens
from storage.records import Location
from storage.schema import runs
from storage.store import Store
from storage.turns import Turn

MOST_GOOD = 4
"""Good specimens that are kept of a section and kind: a template has a few shapes, with and without a box of files."""
MOST_BAD = 6
FIRST_BAD = 3
"""Bad pages that a run keeps of a section and kind, as long as none is kept since the last good one."""


@dataclass(frozen=True, slots=True)
class Specimen:
    """One page that was kept: ``kind`` is ``list`` or ``article``, ``cause`` empty where it is ``good``, ``at`` in UTC.

    ``skeleton`` is its outline (``spiders.skeleton``); ``location`` where its body stands, ``None`` where it was not kept. ``mended`` tells
    of a bad one that rules were accepted for since: they were proven on pages like it, so no later page need come to show it.
    """

    site: str
    section: str
    kind: str
    run: str
    url: str
    at: datetime
    good: bool
    cause: str
    charset: str
    skeleton: str
    skeleton_hash: str
    location: Location | None = None
    id: int = 0
    mended: bool = False


_COLUMNS = ("site", "section", "kind", "run", "url", "at", "good", "cause", "charset", "skeleton", "skeleton_hash")


def keep(store: Store, specimen: Specimen) -> int:
    """Keep a specimen and return its id; of its section and kind the oldest go that are too many and no proposal rests on."""
    row = {name: getattr(specimen, name) for name in _COLUMNS} | _place(specimen.location)
    with store.writing(told=False, turn=Turn.PROPOSALS) as connection:
        number: int = connection.execute(insert(specimens).values(row).returning(specimens.c.id)).scalar_one()
        _prune(connection, specimen)
    return number


def put_back(store: Store, lost: Specimen, found: Specimen) -> None:
    """Let a page with the same skeleton stand for a specimen whose body the archive lost."""
    row = {name: getattr(found, name) for name in ("run", "url", "at", "charset")} | _place(found.location)
    with store.writing(told=False) as connection:
        connection.execute(update(specimens).where(specimens.c.id == lost.id).values(row))


def _place(location: Location | None) -> dict[str, object]:
    names = ("file", "file_offset", "file_length", "sha256")
    values = (location.file, location.offset, location.length, location.sha256) if location else (None,) * 4
    return dict(zip(names, values, strict=True))


def _alike(specimen: Specimen) -> tuple[ColumnElement[bool], ...]:
    c = specimens.c
    return (c.site == specimen.site, c.section == specimen.section, c.kind == specimen.kind, c.good.is_(specimen.good))


def _prune(connection: Connection, specimen: Specimen) -> None:
    most = MOST_GOOD if specimen.good else MOST_BAD
    used = exists().where(proposals.c.specimen == specimens.c.id)
    old = select(specimens.c.id).where(*_alike(specimen), ~used).order_by(specimens.c.id.desc()).offset(most)
    gone = list(connection.execute(old.limit(1000)).scalars())
    if gone:
        connection.execute(delete(specimens).where(specimens.c.id.in_(gone)))


def of_site(store: Store, site: str = "", section: str = "") -> list[Specimen]:
    """Return the specimens of a site (empty: of all), or of one of its sections, the oldest first."""
    c = specimens.c
    wanted = [column == value for column, value in ((c.site, site), (c.section, section)) if value]
    with store.reading() as connection:
        found = rows(connection.execute(select(specimens, _mended()).where(*wanted).order_by(c.id)))
    return [_specimen(row) for row in found]


def _mended() -> ColumnElement[bool]:
    """Tell of a bad specimen whether rules in force were accepted after it: those of articles for its site, of lists for its section."""
    c, p = specimens.c, proposals.c
    place = or_(and_(c.kind == "article", p.section == ""), and_(c.kind == "list", p.section == c.section))
    accepted = exists().where(p.site == c.site, p.state == "accepted", p.decided_at > c.at, place)
    return and_(~c.good, accepted).label("mended")


def _specimen(row: dict[str, object]) -> Specimen:
    place = [row.pop(name) for name in ("file", "file_offset", "file_length", "sha256")]
    location = Location(*place) if place[0] is not None else None  # type: ignore[arg-type]
    return Specimen(**row, location=location)  # type: ignore[arg-type]


def last_run(store: Store, site: str) -> str:
    """Return the last run of a site that began, empty when there was none."""
    query = select(runs.c.id).where(runs.c.site == site).order_by(runs.c.started_at.desc(), runs.c.id.desc()).limit(1)
    with store.reading() as connection:
        return str(connection.execute(query).scalar_one_or_none() or "")


# --- what they tell ------------------------------------------------------------------------------------------------------


def good_ones(found: Iterable[Specimen], kind: str) -> list[Specimen]:
    """Return the good specimens of a kind, in their order."""
    return [each for each in found if each.good and each.kind == kind]


def bad_ones(found: Sequence[Specimen], kind: str) -> list[Specimen]:
    """Return the bad specimens of a kind that no accepted rule and no later run's good one mended; empty when its template is known."""
    healed = max((each.run for each in good_ones(found, kind)), default="")
    return [each for each in found if not each.good and not each.mended and each.kind == kind and each.run >= healed]

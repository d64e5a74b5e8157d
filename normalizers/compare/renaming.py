"""Which bodies of a role came and went, told apart from those that a reform gave another name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from normalizers.agencies import successor
from normalizers.differences import RoleChange
from normalizers.records import Agency, AgencyKind, Derived, Metadata
from normalizers.text.fold import fold

GRACE = timedelta(days=366)
"""How long before the day that the gazetteer gives an old name may be gone: the days of local reforms are known to the year only."""

_SECOND_NAME = re.compile(r"[（(][^（）()]{2,20}[局办委会部厅室院中心]{1,2}[）)]$")


@dataclass(frozen=True, slots=True)
class Dates:
    """The days of two documents, ``None`` where unknown: a name is a reform's if the later document's day is behind the reform."""

    old: date | None = None
    new: date | None = None


def dates_of(old: Derived, new: Derived) -> Dates:
    """Return the days of two documents: of issue, else of publication, else the first day of the plan."""
    return Dates(_day(old.metadata), _day(new.metadata))


def _day(metadata: Metadata) -> date | None:
    return metadata.issued_on or metadata.printed_on or metadata.published_on or metadata.plan_start


def role_change(before: Iterable[Agency], after: Iterable[Agency], role: str, dates: Dates = Dates()) -> RoleChange:
    """Return what changed in a role; without added, removed and renamed bodies nothing did.

    Another name of the same body, a second name in brackets, another order are no change. A body that was removed is renamed where the
    gazetteer says that one of the new bodies took its place and it was gone by the day of the later document; several may have
    been merged into one. Bodies that are not resolved are never paired.
    """
    old, new = tuple(before), tuple(after)
    kept = {key for agency in old for key in _keys(agency)}, {key for agency in new for key in _keys(agency)}
    removed = [agency for agency in old if kept[1].isdisjoint(_keys(agency))]
    added = [agency for agency in new if kept[0].isdisjoint(_keys(agency))]
    renamed = [(gone, come) for gone in removed for come in [_follower(gone, new, dates)] if come is not None]
    followed, following = {id(gone) for gone, _ in renamed}, {id(come) for _, come in renamed}
    return RoleChange(
        role,
        tuple(agency for agency in added if id(agency) not in following),
        tuple(agency for agency in removed if id(agency) not in followed),
        tuple(renamed),
    )


def _keys(agency: Agency) -> tuple[str, ...]:
    """Return what a body is known by: its identifier where it is resolved, its folded mention with and without a second name."""
    mention = "mention:" + fold(agency.mention)
    plain = "mention:" + fold(_SECOND_NAME.sub("", agency.mention))
    return (mention, plain, "id:" + agency.id) if agency.resolved and agency.id else (mention, plain)


def _follower(gone: Agency, after: tuple[Agency, ...], dates: Dates) -> Agency | None:
    """Return the body among those of the new version that took the place of one of the old, or whose place it had taken."""
    if not _listed(gone):
        return None
    if _later(dates.old, dates.new):
        return next((agency for agency in after if _listed(agency) and _followed_by(agency, gone, dates.old)), None)
    return next((agency for agency in after if _listed(agency) and _followed_by(gone, agency, dates.new)), None)


def _later(one: date | None, other: date | None) -> bool:
    return one is not None and other is not None and one > other


def _followed_by(earlier: Agency, later: Agency, on: date | None) -> bool:
    following = successor(earlier, on and min(on, date.max - GRACE) + GRACE)
    return following.id is not None and following.id != earlier.id and following.id == later.id


def _listed(agency: Agency) -> bool:
    return agency.resolved and bool(agency.id) and agency.kind is AgencyKind.AGENCY

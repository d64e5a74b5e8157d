"""Bodies: those that tasks name, and one of them with its names through time."""

from __future__ import annotations

from typing import ClassVar

from harvester.web.api.shapes.base import Day, PageShape, Shape
from normalizers.records import AgencyKind


class Agency(Shape):
    """A body named in tasks, with how many tasks it has in each role."""

    chapter: ClassVar[str] = "agency"
    id: str | None
    name: str
    kind: AgencyKind
    resolved: bool
    lead: int
    partner: int
    responsible: int
    implied: int


class AgencyPage(PageShape):
    """A page of bodies."""

    chapter: ClassVar[str] = "page"
    rows: list[Agency]


class AgencyName(Shape):
    """A name of a body."""

    chapter: ClassVar[str] = "agency_name"
    name: str
    kind: str
    valid_from: Day | None
    valid_to: Day | None


class Member(Shape):
    """A member of a group of bodies."""

    chapter: ClassVar[str] = "agency_name"
    name: str
    valid_from: Day | None
    valid_to: Day | None


class AgencyWhole(Shape):
    """A body with its names through time and its line: those before and after it."""

    chapter: ClassVar[str] = "agency_whole"
    source_view: ClassVar[str] = "agencies"
    id: str
    name: str
    kind: str
    region: str
    level: str
    valid_from: Day | None
    valid_to: Day | None
    successor: str
    source: str
    listed: bool
    names: list[AgencyName]
    members: list[Member]
    line: list[str]
    lead: int
    partner: int
    responsible: int
    implied: int
    address: str

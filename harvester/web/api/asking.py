"""What can be asked: the parameters of the lists, named as the options of the command line, with dashes as underscores."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar, Literal, TypeVar, get_args

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic.json_schema import SkipJsonSchema

from harvester.errors import WrongCall
from harvester.moments import FIRST_YEAR, LAST_YEAR, moment_of, not_ahead
from harvester.web.api.described import Described
from normalizers.records import DeadlineKind, DocumentKind
from storage.paging import PAGE

MOST = 500
"""The most rows of a page."""
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LONG = 200
_Day = TypeVar("_Day", bound=date)
_CALENDAR = (
    r"((19|20|21)[0-9]{2}-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)"
    r"|((19|20|21)(0[48]|[2468][048]|[13579][26])|2000)-02-29)"
)
"""Every day of the calendar from 1900 to 2199, leap days too."""
_CLOCK = r"([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9])?)?"
_WORDS = (
    r"[0-9]{1,3} ?(h|d|w|小时|天|周)前?|today|yesterday|今天|今日|昨天|昨日|前天|mon|tue|wed|thu|fri|sat|sun"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday|[上本这]?(周|星期|礼拜)[一二三四五六日天]"
)
_MOMENT = f"^({_CALENDAR}{_CLOCK}|{_WORDS})$"


def _day(value: Any) -> Any:  # noqa: ANN401 -- whatever was sent
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("a day is written as 2026-06-30")
    try:
        found = date.fromisoformat(value)
    except ValueError:
        raise ValueError("the calendar has no such day") from None
    return _among_years(found)


def _moment(*, end: bool) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:  # noqa: ANN401
        try:
            found = moment_of(value, datetime.now(UTC), end=end)
        except AttributeError:  # what is no text has no letters
            raise ValueError("a moment is written as 2026-06-30, 2026-06-30T08:00, monday, yesterday, 昨天, 周一 or 3d") from None
        except WrongCall as error:
            raise ValueError(str(error)) from None
        return _among_years(found)

    return read


def _among_years(found: _Day) -> _Day:
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError(f"the year lies outside {FIRST_YEAR} to {LAST_YEAR}")
    return found


def _known(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return what reads a day or moment and refuses one that lies ahead: nobody knows yet what will be said then."""

    def known(value: Any) -> Any:  # noqa: ANN401
        found = read(value)
        try:
            return not_ahead(found)
        except WrongCall as error:
            raise ValueError(str(error)) from None

    return known


_DAY_SCHEMA = {"type": "string", "format": "date", "pattern": f"^{_CALENDAR}$"}
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema(_DAY_SCHEMA)] | SkipJsonSchema[None]
"""A day of the calendar."""
PastDay = Annotated[date, BeforeValidator(_known(_day)), WithJsonSchema(_DAY_SCHEMA)] | SkipJsonSchema[None]
"""A day that is today or before."""
_MOMENT_SCHEMA = {"type": "string", "pattern": _MOMENT}
PastEnd = Annotated[datetime, BeforeValidator(_known(_moment(end=True))), WithJsonSchema(_MOMENT_SCHEMA)] | SkipJsonSchema[None]
"""A moment, of a day its end; of today or before."""
Begin = Annotated[datetime, BeforeValidator(_moment(end=False)), WithJsonSchema(_MOMENT_SCHEMA)] | SkipJsonSchema[None]
"""A moment; of a day its beginning."""
Text = Annotated[str, Field(max_length=_LONG, pattern="^[^\\u0000-\\u001f\\u007f]*$")]
"""What people type: one line."""
Name = Annotated[str, Field(max_length=64, pattern="^[a-z0-9_]*$")]
"""An identifier of a site or section."""
Identifier = Annotated[str, Field(max_length=64, pattern="^([a-z0-9]{4,32}(@[0-9]{1,8})?)?$")]
"""A document, ``ID`` or ``ID@VERSION``."""
Region = Annotated[str, Field(pattern="^([1-9][0-9]{5})?$")]
"""A code of GB/T 2260; empty: any."""
Code = Annotated[str, Field(max_length=40, pattern="^[^\\u0000-\\u001f\\u007f]*$")]
Cursor = Annotated[str, Field(max_length=2000, pattern="^[A-Za-z0-9_=-]*$")]
Limit = Annotated[int, Field(ge=1, le=MOST)]
Role = Literal["lead", "partner", "responsible", "implied"]
RecordKind = Literal["permit", "penalty", "list-entry", "defaulter", "tax-case"]
BecameKind = Literal[
    "added", "removed", "changed", "reworded", "moved", "split", "merged", "gone", "back", "withdrawn", "tied", "untied", "entered", "left",
]  # fmt: skip
ChangeKinds = Annotated[
    tuple[BecameKind | RecordKind, ...],
    Field(json_schema_extra={"contains": {"enum": list(get_args(RecordKind))}, "minContains": 0, "maxContains": 1}),
]
"""What became of it, and at most one kind of public record."""
Form = Literal["json", "jsonl", "csv", "xlsx", "parquet"]


class Question(Described):
    """What a list can be asked."""

    chapter: ClassVar[str] = "asked"


class Timed(Question):
    """What both clocks can be asked of."""

    as_of: PastDay = None
    known_at: PastEnd = None


class Paged(Question):
    """What is read by pages, or as a whole in the form of a file."""

    limit: Limit | SkipJsonSchema[None] = None
    after: Cursor = ""
    format: Form = "json"

    def size(self, usual: int = PAGE) -> int:
        """Return the rows of a page."""
        return self.limit or usual


class TaskQuestion(Timed, Paged):
    """Filters of ``harvester tasks``."""

    agency: Text = ""
    role: Role | SkipJsonSchema[None] = None
    site: Name = ""
    region: Region = ""
    due_from: Day = None
    due_to: Day = None
    document: Identifier = ""
    kind: DocumentKind | SkipJsonSchema[None] = None
    year: Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)] | SkipJsonSchema[None] = None
    deadline_kind: DeadlineKind | SkipJsonSchema[None] = None
    words: Text = ""
    all_copies: bool = False
    order: Literal["published", "due"] = "published"


class DocumentQuestion(Timed, Paged):
    """Filters of ``harvester documents``."""

    site: Name = ""
    region: Region = ""
    kind: DocumentKind | SkipJsonSchema[None] = None
    year: Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)] | SkipJsonSchema[None] = None
    words: Text = ""


class AgencyQuestion(Timed, Paged):
    """Filters of ``harvester agencies``."""

    name: Text = ""
    site: Name = ""
    region: Region = ""


class NoticeQuestion(Paged):
    """Filters of ``harvester notices``. Public records have no past: both clocks are left out."""

    kind: RecordKind | SkipJsonSchema[None] = None
    code: Code = ""
    name: Text = ""
    authority: Text = ""
    list_name: Text = Field("", alias="list")
    colour: Literal["red", "black", "watch"] | SkipJsonSchema[None] = None
    region: Region = ""
    site: Name = ""
    document: Identifier = ""
    since: Day = None
    until: Day = None
    words: Text = ""


class WorkQuestion(Question):
    """Filters of ``harvester works``."""

    site: Name = ""
    region: Region = ""
    relation: Literal["draft", "edition", "division"] | SkipJsonSchema[None] = None
    min_documents: Annotated[int, Field(ge=1, le=1000)] = 1
    limit: Limit | SkipJsonSchema[None] = None
    after: Cursor = ""


class ChangeQuestion(Question):
    """Filters of ``harvester changes``; ``since`` is the number to go on from, or a moment."""

    agency: Text = ""
    role: Role | SkipJsonSchema[None] = None
    since: Annotated[str, Field(max_length=40, pattern=f"^([0-9]{{1,18}}|{_MOMENT[1:-1]})?$")] = ""
    until: Begin = None
    as_of_from: Day = None
    as_of_to: Day = None
    entity: tuple[Literal["document", "text", "task", "link", "notice"], ...] = ()
    kind: ChangeKinds = ()
    cause: tuple[Literal["source", "reading", "decision", "any"], ...] = ()
    region: Region = ""
    site: Name = ""
    section: Name = ""
    document: Identifier = ""
    work: Name = ""
    task: Annotated[str, Field(max_length=64, pattern=r"^([a-z0-9]{4,32}\.(k[0-9]{1,6}|[0-9]{1,6}\.t[0-9]{1,6}))?$")] = ""
    words: Text = ""
    list_name: Text = Field("", alias="list")
    colour: Literal["red", "black", "watch"] | SkipJsonSchema[None] = None
    copies: bool = False
    everything: bool = Field(False, alias="all")
    limit: Limit | SkipJsonSchema[None] = None
    format: Form = "json"


class SearchQuestion(Timed):
    """Filters of ``harvester search``."""

    words: Annotated[str, Field(min_length=1, max_length=_LONG, pattern="^[^\\u0000-\\u001f\\u007f]*$")]
    kind: Literal["any", "document", "task", "notice"] = "any"
    exact: bool = False
    agency: Text = ""
    since: Day = None
    until: Day = None
    site: Name = ""
    region: Region = ""
    document_kind: DocumentKind | SkipJsonSchema[None] = None
    year: Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)] | SkipJsonSchema[None] = None
    limit: Limit = 20
    after: Cursor = ""


class FindQuestion(Question):
    """What the one box is asked."""

    q: Annotated[str, Field(min_length=1, max_length=2000, pattern="^[^\\u0000-\\u001f\\u007f]*$")]


class CoverageQuestion(Question):
    """Filters of ``harvester coverage``."""

    site: Name = ""
    run: Annotated[str, Field(max_length=64, pattern="^[0-9A-Za-z-]*$")] = ""


class RunQuestion(Question):
    """Filters of ``harvester runs``."""

    site: Name = ""
    limit: Limit = 20


class AsOf(Timed):
    """The two clocks, of one thing."""


def in_order(first: date | None, last: date | None) -> None:
    """Raise ``WrongCall`` where a period ends before it begins."""
    if first and last and first > last:
        raise WrongCall(f"{first} is after {last}; write the earlier one first.")

"""What may be asked of the feed of changes, and the conditions it comes to."""

from __future__ import annotations

import functools
import operator
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, and_, cast, func, or_, select

from normalizers.text.fold import fold
from storage.agency_lines import Line
from storage.change_schema import change_agencies, changes
from storage.notice_schema import notices
from storage.schema import documents, tasks, versions
from storage.selection import stem_of

RESTATED = "restated"
"""The kind of a row that only programs which keep a copy want: nothing in it is a change to a reader."""
SOURCE = "source"
WITHDRAWN = "withdrawn"
"""The state of a document, and the kind of the row that tells of it: that row is all that readers are told of the document then."""
MOST_CHARACTERS = 8
"""Characters of a word by which the database narrows a search; each costs it a look at the row."""


@dataclass(frozen=True, slots=True)
class ChangeFilters:
    """What rows of the feed must hold. An empty filter holds nothing back, but for ``causes``, ``copies``, ``restated`` and ``withdrawn``.

    ``since_seq`` is a cursor: only rows behind this number, and an error where some of them were dropped. ``since`` (inclusive) and
    ``until`` (exclusive) are moments of ``known_at``, ``as_of_from`` and ``as_of_to`` inclusive days of ``as_of``. ``causes`` is
    ``("source",)`` for readers, empty for all. ``copies`` adds what was told before of another copy of the work, ``restated`` what is
    no change to a reader, ``withdrawn`` what a document said that its publisher withdrew since. ``agency`` is any name or identifier of
    a body, and stands for those before and after it; ``kin`` adds identifiers of its line. ``region`` covers what lies in it. ``task``
    is a lasting identifier, or ``DOCUMENT.VERSION.tN``. ``word`` must stand in what was, what is, or the document's title.
    ``list_name`` (a piece of a list's name), ``colour`` and ``record_kind`` find public records only.
    """

    since_seq: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    as_of_from: date | None = None
    as_of_to: date | None = None
    entities: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    causes: tuple[str, ...] = (SOURCE,)
    copies: bool = False
    restated: bool = False
    withdrawn: bool = False
    agency: str = ""
    kin: tuple[str, ...] = ()
    role: str = ""
    region: str = ""
    site: str = ""
    section: str = ""
    document: str = ""
    work: str = ""
    task: str = ""
    word: str = ""
    list_name: str = ""
    colour: str = ""
    record_kind: str = ""
    limit: int | None = None

    def behind(self, cursor: int) -> ChangeFilters:
        """Return the same filters for the rows behind a sequence number."""
        return replace(self, since_seq=cursor)

    def as_json(self) -> dict[str, Any]:
        """Return the filters that say something, as JSON can hold them."""
        told = {each.name: getattr(self, each.name) for each in fields(self) if getattr(self, each.name) != each.default}
        return {name: _plain(value) for name, value in told.items()}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> ChangeFilters:
        """Return the filters that ``as_json`` wrote. Raises ``TypeError`` for an unknown name, ``ValueError`` for a bad moment or day."""
        return cls(**{name: _read(name, value) for name, value in told.items()})


NO_FILTERS = ChangeFilters()
EVERYTHING = ChangeFilters(causes=(), copies=True, restated=True, withdrawn=True)
"""For programs that keep a copy: every row."""


def _plain(value: Any) -> Any:  # noqa: ANN401 -- the value of a filter
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, date) else value


def _read(name: str, value: Any) -> Any:  # noqa: ANN401 -- the same from JSON
    if isinstance(value, list):
        return tuple(value)
    if name in ("since", "until"):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if name in ("as_of_from", "as_of_to") else value


def conditions(connection: Connection, filters: ChangeFilters, body: Line | None) -> list[ColumnElement[bool]]:
    """Return what the database can hold rows against: all but ``since_seq`` and ``word``, which are the reader's."""
    c, f = changes.c, filters
    same = {c.site: f.site, c.section: f.section, c.colour: f.colour, c.record_kind: f.record_kind}
    among = {c.entity: f.entities, c.kind: f.kinds, c.cause: f.causes}
    wanted: list[ColumnElement[bool]] = [column == value for column, value in same.items() if value]
    wanted += [column.in_(values) for column, values in among.items() if values]
    wanted += [] if f.copies else [~c.copy]
    wanted += [] if f.restated or RESTATED in f.kinds else [c.kind != RESTATED]
    wanted += [] if f.withdrawn else [or_(documents.c.state.is_(None), documents.c.state != WITHDRAWN, c.kind == WITHDRAWN)]
    wanted += _of_time(f)
    wanted += [_of_region(f.region)] if f.region else []
    wanted += [_of_document(f.document)] if f.document else []
    wanted += [_of_work(f.work)] if f.work else []
    wanted += [_of_task(connection, f.task)] if f.task else []
    wanted += [c.list_name.in_(_lists(connection, f.list_name))] if f.list_name else []
    wanted += [c.seq.in_(select(change_agencies.c.seq).where(*of_body(body, f.role)))] if body or f.role else []
    return wanted


def of_body(body: Line | None, role: str) -> list[ColumnElement[bool]]:
    """Return the conditions that a row of ``change_agencies`` names the body in the role."""
    named = [body.names_a_row(change_agencies)] if body else []
    return [*named, *([change_agencies.c.role == role] if role else [])]


def _of_time(f: ChangeFilters) -> list[ColumnElement[bool]]:
    c = changes.c
    wanted = [c.known_at >= f.since] if f.since else []
    wanted += [c.known_at < f.until] if f.until else []
    wanted += [c.as_of >= f.as_of_from] if f.as_of_from else []
    return wanted + ([c.as_of <= f.as_of_to] if f.as_of_to else [])


def _of_region(region: str) -> ColumnElement[bool]:
    """A public record's region is its own row's: where that may not be shown any more, nothing is said of it here either."""
    stem = stem_of(region)
    return or_(changes.c.region.startswith(stem, autoescape=True), notices.c.region.startswith(stem, autoescape=True))


def _of_document(document: str) -> ColumnElement[bool]:
    c = changes.c
    ends = or_(c.entity_id.startswith(f"{document}>", autoescape=True), c.entity_id.contains(f">{document}:", autoescape=True))
    return or_(c.document_id == document, and_(c.entity == "link", ends), notices.c.document_id == document)


def _of_work(work: str) -> ColumnElement[bool]:
    members = select(documents.c.id).where(documents.c.work_id == work)
    return or_(changes.c.work_id == work, changes.c.document_id.in_(members))


def _of_task(connection: Connection, task: str) -> ColumnElement[bool]:
    """A split or merger stands under one of its tasks, and names the others on its sides."""
    lasting = connection.execute(select(tasks.c.lasting_id).where(tasks.c.id == task)).scalar() or task
    c = changes.c
    named = or_(*(cast(side, Text).contains(f'"{lasting}"', autoescape=True) for side in (c.before, c.after)))
    parts = and_(c.document_id == lasting.rpartition(".")[0], c.kind.in_(("split", "merged")), named)
    return and_(c.entity == "task", or_(c.entity_id == lasting, parts))


def _lists(connection: Connection, piece: str) -> list[str]:
    wanted = fold(piece)
    known = connection.execute(select(changes.c.list_name).where(changes.c.entity == "notice").distinct()).scalars()
    return [name for name in known if wanted and wanted in fold(name)]


def may_hold(connection: Connection, words: Sequence[str]) -> list[ColumnElement[bool]]:
    """Return conditions that every row fulfils in whose states or title the folded words stand; folding them itself is Python's.

    Rows of links and public records always do: what they are searched by lies elsewhere.
    """
    c, find = changes.c, func.instr if connection.dialect.name == "sqlite" else func.strpos
    said = (cast(c.before, Text), cast(c.after, Text), versions.c.title, documents.c.title)
    held = functools.reduce(operator.add, (func.coalesce(each, "") for each in said))
    elsewhere = c.entity.in_(("link", "notice"))
    rare = [character for character in dict.fromkeys("".join(words)) if _is_ideograph(character)][:MOST_CHARACTERS]
    return [or_(elsewhere, *(find(held, form) > 0 for form in (character, *_forms().get(character, ())))) for character in rare]


def _is_ideograph(character: str) -> bool:
    return unicodedata.name(character, "").startswith("CJK UNIFIED IDEOGRAPH")


@functools.cache
def _forms() -> dict[str, list[str]]:
    """Return the other characters that fold to an ideograph: radicals, compatibility forms, squared and circled ones."""
    found: dict[str, list[str]] = {}
    for other in map(chr, chain(range(0x2E80, 0xFB00), range(0x1F200, 0x1F300), range(0x2F800, 0x2FA20))):
        if unicodedata.decomposition(other):
            for character in unicodedata.normalize("NFKC", other):
                if character != other and _is_ideograph(character):
                    found.setdefault(character, []).append(other)
    return found

"""The records that every layer speaks: what is read out of one document, as frozen dataclasses.

Positions are half-open character offsets into ``Document.text``, the repaired and normalised text.
``Document.raw_text`` has the same lines, before repair, so line *n* of one stands beside line *n* of the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

NORMALIZER_VERSION = "4"
"""Raised whenever the same bytes may give other records than before; stored beside every derived value."""


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of ``Document.text``: characters ``start`` up to, not including, ``end``."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Repair:
    """What one kind of repair did to a document, counted in places.

    ``count`` places were put right, ``guessed`` of them by likelihood and not by proof; ``left`` places look damaged and stay as they were.
    """

    kind: str
    count: int
    guessed: int = 0
    left: int = 0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A slip that recognition (OCR) or typing may have left: told, never applied.

    ``span`` is the place in ``Document.text``, ``seen`` what stands there, ``proposed`` what may be meant, ``reason`` why.
    """

    span: Span
    seen: str
    proposed: str
    reason: str


# --- documents -------------------------------------------------------------------------------------------------------


class BlockKind(StrEnum):
    """What a block of a document is."""

    TITLE = "title"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where in the source file a block or row stands: ``unit`` is ``line``, ``page``, ``row`` or ``paragraph``, ``number`` counts from 1.

    ``part`` names the member of a container: a sheet's name, ``word/document.xml``; empty for flat files.
    """

    unit: str
    number: int
    part: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table as the source drew it; ``row`` and ``column`` count from 0, spans from 1."""

    row: int
    column: int
    text: str
    span: Span
    rowspan: int = 1
    colspan: int = 1
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table as a span grid: cells in reading order, every position covered at most once.

    ``merged`` tells whether the source can state merged cells (HTML, docx, xlsx do; text and unruled PDF do not),
    that is, whether an empty cell is really empty or may continue the one above.
    """

    rows: int
    columns: int
    cells: tuple[Cell, ...]
    merged: bool = True

    def grid(self) -> list[list[Cell | None]]:
        """Return ``rows`` × ``columns`` cells; a merged cell stands at every position it covers, ``None`` where there is none."""
        out: list[list[Cell | None]] = [[None] * self.columns for _ in range(self.rows)]
        for cell in self.cells:
            if cell.rowspan == 1 == cell.colspan and cell.row < self.rows and cell.column < self.columns:
                out[cell.row][cell.column] = cell
                continue
            for row in out[cell.row : cell.row + cell.rowspan]:
                for column in range(cell.column, min(cell.column + cell.colspan, self.columns)):
                    row[column] = cell
        return out


@dataclass(frozen=True, slots=True)
class Block:
    """One block in reading order.

    ``address`` is lasting within the version: ``p12`` for text, ``tab1`` for tables (cells: ``tab1.r7.c3``).
    """

    kind: BlockKind
    text: str
    span: Span
    address: str
    level: int = 0
    table: Table | None = None
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One text as its reader sees it, whatever the file format."""

    source: str
    format: str
    blocks: tuple[Block, ...]
    text: str
    raw_text: str
    encoding: str = ""
    repairs: tuple[Repair, ...] = ()
    warnings: tuple[str, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()


# --- agencies --------------------------------------------------------------------------------------------------------


class AgencyKind(StrEnum):
    """What a mention stands for: a body, a group of bodies, a role whose holder changes, or a class of bodies."""

    AGENCY = "agency"
    GROUP = "group"
    ROLE = "role"
    CLASS = "class"


@dataclass(frozen=True, slots=True)
class Agency:
    """One mention of a body in a document.

    ``mention`` is as printed after expansion, ``name`` the canonical name at the document's date or ``None`` when unresolved,
    ``id`` the gazetteer's identifier, ``rule`` how it was resolved (``alias``, ``context-alias``, ``composed``, ``group``, ...).
    """

    mention: str
    name: str | None = None
    id: str | None = None
    kind: AgencyKind = AgencyKind.AGENCY
    rule: str = ""
    flags: tuple[str, ...] = ()

    @property
    def resolved(self) -> bool:
        """Tell whether the mention was tied to an entry of the gazetteer."""
        return self.name is not None


@dataclass(frozen=True, slots=True)
class AgencyList:
    """The bodies named by one cell, bracket or line, coordination expanded. ``open_list``: the list ended in 等."""

    agencies: tuple[Agency, ...] = ()
    open_list: bool = False


# --- deadlines and tasks -----------------------------------------------------------------------------------------------


class DeadlineKind(StrEnum):
    """How a deadline binds: by a last day, within a period, again and again, without an end, after another event, or not at all."""

    BY_DATE = "by-date"
    WITHIN_PERIOD = "within-period"
    RECURRING = "recurring"
    ONGOING = "ongoing"
    RELATIVE = "relative"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline: ``text`` as printed, inclusive ``start`` and ``end`` days, and ``basis``, what the dates rest on.

    Bases: ``cell``, ``label``, ``sentence``, ``merged-cell``, ``heading``, ``plan-period``, ``title-year``, ``issue-year``.
    ``period`` is an ISO 8601 duration for recurring and relative deadlines (``P3M``). ``strength`` is ``must``, ``aim`` or ``none``.
    """

    text: str
    start: date | None
    end: date | None
    kind: DeadlineKind
    basis: str
    period: str = ""
    strength: str = "must"
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """One task that a document marks, with who does it by when.

    ``lead`` 牵头单位, ``partner`` 配合单位, ``responsible`` 责任单位 where the document states no lead, ``implied`` bodies that a
    standing clause adds. ``evidence`` spans the task's text, ``address`` is its block or cell, ``agency_address`` and
    ``deadline_address`` those of the role and the deadline.
    ``fingerprint`` is equal for the same task in other versions, copies and years: 16 hex digits over its folded text.
    """

    number: str
    section: str
    text: str
    lead: tuple[Agency, ...]
    partner: tuple[Agency, ...]
    responsible: tuple[Agency, ...]
    implied: tuple[Agency, ...]
    open_list: bool
    deadline: Deadline | None
    milestones: tuple[Deadline, ...]
    evidence: Span
    address: str
    rule: str
    confidence: float
    fingerprint: str
    agency_address: str = ""
    deadline_address: str = ""


# --- the whole ---------------------------------------------------------------------------------------------------------


class DocumentKind(StrEnum):
    """The kind of a document, after its title (《党政机关公文处理工作条例》 art. 8 names 15; the rest are the field's own)."""

    PLAN = "plan"
    WORK_POINTS = "work-points"
    TASK_TABLE = "task-table"
    NOTICE = "notice"
    OPINION = "opinion"
    MEASURES = "measures"
    REGULATION = "regulation"
    ANNOUNCEMENT = "announcement"
    REPLY = "reply"
    LETTER = "letter"
    REPORT = "report"
    LIST = "list"
    NEWS = "news"
    CASE = "case"
    OTHER = "other"


class Relation(StrEnum):
    """How a document stands to another one that it names."""

    BASIS = "basis"
    REPEALS = "repeals"
    FORWARDS = "forwards"
    ATTACHES = "attaches"
    AMENDS = "amends"
    CITES = "cites"


@dataclass(frozen=True, slots=True)
class Reference:
    """Another document that this one names: ``title`` without 《》, ``number`` as normalised in ``Metadata.document_number`` or empty."""

    title: str
    number: str
    relation: Relation
    span: Span


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a document says of itself, or its page says of it. ``regions`` are GB/T 2260 codes, the home region first.

    ``region_basis`` tells what the home region rests on: ``issuer``, ``number``, ``title``, ``site`` or empty, the surest first.
    ``effective_on`` and ``expires_on`` are the first and the last day in force (自…起施行, 有效期至…), ``printed_on`` the day in …印发.
    """

    title: str = ""
    document_number: str = ""
    issuers: tuple[Agency, ...] = ()
    issued_on: date | None = None
    published_on: date | None = None
    regions: tuple[str, ...] = ()
    plan_start: date | None = None
    plan_end: date | None = None
    source: str = ""
    kind: DocumentKind = DocumentKind.OTHER
    printed_on: date | None = None
    effective_on: date | None = None
    expires_on: date | None = None
    index_number: str = ""
    region_basis: str = ""
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known of a file from outside it: from its page, the list it stood in, the fact sheet of its site, the command line.

    ``body`` is the CSS selector of the body on an HTML page; empty means: find the main content.
    ``member`` is the path of the file meant within a payload that is an archive; empty means the payload itself.
    """

    media_type: str = ""
    charset: str = ""
    file_name: str = ""
    title: str = ""
    document_number: str = ""
    issuers: tuple[str, ...] = ()
    issued_on: date | None = None
    published_on: date | None = None
    region: str = ""
    source: str = ""
    body: str = ""
    member: str = ""


@dataclass(frozen=True, slots=True)
class Derived:
    """Everything derived from one payload.

    ``content_hash`` is equal for contents that differ only in script, damage, layout or page chrome: SHA-256 over the folded text.
    ``signature`` is a MinHash of the folded text (64 unsigned 32-bit values) to find copies by; empty for texts too short to compare.
    """

    document: Document
    metadata: Metadata
    tasks: tuple[Task, ...]
    content_hash: str
    signature: tuple[int, ...] = ()
    normalizer_version: str = NORMALIZER_VERSION

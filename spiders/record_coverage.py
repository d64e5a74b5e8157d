"""The ledger of a run of a record site: by section and slice, what the site says there is beside what was listed and had.

A list is complete only where every page of it was read and its total agrees; pages the site does not show are a named gap.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from normalizers.notices.records import PrintedField
from spiders.coverage import TOLERANCE, Coverage, ranges
from spiders.items import CoverageLine, ListItem, ListPage
from spiders.record_families import Asked, RecordLine, RecordPage
from spiders.record_families.pages import NOTHING
from spiders.record_sheet import RecordSection

MOST_TOLD = 10
"""Gaps of parts without a line of their own that are told one by one."""


@dataclass(slots=True)
class Fates:
    """What became of the records of a section that were listed, by key.

    ``had`` were read, ``known`` left alone because they are stored and fresh, ``failed`` could not be read.
    """

    had: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)


@dataclass(slots=True)
class SliceCoverage:
    """The pages and records of one slice of a section in one run; the slice without a name is the section itself.

    ``sliced`` tells that the section's records are had by its slices, ``directory`` that its pages only name these. ``rows`` are the
    numbers of rows by page, ``repeated`` counts rows that repeat another of their page, ``clashing`` those of them that say something
    else under the same key, ``dropped`` those without a key.
    """

    section: str
    slice: str
    most: int
    fates: Fates
    lists: Coverage = field(init=False)
    cap: int = 0
    sliced: bool = False
    directory: bool = False
    repeated: int = 0
    clashing: int = 0
    dropped: int = 0
    rows: dict[int, int] = field(default_factory=dict)
    gaps: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lists = Coverage(self.section, most=self.most)

    def take(self, asked: Asked, page: RecordPage) -> bool:
        """Note a page, and return whether it is new; one that repeats the rows of an earlier page is not."""
        if page.leads and not page.sliced:
            self._take_leading(page)
            return True
        keys = [row.record.key for row in page.lines]
        items = tuple(ListItem(key, "", "") for key in dict.fromkeys(keys))
        if not self.lists.take(asked.page, ListPage(items, asked.page, page.pages, page.total)):
            return False
        self.gaps.extend(page.gaps)
        self.rows[asked.page] = len(keys)
        self.repeated += len(keys) - len(items)
        self.clashing += clashes(page.lines)
        self.dropped += page.dropped
        self.sliced = self.sliced or page.sliced
        self.directory = self.directory or (page.sliced and page.leads)
        if page.cap:
            self.cap = page.cap if not self.cap else min(self.cap, page.cap)
            self.lists.most = min(self.lists.most, self.cap)
        return True

    def _take_leading(self, page: RecordPage) -> None:
        self.lists.columns += 1
        self.lists.pages = page.pages
        if page.total is not None:
            self.lists.totals.append(page.total)

    @property
    def keys(self) -> set[str]:
        """Return the keys of the records that the lists named."""
        return set(self.lists.items)

    @property
    def stated(self) -> int | None:
        """Return how many records the site says there are; the least of what it said, as records come and go during a crawl."""
        return min(self.lists.totals) if self.lists.totals else None

    @property
    def capped(self) -> bool:
        """Tell whether the site has more pages of this slice than it shows."""
        return not self.sliced and 0 < self.cap < (self.lists.pages or 0)

    @property
    def pages(self) -> int | None:
        """Return how many pages there are, with those that only lead to lists; ``None`` where nothing says it.

        Where the slices give the records, it is the pages that led to them.
        """
        if self.sliced and not (self.directory and self.lists.pages):
            return len(self.lists.had)
        return None if self.lists.pages is None else self.lists.pages + self.lists.columns

    @property
    def missing(self) -> list[int]:
        """Return the pages that were wanted and not had; where the slices give the records, their first page is all that is."""
        lists = self.lists
        return [number for number in lists.missing if self.directory or not self.sliced or number in lists.failed]

    @property
    def ended(self) -> bool:
        """Tell whether every page that may be asked for was read."""
        lists = self.lists
        if lists.limited or lists.queue or self.missing:
            return False
        if lists.pages is None:
            return bool(lists.had) and not lists.had[max(lists.had)]
        return bool(lists.had) or lists.pages == 0

    @property
    def short(self) -> list[int]:
        """Return the pages before the last that hold fewer rows than the fullest does: halves of pages."""
        full, last = max(self.rows.values(), default=0), max(self.rows, default=0)
        return [] if self.directory else [page for page, count in self.rows.items() if page < last and count < full]

    @property
    def complete(self) -> bool:
        """Tell whether every record that the site says it has in this slice was listed."""
        whole = self.ended and not self.capped and not self.lists.cut
        return whole and not self.short and not self.dropped and not self.clashing and self.lacking <= TOLERANCE

    @property
    def lacking(self) -> int:
        """Return how many of the stated records were not listed; a row that repeats another of its page stands for one of them."""
        return 0 if self.sliced or self.stated is None else self.stated - len(self.lists.items) - self.repeated

    def sentences(self) -> Iterator[str]:
        """Yield what this slice lacks, in sentences without a word of any record."""
        lists, name = self.lists, self.slice or self.section
        if not (lists.had or lists.columns or lists.failed or lists.duplicates):
            yield f"{name} was not read."
        if self.capped:
            beyond = f"; {self.lacking} of its {self.stated} records cannot be reached" if self.stated is not None else ""
            yield f"The site shows {self.cap} of the {lists.pages} pages of {name}{beyond}."
        elif lists.cut and (self.directory or not self.sliced):
            yield f"{name} has {lists.pages or 'more'} pages; the fact sheet allows {lists.most} (limits, list_pages)."
        if self.missing:
            yield f"{name} lacks page {ranges(self.missing)} of {lists.pages or 'an unknown number'}."
        if self.short and self.stated is None:
            yield f"{name} has fewer rows than its other pages on page {ranges(self.short)}."
        if lists.limited:
            yield f"{name} was not read to its end: the crawl was limited by its caller."
        elif not self.capped and self.ended and self.lacking > TOLERANCE:
            yield f"{name} states {self.stated} records and lists {len(lists.items)}."
        if twice := self.repeated - self.clashing:
            yield f"{name} prints {twice} rows twice on one page."
        if self.clashing:
            yield f"{name} has {self.clashing} rows that say something else under the key of another row: they were left out (identity)."
        if self.dropped:
            yield f"{name} has {self.dropped} rows without a key, which were left out."
        if failed := len(self.keys & self.fates.failed):
            yield f"{failed} listed records of {name} could not be read."
        yield from self.gaps


def clashes(lines: Sequence[RecordLine]) -> int:
    """Return how many rows that are records bear the key of an earlier row of their page and say something else than it does.

    What the fact sheet takes for a row's identity then is none: records would be lost without a word.
    """
    first: dict[str, tuple[PrintedField, ...]] = {}
    rows = [row.record for row in lines if not row.url]
    said = [(row.key, tuple(field for field in row.fields if field.value not in NOTHING)) for row in rows]
    return sum(first.setdefault(key, fields) != fields for key, fields in said)


def line_of(found: SliceCoverage) -> CoverageLine:
    """Return the line of the ledger for one slice by itself."""
    return _line(found.section, found.slice, [found], found.stated, tuple(found.sentences()), complete=found.complete)


def ledger_of(section: RecordSection, slices: Sequence[SliceCoverage]) -> list[CoverageLine]:
    """Return the lines of one section: the whole first, then, where it is asked for in named slices, each of them.

    The whole is complete only where every slice is, and where what they list together is what the site says the whole has.
    """
    whole, parts = slices[0], slices[1:]
    if not parts:
        return [line_of(whole)]
    listed = set().union(*(found.keys for found in slices))
    stated = whole.stated if whole.stated is not None else _sum([part.stated for part in parts])
    lacking = stated - len(listed) - sum(part.repeated for part in parts) if stated is not None else 0
    capped = any(part.capped for part in parts)
    gaps = list(whole.sentences())
    if lacking > TOLERANCE and not capped and all(part.ended for part in parts):
        gaps.append(f"{section.id} states {stated} records; its parts together list {len(listed)}.")
    complete = (
        whole.sliced
        and whole.ended
        and not whole.dropped
        and not whole.clashing
        and all(part.complete for part in parts)
        and lacking <= TOLERANCE
    )
    if not section.slices:
        told = [sentence for part in parts for sentence in part.sentences()]
        gaps += [*told[:MOST_TOLD], *([f"… and {len(told) - MOST_TOLD} more of this kind."] if len(told) > MOST_TOLD else [])]
        parts = ()
    return [_line(section.id, "", slices, stated, tuple(gaps), complete=complete, capped=capped), *(line_of(part) for part in parts)]


def _sum(numbers: Sequence[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if known and len(known) == len(numbers) else None


def _line(
    section: str,
    name: str,
    slices: Sequence[SliceCoverage],
    stated: int | None,
    gaps: tuple[str, ...],
    *,
    complete: bool,
    capped: bool | None = None,
) -> CoverageLine:
    pages = [found.pages for found in slices]
    keys, fates = set().union(*(found.keys for found in slices)), slices[0].fates
    return CoverageLine(
        section=section,
        slice=name,
        stated=stated,
        pages=_sum(pages),
        pages_had=sum(len(found.lists.had) + found.lists.columns for found in slices),
        listed=len(keys),
        had=len(keys & fates.had),
        known=len(keys & fates.known),
        failed=len(keys & fates.failed),
        capped=slices[0].capped if capped is None else capped,
        complete=complete,
        gaps=gaps,
    )

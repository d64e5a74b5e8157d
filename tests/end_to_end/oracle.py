"""What a year's events promise: each fact with the day by which it must be told, and the least number of requests that can keep this.

Written by hand from docs/crawling.md, in days and counts only. It knows what the sites publish, and nothing of what the program did. On a
day with a fault nothing can be had, and every promise waits for the next day without one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

SWEEP, OVERLAP = 7, 14
AGES = ((7, 1), (30, 3), (180, 14), (730, 60))
"""Up to which age in days a document is looked at again after how many days."""


def interval(age: int) -> int:
    return next((every for limit, every in AGES if age < limit), 180)


@dataclass(frozen=True, slots=True)
class Shape:
    """How a site's list lies: lines a page, calls that only lead to it, pages of its other sections."""

    lines: int
    calls: int = 0
    others: int = 0


@dataclass(frozen=True, slots=True, order=True)
class Fact:
    """A row that the feed must have, once: of a document, or a file, by its key."""

    key: str
    entity: str
    kind: str


@dataclass(slots=True)
class Promise:
    """A fact and the day by which it is had; ``looks`` are further days without a fault that it takes to be sure."""

    fact: Fact
    by: int
    looks: int = 0
    passed: int = 0


@dataclass(slots=True)
class Page:
    """A document as its site has it, and as a reader who asks as seldom as the promises allow would know it."""

    key: str
    order: int
    listed: int
    files: tuple[str, ...]
    published: int
    is_up: bool = True
    forwards: bool = False
    known: int | None = None
    asked: int = 0
    absent: int | None = None
    gone: bool = False

    @property
    def cost(self) -> int:
        """Requests that one look at it takes: an address that leads elsewhere takes two."""
        return 1 + (len(self.files) if self.is_up else 0) + self.forwards

    def is_due(self, day: int) -> bool:
        return self.known is not None and day - self.asked >= interval(self.asked - self.known)


@dataclass(slots=True)
class Oracle:
    """One site: its documents, what is still to be told, and the days of its readings."""

    shape: Shape
    pages: dict[str, Page] = field(default_factory=dict)
    promises: list[Promise] = field(default_factory=list)
    swept: int | None = None
    read: int = 0
    _orders: count[int] = field(default_factory=count)

    # --- what happens ------------------------------------------------------------------------------------------------------

    def added(self, key: str, day: int, ago: int, files: list[str]) -> None:
        self.pages[key] = Page(key, next(self._orders), day - ago, tuple(files), day)
        by = day if ago < OVERLAP or day == 0 else day + SWEEP - 1
        for each in (key, *files):
            self._promise(each, "document", "added", by)

    def edited(self, key: str, day: int) -> None:
        self._promise(key, "text", "changed", day + self._interval(key, day) - 1)

    def file_replaced(self, key: str, day: int) -> None:
        for file in self.pages[key].files:
            self._promise(file, "text", "changed", day + self._interval(key, day) - 1)

    def removed(self, key: str, day: int) -> None:
        self.pages[key].is_up = False
        for each in (key, *self.pages[key].files):
            self._promise(each, "document", "gone", day + SWEEP - 1, looks=1)

    def back(self, key: str, day: int) -> None:
        page = self.pages[key]
        page.is_up = True
        by = day if page.listed >= day - OVERLAP else day + SWEEP - 1
        for each in (key, *page.files):
            self._promise(each, "document", "back", by)

    def moved(self, key: str, new: str, day: int, *, forward: bool) -> None:
        page = self.pages[key]
        page.is_up, page.forwards = False, forward
        self.added(new, day, day - page.listed, [])
        self._promise(key, "document", "moved", day + SWEEP - 1, looks=1)

    def is_settled(self, key: str, day: int) -> bool:
        """Tell whether a reader surely knows a document by now, however soon it was found."""
        page = self.pages[key]
        return page.known is not None and (page.published - page.listed < OVERLAP or page.published == 0 or day - page.published > 25)

    def was_found_at_once(self, key: str) -> bool:
        page = self.pages[key]
        return page.published - page.listed < OVERLAP or page.published == 0

    def _interval(self, key: str, day: int) -> int:
        known = self.pages[key].known
        return interval(day - (day if known is None else known))

    def _promise(self, key: str, entity: str, kind: str, by: int, *, looks: int = 0) -> None:
        self.promises.append(Promise(Fact(key, entity, kind), by, looks))

    # --- what is told ------------------------------------------------------------------------------------------------------

    def told(self, fact: Fact, day: int) -> int | None:
        """Strike a fact off, and return how many days after its promise it was told; ``None`` for one that was not to be told."""
        found = next((promise for promise in self.promises if promise.fact == fact), None)
        if found is None:
            return None
        self.promises.remove(found)
        return day - found.by - found.looks

    def overdue(self, day: int) -> list[Fact]:
        """Return the facts that should have been told by now; asked at the end of a day without a fault."""
        return [promise.fact for promise in self.promises if promise.by <= day and promise.passed > promise.looks]

    # --- what it costs -----------------------------------------------------------------------------------------------------

    def crawl(self, day: int) -> int:
        """Live through a day without a fault, and return the least number of requests that keeps every promise."""
        for promise in self.promises:
            promise.passed += promise.by <= day
        lines = sorted((page for page in self.pages.values() if page.is_up), key=lambda page: (-page.listed, page.order))
        pages = max(1, -(-len(lines) // self.shape.lines))
        reach = self._reach(day, lines, pages)
        if reach == pages:
            self.swept = day
        self.read = day
        seen = {page.key for page in lines[: reach * self.shape.lines]}
        asked = sum(self._look(page, day, page.key in seen, whole=reach == pages) for page in self.pages.values())
        return 1 + self.shape.calls + self.shape.others + reach + asked

    def _reach(self, day: int, lines: list[Page], pages: int) -> int:
        """Return how many list pages must be read: all in a sweep, else down to the first line that lies before the overlap."""
        if self.swept is None or day - self.swept >= SWEEP:
            return pages
        recent = sum(page.listed >= self.read - OVERLAP for page in lines)
        return min(pages, recent // self.shape.lines + 1)

    def _look(self, page: Page, day: int, seen: bool, *, whole: bool) -> int:
        """Return the requests that a document takes today, and note what a reader knows of it by them."""
        if page.gone:
            if not (page.is_up and seen):
                return 0
            page.gone, page.absent, page.asked = False, None, day
            return page.cost
        if page.known is None:
            if not (page.is_up and seen):
                return 0
            page.known = page.asked = day
            return page.cost
        if page.absent is not None:
            page.gone = True
            return page.cost + len(page.files)
        if not page.is_up and whole:
            page.absent = day
            return page.cost + len(page.files)
        if not page.is_due(day):
            return 0
        page.asked = day
        return page.cost

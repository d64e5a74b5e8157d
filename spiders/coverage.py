"""What a crawl had of a section's list, beside what the site says there is: the ledger a run's verdict rests on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from spiders.families import ListRequest
from spiders.items import ListItem, ListPage

TOLERANCE = 1
"""By so many items a total may be off without anything missing."""


@dataclass(frozen=True, slots=True)
class Recent:
    """Where the reading of a list may end that looks for what is recent: what is known of it, and the first day of the overlap.

    ``keys`` are known since the last reading, ``newest`` the youngest of them; ``listed`` is how many items the list is known to have.
    ``stored`` gives an item's key as ``keys`` have it.
    """

    since: date
    keys: frozenset[str]
    newest: frozenset[str]
    listed: int
    stored: Callable[[str], str] = str

    def knows(self, key: str) -> bool:
        """Tell whether an earlier reading named an item."""
        return self.stored(key) in self.keys


@dataclass(slots=True)
class Coverage:
    """The pages and items of one section in one run.

    ``pages`` is the number of requests that make up the whole list, ``None`` while the site does not say; such a list is followed page by
    page until one is missing or empty. ``limited`` tells that the crawl was asked not to read it whole, ``columns`` counts pages that
    only lead to the list. ``most`` is the number of pages that the fact sheet allows, ``endless`` tells that a list without a stated
    end went on beyond them. ``recent`` is given where the list is read down to its overlap only, ``until`` the page it ended at then.
    """

    section: str
    most: int = 500
    pages: int | None = None
    had: dict[int, tuple[str, ...]] = field(default_factory=dict)
    failed: set[int] = field(default_factory=set)
    duplicates: list[int] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    items: dict[str, ListItem] = field(default_factory=dict)
    queue: deque[ListRequest] = field(default_factory=deque)
    columns: int = 0
    limited: bool = False
    endless: bool = False
    recent: Recent | None = None
    until: int | None = None
    _quiet: int = 0
    _disorder: bool = False
    _last_day: date | None = None

    @property
    def open_ended(self) -> bool:
        """Tell whether the site has not said how many pages there are."""
        return self.pages is None

    def take(self, number: int, page: ListPage) -> bool:
        """Note a page and return whether it is new; one that repeats the items of an earlier page is not."""
        keys = tuple(item.key for item in page.items)
        if keys and any(keys == earlier for at, earlier in self.had.items() if at != number):
            self.duplicates.append(number)
            return False
        self.had[number] = keys
        if page.pages is not None:
            self.pages = max(self.pages or 0, page.pages)
        if page.total is not None:
            self.totals.append(page.total)
        for item in page.items:
            self.items.setdefault(item.key, item)
        return True

    def plan(self, requests: Iterable[ListRequest]) -> None:
        """Queue further pages, each once."""
        known = {request.page for request in self.queue} | self.had.keys() | self.failed | set(self.duplicates)
        self.queue.extend(request for request in requests if request.page not in known)

    def following(self) -> ListRequest | None:
        """Return the next page to ask for, ``None`` at the end of the list or of what was asked for."""
        return None if self.limited or not self.queue else self.queue.popleft()

    def end_at(self, number: int, page: ListPage) -> None:
        """End the reading of a list with this page, where it looks for what is recent and nothing recent can follow.

        What is older than the overlap must be known, and one of the youngest known items seen by then: some sites pin old items before
        the newer ones. In a list in order of days the last line decides; of one in disorder the whole page must be known and old, and of
        one without days two known pages in a row. A list that states more items than are known is read on to its end.
        """
        recent = self.recent
        if recent is None or not page.items:
            return
        is_past = self._is_past(page, recent)
        if is_past and self.queue and not self._has_grown(page, recent):
            self.queue.clear()
            self.until, self.endless = number, False

    def _is_past(self, page: ListPage, recent: Recent) -> bool:
        known = all(recent.knows(item.key) for item in page.items)
        self._quiet = self._quiet + 1 if known else 0
        days = [item.listed_on for item in page.items if item.listed_on]
        if not days:
            return self._quiet > 1
        below_pinned = days[days.index(max(days)) :]
        self._disorder |= below_pinned != sorted(below_pinned, reverse=True) or (self._last_day or date.max) < below_pinned[0]
        self._last_day = days[-1]
        if recent.newest and not any(recent.stored(key) in recent.newest for key in self.items):
            return False
        old = [item for item in page.items if not item.listed_on or item.listed_on < recent.since]
        if not all(recent.knows(item.key) for item in old):
            return False
        return len(old) == len(page.items) if self._disorder else days[-1] < recent.since

    def _has_grown(self, page: ListPage, recent: Recent) -> bool:
        new = sum(not recent.knows(key) for key in self.items)
        return page.total is not None and page.total - recent.listed - new > TOLERANCE

    @property
    def wanted(self) -> int:
        """Return how many pages of the list were to be read, as far as that is known."""
        last = self.until if self.until is not None else min(self.pages or 0, self.most)
        return max(len(self.had), last)

    @property
    def reached(self) -> bool:
        """Tell whether every page was had that was to be, and the count is right where the whole list was read."""
        return bool(self.had) and not (self.limited or self.cut or self.missing or self.queue or self.lacks_items)

    @property
    def whole(self) -> bool:
        """Tell whether the whole list was read, so that what it does not name may be looked for."""
        return self.reached and self.until is None

    @property
    def cut(self) -> bool:
        """Tell whether the list has more pages than may be asked for."""
        return self.until is None and (self.endless or (self.pages or 0) > self.most)

    @property
    def lacking(self) -> int:
        """Return how many items the site says it has and its list did not show; the total may have moved during the crawl."""
        return min(self.totals) - len(self.items) if self.totals and self.until is None else 0

    @property
    def lacks_items(self) -> bool:
        """Tell whether items are missing; sites count one more than they list (388 stated, 387 listed), so one is none."""
        return self.lacking > TOLERANCE

    @property
    def missing(self) -> list[int]:
        """Return the numbers of the pages that may be asked for and that the run has not, in order."""
        last = min(self.pages, self.most) if self.pages is not None else 0
        wanted = range(1, (last if self.until is None else self.until) + 1)
        return sorted({number for number in wanted if number not in self.had} | self.failed | set(self.duplicates))


def ranges(numbers: Iterable[int], most: int = 10) -> str:
    """Return page numbers in words, those in a row as one: ``2, 5-9``; after ``most`` pieces the rest is counted."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    words = ["-".join(map(str, run)) for run in runs]
    return ", ".join(words[:most]) + (f" and {len(words) - most} more" if len(words) > most else "")

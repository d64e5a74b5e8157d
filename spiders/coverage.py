"""What a crawl had of a section's list, beside what the site says there is: the ledger a run's verdict rests on."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from spiders.families import ListRequest
from spiders.items import ListItem, ListPage

TOLERANCE = 1
"""By so many items a total may be off without anything missing."""


@dataclass(slots=True)
class Coverage:
    """The pages and items of one section in one run.

    ``pages`` is the number of requests that make up the whole list, ``None`` while the site does not say; such a list is followed page by
    page until one is missing or empty. ``limited`` tells that the crawl was asked not to read it whole, ``columns`` counts pages that
    only lead to the list. ``most`` is the number of pages that the fact sheet allows, ``endless`` tells that a list without a stated
    end went on beyond them.
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

    @property
    def cut(self) -> bool:
        """Tell whether the list has more pages than may be asked for."""
        return self.endless or (self.pages or 0) > self.most

    @property
    def lacking(self) -> int:
        """Return how many items the site says it has and its list did not show; the total may have moved during the crawl."""
        return min(self.totals) - len(self.items) if self.totals else 0

    @property
    def lacks_items(self) -> bool:
        """Tell whether items are missing; sites count one more than they list (388 stated, 387 listed), so one is none."""
        return self.lacking > TOLERANCE

    @property
    def missing(self) -> list[int]:
        """Return the numbers of the pages that may be asked for and that the run has not, in order."""
        wanted = range(1, min(self.pages, self.most) + 1) if self.pages is not None else ()
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

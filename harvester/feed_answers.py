"""An answer of the feed: its rows in words, which of them belong together, what an empty one rests on, and how to go on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from harvester import audited
from harvester.messages import LANGUAGES, _, language
from harvester.moments import minute
from harvester.telling import tell_change
from storage import change_queries
from storage.change_filters import ChangeFilters
from storage.store import Store

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the feed says to a question. ``next`` is the cursor to go on from, ``cut`` tells that there is more behind it already.

    ``looked`` says of each site when it was last read completely.
    """

    asked: ChangeFilters
    rows: Sequence[Row]
    next: int
    cut: bool
    looked: Sequence[Row]

    @classmethod
    def of(cls, store: Store, asked: ChangeFilters) -> Answer:
        """Return the feed's answer; a body is looked for in all its line. Raises ``StaleCursor`` and ``UnknownCursor``."""
        if asked.agency:
            from harvester.lineage import kin  # the gazetteer: such a question alone waits for it

            asked = replace(asked, kin=kin(store, asked.agency))
        # The end first: what is told while the rows are read comes again, and nothing is missed.
        end = change_queries.latest(store)
        rows = change_queries.changes(store, asked, today=audited.today())
        cut = asked.limit is not None and len(rows) == asked.limit
        last = rows[-1]["seq"] if rows else 0
        return cls(asked, rows, last if cut else max(end, last), cut, change_queries.looked_at(store, asked.site))

    def told(self, *, both: bool) -> list[Row]:
        """Return the rows with ``told``, what changed in words: in ``both`` languages, else in the user's."""
        if both:
            return [row | {"told": {lang: tell_change(row, lang) for lang in LANGUAGES}} for row in self.rows]
        return [row | {"told": tell_change(row, language())} for row in self.rows]

    def nothing(self) -> Iterator[str]:
        """Yield what an empty answer rests on: where was looked, and until when."""
        yield _("no such change up to number {seq} of the feed.").format(seq=self.next)
        if not self.looked and not self.asked.site:
            yield _("no site was looked at yet: fetch with `harvester crawl`.")
        elif not self.looked:
            yield _("{site}: never read completely.").format(site=self.asked.site)
        for row in self.looked:
            if row["complete_at"] is None:
                yield _("{site}: never read completely.").format(site=row["site"])
            else:
                yield _("{site}: read completely until {moment}.").format(site=row["site"], moment=minute(row["complete_at"]))


def place_of(row: Row) -> tuple[str, int, str]:
    """Return what rows are put together by: the version of their document, of a public record its list."""
    return row["document_id"] or "", row["version"] or 0, row["list_name"] or row["site"] if row["entity"] == "notice" else ""


def folded(rows: list[Row], asked: ChangeFilters) -> tuple[list[Row], int]:
    """Return the rows to tell one by one, and how many tasks came with a new document and need not be."""
    whole = not (asked.agency or asked.role or asked.word or asked.task or asked.entities or asked.kinds)
    if not (whole and any(row["entity"] == "document" and row["kind"] == "added" for row in rows)):
        return rows, 0
    shown = [row for row in rows if (row["entity"], row["kind"]) != ("task", "added")]
    return shown, len(rows) - len(shown)

"""What the demo shows of change: publishers edit pages in place, a crawl notices, the feed tells it in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from harvester.cli.output import console
from harvester.config import Config
from harvester.crawl import RunSummary, crawl
from harvester.messages import _
from harvester.replica.content import written_edits
from harvester.replica.server import Replica
from harvester.session import opened
from storage.change_queries import latest

Question = tuple[str, Sequence[str]]


def edit(replica: Replica) -> list[dict[str, str]]:
    """Change pages of the replica sites in place and return where: ``site`` and ``section``."""
    for change in written_edits():
        site = change["site"]
        key, document = next((key, found) for key, found in replica.documents(site).items() if found.title == change["title"])
        body = document.body_html
        for old, new in change["replace"]:
            body = body.replace(old, new)
        replica.edit(site, key, body_html=body)
    return [{"site": change["site"], "section": change["section"]} for change in written_edits()]


def show_changes(replica: Replica, store: str, config: Config, ask: Callable[[str, str, Sequence[str]], None]) -> list[RunSummary]:
    """Edit pages, crawl their sections again, and ask the feed what changed; return the summaries of the crawls."""
    with opened(store) as found:
        before = latest(found)
    summaries = [summary for place in edit(replica) for summary in crawl([place["site"]], config, section=place["section"], recheck="all")]
    console().print(_("A publisher edited a page in place, without a word; a third crawl of its section noticed."))
    ask(store, "What changed since the second crawl?", ("changes", "--since", str(before)))
    return summaries

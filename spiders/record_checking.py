"""Which sections of a record site still answer as its fact sheet says: one page and one record of each, and nothing kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scrapy import Request
from scrapy.http import Response

from spiders.checking import RuleMatch
from spiders.harvest import Errand
from spiders.items import CaptureKind, Failure, RecordCapture
from spiders.record_base import RecordOutput, RecordSpider
from spiders.record_families import Asked, RecordLine, RecordPage


class RecordCheckingSpider(RecordSpider):
    """Counts what each section's family finds: rows (or what leads to them), what the list says of its size, fields. Yields nothing."""

    site = ""

    def __init__(self, **arguments: Any) -> None:  # noqa: ANN401 - the arguments of every spider
        super().__init__(**(arguments | {"lists_only": "", "limit": "", "since": ""}))
        self.matches: list[RuleMatch] = []
        self._asked: set[tuple[str, CaptureKind, str]] = set()

    def parse_list(self, response: Response, asked: Asked) -> Iterator[RecordOutput]:
        """Count a page of a list, and go on to what it leads to and to its first record."""
        before = len(self.matches)
        yield from self._few(super().parse_list(response, asked))
        if len(self.matches) == before and not asked.again:
            self._note(response.meta["errand"].section, response.url, "list", 0)

    def _taken(self, section: Any, asked: Asked, page: RecordPage) -> Iterator[RecordOutput]:  # noqa: ANN401 - as in its base
        url = asked.url.partition("?")[0] if asked.slice else asked.url
        self._note(section.id, url, "leads" if page.leads else "list", len(page.further) if page.leads else len(page.lines))
        if (said := page.total if page.total is not None else page.pages) is not None:
            self._note(section.id, url, "size", said)
        yield from super()._taken(section, asked, page)

    def parse_record(self, response: Response, line: RecordLine, *, again: bool) -> Iterator[RecordOutput]:
        """Count the fields of a record."""
        yield from self._few(super().parse_record(response, line, again=again))

    def _few(self, outputs: Iterator[RecordOutput]) -> Iterator[RecordOutput]:
        """Let pass one call of each kind a section, and count what would be handed on."""
        for output in outputs:
            if isinstance(output, Request):
                errand: Errand = output.meta["errand"]
                asked = output.cb_kwargs.get("asked")
                # The first page that a column or a list of lists leads to counts as a kind of its own.
                identity = (errand.section, errand.kind, ("form" if asked.form else "part" if asked.slice else "first") if asked else "")
                again = asked.again if asked else output.cb_kwargs["again"]
                if again or identity not in self._asked | {(errand.section, CaptureKind.LIST, "first")}:
                    self._asked.add(identity)
                    yield output
            elif isinstance(output, RecordCapture):
                self._count_fields(output)
            elif isinstance(output, Failure) and output.kind is CaptureKind.ARTICLE:
                self._note(output.section, output.url, "record", 0)

    def _count_fields(self, capture: RecordCapture) -> None:
        record = capture.record
        if capture.detail or not any(match.section == record.section and match.field == "record" for match in self.matches):
            self._note(record.section, record.url.partition("?")[0], "record", len(record.fields))

    def _note(self, section: str, url: str, field: str, matches: int) -> None:
        sheet = self.sheet.section(section)
        self.matches.append(RuleMatch(self.site, section, url, field, sheet.family, sheet.certainty, matches))


def record_checking(site: str) -> type[RecordCheckingSpider]:
    """Return the checking spider of a record site."""
    return type(f"Checking{site.title().replace('_', '')}", (RecordCheckingSpider,), {"name": f"check-{site}", "site": site})

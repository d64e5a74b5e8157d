"""The fact sheets of record sites as a page for readers: ``python -m spiders.record_description > docs/record_sites.md``."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from spiders.record_families import record_family
from spiders.record_sheet import LINK, RecordSection, RecordSheet, record_sheets

_INTRODUCTION = """# Record sites

What the spiders know of each site of public credit records, generated from the fact sheets in `spiders/record_sites/`
(`python -m spiders.record_description > docs/record_sites.md`). How a record goes on from there is in [records.md](records.md).

Certainty is what a section rests on: **real page** (a saved answer of the live site was read), **inferred** (other crawlers' code),
**assumed** (a guess). Sections marked *base only* are asked for at an address that the caller gives (`--base`), never at the real site:
their host is gone, or their address is a guess. What a site guards by signed headers, checks of the session or captchas is named as out
of reach and never requested. `harvester check SITE` asks for one page and one record of each section and counts the rows and fields.

A list is **complete** in the ledger only where every page was read and its total agrees (one record of tolerance, as for documents).
Pages that a site does not show are a named gap (`capped`). A challenge, an error page, half an answer or a list without its container
is a failure and never an empty list; an empty answer is asked for once more where a site is known to answer so at first. A section
shown to a cap of pages is asked for part by part where it can be. The key of a record is the site's own id; of a row without one it is
a hash of what the row prints.
"""


def describe(sheet: RecordSheet) -> str:
    """Return one site's part of the page."""
    return "\n".join(_lines(sheet)) + "\n"


def page() -> str:
    """Return the whole page."""
    return "\n".join([_INTRODUCTION, *(describe(sheet) for sheet in record_sheets())])


def _lines(sheet: RecordSheet) -> Iterator[str]:
    yield f"## {sheet.id}: {sheet.name_zh} ({sheet.name})"
    yield ""
    yield f"Region {sheet.region}. Hosts: {', '.join(sheet.hosts)}. Address: {sheet.base or 'unknown today; a crawl needs `--base`'}."
    yield f"Pace: {sheet.pace:g} s between requests. Text: {sheet.charset or 'as declared'}."
    yield ""
    yield from (f"- {source}" for source in sheet.sources)
    yield ""
    yield "Out of reach on purpose:"
    yield ""
    yield from (f"- {sentence}" for sentence in sheet.out_of_reach)
    yield ""
    yield "| section | name | kind | family | records | certainty |"
    yield "|---|---|---|---|---|---|"
    yield from map(_row, sheet.sections)
    yield ""
    for section in sheet.sections:
        yield f"- `{section.id}`: `{section.path}`"
        yield from (f"  - {source}" for source in section.sources)
    yield ""
    for name in dict.fromkeys(section.family for section in sheet.sections):
        yield f"- `{name}`: {(record_family(name).__doc__ or '').strip().splitlines()[0]}"


def _row(section: RecordSection) -> str:
    kind = " ".join(filter(None, (section.kind.value, section.colour and section.colour.value, section.list_name)))
    certainty = f"{section.certainty}, base only" if section.base_only else section.certainty.value
    return f"| `{section.id}` | {section.name_zh} | {kind} | `{section.family}` | {'; '.join(_paging(section))} | {certainty} |"


def _paging(section: RecordSection) -> Iterator[str]:
    if section.size:
        yield f"{section.size} a page"
    if section.cap:
        yield f"{section.cap} pages shown"
    if section.slices:
        yield f"by {section.slices}"
    yield {"": "the row is the record", LINK: "a page each, linked"}.get(section.detail, f"a page each, `{section.detail}`")
    if section.identity:
        yield f"key {' or '.join(section.identity)}"


if __name__ == "__main__":
    sys.stdout.write(page())

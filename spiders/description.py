"""The fact sheets as a page for readers: ``python -m spiders.description > docs/sites.md``."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from spiders.factsheet import ARTICLE_FIELDS, LIST_FIELDS, FactSheet, sheets
from spiders.families import family

_INTRODUCTION = """# Sites

What the spiders know of each site, generated from the fact sheets in `spiders/sites/` (`python -m spiders.description > docs/sites.md`).

A rule's certainty is what it rests on: **real page** (a saved page of the live site was read), **inferred** (neighbouring evidence,
other crawlers' code), **assumed** (a guess). `harvester check SITE` counts what each rule finds on the live pages today; a rule that
finds nothing any more is mended in the fact sheet, without touching code. The first rule of a field that finds anything counts.
"""


def describe(sheet: FactSheet) -> str:
    """Return one site's part of the page."""
    return "\n".join(_lines(sheet)) + "\n"


def page() -> str:
    """Return the whole page."""
    return "\n".join([_INTRODUCTION, *(describe(sheet) for sheet in sheets())])


def _lines(sheet: FactSheet) -> Iterator[str]:
    yield f"## {sheet.id}: {sheet.name_zh} ({sheet.name})"
    yield ""
    yield f"{sheet.kind.value.capitalize()} site, region {sheet.region}, family `{sheet.family}`: {_first_line(sheet)}"
    yield f"Address: {sheet.base or 'unknown today; a crawl needs `--base`'}. Pace: {sheet.pace:g} s between requests."
    yield ""
    yield from (f"- {source}" for source in sheet.sources)
    yield ""
    yield "| section | name | first page | further pages | certainty |"
    yield "|---|---|---|---|---|"
    for section in sheet.sections:
        further = f"`{section.pages}`" if section.pages else "–"
        yield f"| `{section.id}` | {section.name_zh} | `{section.path}` | {further} | {section.certainty} |"
    yield ""
    yield "| field | rules, the first that finds anything counts |"
    yield "|---|---|"
    for field in (*LIST_FIELDS, *ARTICLE_FIELDS):
        if rules := sheet.find(field):
            yield f"| {field} | {'; '.join(f'`{rule.expression}` ({rule.certainty})' for rule in rules)} |"


def _first_line(sheet: FactSheet) -> str:
    return (family(sheet.family).__doc__ or "").strip().splitlines()[0]


if __name__ == "__main__":
    sys.stdout.write(page())

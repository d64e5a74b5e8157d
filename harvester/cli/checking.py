"""The verb ``check``: whether the fact sheet of a site still fits its pages, what that means, and what to do next."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

import typer

from harvester.checkup import UNREAD, in_words
from harvester.cli.crawling import BaseOption, SiteArgument, bases, told, with_heading
from harvester.cli.options import FormatOption, StoreOption
from harvester.cli.output import Format, console, emit
from harvester.crawl import check as check_site
from harvester.errors import HarvesterError
from harvester.messages import _, counted
from harvester.session import settings
from spiders.checking import RuleMatch

CHECK_COLUMNS = ("site section", "field", "rule", "certainty", "matches", "url")
LONGEST_PATH = 40
"""Characters of an address that a table shows: more would leave the other columns no room; JSON has all of it."""


def register(app: typer.Typer) -> None:
    """Add this module's verb to the command line."""
    app.command()(check)


def check(name: SiteArgument, base: BaseOption = None, store: StoreOption = None, form: FormatOption = Format.TABLE) -> int:
    """Tell which selectors of a site's fact sheet still match: one list page and one article of each section are read, and one file.

    Also robots.txt, TLS, charset, signs of the CMS, days, and drift against the store. Nothing is kept.
    Exit status 1 when nothing matched or a page was not read.
    """
    found: list[RuleMatch] = told(lambda: check_site(name, settings(store).with_bases(bases(base, [name]))))
    rows = with_heading([asdict(match) for match in found], form)
    emit([brief(in_words(row)) for row in rows] if form is Format.TABLE else rows, form, CHECK_COLUMNS)
    if not any(match.matches for match in found):
        said = _("no selector of {site} matched; see `harvester crawl {site} --dry-run` for the cause.")
        raise HarvesterError(said.format(site=name))
    if failed := sorted({f"{match.section} ({match.rule})" for match in found if match.field == "failure"}):
        seen = next(match.url for match in found if match.field == "failure")
        said = _("{site} was not read in {sections}: look at {url} in a browser; causes: docs/crawling.md.")
        raise HarvesterError(said.format(site=name, sections=_(", ").join(failed), url=seen))
    if broken := sorted({match.section for match in found if match.field == UNREAD}):
        said = _("{site} was not read in {sections}: crawl it, then look at `harvester drift {site}`.")
        raise HarvesterError(said.format(site=name, sections=_(", ").join(broken)))
    if form is Format.TABLE:
        sections = len({match.section for match in found if match.section})
        fits = ("{site}: the fact sheet fits, {n} section was read.", "{site}: the fact sheet fits, {n} sections were read.")
        console().print(counted(*fits, sections, site=name), markup=False)
        console().print(_("A selector with 0 is one that these pages did not need. Nothing needs to be done."), markup=False)
    return 0


def brief(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with the path of its address alone, its middle left out where it is long."""
    split = urlsplit(row["url"])
    path = split.path + (f"?{split.query}" if split.query else "")
    half = LONGEST_PATH // 2
    return row | {"url": path if len(path) <= LONGEST_PATH else f"{path[:half]}…{path[1 - half :]}"}

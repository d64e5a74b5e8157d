"""The pages about sites and crawling say what the data and the code say."""

from __future__ import annotations

import re
from pathlib import Path

from harvester.freshness import SCHEDULE
from harvester.setting_kinds import PREFIX, SETTINGS
from harvester.verdict import LASTING
from spiders.description import page
from spiders.items import Cause
from storage.records import Verdict

DOCS = Path(__file__).parents[2] / "docs"
CRAWLING = (DOCS / "crawling.md").read_text("utf-8")


def test_the_page_of_sites_is_what_the_fact_sheets_say():
    assert (DOCS / "sites.md").read_text("utf-8") == page(), "run: python -m spiders.description > docs/sites.md"


def test_every_cause_is_explained_and_told_lasting_as_the_verdict_takes_it():
    told = dict(re.findall(r"^\| `([a-z-]+)` \| .* \| (yes|no) \|$", CRAWLING, re.MULTILINE))
    assert told == {str(cause): "no" if cause in LASTING else "yes" for cause in Cause}


def test_every_verdict_and_setting_is_explained():
    for verdict in Verdict:
        assert f"| `{verdict}` |" in CRAWLING
    for name in sorted(SETTINGS):
        assert f"| `{name}` | `{PREFIX}{name.upper()}` |" in CRAWLING


def test_the_schedule_is_told_as_it_is():
    for limit, every in SCHEDULE:
        assert f"| {limit.days} days | {f'{every.days} days' if every.days > 1 else 'day'} |" in CRAWLING

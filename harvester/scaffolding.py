"""A new site in a checkout of the project: fact sheet, leaf spider, saved page, and a test that fails and says what to do next."""

from __future__ import annotations

import keyword
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from harvester import apart
from harvester.config import Config
from harvester.crawl import settings_for
from harvester.errors import HarvesterError, WrongCall
from spiders.checking import CheckingSpider, checking
from spiders.factsheet import FAMILIES, REGION, SLUG, FactSheet, FactSheetError, read_sheet, sheets
from spiders.record_sheet import record_site_ids
from spiders.sheet_toml import as_toml, rules_as_data

MOST_BYTES = 8 * 2**20
SPIDER = '''"""{name_zh}, {host}. Family {family}.

`harvester check {site}` tells what matches; docs/new_site.md says what is still to be done.
"""

from __future__ import annotations

from spiders.base import SiteSpider


class {class_name}(SiteSpider):
    """Fact sheet: ``spiders/sites/{site}.toml``."""

    name = "{site}"
    site = "{site}"
'''
TEST = '''"""The list of {site}, read from a saved page: it fails until its selectors are right and its golden file is reviewed."""

from __future__ import annotations

import pytest

from spiders.families import PageError
from tests.spiders.saved import Page, golden, read

PAGE = Page("{site}_list.html", "{site}", {url!r}, "{section}")


def test_the_list_of_{site}_is_read_as_its_golden_file_says():
    try:
        found = read(PAGE)
    except PageError as error:
        pytest.fail(f"{{error}}. NEXT: look at tests/spiders/pages/{site}_list.html, write the selectors of list, item and date into "
                    "spiders/sites/{site}.toml with the certainty they have, and run this test again.")
    assert found["items"], "NEXT: no line is read; mend `item` and `link` in spiders/sites/{site}.toml."
    undated = [item["title"] for item in found["items"] if not item["listed_on"]]
    assert not undated, f"NEXT: lines without a day ({{undated[:3]}}); mend `date` in spiders/sites/{site}.toml."
    assert found == golden(PAGE)
'''

ASLEEP = '[schedule]\ncron = ""\n'
"""A site that nobody has read yet is not crawled by itself: a running worker would go to the real host with guessed rules."""
AWAKEN = """# Empty: no worker crawls this site by itself. Once its test passes and `harvester check` has read it, write when,
# for example cron = "30 2 * * *" (every day at 02:30 in Shanghai); docs/scheduling.md has the other keys.
"""


@dataclass(frozen=True, slots=True)
class NewSite:
    """What is known of a site to be: its id, family, address, names, region and first section."""

    id: str
    family: str
    base: str
    name: str
    name_zh: str
    region: str
    section: str = "tzgg"
    path: str = "/"


def checkout(folder: Path) -> Path:
    """Return the root of the checkout that a folder lies in; raises HarvesterError outside of one."""
    for root in (folder, *folder.parents):
        if all((root / part).is_dir() for part in ("spiders/sites", "tests/spiders/pages")) and (root / "pyproject.toml").is_file():
            return root
    raise HarvesterError(f"{folder} is no checkout of the project, where fact sheets and tests lie; clone it and call this there.")


def scaffold(root: Path, new: NewSite, page: bytes | None) -> list[Path]:
    """Write the files of a new site and return them, the page only where it is given. Raises WrongCall; then nothing is written."""
    sheet = _sheet(new)
    files = {
        root / f"spiders/sites/{new.id}.toml": sheet,
        root / f"spiders/{new.id}.py": SPIDER.format(
            site=new.id, name_zh=_plain(new.name_zh), host=urlsplit(new.base).hostname, family=new.family, class_name=_class_name(new.id)
        ),
        root / f"tests/spiders/test_site_{new.id}.py": TEST.format(site=new.id, url=urljoin(new.base, new.path), section=new.section),
    }
    saved = page_file(root, new.id)
    if there := [str(file.relative_to(root)) for file in (*files, saved) if file.exists()]:
        raise WrongCall(f"{', '.join(there)} exists already; choose another id, or mend that site.")
    for file, text in files.items():
        file.write_text(text, "utf-8")
    if page is not None:
        save_page(root, new.id, page)
    return [*files, *([saved] if page is not None else [])]


def page_file(root: Path, site: str) -> Path:
    """Return where the saved page of a site's list belongs."""
    return root / f"tests/spiders/pages/{site}_list.html"


def save_page(root: Path, site: str, page: bytes) -> Path:
    """Keep a page as the tests read it, in UTF-8."""
    from normalizers.text.decode import decode  # late: its tables are not needed to refuse a call

    file = page_file(root, site)
    file.write_text(decode(page[:MOST_BYTES], markup=True).text, "utf-8")
    return file


def _sheet(new: NewSite) -> str:
    """Return the fact sheet: its rules are those of another site of the family, as guesses. Raises WrongCall for what cannot be."""
    if not SLUG.fullmatch(new.id) or keyword.iskeyword(new.id):
        raise WrongCall(f"{new.id!r} is no id for a site; take a short lower-case word like wuxi or wuxi_credit.")
    known = {each.id: each for each in sheets()}
    if new.id in known or new.id in record_site_ids():
        raise WrongCall(f"there is a site {new.id} already; see `harvester sites`.")
    if new.family not in FAMILIES:
        raise WrongCall(f"there is no family {new.family}; known are {', '.join(FAMILIES)}. `docs/new_site.md` tells them apart.")
    parts = urlsplit(new.base)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise WrongCall(f"{new.base} is no base; give scheme and host only, like https://credit.example.cn.")
    if not REGION.fullmatch(new.region):
        raise WrongCall(f"{new.region} is no region; give the six digits of GB/T 2260.")
    text = as_toml(_data(new, next(each for each in known.values() if each.family == new.family))).replace(ASLEEP, ASLEEP + AWAKEN)
    try:
        read_sheet(text, new.id)
    except FactSheetError as error:
        raise WrongCall(f"{error}; see docs/new_site.md.") from None
    return text


def _data(new: NewSite, like: FactSheet) -> dict[str, Any]:
    rules = rules_as_data(like, certainty="assumed")
    return {
        "id": new.id,
        "name": new.name or new.id,
        "name_zh": new.name_zh or new.name or new.id,
        "kind": "provincial" if new.region.endswith("0000") else "city",
        "region": new.region,
        "hosts": [urlsplit(new.base).hostname],
        "base": new.base.rstrip("/"),
        "family": new.family,
        "pace": 3.0,
        "sources": [f"Selectors: those of {like.id}, of the same family; no page of this host was read."],
        "schedule": {"cron": ""},
        "sections": [{"id": new.section, "name_zh": "通知公告", "path": new.path, "certainty": "assumed"}],
        **rules,
    }


def _plain(text: str) -> str:
    return "".join(character for character in " ".join(text.split()) if character not in '"\\')


def _class_name(site: str) -> str:
    return "".join(part.title() for part in site.split("_")) + "Spider"


# --- the page of the live site -----------------------------------------------------------------------------------------------


def fetch_list(site: str, config: Config) -> tuple[bytes | None, str]:
    """Return the first page of a new site's list, fetched as a check does (robots.txt, its pace); ``None`` and the cause if not had."""
    settings = settings_for(config, dry_run=True)
    settings.setdict({"ITEM_PIPELINES": {}, "EXTENSIONS": {}, "CLOSESPIDER_PAGECOUNT": 2}, priority="cmdline")
    return apart.run(fetch_here, site, settings)


def fetch_here(site: str, settings: Settings) -> tuple[bytes | None, str]:
    """Fetch in this process, whose reactor can run only once."""
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(checking(site))
    process.crawl(crawler)
    process.start(install_signal_handlers=threading.current_thread() is threading.main_thread())
    spider = crawler.spider
    if not isinstance(spider, CheckingSpider):
        return None, ""
    lists = [page.text for page in spider.pages if page.kind == "list"]
    return (lists[0].encode(), "") if lists else (None, next((str(each.cause) for each in spider.failures), ""))

"""The saved pages of our own writing, and the golden output beside each: what a reader would take from the page."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from spiders.factsheet import FactSheet, load_sheet
from spiders.families import Family, family

FOLDER = Path(__file__).parent / "pages"
SIP = "http://sip.example"


class Page(NamedTuple):
    """A saved page: the file, its site, its address, and its section where it is a list."""

    file: str
    site: str
    url: str
    section: str = ""


LISTS = (
    Page("shanghai_list.html", "shanghai", "https://credit.fgw.sh.gov.cn/tzgg/index.html", "tzgg"),
    Page("jiangsu_list.html", "jiangsu", "https://fzggw.jiangsu.gov.cn/col/col284/index.html", "tzgg"),
    Page(
        "jiangsu_proxy.xml",
        "jiangsu",
        "https://fzggw.jiangsu.gov.cn/module/web/jpage/dataproxy.jsp?startrecord=31&endrecord=60&perpage=10",
        "tzgg",
    ),
    Page("zhejiang_column.html", "zhejiang", "https://fzggw.zj.gov.cn/col/col1229565788/index.html", "xzgfxwj"),
    Page(
        "zhejiang_unit.json",
        "zhejiang",
        "https://fzggw.zj.gov.cn/api-gateway/jpaas-publish-server/front/page/build/unit?webId=42&tagId=%E4%BF%A1&pageId=77"
        "&paramJson=%7B%22pageNo%22%3A1%2C%22pageSize%22%3A15%7D",
        "xzgfxwj",
    ),
    Page("anhui_list.html", "anhui", "https://fzggw.ah.gov.cn/ywdt/tzgg/index.html", "tzgg"),
    Page("national_list.html", "national", "https://www.ndrc.gov.cn/xxgk/zcfb/tz/index.html", "tz"),
    Page("suzhou_sip_list.html", "suzhou_sip", SIP + "/content474_2.html", "tzgg"),
)
ARTICLES = (
    Page("shanghai_article.html", "shanghai", "https://credit.fgw.sh.gov.cn/zcwj/20251230/abcdefabcdefabcdefabcdefabcdefab.html"),
    Page("jiangsu_article.html", "jiangsu", "https://fzggw.jiangsu.gov.cn/art/2026/5/6/art_77_900101.html"),
    Page("zhejiang_article.html", "zhejiang", "https://fzggw.zj.gov.cn/col/col88/art/2026/art_0123456789abcdef0123456789abcdef.html"),
    Page("anhui_article.html", "anhui", "https://fzggw.ah.gov.cn/ywdt/tzgg/146000111.html"),
    Page("national_article.html", "national", "https://www.ndrc.gov.cn/xxgk/zcfb/tz/202607/t20260710_1500021.html"),
    Page("suzhou_sip_article.html", "suzhou_sip", SIP + "/content/queryOfPreview.action?contentId=1700003"),
)


def sheet_of(site: str) -> FactSheet:
    """Return a site's sheet, with an address for the one that has none."""
    sheet = load_sheet(site)
    return sheet if sheet.base else sheet.with_base(SIP)


def reader_of(site: str) -> Family:
    """Return the family of a site."""
    return family(load_sheet(site).family)


def text_of(page: Page) -> str:
    """Return the text of a saved page."""
    return (FOLDER / page.file).read_text("utf-8")


@cache
def read(page: Page) -> dict[str, Any]:
    """Return what the family reads from a page, as JSON would hold it."""
    sheet, reader, text = sheet_of(page.site), reader_of(page.site), text_of(page)
    if not page.section:
        return plain(asdict(reader.read_article(text, page.url, sheet)))
    section = sheet.section(page.section)
    found = reader.read_list(text, page.url, sheet, section)
    further = [asdict(request) for request in reader.further(text, page.url, sheet, section, found)]
    return plain(asdict(found) | {"further": further})


def plain(data: Any) -> Any:
    """Return data as it comes back from JSON."""
    return json.loads(json.dumps(data, default=lambda value: value.isoformat() if isinstance(value, date) else str(value)))


def golden(page: Page) -> dict[str, Any]:
    """Return the golden output of a page; a missing one is written, and the test still fails."""
    file = (FOLDER / page.file).with_suffix(".golden.json")
    if not file.exists():
        file.write_text(json.dumps(read(page), ensure_ascii=False, indent=1) + "\n", "utf-8")
        pytest.fail(f"{file.name} was missing and has been written: review, then commit")
    return json.loads(file.read_text("utf-8"))

"""The readers of sites: list and article pages of every family, answers of record sites, health, fact sheets, skeletons, mending."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any

from scrapy.robotstxt import ProtegoRobotParser

from harvester.middlewares import ROBOTS_BYTES
from normalizers.notices.read import read_notice
from normalizers.privacy import mask_record
from normalizers.text.decode import decode
from spiders import file_health, health, skeleton
from spiders.factsheet import FAMILIES, read_sheet, site_ids
from spiders.families import PageError, facts, family
from spiders.families.pager import read_pager, read_scripted_pager
from spiders.families.reading import join, parse, read_date, split_names
from spiders.items import CaptureKind
from spiders.line_groups import KnownLine, ListEvidence, form_of
from spiders.proposing import propose_list
from spiders.record_sheet import read_record_sheet, record_site_ids
from spiders.schedule import ScheduleError, parse_hours, read_schedule, trigger
from spiders.sheet_kinds import FactSheetError, parsed, read_toml
from tests.fuzz.target import Target, in_turn, lines, text_of
from tests.spiders import record_saved, saved

PAGES = (PageError,)


def _lists(name: str, data: bytes) -> object:
    page = next(page for page in saved.LISTS if saved.sheet_of(page.site).family == name)
    sheet, reader, text = saved.sheet_of(page.site), family(name), text_of(data)
    reader.markup(text)
    for section in {page.section, sheet.sections[0].id}:
        place = sheet.section(section)
        found = reader.read_list(text, page.url, sheet, place)
        list(reader.further(text, page.url, sheet, place, found))
    return None


def _article(name: str, data: bytes) -> object:
    page = next(page for page in saved.ARTICLES if saved.sheet_of(page.site).family == name)
    return family(name).read_article(text_of(data), page.url, saved.sheet_of(page.site))


def _pages_of(name: str, pages: Sequence[saved.Page]) -> list[bytes]:
    return [saved.text_of(page).encode() for page in pages if saved.sheet_of(page.site).family == name]


def _record_list(one: record_saved.Saved, data: bytes) -> object:
    sheet, section, reader = record_saved.opened(one)
    return reader.read_list(text_of(data), record_saved.address_of(one), sheet, section, record_saved.request_of(one))


def _record(one: record_saved.Saved, data: bytes) -> object:
    """Read a record's own page, mask it, write it as the archive keeps it, and read a notice from that."""
    sheet, section, reader = record_saved.opened(one)
    masked = mask_record(reader.read_detail(text_of(data), record_saved.address_of(one), sheet, section))
    return read_notice(type(masked).from_json(masked.to_json()))


def _health(data: bytes) -> object:
    text = text_of(data)
    for kind in CaptureKind:
        health.diagnose(200, text, kind)
    for suffix in ("", "pdf", "doc", "xlsx", "zip"):
        file_health.diagnose_file(200, data, suffix)
    return health.cut_short(text), health.looks_like_page(data), health.empty_notice(text, "div#zoom"), facts.read_facts([parse(text)])


def _skeletons(data: bytes) -> object:
    one, other = skeleton.skeleton(text_of(data)), skeleton.skeleton(text_of(data[: len(data) // 2]))
    return skeleton.drift(one, other), skeleton.difference(one, other), skeleton.Skeleton.of_text(text_of(data))


def _mending(data: bytes) -> object:
    """Look for the rules of a list on a page that was not read."""
    page = saved.LISTS[0]
    sheet = saved.sheet_of(page.site)
    known = {item["key"]: KnownLine(item["title"], date.fromisoformat(item["listed_on"])) for item in saved.read(page)["items"]}
    return propose_list([ListEvidence(text_of(data), page.url, known)], sheet, sheet.section(page.section))


def _small_readers(data: bytes) -> object:
    text = text_of(data)
    read_pager(text), read_scripted_pager(text), read_date(text), split_names(text)
    for name in FAMILIES:
        family(name).document_key(text)
    return form_of(join("https://x.example/a/b.html", text))


def _sheet(data: bytes) -> object:
    text = text_of(data)
    return read_sheet(text, _name_in(text))


def _record_sheet(data: bytes) -> object:
    text = text_of(data)
    return read_record_sheet(text, _name_in(text))


def _name_in(text: str) -> str:
    """Return the name that a sheet gives itself: under another it would be refused before anything else is looked at."""
    return str(parsed(text, "fuzzed").get("id", ""))


def _schedules(data: bytes) -> None:
    text = text_of(data)
    hours, _, cron = text.partition("\n")
    in_turn(
        (ScheduleError, FactSheetError),
        lambda: parse_hours(hours),
        lambda: trigger(cron),
        lambda: read_schedule(parsed(text, "fuzzed")),
    )


def _robots(data: bytes) -> object:
    """Read a robots.txt as the crawl does."""
    parser = ProtegoRobotParser(decode(data[:ROBOTS_BYTES]).text.encode(), None)
    agent = "credit-harvester/1.0 (+ops@example.cn)"
    return [parser.allowed(f"https://x.example{path}", agent) for path in ("/", "/a/b.html?x=1", "/%E4%BF%A1")], parser.crawl_delay(agent)


def _each(name: str, read: Callable[[Any, bytes], object], found: Sequence[record_saved.Saved]) -> list[Target]:
    return [
        Target(
            f"{name}.{one.file}",
            partial(read, one),
            lambda one=one: [record_saved.saved_text(one).encode()],
            PAGES,
            "json" if one.file.endswith((".json", ".js")) else "markup",
            0.5,
        )
        for one in found
    ]


TARGETS = (
    *(Target(f"lists.{name}", partial(_lists, name), partial(_pages_of, name, saved.LISTS), PAGES, "markup", 0.8) for name in FAMILIES),
    *(
        Target(f"articles.{name}", partial(_article, name), partial(_pages_of, name, saved.ARTICLES), PAGES, "markup", 0.8)
        for name in FAMILIES
    ),
    *_each("records", _record_list, record_saved.SAVED_LISTS),
    *_each("record", _record, record_saved.SAVED_DETAILS),
    Target("health", _health, lambda: _pages_of("trs", saved.ARTICLES) + _pages_of("hanweb_jcms", saved.LISTS), (), "markup", 0.8),
    Target("skeletons", _skeletons, lambda: _pages_of("trs", saved.ARTICLES) + _pages_of("hanweb_jpaas", saved.LISTS), (), "markup", 0.8),
    Target("mending", _mending, lambda: _pages_of("shanghai_cms", saved.LISTS), (), "markup", 0.5),
    Target(
        "pagers",
        _small_readers,
        lines("共 230 条 第 2/17 页", "createPageHTML(10,1,'index','html')", "2026-05-06", "https://x/art/2026/8/28/art_284_1.html"),
        (),
        "address",
        2.0,
    ),
    Target("sheets", _sheet, lambda: [read_toml("sites", site).encode() for site in site_ids()], (FactSheetError,), "toml", 0.8),
    Target(
        "sheets.records",
        _record_sheet,
        lambda: [read_toml("record_sites", site).encode() for site in record_site_ids()],
        (FactSheetError,),
        "toml",
        0.8,
    ),
    Target(
        "schedules",
        _schedules,
        lines("8-20\n0 3 * * 1-5", 'cron = "30 2 * * *"\njitter_minutes = 30\nhours = "8-20"\nholidays = "skip"'),
        (ScheduleError, FactSheetError),
        "toml",
        1.0,
    ),
    Target(
        "robots",
        _robots,
        lines("User-agent: *\nDisallow: /admin\nAllow: /a*$\nCrawl-delay: 3\nSitemap: https://x/s.xml\n"),
        (),
        "words",
        1.0,
    ),
)

"""Every page in a real browser: both languages, light and dark, wide and narrow. Must show 1 of issue 6 is held here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from harvester.web.access import rights
from harvester.web.app import create_app
from storage.store import Store
from tests.browser.looking import LANGUAGES, NARROW, WIDE, Seen, form_of, grave, opened
from tests.browser.samples import PAGES, REFUSED, Address, is_page

ROUTES = [*PAGES, *REFUSED]


def test_every_route_of_the_room_that_is_a_page_has_an_address_here(filled_store: Store) -> None:
    found = {way.path for way in rights.ways(create_app(filled_store)) if "GET" in way.methods and is_page(way.path)}
    assert found - set(PAGES) == set(), "name them in tests/browser/samples.py"
    assert set(PAGES) - found == set(), "these routes are gone"


@pytest.fixture(scope="module")
def readers(browser: Browser, room: str) -> Iterator[dict[str, tuple[Page, Seen]]]:
    """Give a reader of each language, whose window stays open from page to page: to open one takes as long as to look at a page."""
    with ExitStack() as windows:
        yield {lang: windows.enter_context(opened(browser, room, lang)) for lang in LANGUAGES}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("route", ROUTES)
def test_a_page_is_quiet_asks_nobody_else_and_can_be_used_by_everybody(
    readers: dict[str, tuple[Page, Seen]], room: str, pages: list[Address], route: str, lang: str
) -> None:
    for address in [page for page in pages if route in (page.route or page.path, page.path)]:
        look(*readers[lang], room, address, lang)


def look(page: Page, seen: Seen, room: str, address: Address, lang: str) -> None:
    """Hold everything of one page: in its four forms of light and width."""
    seen.begin(*([urlsplit(room + address.path)._replace(query="").geturl()] if address.status != 200 else []))
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(WIDE)
    answer = page.goto(room + address.path)
    assert answer is not None
    assert answer.status == address.status, address.path
    form = form_of(page)
    assert (form["language"], form["headings"], form["mains"]) == (LANGUAGES[lang], 1, 1), address.path
    assert form["title"].partition("·")[0].strip(), address.path
    assert all(later - earlier <= 1 for earlier, later in zip(form["levels"], form["levels"][1:], strict=False)), (
        address.path,
        form["levels"],
    )
    assert form["wide"] <= form["window"] == WIDE["width"], address.path
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 26)", "it is dark now"
    page.set_viewport_size(NARROW)
    form = form_of(page)
    assert form["wide"] <= form["window"] == NARROW["width"], f"{address.path} is wider than a phone"
    # In which language something is said makes no difference to the rules: all of them in one, those of colour and size in the other.
    if lang == "en":
        assert grave(page, ["color-contrast", "target-size", "scrollable-region-focusable"]) == [], f"{address.path} on a phone in the dark"
    else:
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(WIDE)
        assert grave(page) == [], address.path
    assert seen.elsewhere == []
    assert seen.console == [], address.path
    assert seen.requests

"""Pages for operators and the metrics in a real browser, as nobody, as a reader and as an operator: led, refused, let in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Response

from harvester.web.room import RoomSettings
from storage.store import Store
from tests.browser.looking import LANGUAGES, opened
from tests.browser.test_access_pages import log_in, look
from tests.web import operations_sample
from tests.web.operations_sample import Made
from tests.web.people import PASSWORD, people
from tests.web.serving import served

WORDS = {"zh": "此处仅供操作员使用。", "en": "This is for the role operator."}


@pytest.fixture(scope="module")
def refusing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Made]]:
    """Give the address of a room with accounts over a store as operators find it in the morning."""
    folder = tmp_path_factory.mktemp("refusing")
    with Store.open(f"sqlite:///{folder / 'room.sqlite'}", archive=folder / "archive", create=True) as store:
        made = operations_sample.fill(store, datetime.now(UTC), days=5)
        people(store)
        with served(store, RoomSettings(open=False)) as address:
            yield address, made


def places(made: Made) -> list[str]:
    """Return an address of each page for operators, and that of the metrics."""
    return [
        "/operations",
        "/operations/runs?site=jiangsu&verdict=incomplete",
        f"/operations/runs/{made.broken}",
        f"/operations/runs/{made.running}",
        "/operations/sites/jiangsu",
        f"/operations/specimens/{made.bad}",
        "/operations/schedule",
        "/metrics",
    ]


def go(page: Page, address: str) -> Response:
    """Open an address and return what was answered at last."""
    answer = page.goto(address)
    assert answer is not None
    return answer


def test_nobody_meets_the_login_wherever_they_knock_and_an_operator_is_led_on_from_it(browser: Browser, refusing: tuple[str, Made]) -> None:
    room, made = refusing
    with opened(browser, room, "en") as (page, _seen):
        for place in places(made):
            assert go(page, room + place).status == 200
            at = urlsplit(page.url)
            assert (at.path, parse_qs(at.query)["next"]) == ("/login", [place])
            assert page.locator("form.narrow #password").is_visible()
            assert "jiangsu" not in page.inner_text("main").lower()
            assert page.locator("nav a[href='/operations']").count() == 0
    for place in (f"/operations/runs/{made.broken}", "/operations/runs?site=jiangsu&verdict=incomplete"):
        with opened(browser, room, "en") as (page, _seen):
            page.goto(room + place)
            log_in(page, "olga", PASSWORD)
            assert page.url == room + place
            assert "incomplete" in page.inner_text("main")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_reader_is_told_for_whom_it_is_and_whom_to_ask(browser: Browser, refusing: tuple[str, Made], lang: str) -> None:
    room, made = refusing
    with opened(browser, room, lang) as (page, seen):
        page.goto(room + "/login?next=%2Foperations")
        log_in(page, "rui", PASSWORD)
        assert page.url == room + "/operations"
        for place in places(made):
            seen.begin(room + place.partition("?")[0])
            assert go(page, room + place).status == 403, place
            told = page.inner_text("main")
            assert WORDS[lang] in told, place
            assert not [word for word in ("jiangsu", "江苏", "harvester_", "challenge") if word in told.lower()], place
            assert page.locator("nav a[href^='/operations'], main a[href^='/operations']").count() == 0, place
        look(page, seen)


def test_an_operator_sees_every_page_and_its_drawings(browser: Browser, refusing: tuple[str, Made]) -> None:
    room, made = refusing
    with opened(browser, room, "en") as (page, seen):
        page.goto(room + "/login")
        log_in(page, "olga", PASSWORD)
        for place in places(made):
            seen.begin()
            assert go(page, room + place).status == 200, place
            assert page.url == room + place
            assert (seen.console, seen.elsewhere) == ([], []), place
        assert "harvester_open_incidents" in page.inner_text("body")
        page.goto(room + "/operations/sites/jiangsu")
        broken = page.locator("main img").evaluate_all("all => all.filter(one => !one.complete || !one.naturalWidth).map(one => one.src)")
        assert broken == []
        assert page.locator("main img").count() >= 1

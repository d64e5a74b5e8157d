"""The pages of a room with accounts in a real browser: log in, choose a password, make an account and a key, be refused, leave."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from harvester.web.room import RoomSettings
from storage import accounts
from storage.store import Store
from tests.browser.looking import NARROW, WIDE, Seen, form_of, grave, opened
from tests.web import sample
from tests.web.people import PASSWORD, people
from tests.web.serving import served

NEW = "seven lamps behind the printing shop"


@pytest.fixture(scope="module")
def closed_store(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with sample.copied(sample_folder, tmp_path_factory.mktemp("closed") / "room") as store:
        people(store)
        yield store


@pytest.fixture(scope="module")
def closed_room(closed_store: Store) -> Iterator[str]:
    """Give the address of a room that asks for accounts, on a real socket."""
    with served(closed_store, RoomSettings(open=False)) as address:
        yield address


def look(page: Page, seen: Seen) -> None:
    """Hold what stands on the screen now to the rules of every page, wide and narrow, light and dark."""
    for size, scheme in ((WIDE, "light"), (NARROW, "dark")):
        page.set_viewport_size(size)
        page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
        assert form_of(page)["wide"] <= size["width"], page.url
        assert form_of(page)["headings"] == 1
        assert grave(page) == [], (page.url, scheme)
    page.set_viewport_size(WIDE)
    assert seen.elsewhere == []
    assert [line for line in seen.console if "Clear-Site-Data" not in line] == []


def log_in(page: Page, name: str, password: str) -> None:
    page.fill("#name", name)
    page.fill("#password", password)
    page.click("form.narrow button")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_person_logs_in_is_led_on_and_leaves(browser: Browser, closed_room: str, scripts: bool) -> None:
    with opened(browser, closed_room, scripts=scripts) as (page, seen):
        seen.refused = {closed_room + "/login", closed_room + "/audit"}
        page.goto(closed_room + "/account")
        assert page.url == closed_room + "/login?next=%2Faccount"
        if scripts:
            look(page, seen)
        log_in(page, "rui", "wrong wrong wrong")
        assert "账号或密码不正确" in page.inner_text("[role=alert]")
        log_in(page, "rui", PASSWORD)
        assert page.url == closed_room + "/account"
        answer = page.goto(closed_room + "/audit")
        assert answer is not None
        assert answer.status == 403
        if scripts:
            look(page, seen)
        page.click("footer button")
        page.wait_for_url(closed_room + "/login")  # loaded, too: a page on its way has no history to go back in
        page.go_back()
        page.goto(closed_room + "/account")
        assert page.url.startswith(closed_room + "/login")


def test_an_operator_makes_an_account_whose_person_chooses_a_password(browser: Browser, closed_room: str, closed_store: Store) -> None:
    with opened(browser, closed_room, "en") as (page, seen):
        page.goto(closed_room + "/login")
        log_in(page, "olga", PASSWORD)
        page.goto(closed_room + "/accounts")
        page.fill("main #name", "李娜")
        page.click("form.card button")
        given = page.inner_text(".bar code")
        look(page, seen)
        page.goto(closed_room + "/account")
        page.fill("#label", "nightly figures")
        page.click("text=Make a key")
        assert page.inner_text(".bar code").startswith("chk_")
        look(page, seen)
        page.goto(closed_room + "/audit")
        assert "key made" in page.inner_text("main")
        look(page, seen)
    with opened(browser, closed_room, "en") as (page, seen):
        page.goto(closed_room + "/login")
        log_in(page, "李娜", given)
        assert page.url == closed_room + "/account"
        page.fill("#current", given)
        page.fill("#password", NEW)
        page.fill("#again", NEW)
        look(page, seen)
        page.click("form.narrow button")
        assert "The password is changed" in page.inner_text("[role=status]")
        assert not accounts.named(closed_store, "李娜").provisional

"""The log of a run under way is followed without leaving its page, and by loading it again where there are no scripts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, expect

from storage import run_events
from storage.run_events import Event
from storage.store import Store
from tests.browser.looking import opened
from tests.web import operations_sample
from tests.web.empty import bare_store, empty_folder  # noqa: F401 -- fixtures
from tests.web.serving import served


@pytest.fixture
def own_room(bare_store: Store) -> Iterator[str]:  # noqa: F811
    """Give the address of a room over a store of one's own."""
    with served(bare_store) as address:
        yield address


def test_new_lines_of_a_run_come_by_themselves_and_its_end_is_told(browser: Browser, own_room: str, bare_store: Store) -> None:  # noqa: F811
    now = datetime.now(UTC)
    run = bare_store.begin_run("jiangsu", ["tzgg"], now)
    run_events.append(bare_store, run, operations_sample.log_of("tzgg", now, 1))
    with opened(browser, own_room, "en") as (page, seen):
        page.goto(f"{own_room}/operations/runs/{run}")
        lines = page.locator("ol.log > li")
        before = lines.count()
        run_events.append(bare_store, run, [Event(now, "warning", "note", {"text": "<b>half of the list</b>"})])
        expect(lines).to_have_count(before + 1, timeout=8000)
        assert "<b>half of the list</b>" in lines.last.inner_text()
        assert page.locator("ol.log b").count() == 0
        bare_store.end_run(run, "complete", "", {}, now + timedelta(minutes=1))
        expect(page.locator("#following")).to_contain_text("The run ended", timeout=8000)
        asked = seen.requests
        page.wait_for_timeout(2500)
        assert seen.requests == asked, "nothing is asked for after the end"
        assert seen.console == []


def test_without_scripts_the_log_grows_by_loading_the_page_again(browser: Browser, own_room: str, bare_store: Store) -> None:  # noqa: F811
    now = datetime.now(UTC)
    run = bare_store.begin_run("jiangsu", ["tzgg"], now)
    with opened(browser, own_room, "en", scripts=False) as (page, _seen):
        page.goto(f"{own_room}/operations/runs/{run}")
        assert "Load the page again" in page.locator("#following").inner_text()
        run_events.append(bare_store, run, [Event(now, "info", "note", {"text": "one page was read"})])
        page.reload()
        assert "one page was read" in page.locator("ol.log").inner_text()

"""One browser for all tests of pages, and a room with everything in it. Where there is no Chromium, the tests are left out and say so."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from storage.store import Store
from tests.browser.filled import fill
from tests.browser.samples import Address, addresses
from tests.web import sample
from tests.web.conftest import sample_folder  # noqa: F401 -- a fixture
from tests.web.serving import served

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
QUIET = (
    "--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
    "--no-proxy-server",
    "--disable-default-apps", "--disable-extensions", "--disable-dev-shm-usage", "--disable-gpu", "--mute-audio",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip
"""A browser that asks for nothing by itself, and reaches no other host."""


def program() -> str | None:
    """Return the path of a Chromium: ``HARVESTER_CHROMIUM``, else the first on the path; ``None`` where there is none."""
    return os.environ.get("HARVESTER_CHROMIUM") or next((found for name in NAMES if (found := shutil.which(name))), None)


@pytest.fixture(scope="package")  # not the session: while it is there, playwright's loop runs, and no crawl could start one of its own
def browser() -> Iterator[Browser]:
    """Give a browser."""
    path = program()
    if path is None:
        pytest.skip("there is no Chromium: install it (Debian: apt-get install chromium) or name it in HARVESTER_CHROMIUM")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def filled_store(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:  # noqa: F811
    """Give a store in which every page has something to show."""
    with sample.copied(sample_folder, tmp_path_factory.mktemp("browser") / "room") as store:
        fill(store)
        yield store


@pytest.fixture(scope="session")
def room(filled_store: Store) -> Iterator[str]:
    """Give the address of the open room over the filled store."""
    with served(filled_store) as address:
        yield address


@pytest.fixture(scope="session")
def pages(filled_store: Store) -> list[Address]:
    """Give an address of every page."""
    return addresses(filled_store)

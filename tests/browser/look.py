"""Pictures of every page in all its forms, to be looked at: ``python -m tests.browser.look [--store URL] [FOLDER]``.

Without a store, one is made as for the tests. A page is taken whole, up to a height that somebody would scroll.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from storage.store import Store
from tests.browser.conftest import QUIET, program
from tests.browser.filled import fill
from tests.browser.looking import LANGUAGES, NARROW, THEMES, WIDE, opened
from tests.browser.samples import Address, addresses
from tests.web import sample
from tests.web.serving import served

HIGHEST = 3000
"""Pixels of a picture."""


def main() -> None:
    """Take the pictures and say where they are."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--store", default="", help="a store to open; else one is made")
    parser.add_argument("--only", default="", help="only pages whose address holds this")
    parser.add_argument("folder", nargs="?", default="build/screenshots", type=Path)
    given = parser.parse_args()
    path = program()
    if path is None:
        raise SystemExit("There is no Chromium: install it (Debian: apt-get install chromium) or name it in HARVESTER_CHROMIUM.")
    given.folder.mkdir(parents=True, exist_ok=True)
    with store_of(given.store) as store, served(store) as room, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        count = sum(take(browser, room, page, given.folder) for page in addresses(store) if given.only in page.path)
        browser.close()
    print(f"{count} pictures in {given.folder}")


@contextmanager
def store_of(url: str) -> Iterator[Store]:
    """Give a store: the one named, else a sample with everything in it."""
    if url:
        with Store.open(url) as store:
            yield store
        return
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "sample"
        made.mkdir()
        sample.build(made)
        with sample.copied(made, Path(folder) / "room") as store:
            fill(store)
            yield store


def take(browser: Browser, room: str, address: Address, folder: Path) -> int:
    """Take the pictures of one address and return their number."""
    name = re.sub(r"[^0-9A-Za-z]+", "-", address.path).strip("-")[:60] or "home"
    count = 0
    for lang in LANGUAGES:
        with opened(browser, room, lang) as (page, _seen):
            page.goto(room + address.path)
            for theme in THEMES:
                page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
                for size in (WIDE, NARROW):
                    page.set_viewport_size(size)
                    high = min(int(page.evaluate("document.documentElement.scrollHeight")), HIGHEST)
                    clip = {"x": 0, "y": 0, "width": size["width"], "height": high}
                    page.screenshot(path=folder / f"{name}.{lang}.{theme}.{size['width']}.png", full_page=True, clip=clip)
                    count += 1
    return count


if __name__ == "__main__":
    main()

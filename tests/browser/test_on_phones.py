"""On a phone: nothing that belongs together is pushed apart, and what goes on sideways shows it."""

from __future__ import annotations

import io
from statistics import median
from typing import Any, Literal

import pytest
from PIL import Image
from playwright.sync_api import Browser

from storage.store import Store
from tests.browser.looking import NARROW, opened
from tests.browser.samples import places

BOXES = "all => all.filter(one => one.checkVisibility()).map(one => one.getBoundingClientRect().toJSON())"


def test_a_comparison_stands_side_by_side_at_a_desk_and_old_over_new_on_a_phone(browser: Browser, room: str, filled_store: Store) -> None:
    address = room + "/compare?old={document}%401&new={document}%402".format(**places(filled_store))
    pairs = "table.compare tr.changed"
    with opened(browser, room) as (page, _seen):
        page.goto(address)
        old, new = page.locator(pairs).first.locator("td").evaluate_all(BOXES)
        assert old["right"] <= new["left"] + 1
    with opened(browser, room) as (page, _seen):
        page.set_viewport_size(NARROW)
        page.goto(address)
        old, new = page.locator(pairs).first.locator("td").evaluate_all(BOXES)
        assert old["bottom"] <= new["top"] + 1
        assert max(old["right"], new["right"]) <= NARROW["width"], "the new text can be seen without scrolling"


def test_the_whole_menu_is_seen_on_a_phone(browser: Browser, room: str) -> None:
    with opened(browser, room) as (page, _seen):
        page.set_viewport_size(NARROW)
        page.goto(room)
        links = page.locator("nav.main a").evaluate_all(BOXES)
        assert len(links) >= 8
        assert all(link["left"] >= 0 and link["right"] <= NARROW["width"] for link in links)


def test_the_table_of_sites_becomes_cards_on_a_phone_with_every_value_named(browser: Browser, room: str) -> None:
    with opened(browser, room) as (page, _seen):
        page.set_viewport_size(NARROW)
        page.goto(room)
        cells = page.locator("table.cards td").evaluate_all(BOXES)
        assert cells
        assert all(cell["right"] <= NARROW["width"] for cell in cells)
        labels = page.locator("table.cards td[data-label]").evaluate_all("all => all.map(one => getComputedStyle(one, '::before').content)")
        assert all(len(label) > len('""') for label in labels)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_table_that_goes_on_sideways_has_a_shade_at_that_edge_and_none_where_it_ends(
    browser: Browser, room: str, filled_store: Store, theme: Literal["light", "dark"]
) -> None:
    with opened(browser, room) as (page, _seen):
        page.set_viewport_size(NARROW)
        page.emulate_media(color_scheme=theme)
        page.goto(room + "/d/{document}".format(**places(filled_store)))
        region = page.locator(".wide:has(table.printed)").first
        assert page.locator(".swipe").first.is_visible()
        inner, outer = region.evaluate("one => [one.scrollWidth, one.clientWidth]")
        assert inner > outer, "the sample's table is wider than a phone"
        region.scroll_into_view_if_needed()
        assert shades(region.screenshot()) == (False, True)
        region.evaluate("one => { one.scrollLeft = one.scrollWidth; }")
        assert shades(region.screenshot()) == (True, False)


def shades(picture: bytes) -> tuple[bool, bool]:
    """Tell whether a region is shaded at its left and at its right edge: in most of its caption's lines, letters and borders apart."""
    image = Image.open(io.BytesIO(picture)).convert("L")
    middle, left, right = ([image.getpixel((x, y)) for y in range(1, 35)] for x in (image.width // 2, 1, image.width - 2))
    return _differ(left, middle), _differ(right, middle)


def _differ(edge: list[Any], middle: list[Any]) -> bool:
    return median(abs(one - other) for one, other in zip(edge, middle, strict=True)) > 10

"""The room is used by keyboard alone, without scripts, and on paper."""

from __future__ import annotations

import io

import pdfplumber
import pytest
from playwright.sync_api import Browser, Page

from normalizers.text.width import forms
from storage import corrections
from storage.store import Store
from tests.browser.looking import LANGUAGES, opened
from tests.browser.samples import places

REACHABLE = """() => {
  const shown = each => each.checkVisibility({ visibilityProperty: true }) && each.tabIndex >= 0 && !each.disabled;
  const wanted = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]';
  const all = [...document.querySelectorAll(wanted)].filter(shown);
  all.forEach((each, n) => { each.dataset.n = n; });
  // Of radio buttons of one name the browser stops at one only.
  const extra = all.filter(each => each.type === 'radio' && each !== (
    all.find(other => other.form === each.form && other.name === each.name && other.checked)
    ?? all.find(other => other.form === each.form && other.name === each.name)));
  return all.filter(each => !extra.includes(each)).map(each => each.dataset.n);
}"""
FOCUSED = """() => {
  const at = document.activeElement, style = getComputedStyle(at);
  const seen = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
  const place = at.getBoundingClientRect();
  return { n: at.dataset.n ?? null, seen, size: place.width * place.height };
}"""
INSIDE = 24
"""More stops than elements: a field for a day has one for its year, its month, its day, and its calendar."""
BY_KEYBOARD = (
    "/",
    "/tasks",
    "/d/{document}",
    "/records",
    "/corrections/new?about=%2Ftasks",
    "/review",
    "/sql",
    "/operations/sites/jiangsu",
)


@pytest.mark.parametrize("path", BY_KEYBOARD)
def test_the_tab_key_reaches_everything_and_shows_where_it_is(browser: Browser, room: str, filled_store: Store, path: str) -> None:
    with opened(browser, room) as (page, _seen):
        page.goto(room + path.format(**places(filled_store)))
        wanted = page.evaluate(REACHABLE)
        reached, hidden = stops(page, len(wanted))
        assert hidden == [], "focus can be seen wherever it is"
        assert [n for n in wanted if n not in reached] == []
        assert reached == sorted(reached, key=int), "in the order of the page"


def stops(page: Page, most: int) -> tuple[list[str], list[str]]:
    """Press Tab through a page; return where it stopped, and the stops at which nothing shows the focus."""
    reached: list[str] = []
    hidden: list[str] = []
    for _ in range(most + INSIDE):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUSED)
        if at["n"] is not None and at["n"] not in reached:
            reached.append(at["n"])
            if not at["seen"]:
                hidden.append(at["n"])
    return reached, hidden


def test_the_first_key_leads_past_the_head_to_the_content(browser: Browser, room: str) -> None:
    with opened(browser, room) as (page, _seen):
        page.goto(room + "/tasks")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        page.keyboard.press("Control+k")
        assert page.evaluate("document.activeElement.id") == "box"


def test_without_scripts_everything_can_be_asked_reported_and_switched(browser: Browser, room: str, filled_store: Store) -> None:
    with opened(browser, room, scripts=False) as (page, seen):
        page.goto(room + "/records")
        page.select_option("#f-kind", "penalty")
        page.click("form.asking button")
        assert "kind=penalty" in page.url
        assert page.locator("ol.records > li").count() > 0
        page.click("ol.records a >> nth=0")
        page.click("a.wrong >> nth=0")
        page.fill("#f-wrong", "名称写错了一个字")
        page.click("form.stacked button")
        assert page.url.startswith(f"{room}/corrections?sent=")
        assert "名称写错了一个字" in {row["wrong"] for row in corrections.listed(filled_store, state="new")}
        page.click("footer nav.choices a:has-text('English')")
        assert page.locator("html").get_attribute("lang") == "en"
        page.click("footer nav.choices a:has-text('Dark')")
        assert page.locator("html").get_attribute("data-theme") == "dark"
        assert seen.elsewhere == []


def test_a_form_of_another_page_changes_nothing(browser: Browser, room: str, filled_store: Store) -> None:
    before = len(corrections.listed(filled_store))
    with opened(browser, room) as (page, _seen):
        page.goto(room + "/corrections/new?about=%2Ftasks")
        page.evaluate("document.querySelector('main input[name=token]').value = 'x'.repeat(64)")
        page.fill("#f-wrong", "表单被改过")
        page.click("form.stacked button")
        assert len(corrections.listed(filled_store)) == before


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", ["/tasks", "/d/{document}", "/compare?old={document}%401&new={document}%402", "/s/{code}"])
def test_a_page_prints_on_a4_without_what_is_of_no_use_on_paper(
    browser: Browser, room: str, filled_store: Store, path: str, lang: str
) -> None:
    with opened(browser, room, lang) as (page, _seen):
        page.goto(room + path.format(**places(filled_store)))
        heading = page.inner_text("h1")
        shown = page.pdf(format="A4")
    with pdfplumber.open(io.BytesIO(shown)) as printed:
        text = "".join(sheet.extract_text() or "" for sheet in printed.pages)
        widths = {round(float(sheet.width)) for sheet in printed.pages}
    told = "".join(forms(text).text.split())  # some fonts write a radical for its character
    assert widths <= {595, 596}, "A4 is 210 mm wide"
    assert "".join(heading.split())[:12] in told
    assert "跳到正文" not in told and "Tothecontent" not in told

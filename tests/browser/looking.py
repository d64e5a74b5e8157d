"""What is held of a page in a browser: nothing in the console, no request to anybody else, nothing wider than the window, axe content."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, ViewportSize

WIDE, NARROW = ViewportSize(width=1280, height=900), ViewportSize(width=390, height=844)
LANGUAGES = {"zh": "zh-CN", "en": "en"}
THEMES = ("light", "dark")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
GRAVE = ("serious", "critical")
ALIKE = [
    "tbody tr:nth-child(n+7)", "main ol > li:nth-child(n+9)", "main ul > li:nth-child(n+25)", "main article:nth-of-type(n+7)",
    "main section section:nth-of-type(n+4)", "main section:nth-of-type(n+9)", "main details:nth-of-type(n+7)",
]  # fmt: skip
"""Rows beyond the first of a list are made as those before them: axe need not look at a thousand of them, so they are taken away first."""
AXE = f"""([options, alike]) => {{
  if (!window.axe) {{ {AXE_SCRIPT} }}
  for (const each of document.querySelectorAll(alike.join())) each.remove();
  for (const each of document.querySelectorAll('details')) each.open = true;
  return window.axe.run(document, options).then(found => found.violations.map(each => ({{
    rule: each.id, impact: each.impact, nodes: each.nodes.slice(0, 3).map(node => node.target.join(' ') + ': ' + node.failureSummary)
  }})));
}}"""
FORM = """() => ({
  language: document.documentElement.lang, title: document.title, headings: document.querySelectorAll('h1').length,
  mains: document.querySelectorAll('main').length, wide: document.documentElement.scrollWidth, window: window.innerWidth,
  levels: [...document.querySelectorAll('main h1, main h2, main h3, main h4')].map(each => Number(each.tagName[1])),
})"""


@dataclass
class Seen:
    """What a browser told while pages were open: lines of the console, errors of scripts, requests to others, requests that failed."""

    own: str
    console: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    requests: int = 0

    def begin(self, *refused: str) -> None:
        """Forget what was seen before; of some addresses it is known that they are refused."""
        self.console, self.elsewhere, self.refused, self.requests = [], [], set(refused), 0

    def on_console(self, message: ConsoleMessage) -> None:
        """Keep what is told as an error or a warning; that a page itself was refused is its status, which is held elsewhere."""
        refused = message.text.startswith("Failed to load resource") and message.location.get("url", "").partition("?")[0] in self.refused
        if message.type in ("error", "warning") and not refused:
            self.console.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def on_request(self, request: Request) -> None:
        """Keep requests to any other host."""
        self.requests += 1
        if urlsplit(request.url).netloc != urlsplit(self.own).netloc:
            self.elsewhere.append(request.url)


@contextmanager
def opened(browser: Browser, room: str, lang: str = "zh", *, scripts: bool = True) -> Iterator[tuple[Page, Seen]]:
    """Give a page of a reader of a language, and what is seen while it is used."""
    context: BrowserContext = browser.new_context(viewport=WIDE, java_script_enabled=scripts, color_scheme="light", reduced_motion="reduce")
    context.add_cookies([{"name": "lang", "value": lang, "url": room}])
    page, seen = context.new_page(), Seen(room)
    page.on("console", seen.on_console)
    page.on("pageerror", lambda error: seen.console.append(f"script: {error}"))
    page.on("request", seen.on_request)
    try:
        yield page, seen
    finally:
        context.close()


def form_of(page: Page) -> dict[str, Any]:
    """Return the form of a page: language, title, number of first headings and mains, widths, levels of headings."""
    found: dict[str, Any] = page.evaluate(FORM)
    return found


def grave(page: Page, rules: list[str] | None = None) -> list[str]:
    """Return what axe finds serious or critical, by all rules of WCAG 2.0 to 2.2 A and AA, or by some."""
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
    found = page.evaluate(AXE, [{"runOnly": only, "resultTypes": ["violations"]}, ALIKE])
    return [json.dumps(each, ensure_ascii=False) for each in found if each["impact"] in GRAVE]

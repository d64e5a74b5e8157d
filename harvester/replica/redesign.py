"""Redesigns: the same documents at the same addresses in pages that other people made, as when an office changes its CMS template.

A design rewrites the page templates, not the pages: class names and ids are other words, lists and headings other elements, nested
otherwise. What the CMS's own programs need stays (scripts, data stores, attributes), and so does every text that an editor wrote.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from jinja2 import Environment, PackageLoader

DESIGN: ContextVar[str] = ContextVar("design", default="")
"""The design of the pages that are rendered now: empty for the sites' own, else the name of a redesign."""

FIRST, SECOND = "redesign", "redesign-2"

_SYLLABLES = "lan mu nei rong lie biao kuang zheng wen xin xi gong kai dao hang tiao zhu ti yong hu fu jian qu yu".split()  # noqa: SIM905
_KEPT = frozenset({"pagination"})
"""Names by which the programs of a CMS find their own elements."""
_TAG = re.compile(r"<(/?)([a-zA-Z][\w:]*)((?:[\s{][^<>]*)?)>")
_SCRIPT = re.compile(r"(<script\b.*?</script>|<style\b.*?</style>)", re.DOTALL | re.IGNORECASE)
_NAMED = re.compile(r"""(\s)(class|id)\s*=\s*(?:"([^"]*)"|'([^']*)'|([\w-]+))""")
_LINE = re.compile(r"(<a\b[^\n]*?</a>)(<span\b[^\n]*?</span>)(</li>)")
_TITLE_META = re.compile(r'<meta name="ArticleTitle"[^>]*>\n?')
_OTHER_TAGS = {
    FIRST: {"ul": "div", "li": "div", "h1": "div", "h2": "div", "h3": "div", "h4": "div", "span": "em"},
    SECOND: {"ul": "section", "li": "article", "h1": "h2", "h2": "h4", "h3": "h2", "span": "i", "em": "b"},
}


class RedesignLoader(PackageLoader):
    """Loads the replica's templates as a redesign has them."""

    def __init__(self, design: str) -> None:
        super().__init__("harvester.replica", "templates")
        self.design = design

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool] | None]:
        """Return a template's source, rewritten."""
        source, name, fresh = super().get_source(environment, template)
        return redesigned(source, self.design), name, fresh


@contextmanager
def drawn(design: str) -> Iterator[None]:
    """Render pages in a design while the block runs, in this thread."""
    token = DESIGN.set(design)
    try:
        yield
    finally:
        DESIGN.reset(token)


def redesigned(source: str, design: str) -> str:
    """Return a template as a redesign has it; scripts stay."""
    if design == SECOND:
        source = _TITLE_META.sub("", _LINE.sub(r"\2\1\3", source))
    parts = _SCRIPT.split(source)
    return "".join(part if _SCRIPT.fullmatch(part) else _TAG.sub(lambda tag: _tag(tag, design), part) for part in parts)


def _tag(found: re.Match[str], design: str) -> str:
    closing, name, attributes = found.groups()
    other = _OTHER_TAGS[design].get(name, name)
    if closing:
        return f"</div></{other}>" if name == "li" else f"</{other}>"
    tag = f"<{other}{_NAMED.sub(lambda named: _renamed(named, design), attributes)}>"
    return f'{tag}<div class="{word("row", design)}">' if name == "li" else tag


def _renamed(found: re.Match[str], design: str) -> str:
    before, attribute, *values = found.groups()
    value = next((value for value in values if value is not None), "")
    if "{" in value or value in _KEPT:
        return found[0]
    words = [each if each in _KEPT else word(each, design) for each in value.split()]
    # The second redesign knows no ids: an element that had both has two attributes of which the first counts, as readers of HTML do.
    return f'{before}{"class" if design == SECOND and attribute == "id" else attribute}="{" ".join(words)}"'


def word(name: str, design: str) -> str:
    """Return the word that a redesign has for a class or an id."""
    mark = hashlib.sha256(f"{design}|{name}".encode()).digest()
    return "-".join(_SYLLABLES[byte % len(_SYLLABLES)] for byte in mark[:3])

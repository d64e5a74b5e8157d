"""One catalogue of what the program says to people: English in the code, 中文 in ``locale/zh/messages.po``.

The language is that of ``HARVESTER_LANG``, else of the locale (``LC_ALL``, ``LC_MESSAGES``, ``LANG``). Names in JSON and CSV are
part of the stable interface and are never translated.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

LANGUAGES = ("en", "zh")
FOLDER = Path(__file__).with_name("locale")
_ENTRY = re.compile(r'^msgid "(.+)"\n(?:msgid_plural "(.+)"\nmsgstr\[0\]|msgstr) "(.+)"$', re.MULTILINE)
"""A message of the catalogue. Every string stands on one line, and Chinese has one form for any number: all that is used of the format."""
_ESCAPED = re.compile(r"\\(.)")


class Catalogue:
    """What the program says, in one language; what it has no words for is said as the code has it."""

    def __init__(self, told: Mapping[str, str]) -> None:
        self.told = told

    def gettext(self, message: str) -> str:
        """Return a message in this language."""
        return self.told.get(message, message)

    def ngettext(self, one: str, many: str, n: int) -> str:
        """Return a message that counts, in the form for ``n``."""
        return self.told.get(one) or (one if n == 1 else many)


def language() -> str:
    """Return ``zh`` where the user asked for Chinese, else ``en``."""
    wanted = next((os.environ[name] for name in ("HARVESTER_LANG", "LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "en")
    return "zh" if wanted.lower().startswith("zh") else "en"


@lru_cache(maxsize=len(LANGUAGES))
def catalogue(lang: str) -> Catalogue:
    """Return the translations into ``lang``; English is the language of the code and needs none."""
    return Catalogue({} if lang == "en" else read((FOLDER / lang / "messages.po").read_text("utf-8")))


def read(source: str) -> dict[str, str]:
    """Return what a catalogue says for each message, of those that count for the form for one.

    Each call of the program reads it: a library for catalogues, which keeps comments and places too, takes thirty times as long.
    """
    return {_plain(one): _plain(told) for one, _many, told in _ENTRY.findall(source)}


def _plain(written: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] == "n" else found[1], written) if "\\" in written else written


def counted(one: str, many: str, n: int, lang: str = "", **more: object) -> str:
    """Return a message with the number ``n`` in it, in the form that its language wants for so many; ``more`` are its other fields."""
    return catalogue(lang or language()).ngettext(one, many, n).format(n=f"{n:,}", **more)


def listed(names: Iterable[str], lang: str = "") -> str:
    """Return names one after the other: with 、 in Chinese, with commas in English."""
    return ("、" if (lang or language()) == "zh" else ", ").join(names)


def _(message: str, lang: str = "") -> str:
    """Return ``message`` in ``lang`` (``en`` or ``zh``), without one in the user's language."""
    return catalogue(lang or language()).gettext(message)

"""One catalogue of what the program says to people: English in the code, 中文 in ``locale/zh/messages.po``.

The language is that of ``HARVESTER_LANG``, else of the locale (``LC_ALL``, ``LC_MESSAGES``, ``LANG``). Names in JSON and CSV are
part of the stable interface and are never translated.
"""

from __future__ import annotations

import gettext
import io
import os
from functools import lru_cache
from importlib import resources

LANGUAGES = ("en", "zh")


def language() -> str:
    """Return ``zh`` where the user asked for Chinese, else ``en``."""
    wanted = next((os.environ[name] for name in ("HARVESTER_LANG", "LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "en")
    return "zh" if wanted.lower().startswith("zh") else "en"


@lru_cache(maxsize=len(LANGUAGES))
def catalogue(lang: str) -> gettext.NullTranslations:
    """Return the translations into ``lang``; English is the language of the code and needs none."""
    if lang == "en":
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    source = resources.files("harvester").joinpath("locale", lang, "messages.po").read_bytes()
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(source), locale=lang))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def counted(one: str, many: str, n: int, lang: str = "", **more: object) -> str:
    """Return a message with the number ``n`` in it, in the form that its language wants for so many; ``more`` are its other fields."""
    return catalogue(lang or language()).ngettext(one, many, n).format(n=f"{n:,}", **more)


def _(message: str, lang: str = "") -> str:
    """Return ``message`` in ``lang`` (``en`` or ``zh``), without one in the user's language."""
    return catalogue(lang or language()).gettext(message)

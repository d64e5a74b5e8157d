"""Names of natural persons, reduced: 张某."""

from __future__ import annotations

import re
from functools import lru_cache

from normalizers.privacy.tables import rows, surnames

_SPLIT = re.compile(r"([、，,;；/和与及\s]+)")
_HAN_NAME = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]{2,4}")
_REDUCED = re.compile(r"(?:[\u3400-\u9fff]{0,2}某[某甲乙丙丁0-9]{0,2}|〔[^〔〕]*〕)")
_BLANK = re.compile(r"(?<=[\u3400-\u9fff])[ \u3000\u200b]+(?=[\u3400-\u9fff])")


def surname_of(name: str) -> str:
    """Return the surname a Han name begins with, "" for one that begins with none."""
    known = surnames()
    return name[:2] if name[:2] in known and len(name) > 2 else name[:1] if name[:1] in known else ""


@lru_cache
def _words() -> frozenset[str]:
    return frozenset(row["word"] for row in rows("not_names"))


def is_name(text: str) -> bool:
    """Tell whether this looks like the name of a person: a surname, one or two characters more, and no word that begins like one."""
    surname = surname_of(text)
    given = len(text) - len(surname)
    return bool(surname) and 1 <= given <= 2 and "某" not in text and text[:2] not in _words() and _HAN_NAME.fullmatch(text) is not None


def reduce_name(name: str) -> str:
    """Return a person's name reduced to the surname and 某 (欧阳某), to 某 where no surname is known; several names one by one.

    Names reduced before stay. Empty text stays empty.
    """
    text = name.strip()
    if not text:
        return ""
    if len(text) <= 6 and _HAN_NAME.fullmatch(joined := _BLANK.sub("", text)):
        return _one(joined)
    parts = _SPLIT.split(text)
    if len(parts) > 1 and all(_HAN_NAME.fullmatch(part) or _REDUCED.fullmatch(part) for part in parts[::2] if part):
        return "".join(_one(part) if index % 2 == 0 else part for index, part in enumerate(parts))
    return _one(text)


def _one(name: str) -> str:
    if not name or _REDUCED.fullmatch(name):
        return name
    if _HAN_NAME.fullmatch(name):
        return f"{surname_of(name)}某"
    return "某"


def split_names(text: str) -> list[str]:
    """Return the names in a list of names, without the blanks within them."""
    joined = _BLANK.sub("", text.strip())
    if _HAN_NAME.fullmatch(joined):
        return [joined]
    return [part for part in _SPLIT.split(text)[::2] if part]

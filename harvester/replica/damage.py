"""Damage a traditional-script text the way careless copying sites do: some characters get their reading in brackets, 區 becomes 區(qū)."""

from __future__ import annotations

import re
from collections.abc import Collection

from pypinyin import Style, lazy_pinyin

ANNOTATED = "區業聯發規數據務統機關際應實監領標準護構讓優鄉個風獎"
"""Which characters the copying site annotates: a fixed list, as such sites have, without a rule behind it."""


def insert_readings(text: str, characters: Collection[str] = ANNOTATED) -> str:
    """Return ``text`` with the toned reading in half-width brackets after every one of ``characters``."""
    wanted = re.compile("[" + re.escape("".join(characters)) + "]")
    return wanted.sub(lambda found: f"{found[0]}({_reading(found[0])})", text)


def _reading(character: str) -> str:
    return str(lazy_pinyin(character, style=Style.TONE)[0])

"""Single characters: their simplified forms, and which of them simplified text does not hold (OpenCC, GB/T 2312)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import opencc


@lru_cache(maxsize=4)
def converter(name: str) -> opencc.OpenCC:
    """Return a converter of OpenCC by the name of its configuration."""
    import opencc  # late: what only folds words or tells scripts apart should not wait for it

    return opencc.OpenCC(name)


@lru_cache(maxsize=4)
def forms(name: str) -> dict[str, str]:
    """Return what a converter makes of each single character, where it changes it."""
    chars = [chr(code) for code in range(0x4E00, 0xA000)]
    found = str(converter(name).convert("\n".join(chars))).split("\n")
    return {char: form for char, form in zip(chars, found, strict=True) if form != char and len(form) == 1}


def simplified_forms() -> dict[str, str]:
    """Return the simplified form of every character that has another one."""
    return forms("tw2s")


@lru_cache(maxsize=1)
def differing_forms() -> re.Pattern[str]:
    """Match the characters that ``t2s`` and ``tw2s`` turn differently (著, 么), and those whose forms are not looked at here.

    Of 90,000 phrases of OpenCC's dictionaries and 380,000 joined parts of them, none without such a character differed.
    """
    plain, taiwan = forms("t2s"), forms("tw2s")
    different = (char for char in {*plain, *taiwan} if plain.get(char) != taiwan.get(char))
    return re.compile(f"[{''.join(different)}\uf900-\ufaff\U00010000-\U0010ffff]")


def known(char: str, charset: str) -> bool:
    """Tell whether a charset has a character."""
    try:
        char.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


@lru_cache(maxsize=1)
def traditional_only() -> re.Pattern[str]:
    """Match characters that simplified text does not hold: they have a simplified form and GB/T 2312 lacks them (it has 乾, 於)."""
    return re.compile(f"[{''.join(c for c in forms('tw2s') if not known(c, 'gb2312'))}]")


def is_traditional_character(char: str) -> bool:
    """Tell whether a character has no place in simplified text."""
    return traditional_only().match(char) is not None

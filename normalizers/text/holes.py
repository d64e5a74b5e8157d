"""Characters of which a byte was lost, guessed from the words around them, or left."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from normalizers.text.charsets import LATIN, common_characters
from normalizers.text.likelihood import UNKNOWN, Likelihood
from normalizers.text.wrongread import UNDEFINED, Hole

MARGIN = 2.5
"""How much likelier (natural logarithm) a guess must be than the next one."""

CONTEXT = 4
"""Characters to either side by which a guess is ranked."""

MOST = 2000
"""So many lost characters of one document are guessed at; a text that lost more is not worth the time."""


MOST_CHOICES = 64
"""Of more characters than these none is picked."""


_DEMANDED = tuple(
    (re.compile(before), char)
    for before, char in (
        (r"(?<!\d)(?:19|20)\d\d$", "年"),
        (r"年(?:0?[1-9]|1[0-2])$", "月"),
        (r"月(?:0?[1-9]|[12]\d|3[01])$", "日"),
        (r"(?:年|\d月)底$", "前"),
        (r"(?:时限|[体责头合导办]单位|[责头合导办]部门|时间)$", "："),
    )
)
"""What the grammar of dates and labels asks for behind these characters, where the bytes that are left allow it."""


class Filler:
    """Fills the holes of one document."""

    def __init__(self) -> None:
        self._likelihood = Likelihood()
        self._left = MOST

    def learn(self, text: str) -> None:
        """Take the document's own phrases into account, and allow the full number of guesses again."""
        self._likelihood.learn(text)
        self._left = MOST

    def fluency(self, chars: Sequence[str]) -> float:
        """Return the log-likelihood a character of a text; that of an empty one is the worst there is."""
        return self._likelihood.score("".join(chars)) / len(chars) if chars else UNKNOWN

    def fill(self, chars: Sequence[str | Hole], before: str, after: str, read_as: str) -> tuple[str, int, int]:
        """Return the characters as a text, how many of them were guessed, and how many stay U+FFFD."""
        out: list[str] = []
        guessed = left = 0
        for at, char in enumerate(chars):
            if isinstance(char, str):
                out.append(char)
                continue
            following = "".join(c for c in chars[at + 1 : at + 1 + CONTEXT] if isinstance(c, str)) if at + 1 < len(chars) else after
            guess = self._guess(char, (before + "".join(out[-CONTEXT:]))[-CONTEXT:], following, read_as)
            guessed += bool(guess)
            left += not guess
            out.append(guess or "\ufffd")
        return "".join(out), guessed, left

    def _guess(self, hole: Hole, before: str, after: str, read_as: str) -> str:
        self._left -= 1
        fits = list(_candidates(hole.pattern, read_as)) if self._left >= 0 else []
        if len(fits) < 2:
            return fits[0] if fits else ""
        demanded = next((char for ends, char in _DEMANDED if char in fits and ends.search(before)), "")
        if demanded:
            return demanded
        score = self._likelihood.score
        ranked = sorted(((score(before + char + after), char) for char in fits), reverse=True)
        return ranked[0][1] if ranked[0][0] - ranked[1][0] >= MARGIN else ""


def _candidates(pattern: tuple[int | None, ...], read_as: str) -> Iterator[str]:
    """Yield the characters that fit a UTF-8 sequence with bytes unknown: windows-1252 loses five bytes only."""
    if pattern.count(None) == 1:
        yield from _fitting(pattern, UNDEFINED if read_as == LATIN else tuple(range(0x80, 0xC0)))
    elif pattern[0] is not None and len(pattern) == 3:
        yield from _everyday_from(pattern[0])


@lru_cache(maxsize=4096)
def _fitting(pattern: tuple[int | None, ...], values: tuple[int, ...]) -> tuple[str, ...]:
    found = (bytes(value if byte is None else byte for byte in pattern).decode("utf-8", "ignore") for value in values)
    return tuple(char for char in found if len(char) == 1 and char.isprintable())


@lru_cache(maxsize=16)
def _everyday_from(lead: int) -> tuple[str, ...]:
    """Return the common characters whose UTF-8 begins with a byte, where few enough to choose from: punctuation, mostly."""
    found = tuple(sorted(char for char in common_characters() if char.encode("utf-8")[0] == lead))
    return found if len(found) <= MOST_CHOICES else ()

"""Persons whom a text introduces by their part in it (法定代表人张三, 被告李四、王五): where their names stand.

A surname and one or two characters more; where two could be enough, what follows decides. Surnames that are common words too (应, 于,
时) count only when the name ends at a mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from normalizers.privacy.names import is_name, surname_of
from normalizers.privacy.tables import any_of, rows

_STOPS = frozenset(
    "的在于向与和及等系称说因将被对从未已为是经由到至述提供作签承认之不并且还均也都就有无曾共自以按把给让同前后时所其某女男受负领收交付请欠借驾持拒擅违偿证申"
)
"""Characters that go on with the sentence rather than with a name."""

_ROLE = any_of(row["role"] for row in rows("roles"))
_INTRODUCED = re.compile(
    rf"(?:{_ROLE})(?:姓名)?[ ]{{0,2}}(?:[（(][^()（）\n]{{0,10}}[)）])?"
    rf"(?P<glue>[ ：:“\"]{{0,3}}(?:[为是系叫名由](?!何|否|指)|姓名)?[ ：:“\"]{{0,3}})"
)
_NEXT = re.compile(r"[、和及与](?=[\u3400-\u9fff])")
_HAN = re.compile(r"[\u3400-\u9fff·]")
_ENDS = re.compile(r"[\s，,。；;、（(）)：:”\"]|$")
MOST_TOGETHER = 30
"""Names in one list."""


def introduced(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the names of introduced persons stand."""
    for found in _INTRODUCED.finditer(text):
        position = found.end()
        for _ in range(MOST_TOGETHER):
            end = _end_of_name(text, position)
            if end == position:
                break
            yield position, end
            after = _NEXT.match(text, end)
            if after is None:
                break
            position = after.end()


def _end_of_name(text: str, start: int) -> int:
    """Return where the name that begins here ends, ``start`` where none begins."""
    piece = text[start : start + 4]
    surname = surname_of(piece[:3] if len(piece) > 2 else piece)
    if not surname:
        return start
    for given in (2, 1):
        end = start + len(surname) + given
        name = text[start:end]
        if len(name) == len(surname) + given and is_name(name) and not _STOPS & set(name[len(surname) :]) and _ended(text, end, name):
            return end
    return start


def _ended(text: str, end: int, name: str) -> bool:
    return not is_doubtful(name) or _ENDS.match(text, end) is not None


def is_doubtful(name: str) -> bool:
    """Tell whether a name begins with a surname that is a common word too."""
    return name[:1] in _doubtful()


def _doubtful() -> frozenset[str]:
    return _DOUBTFUL


_DOUBTFUL = frozenset(row["surname"] for row in rows("surnames") if row["doubtful"])

"""Persons whom a text introduces by their part in it (法定代表人张三, 被告李四、王五): where their names stand.

A surname and one or two characters more; where two could be enough, what follows decides. Surnames that are common words too (应, 于,
时) count only when the name ends at a mark.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files

from normalizers.privacy.names import is_name, surname_of
from normalizers.privacy.tables import any_of, rows, spaced
from normalizers.privacy.view import fold

_STOPS = frozenset(
    "的在于向与和及等系称说因将被对从未已为是经由到至述提供作签承认之不并且还均也都就有无曾共自以按把给让同前后时所其某女男受负领收交付请欠借驾持拒擅违偿证申"
)
"""Characters that go on with the sentence rather than with a name."""

_ROLE = any_of(row["role"] for row in rows("roles"))
_INTRODUCED = re.compile(
    rf"(?:{_ROLE})(?:姓名)?[ ]{{0,2}}(?:[（(][^()（）\n]{{0,10}}[)）])?"
    rf"(?P<glue>[ ：:“\"]{{0,3}}(?:[为是系叫名由](?!何|否|指)|姓名)?[ ：:“\"]{{0,3}})"
)
_TOLD = re.compile(
    rf"(?:{_ROLE}|{spaced('姓名')})(?:{spaced('姓名')})?[ ]{{0,2}}(?:[（(][^()（）\n]{{0,10}}[)）])?[ ]{{0,2}}(?P<mark>[:：]?)[ ]{{0,4}}"
    r"(?=[^\s:：，,。；;、（）()])"
)
_WHOLE = re.compile(
    r"[\u3400-\u9fff](?:[ ]{0,4}[\u3400-\u9fff]){1,3}(?=[ ]{0,4}(?:[，,。；;、（()）\n\t”\"]|$)|[ ]{1,4}[\u3400-\u9fff]{2,6}[:：])"
)
_POINTED = re.compile(r"[\u3400-\u9fff]{1,8}(?:[·•・‧.*][\u3400-\u9fff]{1,10}){1,4}")
_LATIN = re.compile(r"[A-Z][A-Za-z'\-]{1,20}(?:[ ,.·]{1,2}[A-Z][A-Za-z'\-]{0,20}){1,4}(?![A-Za-z])")
_NOBODY = re.compile("同上|暂无|不详|未知|空白|本人|无此|另行|详见|见附|如下|[一-鿿]*(?:公司|部门|单位|某)")
_NEXT = re.compile(r"[、和及与](?=[\u3400-\u9fff])")
_HAN = re.compile(r"[\u3400-\u9fff·]")
_ENDS = re.compile(r"[\s，,。；;、（(）)：:”\"]|$")
_IN_NAMES_OF_FIRMS = frozenset("有和及与同等前后时证")
_BODY = re.compile("公司|合作社|事务所|委员会|中心|医院|学校|幼儿园|超市|经营部|酒店|饭店|宾馆|药店|药房|集团|商行|商店|厂|店")
_RUN = re.compile(f'[^{"".join(sorted(_STOPS - _IN_NAMES_OF_FIRMS))}\\s，,。；;、（(）)：:”"]*')
_FOREIGN_BODY = re.compile(r"\b(?:ltd|limited|inc|co|corp|company|llc|gmbh|plc|group|bank|holdings?|university)\b", re.IGNORECASE)
LONGEST_BODY = 24
"""Characters in which the name of a firm shows by its last word."""

MOST_TOGETHER = 30
"""Names in one list."""


def introduced(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the names of introduced persons stand."""
    text = fold(text)
    yield from _told(text)
    for found in _INTRODUCED.finditer(text):
        position = found.end()
        for _ in range(MOST_TOGETHER):
            end = (
                _end_of_name(text, position)
                if position == found.end()
                else max(_end_of_name(text, position), _end_of_whole(text, position))
            )
            if end == position:
                break
            yield position, end
            after = _NEXT.match(text, end)
            if after is None:
                break
            position = after.end()


def _told(text: str) -> Iterator[tuple[int, int]]:
    """Yield the names that fill the place behind a part and a colon (联系人：褚时间), and foreign ones that stand behind a part."""
    for found in _TOLD.finditer(text):
        position = found.end()
        for _ in range(MOST_TOGETHER):
            name = _POINTED.match(text, position) or (_LATIN.match(text, position) if found["mark"] else None)
            if name is None and (found["mark"] or position > found.end()):
                name = _WHOLE.match(text, position)
                name = name if name and surname_of(name[0].replace(" ", "")) and not _NOBODY.match(name[0]) else None
            if name is None or _BODY.search(name[0]) or _FOREIGN_BODY.search(name[0]):
                break
            yield name.span()
            after = _NEXT.match(text, name.end())
            if after is None:
                break
            position = after.end()


def _end_of_whole(text: str, start: int) -> int:
    """Return where the next of several names ends that fills the place between two marks, ``start`` where none does."""
    name = _WHOLE.match(text, start)
    fits = name and surname_of(name[0]) and not _NOBODY.match(name[0]) and not _BODY.search(name[0])
    return name.end() if name and fits else start


def _end_of_name(text: str, start: int) -> int:
    """Return where the name that begins here ends, ``start`` where none begins."""
    piece = text[start : start + 4]
    if _begins_a_body(text, start):
        return start
    surname = surname_of(piece[:3] if len(piece) > 2 else piece)
    if not surname:
        return start
    for given in (2, 1):
        end = start + len(surname) + given
        name = text[start:end]
        if len(name) == len(surname) + given and is_name(name) and not _STOPS & set(name[len(surname) :]) and _ended(text, end, name):
            return end
    return start


def _begins_a_body(text: str, start: int) -> bool:
    """Tell whether a place, or the name of a firm, begins here rather than a person's name."""
    if any(text.startswith(place, start) for place in _places().get(text[start : start + 2], ())):
        return True
    run = _RUN.match(text, start, start + LONGEST_BODY)
    return run is not None and _BODY.search(run[0]) is not None


@lru_cache
def _places() -> dict[str, list[str]]:
    """Return the names of cities and counties by their first two characters (马鞍山, 金华)."""
    named: dict[str, list[str]] = {}
    for file in ("regions", "regions_elsewhere"):
        with (files("normalizers.agencies") / "data" / f"{file}.csv").open(encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                for name in (row["name"], *row["short_names"].split("|")):
                    if len(name) > 2 or (len(name) == 2 and row["level"] in ("province", "city", "prefecture")):
                        named.setdefault(name[:2], []).append(name)
    return named


def _ended(text: str, end: int, name: str) -> bool:
    return not is_doubtful(name) or _ENDS.match(text, end) is not None


def is_doubtful(name: str) -> bool:
    """Tell whether a name begins with a surname that is a common word too."""
    return name[:1] in _doubtful()


def _doubtful() -> frozenset[str]:
    return _DOUBTFUL


_DOUBTFUL = frozenset(row["surname"] for row in rows("surnames") if row["doubtful"])

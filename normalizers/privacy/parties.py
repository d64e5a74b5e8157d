"""Paragraphs that introduce a person: 张某，男，1980年3月2日出生，汉族，住……; and forms that say the same line by line.

What makes a paragraph one is a sex between commas beside a birth date, an ethnicity, a dwelling or an identity number. Its sex, age,
ethnicity, birth date and dwelling are masked and the name is reduced, there and wherever else the text says it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from normalizers.privacy.labelled import DAY, NEARBY, end_of_address, of_persons, telephones
from normalizers.privacy.names import is_name, reduce_name
from normalizers.privacy.numbers import phones
from normalizers.privacy.records import Finding, Mode
from normalizers.privacy.tables import any_of, rows

PARTY, NAME = 8, 9
"""Ranks of what a party paragraph tells."""

LONGEST = 600
"""So long may a party paragraph be."""

MOST_NAMES = 200
"""So many names are looked for in the rest of a text."""

_ROLE = any_of(row["role"] for row in rows("roles"))
_SEX = re.compile(r"(?:(?<=[，,、；;（(\s])|(?<=，[ ]))(?P<sex>男|女)性?(?=[，,、；;）)\s。])")
_NAME_BEFORE = re.compile(
    rf"(?:^|[\s，,。；;：:、（(“\"【\]\x1e]|{_ROLE}|如下)(?:\d{{1,2}}[.、])?(?P<name>[\u3400-\u9fff](?:[ ]?[\u3400-\u9fff·]){{1,13}})"
    rf"(?:[（(][^()（）\n]{{1,20}}[)）])?[，,、；;（(\s]{{1,3}}$"
)
_STRIPPED = re.compile(rf"^(?:{_ROLE}|姓名|以下简称)+[为是系]?")
_END = re.compile(r"[。\x1e]|\n[ \u3000]*\n|\n(?=[^\n：:]{1,12}[：:])")
_AGE = re.compile(r"(?<![0-9])(?:[0-9]{1,3}|[一二三四五六七八九十]{1,3})周?岁")
_ETHNICITY = re.compile(r"(?<=[，,、；;\s（(])[\u4e00-\u9fff]{1,5}族(?=[，,、；;\s。）)])")
_BORN = re.compile(rf"(?:出?生于)?(?P<value>{DAY})[ ]{{0,2}}(?:出生|生(?=[\s，,。；;、）)]|$)|(?=[，,]))")
_DWELLING = re.compile(
    r"(?:户籍所在地|户籍地址|户籍地|户籍|户口所在地|经常居住地|居住地|现住址|现居住?于?|现住所?地?|暂住地?|家住|住所地?|住址|籍贯|(?<![\u4e00-\u9fff])住(?!宿|院|房|建|户))"
    r"[:：为在于是]{0,2}[ ]?(?P<value>[^\s〔。；;，,、|：:][^\t〔。；;，,|：:\n]{1,80})"
)
_SCHOOLING = re.compile(r"(?:小学|初中|高中|中专|大专|大学|本科|专科|研究生|文盲)[\u4e00-\u9fff]{0,4}文化|文化程度")
_IDENTIFIED = re.compile(
    rf"(?:^|[\s，,。；;：:、（(“\"]|{_ROLE})(?P<name>[\u3400-\u9fff]{{2,4}})[（(，,：:\s]{{1,3}}(?=(?:公民)?(?:居民)?(?:身份|护照|社会保障))"
)
_CALLED = re.compile(
    rf"(?:姓名|{_ROLE})[ ]{{0,2}}(?:[（(][^()（）\n]{{0,10}}[)）])?[：:\t][ \t\n]{{0,4}}"
    rf"(?P<name>[\u3400-\u9fff](?:[ ]{{0,4}}[\u3400-\u9fff]){{1,3}})(?=[\s，,。；;（(]|$)"
)


def parties(text: str, mode: Mode, known: Sequence[Finding]) -> list[Finding]:
    """Return what the party paragraphs and forms of a view's text say of persons, and every other place that says their names.

    ``known`` is what was found without them.
    """
    found: list[Finding] = []
    names: set[str] = set()
    past = -1
    for sex in _SEX.finditer(text):
        if sex.start() < past:
            continue
        past = _paragraph(text, sex, mode, found, names, known)
    if mode is Mode.DOCUMENT:
        found += _forms(text, known)
    if known or found:
        _named(text, [*known, *found], found, names)
    found += _everywhere(text, names)
    return found


def _paragraph(text: str, sex: re.Match[str], mode: Mode, found: list[Finding], names: set[str], known: Sequence[Finding]) -> int:
    """Add what the paragraph around a sex says, when it introduces a person; return where it ends, or where to look on."""
    stop = _END.search(text, sex.end(), sex.end() + LONGEST)
    following = _SEX.search(text, sex.end(), sex.end() + LONGEST)
    end = min([stop.start() if stop else min(len(text), sex.end() + LONGEST), following.start() if following else len(text)])
    start = max(0, sex.start() - 40)
    before = _NAME_BEFORE.search(text, start, sex.start())
    name = _STRIPPED.sub("", before["name"].replace(" ", "")) if before else ""
    said = list(_said(text, sex, end))
    kinds = {one.kind for one in said}
    sure = len(kinds & {"birth", "ethnicity", "address"}) + bool(_SCHOOLING.search(text, sex.end(), end))
    sure += any(sex.start() - 60 <= one.start < end and one.kind in _IDENTITIES for one in known)
    person = is_name(name) or "某" in name
    if sure + (mode is Mode.RECORD and "age" in kinds) < (1 if person else 2):
        return sex.end()
    found.append(Finding(sex.start("sex"), sex.end("sex"), PARTY, "sex"))
    found.extend(said)
    if mode is Mode.DOCUMENT:
        found.extend(one for one in (*phones(text[:end], sex.end()), *telephones(text[:end], sex.end())))
    if before and person:
        names.add(name)
        position = (
            before.end("name") - len(before["name"]) + before["name"].rindex(name[0]) if " " not in before["name"] else before.start("name")
        )
        found.append(Finding(position, before.end("name"), NAME, "name", reduce_name(name)))
    return sex.end()


_IDENTITIES = frozenset(("resident", "identity", "passport", "permit", "residence", "military"))


def _said(text: str, sex: re.Match[str], end: int) -> Iterator[Finding]:
    position = sex.end()
    for kind, pattern in (("birth", _BORN), ("ethnicity", _ETHNICITY), ("age", _AGE)):
        for found in pattern.finditer(text, position, end):
            place = found.span("value") if kind == "birth" else found.span()
            yield Finding(*place, PARTY, kind)
    for found in _DWELLING.finditer(text, position, end):
        yield Finding(found.start("value"), end_of_address(text, found.start("value"), found.end("value")), PARTY, "address")


def _forms(text: str, known: Sequence[Finding]) -> Iterator[Finding]:
    """Yield labelled personal data of a document that stands near something else personal."""
    asked = [*of_persons(text), *telephones(text, 0), *phones(text, 0)]
    around = sorted((one for one in (*known, *asked) if one.kind not in ("phone", "bank")), key=lambda one: one.start)
    starts = [one.start for one in around]
    for one in asked:
        first = _first_after(starts, one.start - NEARBY)
        for other in around[first : first + 12]:
            if other.start > one.end + NEARBY:
                break
            if other.kind != one.kind:
                yield one
                break


def _first_after(starts: Sequence[int], place: int) -> int:
    return bisect_left(starts, place)


def _named(text: str, personal: Iterable[Finding], found: list[Finding], names: set[str]) -> None:
    """Add the names that stand right before an identity number, or are labelled near something personal."""
    for one in _IDENTIFIED.finditer(text):
        if is_name(one["name"]):
            names.add(one["name"])
    near = sorted(one.start for one in personal)
    for one in _CALLED.finditer(text):
        name = one["name"].replace(" ", "")
        at = _first_after(near, one.start() - NEARBY)
        if is_name(name) and at < len(near) and near[at] < one.end() + NEARBY:
            names.add(name)
            found.append(Finding(*one.span("name"), NAME, "name", reduce_name(name)))


def _everywhere(text: str, names: Iterable[str]) -> Iterator[Finding]:
    chosen = sorted((name for name in names if len(name) > 1 and "某" not in name), key=len, reverse=True)[:MOST_NAMES]
    if chosen:
        for found in re.finditer("|".join(re.escape(name) for name in chosen), text):
            yield Finding(*found.span(), NAME, "name", reduce_name(found[0]))

"""Who issued a document and when: the signature above its date, else its heading, its page, its title."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from normalizers.deadlines.printed import read
from normalizers.deadlines.units import find_units
from normalizers.metadata.lines import MAX_LINE, Line, dated_tail, only_date
from normalizers.metadata.words import words_pattern

MAX_BODIES = 30
"""Bodies of one joint signature; thirty-odd ministries have signed together, no more."""
MAX_DATED = 200
"""Lines with a day from either end of a text among which its signature is looked for; a text with more is a list of dates."""
LAST_LINES = 12
"""Lines at the end of a text in which a bare date is its signed date."""
MAX_NAME = 40
MAX_IMPRINTS = 2000
"""Lines from the end of a text among which its imprint stands; papers that it brings may follow."""
MAX_IMPRINT = 60
"""Characters of an imprint: the printing office, its day, 印发."""

_SEAL = re.compile(rf"[(（\[【]\s*(?:{words_pattern('issuer', 'seals').pattern})\s*[)）\]】]")
_NOISE = re.compile(r"&\w{2,6};?|[()（）\[\]]$")
_BODY = re.compile(
    rf"[\u4e00-\u9fff（）()·“”]{{0,{MAX_NAME}}}(?:{words_pattern('issuer', 'endings').pattern})(?:[（(][^（）()]{{1,12}}[）)])?"
)
_NUMERIC = re.compile(r"\d{4}\s*[-./]")
_HEADING = re.compile(r"(?P<bodies>.{2,200}?)\s*文\s*件")
_MASTHEAD = re.compile(
    r"(?P<bodies>[\u4e00-\u9fff（）()、\s]{2,60}?)\s*(?:令|公\s*告|通\s*告)(?:\s*[（(]?(?:\d{4}\s*年)?\s*第.{1,8}号[）)]?)?"
)
_ABOUT = re.compile(r"^(?P<bodies>[^《》]{2,120}?)(?:关于|印发|转发|批转|公告|令|通告|对)")
_ORDERED = re.compile(r"(?:以|由)?(?P<who>[\u4e00-\u9fff]{2,30}?)令?第?(?P<count>\d{1,4})号(?:令)?")
_OFFICER = re.compile(rf"(?:代\s*)?(?:{words_pattern('issuer', 'officers').pattern})\s*[:：]?\s*[\u4e00-\u9fff·\s]{{2,12}}")
_NOTE = re.compile(r"[（(].{0,200}(?:公布|通过|发布|印发|颁布|批准)")


@dataclass(frozen=True, slots=True)
class Signature:
    """The bodies as printed and the day they signed, ``None`` where none is printed."""

    bodies: tuple[str, ...] = ()
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """The number, bodies and day of the order that made a regulation known."""

    number: str = ""
    bodies: tuple[str, ...] = ()
    day: date | None = None


def _joined(parts: list[str]) -> list[str]:
    """Join names that are printed letter by letter (交 通 运 输 部)."""
    if len(parts) > 1 and all(len(part) == 1 for part in parts):
        return ["".join(parts)]
    return parts


def bodies_in(raw: str) -> tuple[str, ...]:
    """Return the bodies that a line consists of, parted by blanks or 、; nothing when any part of it is no body."""
    text = _NOISE.sub("", _SEAL.sub("", raw)).strip()
    wide = [part for part in re.split(r"\s{2,}|\t|\u3000+|、|，|；", text) if part]
    parts = [name for part in wide for name in _names(part)]
    return tuple(parts) if parts and all(_BODY.fullmatch(part) and len(part) >= 3 for part in parts) else ()


def _names(part: str) -> list[str]:
    """Return the names of a part with single blanks: several where each is a body, one where blanks lie inside it."""
    single = _joined(part.split())
    if all(_BODY.fullmatch(name) and len(name) > 2 for name in single):
        return single
    return ["".join(single)]


def read_signature(lines: list[Line]) -> Signature:
    """Return the first signature with bodies above or before its date; a bare date at the very end of a text is signed too.

    Days printed in digits only (2018-04-09) are the page's, 印发 lines are the printer's: neither is the day of issue.
    """
    dated = [i for i, line in enumerate(lines) if "日" in line.raw and line.short and not _NUMERIC.match(line.raw)]
    for i in [*dated[:MAX_DATED], *dated[MAX_DATED:][-MAX_DATED:]]:
        line = lines[i]
        day = only_date(line.raw)
        bodies = _bodies_above(lines, i) if day else ()
        if day and (bodies or (i and _OFFICER.fullmatch("".join(lines[i - 1].raw.split())))):
            return Signature(bodies, day)
        tail = None if day else dated_tail(line.raw)
        if tail and (named := bodies_in(tail[0])):
            return Signature((*_bodies_above(lines, i), *named), tail[1])
    return Signature((), _bare_day(lines))


def _bodies_above(lines: list[Line], index: int) -> tuple[str, ...]:
    found: list[str] = []
    for line in reversed(lines[max(0, index - MAX_BODIES) : index]):
        named = bodies_in(line.raw) if line.short else ()
        if not named:
            break
        found[:0] = named
    return tuple(dict.fromkeys(found))


def _bare_day(lines: list[Line]) -> date | None:
    """Return a day without bodies: in brackets below the title, or at the end of the text behind its sentences."""
    for line in lines[1:6]:
        if line.raw.startswith(("(", "（")) and not _NUMERIC.match(line.raw[1:]) and (day := only_date(line.raw)):
            return day
    if not any("。" in line.text for line in lines):
        return None
    for line in reversed(lines[max(4, len(lines) - LAST_LINES) :]):
        if line.short and not _NUMERIC.match(line.raw) and (day := only_date(line.raw)):
            return day
    return None


def read_note(lines: list[Line]) -> Note:
    """Return what the note below the title of a regulation states (（2012年6月15日某省人民政府令第302号公布 …修订）).

    The first day of 公布 counts, else that of 通过; an empty ``Note`` where there is none.
    """
    for line in lines[1:8]:
        if _NOTE.match(line.raw) and len(line.raw) <= MAX_LINE:
            return _noted(read(line.raw).text)
    return Note()


def _noted(plain: str) -> Note:
    days = [unit for unit in find_units(plain) if unit.grain == "day" and unit.year is not None]
    for verbs in (("公布", "发布", "印发", "颁布"), ("通过", "批准")):
        for unit, following in zip(days, [*days[1:], None], strict=False):
            said = plain[unit.end : following.pos if following else len(plain)]
            if any(verb in said for verb in verbs):
                order = _ORDERED.match(said)
                bodies = bodies_in(order["who"].removeprefix("中华人民共和国")) if order else ()
                number = f"{order['who']}令第{order['count']}号" if order else ""
                return Note(number, bodies, unit.days(unit.year or 0)[0])
    return Note()


def printed_day(lines: list[Line]) -> date | None:
    """Return the day in the imprint (某办公室 2014年4月29日印发), ``None`` where there is none."""
    for line in lines[: -MAX_IMPRINTS - 1 : -1]:
        if line.short and len(line.text) <= MAX_IMPRINT and re.search(r"印\s*发\s*$", line.raw):
            plain = read(line.raw).text.removesuffix("印发")
            days = [unit for unit in find_units(plain) if unit.grain == "day" and unit.year is not None]
            if len(days) == 1 and days[0].end == len(plain):
                return days[0].days(days[0].year or 0)[0]
    return None


def heading_bodies(lines: list[Line]) -> tuple[str, ...]:
    """Return the bodies of the red heading (甲 乙 文件) or of an order or announcement (甲令), empty where there is none."""
    for line in lines[:15]:
        match = (_HEADING.fullmatch(line.raw) or _MASTHEAD.fullmatch(line.raw)) if line.short else None
        if match and (bodies := bodies_in(match["bodies"])):
            return bodies
    return ()


def title_bodies(title: str) -> tuple[str, ...]:
    """Return the bodies that a title begins with (甲、乙关于印发…), empty where it names none."""
    match = _ABOUT.match(title)
    return bodies_in(match["bodies"]) if match else ()

"""Numbers that are personal by themselves: resident numbers, residence cards, bank cards, mobile telephones; whole or partly hidden.

A number may stand in groups, with blanks, hyphens or dots between them, or over line breaks. It must begin where a group begins and end
where one ends, so that columns of figures do not join to a number by chance.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from normalizers.codes.personal import is_personal_number
from normalizers.codes.resident import PROVINCES, is_resident_number
from normalizers.privacy import checks
from normalizers.privacy.records import Finding, Mode
from normalizers.privacy.tables import provinces

RESIDENT, RESIDENCE, BANK, PHONE = 0, 1, 2, 4
"""Ranks: the first that finds a place names its kind."""

_RUN = re.compile(r"[0-9]++(?:[ \n\-_.·/]{1,12}+[0-9]++)*+(?:[ \n\-_.·]{0,12}+[Xx](?![0-9A-Za-z]))?")
_GROUP = re.compile(r"[0-9]+|[Xx]")
_HIDDEN = re.compile(
    r"(?<![0-9A-Za-z*])(?P<near>[0-9]{2,14}[ \-]?(?:[*#?_]{2,16}|[xX]{3,16})[0-9*xX#]{0,16})(?P<apart>[ \-][0-9*xX#]{1,8})?"
)
MARKS = " \n\t-_.·/~'`|,:;*()[]{}<>+=\"、\\"
"""Marks that may cut a number into pieces, as they are after folding."""


def cut_number(marks: str, *, apart: bool = True) -> re.Pattern[str]:
    """Return a pattern for the digits of a resident number with these marks between any of them; ``apart``: none of a longer run."""
    between = f"[{re.escape(marks)}]{{0,6}}+"
    digits = [
        "[1-8]",
        *["[0-9]"] * 5,
        f"(?:1{between}[89]|2{between}0)",
        "[0-9]",
        "[0-9]",
        "[01]",
        "[0-9]",
        "[0-3]",
        *["[0-9]"] * 4,
        "[0-9Xx]",
    ]
    return re.compile(("(?<![0-9A-Za-z])" if apart else "") + between.join(digits) + "(?![0-9A-Za-z])")


_CUT = cut_number(MARKS)
"""A resident number that any marks cut into pieces: [310115][19800302]…, 310~115~…, one character a cell."""
_CUT_GROUPS = re.compile(r"6,8,4|6,8,3,1|6,4,4,4|(?:3,){5}3|(?:4,){4}2|17,1|1(?:,1){17}|\d+,\d+")
_SLIPPED = re.compile(r"(?<![0-9A-Za-z])[0-9OoIl]{17}[0-9OoIlXx](?![0-9A-Za-z])")
_SLIPS = str.maketrans("OoIl", "0011")
"""Letters that reading by machine takes for digits; the codes of GB 32100 have none of them."""
_ABRIDGED = re.compile(
    r"(?<![0-9A-Za-z.])(?P<head>[1-8][0-9]{5}(?:(?:19|20)[0-9]{2})?)(?:…{1,8}|-{3,16}|[.]{3,16}|~{2,16}|某{1,12})(?P<tail>[0-9]{3}[0-9Xx])(?![0-9A-Za-z])"
)
_DIVIDED = frozenset("\t,|;、\n")
_ASKED = re.compile(r"身份|证件|证照|ID|sfz|SFZ", re.IGNORECASE)
MOST_TO_LABEL = 40
"""So far before a number in pieces that could be cells of a table its label may stand."""
_CARD_GROUPS = re.compile(r"(?:4,){3}[1-4]|(?:4,){4}[1-3]|6,1[0-3]|6,4,4,[45]|6,8,[2-5]|1(?:,1)+")
_REGULAR = re.compile(r"1(?:,1)+(?:,2)?|(?:2,)+[123]")
_PHONE = re.compile(
    r"(?:(?<![0-9A-Za-z_/=.%#&*])|(?<=1[3-9][0-9]{9}/)|(?<=[Tt][Ee][Ll]\.))"
    r"(?:\(?\+?(?:00)?86\)?[ \-]{0,2})?1[ \-]?[3-9][ \-]?[0-9](?:[ \-\n]{0,2}[0-9]){8}(?![0-9A-Za-z])(?![.,]\d)"
)
_POINTED = re.compile(
    r"(?<![0-9A-Za-z_/=.%#&*(])(?:\+?(?:00)?86[ \-]?)?"
    r"(?:\(1[3-9][0-9]\)[ ]?[0-9]{4}[ \-]?[0-9]{4}|1[3-9][0-9](?P<mark>[./_~·])[0-9]{4}(?P=mark)[0-9]{4})"
    r"(?![0-9A-Za-z])(?![.,/]\d)"
)
_PHONE_GROUPS = frozenset(
    ((11,), (3, 4, 4), (3, 3, 5), (3, 8), (4, 4, 3), (4, 3, 4), (7, 4), (3, 5, 3), (5, 6), (1,) * 11, (6, 5), (3, 2, 2, 2, 2))
)
_PREFIX = re.compile(r"^\(?\+?(?:00)?86\)?[ \-]{0,2}(?=1)")
_QUANTITY = re.compile(r"\s{0,2}(?:元|万|亿|美元|吨|公斤|千克|平方米|亩|件|个|户|人次|%|号文|条|股|[)）〕\]】]?\s?号)")
_URL_BEFORE = frozenset("_/=%&#?")
_HIDDEN_CARDS = ("35", "37", "95")
_BEFORE_SERIAL = frozenset("第〕】].")
_CENTURIES = ("18", "19", "20")
SHORTEST = 11
MOST_GROUPS = 6
"""Of unequal lengths; 320102 1980 03 07 451 X has six."""


@dataclass(frozen=True, slots=True)
class _Run:
    """A run of groups of digits: ``digits`` joined, ``begins`` and ``ends`` of each group among them and in the text."""

    digits: str
    begins: tuple[int, ...]
    ends: tuple[int, ...]
    starts: tuple[int, ...]
    stops: tuple[int, ...]


def numbers(text: str, mode: Mode) -> Iterator[Finding]:
    """Yield the personal numbers of a view's text."""
    for found in _RUN.finditer(text):
        if found.end() - found.start() >= SHORTEST:
            yield from _identities(text, found)
    yield from _in_pieces(text)
    yield from _hidden(text, mode)
    if mode is Mode.RECORD:
        yield from phones(text)


def _identities(text: str, found: re.Match[str]) -> Iterator[Finding]:
    groups = list(_GROUP.finditer(found[0]))
    marked = len(groups) > 1 and groups[-1][0] in "Xx"
    yield from _among(text, _groups(found, groups))
    if marked:  # or what follows is no check character, but the next word
        yield from _among(text, _groups(found, groups[:-1]))


def _among(text: str, run: _Run) -> Iterator[Finding]:
    """Yield the personal numbers among the groups of a run."""
    if len(run.digits) < 15:
        return
    past = 0
    for first, begin in enumerate(run.begins):
        if begin < past:
            continue
        for length, kind, rank, likely, test in _TESTS:
            number = run.digits[begin : begin + length]
            if len(number) < length or not likely(number):
                continue
            last = bisect_left(run.ends, begin + length)
            if last == len(run.ends) or run.ends[last] != begin + length:
                continue
            place = (run.starts[first], run.stops[last])
            if test(text, place, number, tuple(run.ends[i] - run.begins[i] for i in range(first, last + 1))):
                word = provinces().get(number[:2], "") if kind == "resident" else ""
                yield Finding(*place, rank, kind, word)
                past = begin + length
                break


def _in_pieces(text: str) -> Iterator[Finding]:
    """Yield resident numbers with a right check character that unusual marks cut, misread letters spoil, or whose middle is left out."""
    for found in _CUT.finditer(text):
        number = "".join(_GROUP.findall(found[0])).upper()
        groups = ",".join(str(len(group)) for group in _GROUP.findall(found[0]))
        if (
            is_resident_number(number)
            and _CUT_GROUPS.fullmatch(groups)
            and is_personal_number(number)
            and _is_one_number(text, found, groups)
        ):
            yield _resident(found, number)
    for found in _SLIPPED.finditer(text):
        number = found[0].translate(_SLIPS).upper()
        if is_resident_number(number) and not found[0].isdigit():
            yield _resident(found, number)
    for found in _ABRIDGED.finditer(text):
        if found["head"][:2] in PROVINCES and not checks.labelled(text, found.start()) and not _QUANTITY.match(text, found.end()):
            yield _resident(found, found["head"])


def _is_one_number(text: str, found: re.Match[str], groups: str) -> bool:
    """Tell whether the pieces are no cells of a table: cells of one digit each are those of a form, others need a label nearby."""
    if not _DIVIDED & set(found[0]) or groups.startswith("1,1"):
        return True
    return _ASKED.search(text, max(0, found.start() - MOST_TO_LABEL), found.start()) is not None


def _resident(found: re.Match[str], number: str) -> Finding:
    return Finding(*found.span(), RESIDENT, "resident", provinces().get(number[:2], ""))


def _likely_resident(number: str) -> bool:
    """Tell at a glance whether province, century and month can be those of a resident number."""
    return number[6:8] in _CENTURIES and number[10] in "01" and number[:2] in PROVINCES


def _likely_old_resident(number: str) -> bool:
    return number[8] in "01" and number[:2] in PROVINCES


def _likely_residence_card(number: str) -> bool:
    return number[0] == "9" and number[6:8] in _CENTURIES


def _likely_card(number: str) -> bool:
    return number[0] in "345689"


def _groups(found: re.Match[str], groups: list[re.Match[str]]) -> _Run:
    begins, length = [], 0
    for group in groups:
        begins.append(length)
        length += len(group[0])
    digits = "".join(group[0] for group in groups).upper()
    if len(groups) > 1 and groups[-1][0] in "Xx":  # the check character belongs to the group before it, wherever it stands
        length = len(groups) - 1
        begins.pop()
    else:
        length = len(groups)
    ends = [*begins[1:], len(digits)]
    offset = found.start()
    stops = [offset + group.end() for group in groups[:length]]
    stops[-1] = offset + groups[-1].end()
    return _Run(digits, tuple(begins), tuple(ends), tuple(offset + group.start() for group in groups[:length]), tuple(stops))


def _alone(text: str, start: int, end: int) -> bool:
    """Tell whether a number is a word of its own, no part of a name, an address or a longer mark."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isascii() and before.isalnum()) and before not in _URL_BEFORE and not (after.isascii() and after.isalnum())


def _is_resident(text: str, place: tuple[int, int], number: str, groups: tuple[int, ...]) -> bool:
    if number[:2] not in PROVINCES or "X" in number[:-1] or not _plain(groups):
        return False
    if is_resident_number(number):
        return is_personal_number(number) and not (checks.is_credit_code(number) and checks.labelled(text, place[0]) == "credit")
    if len(groups) > 1 or not checks.is_nearly_resident(number) or checks.is_credit_code(number):
        return False
    return _alone(text, *place) and not _in_document_number(text, *place) and not checks.labelled(text, place[0])


def _in_document_number(text: str, start: int, end: int) -> bool:
    """Tell whether a number is the end of a document's: 〔2024〕…, 第…, …号."""
    return text[start - 1 : start] in _BEFORE_SERIAL or text[end : end + 1] == "号"


def _is_resident_with_more(text: str, place: tuple[int, int], number: str, groups: tuple[int, ...]) -> bool:
    """Numbers of taxpayers and of disabled persons: a resident number and two characters."""
    return len(groups) == 1 and number[:2] in PROVINCES and "X" not in number[:17] and is_resident_number(number[:18])


def _is_old_tax_number(text: str, place: tuple[int, int], number: str, groups: tuple[int, ...]) -> bool:
    """Numbers of taxpayers made of an old resident number and two digits."""
    return len(groups) == 1 and is_resident_number(number[:15]) and checks.labelled(text, place[0]) == "tax"


def _is_old_resident(text: str, place: tuple[int, int], number: str, groups: tuple[int, ...]) -> bool:
    if groups not in ((15,), (6, 6, 3), (6, 9), (12, 3), (6, 2, 2, 2, 3)) or "X" in number or not is_personal_number(number):
        return False
    if not _alone(text, *place) or _in_document_number(text, *place):
        return False
    what = checks.labelled(text, place[0])
    if what == "registration":
        return not checks.is_registration_number(number)
    if what == "tax":
        return not checks.is_organization_code(number[6:])
    return not what


def _is_residence_card(text: str, place: tuple[int, int], number: str, groups: tuple[int, ...]) -> bool:
    return number[0] == "9" and "X" not in number[:-1] and checks.is_residence_card(number) and not checks.is_surely_credit_code(number)


def _is_card(text: str, place: tuple[int, int], number: str, groups: tuple[int, ...]) -> bool:
    if len(groups) > 1 and not _CARD_GROUPS.fullmatch(",".join(map(str, groups))):
        return False
    if not checks.is_card(number) or not _alone(text, *place) or checks.is_credit_code(number):
        return False
    return not checks.labelled(text, place[0])


def _plain(groups: tuple[int, ...]) -> bool:
    """Tell whether digits may stand together in such groups: a few, or all of them alike."""
    return len(groups) <= MOST_GROUPS or _REGULAR.fullmatch(",".join(map(str, groups))) is not None


_TESTS = (
    (20, "resident", RESIDENT, _likely_resident, _is_resident_with_more),
    (18, "resident", RESIDENT, _likely_resident, _is_resident),
    (18, "residence", RESIDENCE, _likely_residence_card, _is_residence_card),
    (17, "resident", RESIDENT, _likely_old_resident, _is_old_tax_number),
    *((length, "bank", BANK, _likely_card, _is_card) for length in (19, 18, 17, 16)),
    (15, "resident", RESIDENT, _likely_old_resident, _is_old_resident),
    (15, "bank", BANK, _likely_card, _is_card),
)


def _hidden(text: str, mode: Mode) -> Iterator[Finding]:
    """Yield numbers that are hidden in part: what is left still shows a birth place, a network, or the end of a number."""
    for found in _HIDDEN.finditer(text):
        for end in (found.end(), found.end("near")):  # what stands apart may be its end, or another number
            number = text[found.start() : end].replace(" ", "").replace("-", "").upper()
            shown = len(number) - len(number.lstrip("0123456789"))
            kind = _hidden_kind(number, shown, text, found.start())
            if kind:
                break
        if kind and (kind != "phone" or mode is Mode.RECORD):
            word = provinces().get(number[:2], "") if kind == "resident" else ""
            yield Finding(found.start(), end, RESIDENT, kind, word)


def _hidden_kind(number: str, shown: int, text: str, start: int) -> str:
    if checks.labelled(text, start):
        return ""
    if len(number) == SHORTEST and shown >= 2 and number[0] == "1" and number[1] in "3456789":
        return "phone"
    if number[:2] in PROVINCES and (len(number) in (15, 18) or (shown >= 4 and 12 <= len(number) <= 20)):
        return "resident"
    if shown >= 4 and 12 <= len(number) <= 23 and (number[0] in "456" or number[:2] in _HIDDEN_CARDS):
        return "bank"
    return ""


def phones(text: str, start: int = 0) -> Iterator[Finding]:
    """Yield the mobile telephones of a text from a place on."""
    yield from (
        Finding(*found.span(), PHONE, "phone") for found in _POINTED.finditer(text, start) if not checks.labelled(text, found.start())
    )
    for found in _PHONE.finditer(text, start):
        groups = tuple(len(group[0]) for group in _GROUP.finditer(_PREFIX.sub("", found[0])))
        if groups not in _PHONE_GROUPS or ("\n" in found[0] and groups[0] < 3):
            continue
        if (
            not _QUANTITY.match(text, found.end())
            and not checks.labelled(text, found.start())
            and text[found.start() - 1 : found.start()] != "第"
        ):
            yield Finding(*found.span(), PHONE, "phone")

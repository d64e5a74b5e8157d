"""Names of organisations in tables and in running text: what may be one, what surely is none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from normalizers.notices.list_words import pattern, words

LONGEST = 60
"""Characters of the longest name of a firm; the longest registered ones have about fifty."""
MIN_NAME = 4
"""Characters of the shortest name that is looked for in running text."""
CODE = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-Z]{9}[0-9A-Z]|\d{15}|\d{13}|[0-9A-Z]{8}-[0-9X])(?![0-9A-Za-z-])", re.IGNORECASE
)
"""The shape of a unified code, an old registration number or an organisation code; whether it is right is not asked here."""
_INSIDE = r"\w·•．.&＆'’\-—－＋+"
_BRACKETS = r"（[^（）\n]{1,20}）|\([^()\n]{1,20}\)"
_PERSON = re.compile(r"[\u4e00-\u9fff][\u4e00-\u9fff某xX*＊×·○〇]{1,3}")
_TAIL = re.compile(rf"(?:{_BRACKETS})+$")
_CLASS = re.compile(
    r"(?:诚信|守信|失信|信用|示范|优秀|先进|良好|严重|违法|一般|各类|上述|下列|以下|其他|有关|相关|民营|中小微?|重点|建筑|施工|生产|经营|用人|社会|参评|[A-D]{1,3}级|[红黑]名单|家?)*"
    r"(?:企业|单位|公司|主体|商户|经营户|个体工商户|个体户|社会组织|机构|学校|医院|协会|合作社|农户|门店|商店|超市|饭店)"
)
"""Words for a class of organisations, as headings have them; no name."""
_SOME = re.compile(
    r"[一几两数多这那某每][家个间户所]|小[厂店]$|的\w{1,3}$|(?:该|(?<!日)本|各|我|贵|你们?|其|此|两|上述|下列)(?:有限)?(?:公司|集团|厂|店|校|院|合作社|单位|企业|经营部|商行|酒店|超市)$"
)
"""Words that speak of a firm without naming it (一家小厂, 你公司)."""
_POOR_CODE = re.compile(r"[0-9A-Z]{17,19}|\d{13,15}")
"""A code with a slip in it: too long, too short, a letter that codes have not."""
_CREW = re.compile(
    r"(?:施工|工程|建筑|建设|地质|勘[察查探测]|测绘|钻[井探]|打井|运输|装卸|航[运道]|林业调查|水文)\w{0,4}(?:总队|大队|中队|分队|队|处)$"
)
"""Crews that build, drill or carry are firms, whatever the state's word for their size."""
_LATIN = re.compile(r"\b(?:Ltd|Inc|LLC|GmbH|Corp)\b", re.IGNORECASE)


def _bare(text: str) -> str:
    return _TAIL.sub("", "".join(text.split()))


def is_code(text: str) -> bool:
    """Tell whether a cell is nothing but a code, hidden digits (****) and blanks in it allowed."""
    flat = "".join(unicodedata.normalize("NFKC", text[:80]).split()).upper().replace("*", "0")
    return bool(CODE.fullmatch(flat)) or bool(_POOR_CODE.fullmatch(flat))


def is_body(text: str) -> bool:
    """Tell whether a text names a body of the state or a place."""
    bare = _bare(text)
    return bare.endswith(words("bodies")) and not bare.endswith(("公司", "集团")) and not _CREW.search(bare)


def is_organization(text: str) -> bool:
    """Tell whether a text is the name of an organisation that is no body of the state, by its last word."""
    flat = "".join(text.split())
    if not 3 <= len(flat) <= LONGEST or re.search(r"[。；;：:，,！？?]", flat):
        return False
    bare = _bare(flat)
    if _CLASS.fullmatch(bare):
        return False
    ends = (
        bare.endswith(words("organizations"))
        or bool(_CREW.search(bare))
        or flat.endswith(("（有限合伙）", "（普通合伙）", "(有限合伙)"))
        or bool(_LATIN.search(text))
    )
    return ends and not is_body(bare)


def is_person(text: str) -> bool:
    """Tell whether a text has the shape of a person's name, masked or not."""
    flat = "".join(text.split())
    return bool(_PERSON.fullmatch(flat)) and not is_body(flat)


_OFFICER = re.compile(r"(?P<name>[\u4e00-\u9fff·]{2,6})\s*[（(，,]\s*(?:时任|曾任|现任|原任|原|系|男|女|身份证)[^）)]{1,60}[）)]?")


def officer(text: str) -> str:
    """Return the name of a person that a cell gives with an office or a number behind it (…（时任经理）), empty for any other cell."""
    found = _OFFICER.fullmatch(text.strip())
    return found["name"] if found and is_person(found["name"]) and not is_organization(found["name"]) else ""


_LEADING = re.compile(
    r"\s*(?:\d{1,3}\s?[.．、)）]|[（(]\d{1,3}[)）]|[①-⑳]|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[)）])\s*"
    r"|.*[的](?=.{4})"
    rf"|(?:{pattern('before').pattern})(?=.{{4}})"
    r"|[0-9一二三四五六七八九十]+[家户个批名](?:企业|单位|主体|公司)?(?=.{4})"
)


# --- in running text ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Named:
    """A name in a text, at ``start`` up to ``end``; ``code`` stands behind it, in its bracket or after a comma, up to ``stop``."""

    name: str
    start: int
    end: int
    code: str = ""
    stop: int = 0


_BEHIND = re.compile(
    r"\s*(?:[（(](?P<inside>[^（）()\n]{0,80}(?:[（(][^（）()\n]{0,20}[）)][^（）()\n]{0,60})?)[）)]"
    r"|[,，、:：;；]?\s*(?:(?:统一)?(?:社会)?信用代码(?:证号)?|纳税人识别号|税号|组织机构代码|(?:工商)?注册号|营业执照号)码?(?:[:：为是]|\s)*(?P<plain>[0-9A-Za-z*＊]{15,18}))"
)
_BRANCH = re.compile(rf"[{_INSIDE}（）()]{{0,24}}?(?:分公司|分厂|分店|营业部|项目部|分院|分校|门店)")
_SUBSIDIARY = re.compile(rf"(?:(?![的和与及对向将把被由为等因于在、])[{_INSIDE}（）()]){{1,20}}?(?:有限责任公司|股份有限公司|有限公司)")
"""What makes the name of a group or a firm that of one below it (…集团第四工程有限公司)."""
_ITEM_NAME = re.compile(rf"[{_INSIDE}]{{3,50}}(?=$|[\s（(，,；;。：:])")
_NOT_INSIDE = re.compile(rf"[^{_INSIDE}（）()]")


def names_in(text: str) -> Iterator[Named]:
    """Yield the names of firms in running text: words that end as firms' names do, what stands before them in the sentence taken off."""
    last = 0
    for found in pattern("firm_endings").finditer(text):
        if found.start() < last:
            continue
        longer = _BRANCH.match(text, found.end()) or _SUBSIDIARY.match(text, found.end())
        stop = longer.end() if longer else found.end()
        start = _start(text, max(last, found.start() - LONGEST), found.start())
        name = text[start:stop]
        if (
            len(name) < MIN_NAME
            or _SOME.search(name)
            or name.count("（") != name.count("）")
            or name.count("(") != name.count(")")
            or name in words("no_names")
        ):
            continue
        behind = _BEHIND.match(text, stop)
        code = CODE.search((behind["inside"] or behind["plain"] or "").upper()) if behind else None
        last = behind.end() if behind and code else stop
        yield Named(name, start, stop, code[0] if code else "", last)


def item_name(line: str, start: int) -> Named | None:
    """Return the name that an item of a list begins with at ``start``, whatever its ending (阳光书社（城东）), ``None`` without one."""
    found = _ITEM_NAME.match(line, start)
    if not found or "的" in found[0] or not is_organization(found[0]) or len(found[0]) < MIN_NAME or _lead(found[0]) > 1:
        return None
    behind = _BEHIND.match(line, found.end())
    code = CODE.search((behind["inside"] or behind["plain"] or "").upper()) if behind else None
    return Named(found[0], start, found.end(), code[0] if code else "", behind.end() if behind and code else found.end())


def _start(text: str, floor: int, ending: int) -> int:
    """Return where the name begins whose ending begins at ``ending``, at ``floor`` or behind it."""
    barred = [found.end() for found in _NOT_INSIDE.finditer(text, floor, ending)]
    start = barred[-1] if barred else floor
    return start + _lead(text[start:ending] + "公司")


def _lead(words_before: str) -> int:
    """Return how many characters of a match stand before the name: numbering, verbs, the rest of a clause."""
    at = 0
    while found := _LEADING.match(words_before, at):
        at = found.end()
    return at

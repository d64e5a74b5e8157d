"""Standing clauses: words in a bracket, heading or note that hold for more than the item they stand in (labels.md, rule 6)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FIRST = re.compile(
    r"(?:首位|首家|首个|打头|第\s?[一1]\s?(?:顺位|位次|位|个|家|名|责任)?|(?:排|列|位|署)(?:名|序|列)?(?:在|于)?(?:最)?(?:前|首)[面列位]?)"
    r"[^，,；;。、（()）：:]{0,14}?(?:为|是|系|即|作为|担任)[^，,；;。、（()）：:]{0,8}?(?:牵头|主办|主责)"
)
_EXCEPTION = re.compile(r"除[^，,。；;、（()）]{1,24}外\s*[，,]?\s*$")
"""What a clause leaves out: 除标注为“牵头”单位外，列第一位的为牵头单位."""
_LAST_FIRST = re.compile(
    r"(?:牵头|主办|主责)(?:单位|部门|责任单位)?[^，,；;。、（()）：:]{0,4}?(?:排|列|居|位)(?:名|序|列)?(?:在|于)?(?:首|第一|最前)[位名个]?"
)
_ONWARD = re.compile(r"[，,；;、]?\s*(?:下同|以下同|以下均同|以下皆同|以下相同|以下类同|后同|其余同|其他同|以下同此)")
_STARRED = re.compile(r"[*＊★☆▲△●#][^，,；;。（()）]{0,14}?(?:为|是|系)[^，,；;。（()）]{0,6}?牵头")
_NO_MORE = re.compile(
    r"不(?:再|另)(?:单列|(?:一一|逐一|单独|另行|重复|分别|逐项|赘|具体)?(?:列出|列明|罗列|列举|列入|列示|列|标注|注明|说明|重复|述|(?:做|作|进行)?(?:具体)?分工|明确))"
)
_BODY = re.compile(r"各(?!项|条|类|自)(?:(?!作为)[^，,。；;：:均都为需须应负参落配按承]){1,24}")
_NAMED = re.compile(
    r"(?:均|都|皆)?(?:需要?|须|由|涉及|包括|包含|含)(?P<body>[^，,。；;：:]{2,30}?)(?:组织|负责|配合|参与|贯彻|具体|共同|落实|实施|执行|推进|作为|$)"
)
_DEFAULT = re.compile(
    r"除[^，,。；;]{0,16}?(?:注明|标注|说明|明确|规定)[^，,。；;]{0,10}?外[，,]?[^，,。；;：:由]{0,12}?由(?P<body>[^，,。；;：:]{2,30}?)(?:组织|具体)?(?:负责|落实|实施)"
    r"|(?P<all>各[^，,。；;：:、均都皆]{1,24}?)(?:均|都|皆)(?:为|是|系)(?:责任|配合|落实|实施|参与)(?:单位|部门|主体)(?=[，,；;]?\s*(?:以?下同|以下均同|以下相同))"
)
"""A body that takes part wherever no other is named: 除特别注明外，均由各县负责; 各县均为责任单位，下同."""
SIGNS = re.compile(r"不|除|[均都皆]|牵头|主[办责]")
"""What every standing clause holds: a look for it spares most cells the search for the clauses."""
_FROM_HERE = re.compile(r"[本此该](?:项|条|款|任务)?(?:任务|工作)?(?:及|和|与|、)?以下")
"""A clause that begins with its own item: 本项及以下各项均需…"""
_STOPS = "。；;：:\n"


@dataclass(frozen=True, slots=True)
class Clauses:
    """What a text says beyond its own item: ``first_is_lead`` for the item, ``onward`` for all later ones too (下同).

    ``starred``: a mark (*, ★) tells the lead. ``implied`` is the body that later items leave out; ``below``: not this one.
    """

    first_is_lead: bool = False
    onward: bool = False
    starred: bool = False
    implied: str = ""
    below: bool = False

    def __bool__(self) -> bool:
        """Tell whether there is any clause."""
        return self.first_is_lead or self.starred or bool(self.implied)

    def __or__(self, other: Clauses) -> Clauses:
        """Return the clauses of two texts together."""
        if other is NO_CLAUSES:  # as nearly all texts have none
            return self
        return Clauses(
            self.first_is_lead or other.first_is_lead,
            self.onward or other.onward,
            self.starred or other.starred,
            self.implied or other.implied,
            self.below or other.below,
        )


NO_CLAUSES = Clauses()


def split_clauses(text: str) -> tuple[str, Clauses]:
    """Return ``text`` without its standing clauses, and the clauses."""
    if not SIGNS.search(text):
        return text, NO_CLAUSES
    text, implied, below = _take_implied(text)
    text, first, onward = _take_first(text)
    text, starred = _take(_STARRED, text)
    return text, Clauses(first, onward, starred, implied, below)


def _take_implied(text: str) -> tuple[str, str, bool]:
    found = _NO_MORE.search(text)
    if found is None:
        return _take_default(text)
    start = _sentence_start(text, found.start())
    sentence = text[start + 1 : found.start()]
    own = _FROM_HERE.search(sentence)
    here = own.start() if own else sentence.find("以下")
    body = _implied_body(sentence)
    if here > 0 and (own or not re.search(r"(?:均|都|皆|为|[需须])", sentence[:here])):
        start += here  # 各市人民政府，以下均需…: the words before belong to the list
    if not body:
        return text, "", False
    rest = text[: start + 1] + _behind(text, found.end())
    return rest.replace("（）", "").replace("()", "").rstrip("，,；;。 "), body, own is None and -1 < here < sentence.find(body)


def _take_default(text: str) -> tuple[str, str, bool]:
    found = _DEFAULT.search(text)
    if found is None:
        return text, "", False
    rest = text[: found.start()].rstrip("，,；;。、 ") + _behind(text, found.end())
    return rest.replace("（）", "").replace("()", "").rstrip("，,；;。 "), found["body"] or found["all"], False


def _behind(text: str, end: int) -> str:
    """Return the words behind a clause without its 下同 and its stop."""
    onward = _ONWARD.match(text, end)
    return text[onward.end() if onward else end :].lstrip("。；;，, ")


def _sentence_start(text: str, end: int) -> int:
    """Return the place of the stop or the open bracket before the sentence that ends at ``end``, -1 where it opens the text."""
    depth = 0
    for at in range(end - 1, -1, -1):
        if text[at] in "）)":
            depth += 1
        elif text[at] in "（(":
            depth -= 1
        if depth < 0 or text[at] in _STOPS:
            return at
    return -1


def _implied_body(sentence: str) -> str:
    sentence = sentence.rstrip("，,、 ")
    below = sentence[max(sentence.find("以下"), 0) :]
    for part in (below, sentence):
        named = _BODY.search(part) or _NAMED.search(part)
        if named:
            return (named["body"] if "body" in named.groupdict() else named.group()).strip("、 也还")
    return ""


def _take_first(text: str) -> tuple[str, bool, bool]:
    found = _FIRST.search(text) or _LAST_FIRST.search(text)
    if found is None:
        return text, False, False
    start, end = _segment(text, found.start(), found.end())
    if exception := _EXCEPTION.search(text[:start]):
        start = exception.start()
    onward = _ONWARD.match(text, end)
    if onward:
        end = onward.end()
    if start and end < len(text) and text[start - 1] in "（(" and text[end] in "）)":
        start, end = start - 1, end + 1
        onward = onward or _ONWARD.match(text, end)
        end = max(end, onward.end() if onward else end)
    return text[:start].rstrip("，,；;、。 ") + text[end:], True, onward is not None


def _segment(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the bounds of the comma-parted piece around ``start:end``."""
    while start and text[start - 1] not in "，,；;。、（()）：:\n":
        start -= 1
    while end < len(text) and text[end] not in "，,；;。、（()）：:\n":
        end += 1
    return start, end


def _take(pattern: re.Pattern[str], text: str) -> tuple[str, bool]:
    found = pattern.search(text)
    if found is None:
        return text, False
    start, end = _segment(text, found.start(), found.end())
    if start and end < len(text) and text[start - 1] in "（(" and text[end] in "）)":
        start, end = start - 1, end + 1
    return text[:start].rstrip("，,；;。 ") + text[end:], True

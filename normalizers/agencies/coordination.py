"""Expand what a list leaves out: a head, a level word or a quantifier that one name shares with its neighbours, and 等.

Rule 8 of the labels: 江苏省、浙江省信用办 are two credit offices, 省商务厅、交通运输厅 two provincial departments,
保险、家政等行业协会 one association a trade, 沪、苏、浙、皖信用管理部门 four groups.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from normalizers.agencies.departments import is_department
from normalizers.agencies.groups import LEVEL_WORDS, level_word
from normalizers.agencies.mentions import Item, Judge, coordinated, is_item, may_open_group
from normalizers.agencies.regions import PROVINCES, regions
from normalizers.agencies.tables import word_set, words

# 等 that closes a list, not the one of 高等学校, 中等职业学校, 同等, 平等.
_AND_SO_ON = re.compile(r"(?<![高中初同平均优])等(?!级|次|于|同)(?:[\d一二三四五六七八九十]+)?(?:个|家)?")
_PACKED_PROVINCES = re.compile(r"([沪申苏浙皖]{2,4})(?![沪申苏浙皖]|[三两]省|一市[三两]省)(.+)")
"""Provinces by one character each; with their number behind them (沪苏浙皖三省一市) they are one group."""
_PACKED_ALONE = re.compile("[沪申苏浙皖]{2,4}")
SHORTEST_SHORT, LONGEST_SHORT = 2, 3
"""Characters of the shortest and the longest county name without its suffix (徐汇, 清江浦)."""

COUNTY_SUFFIXES = ("区", "县")

SHORTEST_GUESS = 3
"""Characters from which a department nobody knows takes the level word of the one right before it (港航局)."""

_FAR_GOVERNMENT = re.compile(r"(?![各省市])[\u4e00-\u9fff]{2,4}市(?P<head>(?:人民)?政府)")
_FAR_CITY = re.compile(r"(?![各省市区县])[\u4e00-\u9fff]{2,3}(?:市|(?<![局委办厅署院社部会关处]))")
_GOVERNMENT_HEADS = ("人民政府", "政府", "管委会")

_SECOND_NAME = re.compile("（[^（）]*）")
_LEADING_AND = re.compile("^(?:以及|会同|[和及与])")

_CLOSED_AND = re.compile(r"(?P<noun>(?:各?(?:有关|相关))?(?:成员单位|部门|单位|机构))(?:以及|和|及|与)(?P<rest>.{2,})")
"""What 等 leaves behind when a further body follows: …等部门和各设区市人民政府."""


@dataclass(frozen=True, slots=True)
class Expanded:
    """The mentions after expansion, and whether 等 left the list open."""

    mentions: tuple[str, ...]
    open_list: bool


def expand(items: list[Item], judge: Judge) -> Expanded:
    """Return every mention of the list in full, in reading order, repeated ones once."""
    closed, open_list = _closed(items, judge)
    whole: list[str] = []
    for part in sorted({item.part for item in closed}):
        names = [item.text for item in closed if item.part == part]
        whole += _distributed(_of_trades(names, judge))
    return Expanded(tuple(dict.fromkeys(_carried(whole, judge))), open_list)


def stands_alone(name: str, judge: Judge) -> bool:
    """Tell whether a name of Chinese characters is read as printed in any list of such names: it neither takes nor lends anything.

    It carries its region or level word or never takes one, opens no group, shares no head and is none of several short regions; and
    it is one item by itself, of which ``expand`` makes no more.
    """
    own = _leading(name)
    if own == name or not (own or _is_complete(name)) or may_open_group(name) or _shared_head(name) or _may_be_county(name):
        return False
    if not own and _FAR_GOVERNMENT.fullmatch(name):
        return False
    return "等" not in name and not _PACKED_PROVINCES.fullmatch(name) and not _PACKED_ALONE.fullmatch(name) and is_item(name, judge)


# --- 等 -----------------------------------------------------------------------------------------------------------------


def _closed(items: list[Item], judge: Judge) -> tuple[list[Item], bool]:
    """Take 等 off the items. A class noun behind it becomes an item (…等各类社会主体); a head of trades stays with its item."""
    out: list[Item] = []
    open_list = False
    for item in items:
        found = list(_AND_SO_ON.finditer(item.text)) if "等" in item.text else []
        if not found or item.text.find("（") in range(found[-1].start()):
            out.append(item)
            continue
        before, behind = item.text[: found[-1].start()], _LEADING_AND.sub("", item.text[found[-1].end() :])
        trade = _is_function(before) and (not judge.listed(before) or bool(out and _is_function(out[-1].text)))
        open_list = True
        if behind in word_set("shared_heads") and (behind != "部门" or trade):
            out.append(item)
            continue
        joined = None if behind in word_set("closing_nouns") else _CLOSED_AND.fullmatch(behind)
        parts = (before, *(joined.group("noun", "rest") if joined else coordinated(behind, judge)))
        out += [Item(text, item.part) for text in parts if text and text not in word_set("closing_nouns")]
    return out, open_list


# --- trades and functions -------------------------------------------------------------------------------------------------


def _of_trades(names: list[str], judge: Judge) -> list[str]:
    """Give each trade or function before a shared head the head: 保险、家政等行业协会, 工商、税务部门."""
    out: list[str] = []
    for name in names:
        head = _shared_head(name)
        if not head:
            out.append(name)
            continue
        last = _AND_SO_ON.sub("", name.removesuffix(head)).rstrip("等")
        trades = [last] if last else []
        while out and _is_trade(out[-1], head, judge):
            trades.insert(0, out.pop())
        if len(trades) > 1 or "等" in name:
            out += [trade + head for trade in _with_level_word(trades)]
        else:
            out.append(name)
    return out


def _shared_head(name: str) -> str:
    """Return the head that a list of trades shares and this name ends in, empty for none."""
    if not name.endswith(words("shared_heads")):
        return ""
    if name.endswith("部门") and _is_function(_AND_SO_ON.sub("", name.removesuffix("部门"))):
        return "部门"
    if name.startswith(words("quantifiers")):
        return ""
    return next((head for head in words("shared_heads") if name.endswith(head) and len(name) > len(head)), "")


def _is_trade(name: str, head: str, judge: Judge) -> bool:
    if head.endswith("部门"):
        return _is_function(name)
    return len(name) <= 8 and "（" not in name and not judge.named(name) and not name.endswith(words("body_endings"))


def _is_function(name: str) -> bool:
    """Tell whether the text is the function of a department, with what may stand before it or without (税务, 市税务, 水利（水务）)."""
    if "（" in name:
        name = _SECOND_NAME.sub("", name)
    return name in word_set("functions") or name[len(_function_lead(name)) :] in word_set("functions")


def _function_lead(name: str) -> str:
    """Return the level word, or the words for several regions or all levels, that a function begins with (市税务, 三省一市公安)."""
    return level_word(name) or next((lead for lead in words("function_leads") if name.startswith(lead)), "")


def _with_level_word(trades: list[str]) -> list[str]:
    """Let what stands before the first function hold for the rest (市工商、税务部门), but for those that have their own."""
    word = _function_lead(trades[0]) if _is_function(trades[0]) else ""
    return [trades[0], *(trade if word and _function_lead(trade) else word + trade for trade in trades[1:])]


# --- heads over regions ---------------------------------------------------------------------------------------------------


def _distributed(names: list[str]) -> list[str]:
    """Give each bare region before a region with a head the head: 江苏省、浙江省信用办; 沪、苏、浙、皖信用管理部门."""
    out: list[str] = []
    waiting: list[str] = []
    for name in _short_counties(_far_governments(names)):
        if _PACKED_ALONE.fullmatch(name):
            waiting += name
            continue
        if _is_bare(name):
            waiting.append(name)
            continue
        out += _headed(waiting, name)
        waiting = []
    return out + _in_full(waiting)


def _in_full(provinces: list[str]) -> list[str]:
    """Return provinces that a list names by one character each by their names: 沪、苏、浙、皖 (沪苏浙皖)."""
    characters = _province_characters()
    lettered = len(provinces) > 1 and all(province in characters for province in provinces)
    return [characters[province] for province in provinces] if lettered else provinces


def _far_governments(names: list[str]) -> list[str]:
    """Give cities that no table holds the head of the last: 广州、深圳、珠海市政府."""
    out = list(names)
    for at, name in enumerate(names):
        found = _FAR_GOVERNMENT.fullmatch(name)
        while found and not regions().prefix(name) and at and _FAR_CITY.fullmatch(out[at - 1]) and not _is_bare(out[at - 1]):
            at -= 1
            out[at] = f"{out[at].removesuffix('市')}市{found['head']}"
    return out


def _short_counties(names: list[str]) -> list[str]:
    """Give counties in short the suffix of the last, which has a head: 黄浦、徐汇、长宁区政府."""
    out = list(names)
    for at, name in enumerate(names):
        region = regions().prefix(name)
        if region == name or region[-1:] not in COUNTY_SUFFIXES:
            continue
        while at and _is_short_county(out[at - 1], region[-1]) and not _is_bare(out[at - 1]):
            at -= 1
            out[at] += region[-1]
    return out


def _is_short_county(name: str, suffix: str) -> bool:
    return SHORTEST_SHORT <= len(name) <= LONGEST_SHORT and regions().is_name(name + suffix)


def _may_be_county(name: str) -> bool:
    """Tell whether a county in short may be meant, which a list gives the suffix of its last."""
    return any(_is_short_county(name, suffix) for suffix in COUNTY_SUFFIXES)


def _is_bare(name: str) -> bool:
    return regions().is_name(name) or name in _province_characters() or (len(name) == 1 and name in LEVEL_WORDS)


def _headed(waiting: list[str], name: str) -> list[str]:
    """Return the waiting regions and the name, all with the name's head if it is theirs too."""
    packed = _PACKED_PROVINCES.fullmatch(name)
    if packed and not waiting:
        return [_province_characters()[character] + packed[2] for character in packed[1]]
    characters = _province_characters()
    if name[0] in characters and waiting and all(region in characters for region in waiting):
        return [characters[region] + name[1:] for region in (*waiting, name[0])]
    last = _leading(name)
    head = name[len(last) :]
    if not waiting or not last or not head:
        return [*_in_full(waiting), name]
    sharing = len(waiting)
    while sharing and _alike(waiting[sharing - 1], last, head):
        sharing -= 1
    return [*_in_full(waiting[:sharing]), *(_as_written(region, last) + head for region in waiting[sharing:]), name]


@cache
def _province_characters() -> dict[str, str]:
    """Return the provinces' names by their one-character abbreviations (沪 and 申, 苏, 浙, 皖)."""
    table = regions().by_code
    return {character: table[code].name for code in PROVINCES for character in table[code].abbreviations}


def _leading(name: str) -> str:
    """Return the region name or level word a name begins with."""
    return regions().prefix(name) or level_word(name)


def _alike(region: str, last: str, head: str) -> bool:
    """Tell whether two regions can share a head: written the same way and of one level, or joined by a government's head."""
    if len(region) == 1 or len(last) == 1:
        return len(region) == len(last)
    if head in _GOVERNMENT_HEADS:
        return True
    suffixed = region[-1] in "省市区县", last[-1] in "省市区县"
    return suffixed[0] == suffixed[1] and (_levels(region) == _levels(last) or (suffixed[0] and region[-1] == last[-1] != "区"))


def _levels(name: str) -> frozenset[str]:
    return frozenset(region.level for region in regions().spelled(name))


def _as_written(region: str, last: str) -> str:
    """Return the region with the suffix that the last one carries for all (合肥、芜湖、蚌埠市人民政府)."""
    if last[-1] in "省市" and region[-1] not in "省市区县":
        return next((found.name for found in regions().spelled(region)), region)
    return region


# --- level words ----------------------------------------------------------------------------------------------------------


def _carried(names: list[str], judge: Judge) -> list[str]:
    """Let a level word or region hold for the departments behind it that have none: 省商务厅、交通运输厅; 省委宣传部、网信办."""
    out: list[str] = []
    held = _Held()
    for name in names:
        own = _leading(name) or _joint(name)
        stem = name[len(own) :]
        if own and stem:
            held.take(own, stem)
            out.append(name)
        else:
            out.append(name if regions().is_name(name) else held.completed(name, judge))
    return out


def _joint(name: str) -> str:
    """Return the words for several regions together that a name begins with (三省一市发展改革委)."""
    return next((lead for lead in words("joint") if name.startswith(lead)), "")


def _opens_with_county(name: str) -> bool:
    """Tell whether a name that no table knows begins with a county in short (武进生态环境局): it takes no other region."""
    return any(_may_be_county(name[:length]) for length in range(SHORTEST_SHORT, LONGEST_SHORT + 1))


def _is_placed_branch(name: str) -> bool:
    """Tell whether a branch office says in its name whose it is: 工商普陀分局, and not 公安分局, 生态环境分局."""
    stem = next((name.removesuffix(ending) for ending in ("分局", "支局") if name.endswith(ending)), "")
    places = (stem[-length:] for length in (2, 3) if len(stem) > length)
    return any(regions().is_name(place) or any(regions().is_name(place + suffix) for suffix in "区县市") for place in places)


def _is_complete(name: str) -> bool:
    """Tell whether a name without a region or level word in front never takes one from the names before it."""
    return name.startswith(words("uncarried_beginnings")) or name[:1].isdigit() or _is_placed_branch(name)


class _Held:
    """What holds for the names that follow: a level (省, 上海市), the party's part of it, or the short region of a branch (上海)."""

    def __init__(self) -> None:
        self.level = ""
        self.branch = ""
        self.party = False
        self.near = False

    def take(self, own: str, stem: str) -> None:
        """Remember the region or level word of a full name."""
        if own[-1] in LEVEL_WORDS:
            self.level, self.party, self.branch = own, stem.startswith("委") and len(stem) > 1, ""
        else:
            self.branch = own
        self.near = True

    def completed(self, name: str, judge: Judge) -> str:
        """Return the name with what holds for it, the name itself if nothing does."""
        full = name if _is_complete(name) else self._completion(name, judge)
        self.near = full != name
        return full

    def _completion(self, name: str, judge: Judge) -> str:
        outer = name.split("（", 1)[0]
        if self.level and self.party and is_department("委" + outer):
            return self.level + "委" + name
        if self.level and is_department(outer):
            return self.level + name
        if self.near and self.branch and outer not in _GOVERNMENT_HEADS and judge.known(self.branch + outer) and not is_department(outer):
            return self.branch + name
        if not self.level or judge.named(name) or not outer.endswith(words("carried_endings")):
            return name
        guessed = self.near and len(outer) >= SHORTEST_GUESS and outer.endswith(("局", "委", "办", "厅")) and not _opens_with_county(outer)
        return self.level + name if guessed or judge.known(self.level + outer) else name

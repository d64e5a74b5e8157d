"""Cut a cell or bracket into parts and items: where one name ends and the next begins.

The caller judges which texts are names, so that a line break or a 和 inside a name is told from one between two names.
"""

from __future__ import annotations

import re
from typing import NamedTuple, Protocol

from normalizers.agencies.groups import is_group
from normalizers.agencies.regions import regions
from normalizers.agencies.tables import word_set, words


class Judge(Protocol):
    """Tells names from other words."""

    def known(self, text: str) -> bool:
        """Tell whether the text is a name that some table holds."""

    def listed(self, text: str) -> bool:
        """Tell whether the text is a name as the gazetteer lists it, the same in any document."""

    def named(self, text: str) -> bool:
        """Tell whether the text is known, or at least built like a name."""

    def whole(self, text: str) -> bool:
        """Tell whether the text, cut off by a blank or a line break alone, is a whole name: named, or an institution's (市电视台)."""


_WIDTH = str.maketrans(
    {"／": "/", "|": "、", "｜": "、", "(": "（", ")": "）", "，": ",", ";": "；", ":": "：", "﹑": "、", "､": "、", "｡": "。"}
)
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\xad]")
_BREAK = re.compile(r"[ \t]*[\r\n\v\f\u2028\u2029]+\s*")
_BLANK = re.compile(r"[^\S\r\n]+")
_AROUND_STOP = re.compile(r"\s*([、,；：（])\s*|\s+(）)")
_HOLLOW = re.compile(r"（[、,；：。\s]*）")
_UNITS = re.compile(
    r"(?:省?直管|各)?(?:县级市|市县区|区县|县区|市县|市|区|县|乡镇|乡|镇|街道|开发区|园区|新区)(?:（[市区县镇乡街道、]{1,8}）)?(?:人民政府|政府|管委会|办事处)?(?:（[^（）]{0,6}管委会）)?"
)
_UNITS_OFFICE = re.compile(r"(?:区县|县区|区|县)(?:（[市区县、]{1,8}）)?[\u4e00-\u9fff]{1,10}(?:局|委|办|部门|法院)(?:（局）)?")
"""An office of all units below the home region, with the last kind of units: 各市、县信用办. A city's own may stand behind 各区、."""
_ALL_UNITS = re.compile(r".{0,6}各(?:(?:设区的?|地级|省辖)?(?:市|区|县|乡镇|乡|镇)|开发区|园区)")

_NUMBERED = re.compile(r"^(?:\d{1,2}[.．]?|[①-⑳⑴-⒛])(?=[\u4e00-\u9fff])")
_NOTED = re.compile(r"(?<=[\u4e00-\u9fff）])(?:[*※①-⑳⑴-⒇]+|\[\d{1,2}\]|\d{1,2})$")
_MARK = re.compile(r"[\d.．*※①-⑳⑴-⒛]+")
_NO_NAME = re.compile(
    r"\d{2,4}年.*|\d{1,2}月.*|年[内底末].*|(?:每|本)[年月季].*|(?:长期|持续|常态化|即时|全年)[\u4e00-\u9fff]{0,6}"
    r"|.*(?:[列排]在?第一|为牵头|为主要?责任).*|下同|以下.*|.*不再.*"
)
"""What stands in lists and names no body: days, and clauses on who leads."""

LONGEST_JOINED = 200
"""Characters. A longer piece without a separator is prose, not names joined by 和."""

LONGEST_GLUED = 120
"""Characters. A longer piece without a separator is prose, not names run together."""

SHORTEST_GLUED = 3
"""Characters of a name that may run into the next; 市委市政府 is one."""

_SEAM = re.compile("(?<!纪委)(?<=[局委办厅部院署会行社室府门位心团司关队）])(?=[\u4e00-\u9fff])")
"""Where one name may end and the next begin; 市纪委市监委 are one."""
_LEVELS = "省市区县各"
_BRANCHES = ("人民银行", "人行", "中国人民银行", "国家税务总局", "国家金融监督管理总局", "国网", "团市委", "团省委", "团县委", "团区委")
"""How names begin that carry their region inside."""
_ASSOCIATIONS = ("协会", "商会", "学会", "联合会", "促进会")

HARD, WEAK_BREAK, WEAK_BLANK, PART = "、", "\n", " ", "；"

_GROUP_WORDS = ("各", "有关", "相关")
"""No group with 、 in its wording begins without one of these words."""


class Item(NamedTuple):
    """One piece between separators; ``part`` numbers the parts that ， and ； cut, from 0."""

    text: str
    part: int


def even(text: str) -> str:
    """Return the text with widths evened, invisible characters gone, brackets balanced and filled, and no blank beside a separator."""
    text = _INVISIBLE.sub("", text).translate(_WIDTH)
    text = _AROUND_STOP.sub(r"\1\2", _BLANK.sub(" ", _BREAK.sub("\n", text.strip())))
    return _unwrapped(_balanced(_HOLLOW.sub("", text))).strip("。.、,； \n")


def _balanced(text: str) -> str:
    """Drop brackets without a partner."""
    lonely: set[int] = set()
    open_at: list[int] = []
    for i, character in enumerate(text):
        if character == "（":
            open_at.append(i)
        elif character == "）":
            if open_at:
                open_at.pop()
            else:
                lonely.add(i)
    lonely.update(open_at)
    return "".join(c for i, c in enumerate(text) if i not in lonely) if lonely else text


def _unwrapped(text: str) -> str:
    """Take off a bracket that holds the whole text."""
    while text.startswith("（") and text.endswith("）"):
        depth = 0
        for i, character in enumerate(text):
            depth += (character == "（") - (character == "）")
            if depth == 0 and i < len(text) - 1:
                return text
        text = text[1:-1]
    return text


def cut(text: str, judge: Judge) -> list[Item]:
    """Return the items of an evened text in reading order, each in its part; names that hold a separator stay whole."""
    pieces = _glued([(_unnumbered(piece), stop) for piece, stop in _pieces(text)], judge)
    items: list[Item] = []
    part = 0
    for piece, stop in pieces:
        cleaned = _without_phrases(piece)
        if cleaned and cleaned not in word_set("none") and not _NO_NAME.fullmatch(cleaned[:LONGEST_JOINED]):
            items.append(Item(cleaned, part))
        part += stop == PART
    merged = _merged(items, judge)
    return [Item(name, item.part) for item in merged for name in coordinated(item.text, judge)]


def is_item(name: str, judge: Judge) -> bool:
    """Tell whether ``cut`` leaves a name of nothing but Chinese characters as it is: no phrase on it, no clause, nothing joined."""
    clean = _without_phrases(name) == name and name not in word_set("none") and not _NO_NAME.fullmatch(name)
    return clean and len(coordinated(name, judge)) == 1


def _pieces(text: str) -> list[tuple[str, str]]:
    """Split at separators outside brackets; each piece with the separator behind it. What ends in ： is a label and goes.

    What follows a label of something else than bodies (适用范围：, 完成时间：) goes too, up to the next label.
    """
    pieces: list[tuple[str, str]] = []
    depth, piece, foreign = 0, "", False
    for character in text:
        depth += (character == "（") - (character == "）")
        if depth or character not in "、/,；。：\n ":
            if not (depth and character in " \n"):
                piece += character
        elif character == "：":
            foreign = piece.endswith(words("foreign_labels"))
            piece = ""
        else:
            pieces.append(("" if foreign else piece, PART if character in ",；。" else HARD if character == "/" else character))
            piece = ""
    return [*pieces, ("" if foreign else piece, "")]


def _unnumbered(piece: str) -> str:
    """Take a list's number and a footnote's mark off a name; what is nothing but a mark goes."""
    if not piece or _MARK.fullmatch(piece):
        return ""
    return _NOTED.sub("", _NUMBERED.sub("", piece, count=1)) if not piece.isalpha() else piece


def _glued(pieces: list[tuple[str, str]], judge: Judge) -> list[tuple[str, str]]:
    """Join what a blank or line break cut inside a name, and keep the cut between two names."""
    out: list[tuple[str, str]] = []
    for piece, stop in pieces:
        if out and out[-1][1] in (WEAK_BREAK, WEAK_BLANK):
            left, weak = out[-1]
            if not _between_names(left, piece, weak, judge):
                out[-1] = (left + piece, stop)
                continue
        out.append((piece, stop))
    return out


def _between_names(left: str, right: str, weak: str, judge: Judge) -> bool:
    if not left or not right:
        return False
    if right.startswith("（") or judge.known(left + right):
        return False
    if judge.named(left) and (judge.named(right) or right.startswith(words("quantifiers"))):
        return True
    if not _is_place(left) and judge.whole(left) and (judge.whole(right) or right.startswith(words("quantifiers"))):
        return True
    if (_is_bare_institution(left) and _is_body(right, judge)) or (_is_bare_institution(right) and _is_body(left, judge)):
        return True
    # A new line that opens with a level word behind a whole name is a new name, known or not.
    return (
        weak == WEAK_BREAK
        and left.endswith((*words("carried_endings"), *words("institution_endings"), "政府", "部门", "单位"))
        and right[0] in "省市区县各"
        and len(right) > 2
    )


def _is_place(text: str) -> bool:
    """Tell whether a text is where the name that follows lies (合肥市⏎庐阳区图书馆), not a body or a group."""
    return text[-1] in "省市区县州" and not text.startswith(words("quantifiers"))


def _is_body(text: str, judge: Judge) -> bool:
    return text.endswith(words("body_endings")) and judge.known(text)


def _is_bare_institution(text: str) -> bool:
    """Tell whether a text names an institution without a level word: beside a body that a table holds it is one of its own (广播电视台)."""
    return text.endswith(words("bare_institutions"))


def _without_phrases(text: str) -> str:
    """Take the words off that say what a body does (由…牵头, …按职责分工负责, （牵头））."""
    if "（" in text:
        for note in words("role_notes"):
            text = text.removesuffix(f"（{note}）").removeprefix(f"（{note}）")
    text = text.strip("。.")
    if not text.endswith(words("trailing")) and not text.startswith(words("leading")):
        return text
    ended = next((phrase for phrase in words("trailing") if text.endswith(phrase) and len(text) > len(phrase) + 1), "")
    text = text.removesuffix(ended)
    begun = next((phrase for phrase in words("leading") if text.startswith(phrase) and len(text) > len(phrase) + 2), "")
    return text.removeprefix(begun)


def may_open_group(name: str) -> bool:
    """Tell whether a name may be the first part of a group with 、 in its wording."""
    return any(word in name for word in _GROUP_WORDS)


def _merged(items: list[Item], judge: Judge) -> list[Item]:
    """Join items that are one group with 、 in its wording (各市、县（市、区）人民政府; 市政府各委、办、局)."""
    out: list[Item] = []
    i = 0
    while i < len(items):
        length = next((n for n in (4, 3, 2) if _is_one(items[i : i + n], n, judge)), 1) if may_open_group(items[i].text) else 1
        out.append(items[i] if length == 1 else Item("、".join(item.text for item in items[i : i + length]), items[i].part))
        i += length
    return out


def _is_one(items: list[Item], wanted: int, judge: Judge) -> bool:
    if len(items) < wanted or len({item.part for item in items}) > 1:
        return False
    joined = "、".join(item.text for item in items)
    if is_group(joined) or judge.listed(joined) or (wanted == 2 and items[0].text.endswith("部门") and items[1].text == "单位"):
        return True
    if not _ALL_UNITS.fullmatch(items[0].text) or not all(_UNITS.fullmatch(item.text) for item in items[1:-1]):
        return False
    last = items[-1].text
    return bool(_UNITS.fullmatch(last) or (items[0].text.endswith("市") and _UNITS_OFFICE.fullmatch(last)))


def coordinated(text: str, judge: Judge) -> list[str]:
    """Return the names of one item: split at 和, 及, 与 … where both sides stand as names and the whole is none."""
    if len(text) > LONGEST_JOINED or judge.known(text):
        return [text]
    for start, end in _joints(text):
        left, right = text[:start], text[end:]
        if judge.named(left) or _functions(left, right):
            shared = _shared_quantifier(left, right)
            if shared or judge.named(right) or any(judge.named(text[a:b]) for a, b in _later_pieces(text, end)):
                return [left, *coordinated(shared or right, judge)]
    return _unglued(text, judge)


def _unglued(text: str, judge: Judge) -> list[str]:
    """Return the names of a text whose marks or line breaks are lost (市委宣传部市财政局), where all of them are known by themselves."""
    if len(text) > LONGEST_GLUED or judge.known(text):
        return [text]
    for seam in _SEAM.finditer(text):
        left, right = text[: seam.start()], text[seam.start() :]
        if not _is_whole(left, judge) or left.count("（") != left.count("）"):
            continue
        rest = _unglued(right, judge)
        if len(rest) > 1 or _is_whole(right, judge):
            return [left, *rest]
    return [text]


def _is_whole(text: str, judge: Judge) -> bool:
    """Tell whether a text is a known name that says whose it is by its first words, as those of the state's bodies do not."""
    if len(text) < SHORTEST_GLUED or not (text[0] in _LEVELS or regions().prefix(text) or text.startswith(_BRANCHES)):
        return False
    return judge.known(text) or (text.endswith(_ASSOCIATIONS) and judge.named(text))


def _joints(text: str) -> list[tuple[int, int]]:
    """Return where conjunctions stand outside brackets, in reading order."""
    found: list[tuple[int, int]] = []
    depth = i = 0
    while i < len(text):
        depth += (text[i] == "（") - (text[i] == "）")
        word = next((w for w in words("conjunctions") if text.startswith(w, i)), "") if not depth else ""
        if word and 0 < i < len(text) - len(word):
            found.append((i, i + len(word)))
        i += len(word) or 1
    return found


def _later_pieces(text: str, start: int) -> list[tuple[int, int]]:
    """Return what stands between one conjunction and each later one: 甲和乙和丙."""
    return [(start, a) for a, _ in _joints(text) if a > start]


def _shared_quantifier(left: str, right: str) -> str:
    """Return 各区县 for the 区县 of 各有关部门和区县; empty where nothing is shared."""
    return "各" + right if "各" in left[:4] and _UNITS.fullmatch(right) and not right.startswith("各") else ""


def _functions(left: str, right: str) -> bool:
    """Tell whether 税务和环境保护部门 joins two functions."""
    return left in word_set("functions") and right.endswith("部门") and right.removesuffix("部门") in word_set("functions")

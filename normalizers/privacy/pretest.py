"""Tell a clean text at a glance: most pages hold nothing personal, and need no closer look.

The test may say yes where there is nothing, never no where there is something.
"""

from __future__ import annotations

import re

from normalizers.codes.resident import is_resident_number
from normalizers.privacy.numbers import MARKS, cut_number, numbers
from normalizers.privacy.records import Mode
from normalizers.privacy.tables import rows
from normalizers.privacy.view import INVISIBLE, LONGEST_TAG, fold

FEWEST_DIGITS = 11
"""So many digits and signs that hide digits have the shortest numbers that are looked for without a label."""

_NO_DIGIT = re.compile("[^0-9*xX?#_]+")
_TAGS = re.compile(rf"(?:(?:<[A-Za-z/!?][^<>]{{0,{LONGEST_TAG}}}>|-->)\s{{0,40}})+")
_INVISIBLE = re.compile(f"[{INVISIBLE}]+|&(?:shy|ensp|emsp|thinsp|nbsp|zwn?j|#1?\\d{{2,4}}|#[xX][0-9a-fA-F]{{2,4}});?")
_ESCAPED = re.compile(
    r"&#0{0,4}(?:4[2589]|5[0-7]|88|120)(?![0-9])|&#[xX]0{0,4}(?:2[aAdD]|3[0-9]|58|78)(?![0-9a-fA-F])|\\u00(?:2[aAdD]|3[0-9ceCE]|58|78)"
)
_CUT = cut_number(MARKS + "，：；（）［］｛｝＜＞【】〔〕「」“”‘’～｜＋＊　\r\u00a0—–－／．＿", apart=False)
_PLATE = re.compile("[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼] ?[A-ZＡ-Ｚ][ ·•・.．\\-]?[A-Z0-9Ａ-Ｚ０-９*＊]{4}")
_MARKED_MAIL = re.compile("(?:[#＃]| at )[a-z0-9]{2,7}[.。．]")
_LIVES = re.compile(r"住(?:在|于|址)?[：:]?[\u4e00-\u9fff]{2,8}[省市区县]")
_BORN = re.compile("[0-9０-９]\\s?出生")
_KEPT = frozenset("0123456789Xx")
_HAN = "〇零○一二三四五六七八九壹贰叁肆伍陆柒捌玖"
_ODD_DIGITS = re.compile(
    "[０-９①-⑨⓪⓿❶-❾➀-➈➊-➒⓵-⓽\U0001d7ce-\U0001d7ff\U0001f10c\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u2080-\u2089\u2074-\u2079]{2}"
)
_ODD_STARS = re.compile("[＊●■□█○◯•∗✱﹡★⬤]{2}(?<=[0-9 \\-]..)")
_SPELLED = re.compile(f"[{_HAN}](?:(?:[ \\-]?[0-9{_HAN}]){{5}}|(?<=[0-9]{{5}}.)(?!、))")
_SEX = re.compile(r"[男女]性?[，,、；;）)\s。<]")
_OF_NUMBERS = "0-9*xX?#_＿？＃０-９＊ＸｘХхΧχⅩⅹ×✕✖●■□█○◯•∗✱﹡★⬤"
_LONG = re.compile(rf"[0-9０-９](?:[\s\-.·/‐-―−﹣﹘─⁃・‧∙⋅－．／　\u00a0\u2000-\u200f]{{0,12}}+[{_OF_NUMBERS}]){{10,}}+")
_SPOILED = re.compile(r"[0-9OoIl]{17}[0-9OoIlXx]")
_ABRIDGED = re.compile(r"[1-8][0-9]{5}(?:[0-9]{4})?(?:[…某]|[-—―.~～]{2})")
_REFERENCES = re.compile(r"(?:&#[xX]?[0-9a-fA-F]{2,40};?\s{0,4}){6}|(?:%3[0-9]|\\x3[0-9]){4}|&amp;#[0-9xX]")
_DIGITS = re.compile(r"(?:[^0-9*]{0,40}[0-9*]){5}|.{0,8}[〇零○一二三四五六七八九]{4}|[^０-９]{0,16}[０-９]{4}")
_VALUE = re.compile(r".{0,16}?[:：=\t<\"为是省市区县]", re.DOTALL)


def worth_looking(text: str, mode: Mode) -> bool:
    """Tell whether a text may hold personal data."""
    if _has_number(text, mode) or _has_word(text, mode) or (("&#" in text or "\\u00" in text) and _ESCAPED.search(text)):
        return True
    if ("&#" in text or "&amp;#" in text or "%3" in text or "\\x3" in text) and _REFERENCES.search(text):
        return True
    if mode is Mode.RECORD and (_PLATE.search(text) or _MARKED_MAIL.search(text) or _LIVES.search(text)):
        return True
    if "<" in text:
        shown = _INVISIBLE.sub("", _TAGS.sub(" ", text))
    elif _INVISIBLE.search(text):
        shown = _INVISIBLE.sub("", text)
    else:
        return _unusual(text)
    return _unusual(shown) or _has_number(shown, mode) or _has_word(shown.replace(" ", ""), mode)


def _unusual(text: str) -> bool:
    """Tell whether a sex between marks, an unusual digit, a number in pieces or a permanent residence card asks for the closer look."""
    if _BORN.search(text):
        return True
    pieces = ("".join(char for char in fold(found[0]) if char in _KEPT) for found in _CUT.finditer(text))
    return any(is_resident_number(number) for number in pieces) or any(
        pattern.search(text) for pattern in (_SEX, _ODD_DIGITS, _ODD_STARS, _SPELLED, _ISSUED, _SPOILED, _ABRIDGED)
    )


def _has_number(text: str, mode: Mode) -> bool:
    return any(_may_be_personal(found[0], mode) for found in _LONG.finditer(text))


def _may_be_personal(run: str, mode: Mode) -> bool:
    """Tell whether a run of digits, taken without what stands around it, holds a personal number."""
    plain = fold(run)
    if len(_NO_DIGIT.sub("", plain)) < FEWEST_DIGITS:
        return False
    if any(True for _ in numbers(plain, mode)):
        return True
    return any(is_resident_number(taxpayer[0][:15]) for taxpayer in _OLD_TAX.finditer(plain))


def _has_word(text: str, mode: Mode) -> bool:
    """Tell whether a label stands in the text with what must follow it: digits, or any value."""
    if any(word in text and _says_more(text, word) for word in _LATIN[mode]):
        return True
    for found in _WORDS[mode].finditer(text):
        needs = _NEEDS[_BLANKS.sub("", found[0])]
        if not needs or (_DIGITS if needs == "digits" else _VALUE).match(text, found.end()):
            return True
    return False


_ISSUED = re.compile("[A-Z]{3}[0-9]{12}")


def _says_more(text: str, word: str) -> bool:
    """Tell whether a Latin label is followed by a value anywhere."""
    follows = _HOST if word in _AT else _AFTER_LATIN if _NEEDS[word] else _ANYTHING
    position = text.find(word)
    while position >= 0:
        if follows.match(text, position + len(word)):
            return True
        position = text.find(word, position + 1)
    return False


_AT = ("@", "(at)", "[at]")
_HOST = re.compile(r"[ ]?[A-Za-z0-9\-]{1,63}[.。．][A-Za-z0-9]")
_ANYTHING = re.compile("")
_AFTER_LATIN = re.compile(r"[A-Za-z号码]{0,8}(?: ?No)?[\s:：=为是\"'“”‘’（(\[【.@]{0,14}[A-Za-z]{0,3}[(（]?[0-9*男女FM\u4e00-\u9fff]")
_OLD_TAX = re.compile(r"(?<![0-9])[0-9]{17}(?![0-9])")
_BLANKS = re.compile(r"[ \u3000\u00a0]+(?=[\u3000-\uffff])")
_MODES = {Mode.DOCUMENT: ("all",), Mode.RECORD: ("all", "record")}
_NEEDS = {row["word"]: row["needs"] for row in rows("triggers")}


def _chosen(*modes: str) -> list[str]:
    return sorted((row["word"] for row in rows("triggers") if row["mode"] in modes), key=len, reverse=True)


def _words(*modes: str) -> re.Pattern[str]:
    """Return a pattern for the Chinese words of these modes; each alternative begins with a plain character: the search runs fast."""
    return re.compile("|".join("[ \u3000\u00a0]{0,4}".join(map(re.escape, word)) for word in _chosen(*modes) if word > "\u3000"))


_LATIN = {mode: tuple(word for word in _chosen(*names) if word < "\u3000") for mode, names in _MODES.items()}
_WORDS = {mode: _words(*names) for mode, names in _MODES.items()}

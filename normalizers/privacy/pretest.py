"""Tell a clean text at a glance: most pages hold nothing personal, and need no closer look.

The test may say yes where there is nothing, never no where there is something.
"""

from __future__ import annotations

import re

from normalizers.codes.resident import is_resident_number
from normalizers.privacy.numbers import numbers
from normalizers.privacy.records import Mode
from normalizers.privacy.tables import rows
from normalizers.privacy.view import INVISIBLE, LONGEST_TAG, fold

_TAG = re.compile(rf"<[A-Za-z/!?][^<>]{{0,{LONGEST_TAG}}}>|-->")
_TAGS = re.compile(rf"(?:(?:<[A-Za-z/!?][^<>]{{0,{LONGEST_TAG}}}>|-->)\s{{0,40}})+")
_INVISIBLE = re.compile(f"[{INVISIBLE}]+|&(?:shy|ensp|emsp|thinsp|nbsp|zwn?j|#1?\\d{{2,4}}|#[xX][0-9a-fA-F]{{2,4}});?")
_ESCAPED = re.compile(
    r"&#0{0,4}(?:4[2589]|5[0-7]|88|120)(?![0-9])|&#[xX]0{0,4}(?:2[aAdD]|3[0-9]|58|78)(?![0-9a-fA-F])|\\u00(?:2[aAdD]|3[0-9ceCE]|58|78)"
)
_HAN = "〇零○一二三四五六七八九壹贰叁肆伍陆柒捌玖"
_ODD_DIGITS = re.compile(
    "[０-９①-⑨⓪⓿❶-❾➀-➈➊-➒⓵-⓽\U0001d7ce-\U0001d7ff\U0001f10c\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u2080-\u2089\u2074-\u2079]{2}"
)
_ODD_STARS = re.compile("[＊●■□█○◯•∗✱﹡★⬤]{2}(?<=[0-9 \\-]..)")
_SPELLED = re.compile(f"[{_HAN}](?:(?:[ \\-]?[0-9{_HAN}]){{5}}|(?<=[0-9]{{5}}.)(?!、))")
_SEX = re.compile(r"[男女]性?[，,、；;）)\s。<]")
_LONG = re.compile(r"[0-9][0-9*xX?#\s\-_.·/‐-―\u00a0\u2000-\u200f]{10,}")
_DIGITS = re.compile(r"(?:[^0-9*]{0,40}[0-9*]){5}")
_VALUE = re.compile(r".{0,16}?[:：=\t<\"为是省市区县]", re.DOTALL)


def worth_looking(text: str, mode: Mode) -> bool:
    """Tell whether a text may hold personal data."""
    if _unusual(text) or _has_number(text, mode) or _has_word(text, mode):
        return True
    if "<" not in text and not _INVISIBLE.search(text):
        return False
    parted = _INVISIBLE.sub("", _TAGS.sub(" ", text))
    if _has_number(parted, mode):
        return True
    bare = _INVISIBLE.sub("", _TAG.sub("", text))
    return _unusual(bare) or _has_number(bare, mode) or _has_word(bare, mode)


def _unusual(text: str) -> bool:
    """Tell whether an escape, an unusual digit or a sex between marks asks for the closer look."""
    if ("&#" in text or "\\u00" in text) and _ESCAPED.search(text):
        return True
    return any(pattern.search(text) for pattern in (_SEX, _ODD_DIGITS, _ODD_STARS, _SPELLED))


def _has_number(text: str, mode: Mode) -> bool:
    return _ISSUED.search(text) is not None or any(_may_be_personal(found[0], mode) for found in _LONG.finditer(text))


def _may_be_personal(run: str, mode: Mode) -> bool:
    """Tell whether a run of digits, taken without what stands around it, holds a personal number."""
    plain = fold(run)
    if any(True for _ in numbers(plain, mode)):
        return True
    return any(is_resident_number(taxpayer[0][:15]) for taxpayer in _OLD_TAX.finditer(plain))


def _has_word(text: str, mode: Mode) -> bool:
    """Tell whether a label stands in the text with what must follow it: digits, or any value."""
    for found in _WORDS[mode].finditer(text):
        needs = _NEEDS[_BLANKS.sub("", found[0])]
        if not needs or (_DIGITS if needs == "digits" else _VALUE).match(text, found.end()):
            return True
    return False


_ISSUED = re.compile("[A-Z]{3}[0-9]{12}")
_OLD_TAX = re.compile(r"(?<![0-9])[0-9]{17}(?![0-9])")
_BLANKS = re.compile(r"[ \u3000\u00a0]+(?=[\u3000-\uffff])")
_NEEDS = {row["word"]: row["needs"] for row in rows("triggers")}


def _words(*modes: str) -> re.Pattern[str]:
    """Return a pattern for the words of these modes; each alternative begins with a plain character, so that the search runs fast."""
    words = sorted((row["word"] for row in rows("triggers") if row["mode"] in modes), key=len, reverse=True)
    return re.compile("|".join("[ \u3000\u00a0]{0,4}".join(map(re.escape, word)) if word > "\u3000" else re.escape(word) for word in words))


_WORDS = {Mode.DOCUMENT: _words("all"), Mode.RECORD: _words("all", "record")}

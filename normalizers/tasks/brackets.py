"""Role brackets: which bracket of a paragraph says who does it, and which stretch of the paragraph it speaks for."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from normalizers.agencies import Context, looks_like_agencies, read_agencies
from normalizers.tasks.bodies import are_built_like_bodies
from normalizers.tasks.roles import inline_label, labels_in
from normalizers.tasks.sections import is_article, split_number
from normalizers.tasks.statements import Statement, is_nothing, read_statement, with_colons

_OPEN = {"（": 0, "(": 0, "【": 1, "[": 1, "〔": 1, "［": 1, "{": 1}
_CLOSE = {"）": 0, ")": 0, "】": 1, "]": 1, "〕": 1, "］": 1, "}": 1}
_BOXES = "【[〔［"
_MARKS = re.compile(f"[{re.escape(''.join([*_OPEN, *_CLOSE]))}]")
_STOP = re.compile(r"[\s。；;！!，,、.]*")
_SENTENCE_STOP = re.compile(r"\s*(?:[。；;！!]|$)")
_BODY_BEFORE = re.compile(r"(?:[局委办厅部院会署]|中心|政府|公司|集团|协会|总部|银行)\s*$")
_LAST_PIECE = re.compile(r"[、，,；;。：:]")
_LIST_MARK = re.compile(r"[、，,；;]")
_ORDINAL = re.compile(r"\s*(?:[一二三四五六七八九十]{1,2}是|第[一二三四五六七八九十]{1,2}[，,、]|其[一二三四五六七八九])")
_OPENING = re.compile(r".*?[。；;：:]\s*(?=一是|第一[，,、]|其一)", re.DOTALL)
_PLACED_BODY = re.compile(r"[\u4e00-\u9fff]{2,8}[省市县区州盟旗][\u4e00-\u9fff]{1,20}(?:局|委|办|厅|政府|委员会|管委会|法院|检察院)")
"""A body that no table knows, by its build: a place and an ending of bodies. With 牵头 or 负责 behind it that is enough."""
_SAYS_WHO = re.compile(r"牵头|负责|配合|参[与加]|协[同助办]|职责|分工|落实|主办|指导|督导|督促|统筹|抓总|组织实施|责任[单部]")
_ISSUED = re.compile(r"(?:印发|转发|公布|发布)《?(?P<own>[^《》]{2,80}?(?:[（(][^（()）]{0,20}[）)])?)》?的通知$")
_EXPLAINS = re.compile(r"负责(?:具体)?解释\s*$")
_REMARK = re.compile(r"\s*(?:>\s*)?(?:[备附]?注|说明|备注说明)\s*\d?\s*[:：]")
_LONG_NOTE = 400
"""Characters of a remark below a list (注：…), whose brackets mark no task."""
_NOTE = re.compile(r"[（(《][^（()）》]{0,40}[)）》]")
_MAX_DOCUMENT = 200
_DOCUMENT = re.compile(
    r"\s*(?:\d{1,3}[.．、]|[（(][一二三四五六七八九十\d]{1,3}[）)])?\s*《?[^。；;，,《》（()）]{4,80}(?:[（(][^（()）]{1,12}[）)])?》?"
    r"\s*[（(][^（()）]{1,16}[〔\[［【(（]\s*\d{4}\s*[〕\]］】)）][^（()）]{1,10}号[）)]\s*[。；;]?"
)
"""A document's name and number and nothing else: a line of a list of documents."""
_DEEPEST = 12
"""Brackets within brackets; deeper ones are no text's."""
_MOST = 1_500
"""Brackets of one paragraph that are read; the longest plans without line breaks have some hundred."""
_WINDOW = 400
"""Characters before a bracket that are looked at."""
_MAX_LABEL = 60
"""Characters in which a label and its colon stand."""
MIN_ITEM = 6
"""Characters that must stand before a bracket for it to be the bracket of an item."""


class Bracket(NamedTuple):
    """An outermost bracket: ``start`` up to ``end`` with its marks, ``inner`` what stands between them."""

    start: int
    end: int
    inner: str


class Unit(NamedTuple):
    """A stretch of a paragraph with the bracket that speaks for it. ``text`` is the stretch without the bracket."""

    start: int
    end: int
    text: str
    statement: Statement
    rule: str
    bracket: tuple[int, int]


class _Marked(NamedTuple):
    start: int
    end: int
    statement: Statement
    rule: str


def opens_bracket(text: str) -> bool:
    """Tell whether ``text`` begins with a bracket."""
    return text[:1] in _OPEN


def outer_brackets(text: str) -> list[Bracket]:
    """Return the outermost brackets of ``text``, full-width and half-width alike; one that never closes ends where the text ends.

    A mark that went astray opens none: the brackets behind it count as if it did not stand there.
    """
    closed: list[tuple[int, int]] = []
    stack: list[tuple[int, int]] = []
    for mark in _MARKS.finditer(text):
        at, char = mark.start(), mark.group()
        if char in _OPEN and len(stack) < _DEEPEST:
            stack.append((at, _OPEN[char]))
        elif char in _CLOSE and _CLOSE[char] in (kind for _, kind in stack):
            while stack[-1][1] != _CLOSE[char]:
                stack.pop()
            closed.append((stack.pop()[0], at + 1))
    out: list[Bracket] = []
    for start, end in sorted(closed):
        if not out or start >= out[-1].end:
            out.append(Bracket(start, end, text[start + 1 : end - 1]))
    return out + _unclosed(text, stack)


def _unclosed(text: str, stack: Sequence[tuple[int, int]]) -> list[Bracket]:
    """Return the bracket left open at the end, where it opens with a label; a mark that merely went astray is none."""
    for start, _ in stack:
        if inline_label(lines=False).match(text[start + 1 : start + _MAX_LABEL].lstrip()):
            return [Bracket(start, len(text), _without_stray_close(text[start + 1 :].rstrip(" \n。")))]
    return []


def _without_stray_close(text: str) -> str:
    """Return a text without the closing marks at its end that close nothing in it."""
    while text[-1:] in _CLOSE and sum(char in _CLOSE for char in text) > sum(char in _OPEN for char in text):
        text = text[:-1].rstrip()
    return text


def left_open(text: str) -> bool:
    """Tell whether ``text`` ends inside a labelled bracket: its rest stands on the next line or page."""
    return text[-1:] not in _CLOSE and any(one.end == len(text) for one in outer_brackets(text))


def marked_units(text: str, context: Context, *, bare: bool = True, usual: bool = False) -> list[Unit]:
    """Return the stretches of ``text`` that carry a role bracket of their own, in order; the first begins where the text begins.

    ``bare``: a bracket without a label counts too: bodies and their verbs, or nothing but a list of bodies. ``usual``: the document
    ends its items so, and a last bracket whose names are built like bodies is enough.
    """
    if is_article(text):
        return []
    brackets = _candidates(text)
    if not brackets:
        return []
    marks = [mark for mark in (_read(text, one, context, bare=bare) for one in brackets) if mark]
    if not marks and bare and usual:
        marks = _usual_mark(text, brackets[-1], context)
    marks = _merged(text, marks)
    named = [mark for mark in marks if mark.statement.names]
    if not named:
        return []
    units: list[Unit] = []
    start = 0
    for mark in named:
        units += _unit(text, start, mark, marks)
        start = mark.end + len(_match_stop(text, mark.end))
    return _with_deadlines(_from_own_ordinal(units), [mark for mark in marks if not mark.statement.names])


def _usual_mark(text: str, last: Bracket, context: Context) -> list[_Marked]:
    """Return the last bracket where it ends a paragraph behind a full stop and its names are built like bodies that no table knows."""
    if text[last.end :].strip(" 。；;") or not text[: last.start].rstrip().endswith(("。", "；")):
        return []
    statement = read_statement(last.inner.strip())
    built = statement.responsible and are_built_like_bodies(statement.responsible, context, places=False)
    return [_Marked(last.start, last.end, statement, "bare-bracket")] if built else []


def _from_own_ordinal(units: list[Unit]) -> list[Unit]:
    """Begin the first of several units 一是 …, 二是 … at its own 一是: the words before it open all of them, and are none's."""
    if len(units) < 2 or not all(_ORDINAL.match(unit.text) for unit in units[1:]):
        return units
    opening = _OPENING.match(units[0].text)
    if opening is None:
        return units
    first = units[0]._replace(start=units[0].start + opening.end(), text=units[0].text[opening.end() :])
    return [first, *units[1:]]


def _candidates(text: str) -> list[Bracket]:
    """Return the brackets that may state roles; 【责任单位】A is a label, not a bracket."""
    brackets = outer_brackets(text)
    if not brackets:
        return []
    boxed = any(text[one.start] in _BOXES for one in brackets)
    labelled = {found.start() for found in labels_in(text, lines=False) if found["boxed"]} if boxed else set()
    return [one for one in brackets if one.start not in labelled][:_MOST]


def _match_stop(text: str, at: int) -> str:
    found = _STOP.match(text, at)
    return found.group() if found else ""


def _read(text: str, bracket: Bracket, context: Context, *, bare: bool) -> _Marked | None:
    inner = bracket.inner.strip()
    if len(inner) < 2 or (len(_before(text, bracket).strip()) < MIN_ITEM and text[bracket.end : bracket.end + _WINDOW].strip()):
        return None
    if _EXPLAINS.search(inner) or (bracket.start < _LONG_NOTE and _REMARK.match(text)):
        return None
    statement = read_statement(inner)
    if statement.labelled or (statement.deadline and not statement.names and inline_label(lines=False).match(inner)):
        return _Marked(bracket.start, bracket.end, statement, "bracket")
    if _SAYS_WHO.search(inner) and statement.verbal and (statement.lead or statement.responsible or "牵头" in inner):
        closing = _closes_sentence(text, bracket)
        names = _all_names(statement)
        if bare and any(_names_bodies(name, context) or _names_placed_body(name, context) for name in names):
            return _Marked(bracket.start, bracket.end, statement, "verb-bracket")
        if bare and closing and are_built_like_bodies(names, context):
            return _Marked(bracket.start, bracket.end, statement, "verb-bracket")
    if (stated := _without_colon(inner, context)) is not None:
        return _Marked(bracket.start, bracket.end, stated, "bracket")
    if bare and statement.responsible and _is_bare_list(text, bracket, statement, context):
        return _Marked(bracket.start, bracket.end, statement, "bare-bracket")
    return None


def _without_colon(inner: str, context: Context) -> Statement | None:
    """Return what a bracket states whose labels lack their colon, if bodies stand behind each of them."""
    mended = with_colons(inner)
    statement = read_statement(mended) if mended != inner else Statement()
    names = _all_names(statement)
    return statement if statement.labelled and names and all(looks_like_agencies(name, context) for name in names) else None


def _names_bodies(text: str, context: Context) -> bool:
    """Tell whether the words before a verb name bodies, so that the verb says who does it; 企业 and 申请人 are none."""
    if looks_like_agencies(text, context):
        return True
    return any(agency.resolved or looks_like_agencies(agency.mention, context) for agency in read_agencies(text, context).agencies)


def _names_placed_body(text: str, context: Context) -> bool:
    return any(_PLACED_BODY.fullmatch(agency.mention) for agency in read_agencies(text, context).agencies)


def _all_names(statement: Statement) -> tuple[str, ...]:
    return statement.lead + statement.partner + statement.responsible


def _is_bare_list(text: str, bracket: Bracket, statement: Statement, context: Context) -> bool:
    """Tell whether a bracket at an item's or sentence's end holds nothing but bodies, and not the second name of the body before it."""
    before = _before(text, bracket)
    if not _closes_sentence(text, bracket):
        return False
    if _names_something(before) or (
        _BODY_BEFORE.search(before) and (not _LIST_MARK.search(bracket.inner) or _names_bodies(_LAST_PIECE.split(before)[-1], context))
    ):
        return False
    return all(looks_like_agencies(name, context) for name in statement.responsible)


def _closes_sentence(text: str, bracket: Bracket) -> bool:
    """Tell whether a bracket stands at the end of a sentence, before its stop or behind it."""
    return _SENTENCE_STOP.match(text, bracket.end) is not None or _before(text, bracket).rstrip().endswith(("。", "；", ";", "！"))


def _before(text: str, bracket: Bracket) -> str:
    """Return the words before a bracket, as far back as they tell anything of it."""
    return text[max(0, bracket.start - _WINDOW) : bracket.start]


@cache
def _words(key: str) -> tuple[str, ...]:
    """Return a list of ``data/bare_brackets.toml``."""
    text = files("normalizers.tasks").joinpath("data/bare_brackets.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)[key])


def _names_something(before: str) -> bool:
    """Tell whether the words before a bracket name firms or persons and say nothing of what is to be done."""
    item = before[split_number(before)[2] :].rstrip()
    return item.endswith(_words("named")) and _LAST_PIECE.search(item) is None and not item.startswith(_words("verbs"))


def reports(title: str) -> bool:
    """Tell by its title whether a paper reports, replies or lists: its brackets of bodies alone then name sources, not duties."""
    issued = _ISSUED.search(title)
    own = issued["own"] if issued else title
    return _NOTE.sub("", own).strip().endswith(_words("titles")) or any(sign in own for sign in _words("title_signs"))


def explains(title: str) -> bool:
    """Tell by its title whether a paper only explains another (解读, 一图读懂): what it repeats of that one's tasks are none of its own."""
    bare = _NOTE.sub("", title).strip(" 》”")
    return bare.endswith(_words("explaining")) or bare.startswith(_words("explaining_openings"))


def _merged(text: str, marks: Sequence[_Marked]) -> list[_Marked]:
    """Take brackets that follow each other at once for one: （牵头单位：A）（完成时限：…）."""
    out: list[_Marked] = []
    for mark in marks:
        if out and is_nothing(text[out[-1].end : mark.start]):
            last = out[-1]
            out[-1] = last._replace(end=mark.end, statement=last.statement | mark.statement)
        else:
            out.append(mark)
    return out


def _unit(text: str, start: int, mark: _Marked, marks: Sequence[_Marked]) -> list[Unit]:
    """Return the unit that ends in ``mark``; where it is the only one, a sentence behind the bracket belongs to it too."""
    stop = _match_stop(text, mark.end)
    rest = text[mark.end + len(stop) :]
    only = not any(other.statement.names for other in marks if other is not mark)
    end = len(text.rstrip()) if only and rest.strip() and not _ORDINAL.match(rest) else mark.end
    own = _without(text, start, end, marks)
    if end == mark.end and not own.endswith(("。", "；", ";", "！")):
        own += stop.strip(" ，,、\n")
    if len(own.strip(" 。；;，,")) < MIN_ITEM or _DOCUMENT.fullmatch(own[:_MAX_DOCUMENT]):
        return []
    lead = len(text[start:end]) - len(text[start:end].lstrip())
    return [Unit(start + lead, end, own, mark.statement, mark.rule, (mark.start, mark.end))]


def _without(text: str, start: int, end: int, marks: Sequence[_Marked]) -> str:
    """Return ``text[start:end]`` without its role and deadline brackets."""
    out = ""
    for mark in marks:
        if start <= mark.start and mark.end <= end:
            out, start = out.rstrip() + text[start : mark.start].rstrip() if out else text[start : mark.start].rstrip(), mark.end
    return (out + text[start:end]).strip()


def _with_deadlines(units: list[Unit], dates: Sequence[_Marked]) -> list[Unit]:
    """Give a deadline that stands in a bracket of its own to the unit around or before it."""
    out = list(units)
    at = 0
    for date in dates:
        for number in range(at, len(out)):
            unit = out[number]
            if date.start < unit.end or number == len(out) - 1:
                out[number] = unit._replace(statement=unit.statement | date.statement)
                at = number
                break
    return out

"""Lines that name nothing but who does the item above them by when, with a label (责任单位：…) or with verbs (由A牵头，B配合)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from normalizers.agencies import looks_like_agencies
from normalizers.tasks.bodies import are_built_like_bodies
from normalizers.tasks.brackets import MIN_ITEM, opens_bracket, outer_brackets
from normalizers.tasks.roles import inline_label
from normalizers.tasks.sections import split_number
from normalizers.tasks.statements import Statement, is_date, read_duty, read_statement, with_colons
from normalizers.tasks.walk import Line, Walk

CHROME = re.compile(
    r"承办|技术支持|网站标识|ICP|ＩＣＰ|备案|版权|网安备|地址|邮编|电话|邮箱|网址|索引号|发布(?:日期|时间|机构)|公开(?:日期|时间|方式|属性)|主题分类|信息来源|成文日期|浏览"
)
_PROSE = re.compile(r"。.|^(?:要|应|须|请|为|是|见|由各|负责|根据|按照)|[^、，,；;\n]{40}")
MAX_ROLE_LINE = 600
_MAX_REST = 12
"""Characters of the rest of a name that stands on a line of its own."""
_MAX_DATE = 30
"""Characters of a deadline that blanks part from its label."""
_ITS_WORK = re.compile(
    r"(?P<names>[^。；;：:]{2,60}?)(?:牵头|负责|承担)(?:负责|承办|承担|落实|组织实施|完成)*"
    r"的?(?:重点|主要|具体|各项)*(?:工作|任务|事项)+(?:[（(][^（()）]*[）)])?$"
)
"""A heading that says whose work the items below it are: 市财政局负责的工作."""


def role_line(text: str, walk: Walk) -> Statement | None:
    """Return what a line says that names nothing but roles and deadlines (责任单位：…, 【牵头部门】…), ``None`` for any other line."""
    bare = _unnumbered(text.strip()) if walk.bare else text.strip()
    if len(bare) > MAX_ROLE_LINE or CHROME.search(bare):
        return None
    whole = _inside(bare)
    if whole is not None:
        return _bracket_line(whole, walk)
    if not inline_label(lines=True).match(bare):
        return _blank_line(bare, walk) or duty(bare, walk)
    statement = read_statement(bare, lines=True)
    if not statement.names:
        return statement._replace(labelled=True)
    names = statement.lead + statement.partner + statement.responsible
    return None if any(_PROSE.search(name) for name in names) else statement


def _unnumbered(text: str) -> str:
    """Return a line without its number where a label stands behind that (2.责任单位：A); 三、责任单位 is a heading."""
    _, style, start = split_number(text)
    return text[start:] if style in ("three", "four", "five") and inline_label(lines=True).match(text, start) else text


def duty(text: str, walk: Walk) -> Statement | None:
    """Return what a sentence or line says that names bodies and what they do and nothing else: 由A牵头，B、C配合."""
    if not walk.bare or walk.article or len(text) > MAX_ROLE_LINE:
        return None
    statement = read_duty(text)
    if statement is None or not statement.names:
        return None
    return statement if are_built_like_bodies(statement.lead + statement.partner + statement.responsible, walk.context) else None


def _blank_line(text: str, walk: Walk) -> Statement | None:
    """Return what a line says whose labels are parted from the bodies by blanks, without a colon."""
    mended = with_colons(text)
    if mended == text or not inline_label(lines=True).match(mended):
        return None
    statement = read_statement(mended, lines=True)
    names = statement.lead + statement.partner + statement.responsible
    if not names:
        return statement if is_date(statement.deadline) and len(statement.deadline) <= _MAX_DATE else None
    return statement if all(looks_like_agencies(name, walk.context) for name in names) else None


def _inside(text: str) -> str | None:
    """Return what stands in the bracket that makes up the whole line."""
    if not opens_bracket(text):
        return None
    found = outer_brackets(text)
    if len(found) != 1 or found[0].start or text[found[0].end :].strip(" 。；;，") or (text[0] in "【[〔" and found[0].end < len(text)):
        return None
    return found[0].inner.strip()


def _bracket_line(inner: str, walk: Walk) -> Statement | None:
    statement = read_statement(inner)
    if statement.labelled or (not statement.names and statement.deadline):
        return statement
    names = statement.lead + statement.partner + statement.responsible
    if not names or not (walk.bare or statement.verbal) or not all(looks_like_agencies(name, walk.context) for name in names):
        return None
    item = walk.pending[-1].text.rstrip() if walk.pending else ""
    return statement if statement.verbal or (len(item) > MIN_ITEM * 2 and item.endswith(("。", "；"))) else None


def with_rest(lines: Sequence[Line], at: int, statement: Statement, walk: Walk) -> tuple[Statement, int]:
    """Return a role line's statement and how many lines it takes: the last name, or the list, may go on in the next line."""
    line, count = lines[at].text.rstrip(), 1
    while at + count < len(lines) and _is_rest(line, lines[at + count], walk):
        line += lines[at + count].text.strip()
        count += 1
    more = role_line(line, walk) if count > 1 else None
    return (more, count) if more is not None else (statement, 1)


def _is_rest(line: str, following: Line, walk: Walk) -> bool:
    """Tell whether a line goes on with the list or the name that the role line before it ends in."""
    text = following.text.strip()
    if following.heading or split_number(text)[0] or inline_label(lines=True).match(text) or line.endswith(("。", "；", ";")):
        return False
    if line.endswith(("、", "，", ",")):
        return are_built_like_bodies((text.rstrip("。；;、，"),), walk.context)
    last = re.split(r"[、，,；;：:]", line)[-1]
    whole = looks_like_agencies(last + text.rstrip("。；;"), walk.context)
    return len(text) <= _MAX_REST and whole and not looks_like_agencies(text, walk.context)


def heading_duty(text: str, walk: Walk) -> Statement | None:
    """Return whose work the items under a heading are, where the heading says so in a role's words (二、市财政局牵头的任务)."""
    bare = text[split_number(text)[2] :].strip()
    found = _ITS_WORK.fullmatch(bare)
    if found is None or not looks_like_agencies(found["names"].removeprefix("由"), walk.context):
        return None
    statement = read_statement(found["names"] + ("牵头" if "牵头" in bare[found.end("names") :] else "负责"))
    return statement if statement.names else None

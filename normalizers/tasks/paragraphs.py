"""Tasks in running text: paragraphs and items that end in a role bracket, and role lines under an item."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from normalizers.records import Block, Span
from normalizers.tasks.brackets import Unit, left_open, marked_units
from normalizers.tasks.clauses import split_clauses
from normalizers.tasks.drafts import Draft
from normalizers.tasks.role_lines import MAX_ROLE_LINE, heading_duty, role_line, with_rest
from normalizers.tasks.sections import is_article, is_heading, is_short_item, rank, run_on_headings, split_number
from normalizers.tasks.statements import Statement
from normalizers.tasks.tails import duty_tail, label_tail
from normalizers.tasks.walk import Line, Walk

_CARD = re.compile(
    r"\s*(?:项目|工程|企业|公司|产品|文件|制度|法规|规章|标准|课题|活动|会议|公开|服务|许可|审批|处罚|案例)(?:名称|内容|地点|单位|规模|时间|事项|依据|时限)\s*[:：]"
    r"|\s*(?:建设(?:地点|规模|内容|性质|单位|年限|周期)|投资|总投资|预算)[^，。：:]{0,6}[:：]"
)
_BULLET = re.compile(
    r"\s*(?:[-*•●◆■▪►➢❖◇○·]\s+|[•●◆■▪►➢❖▲△▼▽▶▷★☆◎◈◦□▫※✓✔√☑\uf000-\uf0ff](?![为表代])|—{2,}|-{2,})\s*(?:\[[ xX√]\]\s*)?(?=\S)"
)
"""The mark of an item in a list without numbers; it is no part of the task, and a role line may stand behind it."""
_HEADING_RANK = 2
"""The deepest number, （一）, whose short lines are headings; a short line under 1. belongs to its item."""
USUAL = 3
"""Bare brackets from which they are a document's way of naming who is responsible."""
_LONG_ITEM = 40
"""Characters from which a numbered paragraph without a bracket is a part of the item that follows, and not its caption."""
_MAX_NOTES = 2_000
"""Characters of a paragraph that are looked through for standing clauses."""
_SENTENCE = re.compile(r"(?:[^。；;\n]{4,100}(?:[。；;\n]|$))")
_CONFIDENCE = {
    "bracket": 0.97,
    "verb-bracket": 0.93,
    "bare-bracket": 0.75,
    "role-line": 0.93,
    "label-tail": 0.9,
    "duty-tail": 0.8,
    "heading-role": 0.75,
}


def lines_of(block: Block) -> list[Line]:
    """Return the lines of a text block that hold text."""
    out: list[Line] = []
    at = block.span.start
    heading = is_heading(block)
    for text in block.text.split("\n"):
        if text.strip():
            mark = _BULLET.match(text)
            start = mark.end() if mark else 0
            out.append(Line(text[start:], at + start, block.address, heading))
        at += len(text) + 1
    return out


def read_lines(lines: Sequence[Line], walk: Walk, drafts: list[Draft]) -> None:
    """Append the drafts of the tasks that a run of lines between two tables marks."""
    at = 0
    while at < len(lines):
        line, taken = _whole(lines, at)
        walk.following = lines[at + taken] if at + taken < len(lines) else None
        statement = role_line(line.text, walk)
        if statement is None:
            _read_line(line, walk, drafts)
        else:
            if taken == 1:
                statement, taken = with_rest(lines, at, statement, walk)
            while at + taken < len(lines) and (more := _further(lines[at + taken], statement, walk)):
                more, count = with_rest(lines, at + taken, more, walk)
                statement |= more
                taken += count
            drafts += _from_role_line(walk, line, statement)
        at += taken


def _whole(lines: Sequence[Line], at: int) -> tuple[Line, int]:
    """Return a line with the rest of a bracket that a page break cut, and how many lines that takes."""
    line = lines[at]
    if not left_open(line.text):
        return line, 1
    text = line.text
    for count, more in enumerate(lines[at + 1 : at + 3], start=2):
        if more.heading or len(more.text) > MAX_ROLE_LINE:
            break
        text += more.text.strip()
        if not left_open(text):
            return line._replace(text=text), count
    return line, 1


def _further(line: Line, before: Statement, walk: Walk) -> Statement | None:
    """Return what a role line right below another adds to it; a second 牵头单位 begins another item."""
    more = role_line(line.text, walk)
    if more is None or (more.lead and before.lead) or (more.responsible and before.responsible and not more.lead):
        return None
    return more


def _read_line(line: Line, walk: Walk, drafts: list[Draft]) -> None:
    walk.beside(line)
    walk.article |= is_article(line.text)
    units = _units(line, walk)
    if not units and walk.duty is not None and not line.heading and split_number(line.text)[0]:
        units = [Unit(0, len(line.text), line.text.strip(), walk.duty, "heading-role", (0, 0))]
    if not units:
        _remember(line, walk)
        return
    walk.bare_brackets += sum(unit.rule == "bare-bracket" for unit in units)
    for number, unit in enumerate(units):
        headings, start = run_on_headings(unit.text, opens=number == 0) if len(units) > 1 else ([], 0)
        for heading in headings:
            walk.under(heading, None)
        own = unit._replace(start=unit.start + start, text=unit.text[start:]) if start else unit
        drafts.append(_from_unit(line, own, walk, first=number == 0))
    outer = walk.section
    if line.heading or (len(units) == 1 and _heads(units[0].text)):
        walk.under(units[0].text, None)
        walk.item = (split_number(units[0].text)[1], outer)
    walk.done()


def _units(line: Line, walk: Walk) -> list[Unit]:
    """Return the tasks that a line marks by itself: by brackets, else by a label or a sentence at its end."""
    usual, bare = walk.bare_brackets >= USUAL, walk.bare and not walk.article
    units = marked_units(line.text, walk.context, bare=bare, usual=usual)
    walk.unsure |= not usual and not units and bool(marked_units(line.text, walk.context, bare=bare, usual=True))
    return units or label_tail(line, walk) or duty_tail(line, walk)


def _heads(text: str) -> bool:
    """Tell whether an item is short enough to be the heading of what follows it: （二）拓展应用（省商务厅牵头）."""
    _, style, start = split_number(text)
    return style in ("one", "two") and start < len(text) <= _LONG_ITEM and "。" not in text.rstrip("。")


def _remember(line: Line, walk: Walk) -> None:
    """Take a line that marks no task for a heading, a note or a part of what may follow."""
    if line.heading:
        walk.under(line.text, line)
        duty = heading_duty(line.text, walk)
        if duty is not None:
            walk.charge(duty, line.text)
        return
    for sentence in _SENTENCE.findall(line.text[:_MAX_NOTES]):
        walk.notes |= replace(split_clauses(sentence)[1], onward=True)
    walk.pending.append(line)


def _from_unit(line: Line, unit: Unit, walk: Walk, *, first: bool) -> Draft:
    number, _, start = split_number(unit.text)
    text, begin, section = unit.text[start:], line.start + unit.start + (start if number else 0), walk.section_of(unit.text)
    head = walk.heading if walk.heading is not None and not walk.pending and _is_item(walk.heading.text) else None
    if first and not number and head is not None and not _heads_several(walk):
        number, _, skip = split_number(head.text)
        text, begin, section = head.text[skip:].strip() + "\n" + text, head.start + skip, walk.above
    elif first and not number and walk.pending:
        caption = walk.pending[-1]
        own, _, skip = split_number(caption.text)
        if own and is_short_item(caption.text) and (rank(caption.text) <= _HEADING_RANK or _heads_several(walk)):
            number, section = own, caption.text.strip().rstrip("。；;：:")
        elif (own and is_short_item(caption.text)) or (
            own and len(caption.text) > _LONG_ITEM and not caption.text.rstrip().endswith(("：", ":"))
        ):
            number, text, begin = own, caption.text[skip:].strip() + "\n" + text, caption.start + skip
    return Draft(
        text=text.strip(),
        statement=unit.statement.settled(),
        evidence=Span(begin, line.start + min(unit.end, len(line.text))),
        address=line.address,
        rule=unit.rule,
        confidence=_CONFIDENCE[unit.rule],
        number=number,
        section=section,
        agency_address=line.address,
        deadline_address=line.address if unit.statement.deadline else "",
    )


def _runs_on(text: str) -> bool:
    """Tell whether a numbered paragraph is long enough to be a part of the item that the next paragraph ends."""
    return len(text) > _LONG_ITEM and not text.rstrip().endswith(("：", ":"))


def _heads_several(walk: Walk) -> bool:
    """Tell whether the paragraph behind the one that is read is a task of its own without a number: both stand under one caption."""
    line = walk.following
    return (
        line is not None
        and not line.heading
        and not split_number(line.text)[0]
        and bool(marked_units(line.text, walk.context, bare=walk.bare))
    )


def _from_role_line(walk: Walk, line: Line, statement: Statement) -> list[Draft]:
    """Return the draft of the item above a role line; none where nothing stands above, or the card of a project or a firm."""
    if not statement.names:
        return []
    item = _item(walk)
    section = walk.section_of(item[0].text) if item else walk.section
    if walk.heading is not None and (not item or (item == walk.pending and _is_item(walk.heading.text))):
        item, section = [walk.heading, *item], walk.above
    walk.done()
    if not item or any(_CARD.match(one.text, split_number(one.text)[2]) for one in item) or is_article(item[0].text):
        return []
    if len(item) > 1 and rank(item[0].text) <= _HEADING_RANK and is_short_item(item[0].text) and not split_number(item[1].text)[0]:
        section = item[0].text.strip().rstrip("。；;：:")
        number = split_number(item[0].text)[0]
        item, start = item[1:], 0
    else:
        number, _, start = split_number(item[0].text)
    text = "\n".join([item[0].text[start:].strip(), *(one.text.strip() for one in item[1:])])
    return [
        Draft(
            text=text,
            statement=statement.settled(),
            evidence=Span(item[0].start + start, item[-1].end),
            address=item[0].address,
            rule="role-line",
            confidence=_CONFIDENCE["role-line"],
            number=number,
            section=section,
            agency_address=line.address,
            deadline_address=line.address if statement.deadline else "",
        )
    ]


def _is_item(text: str) -> bool:
    """Tell whether a short numbered line is the head of an item (1.) and no heading (一、, （一）)."""
    return rank(text) > _HEADING_RANK and bool(split_number(text)[0])


def _item(walk: Walk) -> list[Line]:
    """Return the lines above a role line that it speaks for: from a numbered item on, else all since the heading or the last task."""
    lines = walk.pending
    numbered = [at for at, line in enumerate(lines) if split_number(line.text)[0]]
    if numbered:
        return lines[numbered[0] if walk.heading is not None else numbered[-1] :]
    if walk.heading is not None or walk.begun:
        return lines
    return [line for line in lines[-1:] if line.text.rstrip().endswith(("。", "；", ";"))]

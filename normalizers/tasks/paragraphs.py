"""Tasks in running text: paragraphs and items that end in a role bracket, and role lines under an item."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from normalizers.agencies import Context, looks_like_agencies
from normalizers.records import Block, Span
from normalizers.tasks.bodies import are_built_like_bodies
from normalizers.tasks.brackets import MIN_ITEM, Unit, left_open, marked_units, outer_brackets
from normalizers.tasks.clauses import NO_CLAUSES, Clauses, split_clauses
from normalizers.tasks.drafts import Draft
from normalizers.tasks.roles import inline_label
from normalizers.tasks.sections import is_article, is_heading, is_short_item, is_title_like, run_on_headings, split_number
from normalizers.tasks.statements import Statement, read_duty, read_statement, with_colons

_CHROME = re.compile(
    r"承办|技术支持|网站标识|ICP|ＩＣＰ|备案|版权|网安备|地址|邮编|电话|邮箱|网址|索引号|发布(?:日期|时间|机构)|公开(?:日期|时间|方式|属性)|主题分类|信息来源|成文日期|浏览"
)
_PROSE = re.compile(r"。.|^(?:要|应|须|请|为|是|见|由各|负责|根据|按照)|[^、，,；;\n]{40}")
_CARD = re.compile(
    r"\s*(?:项目|工程|企业|公司|产品|文件|制度|法规|规章|标准|课题|活动|会议|公开|服务|许可|审批|处罚|案例)(?:名称|内容|地点|单位|规模|时间|事项|依据|时限)\s*[:：]"
    r"|\s*(?:建设(?:地点|规模|内容|性质|单位|年限|周期)|投资|总投资|预算)[^，。：:]{0,6}[:：]"
)
_LABEL_TAIL = re.compile(r"(?<=[。；;！!）)”\s])\s*(?=\S)")
_BULLET = re.compile(r"\s*(?:[-*•●◆■▪►➢❖◇○·]\s+|[•●◆■▪►➢❖]|—{2,}|-{2,})\s*(?:\[[ xX√]\]\s*)?(?=\S)")
"""The mark of an item in a list without numbers; it is no part of the task, and a role line may stand behind it."""
_LONG_ITEM = 40
"""Characters from which a numbered paragraph without a bracket is a part of the item that follows, and not its caption."""
_MAX_ROLE_LINE = 600
_MAX_TAILED = 5_000
"""Characters of an item that may end in a sentence of roles."""
_MAX_CLAUSES = 6
_LAST_CLAUSE = re.compile(r"[。；;！!](?=.)|[，,](?=由)")
_WHO = re.compile(r"牵头|配合|负责|参[与加]|协[助办]|分工|职责")
_MAX_NOTES = 2_000
"""Characters of a paragraph that are looked through for standing clauses."""
_SENTENCE = re.compile(r"(?:[^。；;\n]{4,100}(?:[。；;\n]|$))")
_CONFIDENCE = {"bracket": 0.97, "verb-bracket": 0.93, "bare-bracket": 0.75, "role-line": 0.93, "label-tail": 0.9, "duty-tail": 0.8}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text block, with where it stands in the document."""

    text: str
    start: int
    address: str
    heading: bool = False

    @property
    def end(self) -> int:
        """The offset behind the line's last character."""
        return self.start + len(self.text)


@dataclass(slots=True)
class Walk:
    """What a reader keeps in mind while going down the page: the heading, and the lines that no role was given to yet."""

    context: Context
    section: str = ""
    above: str = ""
    heading: Line | None = None
    pending: list[Line] = field(default_factory=list)
    begun: bool = False
    item: tuple[str, str] | None = None  # style and section of the item whose words opened a section of their own
    notes: Clauses = NO_CLAUSES
    article: bool = False  # whether the lines belong to an article of a regulation: its brackets say whom a rule binds
    bare: bool = True  # whether a bracket that holds nothing but bodies says who is responsible

    def under(self, text: str, line: Line | None) -> None:
        """Enter the section that a heading opens; ``line`` is the heading while no role was given to it."""
        self.above, self.section = self.section, "" if is_title_like(text) else text.strip().rstrip("。：:")
        self.heading, self.pending, self.item = line, [], None
        self.article = is_article(text)

    def beside(self, line: Line) -> None:
        """Leave the section that an item opened when the next item of its rank begins."""
        if self.item is not None and split_number(line.text)[1] in (self.item[0], "one"):
            self.section, self.item = self.item[1], None

    def done(self) -> None:
        """Forget the lines that a task took up."""
        self.heading, self.pending, self.begun = None, [], True


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
        statement = role_line(line.text, walk)
        if statement is None:
            _read_line(line, walk, drafts)
        else:
            while at + taken < len(lines) and (more := _further(lines[at + taken], statement, walk)):
                statement |= more
                taken += 1
            drafts += _from_role_line(walk, line, statement)
        at += taken


def _whole(lines: Sequence[Line], at: int) -> tuple[Line, int]:
    """Return a line with the rest of a bracket that a page break cut, and how many lines that takes."""
    line = lines[at]
    if not left_open(line.text):
        return line, 1
    text = line.text
    for count, more in enumerate(lines[at + 1 : at + 3], start=2):
        if more.heading or len(more.text) > _MAX_ROLE_LINE:
            break
        text += more.text.strip()
        if not left_open(text):
            return replace(line, text=text), count
    return line, 1


def role_line(text: str, walk: Walk) -> Statement | None:
    """Return what a line says that names nothing but roles and deadlines (责任单位：…, 【牵头部门】…), ``None`` for any other line."""
    bare = text.strip()
    if len(bare) > _MAX_ROLE_LINE or _CHROME.search(bare):
        return None
    whole = _inside(bare)
    if whole is not None:
        return _bracket_line(whole, walk)
    if not inline_label(lines=True).match(bare):
        return _blank_line(bare, walk) or _duty(bare, walk)
    statement = read_statement(bare, lines=True)
    if not statement.names:
        return replace(statement, labelled=True)
    names = statement.lead + statement.partner + statement.responsible
    return None if any(_PROSE.search(name) for name in names) else statement


def _duty(text: str, walk: Walk) -> Statement | None:
    """Return what a sentence or line says that names bodies and what they do and nothing else: 由A牵头，B、C配合."""
    if not walk.bare or walk.article or len(text) > _MAX_ROLE_LINE:
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
    return statement if names and all(looks_like_agencies(name, walk.context) for name in names) else None


def _inside(text: str) -> str | None:
    """Return what stands in the bracket that makes up the whole line."""
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


def _further(line: Line, before: Statement, walk: Walk) -> Statement | None:
    """Return what a role line right below another adds to it; a second 牵头单位 begins another item."""
    more = role_line(line.text, walk)
    if more is None or (more.lead and before.lead) or (more.responsible and before.responsible and not more.lead):
        return None
    return more


def _read_line(line: Line, walk: Walk, drafts: list[Draft]) -> None:
    walk.beside(line)
    walk.article |= is_article(line.text)
    units = marked_units(line.text, walk.context, bare=walk.bare and not walk.article) or _label_tail(line, walk) or _duty_tail(line, walk)
    if not units:
        _remember(line, walk)
        return
    for number, unit in enumerate(units):
        headings, start = run_on_headings(unit.text, opens=number == 0) if len(units) > 1 else ([], 0)
        for heading in headings:
            walk.under(heading, None)
        own = replace(unit, start=unit.start + start, text=unit.text[start:]) if start else unit
        drafts.append(_from_unit(line, own, walk, first=number == 0))
    outer = walk.section
    if line.heading or (len(units) == 1 and _heads(units[0].text)):
        walk.under(units[0].text, None)
        walk.item = (split_number(units[0].text)[1], outer)
    walk.done()


def _heads(text: str) -> bool:
    """Tell whether an item is short enough to be the heading of what follows it: （二）拓展应用（省商务厅牵头）."""
    _, style, start = split_number(text)
    return style in ("one", "two") and start < len(text) <= _LONG_ITEM and "。" not in text.rstrip("。")


def _remember(line: Line, walk: Walk) -> None:
    """Take a line that marks no task for a heading, a note or a part of what may follow."""
    if line.heading:
        walk.under(line.text, line)
        return
    for sentence in _SENTENCE.findall(line.text[:_MAX_NOTES]):
        walk.notes |= replace(split_clauses(sentence)[1], onward=True)
    walk.pending.append(line)


def _label_tail(line: Line, walk: Walk) -> list[Unit]:
    """Return the unit of a paragraph whose last words are a label and bodies without brackets (……制度。责任单位：A、B)."""
    text = line.text
    if is_article(text) or _CHROME.search(text):
        return []
    for found in inline_label(lines=True).finditer(text):
        before = text[: found.start()]
        if len(before.strip()) < MIN_ITEM or not re.search(r"[。；;！!）)”]\s*$|\s$", before):
            continue
        statement = role_line(text[found.start() :], walk)
        if statement is None or not statement.names:
            return []
        return [Unit(0, found.start(), before.strip(), statement, "label-tail", (found.start(), len(text)))]
    return []


def _duty_tail(line: Line, walk: Walk) -> list[Unit]:
    """Return the unit of an item whose last sentence, or last clause from 由 on, says nothing but who leads and who helps."""
    text = line.text.rstrip()
    if len(text) > _MAX_TAILED or is_article(text) or not _WHO.search(text[-_MAX_ROLE_LINE:]):
        return []
    for found in list(_LAST_CLAUSE.finditer(text, max(0, len(text) - _MAX_ROLE_LINE)))[-_MAX_CLAUSES:]:
        clause = found.group() in "，,"
        before = text[: found.end()].rstrip("，, ")
        statement = None if len(before) < MIN_ITEM * 2 else _duty(text[found.end() :], walk)
        if statement is None or (clause and not (split_number(text)[0] and (statement.lead or statement.responsible))):
            continue
        return [Unit(0, found.end(), before, statement, "duty-tail", (found.end(), len(text)))]
    return []


def _from_unit(line: Line, unit: Unit, walk: Walk, *, first: bool) -> Draft:
    number, _, start = split_number(unit.text)
    text, begin, section = unit.text[start:], line.start + unit.start + (start if number else 0), walk.section
    if first and not number and walk.pending:
        caption = walk.pending[-1]
        own, _, skip = split_number(caption.text)
        if own and is_short_item(caption.text):
            number, section = own, caption.text.strip().rstrip("。；;：:")
        elif own and len(caption.text) > _LONG_ITEM and not caption.text.rstrip().endswith(("：", ":")):
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


def _from_role_line(walk: Walk, line: Line, statement: Statement) -> list[Draft]:
    """Return the draft of the item above a role line; none where nothing stands above, or the card of a project or a firm."""
    if not statement.names:
        return []
    item = _item(walk)
    section = walk.section
    if not item and walk.heading is not None:
        item, section = [walk.heading], walk.above
    walk.done()
    if not item or any(_CARD.match(one.text) for one in item) or is_article(item[0].text):
        return []
    if len(item) > 1 and is_short_item(item[0].text) and not split_number(item[1].text)[0]:
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


def _item(walk: Walk) -> list[Line]:
    """Return the lines above a role line that it speaks for: from a numbered item on, else all since the heading or the last task."""
    lines = walk.pending
    numbered = [at for at, line in enumerate(lines) if split_number(line.text)[0]]
    if numbered:
        return lines[numbered[0] if walk.heading is not None else numbered[-1] :]
    if walk.heading is not None or walk.begun:
        return lines
    return [line for line in lines[-1:] if line.text.rstrip().endswith(("。", "；", ";"))]

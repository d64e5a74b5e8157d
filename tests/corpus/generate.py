"""Papers made with a seed from own word lists: wide and long tables, whose labels are known because they are made with them."""

from __future__ import annotations

import calendar
import random
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.corpus.paper import Grid, Label, Paper, Part

SEED = 20260101
NONE = ("/", "无", "—")


@cache
def words() -> dict[str, Any]:
    """Return the word lists."""
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))


@dataclass
class Row:
    """One task as drawn: who leads, who helps or is responsible, by when, in which domain."""

    domain: str
    text: str
    lead: list[str] = field(default_factory=list)
    partner: list[str] = field(default_factory=list)
    due: str = ""
    end: date | None = None

    def label(self, *, led: bool, dated: bool = True) -> Label:
        """Return the label of the row; without ``led`` all its bodies are responsible."""
        roles = {"lead": self.lead, "partner": self.partner} if led else {"responsible": [*self.lead, *self.partner]}
        names = {role: frozenset(bodies) for role, bodies in roles.items() if bodies}
        return Label(self.text[:10], names, self.due if dated else "", self.end if dated else None)


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def due_date(dice: random.Random, year: int) -> tuple[str, date | None]:
    """Return a deadline as plans print it and its last day."""
    month = dice.randrange(2, 13)
    forms: list[tuple[str, date | None]] = [
        (f"{month}月底前", _month_end(year, month)),
        (f"{year}年{month}月", _month_end(year, month)),
        (f"{year}年{month}月底前", _month_end(year, month)),
        (f"{month}月{dice.randrange(5, 28)}日前", None),
        ("上半年", date(year, 6, 30)),
        ("全年", date(year, 12, 31)),
        ("年底前", date(year, 12, 31)),
        ("第三季度", date(year, 9, 30)),
        ("持续推进", None),
        ("每季度", None),
    ]
    text, end = dice.choice(forms)
    if text.endswith("日前"):
        end = date(year, month, int(text.partition("月")[2].removesuffix("日前")))
    return text, end


def rows(dice: random.Random, count: int, year: int) -> list[Row]:
    """Return so many tasks, no two of the same beginning, two to five of a domain in a run."""
    data = words()
    starts = dice.sample([verb + thing for verb in data["verbs"] for thing in data["objects"]], count)
    out: list[Row] = []
    domain, left = "", 0
    for start in starts:
        if not left:
            domain, left = dice.choice([one for one in data["domains"] if one != domain]), dice.randrange(2, 6)
        left -= 1
        bodies = [body for body, _ in dice.sample(data["bodies"], dice.randrange(2, 5))] + dice.sample(data["places"], dice.randrange(2))
        due, end = due_date(dice, year)
        out.append(Row(domain, f"{start}，{dice.choice(data['details'])}。", bodies[:1], bodies[1:], due, end))
    return out


def _merged(values: list[str], keys: list[str]) -> list[str]:
    """Return the values of a column, those under an equal value of the same key drawn as one cell."""
    return ["^" if n and keys[n] == keys[n - 1] and value == values[n - 1] else value for n, value in enumerate(values)]


Made = tuple[list[Part], list[Label]]


def lead_table(dice: random.Random, year: int, heads: tuple[str, str], count: int) -> Made:
    """Return a table of domain, task, lead, partner and deadline, its domains merged."""
    drawn = rows(dice, count, year)
    for row in drawn:
        if dice.random() < 0.2:
            row.partner = []
    domains = _merged([row.domain for row in drawn], [row.domain for row in drawn])
    grid = [["序号", "领域", "重点任务", *heads, "完成时限"]]
    for n, row in enumerate(drawn):
        partner = "、".join(row.partner) or dice.choice(NONE)
        grid.append([str(n + 1), domains[n], row.text, "、".join(row.lead), partner, row.due])
    return [Grid(grid)], [row.label(led=True) for row in drawn]


def responsible_table(dice: random.Random, year: int, count: int) -> Made:
    """Return a table of task, responsible bodies and deadline, where equal cells one under the other are merged."""
    drawn = rows(dice, count, year)
    for before, row in pairwise(drawn):
        if dice.random() < 0.3:
            row.lead, row.partner, row.due, row.end = before.lead, before.partner, before.due, before.end
    bodies = ["、".join([*row.lead, *row.partner]) for row in drawn]
    runs = [body + row.due for body, row in zip(bodies, drawn, strict=True)]
    shown = zip(_merged(bodies, runs), _merged([row.due for row in drawn], runs), strict=True)
    grid = [["序号", "工作任务", "责任单位", "完成时间"]]
    grid += [[str(n + 1), row.text, body, due] for n, (row, (body, due)) in enumerate(zip(drawn, shown, strict=True))]
    return [Grid(grid)], [row.label(led=False) for row in drawn]


def one_cell_table(dice: random.Random, year: int, count: int) -> Made:
    """Return a table whose role cells hold lead and partner, each behind its label."""
    drawn = rows(dice, count, year)
    grid = [["序号", "主要任务", "责任分工", "完成时限"]]
    for n, row in enumerate(drawn):
        roles = f"牵头单位：{'、'.join(row.lead)}<br>配合单位：{'、'.join(row.partner)}"
        grid.append([str(n + 1), row.text, roles, row.due])
    return [Grid(grid)], [row.label(led=True) for row in drawn]


def section_table(dice: random.Random, year: int, count: int) -> Made:
    """Return a table whose domains stand in rows over the whole width."""
    drawn = rows(dice, count, year)
    grid = [["序号", "任务内容", "责任部门", "时间节点"]]
    for n, row in enumerate(drawn):
        if not n or drawn[n - 1].domain != row.domain:
            grid.append([f"{row.domain}方面", "<", "<", "<"])
        grid.append([str(n + 1), row.text, "、".join([*row.lead, *row.partner]), row.due])
    return [Grid(grid)], [row.label(led=False) for row in drawn]


def first_leads_table(dice: random.Random, year: int, count: int) -> Made:
    """Return a table whose heading says that the first listed leads."""
    drawn = rows(dice, count, year)
    grid = [["序号", "具体任务", "责任单位（列首位的为牵头单位）"]]
    grid += [[str(n + 1), row.text, "、".join([*row.lead, *row.partner])] for n, row in enumerate(drawn)]
    return [Grid(grid)], [row.label(led=True, dated=False) for row in drawn]


def _bracket(row: Row) -> str:
    return f"（牵头单位：{'、'.join(row.lead)}；配合单位：{'、'.join(row.partner)}；完成时限：{row.due}）"


def bracket_text(dice: random.Random, year: int, count: int) -> Made:
    """Return numbered items with labelled brackets under headings of their domains."""
    drawn, section = rows(dice, count, year), 0
    lines: list[Part] = []
    for n, row in enumerate(drawn):
        if not n or drawn[n - 1].domain != row.domain:
            section += 1
            lines.append(f"{'一二三四五六七八九十'[(section - 1) % 10]}、{row.domain}")
        lines.append(f"{n + 1}.{row.text}{_bracket(row)}")
    return lines, [row.label(led=True) for row in drawn]


def verb_text(dice: random.Random, year: int, count: int) -> Made:
    """Return numbered items with brackets of A牵头，B按职责分工负责."""
    drawn = rows(dice, count, year)
    lines: list[Part] = [
        f"{n + 1}.{row.text}（{'、'.join(row.lead)}牵头，{'、'.join(row.partner)}按职责分工负责）" for n, row in enumerate(drawn)
    ]
    return lines, [row.label(led=True, dated=False) for row in drawn]


def lines_text(dice: random.Random, year: int, count: int) -> Made:
    """Return numbered items with lines of roles and deadline under each."""
    drawn = rows(dice, count, year)
    lines: list[Part] = []
    for n, row in enumerate(drawn):
        bodies = "、".join([*row.lead, *row.partner])
        lines += [f"{n + 1}.{row.text}", f"责任单位：{bodies}", f"完成时限：{row.due}"]
    return lines, [row.label(led=False) for row in drawn]


def project_table(dice: random.Random, year: int, count: int) -> Made:
    """Return a list of projects, which holds no task."""
    drawn = rows(dice, count, year)
    grid = [["序号", "项目名称", "建设内容", "总投资（万元）", "建设年限", "责任单位"]]
    for n, row in enumerate(drawn):
        grid.append([str(n + 1), row.text[2:10] + "项目", row.text, str(dice.randrange(100, 9000)), f"{year}—{year + 1}", row.lead[0]])
    return [Grid(grid)], []


def company_table(dice: random.Random, year: int, count: int) -> Made:
    """Return a list of companies on a red list, which holds no task."""
    data = words()
    grid = [["序号", "企业名称", "统一社会信用代码", "认定事由", "认定单位", "公布日期"]]
    for n in range(count):
        day = f"{year}-{dice.randrange(1, 13):02d}-{dice.randrange(1, 28):02d}"
        name = f"某{dice.choice('东西南北中')}{dice.choice(data['companies'])}"
        grid.append(
            [str(n + 1), name, f"91{dice.randrange(10**15, 10**16)}", dice.choice(data["details"]), dice.choice(data["bodies"])[0], day]
        )
    return [Grid(grid)], []


_WIDE = "docx html-plain html-trs html-legacy xlsx csv md txt pdf pdf-landscape pdf-unruled pdftext-layout xls doc"
_MERGED = "docx html-jcms html-divs xlsx pdf xls doc wps"
_CELLS = "docx html-plain html-trs xlsx md pdf"
_LINES = "txt html-jcms html-legacy docx docx-tracked md pdf pdftext-raw pdftext-layout json zip ofd doc"
_SHAPES: tuple[tuple[str, Callable[[random.Random, int, int], Made], str, str, str], ...] = (
    ("lead", lambda d, y, n: lead_table(d, y, ("牵头单位", "配合单位"), n), "重点任务分工表", _WIDE, "html-trs:gbk csv:gbk"),
    ("xietong", lambda d, y, n: lead_table(d, y, ("牵头责任单位", "协同责任单位"), n), "工作任务分解表", _WIDE, "html-plain:readings"),
    ("responsible", responsible_table, "重点工作责任清单", _MERGED, "html-jcms:gbk-declared-utf8"),
    ("onecell", one_cell_table, "任务分工方案", _CELLS, "html-trs:gbk"),
    ("sections", section_table, "工作任务清单", _MERGED + " csv txt md", "html-divs:traditional"),
    ("first", first_leads_table, "任务分解表", _WIDE, "csv:utf16"),
    ("brackets", bracket_text, "工作要点", _LINES, "readings gbk paged utf8-as-gb18030 balloons shifted entities"),
    ("verbs", verb_text, "行动方案", _LINES, "traditional utf8-as-latin1 radicals invisible wide"),
    ("lines", lines_text, "工作计划", _LINES, "spaced utf8-as-cp1252 gbk-as-latin1 readings"),
    ("projects", project_table, "重点项目计划表", "html-plain docx xlsx csv md", "html-plain:gbk"),
    ("companies", company_table, "诚信企业名单", "html-trs docx xlsx csv", "html-trs:gbk"),
)
_COUNTS = (12, 45, 90)


def _paper(number: int, shape: int, count: int) -> Paper:
    name, build, genre, formats, damages = _SHAPES[shape]
    dice = random.Random(SEED + number)
    code, city = dice.choice(words()["cities"])
    year = dice.randrange(2019, 2027)
    parts, labels = build(dice, year, count)
    title = f"{city}{year}年社会信用体系建设{genre}"
    used = {body for label in labels for bodies in label.names.values() for body in bodies}
    resolved = tuple((body, full.format(city)) for body, full in words()["bodies"] if body in used)
    meta: dict[str, Any] = {"title": title, "regions": [code]} | ({"plan": year} if labels else {})
    return Paper(
        name=f"g{number:02d}_{name}_{count}",
        parts=(f"= {title}", *parts),
        tasks=tuple(labels),
        meta=meta,
        formats=tuple(formats.split()),
        damages=tuple(damages.split()),
        phenomena=("generated", f"generated-{name}", *(() if labels else ("negative",))),
        resolved=resolved,
        generated=True,
    )


@cache
def generated() -> tuple[Paper, ...]:
    """Return the generated documents: every shape small, most of them long, the same in every run."""
    sizes = [(shape, count) for count in _COUNTS for shape in range(len(_SHAPES)) if count < 90 or shape in {0, 6}]
    return tuple(_paper(number, shape, count) for number, (shape, count) in enumerate(sizes, 1))

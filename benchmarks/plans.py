"""Plans in every format, made with a seed: a notice over a table of 40 tasks, no two documents and no two tasks alike.

Nothing in them was published by anybody: tasks are put together from phrases, bodies are those that every city has.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any

import docx
import openpyxl
from docx.enum.text import WD_ALIGN_PARAGRAPH
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

from benchmarks.papers import HEAD

SEED = 8
ROWS = 40
FONT = "STSong-Light"
CITIES = ("南京", "无锡", "徐州", "常州", "南通", "扬州", "宁波", "温州", "湖州", "金华", "台州", "芜湖", "蚌埠", "安庆", "滁州", "宣城")
BODIES = (
    "市发展改革委", "市财政局", "市司法局", "市公安局", "市民政局", "市教育局", "市审计局", "市统计局", "市商务局", "市市场监管局",
    "市生态环境局", "市应急管理局", "市交通运输局", "市卫生健康委", "市税务局", "市农业农村局", "市人力资源社会保障局", "市水利局",
    "市文化广电旅游局", "市医保局", "市科技局", "市工业和信息化局", "市住房城乡建设局", "市委宣传部", "市委网信办", "市中级人民法院",
    "市人民检察院", "人民银行市分行", "各县（市、区）人民政府", "市各有关部门",
)  # fmt: skip
VERBS = ("健全", "完善", "推行", "开展", "编制", "建立", "优化", "规范", "实施", "深化", "组织", "推动", "加强", "落实", "探索", "拓展")
FIELDS = (
    "养老机构", "旅游企业", "工程招标", "食品经营", "小微企业", "教育培训", "医疗机构", "电商平台", "物流企业", "节能环保", "安全生产",
    "农村信用", "志愿服务", "政府采购", "招商合同", "中介机构", "纳税服务", "劳动用工", "物业服务", "药品零售", "建筑市场", "行业协会",
)  # fmt: skip
MATTERS = (
    "信用档案", "诚信评价", "信用承诺", "分级分类监管", "信用信息归集", "异议处理", "信用修复", "信用公示", "守信激励", "失信约束",
    "信用查询", "履约核查", "信用监测", "诚信宣传", "数据共享", "标准规范",
)  # fmt: skip
DETAILS = (
    "形成工作机制并抓好落实", "每年评估一次实施效果", "覆盖率达到{}%以上", "结果向社会公开", "建立问题台账逐项整改", "选择{}个县区先行试点",
    "实现线上申请、线上办理", "与日常监管衔接", "制定操作指引和文书样式", "培训业务骨干不少于{}人次", "归集信用信息{}万条以上",
    "全年抽查不少于{}户", "整改完成率达到{}%",
)  # fmt: skip
DAYS = (
    "{year}年{month}月底前", "{month}月底前", "{year}年{month}月{day}日前", "{year}年12月底", "全年", "持续推进", "每季度",
    "{year}年上半年", "第三季度", "年底前",
)  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """What one document says."""

    city: str
    year: int
    number: int
    lines: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def title(self) -> str:
        """The title as printed."""
        return f"{self.city}市{self.year}年社会信用体系建设重点任务分工方案"

    @property
    def signature(self) -> tuple[str, str]:
        """Who signs, and the day."""
        return f"{self.city}市人民政府办公室", f"{self.year}年{self.number % 6 + 1}月{self.number % 27 + 1}日"


def plan(number: int) -> Plan:
    """Return the plan of a number; the same number gives the same plan."""
    dice = random.Random(f"{SEED} {number}")
    city, year = dice.choice(CITIES), 2016 + number % 11
    kinds = dice.sample(MATTERS, 4)
    lines = (
        f"{city[0]}政办发〔{year}〕{number % 90 + 1}号",
        "各县（市、区）人民政府，市政府各部门、各直属单位：",
        f"为推进全市社会信用体系建设，围绕{'、'.join(kinds)}等重点，结合我市实际，制定本方案，请认真贯彻执行。",
        f"一、各地各部门要加强组织领导，{_work(dice)}。",
        f"二、市社会信用体系建设领导小组办公室要加强督促检查，{_work(dice)}，重要情况及时报告。",
    )
    return Plan(city, year, number, lines, tuple(_row(dice, year, at) for at in range(1, ROWS + 1)))


def _work(dice: random.Random) -> str:
    detail = dice.choice(DETAILS).format(dice.randrange(3, 99))
    return f"{dice.choice(VERBS)}{dice.choice(FIELDS)}{dice.choice(MATTERS)}工作，{detail}"


def _row(dice: random.Random, year: int, number: int) -> tuple[str, ...]:
    names = dice.sample(BODIES, dice.randrange(2, 6))
    due = dice.choice(DAYS).format(year=year, month=dice.randrange(2, 13), day=dice.randrange(5, 28))
    words = "；".join(_work(dice) for _ in range(dice.choice((1, 2, 2, 3))))
    return str(number), f"{words}。", names[0], "、".join(names[1:]), due


def html_page(made: Plan) -> bytes:
    """Return a page as content management systems write it: bars and links around the article, styles on its paragraphs and cells."""
    links = "".join(f'<li><a href="/col/{at}/" title="{name}">{name}</a></li>' for at, name in enumerate(("首页", *FIELDS[:14])))
    style = 'style="text-indent: 2em; line-height: 2; font-size: 16px;"'
    paragraphs = "".join(f"<p {style}>{escape(line)}</p>\n" for line in made.lines)
    cells = (('<td class="xl65">' + '</td><td class="xl65">'.join(map(escape, row)) + "</td>") for row in (HEAD, *made.rows))
    rows = "".join(f"<tr>{row}</tr>\n" for row in cells)
    signature = "".join(f'<p style="text-align: right;">{line}</p>\n' for line in made.signature)
    day = f"{made.year}-0{made.number % 6 + 1}-{made.number % 27 + 1:02}"
    page = (
        f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{made.title}_{made.city}市人民政府</title>\n'
        f'<meta name="ArticleTitle" content="{made.title}"><meta name="PubDate" content="{day}">\n'
        '<link rel="stylesheet" href="/style/main.css"><script src="/js/jquery.min.js"></script></head>\n'
        f'<body><div class="header"><ul class="nav">{links}</ul></div>\n<div class="main">'
        '<div class="position">当前位置：首页 &gt; 政府文件</div>\n'
        f'<div class="article"><h1>{made.title}</h1>\n<div class="info">发布时间：{day}　来源：市政府办公室　字号：[大 中 小]</div>\n'
        f'<div class="TRS_Editor">\n{paragraphs}<table border="1" cellspacing="0"><tbody>\n{rows}</tbody></table>\n{signature}</div>\n'
        '<div class="share">分享到：</div></div></div>\n'
        f'<div class="footer"><ul>{links}</ul><p>主办：{made.city}市人民政府　网站标识码：{made.number:010}</p></div></body></html>\n'
    )
    return page.encode()


def docx_file(made: Plan) -> bytes:
    """Return a Word document."""
    document = docx.Document()
    document.add_paragraph(made.title).alignment = WD_ALIGN_PARAGRAPH.CENTER
    for line in made.lines:
        document.add_paragraph(line)
    table = document.add_table(len(made.rows) + 1, len(HEAD))
    for row, texts in zip(table.rows, (HEAD, *made.rows), strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    for line in made.signature:
        document.add_paragraph(line).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    return _saved(document)


def xlsx_file(made: Plan) -> bytes:
    """Return a workbook: the title over the whole width, then the table, its numbers as numbers."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append([made.title])
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(HEAD))
    sheet.append(HEAD)
    for number, *texts in made.rows:
        sheet.append([int(number), *texts])
    return _saved(book)


def _saved(book: Any) -> bytes:  # noqa: ANN401 -- documents of two libraries
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@cache
def _styles() -> tuple[ParagraphStyle, ParagraphStyle]:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    body = ParagraphStyle("body", fontName=FONT, fontSize=12, leading=20, firstLineIndent=24, wordWrap="CJK")
    return body, ParagraphStyle("cell", parent=body, fontSize=9.5, leading=13, firstLineIndent=0)


def pdf_file(made: Plan) -> bytes:
    """Return a pdf whose table is ruled; a row that a page breaks goes on on the next."""
    body, small = _styles()
    room = A4[0] - 120
    table = Table(
        [[Paragraph(escape(text), small) for text in row] for row in (HEAD, *made.rows)],
        colWidths=[room * share for share in (0.08, 0.42, 0.16, 0.18, 0.16)],
        repeatRows=1,
        style=[("GRID", (0, 0), (-1, -1), 0.6, colors.black), ("VALIGN", (0, 0), (-1, -1), "TOP")],
    )
    out = io.BytesIO()
    flow = [*(Paragraph(escape(line), body) for line in (made.title, *made.lines)), table]
    flow += [Paragraph(line, body) for line in made.signature]
    SimpleDocTemplate(out, pagesize=A4, leftMargin=60, rightMargin=60, topMargin=60, bottomMargin=60, invariant=1).build(flow)
    return out.getvalue()


def text_file(made: Plan) -> bytes:
    """Return a plain text whose tasks are numbered and end in their bodies; every second one in GB 18030, as offices save them."""
    tasks = [
        f"{number}.{words[:-1]}。（牵头单位：{lead}；配合单位：{partner}；完成时限：{due}）"
        for number, words, lead, partner, due in made.rows
    ]
    lines = [made.title, *made.lines, *tasks, *made.signature]
    return ("\r\n".join(lines) + "\r\n").encode("gb18030" if made.number % 2 else "utf-8")


FORMATS: dict[str, Callable[[Plan], bytes]] = {
    "html": html_page,
    "docx": docx_file,
    "xlsx": xlsx_file,
    "pdf": pdf_file,
    "text": text_file,
}
"""What makes the file of a plan, by format."""

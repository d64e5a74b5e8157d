"""Publish the five real documents beside the project on replica sites, each as such a document appears in life."""

from __future__ import annotations

import io
import re
from datetime import date
from html import escape
from itertools import groupby

from docx import Document as Docx
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table, TableStyle

from harvester.replica.document import ReplicaDocument
from tests.shared import seed

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ROW_003 = re.compile(r"^(?:(?P<heads>\D[^0-9]*?) )?(?P<number>\d{1,2}) (?P<text>.+) (?P<bodies>\S+)$")
SECTIONS_003 = ("政务诚信", "行业领域信用建设", "信用惠民", "信用供给侧改革", "保障措施")


def lines_of(number: str) -> list[str]:
    """Return the lines of a seed."""
    return seed(number).read_text("utf-8").splitlines()


def paragraphs(lines: list[str]) -> str:
    """Return lines as HTML paragraphs."""
    return "\n".join(f"<p>{escape(line.strip())}</p>" for line in lines if line.strip())


def page_001(number: str = "001") -> str:
    """Return the body of 001 (or its damaged copy 002) as a page's HTML."""
    return paragraphs(lines_of(number))


def rows_003() -> list[tuple[str, str, str, str, str]]:
    """Return section, action, number, text and bodies of the 60 rows, the merged cells repeated."""
    rows, section, action = [], "", ""
    lines = lines_of("003")
    for line in lines[lines.index("工作内容 序号 重点任务 责任单位") + 1 :]:
        found = ROW_003.match(line)
        if not found:
            continue
        heads = (found["heads"] or "").split(" ", 1)
        if heads[0] in SECTIONS_003:
            section = heads[0]
        action = heads[-1] if found["heads"] and heads[-1] not in SECTIONS_003 else action
        rows.append((section, action, found["number"], found["text"], found["bodies"]))
    return rows


def page_003() -> str:
    """Return 003 as a page: running text, then the table with merged section and action cells."""
    lines = lines_of("003")
    table = ["<table border='1'><tr><th colspan='2'>工作内容</th><th>序号</th><th>重点任务</th><th>责任单位</th></tr>"]
    for _, part in groupby(rows_003(), key=lambda row: row[0]):
        rows = list(part)
        heights = [(i, sum(1 for _ in group)) for i, group in enumerate([list(g) for _, g in groupby(rows, key=lambda row: row[1])])]
        starts, at = {}, 0
        for _i, height in heights:
            starts[at] = height
            at += height
        for i, row in enumerate(rows):
            cells = f"<td rowspan='{len(rows)}'>{escape(row[0])}</td>" if i == 0 else ""
            cells += f"<td rowspan='{starts[i]}'>{escape(row[1])}</td>" if i in starts else ""
            table.append(f"<tr>{cells}" + "".join(f"<td>{escape(cell)}</td>" for cell in row[2:]) + "</tr>")
    body = lines[4 : lines.index("工作内容 序号 重点任务 责任单位")]
    return paragraphs(body) + "\n".join([*table, "</table>"])


def docx_000() -> bytes:
    """Return 000 as a Word file whose blank cells are merged with the cell above."""
    lines = lines_of("000")
    cells = [line[1:].strip() for line in lines if line.startswith("\t")]
    rows = [cells[i : i + 6] for i in range(0, len(cells) - len(cells) % 6, 6)]
    document = Docx()
    for line in lines[:3]:
        document.add_paragraph(line)
    table = document.add_table(rows=len(rows), cols=6)
    for i, row in enumerate(rows):
        for j, text in enumerate(row):
            if text:
                table.cell(i, j).text = text
            elif i:
                above = table.cell(i - 1, j)
                kept = above.text
                above.merge(table.cell(i, j)).text = kept
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def pdf_004() -> bytes:
    """Return 004 as a PDF: its pages of text, then the ruled table, the header repeated on every page."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style = ParagraphStyle("body", fontName="STSong-Light", fontSize=10, leading=14, wordWrap="CJK")
    lines = [line.strip(" ") for line in lines_of("004")]
    flow: list[object] = [Paragraph(escape(line), style) for line in lines if line and "\t" not in line]
    rows = [[Paragraph(escape(cell), style) for cell in line.split("\t")] for line in lines if line.count("\t") == 2]
    table = Table(rows, colWidths=[40, 340, 110], repeatRows=1)
    table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, "black"), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]))
    out = io.BytesIO()
    SimpleDocTemplate(out, pagesize=A4).build([*flow[:-5], table, *flow[-5:]])
    return out.getvalue()


def publications() -> list[ReplicaDocument]:
    """Return the documents that carry the five real ones, with the site each is published on."""
    plan = "长三角地区深化推进国家社会信用体系建设区域合作示范区建设行动方案（2018-2020年）"
    points = "关于印发《2014年上海市社会信用体系建设工作要点》的通知"
    text_004 = seed("004").read_bytes()
    return [
        ReplicaDocument("ndjh", "2018年上海市社会信用体系建设工作要点", date(2018, 4, 9), page_003(), site="shanghai"),
        ReplicaDocument("", plan, date(2018, 6, 8), page_001(), site="anhui"),
        ReplicaDocument("335", f"《{plan}》", date(2018, 6, 20), page_001("002"), site="suzhou_sip"),
        ReplicaDocument(
            "",
            "重点工作责任分工",
            date(2018, 6, 10),
            "<p>责任分工见附件。</p>",
            attachments=(("重点工作责任分工表.docx", DOCX, docx_000()),),
            site="zhejiang",
        ),
        ReplicaDocument(
            "ndjh",
            points,
            date(2014, 4, 30),
            "<p>工作要点见附件。</p>",
            attachments=(("工作要点.pdf", "application/pdf", pdf_004()), ("工作要点.txt", "text/plain; charset=utf-8", text_004)),
            site="shanghai",
        ),
    ]

"""One written document as a file of any format: the same words and labels, another container."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from normalizers.records import Hints
from tests.corpus import office, pages
from tests.corpus.paper import Grid, Paper, Part, bare

_HEADING = (
    ("## ", re.compile(r"[一二三四五六七八九十]{1,3}、.{2,40}[^。；]$")),
    ("### ", re.compile(r"[（(][一二三四五六七八九十]{1,3}[）)].{2,30}[^。；）]$")),
)


@dataclass(frozen=True)
class File:
    """The bytes of a rendering and what is known of it from outside."""

    payload: bytes
    hints: Hints


def table_text(grid: Grid, cell: str = "\t") -> str:
    """Return a table a row a line."""
    return "\n".join(cell.join(row) for row in grid.plain())


def text(paper: Paper, table: Callable[[Grid], str] = table_text) -> str:
    """Return a document as plain text."""
    return "\n".join(bare(part) if isinstance(part, str) else table(part) for part in paper.parts)


def stacked(grid: Grid) -> str:
    """Return a table as it is pasted from a page: a cell a line, an empty line between rows."""
    return "\n" + "\n\n".join("\n".join(row) for row in grid.plain()) + "\n"


def blanks(grid: Grid) -> str:
    """Return a table a row a line with single blanks between cells."""
    return table_text(grid, " ")


def markdown(paper: Paper) -> str:
    """Return a document as Markdown: headings marked, tables with pipes."""
    return "\n\n".join(_md_line(part) if isinstance(part, str) else _md_table(part) for part in paper.parts)


def _md_line(line: str) -> str:
    if line.startswith("= "):
        return "# " + bare(line)
    mark = next((mark for mark, shape in _HEADING if shape.fullmatch(line)), "")
    return mark + bare(line)


def _md_table(grid: Grid) -> str:
    rows = ["| " + " | ".join(row) + " |" for row in grid.plain("<br>")]
    return "\n".join([*rows[:1], "|" + "---|" * len(grid.rows[0]), *rows[1:]])


def comma(paper: Paper) -> str:
    """Return the tables of a document as csv, lines above them as rows of one cell."""
    out = io.StringIO()
    writer = csv.writer(out)
    for part in paper.parts:
        if isinstance(part, Grid):
            writer.writerows(part.plain("\n"))
        else:
            writer.writerow([bare(part)])
    return out.getvalue()


def _html_part(part: Part, shape: pages.Shape) -> str:
    if isinstance(part, Grid):
        cells: dict[int, list[str]] = {row: [] for row in range(len(part.rows))}
        for row, _, down, right, words in part.placed():
            spans = (f' rowspan="{down}"' if down > 1 else "") + (f' colspan="{right}"' if right > 1 else "")
            inner = "<br>".join(html.escape(piece, quote=False) for piece in words.split("<br>"))
            cells[row].append(f"<td{spans}>{shape.cell.format(inner)}</td>")
        return shape.table.format("\n".join(f"<tr>{''.join(row)}</tr>" for row in cells.values()))
    words = html.escape(bare(part), quote=False)
    if part.startswith("> "):
        return shape.right.format(words)
    return shape.title.format(words) if part.startswith("= ") else shape.line(words)


def page(paper: Paper, shape: str) -> str:
    """Return a document as a page of a site: navigation, head, body, footer."""
    kind = pages.SHAPES[shape]
    inner = "\n".join(_html_part(part, kind) for part in paper.parts)
    return kind.page(inner, paper.meta.get("title") or bare(str(paper.parts[0])), str(paper.meta.get("published_on", "")), paper.meta)


def api(paper: Paper) -> str:
    """Return a document as an interface of a site gives it: JSON with the body as HTML inside."""
    kind = pages.SHAPES["plain"]
    body = "".join(_html_part(part, kind) for part in paper.parts)
    record = {"title": paper.meta.get("title", ""), "publishDate": str(paper.meta.get("published_on", "")), "content": body}
    return json.dumps({"code": 200, "message": "success", "data": record}, ensure_ascii=False)


_TEXT: dict[str, tuple[Callable[[Paper], str], str]] = {
    "txt": (text, "txt"),
    "txt-stacked": (lambda paper: text(paper, stacked), "txt"),
    "txt-blanks": (lambda paper: text(paper, blanks), "txt"),
    "md": (markdown, "md"),
    "csv": (comma, "csv"),
    "json": (api, "json"),
    **{f"html-{name}": (partial(page, shape=name), "html") for name in pages.SHAPES},
}
_BINARY: dict[str, tuple[Callable[[Paper], bytes], str]] = {
    "docx": (office.docx_file, "docx"),
    "docx-tracked": (office.docx_tracked, "docx"),
    "xlsx": (office.xlsx_file, "xlsx"),
    "zip": (office.zip_file, "zip"),
    "ofd": (office.ofd_file, "ofd"),
    "doc": (lambda paper: office.converted(paper, "doc"), "doc"),
    "wps": (lambda paper: office.converted(paper, "doc"), "wps"),
    "xls": (lambda paper: office.converted(paper, "xls"), "xls"),
    "pdf": (office.pdf_file, "pdf"),
    "pdf-unruled": (lambda paper: office.pdf_file(paper, ruled=False), "pdf"),
    "pdf-landscape": (lambda paper: office.pdf_file(paper, landscape=True), "pdf"),
    "pdftext-layout": (lambda paper: office.pdf_text(paper, "-layout"), "txt"),
    "pdftext-raw": (lambda paper: office.pdf_text(paper, "-raw"), "txt"),
}
FORMATS = (*_TEXT, *_BINARY)


def words(paper: Paper, kind: str) -> str:
    """Return the text of a rendering that is text, to be damaged."""
    return _TEXT[kind][0](paper)


def is_text(kind: str) -> bool:
    """Tell whether a rendering is text."""
    return kind in _TEXT


def hints(paper: Paper, ending: str) -> Hints:
    """Return what is known of a file from outside: its ending, and a home region where the document has one."""
    return Hints(file_name=f"{paper.name}.{ending}", region=paper.region)


def render(paper: Paper, kind: str) -> File:
    """Return a document as a file. Raises ``office.MissingProgramError`` where a program that makes this format is not on the machine."""
    if kind in _TEXT:
        made, ending = _TEXT[kind]
        return File(made(paper).encode(), hints(paper, ending))
    build, ending = _BINARY[kind]
    return File(build(paper), hints(paper, ending))

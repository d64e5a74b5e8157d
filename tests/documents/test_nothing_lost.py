"""Every word that a body shows stands in a block of its document, once; two formats of one content differ in nothing."""

from __future__ import annotations

from collections.abc import Sequence

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normalizers.compare import compare
from normalizers.derive import derive
from normalizers.documents import UnreadableError, read
from normalizers.records import Derived, Document, Hints
from tests.documents.samples import Put, paragraph, pdf_file, pdf_table, saved

ROWS = (
    ("序号", "重点任务", "责任单位", "完成时限"),
    ("1", "建立企业信用档案，\n完善归集机制。", "市发展改革委、市财政局", "2026年6月底前"),
    ("2", "开展信用修复培训（每季度一次）", "市教育局\n市司法局", "长期"),
    ("3", "编制《信用_目录》*试行*，分A|B两类。", "市商务局", "2026年底"),
)
TITLE, LEAD, END = "滨江市信用体系建设工作方案", "现将任务明确如下。", "请认真贯彻执行。"


def word_file(rows: Sequence[Sequence[str]]) -> bytes:
    document = docx.Document()
    document.add_paragraph(TITLE)
    document.add_paragraph(LEAD)
    table = document.add_table(len(rows), len(rows[0]))
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    document.add_paragraph(END)
    return saved(document)


def pipe_file(rows: Sequence[Sequence[str]], *, outer: bool = True, gap: Sequence[str] = ()) -> bytes:
    def line(row: Sequence[str]) -> str:
        said = (text.replace("_", "\\_").replace("*", "\\*").replace("|", "\\|").replace("\n", "<br>") for text in row)
        return f"| {' | '.join(said)} |" if outer else " | ".join(said)

    lines = [line(rows[0]), "| --- | :---: | --- | ---: |", *map(line, rows[1:3]), *gap, *map(line, rows[3:])]
    return "\n".join((f"# {TITLE}", "", LEAD, "", *lines, "", END)).encode()


def derived(payload: bytes, name: str) -> Derived:
    return derive(payload, Hints(file_name=name))


HEADER_AGAIN = ("", "| 序号 | 重点任务 | 责任单位 | 完成时限 |", "|--|--|--|--|")


@pytest.mark.parametrize(("outer", "gap"), [(True, ()), (False, ()), (True, ("",)), (True, HEADER_AGAIN)])
def test_a_table_of_pipes_and_the_same_table_of_word_have_no_difference(outer: bool, gap: Sequence[str]) -> None:
    word, pipes = derived(word_file(ROWS), "a.docx"), derived(pipe_file(ROWS, outer=outer, gap=gap), "a.md")
    changes = compare(word, pipes)
    assert not changes.text_changes
    assert not changes.task_changes
    assert word.content_hash == pipes.content_hash
    assert len(pipes.tasks) == 3


def test_a_second_table_of_pipes_below_a_blank_line_stays_its_own() -> None:
    other = "\n".join(("", "| 姓名 | 职务 | 电话 | 备注 |", "|--|--|--|--|", "| 甲 | 乙 | 1 | 无 |")).encode()
    document = read(pipe_file(ROWS[:3]).removesuffix(f"\n\n{END}".encode()) + b"\n" + other, Hints(file_name="a.md"))
    assert sum(block.table is not None for block in document.blocks) == 2


# --- words -----------------------------------------------------------------------------------------------------------------------

BLOCKS = ("div", "p", "section", "blockquote", "li", "dd", "h3", "center", "article")
INLINE = ("span", "b", "a", "font", "em", "u")


@st.composite
def bodies(draw: st.DrawFn, depth: int = 3) -> str:
    """Return markup whose every word is ``@``: blocks, inline elements, tables with tables in them, boxes, lists."""
    parts = []
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(("text", "block", "inline", "table", "list") if depth else ("text",)))
        if kind == "text":
            parts.append("@")
        elif kind == "table":
            rows = draw(st.lists(st.lists(bodies(depth=depth - 1), min_size=1, max_size=3), min_size=1, max_size=3))
            spans = draw(st.sampled_from(("", " rowspan=2", " colspan=3", " rowspan=0", " colspan=0")))
            parts.append("<table>" + "".join("<tr>" + "".join(f"<td{spans}>{cell}</td>" for cell in row) + "</tr>" for row in rows))
            parts.append("</table>")
        elif kind == "list":
            items = draw(st.lists(bodies(depth=depth - 1), min_size=1, max_size=3))
            parts.append("<ol>" + "".join(f"<li>{item}</li>" for item in items) + "</ol>")
        else:
            tag = draw(st.sampled_from(BLOCKS if kind == "block" else INLINE))
            parts.append(f"<{tag}>{draw(bodies(depth=depth - 1))}</{tag}>")
    return "".join(parts)


def numbered(markup: str) -> tuple[str, list[str]]:
    """Return the markup with a word of its own in every place."""
    pieces = markup.split("@")
    words = [f"文{chr(0x4E00 + 37 * number)}第{number}处。" for number in range(len(pieces) - 1)]
    return "".join(piece + word for piece, word in zip(pieces, [*words, ""], strict=True)), words


def in_blocks(document: Document) -> str:
    """Return the text of all blocks; those of tables cell by cell."""
    return "\n".join("\n".join(cell.text for cell in block.table.cells) if block.table else block.text for block in document.blocks)


@settings(max_examples=60, deadline=None)
@given(bodies())
def test_property_every_word_of_a_pages_body_stands_in_one_block(markup: str) -> None:
    body, words = numbered(markup)
    document = read(f"<html><body><div class='TRS_Editor'>引言一句在此。{body}</div></body></html>".encode(), Hints(file_name="a.html"))
    text = in_blocks(document)
    assert [word for word in words if text.count(word) != 1] == []


@settings(max_examples=25, deadline=None)
@given(st.lists(st.one_of(st.just("text"), st.tuples(st.integers(1, 4), st.integers(1, 4))), min_size=1, max_size=6))
def test_property_every_word_of_a_word_file_stands_in_one_block(parts: list[str | tuple[int, int]]) -> None:
    file, words = docx.Document(), list[str]()

    def word() -> str:
        words.append(f"文{chr(0x4E00 + 37 * len(words))}第{len(words)}处。")
        return words[-1]

    for part in parts:
        if isinstance(part, str):
            file.add_paragraph(word())
            continue
        table = file.add_table(*part)
        for row in table.rows:
            for cell in row.cells:
                cell.text = word()
    text = in_blocks(read(saved(file), Hints(file_name="a.docx")))
    assert [said for said in words if text.count(said) != 1] == []


@pytest.mark.parametrize("ruled", [True, False])
def test_every_word_of_a_pdf_stands_in_one_block(ruled: bool) -> None:
    words = [f"文{chr(0x4E00 + 37 * number)}第{number}处。" for number in range(150)]
    rows = [[Put("序号"), Put("重点任务"), Put("责任单位")]]
    rows += [[Put(str(n + 1)), Put(words[2 * n]), Put(words[2 * n + 1])] for n in range(60)]
    flow = [*map(paragraph, words[120:135]), pdf_table(rows, [40, 250, 150], ruled=ruled), *map(paragraph, words[135:])]
    text = in_blocks(read(pdf_file(flow, header="工作简报"), Hints())).replace("\n", "")
    assert [word for word in words if text.count(word) != 1] == []


def test_an_empty_body_is_refused_and_not_an_empty_document() -> None:
    with pytest.raises(UnreadableError):
        read(b"<html><body><div class='TRS_Editor'>&nbsp;</div></body></html>", Hints(file_name="a.html"))

"""A document kept as a page of its own is read back as it was, whatever stood in it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normalizers.derive import derive
from normalizers.documents import UnreadableError, read
from normalizers.documents.grid import RawCell, place
from normalizers.documents.layout import laid_out
from normalizers.documents.rendition import is_rendition, render
from normalizers.records import Block, BlockKind, Cell, Document, Hints, Origin, Repair, Span, Table
from tests.corpus import render as papers
from tests.corpus.paper import Paper
from tests.corpus.report import papers as all_papers
from tests.documents.test_round_trip import evidence_holds, written

NOWHERE = Span(0, 0)
HTML = Hints(media_type="text/html")


def alike(one: Document, other: Document) -> None:
    assert other.text == one.text
    assert other.blocks == one.blocks
    assert (other.format, other.encoding, other.repairs, other.warnings) == (one.format, one.encoding, one.repairs, one.warnings)


@pytest.mark.parametrize("form", ["html", "docx", "xlsx", "pdf"])
def test_a_file_kept_as_a_rendition_is_read_back_from(form: str) -> None:
    document = read(written(form), Hints(file_name=f"plan.{form}"))
    page = render(document)
    assert is_rendition(page)
    again = read(page, Hints(file_name=f"plan.{form}"))
    alike(document, again)
    evidence_holds(again)


@pytest.mark.parametrize("paper", all_papers()[::12], ids=lambda paper: paper.name)
def test_the_tasks_of_a_rendition_are_those_of_its_file(paper: Paper) -> None:
    first = derive(papers.page(paper, "plain").encode(), HTML)
    again = derive(render(first.document), HTML)
    assert again.tasks == first.tasks
    assert again.content_hash == first.content_hash


TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=20) | st.text(
    st.sampled_from("信用<>&\"'; \n\t\r\x00\x85&#;amp一、1."), max_size=20
)
ORIGIN = st.none() | st.builds(Origin, st.sampled_from(["line", "page", "row"]), st.integers(1, 999), TEXT)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    rows = draw(st.lists(st.lists(st.tuples(TEXT, st.integers(1, 3), st.integers(1, 3)), min_size=1, max_size=4), min_size=1, max_size=5))
    raw = place([[RawCell(text, down, right) for text, down, right in row] for row in rows])
    cells = tuple(Cell(c.row, c.column, c.text, NOWHERE, c.rowspan, c.colspan, draw(ORIGIN)) for c in raw.cells)
    dropped = draw(st.sets(st.integers(0, max(0, len(cells) - 1)), max_size=2))
    return Table(raw.rows, raw.columns, tuple(cell for at, cell in enumerate(cells) if at not in dropped), draw(st.booleans()))


BLOCK = st.builds(
    Block,
    st.sampled_from([BlockKind.TITLE, BlockKind.HEADING, BlockKind.PARAGRAPH]),
    TEXT,
    st.just(NOWHERE),
    st.just(""),
    st.integers(0, 5),
    st.none(),
    ORIGIN,
) | st.builds(Block, st.just(BlockKind.TABLE), st.just(""), st.just(NOWHERE), st.just(""), st.just(0), tables(), ORIGIN)


@settings(max_examples=150, deadline=None)
@given(st.lists(BLOCK, min_size=1, max_size=6), st.lists(TEXT, max_size=2), st.dictionaries(st.sampled_from(["索引号", "发布机构"]), TEXT))
def test_property_any_document_is_read_back_from_its_rendition(blocks: list[Block], warnings: list[str], stated: dict[str, str]) -> None:
    repairs = (Repair("mojibake", 3, 1, 0),)
    bare = Document("the file", "docx", (), "", "", "gb18030", repairs, tuple(warnings))
    document = laid_out(bare, blocks)
    alike(document, read(render(document, stated), Hints()))


def test_what_the_page_around_stated_is_no_part_of_the_text() -> None:
    document = read("<html><body><p>某市信用工作的一句话说明。</p></body></html>".encode(), HTML)
    page = render(
        document, {"索引号": "000014349/2024-00012", "发布机构": "某市发展和改革委员会", "发文字号": "", "发布日期": "2024-03-02"}
    )
    again = derive(page, HTML)
    assert "索引号" not in again.document.text
    assert again.metadata.index_number == "000014349/2024-00012"


@given(st.binary(max_size=200))
def test_property_a_hostile_page_under_the_mark_gives_a_document_or_one_error(tail: bytes) -> None:
    page = b'<!DOCTYPE html>\n<html lang="zh-CN" data-rendition="1">' + tail
    try:
        evidence_holds(read(page, HTML))
    except UnreadableError as error:
        assert "rendition" in str(error) or "empty" in str(error)


def test_spans_that_leave_the_table_or_meet_each_other_are_cut() -> None:
    table = '<table><tr><td rowspan="9" colspan="2">甲</td><td colspan="9999999">乙</td></tr><tr><td colspan="5">丙</td></tr></table>'
    page = f'<!DOCTYPE html>\n<html lang="zh-CN" data-rendition="1"><main>{table}</main>'.encode()
    document = read(page, HTML)
    evidence_holds(document)
    assert document.blocks[0].table is not None
    assert document.blocks[0].table.columns <= 256

"""The documents kept beside the project: figures that were counted by hand."""

from __future__ import annotations

import pytest

from normalizers.documents import read
from normalizers.records import BlockKind, Document, Hints
from tests.documents.test_round_trip import evidence_holds
from tests.shared import SHARED, needs_shared, seed

pytestmark = needs_shared


def read_seed(number: str) -> Document:
    path = seed(number)
    document = read(path.read_bytes(), Hints(file_name=path.name))
    evidence_holds(document)
    return document


@pytest.mark.parametrize(("number", "rows", "columns"), [("000", 26, 6), ("003", 61, 5), ("004", 86, 3)])
def test_the_task_tables_have_their_rows_and_columns(number: str, rows: int, columns: int) -> None:
    tables = [block.table for block in read_seed(number).blocks if block.table]
    assert [(table.rows, table.columns) for table in tables] == [(rows, columns)]


@pytest.mark.parametrize(("number", "column", "last"), [("003", 2, 60), ("004", 0, 85)])
def test_the_rows_are_numbered_without_a_gap(number: str, column: int, last: int) -> None:
    table = next(block.table for block in read_seed(number).blocks if block.table)
    numbers = [row[column].text if row[column] else "" for row in table.grid()[1:]]
    assert numbers == [str(n) for n in range(1, last + 1)]
    assert all(cell and cell.text for row in table.grid()[1:] for cell in row[column:])


@pytest.mark.parametrize("number", ["001", "002"])
def test_a_plan_without_a_table_has_none(number: str) -> None:
    assert not [block for block in read_seed(number).blocks if block.table]


@pytest.mark.parametrize("number", ["001", "003"])
def test_paragraphs_that_were_whole_are_not_joined(number: str) -> None:
    assert "broken-line" not in {repair.kind for repair in read_seed(number).repairs}


def test_the_four_words_that_pages_broke_are_whole() -> None:
    assert {repair.kind: repair.count for repair in read_seed("004").repairs} == {"page-number": 1, "broken-line": 4, "stray-blanks": 1}


def test_navigation_and_footer_are_gone_and_the_source_stays() -> None:
    document = read_seed("003")
    for word in ("您好", "所在的位置", "ICP", "版权所有", "网站地图", "地址："):
        assert word not in document.text
    assert document.blocks[-1].text.startswith("转载自")


PAGES = sorted(SHARED.glob("site_samples/*/*detail*.html")) if SHARED.is_dir() else []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_real_page_gives_title_and_body_without_the_page_around_it(path) -> None:  # type: ignore[no-untyped-def]
    document = read(path.read_bytes(), Hints(file_name=path.name, media_type="text/html"))
    evidence_holds(document)
    titles = [block.text for block in document.blocks if block.kind is BlockKind.TITLE]
    assert len(titles) == 1
    assert len(document.blocks) > 1
    for word in ("老忘交电费", "友情链接", "当前位置", "打印", "技术支持", "排行榜", "首页", "答记者问", "通知公告"):
        assert word not in document.text


def test_a_long_list_of_names_on_a_real_page_is_no_row_of_headings() -> None:
    path = SHARED / "site_samples/jiangsu_sip_credit/condetail1910177.html"
    document = read(path.read_bytes(), Hints())
    assert len(document.blocks) > 250
    assert sum(block.kind is BlockKind.HEADING for block in document.blocks) == 1

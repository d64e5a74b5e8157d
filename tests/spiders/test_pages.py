"""Every field of every saved page, one test each, so that a failure names the field; and a time budget for every reader."""

from __future__ import annotations

import time

import pytest

from spiders.items import Article, ListPage
from tests.spiders.saved import ARTICLES, LISTS, Page, golden, read, reader_of, sheet_of, text_of

ARTICLE_FIELDS = tuple(Article.__dataclass_fields__)
LIST_FIELDS = (*ListPage.__dataclass_fields__, "further")
SECONDS = 0.5


@pytest.mark.parametrize("field", LIST_FIELDS)
@pytest.mark.parametrize("page", LISTS, ids=lambda page: page.file)
def test_a_list_page_is_read_as_its_golden_file_says(page: Page, field: str):
    assert read(page)[field] == golden(page)[field]


@pytest.mark.parametrize("field", ARTICLE_FIELDS)
@pytest.mark.parametrize("page", ARTICLES, ids=lambda page: page.file)
def test_an_article_is_read_as_its_golden_file_says(page: Page, field: str):
    assert read(page)[field] == golden(page)[field]


@pytest.mark.parametrize("page", (*LISTS, *ARTICLES), ids=lambda page: page.file)
def test_a_page_is_read_within_its_time(page: Page):
    sheet, reader, text = sheet_of(page.site), reader_of(page.site), text_of(page)
    started = time.process_time()
    if page.section:
        reader.read_list(text, page.url, sheet, sheet.section(page.section))
    else:
        reader.read_article(text, page.url, sheet)
    assert time.process_time() - started < SECONDS

"""What the documents say: own words, invented people, no copies among themselves, text kept by every editor's clothes."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import docx
import lxml.html
import openpyxl
import pdfplumber
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.replica.attachments import build, read_blocks
from harvester.replica.content import load_documents
from harvester.replica.damage import ANNOTATED, insert_readings
from harvester.replica.document import ReplicaDocument
from harvester.replica.families import anhui_cms, hanweb_jcms, hanweb_jpaas, shanghai_cms, sip_credit, trs
from harvester.replica.families.base import site_facts
from harvester.replica.families.dress import Dress, dress
from harvester.replica.filler import filler_documents
from normalizers.text.fold import fold
from tests.shared import SHARED, needs_shared

RUN = 20
ROOT = Path(__file__).resolve().parents[2]
CLOTHES = [family._STYLE for family in (anhui_cms, hanweb_jcms, hanweb_jpaas, shanghai_cms, sip_credit, trs)]


def everything() -> Iterator[ReplicaDocument]:
    for site in site_facts():
        yield from load_documents(site)


def texts(fragment: str) -> list[str]:
    """Return the pieces of text in a fragment."""
    return [str(piece) for piece in lxml.html.fromstring(f"<div>{fragment}</div>").itertext()]


def pieces(document: ReplicaDocument) -> Iterator[str]:
    """Go through a document's paragraphs and cells, those of its files included."""
    yield document.title
    yield from texts(document.body_html)
    for name, _, data in document.attachments:
        yield from read_file(name, data)


def read_file(name: str, data: bytes) -> Iterator[str]:
    if name.endswith(".docx"):
        word = docx.Document(io.BytesIO(data))
        yield from (paragraph.text for paragraph in word.paragraphs)
        yield from (cell.text for table in word.tables for row in table.rows for cell in row.cells)
    elif name.endswith(".xlsx"):
        book = openpyxl.load_workbook(io.BytesIO(data))
        yield from (str(cell) for row in book.worksheets[0].iter_rows(values_only=True) for cell in row if cell is not None)
    else:
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            yield from (page.extract_text() for page in pdf.pages)


def runs(text: str) -> Iterator[str]:
    folded = fold(text)
    return (folded[start : start + RUN] for start in range(len(folded) - RUN + 1))


def shared_text(path: str) -> str:
    text = (SHARED / path).read_text(encoding="utf-8-sig")
    if path.endswith(".json"):
        return json.dumps(json.loads(text), ensure_ascii=False)
    return "".join(texts(text.split("<body", 1)[1])) if path.endswith(".html") else text


@needs_shared
def test_no_document_has_twenty_characters_in_common_with_the_documents_beside_the_project() -> None:
    folders = ("seeds/*", "site_samples/**/*.html", "site_samples/**/*.json")
    paths = [str(path.relative_to(SHARED)) for pattern in folders for path in SHARED.glob(pattern)]
    assert len(paths) > 15
    foreign = {run: path for path in paths for run in runs(shared_text(path))}
    common = {
        (document.title, run, foreign[run])
        for document in everything()
        for piece in pieces(document)
        for run in runs(piece)
        if run in foreign
    }
    assert not common


def test_no_identity_number_and_no_credit_code_stands_anywhere() -> None:
    for document in everything():
        text = "\n".join(pieces(document))
        assert not re.search(r"(?<![0-9A-Za-z])[0-9]{17}[0-9Xx](?![0-9A-Za-z])", text)
        assert not re.search(r"(?<![0-9A-Za-z])[0-9A-HJ-NP-RT-UW-Y]{18}(?![0-9A-Za-z])", text)


def test_no_two_documents_of_all_sites_pass_for_copies() -> None:
    shingles = {}
    for number, document in enumerate(everything()):
        folded = fold("".join(texts(document.body_html)))
        shingles[number] = {folded[start : start + 4] for start in range(len(folded) - 3)}
    likeness = [len(a & b) / max(1, len(a | b)) for a, b in combinations(shingles.values(), 2) if min(len(a), len(b)) > 60]
    assert max(likeness) < 0.6


def test_filler_marks_no_task() -> None:
    marks = re.compile("(责任单位|牵头单位|责任部门|配合单位)[:：]|[一-鿿]+牵头[，）]|[一-鿿]负责）|(主要|重点|工作)任务")
    for site in site_facts():
        for document in filler_documents(site):
            assert not marks.search(document.title + document.body_html), document.title


@pytest.mark.parametrize("style", CLOTHES)
def test_an_editors_clothes_keep_every_character_of_the_replicas_documents(style: Dress) -> None:
    for document in everything():
        plain = "".join(texts(document.body_html))
        dressed = "".join(texts(dress(document.body_html, style)))
        assert fold(dressed) == fold(plain)


words = st.text(st.sampled_from("信用2026年第（）、<&>\"' 一abc"), max_size=12)
paragraph = words.map(lambda text: f"<p>{text.replace('&', '&amp;').replace('<', '&lt;')}</p>")
fragments = st.lists(paragraph | st.just("<h2>一、总则</h2>") | st.just('<p class="r">某办</p>'), min_size=1, max_size=5).map("".join)


@given(fragments, st.sampled_from(CLOTHES))
def test_property_an_editors_clothes_keep_every_character(fragment: str, style: Dress) -> None:
    plain = "".join(texts(fragment))
    dressed = "".join(texts(dress(fragment, style)))
    assert dressed.replace("　", "") == plain.replace("　", "")


@given(st.text(st.sampled_from(ANNOTATED + "信用（一）。12"), max_size=40))
def test_property_readings_are_all_that_is_inserted(text: str) -> None:
    damaged = insert_readings(text)
    assert re.sub(r"\([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]+\)", "", damaged) == text
    assert damaged.count("(") == sum(character in ANNOTATED for character in text)


def test_a_reading_follows_its_character_in_half_width_brackets() -> None:
    assert insert_readings("地區的數據") == "地區(qū)的數(shù)據(jù)"


@pytest.mark.parametrize("suffix", ["docx", "xlsx", "pdf"])
def test_a_file_built_twice_is_the_same_bytes_and_holds_every_cell(suffix: str) -> None:
    fragment = (
        "<h1>甲表</h1><p>一行字</p><table><tr><td>序号</td><td>事</td><td>人</td></tr>"
        '<tr><td>1</td><td>种树</td><td rowspan="2">张三</td></tr><tr><td>2</td><td>浇水</td></tr></table>'
    )
    name, media_type, data = build(f"甲.{suffix}", fragment)
    assert (name, data) == (f"甲.{suffix}", build(f"甲.{suffix}", fragment)[2])
    assert suffix[:3] in media_type or "officedocument" in media_type
    text = fold("".join(read_file(name, data)))
    assert all(fold(cell.text) in text for block in read_blocks(fragment) for cell in block.cells)


def test_another_kind_of_file_is_refused_in_a_sentence() -> None:
    with pytest.raises(ValueError, match=r"name 表\.wps with \.docx"):
        build("表.wps", "<p>字</p>")


def test_the_task_documents_hold_as_many_rows_and_brackets_as_the_documentation_says() -> None:
    documentation = (ROOT / "docs" / "replica.md").read_text(encoding="utf-8")
    stated = re.findall(r"^\|[^|]*\| `([0-9]{2}-[a-z0-9-]+)` \| (page|docx|xlsx|PDF) \|.*\| ([0-9]+) \|$", documentation, re.MULTILINE)
    assert sum(int(count) for _, _, count in stated) == 174 + 14 + 24
    for name, place, count in stated:
        (source,) = (ROOT / "harvester" / "replica" / "content").glob(f"*/{name}.html")
        text = source.read_text(encoding="utf-8")
        if place != "page":
            found = re.search(r'source = "([^"]+)", name = "[^"]+\.' + place.lower(), text)
            assert found is not None
            text = (source.parent / "files" / found[1]).read_text(encoding="utf-8")
        rows = len(re.findall("<tr>", text)) - 1
        forms = (
            "（责任单位：",
            "（牵头单位：",
            "[牵牽][头頭](?:，[^（）]+(?:（[^（）]*）[^（）]*)*)?）",
            "负责）",
            "（[^：（）牵]*人民政府）",
        )
        brackets = len(re.findall("|".join(forms), text))
        assert max(rows, brackets) == int(count), name

"""Citations: the forms of the standard and the handbook, and nothing that a reader's tools would run."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.citations import cited_document
from harvester.citing import Cited, bibtex, citations, gbt7714, legal, number_shown, quoted
from harvester.errors import HarvesterError
from storage.errors import UnknownRecord
from storage.identity import document_id
from storage.schema import documents
from storage.store import Store
from tests.finding.conftest import Library
from tests.finding.test_finding import own
from tests.storage.samples import AT, make_derived, put

__all__ = ["own"]

DAY = date(2026, 11, 22)
PAPER = Cited(
    key="dabcdefghijkv3",
    title="江口市信用建设工作安排",
    number="江信办[2024]007号",
    authors=("江口市信用建设办公室",),
    published=date(2024, 3, 5),
    version=3,
    address="https://room.example.cn/d/dabcdefghijk/v3",
    source="https://jiangkou.example.cn/7.html",
    site="江口信用网",
)


def test_the_standard_s_form_has_author_title_number_days_and_both_addresses() -> None:
    assert gbt7714(PAPER, DAY) == (
        "江口市信用建设办公室. 江口市信用建设工作安排: 江信办〔2024〕7号[EB/OL]. (2024-03-05)[2026-11-22]. "
        "https://room.example.cn/d/dabcdefghijk/v3; https://jiangkou.example.cn/7.html."
    )


def test_of_many_authors_three_stand_before_the_rest() -> None:
    many = Cited("d", "联合通知", authors=("甲局", "乙局", "丙局", "丁局"))
    assert gbt7714(many, DAY) == "甲局, 乙局, 丙局, 等. 联合通知[EB/OL]. [2026-11-22]. "


def test_the_handbook_s_form_puts_titles_in_book_marks_and_says_where_it_is_kept() -> None:
    told = legal(
        Cited(**{name: getattr(PAPER, name) for name in PAPER.__slots__} | {"title": "关于印发《安排》的通知", "part": "三、（二）"}), DAY
    )
    assert told == (
        "《关于印发〈安排〉的通知》三、（二），江信办〔2024〕7号，2024年3月5日发布，载江口信用网 https://jiangkou.example.cn/7.html"
        "（存档：https://room.example.cn/d/dabcdefghijk/v3），2026年11月22日访问。"
    )


def test_an_entry_of_bibtex_escapes_what_tex_would_run() -> None:
    hostile = Cited("d1", r"\input{/etc/passwd} 50% & $x_1$ #~^", authors=(r"\write18{ls}",), address="https://room.example.cn/d/d1/v1")
    entry = bibtex(hostile, DAY)
    fields = dict(re.findall(r"^  (\w+) = \{(.*)\},?$", entry, re.MULTILINE))
    assert fields["title"] == r"{\textbackslash{}input\{/etc/passwd\} 50\% \& \$x\_1\$ \#\textasciitilde{}\textasciicircum{}}"
    assert fields["author"] == r"{\textbackslash{}write18\{ls\}}"


@pytest.mark.parametrize("hostile", ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "＝1", " =1"])
def test_a_citation_that_is_pasted_into_a_sheet_is_no_formula(hostile: str) -> None:
    for cited in (Cited("d1", hostile), Cited("d1", "通知", authors=(hostile,))):
        assert gbt7714(cited, DAY).startswith("'")
        assert legal(cited, DAY).startswith("《")
        assert quoted(hostile, gbt7714(cited, DAY)).startswith("“")


@given(st.text(max_size=80), st.text(max_size=40))
def test_property_a_citation_is_one_line_and_its_braces_are_even(title: str, author: str) -> None:
    made = citations(Cited("d1", title, authors=(author,), published=date(2020, 1, 1)), DAY)
    assert "\n" not in made.gbt7714
    assert "\n" not in made.legal
    bare = re.sub(r"\\[{}]", "", made.bibtex)
    assert bare.count("{") == bare.count("}")
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08]", made.gbt7714 + made.legal + made.bibtex)


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("沪府办规【2025】0008号", "沪府办规〔2025〕8号"),
        ("国令第736号", "国令第736号"),
        ("", ""),
        ("苏园管（ 2015 ）第 037 号", "苏园管〔2015〕第37号"),
    ],
)
def test_a_number_is_shown_as_papers_print_it(printed: str, shown: str) -> None:
    assert number_shown(printed) == shown


def test_words_are_copied_with_their_source() -> None:
    assert quoted("建立“信用码”\n台账", "《江口市安排》，载江口信用网。") == "“建立‘信用码’ 台账”（《江口市安排》，载江口信用网）"


def test_a_stored_paper_is_cited_with_the_version_that_was_read(library: Library) -> None:
    store, papers = library
    cited = cited_document(store, papers[5].id, "https://room.example.cn/")
    assert (cited.title, cited.number, cited.version) == (papers[5].title, papers[5].number, 1)
    assert cited.address == f"https://room.example.cn/d/{papers[5].id}/v1"
    assert cited.authors == ("江口市档案局",)
    with pytest.raises(UnknownRecord):
        cited_document(store, "dzzzzzzzzzzz")


def test_what_was_withdrawn_is_not_cited(own: Store) -> None:
    with own as store:
        run = store.begin_run("jiangkou", ["notices"], AT)
        put(store, run, "1", make_derived("江口市撤回的通知"))
        paper = document_id("jiangkou", "1")
        with store.writing() as connection:
            connection.execute(documents.update().where(documents.c.id == paper).values(state="withdrawn"))
        with pytest.raises(HarvesterError) as told:
            cited_document(store, paper)
        assert "江口市撤回的通知" not in str(told.value)

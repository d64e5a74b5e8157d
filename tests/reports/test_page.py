"""The HTML report: whole, safe, the same in both views, every link inside it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from lxml import html

from harvester.reports.page import comparison_page
from harvester.reports.pieces import visible
from normalizers.differences import Fate, FieldChange, TaskChange, TaskChangeKind
from normalizers.records import Span
from tests.reports.build import ANY, Made, changed, compared, deleted, inserted, moved, row, same, with_title
from tests.reports.test_telling import task

PAPER = [
    same("一、总体要求"),
    same("坚持依法依规。"),
    changed(("加强", "加强"), ("信用", "诚信"), ("建设。", "建设。"), path="一、总体要求"),
    inserted("新设工作专班。"),
    deleted("按季报送进度。"),
    moved("各区结合实际落实。"),
    row(Fate.CHANGED, [("1", "1")], [("市财政局", "市民政局")]),
]


def tree(page: str) -> html.HtmlElement:
    return html.document_fromstring(page)


def shown(cell: html.HtmlElement) -> str:
    """Return the text of a cell without labels and words for screen readers."""
    return "".join(str(text) for text in cell.xpath(".//text()[not(ancestor::*[@class='sr' or @class='label'])]"))


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_needs_no_script_and_asks_for_nothing(lang: str) -> None:
    page = comparison_page(compared(PAPER), lang)
    found = tree(page)
    assert found.get("lang", "").startswith(lang)
    assert not found.xpath("//script | //link | //img | //iframe | //object | //embed | //form | //base | //@onclick | //@onload")
    assert not re.search(r"url\(|@import|https?:", page)
    assert "default-src 'none'" in found.xpath("string(//meta[@http-equiv='Content-Security-Policy']/@content)")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_link_leads_to_a_place_in_the_page_and_no_id_is_there_twice(lang: str) -> None:
    old, new = task(text="加强信用建设。"), task(text="加强诚信建设。")
    pair = compared(PAPER, tasks=(TaskChange(TaskChangeKind.REWORDED, old, new, ("text",)),))
    found = tree(comparison_page(pair, lang))
    ids = found.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {link.removeprefix("#") for link in found.xpath("//a/@href")} <= set(ids)
    assert len(found.xpath("//a")) >= 3
    assert found.xpath("//tr[@class='told']")


def test_marks_carry_words_for_those_who_do_not_see_them() -> None:
    found = tree(comparison_page(compared(PAPER), "zh"))
    assert {"删去：", "增加："} <= {str(text).strip(" [") for text in found.xpath("//*[@class='sr']/text()")}
    assert [shown(each) for each in found.xpath("//td[contains(@class, 'one')]//del")] == ["信用", "按季报送进度。", "市财政局"]
    assert [shown(each) for each in found.xpath("//td[contains(@class, 'one')]//ins")] == ["诚信", "新设工作专班。", "市民政局"]


def test_a_passage_that_moved_is_linked_both_ways() -> None:
    found = tree(comparison_page(compared(PAPER), "zh"))
    there = {row.get("id"): row.xpath(".//a/@href") for row in found.xpath("//tr[contains(@class, 'moved')]")}
    assert len(there) == 2
    for place, links in there.items():
        assert set(links) == {f"#{other}" for other in there if other != place}


def test_what_did_not_change_is_folded_and_counted() -> None:
    page = comparison_page(compared(PAPER), "zh")
    assert "未修改：2段" in page
    assert not tree(page).xpath("//input[@id='view-all']/@checked")
    assert tree(comparison_page(compared(PAPER), "zh", everything=True)).xpath("//input[@id='view-all']/@checked")


def test_two_that_say_the_same_are_told_so() -> None:
    page = comparison_page(compared([same("一、总体要求")], field_changes=(FieldChange("title", "甲", "乙"),)), "zh")
    assert "两者内容相同" in page
    assert "标题由 “甲” 改为 “乙”" in page


HOSTILE = "</td><script>alert(1)</script><img src=x onerror=alert(1)> {{ 7*7 }} \u202etxt.exe\x00\x0b \"'&amp;"


def test_hostile_text_stays_text() -> None:
    pair = compared([changed((HOSTILE, HOSTILE), ("甲", HOSTILE)), inserted(HOSTILE), deleted(HOSTILE)], notes=(HOSTILE,))
    page = comparison_page(with_title(pair, HOSTILE), "en")
    found = tree(page)
    assert not found.xpath("//script | //img")
    assert "7*7" in page
    assert "49" not in re.findall(r"\{\{ (.*?) \}\}", page)
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e\u2066-\u2069]", page)
    assert "⟨U+202E⟩" in page


@settings(max_examples=25)
@given(ANY)
def test_property_each_side_shows_its_whole_text_and_both_are_in_the_inline_view(made: list[Made]) -> None:
    pair = compared(made)
    found = tree(comparison_page(pair, "en"))
    rows = found.xpath("//table[@class='compare']//tr[@id]")
    both = [(row, row.xpath("td[@class='both']")) for row in rows]
    new = [shown(same[0]) if same else shown(row.xpath("td[contains(@class, 'now')]")[0]) for row, same in both]
    assert squeezed("".join(new)) == squeezed(visible(pair.new.text))
    old = [shown(row.xpath("td[contains(@class, 'old')]")[0]) for row, same in both if not same and "moved" not in row.get("class")]
    gone = [squeezed(visible(one.old.text)) for one in pair.comparison.units if one.old and one.fate in (Fate.CHANGED, Fate.DELETED)]
    assert [squeezed(text) for text in old if text.strip()] == [text for text in gone if text]


def test_words_at_the_edge_of_a_cell_are_marked_though_their_place_in_the_other_text_is_the_next_cell() -> None:
    pair = compared([row(Fate.CHANGED, [("1", "1")], [("市财政局", "市财政局"), ("", "、市教委")], [("年底", "年底")])])
    unit = pair.comparison.units[0]
    assert unit.old
    moved_on = replace(unit.changes[0], old_span=Span(unit.old.cells[2].start, unit.old.cells[2].start))
    pair = replace(pair, comparison=replace(pair.comparison, units=(replace(unit, changes=(moved_on,)),)))
    found = tree(comparison_page(pair, "zh"))
    assert [shown(each) for each in found.xpath("//td[@class='one']//ins")] == ["、市教委"]
    assert [shown(each) for each in found.xpath("//td[contains(@class, 'now')]//ins")] == ["、市教委"]

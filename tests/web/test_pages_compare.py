"""Comparison, alignment and works as pages: told changes first, words that went and came, files for offices, choices for who has none."""

from __future__ import annotations

import io
import re
import zipfile

import pytest

from storage.store import Store
from tests.web.papers import CODE, END, LOAN, ORDER, PARK, RENT, SECTION, own, page, publish, room_over, story

__all__ = ["own", "story"]


def test_two_versions_are_told_in_words_side_by_side_and_in_one_text(story: tuple[Store, str]) -> None:
    store, paper = story
    with room_over(store) as client:
        side = client.get(f"/compare?old={paper}@1&new={paper}@3&lang=en")
        inline = client.get(f"/compare?old={paper}@1&new={paper}@3&view=inline&lang=en").text
        everything = client.get(f"/compare?old={paper}@1&new={paper}@3&everything=1").text
    assert side.status_code == 200
    assert side.text.index("What changed in the tasks") < side.text.index('<table class="compare">')
    assert '<span class="sr">[inserted:' in side.text
    assert '<span class="sr">[deleted:' in side.text
    assert '<table class="compare">' not in inline
    assert re.search(r"<ins>.*?停车.*?</ins>", inline, re.DOTALL)
    assert re.search(r"<del>.*?借阅.*?</del>", inline, re.DOTALL)
    assert everything.count("报送进展") >= 1
    for text in (side.text, inline, everything):
        assert " style=" not in text
        assert "<script>" not in text


def test_a_comparison_by_days_is_that_of_the_versions_in_force(story: tuple[Store, str]) -> None:
    store, paper = story
    with room_over(store) as client:
        by_day = client.get(f"/compare?old={paper}@2026-03-05&new={paper}@2026-03-15").text
        by_number = client.get(f"/compare?old={paper}@1&new={paper}@2").text
    assert re.findall(r"<ins>.*?</ins>", by_day, re.DOTALL) == re.findall(r"<ins>.*?</ins>", by_number, re.DOTALL) != []


@pytest.mark.parametrize(("form", "kind"), [("table", "docx"), ("tracked", "docx"), ("json", "json"), ("html", "html")])
def test_the_forms_of_offices_come_as_files(story: tuple[Store, str], form: str, kind: str) -> None:
    store, paper = story
    with room_over(store) as client:
        given = client.get(f"/compare?old={paper}@1&new={paper}@2&form={form}")
    assert given.status_code == 200
    assert given.headers["content-disposition"].endswith(f'.{kind}"')
    assert given.headers["content-disposition"].startswith("attachment")
    if kind == "docx":
        assert "word/document.xml" in zipfile.ZipFile(io.BytesIO(given.content)).namelist()
    if kind == "html":
        assert given.headers["content-type"] == "application/octet-stream"


def test_who_names_one_text_is_offered_others(story: tuple[Store, str]) -> None:
    store, paper = story
    with room_over(store) as client:
        offered = client.get(f"/compare?old={paper}").text
        bare = client.get("/compare")
        unknown = client.get(f"/compare?old={paper}@9&new={paper}")
    assert [f'value="{paper}@{n}"' in offered for n in (1, 2, 3)] == [True, True, True]
    assert bare.status_code == 200
    assert unknown.status_code == 404


@pytest.mark.parametrize("name", ["/etc/passwd", "../data/harvester.sqlite", "tests/web/papers.py", "a" * 300, "ID@", "x;y"])
def test_a_name_is_never_a_file(own: Store, name: str) -> None:
    with room_over(own) as client:
        assert client.get("/compare", params={"old": name, "new": name}).status_code == 422
        assert client.get("/align", params={"documents": [name, name + "b"]}).status_code == 422


def test_papers_stand_side_by_side_and_come_as_a_sheet(own: Store) -> None:
    one = publish(own, "k1", page(*ORDER, SECTION, CODE, RENT, LOAN, *END))
    other = publish(own, "k2", page(*ORDER, SECTION, PARK, CODE.replace("（一）", "（三）"), *END, title="江海市信用惠民任务分工"))
    with room_over(own) as client:
        offered = client.get("/align").text
        aligned = client.get(f"/align?documents={one}&documents={other}")
        comma = client.get(f"/align?documents={one},{other}")
        sheet = client.get(f"/align?documents={one},{other}&form=xlsx")
        alone = client.get(f"/align?documents={one}")
    assert f'value="{one}"' in offered
    assert f'value="{other}"' in offered
    assert aligned.status_code == comma.status_code == 200
    tied = [row for row in re.findall(r"<tr>.*?</tr>", aligned.text, re.DOTALL) if row.count("先诊疗后付费") >= 2]
    assert len(tied) == 1, re.sub(r"<[^>]+>", "", aligned.text)
    assert tied[0].count("市医保局") == 2
    assert sheet.content[:2] == b"PK"
    assert " checked" in alone.text


def test_a_work_shows_its_copies_and_why_they_are_one(own: Store) -> None:
    for key in ("a1", "a2"):
        paper = publish(own, key, page(*ORDER, SECTION, CODE, RENT, LOAN, *END))
    with room_over(own) as client:
        place = client.get(f"/w/{paper}").headers["location"]
        shown = client.get(place).text
        told = client.get(f"{place}.json").json()
    assert len(told["documents"]) == 2
    assert shown.count('<th scope="row"><a href="/d/') == 2
    assert "/compare?old=" in shown

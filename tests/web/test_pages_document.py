"""The page of a document: head, text with evidence, versions, other forms, states; and the lists, the box, the search that lead there."""

from __future__ import annotations

import json
import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from harvester.web.pages.record_words import reported_field
from storage import queries
from storage.schema import documents
from storage.selection import Filters
from storage.store import Store
from tests.web.papers import CODE, END, HEAD, ORDER, RENT, SECTION, edited, own, page, publish, room_over, story

__all__ = ["own", "story"]

TABLE = """<table><tr><th>序号</th><th>重点任务</th><th>责任单位</th><th>完成时限</th></tr>
<tr><td>1</td><td>建立信用台账并向社会公布</td><td rowspan="2">市信用办</td><td>2026年6月</td></tr>
<tr><td>2</td><td>编制信用目录并逐年更新</td><td>2026年9月</td></tr></table>"""
HOSTILE = (
    '一、<b>=HYPERLINK("https://evil.example/")</b>由市发展改革委负责，2026年6月底前完成&lt;script&gt;alert(1)&lt;/script&gt;。',
    '<a href="javascript:alert(2)" onclick="alert(3)">二、点击\u202e此处</a>办理，由市司法局负责，2026年7月底前完成。',
)


def inside(page_text: str, tag: str) -> list[str]:
    """Return what stands in the elements of a page, without tags."""
    return [re.sub(r"<[^>]+>", "", found) for found in re.findall(rf"<{tag}[ >][^<]*(?:<(?!/{tag})[^<]*)*</{tag}>", page_text)]


def test_the_head_stands_in_the_order_of_disclosure_and_the_text_has_its_evidence_marked(own: Store) -> None:
    paper = publish(own, "k1", page(*ORDER, SECTION, CODE, RENT, *END, table=TABLE), number="江信办〔2026〕7号")
    tasks = queries.tasks(own, Filters(document=paper))
    with room_over(own) as client:
        text = client.get(f"/d/{paper}?lang=en").text
        plain = client.get(f"/d/{paper}?marks=0").text
    names = re.findall(r"<dt>([^<]+)</dt>", text)
    wanted = ["Kind of document", "Document number", "Day of publication", "Source"]
    assert [name for name in names if name in wanted] == wanted
    assert len(re.findall("<mark>", text)) >= len(tasks) > 2
    assert "<mark>" not in plain
    for task in tasks:
        assert f'href="/t/{task["lasting_id"]}"' in text
    assert '<th scope="col">' in text
    assert 'rowspan="2"' in text
    assert 'id="s2.1"' in text
    assert f'href="/d/{paper}/tab1.r2"' in text


def test_beside_each_task_stands_who_does_it_as_a_link_and_by_when(own: Store) -> None:
    paper = publish(own, "k1", page(*ORDER, SECTION, CODE, RENT, *END, table=TABLE), number="江信办〔2026〕7号")
    tasks = queries.tasks(own, Filters(document=paper))
    with room_over(own) as client:
        text = client.get(f"/d/{paper}").text
    stretches = text.split('<span class="beside"><a class="task-link" href="/t/')[1:]
    beside = {some.partition('"')[0]: some.partition("</span></span>")[0] for some in stretches}
    assert set(beside) == {task["lasting_id"] for task in tasks}
    for task in tasks:
        told = beside[task["lasting_id"]]
        for body in (*task["lead"], *task["responsible"]):
            assert body["mention"] in told
            assert not body["id"] or f'href="/a/{body["id"]}"' in told
        assert not task["deadline"] or task["deadline"]["text"] in told
    for field in re.findall(r"field=([a-z_]+)", text):
        assert reported_field("document", field, "zh")


@pytest.mark.parametrize("number", ["99", "99999999999999999999"])
def test_a_version_that_never_was_is_not_there_however_many_digits_it_has(story: tuple[Store, str], number: str) -> None:
    store, paper = story
    with room_over(store) as client:
        assert client.get(f"/d/{paper}/v{number}").status_code == 404


def test_an_old_version_says_so_and_leads_to_now_and_to_what_changed(story: tuple[Store, str]) -> None:
    store, paper = story
    with room_over(store) as client:
        old = client.get(f"/d/{paper}/v1?lang=en")
        same = client.get(f"/d/{paper}@2026-03-05?lang=en")
        now = client.get(f"/d/{paper}?lang=en")
        history = client.get(f"/d/{paper}/history?lang=en").text
    for answer in (old, same):
        assert "Not the current text" in answer.text
        assert f'href="/d/{paper}"' in answer.text
        assert f"/compare?old={paper}%401&amp;new={paper}%403" in answer.text
        assert "Memento-Datetime" in answer.headers
    assert "Not the current text" not in now.text
    assert "Memento-Datetime" not in now.headers
    assert "1 task added" in history
    assert history.count("/compare?old=") >= 2


def test_programs_get_other_forms_and_the_versions_of_a_day(story: tuple[Store, str]) -> None:
    store, paper = story
    with room_over(store) as client:
        found = client.get(f"/d/{paper}.json").json()
        assert (found["title"], found["version"], found["layout"]) == (HEAD, 3, "file")
        assert {"s1", "s2.1", "s2.3"} <= {part["part"] for part in found["parts"]}
        assert client.get(f"/d/{paper}@1.txt").text.startswith(HEAD)
        assert client.get(f"/d/{paper}.bib").text.startswith("@misc{")
        linked = client.get(f"/d/{paper}.jsonld").json()
        assert (linked["@type"], linked["name"]) == ("CreativeWork", HEAD)
        assert 'rel="canonical"' in client.get(f"/d/{paper}").headers["link"]
        told = client.get(f"/d/{paper}/timemap").text
        assert told.count('rel="memento"') == 3
        then = client.get(f"/d/{paper}", headers={"Accept-Datetime": "Sun, 15 Mar 2026 12:00:00 GMT"})
        assert (then.status_code, then.headers["location"]) == (302, f"/d/{paper}/v2")
        before = client.get(f"/d/{paper}", headers={"Accept-Datetime": "Thu, 01 Jan 2015 00:00:00 GMT"})
        assert before.headers["location"] == f"/d/{paper}/v1"
        assert client.get(f"/d/{paper}", headers={"Accept-Datetime": "yesterday"}).status_code == 200


def test_the_archived_page_tells_of_the_bytes_and_never_shows_them(own: Store) -> None:
    body = page(*HOSTILE)
    paper = publish(own, "k1", body)
    with room_over(own) as client:
        told = client.get(f"/d/{paper}/archived").text
        given = client.get(f"/d/{paper}/v1/archived/bytes")
    assert re.search(r"[0-9a-f]{64}", told)
    assert "<script>alert" not in told
    assert given.content == body
    assert given.headers["content-disposition"].startswith("attachment;")
    assert given.headers["content-type"] == "application/octet-stream"
    assert given.headers["x-content-type-options"] == "nosniff"


def test_hostile_words_are_text_on_every_page(own: Store) -> None:
    paper = publish(own, "k1", page(*HOSTILE, title="关于&lt;img src=x onerror=alert(1)&gt;的\u202e通知"))
    own_addresses = [f"/d/{paper}", f"/d/{paper}/s1", f"/d/{paper}/s1/history", f"/d/{paper}/history", f"/w/w{paper[1:]}"]
    own_addresses += [f"/compare?old={paper}", f"/find?q={paper[:4]}", "/documents", "/search?words=%E5%8A%9E%E7%90%86", "/align"]
    with room_over(own) as client:
        for address in own_addresses:
            answer = client.get(address)
            assert answer.status_code in (200, 303), address
            assert "<script>alert" not in answer.text, address
            assert "<img src=x" not in answer.text, address
            assert "\u202e" not in answer.text, address
            assert "javascript:" not in re.sub(r">[^<]*<", "><", answer.text), address
            assert not re.search(r"<[a-z][^>]*\son[a-z]+=", answer.text), address
            assert " style=" not in answer.text, address


@pytest.mark.parametrize("state", ["gone", "repealed"])
def test_a_state_of_the_source_is_told_in_words(own: Store, state: str) -> None:
    paper = publish(own, "k1", page(*ORDER))
    _set(own, paper, state)
    with room_over(own) as client:
        told = client.get(f"/d/{paper}?lang=en")
    assert told.status_code == 200
    assert {"gone": "Gone at its source", "repealed": "Repealed by its issuer"}[state] in told.text
    assert HEAD in told.text


def test_of_a_withdrawn_document_readers_see_only_that_it_was_withdrawn(own: Store) -> None:
    paper = edited(own)
    _set(own, paper, "withdrawn")
    addresses = [f"/d/{paper}", f"/d/{paper}/v1", f"/d/{paper}.json", f"/d/{paper}.txt", f"/d/{paper}/s2.1", f"/d/{paper}/s2.1/history"]
    addresses += [f"/d/{paper}/history", f"/d/{paper}/archived", f"/d/{paper}/v1/archived/bytes", f"/d/{paper}/timemap"]
    addresses += [f"/compare?old={paper}@1&new={paper}@2", f"/align?documents={paper},{paper}@1"]
    with room_over(own) as client:
        for address in addresses:
            answer = client.get(address)
            assert answer.status_code == 410, address
            assert "信用就医" not in answer.text, address
            assert HEAD not in answer.text, address
        found = client.get(f"/find?q={paper}")
        assert HEAD not in found.text
        assert HEAD not in client.get("/documents").text
        assert HEAD not in client.get(f"/w/w{paper[1:]}").text


def _set(store: Store, paper: str, state: str) -> None:
    with store.writing() as connection:
        connection.execute(update(documents).where(documents.c.id == paper).values(state=state))


def test_a_huge_table_is_cut_on_the_page_and_whole_on_its_own(own: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harvester.web.pages.part.ROWS", 100)
    rows = "".join(f"<tr><td>{n}</td><td>第{n}类信用事项台账</td><td>市信用办</td></tr>" for n in range(1, 161))
    paper = publish(own, "k1", page(*ORDER, table=f"<table><tr><th>序号</th><th>重点任务</th><th>责任单位</th></tr>{rows}</table>"))
    with room_over(own) as client:
        text = client.get(f"/d/{paper}").text
        first = client.get(f"/d/{paper}/tab1").text
        second = client.get(f"/d/{paper}/tab1?from=100").text
        row = client.get(f"/d/{paper}/tab1.r150").text
    assert text.count("<tr") < 130
    assert f'href="/d/{paper}/tab1"' in text
    assert "第99类" in first
    assert "第160类" in second
    assert "第149类" in row
    assert "重点任务" in row


# --- lists, the box, the search ----------------------------------------------------------------------------------------------


def test_the_list_holds_the_filters_of_the_command_line(shared_client: TestClient, shared_store: Store) -> None:
    wanted = queries.documents(shared_store, Filters(site="zhejiang", limit=200))
    text = shared_client.get("/documents?site=zhejiang").text
    shown = re.findall(r'<p><a href="/d/(\w+)">', text)
    assert len(shown) == min(40, len(wanted))
    assert set(shown) <= {row["id"] for row in wanted}
    assert shared_client.get("/documents?region=99").status_code == 422
    nothing = shared_client.get("/documents?words=%E6%9F%A5%E6%97%A0%E6%AD%A4%E4%BA%8B%E7%94%B2%E4%B9%99&lang=en").text
    assert "No document holds these filters" in nothing


def test_pages_of_the_list_follow_one_another_without_repeating(
    shared_client: TestClient, shared_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harvester.web.pages.documents.SIZE", 5)
    seen: list[str] = []
    address = "/documents"
    for _ in range(12):
        text = shared_client.get(address).text
        seen += re.findall(r'<p><a href="/d/(\w+)">', text)
        following = re.search(r'rel="next" href="([^"]+)"', text)
        if not following:
            break
        address = following[1].replace("&amp;", "&")
    assert sorted(seen) == sorted(row["id"] for row in queries.documents(shared_store))


def test_the_list_comes_as_json_page_by_page(shared_client: TestClient, shared_store: Store) -> None:
    address, seen = "/documents.json", []
    while address:
        told = shared_client.get(address).json()
        seen += [row["link"] for row in told["documents"]]
        address = told["next"] or ""
    assert len(seen) == len(set(seen)) == told["total"] == len(queries.documents(shared_store, Filters()))
    assert shared_client.get(seen[0]).status_code == 200


def test_the_list_comes_as_a_file(shared_client: TestClient) -> None:
    answer = shared_client.get("/documents.csv?site=zhejiang")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.text.count("\n") > 3


def test_the_box_opens_what_is_sure_and_shows_what_is_not(own: Store) -> None:
    paper = publish(own, "k1", page(*ORDER), number="江信办〔2026〕7号")
    publish(own, "k2", page(*ORDER, CODE, title="江口市信用监管方案"))
    with room_over(own) as client:
        sure = client.get("/find?q=江信办[2026]7号")
        assert (sure.status_code, sure.headers["location"]) == (303, f"/d/{paper}")
        several = client.get("/find?q=江口市信用&lang=en")
        assert several.status_code == 200
        assert several.text.count('<span class="tag">document</span>') == 2
        assert "part of the title" in several.text
        nothing = client.get("/find?q=海上渔船保险&lang=en").text
        assert "Tried as:" in nothing
        assert "/search?words=" in nothing
        person = client.get("/find?q=11010519491231002X&lang=en").text
        assert "11010519491231002X" not in person
        told = client.get("/find?q=江信办[2026]7号&form=json").json()
        assert [hit["id"] for hit in told["hits"]] == [paper]
        assert client.get("/find").status_code == 200


def test_the_search_marks_the_words_and_counts_by_kind(shared_client: TestClient) -> None:
    found = shared_client.get("/search?words=信用&lang=en").text
    assert "<mark>信用</mark>" in found
    assert re.search(r'Documents <span class="n">[1-9]', found)
    tasks = shared_client.get("/search?words=信用&kind=task").text
    assert re.search(r'href="/t/', tasks)
    assert "No text holds all of these words" in shared_client.get("/search?words=查无此词甲乙丙丁&lang=en").text


def test_every_message_of_these_pages_is_in_both_languages(story: tuple[Store, str]) -> None:
    store, paper = story
    with room_over(store) as client:
        chinese = client.get(f"/d/{paper}/v1").text
        english = client.get(f"/d/{paper}/v1?lang=en").text
    assert "非现行文本" in chinese
    assert "Not the current text" in english
    assert json.dumps(chinese) != json.dumps(english)

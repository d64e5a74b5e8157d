"""Every address that was printed once answers for ever: clauses, rows and tasks through versions, re-derivations and merged works."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace

import pandas as pd
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from harvester.web.reading import versions
from harvester.web.reading.layout import laid_out
from harvester.web.reading.parts import Index, parts_of
from harvester.web.reading.resolving import find, resolve
from harvester.web.reading.tracing import Trail
from harvester.web.room import RoomSettings
from normalizers.derive import derive
from normalizers.differences import Fate
from normalizers.documents import read
from normalizers.records import BlockKind, Derived, Document, Hints
from storage import queries, version_queries
from storage.errors import UnknownRecord
from storage.identity import document_id
from storage.store import Store
from tests.web.conftest import client_of
from tests.web.papers import CODE, END, HEAD, LOAN, ORDER, PARK, RENT, SECTION, own, page, publish, room_over, story

__all__ = ["own", "story"]


def names_of(text: str) -> dict[str, str]:
    """Return the parts of a plain text by address."""
    document = read(text.encode(), Hints(media_type="text/plain", file_name="a.txt"))
    return {part.name: part.unit.text for part in parts_of(document)}


def test_addresses_are_the_numbers_that_a_text_prints() -> None:
    lines = ["江口市公共信用信息管理办法", "第一章 总则", "第一条 为规范管理，制定本办法。", "第二条 本办法下列用语的含义是："]
    lines += ["（一）信息，是指记录。", "（二）主体，是指法人。", "第二章 归集", "第一节 目录", "第一百二十三条 目录每年公布。"]
    lines += ["附件2", "一、清单", "1. 第一项内容应当列明。"]
    found = names_of("\n".join(lines))
    assert {"ch1", "art1", "art2", "art2.1", "art2.2", "ch2", "ch2.1", "art123", "annex2.s1", "annex2.s1.1"} <= set(found)
    assert found["art2.2"].startswith("（二）主体")


def test_spellings_of_an_address_lead_to_the_same_clause() -> None:
    document = read("第五条 目录每年公布。\n附件2\n一、清单由市信用办编制。".encode(), Hints(file_name="a.txt"))
    index = Index(parts_of(document))
    assert index.find("第5条") == index.find("art5") is not None
    assert index.find("附件2.s1") == index.find("annex2.s1") is not None
    assert index.find("s9") is None


@given(
    st.lists(
        st.sampled_from([*ORDER, SECTION, CODE, RENT, LOAN, *END, "第三条 某项规定如下。", "附件1", "（1）细目", "1. 项目"]), max_size=25
    )
)
def test_property_every_piece_has_one_address_and_is_found_by_it(lines: list[str]) -> None:
    document = read(("\n".join(lines) or "空").encode(), Hints(file_name="a.txt"))
    parts = parts_of(document)
    assert len({part.name for part in parts}) == len(parts)
    index = Index(parts)
    assert [index.find(part.name) for part in parts] == list(range(len(parts)))


@given(st.text(alphabet="一二三（）、.1附件\n\t第条章①(", max_size=120))
def test_property_any_text_has_blocks_and_addresses(text: str) -> None:
    blocks, _whole = laid_out(text, "", ())
    shown = "".join(text[block.span.start : block.span.end] for block in blocks)
    assert "".join(shown.split()) == "".join(text.split())
    parts = parts_of(Document("d", "text", blocks, text, text))
    assert len({part.name for part in parts}) == len(parts)


def test_blocks_of_a_better_reading_are_kept_where_the_stored_text_still_holds_them() -> None:
    table = "<table><tr><th>序号</th><th>任务</th></tr><tr><td>1</td><td>编制目录</td></tr></table>"
    document = read(page("一、甲事项由市信用办办理。", table=table), Hints(media_type="text/html"))
    older = document.text.replace("甲事项", "乙事项")
    blocks, whole = laid_out(older, HEAD, document.blocks)
    assert not whole
    assert [block.kind for block in blocks] == [BlockKind.TITLE, BlockKind.PARAGRAPH, BlockKind.TABLE]
    assert blocks[2].table is not None
    assert [cell.text for cell in blocks[2].table.cells] == [older[c.span.start : c.span.end] for c in blocks[2].table.cells]


# --- through versions ------------------------------------------------------------------------------------------------------


def test_a_clause_is_followed_where_it_was_renumbered_reworded_and_went(story: tuple[Store, str]) -> None:
    store, paper = story
    trail = Trail(store, paper, [1, 2, 3])
    one, last = (trail.reading(number).index for number in (1, 3))
    rent = one.parts[one.find("s2.2") or 0]
    assert rent.unit.text == RENT
    steps = trail.through(1, rent)
    assert [step.part.name if step.part else "" for step in steps] == ["s2.2", "s2.3", "s2.3"]
    loan = trail.became(1, one.parts[one.find("s2.3") or 0])
    assert (loan.version, loan.part, loan.fate) == (3, None, Fate.DELETED)
    code = trail.through(3, last.parts[last.find("s2.1") or 0])
    assert [step.fate for step in code][-1] is Fate.CHANGED


def test_an_address_without_a_day_says_what_became_of_its_clause(story: tuple[Store, str]) -> None:
    store, paper = story
    gone = resolve(store, paper, "s2.4", "")
    assert gone.reading.version == 2
    assert gone.became is not None
    assert gone.became.part is None
    taken = resolve(store, paper, "s2.2", "")
    assert taken.part.unit.text == PARK
    assert taken.other is not None
    earlier, step = taken.other
    assert (earlier, step.part.name if step.part else "") == (1, "s2.3")
    assert resolve(store, paper, "s2.2", "2026-03-05").part.unit.text == RENT
    assert resolve(store, paper, "s2.2", "1").other is None
    with pytest.raises(UnknownRecord):
        resolve(store, paper, "s7", "")


def test_pages_of_clauses_answer_and_tell_their_history(story: tuple[Store, str]) -> None:
    store, paper = story
    with room_over(store) as client:
        was = client.get(f"/d/{paper}/s2.2@2026-03-05")
        assert "信用租房" in was.text
        now = client.get(f"/d/{paper}/s2.2?lang=en").text
        assert "信用停车" in now
        assert "In version 1 this address named another clause" in now
        assert f'href="/d/{paper}/s2.3"' in now
        gone = client.get(f"/d/{paper}/s2.4?lang=en")
        assert gone.status_code == 200
        assert "it went with version 3" in gone.text
        told = client.get(f"/d/{paper}/s2.1/history?lang=en").text
        assert "<del>" in told
        assert "二十家" in told.replace("</span>", "").replace("<span>", "") or "<ins>" in told
        assert client.get(f"/d/{paper}/s9").status_code == 404
        assert client.get(f"/d/{paper}/s2.2@2020-01-01").status_code == 404
        assert client.get(f"/d/{paper}/v1/s2.2.txt").text.startswith(RENT)


def test_every_address_of_an_export_answers_after_the_archive_was_read_otherwise(own: Store) -> None:
    table = "<table><tr><th>序号</th><th>重点任务</th><th>责任单位</th></tr>" + "".join(
        f"<tr><td>{n}</td><td>建立第{n}类信用台账并公布</td><td>市信用办</td></tr>" for n in range(1, 5)
    )
    body = page(*ORDER, SECTION, CODE, RENT, *END, table=table + "</table>")
    paper = publish(own, "k2", body)
    printed = [(row["id"], row["lasting_id"], row["address"], row["text"]) for row in queries.tasks(own)]
    assert {address.partition(".")[0][:3] for *_, address, _text in printed} >= {"tab"}
    versions._SHELF._kept.clear()
    better = _read_otherwise(body)
    publish(own, "k2", body, 3, again=True, derived=better)
    assert [row["change"] for row in version_queries.versions(own, paper)] == ["first", "reading"]
    old = versions.read(own, paper, 1)
    with room_over(own) as client:
        for task, lasting, address, text in printed:
            at = find(own, old, address)
            assert at is not None
            assert text[:12] in old.index.parts[at].unit.text
            assert client.get(f"/d/{paper}/v1/{address}").status_code == 200
            assert client.get(f"/d/{paper}/{address}").status_code == 200
            assert client.get(f"/d/{task}").headers["location"] == f"/t/{lasting}"
            assert client.get(f"/d/{paper}/v1/{task.rpartition('.')[2]}").headers["location"] == f"/t/{lasting}"
        assert client.get(f"/d/{paper}@1").status_code == 200


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet", "jsonl", "json"])
def test_a_file_taken_from_the_room_carries_whole_addresses_that_answer_after_the_archive_was_read_otherwise(own: Store, form: str) -> None:
    body = page(*ORDER, SECTION, CODE, RENT, LOAN, *END)
    publish(own, "k2", body)
    base = "http://127.0.0.2:8123"  # behind a proxy: not the address at which the room is asked
    with client_of(own, RoomSettings(base=base)) as client:
        kept = {what: _links(client.get(f"/{what}.{form}").content, form) for what in ("tasks", "documents")}
    versions._SHELF._kept.clear()
    publish(own, "k2", body, 3, again=True, derived=_read_otherwise(body))
    with client_of(own) as client:
        for links in kept.values():
            assert links
            for link in links:
                assert link.startswith(f"{base}/")
                assert client.get(link).status_code == 200, link
        assert _links(client.get(f"/tasks.{form}").content, form)[0].startswith("http://127.0.0.1/t/")


def _links(data: bytes, form: str) -> list[str]:
    """Return the column ``link`` of a file."""
    if form == "json":
        told = json.loads(data)
        return [row["link"] for row in next(value for value in told.values() if isinstance(value, list))]
    if form == "jsonl":
        return [json.loads(line)["link"] for line in data.splitlines()]
    reads = {"csv": pd.read_csv, "xlsx": pd.read_excel, "parquet": pd.read_parquet}
    return list(reads[form](io.BytesIO(data))["link"])


def _read_otherwise(body: bytes) -> Derived:
    """Return what a newer program would read: the preamble is dropped, so that every paragraph counts otherwise."""
    cut = body.replace(f"<p>{ORDER[1]}</p>".encode(), b"")
    found = derive(cut, Hints(media_type="text/html", region="310000"))
    return replace(found, normalizer_version="999")


def test_a_work_that_became_part_of_another_leads_to_that_one(own: Store) -> None:
    works = {f"w{publish(own, key, page(*ORDER, SECTION, CODE, RENT, LOAN, *END))[1:]}" for key in ("a1", "a2")}
    with room_over(own) as client:
        answers = {name: client.get(f"/w/{name}") for name in works}
    assert sorted(answer.status_code for answer in answers.values()) == [200, 308]
    led = next(answer for answer in answers.values() if answer.status_code == 308)
    assert led.headers["location"].removeprefix("/w/") in works


def test_addresses_of_the_sample_crawl_s_tasks_answer(shared_store: Store, shared_client: TestClient) -> None:
    rows = queries.tasks(shared_store)
    assert len(rows) > 10
    for row in rows[::9]:
        for address in (f"/d/{row['document']}/v{row['version']}/{row['address']}", f"/d/{row['document']}/{row['address']}"):
            answer = shared_client.get(address)
            assert answer.status_code == 200, address
            assert re.sub(r"\s", "", row["text"])[:6] in re.sub(r"\s|<[^>]+>", "", answer.text)


def test_the_identifier_of_a_paper_is_the_same_in_every_store(own: Store) -> None:
    assert publish(own, "k9", page(*ORDER)) == document_id("shanghai", "k9")

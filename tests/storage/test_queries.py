"""Questions get the rows they ask for: a work once, the copy that counts, as of a day, by any name of a body."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import update

from normalizers.records import Agency
from storage import queries
from storage.dump import dump
from storage.errors import UnknownRecord
from storage.explain import explain
from storage.frames import frame
from storage.identity import document_id
from storage.records import CaptureRow, FailureRow, Publication
from storage.schema import documents
from storage.selection import Filters
from storage.sources import source, sources
from storage.store import Store
from tests.storage.conftest import filled_once
from tests.storage.samples import AGENCIES, AT, BUREAU, LINES, later, make_capture, make_derived, make_publication, make_task, put

LONG = tuple(f"{line}，由第{n}组负责并在年内完成全部内容{n * n}" for n in range(1, 12) for line in LINES)
HOME, OTHER = "310000", "320000"


def fill(store: Store) -> None:
    """Fill a store: one work in two copies, of which the later is the publisher's own, and another document."""
    store.load_agencies(AGENCIES)
    run = store.begin_run("reprints", ["notices"], AT, region=OTHER)
    put(store, run, "r1", make_derived("江口市信用工作安排", LONG, published_on=date(2024, 3, 1)), site="reprints")
    put(store, run, "r2", make_derived("海门县宣传计划", LINES[:2], document_number="", regions=("320684",)), site="reprints")
    store.end_run(run, "complete", "", {"pages": 2}, later(0.1))
    run = store.begin_run("jiangkou", ["notices"], AT, region=HOME)
    put(store, run, "1001", make_derived("江口市信用工作安排", LONG, published_on=date(2024, 3, 5)))


filled = filled_once(fill)


def test_a_work_counts_once_and_the_publishers_own_copy_is_the_one(filled: Store) -> None:
    found = queries.tasks(filled)
    assert len(found) == len(LONG) + 2
    assert {row["site"] for row in found if row["copies"] == 2} == {"jiangkou"}
    assert len(queries.tasks(filled, Filters(all_copies=True))) == 2 * len(LONG) + 2
    assert len(queries.tasks(filled, Filters(site="reprints"))) == len(LONG) + 2


def test_without_a_publishers_own_copy_the_first_published_counts(store: Store) -> None:
    for site, day in (("a", 9), ("b", 2), ("c", 5)):
        put(store, store.begin_run(site, ["notices"], AT), "1", make_derived("安排", LONG, published_on=date(2024, 3, day)), site=site)
    assert {row["site"] for row in queries.tasks(store)} == {"b"}


def test_a_copy_whose_tasks_could_not_be_read_does_not_hide_those_of_another(store: Store) -> None:
    put(store, store.begin_run("a", ["n"], AT), "1", make_derived("安排", LONG, tasks=False, published_on=date(2020, 1, 1)), site="a")
    put(store, store.begin_run("b", ["n"], AT), "1", make_derived("安排", LONG), site="b")
    assert len(queries.tasks(store)) == len(LONG)


def test_a_task_tells_its_bodies_by_role_its_deadline_and_where_it_stands(filled: Store) -> None:
    task = queries.tasks(filled, Filters(site="jiangkou"))[0]
    assert task["id"] == f"{document_id('jiangkou', '1001')}.1.t1"
    assert task["lead"] == [
        {
            "id": "a0001",
            "mention": "市档案局",
            "name": "江口市档案局",
            "kind": "agency",
            "resolved": True,
            "rule": "context-alias",
            "flags": [],
        }
    ]
    assert [body["mention"] for body in task["partner"]] == ["各区政府", "某某中心"]
    assert task["partner"][1]["resolved"] is False
    assert task["deadline"]["end"] == date(2024, 9, 30)
    assert task["milestones"][0]["end"] == "2024-06-30"
    assert task["region"] == HOME


@pytest.mark.parametrize("name", ["江口市档案局", "市档案局", "江口档案馆", "a0001"])
def test_a_body_is_found_by_any_of_its_names(filled: Store, name: str) -> None:
    assert len(queries.tasks(filled, Filters(agency=name))) == len(LONG) + 2
    assert queries.tasks(filled, Filters(agency=name, role="partner")) == []


def test_a_body_that_was_never_resolved_is_found_by_its_words(filled: Store) -> None:
    assert len(queries.tasks(filled, Filters(agency="某某 中心", role="partner"))) == len(LONG) + 2
    assert queries.tasks(filled, Filters(agency="某某")) == []


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        (Filters(region="310000"), len(LONG)),
        (Filters(region="320000"), 2),
        (Filters(region="320600"), 2),
        (Filters(region="320500"), 0),
        (Filters(due_from=date(2024, 9, 30), due_to=date(2024, 9, 30)), len(LONG) + 2),
        (Filters(due_from=date(2024, 10, 1)), 0),
        (Filters(due_to=date(2024, 9, 29)), 0),
        (Filters(words="信用修复"), 12),
        (Filters(words="复"), 12),
        (Filters(words="信用 第3组"), 3),
        (Filters(words="，。"), 0),
        (Filters(limit=3), 3),
        (Filters(site="nowhere"), 0),
        (Filters(document="d00000000000"), 0),
    ],
)
def test_filters_hold_back_what_does_not_fit(filled: Store, filters: Filters, count: int) -> None:
    assert len(queries.tasks(filled, filters)) == count


def test_as_of_a_day_the_versions_in_force_then_are_asked(filled: Store) -> None:
    run = filled.begin_run("jiangkou", ["notices"], later(10))
    put(filled, run, "1001", make_derived("江口市信用工作安排", LONG[:5]), at=later(10))
    here = Filters(site="jiangkou")
    assert len(queries.tasks(filled, here)) == 5
    assert len(queries.tasks(filled, replace(here, as_of=date(2024, 5, 15)))) == len(LONG)
    assert len(queries.tasks(filled, replace(here, as_of=date(2024, 5, 16)))) == 5
    assert queries.tasks(filled, replace(here, as_of=date(2024, 3, 4))) == []
    assert len(queries.tasks(filled, Filters(document=f"{document_id('jiangkou', '1001')}@1"))) == len(LONG)
    # The reprint still says what the first version said; the publisher's own copy is the one that counts.
    assert len(queries.tasks(filled)) == 5 + 2


def test_a_withdrawn_document_leaves_every_answer_but_not_the_past(filled: Store) -> None:
    with filled.writing() as connection:
        connection.execute(update(documents).where(documents.c.site == "reprints").values(state="withdrawn", state_since=later(5)))
    assert {row["site"] for row in queries.tasks(filled, Filters(all_copies=True))} == {"jiangkou"}
    assert {row["site"] for row in queries.tasks(filled, Filters(all_copies=True, as_of=date(2024, 5, 7)))} == {"jiangkou", "reprints"}
    assert {hit["site"] for hit in queries.search(filled, "信用", Filters(all_copies=True))["hits"]} == {"jiangkou"}


def test_documents_agencies_runs_failures_and_counts_are_listed(filled: Store) -> None:
    run = queries.runs(filled, "jiangkou")[0]["id"]
    filled.record_failure(run, FailureRow("jiangkou", "notices", "article", "https://x.example.cn/9", "9", "challenge", "script", AT))
    assert [row["title"] for row in queries.documents(filled, Filters(site="reprints"))] == ["海门县宣传计划", "江口市信用工作安排"]
    assert len(queries.documents(filled, Filters(words="宣传计划"))) == 1
    bodies = {row["name"]: row for row in queries.agencies(filled)}
    assert (bodies["江口市档案局"]["lead"], bodies["某某中心"]["partner"], bodies["某某中心"]["resolved"]) == (
        len(LONG) + 2,
        len(LONG) + 2,
        False,
    )
    assert [row["site"] for row in queries.runs(filled, limit=1)] == [queries.runs(filled)[0]["site"]]
    assert [(row["run"], row["cause"]) for row in queries.failures(filled, site="jiangkou")] == [(run, "challenge")]
    names = ("site", "captures", "documents", "versions", "tasks", "agencies", "deadlines")
    assert [tuple(row[name] for name in names) for row in queries.counts(filled)] == [
        ("jiangkou", 1, 1, 1, len(LONG), 3, len(LONG)),
        ("reprints", 2, 2, 2, len(LONG) + 2, 3, len(LONG) + 2),
    ]


def test_the_views_count_the_same_copies_as_the_questions(filled: Store) -> None:
    def counted() -> set[str]:
        found = frame(filled, "tasks")
        return set(found[found["counted"]]["task"])

    assert counted() == {row["id"] for row in queries.tasks(filled)}
    with filled.writing() as connection:
        connection.execute(update(documents).where(documents.c.site == "jiangkou").values(state="withdrawn", state_since=later(5)))
    assert counted() == {row["id"] for row in queries.tasks(filled)} != set()


# --- the way back ---


def archived(store: Store) -> tuple[CaptureRow, Publication]:
    run = store.begin_run("jiangkou", ["notices"], AT)
    publication = make_publication()
    with store.archive.open_run("jiangkou", run) as writer:
        location, _ = writer.write(
            url=publication.url, status=200, headers=(("Content-Type", "text/html"),), body=b"<p>x</p>", fetched_at=AT
        )
    capture = replace(make_capture(publication.url), location=location)
    store.ingest(run, capture, publication, make_derived())
    return capture, publication


def test_a_task_is_explained_back_to_its_bytes(store: Store) -> None:
    store.load_agencies(AGENCIES)
    capture, publication = archived(store)
    name = f"{document_id('jiangkou', '1001')}.1.t2"
    found = explain(store, name)
    assert found["task"]["id"] == name
    assert found["task"]["rule"] == "table-row"
    assert found["evidence"]["text"] == LINES[1]
    assert found["evidence"]["raw"] == LINES[1].replace("，", ",")
    assert found["evidence"]["lines"] == [3, 3]
    assert (found["archived"]["readable"], found["archived"]["bytes"], found["archived"]["offset"]) == (True, 8, capture.location.offset)
    assert found["repairs"] == [{"kind": "punctuation", "count": 3, "guessed": 1, "left": 0}]
    assert [entry["id"] for entry in found["gazetteer"]] == ["a0001", "g0001"]
    assert {row["name"] for row in found["gazetteer"][0]["names"]} == {"江口市档案局", "市档案局", "江口档案馆"}
    assert found["version"]["hints"] == dict(publication.hints)
    assert found["clock"]["first_seen"] == AT


def test_a_document_is_explained_with_its_copies_and_why_they_are_tied(filled: Store) -> None:
    found = explain(filled, document_id("jiangkou", "1001"))
    assert found["task"] is None
    assert [copy["site"] for copy in found["work"]["copies"]] == ["reprints"]
    assert [(tie["reason"], tie["score"]) for tie in found["work"]["ties"]] == [("content", 1.0)]
    assert found["archived"]["readable"] is False


@pytest.mark.parametrize(
    "name", ["", "dxxxxxxxxxxx", "x.1.t1", "@", "@2", "d@x", "d.1", f"{document_id('jiangkou', '1001')}@7", "%", "9" * 40]
)
def test_what_is_not_there_is_told_with_the_next_step(filled: Store, name: str) -> None:
    with pytest.raises(UnknownRecord, match="list what there is"):
        explain(filled, name)


def test_a_version_can_be_derived_again_from_what_the_store_tells(store: Store) -> None:
    capture, publication = archived(store)
    found = source(store, document_id("jiangkou", "1001"))
    assert (found.capture, found.publication, found.version) == (capture, publication, 1)
    assert store.archive.read(found.capture.location).body == b"<p>x</p>"
    assert sources(store) == sources(store, site="jiangkou") == [found]
    assert sources(store, site="none") == []


def test_the_dump_tells_content_and_nothing_of_the_crawl(url: str, store: Store, tmp_path: Path) -> None:
    put(store, store.begin_run("jiangkou", ["notices"], AT), "1", make_derived())
    first = list(dump(store))
    put(store, store.begin_run("jiangkou", ["notices"], later(9)), "1", make_derived(), at=later(9))
    store.begin_run("jiangkou", ["notices"], later(10))
    assert list(dump(store)) == first
    with Store.open(f"sqlite:///{tmp_path}/other.sqlite", create=True) as other:
        put(other, other.begin_run("jiangkou", ["notices"], later(3)), "1", make_derived(), at=later(3))
        assert list(dump(other)) == first
        put(other, other.begin_run("jiangkou", ["notices"], later(4)), "1", make_derived(lines=LINES[:3]), at=later(4))
        assert list(dump(other)) != first
    assert any('"table":"task_agency"' in line and BUREAU.mention in line for line in first)


def test_bodies_of_every_role_are_kept_in_their_order(store: Store) -> None:
    bodies = tuple(Agency(f"第{n}科") for n in range(12))
    task = make_task(LINES[0], 18, lead=(), partner=(), responsible=bodies, implied=bodies[:2], deadline=None)
    derived = replace(make_derived(), tasks=(task,))
    put(store, store.begin_run("jiangkou", ["notices"], AT), "1", derived)
    found = queries.tasks(store)[0]
    assert [body["mention"] for body in found["responsible"]] == [body.mention for body in bodies]
    assert len(found["implied"]) == 2
    assert found["deadline"] is None

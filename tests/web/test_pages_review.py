"""The review queue and the pages about what there is: decisions with their evidence, each to be undone; coverage, dictionary, SQL, help."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from lxml import html

from harvester import audited, review
from harvester.messages import _
from harvester.review import Kind
from harvester.web import holes
from harvester.web.pages.coverage import SIGNS, reasons, shown
from storage import audit, coverage_queries, decisions, ending_decisions, notice_queries, queries, tie_decisions, works_waiting
from storage.dictionary import entries
from storage.errors import StoreError, UnknownRecord
from storage.notice_queries import NoticeFilters
from storage.selection import Filters
from storage.store import Store
from tests.browser.filled import put_ending
from tests.storage.samples import AT, make_derived, put


def words_of(page: str) -> str:
    return " ".join(html.document_fromstring(page).xpath("string(//main)").split())


def token_of(client: TestClient, place: str) -> str:
    return str(html.document_fromstring(client.get(place).text).xpath("//main//input[@name='token']/@value")[0])


@pytest.fixture
def waiting(bare_store: Store) -> Store:
    """Give a store in which a body waits for a decision."""
    run = bare_store.begin_run("jiangkou", ["notices"], AT, region="310000")
    put(bare_store, run, "1001", make_derived())
    return bare_store


def test_a_mention_is_decided_with_its_evidence_and_the_decision_undone(bare_client: TestClient, waiting: Store) -> None:
    row = next(row for row in review.queue(waiting, [Kind.MENTION]) if row["what"] == "某某中心")
    page = bare_client.get("/review").text
    assert "某某中心" in page
    assert f"/t/{row['examples'][0]}" in page
    sent = {
        "token": token_of(bare_client, "/review"),
        "mention": "某某中心",
        "region": row["region"],
        "kind": "group",
        "other": "各有关中心",
        "note": "文中自指",
    }
    assert bare_client.post("/review/mention", data=sent).status_code == 303
    made = decisions.listed(waiting)[-1]
    assert (made["mention"], made["kind"], made["name"], made["note"]) == ("某某中心", "group", "各有关中心", "文中自指")
    assert "某某中心" in bare_client.get("/review/decisions").text
    undone = {"token": token_of(bare_client, "/review/decisions"), "number": str(made["id"]), "of": "mention"}
    assert bare_client.post("/review/undo", data=undone).status_code == 303
    assert decisions.listed(waiting) == []
    assert "某某中心" in bare_client.get("/review/decisions?every=1").text, "the log loses nothing"


def test_a_body_that_the_gazetteer_does_not_know_is_refused_unless_it_is_called_new(bare_client: TestClient, waiting: Store) -> None:
    sent = {
        "token": token_of(bare_client, "/review"),
        "mention": "某某中心",
        "region": "310000",
        "kind": "agency",
        "other": "江口市数据中心",
    }
    refused = bare_client.post("/review/mention", data=sent)
    assert refused.status_code == 422
    assert decisions.listed(waiting) == []
    assert bare_client.post("/review/mention", data=sent | {"new": "true"}).status_code == 303
    assert decisions.listed(waiting)[0]["name"] == "江口市数据中心"


def test_every_kind_of_the_queue_is_counted_as_it_is_listed(waiting: Store, bare_client: TestClient) -> None:
    for kind in Kind:
        assert review.count(waiting, kind) == len(review.queue(waiting, [kind])), kind
        assert bare_client.get(f"/review?kind={kind.value}").status_code == 200
    assert bare_client.get("/review?kind=nothing").status_code == 422


def test_two_texts_that_are_nearly_one_wait_until_somebody_decides(bare_client: TestClient, bare_store: Store) -> None:
    run = bare_store.begin_run("jiangkou", ["notices"], AT, region="310000")
    lines = tuple(f"推进第{n}项信用制度建设，按季度通报进展情况并向社会公布" for n in range(30))
    put(bare_store, run, "2001", make_derived("江口市信用体系建设工作安排的通知", lines, document_number=""))
    near = (*lines[:-4], *(f"{line}（{n}）更新后重新公布" for n, line in enumerate(lines[-4:])))
    put(bare_store, run, "2002", make_derived("江口市信用体系建设工作安排的通知", near, document_number=""), site="haimen")
    found = works_waiting.listed(bare_store)
    assert len(found) == works_waiting.count(bare_store) > 0
    row = found[0]
    assert "/compare?old=" in bare_client.get("/review?kind=tie").text
    sent = {
        "token": token_of(bare_client, "/review?kind=tie"),
        "document": row["document"],
        "other": row["other"],
        "tie": "same",
        "note": "同文",
    }
    assert bare_client.post("/review/tie", data=sent).status_code == 303
    assert tie_decisions.listed(bare_store)[-1]["note"] == "同文"
    assert (row["document"], row["other"]) not in {(each["document"], each["other"]) for each in works_waiting.listed(bare_store)}
    assert bare_client.post("/review/tie", data=sent | {"tie": "cousins"}).status_code == 422


def test_an_ending_that_may_mean_several_records_takes_down_the_one_that_is_ticked(bare_client: TestClient, bare_store: Store) -> None:
    now = datetime.now(UTC)
    put_ending(bare_store, now)
    ending = ending_decisions.waiting(bare_store, today=now.date())[0]
    assert len(ending["records"]) > 1
    meant = ending["records"][0]["id"]
    page = bare_client.get("/review?kind=ending").text
    assert f"/n/{meant}" in page
    with pytest.raises(StoreError):
        ending_decisions.settle(bare_store, ending["id"], ["n0000000000000000"], now)
    sent = {"token": token_of(bare_client, "/review?kind=ending"), "id": ending["id"], "meant": [meant]}
    assert bare_client.post("/review/ending", data=sent).status_code == 303
    assert bare_client.get(f"/n/{meant}").status_code == 404
    assert bare_client.get(f"/n/{ending['records'][1]['id']}").status_code == 200
    assert ending_decisions.count(bare_store) == 0
    with pytest.raises(UnknownRecord):
        ending_decisions.settle(bare_store, ending["id"], [], now)


# --- coverage ----------------------------------------------------------------------------------------------------------


def test_coverage_counts_what_the_lists_hold_and_tells_every_hole_why(shared_client: TestClient, shared_store: Store) -> None:
    documents = Counter(row["document_kind"] for row in queries.documents(shared_store, Filters()))
    found = Counter[str]()
    for row in coverage_queries.documents(shared_store):
        found[row["kind"]] += row["count"]
    assert found == documents
    today = audited.today()
    assert sum(row["count"] for row in coverage_queries.records(shared_store, today)) == len(
        notice_queries.notices(shared_store, today=today)
    )
    for matrix in holes.matrices(shared_store):
        for _kind, _records, cells in matrix.lines:
            assert all(isinstance(cell, int) or cell in SIGNS for cell in cells)
    assert set(reasons("zh")) == set(SIGNS)
    assert len(set(SIGNS.values())) == len(SIGNS), "signs are told apart"
    page = words_of(shared_client.get("/coverage").text)
    assert "自然人" in page
    assert "尚未查看" in page, "sites that the sample never read"


def test_coverage_leads_to_each_province_and_tells_first_what_somebody_could_fill() -> None:
    lines = (
        ("plan", False, (holes.NONE, 0 + 2, 3)), ("permit", True, (holes.NONE, holes.INCOMPLETE, 4)),
        ("case", False, (holes.NONE, holes.NONE, holes.NONE)), ("defaulter", True, (holes.OVER, holes.NO_SITE, holes.NO_SITE)),
    )  # fmt: skip
    told = shown(holes.Matrix("31", (), (2024, 2025, 2026), lines))
    assert told.years == (2026, 2025), "the newest first, and no column for a year of which there is nothing"
    assert told.lines == (("permit", True, (4, holes.INCOMPLETE)), ("plan", False, (3, 2)))
    assert {reason: [kind for kind, *_ in some] for reason, some in told.quiet.items()} == {
        holes.NONE: ["case"], holes.NO_SITE: ["defaulter"],
    }  # fmt: skip


def test_every_number_and_every_kind_of_coverage_is_on_its_page(shared_client: TestClient, shared_store: Store) -> None:
    page = html.fromstring(shared_client.get("/coverage").text)
    links = [str(link) for link in page.xpath('//nav[contains(@class, "contents")]//a/@href')]
    assert [link for link in links if not page.xpath(f'//*[@id="{link[1:]}"]')] == []
    assert len(links) == len(holes.PROVINCES) + 1
    counted = sum(cell for matrix in holes.matrices(shared_store) for *_, cells in matrix.lines for cell in cells if isinstance(cell, int))
    assert sum(int(cell.text.replace(",", "")) for cell in page.xpath('//table[@class="matrix"]//td/a')) == counted
    for matrix in holes.matrices(shared_store):
        told = shown(matrix)
        assert len(told.lines) + sum(map(len, told.quiet.values())) == len(matrix.lines)


@pytest.mark.parametrize(("year", "told"), [(2020, holes.OVER), (2023, ""), (2026, "")])
def test_a_year_of_penalties_is_past_its_term_after_three_years(year: int, told: str) -> None:
    assert holes.over("penalty", year, 2026) == told
    assert holes.over("permit", year, 2026) == ""


def test_the_weightiest_reason_is_told_and_that_of_another_kind_is_not() -> None:
    cut = holes.Source(
        "s", "站", True, (), frozenset({"permit", "penalty"}), frozenset({"permit"}), {holes.INCOMPLETE: "许可"}, (), None, None
    )
    assert holes.reason([cut], "permit") == holes.INCOMPLETE
    assert holes.reason([cut], "penalty") == holes.NONE
    assert holes.reason([cut], "tax-case") == holes.NO_SITE
    assert holes.reason([]) == holes.NO_SITE


# --- dictionary, SQL, help -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_dictionary_shows_every_column_with_its_meaning(shared_client: TestClient, lang: str) -> None:
    page = html.document_fromstring(shared_client.get(f"/dictionary?lang={lang}").text)
    shown = {str(each) for each in page.xpath("//table[@class='dictionary']//tr/@id")}
    assert shown == {f"{view['name']}.{column['name']}" for view in entries(lang) for column in view["columns"]}
    some = shared_client.get(f"/dictionary?lang={lang}&words=GB/T 9704").text
    assert "document_number" in some
    assert "v_runs" not in words_of(some)


def test_sql_answers_in_a_table_and_tells_kindly_what_it_refuses(shared_client: TestClient) -> None:
    page = shared_client.get("/sql", params={"sql": "SELECT site, count(*) AS n FROM v_documents GROUP BY site ORDER BY site"}).text
    assert "shanghai" in words_of(page)
    for refused in ("DROP TABLE documents", "SELECT * FROM accounts", "SELECT 1; SELECT 2", "SELEC 1"):
        answer = shared_client.get("/sql", params={"sql": refused})
        assert answer.status_code == 422, refused
        assert 'role="alert"' in answer.text
        assert refused in answer.text, "what was written stays in the field"


@pytest.mark.parametrize("day", ["2199-01-01", "soon"])
def test_sql_of_a_day_that_lies_ahead_or_is_none_is_refused_beside_the_question(shared_client: TestClient, day: str) -> None:
    statement = "SELECT count(*) FROM v_tasks"
    page = shared_client.get("/sql", params={"sql": statement, "as_of": day})
    assert (page.status_code, statement in page.text) == (422, True)
    assert shared_client.get("/sql/answer.csv", params={"sql": statement, "as_of": day}).status_code == 422


def test_the_examples_of_sql_can_be_asked(shared_client: TestClient) -> None:
    page = html.document_fromstring(shared_client.get("/sql").text)
    links = [str(link) for link in page.xpath("//main//ul//a/@href") if str(link).startswith("/sql?")]
    assert len(links) == 4
    for link in links:
        assert shared_client.get(link).status_code == 200, link


def test_sql_over_records_is_logged_before_it_is_shown_and_comes_as_a_file(client: TestClient, store: Store) -> None:
    asked = "SELECT notice, subject FROM v_notices"
    before = len(audit.entries(store, action="sql"))
    assert client.get("/sql", params={"sql": asked}).headers["cache-control"] == "no-store"
    answer = client.get(f"/sql/answer.csv?sql={quote(asked)}")
    assert answer.status_code == 200
    assert answer.text.count("\n") == 1 + len(notice_queries.notices(store, NoticeFilters(), today=audited.today()))
    assert len(audit.entries(store, action="sql")) == before + 2
    assert client.get(f"/sql/answer.exe?sql={quote(asked)}").status_code == 404
    assert client.get(f"/sql/answer.csv?sql={quote('DROP TABLE x')}").status_code == 422


def test_sql_asks_another_day_as_every_page_does(shared_client: TestClient, shared_store: Store) -> None:
    asked = {"sql": "SELECT count(*) AS n FROM v_documents", "as_of": "1999-01-01"}
    assert "0" in words_of(shared_client.get("/sql", params=asked).text)
    assert queries.documents(shared_store, Filters(as_of=date(1999, 1, 1))) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_help_leads_only_to_what_is_there_and_makes_no_promise_of_credit(shared_client: TestClient, lang: str) -> None:
    page = html.document_fromstring(shared_client.get(f"/help?lang={lang}").text)
    anchors = {str(each) for each in page.xpath("//main//@id")}
    for link in map(str, page.xpath("//main//a/@href")):
        if link.startswith("#"):
            assert link[1:] in anchors
        else:
            assert shared_client.get(link).status_code in (200, 303, 307, 308), link
    assert not [word for word in ("信用评分", "联合惩戒", "信用证明") if word in words_of(shared_client.get("/help").text)]
    assert _("Help", lang) in words_of(shared_client.get(f"/help?lang={lang}").text)

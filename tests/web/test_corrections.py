"""这里不对: reports are masked and rate-limited, answered by operators, and logged without what nobody may see."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from typer.testing import CliRunner

from harvester import audited, correcting
from harvester.cli.main import command_line
from harvester.correcting import about_of
from harvester.errors import WrongCall
from normalizers.workdays import is_workday, workdays_between
from storage import corrections, notice_queries, queries
from storage.corrections import MOST_A_DAY, MOST_AN_HOUR, Answer, Report, TooManyReports
from storage.errors import StoreError, UnknownRecord
from storage.store import Store
from tests.storage.notice_samples import FIRM, ingest, make_given
from tests.storage.samples import AT
from tests.storage.takedown_cases import suppress

PHONE, IDENTITY = "13812345678", "11010519491231002X"


def token_of(client: TestClient, place: str = "/corrections/new?about=%2Ftasks") -> str:
    return str(html.document_fromstring(client.get(place).text).xpath("//main//input[@name='token']/@value")[0])


def send(client: TestClient, **more: str) -> str:
    sent = {"token": token_of(client), "about": "/tasks", "wrong": "第三行读错了"} | more
    return client.post("/corrections", data=sent).headers.get("location", "")


def test_a_report_is_masked_stored_and_due_in_two_working_days(client: TestClient, store: Store) -> None:
    paper = queries.documents(store)[0]["id"]
    place = send(
        client,
        about=f"/d/{paper}/v1",
        field="deadline",
        wrong=f"应为三月，电话{PHONE}",
        should_be=f"见{IDENTITY}",
        contact="处内",
    )
    assert place == "/corrections?sent=1"
    row = corrections.named(store, 1)
    assert (row["about"], row["address"], row["field"], row["state"]) == ("document", f"/d/{paper}/v1", "deadline", "new")
    assert PHONE not in row["wrong"]
    assert IDENTITY not in row["should_be"]
    assert row["contact"] == "处内"
    assert is_workday(row["due_on"])
    assert workdays_between(audited.today(), row["due_on"]) == correcting.DUE_DAYS


def test_the_public_log_has_the_answer_and_never_the_reader_s_words(bare_client: TestClient, bare_store: Store) -> None:
    send(bare_client, wrong="读者的原话", contact="联系人甲")
    page = bare_client.get("/corrections").text
    assert "读者的原话" not in page
    assert "联系人甲" not in page
    assert "/tasks" in page
    token = token_of(bare_client, "/reports")
    sent = {"token": token, "number": "1", "state": "mended", "told": f"牵头单位读反，来电{PHONE}", "wrong_from": "2026-01-05"}
    assert bare_client.post("/reports", data=sent).headers["location"] == "/reports?answered=1"
    page = bare_client.get("/corrections").text
    assert "牵头单位读反" in page
    assert PHONE not in page
    assert "2026-01-05" in page
    assert audited.today().isoformat() in page
    assert "读者的原话" in bare_client.get("/reports?state=mended").text, "operators see it"


def test_of_a_public_record_the_log_says_neither_which_nor_what_and_nothing_is_left_when_it_goes(
    bare_client: TestClient, bare_store: Store
) -> None:
    run = bare_store.begin_run("jiangkou_records", ["penalties"], AT, region="310000")
    ingest(bare_store, make_given("1"), run=run, today=audited.today())
    row = notice_queries.notices(bare_store, today=audited.today())[0]
    assert row["subject"] == FIRM.name
    send(bare_client, about=f"/n/{row['id']}", wrong=f"{row['subject']}的罚款不对", field="fine_yuan")
    correcting.answer(bare_store, 1, Answer("confirmed", f"{row['subject']}的金额单位读错"), "王审核")
    page = bare_client.get("/corrections").text
    assert row["id"] not in page
    assert row["subject"] not in page
    suppress(bare_store, row["id"], datetime.now(UTC))
    left = str(corrections.named(bare_store, 1))
    assert row["subject"] not in left
    assert row["id"] not in left.replace(f"'notice_id': '{row['id']}'", "")
    assert row["subject"] not in bare_client.get("/reports?state=confirmed").text
    assert send(bare_client, about=f"/n/{row['id']}") == "", "there is nothing to report on"


NO_PLACES = (
    "", "tasks", "//evil.example/", "https://evil.example/tasks", "javascript:alert(1)", "/s/91310000123456789X", "/d/a b", "/d/<b>",
    "/\\evil", "/d/\u202ex",
)  # fmt: skip


def test_what_is_no_place_here_cannot_be_reported(bare_client: TestClient, bare_store: Store) -> None:
    for about in NO_PLACES:
        assert bare_client.get("/corrections/new", params={"about": about}).status_code == 400, about
        assert send(bare_client, about=about) == "", about
    assert corrections.listed(bare_store) == []


@pytest.mark.parametrize("sent", [{"wrong": ""}, {"wrong": "长" * 1001}, {"field": "长" * 201}])
def test_a_report_that_says_nothing_or_too_much_is_not_kept_and_what_was_written_stays(
    bare_client: TestClient, bare_store: Store, sent: dict[str, str]
) -> None:
    answer = bare_client.post(
        "/corrections", data={"token": token_of(bare_client), "about": "/tasks", "wrong": "一句", "should_be": "另一句"} | sent
    )
    assert answer.status_code == 422
    assert "另一句" in answer.text
    assert corrections.listed(bare_store) == []


WORDS = (
    "/nothere",
    "/d/13812345678-lisi-is-a-thief",
    "/d/dabcdefghijk",
    "/t/dabcdefghijk.k1",
    "/a/lisi",
    "/w/lisi",
    "/compare?old=13812345678&new=x",
)


def test_nobody_s_own_words_reach_the_public_log_as_an_address_or_a_fact(bare_client: TestClient, bare_store: Store) -> None:
    for about in WORDS:
        assert bare_client.get("/corrections/new", params={"about": about}).status_code == 404, about
        assert send(bare_client, about=about) == "", about
    words = f"李四 {PHONE} 骗子"
    asked = bare_client.get("/corrections/new", params={"about": "/tasks", "field": words})
    assert asked.status_code == 422
    assert PHONE not in html.document_fromstring(asked.text).xpath("string(//main)")
    assert send(bare_client, field=words) == ""
    assert corrections.listed(bare_store) == []


def test_a_clause_that_the_text_does_not_have_cannot_be_reported(client: TestClient, store: Store) -> None:
    paper = queries.documents(store)[0]["id"]
    for part in ("s138.1234.5678", "lisi", "v99", "v1/s1/thief"):
        assert client.get("/corrections/new", params={"about": f"/d/{paper}/{part}"}).status_code == 404, part
        assert send(client, about=f"/d/{paper}/{part}") == "", part
    assert client.get("/corrections/new", params={"about": f"/compare?old={paper}&new={paper}&view=李四"}).status_code == 200
    assert "李四" not in about_of(f"/compare?old={paper}&view=李四")[1]


def test_nobody_reports_more_than_a_reader_can(bare_store: Store) -> None:
    for _ in range(MOST_AN_HOUR):
        correcting.report(bare_store, "/tasks", "读错了", by="甲")
    with pytest.raises(TooManyReports):
        correcting.report(bare_store, "/tasks", "读错了", by="甲")
    correcting.report(bare_store, "/tasks", "读错了", by="乙")
    before = datetime.now(UTC) - timedelta(hours=2)
    for n in range(MOST_A_DAY - MOST_AN_HOUR - 1):
        corrections.take_in(bare_store, Report("page", "/tasks", "读错了", reported_by=f"r{n}"), before, before.date())
    with pytest.raises(TooManyReports):
        correcting.report(bare_store, "/tasks", "读错了", by="丙")


@pytest.mark.parametrize(
    "given_answer",
    [
        Answer("new", "说明"), Answer("mended", "说明"), Answer("confirmed", " "), Answer("declined", "说明"),
        Answer("confirmed", "说明", mended_on=date(2026, 1, 1)), Answer("mended", "说明", "", date(2026, 2, 1), date(2026, 1, 1)),
    ],
)  # fmt: skip
def test_an_answer_that_says_too_little_is_refused(bare_store: Store, given_answer: Answer) -> None:
    number = correcting.report(bare_store, "/tasks", "读错了")
    with pytest.raises(StoreError):
        correcting.answer(bare_store, number, given_answer, "王审核")
    assert corrections.named(bare_store, number)["state"] == "new"
    with pytest.raises(UnknownRecord):
        correcting.answer(bare_store, number + 1, Answer("confirmed", "说明"), "王审核")


def test_the_command_lists_what_waits_and_answers_it(bare_store: Store) -> None:
    correcting.report(bare_store, "/tasks", "读错了")
    url = str(bare_store.url)
    runner, app = CliRunner(), command_line()
    listed = runner.invoke(app, ["corrections", "list", "--state", "new", "--store", url, "--format", "json"])
    assert '"overdue": false' in listed.stdout
    done = runner.invoke(
        app, ["corrections", "answer", "1", "--state", "declined", "--told", "与来源一致", "--reason", "来源如此", "--store", url]
    )
    assert done.exit_code == 0, done.output
    row = corrections.named(bare_store, 1)
    assert (row["state"], row["told"], row["reason"], row["mended_on"]) == ("declined", "与来源一致", "来源如此", None)


@given(st.text(max_size=60))
def test_an_address_is_kept_whole_or_refused_property(words: str) -> None:
    try:
        about, kept = about_of("/" + words)
    except WrongCall:
        return
    assert kept.startswith("/")
    assert not kept.startswith("//")
    assert ("/" + words).strip().startswith(kept.partition("?")[0])
    assert about in ("document", "task", "agency", "work", "record", "page")
    assert kept.isprintable()

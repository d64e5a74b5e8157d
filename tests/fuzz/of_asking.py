"""The readers of what we are asked: cursors, searches, SQL of analysts, requests to the room, and what other services answer."""

from __future__ import annotations

from atexit import register
from functools import cache
from typing import Any
from urllib.parse import quote

from harvester import correcting, finding
from harvester.watching import posting, robots
from harvester.web.access.subscriptions import name_in
from harvester.web.api import reconcile
from storage import paging, plain_sql, queries
from storage.asking_postgres import checked
from storage.selection import Filters
from storage.store import Store
from tests.fuzz.of_store import NAMED, folder
from tests.fuzz.target import Target, in_turn, lines, text_of
from tests.storage.samples import AGENCIES, AT, make_derived, put


@cache
def _store() -> Store:
    """Return a store with two documents, for the time of this process."""
    store = Store.open(f"sqlite:///{folder() / 'fuzz.sqlite'}", archive=folder() / "archive", create=True)
    store.load_agencies(AGENCIES)
    run = store.begin_run("jiangkou", ["notices"], AT, region="310000")
    put(store, run, "1001", make_derived("江口市信用工作安排"))
    put(store, run, "1002", make_derived("海门县宣传计划"))
    return store


@cache
def _room() -> Any:
    from starlette.testclient import TestClient

    from harvester.web.app import create_app

    client = TestClient(create_app(_store()), base_url="http://127.0.0.1", follow_redirects=False)
    register(client.close)
    return client


def _cursor(data: bytes) -> None:
    text = text_of(data)
    in_turn(
        NAMED,
        lambda: paging.behind("tasks", Filters(), text, (str, int)),
        lambda: paging.day_of(text),
        lambda: queries.task_page(_store(), Filters(), after=text),
        lambda: queries.document_page(_store(), Filters(), after=text),
    )


def _cursors() -> list[bytes]:
    return [paging.cursor("tasks", Filters(), ["a", 1]).encode(), queries.task_page(_store(), Filters(limit=1)).next.encode()]


def _found(data: bytes) -> object:
    in_turn(NAMED, lambda: queries.search(_store(), text_of(data)), lambda: correcting.about_of(text_of(data)))
    return finding.look_up(_store(), text_of(data))


def _asked(data: bytes) -> object:
    text = text_of(data)
    in_turn(NAMED, lambda: checked(text))
    return plain_sql.first_word(text)


def _answered(data: bytes) -> object:
    return plain_sql.ask(_store(), text_of(data), seconds=1)


STATEMENTS = lines(
    "select title, count(*) from v_documents group by 1 order by 2 desc limit 5",
    "with recent as (select * from v_tasks) select * from recent where text like '%信用%'",
    "select upper(title) from v_documents where document in (select document from v_tasks) -- all",
    "select case when 1=1 then 'a' else 'b' end as x",
)


def _requested(data: bytes) -> object:
    """Ask the room; whatever is asked, it has an answer, and none of them is a fault of its own."""
    address = "/" + quote(data[:4_000].lstrip(b"/"), safe="/?&=%+,:@;")
    answer = _room().get(address)
    if answer.status_code >= 500:
        raise AssertionError(f"status {answer.status_code}")
    return answer.content


REQUESTS = lines(
    "/tasks?words=信用&agency=市数据局&role=lead&region=310000&year=2024&due_from=2024-01-01&as_of=2026-01-01",
    "/search?q=信用&kind=documents&after=x",
    "/changes?since=3d&kind=added",
    "/api/v1/tasks?limit=5&after=abc",
    "/api/v1/documents?known_at=2026-01-01T08:00",
    "/d/abcdefgh1234@2/s3.2",
    "/documents?site=jiangkou",
    "/compare?old=a&new=b",
    "/calendar/tasks.ics?agency=x",
    "/find?q=江发改〔2024〕1号",
    "/sql?sql=select 1",
    "/api/v1/reconcile/suggest?prefix=市",
    "/records?code=91310115000000011Q",
    "/t/abc?at=2026-01-01",
    "/a/abc",
    "/w/wabcdefghijk",
    "/align?d=a,b",
    "/agencies?order=name&after=x",
    "/charts/months.svg?size=narrow",
)


def _answers_of_others(data: bytes) -> object:
    in_turn(NAMED, lambda: robots.check(data))
    return posting.wait(text_of(data)), name_in(text_of(data))


def _matched(data: bytes) -> object:
    return reconcile.results(_store(), text_of(data))


TARGETS = (
    Target("cursors", _cursor, _cursors, NAMED, "words", 1.5),
    Target(
        "searches",
        _found,
        lines('信用 "信用 修复"', "江发改〔2024〕12号", "d2abcdefghijk@2", "91310115000000011Q", "https://x.example/a", "/t/abc"),
        NAMED,
        "words",
        1,
    ),
    Target("sql", _asked, STATEMENTS, NAMED, "sql", 1.5),
    Target("sql.answers", _answered, STATEMENTS, NAMED, "sql", 0.05),
    Target("requests", _requested, REQUESTS, (), "address", 0.7),
    Target(
        "answers",
        _answers_of_others,
        lines('{"errcode": 93000, "errmsg": "x"}', "120", "Wed, 21 Oct 2026 07:28:00 GMT", "YWJj.0123456789abcdef"),
        (),
        "json",
        1.5,
    ),
    Target(
        "reconciling",
        _matched,
        lines('{"q0": {"query": "市发展改革委", "limit": 3, "type": "agency", "properties": [{"pid": "region", "v": "310000"}]}}'),
        NAMED,
        "json",
        0.6,
    ),
)

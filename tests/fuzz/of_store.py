"""The readers of what we keep and are asked: archive records, manifests, keys, cursors, settings, SQL, requests to the room."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tempfile
from atexit import register
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from harvester import correcting, finding, review
from harvester.alerting.heartbeat import Heartbeat
from harvester.alerting.settings import AlertSettings
from harvester.cli.changes import read_lines
from harvester.config import Config
from harvester.errors import HarvesterError
from harvester.hints import hints_from_json
from harvester.scheduling.due import from_text
from harvester.setting_kinds import ENVIRONMENT, Place
from harvester.watching import channels, posting, robots
from harvester.web.access.opening import Opening, settings_of
from harvester.web.access.subscriptions import name_in
from harvester.web.api import reconcile
from spiders.schedule import Schedule
from storage import keyed, paging, plain_sql, queries, snapshots, warc
from storage.asking_postgres import checked
from storage.backup_manifest import MANIFEST, SEAL, Kept, Manifest
from storage.change_filters import ChangeFilters
from storage.engine import read_url
from storage.errors import StoreError
from storage.keyed import Keyring
from storage.records import ArchivedResponse, Location
from storage.selection import Filters
from storage.store import Store
from tests.fuzz.target import Target, lines, parts_of, text_of
from tests.storage.samples import AGENCIES, AT, make_derived, put

NAMED = (HarvesterError, StoreError)


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def _store() -> Store:
    """Return a store with two documents, for the time of this process."""
    store = Store.open(f"sqlite:///{_folder() / 'fuzz.sqlite'}", archive=_folder() / "archive", create=True)
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


# --- the archive -------------------------------------------------------------------------------------------------------------------


def _warcs() -> list[bytes]:
    body = "<html><body>信用</body></html>".encode()
    sha = hashlib.sha256(body).hexdigest()
    given = ArchivedResponse("https://x.example/a?b=信", 200, (("Content-Type", "text/html"), ("Set-Cookie", "a=b")), body, AT)
    posted = ArchivedResponse("https://x.example/a", 404, (), b"", AT, "POST", b"x=1")
    made = [warc.response_record(given, sha, None), warc.response_record(posted, sha, Location("a.warc.gz", 1, 2, sha))]
    return [
        *made,
        warc.info_record("a.warc.gz") + made[0],
        warc.conversion_record("urn:x", "application/json", b"{}", AT),
        warc.tombstone_record(400, AT),
    ]


def _warc(data: bytes) -> None:
    for read in (warc.parse, warc.conversion, lambda given: [warc.kind_and_digest(each.data) for each in warc.members(io.BytesIO(given))]):
        try:
            read(data)
        except ValueError:
            continue
    warc.sound_length(io.BytesIO(data))


# --- files of ours -----------------------------------------------------------------------------------------------------------------


def _written(name: str, data: bytes) -> Path:
    path = _folder() / name
    path.write_bytes(data)
    return path


def _manifest(data: bytes) -> object:
    _written(MANIFEST, data)
    _written(SEAL, f"{hashlib.sha256(data).hexdigest()}  {MANIFEST}\n".encode())
    return Manifest.read(_folder())


def _manifests() -> list[bytes]:
    kept = Kept("archive/a.warc.gz", 5, "0" * 64, 7)
    Manifest(AT, "0006", "sqlite", "1.0", Kept("database.sqlite", 1, "1" * 64), (kept, kept), kept).write(_folder())
    return [(_folder() / MANIFEST).read_bytes()]


def _key(data: bytes) -> object:
    return keyed._parse(Path("store.key"), data)


def _keys() -> list[bytes]:
    path = _folder() / "made.key"
    path.unlink(missing_ok=True)
    Keyring.open(path)
    return [path.read_bytes()]


def _snapshot(data: bytes) -> object:
    found = list(read_lines(_written("snapshot.jsonl", data)))
    try:
        return list(snapshots.replay(found, []))
    except (snapshots.ReplayError, KeyError, TypeError) as error:  # what ``harvester snapshot`` tells in a sentence
        raise HarvesterError(str(error)) from None


def _kept(data: bytes) -> object:
    """Read what stands in a column of JSON: filters of a watch, hints of a payload."""
    told = json.loads(text_of(data))
    if not isinstance(told, dict):
        raise TypeError("no filters")
    hints_from_json(told.get("hints") or {})
    return ChangeFilters.from_json(told.get("filters") or {})


# --- settings ----------------------------------------------------------------------------------------------------------------------


def _settings(data: bytes) -> None:
    config = Config.load(_written("harvester.toml", data), {})
    for name in config.channels:
        _refused(lambda name=name: channels.channel(name, config.channels, {"SECRET": "whsec_" + "A" * 40, "URL": "https://x.example/"}))
    for read in (
        lambda: AlertSettings.in_use(config.alerts, config.channels),
        lambda: settings_of(Opening.of(config.room), config.room),
        lambda: Heartbeat.of(config, {"HEARTBEAT_URL": "https://x.example/"}),
    ):
        _refused(read)


def _refused(read: Callable[[], object]) -> None:
    try:
        read()
    except NAMED:
        return


SETTINGS = """store = "sqlite:///data/h.sqlite"
pace = 3.0
contact = "ops@example.cn"
[bases]
shanghai = "http://127.0.0.1:8001"
[room]
base = "https://credit.example.cn"
proxies = ["127.0.0.1"]
[schedule.shanghai]
cron = "30 2 * * *"
[alerts]
channels = ["duty"]
quiet = "22:00-07:00"
[channels.duty]
kind = "webhook"
url_env = "URL"
secret_env = "SECRET"
[channels.post]
kind = "mail"
host = "mail.example.cn"
from = "a@example.cn"
to = ["b@example.cn"]
at = "08:30"
[heartbeat]
url_env = "HEARTBEAT_URL"
"""


def _environment(data: bytes) -> object:
    for name in ("bases", "room", "schedule", "channels", "alerts", "pace", "proxy", "side_by_side"):
        _refused(lambda name=name: Place(ENVIRONMENT).typed(name, text_of(data)))
    return from_text(text_of(data), Schedule())


# --- what is asked -----------------------------------------------------------------------------------------------------------------


def _cursor(data: bytes) -> None:
    shape = (str, int)
    _refused(lambda: paging.behind("tasks", Filters(), text_of(data), shape))
    _refused(lambda: paging.day_of(text_of(data)))
    _refused(lambda: queries.task_page(_store(), Filters(), after=text_of(data)))
    _refused(lambda: queries.document_page(_store(), Filters(), after=text_of(data)))


def _cursors() -> list[bytes]:
    return [paging.cursor("tasks", Filters(), ["a", 1]).encode(), queries.task_page(_store(), Filters(limit=1)).next.encode()]


def _found(data: bytes) -> object:
    _refused(lambda: queries.search(_store(), text_of(data)))
    _refused(lambda: correcting.about_of(text_of(data)))
    return finding.look_up(_store(), text_of(data))


def _asked(data: bytes) -> object:
    checked_on_postgres = text_of(data)
    _refused(lambda: checked(checked_on_postgres))
    return plain_sql.first_word(text_of(data))


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


def _decisions(data: bytes) -> object:
    return list(review.wishes(data, "decisions.csv"))


def _answers_of_others(data: bytes) -> object:
    _refused(lambda: robots.check(data))
    return posting.wait(text_of(data)), name_in(text_of(data))


def _matched(data: bytes) -> object:
    return reconcile.results(_store(), text_of(data))


def _urls(data: bytes) -> object:
    return [read_url(part) for part in parts_of(data, 1)]


TARGETS = (
    Target("warc", _warc, _warcs, (), "gzip", 2),
    Target("backups", _manifest, _manifests, NAMED, "json", 0.6),
    Target("keys", _key, _keys, NAMED, "words", 0.5),
    Target("snapshots", _snapshot, lines('{"seq": 3, "kind": "document", "id": "a"}\n{"id": "b"}\n'), NAMED, "json", 0.5),
    Target(
        "kept",
        _kept,
        lines(
            '{"filters": {"since": "2026-01-01T00:00:00+00:00", "kinds": ["added"], "limit": 3}, '
            '"hints": {"issued_on": "2024-03-01", "issuers": ["a"]}}'
        ),
        (ValueError, TypeError, RecursionError),
        "json",
        1,
    ),
    Target("settings", _settings, lines(SETTINGS), NAMED, "toml", 1.5),
    Target(
        "settings.environment",
        _environment,
        lines('{"shanghai": "http://127.0.0.1:8001"}', '{"duty": {"kind": "mail"}}', '{"cron": "0 3 * * *"}', "3.5", "yes"),
        NAMED,
        "json",
        1,
    ),
    Target("stores", _urls, lines("postgresql://a:b@h:5432/n?sslmode=require", "sqlite:///data/h.sqlite"), NAMED, "address", 1.5),
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
        "decisions",
        _decisions,
        lines("mention,region,name,kind,from,until,note,new\n市信办,310000,上海市信用办,agency,2020-01-01,,注,\n"),
        NAMED,
        "text",
        0.8,
    ),
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

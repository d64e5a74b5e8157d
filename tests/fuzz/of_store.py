"""The readers of what we keep: archive records, manifests, keys, snapshots, settings, addresses of stores, files of decisions."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tempfile
from atexit import register
from functools import cache, partial
from pathlib import Path

from harvester import review
from harvester.alerting.heartbeat import Heartbeat
from harvester.alerting.settings import AlertSettings
from harvester.cli.changes import read_lines
from harvester.config import Config
from harvester.errors import HarvesterError
from harvester.hints import hints_from_json
from harvester.scheduling.due import from_text
from harvester.setting_kinds import ENVIRONMENT, Place
from harvester.watching import channels
from harvester.web.access.opening import Opening, settings_of
from spiders.schedule import Schedule
from storage import keyed, snapshots, warc
from storage.backup_manifest import MANIFEST, SEAL, Kept, Manifest
from storage.change_filters import ChangeFilters
from storage.engine import read_url
from storage.errors import StoreError
from storage.keyed import Keyring
from storage.records import ArchivedResponse, Location
from tests.fuzz.target import Target, in_turn, lines, parts_of, text_of
from tests.storage.samples import AT

NAMED = (HarvesterError, StoreError)


@cache
def folder() -> Path:
    """Return the folder of this process."""
    made = Path(tempfile.mkdtemp(prefix="fuzz-"))
    register(shutil.rmtree, made, ignore_errors=True)
    return made


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
    in_turn(
        (ValueError,),
        lambda: warc.parse(data),
        lambda: warc.conversion(data),
        lambda: [warc.kind_and_digest(each.data) for each in warc.members(io.BytesIO(data))],
    )
    warc.sound_length(io.BytesIO(data))


# --- files of ours -----------------------------------------------------------------------------------------------------------------


def _written(name: str, data: bytes) -> Path:
    path = folder() / name
    path.write_bytes(data)
    return path


def _manifest(data: bytes) -> object:
    _written(MANIFEST, data)
    _written(SEAL, f"{hashlib.sha256(data).hexdigest()}  {MANIFEST}\n".encode())
    return Manifest.read(folder())


def _manifests() -> list[bytes]:
    kept = Kept("archive/a.warc.gz", 5, "0" * 64, 7)
    Manifest(AT, "0006", "sqlite", "1.0", Kept("database.sqlite", 1, "1" * 64), (kept, kept), kept).write(folder())
    return [(folder() / MANIFEST).read_bytes()]


def _key(data: bytes) -> object:
    return keyed._parse(Path("store.key"), data)


def _keys() -> list[bytes]:
    path = folder() / "made.key"
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
    secrets = {"SECRET": "whsec_" + "A" * 40, "URL": "https://x.example/"}
    in_turn(
        NAMED,
        *(partial(channels.channel, name, config.channels, secrets) for name in config.channels),
        lambda: AlertSettings.in_use(config.alerts, config.channels),
        lambda: settings_of(Opening.of(config.room), config.room),
        lambda: Heartbeat.of(config, {"HEARTBEAT_URL": "https://x.example/"}),
    )


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
    names = ("bases", "room", "schedule", "channels", "alerts", "pace", "proxy", "side_by_side")
    in_turn(NAMED, *(partial(Place(ENVIRONMENT).typed, name, text_of(data)) for name in names))
    return from_text(text_of(data), Schedule())


def _decisions(data: bytes) -> object:
    return list(review.wishes(data, "decisions.csv"))


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
    Target(
        "decisions",
        _decisions,
        lines("mention,region,name,kind,from,until,note,new\n市信办,310000,上海市信用办,agency,2020-01-01,,注,\n"),
        NAMED,
        "text",
        0.8,
    ),
)

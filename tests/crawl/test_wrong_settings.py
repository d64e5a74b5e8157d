"""What is wrong in the settings is told once, at once, with the file, the key, what is wanted and the next step."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from harvester.cli.main import run
from harvester.config import Config
from harvester.errors import WrongCall
from harvester.setting_kinds import SETTINGS
from harvester.sound_settings import sound_settings

TABLES = {
    "room": "docs/access.md",
    "alerts": "docs/alerts.md",
    "heartbeat": "docs/alerts.md",
    "schedule": "docs/scheduling.md",
    "channels": "docs/watches.md",
    "bases": "docs/crawling.md",
}
SECRET = "https://ping.example.cn/6f1d"


def complaint(tmp_path: Path, text: str | bytes, environ: dict[str, str] | None = None) -> str:
    file = tmp_path / "harvester.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(WrongCall) as found:
        Config.load(file, environ or {})
    assert "\n" not in str(found.value)
    return str(found.value)


@pytest.mark.parametrize("value", [f'"{SECRET}"', "3", "[1]", "true", "2026-01-01", '"{}"'])
@pytest.mark.parametrize("name", sorted(TABLES))
def test_no_value_but_a_table_is_taken_for_a_table_and_none_is_quoted(tmp_path: Path, name: str, value: str):
    told = complaint(tmp_path, f"{name} = {value}\n")
    assert told.startswith(f"{tmp_path}/harvester.toml: {name} must be a table")
    assert f"write a line [{name}" in told and TABLES[name] in told
    assert "JSON" not in told and SECRET not in told


@pytest.mark.parametrize("value", [SECRET, "3", "[1]", '{"a":', "[" * 5000, "true"])
@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_table_in_the_environment_is_wanted_as_json(tmp_path: Path, name: str, value: str):
    told = complaint(tmp_path, "", {f"HARVESTER_{name.upper()}": value})
    assert told.startswith(f"HARVESTER_{name.upper()} must be JSON of a table") and 'write {"' in told and TABLES[name] in told
    assert SECRET not in told


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("timeout = true", "timeout must be seconds from 0 to a day and not True"),
        ("pace = nan", "pace must be seconds"),
        ("pace = 1e999", "pace must be seconds"),
        (f"pace = 1{'0' * 400}", "pace must be seconds"),
        ("side_by_side = 1.0", "side_by_side must be a whole number from 1 to 64"),
        ("side_by_side = true", "side_by_side must be a whole number"),
        (f"side_by_side = {10**30}", "side_by_side must be a whole number"),
        ('side_by_side = "²"', "side_by_side must be a whole number"),
        ("store = 3", "store must be text and not 3"),
        ('store = "a\\u0000b"', "store must be text"),
        ("archive = []", "archive must be the path"),
        ('contact = ["a"]', "contact must be text"),
        ("operator = { a = 1 }", "operator must be text"),
        ('log_level = "LOUD"', "log_level must be one of DEBUG"),
        ('log_format = "xml"', "log_format must be text or json"),
        ("proxy = 2", "proxy must be true or false"),
        ("[schedule]\nshanghai = 3", "schedule must be a table of tables"),
        ("[promises]\nleast_items = 3", "stands in the site's fact sheet; write it into spiders/sites/SITE.toml"),
        ("[drift]\na = 1", "docs/drift.md"),
        ("scedule = 3", "did you mean schedule?"),
        ("colour = 3", "take it out"),
    ],
)
def test_a_wrong_setting_of_a_file_names_the_file_and_what_to_write(tmp_path: Path, text: str, said: str):
    told = complaint(tmp_path, text)
    assert told.startswith(f"{tmp_path}/harvester.toml: ")
    assert said in told
    assert len(told) < 600


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xff\xfep\x00", "is not UTF-8 (byte 1); save it as UTF-8"),
        ("contact = '上海'".encode("gb18030"), "is not UTF-8"),
        (b"pace = ", "is not TOML"),
        (b"pace = " + b"1" * 5000, "is not TOML"),
        (b"a = " + b"[" * 20_000, "is not TOML"),
        (b"a = " + b"[" * 100_000, "at most 30000 are read"),
        (b"pace = 3\npace = 4", "is not TOML"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_with_the_reason(tmp_path: Path, data: bytes, said: str):
    assert said in complaint(tmp_path, data)


def test_a_mark_before_the_text_is_no_part_of_it(tmp_path: Path):
    file = tmp_path / "harvester.toml"
    file.write_bytes(b"\xef\xbb\xbfpace = 5\nlog_level = 'info'")
    found = Config.load(file, {})
    assert (found.pace, found.log_level) == (5.0, "INFO")


def test_each_field_of_the_settings_has_a_kind():
    assert {*Config.__dataclass_fields__} - {"places"} == SETTINGS


@pytest.mark.parametrize(
    "verb",
    [
        ("schedule",),
        ("schedule", "next"),
        ("schedule", "run", "shanghai"),
        ("schedule", "pause", "shanghai", "--reason", "x"),
        ("worker", "--once"),
        ("crawl", "shanghai", "--base", "http://127.0.0.1:9", "--pace", "0"),
        ("plan", "shanghai"),
        ("alerts",),
        ("alerts", "send"),
        ("alerts", "test", "duty"),
        ("alerts", "heartbeat"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[alerts]\nquiet = 3", "cannot have this quiet"),
        ('[alerts]\nchannels = ["duty"]', "there is no [channels.duty]"),
        ('[alerts]\nchannels = ["duty"]\n[channels.duty]\nkind = "fax"', "cannot have this kind"),
        ('[heartbeat]\nurl_env = "X"\nevery = 1', "cannot have this every"),
        ("[heartbeat]\nevery = 60", "cannot have this url"),
        ("[schedule.shanghai]\nrequests = -1", "[schedule.shanghai]: requests -1"),
        ("[schedule.nowhere]\nrequests = 1", "[schedule.nowhere] is of no job"),
    ],
    ids=["quiet", "channel", "kind", "every", "url", "requests", "job"],
)
def test_each_verb_that_plans_crawls_or_tells_finds_wrong_tables_before_it_begins(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    verb: Sequence[str],
    text: str,
    said: str,
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "harvester.toml").write_text(text)
    assert run([*verb]) == 2
    out, err = capsys.readouterr()
    assert (out, len(err.splitlines())) == ("", 1)
    assert "harvester.toml" in err and said in err
    assert [each.name for each in tmp_path.iterdir()] == ["harvester.toml"]


DOCS = Path(__file__).resolve().parents[2] / "docs"
EXAMPLES = [
    (page.name, number, text)
    for page in sorted(DOCS.glob("*.md"))
    if page.name in ("scheduling.md", "alerts.md", "watches.md", "access.md", "crawling.md", "many_machines.md")
    for number, text in enumerate(re.findall(r"```toml\n(.*?)```", page.read_text("utf-8"), re.DOTALL))
]


@pytest.mark.parametrize(("page", "number", "text"), [*EXAMPLES, ("deploy", 0, (DOCS / "deploy" / "harvester.toml").read_text("utf-8"))])
def test_each_example_of_settings_is_taken_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str, number: int, text: str):
    (tmp_path / "harvester.toml").write_text(text, "utf-8")
    monkeypatch.setenv("HARVESTER_CONFIG", str(tmp_path / "harvester.toml"))
    assert sound_settings(None).places

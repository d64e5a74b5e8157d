from __future__ import annotations

from pathlib import Path

import pytest

from harvester.config import Config
from harvester.errors import WrongCall
from harvester.hints import hints_from_json, hints_to_json
from harvester.planning import plan, sheet_for
from normalizers.records import Hints
from spiders.factsheet import FactSheetError
from tests.crawl.sites import config


def test_without_anything_said_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    assert Config.load(environ={}) == Config()


def test_the_caller_outweighs_the_environment_and_that_the_file(tmp_path: Path):
    file = tmp_path / "harvester.toml"
    file.write_text(
        'store = "sqlite:///file.sqlite"\npace = 5\ncontact = "https://example.org"\n[bases]\nanhui = "http://127.0.0.1:1"\n', "utf-8"
    )
    environ = {"HARVESTER_CONFIG": str(file), "HARVESTER_PACE": "7", "HARVESTER_STORE": "sqlite:///environment.sqlite"}
    found = Config.load(environ=environ, store="sqlite:///given.sqlite", timeout=None)
    assert (found.store, found.pace, found.contact) == ("sqlite:///given.sqlite", 7.0, "https://example.org")
    assert found.bases == {"anhui": "http://127.0.0.1:1"}


@pytest.mark.parametrize(
    ("file", "environ", "given", "archive"),
    [
        ("", {"HARVESTER_STORE": "sqlite:///demo/demo.sqlite"}, {}, "demo/archive"),
        ('store = "sqlite:////srv/credit/a.sqlite"', {}, {}, "/srv/credit/archive"),
        ("", {}, {"store": "sqlite:///demo/demo.sqlite"}, "demo/archive"),
        ("", {"HARVESTER_STORE": "sqlite:///demo/demo.sqlite", "HARVESTER_ARCHIVE": "/warc"}, {}, "/warc"),
        ('store = "sqlite:///a/a.sqlite"\narchive = "/warc"', {}, {}, "/warc"),
        ('store = "sqlite:///a/a.sqlite"', {"HARVESTER_ARCHIVE": "/warc"}, {}, "/warc"),
        # a store of one's own must not write into the archive of another one
        (
            "",
            {"HARVESTER_STORE": "sqlite:///a/a.sqlite", "HARVESTER_ARCHIVE": "/warc"},
            {"store": "sqlite:///demo/demo.sqlite"},
            "demo/archive",
        ),
        ("", {"HARVESTER_STORE": "postgresql://h/credit", "HARVESTER_ARCHIVE": "/warc"}, {}, "/warc"),
        ("", {"HARVESTER_ARCHIVE": "/warc"}, {"store": "postgresql://h/credit"}, "/warc"),
        ("", {"HARVESTER_STORE": "postgresql://h/credit"}, {}, "data/archive"),
    ],
)
def test_an_sqlite_store_has_its_archive_beside_it_unless_it_is_named(
    tmp_path: Path, file: str, environ: dict[str, str], given: dict[str, str], archive: str
):
    (tmp_path / "harvester.toml").write_text(file, "utf-8")
    assert Config.load(tmp_path / "harvester.toml", environ, **given).archive == Path(archive)


def test_bases_may_be_written_as_json(tmp_path: Path):
    found = Config.load(
        tmp_path / "x.toml" if (tmp_path / "x.toml").write_text("") else None, {"HARVESTER_BASES": '{"anhui": "http://127.0.0.1:2"}'}
    )
    assert found.bases == {"anhui": "http://127.0.0.1:2"}


@pytest.mark.parametrize(
    ("environ", "complaint"),
    [
        ({"HARVESTER_PACE": "soon"}, "HARVESTER_PACE must be seconds from 0 to a day"),
        ({"HARVESTER_PACE": "-1"}, "seconds from 0"),
        ({"HARVESTER_BASES": "[1]"}, "HARVESTER_BASES must be JSON of a table"),
        ({"HARVESTER_BASES": '{"anhui": "ftp://x"}'}, "http addresses"),
        ({"HARVESTER_PROXY": "perhaps"}, "true or false"),
        ({"HARVESTER_CONFIG": "/nowhere/harvester.toml"}, "cannot be read"),
    ],
)
def test_a_wrong_setting_is_refused_with_the_reason(environ: dict[str, str], complaint: str):
    with pytest.raises(WrongCall, match=complaint):
        Config.load(environ=environ)


def test_an_unknown_setting_is_refused(tmp_path: Path):
    file = tmp_path / "harvester.toml"
    file.write_text("colour = 1\n", "utf-8")
    with pytest.raises(WrongCall, match="know no colour"):
        Config.load(file, {})


def test_a_plan_makes_no_request_and_keeps_the_pace(tmp_path: Path):
    found = plan("shanghai", config(tmp_path, {}))
    assert found.sections[0].url == "https://credit.fgw.sh.gov.cn/tzgg/index.html"
    assert (found.pace, found.requests, found.seconds) == (3.0, 4, 9.0)
    assert list(tmp_path.iterdir()) == []


def test_a_site_without_an_address_needs_a_base(tmp_path: Path):
    with pytest.raises(FactSheetError, match="give one with --base suzhou_sip="):
        sheet_for("suzhou_sip", config(tmp_path, {}))


def test_hints_come_back_from_the_store_as_they_were():
    from datetime import date

    hints = Hints(media_type="text/html", issuers=("甲委", "乙厅"), issued_on=date(2026, 1, 2), region="310000", body="#zoom")
    assert hints_from_json(hints_to_json(hints)) == hints
    assert hints_from_json({}) == Hints()

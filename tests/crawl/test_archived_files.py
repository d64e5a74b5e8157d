"""Archives among the files of an article: each file in them is a document of its own, in the crawl and when derived again."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import select

from harvester.cli.main import run
from harvester.locating import derive_stored
from storage.schema import documents
from storage.store import Store
from tests.crawl.sites import Reply, article_page, harvest, served, small_site, states, stored_failures

ARTICLE = "/xxgk/zcfb/tz/202603/t20260301_1000001.html"
FILE = "/xxgk/zcfb/tz/202603/P020260301.zip"
PAGE = article_page("附件", box='<div class="attachment"><a href="./P020260301.zip">附件.zip</a></div>')


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr(
            zipfile.ZipInfo("表/分工.csv"), "序号,工作任务,责任单位\n1,建立信用档案,上海市发展改革委\n2,公示信用信息,上海市财政局\n"
        )
        made.writestr(zipfile.ZipInfo("说明.txt"), "本表由各部门按职责分工落实，按季报送。")
        made.writestr(zipfile.ZipInfo("照片.png"), b"\x89PNG\r\n\x1a\n" + b"\x00" * 90)
    return out.getvalue()


def crawled(folder: Path, payload: bytes):
    pages = {ARTICLE: Reply(PAGE), FILE: Reply(payload, headers={"Content-Type": "application/zip"})}
    with served(small_site(pages)) as (base, _):
        return harvest(folder, {"national": base})["national"]


def test_each_file_of_an_archive_becomes_a_document_under_its_article(tmp_path: Path):
    summary = crawled(tmp_path, archive())
    keys = sorted(states(tmp_path, "national"))
    assert keys[0] == "1000001"
    assert [key.partition("!")[2] for key in keys[1:]] == ["表%2F分工.csv", "说明.txt"]
    assert {key.rpartition("/")[0] for key in keys[1:]} == {"1000001"}
    assert summary.failures == {"unreadable": 1}
    assert [kind for kind, cause, _ in stored_failures(tmp_path) if cause == "unreadable"] == ["attachment"]


def test_a_file_of_an_archive_is_derived_again_from_the_archives_payload(tmp_path: Path):
    crawled(tmp_path, archive())
    with Store.open(f"sqlite:///{tmp_path / 'store.sqlite'}", archive=tmp_path / "archive") as store:
        with store.reading() as connection:
            query = select(documents.c.id, documents.c.parent_key, documents.c.title).where(documents.c.key.like("%csv"))
            identifier, parent, title = connection.execute(query).one()
        found, payload, derived = derive_stored(store, identifier)
    assert (parent, title) == ("1000001", "分工.csv")
    assert payload == archive()
    assert found.publication.hints["member"] == "表/分工.csv"
    assert [task.text for task in derived.tasks] == ["建立信用档案", "公示信用信息"]


def test_a_damaged_archive_is_noted_and_the_article_kept(tmp_path: Path):
    summary = crawled(tmp_path, archive()[:-40])
    assert (summary.failures, states(tmp_path, "national")) == ({"unreadable": 1}, {"1000001": "live"})


def test_extract_prints_a_document_for_each_file_of_an_archive(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "附件.zip").write_bytes(archive())
    status = run(["extract", str(tmp_path / "附件.zip"), "--format", "json"])
    printed = capsys.readouterr()
    assert status == 1  # the picture is named on standard error
    assert [each["source"] for each in json.loads(printed.out)] == ["附件.zip/表/分工.csv", "附件.zip/说明.txt"]
    assert "照片.png" in printed.err

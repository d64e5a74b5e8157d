"""``harvester diff`` in its forms, called as people call it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import zipfile
from pathlib import Path

import pytest

from tests import warm

OLD = """江口市信用建设行动方案
一、归集
1.编制公共信用信息目录。（责任单位：市财政局）
2.开展诚信宣传活动，覆盖全部街道。（责任单位：市民政局）
3.建立行业信用监测台账。（责任单位：市商务局）
"""
NEW = (
    OLD.replace("市财政局", "市教委")
    .replace("覆盖全部街道", "覆盖全部街道和园区")
    .replace("3.建立行业信用监测台账。（责任单位：市商务局）\n", "")
)


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("papers")
    (folder / "old.txt").write_text(OLD, "utf-8")
    (folder / "new.txt").write_text(NEW, "utf-8")
    return folder


def diff(papers: Path, *options: str, lang: str = "zh", status: int = 0) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("HARVESTER_", "LC_", "LANG"))}
    names = () if any(option.endswith(".txt") and "=" not in option for option in options) else ("old.txt", "new.txt")
    done = warm.program("diff", *names, *options, environment=environment | {"HARVESTER_LANG": lang}, folder=papers)
    assert done.returncode == status, done.stderr
    return done


def test_people_read_tasks_first_and_whole_sentences(papers: Path) -> None:
    told = diff(papers).stdout
    assert "1项任务有变更；删去1项任务；1项任务改写" in told
    assert "第1项“编制公共信用信息目录”（一、归集）：责任单位由 市财政局 改为 市教委" in told
    assert "删去原第3项（一、归集）：“建立行业信用监测台账。”" in told
    assert told.index("第1项") < told.index("\n文本\n")
    assert "\x1b" not in told
    english = diff(papers, "--language", "en").stdout
    assert "Item 1 “编制公共信用信息目录” (一、归集): responsible body changed from 市财政局 to 市教委" in english


def test_two_that_say_the_same_are_told_so(papers: Path) -> None:
    assert "没有变化" in diff(papers, "old.txt", "old.txt").stdout


def test_programs_get_the_changes_with_both_languages(papers: Path) -> None:
    found = json.loads(diff(papers, "--format", "json").stdout)
    assert not found["identical"]
    assert [change["kind"] for change in found["task_changes"]] == ["changed", "reworded", "removed"]
    assert all(set(change["told"]) == {"zh", "en"} for change in found["task_changes"])
    assert "市教委" in found["task_changes"][0]["told"]["en"]


def test_all_of_the_text_with_its_changes_on_demand(papers: Path) -> None:
    told = diff(papers, "--all").stdout
    assert "江口市信用建设行动方案" in told.splitlines()
    assert re.search(r"\[-.*市财政局.*-\]\{\+.*市教委.*\+\}", told)


def test_the_ending_of_a_file_tells_its_form(papers: Path) -> None:
    for name, begins in (("a.html", b"<!DOCTYPE html>"), ("a.docx", b"PK"), ("a.json", b"{"), ("a.txt", "旧".encode())):
        done = diff(papers, f"--to={name}")
        assert done.stdout == ""
        assert name in done.stderr
        assert (papers / name).read_bytes().startswith(begins)
    assert not list(papers.glob(".a.*"))


@pytest.mark.parametrize(
    ("layout", "mark"), [("table", "w:tblHeader"), ("对照表", "w:tblHeader"), ("tracked", "w:ins "), ("修订", "w:ins ")]
)
def test_a_docx_is_a_table_or_has_tracked_changes(papers: Path, layout: str, mark: str) -> None:
    diff(papers, "--layout", layout, "--to", "layout.docx")
    with zipfile.ZipFile(papers / "layout.docx") as package:
        assert mark in package.read("word/document.xml").decode()


WRONG = [
    (["--to", "a.pdf"], ["a.pdf", ".docx"]),
    (["--layout", "poster", "--to", "a.docx"], ["poster", "tracked"]),
    (["--format", "csv"], ["csv", "docx"]),
    (["old.txt", "absent.txt"], ["absent.txt", "harvester documents"]),
]


@pytest.mark.parametrize(("options", "words"), WRONG, ids=lambda value: " ".join(value)[:30])
def test_a_wrong_call_is_told_in_one_sentence(papers: Path, options: list[str], words: list[str]) -> None:
    told = diff(papers, *options, lang="en", status=2).stderr
    assert told.count("\n") == 1
    assert [word for word in words if word not in told] == []


def test_a_folder_that_is_not_there_is_told_and_nothing_is_written(papers: Path) -> None:
    told = diff(papers, "--to", "nowhere/a.html", lang="en", status=1).stderr
    assert "nowhere/a.html cannot be written" in told


def test_no_report_is_written_over_what_it_tells_of(papers: Path) -> None:
    before = (papers / "new.txt").read_text("utf-8")
    assert "写入会将其覆盖" in diff(papers, "--to", "./new.txt", "old.txt", "new.txt", status=2).stderr
    assert (papers / "new.txt").read_text("utf-8") == before

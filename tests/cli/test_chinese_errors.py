"""Where the user reads Chinese, wrong calls and what cannot be done are told in Chinese; status and names stay as they are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harvester.cli.main import run
from harvester.cli.output import in_words
from spiders.factsheet import read_sheet
from spiders.sheet_kinds import FactSheetError
from tests.cli.test_chinese_help import CHINESE

QUOTED = re.compile(r"`[^`]*`|“[^”]*”|https?://\S+|-{1,2}[a-z][a-z-]*|docs/\S+")
ENGLISH = re.compile(r"\b[A-Za-z]?[a-z]+,? [a-z]+\b")
"""Two English words in a row."""
WRONG = {
    "nonsense": "没有命令 nonsense。",
    "taks": "没有命令 taks。是否指 tasks？",
    "tasks --nonsense": "没有选项 --nonsense。",
    "tasks --limt 3": "没有选项 --limt，相近的有 --limit、--site。",
    "tasks --limit x": "--limit 的值无效：应为整数。",
    "tasks --limit 1" + "0" * 5000: "--limit 的值无效：数字过长。",
    "tasks --limit -1": "--limit 的值无效：应不小于 0。",
    "tasks --limit": "选项 --limit 须带值。",
    "tasks --all-copies=3": "选项 --all-copies 不带值。",
    "tasks one two": "多出参数：one two。",
    "tasks --format yaml": "--format 的值无效：没有“yaml”，可选：table、json、jsonl、csv。",
    "crawl anhui --pace slow": "--pace 的值无效：应为数字。",
    "sql --seconds 0.001 x": "--seconds 的值无效：应不小于 0.1。",
    "worker --side-by-side 99": "--side-by-side 的值无效：应不大于 64。",
    "db": "缺少命令。",
    "schedule pause": "缺少参数 JOB。",
    "schedule pause anhui": "缺少选项 --reason。",
    "objections decide 1": "缺少参数 decision。可选：upheld、rejected。",
    "objections decide x upheld": "NUMBER 的值无效：应为整数。",
}
"""Wrong calls of every class that the parser knows."""
ASKED = [
    "schedule next nosuch", "schedule next --until 2020-01-01", "schedule next --until whenever", "schedule resume nosuch",
    "schedule run nosuch", "schedule run takedown --sweep", "schedule run suzhou_sip", "schedule run anhui --since 2099-01-01",
    "schedule pause nosuch --reason x", "schedule pause anhui --reason x --until 2020-01-01",
    "runs --run 2", "runs --log 2", "runs --follow 2", "runs --run 1 --log 2", "runs --follow 1 --format csv", "runs --site atlantis",
    "coverage --site atlantis", "coverage --run 2", "incidents --site atlantis", "tasks --agency 无此局", "changes --task 2",
    "crawl atlantis", "crawl shanghai --section nowhere", "crawl suzhou_sip", "plan atlantis",
    "tasks --due-to tomorrow", "tasks --region Shanghai", "tasks --site atlantis", "tasks --as-of 2099-01-01", "changes --since someday",
    "changes --kind whim", "dossier 123", "explain d000000", "extract absent.docx", "export nonsense --to x.csv", "export tasks --to x.doc",
    "review decide 市信用专班 --by 甲 --name 市财局 --region 340100", "review --limit 3 decisions",
]  # fmt: skip
"""Calls that the verbs refuse."""


def told(capsys: pytest.CaptureFixture[str], call: str) -> tuple[int, str]:
    """Return the status of a call and what it says on standard error."""
    status = run(call.split())
    return status, capsys.readouterr().err.removeprefix("harvester: ").rstrip("\n")


@pytest.fixture
def chinese(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HARVESTER_LANG", "zh")
    assert run(["db", "upgrade"]) == 0
    capsys.readouterr()


@pytest.mark.parametrize("call", WRONG, ids=lambda call: call[:30])
def test_each_class_of_wrong_call_is_told_in_chinese(chinese: None, capsys: pytest.CaptureFixture[str], call: str) -> None:
    status, words = told(capsys, call)
    said, _see, where = words.partition("另见 ")
    assert (status, said) == (2, WRONG[call])
    assert where.endswith(" --help。")


@pytest.mark.parametrize("call", ASKED)
def test_what_a_verb_refuses_is_told_in_chinese(chinese: None, capsys: pytest.CaptureFixture[str], call: str) -> None:
    status, words = told(capsys, call)
    assert status in (1, 2)
    assert CHINESE.search(words)
    assert not ENGLISH.search(QUOTED.sub("", words)), words


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ('pace = "slow"', "harvester.toml: pace 应为 0 至一天的秒数，而不是 'slow'；请写：数字，如 3 或 0.5（docs/crawling.md）。"),
        ("side_by_side = 99", "harvester.toml: side_by_side 应为 1 至 64 的整数，而不是 99；请写：4（docs/crawling.md）。"),
        ("[schedule]\nanhui = 3", "harvester.toml: schedule 应为 表，其下每个 job 各一个表；请写：一行 [schedule.shanghai]"),
        ('[schedule.nosuch]\ncron = "1 2 * * *"', "harvester.toml：[schedule.nosuch] 没有对应的作业；作业有："),
        ("[schedule.anhui]\nweeks = 3", "harvester.toml，[schedule.anhui]：没有键 weeks；可用的键：cron、"),
        ('[schedule.anhui]\ncron = "1 2"', "harvester.toml，[schedule.anhui]：cron '1 2' 不是分、时、日、月、周五个字段；"),
        ("[schedule.anhui]\nsweep_days = -1", "harvester.toml，[schedule.anhui]：sweep_days 为 -1，应在 0（每次）至 "),
        ("paces = 3", "harvester.toml：设置中没有 paces；可用：alerts、"),
    ],
)
def test_a_setting_that_cannot_be_is_told_in_chinese(
    chinese: None, tmp_path: Path, capsys: pytest.CaptureFixture[str], setting: str, words: str
) -> None:
    (tmp_path / "harvester.toml").write_text(setting)
    status, said = told(capsys, "schedule")
    assert (status, said[: len(words)]) == (2, words)


def test_an_empty_answer_is_told_in_chinese(chinese: None, capsys: pytest.CaptureFixture[str]) -> None:
    for verb in ("coverage", "runs", "tasks"):
        assert run([verb]) == 0
        assert capsys.readouterr().out == "（没有找到）\n"


def test_english_errors_are_as_the_code_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARVESTER_LANG", "en")
    assert in_words("There is no job x; jobs are takedown, verify.") == "There is no job x; jobs are takedown, verify."


def test_an_error_that_a_library_words_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARVESTER_LANG", "zh")
    assert in_words("Value must be an iterable.") == "Value must be an iterable."
    assert in_words("Invalid value for '--x': Value must be an iterable.") == "--x 的值无效：Value must be an iterable."


def test_a_file_that_is_not_read_is_told_in_chinese(chinese: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "空.txt").write_text("")
    (tmp_path / "坏.xlsx").write_bytes(b"PK\3\4 broken")
    assert run(["extract", "空.txt", "坏.xlsx"]) == 1
    said = capsys.readouterr().err
    assert "空.txt 是空文件：请重新抓取。" in said
    assert "坏.xlsx 是损坏的 zip 文件（File is not a zip file）：请重新抓取。" in said


def test_a_fact_sheet_that_cannot_be_is_told_in_chinese(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("HARVESTER_LANG", "zh")
    with pytest.raises(FactSheetError) as wrong:
        read_sheet('id = 3\nname = "x"\n', "wuxi")
    assert in_words(str(wrong.value)) == "站点说明 wuxi：缺少键 'name_zh'"


def test_where_no_names_can_be_listed_this_is_said_in_chinese(chinese: None, capsys: pytest.CaptureFixture[str]) -> None:
    status, words = told(capsys, "alerts --channel office")
    assert (status, words) == (2, "没有渠道 office（有：尚无）；请改正名称。")


def test_what_is_told_in_chinese_has_chinese_marks(chinese: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schedule", "run", "anhui"]) == 0
    assert capsys.readouterr().out.startswith("anhui 现在应执行，编号 1。没有工作进程：")
    assert run(["schedule", "pause", "anhui", "--reason", "停机", "--by", "甲"]) == 0
    assert run(["incidents", "snooze", "anhui", "--reason", "已知", "--until", "3d", "--by", "甲"]) == 0
    capsys.readouterr()
    assert run(["incidents"]) == 0
    said = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("anhui"))
    assert "：已知（甲）；" in said
    assert not re.search(r"[\u4e00-\u9fff][:;,]|\w: ", said)

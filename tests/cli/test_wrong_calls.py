"""Wrong calls and broken places end in one sentence and the right exit status, with nothing lost. Real processes, real files."""

from __future__ import annotations

import fcntl
import hashlib
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from harvester.cli.main import run
from tests import warm

ROOT = Path(__file__).resolve().parents[2]


def harvester(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("HARVESTER_", "LC_", "LANG"))} | environment
    return warm.program(*arguments, environment=env, folder=cwd)


def one_sentence(done: subprocess.CompletedProcess[str], status: int, *words: str) -> None:
    assert done.returncode == status, done.stderr
    assert done.stderr.startswith("harvester: ")
    assert done.stderr.count("\n") == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert [word for word in words if word not in done.stderr] == []


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("store")
    assert harvester("db", "upgrade", cwd=folder).returncode == 0
    return folder


@pytest.fixture
def here(store: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of the store, where the test is, and English is spoken."""
    monkeypatch.chdir(store)
    monkeypatch.setenv("HARVESTER_LANG", "en")
    return store


WRONG = [
    (["nonsense"], ["nonsense", "--help"]),
    (["tasks", "--nonsense"], ["--nonsense", "tasks --help"]),
    (["db"], ["db --help"]),
    (["crawl", "atlantis"], ["atlantis", "shanghai"]),
    (["crawl", "shanghai", "--section", "nowhere"], ["nowhere", "tzgg"]),
    (["crawl", "suzhou_sip"], ["suzhou_sip", "--base"]),
    (["crawl", "shanghai", "--since", "yesterday"], ["yesterday", "YYYY-MM-DD"]),
    (["crawl", "shanghai", "anhui", "--base", "http://127.0.0.1:1"], ["SITE=URL"]),
    (["crawl", "shanghai", "--base", "shangai=http://127.0.0.1:1"], ["shangai", "shanghai"]),
    (["check", "shanghai", "--base", "anhui=http://127.0.0.1:1"], ["anhui", "shanghai"]),
    (["crawl", "shanghai", "--base", "not an address"], ["not an address"]),
    (["plan", "atlantis"], ["atlantis"]),
    (["check", "atlantis"], ["atlantis"]),
    (["tasks", "--due-to", "2026-02-30"], ["2026-02-30", "YYYY-MM-DD"]),
    (["tasks", "--region", "Shanghai"], ["Shanghai", "310000"]),
    (["tasks", "--site", "atlantis"], ["atlantis", "shanghai"]),
    (["documents", "--site", "atlantis"], ["atlantis"]),
    (["runs", "--site", "atlantis"], ["atlantis"]),
    (["search", "信用", "--site", "atlantis"], ["atlantis"]),
    (["tasks", "--due-from", "2027-01-01", "--due-to", "2026-01-01"], ["2027-01-01 is after 2026-01-01"]),
    (["tasks", "--limit", "-1"], ["equal to 0. See "]),
    (["review", "--kind", "whim"], ["whim", "mention"]),
    (["review", "--site", "atlantis"], ["atlantis", "shanghai"]),
    (["review", "--limit", "3", "decisions"], ["harvester review decisions"]),
    (["review", "decide", "市信用专班", "--name", "合肥市财政局", "--region", "340100"], ["--by NAME", "HARVESTER_OPERATOR"]),
    (["review", "decide", "市信用专班", "--by", "甲", "--name", "合肥市财政局"], ["is not in the queue", "--region CODE"]),
    (["review", "decide", "市信用专班", "--by", "甲", "--region", "340100"], ["names no body", "--name"]),
    (
        ["review", "decide", "市信用专班", "--by", "甲", "--region", "340100", "--name", "市财局"],
        ["knows no 市财局", "合肥市财政局", "--new"],
    ),
    (["review", "decide", "市信用专班", "--by", "甲", "--region", "310999", "--kind", "role"], ["no region 310999"]),
    (["demo", "--fault", "nonsense"], ["nonsense", "challenge"]),
    (["demo", "--fault", "slow:atlantis"], ["atlantis", "shanghai"]),
    (["review", "decide", "市信用专班", "--by", "甲", "--region", "any", "--kind", "boss"], ["boss", "not-an-agency"]),
    (["review", "decide", " ", "--by", "甲", "--region", "any", "--kind", "role"], ["1 to 200 characters"]),
    (["review", "decide", "某处", "--by", "甲", "--region", "any", "--kind", "not-an-agency", "--name", "某局"], ["at once"]),
    (["review", "decide", "某处", "--by", "甲", "--from", "2026-02-01", "--until", "2026-01-01"], ["is after"]),
    (["review", "load", "nowhere.csv", "--by", "甲"], ["nowhere.csv"]),
    (["export", "nonsense", "--to", "x.csv"], ["nonsense", "tasks"]),
    (["export", "tasks", "--to", "x.doc"], [".xlsx"]),
    (["extract", "/dev/zero"], ["/dev/zero", "device"]),
    (["tasks", "--format", "yaml"], ["yaml"]),
    (["extract", "absent.docx"], ["absent.docx"]),
    (["extract", "."], ["folder"]),
    (["extract", "--published", "2026/1/1", "x.txt"], ["2026/1/1"]),
    (["diff", "absent.txt", "absent.txt"], ["absent.txt"]),
    (["explain", "d000000", "--format", "csv"], ["json"]),
    (["replica", "--fault", "nonsense"], ["nonsense", "challenge"]),
    (["replica", "atlantis"], ["atlantis"]),
]


@pytest.mark.parametrize(("arguments", "words"), WRONG, ids=lambda value: " ".join(value)[:40])
def test_a_wrong_call_is_told_in_one_sentence_with_status_2(store: Path, arguments: list[str], words: list[str]) -> None:
    one_sentence(harvester(*arguments, cwd=store), 2, *words)


def test_a_settings_file_with_an_unknown_key_is_a_wrong_call(tmp_path: Path) -> None:
    (tmp_path / "harvester.toml").write_text('colour = "blue"\n')
    one_sentence(harvester("tasks", cwd=tmp_path), 2, "colour")


def test_an_unknown_record_is_told_with_status_1(store: Path) -> None:
    one_sentence(harvester("tasks", "--document", "d000000", cwd=store), 1, "d000000", "harvester documents")
    one_sentence(harvester("explain", "d000000", cwd=store), 1, "d000000", "harvester documents")
    one_sentence(harvester("diff", "d000000", "d000001", cwd=store), 1, "d000000", "harvester documents")


OF_A_SITE = [
    "tasks --site", "documents --site", "agencies --site", "search x --site", "changes --site", "runs", "runs --site", "coverage --site",
    "notices --site", "quality --site", "graph --to g.json --site", "export tasks --to x.csv --site", "review --site", "works list --site",
    "derive --dry-run --site", "crawl", "plan", "check", "drift", "drift propose", "incidents --site", "incidents wake",
]  # fmt: skip
"""Calls that a site ends."""


def test_an_unknown_site_is_told_in_the_same_words_by_every_verb(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for call in OF_A_SITE:
        assert run([*call.split(), "atlantis"]) == 2, call
        told = capsys.readouterr().err
        assert told.startswith("harvester: there is no site atlantis; the sites are anhui, "), told
        assert told.endswith("; see `harvester sites`.\n"), told


@pytest.mark.parametrize(
    "call",
    [
        "tasks --agency 无此局", "search 信用 --agency 无此局", "changes --agency 无此局", "export tasks --to x.csv --agency 无此局",
        "notices --authority 无此局", "graph --to g.json --authority 无此局",
    ],
)  # fmt: skip
def test_a_body_that_nobody_knows_is_told_and_has_no_empty_answer(here: Path, capsys: pytest.CaptureFixture[str], call: str) -> None:
    assert run(call.split()) == 1
    assert capsys.readouterr().err == "harvester: No body is called 无此局: look it up with `harvester agencies --name PIECE`.\n"
    assert list(here.glob("*.csv")) == []


def test_a_body_that_is_known_and_has_nothing_has_an_empty_answer(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for call in ("tasks --agency 上海市财政局", "notices --authority 上海市财政局"):
        assert run(call.split()) == 0
        assert capsys.readouterr().out == "(nothing found)\n"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("coverage --run 20260101", "There is no run 20260101, and none at all yet: begin with `harvester crawl SITE`."),
        ("changes --work w000000", "There is no work w000000 in the store: list what there is with `harvester works`."),
        ("changes --task d0.t1", "There is no task d0.t1 in the store: list what there is with `harvester tasks`."),
        ("notices --document d0", "There is nothing called d0 in the store: list what there is with `harvester documents`."),
        ("export tasks --to x.csv --document d0", "There is nothing called d0 in the store: list what there is with "),
    ],
)
def test_what_a_filter_names_and_the_store_has_not_is_told(here: Path, capsys: pytest.CaptureFixture[str], call: str, words: str) -> None:
    assert run(call.split()) == 1
    assert capsys.readouterr().err.startswith(f"harvester: {words}")


@pytest.mark.parametrize("verb", ["tasks", "documents", "agencies", "notices", "changes", "quality", "review", "works list"])
def test_six_digits_of_no_province_are_no_region(here: Path, capsys: pytest.CaptureFixture[str], verb: str) -> None:
    assert run([*verb.split(), "--region", "999999"]) == 2
    assert "'999999' is not a region code" in capsys.readouterr().err
    assert run([*verb.split(), "--region", "310119"]) == 0  # 南汇 until 2009: what was has its code, too


def test_a_demo_of_a_fault_that_there_is_not_leaves_the_one_before(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "demo.sqlite").write_text("a store")
    one_sentence(harvester("demo", "--fault", "nonsense", cwd=tmp_path), 2, "nonsense")
    assert (tmp_path / "demo" / "demo.sqlite").read_text() == "a store"


def test_a_missing_store_is_told_with_the_next_step(tmp_path: Path) -> None:
    one_sentence(harvester("tasks", cwd=tmp_path), 1, "harvester db upgrade")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["picture.pdf", "table.xlsx", "letter.docx", "page.html"])
def test_an_unreadable_file_is_told_and_the_others_still_come_out(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(bytes(range(256)) * 20)
    (tmp_path / "good.txt").write_text("加强信用信息归集。（责任单位：市财政局）\n", "utf-8")
    done = harvester("extract", name, "good.txt", "--format", "json", cwd=tmp_path)
    one_sentence(done, 1, name)
    assert "good.txt" in done.stdout


def test_a_locked_store_is_told_and_nothing_is_lost(store: Path) -> None:
    file = store / "data" / "harvester.sqlite"
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        one_sentence(harvester("db", "upgrade", cwd=store, HARVESTER_PATIENCE="0.5"), 1, "again")
    finally:
        holder.execute("ROLLBACK")
        holder.close()
    assert harvester("db", "status", cwd=store).returncode == 0


def test_a_newer_store_is_told_and_left_as_it_was(tmp_path: Path) -> None:
    assert harvester("db", "upgrade", cwd=tmp_path).returncode == 0
    file = tmp_path / "data" / "harvester.sqlite"
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    before = hashlib.sha256(file.read_bytes()).hexdigest()
    one_sentence(harvester("tasks", cwd=tmp_path), 1, "newer")
    one_sentence(harvester("db", "upgrade", cwd=tmp_path), 1, "newer")
    assert hashlib.sha256(file.read_bytes()).hexdigest() == before


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "harvester.sqlite").write_text("this is a letter, not a database\n" * 100)
    one_sentence(harvester("tasks", cwd=tmp_path), 1)


def test_a_full_disk_is_told_and_nothing_is_lost(store: Path) -> None:
    one_sentence(harvester("export", "tasks", "--to", "/dev/full/tasks.csv", cwd=store), 1)
    with Path("/dev/full").open("w") as full:
        program = [sys.executable, "-c", "from harvester.cli.main import main; main()", "db", "dump"]
        env = os.environ | {"PYTHONPATH": str(ROOT)}
        done = subprocess.run(program, cwd=store, env=env, stdout=full, stderr=subprocess.PIPE, text=True, timeout=120)
    one_sentence(done, 1, "space")
    assert harvester("db", "verify", cwd=store).returncode == 0


PROGRAM = [sys.executable, "-c", "from harvester.cli.main import main; main()"]


@pytest.mark.parametrize("arguments", [["--help"], ["sites"], ["sites", "--format", "csv"], ["db", "dump"]])
def test_a_reader_that_leaves_early_is_no_failure(store: Path, arguments: list[str]) -> None:
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen([*PROGRAM, *arguments], cwd=store, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(60) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


@pytest.mark.parametrize("arguments", [["--help"], ["sites"], ["db", "status", "--format", "json"]])
def test_little_output_onto_a_full_disk_is_told_too(store: Path, arguments: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        env = os.environ | {"PYTHONPATH": str(ROOT)}
        done = subprocess.run([*PROGRAM, *arguments], cwd=store, env=env, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    one_sentence(done, 1, "free some space")


def test_a_closed_output_and_a_poor_charset_stop_nothing(store: Path) -> None:
    env = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii", "HARVESTER_LANG": "zh"}
    done = subprocess.run([*PROGRAM, "sites"], cwd=store, env=env, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert "shanghai" in done.stdout
    shell = ["sh", "-c", 'exec "$@" >&-', "sh", *PROGRAM, "sites"]
    assert subprocess.run(shell, cwd=store, env=env, capture_output=True, timeout=60, check=False).returncode == 0


def test_a_pipe_is_not_waited_for(store: Path) -> None:
    os.mkfifo(store / "pipe.txt")
    one_sentence(harvester("extract", "pipe.txt", cwd=store), 2, "pipe.txt")


def test_normalize_tells_what_was_wrong_with_the_encoding_and_prints_no_binary(tmp_path: Path) -> None:
    words = "加强信用信息归集。（责任单位：市财政局）\n"
    (tmp_path / "mangled.txt").write_text(words.encode().decode("latin-1"), "utf-8")
    done = harvester("normalize", "mangled.txt", cwd=tmp_path)
    assert done.stdout == words
    assert "mojibake" in done.stderr
    (tmp_path / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    one_sentence(harvester("normalize", "picture.txt", cwd=tmp_path), 1, "picture.txt")


def test_two_demos_do_not_share_a_folder_and_one_touches_nothing_of_others(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("keep")
    one_sentence(harvester("demo", "--folder", "mine", cwd=tmp_path), 2, "mine", "--folder")
    one_sentence(harvester("demo", "--folder", "mine/letter.txt", cwd=tmp_path), 2, "--folder")
    assert (tmp_path / "mine" / "letter.txt").read_text() == "keep"
    (tmp_path / "demo").mkdir()
    with (tmp_path / "demo" / "harvester-demo").open("w") as marker:
        fcntl.flock(marker, fcntl.LOCK_EX)
        (tmp_path / "demo" / "demo.sqlite").write_text("in use")
        one_sentence(harvester("demo", cwd=tmp_path), 1, "another demo", "--folder")
        assert (tmp_path / "demo" / "demo.sqlite").read_text() == "in use"


def test_the_version_is_told(tmp_path: Path) -> None:
    assert harvester("--version", cwd=tmp_path).stdout.startswith("credit-harvester ")


def test_errors_are_told_in_chinese_where_the_user_reads_chinese(store: Path) -> None:
    assert "另见" in harvester("nonsense", cwd=store, HARVESTER_LANG="zh").stderr


@pytest.mark.parametrize(("lang", "sign"), [("en", ", "), ("zh", "、")])
def test_what_was_tried_is_listed_with_the_sign_of_the_language(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], lang: str, sign: str
) -> None:
    monkeypatch.setenv("HARVESTER_LANG", lang)
    assert run(["find", "某某通知"]) == 1
    told = capsys.readouterr().err
    assert sign in told
    assert "  " not in told
    assert ("、" in told) is (lang == "zh")

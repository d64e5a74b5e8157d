"""What a call imports: a question waits for nothing that it does not need. A child process tells its modules; nothing is timed here."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from harvester.cli.verbs import verbs
from tests import warm

ROOT = Path(__file__).resolve().parents[2]
TELL = """
import sys
from harvester.cli.main import run
status = run(sys.argv[1:])
sys.stderr.write("\\n".join(("", *sys.modules)))
sys.exit(status)
"""
FAR = {
    "adbc_driver_manager", "alembic", "apscheduler", "babel", "charset_normalizer", "chinese_calendar", "docx", "fastapi", "icalendar",
    "jieba", "jinja2", "lxml", "networkx", "numpy", "opencc", "openpyxl", "pandas", "parsel", "pdfminer", "pdfplumber", "procrastinate",
    "prometheus_client", "psycopg", "pyarrow", "pygal", "pypinyin", "rapidfuzz", "reportlab", "scrapy", "spidermon", "sqlglot", "twisted",
    "urllib3", "uvicorn", "warcio", "zxcvbn",
}  # fmt: skip
"""Packages that no question of the store needs."""
WRITING = {
    "storage.ingest", "storage.lines", "storage.archive", "storage.verifying", "storage.migrating", "spiders.sheets", "harvester.gazetteer",
    "normalizers.text.repair", "normalizers.text.decode", "normalizers.agencies", "harvester.crawl", "harvester.web",
}  # fmt: skip
"""Modules that write, harvest, read documents or serve pages."""
CRAWLING = ("checking", "crawling", "demo", "drifting", "new_sites")
"""Modules of the command line that crawl, or read pages by the spiders' rules: Scrapy's."""
QUESTIONS = [["tasks"], ["tasks", "--format", "json"], ["documents"], ["agencies"], ["runs"]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("store")
    assert warm.program("db", "upgrade", folder=folder, environment=plain()).returncode == 0
    return folder


def plain() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HARVESTER_", "LC_", "LANG"))}
    return kept | {"PYTHONPATH": str(ROOT)}


def imported(folder: Path, *words: str, status: int = 0, lang: str = "en") -> set[str]:
    """Return the modules that a call of the program has imported at its end."""
    env = plain() | {"HARVESTER_LANG": lang}
    done = subprocess.run([sys.executable, "-c", TELL, *words], cwd=folder, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == status, done.stderr
    found = set(done.stderr.split("\n"))
    assert "harvester.cli.main" in found
    return found


def of(packages: set[str], modules: set[str]) -> list[str]:
    return sorted(packages & (modules | {name.partition(".")[0] for name in modules}))


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("words", [["--help"], [], ["--version"], ["nonsense"]], ids=" ".join)
def test_what_asks_no_store_imports_no_verb_no_database_and_no_tables_for_people(tmp_path: Path, words: list[str], lang: str) -> None:
    found = imported(tmp_path, *words, status=2 if words == ["nonsense"] else 0, lang=lang)
    assert of(FAR | {"rich", "storage.schema"}, found) == []
    assert {f"harvester.cli.{verb.module}" for verb in verbs().values()} & found == set()
    if words != ["--version"]:
        assert of({"sqlalchemy"}, found) == []


@pytest.mark.parametrize("words", QUESTIONS, ids=" ".join)
def test_a_question_imports_nothing_that_harvests_writes_or_reads_documents(folder: Path, words: list[str]) -> None:
    found = imported(folder, *words)
    assert of(FAR | WRITING, found) == []
    assert "storage.queries" in found, "the question was asked"


@pytest.mark.parametrize("words", [["incidents"], ["alerts"], ["schedule"]], ids=" ".join)
def test_what_an_operator_asks_imports_nothing_that_crawls_or_sends(folder: Path, words: list[str]) -> None:
    assert of({"harvester.telling", "jinja2", "lxml", "scrapy", "smtplib", "twisted", "urllib3"}, imported(folder, *words)) == []


def test_chinese_needs_no_more_than_the_catalogue(tmp_path: Path) -> None:
    assert imported(tmp_path, "--help", lang="zh") - imported(tmp_path, "--help") == {"harvester.cli.helping", "unicodedata"}


def test_only_a_table_for_people_imports_what_draws_one(folder: Path) -> None:
    assert of({"rich"}, imported(folder, "tasks", "--format", "json")) == []
    assert of({"rich"}, imported(folder, "tasks")) == ["rich"]


@pytest.mark.parametrize("name", sorted({verb.module: name for name, verb in verbs().items() if verb.module not in CRAWLING}.values()))
def test_the_help_of_a_verb_starts_no_crawler_and_opens_no_store(tmp_path: Path, name: str) -> None:
    assert of({"alembic", "fastapi", "pandas", "scrapy", "twisted"}, imported(tmp_path, name, "--help")) == []
    assert list(tmp_path.iterdir()) == []


def test_the_program_looks_for_garbage_again_once_a_verb_is_found(folder: Path) -> None:
    tell = "import gc, sys; from harvester.cli.main import main\ntry: main()\nfinally: print(gc.isenabled(), gc.get_freeze_count() > 1000)"
    done = subprocess.run([sys.executable, "-c", tell, "tasks"], cwd=folder, env=plain(), capture_output=True, text=True, timeout=120)
    assert done.stdout.splitlines()[-1] == "True True", done.stderr

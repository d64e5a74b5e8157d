"""`db backup` leaves a note in the store it saved, so that operators see when the last backup was made."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from harvester.cli.main import run
from harvester.sentences import said
from storage import due_runs
from storage.backup_manifest import backups
from storage.store import Store


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give the URL of an empty store with an archive, as the settings name it."""
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    for name, value in (("STORE", url), ("ARCHIVE", tmp_path / "archive"), ("LANG", "en"), ("OPERATOR", "officer"), ("PATIENCE", "0.2")):
        monkeypatch.setenv(f"HARVESTER_{name}", str(value))
    Store.open(url, archive=tmp_path / "archive", create=True).close()
    (tmp_path / "archive").mkdir(exist_ok=True)
    return url


def test_a_backup_is_noted_with_its_moment_its_folder_and_who_made_it(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Store.open(url) as store:
        assert due_runs.last(store) == {}
    before = datetime.now(UTC) - timedelta(seconds=1)
    assert run(["db", "backup", "--to", str(tmp_path / "kept")]) == 0
    with Store.open(url) as store:
        noted = due_runs.last(store)["backup"]
    assert before < noted.due_at <= noted.ended_at <= datetime.now(UTC)
    assert noted.asked_by == "officer"
    assert noted.note.startswith(f"{backups(tmp_path / 'kept')[0]}: the database (")
    assert said(noted.note, "en").endswith(" MB) and 0 files of the archive")
    assert said(noted.note, "zh").endswith(" MB）和存档文件 0 个")
    assert run(["db", "backup", "--to", str(tmp_path / "kept")]) == 0
    with Store.open(url) as store:
        again = due_runs.last(store)["backup"].note
    *_before, told = (line for line in capsys.readouterr().out.splitlines() if ": the database" in line)
    assert re.findall(r"[0-9.]+ MB|[0-9]+ file", told) == re.findall(r"[0-9.]+ MB|[0-9]+ file", said(again, "en")), "the same numbers"


def test_a_backup_is_whole_though_a_busy_store_takes_no_note_of_it(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(tmp_path / "store.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert run(["db", "backup", "--to", str(tmp_path / "kept")]) == 0
        other.execute("ROLLBACK")
    assert "The backup is whole, but the store could not take a note of it" in capsys.readouterr().err
    assert run(["db", "verify", "--backup", str(tmp_path / "kept")]) == 0
    with Store.open(url) as store:
        assert due_runs.last(store) == {}

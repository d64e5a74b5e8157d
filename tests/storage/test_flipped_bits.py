"""A live SQLite store of which a bit was flipped: ``db verify`` says what docs/backup.md says it finds, and never trips."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvester.cli.main import run
from storage.store import Store
from tests.storage.full_store import fill

Verify = Callable[[bytes], tuple[int, str]]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return the bytes of a store's file, its log emptied into it."""
    folder = tmp_path_factory.mktemp("sound")
    with Store.open(f"sqlite:///{folder}/store.sqlite", archive=folder / "archive", create=True) as store:
        fill(store)
    with closing(sqlite3.connect(folder / "store.sqlite")) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        file.execute("PRAGMA journal_mode = DELETE")
    return (folder / "store.sqlite").read_bytes()


@pytest.fixture
def verify(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Verify:
    """Give a function that puts bytes at a store's place and returns what ``db verify`` says of them."""
    monkeypatch.setenv("HARVESTER_LANG", "en")
    file = tmp_path / "store.sqlite"

    def said(data: bytes) -> tuple[int, str]:
        for each in tmp_path.glob("store.sqlite*"):
            each.unlink()
        file.write_bytes(data)
        status = run(["db", "verify", "--store", f"sqlite:///{file}"])
        out, err = capsys.readouterr()
        return status, " ".join((out + err).split())

    return said


def flipped(data: bytes, place: int, bit: int = 1) -> bytes:
    return data[:place] + bytes([data[place] ^ bit]) + data[place + 1 :]


def archive_apart(told: str) -> list[str]:
    """Return the problems that are of the database: the sample names archive files that were never written."""
    return [each for each in ("is damaged", "The text of", "The task", "names rows") if each in told]


def test_a_sound_store_has_no_damage(sound: bytes, verify: Verify) -> None:
    assert archive_apart(verify(sound)[1]) == []


@pytest.mark.parametrize(("place", "said"), [(0, "is no SQLite database|not a database"), (47, "is damaged"), (100, "is damaged")])
def test_a_bit_of_the_head_of_the_file_is_told(sound: bytes, verify: Verify, place: int, said: str) -> None:
    status, told = verify(flipped(sound, place, 2))
    assert status == 1
    assert any(each in told for each in said.split("|")), told
    assert "not foreseen" not in told


def test_a_bit_of_a_text_is_told_with_its_document(sound: bytes, verify: Verify, tmp_path: Path) -> None:
    (tmp_path / "look.sqlite").write_bytes(sound)
    with closing(sqlite3.connect(tmp_path / "look.sqlite")) as file:
        name, text = file.execute("SELECT document_id, text FROM versions WHERE text LIKE '%公%' ORDER BY length(text) LIMIT 1").fetchone()
    whole = text.encode()
    place = sound.index(whole) + whole.index("公".encode()) + 2
    status, told = verify(flipped(sound, place))
    assert status == 1
    assert f"The text of {name}@" in told


def test_bits_of_names_in_the_schema_and_of_values_that_are_no_text_any_more_are_told(sound: bytes, verify: Verify) -> None:
    for word in (b"CREATE TABLE documents", b"ix_agency_names_name_key"):
        status, told = verify(flipped(sound, sound.index(word) + len(word) - 3, 0x80))
        assert status == 1
        assert "is damaged" in told
        assert "not foreseen" not in told
    status, told = verify(flipped(sound, sound.index("公".encode()), 0x10))
    assert (status, "not foreseen" in told) == (1, False)


def test_a_bit_of_an_index_is_told_with_its_row(sound: bytes, verify: Verify, tmp_path: Path) -> None:
    (tmp_path / "look.sqlite").write_bytes(sound)
    with closing(sqlite3.connect(tmp_path / "look.sqlite")) as file:
        root = file.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'ix_agency_names_name_key'").fetchone()[0]
        size = file.execute("PRAGMA page_size").fetchone()[0]
    page = slice((root - 1) * size, root * size)
    places = [page.start + offset for offset in range(size - 40, size - 8, 4)]
    told = [verify(flipped(sound, place))[1] for place in places if sound[place]]
    assert told
    assert any("is damaged" in each for each in told)
    assert not [each for each in told if "not foreseen" in each]


def test_property_verify_trips_over_no_bit(sound: bytes, verify: Verify) -> None:
    @settings(max_examples=60, deadline=None)
    @given(st.one_of(st.integers(0, 4096), st.integers(0, len(sound) - 1)), st.integers(0, 7))
    def holds(place: int, bit: int) -> None:
        status, told = verify(flipped(sound, place, 1 << bit))
        assert status in (0, 1)
        assert "not foreseen" not in told

    holds()

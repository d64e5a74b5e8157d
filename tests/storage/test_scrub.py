"""Rows that are deleted leave pieces in pages that were split, whatever SQLite overwrites: only a rewritten file holds nothing of them."""

from __future__ import annotations

import random
import re
import sqlite3
from pathlib import Path

from storage.scrub import scrub
from storage.store import Store
from tests.storage.byte_scan import files_in

COLUMNS = ("name", "code", "day")


def churn(connection: sqlite3.Connection, chance: random.Random) -> tuple[set[str], set[str]]:
    """Write and delete rows of very different lengths, one by one; return the words of those that are left and of those that went."""
    connection.execute(f"CREATE TABLE churn (id TEXT PRIMARY KEY, {', '.join(COLUMNS)}, facts)")
    for column in COLUMNS:
        connection.execute(f"CREATE INDEX churn_{column} ON churn ({column})")
    live: dict[int, str] = {}
    gone: list[int] = []
    for turn in range(30):
        connection.execute("BEGIN IMMEDIATE")
        for number in range(turn * 100, turn * 100 + 100):
            live[number] = f"{chance.randrange(16**16):016x}"
            facts = f"FACT{number:06d}" + "x" * chance.choice([10, 200, 1500, 9000])
            row = (live[number], f"NAME{number:06d}", f"CODE{number:06d}{chance.randrange(16**8):08x}", str(chance.randrange(1000)), facts)
            connection.execute("INSERT INTO churn VALUES (?, ?, ?, ?, ?)", row)
        connection.execute("COMMIT")
        connection.execute("BEGIN IMMEDIATE")
        for number in chance.sample(sorted(live), 60):
            connection.execute("DELETE FROM churn WHERE id = ?", (live.pop(number),))
            gone.append(number)
        connection.execute("COMMIT")
    return {f"NAME{number:06d}" for number in live}, {f"{word}{number:06d}" for number in gone for word in ("NAME", "CODE", "FACT")}


def words_in(folder: Path) -> set[str]:
    data = b"".join(path.read_bytes() for path in files_in(folder))
    return {found.decode() for found in re.findall(rb"(?:NAME|CODE|FACT)[0-9]{6}", data)}


def test_after_much_coming_and_going_no_byte_of_what_went_is_left(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with Store.open(f"sqlite:///{data}/h.sqlite", create=True) as store:
        raw = store.engine.raw_connection()
        live, gone = churn(raw.driver_connection, random.Random(1))  # type: ignore[arg-type]
        raw.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()  # type: ignore[union-attr]
        raw.close()
        assert words_in(data) & gone, "secure_delete and an empty log were enough: the rewriting can go"
        assert scrub(store).done
        assert not words_in(data) & gone
        assert words_in(data) >= live

"""What is measured once a minute: of every process by /proc, of the store by a reader of its own, which asks nothing of the program."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ProcessReading:
    """One process at one moment. Memory is in KiB: ``rss``, of it ``anon`` (its own, no pages of files) and ``uss`` (what ends with it).

    ``children`` counts those below it, however deep; ``family`` is their RSS.
    """

    rss: int
    anon: int
    uss: int
    handles: int
    sockets: int
    threads: int
    processor: float
    children: int
    family: int


@dataclass(frozen=True, slots=True)
class StoreReading:
    """The store at one moment: bytes of its files; of each table with its indexes its bytes, those that rows fill, and its rows."""

    database: int
    journal: int
    unused: int
    archive: int
    table_bytes: dict[str, int] = field(default_factory=dict)
    filled: dict[str, int] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)


# --- processes -------------------------------------------------------------------------------------------------------------


def process_reading(pid: int) -> ProcessReading | None:
    """Return what a process takes, ``None`` where it is no more."""
    try:
        status = _status(pid)
        handles = [_target(handle) for handle in Path(f"/proc/{pid}/fd").iterdir()]
        uss = _private(pid)
    except (OSError, KeyError):
        return None
    below = _descendants(pid)
    return ProcessReading(
        rss=status["VmRSS"],
        anon=status["RssAnon"],
        uss=uss,
        handles=len(handles),
        sockets=sum(target.startswith("socket:") for target in handles),
        threads=status["Threads"],
        processor=_processor(pid),
        children=len(below),
        family=sum(_rss(child) for child in below),
    )


def _status(pid: int) -> dict[str, int]:
    lines = (line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return {name: int(value.split()[0]) for name, value in lines if name in ("VmRSS", "RssAnon", "Threads", "PPid")}


def _target(handle: Path) -> str:
    with suppress(OSError):
        return str(handle.readlink())
    return ""


def _private(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(("Private_Clean", "Private_Dirty")))


def _processor(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _rss(pid: int) -> int:
    with suppress(OSError, KeyError):
        return _status(pid)["VmRSS"]
    return 0


def _descendants(pid: int) -> list[int]:
    """Return the processes below one, zombies included."""
    parents = {}
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            with suppress(OSError, KeyError):
                parents[int(process.name)] = _status(int(process.name))["PPid"]
    found, wave = [], [pid]
    while wave:
        wave = [child for child, parent in parents.items() if parent in wave]
        found += wave
    return found


# --- the store -----------------------------------------------------------------------------------------------------------------


def store_reading(file: Path, archive: Path) -> StoreReading:
    """Return what an SQLite store and its archive take, table by table."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=60)) as connection:
        page = connection.execute("PRAGMA page_size").fetchone()[0]
        unused = connection.execute("PRAGMA freelist_count").fetchone()[0] * page
        owners = _owners(connection)
        sizes, filled = Counter[str](), Counter[str]()
        for name, size, payload in connection.execute("SELECT name, pgsize, payload FROM dbstat WHERE aggregate = 1"):
            sizes[owners.get(name, name)] += size
            filled[owners.get(name, name)] += payload
        rows = {name: _rows(connection, name) for name in sorted(set(owners.values()))}
    return StoreReading(
        database=_bytes(file),
        journal=_bytes(file.with_name(file.name + "-wal")),
        unused=unused,
        archive=sum(_bytes(path) for path in archive.rglob("*") if path.is_file()),
        table_bytes=dict(sizes),
        filled=dict(filled),
        rows=rows,
    )


def _owners(connection: sqlite3.Connection) -> dict[str, str]:
    """Return the table that each tree of the file belongs to; what a full-text index keeps belongs to the index."""
    listed = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
    virtual = [name for kind, name, _, sql in listed if kind == "table" and (sql or "").upper().startswith("CREATE VIRTUAL")]

    def owner(table: str) -> str:
        return next((name for name in virtual if table.startswith(name + "_")), table)

    return {name: owner(table) for kind, name, table, _ in listed if kind in ("table", "index")}


def _rows(connection: sqlite3.Connection, table: str) -> int:
    counted = (
        f"{table}_docsize" if connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [f"{table}_docsize"]).fetchone() else table
    )
    return int(connection.execute(f'SELECT count(*) FROM "{counted}"').fetchone()[0])  # noqa: S608 -- names of the file's own tables


def _bytes(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_size
    return 0

"""Downloads: whole or seen to be broken, the same rows in every form, in flat memory, and nothing left open when their reader leaves."""

from __future__ import annotations

import csv
import http.client
import io
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import uvicorn
from fastapi import Request
from fastapi.responses import Response
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from sqlalchemy import text

from harvester.web import downloads
from harvester.web.access import rights
from harvester.web.api import contract
from harvester.web.app import create_app
from harvester.web.room import RoomSettings
from harvester.web.serving import config_of, listening_at
from storage import audit, streams
from storage.store import Store
from tests.storage.conftest import ROOT
from tests.web import sample
from tests.web.asking_api import API, everything

SOAK = bool(os.environ.get("HARVESTER_SOAK"))
MANY = 1_000_000 if SOAK else 100_000
READER = "storage.apart"
"""In the command of a process that reads many rows of a SQLite store."""
LISTS = {"/tasks": ("id", "task"), "/documents": ("id", "document"), "/notices": ("id", "notice"), "/changes": ("seq", "seq")}
"""Lists, and the name of the identifier in JSON and in files."""


def keys_in(data: bytes, form: str, name: str) -> list[str]:
    """Return the identifiers in a downloaded file."""
    if form == "csv":
        return [row[name] for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))]
    if form == "jsonl":
        return [str(json.loads(line)[name]) for line in data.decode().splitlines()]
    if form == "parquet":
        return [str(value) for value in pq.read_table(io.BytesIO(data)).column(name).to_pylist()]
    rows = load_workbook(io.BytesIO(data), read_only=True).worksheets[0].iter_rows(values_only=True)
    head = next(rows)
    return [str(row[head.index(name)]) for row in rows]


@pytest.mark.parametrize("form", streams.FORMS)
def test_a_file_has_the_rows_of_the_list_in_its_order(shared_client: TestClient, form: str) -> None:
    for path, (own, name) in LISTS.items():
        answer = shared_client.get(f"{API}{path}?format={form}")
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].partition(";")[0] in contract.FILES
        assert answer.headers["content-disposition"].endswith(f'.{form}"')
        assert keys_in(answer.content, form, name) == [str(row[own]) for row in everything(shared_client, f"{path}?limit=500")], path


def test_a_file_is_limited_told_apart_and_refused_as_the_list_is(shared_client: TestClient) -> None:
    some = shared_client.get(f"{API}/tasks?format=csv&limit=3&role=lead")
    assert keys_in(some.content, "csv", "task") == [row["id"] for row in shared_client.get(f"{API}/tasks?limit=3&role=lead").json()["rows"]]
    again = shared_client.get(f"{API}/tasks?format=csv&limit=3&role=lead", headers={"If-None-Match": some.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert shared_client.head(f"{API}/tasks?format=parquet").status_code == 200
    assert shared_client.get(f"{API}/tasks?format=csv&site=nowhere").status_code == 404
    assert shared_client.get(f"{API}/tasks?format=csv&after=AAAA").status_code == 400
    assert shared_client.get(f"{API}/tasks?format=pdf").status_code == 422
    assert shared_client.get(f"{API}/changes?format=csv&since=99999999").status_code == 400
    assert shared_client.get(f"{API}/tasks?format=csv&order=due").status_code == 409, "refused, not ignored"
    every, named = (shared_client.get(f"{API}/agencies?format=csv{more}").content for more in ("", "&name=發展"))
    assert every.splitlines()[0] == named.splitlines()[0]
    found = keys_in(named, "csv", "agency")
    assert set(found) == {row["id"] for row in everything(shared_client, "/agencies?name=发展") if row["id"]} & set(
        keys_in(every, "csv", "agency")
    )
    assert 0 < len(found) < len(keys_in(every, "csv", "agency"))
    answered = shared_client.get(f"{API}/sql", params={"sql": "SELECT task FROM v_tasks ORDER BY task LIMIT 2", "format": "csv"})
    assert len(keys_in(answered.content, "csv", "task")) == 2


def test_a_download_of_records_is_logged_before_it_is_given(client: TestClient, store: Store) -> None:
    before = len(audit.entries(store))
    rows = keys_in(client.get(f"{API}/notices?format=csv&kind=penalty").content, "csv", "notice")
    logged = audit.entries(store)[0]
    assert len(audit.entries(store)) == before + 1
    assert (logged["action"], logged["rows"], sorted(logged["notice_ids"])) == ("export", len(rows), sorted(rows))
    assert logged["what"]["kind"] == "penalty"


# --- a server of its own -------------------------------------------------------------------------------------------------------


@contextmanager
def room(folder: Path) -> Iterator[tuple[int, int]]:
    """Give the process and the port of a room over the store in a folder, served as an operator does it."""
    command = [
        sys.executable,
        "-c",
        "from harvester.cli.main import main; main()",
        "serve",
        "--store",
        sample.url_of(folder),
        "--port",
        "0",
    ]
    process = subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(ROOT)})
    try:
        assert process.stdout is not None
        address = process.stdout.readline().split()[-1]
        yield process.pid, int(address.rstrip("/").rpartition(":")[2])
    finally:
        process.terminate()
        process.wait(30)
        if process.stdout:
            process.stdout.close()


def memory(process: int) -> int:
    """Return the most bytes that a process ever held."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return 1024 * int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))


def children(process: int) -> list[str]:
    """Return the processes that a process started to read the store, and that still run."""
    found = []
    with suppress(FileNotFoundError, ProcessLookupError):  # one that ends meanwhile
        for task in Path(f"/proc/{process}/task").iterdir():
            found += [Path(f"/proc/{each}/cmdline").read_text("utf-8") for each in _started(task)]
    return [command for command in found if READER in command]


def _started(task: Path) -> list[str]:
    return (task / "children").read_text(encoding="utf-8").split()


def fill(folder: Path, count: int) -> None:
    """Put many rows into the feed of a store."""
    with Store.open(sample.url_of(folder)) as store, store.writing() as connection:
        first = connection.execute(text("SELECT coalesce(max(seq), 0) FROM changes")).scalar_one()
        numbers = f"WITH RECURSIVE n(i) AS (SELECT {first + 1} UNION ALL SELECT i + 1 FROM n WHERE i < {first + count})"  # noqa: S608
        connection.exec_driver_sql(
            "INSERT INTO changes (seq, known_at, entity, entity_id, kind, cause, copy, site, section, region, fields, list_name, colour, "  # noqa: S608
            f"record_kind, reason, after) {numbers} SELECT i, '2026-05-06 01:02:03.000000', 'link', 'd1>d' || i, 'added', 'source', 0, "
            "'jiangkou', 'notices', '310000', '[]', '', '', '', '', "
            "'{\"text\": \"第' || i || '条，编制公共信用信息目录，按季度更新\"}' FROM n"
        )


def read(port: int, address: str, most: int = 1 << 40) -> int:
    """Read an answer up to some bytes and leave; return how many there were."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("GET", address)
    answer = connection.getresponse()
    assert answer.status == 200, answer.read()
    size = 0
    while size < most and (piece := answer.read(1 << 16)):
        size += len(piece)
    if size >= most:
        connection.sock.shutdown(socket.SHUT_RDWR) if connection.sock else answer.close()
    connection.close()
    return size


def test_many_rows_are_sent_in_flat_memory_and_a_reader_who_leaves_leaves_nothing_open(sample_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "room"
    with sample.copied(sample_folder, folder):
        pass
    fill(folder, MANY)
    with room(folder) as (process, port):
        read(port, f"{API}/changes?format=csv&limit=5&all=true")
        before = memory(process)
        size = read(port, f"{API}/changes?format=csv&all=true")
        assert size > MANY * 150
        assert memory(process) - before < 60_000_000, f"{(memory(process) - before) // 1_000_000} MB for {size // 1_000_000} MB"
        for _ in range(3):
            read(port, f"{API}/changes?format=jsonl&all=true", most=200_000)
        until = time.monotonic() + 20
        while children(process) and time.monotonic() < until:
            time.sleep(0.1)
        assert not children(process), "what was reading for them has ended"
        with Store.open(sample.url_of(folder)) as store:
            with store.writing() as connection:
                connection.exec_driver_sql("UPDATE sites SET name = name")
            with store.engine.connect() as connection:
                busy = connection.exec_driver_sql("COMMIT") and connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar_one()
            assert busy == 0, "and no transaction of theirs is open"
        assert read(port, f"{API}/tasks?limit=1") > 100


def test_a_download_that_breaks_off_is_a_broken_transfer_to_its_reader(shared_store: Store) -> None:
    app = create_app(shared_store)
    closed: list[bool] = []

    def breaking() -> Iterator[bytes]:
        try:
            yield b"a,b\n" * 50_000
            raise OSError("the disk is gone")
        finally:
            closed.append(True)

    @app.get(f"{API}/breaking", dependencies=[rights.reader()])
    def answer(request: Request) -> Response:
        return downloads.streamed(request, "breaking", breaking, "text/csv", coding=False)

    with listening_at("127.0.0.1", 0) as listening:
        server = uvicorn.Server(config_of(app, RoomSettings()))
        import threading

        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            with pytest.raises((http.client.IncompleteRead, ConnectionError)):
                read(listening.getsockname()[1], f"{API}/breaking")
        finally:
            server.should_exit = True
            thread.join(15)
    assert closed == [True]

"""What is too long or too large to be a question is told so; it is no fault of the room."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from harvester.cli import serving
from harvester.errors import WrongCall
from harvester.session import opened
from harvester.web.access.opening import Opening, settings_of
from storage.errors import LockedStore
from storage.search import LONGEST
from tests.web import sample

HUGE = "9" * 30


@pytest.mark.parametrize("path", ["/changes", "/changes.atom", "/changes.json", "/audit"])
@pytest.mark.parametrize("number", [HUGE, "-1", str(1 << 63), "1e5"])
def test_a_number_that_no_feed_reaches_is_refused(shared_client: TestClient, path: str, number: str) -> None:
    assert shared_client.get(path, params={"before": number}).status_code == 422


@pytest.mark.parametrize("path", ["/review?done=", "/review/decisions?done=", "/corrections?sent=", "/reports?answered="])
def test_a_count_that_is_none_is_refused(shared_client: TestClient, path: str) -> None:
    assert shared_client.get(path + HUGE).status_code == 422


@pytest.mark.parametrize("path", ["/search", "/tasks", "/documents", "/tasks.csv"])
def test_a_pasted_paragraph_is_told_to_be_too_long(shared_client: TestClient, path: str) -> None:
    for words in ("信用" * LONGEST, "信 " * LONGEST * 3):
        answer = shared_client.get(path, params={"words": words})
        assert answer.status_code in (400, 422), path
        assert str(LONGEST) in answer.text


@pytest.mark.parametrize("network", ["0.0.0.0/0", "::/0", "8.8.0.0/16", "0.0.0.0/1"])
def test_nobody_but_a_proxy_speaks_for_it(network: str) -> None:
    with pytest.raises(WrongCall, match="anybody"):
        Opening.of({}, base="https://c.cn", proxies=(network,))


@pytest.mark.parametrize("network", ["8.8.8.8", "172.18.0.0/16", "fd00::/8", "10.0.0.2"])
def test_a_proxy_is_one_address_or_a_private_network(network: str) -> None:
    assert settings_of(Opening.of({}, base="https://c.cn", host="10.0.0.7", proxies=(network,)), {}).proxies == (network,)


def test_a_reader_waits_five_seconds_for_another_writer_whatever_the_settings_say(
    sample_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARVESTER_PATIENCE", "60")
    assert serving.PATIENCE == 5
    with sample.copied(sample_folder, tmp_path / "room") as copy:
        url = str(copy.url)
    with opened(url, patience=0.1) as store, sqlite3.connect(tmp_path / "room" / sample.FILE, isolation_level=None) as holder:
        holder.execute("BEGIN IMMEDIATE")
        begun = time.monotonic()
        with pytest.raises(LockedStore), store.writing():
            raise AssertionError("somebody else is writing")
        assert time.monotonic() - begun < 20
    with opened(url) as store, store.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 60_000

"""Papers of our own, published and edited as a site would, with an archive behind them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from harvester.differing import difference
from harvester.hints import hints_to_json
from harvester.web.app import create_app
from harvester.web.room import Room
from normalizers.derive import derive
from normalizers.records import Derived, Hints
from storage.identity import document_id
from storage.records import CaptureRow, Publication
from storage.store import Store

SITE = "shanghai"
FIRST = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

HEAD = "江口市信用惠民工作方案"
ORDER = ("一、总体要求", "围绕便民利企，办好信用惠民实事。")
SECTION = "二、重点任务"
CODE = "（一）推广信用就医。在十家公立医院实行先诊疗后付费，2026年9月底前完成。（市卫生健康委牵头，市医保局配合）"
RENT = "（二）推广信用租房。对守信租客减免押金，2026年12月底前完成。（市房屋管理局牵头，市公安局配合）"
LOAN = "（三）推广信用借阅。全市图书馆免押金借书，2026年6月底前完成。（市文化旅游局牵头）"
PARK = "（二）推广信用停车。公共停车场先离场后付费，2026年10月底前完成。（市交通委牵头，市公安局配合）"
END = ("三、工作保障", "各部门按月报送进展。")


def room_over(store: Store) -> TestClient:
    """Return a client of the open room over a store; the room itself is put together once, which takes longer than most tests."""
    if not _ROOM:
        _ROOM.append(create_app(store))
    _ROOM[0].state.room = Room(store, _ROOM[0].state.room.settings)
    return TestClient(_ROOM[0], base_url="http://127.0.0.1", follow_redirects=False)


_ROOM: list[FastAPI] = []


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, str]]:
    """Give a store with the paper that was edited twice, and its identifier; nobody writes there."""
    folder = tmp_path_factory.mktemp("story")
    with Store.open(f"sqlite:///{folder}/own.sqlite", archive=folder / "archive", create=True) as store:
        yield store, edited(store)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Store]:
    """Give an empty store with an archive."""
    with Store.open(f"sqlite:///{tmp_path}/own.sqlite", archive=tmp_path / "archive", create=True) as store:
        yield store


def page(*lines: str, table: str = "", title: str = HEAD) -> bytes:
    """Return a page of a paper."""
    body = "".join(f"<p>{line}</p>" for line in lines)
    return f"<html><head><meta charset='utf-8'><title>{title}</title></head><body><h1>{title}</h1>{body}{table}</body></html>".encode()


def publish(
    store: Store, key: str, body: bytes, days: int = 0, *, number: str = "", again: bool = False, derived: Derived | None = None
) -> str:
    """Archive a page as it was fetched on a day after the first one, store what is read from it, and return its document."""
    at = FIRST + timedelta(days=days)
    url = f"https://credit.fgw.sh.gov.cn/ndjh/{key}.html"
    run = store.begin_run(SITE, ["plans"], at, name="江口信用", region="310000")
    hints = Hints(media_type="text/html", file_name="page.html", region="310000", published_on=date(2026, 3, 1), document_number=number)
    with store.archive.open_run(SITE, run, known=store.first_capture) as writer:
        location, revisit = writer.write(url=url, status=200, headers=(("Content-Type", "text/html"),), body=body, fetched_at=at)
    capture = CaptureRow(SITE, "plans", "article", url, 200, "text/html", at, location, revisit)
    publication = Publication(SITE, "plans", key, "article", url, HEAD, date(2026, 3, 1), hints=hints_to_json(hints))
    store.ingest(run, capture, publication, derived or derive(body, hints), differ=difference, again=again)
    store.end_run(run, "complete", "", {}, at)
    return document_id(SITE, key)


def edited(store: Store, key: str = "k1") -> str:
    """Publish a paper in three versions: a clause comes in between, so that one is renumbered; then one goes and one is reworded."""
    publish(store, key, page(*ORDER, SECTION, CODE, RENT, LOAN, *END))
    renumbered = RENT.replace("（二）", "（三）"), LOAN.replace("（三）", "（四）")
    publish(store, key, page(*ORDER, SECTION, CODE, PARK, *renumbered, *END), 10)
    reworded = CODE.replace("十家", "二十家")
    return publish(store, key, page(*ORDER, SECTION, reworded, PARK, renumbered[0], *END), 20)

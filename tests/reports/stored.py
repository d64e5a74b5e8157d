"""A store with its archive, and documents in it that can be derived again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from harvester.hints import hints_from_json
from normalizers.derive import derive
from storage.identity import document_id
from storage.records import CaptureRow, Publication
from storage.store import Store

SITE = "jiangkou"


def new_store(folder: Path) -> Store:
    """Make a store on SQLite in a folder, as the program's usual one lies."""
    (folder / "data").mkdir(exist_ok=True)
    return Store.open(f"sqlite:///{folder}/data/harvester.sqlite", archive=folder / "data" / "archive", create=True)


def publish(store: Store, key: str, text: str, day: str) -> str:
    """Let a crawl find a text at a place on a day (YYYY-MM-DD); return the document's identifier."""
    at = datetime.fromisoformat(f"{day}T02:00:00").replace(tzinfo=UTC)
    url = f"https://{SITE}.example.cn/{key}.txt"
    hints = {"region": "310000", "published_on": day, "file_name": f"{key}.txt"}
    publication = Publication(SITE, "notices", key, "article", url, text.partition("\n")[0], hints=hints)
    run = store.begin_run(SITE, ["notices"], at)
    body = text.encode()
    with store.archive.open_run(SITE, run, known=store.first_capture) as writer:
        location, revisit = writer.write(url=url, status=200, headers=(("Content-Type", "text/plain"),), body=body, fetched_at=at)
    capture = CaptureRow(SITE, "notices", "article", url, 200, "text/plain", at, location, revisit)
    store.ingest(run, capture, publication, derive(body, hints_from_json(hints)))
    store.end_run(run, "complete", "", {}, at)
    return document_id(SITE, key)

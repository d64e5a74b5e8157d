"""A feed to watch, in wording of our own, and settings that lead to this machine."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from harvester.config import Config
from storage import changes, watches
from storage.store import Store
from storage.watches import Watch

BUREAU = "市发展改革委"
SECRET = "whsec_" + "bGFuZyBlbm91Z2ggZm9yIGEgdGVzdCBvZiB0aGUga2V5"


def body(name: str, identifier: str = "a0001") -> dict[str, Any]:
    return {"mention": name, "name": name, "id": identifier, "kind": "agency", "resolved": True}


def state(n: int, **more: Any) -> dict[str, Any]:
    """Return the state of a task."""
    plain = {
        "id": f"dabc.k{n}", "document": "dabc", "number": str(n), "section": "一、重点工作",
        "text": f"完善第{n}类企业信用修复流程，缩短办理时限。",
        "lead": [body(BUREAU)], "partner": [], "responsible": [], "implied": [], "open_list": False, "milestones": [],
        "deadline": {"text": "2025年6月", "start": "2025-06-01", "end": "2025-06-30", "kind": "by-date", "basis": "cell"},
    }  # fmt: skip
    return plain | more


def task_row(n: int, kind: str = "added", **more: Any) -> dict[str, Any]:
    """Return a row of the feed on a task."""
    after = state(n)
    before = state(n, text="旧的表述。") if kind != "added" else None
    row = {"entity": "task", "entity_id": after["id"], "kind": kind, "as_of": date(2025, 3, 1), "run": "r1", "site": "shanghai"}
    told = {"section": "zc", "region": "310000", "before": before, "after": after, "fields": ["text"] if before else []}
    return row | told | {"evidence": {"address": "tab1.r2", "start": 0, "end": 5, "capture": 1}} | more


def tell(store: Store, count: int, first: int = 1, **more: Any) -> None:
    """Append rows to the feed."""
    with store.writing() as connection:
        changes.tell(connection, [task_row(n, **more) for n in range(first, first + count)])


def watch(store: Store, name: str = "重点任务", channel: str = "ledger", period: str = "each", **filters: Any) -> Watch:
    """Make a watch from the feed's end on."""
    return watches.add(store, name, filters, channel, period, "zh", "李分析", datetime.now(UTC), None)


def rewind(store: Store, delivery: str, by: timedelta) -> None:
    """Let a delivery be older than it is, and due."""
    from sqlalchemy import update

    from storage.change_schema import deliveries

    with store.writing() as connection:
        old = {"created_at": datetime.now(UTC) - by, "next_at": None}
        connection.execute(update(deliveries).where(deliveries.c.id == delivery).values(old))


def config(folder: Path, **tables: dict[str, Any]) -> Config:
    """Return settings with these channels."""
    return Config(store=f"sqlite:///{folder / 'store.sqlite'}", archive=folder / "archive", channels=tables, operator="李分析")

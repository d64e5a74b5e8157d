"""Incidents as runs make them, and settings that lead to this machine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from harvester.config import Config
from storage import incidents
from storage.incidents import ALARM, Finding, Settled
from storage.store import Store
from tests.watching.servers import Ledger

BEGUN = datetime(2026, 11, 2, 0, 30, tzinfo=UTC)
"""Half past eight on a Monday in Shanghai."""
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
ROOM = "https://credit.example.cn"


def config(folder: Path, *channels: str, alerts: dict[str, Any] | None = None, **tables: dict[str, Any]) -> Config:
    """Return settings by which these channels are told."""
    told = {"channels": list(channels or tables)} | (alerts or {})
    place = {"store": f"sqlite:///{folder / 'store.sqlite'}", "archive": folder / "archive"}
    return Config(**place, channels=tables, alerts=told, room={"base": ROOM}, operator="李运维")


def hook(url: str, **more: Any) -> dict[str, Any]:
    """Return the table of a webhook whose secret stands in the environment."""
    return {"kind": "webhook", "url": url, "secret_env": "LEDGER_KEY", "timeout": 1} | more


def run_ends(
    store: Store, at: datetime, *causes: str, site: str = "shanghai", level: str = ALARM, section: str = "", detail: str = ""
) -> Settled:
    """Settle a run of a site that showed these causes, and could have shown every one that is open."""
    judged = {each.cause: {*each.sections, section} for each in incidents.incidents_of(store, site)}
    found = [Finding(cause, level, section, detail=detail) for cause in causes]
    return incidents.settle(store, site, found, judged | {cause: {section} for cause in causes}, run=f"r{at:%m%d%H%M}", at=at)


def told(ledger: Ledger) -> list[tuple[str, str, str]]:
    """Return what a webhook's receiver was told, in its order: kind, site, cause."""
    import json

    events = sorted((json.loads(body) for body in ledger.kept.values()), key=lambda event: event["time"])
    return [(each["kind"], each["site"], each["cause"]) for event in events for each in event["data"]["incidents"]]

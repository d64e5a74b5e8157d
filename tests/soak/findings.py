"""What the store and the logs say at the end of a soak, in the shapes that ``judging`` takes."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.soak.judging import DueRow, Span
from tests.soak.sites import Shown


class Said:
    """The store of a soak, read by SQL of its own."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """Return the rows of a query."""
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True, timeout=60)) as connection:
            connection.row_factory = sqlite3.Row
            return connection.execute(sql, values).fetchall()

    def runs(self) -> list[Span]:
        """Return the runs: their cause, empty for those that ended well; a run that has not ended has the cause ``running``."""
        found = self.rows("SELECT site, verdict, cause, started_at, ended_at FROM runs ORDER BY started_at")
        return [
            Span(
                row["site"],
                row["cause"] if row["verdict"] else "running",
                seconds(row["started_at"]),
                seconds(row["ended_at"] or row["started_at"]),
            )
            for row in found
        ]

    def due_rows(self) -> list[DueRow]:
        """Return the rows that the schedule wrote, with the causes of the runs that were made for them."""
        runs: dict[int, list[str]] = {}
        for row in self.rows("SELECT due_run, cause FROM runs WHERE due_run IS NOT NULL ORDER BY started_at"):
            runs.setdefault(row["due_run"], []).append(row["cause"])
        found = self.rows("SELECT id, job, kind, due_at, state, note FROM due_runs WHERE asked_by = '' ORDER BY due_at")
        return [
            DueRow(
                row["job"],
                int(seconds(row["due_at"]) // 60),
                row["state"],
                row["note"],
                tuple(runs.get(row["id"], ())),
                row["kind"] == "crawl",
            )
            for row in found
        ]

    def incidents(self) -> list[Span]:
        """Return the incidents; those that are open end at 0."""
        found = self.rows("SELECT site, cause, opened_at, closed_at FROM incidents ORDER BY opened_at")
        return [
            Span(row["site"], row["cause"], seconds(row["opened_at"]), seconds(row["closed_at"]) if row["closed_at"] else 0.0)
            for row in found
        ]

    def planned(self) -> dict[str, float]:
        """Return from when on each job was planned."""
        return {row["job"]: seconds(row["first"]) for row in self.rows("SELECT job, min(due_at) AS first FROM due_runs GROUP BY job")}

    def logs_kept(self) -> dict[str, int]:
        """Return of how many runs of each site the log is kept."""
        query = "SELECT site, count(DISTINCT run) AS kept FROM run_events JOIN runs ON runs.id = run GROUP BY site"
        return {row["site"]: row["kept"] for row in self.rows(query)}


def seconds(moment: str) -> float:
    """Return a moment of the store in seconds of the epoch."""
    return datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp()


# --- the truth -------------------------------------------------------------------------------------------------------------------


def missing(said: Said, truth: Mapping[str, Mapping[str, Shown]], withdrawn: Mapping[str, set[str]]) -> Iterator[str]:
    """Yield what sites show and the store does not have, or has otherwise, and what they took back and the store does not miss."""
    texts = {
        (row["site"], row["key"]): row
        for row in said.rows(
            "SELECT d.site, d.key, d.title, d.state, v.text, a.since FROM documents d"
            " JOIN versions v ON v.document_id = d.id AND v.number = d.version LEFT JOIN absences a ON a.document_id = d.id"
            " WHERE d.kind = 'article'"
        )
    }
    for site, shown in truth.items():
        for key, one in shown.items():
            row = texts.get((site, key))
            if row is None:
                yield f"{site}: {one.title} ({key}) is shown and not in the store"
            elif row["state"] != "live" or row["since"]:
                yield f"{site}: {one.title} ({key}) is shown, and the store says that it is {row['state']}, missed since {row['since']}"
            elif lost := [mark for mark in one.marks if mark not in row["text"]]:
                yield f"{site}: {one.title} ({key}) has another text: {', '.join(lost)} is missing"
        for key in withdrawn[site]:
            if (row := texts.get((site, key))) and row["state"] == "live" and not row["since"]:
                yield f"{site}: {row['title']} ({key}) was taken back, and the store does not miss it"


# --- logs ------------------------------------------------------------------------------------------------------------------------


_RAISED = re.compile(r"\s*(?:Traceback \(|Exception ignored |Fatal Python error)")
"""How Python begins what it writes of an exception. The name of one begins no line to go by: a crawl by hand tells people the error
of its run by that name, in a sentence that may be wrapped before it, and the run is judged by its cause."""


def log_troubles(lines: Sequence[str], faults: Sequence[Span], slack: float) -> Iterator[str]:
    """Yield the lines of a log that are errors, or no lines of it at all, and that no fault of their site explains."""
    for line in lines:
        found = _line(line)
        if found is None:
            if _RAISED.match(line):
                yield f"no line of the log: {line.strip()[:300]}"
        elif found.get("level") in ("error", "critical") or "exception" in found:
            at = datetime.fromisoformat(str(found["time"])).timestamp()
            here = Span(str(found.get("site", "")), "", at, at)
            if not any(here.site == fault.site and here.meets(fault, slack) for fault in faults):
                yield f"{found['level']} {found.get('logger')}: {found.get('event')} {found.get('site', '')} {found.get('exception', '')}"[
                    :600
                ]


def _line(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) and "level" in found else None

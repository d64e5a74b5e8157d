"""Metrics for Prometheus, read from the store: names, units and moments as its conventions want them (``docs/observing.md``).

A moment is a timestamp, not an age: ``time() - harvester_last_complete_run_timestamp_seconds`` is right also between two scrapes.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from harvester.config import program_version
from storage import metric_queries
from storage.disk_use import archive_folder, folder_bytes
from storage.engine import file_of
from storage.errors import StoreError
from storage.metric_queries import Content, Counts, counts
from storage.operations_schema import DUE_STATES, LEVELS
from storage.store import Store

KEPT = 5.0
"""Seconds for which what was read is given again: several that scrape cost no more than one."""
CONTENT_KEPT = 60.0
"""Seconds for which the numbers of documents, tasks and captures are: all of them are counted for that."""
ARCHIVE_KEPT = 300.0
"""Seconds for which the size of the archive is: its files are gone through for it."""
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
P = "harvester_"


class StoreMetrics(Collector):
    """Reads the metrics of a store when they are asked for. Safe to use from several threads."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self.store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._read: tuple[float, list[Metric]] | None = None
        self._archive: tuple[float, int] | None = None
        self._content: tuple[float, Content] | None = None

    def collect(self) -> Iterable[Metric]:
        """Return every metric; those of the store are missing, and ``harvester_up`` is 0, where it cannot be read."""
        with self._lock:
            if self._read is None or self._clock() >= self._read[0]:
                self._read = (self._clock() + KEPT, list(self._metrics(datetime.now(UTC))))
            return self._read[1]

    def describe(self) -> Iterable[Metric]:
        """Return nothing: a registry need not read the store to take this in."""
        return []

    def _metrics(self, now: datetime) -> Iterator[Metric]:
        began = self._clock()
        yield _info(self.store)
        try:
            found, content = counts(self.store, now), self._counted()
        except StoreError:
            yield GaugeMetricFamily(P + "up", "Whether the store can be read.", value=0)
            return
        yield GaugeMetricFamily(P + "up", "Whether the store can be read.", value=1)
        yield from _of_runs(found)
        yield from _of_work(found)
        yield from _of_content(content)
        yield from self._of_disks(found)
        yield GaugeMetricFamily(P + "metrics_read_seconds", "How long it took to read these.", value=round(self._clock() - began, 6))

    def _of_disks(self, found: Counts) -> Iterator[Metric]:
        yield GaugeMetricFamily(P + "database_bytes", "Size of the database, its journal included.", value=found.database_bytes)
        folder, file = archive_folder(self.store), file_of(self.store.url)
        if folder is not None:
            yield GaugeMetricFamily(P + "archive_bytes", "Size of the files of the archive.", value=self._archive_bytes(folder))
        places = {"archive": folder, "database": file.parent if file else None}
        usage = {name: shutil.disk_usage(place) for name, place in places.items() if place is not None}
        free, size = {name: each.free for name, each in usage.items()}, {name: each.total for name, each in usage.items()}
        yield _gauge("disk_free_bytes", "Free room on the disk of the archive or of a database in a file.", "place", free)
        yield _gauge("disk_size_bytes", "Size of that disk.", "place", size)

    def _counted(self) -> Content:
        if self._content is None or self._clock() >= self._content[0]:
            self._content = (self._clock() + CONTENT_KEPT, metric_queries.content(self.store))
        return self._content[1]

    def _archive_bytes(self, folder: Path) -> int:
        if self._archive is None or self._clock() >= self._archive[0]:
            self._archive = (self._clock() + ARCHIVE_KEPT, folder_bytes(folder))
        return self._archive[1]


def registry(store: Store) -> CollectorRegistry:
    """Return a registry that holds the metrics of a store."""
    made = CollectorRegistry(auto_describe=False)
    made.register(StoreMetrics(store))
    return made


def text(found: CollectorRegistry) -> bytes:
    """Return metrics in Prometheus' text format, version 0.0.4."""
    return generate_latest(found)


def _info(store: Store) -> Metric:
    made = GaugeMetricFamily(P + "build_info", "Version of the program and kind of the database.", labels=("version", "database"))
    made.add_metric((program_version(), store.url.get_backend_name()), 1)
    return made


def _of_runs(found: Counts) -> Iterator[Metric]:
    ended = CounterMetricFamily(P + "runs", "Runs by site and verdict.", labels=("site", "verdict"))
    for (site, verdict), count in sorted(found.runs.items()):
        if verdict != "running":
            ended.add_metric((site, verdict), count)
    yield ended
    under_way = {site: count for (site, verdict), count in found.runs.items() if verdict == "running"}
    yield _gauge("running_runs", "Runs that have no verdict yet.", "site", under_way)
    yield _moments("last_run_timestamp_seconds", "When the last run of a site ended.", "site", found.last_run)
    yield _moments("last_complete_run_timestamp_seconds", "When a site was last had whole.", "site", found.last_complete)


def _of_work(found: Counts) -> Iterator[Metric]:
    yield _gauge("open_incidents", "Incidents that are not over.", "level", dict.fromkeys(LEVELS, 0) | found.incidents)
    yield GaugeMetricFamily(P + "snoozed_incidents", "Those of them that an operator knows of.", value=found.snoozed)
    yield _gauge("due_runs", "Due runs whose moment has come, by state.", "state", dict.fromkeys(DUE_STATES, 0) | found.due)
    waiting = found.due.get("due", 0) + found.due.get("queued", 0)
    yield GaugeMetricFamily(P + "queue_length", "Due runs that nobody does yet.", value=waiting)
    oldest = GaugeMetricFamily(P + "oldest_due_run_timestamp_seconds", "When the oldest of them was due; absent where none waits.")
    if found.oldest_due is not None:
        oldest.add_metric((), found.oldest_due.timestamp())
    yield oldest
    yield GaugeMetricFamily(P + "workers", "Workers heard of within the last minute.", value=sum(found.workers.values()))
    yield _moments("worker_heartbeat_timestamp_seconds", "When a worker of a host was last heard of.", "host", found.heartbeat)
    yield _gauge("alert_messages_waiting", "Messages on incidents that are still to be sent.", "channel", found.messages)
    yield GaugeMetricFamily(P + "watch_deliveries_waiting", "Deliveries of watches that are still to be sent.", value=found.deliveries)


def _of_content(found: Content) -> Iterator[Metric]:
    yield _gauge("documents", "Documents in the store.", "site", found.documents)
    yield _gauge("tasks", "Tasks of their current versions.", "site", found.tasks)
    yield _counter("captures", "Responses in the archive.", "site", found.captures)
    yield _counter("captured_bytes", "Bytes of the archive's records that captures stand in.", "site", found.capture_bytes)


def _gauge(name: str, help_text: str, label: str, values: Mapping[str, float]) -> Metric:
    return _filled(GaugeMetricFamily(P + name, help_text, labels=(label,)), values)


def _counter(name: str, help_text: str, label: str, values: Mapping[str, float]) -> Metric:
    return _filled(CounterMetricFamily(P + name, help_text, labels=(label,)), values)


def _moments(name: str, help_text: str, label: str, values: Mapping[str, datetime]) -> Metric:
    return _gauge(name, help_text, label, {key: moment.timestamp() for key, moment in values.items()})


def _filled(made: GaugeMetricFamily | CounterMetricFamily, values: Mapping[str, float]) -> Metric:
    for key, value in sorted(values.items()):
        made.add_metric((key,), value)
    return made

"""The monitors that Spidermon runs at the end of every run: its own cause, and one for each promise."""

from __future__ import annotations

from typing import ClassVar

from spidermon import Monitor, MonitorSuite

from harvester.monitoring.judging import Judging, Promise
from harvester.monitoring.promising import PROMISES
from storage.incidents import Finding


class RunMonitor(Monitor):  # type: ignore[misc]  # Spidermon has no types
    """A monitor whose failure is what was found wrong."""

    @property
    def judging(self) -> Judging:
        """Return the run and what was found so far."""
        found: Judging = self.data.judging
        return found

    def settle(self, found: list[Finding]) -> None:
        """Fail with what was found wrong, if anything was."""
        if found:
            self.fail(" ".join(each.detail or each.cause for each in found))


class CauseMonitor(RunMonitor):
    """The run came to its end and had what it asked for."""

    def test_cause(self) -> None:
        """Hold the verdict against a complete run."""
        self.settle(self.judging.by_cause())


class PromiseMonitor(RunMonitor):
    """A promise of the site's fact sheet."""

    promise: ClassVar[Promise]

    def test_promise(self) -> None:
        """Hold the sections against the promise."""
        self.settle(self.judging.by_promise(self.promise))


def monitor_of(promise: Promise) -> type[PromiseMonitor]:
    """Return the monitor of a promise, named by its cause."""
    return type(f"Promise {promise.cause}", (PromiseMonitor,), {"promise": promise, "__doc__": f"The promise {promise.cause} is kept."})


class CauseSuite(MonitorSuite):  # type: ignore[misc]
    """The run's own cause; it goes before the promises, which are judged only where nothing failed."""

    monitors: ClassVar = [CauseMonitor]


class PromiseSuite(MonitorSuite):  # type: ignore[misc]
    """Every promise, each by itself."""

    monitors: ClassVar = [monitor_of(promise) for promise in PROMISES]

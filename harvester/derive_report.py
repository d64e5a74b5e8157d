"""What a derivation altered, counted and named: its report, and how it is put together of parts."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from harvester.rereading import NoticeReport

SAMPLE = 10
"""Documents and problems named in a report."""

Json = dict[str, Any]


def named(sample: list[str], name: str) -> None:
    """Take a name into a sample that is not full yet."""
    if len(sample) < SAMPLE:
        sample.append(name)


@dataclass(slots=True)
class SiteReport:
    """What a derivation did to the documents of one site, counted.

    ``read`` = ``unchanged`` + ``altered`` + ``recovered`` (could not be read formerly) + ``unread`` (still cannot be) + ``unreadable``
    (could be read formerly; its version stays) + ``missing`` (in the archive).
    ``resolved`` and ``unresolved`` count mentions, in tasks and as issuers, that gained or lost their body.
    ``rules``: tasks added, lost and altered by rule.
    """

    read: int = 0
    unchanged: int = 0
    altered: int = 0
    recovered: int = 0
    unread: int = 0
    unreadable: int = 0
    missing: int = 0
    resolved: int = 0
    unresolved: int = 0
    rules: dict[str, dict[str, int]] = field(default_factory=dict)

    def add(self, other: SiteReport) -> None:
        """Add the counts of another part."""
        for name, count in asdict(other).items():
            if name != "rules":
                setattr(self, name, getattr(self, name) + count)
        for rule, changes in other.rules.items():
            of_rule = self.rules.setdefault(rule, dict.fromkeys(changes, 0))
            for change, count in changes.items():
                of_rule[change] += count


@dataclass(slots=True)
class Report:
    """What a derivation did so far, site by site; ``complete`` when it came to its end. ``total`` documents were to be read.

    ``notices`` is what reading the public credit records again did, after the last document. ``resumed`` documents were read by an
    earlier call that did not come to its end. ``seconds`` is what this call took; of a dry run ``estimate`` is what the real one would,
    as far as trial writes tell.
    """

    sites: dict[str, SiteReport] = field(default_factory=dict)
    altered: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    total: int = 0
    complete: bool = False
    notices: dict[str, NoticeReport] = field(default_factory=dict)
    resumed: int = 0
    seconds: float = 0.0
    estimate: float = 0.0

    @classmethod
    def of(cls, counters: Mapping[str, Any]) -> Self:
        """Return the report that a derivation left in the store."""
        told = {site: SiteReport(**counts) for site, counts in counters.get("sites", {}).items()}
        return cls(told, list(counters.get("altered", ())), list(counters.get("problems", ())))

    def counters(self) -> Json:
        """Return the report as the store keeps it."""
        return {"sites": {site: asdict(counts) for site, counts in self.sites.items()}, "altered": self.altered, "problems": self.problems}

    def add(self, part: Report) -> None:
        """Take in the report of a part."""
        for site, counts in part.sites.items():
            self.sites.setdefault(site, SiteReport()).add(counts)
        for name in part.altered:
            named(self.altered, name)
        for problem in part.problems:
            named(self.problems, problem)
        self.notices |= part.notices
        self.total += part.total
        self.resumed += part.resumed
        self.complete = self.complete and part.complete
        self.seconds = max(self.seconds, part.seconds)

    @property
    def read(self) -> int:
        """Return how many documents were read."""
        return sum(counts.read for counts in self.sites.values())

    def count(self, site: str, what: str) -> SiteReport:
        """Count one more document of a site and return its counts."""
        counts = self.sites.setdefault(site, SiteReport())
        counts.read += 1
        setattr(counts, what, getattr(counts, what) + 1)
        return counts


# --- what a reading alters ---------------------------------------------------------------------------------------------


def tell_tasks(counts: SiteReport, old: list[Json], new: list[Json]) -> None:
    """Add to ``counts`` how the tasks of a document differ, by rule, and how many of their mentions gained or lost their body."""
    for change, rule in task_changes(old, new):
        by_rule = counts.rules.setdefault(rule, {"added": 0, "lost": 0, "altered": 0})
        by_rule[change] += 1
    tell_mentions(counts, [body for task in old for body in task["agencies"]], [body for task in new for body in task["agencies"]])


def tell_mentions(counts: SiteReport, old: list[Json], new: list[Json]) -> None:
    """Add to ``counts`` how many of the mentions of bodies gained or lost their body."""
    before, after = unresolved(old), unresolved(new)
    counts.resolved += (before - after).total()
    counts.unresolved += (after - before).total()


def task_changes(old: list[Json], new: list[Json]) -> Iterator[tuple[str, str]]:
    """Yield ``added``, ``lost`` or ``altered`` with the rule, for each task that is not read as before.

    The same task is one with the same words, or, where its words are read otherwise, at the same address.
    """
    pairs, gone, come = paired(old, new, "fingerprint")
    moved, lost, added = paired(gone, come, "address")
    yield from (("altered", after["rule"]) for before, after in pairs if _said(before) != _said(after))
    yield from (("altered", after["rule"]) for _, after in moved)
    yield from (("added", task["rule"]) for task in added)
    yield from (("lost", task["rule"]) for task in lost)


def paired(old: list[Json], new: list[Json], by: str) -> tuple[list[tuple[Json, Json]], list[Json], list[Json]]:
    """Return the pairs of tasks that share a value, in their order, and what is left of either side."""
    waiting: defaultdict[str, deque[Json]] = defaultdict(deque)
    for task in old:
        waiting[task[by]].append(task)
    pairs, come = [], []
    for task in new:
        if waiting[task[by]]:
            pairs.append((waiting[task[by]].popleft(), task))
        else:
            come.append(task)
    return pairs, [task for rest in waiting.values() for task in rest], come


def _said(task: Json) -> Json:
    return {name: value for name, value in task.items() if name != "address"}


def unresolved(bodies: list[Json]) -> Counter[str]:
    """Return the mentions that are tied to no body, with how often each is there."""
    return Counter(body["mention"] for body in bodies if not body["resolved"])

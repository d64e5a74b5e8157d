"""Hold what was read out of a document against its labels: more strictly than the owner's check, and with a reason for every difference."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from normalizers.records import Agency, Derived, Metadata, Task
from tests.corpus.paper import Label, Paper

ROLES = ("lead", "partner", "responsible", "implied")
REACH = 60
"""A task's text may open with its number, heading or action cell: so many characters may stand before the labelled words."""
OF_A_PAGE = {
    "published_on": frozenset({"html-jcms", "html-trs", "html-legacy", "html-divs", "json"}),
    "index_number": frozenset({"html-jcms"}),
}
"""Fields that only a page states, and the renderings that state them: measured on these alone."""


def fold(text: str) -> str:
    """Return a text without what no label depends on: width, blanks, quotation marks."""
    return re.sub(r"[\s\"'“”‘’「」『』\u200b-\u200f\ufeff]", "", unicodedata.normalize("NFKC", text or ""))


@dataclass
class Tally:
    """Counts of one document or of many: hits, found and wanted of each measure, and what went wrong."""

    counts: dict[str, list[int]] = field(default_factory=dict)
    failures: list[tuple[str, str]] = field(default_factory=list)
    documents: int = 0
    seconds: float = 0.0

    def add(self, measure: str, hit: int, found: int, wanted: int) -> None:
        """Count into one measure."""
        have = self.counts.setdefault(measure, [0, 0, 0])
        for place, value in enumerate((hit, found, wanted)):
            have[place] += value

    def fail(self, measure: str, reason: str) -> None:
        """Keep the reason of a difference."""
        self.failures.append((measure, reason))

    def merge(self, other: Tally) -> None:
        """Take in the counts of another."""
        for measure, values in other.counts.items():
            self.add(measure, *values)
        self.documents += other.documents
        self.seconds += other.seconds

    def precision(self, measure: str) -> float | None:
        """Return hits of those found, none where nothing was found."""
        hit, found, _ = self.counts.get(measure, [0, 0, 0])
        return hit / found if found else None

    def recall(self, measure: str) -> float | None:
        """Return hits of those wanted, none where nothing was wanted."""
        hit, _, wanted = self.counts.get(measure, [0, 0, 0])
        return hit / wanted if wanted else None

    def f1(self, measure: str) -> float | None:
        """Return the harmonic mean of precision and recall, none where there is nothing to compare."""
        hit, found, wanted = self.counts.get(measure, [0, 0, 0])
        return 2 * hit / (found + wanted) if found + wanted else None


def match(labels: tuple[Label, ...], tasks: tuple[Task, ...]) -> list[Task | None]:
    """Return the task of each label, one to one: the surest beginning first, then common names, then order."""
    starts, texts = [fold(label.start) for label in labels], [fold(task.text) for task in tasks]
    pairs = []
    for j, text in enumerate(texts):
        if len(set(starts)) > 4 and sum(start in text for start in set(starts)) >= 4:
            continue  # a text that runs on over other tasks is none of them
        for i, start in enumerate(starts):
            if start in text[: REACH + len(start)]:
                apart = abs(i / len(labels) - j / len(tasks))
                pairs.append((-int(text.startswith(start)), -_common(labels[i], tasks[j]), apart, i, j))
    taken: dict[int, int] = {}
    for *_, i, j in sorted(pairs):
        if i not in taken and j not in taken.values():
            taken[i] = j
    return [tasks[taken[i]] if i in taken else None for i in range(len(labels))]


def _common(label: Label, task: Task) -> float:
    wanted = {fold(name) for names in label.names.values() for name in names}
    have = set().union(*(mentions(getattr(task, role)) for role in ROLES))
    return len(wanted & have) / max(1, len(wanted | have))


def mentions(agencies: Iterable[Agency]) -> set[str]:
    """Return the folded mentions."""
    return {fold(agency.mention) for agency in agencies}


def measure(paper: Paper, derived: Derived, kind: str) -> Tally:
    """Return the counts and failures of one rendering of a document; ``kind`` is the format it was rendered in."""
    tally = Tally(documents=1)
    found = match(paper.tasks, derived.tasks)
    _tasks(tally, paper, derived, found)
    for label, task in zip(paper.tasks, found, strict=True):
        _names(tally, label, task)
        _deadline(tally, label, task)
        _section(tally, label, task)
    _resolved(tally, paper, derived)
    for name, wanted in paper.meta.items():
        if kind in OF_A_PAGE.get(name, {kind}):
            _field(tally, name, wanted, derived.metadata)
    return tally


def _tasks(tally: Tally, paper: Paper, derived: Derived, found: list[Task | None]) -> None:
    hits = [task for task in found if task is not None]
    tally.add("tasks", len(hits), len(derived.tasks), len(paper.tasks))
    if not paper.tasks:
        tally.add("negatives", int(bool(derived.tasks)), 1, 1)
    for label, task in zip(paper.tasks, found, strict=True):
        if task is None:
            tally.fail("tasks", f"missed: {label.start}")
    extras = [task for task in derived.tasks if not any(task is hit for hit in hits)]
    for task in extras:
        tally.fail("tasks", f"extra ({task.rule}): {task.text[:60]}")
    tally.add("agencies", 0, sum(len(mentions(getattr(task, role))) for task in extras for role in ROLES), 0)


def _names(tally: Tally, label: Label, task: Task | None) -> None:
    for role in ROLES:
        wanted = {fold(name) for name in label.names.get(role, ())}
        have = mentions(getattr(task, role)) if task else set()
        tally.add("agencies", len(wanted & have), len(have), len(wanted))
        if task and wanted != have:
            tally.fail("agencies", f"{label.start[:16]}: {role} wanted {sorted(wanted - have)}, got {sorted(have - wanted)}")
    if task and label.open_list:
        tally.add("open lists", int(task.open_list), 1, 1)
        if not task.open_list:
            tally.fail("open lists", f"{label.start[:16]}: 等 not kept")


def _deadline(tally: Tally, label: Label, task: Task | None) -> None:
    have = task.deadline if task else None
    right = task is not None and (have.end if have else None) == label.end
    tally.add("deadline ends", int(right), 1, 1)
    if task and not right:
        tally.fail("deadline ends", f"{label.start[:16]}: {label.due!r} wanted {label.end}, got {have and (have.text, str(have.end))}")
    same = task is not None and fold(have.text if have else "") == fold(label.due)
    tally.add("deadline texts", int(same), 1, 1)
    if task and not same:
        tally.fail("deadline texts", f"{label.start[:16]}: wanted {label.due!r}, got {have.text if have else ''!r}")


def _section(tally: Tally, label: Label, task: Task | None) -> None:
    if label.section and task is not None:
        right = fold(label.section) in fold(task.section)
        tally.add("sections", int(right), 1, 1)
        if not right:
            tally.fail("sections", f"{label.start[:16]}: wanted {label.section!r}, got {task.section!r}")


def _resolved(tally: Tally, paper: Paper, derived: Derived) -> None:
    agencies = [a for task in derived.tasks for role in ROLES for a in getattr(task, role)]
    table = {fold(a.mention): a.name for a in [*derived.metadata.issuers, *agencies]}
    for mention, canonical in paper.resolved:
        wanted = None if canonical == "?" else canonical
        have = table.get(fold(mention))
        right = fold(mention) in table and have == wanted
        tally.add("resolved", int(right), int(have is not None), 1)
        if have is not None and have != wanted:
            tally.add("resolved wrong", 1, 1, 1)
        if not right:
            state = have or ("unresolved" if fold(mention) in table else "not mentioned")
            tally.fail("resolved", f"{mention}: wanted {canonical}, got {state}")


def _field(tally: Tally, name: str, wanted: Any, metadata: Metadata) -> None:
    if name == "references":
        _references(tally, wanted, metadata)
        return
    have, want = _value(name, metadata), _wanted(name, wanted)
    tally.add("metadata", int(have == want), 1, 1)
    tally.add(f"metadata {name}", int(have == want), 1, 1)
    if have != want:
        tally.fail("metadata", f"{name}: wanted {want}, got {have}")


def _references(tally: Tally, wanted: list[str], metadata: Metadata) -> None:
    have = {(ref.relation.value, fold(ref.title), ref.number) for ref in metadata.references}
    for line in wanted:
        relation, title, number = line.split("|")
        right = (relation, fold(title), number) in have
        tally.add("metadata", int(right), 1, 1)
        tally.add("metadata references", int(right), 1, 1)
        if not right:
            near = [ref for ref in have if ref[1] == fold(title)]
            tally.fail("metadata", f"references: wanted {line}, got {near or 'none of that title'}")


def _value(name: str, metadata: Metadata) -> Any:
    if name == "title":
        return fold(metadata.title)
    if name == "number":
        return metadata.document_number
    if name == "issuers":
        return sorted(mentions(metadata.issuers))
    if name == "plan":
        return [str(day) for day in (metadata.plan_start, metadata.plan_end) if day]
    if name == "kind":
        return str(metadata.kind.value)
    value = getattr(metadata, name)
    return list(value) if isinstance(value, tuple) else value


def _wanted(name: str, wanted: Any) -> Any:
    if name == "title":
        return fold(wanted)
    if name == "issuers":
        return sorted(fold(issuer) for issuer in wanted)
    if name == "plan":
        years = [str(year) for year in wanted] if isinstance(wanted, list) else [str(wanted)] * 2 if wanted else []
        return [f"{years[0]}-01-01", f"{years[-1]}-12-31"] if years else []
    return (
        date.fromisoformat(wanted)
        if name.endswith("_on") and isinstance(wanted, str) and wanted
        else wanted or None
        if name.endswith("_on")
        else wanted
    )

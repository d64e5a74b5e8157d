"""Promises held against what a run measured: pure, from the measures of its sections, their history, and the run's own verdict.

A promise is judged where the run can tell: on sections whose list was had and that have no cause of their own, which would only have
consequences. The promises themselves stand in ``harvester.monitoring.promising``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from harvester.verdict import BUDGET
from spiders.failure_classes import FailureClass, failure_class
from spiders.items import Cause
from spiders.promises import Promises
from storage.incidents import ALARM, WARNING, WHOLE, Finding
from storage.measures import SectionMeasures
from storage.records import Verdict

QUIET_CAUSES = frozenset({"", Cause.STOPPED, BUDGET})
"""Causes of runs that nobody need be told of: somebody stopped or limited them, and the next run goes on."""
NETWORK = (FailureClass.DNS, FailureClass.TLS, FailureClass.REFUSED, FailureClass.CONNECTION, FailureClass.TIMEOUT)
SEVERAL = 20
SWEEPS = 10
"""Earlier readings of a whole list that tell what is usual: what changed for good is usual after half of them."""
GRAVE = 0.1
"""From this share of documents that failed on, it is no warning any more."""


@dataclass(frozen=True, slots=True)
class SectionRun:
    """A section in a run: what it promises, what was measured, and what complete runs measured before, the newest first.

    ``of_its_rules`` are those of them that read with the selectors of today: what earlier ones found says nothing of these.
    """

    promises: Promises
    measured: SectionMeasures
    history: Sequence[SectionMeasures]
    of_its_rules: Sequence[SectionMeasures] | None = None

    @property
    def section(self) -> str:
        """Return the section's id."""
        return self.measured.section

    @property
    def measures(self) -> Mapping[str, Any]:
        """Return what was measured."""
        return self.measured.measures

    @property
    def sweeps(self) -> list[Mapping[str, Any]]:
        """Return the measures of earlier runs that read the whole list."""
        return [each.measures for each in self.history if each.reach == "all" and each.measures.get("whole")][:SWEEPS]

    @property
    def has_history(self) -> bool:
        """Tell whether there are so many earlier runs that they tell what is usual."""
        return len(self.history) >= max(self.promises.history, 1)

    def finding(self, cause: str, level: str, observed: str, expected: str, detail: str) -> Finding:
        """Return a finding on this section."""
        return Finding(cause, level, self.section, observed, expected, f"Section {self.section}: {detail}")


@dataclass(frozen=True, slots=True)
class RunFacts:
    """A run that is over. ``limited``: its caller asked for less than all there is. ``detail`` says in a sentence what failed first."""

    verdict: str
    cause: str
    sections: Sequence[SectionRun]
    today: date
    limited: bool = False
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise: its cause, of which runs of a section it can be told, and what is wrong with one (``None``: nothing)."""

    cause: str
    can_tell: Callable[[SectionRun, RunFacts], bool]
    breach: Callable[[SectionRun, RunFacts], Finding | None]


@dataclass(slots=True)
class Judging:
    """What was found wrong with a run so far, and by cause of which sections it could be told."""

    facts: RunFacts
    findings: list[Finding] = field(default_factory=list)
    judged: dict[str, set[str]] = field(default_factory=dict)

    def by_cause(self) -> list[Finding]:
        """Judge the run by its own cause, and return what is wrong."""
        found = cause_findings(self.facts)
        self.findings += found
        for cause, section in told_by(self.facts):
            self.judged.setdefault(cause, set()).add(section)
        for each in found:
            self.judged.setdefault(each.cause, set()).add(each.section)
        return found

    def by_promise(self, promise: Promise) -> list[Finding]:
        """Judge the sections by a promise where that can be told, and return what is wrong."""
        if self.facts.verdict in (Verdict.FAILED, Verdict.BLOCKED):
            return []
        broken = {each.section for each in self.findings if failure_class(each.cause) is not FailureClass.PROMISE}
        found = []
        for run in self.facts.sections:
            if run.section in broken or not run.measures.get("pages") or not promise.can_tell(run, self.facts):
                continue
            self.judged.setdefault(promise.cause, set()).add(run.section)
            if breach := promise.breach(run, self.facts):
                found.append(breach)
        self.findings += found
        return found


# --- the run's own cause -------------------------------------------------------------------------------------------------------


def cause_findings(facts: RunFacts) -> list[Finding]:
    """Return what the verdict says is wrong: of a failed or blocked run its cause and no more, else the cause of each section."""
    if facts.verdict in (Verdict.FAILED, Verdict.BLOCKED):
        if facts.cause in QUIET_CAUSES:
            return []
        return [Finding(facts.cause, ALARM, WHOLE, facts.verdict, str(Verdict.COMPLETE), facts.detail)]
    if facts.verdict == Verdict.COMPLETE or facts.cause == Cause.STOPPED:
        return []
    found = [each for run in facts.sections if (each := _section_cause(run, facts))]
    if found or facts.cause in QUIET_CAUSES:
        return found
    return [Finding(facts.cause, ALARM, WHOLE, facts.verdict, str(Verdict.COMPLETE), facts.detail)]


def _section_cause(run: SectionRun, facts: RunFacts) -> Finding | None:
    lists, spoilt = Counter(run.measures.get("list_failures", {})), Counter(run.measures.get("passing", {}))
    if lists:
        cause, count = lists.most_common(1)[0]
        pages = run.measures.get("pages", 0)
        return run.finding(
            cause, ALARM, f"{pages} list pages", "every list page", f"{_counted(count, 'page')} of its list failed ({cause})."
        )
    if spoilt:
        cause, count = spoilt.most_common(1)[0]
        had = run.measures.get("article", 0) + run.measures.get("attachment", 0)
        grave = count >= SEVERAL or count > GRAVE * (had + count)
        return run.finding(
            cause, ALARM if grave else WARNING, f"{count} failed", "none failed", f"{count} of its pages and files failed ({cause})."
        )
    stated, items = run.measures.get("items_stated"), run.measures.get("items", 0)
    if facts.cause == Cause.COUNT_MISMATCH and stated is not None and stated - items > 1:
        return run.finding(facts.cause, ALARM, f"{items} items", f"{stated} items", f"it states {stated} items and lists {items}.")
    return None


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"


def told_by(facts: RunFacts) -> list[tuple[str, str]]:
    """Return the pairs of a cause of failures and a section (``WHOLE``: the site) of which the run could tell whether it is there."""
    causes = [*map(str, Cause), "killed", "store"]
    if facts.verdict in (Verdict.FAILED, Verdict.BLOCKED):
        reached = failure_class(facts.cause) not in (*NETWORK, FailureClass.STORE, FailureClass.STOPPED)
        return [(cause, WHOLE) for cause in causes if reached and failure_class(cause) in NETWORK]
    had = any(run.measures.get("pages") for run in facts.sections)
    pairs = [(cause, WHOLE) for cause in causes if had]
    if facts.verdict == Verdict.COMPLETE:
        pairs.append(("stale", WHOLE))
    whole = [run.section for run in facts.sections if run.measures.get("whole") and not facts.limited and facts.cause != Cause.STOPPED]
    # Whether dead links are many is the business of a promise.
    return pairs + [(cause, section) for section in whole for cause in causes if cause != Cause.NOT_FOUND]

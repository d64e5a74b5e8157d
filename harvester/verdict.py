"""How a run ended: complete, incomplete, failed or blocked, and why. Pure: from the coverage of its lists and its failures.

A list that lacks one page is incomplete, whatever share of its documents was had; and a page that was blocked is never an empty one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from spiders.coverage import Coverage
from spiders.items import CaptureKind, Cause, CoverageLine, Failure
from storage.records import Verdict

BLOCKING = (Cause.CHALLENGE, Cause.ROBOTS_UNREADABLE)
"""Causes that block a site wherever they appear; a list that robots.txt forbids blocks it too."""

LASTING = frozenset({Cause.NOT_FOUND, Cause.OFFSITE, Cause.PRIVATE_ADDRESS, Cause.TOO_LARGE, Cause.UNREADABLE, Cause.ROBOTS_REFUSED})
"""Causes that lie in what the site publishes: another crawl mends none of them, so they are told and do not spoil a document's run."""

FINISHED = "finished"
SHUTDOWN = "shutdown"
"""Scrapy's word for a crawl that Ctrl-C or a signal ended."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, the cause of anything but a complete run, and what else is worth knowing, in sentences."""

    verdict: Verdict
    cause: str = ""
    notes: tuple[str, ...] = ()


def stopped_note(reason: str) -> str:
    """Return the sentence that tells why a crawl was stopped."""
    return f"The crawl was stopped before its end ({reason})."


BUDGET = "budget"
"""Cause of a run that ended because its due run had spent what it may."""
NOTHING_LEFT: Mapping[str, int] = {}


def left_note(left: Mapping[str, int]) -> str:
    """Return the sentence that tells what the budget left to the next run."""
    words = (("list", "list pages"), ("new", "new documents or records"), ("due", "stored ones to be looked at again"))
    told = ", ".join(f"{left[name]} {plural}" for name, plural in words if left.get(name))
    return f"The budget of the due run is spent; left to the next run: at least {told}."


def judge(
    coverage: Mapping[str, Coverage],
    failures: Sequence[Failure],
    reason: str,
    *,
    skipped: int = 0,
    left: Mapping[str, int] = NOTHING_LEFT,
) -> Judgement:
    """Return the verdict of one run of one site. ``left`` is what its budget did not allow, by ``list``, ``new`` and ``due``.

    ``reason`` is why the crawl ended (``finished`` when it came to its end by itself), ``skipped`` the number of listed documents that
    ``--limit`` or ``--since`` left out: such a run is not judged by its coverage and is never complete.
    """
    notes = [note for section in coverage.values() for note in _notes(section)]
    if blocked := _blocking(failures):
        return Judgement(Verdict.BLOCKED, blocked, tuple(notes))
    if reason != FINISHED:
        notes.append(stopped_note(reason))
    if any(left.values()):
        return Judgement(Verdict.INCOMPLETE, BUDGET, (*notes, left_note(left)))
    lists = [failure for failure in failures if failure.kind is CaptureKind.LIST]
    if not any(section.had for section in coverage.values()):
        return Judgement(Verdict.FAILED, _commonest(lists) or Cause.STOPPED, tuple(notes))
    if reason != FINISHED:
        return Judgement(Verdict.INCOMPLETE, Cause.STOPPED, tuple(notes))
    if skipped or any(section.limited for section in coverage.values()):
        sentence = f"The crawl was limited by its caller ({skipped or 'some'} listed documents left out), so its coverage is not judged."
        return Judgement(Verdict.INCOMPLETE, _commonest(passing(failures)) or Cause.STOPPED, (*notes, sentence))
    return _by_coverage(coverage, failures, lists, notes)


def _by_coverage(coverage: Mapping[str, Coverage], failures: Sequence[Failure], lists: list[Failure], notes: list[str]) -> Judgement:
    if any(section.missing for section in coverage.values()):
        return Judgement(Verdict.INCOMPLETE, _commonest(lists) or Cause.STOPPED, tuple(notes))
    if any(section.cut for section in coverage.values()):
        return Judgement(Verdict.INCOMPLETE, Cause.TOO_LARGE, tuple(notes))
    if any(section.lacks_items for section in coverage.values()):
        return Judgement(Verdict.INCOMPLETE, Cause.COUNT_MISMATCH, tuple(notes))
    if cause := _commonest(passing(failures)):
        return Judgement(Verdict.INCOMPLETE, cause, tuple(notes))
    return Judgement(Verdict.COMPLETE, "", tuple(notes))


def judge_records(
    lines: Sequence[CoverageLine],
    failures: Sequence[Failure],
    reason: str,
    *,
    limited: bool = False,
    left: Mapping[str, int] = NOTHING_LEFT,
) -> Judgement:
    """Return the verdict of one run of a site of records, from its ledger.

    A site that shows only so many pages of a list is read completely when these were read: the gap is told, and never taken for
    records that are gone.
    """
    notes = [gap for line in lines for gap in line.gaps]
    if blocked := _blocking(failures):
        return Judgement(Verdict.BLOCKED, blocked, tuple(notes))
    if reason != FINISHED:
        notes.append(stopped_note(reason))
    if any(left.values()):
        return Judgement(Verdict.INCOMPLETE, BUDGET, (*notes, left_note(left)))
    lists = [failure for failure in failures if failure.kind is CaptureKind.LIST]
    if not any(line.pages_had for line in lines):
        return Judgement(Verdict.FAILED, _commonest(lists) or Cause.STOPPED, tuple(notes))
    if reason != FINISHED or limited:
        return Judgement(Verdict.INCOMPLETE, _commonest(passing(failures)) or Cause.STOPPED, tuple(notes))
    if lacking := [line for line in lines if not line.complete and not line.capped]:
        cause = _commonest(lists) or (Cause.COUNT_MISMATCH if any(line.stated is not None for line in lacking) else Cause.STOPPED)
        return Judgement(Verdict.INCOMPLETE, cause, tuple(notes))
    if cause := _commonest(passing(failures)):
        return Judgement(Verdict.INCOMPLETE, cause, tuple(notes))
    return Judgement(Verdict.COMPLETE, "", tuple(notes))


def _blocking(failures: Iterable[Failure]) -> str:
    for failure in failures:
        if failure.cause in BLOCKING or (failure.cause is Cause.ROBOTS_REFUSED and failure.kind is CaptureKind.LIST):
            return failure.cause
    return ""


def passing(failures: Iterable[Failure]) -> list[Failure]:
    """Return the failures that spoil a run: of lists each, of documents and files those that another crawl may find gone."""
    return [failure for failure in failures if failure.kind is CaptureKind.LIST or not (failure.cause in LASTING or _no_article(failure))]


def _no_article(failure: Failure) -> bool:
    """Tell whether a line of a list led to a page that is no article of the CMS at all: a topic, another column, a picture."""
    return failure.cause is Cause.NO_BODY and failure.key.startswith(("/", "http"))


def _commonest(failures: Iterable[Failure]) -> str:
    counted = Counter(failure.cause for failure in failures if failure.cause is not Cause.STOPPED)
    return counted.most_common(1)[0][0] if counted else ""


def _notes(section: Coverage) -> Iterable[str]:
    if section.missing:
        yield f"Section {section.section} lacks page {_ranges(section.missing)} of {section.pages or 'an unknown number'}."
    if section.cut:
        yield f"Section {section.section} has more than the {section.most} pages that its fact sheet allows (limits, list_pages)."
    if section.duplicates:
        yield f"Section {section.section} repeats earlier items on page {_ranges(section.duplicates)}."
    if section.totals and section.lacking and not section.missing and not section.limited:
        yield f"Section {section.section} states {min(section.totals)} documents and lists {len(section.items)}."


def _ranges(numbers: Sequence[int], most: int = 10) -> str:
    """Return page numbers in words, those in a row as one: ``2, 5-9``; after ``most`` pieces the rest is counted."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    words = ["-".join(map(str, run)) for run in runs]
    return ", ".join(words[:most]) + (f" and {len(words) - most} more" if len(words) > most else "")

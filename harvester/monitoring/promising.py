"""The promises: for each, of which runs of a section it can be told, and what is wrong with one. Pure.

A share that is too small by chance is no news: it has to be less than promised beyond doubt (``chance.is_less``).
"""

from __future__ import annotations

from datetime import date
from statistics import median

from harvester.monitoring.chance import is_less
from harvester.monitoring.judging import GRAVE, SEVERAL, Promise, RunFacts, SectionRun
from normalizers.workdays import workdays_between
from spiders.items import Cause
from storage.incidents import ALARM, WARNING, Finding

FEW = 5
USUAL_FILL = 0.2
"""A field that fewer documents have is none that could be missed."""
MUCH_LESS = 0.5
LIST_FIELDS = ("list", "item", "link", "date", "pager")


def _few_items(run: SectionRun, facts: RunFacts) -> Finding | None:
    items, promises = run.measures["items"], run.promises
    if items < promises.least_items:
        return run.finding("few-items", ALARM, f"{items} items", f"at least {promises.least_items}", f"its list shows {items} items.")
    known = [measures["items"] for measures in run.sweeps]
    if len(known) < max(promises.history, 1):
        return None
    usual = median(known)
    if items >= usual * (1 - promises.tolerance) - 2:
        return None
    level = ALARM if items < usual * MUCH_LESS else WARNING
    return run.finding("few-items", level, f"{items} items", f"about {usual:g}", f"its list shows {items} items, usually {usual:g}.")


def _fill(run: SectionRun, facts: RunFacts) -> Finding | None:
    lacking = [said for name, (filled, asked) in run.measures["fill"].items() if (said := _lacks(run, name, filled, asked))]
    if not lacking:
        return None
    level = ALARM if any(name == "title" or share < MUCH_LESS * least for name, share, least in lacking) else WARNING
    observed = ", ".join(f"{name} {share:.0%}" for name, share, _ in lacking)
    expected = ", ".join(f"{name} {least:.0%}" for name, _, least in lacking)
    return run.finding("fill", level, observed, expected, f"fields are filled less than promised or usual: {observed}.")


def _lacks(run: SectionRun, name: str, filled: int, asked: int) -> tuple[str, float, float] | None:
    """Return a field with its share and the least one, ``None`` for one that is filled as promised and as usual."""
    least = max(run.promises.share(name), _usual_fill(run, name) * (1 - 2 * run.promises.tolerance))
    return (name, filled / asked, least) if is_less(filled, asked, least) else None


def _usual_fill(run: SectionRun, name: str) -> float:
    pairs = [each.measures.get("fill", {}).get(name, (0, 0)) for each in run.history] if run.has_history else []
    filled, asked = sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs)
    return filled / asked if asked >= SEVERAL and filled >= USUAL_FILL * asked else 0.0


def _can_tell_silence(run: SectionRun, facts: RunFacts) -> bool:
    return bool(
        run.measures.get("whole")
        and not facts.limited
        and run.promises.quiet_workdays
        and run.measures["newest"]
        and run.measures["longest_silence"]
    )


def _quiet(run: SectionRun, facts: RunFacts) -> Finding | None:
    newest = date.fromisoformat(run.measures["newest"])
    days, limit = workdays_between(newest, facts.today), max(run.promises.quiet_workdays, 2 * run.measures["longest_silence"])
    if days <= limit:
        return None
    return run.finding("quiet", WARNING, f"{days} working days", f"at most {limit}", f"nothing new since {newest}.")


def _requests(run: SectionRun, facts: RunFacts) -> Finding | None:
    asked, errands = run.measures["requests"], _errands(run)
    most = run.promises.requests_per_capture
    if asked <= most * errands:
        return None
    each = f"{asked / errands:.1f} a page"
    return run.finding("requests", WARNING, each, f"at most {most:g}", f"{asked} requests were made for {errands} pages and files.")


def _errands(run: SectionRun) -> int:
    return int(run.measures.get("captures", 0) + sum(run.measures.get("failures", {}).values()))


def _dead_links(run: SectionRun, facts: RunFacts) -> Finding | None:
    missing, asked = run.measures["dead"]
    most = run.promises.dead_links
    if missing <= 1 or not is_less(asked - missing, asked, 1 - most):
        return None
    level = ALARM if missing > MUCH_LESS * asked else WARNING
    detail = f"{missing} of {asked} documents that its list names are not at their address."
    return run.finding(Cause.NOT_FOUND, level, f"{missing / asked:.0%}", f"at most {most:.0%}", detail)


def _cells(run: SectionRun, facts: RunFacts) -> Finding | None:
    left, cells = run.measures["cells"]
    most = run.promises.cells
    if left <= most * cells:
        return None
    return run.finding(
        "cells", WARNING, f"{left / cells:.0%}", f"at most {most:.0%}", f"{left} of {cells} cells of its tables belong to no task."
    )


def _labels(run: SectionRun, facts: RunFacts) -> Finding | None:
    unknown, seen = run.measures["labels_unknown"], run.measures["labels_seen"]
    most, names = run.promises.headings, sorted(run.measures.get("labels", {}))
    if unknown > most * seen:
        detail = f"{unknown} of {seen} labels are unknown: {', '.join(names[:FEW]) or 'each stands once'}."
        return run.finding("headings", WARNING, f"{unknown / seen:.0%}", f"at most {most:.0%}", detail)
    known = {label for each in run.history for label in each.measures.get("labels", {})}
    fresh = [name for name in names if name not in known] if run.has_history and "subject" in run.measures["fill"] else []
    if not fresh:
        return None
    return run.finding("headings", WARNING, ", ".join(fresh[:FEW]), "labels seen before", f"it has new labels: {', '.join(fresh[:FEW])}.")


def _charsets(run: SectionRun) -> frozenset[str]:
    """Return the charsets that pages of a section may be in, none where that is not known."""
    return frozenset(run.promises.charset) or frozenset(name for each in run.history for name in each.measures.get("charsets", {}))


def _charset(run: SectionRun, facts: RunFacts) -> Finding | None:
    seen, known = run.measures["charsets"], _charsets(run)
    others = {name: pages for name, pages in seen.items() if name not in known}
    pages = sum(others.values())
    if not pages or (pages == 1 and pages < GRAVE * sum(seen.values())):
        return None
    observed = ", ".join(f"{name} ({count})" for name, count in sorted(others.items()))
    return run.finding(
        "charset", WARNING, observed, ", ".join(sorted(known)), f"{pages} pages are in another charset or declare one: {observed}."
    )


def _unreachable(run: SectionRun, facts: RunFacts) -> Finding | None:
    lost, stated = run.measures["unreachable"], run.measures["items_stated"]
    most = run.promises.unreachable
    shares = [each["unreachable"] / each["items_stated"] for each in run.sweeps if each.get("items_stated")]
    if len(shares) >= max(run.promises.history, 1):
        most = min(most, median(shares) + GRAVE)
    if lost <= max(most * stated, 2):
        return None
    return run.finding("ledger", WARNING, f"{lost / stated:.0%}", f"at most {most:.0%}", f"{lost} of {stated} items are out of reach.")


def _drift(run: SectionRun, facts: RunFacts) -> Finding | None:
    drift, most = run.measures["novelty"], run.promises.drift
    if drift <= most:
        return None
    return run.finding("drift", ALARM, f"{drift:.2f}", f"at most {most:.2f}", "its pages are built otherwise than the last good ones.")


def _dead_rules(run: SectionRun, facts: RunFacts) -> Finding | None:
    dead = [name for name, hits in run.measures["rules"].items() if not hits and _always_found(run, name)]
    if not dead:
        return None
    fields = {name.partition(" ")[0] for name in dead}
    alone = [each for each in fields if not any(hits for name, hits in run.measures["rules"].items() if name.partition(" ")[0] == each)]
    said = ", ".join(dead)
    return run.finding(
        "rules",
        ALARM if alone else WARNING,
        "found nothing",
        "found on nearly every page before",
        f"selectors find nothing any more: {said}.",
    )


def _always_found(run: SectionRun, name: str) -> bool:
    """Tell whether a rule found something on nearly every page of earlier runs, and had pages enough now."""
    kind, least, now = ("list", FEW, 1) if name.partition(" ")[0] in LIST_FIELDS else ("article", SEVERAL, FEW)
    before = run.history if run.of_its_rules is None else run.of_its_rules
    pages = sum(each.measures.get(kind, 0) for each in before)
    hits = sum(each.measures.get("rules", {}).get(name, 0) for each in before)
    return bool(pages >= least and hits >= (1 - GRAVE) * pages and run.measures.get(kind, 0) >= now)


def _sweep(run: SectionRun, facts: RunFacts) -> bool:
    return run.measured.reach == "all" and bool(run.measures.get("whole")) and not facts.limited


FEW_ITEMS = Promise("few-items", _sweep, _few_items)
FILL = Promise("fill", lambda run, facts: any(asked for _, asked in run.measures["fill"].values()), _fill)
QUIET = Promise("quiet", _can_tell_silence, _quiet)
REQUESTS = Promise("requests", lambda run, facts: _errands(run) >= SEVERAL, _requests)
DEAD_LINKS = Promise(str(Cause.NOT_FOUND), lambda run, facts: run.measures["dead"][1] > 0, _dead_links)
CELLS = Promise("cells", lambda run, facts: run.measures["cells"][1] >= SEVERAL, _cells)
LABELS = Promise("headings", lambda run, facts: run.measures["labels_seen"] >= SEVERAL, _labels)
CHARSET = Promise("charset", lambda run, facts: bool(run.measures["charsets"] and _charsets(run)), _charset)
LEDGER = Promise("ledger", lambda run, facts: _sweep(run, facts) and bool(run.measures.get("items_stated")), _unreachable)
DRIFT = Promise("drift", lambda run, facts: run.measures.get("novelty") is not None, _drift)
RULES = Promise("rules", lambda run, facts: any(_always_found(run, name) for name in run.measures["rules"]), _dead_rules)
PROMISES = (FEW_ITEMS, FILL, QUIET, REQUESTS, DEAD_LINKS, CELLS, LABELS, CHARSET, LEDGER, DRIFT, RULES)

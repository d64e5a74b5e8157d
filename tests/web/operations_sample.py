"""A store as operators find it in the morning: sites that are fine, broken, blocked, stale, paused and snoozed, one that is crawled now.

Everything is written by the functions by which crawls and workers write it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert

from spiders.skeleton import skeleton
from storage import due_runs, incidents, measures, pauses, proposals, run_events, specimens, workers
from storage.columns import metadata
from storage.incidents import Finding
from storage.measures import SectionMeasures
from storage.operations_schema import workers as worker_rows
from storage.proposals import Proposal
from storage.records import FailureRow, Verdict
from storage.run_events import Event
from storage.schema import sites
from storage.specimens import Specimen
from storage.store import Store

BY = "王审核"
SECTION = {"jiangsu": "tzgg", "anhui": "tzgg", "national": "tz", "suzhou_sip": "tzgg"}
GOOD_PAGE = '<html><body><div class="bt"><h1>关于试点的通知</h1></div><div id="zoom" class="TRS_Editor"><p>正文</p></div></body></html>'
BAD_PAGE = '<html><body><main class="article-page"><h1>关于试点的通知</h1><div class="rich-text"><p>正文</p></div></main></body></html>'


@dataclass(frozen=True, slots=True)
class Made:
    """What of the sample tests ask for by name."""

    complete: str
    broken: str
    running: str
    good: int
    bad: int
    proposal: int


def fill(store: Store, now: datetime, days: int = 30) -> Made:
    """Write some days of six sites up to ``now``; the worker it registers is heard of then."""
    fine = history(store, "national", now, days)
    history(store, "suzhou_sip", now, min(days, 12), bad={0: ("blocked", "challenge"), 1: ("blocked", "challenge")})
    history(store, "anhui", now - timedelta(days=6), min(days, 20))
    broken = history(store, "jiangsu", now, days, bad={0: ("incomplete", "no-body-container"), 4: ("failed", "timeout")})[0]
    fill_wrong(store, broken, now)
    good, bad = put_specimens(store, "jiangsu", broken, now)
    proposal = put_proposal(store, bad, now)
    fill_work(store, now)
    return Made(fine[0], broken, put_running(store, now), good, bad, proposal)


def history(store: Store, site: str, now: datetime, days: int, bad: dict[int, tuple[str, str]] | None = None) -> list[str]:
    """Write a run a day of a site, the last one some hours before ``now``, and return their identifiers, the newest first."""
    made = []
    for back in reversed(range(days)):
        at = now - timedelta(days=back, hours=4)
        verdict, cause = (bad or {}).get(back, (Verdict.COMPLETE.value, ""))
        made.append(put_run(store, site, at, verdict, cause, new=(back * 7) % 5, sweep=back % 7 == 3))
    return made[::-1]


def put_run(store: Store, site: str, at: datetime, verdict: str, cause: str, *, new: int = 0, sweep: bool = False) -> str:
    """Write a run with its measures, its failures and its log, and return its identifier."""
    section, reach = SECTION.get(site, "notices"), "all" if sweep else "recent"
    run = store.begin_run(site, [section], at, name="", region="310000")
    run_events.append(store, run, log_of(section, at, new, cause))
    for n in range(3 if cause else 0):
        url, detail = f"https://credit.example.cn/{site}/{n}.html", "the answer took longer than 30 s"
        store.record_failure(run, FailureRow(site, section, "article", url, f"k{n}", cause, detail, at))
    measured = {
        "items": 120 + new, "items_stated": 122, "new": new, "changed": 1 if new else 0, "requests": 14 + new, "captures": 13 + new,
        "pages": 8, "pages_stated": 8, "whole": not cause, "fill": {"title": [100, 100], "date": [31 if cause else 97, 100]},
        "labels_known": 6, "labels_unknown": 0, "rules": {"body div#zoom": 0 if cause else 12 + new}, "dead": [1, 120],
    }  # fmt: skip
    drift = 0.62 if cause == "no-body-container" else 0.01 * (new + 1)
    measures.write_measures(store, run, site, [SectionMeasures(section, reach, measured, drift)])
    store.end_run(run, verdict, cause, counters(section, new, cause), at + timedelta(minutes=6 + new))
    return run


def counters(section: str, new: int, cause: str = "") -> dict[str, Any]:
    """Return what a run counted, as the keeper of runs writes it."""
    coverage = {"pages": 8, "had": 6 if cause else 8, "missing": [4, 7] if cause else [], "cut": False, "items": 120 + new, "stated": [122]}
    return {
        "requests": 14 + new, "least": 13 + new, "captures": {"list": 8, "article": new},
        "effects": {"new": new, "changed": 1 if new else 0},
        "notices": {}, "masked": {}, "tasks": 4 * new, "bytes": 900_000 + 120_000 * new, "gone": 0, "failures": {cause: 3} if cause else {},
        "coverage": {section: coverage}, "notes": ["Section lacks page 4, 7 of 8."] if cause else [],
    }  # fmt: skip


def log_of(section: str, at: datetime, new: int, cause: str = "") -> list[Event]:
    """Return the log of a run."""
    said = [Event(at, "info", "began", {"sections": [section], "reach": "recent"})]
    said += [
        Event(at + timedelta(seconds=4 * n), "info", "list", {"section": section, "page": n, "pages": 8, "items": 15}) for n in range(1, 5)
    ]
    address = "https://credit.example.cn/2026/11/"
    said += [Event(at + timedelta(seconds=30 + n), "info", "document", {"effect": "new", "url": f"{address}{n}.html"}) for n in range(new)]
    if cause:
        detail = {"cause": cause, "url": f"{address}9.html", "section": section, "detail": "no text where it should be"}
        said.append(Event(at + timedelta(seconds=50), "warning", "failure", detail))
    return said


def put_running(store: Store, now: datetime) -> str:
    """Begin a run that does not end, and return its identifier."""
    at = now - timedelta(minutes=2)
    run = store.begin_run("anhui_records", ["penalties"], at, name="", region="340000")
    run_events.append(store, run, log_of("penalties", at, 3))
    return run


def fill_wrong(store: Store, broken: str, now: datetime) -> None:
    """Write what is wrong: findings of a run, incidents, a snooze, a pause."""
    wrong = [
        Finding("no-body-container", "alarm", "tzgg", "41 of 43 pages", "at most 2 of 43", "Articles hold no text where it should be."),
        Finding("fill", "warning", "tzgg", "0.31", "0.95 (history: 0.97)", "The field issued_on was filled less than usual."),
    ]
    incidents.write_findings(store, broken, "jiangsu", wrong)
    settle(store, "jiangsu", [wrong[0]], now - timedelta(hours=4), broken)
    settle(store, "suzhou_sip", [Finding("challenge", "alarm", "", detail="The list shows a puzzle.")], now - timedelta(days=1, hours=4))
    incidents.snooze(store, "suzhou_sip", "challenge", reason="站方已答复，周五恢复", by=BY, since=now, until=now + timedelta(days=5))
    settle(store, "anhui", [Finding("stale", "warning", "", "6 days", "3 days")], now - timedelta(days=3))
    settle(store, "national", [Finding("timeout", "warning", "tz")], now - timedelta(days=9))
    incidents.settle(store, "national", [], {"timeout": ["tz"]}, at=now - timedelta(days=8))
    pauses.pause(store, "takedown", "年度核对期间不下架", BY, now - timedelta(days=1), now + timedelta(days=2))


def settle(store: Store, site: str, found: Sequence[Finding], at: datetime, run: str = "") -> None:
    """Open the incidents of findings."""
    incidents.settle(store, site, found, {each.cause: [each.section] for each in found}, run=run, at=at)


def put_specimens(store: Store, site: str, run: str, now: datetime) -> tuple[int, int]:
    """Keep a good and a bad page of a site, in the archive and as specimens, and return their numbers."""
    url, kept = "https://credit.example.cn/2026/11/9.html", []
    with store.archive.open_run(site, run) as archive:
        for good, markup, at in ((True, GOOD_PAGE, now - timedelta(days=2)), (False, BAD_PAGE, now - timedelta(hours=4))):
            headers = (("Content-Type", "text/html; charset=utf-8"),)
            place, _again = archive.write(url=url, status=200, headers=headers, body=markup.encode(), fetched_at=at)
            found, cause = skeleton(markup), "" if good else "no-body-container"
            one = Specimen(site, SECTION[site], "article", run, url, at, good, cause, "utf-8", str(found), found.hash, place)
            kept.append(specimens.keep(store, one))
    return kept[0], kept[1]


def put_proposal(store: Store, specimen: int, now: datetime, css: str = "main.article-page div.rich-text") -> int:
    """Propose a selector for the body of articles, and return its number."""
    rule = {"css": css, "certainty": "inferred", "place": "before"}
    proof = {"pages": 24, "items": 0, "good": 22, "same": 22, "derived": 21, "wrong": [], "holds": True}
    made = proposals.propose(store, "jiangsu", [Proposal("jiangsu", "", "body", rule, specimen, proof)], now - timedelta(hours=3))
    return made[-1].id


def fill_work(store: Store, now: datetime) -> None:
    """Write due runs of every state, and a worker that is heard of and one that is not."""
    then, gone = now - timedelta(days=3), "no worker was there; the next one stands for it"
    rows = [
        due_runs.row("verify", "chore", then, "done", ended_at=then, note="1,204 pages read, none damaged"),
        due_runs.row("national", "crawl", now - timedelta(hours=4), "done", ended_at=now - timedelta(hours=3)),
        due_runs.row("anhui", "crawl", now - timedelta(days=2), "missed", ended_at=now, note=gone),
        due_runs.row("zhejiang", "crawl", now - timedelta(minutes=12)),
        due_runs.row("shanghai", "crawl", now - timedelta(minutes=5), asked_by=BY, arguments={"sweep": True}),
        due_runs.row("takedown", "chore", now - timedelta(hours=8), "skipped", ended_at=now, note="paused"),
    ]  # fmt: skip
    with store.writing(told=False) as connection:
        due_runs.write(connection, rows)
    with ExitStack() as held:
        here = workers.register(store, held, "harvest-1", 4711, "0.7.0", now - timedelta(days=2))
        workers.beat(store, here, now - timedelta(seconds=6), "anhui_records")
    silent = {"host": "harvest-2", "pid": 815, "version": "0.7.0", "started_at": now - timedelta(days=9), "doing": ""}
    with store.writing(told=False) as connection:  # of a process of another host
        connection.execute(insert(worker_rows), [{"id": "harvest-2.815.slot2", "heartbeat_at": now - timedelta(hours=7), **silent}])


def put_hostile(store: Store, texts: Sequence[str], now: datetime) -> str:
    """Write a run of which everything that a site can write is one of ``texts``, and return it."""
    text = " ".join(each[:300] for each in texts)
    run = store.begin_run("jiangsu", ["tzgg", texts[0]], now, name=texts[0], region="320000")
    run_events.append(store, run, [Event(now, "warning", "note", {"text": each}) for each in texts])
    for each in texts:
        store.record_failure(run, FailureRow("jiangsu", each[:200], "article", each, "k", "timeout", each, now))
    said = [Finding(each[:80], "alarm", each[:80], each[:500], each[:500], each) for each in texts]
    incidents.write_findings(store, run, "jiangsu", said)
    settle(store, "jiangsu", said, now, run)
    incidents.snooze(store, "jiangsu", "", reason=text[:500], by=texts[1], since=now, until=now + timedelta(days=1))
    measured = {"fill": {each[:50]: [1, 2] for each in texts}, "rules": {each[:50]: 1 for each in texts}, "labels": {texts[0]: 1}}
    measures.write_measures(store, run, "jiangsu", [SectionMeasures(texts[0], "all", measured, 0.5)])
    for good in (True, False):
        odd = Specimen("jiangsu", texts[0], "article", run, texts[3], now, good, "" if good else texts[2], texts[4], text, "0" * 64)
        number = specimens.keep(store, odd)
    proof = {"wrong": list(texts), texts[5]: texts[6]}
    proposals.propose(store, "jiangsu", [Proposal("jiangsu", texts[0], texts[1], {"css": text}, number, proof)], now)
    with store.writing(told=False) as connection:
        due_runs.write(connection, [due_runs.row(texts[0], "crawl", now, "failed", ended_at=now, note=text, asked_by=texts[1])])
    pauses.pause(store, texts[2], text, texts[1], now)
    said_of = {"notes": list(texts), "coverage": {each[:50]: {"missing": [each], "pages": 1, "had": 1} for each in texts}}
    store.end_run(run, "failed", texts[0], said_of, now)
    return run


def put_year(store: Store, now: datetime, sites_of: int = 10, days: int = 365, lines: int = 60) -> str:
    """Write a year of runs with their measures, due runs, failures and (of the last month) logs, and return the last run."""
    made: list[dict[str, Any]] = []
    for n in range(sites_of):
        for back in range(days):
            at = now - timedelta(days=back, minutes=n)
            verdict, cause = ("failed", "timeout") if back % 23 == 5 else ("complete", "")
            name = f"{at:%Y%m%dT%H%M%S}-{n:03}{back:03}"
            made.append({"id": name, "site": f"site{n}", "at": at, "verdict": verdict, "cause": cause, "back": back})
    with store.writing(told=False) as connection:
        connection.execute(insert(sites), [{"id": f"site{n}", "name": f"site {n}", "region": "310000"} for n in range(sites_of)])
        for table, rows in _year_rows(made, lines).items():
            connection.execute(insert(metadata.tables[table]), rows)
    return str(made[0]["id"])


def _year_rows(made: Sequence[dict[str, Any]], lines: int) -> dict[str, list[dict[str, Any]]]:
    measured = {"items": 122, "new": 3, "requests": 14, "captures": 13, "fill": {"title": [100, 100], "date": [97, 100]}}
    run_rows = [
        {"id": run["id"], "site": run["site"], "sections": ["a", "b", "c"], "started_at": run["at"], "ended_at": run["at"],
         "verdict": run["verdict"], "cause": run["cause"], "counters": counters("a", run["back"] % 9, run["cause"])}
        for run in made
    ]  # fmt: skip
    said = [
        {"run": run["id"], "number": n, "at": run["at"], "level": "info", "event": "list",
         "detail": {"section": "a", "page": n, "items": 15}}
        for run in made if run["back"] < run_events.KEPT_RUNS
        for n in range(1, lines + 1)
    ]  # fmt: skip
    failed = [run for run in made if run["cause"]]
    return {
        "runs": run_rows,
        "run_sections": [
            {"run": run["id"], "site": run["site"], "section": section, "reach": "recent", "measures": measured, "drift": 0.02}
            for run in made for section in "abc"
        ],
        "run_events": said,
        "due_runs": [due_runs.row(run["site"], "crawl", run["at"], "done" if not run["cause"] else "failed") for run in made],
        "failures": [
            {"run": run["id"], "site": run["site"], "section": "a", "kind": "article", "url": f"https://credit.example.cn/{n}",
             "key": str(n), "cause": "timeout", "detail": "no answer", "at": run["at"]}
            for run in failed for n in range(20)
        ],
        "incidents": [
            {"site": run["site"], "cause": "timeout", "level": "warning", "sections": ["a"], "detail": "", "opened_at": run["at"],
             "first_run": run["id"], "last_at": run["at"], "last_run": run["id"], "closed_at": run["at"], "closing_run": ""}
            for run in failed
        ],
    }  # fmt: skip

"""Crawls of the replica sites in real processes: once, again, changed, spoiled."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from harvester.reach import Lists
from harvester.replica.server import Replica
from tests.crawl.sites import dump, harvest, incidents, states, stored_failures, verdicts

SITES = ("anhui", "jiangsu", "national", "shanghai", "suzhou_sip", "zhejiang")


@pytest.fixture(scope="module")
def replica():
    with Replica(delay=3.0) as sites:
        yield sites


@pytest.fixture(scope="module")
def harvested(replica: Replica, tmp_path_factory: pytest.TempPathFactory):
    """A first crawl of all six sites: folder and summaries."""
    replica.fault = ""
    folder = tmp_path_factory.mktemp("harvested")
    return folder, harvest(folder, replica.bases)


@pytest.fixture
def whole(replica: Replica):
    """The replica without a fault, before and after."""
    replica.fault = ""
    yield replica
    replica.fault = ""


def test_a_first_crawl_is_complete_and_has_every_document_of_every_site(harvested, replica: Replica):
    folder, summaries = harvested
    assert {site: (summary.verdict, summary.cause) for site, summary in summaries.items()} == dict.fromkeys(SITES, ("complete", ""))
    assert {site: summary.findings for site, summary in summaries.items()} == dict.fromkeys(SITES, ())
    for site in SITES:
        articles = {key for key in states(folder, site) if "/" not in key}
        assert articles == set(replica.documents(site))


def test_a_first_crawl_makes_no_request_too_many(harvested):
    _, summaries = harvested
    assert {site: s.requests for site, s in summaries.items()} == {site: s.least for site, s in summaries.items()}


def test_files_behind_a_private_address_are_noted_and_never_asked_for(harvested, replica: Replica):
    folder, _ = harvested
    found = [(kind, cause) for kind, cause, url in stored_failures(folder) if "172.25" in url]
    assert found
    assert set(found) == {("attachment", "private-address")}


def test_a_second_crawl_of_unchanged_sites_changes_no_row_and_asks_for_the_lists_only(harvested, whole: Replica, capsys):
    folder, _ = harvested
    before, asked = dump(folder), len(whole.requests)
    summaries = harvest(folder, whole.bases)
    assert {site: s.verdict for site, s in summaries.items()} == dict.fromkeys(SITES, "complete")
    assert {site: s.versions for site, s in summaries.items()} == dict.fromkeys(SITES, 0)
    assert {site: s.findings for site, s in summaries.items()} == dict.fromkeys(SITES, ())
    assert dump(folder) == before
    assert len(whole.requests) - asked == sum(s.requests for s in summaries.values()) == sum(s.least for s in summaries.values())
    with capsys.disabled():
        print("\nsecond crawl, requests beside the least:", {site: (s.requests, s.least) for site, s in summaries.items()})


def test_an_unchanged_crawl_of_the_provinces_takes_hardly_a_byte_again(again: Path, harvested, whole: Replica):
    first = harvested[1]
    bases = {site: whole.bases[site] for site in ("anhui", "jiangsu", "shanghai", "zhejiang")}
    summaries = harvest(again, bases, lists=Lists.RECENT)
    assert {str(summary.verdict) for summary in summaries.values()} == {"complete"}
    assert all(not summary.effects for summary in summaries.values())
    received = sum(summary.received for summary in summaries.values())
    assert 0 < received <= 0.03 * sum(first[site].received for site in bases), received


def test_a_crawl_that_asks_for_everything_again_gets_304s_and_changes_no_row(harvested, whole: Replica):
    folder, first = harvested
    before, asked = dump(folder), len(whole.requests)
    summaries = harvest(folder, whole.bases, "national", recheck="all")
    answers = [record.status for record in whole.requests[asked:]]
    assert summaries["national"].verdict == "complete"
    assert summaries["national"].captures == first["national"].captures
    assert answers.count(304) >= first["national"].captures["article"]
    assert dump(folder) == before


def test_a_changed_document_gets_a_version_and_a_removed_one_is_gone(again: Path, whole: Replica):
    changed, removed = list(whole.documents("anhui"))[:2]
    document = whole.documents("anhui")[changed]
    whole.edit("anhui", changed, body_html=document.body_html + "<p>补充说明：联系电话有变动。</p>")
    gone = whole.documents("anhui")[removed]
    whole.remove("anhui", removed)
    try:
        summary = harvest(again, whole.bases, "anhui", recheck="all")["anhui"]
        same_day = harvest(again, whole.bases, "anhui", recheck="all")["anhui"]
        assert set(states(again, "anhui").values()) == {"live"}, "one day's 404 makes nothing gone"
        asked = len(whole.requests)
        next_day = harvest(again, whole.bases, "anhui", recheck="none", moment=datetime.now(UTC) + timedelta(days=1))["anhui"]
    finally:
        whole.edit("anhui", changed, body_html=document.body_html)
        whole.add("anhui", gone)
    assert (summary.verdict, summary.versions, summary.documents, summary.gone, summary.absent) == ("complete", 1, 0, 0, 1)
    assert (same_day.verdict, same_day.gone, same_day.absent) == ("complete", 0, 0)
    assert (next_day.verdict, next_day.gone, next_day.absent) == ("complete", 1, 0)
    assert [record.status for record in whole.requests[asked:]].count(404) == 1
    assert {key for key, state in states(again, "anhui").items() if state == "gone"} == {removed}


def test_a_challenge_makes_no_vanished_document_gone(again: Path, whole: Replica):
    removed = next(iter(whole.documents("anhui")))
    gone = whole.documents("anhui")[removed]
    whole.remove("anhui", removed)
    whole.fault = "challenge-412:anhui@article"
    try:
        summary = harvest(again, whole.bases, "anhui", recheck="all")["anhui"]
    finally:
        whole.add("anhui", gone)
    assert (summary.verdict, summary.gone) == ("blocked", 0)
    assert set(states(again, "anhui").values()) == {"live"}


@pytest.fixture
def again(harvested, tmp_path: Path) -> Path:
    """A copy of the harvested store, to crawl again."""
    return Path(shutil.copytree(harvested[0], tmp_path / "again"))


@pytest.mark.parametrize(
    ("fault", "verdict", "cause"),
    [
        ("challenge", "blocked", "challenge"),
        ("challenge-412", "blocked", "challenge"),
        ("challenge@article", "blocked", "challenge"),
        ("half-body", "incomplete", "truncated"),
        ("half-page", "incomplete", "truncated"),
        ("half-page@article", "incomplete", "truncated"),
        ("dup-page", "incomplete", "duplicate-page"),
        ("500", "incomplete", "http-error"),
        ("500@article", "incomplete", "http-error"),
        ("500@attachment", "incomplete", "http-error"),
        ("wrong-charset", "complete", ""),
    ],
)
def test_a_fault_gets_its_verdict_and_cause_and_changes_nothing_in_the_store(
    again: Path, whole: Replica, fault: str, verdict: str, cause: str
):
    before = dump(again)
    whole.fault = fault
    summaries = harvest(again, whole.bases, recheck="all" if "@" in fault else "due")
    assert {site: (s.verdict, s.cause) for site, s in summaries.items()} == dict.fromkeys(SITES, (verdict, cause))
    assert {(v, c) for _, v, c in verdicts(again)[-6:]} == {(verdict, cause)}
    assert incidents(again) == {site: [cause or "charset"] for site in SITES}
    assert dump(again) == before


@pytest.mark.parametrize("fault", ["half-page", "wrong-charset"])
def test_a_fault_page_becomes_no_document_and_the_next_crawl_has_what_was_missing(harvested, whole: Replica, tmp_path: Path, fault: str):
    whole.fault = fault
    harvest(tmp_path, whole.bases, "shanghai")
    assert {key for key in states(tmp_path, "shanghai") if "/" not in key} <= set(whole.documents("shanghai"))
    whole.fault = "500:shanghai@attachment"
    harvest(tmp_path, whole.bases, "shanghai")
    whole.fault = ""
    assert harvest(tmp_path, whole.bases, "shanghai")["shanghai"].verdict == "complete"
    assert states(tmp_path, "shanghai") == states(harvested[0], "shanghai")


def test_a_slow_site_times_out_and_is_incomplete(whole: Replica, tmp_path: Path):
    whole.fault = "slow:anhui@list"
    summary = harvest(tmp_path, whole.bases, "anhui", settings={"timeout": 1.0})["anhui"]
    assert (summary.verdict, summary.cause) == ("failed", "timeout")


def test_a_limited_crawl_is_not_judged_by_its_coverage_and_says_so(whole: Replica, tmp_path: Path):
    summary = harvest(tmp_path, whole.bases, "shanghai", limit=3)["shanghai"]
    assert (summary.verdict, summary.cause, summary.captures["article"]) == ("incomplete", "stopped", 3)
    assert "limited by its caller" in summary.notes[-1]


def test_a_dry_run_reads_the_lists_and_writes_nothing(whole: Replica, tmp_path: Path):
    summary = harvest(tmp_path, whole.bases, "zhejiang", dry_run=True)["zhejiang"]
    assert set(summary.captures) == {"list"}
    assert list(tmp_path.iterdir()) == []


TWICE = """
import sys
from pathlib import Path
from harvester.config import Config
from harvester.crawl import crawl
if __name__ == "__main__":
    folder, told = Path(sys.argv[1]), []
    config = Config(store=f"sqlite:///{folder / 'store.sqlite'}", archive=folder / "archive", bases={"anhui": sys.argv[2]}, pace=0.0)
    for _ in range(2):
        (summary,) = crawl(["anhui"], config, progress=lambda site, counts: told.append(site))
        print(summary.verdict, summary.requests == summary.least, len(told))
"""


def test_one_process_can_crawl_twice_though_its_reactor_runs_once(again: Path, whole: Replica):
    script = again / "twice.py"
    script.write_text(TWICE, "utf-8")
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    order = [sys.executable, str(script), str(again), whole.bases["anhui"]]
    done = subprocess.run(order, capture_output=True, text=True, timeout=120, env=environment)
    assert (done.stdout.splitlines(), done.stderr) == (["complete True 4", "complete True 8"], "")

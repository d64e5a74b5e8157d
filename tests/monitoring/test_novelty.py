"""A new template is told once: by pages unlike any before, not by odd ones, nor by those that were bad before or that somebody accepted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from harvester.monitoring.novelty import novelty
from spiders.promises import DEFAULT
from spiders.skeleton import skeleton
from storage import proposals, specimens
from storage.proposals import ACCEPTED, Proposal
from storage.specimens import Specimen
from storage.store import Store

NOW = datetime(2026, 11, 16, 3, tzinfo=UTC)
OLD = (
    "<html><body><div class='top'><ul class='list'>"
    + "<li><a href='#'>文件</a><span>2026-11-01</span></li>" * 9
    + "</ul></div></body></html>"
)
NEW = (
    "<html><body><section id='m'>"
    + "<article><h3><i>文件</i></h3><p class='d'>一</p></article>" * 9
    + "</section><footer></footer></body></html>"
)
OTHER = "<html><body><table class='grid'>" + "<tr><td>一</td><td><b>二</b></td></tr>" * 9 + "</table></body></html>"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path}/s.sqlite", create=True) as opened:
        yield opened


def run(store: Store, days: int) -> str:
    begun = store.begin_run("anhui", ["tzgg"], NOW + timedelta(days=days))
    store.end_run(begun, "complete", "", {}, NOW + timedelta(days=days))
    return begun


def keep(store: Store, run: str, page: str, *, good: bool = True, kind: str = "list") -> int:
    shape = skeleton(page)
    cause = "" if good else "no-list-container"
    return specimens.keep(store, Specimen("anhui", "tzgg", kind, run, "http://x/", NOW, good, cause, "utf-8", str(shape), shape.hash))


def of(store: Store, run: str, days: int) -> float | None:
    return novelty(store, "anhui", "tzgg", run, NOW + timedelta(days=days))


def test_a_first_run_has_nothing_to_be_held_against_and_an_unchanged_one_is_not_new(store: Store):
    first, second = run(store, 0), run(store, 1)
    keep(store, first, OLD)
    assert (of(store, first, 0), of(store, second, 1)) == (None, 0.0)


def test_a_list_unlike_any_before_is_new_once(store: Store):
    first, second, third = (run(store, day) for day in range(3))
    keep(store, first, OLD)
    keep(store, second, NEW)
    found = of(store, second, 1)
    assert found is not None and found > DEFAULT.drift
    assert of(store, third, 2) == 0.0


def test_one_odd_article_is_no_template_and_several_are(store: Store):
    first, second = run(store, 0), run(store, 1)
    keep(store, first, OLD, kind="article")
    keep(store, second, NEW, kind="article")
    assert of(store, second, 1) == 0.0
    keep(store, second, OTHER, kind="article")
    found = of(store, second, 1)
    assert found is not None and found > DEFAULT.drift


def test_a_page_like_one_that_was_bad_before_is_known(store: Store):
    first, second, third = (run(store, day) for day in range(3))
    keep(store, first, OLD)
    keep(store, second, NEW, good=False)
    keep(store, third, NEW)
    assert of(store, third, 2) == 0.0


def test_after_proposals_were_accepted_pages_may_look_as_they_like_for_a_week(store: Store):
    first, second = run(store, 0), run(store, 3)
    number = keep(store, first, OLD)
    keep(store, second, NEW)
    rule = {"css": "section", "certainty": "real page", "place": "before"}
    found = proposals.propose(store, "anhui", [Proposal("anhui", "tzgg", "list", rule, number, {})], NOW)
    proposals.decide(store, found, ACCEPTED, "Li", NOW)
    assert of(store, second, 3) == 0.0
    late = of(store, second, 9)
    assert late is not None and late > DEFAULT.drift

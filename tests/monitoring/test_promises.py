"""Promises held against measures: what is broken is told, what is chance, holiday, habit or unknown is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spidermon.runners import MonitorRunner

from harvester.monitoring.chance import DOUBT, LARGE, chance_of_few, is_less
from harvester.monitoring.counting import SectionCount, rhythm
from harvester.monitoring.judging import Judging, RunFacts, SectionRun
from harvester.monitoring.monitors import CauseSuite, PromiseSuite
from harvester.monitoring.promising import PROMISES, QUIET
from harvester.monitoring.tables import left_over
from normalizers.derive import derive
from normalizers.records import Hints
from normalizers.workdays import is_workday, workdays_between
from spiders.factsheet import FactSheetError, load_sheet, read_sheet
from spiders.promises import DEFAULT, FIELDS, PromiseError, Promises, read_promises
from spiders.sheets import all_sheets
from storage.incidents import WHOLE
from storage.measures import SectionMeasures

TODAY = date(2026, 11, 20)
GOOD: dict[str, Any] = {
    "requests": 60, "captures": 60, "list": 10, "article": 48, "attachment": 2, "new": 2, "changed": 0, "unchanged": 46,
    "fill": {"title": [48, 48], "date": [48, 48], "issuers": [40, 48]}, "labels": {}, "labels_unknown": 0, "labels_seen": 30,
    "cells": [0, 90],
    "charsets": {"utf-8": 58}, "pages": 10, "pages_stated": 10, "items": 100, "items_stated": 100, "whole": True, "failures": {},
    "list_failures": {}, "passing": {}, "dead": [0, 48], "unreachable": 0, "gaps": 0, "newest": "2026-11-18", "longest_silence": 9,
    "rules": {"list ul.list": 10, "title h1": 48, "title h2": 0, "body div.text": 48},
}  # fmt: skip
"""What a good run measured of a section."""
PROMISED = Promises(least_items=20, charset=("utf-8",), fill={"title": 0.95, "date": 0.8})


def section(
    changes: dict[str, Any] | None = None, *, runs: int = 6, promises: Promises = PROMISED, reach: str = "all", **more: Any
) -> SectionRun:
    history = [SectionMeasures("tzgg", "all", GOOD)] * runs
    return SectionRun(promises, SectionMeasures("tzgg", reach, GOOD | (changes or {})), history)


def facts(run: SectionRun, **changes: Any) -> RunFacts:
    return replace(RunFacts("complete", "", [run], TODAY), **changes)


def judged(run: SectionRun, **changes: Any) -> Judging:
    """Return what the monitors find, run by Spidermon."""
    judging = Judging(facts(run, **changes))
    for suite in (CauseSuite(), PromiseSuite()):
        result = MonitorRunner().run(suite, judging=judging, stats={})
        assert {item.status for item in result.monitor_results} <= {"OK", "FAIL"}
        assert bool(result.monitors_failed_results) <= bool(judging.findings)
    return judging


def causes(run: SectionRun, **changes: Any) -> list[str]:
    return [each.cause for each in judged(run, **changes).findings]


def test_a_good_run_has_no_finding_and_every_promise_was_judged():
    judging = judged(section({"novelty": 0.1}))
    assert judging.findings == []
    assert {promise.cause for promise in PROMISES} <= judging.judged.keys()


BREACHES = {
    "few-items": {"items": 12},
    "few-items of a half": {"items": 45},
    "fill": {"fill": GOOD["fill"] | {"title": [30, 48]}},
    "fill of a field that nobody promised": {"fill": GOOD["fill"] | {"issuers": [3, 48]}},
    "quiet": {"newest": "2026-08-03"},
    "requests": {"requests": 140},
    "not-found": {"dead": [20, 48]},
    "cells": {"cells": [40, 90]},
    "headings": {"labels_unknown": 9, "labels": {"窗口": 9}},
    "charset": {"charsets": {"utf-8": 40, "gb18030": 18}},
    "charset that is declared": {"charsets": {"utf-8": 40, "utf-8 as gb18030": 2}},
    "ledger": {"unreachable": 30},
    "rules": {"rules": GOOD["rules"] | {"title h1": 0, "title h2": 48}},
}


@pytest.mark.parametrize("name", BREACHES)
def test_a_promise_that_is_not_kept_is_found_once_with_what_was_seen_and_expected(name: str):
    judging = judged(section(BREACHES[name]))
    (finding,) = judging.findings
    assert finding.cause == name.split(" ")[0]
    assert finding.section == "tzgg"
    assert all((finding.observed, finding.expected, finding.detail.startswith("Section tzgg: ")))
    assert "tzgg" in judging.judged[finding.cause]


def test_drift_is_found_where_pages_are_still_read():
    assert causes(section({"novelty": 0.6})) == ["drift"]
    assert causes(section({"novelty": 0.3})) == []
    assert "drift" not in judged(section()).judged


@pytest.mark.parametrize("name", ["few-items of a half", "fill of a field that nobody promised", "ledger", "rules"])
def test_without_a_history_nothing_is_unusual(name: str):
    promises = replace(PROMISED, unreachable=1.0)
    assert causes(section(BREACHES[name], runs=0, promises=promises)) == []


def test_a_section_of_few_documents_makes_no_alarm_by_one_more_or_less():
    few = GOOD | {"items": 3, "items_stated": 3, "article": 1, "fill": {"title": [1, 1], "date": [0, 1]}, "dead": [1, 2]}
    history = [SectionMeasures("tzgg", "all", few | {"items": count}) for count in (3, 4, 3, 4, 3)]
    run = SectionRun(Promises(), SectionMeasures("tzgg", "all", few | {"items": 2}), history)
    assert causes(run) == []


def test_a_run_that_read_the_top_of_a_list_is_not_judged_by_its_length_and_one_of_a_caller_neither():
    assert causes(section({"items": 9}, reach="recent")) == []
    assert causes(section({"items": 9}), limited=True) == []
    assert "few-items" not in judged(section({"items": 9}, reach="recent")).judged


def test_where_a_section_failed_its_promises_are_consequences():
    broken = {"list_failures": {"timeout": 3}, "failures": {"timeout": 3}, "passing": {"timeout": 3}, "whole": False, "items": 4}
    judging = judged(section(broken), verdict="incomplete", cause="timeout")
    assert [(each.cause, each.section, each.level) for each in judging.findings] == [("timeout", "tzgg", "alarm")]


def test_one_failed_document_is_a_warning_and_many_are_an_alarm():
    for count, level in ((1, "warning"), (9, "alarm")):
        run = section({"failures": {"timeout": count}, "passing": {"timeout": count}})
        assert [each.level for each in judged(run, verdict="incomplete", cause="timeout").findings] == [level]


@pytest.mark.parametrize("cause", ["stopped", "budget"])
def test_a_run_that_was_stopped_or_spent_its_budget_is_no_incident_of_its_own(cause: str):
    assert causes(section({"whole": False}), verdict="incomplete", cause=cause) == []
    assert not judged(section({"whole": False}), verdict="incomplete", cause=cause).judged.keys() & {"few-items", "quiet"}


def test_a_blocked_run_has_its_cause_alone_and_tells_nothing_of_anything_else():
    judging = judged(section({"items": 0}), verdict="blocked", cause="challenge", detail="looks like a check.")
    assert [(each.cause, each.section, each.detail) for each in judging.findings] == [("challenge", WHOLE, "looks like a check.")]
    assert judging.judged.keys() == {"challenge", "dns", "tls", "refused", "connection", "timeout"}


def test_a_host_that_is_not_reached_tells_of_nothing_but_that():
    assert judged(section(), verdict="failed", cause="dns").judged == {"dns": {WHOLE}}


# --- silence ---------------------------------------------------------------------------------------------------------------


def test_the_golden_week_is_no_silence():
    promises = replace(PROMISED, quiet_workdays=3)
    run = section({"newest": "2026-09-29", "longest_silence": 1}, runs=0, promises=promises)
    assert causes(run, today=date(2026, 10, 9)) == []
    assert causes(run, today=date(2026, 10, 20)) == ["quiet"]


@settings(max_examples=40)
@given(days=st.sets(st.dates(date(2025, 1, 1), date(2026, 12, 31)), min_size=1, max_size=12), rest=st.integers(0, 60))
def test_property_a_section_that_is_silent_no_longer_than_it_was_before_is_not_quiet(days: set[date], rest: int):
    newest = max(days)
    today = newest + timedelta(days=rest)
    told = rhythm(days, today)
    run = section(told, runs=0, promises=replace(PROMISED, quiet_workdays=1))
    silence = workdays_between(newest, today)
    usual = told["longest_silence"]
    assert told["newest"] == newest.isoformat()
    assert bool(Judging(facts(run, today=today)).by_promise(QUIET)) == (usual is not None and usual > 0 and silence > max(1, 2 * usual))


@settings(max_examples=40)
@given(st.dates(date(2025, 1, 1), date(2026, 12, 1)))
def test_property_days_off_add_nothing_to_a_silence(day: date):
    following = next(each for n in range(1, 30) if is_workday(each := day + timedelta(days=n)))
    assert workdays_between(day, following) == 1


# --- chance ----------------------------------------------------------------------------------------------------------------------


@settings(max_examples=40)
@given(asked=st.integers(1, 80), share=st.floats(0.05, 0.95), data=st.data())
def test_property_the_chance_of_few_is_that_of_one_document_after_the_other(asked: int, share: float, data: st.DataObject):
    filled = data.draw(st.integers(0, asked))
    assert chance_of_few(filled, asked, share) == pytest.approx(sum(drawn(asked, share)[: filled + 1]), abs=1e-9)


def test_of_many_documents_the_chance_is_as_good_as_exact():
    chances = drawn(LARGE, 0.9)
    told = {filled: chance_of_few(filled, LARGE, 0.9) for filled in (860, 870, 880, 900)}
    assert told == pytest.approx({filled: sum(chances[: filled + 1]) for filled in told}, abs=0.01)


def drawn(asked: int, share: float) -> list[float]:
    """Return how likely each number of so many documents has a field, by asking one after the other."""
    chances = [1.0]
    for _ in range(asked):
        chances = [(1 - share) * none + share * one for none, one in zip([*chances, 0.0], [0.0, *chances], strict=True)]
    return chances


@settings(max_examples=30)
@given(asked=st.integers(1, 1500), share=st.floats(0.01, 0.99))
def test_property_a_share_that_is_kept_is_never_less_and_less_of_it_never_turns_out_more(asked: int, share: float):
    least = int(asked * share) + 1
    assert not is_less(min(least, asked), asked, share)
    told = [is_less(filled, asked, share) for filled in range(0, least + 1, max(1, least // 5))]
    assert told == sorted(told, reverse=True)


def test_three_documents_without_a_title_are_no_chance_and_one_is():
    assert is_less(0, 3, 0.95)
    assert not is_less(0, 1, 0.95)
    assert DOUBT < 0.05**2


# --- what is counted -----------------------------------------------------------------------------------------------------------------

TABLE = """<table><tr><td>序号</td><td>工作任务</td><td>责任单位</td><td>完成时限</td><td>窗口受理顺序</td></tr>
<tr><td>1</td><td>编制市级信用数据目录并向社会公布。</td><td>市数据资源局</td><td>2026年6月底前</td><td>甲</td></tr>
<tr><td>2</td><td>开展合同履约情况监测试点，形成试点报告。</td><td>市市场监管局</td><td>2026年9月底前</td><td>乙</td></tr></table>"""


def test_what_is_left_over_of_a_table_of_tasks_is_its_unknown_heading():
    derived = derive(f"<html><body><h1>2026年信用工作任务分工表</h1>{TABLE}</body></html>".encode(), Hints(media_type="text/html"))
    assert len(derived.tasks) == 2
    found = left_over(derived)
    assert (found.headings, found.cells_left, found.cells) == (("窗口受理顺序",), 0, 10)
    assert left_over(derive(b"<html><body><p>x</p></body></html>", Hints(media_type="text/html"))).cells == 0


def test_labels_are_counted_without_what_they_say_of_persons_and_only_where_they_stand_often():
    count = SectionCount()
    count.labels.update({"窗口受理顺序": 3, "一次": 1})
    assert count.told()["labels"] == {"窗口受理顺序": 3}


# --- sheets ------------------------------------------------------------------------------------------------------------------------------


def test_every_sheet_and_section_promises_a_title_or_a_subject_and_a_complete_reading():
    for sheet in all_sheets():
        assert sheet.promises.stale_workdays > 0
        assert all({"title", "subject"} & each.promises.fill.keys() for each in sheet.sections)
        assert any(each.promises.least_items for each in sheet.sections)


@pytest.mark.parametrize(
    "table",
    [
        {"least": 3}, {"least_items": -1}, {"least_items": True}, {"fill": {"titel": 0.5}}, {"fill": {"title": 2}}, {"fill": 3},
        {"charset": "utf-8"}, {"requests_per_capture": 0.5}, {"tolerance": "0.2"}, {"drift": 1.5}, 7,
    ],
)  # fmt: skip
def test_a_promise_that_cannot_be_is_refused_with_its_key(table: object):
    with pytest.raises(PromiseError):
        read_promises(table)


def test_a_section_s_promises_go_before_its_site_s():
    sheet = load_sheet("shanghai")
    assert (sheet.section("tzgg").promises.least_items, sheet.section("ndjh").promises.least_items) == (10, 5)
    assert sheet.section("ndjh").promises.charset == ("utf-8",)
    text = 'id = "x"\n[promises]\nleast = 3\n'
    with pytest.raises(FactSheetError):
        read_sheet(text, "x")


@settings(max_examples=40)
@given(st.dictionaries(st.sampled_from(sorted(FIELDS)), st.floats(0, 1)), st.integers(0, 10**6))
def test_property_what_a_table_leaves_out_is_the_default(fill: dict[str, float], items: int):
    found = read_promises({"fill": fill, "least_items": items})
    assert found == replace(DEFAULT, fill={**DEFAULT.fill, **fill}, least_items=items)


def test_what_selectors_found_before_others_were_accepted_is_not_held_against_them():
    run = section(BREACHES["rules"])
    assert causes(run) == ["rules"]
    assert causes(replace(run, of_its_rules=[])) == []

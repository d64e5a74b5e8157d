"""How a site does, and in which words and shapes it is told."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvester.web.pages import operations_words as words
from harvester.web.pages.operations_health import Health, State, is_stale, state_of, with_snoozes
from harvester.web.pages.operations_measures import numbers
from harvester.web.pages.operations_named import called as measure_called
from harvester.web.pages.operations_promises import BROKEN, KEPT, NEAR, UNKNOWN, kept
from spiders.factsheet import load_sheet
from spiders.promises import FIELDS
from spiders.sheets import sheets_by_id
from storage.incidents import Snooze
from storage.operations_queries import counted
from storage.pauses import Pause

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 3, 20, 0, tzinfo=UTC)
"""A Friday morning."""


def run(verdict: str | None, hours: float = 4, cause: str = "") -> dict[str, Any]:
    at = NOW - timedelta(hours=hours)
    return {"id": "r", "verdict": verdict, "cause": cause, "started_at": at, "ended_at": at if verdict else None, "counted": counted({})}


def incident(cause: str, level: str = "alarm", *, snoozed: bool = False) -> dict[str, Any]:
    return {"site": "jiangsu", "cause": cause, "level": level, "snooze": {"until": NOW} if snoozed else None}


def health(runs: list[dict[str, Any]], *incidents: dict[str, Any], pause: Pause | None = None) -> Health:
    complete = next((each for each in runs if each["verdict"] == "complete"), None)
    return Health("jiangsu", "", State.FINE, runs, complete, incidents, pause)


@pytest.mark.parametrize(
    ("found", "state"),
    [
        (health([]), State.NEVER),
        (health([run(None)]), State.NEVER),
        (health([run("complete")]), State.FINE),
        (health([run(None, 1), run("complete")]), State.FINE),
        (health([run("complete", 24 * 9)]), State.STALE),
        (health([run("incomplete"), run("complete", 28)]), State.DOUBTFUL),
        (health([run("incomplete")]), State.STALE),
        (health([run("failed"), run("complete", 28)]), State.BROKEN),
        (health([run("blocked"), run("complete", 28)]), State.BLOCKED),
        (health([run("complete")], incident("fill", "warning")), State.DOUBTFUL),
        (health([run("complete")], incident("stale", "alarm")), State.STALE),
        (health([run("complete")], incident("stale", "alarm"), incident("drift")), State.BROKEN),
        (health([run("blocked")], incident("challenge")), State.BLOCKED),
        (health([run("blocked")], incident("challenge", snoozed=True)), State.SNOOZED),
        (health([run("complete")], incident("challenge", snoozed=True), incident("fill", "warning")), State.DOUBTFUL),
        (health([run("failed")], incident("dns"), pause=Pause(1, "jiangsu", "x", "office", NOW, None, None)), State.PAUSED),
    ],
)
def test_a_site_has_one_state_by_what_was_decided_what_is_open_and_what_ran(found: Health, state: State) -> None:
    assert state_of(found, NOW) is state


def test_every_state_and_verdict_has_a_shape_of_its_own() -> None:
    assert set(words.STATE_SIGNS) == set(State)
    assert len(set(words.STATE_SIGNS.values())) == len(State)
    assert set(words.SIGNS) == set(words.VERDICTS)
    assert len(set(words.SIGNS.values())) == len(words.VERDICTS)


def test_a_quiet_golden_week_makes_no_site_stale() -> None:
    before = datetime(2025, 9, 30, 10, tzinfo=UTC)
    assert not is_stale("jiangsu", before, datetime(2025, 10, 9, 1, tzinfo=UTC))
    assert is_stale("jiangsu", before, datetime(2025, 10, 20, 1, tzinfo=UTC))
    assert is_stale("jiangsu", datetime(2001, 1, 1, tzinfo=UTC), NOW)


def test_a_site_of_which_nothing_is_promised_is_never_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = load_sheet("jiangsu")
    silent = replace(sheet, promises=replace(sheet.promises, stale_workdays=0))
    monkeypatch.setitem(sheets_by_id(), "jiangsu", silent)
    old = health([run("complete", 24 * 30)])
    assert state_of(old, NOW) is State.FINE
    assert kept(silent, old, [], NOW, "en") == []


def test_a_snooze_covers_its_cause_or_every_cause_of_its_site_only() -> None:
    rows = [{"site": "jiangsu", "cause": "dns"}, {"site": "jiangsu", "cause": "tls"}, {"site": "anhui", "cause": "dns"}]
    for cause, covered in (("dns", {("jiangsu", "dns")}), ("", {("jiangsu", "dns"), ("jiangsu", "tls")})):
        told = with_snoozes(rows, [Snooze(1, "jiangsu", cause, "站方检修", "office", NOW, NOW + timedelta(days=1), None)], NOW)
        assert {(row["site"], row["cause"]) for row in told if row["snooze"]} == covered
        assert [row["snooze"] is None for row in told] == sorted([row["snooze"] is None for row in told], reverse=True)


def test_a_promise_is_kept_nearly_broken_broken_or_not_measured() -> None:
    sheet = load_sheet("jiangsu")
    section = sheet.sections[0]
    promised = section.promises.drift
    for drift, state in ((promised / 2, KEPT), (promised * 0.95, NEAR), (promised + 0.01, BROKEN)):
        row = {"section": section.id, "reach": "all", "drift": drift, "measures": {"fill": {"title": [100, 100]}}}
        found = {each.promise: each.state for each in kept(sheet, health([run("complete")]), [row], NOW, "en")}
        assert found["drift"] == state
        assert found["share filled: title"] == KEPT
        assert found["share filled: date"] == UNKNOWN
        assert found["read completely"] == KEPT
    assert kept(None, health([]), [], NOW, "en") == []


# --- words and shapes --------------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.sampled_from([*words.VERDICTS]), st.integers(0, 10**7)), max_size=60))
def test_a_strip_has_a_bar_for_each_run_within_its_frame_property(found: list[tuple[str, int]]) -> None:
    runs = [{"verdict": None if verdict == "running" else verdict, "counted": {"new": new}} for verdict, new in found]
    strip = words.strip(runs, "en")
    assert [verdict for _left, _tall, verdict in strip.bars] == [verdict for verdict, _new in reversed(found)]
    assert all(words.LOW <= tall <= words.HIGH for _left, tall, _verdict in strip.bars)
    assert all(left + words.COLUMN <= strip.width for left, _tall, _verdict in strip.bars)
    assert sum(int(n) for n in re.findall(r"[a-z] (\d+)", strip.words)) == len(found)


@given(st.timedeltas(timedelta(), timedelta(days=4000)))
def test_a_length_of_time_is_told_to_its_largest_unit_and_never_longer_than_it_is_property(length: timedelta) -> None:
    told = words.span(length, "en")
    units = {"s": 1, "min": 60, "h": 3600, "day": 86400, "days": 86400}
    seconds = sum(int(n.replace(",", "")) * units[unit] for n, unit in re.findall(r"([\d,]+) (s|min|h|days?)\b", told))
    assert seconds <= length.total_seconds() < seconds + max(60 if length < timedelta(days=1) else 86400, 1)
    assert words.age(NOW - length, NOW, "en").endswith("ago") or told == "0 s"
    assert words.age(NOW + length, NOW, "en") in (f"in {told}", "just now")


PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9)


@settings(max_examples=40)
@given(
    st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3), max_leaves=8)
)
def test_the_numbers_of_any_measures_are_numbers_with_names_property(value: object) -> None:
    for name, number in numbers({"given": value}):
        assert name.startswith("given")
        assert isinstance(number, int | float)
        assert not isinstance(number, bool)


@given(st.integers(0, 1 << 60))
def test_a_size_is_told_in_at_most_six_characters_and_a_unit_property(count: int) -> None:
    figure, unit = words.size(count).split()
    assert unit in ("B", "KiB", "MiB", "GiB", "TiB")
    assert unit == "TiB" or len(figure) <= 6


@pytest.mark.parametrize(("value", "told"), [(24.0, "24"), (142719.5, "142,720"), (0.25, "0.250"), (1234, "1,234"), (0, "0")])
def test_a_figure_has_fractions_only_where_they_say_something(value: float, told: str) -> None:
    assert words.figure(value) == told


def test_a_selector_that_finds_something_does_not_bear_the_name_of_a_cause() -> None:
    assert measure_called("rules.list ul.news", "zh") == "选择器匹配数：列表外框 ul.news"


def test_a_section_whose_list_failed_keeps_and_breaks_no_promise() -> None:
    sheet = load_sheet("jiangsu")
    row = {"section": sheet.sections[0].id, "reach": "all", "drift": 0.9, "measures": {"fill": {"title": [100, 100]}}}
    spoilt = row | {"measures": {**row["measures"], "list_failures": {"timeout": 1}}}
    for found, measured in ((health([run("incomplete"), run("complete")]), spoilt), (health([run("failed"), run("complete")]), row)):
        states = {each.promise: each.state for each in kept(sheet, found, [measured], NOW, "en")}
        assert states.pop("read completely") == KEPT
        assert set(states.values()) == {UNKNOWN}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_measure_is_called_by_its_key(lang: str) -> None:
    keys = re.findall(r'^ +"(\w+)":', (ROOT / "harvester" / "monitoring" / "measuring.py").read_text("utf-8"), re.MULTILINE)
    keys += re.findall(r'^ +"(\w+)":', (ROOT / "harvester" / "monitoring" / "counting.py").read_text("utf-8"), re.MULTILINE)
    told = set(keys) - FIELDS - {"whole", "newest", "labels"}
    assert len(told) > 20
    assert {key for key in told if measure_called(key, lang) == key} <= {"bytes", "requests", "failures"}
    assert measure_called("fill.document_number", "en") == "share filled: document number"
    assert measure_called("list_failures.http-error", "zh") == "未取得的列表页：服务器报错"
    assert measure_called("charsets.gb18030", "zh") == "各字符编码的页面数：gb18030"

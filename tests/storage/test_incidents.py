"""Incidents from their first to their last run, snoozes, and what runs measured, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.errors import StoreError, UnknownRecord
from storage.incidents import (
    ALARM,
    FLAPPING,
    WARNING,
    WHOLE,
    Finding,
    findings_of,
    incidents_of,
    settle,
    snooze,
    snoozed,
    wake,
    write_findings,
)
from storage.measures import SectionMeasures, history, last_complete, write_measures
from storage.store import Store

NOON = datetime(2026, 11, 2, 4, tzinfo=UTC)
DAY = timedelta(days=1)


def fault(cause: str, section: str = "a", level: str = ALARM) -> Finding:
    return Finding(cause, level, section, "1", "2", f"{section} is wrong.")


def test_an_incident_lasts_from_its_first_to_its_last_run_and_is_closed_by_the_first_that_could_have_shown_it(store: Store):
    first = settle(store, "anhui", [fault("timeout")], {"timeout": {"a"}}, run="r1", at=NOON)
    assert (len(first.opened), first.kept, first.closed) == (1, (), ())
    assert settle(store, "anhui", [fault("timeout")], {"timeout": {"a"}}, run="r2", at=NOON + DAY).kept == first.opened
    blind = settle(store, "anhui", [fault("challenge", WHOLE)], {"challenge": {WHOLE}}, run="r3", at=NOON + 2 * DAY)
    assert (blind.closed, len(incidents_of(store, "anhui"))) == ((), 2)
    judged = {"timeout": {"a", "b"}, "challenge": {WHOLE}}
    assert len(settle(store, "anhui", [], judged, run="r4", at=NOON + 3 * DAY).closed) == 2
    (timeout, challenge) = incidents_of(store, "anhui", closed=True)
    assert (timeout.first_run, timeout.last_run, timeout.closing_run) == ("r1", "r2", "r4")
    assert (timeout.opened_at, timeout.last_at, timeout.closed_at) == (NOON, NOON + DAY, NOON + 3 * DAY)
    assert (challenge.cause, incidents_of(store)) == ("challenge", [])


def test_an_incident_of_several_sections_is_closed_section_by_section(store: Store):
    settle(store, "anhui", [fault("fill", "a"), fault("fill", "b", WARNING)], {}, run="r1", at=NOON)
    settle(store, "anhui", [], {"fill": {"a"}}, run="r2", at=NOON + DAY)
    (left,) = incidents_of(store)
    assert (left.sections, left.level, left.detail) == (("b",), ALARM, "a is wrong. b is wrong.")
    settle(store, "anhui", [fault("fill", "c")], {"fill": {"b", "c"}}, run="r3", at=NOON + DAY)
    assert [incident.sections for incident in incidents_of(store)] == [("c",)]
    assert settle(store, "anhui", [], {"fill": {"c"}}, run="r4", at=NOON + 2 * DAY).closed


def test_what_comes_back_within_a_day_is_the_same_incident_and_later_another_one(store: Store):
    (number,) = settle(store, "anhui", [fault("dns", WHOLE)], {}, run="r1", at=NOON).opened
    settle(store, "anhui", [], {"dns": {WHOLE}}, run="r2", at=NOON + DAY)
    back = settle(store, "anhui", [fault("dns", WHOLE)], {}, run="r3", at=NOON + DAY + FLAPPING - timedelta(minutes=1))
    assert (back.opened, back.reopened) == ((), (number,))
    settle(store, "anhui", [], {"dns": {WHOLE}}, run="r4", at=NOON + 2 * DAY)
    assert settle(store, "anhui", [fault("dns", WHOLE)], {}, run="r5", at=NOON + 2 * DAY + FLAPPING).opened != (number,)


def test_incidents_of_sites_and_of_the_work_itself_are_kept_apart(store: Store):
    settle(store, "", [Finding("disk", ALARM)], {"disk": {WHOLE}}, at=NOON)
    settle(store, "anhui", [fault("dns", WHOLE)], {"dns": {WHOLE}, "disk": {WHOLE}}, run="r1", at=NOON)
    assert [incident.cause for incident in incidents_of(store, "")] == ["disk"]
    assert [incident.cause for incident in incidents_of(store)] == ["disk", "dns"]


CAUSES, SECTIONS = ("dns", "fill", "quiet"), ("", "a", "b")
PAIRS = st.sets(st.tuples(st.sampled_from(CAUSES), st.sampled_from(SECTIONS)))


@pytest.fixture(scope="module")
def one_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path_factory.mktemp('incidents')}/s.sqlite", create=True) as opened:
        yield opened


@settings(max_examples=25)
@given(runs=st.lists(st.tuples(PAIRS, PAIRS, st.booleans()), min_size=1, max_size=6))
def test_property_an_open_incident_is_what_the_last_run_that_could_tell_showed(
    one_store: Store, runs: list[tuple[set[tuple[str, str]], set[tuple[str, str]], bool]]
):
    """Each pair of cause and section is wrong exactly when the last run that judged or found it found it."""
    wrong: set[tuple[str, str]] = set()
    site = uuid4().hex
    for number, (found, more, twice) in enumerate(runs):
        judged = {cause: {section for each, section in found | more if each == cause} for cause in CAUSES}
        for _ in range(1 + twice):
            settle(one_store, site, [fault(*pair) for pair in sorted(found)], judged, run=str(number), at=NOON + number * DAY)
        wrong = (wrong - more) | found
        alive = incidents_of(one_store, site)
        assert {(each.cause, section) for each in alive for section in each.sections} == wrong
        assert len(alive) == len({each.cause for each in alive})


def test_a_snooze_has_a_reason_a_name_and_an_end_and_holds_for_one_cause_or_all(store: Store):
    snooze(store, "anhui", "dns", reason="moves to another host", by="Li", since=NOON, until=NOON + 3 * DAY)
    (held,) = snoozed(store, NOON + DAY)
    assert (held.covers("anhui", "dns", NOON + DAY), held.covers("anhui", "tls", NOON + DAY), held.covers("jiangsu", "dns", NOON)) == (
        True,
        False,
        False,
    )
    assert snoozed(store, NOON + 3 * DAY) == []
    snooze(store, "anhui", "dns", reason="later than told", by="Li", since=NOON + DAY, until=NOON + 9 * DAY)
    snooze(store, "anhui", "", reason="all of it", by="Li", since=NOON + DAY, until=NOON + 9 * DAY)
    assert [each.reason for each in snoozed(store, NOON + 2 * DAY)] == ["later than told", "all of it"]
    assert snoozed(store, NOON + 2 * DAY)[1].covers("anhui", "tls", NOON + 2 * DAY)
    assert wake(store, "anhui", None, NOON + 2 * DAY) == 2
    assert snoozed(store, NOON + 2 * DAY) == []
    with pytest.raises(UnknownRecord):
        wake(store, "anhui", "dns", NOON + 2 * DAY)


@pytest.mark.parametrize("wrong", [{"reason": " "}, {"by": ""}, {"until": NOON}])
def test_a_snooze_that_says_too_little_is_refused(store: Store, wrong: dict[str, object]):
    given_: dict[str, object] = {"reason": "known", "by": "Li", "since": NOON, "until": NOON + DAY} | wrong
    with pytest.raises(StoreError):
        snooze(store, "anhui", "", **given_)  # type: ignore[arg-type]


def test_measures_come_back_from_complete_runs_before_a_run_the_newest_first(store: Store):
    for number, verdict in enumerate(("complete", "incomplete", "complete", "complete")):
        run = store.begin_run("anhui", ["tzgg"], NOON + number * DAY)
        write_measures(store, run, "anhui", [SectionMeasures("tzgg", "all", {"items": 0}), SectionMeasures("zcwj", "recent", {"items": 9})])
        write_measures(store, run, "anhui", [SectionMeasures("tzgg", "all", {"items": number}, 0.25)])
        store.end_run(run, verdict, "" if verdict == "complete" else "timeout", {}, NOON + number * DAY + timedelta(minutes=5))
    found = history(store, "anhui", "tzgg", before=run, most=9)
    assert [(each.measures, each.drift) for each in found] == [({"items": 2}, 0.25), ({"items": 0}, 0.25)]
    assert history(store, "anhui", "zcwj", before=run, most=9, reach="all") == []
    assert len(history(store, "anhui", "zcwj", before=run, most=1, reach="recent")) == 1
    assert last_complete(store, ["anhui", "jiangsu"]) == {"anhui": NOON + 3 * DAY + timedelta(minutes=5)}


def test_findings_come_back_in_their_order(store: Store):
    run = store.begin_run("anhui", ["tzgg"], NOON)
    found = [fault("fill", "b"), fault("fill", "a", WARNING)]
    write_findings(store, run, "anhui", found)
    write_findings(store, run, "anhui", [])
    assert findings_of(store, run) == found

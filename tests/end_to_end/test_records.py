"""A crawl of the record sites and of documents that list records: the store is what the replica's truth says, field by field."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, select

from harvester import quality
from harvester.config import Config
from harvester.replica.records import RECORD_SITES, RecordTruth
from storage import notice_queries
from storage.change_schema import changes
from storage.incidents import incidents_of
from storage.notice_schema import coverage, endings, tombstones
from storage.record_archive import RecordArchive
from storage.store import Store
from tests import warm
from tests.end_to_end.quality_by_hand import TOTAL, Group, by_hand
from tests.end_to_end.records import (
    LIST_SITES,
    SITES,
    Harvest,
    Row,
    all_truth,
    differences,
    fate,
    identity,
    match,
    replica,
    stored,
)
from tests.end_to_end.rights import day
from tests.end_to_end.terms_by_hand import last_day
from tests.storage.conftest import database, drop, postgres

__all__ = ["postgres"]
KINDS = {"permit", "penalty", "list-entry", "defaulter", "tax-case", "repair", "withdrawal"}


def rows_of(store: Store, table: Table) -> dict[str, Row]:
    with store.reading() as connection:
        return {row._mapping["id"]: dict(row._mapping) for row in connection.execute(select(table))}


def places(found: list[RecordTruth]) -> Counter[tuple[str, ...]]:
    return Counter((each.site, each.section, each.kind, each.subject_kind) for each in found)


# --- the store is the truth ----------------------------------------------------------------------------------------------


def test_the_sites_are_harvested_whole_and_without_a_failure(harvested: Harvest) -> None:
    assert {site: (run.verdict, run.cause, dict(run.failures)) for site, run in harvested.runs.items()} == {
        site: ("complete", "", {}) for site in SITES
    }


def test_more_than_two_thousand_records_of_every_kind_are_held_against_the_truth(harvested: Harvest) -> None:
    judged = [each for name, found in harvested.truth.items() if name != "unreachable" for each in found]
    assert len(judged) > 3000
    assert {each.kind for each in judged} == KINDS
    assert {each.subject_kind for each in judged} == {"legal", "individual-business", "person"}


def test_every_record_that_may_be_shown_is_stored_exactly_once_and_nothing_else_is(harvested: Harvest) -> None:
    matched = match(harvested.store, harvested.truth["shown"], harvested.rows)
    assert not places(matched.without)
    assert not Counter((row["site"], row["section"], row["kind"], row["subject_kind"]) for row in matched.extra)
    assert len(matched.pairs) == len(harvested.rows) == len(harvested.truth["shown"])


def test_every_field_of_every_record_says_what_the_truth_says(harvested: Harvest) -> None:
    matched = match(harvested.store, harvested.truth["shown"], harvested.rows)
    wrong: Counter[tuple[str, ...]] = Counter()
    examples = {}
    for truth, row in matched.pairs:
        for column, meant, found in differences(truth, row, harvested.on):
            wrong[truth.site, truth.section, truth.subject_kind, column] += 1
            if truth.subject_kind == "legal":
                examples[column] = (meant, found)
    assert not wrong, examples
    assert {truth.kind for truth, _ in matched.pairs} == KINDS - {"repair", "withdrawal"}
    assert len(matched.pairs) > 2000


def test_records_of_persons_and_shops_are_reduced(harvested: Harvest) -> None:
    secrets = {secret for found in harvested.truth.values() for each in found for secret in each.secrets}
    reduced = [row for row in harvested.rows if row["subject_kind"] != "legal"]
    assert reduced
    assert not [row["site"] for row in reduced if row["code"] or row["number"] or row["facts"] or row["further"]]
    told = "\n".join(str(row) for row in harvested.rows)
    assert not sum(secret in told for secret in secrets)


def test_what_the_source_ended_left_a_tombstone_with_its_reason_and_nothing_else(harvested: Harvest) -> None:
    graves = rows_of(harvested.store, tombstones)
    ended = harvested.truth["ended"]
    assert len(ended) > 50
    assert {each.ended for each in ended} == {"repaired", "withdrawn"}
    wrong = [each for each in ended if graves.get(identity(harvested.store, each), {}).get("reason") != each.ended]
    assert not places(wrong)
    assert not {row["id"] for row in harvested.rows} & graves.keys()


def test_what_a_repair_or_withdrawal_names_is_taken_down_unless_its_term_was_over(harvested: Harvest) -> None:
    graves, found = rows_of(harvested.store, tombstones), rows_of(harvested.store, endings)
    named = [each for each in harvested.truth["ended-by"] if each.key]
    over = [each for each in named if (last := last_day(each, harvested.on)) and last < harvested.on]
    reasons = {id(each): graves.get(identity(harvested.store, each), {}).get("reason") for each in named}
    assert not places([each for each in over if reasons[id(each)]])
    assert not places([each for each in named if each not in over and reasons[id(each)] != each.ended_by])
    buried = len(named) - len(over)
    # Those inside documents have no key of their own: 4 entries of two documents.
    inside = sum(1 for each in harvested.truth["ended-by"] if not each.key)
    outcomes = Counter(row["outcome"] for row in found.values())
    assert len(found) == len(harvested.truth["ending"])
    assert outcomes["taken-down"] == buried + inside
    assert outcomes["nothing-found"] == len(named) - buried
    assert not outcomes["ambiguous"]


def test_tombstones_stand_for_ended_records_alone(harvested: Harvest) -> None:
    graves = rows_of(harvested.store, tombstones)
    ended = [*harvested.truth["ended"], *harvested.truth["ended-by"]]
    known = {identity(harvested.store, each) for each in ended if each.key}
    inside = [row for key, row in graves.items() if key not in known]
    assert {row["site"] for row in inside} <= set(LIST_SITES)
    assert len(inside) == sum(1 for each in ended if not each.key)


def test_what_is_over_is_neither_stored_nor_buried(harvested: Harvest) -> None:
    over = [each for each in harvested.truth["over"] if each.key]
    assert len(over) > 500
    kept = {row["id"] for row in harvested.rows} | rows_of(harvested.store, tombstones).keys()
    assert not [each for each in over if identity(harvested.store, each) in kept]


def test_the_archive_of_records_holds_each_shown_one_and_no_other(harvested: Harvest) -> None:
    archive = RecordArchive(harvested.store.archive.folder)
    for row in harvested.rows[::40]:
        place = notice_queries.notice(harvested.store, row["id"], today=harvested.on)
        assert place["site"] == row["site"]
    assert not archive.verify().problems


def test_the_ledger_says_what_each_site_has_and_names_every_gap(harvested: Harvest) -> None:
    with harvested.store.reading() as connection:
        found = [dict(row._mapping) for row in connection.execute(select(coverage).where(coverage.c.slice == ""))]
    ledger = {(row["site"], row["section"]): row for row in found if row["site"] in RECORD_SITES}
    reachable: Counter[tuple[str, str]] = Counter()
    for name, truths in harvested.truth.items():
        if name != "unreachable":
            reachable.update((each.site, each.section) for each in truths if each.site in RECORD_SITES)
    assert {place: row["listed"] for place, row in ledger.items()} == dict(reachable)
    for (site, section), row in ledger.items():
        assert row["stated"] in (None, harvested.stated[site][section])
        assert bool(row["gaps"]) == (row["capped"] or not row["complete"] or section == "lists")
    assert sum(row["capped"] for row in ledger.values()) == 1


# --- a second crawl ------------------------------------------------------------------------------------------------------


def test_a_second_crawl_of_unchanged_sites_finds_nothing_new_and_nothing_changed(harvested: Harvest) -> None:
    assert {run.verdict for run in harvested.again.values()} == {"complete"}
    effects = sum((Counter(run.notices) for run in harvested.again.values()), Counter())
    assert not {name: effects[name] for name in ("new", "changed", "ended", "reread", "endings") if effects[name]}
    assert sum(run.captures.get("record", 0) for run in harvested.again.values()) == 0


def test_a_second_crawl_asks_for_lists_alone(harvested: Harvest) -> None:
    details = ("getxkinfo", "getcfinfo", "webDetail", "webCiteDetail", "dishonestyDetail.do", "sgsDetail", "queryByQymcAndtyxydm?id")
    asked = [path for path in harvested.asked_again if any(word in path for word in details)]
    assert not asked
    for site in RECORD_SITES:
        assert harvested.again[site].requests == harvested.again[site].least


def test_a_second_crawl_leaves_every_table_as_it_was_but_the_clocks(harvested: Harvest) -> None:
    before, after = harvested.tables
    assert before.keys() == after.keys()
    assert [name for name in before if before[name] != after[name]] == []
    with harvested.store.reading() as connection:
        assert connection.execute(select(changes.c.kind).where(changes.c.entity == "notice", changes.c.kind == "changed")).all() == []


# --- PostgreSQL ----------------------------------------------------------------------------------------------------------


@pytest.mark.postgres
def test_postgresql_holds_the_same_truth(postgres: str, tmp_path: Path) -> None:
    url, names, on = database(postgres), ("zhejiang_records", *LIST_SITES), day(0).date()
    with replica() as sites:
        truths = [each for each in all_truth(sites) if each.site in names]
        config = Config(store=url, archive=tmp_path / "archive", bases=sites.bases, pace=0.0)
        for hour in (9, 12):
            assert {run.verdict for run in warm.crawl(names, config, moment=day(0, hour))} == {"complete"}
    with Store.open(url, archive=tmp_path / "archive") as store:
        matched = match(store, [each for each in truths if fate(each, on) == "shown"], stored(store))
        assert not matched.without
        assert not matched.extra
        assert not [column for truth, row in matched.pairs for column, _, _ in differences(truth, row, on)]
        assert len(matched.pairs) > 50
    drop(postgres, url)


# --- the quality report ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def reported(harvested: Harvest) -> dict[Group, dict[str, Any]]:
    rows = quality.report(harvested.store, harvested.on)
    return {(row["region"], row["site"], row["month"]): row for row in rows}


def test_every_figure_of_every_region_site_and_month_is_that_computed_by_hand(harvested: Harvest, reported: dict[Group, Any]) -> None:
    hand = by_hand(harvested)
    shown = {group: row for group, row in reported.items() if row["records"]}
    assert shown.keys() == hand.keys()
    wrong = {
        group: {name: (value, shown[group][name]) for name, value in row.items() if shown[group][name] != value}
        for group, row in hand.items()
    }
    assert {group: row for group, row in wrong.items() if row} == {}
    assert len({group[0] for group in hand}) > 10
    assert len({group[2] for group in hand}) > 12


def test_the_total_counts_what_the_truth_made_wrong(harvested: Harvest, reported: dict[Group, Any]) -> None:
    shown = [each for each in harvested.truth["shown"] if each.subject_kind == "legal"]
    total = reported[TOTAL]
    assert total["wrong"] == sum(bool(each.code_problem) for each in shown) > 0
    assert total["duplicate"] >= sum(bool(each.code_borrowed) and not each.code_problem for each in shown) * 0.5 > 0
    assert total["dated"] > 50
    assert total["prompt"] < total["dated"]


def test_take_downs_are_counted_by_the_month_they_were_due_and_by_their_delay(harvested: Harvest, reported: dict[Group, Any]) -> None:
    due: dict[tuple[str, str], list[int]] = defaultdict(list)
    ends = {each.number: each.decided_on for each in harvested.truth["ending"] if each.number}
    inside = {(each.site, each.subject_name): each.decided_on for each in harvested.truth["ending"] if each.document}
    for each in [*harvested.truth["ended"], *harvested.truth["ended-by"]]:
        day = each.removed_on
        if each.ended_by:
            last = last_day(each, harvested.on)
            if last is not None and last < harvested.on:
                continue
            day = ends.get(each.number) or inside[each.site, each.subject_name]
        day = day or harvested.on.isoformat()
        due[each.site, day[:7]].append((harvested.on - date.fromisoformat(day)).days)
    left = {(group[1], group[2]): row for group, row in reported.items() if row["taken_down"] and group != TOTAL}
    assert {place: row["taken_down"] for place, row in left.items()} == {place: len(days) for place, days in due.items()}
    # What ended before the store ever showed it is not late: it left, or never came, on the day of its first crawl.
    assert {row["late"] for row in left.values()} == {0}
    assert reported[TOTAL]["taken_down"] == sum(map(len, due.values())) > 50


def test_healthy_runs_of_the_sites_of_records_find_nothing_wrong(harvested: Harvest) -> None:
    for runs in (harvested.runs, harvested.again):
        assert {site: runs[site].findings for site in RECORD_SITES} == dict.fromkeys(RECORD_SITES, ())
    assert [each for each in incidents_of(harvested.store) if each.site in RECORD_SITES] == []

"""A redesign is caught by the first run, and its proposed selectors bring the site back without a line of code."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import update

from harvester.accepted import rules_for
from harvester.crawl import settings_for
from harvester.monitoring import proposing
from harvester.monitoring.reporting import drift_rows
from harvester.monitoring.specimens import drift_of
from harvester.replica.attachments import build
from harvester.replica.document import ReplicaDocument
from harvester.replica.families.base import site_facts
from harvester.replica.server import Replica
from spiders.factsheet import load_sheet, read_sheet
from spiders.sheet_toml import sheet_as_toml
from storage import operations_queries, specimens
from storage.operations_schema import proposals
from storage.records import Verdict
from tests.drift.world import World, world

SOAK = os.environ.get("HARVESTER_SOAK") == "1"
TEMPLATE = ("no-list-container", "no-body-container")


def _published(site: str) -> list[ReplicaDocument]:
    """Return a dozen documents: with and without a file, a number, an issuer."""
    file = build("信用工作任务分解表.docx", "<h1>信用工作任务分解表</h1><p>各单位请按本表抓好落实，按季度报送进展。</p>")
    return [
        ReplicaDocument(
            section.code,
            f"关于做好第{n}批{section.name}信用工作的通知",
            date(2026, 1 + n, 3 + n),
            f"<p>现将第{n}批{section.name}工作安排印发给你们，请结合实际认真组织实施，遇到的问题及时反馈。</p><p>各地要建立台账{n}。</p>",
            site=site,
            number=f"信用办〔2026〕{n}号" if n % 2 else "",
            attachments=(file,) if n == 6 else (),
        )
        for section in site_facts()[site].sections
        for n in range(1, 7)
    ]


@pytest.fixture
def small(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    site = str(request.param)
    with Replica([site], extra=_published(site), own_content=False) as replica:
        yield world(tmp_path, replica, site)


@pytest.fixture
def whole(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    site = str(request.param)
    with Replica([site]) as replica:
        yield world(tmp_path, replica, site)


def _mended(found: World, fault: str, section: str = "") -> None:
    """Crawl, redesign, crawl, accept, crawl: caught at once and where it is, mended, and nothing told that did not happen."""
    sections = [each.id for each in load_sheet(found.site).sections if not each.without_list]
    assert found.crawl().verdict == Verdict.COMPLETE
    before = found.told()
    found.replica.fault = f"{fault.partition('@')[0]}:{found.site}{'/' + section if section else ''}@{fault.partition('@')[2]}"
    new = found.publish(section)

    first = found.crawl()
    assert first.verdict in (Verdict.FAILED, Verdict.INCOMPLETE)
    assert first.cause in TEMPLATE
    reached = {section} if section else set(sections) if fault.endswith(("@all", "@list")) else {_published_in(found)}
    with found.store() as store:
        drifts = {each: drift_of(store, found.site, each) for each in sections}
        bad = {each.section for each in specimens.of_site(store, found.site) if not each.good}
    assert bad == reached
    assert all((drifts[each] or 0) > 0.3 for each in reached)
    assert all((drifts[each] or 0) < 0.3 for each in set(sections) - reached)
    assert found.told()[len(before) :] == []

    answer = found.propose()
    assert not answer.reasons
    assert all(each.proof["holds"] for each in answer.proposals), [each.proof["wrong"] for each in answer.proposals]
    decided = found.accept()
    assert not decided.refused
    assert len(decided.accepted) == len(answer.proposals) > 0
    with found.store() as store:
        assert {row["state"] for row in drift_rows(store, found.site)} == {"read"}
    assert found.propose().proposals == ()

    last = found.crawl(recheck="all")
    assert (last.verdict, last.failures.get("no-body-container", 0)) == (Verdict.COMPLETE, 0)
    assert last.gone == 0
    assert dict(last.effects).get("new") == 1
    assert [(row[0], row[1]) for row in found.told()[len(before) :]] == [("document", "added")]
    with found.store() as store:
        assert new in store.keys(found.site)
        assert not [each for kind in ("list", "article") for each in specimens.bad_ones(specimens.of_site(store, found.site), kind)]
        assert all((drift_of(store, found.site, each) or 0) < 0.3 for each in sections)


def _published_in(found: World) -> str:
    facts = site_facts()[found.site].sections[0]
    return facts.id or facts.code


@pytest.mark.parametrize(
    ("small", "fault"), [("anhui", "redesign@all"), ("shanghai", "redesign-2@all"), ("shanghai", "redesign@article")], indirect=["small"]
)
def test_a_redesign_of_lists_and_articles_is_mended_without_code(small: World, fault: str) -> None:
    _mended(small, fault)


def test_a_site_of_records_leaves_skeletons_only_and_tells_how_far_it_drifted(tmp_path: Path) -> None:
    with Replica(["anhui_records"]) as replica:
        found = world(tmp_path, replica, "anhui_records")
        found.crawl(section="defaulters", limit=3)
        replica.fault = "redesign:anhui_records@all"
        found.crawl(section="defaulters", limit=3)
        with found.store() as store:
            held = specimens.of_site(store, "anhui_records")
            assert {each.good for each in held} == {True, False}
            assert all(each.location is None for each in held)
            assert (drift_of(store, "anhui_records", "defaulters") or 0) > 0.3


@pytest.mark.skipif(not SOAK, reason="runs with HARVESTER_SOAK=1")
@pytest.mark.parametrize(
    ("whole", "fault"),
    list(product(site_facts(), ("redesign@all", "redesign@list", "redesign@article", "redesign-2@all"))),
    indirect=["whole"],
)
def test_every_site_is_mended_after_a_redesign_of_lists_of_articles_and_of_both(whole: World, fault: str) -> None:
    _mended(whole, fault)


@pytest.mark.skipif(not SOAK, reason="runs with HARVESTER_SOAK=1")
@pytest.mark.parametrize(("whole", "section"), [("shanghai", "zcwj"), ("suzhou_sip", "gndt")], indirect=["whole"])
def test_a_redesign_of_one_section_is_seen_and_mended_there(whole: World, section: str) -> None:
    _mended(whole, "redesign@list", section)


@pytest.mark.parametrize("small", ["national"], indirect=True)
def test_accepted_rules_reach_the_settings_of_every_crawl_and_refused_and_withdrawn_ones_do_not(small: World) -> None:
    small.crawl()
    small.replica.fault = "redesign:national@list"
    at = small.crawl().ended_at
    sheet = load_sheet("national")
    small.propose()
    with small.store() as store:
        proposing.refuse(store, "national", (), "the office", at)
        assert proposing.effective(store, sheet) == sheet
    small.propose()
    accepted = small.accept().accepted
    assert [each["field"] for each in rules_for(small.config)["national"]] == [each.field for each in accepted]
    assert settings_for(small.config)["HARVESTER_RULES"]["national"] == rules_for(small.config)["national"]
    with small.store() as store:
        in_force = proposing.effective(store, sheet)
        assert read_sheet(sheet_as_toml(in_force), "national") == in_force != sheet
        proposing.withdraw(store, "national", [each.id for each in accepted], "the office", at)
        assert proposing.effective(store, sheet) == sheet
    assert rules_for(small.config) == {}


@pytest.mark.parametrize("small", ["anhui"], indirect=True)
def test_a_mended_site_that_has_nothing_new_is_read_and_without_drift_until_its_rules_are_withdrawn(small: World) -> None:
    small.crawl()
    small.replica.fault = "redesign:anhui@all"
    small.crawl()
    first = [(each.id, each.field) for each in small.propose().proposals]
    assert [(each.id, each.field) for each in small.propose().proposals] == first
    with small.store() as store:
        proposing.refuse(store, "anhui", [first[0][0]], "the office", datetime.now(UTC))
    again = small.propose().proposals
    assert {each.id for each in again} - {number for number, _ in first} == {max(each.id for each in again)}
    assert small.accept().refused == ()
    assert small.crawl().verdict == Verdict.COMPLETE  # no article is asked for: no good page shows that they are read
    with small.store() as store:
        (row,) = drift_rows(store, "anhui")
        assert (row["state"], row["drift"] < 0.1, row["proposed"]) == ("read", True, 0)
        (measured,) = operations_queries.drift_now(store, [specimens.last_run(store, "anhui")]).values()
        assert measured["drift"] < 0.1
        proposing.withdraw(store, "anhui", (), "the office", datetime.now(UTC))
        assert [each["state"] for each in drift_rows(store, "anhui")] == ["unread"]


@pytest.mark.parametrize("small", ["national"], indirect=True)
def test_a_rule_that_no_longer_proves_is_not_accepted(small: World) -> None:
    small.crawl()
    small.replica.fault = "redesign:national@list"
    small.crawl()
    made = small.propose().proposals
    with small.store() as store, store.writing() as connection:
        item_rule = next(each for each in made if each.field == "item")
        wrong = {"xpath": "./section[@class='elsewhere']", "certainty": "inferred", "place": "before"}
        connection.execute(update(proposals).where(proposals.c.id == item_rule.id).values(rule=wrong))
    decided = small.accept()
    assert not decided.accepted
    assert "no line is read" in decided.refused[0]
    assert rules_for(small.config) == {}

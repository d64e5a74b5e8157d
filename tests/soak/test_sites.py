"""What a site of a soak does when it is told to: it has each fault and gets over it, and shows what was changed."""

from __future__ import annotations

import random
from collections.abc import Iterator

import httpx
import pytest

from tests.soak.plan import EXPLAINS, REFUSED, ROBOTS_BROKEN, ROBOTS_GONE
from tests.soak.sites import ROBOTS, Site


@pytest.fixture
def site() -> Iterator[Site]:
    with Site("anhui") as made:
        yield made


def status(site: Site, path: str = "/robots.txt") -> int:
    """Return the status that the site answers with, 0 where it does not answer."""
    try:
        return httpx.get(site.bases[site.name].rstrip("/") + path, trust_env=False).status_code
    except httpx.ConnectError:
        return 0


@pytest.mark.parametrize(("fault", "answer"), [(REFUSED, 0), (ROBOTS_GONE, 404), (ROBOTS_BROKEN, 500)])
def test_a_site_is_away_or_without_robots_and_comes_back_at_the_same_place(site: Site, fault: str, answer: int) -> None:
    base = site.bases[site.name]
    site.suffer(fault)
    assert status(site) == answer
    site.suffer("")
    assert (status(site), site.bases[site.name]) == (200, base)


def test_the_replica_knows_every_other_fault_of_a_plan(site: Site) -> None:
    for fault in EXPLAINS.keys() - {REFUSED, *ROBOTS}:
        site.suffer(fault)
        assert site.fault, fault
        site.suffer("")
        assert not site.fault


def test_what_is_published_edited_and_taken_back_is_shown_so(site: Site) -> None:
    chance, before = random.Random(1), site.shown().keys()
    site.change("withdraw", chance, 1)  # nothing that a soak published is there yet
    assert site.shown().keys() == before
    site.change("publish", chance, 100_001)
    (key,) = site.shown().keys() - before
    marks = site.shown()[key].marks
    assert marks
    assert all(mark.startswith("100001-") for mark in marks)
    site.change("edit", chance, 100_002)
    assert site.shown()[key].marks != marks
    site.change("withdraw", chance, 100_003)
    assert (site.shown().keys(), site.withdrawn) == (before, {key})

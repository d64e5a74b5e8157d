"""Weeks, or a year, of scheduled crawls: every change is told in time, nothing is invented, and hardly a request is one too many."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.end_to_end.year import PROVINCES, SHAPES, Lived, live_through

SOAK = bool(os.environ.get("HARVESTER_SOAK"))
MOST_TOO_MANY = 1.05


def held(lived: Lived) -> None:
    assert not lived.wrong, "\n".join(lived.wrong[:20])
    for site, least in lived.least.items():
        assert lived.requests[site] <= MOST_TOO_MANY * least, (site, lived.requests[site], least)
        # One request less than the least would be a promise not kept, or an oracle that is wrong.
        assert lived.requests[site] >= 0.99 * least, (site, lived.requests[site], least)


def test_three_weeks_of_a_busy_site_are_told_in_time_and_none_is_invented(tmp_path: Path) -> None:
    lived = live_through(tmp_path, 23, ["anhui"], pages=20, busy=4.0, seed=11)
    held(lived)
    assert lived.verdicts["well complete"] >= 15
    assert {"document added", "text changed", "document gone", "document moved"} <= lived.told.keys()


@pytest.mark.slow
@pytest.mark.skipif(not SOAK, reason="make soak")
def test_a_year_of_four_sites_is_told_in_time_and_none_is_invented(tmp_path: Path) -> None:
    lived = live_through(tmp_path, 365, PROVINCES)
    held(lived)
    assert sum(lived.told.values()) > 1000
    assert len(SHAPES) == len(lived.requests) == 4
    assert {"document added", "document gone", "document back", "document moved", "text changed"} <= lived.told.keys()

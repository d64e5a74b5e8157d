"""The check of a live site tells more than the hits of its rules, keeps nothing and asks for little."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from harvester.replica.server import Replica
from spiders.signs import SIGNS, signs_of
from tests import warm
from tests.drift.world import world


def _checked(folder: Path, replica: Replica) -> tuple[int, list[dict[str, Any]]]:
    told = {"HARVESTER_STORE": f"sqlite:///{folder}/none.sqlite", "HARVESTER_BASES": json.dumps(replica.bases), "HARVESTER_PACE": "0"}
    ran = warm.program("check", "national", "--format", "json", environment={**os.environ, **told})
    return ran.returncode, json.loads(ran.stdout)


def test_a_check_tells_robots_charset_family_and_days_and_fails_where_a_page_is_not_read(tmp_path: Path) -> None:
    with Replica(["national"]) as replica:
        status, rows = _checked(tmp_path, replica)
        asked = len(replica.requests)
        replica.fault = "redesign:national@article"
        broken, others = _checked(tmp_path, replica)
    told = {(row["field"], row["rule"]): row["matches"] for row in rows}
    assert (status, asked <= 6) == (0, True)
    assert told["robots", "allows what was asked"] == 1
    assert told["dates", "20 of 20"] == 20
    assert any(field == "charset" and rule.startswith("utf-8") for field, rule in told)
    assert any(field == "family" and rule.startswith("trs") and count for (field, rule), count in told.items())
    assert broken == 1
    assert [(row["field"], row["rule"]) for row in others if row["field"] == "unread"] == [("unread", "article")]
    assert not list(tmp_path.iterdir())


def test_a_column_that_only_leads_to_its_list_is_not_held_against_the_list(tmp_path: Path) -> None:
    with Replica(["zhejiang"]) as replica:
        found = world(tmp_path, replica, "zhejiang")
        found.crawl(limit=3)
        told = {"HARVESTER_STORE": found.config.store, "HARVESTER_ARCHIVE": str(found.config.archive)}
        told |= {"HARVESTER_BASES": json.dumps(replica.bases), "HARVESTER_PACE": "0"}
        ran = warm.program("check", "zhejiang", "--format", "json", environment={**os.environ, **told})
    drifts = {row["rule"]: row["matches"] for row in json.loads(ran.stdout) if row["field"] == "drift"}
    assert drifts == {"0.00 from the last good list": 0, "0.00 from the last good article": 0}


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("challenge@all", "challenge"),
        ("challenge-412@all", "challenge"),
        ("500@list", "http-error"),
        ("gone@all", "not-found"),
        ("reset@list", "connection"),
        ("half-body@list", "truncated"),
        ("half-page@list", "truncated"),
        ("slow@list", "timeout"),
        ("redesign@all", "no-list-container"),
    ],
)
def test_a_check_of_a_site_in_trouble_ends_with_the_cause(tmp_path: Path, fault: str, cause: str) -> None:
    with Replica(["anhui"], fault=fault, delay=60) as replica:
        told = {"HARVESTER_STORE": f"sqlite:///{tmp_path}/none.sqlite", "HARVESTER_BASES": json.dumps(replica.bases), "HARVESTER_PACE": "0"}
        limits = {"HARVESTER_TIMEOUT": "1", "HARVESTER_LANG": "en"}
        ran = warm.program("check", "anhui", "--format", "json", environment={**os.environ, **told, **limits})
    assert ran.returncode == 1
    assert cause in {row["rule"] for row in json.loads(ran.stdout) if row["field"] == "failure"}
    assert f"({cause})" in ran.stderr
    assert "in a browser" in ran.stderr
    assert not list(tmp_path.iterdir())


def test_every_family_has_its_signs() -> None:
    assert list(signs_of("createPageHTML(3,0) <div class=TRS_Editor>")) == ["trs"]
    assert len(SIGNS) == 6


def test_a_check_ends_by_saying_what_it_means_and_calls_no_share_a_number_of_hits(tmp_path: Path) -> None:
    with Replica(["national"]) as replica:
        told = {"HARVESTER_STORE": f"sqlite:///{tmp_path}/none.sqlite", "HARVESTER_BASES": json.dumps(replica.bases), "HARVESTER_PACE": "0"}
        ran = [warm.program("check", "national", environment={**os.environ, **told, "HARVESTER_LANG": lang}) for lang in ("en", "zh")]
        replica.fault = "redesign:national@article"
        broken = warm.program("check", "national", environment={**os.environ, **told, "HARVESTER_LANG": "zh"})
    english, chinese = (each.stdout.splitlines() for each in ran)
    assert english[-1] == "A selector with 0 is one that these pages did not need. Nothing needs to be done."
    assert "站点说明仍然适用" in chinese[-2]
    days = next(line for line in english if "lines with a day" in line)
    assert "20 of 20" in days
    assert "│ 20 " not in days.replace("20 of 20", "")
    assert not any("http://" in line for line in english[2:-2] if "│" in line)
    assert "未能读取" in broken.stderr

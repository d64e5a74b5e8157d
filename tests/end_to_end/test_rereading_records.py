"""``harvester derive`` reads public credit records again from their archive, by today's decisions, and asks no site for it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from harvester.replica.records import list_documents
from storage.dump import dump
from storage.record_archive import RecordArchive
from storage.takedown import run as take_down
from tests.end_to_end.rights import Place, day, replicated
from tests.storage.takedown_cases import locations

SITE = "suzhou_sip"
MENTION = "园区生态环境局"


@pytest.fixture(scope="module")
def harvested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("harvested")
    documents = [document for document in list_documents() if document.site == SITE]
    with replicated(folder, [SITE], extra=documents, own_content=False) as (_, place):
        place.crawl(at=day(-1))
    return folder


@pytest.fixture
def place(harvested: Path, tmp_path: Path) -> Place:
    """Give a copy of the store; its site is not served any more."""
    shutil.copytree(harvested, tmp_path / "place")
    return Place(tmp_path / "place")


def contents(place: Place) -> list[str]:
    with place.opened() as store:
        return list(dump(store))


def derived(place: Place, *words: str, status: int = 0) -> dict[str, Any]:
    row: dict[str, Any] = place.ask("derive", *words, at=day(0), status=status)[0]
    return row["records"]


def bodies(place: Place) -> set[str | None]:
    return {row["authority"]["name"] for row in place.ask("notices", at=day(0))}


def test_a_decision_of_review_reaches_stored_records_and_a_dry_run_writes_nothing(place: Place) -> None:
    count = len(place.ask("notices", at=day(0)))
    same = {"read": count, "unchanged": count, "altered": 0, "ended": 0, "unread": 0, "unmasked": 0}
    assert count
    assert derived(place) == same
    assert bodies(place) == {None}

    place.say("review", "decide", MENTION, "--region", "any", "--name", "苏州工业园区生态环境局", "--new", "--by", "王审核", at=day(0))
    before, changes = contents(place), place.ask("changes", "--limit", "0", at=day(0))
    assert derived(place, "--dry-run") == same | {"unchanged": 0, "altered": count}
    assert contents(place) == before

    assert derived(place) == same | {"unchanged": 0, "altered": count}
    assert bodies(place) == {"苏州工业园区生态环境局"}
    assert place.ask("changes", "--limit", "0", at=day(0)) == changes, "a better reading is no change of the source"
    assert derived(place) == same


def test_a_record_that_is_erased_or_lost_is_told_and_its_reading_stays(place: Place) -> None:
    with place.opened() as store:
        first, second = locations(store)[:2]
        archive = RecordArchive(store.archive.folder)
        archive.erase([first])
    count = len(place.ask("notices", at=day(0)))
    assert derived(place, status=1) == {"read": count, "unchanged": count - 1, "altered": 0, "ended": 0, "unread": 1, "unmasked": 0}
    told = place.say("derive", at=day(0), status=1)
    assert f"{first.file}@{first.offset} was taken down" in told
    (place.folder / "archive" / second.file).unlink()
    assert derived(place, status=1)["unread"] == count
    assert len(place.ask("notices", at=day(0))) == count


def test_a_record_that_was_taken_down_is_read_by_nobody_again(place: Place) -> None:
    count = len(place.ask("notices", at=day(0)))
    gone = place.ask("notices", at=day(0))[0]["id"]
    place.say("objections", "add", gone, "--statement", "不是本单位", at=day(0))
    place.say("objections", "decide", "1", "upheld", at=day(0))
    with place.opened() as store:
        take_down(store, day(0).date())
    assert derived(place)["read"] == count - 1
    assert gone not in {row["id"] for row in place.ask("notices", at=day(0))}

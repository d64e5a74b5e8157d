"""No record is shown without an entry in the log: every page and address of the API is asked, and whoever saw a firm stands there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from harvester.config import Config
from storage import audit
from storage.store import Store
from tests.browser.filled import fill
from tests.browser.samples import addresses
from tests.storage.notice_samples import FIRM, OTHER
from tests.web import sample
from tests.web.people import House, people

WORD = quote("青禾")
STATEMENT = quote("SELECT * FROM v_notices")
OF_THE_API = (
    "/api/v1/notices", "/api/v1/notices?format=csv", "/api/v1/notices?format=jsonl", f"/api/v1/dossiers/{FIRM.code}",
    f"/api/v1/search?words={WORD}", f"/api/v1/find?text={FIRM.code}", f"/api/v1/sql?sql={STATEMENT}", "/api/v1/changes", "/changes.json",
    "/changes.atom", f"/search?words={WORD}", f"/search?q={WORD}", f"/find?q={FIRM.code}", f"/find?q={quote(FIRM.name)}",
    f"/sql?sql={STATEMENT}", f"/sql/answer.csv?sql={STATEMENT}", f"/s/{FIRM.code}", f"/records?code={FIRM.code}",
)  # fmt: skip
SHOWS = {"/records", "/api/v1/notices", "/api/v1/notices?format=csv", f"/api/v1/dossiers/{FIRM.code}", f"/s/{FIRM.code}"}
"""Some that must show the firm, or this test would hold nothing."""


@pytest.fixture(scope="module")
def house(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with sample.copied(sample_folder, tmp_path_factory.mktemp("trail") / "room") as store:
        people(store)
        fill(store)
        yield House(store)


def entries(store: Store) -> list[dict[str, object]]:
    return [row for row in audit.entries(store, actor="olga") if row["rows"]]


def test_whoever_is_shown_a_firm_stands_in_the_log_and_the_firm_does_not(house: House) -> None:
    client = house.person("olga")
    asked = dict.fromkeys([*(page.path for page in addresses(house.store)), *OF_THE_API])
    shown, unseen = set(), []
    for address in asked:
        before = len(entries(house.store))
        answer = client.get(address, headers={"accept": "text/html" if "/api/" not in address else "*/*"})
        given = answer.text.replace(FIRM.code, "", 1) if FIRM.code in address else answer.text
        if any(name in given for name in (FIRM.name, OTHER.name)) and quote(FIRM.name) not in address:
            shown.add(address)
            if len(entries(house.store)) == before:
                unseen.append(address)
    assert unseen == []
    assert shown >= SHOWS
    kept = json.dumps(entries(house.store), default=str, ensure_ascii=False)
    assert not any(word in kept for word in (FIRM.name, str(FIRM.code), OTHER.name, "青禾"))


def test_the_settings_of_a_room_come_from_the_environment_too() -> None:
    assert Config.load(environ={"HARVESTER_ROOM": '{"base": "https://room.example"}'}).room == {"base": "https://room.example"}

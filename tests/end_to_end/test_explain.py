"""The way back from every task: the archived record, its bytes, the repairs, the rule, the gazetteer's entries."""

from __future__ import annotations

from pathlib import Path

import pytest

from harvester.cli.explaining import lines
from harvester.config import Config
from harvester.locating import locate
from harvester.replica.server import Replica
from normalizers.text.decode import decode
from normalizers.text.fold import fold
from storage import queries
from storage.explain import explain
from storage.selection import Filters
from storage.store import Store
from tests import warm

SITES = ["anhui", "zhejiang"]
PACKED = {"docx", "xlsx", "pdf"}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("explain")
    config = Config(store=f"sqlite:///{folder}/store.sqlite", archive=Path(folder) / "archive", pace=0)
    with Replica(SITES) as replica:
        warm.crawl(SITES, config.with_bases(replica.bases))
    with Store.open(config.store, archive=config.archive) as opened:
        yield opened


@pytest.fixture(scope="module")
def records(store):
    return [explain(store, task["id"]) for task in queries.tasks(store, Filters(all_copies=True))]


@pytest.fixture(scope="module")
def ways(store, records):
    """The way back from every task, as it is told."""
    return [list(lines(store, record)) for record in records]


def test_there_are_tasks_of_every_format(records) -> None:
    assert {record["version"]["format"] for record in records} == {"html", *PACKED}


def test_the_told_way_back_names_task_rule_evidence_repairs_document_and_archived_record(ways) -> None:
    for way in ways:
        labels = {label for label, _ in way}
        assert {"task", "rule", "evidence", "repairs", "document", "derived", "archive", "bytes"} <= labels


def test_every_body_is_told_with_its_gazetteer_entry_or_as_unresolved(records, ways) -> None:
    for record, way in zip(records, ways, strict=True):
        for agency in record["task"]["agencies"]:
            told = next(text for label, text in way if label == agency["role"] and text.startswith(agency["mention"]))
            assert (agency["name"] in told) if agency["resolved"] else ("not resolved" in told)


def test_the_archived_payload_is_the_one_the_store_names(store, records) -> None:
    assert all(record["archived"]["readable"] and record["archived"]["sha256"] == record["capture"]["sha256"] for record in records)


def test_the_bytes_of_a_page_hold_the_task_s_words_as_the_site_wrote_them(store, records) -> None:
    pages = [record for record in records if record["version"]["format"] == "html"]
    for record in pages:
        place = locate(store, record)
        assert place.start is not None, record["task"]["id"]
        capture = record["capture"]
        from storage.sources import source

        payload = store.archive.read(source(store, f"{record['document']['id']}@{record['version']['number']}").capture.location).body
        piece = payload[place.start : place.end].decode(place.encoding)
        raw = fold(record["evidence"]["raw"])
        assert fold(piece)[:8] in raw, (capture["url"], piece[:40])
        assert len(fold(piece)) >= 8


def test_a_packed_file_is_told_by_its_own_unit(store, records) -> None:
    for record in records:
        if record["version"]["format"] in PACKED:
            place = locate(store, record)
            assert place.start is None
            assert place.origin.split()[0] in {"row", "page", "paragraph"}


def test_the_damaged_page_tells_its_repairs_and_what_was_printed(records, ways) -> None:
    beside = zip(records, ways, strict=True)
    damaged = [(record, way) for record, way in beside if any(repair["kind"] == "readings" for repair in record["repairs"])]
    assert damaged
    for record, way in damaged:
        told = dict(way)
        assert "(" in told["as printed"]
        assert decode(record["evidence"]["raw"].encode()).text != record["evidence"]["text"]

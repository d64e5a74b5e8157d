"""Personal data are nowhere: a store that the whole program filled and every outlet of it are looked through, byte by byte.

``python -m tests.end_to_end.test_masking`` does so with every generated text; ``make test`` with a part of them.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from harvester.hints import hints_to_json
from harvester.notices import NoticeKeeper
from harvester.replica.records import RECORD_SITES, RecordTruth, list_documents, list_truth
from normalizers.agencies import Decisions
from normalizers.documents import UnreadableError
from normalizers.intake import intake
from normalizers.notices.records import NoticeKind, PrintedField, PrintedRecord
from normalizers.records import Hints
from storage.archive import ArchiveWriter
from storage.records import CaptureRow, Publication
from storage.store import Store
from tests import warm
from tests.end_to_end.rights import Place, day, replicated
from tests.privacy.generate import Sample, samples
from tests.privacy.scan import leaks

SOAK = bool(os.environ.get("HARVESTER_SOAK"))
SITES = RECORD_SITES if SOAK else ("anhui_records",)
PAPERS = ("anhui", "shanghai", "suzhou_sip")
SEED = int(os.environ.get("HARVESTER_SEED", "20261122"))
CODE = "91320507MA1XQ3R20J"
MANY = 11
"""Rounds of generated texts that make more than 5,000."""
ROUNDS = MANY if SOAK else 1
LEAST = 6
"""Characters of a secret that no other text holds by chance."""


def needles(truths: Sequence[RecordTruth]) -> list[str]:
    return sorted({secret for each in truths for secret in each.secrets if len(secret) >= LEAST})


@pytest.fixture(scope="module")
def harvested(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, list[RecordTruth]]]:
    """Give a store that a crawl filled, logging all it can to a file, with the truth of what was published."""
    papers = [document for document in list_documents() if document.site in PAPERS]
    folder = tmp_path_factory.mktemp("masking")
    with replicated(folder, [*SITES, *PAPERS], extra=papers, own_content=False) as (replica, place):
        place.level = "DEBUG"
        assert {told["verdict"] for told in place.crawl(at=day(-1)).values()} <= {"complete"}
        titles = {document.title for document in papers}
        truth = [each for site in SITES for each in replica.record_truth(site)]
        yield place, truth + [each for each in list_truth() if each.document in titles]


def every_outlet(place: Place) -> None:
    """Use every outlet, each answer kept in a file of the place."""
    out = place.folder / "out"
    asked = {
        "notices": ("notices", "--limit", "0"),
        "changes": ("changes", "--limit", "0"),
        "documents": ("documents", "--limit", "0"),
        "tasks": ("tasks", "--limit", "0"),
        "search": ("search", "罚款", "--limit", "0"),
        "quality": ("quality",),
        "indicators": ("indicators",),
        "coverage": ("coverage",),
        "runs": ("runs", "--limit", "0"),
        "audit": ("audit", "--limit", "0"),
        "derive": ("derive", "--dry-run"),
    }
    for name, words in asked.items():
        (out / f"{name}.json").write_text(place.say(*words, "--format", "json", at=day(0)), "utf-8")
    rows = place.ask("notices", "--limit", "0", at=day(0))
    coded = next(row["code"] for row in rows if row["code"] and not row["code_problem"])
    (out / "dossier.json").write_text(place.say("dossier", coded, "--format", "json", at=day(0)), "utf-8")
    for row in rows[:: max(1, len(rows) // 20)]:
        (out / f"{row['id']}.txt").write_text(place.say("explain", row["id"], at=day(0)), "utf-8")
    for document in place.ask("documents", "--limit", "0", at=day(0)):
        (out / f"{document['id']}.txt").write_text(place.say("diff", f"{document['id']}@1", document["id"], at=day(0)), "utf-8")
    (out / "dump.jsonl").write_text(place.say("db", "dump", at=day(0)), "utf-8")
    for ending in (".json", ".graphml"):
        place.say("graph", "--to", str(out / f"graph{ending}"), at=day(0))
    place.exported(day(0))


@pytest.mark.slow
def test_no_secret_of_the_truth_is_in_any_file_or_outlet(harvested, capsys: pytest.CaptureFixture[str]) -> None:
    place, truth = harvested
    every_outlet(place)
    secrets = needles(truth)
    assert len(secrets) > 20
    with place.opened():  # so that a -wal file lies there
        found = leaks([place.folder], secrets)
    where = {(leak.path.removeprefix(str(place.folder)), leak.within, leak.form) for leak in found}
    assert where == set()
    assert place.log.stat().st_size > 10_000, "the log holds what DEBUG tells"
    with capsys.disabled():
        print(f"\n{len(secrets)} secrets of {len(truth)} records looked for in {sum(1 for _ in place.folder.rglob('*'))} files")


@pytest.mark.slow
def test_no_code_or_number_of_a_legal_subject_is_masked_by_mistake(harvested) -> None:
    place, truth = harvested
    stored = "".join((place.folder / "out" / name).read_text("utf-8") for name in ("notices.json",))
    shown = {(row["code"], row["number"]) for row in place.ask("notices", "--limit", "0", at=day(0))}
    legal = [each for each in truth if each.subject_kind == "legal" and each.reachable and (each.code, each.number) in shown]
    assert len(legal) > 100
    for name in ("code", "organization_code", "registration_number", "number", "licence_number"):
        lost = [each for each in legal if (value := getattr(each, name)) and value not in stored]
        assert lost == [], name
    assert not [row for row in place.ask("notices", "--limit", "0", at=day(0)) if "已隐去" in row["code"] + row["number"]]


# --- generated texts -------------------------------------------------------------------------------------------------------


def record_of(number: int, sample: Sample) -> PrintedRecord:
    """Return a penalty of a firm whose facts are a generated text."""
    fields = (
        PrintedField("行政相对人名称", "江口顺达货运有限公司"),
        PrintedField("统一社会信用代码", CODE),
        PrintedField("行政处罚决定书文号", f"江环罚〔2026〕{number}号"),
        PrintedField("违法事实", sample.text),
        PrintedField("处罚内容", "罚款20000元"),
        PrintedField("处罚决定日期", "2026-11-01"),
    )
    return PrintedRecord("jiangsu_records", "penalties", f"{number}-{sample.text}", "https://a.example/x", NoticeKind.PENALTY, fields)


def keep_document(store: Store, writer: ArchiveWriter, run: str, number: int, sample: Sample) -> bool:
    """Take a generated text in as a document, as the pipeline does; tell whether it is one that is kept."""
    kind = "text/html" if sample.form == "html" else "text/plain"
    url = f"https://a.example/{number}"
    try:
        taken = intake(sample.text.encode(), Hints(media_type=kind, charset="utf-8", title="关于有关情况的通知"))
    except UnreadableError:
        return False
    place, revisit = writer.write(url=url, status=200, headers=(), body=taken.payload, fetched_at=datetime.now(UTC))
    capture = CaptureRow("jiangsu", "tzgg", "article", url, 200, taken.media_type, datetime.now(UTC), place, revisit)
    hints = hints_to_json(taken.hints)
    store.ingest(
        run, capture, Publication("jiangsu", "tzgg", str(number), "article", url, taken.hints.title, None, hints=hints), taken.derived
    )
    return True


def take_in(folder: Path, texts: Sequence[Sample]) -> tuple[int, int, list[tuple[str, str, str]]]:
    """Take generated texts in, as records and as documents of a real store.

    Returns how many records and documents are kept, and where a secret of any was found.
    """
    place = Place(folder)
    papers = [sample for sample in texts if sample.mode == "document"]
    records = [sample for sample in texts if sample.mode == "record"]
    with place.here(day(0)), Store.open(place.url, archive=folder / "archive", create=True) as store:
        run = store.begin_run("jiangsu_records", ["penalties"], datetime.now(UTC))
        keeper = NoticeKeeper(store, "jiangsu_records", run, Decisions())
        for number, sample in enumerate(records):
            keeper.take(record_of(number, sample), datetime.now(UTC))
        keeper.close(())
        store.end_run(run, "incomplete", "stopped", {}, datetime.now(UTC))
        run = store.begin_run("jiangsu", ["tzgg"], datetime.now(UTC))
        writer = store.archive.open_run("jiangsu", run, known=store.first_capture)
        kept = sum(keep_document(store, writer, run, number, sample) for number, sample in enumerate(papers))
        writer.close()
        store.end_run(run, "incomplete", "stopped", {}, datetime.now(UTC))
    shown = len(place.ask("notices", "--limit", "0", at=day(0)))
    place.exported(day(0), views=("notices", "documents", "tasks", "versions"))
    secrets = sorted({secret for sample in texts for secret in sample.secrets if len(secret) >= LEAST})
    found = [(leak.path.removeprefix(str(folder)), leak.within, leak.form) for leak in leaks([folder], secrets)]
    return shown, kept, found


def texts_of(rounds: int) -> list[Sample]:
    """Return generated texts that a record's field or a document can hold."""
    return [each for each in samples(SEED, rounds) if each.form == "text" or each.mode == "document"]


@pytest.mark.slow
def test_generated_texts_leave_nothing_personal_in_a_store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = texts_of(ROUNDS)
    shown, kept, found = take_in(tmp_path, texts)
    assert shown == sum(sample.mode == "record" for sample in texts)
    assert kept > len(texts) // 5
    assert found == []
    with capsys.disabled():
        print(f"\n{len(texts)} generated texts taken in: {shown} records and {kept} documents kept, nothing personal in any byte")


# --- killed ----------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_crawl_that_is_killed_leaves_nothing_personal_either(tmp_path: Path) -> None:
    site = "anhui_records"
    with replicated(tmp_path, [site]) as (replica, place):
        place.level = "DEBUG"
        secrets = needles(replica.record_truth(site))
        process = warm.start(*place.crawling(site), environment=place.environment(), moment=day(-1), err=place.log)
        until = time.monotonic() + 120
        while not list(place.folder.glob("archive/records/*/*.warc.gz")) and time.monotonic() < until:
            time.sleep(0.02)
        time.sleep(random.Random(SEED).uniform(0.2, 1.5))
        process.kill()
        process.join(30)
        assert list(place.folder.glob("archive/records/*/*.warc.gz"))
        assert {(leak.path.removeprefix(str(tmp_path)), leak.within, leak.form) for leak in leaks([tmp_path], secrets)} == set()


if __name__ == "__main__":
    every = texts_of(MANY)
    with tempfile.TemporaryDirectory() as home:
        of_records, of_papers, bad = take_in(Path(home), every)
    print(f"{len(every)} generated texts taken in: {of_records} records and {of_papers} documents kept; found in {len(bad)} places")
    sys.exit(1 if bad else 0)

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from normalizers.notices.records import NoticeKind
from storage.notice_queries import NoticeFilters, held_by_site, notice, notices
from storage.record_archive import RecordArchive
from storage.records import Location
from storage.store import Store
from tests.records.samples import FIRM, NOW, SITE, TODAY, entry, keep, new_store, penalty, valid_code

PERSON = {
    "行政相对人名称": "欧阳青岚",
    "行政相对人类别": "自然人",
    "行政相对人代码_1(统一社会信用代码)": "",
    "居民身份证号": "11010519491231002X",
}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return new_store(tmp_path)


def files(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_a_record_is_archived_once_however_often_it_is_read(store: Store) -> None:
    first = keep(store, [penalty("101"), entry("1")])
    size = sum(path.stat().st_size for path in store.archive.folder.rglob("*.gz"))
    again = keep(store, [penalty("101"), entry("1")], NOW + timedelta(days=1))
    assert (first.effects["new"], again.effects["unchanged"]) == (2, 2)
    assert sum(path.stat().st_size for path in store.archive.folder.rglob("*.gz")) == size


def test_what_became_of_records_is_counted_by_section_and_a_repair_is_no_record(store: Store) -> None:
    repair = replace(penalty("9", firm="合肥新墙建材有限公司"), section="repairs", kind=NoticeKind.REPAIR)
    first = keep(store, [repair, penalty("101"), entry("1")])
    again = keep(store, [repair, penalty("101"), entry("2")], NOW + timedelta(days=1))
    assert first.told() == {"new": 2, "endings": 1}
    assert first.by_section == {"penalties": {"new": 1}, "wages": {"new": 1}, "repairs": {"endings": 1}}
    assert again.by_section == {"penalties": {"unchanged": 1}, "wages": {"new": 1}, "repairs": {"known-endings": 1}}
    assert held_by_site(store) == {SITE: len(notices(store, today=TODAY))} == {SITE: 3}


def test_what_a_site_prints_otherwise_takes_the_place_of_what_it_printed(store: Store) -> None:
    keep(store, [penalty("101")])
    (old,) = notices(store, today=TODAY)
    before = notice(store, old["id"], today=TODAY)["archived"]
    changed = keep(store, [penalty("101", 处罚结果="罚款5000元")], NOW + timedelta(days=1))
    (new,) = notices(store, today=TODAY)
    assert changed.effects["changed"] == 1
    assert (new["id"], new["content"], int(new["fine_yuan"])) == (old["id"], "罚款5000元", 5000)
    with pytest.raises(Exception, match="was taken down"):
        RecordArchive(store.archive.folder).read(Location(before["file"], before["offset"], before["length"], before["sha256"]))


def test_a_record_whose_term_is_over_is_written_nowhere(store: Store, tmp_path: Path) -> None:
    kept = keep(store, [penalty("77", firm="合肥旧墙建材有限公司", decided=date(2019, 2, 3))])
    assert (kept.effects["over"], notices(store, today=TODAY)) == (1, [])
    assert "旧墙".encode() not in files(tmp_path)


def test_of_a_person_s_record_only_the_surname_and_who_decided_when_are_kept(store: Store, tmp_path: Path) -> None:
    kept = keep(store, [penalty("5", **PERSON)])
    (row,) = notices(store, today=TODAY)
    assert (row["subject"], row["subject_kind"], row["code"], row["number"], row["facts"]) == ("欧阳某", "person", "", "", "")
    assert (row["authority"]["name"], row["decided_on"]) == ("合肥市市场监督管理局", date(2026, 6, 1))
    assert kept.persons == 1
    for secret in ("欧阳青岚", "11010519491231002X", "合市监处罚"):
        assert secret.encode() not in files(tmp_path)


def test_a_person_is_found_by_no_name(store: Store) -> None:
    keep(store, [penalty("5", **PERSON), penalty("6")])
    assert notices(store, NoticeFilters(name="欧阳"), today=TODAY) == []
    assert [row["subject"] for row in notices(store, NoticeFilters(name="青岚"), today=TODAY)] == [FIRM]


def test_the_keys_that_a_site_gives_stand_nowhere_in_the_clear(store: Store, tmp_path: Path) -> None:
    record = penalty("8")
    keep(store, [type(record)(**{**{f: getattr(record, f) for f in record.__dataclass_fields__}, "key": "uk-私钥-7731"})])
    assert "uk-私钥-7731".encode() not in files(tmp_path)


def test_two_records_of_one_run_with_the_same_key_are_one(store: Store) -> None:
    keep(store, [penalty("9"), penalty("9", 处罚结果="罚款3000元")])
    assert [row["content"] for row in notices(store, today=TODAY)] == ["罚款3000元"]


def test_a_code_that_fails_its_test_is_kept_as_printed_and_told(store: Store) -> None:
    wrong = valid_code("20000001")[:-1] + "Y"
    keep(store, [penalty("10", code=wrong if wrong != valid_code("20000001") else wrong[:-1] + "W")])
    (row,) = notices(store, today=TODAY)
    assert row["code_problem"]

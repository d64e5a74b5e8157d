from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from storage import audit, objections, takedown
from storage.errors import StoreError, UnknownRecord
from storage.notice_queries import notices
from storage.record_archive import RecordArchive
from storage.store import Store
from tests.records.samples import FIRM, NOW, TODAY, keep, new_store, penalty

DUE = (date(2026, 11, 23), date(2026, 11, 27))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    found = new_store(tmp_path)
    keep(found, [penalty("101"), penalty("102", firm="合肥听松纸业有限公司")])
    return found


def one(store: Store) -> str:
    return next(row["id"] for row in notices(store, today=TODAY) if row["subject"] == FIRM)


def test_an_objection_marks_its_record_at_once(store: Store) -> None:
    number = objections.take_in(store, one(store), "mail", "金额有误", NOW, DUE)
    marked = {row["id"]: row["objection_marked_at"] for row in notices(store, today=TODAY)}
    assert marked[one(store)] == NOW
    assert [(row["id"], row["marked_at"], row["decide_due_on"]) for row in objections.listed(store, undecided=True)] == [
        (number, NOW, DUE[1])
    ]


def test_a_rejected_objection_takes_the_mark_away(store: Store) -> None:
    number = objections.take_in(store, one(store), "", "金额有误", NOW, DUE)
    objections.decide(store, number, "rejected", "与决定书一致", "王审核", NOW)
    assert all(row["objection_marked_at"] is None for row in notices(store, today=TODAY))
    assert objections.listed(store, undecided=True) == []


def test_a_mark_stays_while_another_objection_waits(store: Store) -> None:
    first, second = (objections.take_in(store, one(store), "", text, NOW, DUE) for text in ("一", "二"))
    objections.decide(store, first, "rejected", "", "王审核", NOW)
    assert any(row["objection_marked_at"] for row in notices(store, today=TODAY))
    objections.decide(store, second, "rejected", "", "王审核", NOW)
    assert not any(row["objection_marked_at"] for row in notices(store, today=TODAY))


def test_an_upheld_objection_takes_the_record_down_and_it_never_comes_back(store: Store) -> None:
    number = objections.take_in(store, one(store), "", f"{FIRM}并非当事人", NOW, DUE)
    objections.decide(store, number, "upheld", "", "王审核", NOW)
    assert [row["subject"] for row in notices(store, today=TODAY)] == ["合肥听松纸业有限公司"]
    again = keep(store, [penalty("101")], NOW + timedelta(days=1))
    assert again.effects["held-back"] == 1
    assert objections.listed(store)[0]["statement"] == ""


def test_what_of_an_upheld_record_cannot_be_erased_at_once_is_told_and_waits_for_the_take_down(store: Store) -> None:
    number = objections.take_in(store, one(store), "", "一", NOW, DUE)
    (file,) = (store.archive.folder / RecordArchive(store.archive.folder).files()[0],)
    aside = file.rename(file.with_name("aside"))
    file.symlink_to(aside)
    row = objections.decide(store, number, "upheld", "", "王审核", NOW)
    assert len(row["left"]) == 1
    assert "check its permissions" in row["left"][0]
    assert [row["subject"] for row in notices(store, today=TODAY)] == ["合肥听松纸业有限公司"]
    aside.rename(file)
    assert takedown.run(store, TODAY, at=NOW).left == 0


def test_an_objection_is_decided_once_and_only_to_what_is_shown(store: Store) -> None:
    number = objections.take_in(store, one(store), "", "一", NOW, DUE)
    objections.decide(store, number, "upheld", "", "王审核", NOW)
    with pytest.raises(StoreError, match="was decided"):
        objections.decide(store, number, "rejected", "", "王审核", NOW)
    with pytest.raises(UnknownRecord, match="no record"):
        objections.take_in(store, "n0000000000000000", "", "一", NOW, DUE)
    with pytest.raises(UnknownRecord, match="no objection"):
        objections.decide(store, 99, "rejected", "", "王审核", NOW)


def test_the_log_knows_a_question_again_and_holds_neither_name_nor_code(store: Store, tmp_path: Path) -> None:
    audit.record(store, NOW, "李分析", "dossier", {"code": "91340100MA2T0K3E5X", "site": ""}, 1, [one(store)])
    audit.record(store, NOW, "李分析", "notices", {"name": FIRM, "kind": "penalty"}, 2, ["n1", "n2"])
    assert [row["action"] for row in audit.entries(store, subject=FIRM)] == ["notices"]
    assert [row["action"] for row in audit.entries(store, subject="91340100ma2t0k3e5x")] == ["dossier"]
    assert [row["action"] for row in audit.entries(store, notice_id=one(store))] == ["dossier"]
    assert audit.entries(store, since=datetime(2027, 1, 1, tzinfo=UTC)) == []
    told = str(audit.entries(store))
    assert FIRM not in told
    assert "91340100MA2T0K3E5X" not in told
    assert "penalty" in told

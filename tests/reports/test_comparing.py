"""Documents are found by every name they have, and a comparison of stored versions is made once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from sqlalchemy import func, insert, select, update

from harvester.comparing import Compared, compare_named
from harvester.errors import HarvesterError, WrongCall
from harvester.naming import identifier_of
from harvester.plainly import from_plain, to_plain
from storage.change_schema import comparisons as table
from storage.change_schema import document_links
from storage.errors import ArchiveError, UnknownRecord
from storage.schema import documents
from storage.store import Store
from tests.reports.build import ANY, Made, compared
from tests.reports.stored import new_store, publish

FIRST = """江口市2024年信用建设工作要点
一、归集
1.编制公共信用信息目录。（责任单位：市财政局）
2.开展诚信宣传活动。（责任单位：市民政局）
"""
SECOND = FIRST.replace("市财政局", "市教委").replace("诚信宣传", "诚信主题宣传")
NEXT_YEAR = FIRST.replace("2024年", "2025年").replace("编制", "修订")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.chdir(tmp_path)
    for name in ("HARVESTER_STORE", "HARVESTER_ARCHIVE"):
        monkeypatch.delenv(name, raising=False)
    with new_store(tmp_path) as found:
        yield found


@pytest.fixture
def plan(store: Store) -> str:
    publish(store, "2024", FIRST, "2024-03-01")
    return publish(store, "2024", SECOND, "2024-06-01")


def names(pair: Compared) -> tuple[tuple[str, int], tuple[str, int]]:
    return (pair.old.title, pair.old.version), (pair.new.title, pair.new.version)


def test_versions_days_and_the_current_one(store: Store, plan: str) -> None:
    pair = compare_named(f"{plan}@1", plan, None)
    assert [side.version for side in (pair.old, pair.new)] == [1, 2]
    assert [str(change.kind) for change in pair.comparison.task_changes] == ["changed", "reworded"]
    assert pair.new.source == "https://jiangkou.example.cn/2024.txt"
    assert str(pair.new.fetched_on) == "2024-06-01"
    assert identifier_of(f"{plan}@2024-05-31", store) == f"{plan}@1"
    assert identifier_of(f"{plan}@2024-06-01", store) == f"{plan}@2"
    with pytest.raises(UnknownRecord, match="2024-03-01: name a later day"):
        identifier_of(f"{plan}@2024-02-29", store)


def test_a_file_beside_a_stored_version(store: Store, plan: str, tmp_path: Path) -> None:
    (tmp_path / "draft.txt").write_text(FIRST, "utf-8")
    pair = compare_named("draft.txt", f"{plan}@1", None)
    assert pair.comparison.identical
    assert (pair.old.source, pair.old.version) == ("draft.txt", 0)
    assert not pair.kept


def test_the_edition_of_a_year_is_found_through_links_both_ways(store: Store, plan: str) -> None:
    later = publish(store, "2025", NEXT_YEAR, "2025-03-01")
    with store.writing() as connection:
        known = connection.execute(select(func.count()).select_from(document_links)).scalar_one()
        if not known:
            link = {"document_id": later, "other_id": plan, "relation": "edition", "reason": "title", "score": 1.0}
            connection.execute(insert(document_links), [link])
    assert identifier_of(f"{plan}@2025", store) == later
    assert identifier_of(f"{later}@2024", store) == plan
    assert identifier_of(f"{plan}@2024", store) == plan
    with pytest.raises(UnknownRecord, match="of the year 2019 is known, only of 2024, 2025"):
        identifier_of(f"{plan}@2019", store)
    assert names(compare_named(plan, f"{plan}@2025", None))[1][0].startswith("江口市2025年")


@pytest.mark.parametrize("name", ["no such file", "dabc@@1", "dabcde@2024-02-30", "DABC", "dabcde@2024-2-3", "dabcde@-1"])
def test_what_is_no_name_is_a_wrong_call_before_a_store_is_looked_for(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(WrongCall):
        compare_named(name, name, None)


@pytest.mark.parametrize("name", ["dabcde", "dabcde@1", "dabcde@2024", "dabcde@2024-03-01"])
def test_what_is_not_stored_is_told(name: str, store: Store) -> None:
    with pytest.raises(UnknownRecord, match="harvester documents"):
        compare_named(name, name, None)


def test_an_unreadable_file_is_told(tmp_path: Path) -> None:
    bad, good = tmp_path / "bad.docx", tmp_path / "good.txt"
    bad.write_bytes(bytes(range(256)) * 20)
    good.write_text(FIRST, "utf-8")
    with pytest.raises(HarvesterError, match=r"bad\.docx"):
        compare_named(str(bad), str(good), None)


# --- the cache -------------------------------------------------------------------------------------------------------------


def count(store: Store) -> int:
    with store.reading() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_the_second_time_it_is_not_made_again_and_is_the_same(store: Store, plan: str) -> None:
    first, second = (compare_named(f"{plan}@1", f"{plan}@2", None) for _ in range(2))
    assert (first.kept, second.kept, count(store)) == (False, True, 1)
    assert replace(second, kept=False) == first
    back = compare_named(f"{plan}@2", f"{plan}@1", None)
    assert (back.kept, count(store)) == (False, 2)


def test_nothing_is_kept_of_a_withdrawn_document(store: Store, plan: str) -> None:
    compare_named(f"{plan}@1", plan, None)
    with store.writing() as connection:
        connection.execute(update(documents).where(documents.c.id == plan).values(state="withdrawn"))
    assert not compare_named(f"{plan}@1", plan, None).kept
    assert count(store) == 0


def test_what_was_taken_out_of_the_archive_is_not_told_from_the_cache(store: Store, plan: str) -> None:
    compare_named(f"{plan}@1", plan, None)
    for file in store.archive.folder.rglob("*.warc.gz"):
        file.write_bytes(b"")
    with pytest.raises(ArchiveError):
        compare_named(f"{plan}@1", plan, None)


def test_what_another_program_kept_is_made_again(store: Store, plan: str) -> None:
    compare_named(f"{plan}@1", plan, None)
    with store.writing() as connection:
        connection.execute(update(table).values(result={"shape": "of another program"}))
    assert not compare_named(f"{plan}@1", plan, None).kept
    assert compare_named(f"{plan}@1", plan, None).kept


@settings(max_examples=30)
@given(ANY)
def test_property_a_comparison_comes_back_from_json_as_it_was(made: list[Made]) -> None:
    pair = compared(made)
    assert from_plain(Compared, to_plain(pair)) == pair


@pytest.mark.parametrize("value", [None, 1, "x", [], {}, [1] * 4, [None] * 4])
def test_what_is_no_comparison_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"expected|not the fields"):
        from_plain(Compared, value)

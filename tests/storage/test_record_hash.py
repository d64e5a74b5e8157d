"""The hash of records: stores made before hold it, so what is hashed must stay letter by letter the same."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.records import Derived, Metadata, Reference, Relation, Repair, Span, Suggestion, Task
from storage.record_hash import json_of_records, records_hash
from storage.types import to_json
from tests.storage.samples import BUREAU, UNKNOWN, make_derived, make_task

BARE = Derived(make_derived().document, Metadata(), (), "")


def general(derived: Derived) -> str:
    """Return the JSON of the records' plain values, made as all other JSON in a store is."""
    document = asdict(derived.document)
    records = {name: document[name] for name in ("repairs", "warnings", "suggestions")}
    records |= {"metadata": asdict(derived.metadata), "tasks": [asdict(task) for task in derived.tasks]}
    return to_json(records, date.isoformat)


def odd() -> Derived:
    """Return a reading that has everything, and texts with every sign that JSON writes otherwise."""
    task = make_task('甲"乙\\丙\n丁\t戊\x1f\x7f\u2028己/', 3, deadline=None, milestones=(), lead=(), partner=(BUREAU, UNKNOWN, BUREAU))
    made = make_derived()
    cited = Reference("关于甲的意见", "江信办〔2023〕1号", Relation.BASIS, Span(1, 5))
    told = replace(made.document, repairs=(Repair("damage", 2, 1, 1),), suggestions=(Suggestion(Span(1, 2), "己", "已", "why"),))
    return replace(made, document=told, metadata=replace(made.metadata, references=(cited,)), tasks=(*made.tasks, task))


@pytest.mark.parametrize(
    ("derived", "known"),
    [
        (make_derived(), "ed1edd2d24f0a4345e39dbd8d4bde8879bfeb69de356c210578b5cc22fb46fab"),
        (odd(), "d3ebd101a7c62444649406b3c85fceb1d593857d7b5b204c34997d52858039a4"),
        (
            replace(odd(), tasks=(make_task("甲\0乙\ud800丙", 0), *odd().tasks)),
            "0efca5dc52ba4f78a63b9c16eb3eb9a50f19a44cd68760fe66b9be5cb3715796",
        ),
        (BARE, "282bbbff43ae0f3626885fcf4aa2a91d63a70d9ffcc20290deba0ba4b8030686"),
    ],
)
def test_a_reading_has_the_hash_that_stores_hold_of_it(derived: Derived, known: str) -> None:
    assert records_hash(derived) == known


@given(st.lists(st.builds(Task, confidence=st.floats(0, 1)), max_size=3))
def test_what_is_hashed_is_the_json_of_the_records_whatever_these_are(some: list[Task]) -> None:
    derived = replace(odd(), tasks=tuple(some))
    assert json_of_records(derived) == general(derived)

"""Values as they leave the program."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.values import plain, to_json

KEYS = st.text(max_size=5) | st.integers()
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.dates()
    | st.datetimes(timezones=st.just(UTC)) | st.decimals(allow_nan=False) | st.frozensets(st.integers(), max_size=1)
)  # fmt: skip
VALUES = st.recursive(
    LEAVES, lambda some: st.lists(some, max_size=4) | st.tuples(some, some) | st.dictionaries(KEYS, some, max_size=4), max_leaves=12
)


@given(VALUES)
def test_a_property_a_value_is_written_as_its_plain_form_is(value: Any) -> None:
    assert to_json(value) == json.dumps(plain(value), ensure_ascii=False, indent=1)
    assert to_json(value, indent=None, separators=(",", ":")) == json.dumps(plain(value), ensure_ascii=False, separators=(",", ":"))


def test_days_amounts_and_views_of_tables_are_written_and_what_is_no_number_is_null() -> None:
    row = MappingProxyType({"day": date(2026, 6, 30), "at": datetime(2026, 6, 30, 8, tzinfo=UTC), "yuan": Decimal("3.50"), 7: {1}})
    told = '{"day":"2026-06-30","at":"2026-06-30T08:00:00+00:00","yuan":3.5,"7":[1]}'
    assert to_json(row, indent=None, separators=(",", ":")) == told
    assert to_json({"a": float("nan"), "b": [float("inf")], "c": Decimal("NaN")}, indent=None) == '{"a": null, "b": [null], "c": null}'
    assert to_json({date(2026, 6, 30): 1}, indent=None) == '{"2026-06-30": 1}'


def test_what_is_no_value_is_refused() -> None:
    with pytest.raises(TypeError):
        to_json({"a": object()})

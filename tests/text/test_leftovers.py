"""Leftovers are looked for in lines that have a sign of them, and no pattern meets a line without."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normalizers.text.leftovers import _SIGN_OF_LINE, _patterns


@pytest.mark.parametrize("name", ["balloon", "tail", "margin", "unclear", "deleted", "inserted", "field"])
def test_property_whatever_a_pattern_meets_has_a_sign(name: str) -> None:
    @settings(max_examples=200, deadline=None)
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        found = data.draw(st.from_regex(_patterns(name)))
        assert _SIGN_OF_LINE.search(found), found

    holds()

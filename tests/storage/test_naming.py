"""A piece of any name of a body finds it."""

from __future__ import annotations

import pytest

from storage.naming import bodies_named
from storage.store import Store
from tests.storage.samples import AGENCIES


@pytest.mark.parametrize("entry", AGENCIES, ids=lambda entry: entry.name)
def test_a_body_is_found_by_each_of_its_names_and_their_pieces(store: Store, entry) -> None:
    store.load_agencies(AGENCIES)
    for name in entry.names:
        assert entry.id in bodies_named(store, name.name)
        assert entry.id in bodies_named(store, f" {name.name[1:]}")


@pytest.mark.parametrize("piece", ["", "  ", "%", "_", "不存在的机构"])
def test_nothing_is_found_by_a_piece_that_no_name_holds(store: Store, piece: str) -> None:
    store.load_agencies(AGENCIES)
    assert bodies_named(store, piece) == set()

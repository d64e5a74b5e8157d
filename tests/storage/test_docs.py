"""What readers are told of the views is what they find."""

from __future__ import annotations

import re

from sqlalchemy import inspect

from storage.store import Store
from storage.views import VIEWS
from tests.storage.conftest import ROOT


def test_every_view_and_every_column_is_described(store: Store) -> None:
    text = (ROOT / "docs" / "store.md").read_text(encoding="utf-8")
    told = {
        name: re.findall(r"^\| `(\w+)` \|", body, re.M) for name, body in re.findall(r"^### (v_\w+)\n(.*?)(?=^### |\Z)", text, re.M | re.S)
    }
    with store.reading() as connection:
        found = {name: [column["name"] for column in inspect(connection).get_columns(name)] for name in VIEWS}
    assert told == found

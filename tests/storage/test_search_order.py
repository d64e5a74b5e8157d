"""The order in which an index of the search gives entries: the newest first, and none is left out."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from storage import search as index
from storage import search_plans
from storage.places import first_line, place_of
from storage.search_asked import Asked, zones
from storage.search_terms import Word
from storage.store import Store

DOCUMENTS = 400
EVERYWHERE = (1, (1 << 60) - 1)


@pytest.mark.parametrize("size", [7, DOCUMENTS])
@pytest.mark.parametrize("words", [(("监督",), ("用信",)), (("用信",),), (("信用监督",),)])
def test_no_long_document_is_left_out_where_copies_stand_among_them(store: Store, words: tuple[Word, ...], size: int) -> None:
    # Going backwards through 380 numbers above zero, FTS5 of SQLite 3.40 gives 378: those of copies, below zero, lie in the same lists.
    days = (date(2014, 1, 1) + timedelta(days=n) for n in range(DOCUMENTS))
    places = [place_of(first_line(day)) for day in days]
    said = ["信用" * 500 + ("监督" if n % 7 == 0 else "") for n in range(DOCUMENTS)]
    rows = [
        {"id": -place if n % 20 == 0 else place, "document_id": f"d{n}", "version": 1, "title": "", "folded": said[n], "marks": ""}
        for n, place in enumerate(places)
    ]
    with store.engine.connect() as connection, connection.begin() as work:
        for row in rows:
            index.write(connection, index.DOCUMENTS, [row])
        for standing in ({}, {"copies": True}):
            asked = Asked(words, zones(*EVERYWHERE, **standing))
            meant = [n for n in range(DOCUMENTS) if (standing or n % 20) and all(word in said[n] for (word,) in words)]
            found: list[int] = []
            while page := search_plans.page(connection, index.DOCUMENTS, asked, size, below=abs(found[-1]) if found else None):
                found += page
            assert [abs(entry) for entry in found] == sorted((places[n] for n in meant), reverse=True)
        work.rollback()

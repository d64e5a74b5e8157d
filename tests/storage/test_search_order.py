"""What an index of the search gives: what plain substrings would, the newest first, and none is left out."""

from __future__ import annotations

from datetime import date, timedelta
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from storage import search as index
from storage import search_plans, search_sqlite
from storage.places import first_line, place_of
from storage.search_asked import Asked, Counted, place_of_entry, zones
from storage.search_terms import Word
from storage.store import Store
from tests.shared import tries
from tests.storage.test_search import texts, words

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


@settings(max_examples=tries(15), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(texts, st.booleans()), min_size=1, max_size=8),
    st.lists(st.lists(words, min_size=1, max_size=2), min_size=1, max_size=2),
    st.sampled_from((0, 1, 2, search_sqlite.RARE)),
    st.sampled_from((index.TASKS, index.DOCUMENTS)),
)
def test_property_pages_and_counts_of_the_index_are_those_of_plain_substrings(
    store: Store, said: list[tuple[str, bool]], asked: list[list[str]], rare: int, asks: index.Index
) -> None:
    with patch.object(search_sqlite, "RARE", rare), store.engine.connect() as connection, connection.begin() as work:
        texts_of = {n: index.folded(text) for n, (text, _) in enumerate(said, 1)}
        rows = [
            {"id": n if counts else -n, "document_id": f"d{n}", "title": held[:5], "folded": held, "marks": "s:a"}
            | ({"version": 1} if asks is index.DOCUMENTS else {"task_id": f"t{n}"})
            for (n, held), (_, counts) in zip(texts_of.items(), said, strict=True)
        ]
        index.write(connection, asks, rows)
        wanted = tuple(tuple(word) for word in asked)
        truth = [n for n, held in texts_of.items() if all(any(each in held for each in word) for word in wanted)]
        titled = {n for n in truth if all(any(each in texts_of[n][:5] for each in word) for word in wanted)}
        question = Asked(wanted, zones(1, 100, copies=True), "s:a")
        counted = search_plans.count(connection, asks, question)
        assert (counted.count, counted.at_least) == (len(truth), False)
        assert search_plans.count_within(connection, asks, question, len(said)) == len(truth)
        assert search_plans.count_within(connection, asks, question, len(truth) - 1) is None
        for named, meant in ((None, set(truth)), (True, titled), (False, set(truth) - titled)):
            # Titles are asked of documents alone, and of what was counted of them.
            of_it = [counted] if named is None or asks is index.DOCUMENTS else []
            for known in (*of_it, Counted(0, at_least=True), Counted(10_000, at_least=True)):
                found = search_plans.page(connection, asks, question, 3, below=7, titled=named, counted=known)
                assert [place_of_entry(entry) for entry in found] == sorted((n for n in meant if n < 7), reverse=True)[:3]
        held = search_plans.holding(connection.dialect.name, asks, wanted)
        assert sorted(connection.execute(held).scalars()) == sorted(truth)
        led_to = search_plans.holding(connection.dialect.name, asks, wanted, checked=False)
        assert set(connection.execute(led_to).scalars()) >= set(truth)
        index.remove(connection, asks, list(connection.execute(select(asks.entries.c.id)).scalars()))
        assert search_plans.count(connection, asks, question).count == 0
        work.rollback()

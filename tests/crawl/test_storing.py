"""What a crawl keeps is written in a thread beside its loop, one after the other."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from harvester.storing import give, settle, stored


def test_the_loop_goes_on_while_something_is_stored():
    fetched = threading.Event()

    async def told() -> bool:
        storing = asyncio.ensure_future(stored(fetched.wait, 30))
        await asyncio.sleep(0.01)
        assert not storing.done()
        fetched.set()
        return await storing

    assert asyncio.run(told())


def test_what_is_given_is_done_in_its_order_and_all_of_it_before_a_run_ends():
    done: list[int] = []

    def note(number: int) -> None:
        time.sleep(0.01)
        done.append(number)

    for number in range(5):
        give(note, number)
    settle()
    assert done == list(range(5))


def test_what_keeps_something_from_being_stored_is_told_to_who_waits_for_it():
    def refuse() -> None:
        raise ValueError("no table takes it")

    with pytest.raises(ValueError, match="no table takes it"):
        asyncio.run(stored(refuse))

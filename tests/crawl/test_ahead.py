"""Documents are read before their turn and kept in it, those that are read by then together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from unittest.mock import patch

import pytest

from harvester import pipelines
from harvester.ahead import READ_AHEAD, Queue
from harvester.crawl import RunSummary
from harvester.deriving import BUSY, Deriver
from harvester.keeping import STORE_FAILED
from harvester.replica.document import ReplicaDocument
from harvester.replica.server import Replica
from normalizers.intake import intake
from normalizers.records import Hints
from storage.dump import dump
from storage.errors import UnreachableStore
from storage.records import Incoming
from storage.store import Store
from storage.together import ingest_together
from tests import warm
from tests.crawl.sites import article_page, config
from tests.monitoring.small import documents

SITE = "anhui"
TRIPPED = "tripped"


# --- the queue ---------------------------------------------------------------------------------------------------------------


async def answer(number: int, gates: dict[int, asyncio.Event]) -> int:
    await gates[number].wait()
    return number


def test_what_is_read_by_then_is_kept_with_the_first_and_what_is_behind_an_unread_one_is_not():
    async def told() -> list[int]:
        queue, gates = Queue[int](), {number: asyncio.Event() for number in range(4)}
        places = [queue.enter(str(number), partial(answer, number, gates)) for number in range(4)]
        for number in (0, 1, 3):
            gates[number].set()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        found = [each.reading.result() for each in await queue.read_with(places[0]) if each.reading]
        for place in places:
            queue.leave(place)
        return found

    assert asyncio.run(told()) == [0, 1]


def test_what_is_no_document_parts_those_before_it_from_those_behind_it():
    async def told() -> int:
        queue, gates = Queue[int](), {number: asyncio.Event() for number in range(2)}
        for gate in gates.values():
            gate.set()
        first = queue.enter("a", partial(answer, 0, gates))
        queue.enter("a list page", None)
        queue.enter("b", partial(answer, 1, gates))
        await asyncio.sleep(0.01)
        return len(await queue.read_with(first))

    assert asyncio.run(told()) == 1


def test_no_more_is_read_ahead_than_there_is_room_and_who_gives_up_waiting_leaves_its_room():
    async def told() -> tuple[int, int]:
        begun: list[int] = []
        gate = asyncio.Event()

        async def read(number: int) -> int:
            begun.append(number)
            await gate.wait()
            return number

        queue = Queue[int]()
        places = [queue.enter(number, partial(read, number)) for number in range(READ_AHEAD + 5)]
        await asyncio.sleep(0.01)
        first = len(begun)
        queue.leave(places[-1])  # it had no room
        queue.leave(places[0])
        await asyncio.sleep(0.01)
        second = len(begun)
        for place in places[1:-1]:
            queue.leave(place)
        await asyncio.sleep(0.01)
        assert queue._room._value == READ_AHEAD
        return first, second

    assert asyncio.run(told()) == (READ_AHEAD, READ_AHEAD + 1)


# --- the process beside ------------------------------------------------------------------------------------------------------


def test_small_documents_are_read_in_a_process_beside_when_many_wait_and_alike():
    page, hints = article_page("短文件"), Hints(media_type="text/html", title="短文件")
    deriver = Deriver()
    try:
        deriver.waiting = BUSY - 1
        assert deriver.intake(page, hints) == intake(page, hints)
        assert deriver._worker is None
        deriver.waiting = BUSY
        assert deriver.intake(page, hints) == intake(page, hints)
        assert deriver._worker is not None
        assert deriver._has_begun(deriver._worker[1], 60)
        deriver.waiting = 0  # nobody has other work meanwhile
        with patch("harvester.deriving.intake", side_effect=KeyError("read here")), pytest.raises(KeyError, match="read here"):
            deriver.intake(page, hints)
        deriver.waiting = 1
        assert deriver._is_beside()
        assert deriver.intake(page, hints) == intake(page, hints)
    finally:
        deriver.close()


def test_a_process_beside_that_ends_before_it_is_ready_is_begun_once_for_small_documents():
    page, hints = article_page("短文件"), Hints(media_type="text/html", title="短文件")
    deriver = Deriver()
    try:
        deriver.waiting = BUSY
        deriver.begin()
        assert deriver._worker is not None
        deriver._worker[0].kill()
        deriver._worker[0].join()
        assert deriver.intake(page, hints) == deriver.intake(page, hints) == intake(page, hints)
        assert deriver._worker is None
    finally:
        deriver.close()


def test_small_documents_are_read_here_where_no_process_can_be_begun():
    page, hints = article_page("短文件"), Hints(media_type="text/html", title="短文件")
    deriver = Deriver()
    deriver.waiting = BUSY
    with patch.object(deriver, "_start", side_effect=OSError("Resource temporarily unavailable")) as start:
        assert deriver.intake(page, hints) == deriver.intake(page, hints) == intake(page, hints)
    assert start.call_count == 1


# --- the store ---------------------------------------------------------------------------------------------------------------


def one_by_one(store: Store, run: str, some: list[Incoming]) -> list[object]:
    return [effect for each in some for effect in ingest_together(store, run, [each])]


def tripping(store: Store, run: str, some: list[Incoming]) -> list[object]:
    """Refuse one document of the site, whatever it came with."""
    if any(TRIPPED in each.publication.title for each in some):
        raise ValueError("a row that no table takes")
    return list(ingest_together(store, run, some))


def crawled(folder: Path, base: str, ingest: Callable[..., list[object]]) -> tuple[RunSummary, list[str]]:
    folder.mkdir(exist_ok=True)
    given = config(folder, {SITE: base})
    (summary,) = warm.run(_crawl, given, ingest)
    with Store.open(given.store, archive=given.archive) as store:
        return summary, list(dump(store))


def _crawl(given: object, ingest: Callable[..., list[object]]) -> list[RunSummary]:
    from harvester.crawl import crawl

    with patch.object(pipelines, "ingest_together", ingest):
        return crawl([SITE], given)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def replica() -> Iterator[Replica]:
    with Replica([SITE]) as served:
        yield served


def test_documents_kept_together_leave_what_documents_kept_one_by_one_leave(replica: Replica, tmp_path: Path):
    together, one = (
        crawled(tmp_path / name, replica.bases[SITE], ingest) for name, ingest in (("together", ingest_together), ("one", one_by_one))
    )
    assert together[1] == one[1]
    assert (together[0].effects, together[0].tasks, together[0].masked) == (one[0].effects, one[0].tasks, one[0].masked)


def test_a_document_that_cannot_be_stored_costs_none_of_those_beside_it(tmp_path: Path):
    with Replica([SITE], own_content=False, extra=[*documents(SITE), *bad()]) as replica:
        summary, lines = crawled(tmp_path / "store", replica.bases[SITE], tripping)
    assert summary.effects == {"new": len(documents(SITE))}
    assert dict(summary.failures) == {"parse": 1}
    assert not any(TRIPPED in line for line in lines if '"table":"document"' in line.replace(" ", ""))


def test_a_store_that_fails_amid_documents_ends_the_run_and_the_next_one_has_them_all(tmp_path: Path):
    with Replica([SITE], own_content=False, extra=documents(SITE)) as replica:
        broken, _ = crawled(tmp_path / "store", replica.bases[SITE], failing)
        assert (broken.cause, broken.effects, broken.error) == (STORE_FAILED, {}, "the disk is gone")
        again, lines = crawled(tmp_path / "store", replica.bases[SITE], ingest_together)
        whole = crawled(tmp_path / "whole", replica.bases[SITE], ingest_together)
    assert again.effects == whole[0].effects == {"new": len(documents(SITE))}
    assert lines == whole[1]


def failing(_store: Store, _run: str, _some: list[Incoming]) -> list[object]:
    raise UnreachableStore("the disk is gone")


def bad() -> list[ReplicaDocument]:
    first = documents(SITE)[0]
    return [replace(first, title=f"{TRIPPED}的通知", body_html="<p>另一份通知。</p>", key="")]

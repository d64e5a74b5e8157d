"""How much may be asked: token buckets, tries of passwords, requests of one person, what is heavy at the same time."""

from __future__ import annotations

import asyncio
import ipaddress
import threading
import time
from functools import partial

import httpx
import pytest
from fastapi import HTTPException, Request
from fastapi.routing import APIRoute
from hypothesis import given
from hypothesis import strategies as st

from harvester.errors import WrongCall
from harvester.web.access import guard, rights
from harvester.web.access import pace as pacing
from harvester.web.access.doorkeeper import OF_ONE_NAME_AND_PLACE, OF_ONE_PLACE, Doorkeeper
from harvester.web.access.limits import Buckets, Limits, Rate
from harvester.web.access.pace import Pace, Turns, is_heavy, key_of, network_of
from harvester.web.access.people import NOBODY, Person, Role
from harvester.web.app import create_app
from harvester.web.room import RoomSettings
from storage.store import Store
from tests.web.people import PASSWORD, House, closed, light_passwords, log_in, people  # noqa: F401 -- a fixture

pytestmark = pytest.mark.usefixtures("light_passwords")


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


# --- buckets -----------------------------------------------------------------------------------------------------------------


@given(st.integers(1, 20), st.integers(1, 600), st.lists(st.floats(0, 30), max_size=60))
def test_a_property_a_bucket_gives_its_burst_and_its_rate_and_never_more(burst: int, rate: int, pauses: list[float]) -> None:
    clock = Clock()
    buckets = Buckets(Rate(burst, rate), clock=clock)
    taken = 0
    for pause in pauses:
        clock.now += pause
        wait = buckets.take("a")
        taken += not wait
        assert taken <= burst + clock.now * rate / 60 + 1e-6
        if wait:
            assert 0 < wait <= 60 / rate + 1e-6
            clock.now += wait + 1e-6
            assert buckets.take("a") == 0
            taken += 1


@given(st.lists(st.integers(0, 30), max_size=100))
def test_a_property_buckets_remember_no_more_keys_than_they_may(keys: list[int]) -> None:
    buckets = Buckets(Rate(2, 1), most=7, clock=Clock())
    for key in keys:
        buckets.take(key)
        assert len(buckets) <= 7


def test_buckets_of_different_keys_do_not_know_each_other() -> None:
    buckets = Buckets(Rate(1, 1), clock=Clock())
    assert buckets.take("a") == 0
    assert buckets.take("a") > 0
    assert buckets.take("b") == 0
    buckets.give_back("a")
    assert buckets.take("a") == 0


@pytest.mark.parametrize("value", [0, -1, "10", 1.5, True, 10**9])
def test_a_limit_that_is_no_number_above_zero_is_refused(value: object) -> None:
    with pytest.raises(WrongCall, match=r"room\.heavy_at_once"):
        Limits.of({"heavy_at_once": value, "base": "https://room.example"})
    assert Limits.of({"heavy_at_once": 2}).heavy_at_once == 2


# --- tries of passwords --------------------------------------------------------------------------------------------------------


def test_a_stranger_locks_nobody_out() -> None:
    clock = Clock()
    keeper = Doorkeeper(clock)
    assert keeper.wait("rui", "office") == 0
    keeper.right("rui", "office")
    for attacker in range(2000):  # a net of machines that tries this one name
        keeper.wait("rui", f"network {attacker}")
    assert keeper.wait("rui", "elsewhere") > 0, "tries of one name are bounded, wherever they come from"
    assert keeper.wait("rui", "office") == 0, "but from where it was right before it goes on"


def test_tries_from_one_place_run_out_for_a_name_and_for_all_names() -> None:
    keeper = Doorkeeper(Clock())
    waits = [keeper.wait("rui", "a") for _ in range(OF_ONE_NAME_AND_PLACE.burst + 3)]
    assert [bool(wait) for wait in waits] == [False] * OF_ONE_NAME_AND_PLACE.burst + [True] * 3
    others = [keeper.wait(f"name {n}", "a") for n in range(OF_ONE_PLACE.burst)]
    assert sum(not wait for wait in others) == OF_ONE_PLACE.burst - OF_ONE_NAME_AND_PLACE.burst
    assert keeper.wait("name 1", "b") == 0


@given(
    st.lists(st.tuples(st.sampled_from(["rui", "olga", "x"]), st.sampled_from(["a", "b"]), st.floats(0, 120), st.booleans()), max_size=80)
)
def test_a_property_who_is_always_right_never_waits(tries: list[tuple[str, str, float, bool]]) -> None:
    clock = Clock()
    keeper = Doorkeeper(clock)
    for name, place, pause, strange in tries:
        clock.now += pause
        if strange:
            keeper.wait(name, f"stranger of {place}")
        assert keeper.wait("mei", "home") == 0
        keeper.right("mei", "home")


def test_tries_that_come_too_fast_are_answered_with_the_seconds_to_wait(store: Store) -> None:
    people(store)
    house = House(store)
    client = house.nobody()
    answers = [log_in(client, "rui", "wrong wrong wrong") for _ in range(OF_ONE_NAME_AND_PLACE.burst + 1)]
    assert [answer.status_code for answer in answers] == [403] * OF_ONE_NAME_AND_PLACE.burst + [429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 60
    begun = time.process_time()
    assert log_in(client, "RUI", PASSWORD).status_code == 429, "the same name in another spelling"
    assert time.process_time() - begun < 0.5
    assert log_in(client, "olga").status_code == 303


# --- requests of one person ----------------------------------------------------------------------------------------------------


def test_a_person_who_asks_too_much_waits_and_others_do_not(store: Store) -> None:
    people(store)
    house = House(store, closed(limits=Limits(pages_per_minute=10, heavy_per_minute=4)))
    rui, program, olga = house.person("rui"), house.program("rui", "reader"), house.person("olga")
    statuses = [rui.get("/account").status_code for _ in range(7)]
    assert statuses == [200] * 6 + [429]
    answer = program.get("/account", headers={"accept": "application/json"})
    assert answer.status_code == 429, "a program asks on the account of its person"
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.json()["status"] == 429
    assert rui.get("/static/style.css").status_code == 200
    assert [olga.get("/search?words=x").status_code for _ in range(4)][-1] == 429
    assert olga.get("/account").status_code == 200
    nobody = [house.nobody().get("/login").status_code for _ in range(7)]
    assert nobody == [200] * 6 + [429]


def test_whoever_sits_at_the_machine_is_not_counted(store: Store) -> None:
    client = House(store, RoomSettings(limits=Limits(pages_per_minute=1, heavy_per_minute=1))).nobody()
    assert {client.get("/account").status_code for _ in range(8)} == {200}


def request_of(path: str = "/", client: str = "192.0.2.1", name: str = "", query: str = "") -> Request:
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query.encode(),
        "headers": [],
        "client": (client, 1),
        "state": {},
    }
    request = Request(scope)
    request.state.person = Person(name, Role.READER) if name else NOBODY
    return request


@pytest.mark.parametrize(
    ("path", "query", "heavy"),
    [("/search", "", True), ("/api/v1/sql", "", True), ("/tasks.csv", "", True), ("/api/v1/tasks", "format=parquet", True),
     ("/tasks", "", False), ("/d/x", "", False), ("/tasks", "words=csv", False)],
)  # fmt: skip
def test_what_costs_much_is_known_by_its_address(path: str, query: str, heavy: bool) -> None:
    assert is_heavy(request_of(path, query=query)) is heavy


@given(st.ip_addresses())
def test_a_property_an_address_is_counted_by_its_network(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    network = network_of(request_of(client=str(address)))
    if address.version == 4:
        assert network == str(address)
    elif address.ipv4_mapped is None:
        assert ipaddress.ip_address(network) == ipaddress.IPv6Address(int(address) >> 64 << 64)
    assert key_of(request_of(client=str(address), name="rui")) == "name rui"


def test_what_is_heavy_runs_only_so_often_at_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "PATIENCE", 0.2)

    async def scene() -> None:
        pace = Pace(RoomSettings(open=False, limits=Limits(heavy_at_once=4)))
        of = {name: request_of("/search", name=name) for name in ("a", "b", "c")}
        leave = [await pace.enter(of["a"]), await pace.enter(of["a"])]
        with pytest.raises(HTTPException) as refused:
            await pace.enter(of["a"])
        assert refused.value.status_code == 503
        leave += [await pace.enter(of["b"]), await pace.enter(of["c"])]
        with pytest.raises(HTTPException):
            await pace.enter(of["c"])
        await pace.enter(request_of("/tasks", name="c"))  # what is light waits for nobody
        waiting = asyncio.ensure_future(pace.enter(of["c"]))
        await asyncio.sleep(0.05)
        leave[0]()
        (await waiting)()
        for each in leave[1:]:
            each()
        assert pace._running == {}

    asyncio.run(scene())


def test_questions_are_worked_on_a_few_at_once_in_the_order_in_which_they_came() -> None:
    async def scene() -> list[str]:
        turns, told = Turns(at_once=2, moment=30.0), []

        async def ask(name: str, done: asyncio.Event) -> None:
            async with turns.turn():
                told.append(f"{name} begins")
                await done.wait()
            told.append(f"{name} ends")

        done = {name: asyncio.Event() for name in "abcd"}
        asked = [asyncio.create_task(ask(name, event)) for name, event in done.items()]
        for name in "badc":
            await asyncio.sleep(0.01)
            done[name].set()
        await asyncio.gather(*asked)
        return told

    assert asyncio.run(scene()) == ["a begins", "b begins", "b ends", "c begins", "a ends", "d begins", "d ends", "c ends"]


def test_a_question_that_takes_long_holds_nobody_up_and_gives_its_turn_back_once() -> None:
    async def scene() -> None:
        turns = Turns(at_once=1, moment=0.05)
        async with turns.turn(), asyncio.timeout(20), turns.turn():  # the first one's moment is over
            pass
        async with turns.turn():
            assert turns._free.locked()

    asyncio.run(scene())


@pytest.mark.parametrize(("method", "path", "together"), [("GET", "/slow", 3), ("GET", "/static/slow", 9), ("POST", "/slow", 9)])
def test_questions_wait_for_their_turn_and_files_and_forms_do_not(
    shared_store: Store, monkeypatch: pytest.MonkeyPatch, method: str, path: str, together: int
) -> None:
    monkeypatch.setattr(guard, "Turns", partial(Turns, at_once=3, moment=30.0))
    app, under_way, most, full = create_app(shared_store), 0, 0, asyncio.Event()

    async def slow() -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        if most == together:
            full.set()
        await full.wait()
        await asyncio.sleep(0.05)
        under_way -= 1

    app.router.routes.insert(0, APIRoute(path, slow, methods=[method], dependencies=[rights.reader()]))

    async def ask() -> set[int]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
            return {answer.status_code for answer in await asyncio.gather(*(client.request(method, path) for _ in range(9)))}

    assert asyncio.run(ask()) == {200}
    assert most == together


def test_passwords_are_checked_two_at_a_time() -> None:
    from harvester.web.access import passwords

    running, most, lock = 0, 0, threading.Lock()

    class Slow:
        def hash(self, _password: str) -> str:
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            time.sleep(0.03)
            with lock:
                running -= 1
            return "x"

    threads = [threading.Thread(target=passwords.hashed, args=("x",)) for _ in range(6)]
    before, passwords.HASHER = passwords.HASHER, Slow()  # type: ignore[assignment]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        passwords.HASHER = before
    assert most == 2

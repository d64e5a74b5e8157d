"""Every route of the room with everybody who may come: who is let in, who is not, and that nothing is changed without a token."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from harvester.errors import HarvesterError
from harvester.web.access import forgery, rights
from harvester.web.access.people import Role
from harvester.web.access.rights import SAFE, Way
from storage import accounts
from storage.store import Store
from tests.web import sample
from tests.web.people import PEOPLE, House, people, token_in

LISTED = Path(__file__).with_name("ways_of_readers.txt")
WRONG = "0" * 64
UNCHANGING = ("/api/v1/reconcile", "/api/v1/sql")
"""POSTs that ask a question which is too long for an address."""


def listed() -> dict[str, set[tuple[str, str]]]:
    """Return who may what, as it stands in the list."""
    found: dict[str, set[tuple[str, str]]] = {}
    for line in LISTED.read_text("utf-8").splitlines():
        words = line.split()
        if len(words) == 1:
            found[words[0]] = set()
        elif words and words[0] != "#":
            found[list(found)[-1]].add((words[0], words[1]))
    return found


@pytest.fixture(scope="module")
def house(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with sample.copied(sample_folder, tmp_path_factory.mktemp("routes") / "room") as store:
        people(store)
        yield House(store)


@pytest.fixture(scope="module")
def ways(house: House) -> list[tuple[str, str, Role]]:
    """Give every method and address with the least role, as the application was put together."""
    return [(method, way.path, _role(way)) for way in rights.ways(house.app) for method in sorted(way.methods)]


def _role(way: Way) -> Role:
    assert way.role is not None
    return way.role


def address(path: str) -> str:
    """Return an address of a route, with a value that names nothing in the place of each parameter."""
    return re.sub(r"{\w+(:\w+)?}", lambda found: "1" if found.group(1) == ":int" else "x", path)


def ask(client: TestClient, method: str, path: str, **form: str) -> int:
    return client.request(method, address(path), data=form or None).status_code


def test_readers_reach_what_is_listed_for_them_and_nothing_else(ways: list[tuple[str, str, Role]]) -> None:
    known = listed()
    assert {(method, path) for method, path, role in ways if role == Role.NOBODY} == known["everybody"]
    new = {(method, path) for method, path, role in ways if role == Role.READER} - known["reader"]
    assert new == set(), f"enter in {LISTED.name} what readers may reach, once you thought of who comes"
    assert known["reader"] - {(method, path) for method, path, role in ways if role == Role.READER} == set(), "these are gone"
    assert {path for _, path, role in ways if role == Role.OPERATOR} >= {"/accounts", "/audit", "/review", "/reports"}


def test_nobody_is_let_in_but_to_log_in(house: House, ways: list[tuple[str, str, Role]]) -> None:
    nobody = house.nobody()
    for method, path, role in ways:
        answer = nobody.request(method, address(path))
        if role == Role.NOBODY:
            assert answer.status_code != 401, path
        elif method == "GET" and answer.status_code == 303:
            assert answer.headers["location"].startswith("/login"), path
        else:
            assert answer.status_code in ((401, 403) if method != "GET" else (401,)), (method, path, answer.status_code)
            assert "olga" not in answer.text


@pytest.mark.parametrize("who", ["session", "key", "operator's key for reading"])
def test_a_reader_reaches_no_operator_s_function(house: House, ways: list[tuple[str, str, Role]], who: str) -> None:
    if who == "session":
        client = house.person("rui")
        token = token_in(client.get("/account"))
    else:
        client, token = house.program("rui" if who == "key" else "olga", "reader"), WRONG
    for method, path, role in ways:
        if role == Role.OPERATOR:
            assert ask(client, method, path, token=token, name="olga") == 403, (method, path)
        elif role == Role.READER and method == "GET" and who == "session":
            assert ask(client, method, path) not in (401, 403), path


def test_an_operator_reaches_every_function_and_a_program_of_one_too(house: House, ways: list[tuple[str, str, Role]]) -> None:
    person, program = house.person("olga"), house.program("olga", "operator")
    for method, path, role in ways:
        if method == "GET":
            assert ask(person, method, path) not in (401, 403, 500), path
        if method == "GET" and role == Role.OPERATOR:
            assert ask(program, method, path) not in (401, 403, 500), path


def test_a_room_on_loopback_is_open_to_whoever_sits_there(shared_client: TestClient, ways: list[tuple[str, str, Role]]) -> None:
    for method, path, _ in ways:
        if method == "GET":
            assert ask(shared_client, method, path) not in (401, 403, 500), path


@pytest.mark.parametrize("given", ["none", "wrong", "another session's", "that before the login", "another room's"])
def test_nothing_is_changed_without_the_token_of_the_session(
    house: House, ways: list[tuple[str, str, Role]], given: str, store: Store
) -> None:
    client = house.person("olga")
    form = {} if given == "none" else {"token": _token(house, given, store)}
    for method, path, _ in ways:
        if method not in SAFE and path not in UNCHANGING:
            assert ask(client, method, path, **form) in (403, 422), (method, path)
            # Never mind what is wrong with the form: with a right token it is something else.
            if form:
                assert ask(client, method, path, **form, name="rui", role="operator", decision="1", id="1") == 403, path
    assert {account.name: account.role for account in accounts.listed(house.store)} == PEOPLE


def _token(house: House, given: str, store: Store) -> str:
    if given == "wrong":
        return WRONG
    if given == "another session's":
        return token_in(house.person("olga").get("/account"))
    if given == "that before the login":
        return token_in(house.nobody().get("/login"))
    people(store)
    other = House(store, house.settings)
    return token_in(other.person("olga").get("/account"))


@pytest.mark.parametrize(
    ("dependencies", "methods", "said"),
    [((), ["GET"], "names no role"), ((rights.operator(),), ["POST"], "without a token"), ((rights.reader(),), ["GET", "DELETE"], "token")],
)
def test_a_room_with_a_route_that_says_too_little_does_not_open(dependencies: tuple[object, ...], methods: list[str], said: str) -> None:
    router = APIRouter(prefix="/new")
    router.add_api_route("/thing", lambda: None, methods=methods, dependencies=list(dependencies))  # type: ignore[arg-type]
    outer = APIRouter()
    outer.include_router(router)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(outer)
    with pytest.raises(HarvesterError, match=f"/new/thing .*{said}"):
        rights.check_routes(app)


def test_a_room_with_something_mounted_or_a_plain_route_does_not_open() -> None:
    for made in (Mount("/files", app=FastAPI()), Route("/plain", lambda request: PlainTextResponse("x"))):
        app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        app.router.routes.append(made)
        with pytest.raises(HarvesterError, match="names no role"):
            rights.check_routes(app)


def test_what_is_said_of_an_included_router_counts_for_its_routes() -> None:
    router = APIRouter()
    router.add_api_route("/thing", lambda: None, methods=["POST"], dependencies=[forgery.form()])
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(router, dependencies=[rights.operator()])
    rights.check_routes(app)
    assert Way("/thing", frozenset({"POST"}), Role.OPERATOR, guarded=True) in rights.ways(app)

"""A room is opened, asked and closed: which addresses it takes, real processes of `harvester serve`, TLS, proxies, accounts by command."""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import sqlite3
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
import trustme

from harvester.cli.main import run
from harvester.errors import HarvesterError, WrongCall
from harvester.web.access.opening import Opening, check_accounts, settings_of
from harvester.web.room import RoomSettings
from harvester.web.serving import listening_at
from storage import accounts, audit
from storage.store import Store
from tests import warm
from tests.web import sample
from tests.web.people import PASSWORD, password_hash, people
from tests.web.serving import served

BASE = "https://room.example"


# --- which room is opened ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Give the files of a certificate for 127.0.0.1, and of the authority that made it."""
    folder = tmp_path_factory.mktemp("tls")
    authority = trustme.CA()
    made = authority.issue_cert("127.0.0.1")
    names = {name: str(folder / name) for name in ("authority", "tls_cert", "tls_key")}
    authority.cert_pem.write_to_path(names["authority"])
    made.cert_chain_pems[0].write_to_path(names["tls_cert"])
    made.private_key_pem.write_to_path(names["tls_key"])
    return names


@pytest.mark.parametrize("given", [{}, {"host": "localhost"}, {"host": "::1"}, {"host": "127.0.0.3", "base": "http://localhost:8017"}])
def test_a_room_on_loopback_is_open(given: dict[str, Any]) -> None:
    settings = settings_of(Opening.of({}, **given), {})
    assert settings.open
    assert settings.proxies == ()


@pytest.mark.parametrize(
    ("given", "secure", "proxies"),
    [
        ({"login": True}, False, ()),
        ({"base": BASE}, True, ("127.0.0.1", "::1")),
        ({"base": BASE + "/", "host": "10.0.0.7", "proxies": ("10.0.0.2",)}, True, ("10.0.0.2",)),
        ({"base": "http://10.0.0.7:8017", "host": "10.0.0.7", "insecure": True}, False, ()),
        ({"base": BASE, "host": "0.0.0.0", "tls": True}, True, ()),  # noqa: S104
        ({"tls": True, "login": True}, True, ()),
    ],
)
def test_a_room_for_others_wants_accounts(files: dict[str, str], given: dict[str, Any], secure: bool, proxies: tuple[str, ...]) -> None:
    tls = {name: Path(files[name]) for name in ("tls_cert", "tls_key")} if given.pop("tls", False) else {}
    settings = settings_of(Opening.of({}, **given, **tls), {})
    assert (settings.open, settings.secure, settings.proxies) == (False, secure, proxies)
    assert not settings.base.endswith("/")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"host": "0.0.0.0"}, "--base"),  # noqa: S104
        ({"host": "10.0.0.7"}, "--base"),
        ({"host": "room.example"}, "--base"),
        ({"host": "10.0.0.7", "base": "http://room.example"}, "in the clear"),
        ({"base": "http://room.example"}, "in the clear"),
        ({"host": "10.0.0.7", "base": BASE}, "plain HTTP to everybody"),
        ({"base": "room.example"}, "no address of a room"),
        ({"base": BASE + "/credit"}, "no address of a room"),
        ({"base": "https://user@room.example"}, "no address of a room"),
        ({"base": "ftp://room.example"}, "no address of a room"),
        ({"base": "https://room.example:x"}, "no address of a room"),
        ({"proxies": ("nginx",)}, "room.proxies"),
        ({"tls_cert": Path("/nowhere/chain.pem")}, "room.tls_cert"),
    ],
)
def test_a_room_that_would_not_be_safe_is_not_opened(given: dict[str, Any], said: str) -> None:
    with pytest.raises(WrongCall, match=re.escape(said)):
        settings_of(Opening.of({}, **given), {})


def test_the_settings_say_what_the_command_line_does_not(files: dict[str, str]) -> None:
    table = {"base": BASE, "port": 9000, "proxies": ["10.0.0.2"], "idle_minutes": 5, "tls_key": files["tls_key"]}
    opening = Opening.of(table, port=9001, base="", host=None, login=False)
    assert (opening.base, opening.port, opening.proxies) == (BASE, 9001, ("10.0.0.2",))
    assert settings_of(Opening.of({"base": BASE, "idle_minutes": 5}), {"idle_minutes": 5}).limits.idle.seconds == 300
    with pytest.raises(WrongCall, match="both --tls-cert and --tls-key"):
        settings_of(opening, table)
    with pytest.raises(WrongCall, match="knows no hots"):
        Opening.of({"hots": "0.0.0.0"})  # noqa: S104


def test_a_room_for_others_does_not_open_without_an_operator(store: Store) -> None:
    closed = settings_of(Opening.of({}, base=BASE), {})
    with pytest.raises(WrongCall, match="harvester accounts add"):
        check_accounts(store, closed)
    accounts.add(store, "rui", "reader", password_hash(), "test", datetime.now(UTC))
    with pytest.raises(WrongCall, match="operator"):
        check_accounts(store, closed)
    check_accounts(store, RoomSettings())
    accounts.set_role(store, "rui", "operator")
    check_accounts(store, closed)


def test_what_cannot_be_listened_at_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening_at("127.0.0.1", 0) as taken, pytest.raises(HarvesterError, match="choose another --port"), \
         listening_at("127.0.0.1", taken.getsockname()[1]):  # fmt: skip
        pass
    with pytest.raises(HarvesterError, match="choose another"), listening_at("192.0.2.7", 0):
        pass


# --- on a socket ---------------------------------------------------------------------------------------------------------------


def test_where_proxies_are_named_nobody_else_may_connect(shared_store: Store) -> None:
    with (
        served(shared_store, RoomSettings(open=False, base=BASE, secure=True, proxies=("192.0.2.7",))) as address,
        pytest.raises(httpx.TransportError),
    ):
        httpx.get(address + "/login", headers={"host": "room.example"})


def test_who_comes_through_a_proxy_is_told_by_it_and_by_nobody_else(store: Store) -> None:
    people(store)
    headers = {"host": "room.example", "accept": "text/html"}
    for proxies, seen in ((("127.0.0.1",), "203.0.113.5"), ((), "127.0.0.1")):
        with (
            served(store, RoomSettings(open=False, base=BASE, secure=True, proxies=proxies)) as address,
            httpx.Client(base_url=address) as client,
        ):
            page = client.get("/login", headers=headers)
            token, cookie = re.findall(r'value="([0-9a-f]{64})"', page.text)[0], page.headers["set-cookie"].partition(";")[0]
            form = {"name": "rui", "password": "wrong", "token": token}
            told = {"x-forwarded-for": "10.9.9.9, 203.0.113.5", "x-forwarded-proto": "https", "cookie": cookie}
            assert client.post("/login", data=form, headers=headers | told).status_code == 403
        entry = audit.entries(store, action="login failed")[0]
        assert entry["what"]["network"] == audit.tag(store, seen)


# --- processes -----------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made: Path = tmp_path_factory.mktemp("processes") / "room"
    shutil.copytree(sample_folder, made)
    return made


@contextmanager
def serving(folder: Path, *words: str, environment: Mapping[str, str] | None = None) -> Iterator[tuple[BaseProcess, str]]:
    """Give a process of `harvester serve` over the store in a folder, and the address that it tells."""
    out = folder / f"out-{time.monotonic_ns()}"
    known = {name: value for name, value in os.environ.items() if not name.startswith("HARVESTER_")}
    told = known | {"HARVESTER_LANG": "en", "PYTHONUNBUFFERED": "1"} | dict(environment or {})
    process = warm.start("serve", "--store", sample.url_of(folder), *words, environment=told, folder=folder, out=out, err=out)
    try:
        yield process, _announced(process, out)
    finally:
        if process.is_alive():
            process.kill()
        process.join(10)


def _announced(process: BaseProcess, out: Path) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        text = out.read_text("utf-8") if out.exists() else ""
        if found := re.search(r"open at (\S+)", text):
            return found.group(1)
        if not process.is_alive():
            return text
        time.sleep(0.05)
    raise AssertionError("the room did not open in a minute")


def ended(process: BaseProcess, number: signal.Signals) -> tuple[int | None, float]:
    """Send a signal and return the exit status with the seconds that took."""
    begun = time.monotonic()
    assert process.pid
    os.kill(process.pid, number)
    process.join(20)
    return process.exitcode, time.monotonic() - begun


def test_a_process_serves_and_ends_as_it_is_told_with_another_room_beside_it(folder: Path) -> None:
    with serving(folder, "--port", "0") as (first, address), serving(folder, "--port", "0") as (second, other):
        for each in (address, other):
            assert httpx.get(each + "tasks").status_code == 200
            assert httpx.get(each + "tasks", headers={"host": "evil.example"}).status_code == 421
        port = address.rstrip("/").rpartition(":")[2]
        with serving(folder, "--port", port) as (third, said):
            third.join(20)
            assert third.exitcode == 1
            assert "choose another --port" in said
        with httpx.Client(base_url=address) as kept:  # a connection that stays open holds nothing up
            kept.get("/tasks")
            status, seconds = ended(first, signal.SIGTERM)
            assert (status, seconds < 15) == (0, True)
        status, seconds = ended(second, signal.SIGINT)
        assert (status, seconds < 15) == (130, True)


def test_a_store_that_is_locked_or_goes_away_is_told_and_does_not_keep_a_room_from_ending(folder: Path) -> None:
    file = folder / sample.FILE
    with serving(folder, "--port", "0", environment={"HARVESTER_PATIENCE": "0.3"}) as (process, address):
        with sqlite3.connect(file, isolation_level=None) as holder:
            holder.execute("BEGIN IMMEDIATE")
            answer = httpx.get(address + "records", headers={"accept": "text/html"}, timeout=20)
            assert (answer.status_code, "系统繁忙" in answer.text) == (503, True)
            assert httpx.get(address + "tasks", timeout=20).status_code == 200, "what is only read is read"
            holder.execute("ROLLBACK")
        holder.close()
        hidden = file.with_suffix(".away")
        file.rename(hidden)
        for away in ("records", "tasks", "health"):
            assert httpx.get(address + away, timeout=20).status_code == 503, away
        shutil.copy(hidden, file)
        assert httpx.get(address + "health", timeout=20).status_code == 503, "another file is another store"
        hidden.rename(file)
        assert httpx.get(address + "health", timeout=20).status_code == 200
        assert httpx.get(address + "records", timeout=20).status_code == 200
        file.rename(hidden)
        status, seconds = ended(process, signal.SIGTERM)
        hidden.rename(file)
        assert (status, seconds < 15) == (0, True)


def test_a_request_that_waits_for_the_store_does_not_keep_the_process(folder: Path) -> None:
    with serving(folder, "--port", "0", environment={"HARVESTER_PATIENCE": "60"}) as (process, address):
        holder = sqlite3.connect(folder / sample.FILE, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        waiting = Thread(target=_asked_in_vain, args=(address + "records",), daemon=True)
        waiting.start()
        time.sleep(0.7)
        status, seconds = ended(process, signal.SIGTERM)
        holder.close()
        assert (status, seconds < 15) == (0, True)
        waiting.join(10)


def _asked_in_vain(address: str) -> None:
    try:
        httpx.get(address, timeout=30)
    except httpx.TransportError:
        return


def test_a_room_speaks_tls_itself(folder: Path, files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    call(monkeypatch, folder, "accounts", "add", "olga", "--role", "operator", typed=PASSWORD)
    words = ("--port", "0", "--login", "--tls-cert", files["tls_cert"], "--tls-key", files["tls_key"])
    with serving(folder, *words) as (process, address):
        assert address.startswith("https://127.0.0.1:")
        with httpx.Client(base_url=address, verify=ssl.create_default_context(cafile=files["authority"])) as client:
            page = client.get("/login", headers={"accept": "text/html"})
            assert page.headers["strict-transport-security"]
            token = re.findall(r'value="([0-9a-f]{64})"', page.text)[0]
            answer = client.post("/login", data={"name": "olga", "password": PASSWORD, "token": token})
            assert answer.status_code == 303
            assert "__Host-session" in client.cookies
            assert client.get("/audit").status_code == 200
        assert ended(process, signal.SIGTERM)[0] == 0


# --- accounts by command ---------------------------------------------------------------------------------------------------------


def call(monkeypatch: pytest.MonkeyPatch, folder: Path, *words: str, typed: str = "") -> int:
    for name in ("HARVESTER_STORE", "HARVESTER_ROOM", "HARVESTER_OPERATOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(folder)
    monkeypatch.setattr("sys.stdin", io.StringIO(typed + "\n" if typed else ""))
    return run([*words, "--store", sample.url_of(folder)])


def test_accounts_are_made_and_ended_by_command_and_no_password_is_told(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HARVESTER_LANG", "en")
    folder = tmp_path / "room"
    assert call(monkeypatch, folder, "serve", "--base", BASE) == 2
    assert "harvester accounts add" in capsys.readouterr().err
    assert call(monkeypatch, folder, "accounts", "add", "Olga", "--role", "operator", "--by", "root", typed=PASSWORD) == 0
    assert call(monkeypatch, folder, "accounts", "add", "rui", "--provisional", typed=PASSWORD) == 0
    assert accounts.named(store, "rui").provisional
    assert call(monkeypatch, folder, "accounts", "role", "rui", "operator") == 0
    assert call(monkeypatch, folder, "accounts", "password", "rui", typed="seven lamps behind the printing shop") == 0
    assert call(monkeypatch, folder, "accounts", "remove", "olga") == 0
    assert [account.name for account in accounts.listed(store)] == ["rui"]
    assert call(monkeypatch, folder, "accounts", "list", "--format", "csv") == 0
    said = capsys.readouterr()
    assert "rui,operator" in said.out
    assert PASSWORD not in said.out + said.err + str(audit.entries(store))
    assert {row["action"] for row in audit.entries(store)} >= {"account added", "role changed", "password reset", "account removed"}


@pytest.mark.parametrize(
    ("words", "typed", "status", "said"),
    [
        (("accounts", "add", "olga", "--role", "operator"), "", 2, "standard input"),
        (("accounts", "add", "olga"), "short", 2, "at least 15 characters"),
        (("accounts", "add", "a b"), PASSWORD, 1, "letters, digits"),
        (("accounts", "remove", "nobody"), "", 1, "harvester accounts list"),
        (("accounts", "add", "olga", "--password", PASSWORD), "", 2, "--password"),
        (("serve", "--host", "0.0.0.0"), "", 2, "--base"),  # noqa: S104
        (("serve", "--login"), "", 2, "harvester accounts add"),
    ],
)
def test_a_wrong_call_is_told_with_the_next_step(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], typed: str,
    status: int, said: str,
) -> None:  # fmt: skip
    monkeypatch.setenv("HARVESTER_LANG", "en")
    assert call(monkeypatch, tmp_path / "room", *words, typed=typed) == status
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1
    assert accounts.listed(store) == []

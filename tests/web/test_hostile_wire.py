"""What no client sends on a socket: heads that never end or can be read in two ways; and pages that take too long."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest
import uvicorn
from starlette.responses import StreamingResponse

from harvester.web.access import rights, wire
from harvester.web.access.limits import Limits
from harvester.web.app import create_app
from harvester.web.room import RoomSettings
from harvester.web.serving import config_of, listening_at
from storage.store import Store


def pieces() -> Iterator[bytes]:
    while True:
        yield b"a"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def wired(shared_store: Store) -> Iterator[tuple[str, int]]:
    with room(shared_store, RoomSettings(limits=Limits(page_seconds=1, download_seconds=2))) as (place, _):
        yield place


@contextmanager
def room(store: Store, patient: RoomSettings) -> Iterator[tuple[tuple[str, int], Callable[[], None]]]:
    """Give the place of a room on a socket that waits for heads half a second, and what closes it once somebody asked for its slow page.

    That page and a download take for ever.
    """
    begun, over = threading.Event(), threading.Event()

    def slow() -> None:
        begun.set()
        over.wait(60)

    app = create_app(store, patient)
    app.get("/slow", dependencies=[rights.reader()])(slow)
    app.get("/endless", dependencies=[rights.reader()])(lambda: StreamingResponse(pieces()))
    config = config_of(app, patient)
    config.timeout_graceful_shutdown = 1
    config.http_protocol_class = wire.protocol((), head_seconds=0.5)
    with listening_at("127.0.0.1", 0) as listening:
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()

        def close() -> None:
            assert begun.wait(30)
            server.should_exit = True

        yield listening.getsockname()[:2], close
        over.set()
        server.should_exit = True
        thread.join(15)


def connected(place: tuple[str, int]) -> closing[socket.socket]:
    made = socket.create_connection(place, timeout=5)
    made.settimeout(5)
    return closing(made)


def ended(connection: socket.socket) -> bool:
    """Read on until the other side ends the connection; raises ``TimeoutError`` where it does not."""
    try:
        while connection.recv(100_000):
            pass
    except ConnectionResetError:
        pass
    return True


def test_a_head_that_does_not_arrive_ends_the_connection(wired: tuple[str, int]) -> None:
    for sent in (b"", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "):
        with connected(wired) as connection:
            begun = time.monotonic()
            connection.sendall(sent)
            for _ in range(4 if sent else 0):
                time.sleep(0.1)
                connection.sendall(b"a")
            assert ended(connection)
            assert time.monotonic() - begun < 5


def test_a_second_head_on_the_same_connection_is_waited_for_no_longer(wired: tuple[str, int]) -> None:
    with connected(wired) as connection:
        connection.sendall(b"GET /static/icon.svg HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert b"200" in connection.recv(100_000)
        time.sleep(0.7)
        connection.sendall(b"GET /static/icon.svg HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert b"200" in connection.recv(100_000), "between requests the longer time holds"
        connection.sendall(b"GET / HTT")
        assert ended(connection)


def said_of(caplog: pytest.LogCaptureFixture, route: str) -> list[str]:
    """Return what the room's log says of a route; nothing in it has a traceback."""
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []
    return [record.getMessage() for record in caplog.records if route in record.getMessage()]


def test_what_takes_too_long_is_one_sentence_of_the_log(wired: tuple[str, int], caplog: pytest.LogCaptureFixture) -> None:
    for route in (b"/slow", b"/endless"):
        with connected(wired) as connection:
            connection.sendall(b"GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n" % route)
            assert ended(connection)
    assert said_of(caplog, "/slow") == ["given up at /slow: the answer took more than 1 s"]
    assert said_of(caplog, "/endless") == ["given up at /endless: the answer took more than 2 s"]


def test_a_room_that_is_closed_under_an_answer_says_so(shared_store: Store, caplog: pytest.LogCaptureFixture) -> None:
    with room(shared_store, RoomSettings()) as (place, close), connected(place) as connection:
        connection.sendall(b"GET /slow HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        close()
        answer = b"".join(iter(lambda: connection.recv(100_000), b""))
        assert b" 503 " in answer
        assert b"The room is being closed" in answer
    assert said_of(caplog, "/slow") == ["given up at /slow: the room is closed"]


def test_a_page_that_takes_too_long_is_given_up_and_others_are_answered_meanwhile(wired: tuple[str, int]) -> None:
    with connected(wired) as connection:
        begun = time.monotonic()
        connection.sendall(b"GET /slow HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\n\r\n")
        with connected(wired) as other:
            other.sendall(b"GET /static/icon.svg HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert b" 200 " in other.recv(1000)
        answer = connection.recv(100_000)
        assert b" 503 " in answer
        assert 0.8 < time.monotonic() - begun < 5


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /audit HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"GET /a b HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"a" * 70_000 + b"\r\n\r\n",
        b"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    ],
    ids=["two lengths", "two hosts", "no host", "another host's address", "blank", "tls", "long header", "connect"],
)
def test_a_head_that_can_be_read_in_two_ways_is_refused(wired: tuple[str, int], sent: bytes) -> None:
    with connected(wired) as connection:
        connection.sendall(sent)
        try:
            answer = connection.recv(100_000)
        except ConnectionResetError:
            answer = b""
    assert re.match(rb"HTTP/1.1 4\d\d ", answer) or answer == b""
    assert b"hunter" not in answer

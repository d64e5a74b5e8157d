"""Servers that cannot be reached or make no page: each failure has its cause and its class, from a real connection."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme

from spiders.failure_classes import FailureClass, failure_class
from spiders.items import Cause
from tests.crawl.sites import harvest

ANSWER = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
Serve = Callable[[socket.socket], None]


@contextlib.contextmanager
def serving(serve: Serve) -> Iterator[int]:
    """Give the port of a server that does this with each connection."""

    def listen() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection = server.accept()[0]
                with connection, contextlib.suppress(OSError):
                    serve(connection)

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=listen, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def secure(name: str) -> Serve:
    """Return a server with a certificate for a name, from an authority that nobody knows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert(name).configure_cert(context)

    def serve(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as wrapped:
            wrapped.recv(4096)
            wrapped.sendall(ANSWER)

    return serve


def plain(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.sendall(ANSWER)


def reset(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def silent(connection: socket.socket) -> None:
    while connection.recv(4096):
        pass


@contextlib.contextmanager
def closed() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    yield port


@pytest.mark.parametrize(
    ("scheme", "server", "cause"),
    [
        ("https", serving(secure("127.0.0.1")), "tls"),
        ("https", serving(secure("other.example")), "tls"),
        ("https", serving(plain), "tls"),
        ("https", serving(reset), "connection"),
        ("http", serving(reset), "connection"),
        ("http", closed(), "refused"),
        ("http", serving(silent), "timeout"),
    ],
    ids=["foreign certificate", "another name's", "no TLS at all", "cut in the handshake", "cut", "closed port", "silence"],
)
def test_a_host_that_gives_no_answer_fails_with_its_cause_and_is_asked_once(
    tmp_path: Path, scheme: str, server: contextlib.AbstractContextManager[int], cause: str
):
    with server as port:
        summary = harvest(tmp_path, {"national": f"{scheme}://127.0.0.1:{port}"}, settings={"timeout": 0.5})["national"]
    assert (summary.verdict, summary.cause, failure_class(summary.cause)) == ("failed", cause, cause)
    assert summary.requests == 3  # robots.txt, and two more tries


def test_a_name_that_does_not_exist_fails_with_its_cause(tmp_path: Path):
    summary = harvest(tmp_path, {"national": "http://no-such-host.invalid"})["national"]
    assert (summary.verdict, summary.cause, summary.failures) == ("failed", "dns", {"dns": 1})
    assert "no-such-host.invalid" in summary.sample[0].detail


def test_every_cause_of_a_failure_has_a_class_of_its_own_kind():
    assert {failure_class(cause) for cause in (*Cause, "killed", "store")} == set(FailureClass) - {FailureClass.PROMISE, FailureClass.WORK}

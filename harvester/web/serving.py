"""Open the room on a socket: one process, until it is told to stop."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn
from fastapi import FastAPI

from harvester import log_masking
from harvester.errors import HarvesterError, WrongCall
from harvester.web.access import passwords, wire
from harvester.web.app import create_app
from harvester.web.reading import versions
from harvester.web.room import RoomSettings
from storage.store import Store

STOPPING = 5
"""Seconds that answers under way get when the room closes."""
BACKLOG = 512
INTERRUPTED = 130
WORKER = "AnyIO worker thread"
"""What threads are called in which routes run."""


def run(store: Store, host: str, port: int, announce: Callable[[str], None], settings: RoomSettings | None = None) -> None:
    """Serve the room at an address until the process is told to stop: SIGTERM ends it as done, SIGINT as ``KeyboardInterrupt``.

    Raises ``HarvesterError`` where nothing can listen there, ``WrongCall`` for a certificate that cannot be used.
    """
    given = settings or RoomSettings()
    words = threading.Thread(target=versions.warm_words, name="words", daemon=True)
    words.start()
    app = create_app(store, given)
    config = config_of(app, given)
    log_masking.install()
    if not given.open:
        passwords.prepare()
    server = _Server(config)
    with listening_at(host, port) as listening, ended_by_sigterm(server):
        words.join()  # two threads that load the same at once would both be slow: the first page needs it
        bound = listening.getsockname()[1]
        plain = f"{'https' if given.certificate else 'http'}://{f'[{host}]' if ':' in host else host}:{bound}/"
        announce(f"{given.base}/" if given.base else plain)
        threading.Thread(target=versions.warm, name="warm", daemon=True).start()
        status = INTERRUPTED
        try:
            server.run(sockets=[listening])
            if server.interrupted:
                raise KeyboardInterrupt
            status = 0
        except SystemExit:
            status = 0
            raise
        finally:
            _leave_behind(status)


class _Server(uvicorn.Server):
    """A server that remembers that it was interrupted: whether the loop hands SIGINT on depends on what it was doing."""

    interrupted = False

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.interrupted |= sig == signal.SIGINT
        super().handle_exit(sig, frame)


def _leave_behind(status: int) -> None:
    """End the processes that read for the room, and this one in a moment, with a status, where a thread still waits for the store.

    Nobody waits for their answers any more; what a thread was writing is one transaction, which is not there until it is whole.
    """
    for reader in multiprocessing.active_children():
        reader.kill()  # one that was forked has our handler of SIGTERM, and would let Python wait for it for ever
    if any(thread.name == WORKER and thread.is_alive() for thread in threading.enumerate()):
        ender = threading.Timer(STOPPING / 2, os._exit, (status,))
        ender.daemon = True
        ender.start()


@contextmanager
def ended_by_sigterm(server: uvicorn.Server) -> Iterator[None]:
    """Let SIGTERM be no more than the end of what runs: the server stops on it, and hands it on once it has stopped.

    Before the server listens to signals itself, it ends the process as done.
    """

    def ended(_number: int, _frame: FrameType | None) -> None:
        if not server.should_exit:
            sys.exit(0)

    before = signal.signal(signal.SIGTERM, ended)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def listening_at(host: str, port: int) -> Iterator[socket.socket]:
    """Give a socket that listens at an address. Raises ``HarvesterError`` where nothing can listen there."""
    try:
        family, kind, number, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except OSError as error:
        raise HarvesterError(f"there is no address {host} on this machine ({error.strerror}); choose another --host.") from None
    with socket.socket(family, kind, number) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(address)
            listening.listen(BACKLOG)
        except OSError as error:
            raise HarvesterError(f"nothing can listen at {host} port {port} ({error.strerror}); choose another --port.") from None
        yield listening


def config_of(app: FastAPI, settings: RoomSettings) -> uvicorn.Config:
    """Return how a room is served. Raises ``WrongCall`` for a certificate that cannot be used."""
    config = uvicorn.Config(
        app,
        http=wire.protocol(settings.proxies),
        ws="none",
        log_config=None,  # its lines are written as all others are
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=list(settings.proxies) or None,
        limit_concurrency=wire.MOST_CONNECTIONS,
        timeout_keep_alive=20,
        timeout_graceful_shutdown=STOPPING,
        h11_max_incomplete_event_size=65536,
        ssl_certfile=settings.certificate,
        ssl_keyfile=settings.certificate_key,
    )
    try:
        config.load()
    except (ssl.SSLError, OSError) as error:
        raise WrongCall(f"The certificate or its key cannot be used ({error}); mend --tls-cert and --tls-key.") from None
    return config

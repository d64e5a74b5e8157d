"""The verb that opens the reading room: serve."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from harvester.cli.options import StoreOption
from harvester.cli.output import console
from harvester.messages import _
from harvester.observing import logs
from harvester.session import opened, settings

PATIENCE = 5.0
"""Seconds that a reader waits for another process that writes to the store."""


def register(app: typer.Typer) -> None:
    """Add this module's verbs to the command line."""
    app.command()(serve)


def serve(
    host: Annotated[
        str | None, typer.Option("--host", metavar="H", help="Address to listen at; 127.0.0.1 is open to this machine alone.")
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", metavar="P", min=0, max=65535, help="Port to listen at (8017); 0 takes a free one.")
    ] = None,
    base: Annotated[
        str, typer.Option("--base", metavar="URL", help="Address by which readers know the room: then it wants accounts.")
    ] = "",
    proxy: Annotated[
        list[str] | None, typer.Option("--proxy", metavar="ADDRESS", help="A proxy that speaks TLS for the room; may be given again.")
    ] = None,
    tls_cert: Annotated[Path | None, typer.Option("--tls-cert", metavar="FILE", help="Certificate (chain) to speak TLS with.")] = None,
    tls_key: Annotated[Path | None, typer.Option("--tls-key", metavar="FILE", help="Its key.")] = None,
    login: Annotated[bool, typer.Option("--login", help="Ask for accounts on loopback, too: others use this machine.")] = False,
    insecure: Annotated[bool, typer.Option("--insecure", help="Let passwords travel in the clear, in a network that you trust.")] = False,
    store: StoreOption = None,
) -> None:
    """Open the reading room and the API until Ctrl-C."""
    with done_by_sigterm():  # before all that takes seconds to load
        from harvester.web.access.opening import Opening, check_accounts, settings_of  # FastAPI: this verb alone waits for it
        from harvester.web.serving import run

        logs.configure(settings(store))
        table = settings(store).room
        asked = {"host": host, "port": port, "base": base, "proxies": tuple(proxy or ()), "tls_cert": tls_cert, "tls_key": tls_key}
        opening = Opening.of(table, **asked, login=login, insecure=insecure)
        room = settings_of(opening, table)
        with opened(store, patience=PATIENCE) as found:
            check_accounts(found, room)
            run(found, opening.host, opening.port, announce, room)


@contextmanager
def done_by_sigterm() -> Iterator[None]:
    """Let SIGTERM end the process as done (status 0) while the block runs."""
    before = signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(0))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def announce(address: str) -> None:
    """Say where the room is open, at once, also into a file or a pipe."""
    console().print(_("The reading room is open at {address}").format(address=address), markup=False, soft_wrap=True)

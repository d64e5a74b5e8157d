"""The verb that opens the reading room: serve."""

from __future__ import annotations

import ipaddress
from typing import Annotated

import typer

from harvester.cli.options import StoreOption
from harvester.cli.output import console
from harvester.errors import WrongCall
from harvester.messages import _
from harvester.session import opened


def register(app: typer.Typer) -> None:
    """Add this module's verbs to the command line."""
    app.command()(serve)


def serve(
    host: Annotated[
        str, typer.Option("--host", metavar="H", help="Address to listen at; on loopback nobody needs to log in.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="P", min=0, max=65535, help="Port to listen at; 0 takes a free one.")] = 8017,
    store: StoreOption = None,
) -> None:
    """Open the reading room and the API until Ctrl-C."""
    from harvester.web.serving import run  # FastAPI: this verb alone waits for it

    with opened(store) as found:
        if not is_loopback(host):
            raise WrongCall(f"{host} is no loopback address, and this store has no accounts; make one with `harvester accounts add`.")
        run(
            found,
            host,
            port,
            lambda address: console().print(_("The reading room is open at {address}").format(address=address), markup=False),
        )


def is_loopback(host: str) -> bool:
    """Tell whether an address can be reached from this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

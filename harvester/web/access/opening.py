"""How a room is opened: to whoever sits at this machine, or to people with accounts. A room never stands open at another address."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from harvester.errors import WrongCall
from harvester.web.access.limits import Limits
from harvester.web.access.requests import is_loopback
from harvester.web.room import RoomSettings
from storage import accounts
from storage.store import Store

LOOPBACK = ("127.0.0.1", "::1")
KNOWN = frozenset({"host", "port", "base", "proxies", "tls_cert", "tls_key", "login", "insecure", *Limits.__dataclass_fields__})
"""What the table ``[room]`` of the settings may hold."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What was asked for: on the command line, else in the table ``[room]``."""

    host: str = "127.0.0.1"
    port: int = 8017
    base: str = ""
    proxies: tuple[str, ...] = ()
    tls_cert: Path | None = None
    tls_key: Path | None = None
    login: bool = False
    insecure: bool = False

    @classmethod
    def of(cls, table: Mapping[str, Any], **given: Any) -> Opening:  # noqa: ANN401 -- any field
        """Return what the command line asks for, and the table where it says nothing. Raises ``WrongCall``."""
        if unknown := sorted(table.keys() - KNOWN):
            raise WrongCall(f"The table [room] of the settings knows no {', '.join(unknown)}; known are {', '.join(sorted(KNOWN))}.")
        said = {name: value for name, value in given.items() if value is not None and value is not False and value not in ("", ())}
        values = {name: table[name] for name in cls.__dataclass_fields__ if name in table} | said
        return cls(**{name: _typed(name, value) for name, value in values.items()})


def settings_of(opening: Opening, table: Mapping[str, Any]) -> RoomSettings:
    """Return how to open the room. Raises ``WrongCall`` with what is missing where that would not be safe."""
    base, tls = _base(opening.base), opening.tls_cert is not None
    away = not is_loopback(opening.host) or (base != "" and not is_loopback(urlsplit(base).hostname or ""))
    if (opening.tls_cert is None) != (opening.tls_key is None):
        raise WrongCall("TLS needs a certificate and its key: give both --tls-cert and --tls-key.")
    limits = Limits.of(table)
    if not away and not opening.login:
        return RoomSettings(open=True, base=base, certificate=opening.tls_cert, certificate_key=opening.tls_key, secure=tls, limits=limits)
    if away:
        _check_away(opening, base, tls)
    secure = tls or base.startswith("https://")
    proxies = opening.proxies or (LOOPBACK if secure and not tls else ())
    closed = RoomSettings(open=False, base=base, secure=secure, proxies=proxies, limits=limits)
    return replace(closed, certificate=opening.tls_cert, certificate_key=opening.tls_key)


def _check_away(opening: Opening, base: str, tls: bool) -> None:
    if not base:
        raise WrongCall(
            f"{opening.host} is no loopback address, so readers need an address to come by: give --base https://NAME, "
            "with --tls-cert and --tls-key, or behind a proxy that speaks TLS (docs/access.md)."
        )
    if base.startswith("http://") and not tls and not opening.insecure:
        raise WrongCall(
            f"At {base} passwords would travel in the clear: give a --base of https, or --insecure in a network that you trust."
        )
    if tls and base.startswith("http://"):
        raise WrongCall("With a certificate the address of the room begins with https: mend --base.")
    if base.startswith("https://") and not tls and not opening.proxies and not is_loopback(opening.host):
        raise WrongCall(
            f"At {opening.host} the room would speak plain HTTP to everybody: give --tls-cert and --tls-key, name the proxy that "
            "speaks TLS with --proxy ADDRESS, or listen at 127.0.0.1 behind it."
        )


def check_accounts(store: Store, settings: RoomSettings) -> None:
    """Raise ``WrongCall`` for a room that wants accounts and has no operator."""
    if not settings.open and accounts.operators(store) == 0:
        raise WrongCall("A room that others can reach needs an operator: make one with `harvester accounts add NAME --role operator`.")


def _base(text: str) -> str:
    if not text:
        return ""
    try:
        parts = urlsplit(text.rstrip("/"))
        fine = parts.scheme in ("http", "https") and parts.hostname and not (parts.path or parts.query or parts.fragment or parts.username)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        fine, port = False, ""
    if not fine:
        raise WrongCall(f"'{text}' is no address of a room: write it as https://credit.example.cn, without a path.")
    host = str(parts.hostname)
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}"


def _typed(name: str, value: Any) -> Any:  # noqa: ANN401 -- a value of any field
    try:
        if name == "proxies":
            return _proxies(value)
        if name in ("tls_cert", "tls_key"):
            return _file(Path(value))
        if name in ("login", "insecure"):
            return _flag(value)
        return int(value) if name == "port" else str(value)
    except (TypeError, ValueError) as error:
        shown = str(value) if isinstance(value, Path) else value
        raise WrongCall(f"The setting room.{name} cannot be {shown!r} ({error}); see docs/access.md for what it takes.") from None


def _proxies(value: Sequence[str] | str) -> tuple[str, ...]:
    listed = (value,) if isinstance(value, str) else tuple(value)
    for one in listed:
        network = ipaddress.ip_network(one, strict=False)
        if network.num_addresses > 1 and not network.is_private:
            raise ValueError(f"{one} would let anybody speak for a proxy: name its own address, or a private network")
    return listed


def _file(path: Path) -> Path:
    if not path.is_file():
        raise ValueError("there is no such file")
    return path


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("it must be true or false")  # noqa: TRY004 -- told as any wrong value
    return value

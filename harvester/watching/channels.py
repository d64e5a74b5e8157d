"""Channels: where watches are told. Settings name them and where their secrets are; a secret itself is in no setting, store, log or error.

``docs/watches.md`` describes every key. Hosts are chosen by the operator, so they may lie in a private network.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from harvester.errors import WrongCall
from harvester.redacting import remember

ROBOTS = ("wecom", "dingtalk", "feishu")
KINDS = ("mail", "webhook", *ROBOTS)
TIMEOUT = 20.0
"""Seconds for one message from the first look-up to the last byte of the answer; Standard Webhooks recommends 15 to 30."""
GIVE_UP_HOURS = 75.0
"""Hours after which nothing more is tried: a long weekend without the receiver's operator, and where the pauses end anyway."""
MORNING = "08:10"
"""When digests are formed, in Shanghai: there when the office opens, and not on the hour, when the robots of 飞书 are too busy."""
SOURCE = "urn:credit-harvester"
MOST_BYTES_OF_A_SECRET_FILE = 4096

_COMMON = {"kind", "timeout", "give_up_hours", "at", "ca_file"}
_KEYS = {
    "mail": _COMMON | {"host", "port", "security", "from", "to", "user", "password_env", "password_file"},
    "webhook": _COMMON | {"url", "url_env", "url_file", "secret_env", "secret_file", "source"},
    "wecom": _COMMON | {"url_env", "url_file"},
    "dingtalk": _COMMON | {"url_env", "url_file", "secret_env", "secret_file", "keyword"},
    "feishu": _COMMON | {"url_env", "url_file", "secret_env", "secret_file", "keyword"},
}
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,190}")
_PORTS = {"tls": 465, "starttls": 587, "plain": 25}


@dataclass(frozen=True, slots=True)
class Channel:
    """What every channel has: its name, kind, and how patient it is. ``at``: when its digests are formed."""

    name: str
    kind: str
    timeout: float
    give_up_hours: float
    at: time
    ca_file: Path | None


@dataclass(frozen=True, slots=True)
class MailChannel(Channel):
    """A mail server that takes our messages. ``security``: ``tls`` from the first byte, ``starttls``, or ``plain`` on this machine only."""

    host: str
    port: int
    security: str
    sender: str
    recipients: tuple[str, ...] = field(repr=False)
    user: str = field(repr=False)
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class HttpChannel(Channel):
    """A webhook or a group robot. The address of a robot is a secret by itself; ``secrets`` are the keys that sign."""

    url: str = field(repr=False)
    secrets: tuple[bytes, ...] = field(repr=False)
    keyword: str = ""
    source: str = SOURCE


def channel(name: str, tables: Mapping[str, Mapping[str, Any]], environ: Mapping[str, str] | None = None) -> Channel:
    """Return the channel of that name. Raises ``WrongCall`` for one that is not there or cannot be; no value is quoted."""
    _known(name, tables)
    return _Reader(name, tables[name], os.environ if environ is None else environ).channel()


def check_form(name: str, tables: Mapping[str, Mapping[str, Any]]) -> None:
    """Raise ``WrongCall`` for a channel that is not there, of no kind, or with a key that its kind has not; no secret is looked for."""
    _known(name, tables)
    _Reader(name, tables[name], {}).kind()


def _known(name: str, tables: Mapping[str, Mapping[str, Any]]) -> None:
    if name not in tables:
        known = ", ".join(sorted(tables)) or "none yet"
        raise WrongCall(f"There is no channel {name} (there is: {known}); write [channels.{name}] in the settings, see docs/watches.md.")


class Secrets:
    """Reads the values of a table that names addresses and where secrets are; ``wrong`` makes the error of a key that cannot be.

    Every secret that is read is taken out of all that this process logs from then on.
    """

    def __init__(
        self, name: str, table: Mapping[str, Any], environ: Mapping[str, str], wrong: Callable[[str, str], WrongCall] | None = None
    ) -> None:
        self.name, self.table, self.environ = name, table, environ
        self._wrong = wrong

    def wrong(self, key: str, why: str) -> WrongCall:
        """Return the error of a key that cannot be; no value is quoted."""
        if self._wrong is not None:
            return self._wrong(key, why)
        return WrongCall(f"The channel {self.name} cannot have this {key}: {why}; see docs/watches.md.")

    def missing(self, what: str) -> WrongCall:
        """Return the error of a secret that nothing names."""
        if self._wrong is not None:
            return self._wrong(what, f"name where it is with {what}_env or {what}_file")
        word = {"url": "address"}.get(what, what)
        return WrongCall(
            f"The channel {self.name} has no {word}, and one of its kind needs it: put it into a file or an environment variable, and "
            f"say which with {what}_file or {what}_env in [channels.{self.name}]; see docs/watches.md."
        )

    def check_url(self, url: str) -> None:
        """Raise ``WrongCall`` for an address of no use: https, or http on this machine, without a user, blanks and a fragment."""
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname or "", parts.port
        except ValueError:
            host = ""
        if not host or not url.isascii() or any(c <= " " or c in '"<>\\^`{|}' for c in url) or parts.fragment or "@" in parts.netloc:
            raise self.wrong("url", "it is no address of a host; write https://HOST/PATH in ASCII, without user and fragment")
        if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
            raise self.wrong("url", "it must begin with https://; http:// is for this machine only")

    def secret(self, what: str, *, needed: bool = True) -> str:
        """Return what stands in the environment variable or the file that the table names."""
        variable, file = self.word(f"{what}_env"), self.word(f"{what}_file")
        if variable and not self.environ.get(variable):
            raise self.wrong(f"{what}_env", "the environment variable it names is not set")
        found = self.environ[variable].strip() if variable else self.read(f"{what}_file", file) if file else ""
        if needed and not found and not (variable or file):
            raise self.missing(what)
        if needed and not found:
            raise self.wrong(f"{what}_{'env' if variable else 'file'}", "what it names is empty")
        if not found.isprintable():
            raise self.wrong(what, "it must be one line")
        remember(found)
        return found

    def read(self, key: str, file: str) -> str:
        """Return what stands in a file that the table names."""
        try:
            with Path(file).open("rb") as opened:
                return opened.read(MOST_BYTES_OF_A_SECRET_FILE).decode().strip()
        except (OSError, UnicodeDecodeError):
            raise self.wrong(key, "the file it names cannot be read") from None

    def word(self, key: str) -> str:
        """Return a line of text, empty where the table has none."""
        value = self.table.get(key, "")
        if not isinstance(value, str) or not value.isprintable():
            raise self.wrong(key, "it must be one line of text")
        return value

    def number(self, key: str, default: float, least: float, most: float) -> float:
        """Return a number within its limits."""
        value = self.table.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            raise self.wrong(key, f"it must be a number from {least} to {most}")
        return float(value)


class _Reader(Secrets):
    """Reads one channel's table."""

    def channel(self) -> Channel:
        kind = self.kind()
        return self.mail(kind) if kind == "mail" else self.http(kind)

    def kind(self) -> str:
        """Return the kind of the channel, whose keys are all of that kind."""
        kind = self.word("kind")
        if kind not in KINDS:
            raise self.wrong("kind", f"it must be one of {', '.join(KINDS)}")
        if unknown := sorted(set(self.table) - _KEYS[kind]):
            raise self.wrong(unknown[0], f"a {kind} channel takes {', '.join(sorted(_KEYS[kind]))}")
        return kind

    def common(self, kind: str) -> dict[str, Any]:
        ca_file = self.word("ca_file")
        if ca_file and not Path(ca_file).is_file():
            raise self.wrong("ca_file", "there is no such file")
        return {
            "name": self.name,
            "kind": kind,
            "timeout": self.number("timeout", TIMEOUT, 1, 120),
            "give_up_hours": self.number("give_up_hours", GIVE_UP_HOURS, 0, 24 * 31),
            "at": self.hour(),
            "ca_file": Path(ca_file) if ca_file else None,
        }

    def mail(self, kind: str) -> MailChannel:
        host, security = self.word("host"), self.word("security") or "starttls"
        if not host:
            raise self.wrong("host", "name the mail server")
        if security not in _PORTS:
            raise self.wrong("security", "it must be tls, starttls or plain")
        if security == "plain" and not is_loopback(host):
            raise self.wrong("security", "plain is for a mail server on this machine only; use tls or starttls")
        to = self.table.get("to", [])
        recipients = tuple(self.address("to", each) for each in ([to] if isinstance(to, str) else to if isinstance(to, list) else [None]))
        if not recipients:
            raise self.wrong("to", "name at least one address")
        return MailChannel(
            **self.common(kind), host=host, port=int(self.number("port", _PORTS[security], 1, 65535)), security=security,
            sender=self.address("from", self.table.get("from")), recipients=recipients,
            user=self.word("user"), password=self.secret("password") if self.word("user") else "",
        )  # fmt: skip

    def http(self, kind: str) -> HttpChannel:
        url = self.word("url") or self.secret("url")
        self.check_url(url)
        key = self.secret("secret", needed=kind == "webhook")
        return HttpChannel(
            **self.common(kind), url=url, secrets=self.webhook_secrets(key) if kind == "webhook" else (key.encode(),) if key else (),
            keyword=self.word("keyword"), source=self.word("source") or SOURCE,
        )  # fmt: skip

    def webhook_secrets(self, text: str) -> tuple[bytes, ...]:
        """Return the keys of ``whsec_<base64>``, several parted by blanks: the newest first, an old one while it is replaced."""
        return tuple(self.webhook_secret(each) for each in text.split())

    def webhook_secret(self, text: str) -> bytes:
        try:
            key = base64.b64decode(text.removeprefix("whsec_"), validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if not text.startswith("whsec_") or not 24 <= len(key) <= 64:
            raise self.wrong("secret", "it must be whsec_ and 24 to 64 random bytes in base64 (Standard Webhooks)")
        return key

    def hour(self) -> time:
        text = self.word("at") or MORNING
        if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", text):
            raise self.wrong("at", "write the time of day in Shanghai as HH:MM")
        return time.fromisoformat(text)

    def address(self, key: str, value: object) -> str:
        if not isinstance(value, str) or not _ADDRESS.fullmatch(value):
            raise self.wrong(key, "write a mail address in ASCII, name@host")
        return value


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine: ``localhost`` or a loopback address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False

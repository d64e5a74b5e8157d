"""What can be set: store, archive, pace, bases and limits, from ``harvester.toml``, the environment and the caller, in this order."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Self

from harvester.errors import WrongCall
from storage.engine import PATIENCE, file_of, read_url

PROGRAM = "credit-harvester"
FILE = "harvester.toml"
PREFIX = "HARVESTER_"
_TABLES = frozenset({"room", "schedule", "alerts", "heartbeat"})
_NUMBERS = frozenset({"pace", "timeout", "seconds", "patience"})


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of the application.

    store: SQLAlchemy URL. archive: folder of the WARC files. key: file of the key by which tombstones and the audit log name records,
    ``None`` for one beside the store. bases: other addresses of sites, by id. pace: seconds between two requests
    to a host, ``None`` for what the fact sheet says; below that only for a site whose base is given. timeout: seconds for one response.
    seconds: at most so long for one crawl of a site, 0 for no limit. patience: seconds to wait for another process that writes to the
    store. contact: an address for site owners, sent in the user agent.
    operator: who decides in review, as the log of decisions names them.
    channels: where watches are told, by name: tables as in docs/watches.md. They name secrets, and hold none.
    room: how the reading room is opened, a table as in docs/access.md.
    schedule: when jobs are due, tables ``[schedule.JOB]`` as in docs/scheduling.md; what they leave out is the fact sheet's.
    alerts: who is told of incidents, a table as in docs/alerts.md. heartbeat: whom workers tell that they live, a table as there.
    log_format: ``text``, or ``json`` for one object a line. side_by_side: how many jobs a worker does at once.
    proxy: whether the environment's proxy may be used; then addresses are looked up by the proxy and cannot be guarded here.
    """

    store: str = "sqlite:///data/harvester.sqlite"
    archive: Path = Path("data/archive")
    key: Path | None = None
    bases: Mapping[str, str] = field(default_factory=dict)
    pace: float | None = None
    timeout: float = 30.0
    seconds: float = 0.0
    patience: float = PATIENCE
    contact: str = ""
    proxy: bool = False
    log_level: str = "WARNING"
    operator: str = ""
    channels: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    room: Mapping[str, Any] = field(default_factory=dict)
    schedule: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    alerts: Mapping[str, Any] = field(default_factory=dict)
    heartbeat: Mapping[str, Any] = field(default_factory=dict)
    log_format: str = "text"
    side_by_side: int = 4

    @classmethod
    def load(cls, path: Path | None = None, environ: Mapping[str, str] | None = None, **given: Any) -> Self:  # noqa: ANN401 - any field
        """Return the settings: those given, else the environment's ``HARVESTER_<NAME>``, else the file's, else the defaults.

        An SQLite store has its archive beside it unless the place that names it, or one after it, names an archive too.
        ``path`` defaults to ``HARVESTER_CONFIG`` or ``harvester.toml`` here, which may be absent. Values of ``None`` count as not given.
        Raises WrongCall for a file that cannot be read, an unknown key or a value of the wrong kind, StoreError for a URL of no store.
        """
        environ = os.environ if environ is None else environ
        names = {f.name for f in fields(cls)}
        values = _with_archive(_from_file(path or environ.get(PREFIX + "CONFIG")))
        values |= _with_archive({name: environ[PREFIX + name.upper()] for name in names if environ.get(PREFIX + name.upper())})
        values |= _with_archive({name: value for name, value in given.items() if value is not None})
        if unknown := sorted(values.keys() - names):
            raise WrongCall(f"The settings know no {', '.join(unknown)}; known are {', '.join(sorted(names))}.")
        return cls(**{name: _typed(name, value) for name, value in values.items()})

    @property
    def room_base(self) -> str:
        """Return the address by which readers know the room, without a stroke at its end; empty where the settings name none."""
        return str(self.room.get("base") or "").rstrip("/")

    def with_bases(self, bases: Mapping[str, str]) -> Self:
        """Return the settings with further bases."""
        return replace(self, bases={**self.bases, **bases})


def program_version() -> str:
    """Return the version of the program."""
    try:
        return version(PROGRAM)
    except PackageNotFoundError:  # run from a source tree that was not installed
        return "source"


def user_agent(contact: str) -> str:
    """Return what the program calls itself towards sites: its name and version, and whom to write to."""
    return f"{PROGRAM}/{program_version()}" + (f" (+{contact})" if contact else "")


def _with_archive(values: dict[str, Any]) -> dict[str, Any]:
    """Return settings of one place; an SQLite store named there without an archive has its archive beside it."""
    if "store" in values and "archive" not in values and (file := file_of(read_url(str(values["store"])))) is not None:
        return values | {"archive": file.parent / "archive"}
    return values


def _from_file(path: Path | str | None) -> dict[str, Any]:
    file = Path(path or FILE)
    if path is None and not file.is_file():
        return {}
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WrongCall(f"The settings file {file} cannot be read ({error}); mend it or name another with HARVESTER_CONFIG.") from error


def _typed(name: str, value: Any) -> Any:  # noqa: ANN401 - a value of any field
    if name == "channels":
        return _channels(value)
    try:
        if name in _NUMBERS:
            return _not_negative(float(value))
        if name in ("archive", "key"):
            return Path(value)
        if name == "bases":
            return _bases(json.loads(value) if isinstance(value, str) else value)
        if name == "proxy":
            return _truth(value)
        if name in _TABLES:
            return _table(json.loads(value) if isinstance(value, str) else value)
        if name == "side_by_side":
            return _few(value)
        if name == "log_format":
            return _one_of(value, "text", "json")
        return str(value)
    except (TypeError, ValueError) as error:
        raise WrongCall(f"The setting {name} cannot be {value!r} ({error}); see docs/crawling.md for what it takes.") from error


def _not_negative(number: float) -> float:
    if not 0 <= number < 86400:
        raise ValueError("it must be seconds from 0 to a day")
    return number


def _truth(value: object) -> bool:
    words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if (word := str(value).lower()) not in words:
        raise ValueError("it must be true or false")
    return words[word]


def _one_of(value: object, *words: str) -> str:
    if value not in words:
        raise ValueError(f"it must be one of {', '.join(words)}")
    return str(value)


def _few(value: object) -> int:
    number = int(str(value))
    if not 1 <= number <= 64:
        raise ValueError("it must be a number from 1 to 64")
    return number


def _table(value: object) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError('it must be a table, like {"base": "https://credit.example.cn"}')  # noqa: TRY004 -- told as any wrong value
    return dict(value)


def _bases(value: object) -> dict[str, str]:
    if not isinstance(value, Mapping) or not all(isinstance(v, str) and v.startswith(("http://", "https://")) for v in value.values()):
        raise ValueError('it must map site ids to http addresses, like {"shanghai": "http://127.0.0.1:8001"}')
    return {str(site): base for site, base in value.items()}


def _channels(value: object) -> dict[str, dict[str, Any]]:
    # Whoever wrote a secret where only its name belongs must not find it in an error, so nothing of the value is told.
    try:
        tables = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        tables = None
    if not isinstance(tables, Mapping) or not all(isinstance(table, Mapping) for table in tables.values()):
        raise WrongCall("The setting channels is no table of tables; write [channels.NAME] as docs/watches.md shows.")
    return {str(name): dict(table) for name, table in tables.items()}

"""What can be set: store, archive, pace, bases and limits, from ``harvester.toml``, the environment and the caller, in this order."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Self

from harvester.errors import WrongCall
from harvester.setting_kinds import ENVIRONMENT, GIVEN, PREFIX, SETTINGS, Place
from storage.engine import PATIENCE, file_of, read_url

PROGRAM = "credit-harvester"
FILE = "harvester.toml"
LONGEST = 30_000
"""Characters of the settings file; the reader of TOML takes time and memory in the square of what a hostile one nests."""


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
    places: where each setting was written, which is no setting itself.
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
    places: Mapping[str, Place] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def load(cls, path: Path | None = None, environ: Mapping[str, str] | None = None, **given: Any) -> Self:  # noqa: ANN401 - any field
        """Return the settings: those given, else the environment's ``HARVESTER_<NAME>``, else the file's, else the defaults.

        An SQLite store has its archive beside it unless the place that names it, or one after it, names an archive too.
        ``path`` defaults to ``HARVESTER_CONFIG`` or ``harvester.toml`` here, which may be absent. Values of ``None`` count as not given.
        Raises WrongCall for a file that cannot be read, an unknown key or a value of the wrong kind, StoreError for a URL of no store.
        """
        environ = os.environ if environ is None else environ
        file = path or environ.get(PREFIX + "CONFIG")
        written = {
            Place(str(file or FILE)): _from_file(file),
            Place(ENVIRONMENT): {name: environ[PREFIX + name.upper()] for name in SETTINGS if environ.get(PREFIX + name.upper())},
            Place(GIVEN): {name: value for name, value in given.items() if value is not None},
        }
        values: dict[str, Any] = {}
        places: dict[str, Place] = {}
        for place, found in written.items():
            for name in found:
                if name not in SETTINGS:
                    raise place.unknown(name)
            values |= _with_archive({name: place.typed(name, value) for name, value in found.items()})
            places |= dict.fromkeys(found, place)
        return cls(**values, places=places)

    def place(self, name: str) -> str:
        """Return how the place is called at which a setting was written: ``harvester.toml``, ``HARVESTER_SCHEDULE``."""
        return self.places[name].of(name) if name in self.places else "The settings"

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
        text = file.read_text("utf-8-sig")  # editors of Windows put a mark before UTF-8
        if len(text) > LONGEST:
            raise WrongCall(f"The settings file {file} has {len(text)} characters; at most {LONGEST} are read: shorten it.")
        return tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise WrongCall(f"The settings file {file} is not UTF-8 (byte {error.start + 1}); save it as UTF-8.") from None
    except OSError as error:
        raise WrongCall(
            f"The settings file {file} cannot be read ({error.strerror}); make it readable or name another with HARVESTER_CONFIG."
        ) from None
    except (ValueError, RecursionError) as error:
        raise WrongCall(f"The settings file {file} is not TOML ({error}); mend it or name another with HARVESTER_CONFIG.") from None

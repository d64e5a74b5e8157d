"""Log lines: text for people, or one JSON object a line for programs; secrets and personal data redacted in both, exceptions included."""

from __future__ import annotations

import logging
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pythonjsonlogger.json import JsonFormatter

from harvester import log_masking
from harvester.redacting import redact, remember
from harvester.values import printable

if TYPE_CHECKING:
    from harvester.config import Config

FIELDS = ("time", "level", "logger", "event", "site", "run", "due_run", "worker", "host", "exception", "stack")
"""What a line may hold, in this order (``docs/observing.md``); what is not known is left out."""
_BOUND = ("site", "run", "due_run", "worker")
_TEXT = "%(asctime)s %(levelname)s %(name)s %(where)s%(message)s"
_MARK = "_harvester_log"
WORKER = "harvester.worker"
"""The logger of what a worker does, which is told whatever the level of everything else."""

_context: ContextVar[Mapping[str, str]] = ContextVar("log_context")
_NOTHING: Mapping[str, str] = {}
_process: dict[str, str] = {}
_crawls: dict[str, Mapping[str, str]] = {}
"""What is known of the runs of this process, by the names of their spiders."""


@contextmanager
def bound(**fields: object) -> Iterator[None]:
    """Let every line within the block carry these fields: ``site``, ``run``, ``due_run``, ``worker``. Raises ``ValueError`` for others."""
    if strange := sorted(set(fields) - set(_BOUND)):
        raise ValueError(f"a log line has no field {strange[0]}; bind one of {', '.join(_BOUND)}")
    known = {name: str(value) for name, value in fields.items() if value not in (None, "")}
    token = _context.set({**_context.get(_NOTHING), **known})
    try:
        yield
    finally:
        _context.reset(token)


def crawl_began(spider: str, **fields: object) -> None:
    """Let the lines that Scrapy writes of a spider carry these fields; where it is the only one of the process, every line does."""
    _crawls[spider] = {name: str(value) for name, value in fields.items() if value not in (None, "")}


def crawl_ended(spider: str) -> None:
    """Let no line carry the fields of a spider any more."""
    _crawls.pop(spider, None)


def configure(config: Config, worker: str = "") -> None:
    """Write this process's log to standard error as the settings say; calling it again changes the form, and adds no second handler.

    Secrets of the settings (the password of the database) are remembered, so that no line shows them.
    """
    settle(config.log_format, config.log_level, worker)
    from storage.engine import read_url  # late: a command that opens no store should not wait for it
    from storage.errors import StoreError

    try:
        password = read_url(config.store).password
    except StoreError:
        password = None
    if password:
        remember(str(password))


def settle(form: str, level: str, worker: str = "") -> None:
    """Write this process's log to standard error in a form, from a level on."""
    log_masking.install()
    _process.clear()
    _process.update({"host": socket.gethostname(), **({"worker": worker} if worker else {})})
    root = logging.getLogger()
    for old in [each for each in root.handlers if getattr(each, _MARK, False)]:
        root.removeHandler(old)
    handler = logging.StreamHandler(sys.stderr)
    setattr(handler, _MARK, True)
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    root.addHandler(handler)
    root.setLevel(level)
    least = root.level
    # Scrapy lets the root logger pass everything: what is written is decided here.
    handler.addFilter(lambda record: record.levelno >= (min(logging.INFO, least) if record.name == WORKER else least))
    logging.getLogger(WORKER).setLevel(min(logging.INFO, root.level))


def level_of_scrapy(level: str) -> None:
    """Let Scrapy make no lines below a level: it makes some for every page, each of which is masked before its level is looked at."""
    logging.getLogger("scrapy").setLevel(level)


def fields_of(record: logging.LogRecord) -> dict[str, str]:
    """Return the fields that a line carries besides what was logged: those bound, else those of its spider or of the only crawl."""
    spider = getattr(getattr(record, "spider", None), "name", "")
    crawl = _crawls.get(spider) or (next(iter(_crawls.values())) if len(_crawls) == 1 else {})
    found = {**_process, **crawl, **_context.get(_NOTHING)}
    given = {name: str(value) for name in _BOUND if (value := getattr(record, name, None)) not in (None, "")}
    return {name: redact(value) for name, value in {**found, **given}.items()}


class JsonLines(JsonFormatter):
    """One JSON object a line, with real characters and no line break."""

    def __init__(self) -> None:
        super().__init__("%(message)s", json_ensure_ascii=False)

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """Return what is written: the known fields only, in their order; whatever else a library hung on the record is left out."""
        return {name: log_data[name] for name in FIELDS if log_data.get(name) not in (None, "")}

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        """Put into ``log_data`` what a line tells."""
        log_data["time"] = _moment(record)
        log_data["level"], log_data["logger"] = record.levelname.lower(), record.name
        log_data["event"] = redact(record.getMessage())
        log_data.update(fields_of(record))
        if text := told_of_exception(record):
            log_data["exception"] = text
        if record.stack_info:
            log_data["stack"] = redact(record.stack_info)


class TextLines(logging.Formatter):
    """A line for people: moment, level, logger, site and run, what happened; an exception below it."""

    def __init__(self) -> None:
        super().__init__(_TEXT)

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 -- logging's name
        """Return the moment as JSON lines have it."""
        return _moment(record)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, redacted whole."""
        fields = fields_of(record)
        where = " ".join(fields[name] for name in ("site", "run") if name in fields)
        record.where = f"[{where}] " if where else ""
        return redact(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 -- logging's name
        """Return the line itself on one line: what a site wrote must forge no line of its own."""
        record.message = " ".join(printable(record.message).split("\n"))
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:  # noqa: ANN401, N802 -- logging's signature
        """Return an exception without its words: they often quote what caused it."""
        return log_masking.told(ei[1])


def told_of_exception(record: logging.LogRecord) -> str:
    """Return the exception of a record without its words, empty where there is none."""
    if isinstance(record.exc_info, tuple) and record.exc_info[1] is not None:
        return redact(log_masking.told(record.exc_info[1]))
    return redact(record.exc_text or "")


def _moment(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

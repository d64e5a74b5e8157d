"""Mask personal data and secrets in every log line, whoever writes it and whatever handler shows it, where log records are made.

Of an exception the log tells its class and where it was raised, and none of its words: they often quote the value that caused it.
"""

from __future__ import annotations

import logging
import traceback
from typing import Any

MOST_CAUSES = 10
"""So many exceptions in a chain are told."""


class PrivateLogRecord(logging.LogRecord):
    """A log record that was masked when it was made."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - whatever logging gives
        super().__init__(*args, **kwargs)
        mask_log_record(self)


def install() -> None:
    """Mask every log record of this process from now on. Calling it again changes nothing."""
    if logging.getLogRecordFactory() is not PrivateLogRecord:
        logging.setLogRecordFactory(PrivateLogRecord)


def mask_log_record(record: logging.LogRecord) -> None:
    """Mask personal data and secrets in the message of a log record, and leave of its exception the classes and the places."""
    from harvester.redacting import redact  # late, both: a command that logs nothing should not wait for their tables
    from normalizers.privacy import mask

    try:
        message = record.getMessage()
    except (TypeError, ValueError, KeyError):  # arguments that do not fit the message
        message = str(record.msg)
    record.msg, record.args = redact(mask(message).text), ()
    if isinstance(record.exc_info, tuple) and record.exc_info[1] is not None:
        record.exc_text, record.exc_info = told(record.exc_info[1]), None
    elif record.exc_text:
        record.exc_text = redact(mask(record.exc_text).text)
    if record.stack_info:
        record.stack_info = redact(mask(record.stack_info).text)


def told(error: BaseException) -> str:
    """Return an exception and what caused it: classes and places, none of their words."""
    parts: list[str] = []
    current: BaseException | None = error
    while current is not None and len(parts) < MOST_CAUSES:
        frames = "".join(traceback.format_tb(current.__traceback__))
        parts.append(f"Traceback (most recent call last):\n{frames}{type(current).__module__}.{type(current).__qualname__}")
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return "\ncaused by\n".join(parts)

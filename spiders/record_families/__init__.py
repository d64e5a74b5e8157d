"""How record sites print their records: pure functions from the text of an answer to printed records.

Every module of this package is a :class:`RecordFamily`. None of them knows the network, the store or Scrapy, and none raises anything
but :class:`PageError`. What they return is not masked yet.
"""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, cast

from normalizers.notices.records import PrintedRecord
from spiders.families import PageError
from spiders.record_sheet import RecordSection, RecordSheet

from .pages import Asked, EmptyAnswerError, RecordLine, RecordPage, first_url

__all__ = ["Asked", "EmptyAnswerError", "PageError", "RecordFamily", "RecordLine", "RecordPage", "first_page", "record_family"]


class RecordFamily(Protocol):
    """What a module of this package offers. ``asked`` is the request that ``text`` answers."""

    def read_list(self, text: str, url: str, sheet: RecordSheet, section: RecordSection, asked: Asked) -> RecordPage:
        """Return what a page of a list holds and what is to be asked for after it; raises PageError."""

    def read_detail(self, text: str, url: str, sheet: RecordSheet, section: RecordSection) -> PrintedRecord:
        """Return the record that its own page prints, without its key; raises PageError."""


def record_family(name: str) -> RecordFamily:
    """Return the family module of that name, one of ``spiders.record_sheet.RECORD_FAMILIES``."""
    return cast("RecordFamily", import_module(f"spiders.record_families.{name}"))


def first_page(sheet: RecordSheet, section: RecordSection) -> Asked:
    """Return the request for the first page of a section, all slices together."""
    return Asked(first_url(sheet, section), 1)

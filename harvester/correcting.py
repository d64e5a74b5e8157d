"""Reports that something is wrong here, between a reader's words and the store: where they are about, masked, and due in working days."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from harvester import reportable
from harvester.errors import WrongCall
from normalizers.privacy import mask
from normalizers.workdays import add_workdays
from storage import corrections
from storage.corrections import Answer, Report
from storage.days import local_day
from storage.store import Store

DUE_DAYS = 2
"""Working days in which a report is answered."""
MOST_WRONG, MOST_SHORT = 1000, 200
"""Characters of what is wrong and of what it should be, and of a contact."""
_ABOUT = {"d": "document", "t": "task", "a": "agency", "w": "work", "n": "record"}
_PLACE = re.compile(r"/(?:[A-Za-z0-9_.@-]+(?:/[A-Za-z0-9_.@-]+){0,5})?")


def about_of(address: str) -> tuple[str, str]:
    """Return what an address of this room is about (a word of ``ABOUT``) and the address as it is kept; raises ``WrongCall`` for another.

    Of a list the question is left away: it may name a subject. A dossier is no place: its records are.
    """
    try:
        # What cannot be seen is dropped by the parser: what is kept would not be what was sent.
        parts = urlsplit(address.strip()) if address.isprintable() else None
    except ValueError:
        parts = None
    if parts is None or parts.scheme or parts.netloc or len(address) > MOST_WRONG or not _PLACE.fullmatch(parts.path):
        raise WrongCall("That is no address of this room; use the link 这里不对 beside what is wrong.")
    first = parts.path.split("/")[1]
    if first == "s":
        raise WrongCall("A dossier puts records together; report the record that is wrong.")
    kept = parts.path + reportable.kept_question(parts.path, parts.query)
    return _ABOUT.get(first, "page") if parts.path.count("/") > 1 else "page", kept


def report(store: Store, address: str, wrong: str, *, field: str = "", should_be: str = "", contact: str = "", by: str = "") -> int:
    """Take in what a reader says is wrong, and return its number.

    Personal data in it are masked; the contact is kept as given, for operators only. Raises ``WrongCall`` for a report that says nothing
    or too much or names no known fact, ``TooManyReports``, and ``UnknownRecord`` for what is not in the store or not shown.
    """
    about, kept = about_of(address)
    reportable.check_field(about, field)
    reportable.check_address(store, kept)
    if not wrong.strip():
        raise WrongCall("A report says what is wrong: write it in a sentence.")
    if len(wrong) > MOST_WRONG or len(should_be) > MOST_WRONG or len(contact) > MOST_SHORT:
        raise WrongCall(f"A report has at most {MOST_WRONG} characters; say it shorter.")
    notice = kept.split("/")[2].partition("@")[0] if about == "record" else None
    now = datetime.now(UTC)
    given = Report(about, kept, tidied(wrong), field, tidied(should_be), contact.strip(), by, notice)
    return corrections.take_in(store, given, now, add_workdays(local_day(now), DUE_DAYS))


def answer(store: Store, number: int, given: Answer, by: str) -> None:
    """Answer a report; the public words are masked. Raises ``UnknownRecord``, and ``StoreError`` for an answer that says too little."""
    now = datetime.now(UTC)
    public = replace(given, told=tidied(given.told), reason=tidied(given.reason))
    corrections.answer(store, number, public, by, now)


def tidied(words: str) -> str:
    """Return what somebody wrote, personal data masked, without the blanks around it."""
    return mask(words.strip()).text

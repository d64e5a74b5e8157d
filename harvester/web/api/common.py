"""What several resources do alike: filters of a question, names that must exist, other spellings, who was shown what."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from itertools import product
from typing import Any, TypeVar

from fastapi import Request
from sqlalchemy import select

from harvester.errors import WrongCall
from harvester.session import check_site
from harvester.web.access import trail
from harvester.web.api.asking import Question
from normalizers.text.script import simplified_forms
from storage.errors import ErasedRecord, UnknownRecord
from storage.naming import check_document
from storage.paging import Page
from storage.schema import documents
from storage.selection import Filters
from storage.store import Store

Row = Mapping[str, Any]
Q = TypeVar("Q", bound=Question)

_NAMES = {field.name for field in fields(Filters)}


def filters_of(asked: Question, **more: Any) -> Filters:  # noqa: ANN401 -- fields of Filters
    """Return the filters of a question for tasks, documents or bodies."""
    given = {name: value for name, value in asked if value is not None}
    return Filters(**{name: value for name, value in (given | more).items() if name in _NAMES})


def existing(store: Store, site: str = "", document: str = "") -> None:
    """Raise ``UnknownRecord`` for a site that is neither known nor stored, or a document that is not stored: it has no empty list."""
    try:
        check_site(store, site)
    except WrongCall as error:
        raise UnknownRecord(str(error)) from None
    if document:
        check_document(store, document)
        not_withdrawn(store, document)


def not_withdrawn(store: Store, document: str) -> None:
    """Raise ``ErasedRecord`` for a document that its publisher withdrew: what it said is not repeated."""
    with store.reading() as connection:
        state = connection.execute(select(documents.c.state).where(documents.c.id == document.partition("@")[0])).scalar()
    if state == "withdrawn":
        raise ErasedRecord(f"{document} was withdrawn by its publisher, and what it said is not repeated here.")


# --- other spellings -----------------------------------------------------------------------------------------------------


def simplified(text: str) -> str:
    """Return a text with simplified characters in the place of traditional ones."""
    forms = simplified_forms()
    return "".join(forms.get(character, character) for character in text)


def as_typed(asked: Q, names: Sequence[str], ask: Callable[[Q], Page]) -> tuple[Page, dict[str, str]]:
    """Return the page that a question gives, and what had to be read as simplified characters for it.

    Stored texts are simplified. What was typed is converted only where it finds nothing, as the command line does: a converter takes
    乾县 from its bearer.
    """
    page = ask(asked)
    if page.rows:
        return page, {}
    for changed in _spellings(asked, names):
        if (other := ask(asked.model_copy(update=changed))).rows:
            return other, changed
    return page, {}


def _spellings(asked: Question, names: Sequence[str]) -> Iterator[dict[str, str]]:
    typed = {name: str(getattr(asked, name)) for name in names}
    forms: list[list[dict[str, str]]] = [
        [{}, {name: simplified(text)}] if simplified(text) != text else [{}] for name, text in typed.items()
    ]
    for chosen in product(*forms):
        merged = {name: text for some in chosen for name, text in some.items()}
        if merged:
            yield merged


# --- who was shown what ----------------------------------------------------------------------------------------------------


def shown_ids(request: Request, action: str, what: Mapping[str, object]) -> Callable[[Sequence[object], int], None]:
    """Return what logs the identifiers and number of the records of a download before its first byte."""

    def log(ids: Sequence[object], count: int) -> None:
        trail.shown_ids(request, action, what, ids, count)

    return log

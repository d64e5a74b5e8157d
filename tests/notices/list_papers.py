"""Documents that list public credit records, of our own making: invented firms, computed codes, in every format of the corpus."""

from __future__ import annotations

from functools import cache

from normalizers import documents
from normalizers.codes.arithmetic import credit_check_character, organization_check_character
from normalizers.metadata import page_head, read_metadata
from normalizers.notices.lists import Found, records_in
from normalizers.records import Document, Hints
from tests.corpus import render
from tests.corpus.paper import Paper, read_parts


def code(number: int, division: str = "310115", kind: str = "91") -> str:
    """Return a valid unified social credit code."""
    body = f"{number:08d}"
    start = kind + division + body + organization_check_character(body)
    return start + credit_check_character(start)


def paper(body: str, title: str = "") -> Paper:
    """Return a document written in the corpus's manner (tests.corpus.paper)."""
    return Paper("list", read_parts(body), (), {"title": title}, ("txt",))


@cache
def file(body: str, form: str) -> bytes:
    """Return the document as a file of a format of ``tests.corpus.render``."""
    return render.render(paper(body), form).payload


def hints(form: str, title: str = "") -> Hints:
    """Return what is known of the file from outside."""
    return Hints(file_name=f"file.{form.partition('-')[0]}", title=title)


def found_in(payload: bytes, known: Hints) -> Found:
    """Return what ``records_in`` finds in a file."""
    document: Document = documents.read(payload, known)
    return records_in(document, read_metadata(document, known, page=page_head(payload, document, known)), known)


def found(body: str, form: str = "html-plain", title: str = "") -> Found:
    """Return what ``records_in`` finds in a document written as a file."""
    return found_in(file(body, form), hints(form, title))

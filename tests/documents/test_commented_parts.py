"""Comments, processing instructions and entities may stand anywhere within the parts of a file (XML 1.0, 2.5, 2.6, 4.1) and say nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from normalizers.documents import read
from normalizers.records import Hints
from tests.documents.samples import docx_file, plan_rows, xlsx_file

_BEGIN_TAG = re.compile(rb"<[^?!/<>][^<>]*(?<!/)>")
_BEFORE_A_TAG = re.compile(_BEGIN_TAG.pattern + rb"(?=<)")


def commented(payload: bytes, where: re.Pattern[bytes], added: bytes = b"<!-- a --><?b c?>") -> bytes:
    """Return a package with a comment and an instruction within the elements of every part, behind what a pattern finds."""
    out = BytesIO()
    with ZipFile(BytesIO(payload)) as given, ZipFile(out, "w", ZIP_DEFLATED) as made:
        for member in given.infolist():
            part = given.read(member)
            if member.filename.endswith((".xml", ".rels")):
                part = where.sub(rb"\g<0>" + added, part)
            made.writestr(member, part)
    return out.getvalue()


# openpyxl takes the text of a cell up to its first node, so that cells of xlsx have none before it.
@pytest.mark.parametrize(("name", "made", "where"), [("plan.docx", docx_file, _BEGIN_TAG), ("plan.xlsx", xlsx_file, _BEFORE_A_TAG)])
def test_comments_in_the_parts_of_a_file_change_nothing_that_is_read(
    name: str, made: Callable[..., bytes], where: re.Pattern[bytes]
) -> None:
    payload = made(plan_rows())
    hints = Hints(file_name=name)
    plain, told = read(payload, hints), read(commented(payload, where), hints)
    assert plain.blocks
    assert (told.blocks, told.warnings) == (plain.blocks, plain.warnings)


def test_an_entity_among_the_relations_of_a_file_is_no_relation() -> None:
    payload = docx_file(plan_rows())
    hints = Hints(file_name="plan.docx")
    assert read(commented(payload, re.compile(rb"<Relationships[^>]*>"), b"&a;"), hints).blocks == read(payload, hints).blocks

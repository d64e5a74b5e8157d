"""Lists of codes as people keep them: a text with a code a line, or any file with a table that has a column of codes."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from harvester.errors import HarvesterError, WrongCall
from harvester.reading import MAX_BYTES, load
from normalizers.codes import CodeKind, identify
from normalizers.codes.registration import number_in_words
from normalizers.documents import UnreadableError, read
from normalizers.notices.fields import concept_of
from normalizers.records import Cell, Hints, Table
from normalizers.text.decode import decode

STANDARD_INPUT = "-"
CONTAINERS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\xff\xd8")
"""How files begin that are no text, whatever they are called."""

TEXT_SUFFIXES = frozenset({"", ".txt", ".lst", ".list", ".log"})
SAMPLE, SAMPLE_LINES = 8192, 20
"""Bytes and lines of a text by which it is told whether it has columns."""

HEADER_ROWS = 10
"""Rows of a table among which its headings are looked for."""
GUESSED_ROWS = 200
"""Rows by which a table without headings shows which column holds the codes."""

EXPECTED = {
    "credit_code": CodeKind.CREDIT_CODE,
    "organization_code": CodeKind.ORGANIZATION_CODE,
    "registration_number": CodeKind.REGISTRATION_NUMBER,
    "tax_number": CodeKind.TAX_NUMBER,
    "any_code": None,
}
"""The concepts of columns that hold codes (``normalizers.notices.fields``)."""
NAMES = ("subject_name", "person_name")
ENGLISH = {"code": "any_code", "credit code": "credit_code", "uscc": "credit_code", "name": "subject_name", "company": "subject_name"}

_WORDS = re.compile(r"[\s,，;；|]+")
_PARTS = re.compile(r"[\t,，;；|]+")
_NUMBERED = re.compile(r"\d{1,6}(?:\s*[.．、)）]|\s)\s*")
_EMPTIED = re.compile(r"[（(\[【][^（()）\[\]【】\t]{0,20}\t\s*[)）\]】]")
"""A bracket that held the code, with its label."""
_CODE_RUN = re.compile(r"[^\u3400-\u9fff\t,，;；|、:：()（）\[\]【】《》\"“”]+")
_EDGES = " \t,，;；|、:：\"'“”\u3000"


class Place(NamedTuple):
    """Where a record stands: its line in the file, or its row in a table that has no lines; the sheet or the table."""

    line: int
    sheet: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of a list: where it stands, the name beside its codes, and the codes with what their headings say they are."""

    line: int
    sheet: str
    name: str
    codes: tuple[tuple[str, CodeKind | None], ...]


def read_list(file: str, column: str = "") -> tuple[Entry, ...]:
    """Return the records of a list; ``file`` is a path or ``-`` for standard input, ``column`` the heading of the codes' column.

    Raises WrongCall for a file that is not there or a column it does not have, HarvesterError for a file that cannot be read or holds
    no list of codes.
    """
    payload = standard_input() if file == STANDARD_INPUT else load(Path(file))
    name = "the standard input" if file == STANDARD_INPUT else file
    if not payload.strip():
        raise HarvesterError(f"{name} is empty; give a list with a code a line, or a table with a column of codes.")
    if is_plain_list(payload, file, column):
        return tuple(of_lines(decode(payload).text))
    return of_tables(payload, name, file, column)


def standard_input() -> bytes:
    """Return what standard input gives; raises WrongCall where it is closed or gives more than a file may have."""
    if sys.stdin is None:
        raise WrongCall("standard input is closed; name a file, or send the list through a pipe.")
    payload = sys.stdin.buffer.read(MAX_BYTES + 1)
    if len(payload) > MAX_BYTES:
        raise WrongCall(f"standard input gives more than {MAX_BYTES >> 20} MiB; split the list and give its parts.")
    return payload


# --- a code a line -----------------------------------------------------------------------------------------------------------------


def is_plain_list(payload: bytes, file: str, column: str) -> bool:
    """Tell whether a file is a text with a code a line: neither a container nor a table headed by the labels of its columns."""
    suffix = "" if file == STANDARD_INPUT else Path(file).suffix.lower()
    if column or suffix not in TEXT_SUFFIXES or payload.startswith(CONTAINERS):
        return False
    first, *others = [_PARTS.split(line) for line in decode(payload[:SAMPLE]).text.splitlines() if line.strip()][:SAMPLE_LINES] or [[]]
    in_columns = len(first) > 1 and sum(len(parts) == len(first) for parts in others) * 2 > len(others)
    return not in_columns or not any(concept(part) in EXPECTED for part in first)


def of_lines(text: str) -> Iterator[Entry]:
    """Yield a record for each line that says something; a heading above the first is left out."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            code, name = split_line(line)
            if code or not all(concept(word) for word in line.split()):
                yield Entry(number, "", name, ((code, None),))


def split_line(line: str) -> tuple[str, str]:
    """Return the code of a line and the name before or after it; either may be empty."""
    words = next((word for word in _WORDS.split(line) if number_in_words(word)), "")
    code = words or max(_CODE_RUN.findall(line), key=digits, default="")
    if not digits(code):
        return "", line.strip(_EDGES)
    if not words and not identify(code).valid:
        code = next((word for word in code.split() if identify(word).valid), code)
    return code.strip(_EDGES), name_in(line.replace(code.strip(), "\t", 1))


def name_in(rest: str) -> str:
    """Return the name in what is left of a line without its code: the part of most letters, without number, label and empty brackets."""
    parts = [unnumbered(part.strip(_EDGES)) for part in _PARTS.split(_EMPTIED.sub(" ", rest))]
    words = [" ".join(word for word in part.split() if not concept(word.strip(_EDGES))) for part in parts]
    return max(words, key=letters, default="").strip(_EDGES)


def unnumbered(part: str) -> str:
    """Return a part of a line without the number it begins with (12. 示例有限公司)."""
    number = _NUMBERED.match(part)
    return part[number.end() :] if number else part


def digits(text: str) -> int:
    """Return how many digits a text has."""
    return sum(char.isdecimal() for char in text)


# --- tables --------------------------------------------------------------------------------------------------------------------------


def of_tables(payload: bytes, name: str, file: str, column: str) -> tuple[Entry, ...]:
    """Return the records of every table of a file that has a column of codes; raises as ``read_list``."""
    try:
        document = read(
            payload, Hints(file_name="list.csv" if file == STANDARD_INPUT and not payload.startswith(CONTAINERS) else Path(file).name)
        )
    except UnreadableError as error:
        raise HarvesterError(str(error)) from error
    found = [(block.table, block.address) for block in document.blocks if block.table]
    tables = [table for table, _ in found]
    entries = tuple(entry for table, address in found for entry in of_table(table, column, address if len(found) > 1 else ""))
    if entries:
        return entries
    if column:
        raise WrongCall(f"{name} has no column {column!r}; it has {headings(tables)}.")
    plain = tuple(of_lines(document.raw_text if payload.startswith(CONTAINERS) else decode(payload).text))
    if any(identify(code).valid for entry in plain for code, _ in entry.codes):
        return plain
    raise HarvesterError(f"{name} has no column of codes; name the heading of one with --column, or give a list with a code a line.")


def of_table(table: Table, column: str, address: str = "") -> Iterator[Entry]:
    """Yield the records of a table, which ``address`` names where there are several.

    They are the rows below the headings, or all rows where the columns are known by what they hold.
    """
    grid = table.grid()
    found = headed(grid, column) or ((0, *guessed(grid)) if not column else None)
    if found is None or not found[1]:
        return
    start, codes, name = found
    for number, row in enumerate(grid[start:], start + 1):
        if any(cell and cell.text.strip() for cell in row):
            yield entry_of(row, codes, name, Place(number, address))


def entry_of(row: Sequence[Cell | None], codes: dict[int, CodeKind | None], name: int | None, place: Place) -> Entry:
    """Return the record of one row: its filled code cells, or one empty code where none is filled."""
    origin = next((cell.origin for cell in row if cell and cell.origin and cell.origin.unit == "row"), None)
    if origin is not None:
        place = Place(origin.number, origin.part)
    given = tuple((text, kind) for column, kind in codes.items() if (text := text_of(row, column)))
    first = next(iter(codes.values()))
    return Entry(place.line, place.sheet, text_of(row, name), given or (("", first),))


def text_of(row: Sequence[Cell | None], place: int | None) -> str:
    """Return the text of a cell, empty where there is none."""
    cell = row[place] if place is not None and place < len(row) else None
    return cell.text.strip() if cell else ""


def headed(grid: Sequence[Sequence[Cell | None]], column: str) -> tuple[int, dict[int, CodeKind | None], int | None] | None:
    """Return the first row below the headings, the columns of codes with their kinds and that of names; ``None`` without headings."""
    for number, row in enumerate(grid[:HEADER_ROWS]):
        concepts = {place: concept(text) for place in range(len(row)) if (text := text_of(row, place))}
        wanted = [place for place in range(len(row)) if column and folded(text_of(row, place)) == folded(column)]
        codes = {place: EXPECTED.get(concepts.get(place, "")) for place in wanted} if column else expected(concepts)
        if codes:
            return number + 1, codes, next((place for place, found in concepts.items() if found in NAMES and place not in codes), None)
    return None


def expected(concepts: dict[int, str]) -> dict[int, CodeKind | None]:
    """Return the columns of codes with the kinds their headings say."""
    return {place: EXPECTED[found] for place, found in concepts.items() if found in EXPECTED}


def guessed(grid: Sequence[Sequence[Cell | None]]) -> tuple[dict[int, CodeKind | None], int | None]:
    """Return the column of a table without headings in which most cells are valid codes, and the column of the longest words."""
    rows = grid[:GUESSED_ROWS]
    width = len(rows[0]) if rows else 0
    valid = {place: sum(identify(text_of(row, place)).valid for row in rows) for place in range(width)}
    best = max(valid, key=valid.__getitem__, default=None)
    if best is None or not valid[best]:
        return {}, None
    words = {place: sum(letters(text_of(row, place)) for row in rows) for place in range(width) if place != best}
    name = max(words, key=words.__getitem__, default=None)
    return {best: None}, name if name is not None and words[name] else None


def letters(text: str) -> int:
    """Return how many letters and characters, not digits, a text has."""
    return sum(char.isalpha() for char in text)


def concept(label: str) -> str:
    """Return the concept of a column's heading, empty where it is none that matters here."""
    found = concept_of(label.strip())
    return found.name if found else ENGLISH.get(folded(label), "")


def folded(label: str) -> str:
    """Return a heading without the differences of case and blanks."""
    return " ".join(label.casefold().split())


def headings(tables: Iterable[Table]) -> str:
    """Return the cells of the first row of each table, for a sentence."""
    words = [cell.text.strip() for table in tables for cell in table.cells if cell.row == 0 and cell.text.strip()]
    return ", ".join(words[:20]) or "no table at all; leave --column out for a text with a code a line"

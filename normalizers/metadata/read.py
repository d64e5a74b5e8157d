"""Metadata out of a document and of what its page said of it."""

from __future__ import annotations

import re
from datetime import date, timedelta

from normalizers.agencies import Context, Decisions, home_region, resolve
from normalizers.agencies.resolve import NO_DECISIONS, NOT_AN_AGENCY
from normalizers.deadlines import plan_period
from normalizers.metadata.force import read_force
from normalizers.metadata.head import Head, first_of, read_head
from normalizers.metadata.kind import kind_of
from normalizers.metadata.lines import Line, lines_of, only_date
from normalizers.metadata.number import normalise_number, read_number, split_title
from normalizers.metadata.references import read_references
from normalizers.metadata.signature import heading_bodies, printed_day, read_note, read_signature, title_bodies
from normalizers.metadata.title import read_title
from normalizers.metadata.words import words, words_pattern
from normalizers.records import Block, BlockKind, Document, Hints, Metadata

MAX_BLOCKS = 60
"""Blocks at the top of a document among which its head table stands."""
_LABEL = words_pattern("date", "published").pattern
_DAY = r"\d{4}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}日?"
_PAGE_DATE = re.compile(rf"(?:^|(?<=[\s\[【(（|]))(?:{_LABEL})\s*[:：]\s*(?P<day>{_DAY})")
MAX_LAG = timedelta(days=730)
"""Between the signed day and a page's bare date; a later one is the last day in force or that of another paper."""


def read_metadata(document: Document, hints: Hints, decisions: Decisions = NO_DECISIONS, *, page: Head | None = None) -> Metadata:
    """Return the metadata of a document: the text's own words first, then its page's (``hints``, ``page``); nothing is guessed.

    ``page`` is what the head of the page around the text states (``page_head``). ``issued_on`` is the signed day, ``None`` where none is
    signed and the page states none; ``regions`` has the home region alone, or the four codes of the Delta for a document of the
    four provinces together, and is empty where neither is known.
    """
    lines = lines_of(document)
    head = first_of([read_head(_opening(document)), page or Head()])
    title = read_title(lines, hints.title, head.title)
    note = read_note(lines)
    number = normalise_number(hints.document_number) or head.number or read_number(lines) or split_title(hints.title)[1] or note.number
    signature = read_signature(lines)
    bodies = signature.bodies or heading_bodies(lines) or hints.issuers or head.issuers or title_bodies(title) or note.bodies
    issued_on = signature.day or hints.issued_on or head.issued_on or note.day
    published_on = hints.published_on or head.published_on or _page_date(lines, issued_on)
    home = home_region(number=number, title=title, issuers=bodies, hint=hints.region)
    context = Context.of_document(home.region, issued_on or published_on, decisions)
    period = plan_period(title, issued_on or published_on, number=number)
    printed_on = printed_day([*lines, *_imprints(document)]) or head.printed_on
    force = read_force(document.text, issued_on or printed_on or published_on)
    return Metadata(
        title=title,
        document_number=number or hints.document_number.strip(),
        issuers=tuple(body for body in (resolve(name, context) for name in bodies) if NOT_AN_AGENCY not in body.flags),
        issued_on=issued_on,
        published_on=published_on,
        regions=_regions(home.region, title),
        plan_start=period.start,
        plan_end=period.end,
        source=hints.source or document.source,
        kind=kind_of(title),
        printed_on=printed_on,
        effective_on=force.effective_on or head.effective_on,
        expires_on=force.expires_on or head.expires_on,
        index_number=head.index_number,
        region_basis=home.basis,
        references=read_references(document.text, lines, title=title, number=number),
    )


def _opening(document: Document) -> str:
    """Return the first blocks of a document as one text, cells apart."""
    return "\n".join(block.text for block in document.blocks[:MAX_BLOCKS]) if document.blocks else document.text


def _imprints(document: Document) -> list[Line]:
    """Return the rows of the small table that a document may end with: copies to, printed by, on."""
    last: Block | None = document.blocks[-1] if document.blocks else None
    if last is None or last.table is None:
        return []
    return [Line(row, row, BlockKind.PARAGRAPH, False) for text in last.text.split("\n")[-6:] if (row := " ".join(text.split()))]


def _regions(home: str, title: str) -> tuple[str, ...]:
    if home:
        return (home,)
    return words("regions", "delta_codes") if words_pattern("regions", "delta").search(title) else ()


def _page_date(lines: list[Line], issued_on: date | None) -> date | None:
    """Return the day that a copied page shows near its title: alone on a line, or behind 发布时间; the signed day is no page date."""
    for line in lines[:12]:
        labelled = _PAGE_DATE.search(line.raw[:200])
        if labelled and (day := only_date(labelled["day"])):
            return day
        if not line.short:
            break
        day = only_date(line.text)
        signed = issued_on or day
        if day and signed and not line.raw.startswith(("(", "（")) and day != issued_on and signed <= day <= signed + MAX_LAG:
            return day
    return None

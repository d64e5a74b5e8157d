"""Metadata out of a document and of what its page said of it."""

from __future__ import annotations

from datetime import date

from normalizers.agencies import Context, Decisions, guess_region, resolve
from normalizers.agencies.resolve import NO_DECISIONS, NOT_AN_AGENCY
from normalizers.deadlines import plan_period
from normalizers.metadata.lines import Line, lines_of, only_date
from normalizers.metadata.number import normalise_number, read_number, split_title
from normalizers.metadata.signature import heading_bodies, read_signature, title_bodies
from normalizers.metadata.title import read_title
from normalizers.metadata.words import words, words_pattern
from normalizers.records import Document, Hints, Metadata


def read_metadata(document: Document, hints: Hints, decisions: Decisions = NO_DECISIONS) -> Metadata:
    """Return the metadata of a document: the text's own words first, then its page's (``hints``); nothing is guessed.

    ``issued_on`` is the signed day, ``None`` where none is signed and the page states none; ``regions`` has the home region alone,
    or the four codes of the Delta for a document of the four provinces together, and is empty where neither is known.
    """
    lines = lines_of(document)
    title = read_title(lines, hints.title)
    number = normalise_number(hints.document_number) or read_number(lines) or split_title(hints.title)[1]
    signature = read_signature(lines)
    bodies = signature.bodies or heading_bodies(lines) or hints.issuers or title_bodies(title)
    issued_on = signature.day or hints.issued_on
    region = guess_region(number=number, title=title, issuers=bodies, hint=hints.region)
    context = Context(region, issued_on or hints.published_on, decisions)
    period = plan_period(title, issued_on or hints.published_on)
    return Metadata(
        title=title,
        document_number=number or hints.document_number.strip(),
        issuers=tuple(body for body in (resolve(name, context) for name in bodies) if NOT_AN_AGENCY not in body.flags),
        issued_on=issued_on,
        published_on=hints.published_on or _page_date(lines, issued_on),
        regions=_regions(region, title),
        plan_start=period.start,
        plan_end=period.end,
        source=hints.source or document.source,
    )


def _regions(home: str, title: str) -> tuple[str, ...]:
    if home:
        return (home,)
    return words("regions", "delta_codes") if words_pattern("regions", "delta").search(title) else ()


def _page_date(lines: list[Line], issued_on: date | None) -> date | None:
    """Return the day that a copied page shows near its title: alone on a line, or behind 发布时间; the signed day is no page date."""
    labels = words("date", "published")
    for line in lines[:12]:
        if not line.short:
            break
        head, _, rest = line.text.replace("：", ":").partition(":")
        label = head.strip("[【( ") in labels
        day = only_date(rest.strip("]】) ") if label else line.text)
        if day and (label or day != issued_on) and not line.raw.startswith(("(", "（")):
            return day
    return None

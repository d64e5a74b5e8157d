"""Put papers beside one another that are named on the command line, and give the table as values: for JSON, for sheets, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harvester.errors import WrongCall
from harvester.locating import derive_stored
from harvester.messages import _, listed
from harvester.naming import identifier_of
from harvester.reading import derive_file
from harvester.session import opened
from normalizers.agencies import Decisions
from normalizers.agencies.resolve import NO_DECISIONS
from normalizers.compare.matters import MAX_PAPERS, AlignedCell, AlignedRow, align
from normalizers.compare.passages import Passage
from normalizers.presentation import agencies_json, deadline_json
from normalizers.records import Agency, Derived
from storage.store import Store

Json = dict[str, Any]

TITLE = 40
"""Characters of a title that name a column."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One column: ``name`` is what the paper was called by, ``label`` its place and title."""

    name: str
    label: str
    derived: Derived


@dataclass(frozen=True, slots=True)
class Alignment:
    """Papers beside one another. ``paragraphs``: the rows are the tasks of the first, the others' cells tasks or paragraphs."""

    papers: tuple[Paper, ...]
    rows: tuple[AlignedRow, ...]
    paragraphs: bool = False

    def count(self, *, certain: bool) -> int:
        """Return how many cells are tied surely, or only likely."""
        return sum(c is not None and c.tied_to is not None and c.certain is certain for row in self.rows for c in row.cells)


def align_named(names: Sequence[str], store: str | None, decisions: Decisions = NO_DECISIONS, *, paragraphs: bool = False) -> Alignment:
    """Return papers beside one another: each a file, or ``ID``, ``ID@VERSION``, ``ID@YYYY-MM-DD``, ``ID@YYYY`` of a store.

    Raises ``WrongCall`` for too few, too many or unknown names and for a paper without tasks that the table needs, ``HarvesterError``
    for an unreadable file, ``StoreError`` for an unknown or lost version.
    """
    _check_count(names)
    return _aligned(names, list(_read(names, store, decisions)), paragraphs=paragraphs)


def align_stored(store: Store, names: Sequence[str], *, paragraphs: bool = False) -> Alignment:
    """Return papers of a store beside one another, as ``align_named`` does; a name is never that of a file. Raises the same."""
    _check_count(names)
    return _aligned(names, [derive_stored(store, identifier_of(name, store))[2] for name in names], paragraphs=paragraphs)


def _check_count(names: Sequence[str]) -> None:
    if not 2 <= len(names) <= MAX_PAPERS:
        raise WrongCall(f"{len(names)} papers cannot be put beside one another; name from 2 to {MAX_PAPERS}.")


def _aligned(names: Sequence[str], derived: list[Derived], *, paragraphs: bool) -> Alignment:
    for name, paper in zip(names, derived[:1] if paragraphs else derived, strict=not paragraphs):
        if not paper.tasks:
            raise WrongCall(f"{name} marks no tasks; name papers that divide tasks, or put it last with --against paragraphs.")
    papers = tuple(
        Paper(name, _label(at, name, paper), paper) for at, (name, paper) in enumerate(zip(names, derived, strict=True), start=1)
    )
    return Alignment(papers, align(derived, paragraphs=paragraphs), paragraphs)


def _read(names: Sequence[str], store: str | None, decisions: Decisions) -> Iterator[Derived]:
    with ExitStack() as open_stores:
        found: Store | None = None
        for name in names:
            path = Path(name)
            if path.exists():
                yield derive_file(path, decisions=decisions)
                continue
            identifier_of(name)
            found = found or open_stores.enter_context(opened(store))
            yield derive_stored(found, identifier_of(name, found))[2]


def _label(at: int, name: str, paper: Derived) -> str:
    return f"{at} {cut(' '.join((paper.metadata.title or Path(name).name).split()), TITLE)}"


def cut(title: str, length: int) -> str:
    """Return a title with its middle left out where it is too long: a plan and its table begin alike and end apart."""
    return title if len(title) <= length else f"{title[: length // 2 - 1]}…{title[-(length // 2) :]}"


# --- for programs --------------------------------------------------------------------------------------------------------


def alignment_json(alignment: Alignment) -> Json:
    """Return an alignment for programs: the papers, and the rows with a cell or null for each of them."""
    return {
        "against": "paragraphs" if alignment.paragraphs else "tasks",
        "papers": [_paper_json(paper) for paper in alignment.papers],
        "rows": [{"cells": [_cell_json(cell) if cell else None for cell in row.cells]} for row in alignment.rows],
    }


def _paper_json(paper: Paper) -> Json:
    said = paper.derived.metadata
    return {
        "name": paper.name,
        "title": said.title,
        "document_number": said.document_number,
        "issued_on": said.issued_on.isoformat() if said.issued_on else None,
        "regions": list(said.regions),
        "tasks": len(paper.derived.tasks),
    }


def _cell_json(cell: AlignedCell) -> Json:
    tied = cell.tied_to is not None
    why = cell.reason
    return {
        "passages": [_passage_json(passage) for passage in cell.passages],
        "tied_to": cell.tied_to,
        "score": round(cell.score, 2) if tied else None,
        "certain": cell.certain,
        "reason": {"terms": list(why.terms), "bodies": list(why.bodies), "section": why.section} if tied else None,
    }


def _passage_json(passage: Passage) -> Json:
    task = passage.task
    return {
        "kind": "task" if task else "paragraph",
        "position": passage.at + 1 if passage.at is not None else None,
        "number": task.number if task else "",
        "section": passage.section,
        "address": passage.address,
        "text": passage.text,
        "lead": agencies_json(task.lead) if task else [],
        "partner": agencies_json(task.partner) if task else [],
        "responsible": agencies_json(task.responsible) if task else [],
        "deadline": deadline_json(task.deadline) if task and task.deadline else None,
    }


# --- for sheets ----------------------------------------------------------------------------------------------------------


def flat_rows(alignment: Alignment) -> list[dict[str, str]]:
    """Return the rows with six columns a paper, their headings led by its place: what a sheet holds; holes are empty."""
    return [_flat(alignment, at, row) for at, row in enumerate(alignment.rows, start=1)]


def _flat(alignment: Alignment, at: int, row: AlignedRow) -> dict[str, str]:
    flat = {"matter": str(at)}
    for place, (paper, cell) in enumerate(zip(alignment.papers, row.cells, strict=True), start=1):
        found = cell.passages if cell else ()
        flat |= {
            f"{place} number": _lines(number(passage) for passage in found),
            paper.label: _lines(passage.text for passage in found),
            f"{place} bodies": _lines(bodies(passage, "en") for passage in found),
            f"{place} deadline": _lines(deadline(passage) for passage in found),
            f"{place} tie": certainty(cell) if cell else "",
            f"{place} score": f"{cell.score:.2f}" if cell and cell.tied_to is not None else "",
        }
    return flat


def _lines(values: Iterator[str]) -> str:
    return "\n".join(values)


def certainty(cell: AlignedCell) -> str:
    """Return ``sure`` or ``likely`` for a tied cell, nothing for the one that opens its row."""
    if cell.tied_to is None:
        return ""
    return "sure" if cell.certain else "likely"


# --- in words ------------------------------------------------------------------------------------------------------------


def number(passage: Passage) -> str:
    """Return what to call a passage by: a task's number, else its place in the paper; a paragraph's address."""
    if passage.task is None or passage.at is None:
        return passage.address
    return passage.task.number or f"#{passage.at + 1}"


def bodies(passage: Passage, lang: str) -> str:
    """Return who does a task, in their roles, as printed; nothing for a paragraph."""
    task = passage.task
    if task is None:
        return ""
    roles = (("lead", task.lead), ("partner", task.partner), ("responsible", task.responsible))
    return _("; ", lang).join(f"{_(role, lang)}{_(': ', lang)}{_names(who)}" for role, who in roles if who)


def _names(agencies: Sequence[Agency]) -> str:
    return "、".join(agency.mention for agency in agencies)


def deadline(passage: Passage) -> str:
    """Return a task's deadline as printed."""
    return passage.task.deadline.text if passage.task and passage.task.deadline else ""


def why(cell: AlignedCell, lang: str) -> str:
    """Return the reason of a tie in a few words: its score, the paper it ties to, the words and bodies in both, the section."""
    if cell.tied_to is None:
        return ""
    found = cell.reason
    told = [_("sure", lang) if cell.certain else _("likely", lang), f"{cell.score:.2f} ↔ {cell.tied_to + 1}"]
    if found.terms:
        told.append(_("words in both: {words}", lang).format(words=listed(found.terms, lang)))
    if found.bodies:
        told.append(_("body in both: {bodies}", lang).format(bodies=listed(found.bodies, lang)))
    if found.section:
        told.append(_("same section: {section}", lang).format(section=found.section))
    return " · ".join(told)


def summary(alignment: Alignment, lang: str) -> str:
    """Return in a sentence how many matters there are and how many ties are only likely."""
    sure, likely = (alignment.count(certain=certain) for certain in (True, False))
    return _("{rows} matters; {sure} ties are sure, {likely} only likely (marked ?)", lang).format(
        rows=len(alignment.rows), sure=sure, likely=likely
    )

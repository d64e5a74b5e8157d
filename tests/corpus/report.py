"""Run the corpus and set out the figures: by format, by phenomenon, by damage."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from normalizers.derive import derive
from normalizers.documents import UnreadableError, is_archive, unpack
from normalizers.records import Derived, Document, Metadata
from tests.corpus import damage, render
from tests.corpus.generate import generated
from tests.corpus.office import MissingProgramError
from tests.corpus.paper import Paper, written
from tests.corpus.score import Tally, measure

EMPTY = Derived(Document("", "", (), "", ""), Metadata(), (), "")


@dataclass(frozen=True)
class Run:
    """One rendering of one document, measured."""

    paper: Paper
    format: str
    damage: str
    tally: Tally

    @property
    def whole(self) -> bool:
        """Tell whether all that the labels name is in the rendering still; a damage may have destroyed some bytes of it for good."""
        return not damage.loses_bytes(self.paper, self.format, self.damage)


def papers() -> tuple[Paper, ...]:
    """Return the whole corpus."""
    return (*written(), *generated())


def renderings(paper: Paper) -> list[tuple[str, str]]:
    """Return the pairs of format and damage that a document is measured in, the cheapest first."""
    broken = [(kind or "txt", name) for kind, _, name in (one.rpartition(":") for one in paper.damages)]
    return [*((kind, "") for kind in paper.formats), *broken]


def run(paper: Paper, kind: str, broken: str = "") -> Run:
    """Return the measure of one rendering. Raises ``MissingProgramError`` where the machine can't make it."""
    file = damage.damaged(paper, f"{kind}:{broken}") if broken else render.render(paper, kind)
    begun = time.perf_counter()
    try:
        derived, reason = _derived(file), ""
    except UnreadableError as error:
        derived, reason = EMPTY, str(error)
    tally = measure(paper, derived, kind)
    tally.seconds = time.perf_counter() - begun
    if reason:
        tally.failures = [("unreadable", reason)]
    return Run(paper, kind, broken, tally)


def _derived(file: render.File) -> Derived:
    """Return what is read out of a file; of an archive, out of the only file in it."""
    if is_archive(file.payload, file.hints.file_name):
        (member,) = unpack(file.payload, file.hints.file_name).members
        return derive(member.payload, replace(file.hints, file_name=member.name))
    return derive(file.payload, file.hints)


def runs(chosen: Iterable[Paper], *, quick: bool = False, only: str = "") -> Iterator[Run]:
    """Yield the measures of documents: ``quick`` in the cheapest rendering alone, ``only`` in formats or damages that begin so."""
    for paper in chosen:
        for kind, broken in renderings(paper)[: 1 if quick else None]:
            if only and not (kind.startswith(only) or broken.startswith(only)):
                continue
            try:
                yield run(paper, kind, broken)
            except MissingProgramError:
                continue


def total(measured: Iterable[Run]) -> Tally:
    """Return the sum of measures."""
    out = Tally()
    for one in measured:
        out.merge(one.tally)
    return out


def wholes(measured: Iterable[Run]) -> dict[str, Tally]:
    """Return the sums over all renderings, over those that hold all that was written, and over those that lost bytes for good."""
    listed = list(measured)
    whole = {id(one): one.whole for one in listed}
    return {
        "all renderings": total(listed),
        "nothing lost": total(one for one in listed if whole[id(one)]),
        "bytes lost for good": total(one for one in listed if not whole[id(one)]),
    }


def groups(measured: list[Run]) -> dict[str, dict[str, Tally]]:
    """Return the sums by format (undamaged), by phenomenon and by damage."""
    kinds = sorted({one.format for one in measured if not one.damage})
    broken = sorted({one.damage for one in measured if one.damage})
    seen = sorted({name for one in measured for name in one.paper.phenomena})
    return {
        "format": {kind: total(one for one in measured if one.format == kind and not one.damage) for kind in kinds},
        "phenomenon": {name: total(one for one in measured if name in one.paper.phenomena and not one.damage) for name in seen},
        "damage": {name: total(one for one in measured if one.damage == name) for name in broken},
    }


def row(tally: Tally) -> dict[str, float | int | None]:
    """Return the figures of one line of the table; none where there is nothing to compare."""
    negative, _, negatives = tally.counts.get("negatives", [0, 0, 0])
    return {
        "documents": tally.documents,
        "tasks P": tally.precision("tasks"), "tasks R": tally.recall("tasks"), "tasks F1": tally.f1("tasks"),
        "agencies P": tally.precision("agencies"), "agencies R": tally.recall("agencies"), "agencies F1": tally.f1("agencies"),
        "ends": tally.recall("deadline ends"), "due texts": tally.recall("deadline texts"), "sections": tally.recall("sections"),
        "negatives": negatives, "with a task": negative,
        "metadata": tally.recall("metadata"), "resolved": tally.recall("resolved"),
        "resolved wrong": tally.counts.get("resolved wrong", [0, 0, 0])[0],
        "seconds": round(tally.seconds, 2),
    }  # fmt: skip

"""The pairs of versions written by hand, with the changes that a reader told before any program had compared them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from normalizers.compare.tasks import compare_tasks
from normalizers.derive import derive
from normalizers.records import Derived
from tests.compare.edits.truth import Change, Score, score
from tests.corpus.damage import damaged
from tests.corpus.paper import Paper, bare, read_parts
from tests.corpus.render import File, render

PAIRS = Path(__file__).parents[1] / "pairs"


@dataclass(frozen=True)
class Pair:
    """Two versions, how each is rendered (``format`` or ``format:damage``), and what changed from one to the other."""

    name: str
    old: Paper
    new: Paper
    kinds: tuple[str, str]
    truth: tuple[Change, ...]


def file_of(paper: Paper, kind: str) -> File:
    """Return a paper as a file: a format, or a format with a damage behind a colon. Raises ``office.MissingProgramError``."""
    return damaged(paper, kind) if ":" in kind else render(paper, kind)


def derived_of(paper: Paper, kind: str) -> Derived:
    """Return what is read out of a paper rendered so."""
    file = file_of(paper, kind)
    return derive(file.payload, file.hints)


def written() -> Iterator[Pair]:
    """Yield the pairs, by name."""
    for path in sorted(PAIRS.glob("*.txt")):
        yield _pair(path.stem, path.read_text(encoding="utf-8"))


def _pair(name: str, text: str) -> Pair:
    _, front, body = text.split("+++", 2)
    data = tomllib.loads(front)
    before, after = (_paper(name, half) for half in body.split("%%%%"))
    renamed = [tuple(part.strip() for part in line.split("|")) for line in data.get("renamed", "").strip().splitlines()]
    changes = tuple(_change(line, renamed) for line in data["changes"].strip().splitlines())
    return Pair(name, before, after, (data["old"], data["new"]), changes)


def _change(line: str, renamed: list[tuple[str, ...]]) -> Change:
    kind, start, fields = (part.strip() for part in line.split("|"))
    names = frozenset((role, *(name.strip() for name in both.split(">"))) for begins, role, both in renamed if begins == start)
    return Change(kind, start, frozenset(fields.split()), names)  # type: ignore[arg-type]


def _paper(name: str, body: str) -> Paper:
    parts = read_parts(body)
    return Paper(name, parts, (), {"title": bare(str(parts[0]))}, ())


def measured(pair: Pair) -> Score:
    """Return the score of one pair, compared through files of both sides."""
    old, new = (derived_of(paper, kind) for paper, kind in zip((pair.old, pair.new), pair.kinds, strict=True))
    return score(pair.name, pair.truth, compare_tasks(old, new)[0])

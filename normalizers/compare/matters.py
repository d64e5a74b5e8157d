"""Several papers beside one another, matter by matter: one row a matter, one column a paper.

Ties are the symmetric ones of ``affinity``, found between all pairs of papers and joined from the surest on. A task stands in one row only.
A row joins two groups only when they agree as a whole, so that a chain of likely ties does not end at another matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from normalizers.compare.affinity import FEW, Affinity, affinities
from normalizers.compare.counterparts import TIE, counterparts, raised, same_place
from normalizers.compare.passages import Features, Passage, features, task_passages
from normalizers.compare.rare_terms import weigh
from normalizers.compare.reasons import NO_REASON, Reason, certain, reason, told_strings
from normalizers.records import Derived

KEPT = 0.2
"""Score below which two tasks are taken to have nothing in common: chance gives as much."""
BESIDE = 0.15
"""How much less than the best tie to a task a second one from the same paper may score to stand in its row, too."""
HOLD = 0.05
"""How much less than a sure tie that found its place taken another tie of the same task may score: it is no refuge."""
AGREEMENT = 0.4
"""Mean score, over all pairs of their tasks, from which two groups are one matter."""
MAX_PAPERS = 30
"""Papers of one table: all cities of a province; the time grows with the square."""

Node = tuple[int, int]
"""A task: (paper, position in it)."""


@dataclass(frozen=True, slots=True)
class AlignedCell:
    """What one paper has for a matter, the passage that ties best first.

    ``score``, ``certain`` and ``reason`` are those of its best tie to what another paper of the row has, ``tied_to`` that paper's
    place among the columns; of the cell that opens a row they say nothing (None, 1.0, True).
    """

    passages: tuple[Passage, ...]
    tied_to: int | None = None
    score: float = 1.0
    certain: bool = True
    reason: Reason = NO_REASON


@dataclass(frozen=True, slots=True)
class AlignedRow:
    """One matter: a cell a paper, in the order of the papers; None is a hole."""

    cells: tuple[AlignedCell | None, ...]


@dataclass(frozen=True, slots=True)
class _Tie:
    """Two tasks of two papers, the earlier paper first; the score is raised by its lead over other ties of both ends."""

    one: Node
    other: Node
    affinity: Affinity


def align(papers: Sequence[Derived], *, paragraphs: bool = False) -> tuple[AlignedRow, ...]:
    """Return the papers beside one another; the first paper leads the order, what only later ones have follows where it stands there.

    With ``paragraphs`` the rows are the tasks of the first paper alone, one each, and the other columns what answers to it, a task or a
    paragraph, which may then stand in several rows. Raises ValueError for fewer than two papers or more than ``MAX_PAPERS``.
    """
    if not 2 <= len(papers) <= MAX_PAPERS:
        raise ValueError(f"{len(papers)} papers cannot be put beside one another: name from 2 to {MAX_PAPERS}.")
    return tuple(_looked_up(papers) if paragraphs else _Table(papers).rows())


def _looked_up(papers: Sequence[Derived]) -> Iterator[AlignedRow]:
    """Yield a row for every task of the first paper."""
    found = [counterparts(papers[0], other) for other in papers[1:]]
    for at, task in enumerate(task_passages(papers[0])):
        told = (each[at] for each in found)
        others = (AlignedCell((one.passage,), 0, one.score, one.certain, one.reason) if one.passage else None for one in told)
        yield AlignedRow((AlignedCell((task,)), *others))


class _Table:
    """The tasks of all papers while they are put into rows."""

    def __init__(self, papers: Sequence[Derived]) -> None:
        self.tasks = [task_passages(paper) for paper in papers]
        found = [[features(task) for task in tasks] for tasks in self.tasks]
        self.places = {(a, b): same_place(papers[a], papers[b]) for a, b in combinations(range(len(papers)), 2)}
        self.weights = weigh([f.text for each in found for f in each], least=FEW)
        self.near: dict[tuple[Node, Node], Affinity] = {}
        self.held: dict[Node, float] = {}
        self.ties = sorted(self._ties(found), key=lambda tie: (-tie.affinity.score, tie.one, tie.other))
        self.near |= {(tie.one, tie.other): tie.affinity for tie in self.ties}
        self.group = {(p, i): frozenset({(p, i)}) for p, tasks in enumerate(self.tasks) for i in range(len(tasks))}

    def _ties(self, found: Sequence[Sequence[Features]]) -> Iterator[_Tie]:
        for (a, b), place in self.places.items():
            near = affinities(found[a], found[b], same_place=place)
            likely = [{j: affinity for j, affinity in each.items() if affinity.score >= KEPT} for each in near]
            self.near |= {((a, i), (b, j)): affinity for i, each in enumerate(likely) for j, affinity in each.items()}
            yield from _leading(a, b, likely)

    def rows(self) -> list[AlignedRow]:
        """Return the rows in order."""
        for tie in self.ties:
            if all(tie.affinity.score >= self.held.get(end, 0.0) - HOLD for end in (tie.one, tie.other)):
                self._join(tie)
        for tie in self.ties:
            if self._certain(tie):
                self._add(tie.one, tie.other, tie.affinity.score)
                self._add(tie.other, tie.one, tie.affinity.score)
        return [self._row(group) for group in _ordered(self.tasks, self.group)]

    def _join(self, tie: _Tie) -> None:
        """Make the groups of two tasks one row where no paper is in both and they agree; else let the one without a row wait."""
        ours, theirs = self.group[tie.one], self.group[tie.other]
        if ours is theirs:
            return
        if {paper for paper, _ in ours} & {paper for paper, _ in theirs}:
            if self._certain(tie):
                waiting = (end for end in (tie.one, tie.other) if len(self.group[end]) == 1)
                self.held |= {end: max(tie.affinity.score, self.held.get(end, 0.0)) for end in waiting}
            return
        scores = [self._score(a, b) for a in ours for b in theirs]
        if sum(scores) / len(scores) >= AGREEMENT:
            self._unite(ours | theirs)

    def _certain(self, tie: _Tie) -> bool:
        one, other = (self.tasks[paper][at] for paper, at in (tie.one, tie.other))
        return certain(tie.affinity, ()) or certain(tie.affinity, told_strings(one, other, self.weights))

    def _add(self, alone: Node, there: Node, score: float) -> None:
        """Put a task that has no row, but surely is of a row's matter, beside the task of its own paper that is there already."""
        row = self.group[there]
        if len(self.group[alone]) > 1 or len(row) == 1 or alone in row:
            return
        best = max((self._score(there, node) for node in row if node[0] == alone[0]), default=0.0)
        scores = [self._score(alone, node) for node in row if node[0] != alone[0]]
        if score >= best - BESIDE and sum(scores) / len(scores) >= TIE:
            self._unite(row | {alone})

    def _unite(self, group: frozenset[Node]) -> None:
        for node in group:
            self.group[node] = group

    def _score(self, a: Node, b: Node) -> float:
        affinity = self.near.get((min(a, b), max(a, b)))
        return affinity.score if affinity else 0.0

    def _row(self, group: frozenset[Node]) -> AlignedRow:
        opening = min(group)[0]
        return AlignedRow(tuple(self._cell(group, paper, opening) for paper in range(len(self.tasks))))

    def _cell(self, group: frozenset[Node], paper: int, opening: int) -> AlignedCell | None:
        own = sorted(node for node in group if node[0] == paper)
        if not own:
            return None
        best = {node: max((self._told(node, other) for other in group if other[0] != paper), default=None) for node in own}
        own.sort(key=lambda node: (-(best[node] or (0.0,))[0], node))
        passages = tuple(self.tasks[p][i] for p, i in own)
        strongest = best[own[0]]
        if paper == opening or strongest is None:
            return AlignedCell(passages)
        score, towards = strongest
        return self._tied(passages, own[0], (-towards[0], -towards[1]), score)

    def _told(self, node: Node, other: Node) -> tuple[float, Node]:
        """Return the score of a tie and its other end, negated, so that of equal ones the first paper's is the greatest."""
        return self._score(node, other), (-other[0], -other[1])

    def _tied(self, passages: tuple[Passage, ...], node: Node, towards: Node, score: float) -> AlignedCell:
        ends = min(node, towards), max(node, towards)
        affinity = self.near.get(ends, Affinity(0.0, 0.0, 0.0, 0.0))
        first, second = (self.tasks[p][i] for p, i in ends)
        why = reason(first, second, affinity, self.weights, same_place=self.places[ends[0][0], ends[1][0]])
        return AlignedCell(passages, towards[0], score, certain(affinity, why.terms), why)


def _leading(a: int, b: int, near: Sequence[Mapping[int, Affinity]]) -> Iterator[_Tie]:
    """Yield the ties of two papers that are strong enough, ranked by their lead over what else either end could be tied to."""
    by_right: dict[int, list[float]] = {}
    for each in near:
        for j, affinity in each.items():
            by_right.setdefault(j, []).append(affinity.score)
    rights = {j: sorted(scores, reverse=True)[:2] for j, scores in by_right.items()}
    for i, each in enumerate(near):
        scores = sorted((affinity.score for affinity in each.values()), reverse=True)[:2]
        for j, affinity in each.items():
            score = raised(affinity.score, (_lead(affinity.score, scores) + _lead(affinity.score, rights[j])) / 2)
            if score >= TIE:
                yield _Tie((a, i), (b, j), replace(affinity, score=score))


def _lead(score: float, best: Sequence[float]) -> float:
    """Return how far the best score is ahead of the second; nothing for others."""
    if score < best[0]:
        return 0.0
    return score - best[1] if len(best) > 1 else score


def _ordered(tasks: Sequence[Sequence[Passage]], group: Mapping[Node, frozenset[Node]]) -> list[frozenset[Node]]:
    """Return the groups in the order of the first paper.

    One that only later papers have follows the row before it in its own paper; where there is none, it goes before the row after it.
    """
    order: list[frozenset[Node]] = []
    for paper, of_paper in enumerate(tasks):
        order = _merged(order, list(dict.fromkeys(group[paper, at] for at in range(len(of_paper)))))
    return order


def _merged(order: Sequence[frozenset[Node]], coming: Sequence[frozenset[Node]]) -> list[frozenset[Node]]:
    """Return the rows with those of one more paper put in."""
    known = {*order}
    behind: dict[frozenset[Node] | None, list[frozenset[Node]]] = {None: []}
    anchor = None
    for row in coming:
        if row in known:
            anchor = row
        else:
            behind.setdefault(anchor, []).append(row)
    first = next((row for row in coming if row in known), None)
    out: list[frozenset[Node]] = []
    for row in order:
        out += [*(behind[None] if row is first else ()), row, *behind.get(row, ())]
    return out if first else [*out, *behind[None]]

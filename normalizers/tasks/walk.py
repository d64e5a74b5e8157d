"""Where a reader stands while it goes down a page: the line, the heading above it, and what was not given to any task yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from normalizers.agencies import Context
from normalizers.tasks.clauses import NO_CLAUSES, Clauses
from normalizers.tasks.sections import is_article, is_title_like, rank, split_number
from normalizers.tasks.statements import Statement


class Line(NamedTuple):
    """One line of a text block, with where it stands in the document."""

    text: str
    start: int
    address: str
    heading: bool = False

    @property
    def end(self) -> int:
        """The offset behind the line's last character."""
        return self.start + len(self.text)


_UNNUMBERED = 2.5
"""The rank of a heading without a number: below （一）, above 1."""


@dataclass(slots=True)
class Walk:
    """What a reader keeps in mind while going down the page: the heading, and the lines that no role was given to yet."""

    context: Context
    section: str = ""
    above: str = ""
    trail: list[tuple[float, str]] = field(default_factory=list)  # the headings that the present one stands under, with their ranks
    heading: Line | None = None
    pending: list[Line] = field(default_factory=list)
    begun: bool = False
    item: tuple[str, str] | None = None  # style and section of the item whose words opened a section of their own
    notes: Clauses = NO_CLAUSES
    article: bool = False  # whether the lines belong to an article of a regulation: its brackets say whom a rule binds
    bare: bool = True  # whether a bracket that holds nothing but bodies says who is responsible
    duty: Statement | None = None  # whose work the items under a heading are, where the heading says so (市财政局负责的工作)
    duty_rank: int = 0
    bare_brackets: int = 0  # so many items ended in a bracket of bodies alone so far
    unsure: bool = False  # an item ended in a bracket that would be one of bodies, had so many others done so before
    following: Line | None = None  # the line behind the one that is read

    def under(self, text: str, line: Line | None) -> None:
        """Enter the section that a heading opens; ``line`` is the heading while no role was given to it."""
        depth = rank(text) if split_number(text)[0] else _UNNUMBERED
        self.trail = [(above, heading) for above, heading in self.trail if above < depth]
        self.above = self.trail[-1][1] if self.trail else ""
        self.section = "" if is_title_like(text) else text.strip().rstrip("。：:")
        self.trail.append((depth, self.section))
        self.heading, self.pending, self.item = line, [], None
        self.article = is_article(text)
        if rank(text) <= self.duty_rank:
            self.duty = None

    def charge(self, statement: Statement, heading: str) -> None:
        """Note whose work the items under a heading are, until a heading of its rank comes."""
        self.duty, self.duty_rank = statement, rank(heading)

    def section_of(self, text: str) -> str:
        """Return the section of an item: the nearest heading that its own number does not stand beside or above."""
        if self.item is not None or not split_number(text)[0]:
            return self.section
        depth = rank(text)
        return next((heading for above, heading in reversed(self.trail) if above == _UNNUMBERED or above < depth), self.section)

    def beside(self, line: Line) -> None:
        """Leave the section that an item opened when the next item of its rank begins."""
        if self.item is not None and split_number(line.text)[1] in (self.item[0], "one"):
            self.section, self.item = self.item[1], None

    def done(self) -> None:
        """Forget the lines that a task took up."""
        self.heading, self.pending, self.begun = None, [], True

"""From a document to its tasks: in reading order, tables and running text alike, names and dates read in the document's context."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from normalizers.agencies import Context, Decisions, read_agencies
from normalizers.agencies.resolve import NO_DECISIONS
from normalizers.deadlines import PlanPeriod, find_milestones, parse_deadline, plan_period
from normalizers.records import Agency, Block, BlockKind, Deadline, Document, DocumentKind, Metadata, Span, Task
from normalizers.tasks.brackets import explains, reports
from normalizers.tasks.captions import PAGE_MARK, Captions
from normalizers.tasks.clauses import Clauses
from normalizers.tasks.drafts import Draft
from normalizers.tasks.paragraphs import USUAL, lines_of, read_lines
from normalizers.tasks.statements import Statement
from normalizers.tasks.tables import Carry, read_table
from normalizers.tasks.walk import Line, Walk
from normalizers.text.fold import fingerprint

_TELLING = {DocumentKind.NEWS, DocumentKind.REGULATION, DocumentKind.ANNOUNCEMENT, DocumentKind.REPLY, DocumentKind.REPORT}
"""Papers that tell or rule: a bracket without a label names no duty there."""
_YEAR = re.compile(r"20\d{2}")
_MAX_WORDS = 20_000
"""Characters of a task that are looked through for milestones."""
_CAPTION_BLOCKS = 3
_MAX_CAPTION = 80
_FAMILIAR = 3  # so many bare brackets in one document are its way of writing, not chance
_STAR = re.compile(r"[*＊★☆▲△●#]")
_ORDINAL = re.compile(r"[一二三四五六七八九十]{1,2}是")
_ITEM_MARK = re.compile(r"(?:(?<=[；;。\n])|^)\s*(?:[①-⑳]|\d{1,2}[.、．](?=\s*(?:\d{4}\s*年|\d{1,2}\s*月)))")
"""The number of an item inside a deadline cell: 1.6月底前…；2.12月底前…; read with its month it would be a decimal."""
_LAYOUT_COLUMNS = 2  # a table of so few columns without a heading may be there for the page's layout only
_LAYOUT_TEXT = 30


@dataclass(slots=True)
class _Page:
    """The reading of one document: drafts so far, and what a table may continue or be called."""

    walk: Walk
    captions: Captions
    drafts: list[Draft] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    above: list[Block] = field(default_factory=list)
    carry: Carry | None = None

    def text(self, block: Block) -> None:
        """Take in a text block; the words between two tables end the first, page marks do not."""
        self.above.append(block)
        if not PAGE_MARK.fullmatch(block.text):
            self.carry = None
        if block.kind is not BlockKind.TITLE:
            self.lines += lines_of(block)

    def flush(self) -> None:
        """Read the lines taken in so far."""
        read_lines(self.lines, self.walk, self.drafts)
        self.lines = []

    def table(self, block: Block) -> None:
        """Read a table; one that holds no tasks may still be a frame around running text."""
        self.flush()
        count = len(self.drafts)
        above = self.captions.above(self.above, self.walk.section, continues=self.carry is not None)
        section = above.text if above.certain else ""
        self.carry = read_table(block, self.walk.context, self.drafts, caption=_caption(self.above), section=section, carry=self.carry)
        self.captions.note(count, len(self.drafts))
        if self.carry is None and len(self.drafts) == count:
            read_lines(_framed(block), self.walk, self.drafts)
        self.above = []
        self.walk.done()


def extract_tasks(document: Document, metadata: Metadata, decisions: Decisions = NO_DECISIONS) -> tuple[Task, ...]:
    """Return the tasks that ``document`` marks, in reading order (labels.md, rules 1 to 12), and none for what it does not mark."""
    if explains(metadata.title):
        return ()
    context = Context.of_document(
        region=metadata.regions[0] if len(metadata.regions) == 1 else "",
        on=metadata.issued_on or metadata.published_on or metadata.plan_start,
        decisions=decisions,
    )
    bare = not reports(metadata.title) and metadata.kind not in _TELLING
    page = _read_page(document, Walk(context, bare=bare), metadata.title)
    if page.walk.unsure and page.walk.bare_brackets >= USUAL:
        page = _read_page(
            document, Walk(context, bare=bare, bare_brackets=USUAL), metadata.title
        )  # what is usual further down is usual above
    return tuple(_Finish(context, metadata, page.walk.notes, page.drafts).tasks(len(document.text)))


def _read_page(document: Document, walk: Walk, title: str) -> _Page:
    page = _Page(walk, Captions(title, walk.context))
    for block in document.blocks:
        if block.table is not None:
            page.table(block)
        else:
            page.text(block)
    page.flush()
    page.captions.settle(page.drafts)
    return page


def _caption(above: Sequence[Block]) -> str:
    """Return the short lines right above a table that may be its title."""
    near = [block.text.strip() for block in above[-_CAPTION_BLOCKS:]]
    return "\n".join(text for text in near if len(text) <= _MAX_CAPTION)


def _framed(block: Block) -> list[Line]:
    """Return the lines of a table that only lays out running text."""
    if block.table is None or block.table.columns > _LAYOUT_COLUMNS:
        return []
    out: list[Line] = []
    for cell in block.table.cells:
        at = cell.span.start
        for text in cell.text.split("\n") if len(cell.text) >= _LAYOUT_TEXT else ():
            if text.strip():
                out.append(Line(text, at, f"{block.address}.r{cell.row + 1}.c{cell.column + 1}"))
            at += len(text) + 1
    return out


def _with_year(period: PlanPeriod, drafts: Sequence[Draft], document_number: str) -> PlanPeriod:
    """Give a plan that states no year that of its document number, else the only one that its deadlines state."""
    if period.year is not None or period.several_years:
        return period
    numbered = _YEAR.search(document_number)
    if numbered:
        return replace(period, year=int(numbered.group()), basis="issue-year")
    stated = {int(year) for draft in drafts for year in _YEAR.findall(draft.statement.deadline)}
    return replace(period, year=stated.pop(), basis="issue-year") if len(stated) == 1 else period


def _within(span: Span, length: int) -> Span:
    """Return a span as far as it lies within a text."""
    return span if span.start <= span.end <= length else Span(min(span.start, length), min(span.end, length))


class _Finish:
    """Turns drafts into tasks: standing clauses applied in order, bodies and dates read."""

    def __init__(self, context: Context, metadata: Metadata, notes: Clauses, drafts: Sequence[Draft]) -> None:
        self.context = context
        self.issued_on: date | None = metadata.issued_on or metadata.published_on
        self.period = _with_year(plan_period(metadata.title, self.issued_on), drafts, metadata.document_number)
        self.notes = notes
        self.drafts = drafts
        self.first_leads = notes.first_is_lead
        self.implied: tuple[Agency, ...] = self._agencies((notes.implied,) if notes.implied else ())[0]
        self.rules = Counter(draft.rule for draft in drafts)
        self.periods: dict[str, PlanPeriod] = {}
        self.deadlines: dict[tuple[str, str, str], Deadline | None] = {}

    def tasks(self, length: int) -> Iterable[Task]:
        """Yield the task of each draft; ``length`` is that of the document's text, which no evidence exceeds."""
        for draft in self.drafts:
            yield self._task(draft, length)

    def _task(self, draft: Draft, length: int) -> Task:
        statement = self._by_clauses(draft.statement)
        lead, open_lead = self._agencies(statement.lead)
        partner, open_partner = self._agencies(statement.partner)
        responsible, open_responsible = self._agencies(statement.responsible)
        if self._first_leads(draft.statement) and responsible:
            lead, partner, responsible = responsible[:1], responsible[1:], ()
        implied = self._implied(draft.statement.clauses, lead + partner + responsible)
        led = {one.mention for one in lead}
        period = self._period(draft.caption)
        return Task(
            number=draft.number,
            section=draft.section,
            text=draft.text,
            lead=lead,
            partner=tuple(one for one in partner if one.mention not in led),
            responsible=responsible,
            implied=implied,
            open_list=open_lead or open_partner or open_responsible,
            deadline=self._deadline(draft, period),
            milestones=tuple(find_milestones(draft.text[:_MAX_WORDS], period)),
            evidence=_within(draft.evidence, length),
            address=draft.address,
            rule=draft.rule,
            confidence=self._confidence(draft),
            fingerprint=fingerprint(_ORDINAL.sub("", draft.text, count=1) if _ORDINAL.match(draft.text) else draft.text),
            agency_address=draft.agency_address,
            deadline_address=draft.deadline_address,
        )

    def _agencies(self, texts: Iterable[str]) -> tuple[tuple[Agency, ...], bool]:
        """Return the bodies named by some texts, each once, and whether any list was left open (等)."""
        found: dict[str, Agency] = {}
        is_open = False
        for text in texts:
            listed = read_agencies(text, self.context)
            is_open |= listed.open_list
            for agency in listed.agencies:
                found.setdefault(agency.mention, agency)
        return tuple(found.values()), is_open

    def _first_leads(self, statement: Statement) -> bool:
        """Tell whether the first of a list leads, and remember 下同 for what follows (rule 6)."""
        clauses = statement.clauses
        if clauses.first_is_lead and clauses.onward:
            self.first_leads = True
        return (self.first_leads or clauses.first_is_lead) and not statement.lead and not statement.partner

    def _by_clauses(self, statement: Statement) -> Statement:
        """Part a list by the marks that tell its lead (带*的为牵头单位)."""
        if not (statement.clauses.starred or self.notes.starred) or not statement.responsible:
            return statement
        names = [name for text in statement.responsible for name in re.split(r"[、，,；;\n]", text)]
        lead = tuple(_STAR.sub("", name) for name in names if _STAR.search(name))
        if not lead:
            return statement
        return statement._replace(lead=lead, partner=tuple(name for name in names if not _STAR.search(name)), responsible=())

    def _implied(self, clauses: Clauses, named: Sequence[Agency]) -> tuple[Agency, ...]:
        """Return the bodies that standing clauses add to this task: those of earlier items, and its own unless that begins below."""
        before = self.implied
        if clauses.implied:
            more, _ = self._agencies((clauses.implied,))
            self.implied = tuple({one.mention: one for one in self.implied + more}.values())
        if not self.implied:
            return ()
        mentions = {one.mention for one in named}
        return tuple(one for one in (before if clauses.below else self.implied) if one.mention not in mentions)

    def _period(self, caption: str) -> PlanPeriod:
        """Return the plan's period; a year in the table's own title goes before the document's."""
        if caption not in self.periods:
            found = plan_period(caption.replace("\n", ""), self.issued_on) if _YEAR.search(caption) else self.period
            self.periods[caption] = self.period if found.year is None else found
        return self.periods[caption]

    def _deadline(self, draft: Draft, period: PlanPeriod) -> Deadline | None:
        """Return a task's deadline; a plan says the same one (12月底前) of many tasks, and it is read once."""
        text = draft.statement.deadline.strip()
        if not text:
            return None
        key = text, draft.deadline_basis, draft.caption  # which settles the period
        if key not in self.deadlines:
            self.deadlines[key] = self._read_deadline(text, draft.deadline_basis, period)
        return self.deadlines[key]

    def _read_deadline(self, text: str, basis: str, period: PlanPeriod) -> Deadline | None:
        marks = _ITEM_MARK.findall(text)
        found = parse_deadline(_ITEM_MARK.sub("", text) if len(marks) > 1 else text, period, basis=basis)
        return replace(found, text=text) if found is not None and len(marks) > 1 else found

    def _confidence(self, draft: Draft) -> float:
        if draft.rule == "bare-bracket" and self.rules["bare-bracket"] >= _FAMILIAR:
            return min(draft.confidence + 0.13, 1.0)
        return max(0.0, min(draft.confidence, 1.0))

"""Public credit records inside documents: tables of firms, lists in running text, decisions; taken out of the document, one by one."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from normalizers.agencies.resolve import Context, resolve
from normalizers.documents.layout import laid_out
from normalizers.notices.contexts import MAX_CAPTION, ListContext, context_of, context_of_document, first_context, list_title
from normalizers.notices.decision_texts import decision_in
from normalizers.notices.firm_names import MIN_NAME, is_organization, names_in, officer
from normalizers.notices.list_forms import read_form
from normalizers.notices.list_prose import CODED, NUMBERED, SUBJECT, Item, Sweep, items, label_lines, leads, number_in, with_labels
from normalizers.notices.list_tables import CODES, SUBJECTS, ReadTable, Row, concept_name, read_list
from normalizers.notices.records import NoticeKind, PrintedField, PrintedRecord
from normalizers.notices.withdrawals import completed, day_of_effect
from normalizers.privacy.names import is_name
from normalizers.records import Block, BlockKind, Cell, Document, Hints, Metadata, Span, Table
from normalizers.text.fold import fold

CAPTION_BLOCKS = 3
"""Blocks above a table that may say what it lists."""
_NOWHERE = Span(0, 0)
_BEHIND_NAME = re.compile(r"[，,；;：:\s]|[（(](?=[^（）()]*(?:[\d男女]|证))")
_PENALTY_LABEL = re.compile(r"处罚|(?<![A-Za-z])(?:cf_|CF_|cf(?=[A-Z]))")
_PERMIT_LABEL = re.compile(r"许可|(?<![A-Za-z])(?:xk_|XK_|xk(?=[A-Z]))")
"""Words of the labels of 双公示, and how the codes of their fields begin in both editions of its standard."""


@dataclass(frozen=True, slots=True)
class Found:
    """The records of a document, and the document without them.

    ``told`` are the names, codes and numbers of the records, as printed, with what takes their place: they stand nowhere in
    ``document`` any more, and must not stand in what is kept beside it (titles, file names) either; see ``scrubbed``.
    """

    records: tuple[PrintedRecord, ...]
    document: Document
    told: tuple[tuple[str, str], ...] = ()

    def scrubbed(self, text: str) -> str:
        """Return a text that is kept beside the document without what names its records."""
        return Sweep(dict(self.told))(text)


def records_in(document: Document, metadata: Metadata, hints: Hints) -> Found:
    """Return the public credit records that a document lists, and the document without them; the document itself where it lists none.

    The records have no site, section, key or address yet: ``placed`` gives them. Nothing is masked here. Pure; never raises.
    """
    search = _Search(document, metadata, hints)
    search.run()
    if not search.records:
        return Found((), document)
    told = _told(search.records)
    in_text, in_titles = Sweep({word: place for word, place in told.items() if not _may_be_common(word, place)}), Sweep(told)
    titles = {hints.title.strip(), metadata.title.strip()}
    blocks = [
        _scrubbed(block, in_titles if block.kind is BlockKind.TITLE or block.text.strip() in titles else in_text)
        for block in search.blocks()
    ]
    return Found(tuple(search.records), laid_out(document, blocks), tuple(sorted(told.items())))


def placed(
    records: Sequence[PrintedRecord], *, site: str, section: str, document: str, url: str, region: str = ""
) -> tuple[PrintedRecord, ...]:
    """Return the records of a document with their place: site, section, the document's key, its address, and a key of their own.

    The key is the document's with 16 hex digits over what identifies the row (kind, list, subject, code, number, day), and a count for
    equal rows: it stays when other rows come and go. Call it on masked records, so that no key rests on personal data.
    """
    counts: Counter[str] = Counter()
    out: list[PrintedRecord] = []
    for record in records:
        mark = hashlib.sha256("\x1f".join(_identity(record)).encode()).hexdigest()[:16]
        counts[mark] += 1
        key = f"{document}#{mark}" + (f"-{counts[mark]}" if counts[mark] > 1 else "")
        out.append(replace(record, site=site, section=section, key=key, url=url, document=document, region=record.region or region))
    return tuple(out)


_IDENTIFYING = SUBJECTS | CODES | {"number", "decided_on", "removed_on", "list_name"}


def _identity(record: PrintedRecord) -> list[str]:
    told = sorted(f"{name}={fold(each.value)}" for each in record.fields if (name := concept_name(each.label)) in _IDENTIFYING)
    return [str(record.kind), fold(record.list_name), *told]


# --- the search ---------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Search:
    """Goes through a document once, and notes its records and what is left of each block."""

    document: Document
    metadata: Metadata
    hints: Hints
    records: list[PrintedRecord] = field(default_factory=list)
    left: dict[int, list[Block]] = field(default_factory=dict)
    context: ListContext | None = None
    day: date | None = None

    def run(self) -> None:
        """Find the records."""
        self.context = context_of_document(self.document, self.metadata, self.hints)
        if decision := decision_in(self.document, self.metadata, self.hints):
            for fields in decision.parties:
                self._add(fields, ListContext(decision.kind), {concept_name(each.label) for each in fields})
            for at in decision.blocks:
                self.left[at] = []
            if decision.blocks:
                self.left[min(decision.blocks)] = [_marker(len(decision.parties))]
            return
        self._tables()
        self._prose()

    def blocks(self) -> list[Block]:
        """Return what is left of the document."""
        return [left for at, block in enumerate(self.document.blocks) for left in self.left.get(at, [block])]

    def _tables(self) -> None:
        for at, block in enumerate(self.document.blocks):
            if block.table is None:
                continue
            context = self._above(at, block)
            read = read_list(block.table, context) or read_form(block.table, context)
            if read is not None:
                for row in read.rows:
                    self._add_row(row, read, context)
                self.left[at] = _cut(block, block.table, read)

    def _above(self, at: int, block: Block) -> ListContext | None:
        """Return what stands above a table, nearest first: caption, lead-in, heading, sheet, the document's title."""
        texts: list[str] = []
        for above in reversed(self.document.blocks[max(0, at - CAPTION_BLOCKS) : at]):
            if above.table is not None:
                break
            texts.append(above.text if len(above.text) <= MAX_CAPTION else "")
        part = block.origin.part if block.origin else ""
        near = first_context([*texts, part])
        return self._within(near) if near else self.context

    def _within(self, near: ListContext) -> ListContext:
        """Return what a caption says, completed by the document's title; records that end by the title end by whatever caption."""
        if self.context is None:
            return near
        kind = self.context.kind if self.context.ends else near.kind
        name = max(near.list_name, self.context.list_name, key=len) if self.context.ends else near.list_name or self.context.list_name
        return ListContext(kind, near.colour or self.context.colour, name)

    def _prose(self) -> None:
        run: list[int] = []
        for at, block in enumerate([*self.document.blocks, None]):
            if block is not None and block.table is None and at not in self.left:
                run.append(at)
                continue
            self._text(run)
            run = []

    def _text(self, run: Sequence[int]) -> None:
        """Find the records of text blocks that follow one another."""
        lines = [(at, number, line) for at in run for number, line in enumerate(self.document.blocks[at].text.split("\n"))]
        texts = [line for _, _, line in lines]
        found: list[tuple[Item, ListContext | None]] = []
        taken: set[int] = set()
        for item in label_lines(texts, self.context):
            found.append((item, self.context))
            taken |= set(range(item.first, item.last + 1))
        here = self.context
        for number, (at, _, line) in enumerate(lines):
            kind = self.document.blocks[at].kind
            if number in taken or kind is BlockKind.TITLE:
                continue
            here = self._lead(line, kind) or here
            if here is not None:
                for item in items(line, number, here):
                    told = with_labels(item, texts, taken)
                    taken |= set(range(told.first, told.last + 1))
                    found.append((told, here))
        self._take(found, lines)

    def _lead(self, line: str, kind: BlockKind) -> ListContext | None:
        """Return what a heading or a lead-in says of the lines below it; only in a document that lists records by its title."""
        announces = self.context is not None and len(line) <= MAX_CAPTION and (kind is BlockKind.HEADING or leads(line))
        near = context_of(line) if announces and next(names_in(line), None) is None else None
        return self._within(near) if near else None

    def _take(self, found: Sequence[tuple[Item, ListContext | None]], lines: Sequence[tuple[int, int, str]]) -> None:
        """Note the records of running text, and take the lines that hold nothing else out of their blocks."""
        gone: dict[tuple[int, int], int] = {}
        known = {word for word, place in _told(self.records).items() if place == SUBJECT}
        earlier = _only_number(found, [line for _, _, line in lines]) or self._own_number(found)
        for item, context in sorted(found, key=lambda pair: pair[0].first):
            if not item.whole and item.fields[0].value in known and len(item.fields) == 1:
                continue  # a sentence that names one of those listed beside it
            fields = (*item.fields, *earlier)
            self._add(fields, context, {concept_name(each.label) for each in fields})
            if item.whole:
                for number in range(item.first, item.last + 1):
                    gone[lines[number][:2]] = item.first
        for at in {at for at, _ in gone}:
            kept = [line for block, number, line in lines if block == at and (at, number) not in gone]
            block = self.document.blocks[at]
            self.left[at] = [replace(block, text="\n".join(kept))] if kept else []
        self._mark(gone)

    def _mark(self, gone: dict[tuple[int, int], int]) -> None:
        """Put a line where items were cut, one for each run of blocks without other text between them."""
        if not gone:
            return
        records = len(set(gone.values()))
        first = min(at for at, _ in gone)
        self.left[first] = [*self.left[first], _marker(records)]

    def _own_number(self, found: Sequence[tuple[Item, ListContext | None]]) -> tuple[PrintedField, ...]:
        """Return the document's own number where it is a decision about one subject (准予行政许可决定书)."""
        context = found[0][1] if len(found) == 1 and not self.records else None
        if context is None or context.ends or not self.metadata.title.endswith("决定书") or not self.metadata.document_number:
            return ()
        told = {concept_name(each.label) for each in found[0][0].fields}
        label = "许可决定书文号" if context.kind is NoticeKind.PERMIT else "决定书文号"
        return () if "number" in told else (PrintedField(label, self.metadata.document_number),)

    # --- records -------------------------------------------------------------------------------------------------------------

    def _add_row(self, row: Row, read: ReadTable, context: ListContext | None) -> None:
        own = row.context
        if own is not None and context is not None and context.ends and not own.ends:
            own = replace(own, kind=context.kind)
        self._add(row.fields, own or context, set(read.concepts), read.labels)

    def _add(self, fields: Sequence[PrintedField], context: ListContext | None, concepts: set[str], labels: Iterable[str] = ()) -> None:
        said = _with_columns(context, concepts, [*labels, *(each.label for each in fields)])
        if said.ends:
            self.day = self.day or day_of_effect(self.document, self.metadata)
            fields = completed(fields, said, self.day)
        self.records.append(
            PrintedRecord(
                site="",
                section="",
                key="",
                url="",
                kind=said.kind,
                fields=tuple(_without_office(part) for each in fields for part in _parted(each)),
                region=self.metadata.regions[0] if self.metadata.regions else "",
                list_name="" if "list_name" in concepts else self._list_name(said),
                colour=said.colour,
                authority="" if "authority" in concepts else self._issuer(),
                listed_on=self.metadata.issued_on or self.metadata.published_on,
            )
        )

    def _issuer(self) -> str:
        """Return who issued the document; where it does not say so itself, its source (来源) when that is a body of the state."""
        issued = next((body.name or body.mention for body in self.metadata.issuers), "")
        if issued or not self.metadata.source:
            return issued
        on = self.metadata.issued_on or self.metadata.published_on
        source = resolve(self.metadata.source, Context(region=next(iter(self.metadata.regions), ""), on=on))
        return source.name or "" if source.resolved else ""

    def _list_name(self, context: ListContext) -> str:
        if context.list_name or context.kind not in {NoticeKind.LIST_ENTRY, NoticeKind.DEFAULTER, NoticeKind.TAX_CASE}:
            return context.list_name
        return list_title(self.metadata.title or self.hints.title)


def _only_number(found: Sequence[tuple[Item, ListContext | None]], lines: Sequence[str]) -> tuple[PrintedField, ...]:
    """Return the number of the one penalty that a text about one subject ends, where it stands apart from the subject's name."""
    context = found[0][1] if len(found) == 1 else None
    if context is None or not context.ends or "number" in {concept_name(each.label) for each in found[0][0].fields}:
        return ()
    numbers = dict.fromkeys(number for line in lines if "处罚" in line and (number := number_in(line)))
    return (PrintedField("处罚决定书文号", next(iter(numbers))),) if len(numbers) == 1 else ()


_BODY_AND_DAY = re.compile(
    r"(?P<body>.{2,20}?(?:机关|部门|单位)(?:的?名称)?)[和及与、](?:作出)?(?P<day>(?:处罚|许可|决定)?的?(?:日期|时间))"
)
_THEN_DAY = re.compile(r"(?P<body>[^\d]{3,60}?)[\s，,、；;]*(?P<day>(?:19|20)\d\d\s*[年.\-/][^，,；;]{2,12})")


def _parted(printed: PrintedField) -> tuple[PrintedField, ...]:
    """Return a field as two where one column holds body and day (作出处罚的机关名称和日期), as older forms of penalties have it."""
    label = _BODY_AND_DAY.fullmatch("".join(printed.label.split())[:60])
    value = _THEN_DAY.fullmatch(printed.value.strip()[:120]) if label else None
    if label is None or value is None:
        return (printed,)
    what = "许可" if "许可" in label["body"] else "处罚"
    return PrintedField(f"{what}机关", value["body"].strip()), PrintedField(f"{what}决定日期", value["day"].strip())


def _without_office(printed: PrintedField) -> PrintedField:
    """Return a field without the office of the person that it names as the subject: a firm's name in it would make a firm of them."""
    name = officer(printed.value) if concept_name(printed.label) in SUBJECTS else ""
    return replace(printed, value=name) if name else printed


def _with_columns(context: ListContext | None, concepts: set[str], labels: Sequence[str]) -> ListContext:
    """Return what the records are by the title, made exact by the columns: permits and penalties say so themselves."""
    text = " ".join(labels)
    if context is None or (
        context.colour is None and not context.ends and context.kind in {NoticeKind.LIST_ENTRY, NoticeKind.PENALTY, NoticeKind.PERMIT}
    ):
        if "removed_on" in concepts and context is None:
            return ListContext(NoticeKind.WITHDRAWAL)
        penalty, permit = (bool(pattern.search(text)) for pattern in (_PENALTY_LABEL, _PERMIT_LABEL))
        if penalty and not permit:
            return ListContext(NoticeKind.PENALTY)
        if permit and not penalty:
            return ListContext(NoticeKind.PERMIT)
    if context is None and "违法" in text:
        return ListContext(NoticeKind.PENALTY)
    return context or ListContext(NoticeKind.LIST_ENTRY)


# --- what is left -------------------------------------------------------------------------------------------------------------


def _marker(count: int) -> Block:
    return Block(BlockKind.PARAGRAPH, f"〔公开记录 {count} 条另存〕", _NOWHERE, "")


def _cut(block: Block, table: Table, read: ReadTable) -> list[Block]:
    """Return a table without the rows that hold records, and the line that says how many there were."""
    kept = [row for row in range(table.rows) if row not in read.cut]
    if not kept:
        return [_marker(len(read.rows))]
    new = {old: number for number, old in enumerate(kept)}
    cells: list[Cell] = []
    for cell in table.cells:
        inside = [new[row] for row in range(cell.row, cell.row + cell.rowspan) if row in new]
        if inside and cell.row in new:
            cells.append(replace(cell, row=inside[0], rowspan=len(inside)))
    cells.sort(key=lambda cell: (cell.row, cell.column))
    return [replace(block, table=replace(table, rows=len(kept), cells=tuple(cells))), _marker(len(read.rows))]


def _told(records: Sequence[PrintedRecord]) -> dict[str, str]:
    """Return what names the records, with what takes its place in what is kept: names, codes, and numbers of single records."""
    told: dict[str, str] = {}
    numbers: Counter[str] = Counter()
    for record in records:
        for each in record.fields:
            concept, value = concept_name(each.label), each.value.strip()
            if concept in SUBJECTS:
                # What stands behind the name in its field (a number, a sex) is no part of it.
                named = {value, _BEHIND_NAME.split(value, maxsplit=1)[0]}
                told |= {name: SUBJECT for name in named if len(name) >= MIN_NAME or is_name(name)}
            elif concept in CODES and len(value) >= 9:
                told[value] = CODED
            elif concept == "number" and len(value) >= 2 * MIN_NAME:
                numbers[value] += 1
    # A number that several records bear is that of the document.
    return told | {value: NUMBERED for value, count in numbers.items() if count == 1}


def _may_be_common(word: str, place: str) -> bool:
    """Tell whether a subject's name may be a common word in a text: in a title it is none."""
    return place == SUBJECT and not (is_name(word) or is_organization(word) or len(word) >= 2 * MIN_NAME)


def _scrubbed(block: Block, sweep: Sweep) -> Block:
    if block.table is None:
        return replace(block, text=sweep(block.text))
    cells = tuple(replace(cell, text=sweep(cell.text)) for cell in block.table.cells)
    return replace(block, table=replace(block.table, cells=cells))

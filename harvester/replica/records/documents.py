"""Documents that list records, for the sites of documents: tables in pages and attachments, lists in running text, and their truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from html import escape
from itertools import groupby
from typing import Any

from harvester.replica.attachments import build
from harvester.replica.document import ReplicaDocument
from harvester.replica.records.book import Record
from harvester.replica.records.cases import Case, Value, reasons
from harvester.replica.records.draw import Draw
from harvester.replica.records.plan import FieldPlan, RecordSiteFacts, SectionPlan
from harvester.replica.records.printing import print_record
from harvester.replica.records.telling import truth_of
from harvester.replica.records.truth import RecordTruth
from harvester.replica.records.world import Body, Party, Province, provinces, words

_REGIONS = {"shanghai": "310000", "jiangsu": "320000", "zhejiang": "330000", "anhui": "340000", "suzhou_sip": "320000"}
_STATED_REGIONS = _REGIONS | {"suzhou_sip": "320500"}
_NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class ListDocument:
    """One document with the records it lists. ``ends`` is the title of the document whose entries it ends."""

    table: dict[str, Any]
    plan: SectionPlan
    rows: tuple[Record, ...]

    @property
    def title(self) -> str:
        """Return the document's title."""
        return str(self.table["title"])


def list_documents() -> list[ReplicaDocument]:
    """Return the documents that list records, each with its site.

    A black list in a page (merged cells), a red list (xlsx), tax cases (docx), a black list (PDF), a watch list in running text, a
    withdrawal and a repair that name earlier entries.
    """
    return [_published(document) for document in _documents()]


def list_truth() -> list[RecordTruth]:
    """Return the truth of every record in those documents; ``document`` is the title, ``row`` counts from 0, keys are the reader's."""
    found = []
    for document in _documents():
        facts = RecordSiteFacts(document.table["site"], "", "", "", _STATED_REGIONS[document.table["site"]], ())
        for row, record in enumerate(document.rows):
            told = replace(record, ended_by=_ended_by(document.title, record.case.party.code))
            truth = truth_of(facts, told, row, document=document.title)
            said = {"published_on": document.table["listed_on"].isoformat()} | document.table.get("told", {})
            body = record.case.body
            region = body.division if said.get("authority") == body.name else truth.region
            found.append(replace(truth, region=region, values={**said, **truth.values}))
    return found


def _ended_by(title: str, code: str) -> str:
    """Return what a later document says of an entry of the document with this title."""
    later = (each for each in _documents() if each.table.get("ends") == title)
    kinds = [each.plan.kind for each in later if code in (record.case.party.code for record in each.rows)]
    return {"repair": "repaired", "withdrawal": "withdrawn"}[kinds[0]] if kinds else ""


# --- rows ----------------------------------------------------------------------------------------------------------------


@cache
def _documents() -> tuple[ListDocument, ...]:
    found: dict[str, ListDocument] = {}
    for table in words("documents")["documents"]:
        earlier = found.get(table.get("ends", ""))
        found[table["title"]] = _list_document(table, earlier)
    return tuple(found.values())


def _list_document(table: dict[str, Any], earlier: ListDocument | None) -> ListDocument:
    fields = tuple(FieldPlan(*(part.strip() for part in each.split(" | "))) for each in table["fields"])
    plan = SectionPlan(
        code=table["section"],
        name=table["title"],
        path="",
        page_size=0,
        kind=table["kind"],
        count=table["count"],
        fields=fields,
        dates=("iso",),
        blanks=("",),
        list_name=table["list_name"],
        colour=table.get("colour", ""),
        keyless=True,
    )
    province = provinces()[_REGIONS[table["site"]]]
    bodies = province.bodies[table["field"]]
    cases = [_case(table, province, bodies, earlier, number) for number in range(table["count"])]
    cases.sort(key=lambda case: case.body.name)
    rows = (Record(plan, n, "", case, tuple(print_record(table["title"], plan, n, case))) for n, case in enumerate(cases))
    return ListDocument(table, plan, tuple(rows))


def _case(table: dict[str, Any], province: Province, bodies: Sequence[Body], earlier: ListDocument | None, number: int) -> Case:
    draw = Draw(f"{table['title']}|{number}")
    body = bodies[0] if table["kind"] != "list-entry" else draw.one(bodies)
    # A document names a body in one spelling only.
    body = replace(body, spellings=(body.name,))
    values: dict[str, Value] = {"decided_on": _day(table, draw), "published_on": table["listed_on"], "list_name": table["list_name"]}
    if table["kind"] == "tax-case":
        matter = draw.one(words("matters")["tax_cases"])
        fine = draw.between(10, 900) * 1000
        values |= {"category": matter["nature"], "facts": matter["facts"].format(n=draw.between(2, 60))}
        values["fine_yuan"] = Decimal(fine)
        values["content"] = f"追缴税款{fine * 2}元，并处罚款{fine}元"
    else:
        values["facts"] = draw.one(reasons(table.get("colour", "black"), body.field))
    return Case(_party(table, province, earlier, number), body, values)


def _day(table: dict[str, Any], draw: Draw) -> date:
    listed: date = table["listed_on"]
    return listed if table["kind"] != "list-entry" else date.fromordinal(listed.toordinal() - draw.between(6, 40))


def _party(table: dict[str, Any], province: Province, earlier: ListDocument | None, number: int) -> Party:
    if earlier:
        firms = [record.case.party for record in earlier.rows if record.case.party.kind == "legal"]
        first: int = table["first"]
        return firms[first + number]
    if number == 0 and table.get("shops"):
        return province.shops[3]
    firms = [firm for firm in province.firms[table["field"]] if firm.printed_code == firm.code]
    return firms[number]


# --- pages and files -----------------------------------------------------------------------------------------------------


def _published(document: ListDocument) -> ReplicaDocument:
    table = document.table
    opening, closing = f"<p>{escape(table['opening'])}</p>", f"<p>{escape(table['closing'])}</p>"
    day: date = table["listed_on"]
    signature = f'<p class="r">{table["office"]}</p><p class="r">{day.year}年{day.month}月{day.day}日</p>'
    inside = {"html": _table, "prose": _prose}.get(table["form"])
    body = "\n".join([opening, inside(document) if inside else "", closing, signature])
    attached = () if inside else (build(table["file"], f"<h1>{escape(_stem(table['file']))}</h1>\n{_table(document)}"),)
    return ReplicaDocument(table["section"], document.title, day, body, attachments=attached, source=table["office"], site=table["site"])


def _stem(name: str) -> str:
    return name.rpartition(".")[0]


def _table(document: ListDocument) -> str:
    """Return the rows as a table with numbers; the columns named ``merged`` join equal cells that follow each other."""
    labels = [field.label for field in document.plan.fields]
    lines = ["<table>", "<tr>" + "".join(f"<td>{escape(label)}</td>" for label in ("序号", *labels)) + "</tr>"]
    spans = {label: _spans(document, label) for label in document.table["merged"]}
    for number, record in enumerate(document.rows):
        cells = [f"<td>{number + 1}</td>"]
        for each in record.printed:
            span = spans[each.label][number] if each.label in spans else 1
            mark = f' rowspan="{span}"' if span > 1 else ""
            cells += [f"<td{mark}>{escape(each.text)}</td>"] if span else []
        lines.append("<tr>" + "".join(cells) + "</tr>")
    return "\n".join([*lines, "</table>"])


def _spans(document: ListDocument, label: str) -> list[int]:
    """Return for each row how many rows its cell covers, 0 where the cell above covers it."""
    texts = [next(each.text for each in record.printed if each.label == label) for record in document.rows]
    runs = (len(list(run)) for _, run in groupby(texts))
    return [span for run in runs for span in (run, *[0] * (run - 1))]


def _prose(document: ListDocument) -> str:
    """Return the rows as numbered items of running text: name, then the code in brackets."""
    lines = (
        f"<p>{_NUMERALS[number]}、{escape(record.text('name'))}（统一社会信用代码：{record.text('code')}）；</p>"
        for number, record in enumerate(document.rows)
    )
    return "\n".join(lines)

"""The record sites of the replica and the documents that list records, harvested, beside their truth: which row is which truth's."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from harvester.crawl import RunSummary
from harvester.replica.records import COLUMNS, RECORD_SITES, RecordTruth, list_documents, list_truth
from harvester.replica.server import Replica
from storage.notice_schema import notices
from storage.schema import documents
from storage.store import Store
from tests.end_to_end.terms_by_hand import last_day

LIST_SITES = tuple(sorted({document.site for document in list_documents()}))
SITES = (*RECORD_SITES, *LIST_SITES)
ENDINGS = ("repair", "withdrawal")
Row = dict[str, Any]


def replica(**options: Any) -> Replica:
    """Return the four record sites, and the documents that list records on sites that publish nothing else."""
    return Replica(SITES, extra=list_documents(), own_content=False, **options)


def today() -> date:
    """Return the day where the sites are."""
    return datetime.now(UTC).astimezone(ZoneInfo("Asia/Shanghai")).date()


def stored(store: Store) -> list[Row]:
    """Return every row of ``notices``, with the ``title`` of the document it stood in, or of the page that links this."""
    with store.reading() as connection:
        parents = {row.id: row.parent_id or row.id for row in connection.execute(select(documents.c.id, documents.c.parent_id))}
        titles = {row.id: row.title for row in connection.execute(select(documents.c.id, documents.c.title))}
        found = [dict(row._mapping) for row in connection.execute(select(notices).order_by(notices.c.id))]
    return [row | {"document": titles[parents[row["document_id"]]] if row["document_id"] else ""} for row in found]


@dataclass
class Harvest:
    """What the first crawl left, and what a second one of the unchanged sites did."""

    store: Store
    on: date
    truth: dict[str, list[RecordTruth]]
    stated: dict[str, dict[str, int]]
    rows: list[Row]
    runs: dict[str, RunSummary]
    again: dict[str, RunSummary]
    tables: tuple[dict[str, list[Any]], dict[str, list[Any]]]
    asked_again: list[str]


# --- which row is which ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Matched:
    """Rows by the truth they belong to, the truths that no row belongs to, and the rows that belong to none."""

    pairs: list[tuple[RecordTruth, Row]]
    without: list[RecordTruth]
    extra: list[Row]


def identity(store: Store, truth: RecordTruth) -> str:
    """Return the identifier of a record that its site gives a key."""
    return "n" + store.keyring.record_tag(truth.site, truth.section, truth.key)[:16]


def match(store: Store, truths: Iterable[RecordTruth], rows: Sequence[Row]) -> Matched:
    """Match rows to truths: by the site's key where there is one, else by all that both say."""
    keyed = {row["id"]: row for row in rows}
    pairs, keyless = [], defaultdict(list)
    without = []
    for truth in truths:
        if not truth.key:
            keyless[_said(truth)].append(truth)
        elif row := keyed.pop(identity(store, truth), None):
            pairs.append((truth, row))
        else:
            without.append(truth)
    for row in list(keyed.values()):
        alike = keyless.get(_told(row))
        if alike:
            pairs.append((alike.pop(), keyed.pop(row["id"])))
    left = [truth for alike in keyless.values() for truth in alike]
    return Matched(pairs, [*without, *left], list(keyed.values()))


def _said(truth: RecordTruth) -> tuple[str, ...]:
    named = (truth.document or f"{truth.site}/{truth.section}", truth.subject_name, truth.number)
    return (*named, truth.further.get("evaluation_year", ""))


def _told(row: Row) -> tuple[str, ...]:
    further = {each["label"]: each["value"] for each in row["further"]}
    named = (row["document"] or f"{row['site']}/{row['section']}", row["subject_name"], row["number"])
    return (*named, further.get("evaluation_year", ""))


# --- what is expected --------------------------------------------------------------------------------------------------


def fate(truth: RecordTruth, on: date) -> str:
    """Return what is to become of a record: ``shown``, ``over``, ``ended``, ``ended-by`` another one, an ``ending``."""
    if not truth.reachable:
        return "unreachable"
    if truth.kind in ENDINGS:
        return "ending"
    if truth.ended:
        return "ended"
    if truth.ended_by:
        return "ended-by"
    last = last_day(truth, on)
    return "over" if last is not None and last < on else "shown"


def all_truth(site: Replica) -> list[RecordTruth]:
    """Return the truth of the record sites and of the documents that list records."""
    return [*(truth for name in RECORD_SITES for truth in site.record_truth(name)), *list_truth()]


# --- field by field ----------------------------------------------------------------------------------------------------


def differences(truth: RecordTruth, row: Row, first_seen: date) -> Iterator[tuple[str, object, object]]:
    """Yield the fields in which a row is not what its truth says, with both."""
    for column in COLUMNS:
        value = text(row["authority_name"] or row["authority_mention"] if column == "authority" else row[column])
        if not truth.agrees(column, value):
            yield column, getattr(truth, column), value
    for column in ("kind", "subject_kind", "subject_name", "code", "organization_code", "registration_number", "region"):
        if getattr(truth, column) != row[column]:
            yield column, getattr(truth, column), row[column]
    if bool(truth.code_problem) != bool(row["code_problem"]):
        yield "code_problem", truth.code_problem, row["code_problem"]
    if (last := last_day(truth, first_seen)) != row["ends_on"]:
        yield "ends_on", last, row["ends_on"]
    yield from _beside(truth, row)


def _beside(truth: RecordTruth, row: Row) -> Iterator[tuple[str, object, object]]:
    """Yield what differs of labels nobody knows, values without a column, blanks and defects."""
    legal = truth.subject_kind == "legal"
    unknown = tuple(each["label"] for each in row["unknown"])
    if unknown != (truth.unknown if legal else ()):
        yield "unknown", truth.unknown, unknown
    further = {each["label"]: each["value"] for each in row["further"]}
    if missed := {name: value for name, value in truth.further.items() if further.get(name) != value}:
        yield "further", missed, further
    blanks = Counter((each["concept"], each["printed"], each["reason"]) for each in row["blanks"])
    if lacking := Counter(truth.blanks) - blanks:
        yield "blanks", lacking, blanks
    names = [defect["name"] for defect in row["defects"]]
    if lacking := Counter(truth.defects) - Counter(names):
        yield "defects", lacking, names
    unmeant = [name for name in names if name not in truth.defects and not may_be_found(truth, name)]
    if unmeant:
        yield "defects", truth.defects, unmeant


def may_be_found(truth: RecordTruth, name: str) -> bool:
    """Tell whether a reader may find a defect that the truth does not name, since it follows from what the truth says."""
    missing = {"authority": truth.authority, "number": truth.number, "decided-on": truth.decided_on, "published-on": truth.published_on}
    if name.startswith("missing-"):
        return not missing.get(name.removeprefix("missing-"), "")
    if name in ("counted-from-other-day", "term-unknown"):
        return not truth.decided_on
    return False


def text(value: object) -> str:
    """Return a stored value as the truth writes it."""
    if value is None:
        return ""
    if hasattr(value, "normalize"):
        return f"{value.normalize():f}"
    return str(value)

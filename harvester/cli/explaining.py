"""Tell the way back from a record to the bytes it was read from, in lines for a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.cells import cell_len

from harvester.cli.output import cell, printable
from harvester.locating import Place, locate
from harvester.messages import _
from harvester.telling import shorten
from storage.store import Store

Row = Mapping[str, Any]
ROLES = ("lead", "partner", "responsible", "implied")


def tell(store: Store, record: Row) -> None:
    """Print an explained record, nearest things first: the task, its evidence, the repairs, the version, the archive."""
    for label, text in lines(store, record):
        heading = _(label) if label else ""
        print(f"{heading}{' ' * (12 - cell_len(heading))} {printable(text)}")


def lines(store: Store, record: Row) -> Iterator[tuple[str, str]]:
    """Yield what to say of a record as labels and texts; an empty label goes on with the one before."""
    if record["task"]:
        yield from task_lines(record["task"], record["gazetteer"])
        yield from evidence_lines(record["evidence"])
    yield from repair_lines(record["repairs"])
    yield from version_lines(record)
    yield from archive_lines(store, record)
    yield from work_lines(record["work"])


def task_lines(task: Row, gazetteer: list[Row]) -> Iterator[tuple[str, str]]:
    """Tell a task: its text, who, by when, and by which rule each was read."""
    yield "task", f"{task['id']}  {task['number']}  {shorten(task['text'], 200)}"
    if task["section"]:
        yield "section", task["section"]
    yield (
        "rule",
        _("{rule}, confidence {confidence}, at {address}").format(
            rule=task["rule"], confidence=task["confidence"], address=task["address"]
        ),
    )
    entries = {entry["id"]: entry for entry in gazetteer}
    for agency in sorted(task["agencies"], key=lambda a: (ROLES.index(a["role"]), a["position"])):
        yield agency["role"], agency_text(agency, entries)
    if task["deadline_kind"]:
        yield "deadline", deadline_text(task)


def agency_text(agency: Row, entries: Mapping[str, Row]) -> str:
    """Tell one mention and the gazetteer's entry that it was tied to."""
    if not agency["resolved"]:
        return _("{mention}: not resolved ({rule}), kept as printed").format(mention=agency["mention"], rule=agency["rule"] or "-")
    entry = entries.get(agency["agency_id"] or "")
    known = entry and (entry["valid_from"] or entry["valid_to"])
    days = f", {cell(entry['valid_from']) or '…'} – {cell(entry['valid_to']) or '…'}" if entry and known else ""
    days += f", {entry['source']}" if entry else ""
    flags = f" [{cell(agency['flags'])}]" if agency["flags"] else ""
    return f"{agency['mention']} → {agency['name']} ({agency['agency_id']}, {agency['rule']}{days}){flags}"


def deadline_text(task: Row) -> str:
    """Tell a task's deadline with its days, kind and basis."""
    start, end = cell(task["deadline_start"]), cell(task["deadline_end"])
    days = f"{start} – {end or '…'}" if start and start != end else end
    where = f" {task['deadline_address']}" if task["deadline_address"] else ""
    return f"{task['deadline_text']}{' → ' if days else ''}{days} ({task['deadline_kind']}, {task['deadline_basis']}{where})"


def evidence_lines(evidence: Row | None) -> Iterator[tuple[str, str]]:
    """Tell where in the text a task stands; beside it the text before repair, where that differs."""
    if evidence is None:
        return
    first, last = evidence["lines"]
    yield "evidence", _("lines {first}-{last} of the text: {text}").format(first=first, last=last, text=shorten(evidence["text"], 160))
    if evidence["text"].strip() not in evidence["raw"]:
        yield "as printed", shorten(evidence["raw"], 200)


def repair_lines(repairs: list[Row]) -> Iterator[tuple[str, str]]:
    """Tell what was repaired in the whole document."""
    text = _("{kind}: {count} repaired, {guessed} of them guessed, {left} left")
    for n, repair in enumerate(repairs):
        yield "repairs" if n == 0 else "", text.format(**{"guessed": 0, "left": 0} | dict(repair))
    if not repairs:
        yield "repairs", _("none needed")


def version_lines(record: Row) -> Iterator[tuple[str, str]]:
    """Tell the document and its version."""
    document, version = record["document"], record["version"]
    yield "document", f"{document['id']}@{version['number']}  {document['site']}  {version['title'] or document['title']}"
    yield "", f"{document['url']}  ({_(document['state'])})"
    issuers = "、".join(issuer["mention"] for issuer in record["issuers"])
    yield (
        "",
        "  ".join(
            part for part in (version["document_number"], issuers, cell(version["issued_on"]), cell(version["published_on"])) if part
        ),
    )
    yield (
        "derived",
        _("by normalizer version {version}, as {format}").format(version=version["normalizer_version"], format=version["format"]),
    )


def archive_lines(store: Store, record: Row) -> Iterator[tuple[str, str]]:
    """Tell the archived record, and the bytes of its payload that the task was read from."""
    archived = record["archived"]
    yield "archive", f"{archived['file']} offset {archived['offset']} length {archived['length']}"
    yield "", f"sha256 {archived['sha256']}"
    if not archived["readable"]:
        yield "", archived["problem"]
        return
    fetched = _("{bytes} bytes, status {status}, fetched {at} from {url}")
    yield (
        "",
        fetched.format(bytes=archived["bytes"], status=archived["status"], at=cell(archived["fetched_at"]), url=record["capture"]["url"]),
    )
    if record["evidence"]:
        yield "bytes", place_text(locate(store, record))


def place_text(place: Place) -> str:
    """Tell where in the payload the evidence stands."""
    if place.start is not None:
        return _("{start}-{end} of the payload ({encoding}), {origin}").format(
            start=place.start, end=place.end, encoding=place.encoding, origin=place.origin
        )
    return _("{origin} of the file; its bytes are packed").format(origin=place.origin)


def work_lines(work: Row) -> Iterator[tuple[str, str]]:
    """Tell the other places where the same text was published, and why they are tied."""
    for n, copy in enumerate(work["copies"]):
        yield "copies" if n == 0 else "", f"{copy['id']}  {copy['site']}  {copy['title']}"
    for tie in work["ties"]:
        yield "", f"{tie['document_id']} = {tie['other_id']}: {tie['reason']} {cell(tie.get('score'))}"

"""Tell the way back from a record to the bytes it was read from, in lines for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.cells import cell_len

from harvester import audited
from harvester.cli.output import Format, cell, console, emit
from harvester.locating import Place, derive_stored, locate
from harvester.messages import _, language, listed
from harvester.moments import minute
from harvester.sentences.readers import sentence
from harvester.telling import place, shorten
from harvester.values import printable, to_json
from normalizers.documents import UnreadableError
from normalizers.records import Derived
from storage import notice_queries
from storage.days import local_day
from storage.explain import explain
from storage.record_archive import RecordArchive
from storage.records import Location, StoredSource
from storage.store import Store

Row = Mapping[str, Any]
Again = tuple[StoredSource, bytes, Derived]
ROLES = ("lead", "partner", "responsible", "implied")


def show(store: Store, identifier: str, form: Format) -> None:
    """Show a task, document or version: in lines, or everything as JSON."""
    record = explain(store, identifier)
    if form is Format.JSON:
        console().file.write(to_json(record) + "\n")
    else:
        tell(store, record)


def show_notice(store: Store, identifier: str, who: str, form: Format) -> None:
    """Show what a public record was read from: its printed labels and values, masked, beside what was made of them."""
    record = notice_queries.notice(store, identifier, today=audited.today())
    place = record["archived"]
    location = Location(place["file"], place["offset"], place["length"], place["sha256"])
    printed = RecordArchive(store.archive.folder).read(location)
    record["printed"] = [{"label": each.label, "value": each.value} for each in printed.fields]
    audited.log(store, who, "explain", {}, [record])
    if form is Format.JSON:
        console().file.write(to_json(record) + "\n")
        return
    plain = {name: value for name, value in record.items() if name not in ("printed", "archived") and value not in ("", None, [])}
    emit([{"field": name, "value": value} for name, value in plain.items()], Format.TABLE, ("field", "value"))
    emit(record["printed"], Format.TABLE, ("label", "value"), title=_("Printed by the site, masked"))
    console().print(f"{place['file']} @{place['offset']} +{place['length']} sha256 {place['sha256']}", markup=False)


def tell(store: Store, record: Row) -> None:
    """Print an explained record, nearest things first: the task, its evidence, the repairs, the version, the archive."""
    for label, text in lines(store, record):
        heading = _(label) if label else ""
        print(f"{heading}{' ' * (12 - cell_len(heading))} {printable(text)}")


def lines(store: Store, record: Row) -> Iterator[tuple[str, str]]:
    """Yield what to say of a record as labels and texts; an empty label goes on with the one before."""
    again = derived_again(store, record)
    task = record["task"]
    if task:
        yield from task_lines(task, record["gazetteer"], record["decisions"])
        if not isinstance(again, str) and (text := cell_text(again[2], task["agency_address"])):
            yield "bodies from", f"{spot(task['agency_address'])}{_(': ')}{shorten(text, 120)}"
        yield from evidence_lines(record["evidence"])
    yield from repair_lines(record["repairs"])
    yield from doubt_lines(record["version"])
    yield from version_lines(record)
    yield from reference_lines(record)
    if not isinstance(again, str):
        yield "blocks", block_text(again[2])
    yield from archive_lines(store, record, again)
    yield from work_lines(record["work"])


def derived_again(store: Store, record: Row) -> Again | str:
    """Return a record's source, payload and what is derived from it now, or why that is not to be had."""
    if not record["archived"]["readable"]:
        return str(record["archived"]["problem"])
    try:
        return derive_stored(store, f"{record['document']['id']}@{record['version']['number']}")
    except UnreadableError as error:
        return str(error)


def cell_text(derived: Derived, address: str) -> str:
    """Return the text of the cell or block that an address names, empty where it names none."""
    name, *rest = address.split(".")
    block = next((block for block in derived.document.blocks if block.address == name), None)
    if block is None or block.table is None or len(rest) != 2:
        return block.text if block is not None and block.table is None else ""
    row, column = (int(part[1:]) - 1 if part[1:].isdecimal() else -1 for part in rest)
    grid = block.table.grid()
    found = grid[row][column] if 0 <= row < len(grid) and 0 <= column < len(grid[row]) else None
    return found.text if found else ""


def block_text(derived: Derived) -> str:
    """Tell of what blocks a document was read: how many of each kind."""
    counts = Counter(block.kind.value for block in derived.document.blocks)
    return listed(f"{_(kind)} {counts[kind]}" for kind in sorted(counts))


def doubt_lines(version: Row) -> Iterator[tuple[str, str]]:
    """Tell the slips that recognition may have left, and the warnings of the readers."""
    for n, one in enumerate(version["suggestions"]):
        yield "suggestions" if n == 0 else "", f"{one['seen']} → {one['proposed']}{_(': ')}{sentence(one['reason'], language())}"
    for n, warning in enumerate(version["warnings"]):
        yield "warnings" if n == 0 else "", sentence(warning, language())


def reference_lines(record: Row) -> Iterator[tuple[str, str]]:
    """Tell which documents this one names and which name it, with what the store knows of them."""
    for n, one in enumerate(record["references"]):
        known = f" = {one['target']}" if one["target"] else ""
        yield "references" if n == 0 else "", f"{_(one['relation'])}{_(': ')}《{one['title']}》 {one['number']}{known}"
    for n, one in enumerate(record["referenced_by"]):
        yield "named by" if n == 0 else "", f"{one['id']}  {one['site']}  {_(one['relation'])}  {one['title']}"


def task_lines(task: Row, gazetteer: list[Row], decisions: list[Row]) -> Iterator[tuple[str, str]]:
    """Tell a task: its text, who, by when, and by which rule each was read."""
    yield "task", f"{task['id']}  {task['number']}  {shorten(task['text'], 200)}"
    if not task["stands"]:
        told = _("this task is in the current version no more: `harvester changes --task {id}` tells since when")
        yield "", told.format(id=task["lasting_id"])
    if task["section"]:
        yield "section", task["section"]
    yield (
        "rule",
        _("{rule}, confidence {confidence}, at {address}").format(
            rule=_(task["rule"]), confidence=task["confidence"], address=spot(task["address"])
        ),
    )
    entries = {entry["id"]: entry for entry in gazetteer}
    for agency in sorted(task["agencies"], key=lambda a: (ROLES.index(a["role"]), a["position"])):
        yield agency["role"], agency_text(agency, entries, decisions)
    if task["deadline_kind"]:
        yield "deadline", deadline_text(task)


def agency_text(agency: Row, entries: Mapping[str, Row], decisions: Sequence[Row] = ()) -> str:
    """Tell one mention and the gazetteer's entry, or the decision, that it was tied by."""
    if agency["rule"] == "decision":
        return decided_text(agency, decisions)
    if not agency["resolved"]:
        return _("{mention}: not resolved ({rule}), kept as printed").format(mention=agency["mention"], rule=agency["rule"] or "-")
    entry = entries.get(agency["agency_id"] or "")
    known = entry and (entry["valid_from"] or entry["valid_to"])
    why = [agency["agency_id"], rule_told(agency["rule"])]
    if entry and known:
        why.append(f"{cell(entry['valid_from']) or '…'} – {cell(entry['valid_to']) or '…'}")
    if entry:
        why.append(_(entry["source"]))
    flags = f" [{cell(agency['flags'])}]" if agency["flags"] else ""
    return f"{agency['mention']} → {agency['name']}{bracketed(*why)}{flags}"


def rule_told(rule: str) -> str:
    """Return the rule that a mention was tied by: in English its name, in Chinese what it means."""
    name = f"by rule {rule}"
    told = _(name)
    return rule if told == name else told


def bracketed(*words: str) -> str:
    """Return words in brackets behind what they explain."""
    return _(" ({why})").format(why=_(", ").join(words))


def decided_text(agency: Row, decisions: Sequence[Row]) -> str:
    """Tell one mention that was decided in review: by which decision, whose and when."""
    alike = [one for one in decisions if one["mention"] == agency["mention"] and (one["name"] or one["mention"]) == agency["name"]]
    head = f"{agency['mention']} → {agency['name']}"
    if not alike:
        return head + bracketed(agency["agency_id"], rule_told("decision"))
    one = alike[0]
    told = _("decision {id} of {by} on {day}").format(id=one["id"], by=one["decided_by"], day=local_day(one["decided_at"]))
    return head + bracketed(agency["agency_id"], f"{told}{_(': ')}{one['note']}" if one["note"] else told)


def deadline_text(task: Row) -> str:
    """Tell a task's deadline with its days, kind and basis."""
    start, end = cell(task["deadline_start"]), cell(task["deadline_end"])
    days = f"{start} – {end or '…'}" if start and start != end else end
    why = [_(task["deadline_kind"]), _(task["deadline_basis"])]
    if task["deadline_address"]:
        why.append(spot(task["deadline_address"]))
    return f"{task['deadline_text']}{' → ' if days else ''}{days}{bracketed(*why)}"


def spot(address: str) -> str:
    """Return an address in words, with the address itself where they differ."""
    words = place(address)
    return words if words == address else f"{words}{bracketed(address)}"


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
    yield "", f"{document['url']} {bracketed(_(document['state']))}"
    issuers = listed(issuer["mention"] for issuer in record["issuers"])
    yield (
        "",
        "  ".join(
            part for part in (version["document_number"], issuers, cell(version["issued_on"]), cell(version["published_on"])) if part
        ),
    )
    yield (
        "derived",
        _("by normalizer version {version}, as {format}").format(version=version["normalizer_version"], format=version["format"])
        + (f"{_(', ')}{version['encoding']}" if version["encoding"] else ""),
    )


def archive_lines(store: Store, record: Row, again: Again | str) -> Iterator[tuple[str, str]]:
    """Tell the archived record, and the bytes of its payload that the task was read from."""
    archived = record["archived"]
    yield "archive", _("{file} offset {offset} length {length}").format(**{name: archived[name] for name in ("file", "offset", "length")})
    yield "", f"sha256 {archived['sha256']}"
    if not archived["readable"]:
        yield "", archived["problem"]
        return
    fetched = _("{bytes} bytes, status {status}, fetched {at} from {url}")
    yield (
        "",
        fetched.format(bytes=archived["bytes"], status=archived["status"], at=minute(archived["fetched_at"]), url=record["capture"]["url"]),
    )
    if isinstance(again, str):
        yield "", again
    elif record["evidence"]:
        yield "bytes", place_text(locate(store, record, again))


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

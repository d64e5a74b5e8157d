"""From a printed record to a notice: one model for every site, by field maps that are data (docs/notices.md)."""

from __future__ import annotations

from dataclasses import replace

from normalizers.agencies.decisions import Decisions
from normalizers.agencies.resolve import NO_DECISIONS
from normalizers.notices.bodies import read_authority, read_authority_code, read_region
from normalizers.notices.dates import read_date
from normalizers.notices.days import read_days
from normalizers.notices.fields import Use, concepts
from normalizers.notices.gather import Gathered, gather
from normalizers.notices.money import read_money
from normalizers.notices.needs import note_missing
from normalizers.notices.numbers import normal_number
from normalizers.notices.records import Colour, Defect, Notice, NoticeKind, PrintedRecord, SubjectKind
from normalizers.notices.states import note_end, read_status
from normalizers.notices.subjects import read_subject
from normalizers.notices.tables import colour_of, own_words, table
from normalizers.notices.terms import check_term

_KEPT = ("region_name", "region_code", "effective_on", "removal_reason", "colour", "person_name")
"""Columns that end in another field of the notice or in none: their words are kept beside."""


_OF_PERSONS = frozenset(
    ["subject_type", "authority", "source_body", "list_name", "category", "status", "region_name", "decided_on", "published_on", "valid_to"]
)
"""Concepts of a person's record whose blanks are told."""


def read_notice(record: PrintedRecord, decisions: Decisions = NO_DECISIONS) -> Notice:
    """Return the notice that a masked record prints. Pure; never raises for any record.

    What is read is in the notice's fields; what is known and has no field of its own in ``further``; labels nobody knows in
    ``unknown``; values that mean nothing in ``blanks`` with the reason; what is not as it should be in ``defects``. Of a natural
    person and an individual business only the kind, the authority, the days, the category and a reduced name are kept.
    """
    found = gather(record)
    notice = _notice(found, record, decisions)
    note_end(found, notice.kind, notice.status, removed=notice.removed_on is not None)
    note_missing(found, notice)
    notice = replace(notice, further=tuple(found.further), blanks=tuple(found.blanks), defects=tuple(found.defects))
    term, remarks = check_term(notice)
    notice = replace(notice, term=term, defects=tuple(dict.fromkeys((*notice.defects, *remarks))))
    return notice if notice.subject.kind is SubjectKind.LEGAL else _reduced(notice)


def _notice(found: Gathered, record: PrintedRecord, decisions: Decisions) -> Notice:
    """Return the notice without what only the whole tells: its defects, its term."""
    days = read_days(found, record.listed_on, own_words(record.kind))
    authority = read_authority(found, record, days.decided_on or days.published_on, decisions)
    money = read_money(found)
    list_name = _list_name(found, record)
    notice = Notice(
        kind=record.kind,
        subject=read_subject(found, record),
        authority=authority,
        authority_code=read_authority_code(found),
        source_body=found.text("source_body"),
        list_name=list_name,
        colour=_colour(found, record, list_name),
        title=found.text("title"),
        number=_number(found),
        category=_category(found, record.kind),
        violation=found.text("violation"),
        facts=found.text("facts"),
        basis=found.text("basis"),
        content=found.text("content"),
        licence=found.text("licence"),
        licence_number=found.text("licence_number"),
        status=read_status(found),
        remark=found.text("remark"),
        decided_on=days.decided_on,
        valid_from=days.valid_from,
        valid_to=days.valid_to,
        published_on=days.published_on,
        shown_until=days.shown_until,
        removed_on=days.removed_on,
        fine_yuan=money.fine,
        confiscated_yuan=money.confiscated,
        amount_yuan=money.amount,
        region=read_region(found, record, authority),
        unknown=tuple(found.unknown),
    )
    _keep_the_rest(found)
    return notice


def _number(found: Gathered) -> str:
    """Return the number of the decision in its normal spelling; a second one printed is kept beside."""
    numbers = list(dict.fromkeys(normal_number(given.text) for given in found.given("number")))
    found.keep("other_number", numbers[1:])
    return numbers[0] if numbers else ""


def _category(found: Gathered, kind: NoticeKind) -> str:
    """Return the kind of a permit or penalty in words; the standard of 2018 numbers the kinds of permits."""
    words = table("permit_categories") if kind is NoticeKind.PERMIT else {}
    return "；".join(dict.fromkeys(words.get(given.text.zfill(2), given.text) for given in found.given("category")))


def _list_name(found: Gathered, record: PrintedRecord) -> str:
    """Return the printed name of the list, else that of the record's place; a number is no name."""
    names = [given.text for given in found.given("list_name") if not given.text.isdigit()]
    found.keep("list_name", [given.text for given in found.given("list_name") if given.text.isdigit()])
    return "；".join(dict.fromkeys(names)) or record.list_name


def _colour(found: Gathered, record: PrintedRecord, list_name: str) -> Colour | None:
    """Return the colour that the record's place says, else its own word for it, else the name of its list."""
    if record.kind in (NoticeKind.PERMIT, NoticeKind.PENALTY):
        return record.colour
    return record.colour or colour_of(found.text("colour")) or colour_of(list_name)


def _keep_the_rest(found: Gathered) -> None:
    for concept, given in found.values.items():
        if concepts()[concept].use is Use.FURTHER or concept in _KEPT:
            is_day = concepts()[concept].value == "date"
            found.keep(concept, [_day(each.text) if is_day else each.text for each in given])


def _day(text: str) -> str:
    """Return a day without a field of its own as YYYY-MM-DD, as printed where it can't be read."""
    reading = read_date(text)
    return str(reading.day) if reading.day is not None and not reading.problem else text


def _reduced(notice: Notice) -> Notice:
    """Return what is kept of a record about a natural person or an individual business."""
    return Notice(
        kind=notice.kind,
        subject=notice.subject,
        authority=notice.authority,
        authority_code=notice.authority_code,
        source_body=notice.source_body,
        list_name=notice.list_name,
        colour=notice.colour,
        category=notice.category,
        status=notice.status,
        decided_on=notice.decided_on,
        valid_from=notice.valid_from,
        valid_to=notice.valid_to,
        published_on=notice.published_on,
        shown_until=notice.shown_until,
        removed_on=notice.removed_on,
        region=notice.region,
        term=notice.term,
        further=tuple(each for each in notice.further if each.label == "removal_reason"),
        blanks=tuple(blank for blank in notice.blanks if blank.concept in _OF_PERSONS),
        defects=tuple(dict.fromkeys(Defect(defect.name, defect.concept) for defect in notice.defects)),
    )

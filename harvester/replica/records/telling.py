"""Write down the truth of a record from what was meant and what of it was printed, never by reading it back."""

from __future__ import annotations

from decimal import Decimal

from harvester.replica.records.book import Record, RecordBook
from harvester.replica.records.plan import RecordSiteFacts, SectionPlan
from harvester.replica.records.printing import Printed
from harvester.replica.records.truth import COLUMNS, RecordTruth

_COLUMN_NAMES = {"fine": "fine_yuan", "confiscated": "confiscated_yuan", "amount": "amount_yuan"}
_CONCEPT_NAMES = {
    "name": "subject_name",
    "firm_name": "subject_name",
    "code": "credit_code",
    "any_code": "credit_code",
    "category2": "category",
}
_FURTHER = ("filed_on", "court_document", "court_document_body", "performance", "evaluation_year", "grade", "removal_reason")
_KEPT_OF_ALL = (
    *(
        "status",
        "source_body",
        "authority_code",
        "authority",
        "list_name",
        "colour",
        "category",
        "decided_on",
        "valid_from",
        "valid_to",
        "published_on",
        "shown_until",
        "removed_on",
    ),
)
"""What is kept of anybody's record (docs/records.md): kind, authority, dates, category, and the list it stands in."""

_DEFECTS_OF_ALL = ("decided-on-effective",)
"""What is told of anybody's record that is not as it should be: it is about the days alone."""

_UNKEPT = ("number", "title", "facts", "content")
_PERSONAL = ("resident", "person_name", "representative", "representative_id", "address", "sex", "age", "id_type", "stamp", "odd", "type")
_CODE_QUIRKS = ("changed-character", "illegal-character", "length")


def tell(book: RecordBook) -> list[RecordTruth]:
    """Return the truth of every record that a site publishes now, section by section as its lists show them."""
    return [
        truth_of(book.facts, record, -1 if not plan.keyless else row, reachable=_reachable(book, plan, record, row))
        for plan in book.facts.sections
        for row, record in enumerate(book.listing(plan.code))
    ]


def _reachable(book: RecordBook, plan: SectionPlan, record: Record, row: int) -> bool:
    """Tell whether the site shows a record to one who asks as the sheet allows: within the page cap, of one department at least."""
    if plan.never:
        return False
    if plan.cap and not plan.keyless:
        row = [each.key for each in book.listing(plan.code) if each.case.body.name == record.case.body.name].index(record.key)
    return not plan.cap or row < plan.cap * plan.page_size


def truth_of(facts: RecordSiteFacts, record: Record, row: int = -1, *, reachable: bool = True, document: str = "") -> RecordTruth:
    """Return the truth of one record."""
    party, printed = record.case.party, record.printed
    legal = party.kind == "legal"
    return RecordTruth(
        site=facts.id,
        section=record.plan.section,
        key="" if record.plan.keyless else record.key,
        kind=record.plan.kind,
        subject_kind=party.kind,
        subject_name=_subject_name(record),
        region=record.case.body.division if record.plan.prints("authority", "region_code") else facts.region,
        row=row,
        document=document,
        **(_identifiers(record) if legal else {}),
        code_borrowed=_borrowed_from(record),
        values=_values(record),
        further=_further(record) if legal else {},
        blanks=tuple(_blanks(printed)) if legal else (),
        defects=tuple(name for name in _defects(record) if legal or name in _DEFECTS_OF_ALL),
        unknown=tuple(each.label for each in printed if each.concept == "odd"),
        secrets=tuple(dict.fromkeys(secret for each in printed for secret in each.secrets if secret)) + _owner(record),
        unkept=() if legal else tuple(each.text for each in printed if each.concept in _UNKEPT and each.kept),
        names=(party.owner,) if legal and record.text("representative") else (),
        reachable=reachable,
        ended=record.ended,
        ended_by=record.ended_by,
    )


def _defects(record: Record) -> tuple[str, ...]:
    """Return what is meant to be wrong with a record; a reader may find more that is missing."""
    found = ["code-wrong" if each.defect in _CODE_QUIRKS else each.defect for each in record.printed if each.defect]
    late = record.case.quirk == "shown-too-long" and record.text("shown_until")
    return (*found, *(["stated-end-too-late"] if late else []))


def _owner(record: Record) -> tuple[str, ...]:
    """Return the name of a shop's owner, which stands in the shop's name."""
    party = record.case.party
    return (party.owner,) if party.kind == "individual-business" else ()


def _subject_name(record: Record) -> str:
    party = record.case.party
    if party.kind == "person":
        return f"{party.name[0]}某"
    if party.kind == "individual-business":
        return "个体工商户"
    return next((each.kept for each in record.printed if each.concept in ("name", "firm_name")), "")


def _identifiers(record: Record) -> dict[str, str]:
    """Return a firm's identifiers as a reader may know them from what is printed; of a wrong code nothing follows."""
    # A concept may be printed twice, blank at one of its places.
    kept = {each.concept: each for each in sorted(record.printed, key=lambda each: bool(each.kept))}
    code = kept["code"].kept if "code" in kept else ""
    problem = record.case.quirk if record.case.quirk in _CODE_QUIRKS and code else ""
    organization = kept["organization_code"].kept if "organization_code" in kept else ""
    return {
        "code": code,
        "code_printed": kept["code"].text if code else "",
        "code_problem": problem,
        "organization_code": organization or ("" if problem else code[8:17]),
        "registration_number": kept["registration_number"].kept if "registration_number" in kept else "",
    }


def _borrowed_from(record: Record) -> str:
    party = record.case.party
    return party.printed_code if party.printed_code != party.code and record.text("code") else ""


def _values(record: Record) -> dict[str, str]:
    """Return the columns of the notice that the record fills."""
    plan = record.plan
    found = {"list_name": plan.list_name, "colour": plan.colour}
    for each in record.printed:
        name = _COLUMN_NAMES.get(each.concept, each.concept)
        if name in COLUMNS and each.kept:
            found[name] = each.kept
        if name == "effective_on":
            found |= {"decided_on": each.kept, "valid_from": each.kept}
    found = {**_sums_in_text(record), **found}
    if record.case.party.kind != "legal":
        found = {name: value for name, value in found.items() if name in _KEPT_OF_ALL}
    return {name: value for name, value in found.items() if value}


def _sums_in_text(record: Record) -> dict[str, str]:
    """Return the sums that the text of the decision names, for records without a field of their own for them."""
    if not record.plan.prints("content"):
        return {}
    sums = ((name, record.case.values.get(name)) for name in ("fine_yuan", "confiscated_yuan"))
    return {name: f"{value.normalize():f}" for name, value in sums if isinstance(value, Decimal)}


def _further(record: Record) -> dict[str, str]:
    return {each.concept: each.kept for each in record.printed if each.concept in _FURTHER and each.kept}


def _blanks(printed: tuple[Printed, ...]) -> list[tuple[str, str, str]]:
    return [(_CONCEPT_NAMES.get(p.concept, p.concept), p.text, p.blank) for p in printed if p.blank and p.concept not in _PERSONAL]

"""What a page says of a public record in words: its rule of display, its defects, its fields."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import Any

from harvester.messages import _
from harvester.reportable import PAGE_FIELDS
from harvester.reportable import RECORD_FIELDS as FIELDS
from normalizers.notices.fields import Use, read_label
from normalizers.notices.records import NoticeKind, PrintedField

Row = dict[str, Any]

_FIELD_OF = {
    **dict.fromkeys(("subject_name", "unit_name", "name_and_code"), "subject"),
    **dict.fromkeys(("credit_code", "organization_code", "any_code", "tax_number"), "code"),
    **dict.fromkeys(("authority_code", "source_body"), "authority"),
    **dict.fromkeys(("effective_on", "validity"), "valid_from"),
    "display_period": "shown_until",
    "fine": "fine_yuan",
    "confiscated": "confiscated_yuan",
    "amount": "amount_yuan",
}
"""The field that a printed concept is read into, where it is not called the same."""


def read_rows(row: Row, printed: tuple[PrintedField, ...], lang: str) -> list[Row]:
    """Return a line a field that was read or printed: ``field``, its ``label``, ``value``, and the ``printed`` ones it was read from."""
    by: dict[str, list[PrintedField]] = {}
    for each in printed:
        label = read_label(each.label, NoticeKind(row["kind"]))
        if label is not None and label.concept.use is Use.COLUMN:
            by.setdefault(_FIELD_OF.get(label.concept.name, label.concept.name), []).append(each)
    values = {name: row[name] for name in FIELDS} | {"authority": row["authority"]["name"] or row["authority"]["mention"]}
    blank = {each["printed"] for each in row["blanks"]}
    there = [name for name in FIELDS if values[name] or name in by]
    return [
        {"field": name, "label": field_word(name, lang), "value": values[name], "printed": by.get(name, [])}
        | {"unread": any(each.value and each.value not in blank for each in by.get(name, ()))}
        for name in there
    ]


def others(row: Row, printed: tuple[PrintedField, ...]) -> list[PrintedField]:
    """Return what was printed and has no field of its own, without facts of natural persons and technical fields."""
    kept = []
    for each in printed:
        label = read_label(each.label, NoticeKind(row["kind"]))
        if each.value and (label is None or label.concept.use is Use.FURTHER):
            kept.append(each)
    return kept


def field_word(name: str, lang: str) -> str:
    """Return what a field of a record is called."""
    told = {
        "subject": _("Subject", lang),
        "code": _("Unified code", lang),
        "registration_number": _("Registration number", lang),
        "authority": _("Deciding body", lang),
        "list_name": _("List", lang),
        "colour": _("Kind of list", lang),
        "title": _("Matter", lang),
        "number": _("Number of the decision", lang),
        "category": _("Category", lang),
        "violation": _("Type of the breach", lang),
        "facts": _("Facts", lang),
        "basis": _("Law it rests on", lang),
        "content": _("What was decided", lang),
        "licence": _("Licence", lang),
        "licence_number": _("Number of the licence", lang),
        "fine_yuan": _("Fine", lang),
        "confiscated_yuan": _("Confiscated", lang),
        "amount_yuan": _("Sum", lang),
        "decided_on": _("Day of the decision", lang),
        "valid_from": _("Valid from", lang),
        "valid_to": _("Valid until", lang),
        "published_on": _("Published on", lang),
        "shown_until": _("Shown until, as printed", lang),
        "removed_on": _("Removed on", lang),
        "status": _("State", lang),
        "remark": _("Remark", lang),
    }
    return told.get(name, name)


def reported_field(about: str, name: str, lang: str) -> str:
    """Return what the fact of a report is called; nothing for one that no page names."""
    if about == "record":
        return field_word(name, lang) if name in FIELDS else ""
    told = {
        "name": _("Name", lang),
        "title": _("Title of the document", lang),
        "date": _("Day on the document", lang),
        "document_number": _("Document number", lang),
        "issued_on": _("Date of the document", lang),
        "published_on": _("Day of publication", lang),
        "issuers": _("Issued by", lang),
        "task": _("task", lang),
        "deadline": _("Deadline", lang),
        "work": _("One matter", lang),
        "comparison": _("The comparison", lang),
        "alignment": _("Provinces side by side", lang),
    }
    return told.get(name, _(name, lang)) if name in PAGE_FIELDS else ""


@cache
def _sentences() -> dict[str, str]:
    with (files("normalizers.notices") / "data" / "defects.csv").open(encoding="utf-8") as lines:
        return {row["name"]: row["sentence"] for row in csv.DictReader(lines)}


def defect_words(name: str, lang: str) -> str:
    """Return what a defect of a record means, in a sentence."""
    return _(_sentences().get(name, name), lang)


def rule_words(rule: str, lang: str) -> str:
    """Return the rule by which a record's term of display was found (``terms.toml``) in words; the identifier of one unknown."""
    told = {
        "stated": _("as printed by the source", lang),
        "penalty-2017": _("document 1171 of 2017 of the National Development and Reform Commission", lang),
        "penalty-2019": _("document 527 of 2019 of the National Development and Reform Commission", lang),
        "penalty-2023": _("order 58 of the National Development and Reform Commission (in force from 2023-05-01)", lang),
        "penalty-2026": _("Measures for credit repair, order 36 of the same commission (in force from 2026-04-01)", lang),
        "penalty-market-2021": _("order 45 of the State Administration for Market Regulation", lang),
        "court-2017": _("rules of the Supreme People's Court on the list of defaulters (2017)", lang),
        "tax-2019": _("order 54 of the State Taxation Administration, and the rule before it", lang),
        "list-market-2021": _("order 44 of the State Administration for Market Regulation", lang),
        "list-wages-2022": _("order 45 of the Ministry of Human Resources, on unpaid wages", lang),
        "list": _("own limit: three years, where no rule of the list is known", lang),
        "shanghai-2017": _("Shanghai Regulations on Social Credit, article 35", lang),
        "zhejiang-2018": _("Zhejiang Regulations on Public Credit Information, article 16", lang),
        "adverse": _("own limit: nothing adverse is shown longer than five years", lang),
    }
    return told.get(rule, rule)


def basis_words(row: Row, lang: str) -> str:
    """Return why a record is shown until its last day, in a sentence."""
    if row["ends_on"] is None:
        return _("No rule sets an end to the display of such a record.", lang)
    if row["term_basis"] == "stated":
        return _("The source itself prints this day.", lang)
    told = _("Counted from {day} by: {rule}.", lang)
    undated = _("Counted from when it was first seen, since it tells no day; by: {rule}.", lang)
    rule = rule_words(row["term_rule"] or "adverse", lang)
    return told.format(day=row["term_from"], rule=rule) if row["term_from"] else undated.format(rule=rule)

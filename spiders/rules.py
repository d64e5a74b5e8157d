"""Rules that were accepted beside a fact sheet's own: put among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from spiders.factsheet import ARTICLE_FIELDS, LIST_FIELDS, Certainty, FactSheet, FactSheetError, Rule, choice

BEFORE, AFTER = "before", "after"

Written = Mapping[str, str]
"""A rule as the setting ``HARVESTER_RULES`` has it: section (empty: of articles), field, css or xpath or meta, certainty, place."""


def with_rules(sheet: FactSheet, rules: Iterable[Written]) -> FactSheet:
    """Return a fact sheet with rules before or after its own; raises FactSheetError for a field or a place that there is not.

    Later ones come before earlier ones. One that goes after the sheet's own holds for all sections; of the others those of sections that
    the sheet has no more are passed over.
    """
    for written in rules:
        sheet = _with_rule(sheet, written)
    return sheet


def _with_rule(sheet: FactSheet, written: Written) -> FactSheet:
    field, section, place = written.get("field", ""), written.get("section", ""), written.get("place", BEFORE)
    if field not in (LIST_FIELDS if section else ARTICLE_FIELDS) or place not in (BEFORE, AFTER):
        raise FactSheetError(
            f"fact sheet {sheet.id}: an accepted rule for {field!r}, {place!r} is none; withdraw it with `harvester drift`"
        )
    rule = rule_of(written, sheet.id)
    if not section or place == AFTER:
        return replace(sheet, rules={**sheet.rules, field: _put(sheet.rules.get(field, ()), rule, place)})
    sections = tuple(
        replace(one, rules={**one.rules, field: _put(one.rules.get(field, ()), rule, place)}) if one.id == section else one
        for one in sheet.sections
    )
    return replace(sheet, sections=sections)


def rule_of(written: Written, site: str) -> Rule:
    """Return the rule; raises FactSheetError where it says nothing to look for, or an unknown certainty."""
    ways = {way: written.get(way, "") for way in ("css", "xpath", "meta")}
    if sum(bool(value) for value in ways.values()) != 1:
        raise FactSheetError(f"fact sheet {site}: an accepted rule is one of css, xpath or meta; this is {dict(written)!r}")
    return Rule(**ways, certainty=choice(Certainty, written.get("certainty", Certainty.INFERRED), site))


def _put(rules: tuple[Rule, ...], rule: Rule, place: str) -> tuple[Rule, ...]:
    kept = tuple(one for one in rules if one.expression != rule.expression)
    return (rule, *kept) if place == BEFORE else (*kept, rule)

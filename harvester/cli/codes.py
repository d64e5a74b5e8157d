"""The verb ``codes``: check a list of codes by their standards, map them to organisation codes, and tell what is wrong with each."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from harvester.cli.options import FormatOption
from harvester.cli.output import Format, emit
from harvester.codecheck import Checked, Summary, check_list, per_mille
from harvester.codelist import read_list
from harvester.messages import _, listed
from normalizers.codes import CodeKind, Finding
from normalizers.privacy import mask

COLUMNS = ("line", "printed", "name", "kind", "valid", "organization_code", "division_name", "problem", "suggestion")


def register(app: typer.Typer) -> None:
    """Add this module's verb to the command line."""
    app.command()(codes)


def codes(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A list (txt, csv, xlsx …) with a code a line or a column of codes; - reads it.")
    ],
    column: Annotated[str, typer.Option("--column", metavar="NAME", help="The heading of the codes' column, where it is not found.")] = "",
    form: FormatOption = Format.TABLE,
) -> None:
    """Check codes of organisations: unified credit codes, organisation codes, registration numbers, one row a code.

    Tells for each which test of its standard fails and why, its organisation code and division, and what it may have been; for the list
    how many are wrong, and which codes stand on several names. Numbers of natural persons are masked.
    """
    checked, summary = check_list(read_list(file, column))
    emit((row_of(each) for each in checked), form, COLUMNS)
    stream = sys.stdout if form is Format.TABLE else sys.stderr
    stream.writelines(line + "\n" for line in lines_of(summary))


def row_of(each: Checked) -> dict[str, Any]:
    """Return one code as the fields of a row (``docs/codes.md``)."""
    check, division = each.check, each.check.division
    return {
        "line": each.line,
        "sheet": each.sheet,
        "printed": check.shown if check.personal else mask(check.printed).text if check.kind is CodeKind.UNKNOWN else check.printed,
        "name": each.name,
        "kind": check.kind.value,
        "normal": "" if check.kind is CodeKind.UNKNOWN else check.shown,
        "valid": check.valid,
        "organization_code": "" if check.personal else check.organization_code,
        "division": division.code if division else "",
        "division_name": division.name if division else "",
        "failures": [finding.name for finding in check.failures],
        "warnings": [finding.name for finding in (*check.warnings, *each.remarks)],
        "problem": " ".join(sentence(finding) for finding in (*check.failures, *check.warnings, *each.remarks)),
        "suggestion": check.suggestion,
    }


def sentence(found: Finding) -> str:
    """Return the sentence of a finding in the user's language."""
    return _(found.template).format(**dict(found.facts))


def lines_of(summary: Summary) -> list[str]:
    """Return the list in figures, in the user's language."""
    kinds = listed(f"{_(kind.value)} {count}" for kind, count in sorted(summary.kinds.items()))
    first = _("{records} records, {with_code} of them with a unified code; {kinds}; {missing} without a code.")
    second = _("Wrong: {wrong} of {given} codes ({share}). Of natural persons or individual businesses, masked: {persons}.")
    third = _("One code on several names: {duplicates} of {distinct} different codes ({share}). Names with several codes: {several}.")
    return [
        first.format(records=summary.records, with_code=summary.with_credit_code, kinds=kinds or "–", missing=summary.missing),
        second.format(wrong=summary.wrong, given=summary.given, share=per_mille(summary.wrong, summary.given), persons=summary.persons),
        third.format(
            duplicates=summary.duplicates,
            distinct=summary.distinct,
            share=per_mille(summary.duplicates, summary.distinct),
            several=summary.several,
        ),
    ]

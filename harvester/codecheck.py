"""Check a list of codes: each by its standard, the codes of one record against each other, and the list as a whole."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from harvester.codelist import Entry
from normalizers.codes import CodeCheck, CodeKind, Finding, identify, reconcile
from normalizers.codes.arithmetic import CREDIT_LENGTH
from normalizers.codes.records import finding
from normalizers.privacy import mask, reduce_name
from normalizers.privacy.names import is_name
from normalizers.text.fold import fold

PER_MILLE = 1000
HIDDEN = "*"
INDIVIDUAL_BUSINESS = "个体工商户"


@dataclass(frozen=True, slots=True)
class Checked:
    """One code of a list with all that is to be said of it; ``name`` is reduced where the code is a person's, ``record`` counts from 0."""

    line: int
    sheet: str
    name: str
    check: CodeCheck
    remarks: tuple[Finding, ...] = ()
    record: int = 0


@dataclass(slots=True)
class Summary:
    """The list in figures. ``given`` counts codes that are neither missing nor a person's: the denominator of ``wrong``."""

    records: int = 0
    kinds: Counter[CodeKind] = field(default_factory=Counter)
    missing: int = 0
    persons: int = 0
    given: int = 0
    wrong: int = 0
    with_credit_code: int = 0
    distinct: int = 0
    duplicates: int = 0
    several: int = 0


def check_list(entries: Iterable[Entry]) -> tuple[list[Checked], Summary]:
    """Return the checks of all codes of a list, in its order, and the list in figures.

    A code is a duplicate where it stands on two names that differ when folded; a name has several codes where two organisation codes,
    given or inside unified codes, stand beside it. Only valid codes are compared.
    """
    checked = [each for record, entry in enumerate(entries) for each in check_entry(entry, record)]
    by_code, by_name = _grouped(checked)
    out = [replace(each, name=shown_name(each), remarks=(*each.remarks, *_list_remarks(each, by_code, by_name))) for each in checked]
    return out, summarize(checked, by_code, by_name)


def check_entry(entry: Entry, record: int = 0) -> Iterator[Checked]:
    """Yield the check of each code of a record; what the codes say of each other stands with the first.

    Where one of them is a person's, all are: the organisation code of an individual business is the inside of its unified code.
    """
    checks = [identify(printed, expected) for printed, expected in entry.codes]
    personal = any(check.personal for check in checks)
    remarks = _agreement(entry, personal=personal) if len(checks) > 1 else ()
    for check in checks:
        yield Checked(entry.line, entry.sheet, entry.name, replace(check, personal=personal), remarks, record)
        remarks = ()


def _agreement(entry: Entry, *, personal: bool) -> tuple[Finding, ...]:
    given: dict[CodeKind | None, str] = {}
    for printed, kind in entry.codes:
        given.setdefault(kind, printed)
    code = given.get(CodeKind.CREDIT_CODE) or given.get(None) or ""
    found = reconcile(code, given.get(CodeKind.ORGANIZATION_CODE, ""), given.get(CodeKind.REGISTRATION_NUMBER, ""))
    findings = (*found.disagreements, *found.remarks)
    return tuple(Finding(each.name, tuple((key, HIDDEN) for key, _ in each.facts)) for each in findings) if personal else findings


Groups = dict[str, dict[str, int]]
"""What stands with a code or a name: the other's folded form and the first line it stands in."""


def _grouped(checked: Iterable[Checked]) -> tuple[Groups, Groups]:
    by_code: Groups = defaultdict(dict)
    by_name: Groups = defaultdict(dict)
    for each in checked:
        name, key = fold(each.name), key_of(each.check)
        if key:
            by_code[key].setdefault(name, each.line)
            if name and each.check.organization_code:
                by_name[name].setdefault(each.check.organization_code, each.line)
    return by_code, by_name


def key_of(check: CodeCheck) -> str:
    """Return what codes of one body are equal by: the organisation code, else the number; empty for what is not compared."""
    return "" if not check.valid or check.kind is CodeKind.RESIDENT_NUMBER else check.organization_code or check.normal


def _list_remarks(each: Checked, by_code: Groups, by_name: Groups) -> Iterator[Finding]:
    key, name = key_of(each.check), fold(each.name)
    if not key or not name:
        return
    other = next((line for found, line in by_code[key].items() if found and found != name), None)
    if other is not None:
        yield finding("duplicate", line=other)
    another = next((line for found, line in by_name.get(name, {}).items() if found != key and line != each.line), None)
    if another is not None and each.check.organization_code:
        yield finding("several-codes", line=another)


def shown_name(each: Checked) -> str:
    """Return the name as it may be shown: of a natural person the surname, of an individual business only that it is one."""
    check = each.check
    if check.kind is CodeKind.RESIDENT_NUMBER or (check.kind is CodeKind.UNKNOWN and (check.personal or is_name(each.name))):
        return reduce_name(each.name)
    return INDIVIDUAL_BUSINESS if check.personal else mask(each.name).text


def summarize(checked: Iterable[Checked], by_code: Groups, by_name: Groups) -> Summary:
    """Return the list in figures."""
    out = Summary()
    records: dict[int, bool] = {}
    for each in checked:
        check = each.check
        unified = check.kind is CodeKind.CREDIT_CODE and len(check.normal) == CREDIT_LENGTH
        records[each.record] = records.get(each.record, False) or unified
        if not check.normal:
            out.missing += 1
            continue
        out.kinds[check.kind] += 1
        out.persons += check.personal
        if not check.personal:
            out.given += 1
            out.wrong += not check.valid
    out.records, out.with_credit_code = len(records), sum(records.values())
    out.distinct = len(by_code)
    out.duplicates = sum(len([name for name in names if name]) > 1 for names in by_code.values())
    out.several = sum(len(codes) > 1 for codes in by_name.values())
    return out


def per_mille(count: int, total: int) -> str:
    """Return a share in ‰ with two decimals; a dash where there is nothing to divide by."""
    return f"{count * PER_MILLE / total:.2f} ‰" if total else "–"

"""Whether the codes that one record prints for one body can be those of one body."""

from __future__ import annotations

from dataclasses import dataclass, field

from normalizers.codes.identify import identify
from normalizers.codes.records import CodeCheck, CodeKind, Division, Finding, finding


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What the codes of one body say together.

    ``disagreements`` are certain (``codes-differ``, ``unified-differs``, ``kinds-differ``), ``remarks`` are not (``provinces-differ``: a
    body may move). ``code`` and ``organization_code`` are what records are joined by: valid ones, empty where there is none.
    ``checks`` has the check of each value that was given.
    """

    disagreements: tuple[Finding, ...]
    remarks: tuple[Finding, ...]
    code: str = field(repr=False)
    organization_code: str = field(repr=False)
    checks: tuple[CodeCheck, ...]

    @property
    def agree(self) -> bool:
        """Whether nothing says that the codes are those of two bodies."""
        return not self.disagreements


def reconcile(code: str = "", organization_code: str = "", registration_number: str = "") -> Reconciliation:
    """Return whether the codes printed for one body agree, and which do not; never raises.

    Places 9 to 17 of the unified code are the organisation code (GB 32100-2015, 5.4). A registration number has no arithmetic relation
    to the other two; what it says of the body's kind and province is compared. Since 2015 many registers print the unified code in all
    three fields, so each value is taken for what it is. Empty values say nothing, values that fail their tests are not compared.
    """
    given = (
        (code, CodeKind.CREDIT_CODE),
        (organization_code, CodeKind.ORGANIZATION_CODE),
        (registration_number, CodeKind.REGISTRATION_NUMBER),
    )
    checks = tuple(check for text, expected in given if (check := identify(text, expected)).normal)
    valid = [check for check in checks if check.valid and check.kind is not CodeKind.RESIDENT_NUMBER]
    unified = _values(valid, CodeKind.CREDIT_CODE)
    inner = list(dict.fromkeys(check.organization_code for check in valid if check.organization_code))
    found: list[Finding] = []
    if len(unified) > 1:
        found.append(finding("unified-differs"))
    elif len(inner) > 1:
        found.append(finding("codes-differ", printed=inner[1], inside=inner[0]))
    numbers = [check for check in valid if check.kind is CodeKind.REGISTRATION_NUMBER]
    traders = {check.personal for check in valid if check.kind in {CodeKind.CREDIT_CODE, CodeKind.REGISTRATION_NUMBER}}
    if numbers and len(traders) > 1:
        found.append(finding("kinds-differ"))
    return Reconciliation(
        tuple(found), _remarks(valid, numbers), unified[0] if len(unified) == 1 else "", inner[0] if len(inner) == 1 else "", checks
    )


def _values(checks: list[CodeCheck], kind: CodeKind) -> list[str]:
    return list(dict.fromkeys(check.normal for check in checks if check.kind is kind))


def _remarks(valid: list[CodeCheck], numbers: list[CodeCheck]) -> tuple[Finding, ...]:
    """Return whether the unified code and a registration number were given in two provinces; the country's is none."""
    codes = [check for check in valid if check.kind is CodeKind.CREDIT_CODE]
    first, second = _province(codes), _province(numbers)
    if not first or not second or first.province == second.province or "100000" in {first.province, second.province}:
        return ()
    return (finding("provinces-differ", code_province=first.name, number_province=second.name),)


def _province(checks: list[CodeCheck]) -> Division | None:
    return next((check.division for check in checks if check.division), None)

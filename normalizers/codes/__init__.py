"""The codes of organisations: checked by their standards, told apart, mapped to each other (``docs/codes.md``)."""

from normalizers.codes.credit import check_credit_code
from normalizers.codes.divisions import division_of
from normalizers.codes.identify import identify
from normalizers.codes.organization import check_organization_code, hyphenated
from normalizers.codes.personal import is_personal_number
from normalizers.codes.reconcile import Reconciliation, reconcile
from normalizers.codes.records import CodeCheck, CodeKind, Division, DivisionStatus, Finding, Place
from normalizers.codes.registration import check_registration_number
from normalizers.codes.spelling import fold, normal_spelling

__all__ = [
    "CodeCheck",
    "CodeKind",
    "Division",
    "DivisionStatus",
    "Finding",
    "Place",
    "Reconciliation",
    "check_credit_code",
    "check_organization_code",
    "check_registration_number",
    "division_of",
    "fold",
    "hyphenated",
    "identify",
    "is_personal_number",
    "normal_spelling",
    "reconcile",
]

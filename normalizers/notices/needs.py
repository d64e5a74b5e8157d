"""What a record of its kind needs and lacks."""

from __future__ import annotations

from normalizers.notices.blanks import NO_END
from normalizers.notices.gather import Gathered
from normalizers.notices.records import Notice, SubjectKind
from normalizers.notices.tables import needs

_OF_PERSONS = frozenset({"subject-name", "authority", "category", "decided-on", "date"})
"""What is kept of a person's record, so what can be missing in it."""


def note_missing(found: Gathered, notice: Notice) -> None:
    """Note a defect for each thing that a record of this kind needs (``states.toml``) and doesn't say."""
    present = _present(found, notice)
    for need in needs(notice.kind):
        if need not in present and (notice.subject.kind is SubjectKind.LEGAL or need in _OF_PERSONS):
            found.defect(f"missing-{need}", need.replace("-", "_"))


def _present(found: Gathered, notice: Notice) -> set[str]:
    subject = notice.subject
    said = {
        "subject-name": bool(subject.name),
        "code": bool(subject.code or subject.organization_code or subject.registration_number),
        "authority": notice.authority is not None,
        "number": bool(notice.number),
        "category": bool(notice.category),
        "violation": bool(notice.violation),
        "facts": bool(notice.facts or notice.violation),
        "basis": bool(notice.basis),
        "content": bool(notice.content or notice.licence),
        "list-name": bool(notice.list_name),
        "decided-on": notice.decided_on is not None,
        "date": bool(notice.decided_on or notice.published_on or notice.removed_on),
        "valid-to": notice.valid_to is not None or any(found.is_blank(concept, NO_END) for concept in ("valid_to", "validity")),
        "shown-until": notice.shown_until is not None or found.is_blank("shown_until", NO_END),
        "object": bool(notice.number or subject.name),
    }
    return {need for need, there in said.items() if there}

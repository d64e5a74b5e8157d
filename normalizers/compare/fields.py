"""What a document says of itself and says otherwise now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from normalizers.differences import FieldChange
from normalizers.records import Agency, Metadata
from normalizers.text.fold import compared

SEPARATOR = "、"

_DAYS = ("issued_on", "published_on", "effective_on", "expires_on")


def field_changes(old: Metadata, new: Metadata) -> tuple[FieldChange, ...]:
    """Return the fields of ``Metadata`` that differ, in one order.

    Brackets of a number, punctuation, another name of the same body and another order of bodies or regions are no difference. Days are
    told in ISO 8601, the period of a plan as ``start/end`` under the name ``plan_period``, several values joined by 、.
    """
    return tuple(_changes(old, new))


def _changes(old: Metadata, new: Metadata) -> Iterator[FieldChange]:
    for name in ("title", "document_number"):
        before, after = getattr(old, name), getattr(new, name)
        if compared(before) != compared(after):
            yield FieldChange(name, before, after)
    if not _same_bodies(old.issuers, new.issuers):
        yield FieldChange("issuers", *(SEPARATOR.join(one.mention for one in some) for some in (old.issuers, new.issuers)))
    for name in _DAYS:
        if getattr(old, name) != getattr(new, name):
            yield FieldChange(name, _day(getattr(old, name)), _day(getattr(new, name)))
    if old.kind is not new.kind:
        yield FieldChange("kind", old.kind.value, new.kind.value)
    if (old.plan_start, old.plan_end) != (new.plan_start, new.plan_end):
        yield FieldChange("plan_period", _period(old), _period(new))
    if set(old.regions) != set(new.regions):
        yield FieldChange("regions", SEPARATOR.join(old.regions), SEPARATOR.join(new.regions))


def _same_bodies(old: Sequence[Agency], new: Sequence[Agency]) -> bool:
    """Tell whether two lists name the same bodies: by what they are in the gazetteer, else by their letters."""
    ours, theirs = ({key for one in some for key in _keys(one)} for some in (old, new))
    return all(theirs.intersection(_keys(one)) for one in old) and all(ours.intersection(_keys(one)) for one in new)


def _keys(agency: Agency) -> tuple[str, ...]:
    mention = "mention:" + compared(agency.mention)
    return (mention, "id:" + agency.id) if agency.resolved and agency.id else (mention,)


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""


def _period(metadata: Metadata) -> str:
    return f"{_day(metadata.plan_start)}/{_day(metadata.plan_end)}" if metadata.plan_start or metadata.plan_end else ""

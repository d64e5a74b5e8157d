"""The sums of a record: of its number fields and of the text of the decision, held against each other."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from normalizers.notices.amounts import SEVERAL, UNREADABLE, UNSTATED, TextAmounts, read_amount, text_amounts
from normalizers.notices.gather import Gathered, shown

SLIP = Decimal(10_000)
"""元 in a 万元: the factor of the usual slip of units."""


@dataclass(frozen=True, slots=True)
class Money:
    """Sums in 元."""

    fine: Decimal | None = None
    confiscated: Decimal | None = None
    amount: Decimal | None = None


def read_money(found: Gathered) -> Money:
    """Return the sums of a record in 元. A number field goes before the text; where they differ a defect says so, by what factor."""
    text = text_amounts(found.text("content"))
    return Money(
        _held(found, "fine", text.fine, (*text.fines, *_totals(text))),
        _held(found, "confiscated", text.confiscated, text.confiscations),
        _field(found, "amount")[0],
    )


def _totals(text: TextAmounts) -> tuple[Decimal, ...]:
    """Return what a fine may also be: a total the text states, or the sum of its fines."""
    total = sum(text.fines, Decimal(0))
    return tuple(each for each in (text.fine_total, text.all_total, total if text.fines else None) if each is not None)


def _held(found: Gathered, concept: str, stated: Decimal | None, allowed: tuple[Decimal, ...]) -> Decimal | None:
    """Return the sum of a field, held against the sums that the text allows for it; without a field that of the text."""
    printed, unit_known = _field(found, concept)
    if printed is None:
        if stated is not None and found.is_blank(concept, "zero"):
            found.defect("amount-mismatch", concept, f"The field says 0, the text {stated} 元.")
        if stated is None and len(allowed) > 1:
            found.defect(SEVERAL, concept, f"The text names {len(allowed)} sums or totals.")
        return stated
    if not unit_known:
        if printed not in allowed:
            found.defect(UNSTATED, concept, f"Printed is {printed} without a unit.")
        return printed * SLIP if printed * SLIP in allowed and printed not in allowed else printed
    if allowed and printed not in allowed:
        found.defect("amount-mismatch", concept, _difference(printed, stated if stated is not None else max(allowed)))
    return printed


def _difference(printed: Decimal, stated: Decimal) -> str:
    factor = ""
    if stated == printed * SLIP:
        factor = ", 10000 times as much: a slip of units"
    elif printed == stated * SLIP:
        factor = ", 1/10000 of it: a slip of units"
    return f"The field says {printed:f} 元, the text {stated:f} 元{factor}."


def _field(found: Gathered, concept: str) -> tuple[Decimal | None, bool]:
    """Return the first sum printed in the fields of a concept, and whether its unit is stated."""
    sums: list[tuple[Decimal, bool]] = []
    for given in found.given(concept):
        reading = read_amount(given.text, given.label.unit)
        if reading.yuan is not None:
            sums.append((reading.yuan, reading.problem != UNSTATED))
            continue
        worded = text_amounts(given.text)
        inside = worded.confiscated if concept == "confiscated" else worded.fine if concept == "fine" else None
        if inside is not None:
            sums.append((inside, True))
        else:
            found.defect(reading.problem or UNREADABLE, concept, f"Printed is {shown(given.text)}.")
    if len({yuan for yuan, _ in sums}) > 1:
        found.defect("values-disagree", concept, f"Printed are {' and '.join(f'{yuan:f}' for yuan, _ in sums[:4])} 元.")
    return sums[0] if sums else (None, True)

"""Bring a decoded text into its normal form: letters, damage, forms, script, in that order, every line break kept.

Damage comes before radicals and private use, which bytes read one off may look like, and before script, which tells it from glosses.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from normalizers.records import Repair
from normalizers.text import script as scripts
from normalizers.text import width
from normalizers.text.repair import repair

MOST_ROUNDS = 4
"""Putting one thing right may bring another to light; no text tried took more than three rounds."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """``text`` in its normal form with the line breaks of the input; ``script`` is what was found: simplified, traditional or mixed."""

    text: str
    repairs: tuple[Repair, ...] = ()
    warnings: tuple[str, ...] = ()
    script: str = scripts.SIMPLIFIED


def clean(text: str, *, script: str = scripts.SIMPLIFIED) -> Cleaned:
    """Return the text repaired and in one width and script.

    ``script`` is ``simplified``, ``traditional`` or ``keep``. Cleaning what is clean changes nothing, and neither does cleaning twice.
    Raises ``ValueError`` for any other script.
    """
    if script not in (scripts.SIMPLIFIED, scripts.TRADITIONAL, scripts.KEEP):
        raise ValueError(f"There is no script {script!r}; use simplified, traditional or keep.")
    first = result = _round(text, script)
    repairs = [*first.repairs]
    for _ in range(MOST_ROUNDS - 1):
        before, result = result.text, _round(result.text, script)
        if result.text == before:
            break
        repairs.extend(repair for repair in result.repairs if repair.count)
    return Cleaned(result.text, _summed(repairs), first.warnings, first.script)


def _round(text: str, script: str) -> Cleaned:
    repairs: list[Repair] = []
    warnings: list[str] = []
    if odd := width.needs_width(text):
        step = width.letters(text)
        text = step.text
        repairs += step.repairs
    repaired = repair(text)
    text = repaired.text
    repairs += repaired.repairs
    warnings += repaired.warnings
    if odd or width.needs_width(text):
        step = width.forms(text)
        text = step.text
        repairs += step.repairs
        warnings += step.warnings
    if script == scripts.KEEP:
        return Cleaned(text, tuple(repairs), tuple(warnings), scripts.detect(text))
    converted = scripts.to_simplified(text) if script == scripts.SIMPLIFIED else scripts.to_traditional(text)
    if converted.count:
        repairs.append(Repair("script", converted.count))
    return Cleaned(converted.text, tuple(repairs), tuple(warnings), converted.script)


def _summed(repairs: Iterable[Repair]) -> tuple[Repair, ...]:
    """Return one repair a kind, in order of first appearance."""
    total: dict[str, Repair] = {}
    for one in repairs:
        before = total.get(one.kind, Repair(one.kind, 0))
        total[one.kind] = Repair(one.kind, before.count + one.count, before.guessed + one.guessed, before.left + one.left)
    return tuple(total.values())

"""What a reader should know of a comparison as a whole: where a limit kept it from detail, and that two papers hardly belong together."""

from __future__ import annotations

import re
from functools import lru_cache

from harvester.messages import _
from normalizers.compare.limits import TOO_DETAILED, TOO_LONG, TOO_MANY
from normalizers.differences import Comparison

LITTLE = 0.15
"""Share of the text that stands in both papers below which comparing them word by word tells a reader little."""
ENOUGH = 500
"""Characters of both texts from which on that share says anything."""

_FIELD = re.compile(r"\\\{(\w+)\\\}")


def remarks(comparison: Comparison, lang: str) -> list[str]:
    """Return sentences on a comparison as a whole in ``lang``."""
    found = [_translated(note, lang) for note in comparison.notes]
    if have_little_in_common(comparison):
        found.append(
            _("The two have hardly any text in common: `harvester align` puts the tasks of different papers beside one another.", lang)
        )
    return found


def have_little_in_common(comparison: Comparison) -> bool:
    """Tell whether hardly any of the text of two papers stands in both."""
    whole = sum(len(unit.text) for pair in comparison.units for unit in (pair.old, pair.new) if unit)
    kept = sum(len(unit.text) for pair in comparison.units if pair.old and pair.new for unit in (pair.old, pair.new))
    changed = sum(len(change.old) + len(change.new) for pair in comparison.units if pair.old and pair.new for change in pair.changes)
    return whole >= ENOUGH and kept - changed < LITTLE * whole


@lru_cache(maxsize=2)
def _templates(lang: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return the forms of the notes that a comparison makes, in English as they are made, with their words in ``lang``."""
    return tuple((_pattern(template), _(template, lang)) for template in (TOO_LONG, TOO_MANY, TOO_DETAILED))


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(_FIELD.sub(r"(?P<\1>\\d{1,12})", re.escape(template)))


def _translated(note: str, lang: str) -> str:
    found = ((pattern.fullmatch(note), words) for pattern, words in _templates(lang))
    return next((words.format(**match.groupdict()) for match, words in found if match), note)

"""Compare two derived documents."""

from __future__ import annotations

from collections import defaultdict

from normalizers.compare.streams import stream, with_aliases
from normalizers.compare.tasks import compare_tasks
from normalizers.compare.words import text_changes
from normalizers.differences import ROLES, Comparison
from normalizers.records import Agency, Derived
from normalizers.text.fold import fold

MIN_NAME = 3
"""Folded characters of a body's name that is told apart from the words around it."""


def compare(old: Derived, new: Derived) -> Comparison:
    """Return what changed from ``old`` to ``new``.

    Script, damage, layout, page breaks, item numbers, width, punctuation and another short name of the same body are no change.
    """
    aliases = _aliases(old, new)
    old_text, new_text = (with_aliases(stream(derived.document), aliases) for derived in (old, new))
    changes, pairs = compare_tasks(old, new)
    return Comparison(text_changes(old_text, new_text), changes, task_pairs=pairs)


def _aliases(old: Derived, new: Derived) -> dict[str, int]:
    """Return the folded names of bodies that the two documents name in more than one way, with a number for each body."""
    names: dict[str, set[str]] = defaultdict(set)
    for derived in (old, new):
        for agency in _agencies(derived):
            folded = fold(agency.mention)
            if agency.id and agency.resolved and len(folded) >= MIN_NAME:
                names[agency.id].add(folded)
    several = sorted(agency for agency, forms in names.items() if len(forms) > 1)
    return {name: number for number, agency in enumerate(several) for name in sorted(names[agency])}


def _agencies(derived: Derived) -> list[Agency]:
    roles = (*ROLES, "implied")
    return [*derived.metadata.issuers, *(agency for task in derived.tasks for role in roles for agency in getattr(task, role))]

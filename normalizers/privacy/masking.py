"""Mask a text: find what is personal in every view of it, cut it out, and say how much it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from normalizers.privacy.columns import columns
from normalizers.privacy.labelled import labelled
from normalizers.privacy.numbers import numbers
from normalizers.privacy.parties import parties
from normalizers.privacy.pretest import worth_looking
from normalizers.privacy.records import Finding, Masked, Mode
from normalizers.privacy.tables import token
from normalizers.privacy.view import View, views

MOST_ROUNDS = 4
"""A mask may bring two parts of a hostile text together; what they make is looked at again, so often at most."""

Edit = tuple[int, int, str]
"""A part of the original and what takes its place."""

Replacement = Callable[[Finding, str, int, int], str]
"""Gives what takes the place of a finding in a text, from and to where."""


def mask(text: str, mode: Mode = Mode.RECORD) -> Masked:
    """Return the text with 〔…已隐去〕 in place of personal data, and the counts by kind; the same text where there is none.

    Masking a masked text changes nothing. Never raises. Time and memory grow with the length of the text.
    """
    return apply(text, lambda current: edits(current, mode))


def apply(text: str, look: Callable[[str], tuple[list[Edit], Counter[str]]]) -> Masked:
    """Return the text after the edits that ``look`` finds, until it finds no more."""
    found: Counter[str] = Counter()
    for _ in range(MOST_ROUNDS):
        changes, counts = look(text)
        if not changes:
            break
        text = edited(text, changes)
        found += counts
    return Masked(text, tuple(sorted(found.items())))


def edits(text: str, mode: Mode, replacement: Replacement | None = None) -> tuple[list[Edit], Counter[str]]:
    """Return what is to be cut out of a text and put in, in order and apart from each other, and the counts by kind."""
    if not worth_looking(text, mode):
        return [], Counter()
    changes: list[Edit] = []
    counts: Counter[str] = Counter()
    places: set[int] = set()
    for view in views(text):
        for finding in merged(findings(view.text, mode)):
            cuts = _cut(view, finding, replacement)
            counts[finding.kind] += bool(cuts) and cuts[0][0] not in places  # two views may show the same
            places.update(start for start, _, _ in cuts)
            changes.extend(cuts)
    return apart(changes), +counts


def findings(text: str, mode: Mode) -> list[Finding]:
    """Return every place of a view's text that holds personal data; they may overlap."""
    found = [*numbers(text, mode), *labelled(text, mode), *columns(text, mode)]
    return [*found, *parties(text, mode, found)]


def merged(found: Iterable[Finding]) -> list[Finding]:
    """Return the findings apart from each other; of two at one place the first rank names the kind and both are covered."""
    kept: list[Finding] = []
    for one in sorted(found, key=lambda one: (one.start, one.rank, -one.end)):
        if kept and one.start < kept[-1].end:
            last = kept[-1]
            named = min(last, one, key=lambda each: each.rank)
            kept[-1] = Finding(last.start, max(last.end, one.end), named.rank, named.kind, named.word)
        elif one.end > one.start:
            kept.append(one)
    return kept


def _cut(view: View, finding: Finding, replacement: Replacement | None) -> list[Edit]:
    pieces = view.pieces(finding.start, finding.end)
    if not pieces:
        return []
    (start, end), *rest = pieces
    whole = replacement(finding, view.original, start, end) if replacement else written(finding)
    return [(start, end, whole), *((first, last, "") for first, last in rest)]


def written(finding: Finding) -> str:
    """Return what takes the place of a finding."""
    return finding.word if finding.kind == "name" else token(finding.kind, finding.word)


def apart(changes: list[Edit]) -> list[Edit]:
    """Return the edits in order; what two views found at one place is cut once."""
    kept: list[Edit] = []
    for start, end, text in sorted(changes, key=lambda edit: (edit[0], -edit[1])):
        if kept and start < kept[-1][1]:
            first, last, before = kept[-1]
            kept[-1] = (first, max(last, end), before or text)
        else:
            kept.append((start, end, text))
    return kept


def edited(text: str, changes: Iterable[Edit]) -> str:
    """Return the text after the edits."""
    parts: list[str] = []
    position = 0
    for start, end, written_there in changes:
        parts += (text[position:start], written_there)
        position = end
    return "".join((*parts, text[position:]))

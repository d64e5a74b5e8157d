"""Compare two derived documents."""

from __future__ import annotations

import hashlib

from normalizers.compare.align import Alignment, Move, align
from normalizers.compare.anchors import Hunk
from normalizers.compare.changes import tell
from normalizers.compare.fields import field_changes
from normalizers.compare.limits import Budget
from normalizers.compare.names import Names
from normalizers.compare.streams import Stream, stream, with_aliases
from normalizers.compare.tasks import compare_tasks
from normalizers.compare.words import Editor
from normalizers.differences import Comparison
from normalizers.records import Derived


def compare(old: Derived, new: Derived) -> Comparison:
    """Return what changed from ``old`` to ``new``.

    What is no change is defined in ``normalizers.compare.sameness``: script, damage, layout, page breaks, item numbers, width,
    punctuation, what a page says around a document, and another short name of the same body.
    """
    budget = Budget()
    names = Names((old, new))
    streams = stream(old.document), stream(new.document)
    aliases = names.aliases([one.text for one in streams])
    before, after = (with_aliases(one, aliases) for one in streams)
    found = differences(before, after, names, budget)
    if old.content_hash == new.content_hash:
        found = Alignment(found.hunks, (), frozenset(found.hunks))
    told = tell(before, after, found)
    changes, pairs = compare_tasks(old, new)
    return Comparison(told.text, changes, field_changes(old.metadata, new.metadata), told.units, pairs, tuple(budget.notes))


def compared_hash(derived: Derived) -> str:
    """Return the SHA-256, in hex, of what of a document is compared, bodies by their identifiers.

    Documents of one hash have no change of wording between them. Where only the lines of one of them show that a number is that of an
    item, two documents have none either, and two hashes: the comparison has the last word.
    """
    return hashlib.sha256(Names((derived,)).canonical(stream(derived.document).text).encode()).hexdigest()


def differences(old: Stream, new: Stream, names: Names, budget: Budget) -> Alignment:
    """Return where two streams differ, in words. The sides are always taken in one order, so that both directions say the same."""
    if old.text == new.text:
        return Alignment(())
    if new.text < old.text:
        return differences(new, old, names.mirrored(), budget).mirrored()
    found = align(old, new, names, budget)
    editor = Editor(old, new, names, budget)
    moves = tuple(Move(move.place, editor.in_words(move.hunks, move.place)[0]) for move in found.moves)
    whole = Hunk(0, len(old.text), 0, len(new.text))
    hunks, silent = editor.in_words(found.hunks, whole, found.moved())
    return Alignment(hunks, moves, silent)

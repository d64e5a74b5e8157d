"""Two texts letter for letter: what counts as no change (a number, a comma) as pieces, too, so that rejecting them gives it back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from rapidfuzz.distance import Indel

from harvester.comparing import Compared
from harvester.reports.pieces import Cells, Mark, Piece, Pieces, deleted, inserted, paired_cells, stretches, visible
from normalizers.differences import Fate, UnitPair
from normalizers.records import Span
from normalizers.text.fold import fold

WHOLESALE = 0.2
"""Share of the characters of what did not change that are printed otherwise, from which on they differ in width or punctuation as a whole:
then they are not marked one by one, and what did not change is printed as the new document has it."""
_TOKEN = re.compile(r"\d+|[A-Za-z]+|[\u3400-\u9fff]+|\s+|.", re.DOTALL)
LONGEST = 20_000
"""Characters of a stretch that is looked at letter by letter."""


def exact_cells(pair: UnitPair, old: str, new: str, *, letters: bool) -> Cells:
    """Return a pair of units as one text of pieces: those not deleted are the new one, those not inserted the old one.

    ``letters`` marks differences that count as no change, too; blanks and line breaks are never marked.
    """
    if pair.old is None or pair.new is None:
        return inserted(pair, new) if pair.old is None else deleted(pair, old)
    return tuple(_merged(_cell(old, new, one, other, pair, letters=letters)) for one, other in paired_cells(pair.old, pair.new))


def by_letters(compared: Compared) -> bool:
    """Tell whether the two documents print what did not change alike enough to mark each letter that differs."""
    old, new = compared.old.text, compared.new.text
    length = distance = 0
    for pair in compared.comparison.units:
        if pair.old and pair.new and pair.fate is Fate.SAME:
            ours, theirs = (visible(text[unit.span.start : unit.span.end]) for text, unit in ((old, pair.old), (new, pair.new)))
            length += len(ours) + len(theirs)
            distance += Indel.distance(ours[:LONGEST], theirs[:LONGEST])
    return distance <= WHOLESALE * length


def _cell(old: str, new: str, one: Span | None, other: Span | None, pair: UnitPair, *, letters: bool) -> Iterator[Piece]:
    if one is None or other is None:
        text, span, mark = (new, other, Mark.INSERTED) if one is None else (old, one, Mark.DELETED)
        yield Piece(visible(text[span.start : span.end]) if span else "", mark)
        return
    for gone, come, changed in stretches(one, other, pair.changes):
        yield from _stretch(visible(old[gone.start : gone.end]), visible(new[come.start : come.end]), changed=changed, letters=letters)


def _stretch(old: str, new: str, *, changed: bool, letters: bool) -> Iterator[Piece]:
    if changed or len(old) + len(new) > LONGEST:
        yield Piece(old, Mark.DELETED if old != new else Mark.SAME)
        yield Piece(new if old != new else "", Mark.INSERTED)
    elif "".join(old.split()) == "".join(new.split()) or (not letters and fold(old) == fold(new)):
        yield Piece(new)
    else:
        yield from _by_tokens(_TOKEN.findall(old), _TOKEN.findall(new))


def _by_tokens(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    """Yield what differs between two stretches that say the same: whole numbers, words and marks, and never blanks alone."""
    for each in Indel.opcodes(old, new):
        gone, come = "".join(old[each.src_start : each.src_end]), "".join(new[each.dest_start : each.dest_end])
        if each.tag == "equal" or not (gone.strip() or come.strip()):
            yield Piece(come)
        else:
            yield Piece(gone if gone.strip() else "", Mark.DELETED)
            yield Piece(come, Mark.INSERTED if come.strip() else Mark.SAME)


def _merged(pieces: Iterable[Piece]) -> Pieces:
    """Return pieces without empty ones, neighbours of one mark joined, a deletion before the insertion it stands beside."""
    found: list[Piece] = []
    for piece in pieces:
        if not piece.text:
            continue
        if found and found[-1].mark is piece.mark:
            found[-1] = Piece(found[-1].text + piece.text, piece.mark)
        elif len(found) > 1 and piece.mark is Mark.DELETED and found[-1].mark is Mark.INSERTED and found[-2].mark is Mark.DELETED:
            found[-2] = Piece(found[-2].text + piece.text, Mark.DELETED)
        else:
            found.append(piece)
    return tuple(found)

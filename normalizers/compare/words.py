"""Widen changed characters to what a reader sees as one thing: a body's name, a date, a number, a word, a short phrase."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from functools import cache

from normalizers.compare.anchors import Hunk
from normalizers.compare.laying import is_label_of_layout
from normalizers.compare.limits import DAMAGED, TOO_DETAILED, Budget
from normalizers.compare.names import Names
from normalizers.compare.sameness import is_number
from normalizers.compare.streams import Stream
from normalizers.text.likelihood import Likelihood

PHRASE = 8
"""A phrase between punctuation of at most so many characters is shown whole when more than half of it is replaced."""
SHORT = 4
"""A phrase of at most so many is shown whole when any part of it is."""
AROUND = 24
"""Characters to each side of a change in which names and dates are looked for."""
NEAR = 8
"""Characters to each side of a change that are cut into words."""
LONGEST_DAMAGE = 8
LONGEST_FIGURE = 24
SLIDES = 60
"""Characters by which an insertion or deletion is moved to a better edge."""
DETAILED = 3_000
"""Changes that are widened to words; of more, nobody reads each."""

_NUMERAL = "[0-9〇零一二三四五六七八九十两]"
_FIXED = re.compile(
    rf"(?:(?:{_NUMERAL}{{4}}|(?<![0-9])[0-9]{{2}})年度?)?(?:{_NUMERAL}{{1,3}}月)(?:{_NUMERAL}{{1,3}}日)?(?:上旬|中旬|下旬|份|底|末|初)?"
    rf"|(?:{_NUMERAL}{{4}})年度?(?:底|末|初|上半年|下半年)?|第?[一二三四1-4]季度|[上下]半年"
    r"|[0-9]+(?:\.[0-9]+)?[%‰]?|[a-z][a-z0-9]*|[^\w.%‰≤≥±]"
)


class Editor:
    """Places the edges of the changes between two streams, and tells which are none."""

    def __init__(self, old: Stream, new: Stream, names: Names, budget: Budget) -> None:
        self.old, self.new, self.names, self._budget = old, new, names, budget

    def in_words(self, hunks: Sequence[Hunk], whole: Hunk, fixed: Set[Hunk] = frozenset()) -> tuple[tuple[Hunk, ...], frozenset[Hunk]]:
        """Return the hunks of a passage on the edges of words, those that grow together joined, and which of them are no change.

        ``fixed`` hunks are whole passages and stay as they are.
        """
        if len(hunks) > DETAILED:
            self._budget.note(TOO_DETAILED, limit=DETAILED)
        damaged = {hunk for hunk in hunks if hunk not in fixed and self._is_damage(hunk)}
        if damaged:
            self._budget.note(DAMAGED, count=len(damaged))
        silent = {hunk for hunk in hunks if hunk not in fixed and self._is_numbering(hunk)} | damaged
        closed = {*fixed, *silent}
        ends = [*hunks[1:], Hunk(whole.old_end, whole.old_end, whole.new_end, whole.new_end)]
        out = [Hunk(whole.old_start, whole.old_start, whole.new_start, whole.new_start)]
        for at, (hunk, following) in enumerate(zip(hunks, ends, strict=False)):
            wide = self.on_words(hunk, out[-1], following) if hunk not in closed and at < DETAILED else hunk
            if len(out) > 1 and wide not in closed and out[-1] not in closed and self._grew_together(out[-1], wide):
                last = out.pop()
                wide = Hunk(last.old_start, max(last.old_end, wide.old_end), last.new_start, max(last.new_end, wide.new_end))
            out.append(wide)
        return tuple(out[1:]), frozenset(
            silent | {hunk for hunk in out[1:] if hunk not in fixed and (self._is_renaming(hunk) or self._is_label(hunk))}
        )

    def _grew_together(self, before: Hunk, after: Hunk) -> bool:
        """Tell whether two hunks meet, and not at the edge of a phrase on both sides."""
        if after.old_start > before.old_end or after.new_start > before.new_end:
            return False
        return not (
            (after.old_start, after.new_start) == (before.old_end, before.new_end)
            and self.old.marked_before(after.old_start)
            and self.new.marked_before(after.new_start)
        )

    def on_words(self, hunk: Hunk, before: Hunk, following: Hunk) -> Hunk:
        """Return a hunk on the edges of words, between the ones before and behind it."""
        room = (
            min(hunk.old_start - before.old_end, hunk.new_start - before.new_end),
            min(following.old_start - hunk.old_end, following.new_start - hunk.new_end),
        )
        if not hunk.old_size or not hunk.new_size:
            hunk, room = self._slid(hunk, room)
            if self._is_listed(hunk):
                return hunk
            return self._on_edges(hunk, room)
        wide = self._on_edges(hunk, room)
        phrase = None if self._is_figure(wide) else self._short_phrase(hunk, room)
        return phrase if phrase and _size(phrase) <= max(SHORT, 2 * _size(wide) - 1) else wide

    def _is_renaming(self, hunk: Hunk) -> bool:
        """Tell whether a hunk only gives a body another of its names."""
        ours, theirs = self.old.text[hunk.old_start : hunk.old_end], self.new.text[hunk.new_start : hunk.new_end]
        return bool(ours and theirs) and self.names.same_body(ours, theirs)

    def _is_label(self, hunk: Hunk) -> bool:
        """Tell whether a hunk is a label that a table has in its head and lines have before each value (责任单位：)."""
        if hunk.old_size and hunk.new_size:
            return False
        if hunk.old_size:
            return is_label_of_layout(self.old, hunk.old_start, hunk.old_end, self.new, hunk.new_start)
        return is_label_of_layout(self.new, hunk.new_start, hunk.new_end, self.old, hunk.old_start)

    def _is_damage(self, hunk: Hunk) -> bool:
        """Tell whether a short hunk is what lost bytes left of a text in one of the documents."""
        return _size(hunk) <= LONGEST_DAMAGE and (
            self.old.is_damaged(hunk.old_start, hunk.old_end) or self.new.is_damaged(hunk.new_start, hunk.new_end)
        )

    def _is_numbering(self, hunk: Hunk) -> bool:
        """Tell whether a hunk is the number of an item that only the other document's lines show to be one."""
        if hunk.old_size and hunk.new_size:
            return False
        holder, start, end, other, place = (
            (self.old, hunk.old_start, hunk.old_end, self.new, hunk.new_start)
            if hunk.old_size
            else (self.new, hunk.new_start, hunk.new_end, self.old, hunk.old_start)
        )
        return is_number(holder.text[start:end]) and other.is_numbered(place)

    def _slid(self, hunk: Hunk, room: tuple[int, int]) -> tuple[Hunk, tuple[int, int]]:
        """Move an insertion or deletion to the place, among those that give the same text, where it begins and ends with a phrase."""
        source, start, end = (self.old, hunk.old_start, hunk.old_end) if hunk.old_size else (self.new, hunk.new_start, hunk.new_end)
        text = source.text
        back = ahead = 0
        while back < min(room[0], SLIDES) and text[start - back - 1] == text[end - back - 1]:
            back += 1
        while ahead < min(room[1], SLIDES) and text[start + ahead] == text[end + ahead]:
            ahead += 1
        if not back and not ahead:
            return hunk, room
        first, last = _Edges(source, self.names, start - back, start + ahead), _Edges(source, self.names, end - back, end + ahead)

        def score(shift: int) -> tuple[int, int, int, int]:
            edges = start + shift, end + shift
            heads = sum(source.begins_unit(edge) for edge in edges)
            marks = sum(source.marked_before(edge) for edge in edges)
            return heads, marks, first.at(edges[0]) + last.at(edges[1]), -abs(shift) * 2 + (shift < 0)

        best = max(range(-back, ahead + 1), key=score)
        moved = Hunk(hunk.old_start + best, hunk.old_end + best, hunk.new_start + best, hunk.new_end + best)
        return moved, (room[0] + best, room[1] - best)

    def _is_listed(self, hunk: Hunk) -> bool:
        """Tell whether an insertion or deletion is a member of a list that came or went with its mark (江苏省、浙江省信用办)."""
        source, start, end = (self.old, hunk.old_start, hunk.old_end) if hunk.old_size else (self.new, hunk.new_start, hunk.new_end)
        other, place = (self.new, hunk.new_start) if hunk.old_size else (self.old, hunk.old_start)
        if other.marked_before(place) or source.marked_before(start) == source.marked_before(end):
            return False
        inner = end if source.marked_before(start) else start
        return inner in _word_edges(source.text, *_around(source, inner))

    def _is_figure(self, hunk: Hunk) -> bool:
        """Tell whether a date or number replaces another."""
        texts = self.old.text[hunk.old_start : hunk.old_end], self.new.text[hunk.new_start : hunk.new_end]
        return all(len(text) <= LONGEST_FIGURE and _FIXED.fullmatch(text) for text in texts)

    def _short_phrase(self, hunk: Hunk, room: tuple[int, int]) -> Hunk | None:
        """Return the short phrase between marks that holds a replacement on both sides, ``None`` where there is none."""
        old, new = self.old, self.new
        left = right = 0
        while not (old.marked_before(hunk.old_start - left) and new.marked_before(hunk.new_start - left)):
            left += 1
            if left > min(room[0], PHRASE):
                return None
        while not (old.marked_before(hunk.old_end + right) and new.marked_before(hunk.new_end + right)):
            right += 1
            if right > min(room[1], PHRASE):
                return None
        wide = Hunk(hunk.old_start - left, hunk.old_end + right, hunk.new_start - left, hunk.new_end + right)
        return wide if max(wide.old_size, wide.new_size) <= PHRASE else None

    def _on_edges(self, hunk: Hunk, room: tuple[int, int]) -> Hunk:
        """Widen a hunk until it begins and ends with a word on both sides."""
        ours = _ends(self.old, self.names, hunk.old_start, hunk.old_end)
        theirs = _ends(self.new, self.names, hunk.new_start, hunk.new_end)
        left = _steps(ours[0], theirs[0], hunk.old_start, hunk.new_start, range(0, -min(room[0], AROUND) - 1, -1))
        right = _steps(ours[1], theirs[1], hunk.old_end, hunk.new_end, range(min(room[1], AROUND) + 1))
        return Hunk(hunk.old_start + left, hunk.old_end + right, hunk.new_start + left, hunk.new_end + right)


def _size(hunk: Hunk) -> int:
    return max(hunk.old_size, hunk.new_size)


def _steps(ours: _Edges, theirs: _Edges, old_place: int, new_place: int, steps: range) -> int:
    """Return by how much an edge moves to stand between words on both sides.

    Where there is no such place it goes on to the next change, if that is close by, or stays.
    """
    if ours.sure(old_place) and theirs.sure(new_place):
        return 0
    found = next((step for step in steps if ours.at(old_place + step) and theirs.at(new_place + step)), None)
    if found is not None:
        return found
    return steps[-1] if len(steps) <= NEAR else 0


def _ends(source: Stream, names: Names, start: int, end: int) -> tuple[_Edges, _Edges]:
    """Return the edges of words around the beginning and around the end of a stretch, at once where it is short."""
    if end - start <= 2 * NEAR:
        edges = _Edges(source, names, start, end)
        return edges, edges
    return _Edges(source, names, start), _Edges(source, names, end)


class _Edges:
    """Where words begin and end around a place of a stream; the words are only looked up when what is sure does not do."""

    def __init__(self, source: Stream, names: Names, first: int, last: int | None = None) -> None:
        self._source = source
        last = first if last is None else last
        start, end = _phrase(source, first, last)
        self._cuts = {start, end}
        self._inner: set[int] = set()
        for a, b in _things(source.text[start:end], names):
            self._cuts.update((start + a, start + b))
            self._inner.update(range(start + a + 1, start + b))
        self._near = max(start, first - NEAR), min(end, last + NEAR)
        self._words: set[int] | None = None

    def sure(self, place: int) -> bool:
        """Tell whether a mark, a name, a date or a number begins or ends at a place."""
        return place in self._cuts or self._source.marked_before(place)

    def at(self, place: int) -> bool:
        """Tell whether a word begins or ends at a place."""
        if self.sure(place):
            return place not in self._inner
        if self._words is None:
            self._words = _word_edges(self._source.text, *self._near)
        return place in self._words and place not in self._inner


def _around(source: Stream, place: int) -> tuple[int, int]:
    """Return the stretch of a phrase around a place that is cut into words."""
    first, last = _phrase(source, place, place)
    return max(first, place - NEAR), min(last, place + NEAR)


def _phrase(source: Stream, start: int, end: int) -> tuple[int, int]:
    """Return the phrase between marks that holds a stretch, as far as it is near."""
    first, last = start, end
    while first > max(0, start - AROUND) and not source.marked_before(first):
        first -= 1
    while last < min(len(source.text), end + AROUND) and not source.marked_before(last):
        last += 1
    return first, last


def _things(text: str, names: Names) -> Iterator[tuple[int, int]]:
    """Yield where names, dates, numbers and Latin words stand."""
    taken = list(names.spans(text))
    yield from taken
    for found in _FIXED.finditer(text):
        if not any(a < found.end() and found.start() < b for a, b in taken):
            yield found.span()


def _word_edges(text: str, start: int, end: int) -> set[int]:
    """Return the edges of Chinese words in a stretch; its own two are none, for they may lie within a word."""
    edges: set[int] = set()
    place = start
    for word in _vocabulary().words_in(text[start:end]):
        place += len(word)
        edges.add(place)
    return edges - {end}


@cache
def _vocabulary() -> Likelihood:
    return Likelihood()

"""What changed in words: the changed characters of two streams, widened to what a reader would call a word."""

from __future__ import annotations

from collections.abc import Iterator

from normalizers.compare.align import Hunk, align
from normalizers.compare.streams import Stream
from normalizers.differences import TextChange

PHRASE = 8
"""A phrase between punctuation of at most so many characters is shown whole when part of it is replaced."""


def text_changes(old: Stream, new: Stream) -> tuple[TextChange, ...]:
    """Return the changes of wording between two streams in reading order."""
    return tuple(_change(old, new, hunk) for hunk in _widened(old, new, align(old, new)))


def _widened(old: Stream, new: Stream, hunks: list[Hunk]) -> Iterator[Hunk]:
    """Return the hunks on the edges of words, those that grow together joined."""
    waiting: Hunk | None = None
    for hunk in hunks:
        wide = _on_words(old, new, hunk)
        if waiting and wide.old_start <= waiting.old_end and wide.new_start <= waiting.new_end:
            waiting = Hunk(waiting.old_start, max(waiting.old_end, wide.old_end), waiting.new_start, max(waiting.new_end, wide.new_end))
            continue
        if waiting:
            yield waiting
        waiting = wide
    if waiting:
        yield waiting


def _on_words(old: Stream, new: Stream, hunk: Hunk) -> Hunk:
    if hunk.old_start == hunk.old_end:
        start, end = _slide(new, hunk.new_start, hunk.new_end)
        shift = start - hunk.new_start
        return _whole_numbers(old, new, Hunk(hunk.old_start + shift, hunk.old_start + shift, start, end))
    if hunk.new_start == hunk.new_end:
        start, end = _slide(old, hunk.old_start, hunk.old_end)
        shift = start - hunk.old_start
        return _whole_numbers(old, new, Hunk(start, end, hunk.new_start + shift, hunk.new_start + shift))
    return _whole_numbers(old, new, _whole_phrase(old, new, hunk))


def _slide(source: Stream, start: int, end: int) -> tuple[int, int]:
    """Move an inserted or deleted stretch to the place, among those that give the same text, where it begins and ends with a phrase."""
    text = source.text
    first = last = start
    width = end - start
    while first > 0 and text[first - 1] == text[first - 1 + width]:
        first -= 1
    while last + width < len(text) and text[last] == text[last + width]:
        last += 1

    def score(place: int) -> tuple[int, int, int]:
        edges = source.breaks_before(place) + source.breaks_before(place + width)
        return edges, int(source.breaks_before(place + width)), -abs(place - start)

    best = max(range(first, last + 1), key=score)
    return best, best + width


def _whole_phrase(old: Stream, new: Stream, hunk: Hunk) -> Hunk:
    """Widen a replacement to the short phrases that hold it, where both sides keep the same characters around it."""
    left = right = 0
    while not old.breaks_before(hunk.old_start - left) and not new.breaks_before(hunk.new_start - left) and left <= PHRASE:
        left += 1
    while not old.breaks_before(hunk.old_end + right) and not new.breaks_before(hunk.new_end + right) and right <= PHRASE:
        right += 1
    wide = Hunk(hunk.old_start - left, hunk.old_end + right, hunk.new_start - left, hunk.new_end + right)
    fits = wide.old_end - wide.old_start <= PHRASE and wide.new_end - wide.new_start <= PHRASE
    same = old.text[wide.old_start : hunk.old_start] == new.text[wide.new_start : hunk.new_start]
    same = same and old.text[hunk.old_end : wide.old_end] == new.text[hunk.new_end : wide.new_end]
    return wide if fits and same else hunk


def _whole_numbers(old: Stream, new: Stream, hunk: Hunk) -> Hunk:
    """Widen a change inside a number or Latin word to the whole of it."""
    a, b, c, d = hunk.old_start, hunk.old_end, hunk.new_start, hunk.new_end
    while _inside(old, a) or _inside(new, c):
        if not (a > 0 and c > 0 and old.text[a - 1] == new.text[c - 1]):
            break
        a, c = a - 1, c - 1
    while _inside(old, b) or _inside(new, d):
        if not (b < len(old.text) and d < len(new.text) and old.text[b] == new.text[d]):
            break
        b, d = b + 1, d + 1
    return Hunk(a, b, c, d)


def _inside(source: Stream, position: int) -> bool:
    """Tell whether a number or Latin word goes on over a position."""
    if source.breaks_before(position):
        return False
    before, after = source.text[position - 1], source.text[position]
    return before.isascii() and after.isascii()


def _change(old: Stream, new: Stream, hunk: Hunk) -> TextChange:
    gone, come = old.printed(hunk.old_start, hunk.old_end), new.printed(hunk.new_start, hunk.new_end)
    spans = old.span(hunk.old_start, hunk.old_end), new.span(hunk.new_start, hunk.new_end)
    if not come:
        return TextChange("delete", gone, "", old.where(hunk.old_start), *spans)
    return TextChange("replace" if gone else "insert", gone, come, new.where(hunk.new_start), *spans)

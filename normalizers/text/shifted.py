"""Read a clause back whose bytes were broken by a reading or a cut: search over what the lost bytes may have been.

The clause is taken for the bytes it came from. A bracket with a reading says which character the two bytes before it are;
a lost mark is one unknown byte; everything else is known. Read in pairs from a sound start, few ways remain, and those are ranked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from normalizers.text.damage import READING, decode_pair, has_tone, plain_reading, readings_of
from normalizers.text.likelihood import Likelihood, Prefix

WIDTH = 48
"""How many ways to read a clause are kept at each step, besides those that wait for the next step to be told apart."""

BRANCHES = 6
"""How many of the best ways are tried with a lost byte in every value."""

DEPTH = 20.0
"""How far, in log-likelihood, a way may fall behind the best and still be kept."""

WORK, WORK_PER_CHARACTER = 150_000, 4
"""How many steps the search of one document may take, and how many more for each of its characters: one to two seconds."""

LONGEST = 600
"""Clauses of more steps are not searched: no sentence is so long, hostile input is."""

PAIRS_FROM = 12
"""How many of the best ways are tried with a whole pair of bytes lost, the end of one character and the beginning of the next."""

_OPENS = frozenset("“‘（《〈【〔([")
_OPEN_END = -8.0
"""What it costs a way to end with an opening sign."""

_LISTED = 4.0
"""What a reading is worth that the document gives to the same character elsewhere."""

_BLANKS = "[ \u00a0\u3000]{0,3}"
_TOKEN = re.compile(
    rf"(?P<lost>[?\ufffd])(?:{_BLANKS}(?P<tail>{READING}){_BLANKS}\)|\({_BLANKS}(?P<whole>{READING}){_BLANKS}\))?"
    rf"|[(（]{_BLANKS}(?P<reading>{READING}){_BLANKS}[)）]|(?P<char>.)",
    re.DOTALL,
)


class Token(NamedTuple):
    """One step of a damaged clause: a character as printed, a lost mark, or a bracket with a ``reading`` (after a mark: both)."""

    printed: str
    lost: bool = False
    reading: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A way to read a clause: its text, its likelihood, how many lost bytes were proved or guessed, and the readings taken out."""

    text: str
    score: float
    proved: int = 0
    guessed: int = 0
    readings: tuple[tuple[str, str], ...] = ()


class _Path(NamedTuple):
    """A half-read clause: the last two source bytes; ``waiting`` says that the last one is a lead byte without its trail.

    ``blind``: that lead byte was lost, so nothing tells the ways apart before the next byte is read.
    """

    tail: bytes = b""
    waiting: bool = False
    prefix: Prefix = Prefix()
    bonus: float = 0.0
    text: str = ""
    proved: int = 0
    guessed: int = 0
    readings: tuple[tuple[str, str], ...] = ()
    blind: bool = False


def tokens(clause: str) -> list[Token]:
    """Return the steps of a damaged clause."""
    return [_token(found) for found in _TOKEN.finditer(clause)]


def _token(found: re.Match[str]) -> Token:
    reading = found["tail"] or found["whole"] or found["reading"] or ""
    return Token(found[0], bool(found["lost"]), plain_reading(reading))


class Search:
    """Searches the clauses of one document of ``size`` characters; ``listed`` are those it annotates elsewhere, by reading."""

    def __init__(self, likelihood: Likelihood, listed: dict[str, set[str]], size: int) -> None:
        self._likelihood = likelihood
        self._listed = listed
        self._work = WORK + WORK_PER_CHARACTER * size

    def ways(self, clause: str) -> list[Found]:
        """Return the ways to read a damaged clause, the likeliest first; none when no bytes fit or the document's work is used up."""
        steps = tokens(clause)
        if len(steps) > LONGEST:
            return []
        paths = [_Path()]
        for step in steps:
            after = [new for path in paths for new in self._after(path, step)]
            if step.lost and not step.reading:
                sighted = [path for path in paths if not path.blind]
                after.extend(new for path in sighted[:BRANCHES] for new in self._lost_byte(path))
                after.extend(self._lost_pairs(sighted))
            paths = _best(after, WIDTH)
            self._work -= len(after)
            if self._work < 0:
                return []
        found = [Found(p.text, _score(p) + _end(p.text), p.proved, p.guessed, p.readings) for p in paths if not p.waiting]
        return sorted(found, key=lambda way: way.score, reverse=True)

    def _after(self, path: _Path, step: Token) -> Iterable[_Path]:
        if step.lost:
            return self._lost_with_reading(path, step.reading) if step.reading else self._lost(path, step.printed)
        if step.reading:
            return self._reading(path, step)
        return self._printed(path, step.printed)

    def _printed(self, path: _Path, char: str) -> Iterator[_Path]:
        """Yield the path with a character's bytes; ASCII and the blank may be what is left of a full-width form."""
        if not path.waiting:
            yield self._emit(path, char)
            return
        for data in _sources(char):
            longer = self._feed(path, data)
            if longer is not None:
                yield longer

    def _reading(self, path: _Path, step: Token) -> Iterator[_Path]:
        """Yield the path without a bracket that gives the reading of the two bytes before it; any other was in the text."""
        char = decode_pair(path.tail[0], path.tail[1]) if len(path.tail) == 2 else ""
        if char and self._is_read(char, step.reading):
            yield path._replace(readings=(*path.readings, (char, step.reading)), bonus=path.bonus + self._worth(char, step.reading))
        elif not path.waiting:
            for printed in step.printed:
                path = self._emit(path, printed)
            yield path

    def _lost_with_reading(self, path: _Path, reading: str) -> Iterator[_Path]:
        """Yield the path with the lost byte: with the byte before it, it is a character so read."""
        if not path.tail or path.tail[-1] <= 0x80:
            return
        fits = [(trail, char) for trail, char in _row(path.tail[-1]) if self._is_read(char, reading)]
        listed = [fit for fit in fits if fit[1] in self._listed.get(reading, ())]
        sure = len(fits) == 1 or len(listed) == 1
        for trail, char in fits:
            longer = self._feed(path, bytes((trail,)))
            if longer is not None:
                proved = sure and (len(fits) == 1 or (trail, char) in listed)
                yield longer._replace(
                    bonus=longer.bonus + self._worth(char, reading),
                    proved=longer.proved + proved,
                    guessed=longer.guessed + (not proved),
                    readings=(*longer.readings, (char, reading)),
                )

    def _lost(self, path: _Path, printed: str) -> Iterator[_Path]:
        """Yield the path with a mark that was printed as such, in half or full width."""
        if not path.waiting:
            yield self._emit(path, printed)
        elif (longer := self._feed(path, b"\xa3\xbf")) is not None:
            yield longer

    def _lost_byte(self, path: _Path) -> Iterator[_Path]:
        """Yield the path with one byte lost, where a piece ended."""
        for byte in _TRAILS if path.waiting else _LEADS:
            longer = self._feed(path, bytes((byte,)))
            if longer is not None:
                yield longer._replace(guessed=longer.guessed + 1, blind=longer.waiting)

    def _lost_pairs(self, paths: list[_Path]) -> Iterator[_Path]:
        """Yield the best paths with two bytes lost that are no character together: the end of one and the beginning of the next."""
        waiting = [path for path in paths if path.waiting][:PAIRS_FROM]
        ends = (self._feed(path, bytes((byte,))) for path in waiting for byte in _unpaired())
        for path in _best([end for end in ends if end is not None], PAIRS_FROM):
            for byte in _unpaired()[path.tail[-1]]:
                yield path._replace(tail=bytes((path.tail[-1], byte)), waiting=True, guessed=path.guessed + 2, blind=True)

    def _is_read(self, char: str, reading: str) -> bool:
        return char in self._listed.get(reading, ()) or (has_tone(reading) and reading in readings_of(char))

    def _worth(self, char: str, reading: str) -> float:
        return _LISTED if char in self._listed.get(reading, ()) else self._likelihood.score(char) / 4

    def _emit(self, path: _Path, char: str) -> _Path:
        """Return the path with a character that stands by itself."""
        return path._replace(tail=_bytes(char), prefix=self._likelihood.extend(path.prefix, char), text=path.text + char)

    def _feed(self, path: _Path, data: bytes) -> _Path | None:
        """Return the path with source bytes read on, ``None`` where they make no character."""
        for byte in data:
            if path.waiting:
                char = decode_pair(path.tail[-1], byte)
                if not char:
                    return None
                prefix = self._likelihood.extend(path.prefix, char)
                path = path._replace(tail=bytes((path.tail[-1], byte)), waiting=False, blind=False, prefix=prefix, text=path.text + char)
            elif byte > 0x80:
                path = path._replace(tail=path.tail[-1:] + bytes((byte,)), waiting=True)
            else:
                path = self._emit(path, chr(byte))
        return path


_LEADS = range(0x81, 0xFF)
_TRAILS = (*range(0x40, 0x7F), *range(0x80, 0xFF))


def _score(path: _Path) -> float:
    return path.prefix.scores[-1] + path.bonus


def _end(text: str) -> float:
    return _OPEN_END if text.rstrip()[-1:] in _OPENS else 0.0


def _best(paths: list[_Path], width: int) -> list[_Path]:
    """Return the likeliest paths; of those that read alike and go on alike, the likeliest only."""
    ranked = sorted(paths, key=_score, reverse=True)
    kept: dict[tuple[bytes, bool, str], _Path] = {}
    blind, floor = 0, _score(ranked[0]) - DEPTH if ranked else 0.0
    for path in ranked:
        if len(kept) - blind >= width or _score(path) < floor:
            break
        before = len(kept)
        kept.setdefault((path.tail, path.waiting, path.text), path)
        blind += path.blind and len(kept) > before
    return list(kept.values())


@lru_cache(maxsize=256)
def _row(lead: int) -> tuple[tuple[int, str], ...]:
    """Return the trail bytes and characters of a lead byte."""
    return tuple((trail, char) for trail in _TRAILS if (char := decode_pair(lead, trail)))


@lru_cache(maxsize=1)
def _unpaired() -> dict[int, tuple[int, ...]]:
    """Return, by trail byte, the lead bytes that make no character after it."""
    without = {byte: tuple(lead for lead in _LEADS if not decode_pair(byte, lead)) for byte in _LEADS}
    return {byte: leads for byte, leads in without.items() if leads}


@lru_cache(maxsize=65536)
def _bytes(char: str) -> bytes:
    """Return the GBK bytes that a printed character stands for: signs of ASCII were full width. Empty outside GBK."""
    if " " < char < "@":
        return bytes((0xA3, ord(char) + 0x80))
    try:
        return char.encode("gb18030")[:2] if len(char.encode("gb18030")) <= 2 else b""
    except UnicodeEncodeError:
        return b""


@lru_cache(maxsize=65536)
def _sources(char: str) -> tuple[bytes, ...]:
    """Return the byte strings that may be printed as ``char`` one byte off."""
    if char in " \u3000\u00a0":
        return (b"\xa1\xa1",)
    if not "!" <= char <= "~":
        return (_bytes(char),) if _bytes(char) else ()
    wide = bytes((0xA3, ord(char) + 0x80))
    return (char.encode(), wide) if char >= "@" else (wide,)

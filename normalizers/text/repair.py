"""Undo the damage that ``damage`` describes: take the readings out, read the shifted bytes back, prove it by running forward.

What is damaged, and which characters got readings, is learnt from the document itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice, permutations

from normalizers.records import Repair
from normalizers.text.charsets import is_everyday
from normalizers.text.damage import (
    BRACKET,
    BREAKS,
    LINE_BREAKS,
    LOST,
    VOWELS,
    Model,
    canonical,
    forward,
    has_tone,
    is_hanzi,
    plain_reading,
    readings_of,
)
from normalizers.text.likelihood import Likelihood
from normalizers.text.outcome import Outcome
from normalizers.text.script import is_traditional_character, script_counts, simplified_forms
from normalizers.text.shifted import Found, Search

FEWEST = 3
"""So many readings on everyday characters that never go without make a damaged document in any script; in a traditional one, one does."""

ALWAYS = 0.8
"""The share of its occurrences in which a character of the list has its reading: the damage misses none, editors may."""

MARGIN = 2.5
"""How much likelier (natural logarithm) a guess must be than the next that leads to the same damage."""

MOST_ORDERS = 4
"""Up to so many characters of the list in one clause, every order of replacing them is tried in the proof."""

MOST_JOINED = 3
"""So many clauses are read as one where the first alone makes no sense: a comma inside shifted bytes may be a false one."""

MOST_RIVALS = 4
"""So many proved ways are compared; variants of one character count as one."""

CHECKED = 40
"""How many ways to read a clause are proved at most."""

_ANNOTATED = re.compile(rf"(.){BRACKET.pattern}")
_CLAUSE = re.compile(rf"(?:[^、，,{BREAKS}?\ufffd]|[?\ufffd][，,]?)*[、，,{BREAKS}]|(?:[^、，,{BREAKS}?\ufffd]|[?\ufffd][，,]?)+")
"""Commas are cut before anything is replaced: what stands between two is damaged by itself. A comma after a lost byte may be
a false one, the end of 。 and the beginning of 現; so may one inside a run of shifted bytes, which shows when the clause can't be read."""

_BROKEN = re.compile(rf"(.)[(（]([ a-z{VOWELS}]{{0,8}})(\r?\n)([ a-z{VOWELS}]{{0,8}})[)）]")
"""A bracket that a line break fell into."""

_UNPRINTED = re.compile("[?？][,，、;；:：。!！?？]|[\ufffd]")

_SUSPECT = re.compile(rf"[?\ufffd]|{BRACKET.pattern}")


@dataclass(slots=True)
class _Tally:
    readings: int = 0
    places: int = 0
    guessed: int = 0
    left: list[str] = field(default_factory=list)


def repair(text: str) -> Outcome:
    """Return the text as it was before readings were put in and bytes lost; a text without that damage as it is.

    Counts are of brackets taken out (``readings``) and of clauses read back (``shifted-bytes``). A clause for which no reading
    leads back to the input, or two do about equally well, stays as it came but for its whole readings, and is counted as left.
    """
    text = _BROKEN.sub(_closed, text)
    if not BRACKET.search(text):
        return Outcome(text)
    listed = learn(text)
    return _Document(text, listed).repaired() if listed else Outcome(text)


def _closed(found: re.Match[str]) -> str:
    """Return a reading in one piece, the line break that fell into it behind it."""
    char, head, line_break, tail = found.groups()
    reading = plain_reading((head + tail).replace(" ", ""))
    return f"{char}({reading}){line_break}" if has_tone(reading) and reading in readings_of(char) else found[0]


def learn(text: str) -> dict[str, str]:
    """Return the characters that the document annotates and their readings, in order of first sight; none for sound text."""
    found = Counter((hit[1], plain_reading(hit[2])) for hit in _ANNOTATED.finditer(text) if is_hanzi(hit[1]))
    seen = Counter(char for char in text if is_hanzi(char))
    toned = {pair: n for pair, n in found.items() if has_tone(pair[1]) and pair[1] in readings_of(pair[0])}
    listed = {char: reading for (char, reading), n in toned.items() if n >= ALWAYS * seen[char]}
    if not _is_systematic(text, {char: toned[char, reading] for char, reading in listed.items()}):
        return {}
    neutral = ((char, reading) for (char, reading), n in found.items() if n == seen[char] and (n > 1 or is_traditional_character(char)))
    return listed | {char: reading for char, reading in neutral if not has_tone(reading) and reading in readings_of(char)}


def _is_systematic(text: str, counts: dict[str, int]) -> bool:
    """Tell damage from glosses: those stand on rare characters, names mostly, and in texts of either script."""
    if sum(n for char, n in counts.items() if is_everyday(char)) >= FEWEST:
        return True
    traditional, simplified = script_counts(BRACKET.sub("", text))
    return any(map(is_traditional_character, counts)) and traditional >= max(2, 2 * simplified)


class _Document:
    """One damaged document under repair."""

    def __init__(self, text: str, listed: dict[str, str]) -> None:
        self._text = text
        self._listed = listed
        by_reading: dict[str, set[str]] = {}
        for char, reading in listed.items():
            by_reading.setdefault(reading, set()).add(char)
        self._by_reading = by_reading
        self._tally = _Tally()
        self._search: Search | None = None

    def repaired(self) -> Outcome:
        """Return the repaired text and the account of it."""
        clauses = _CLAUSE.findall(self._text)
        out, at = [], 0
        while at < len(clauses):
            text, size = self._next(clauses[at : at + MOST_JOINED])
            out.append(text)
            at += size
        return Outcome("".join(out), tuple(self._repairs()), tuple(self._warnings()))

    def _next(self, clauses: list[str]) -> tuple[str, int]:
        """Return the first clause repaired and 1, or more of them where only together they can be read back."""
        plain, count = self._without_readings(clauses[0])
        if not _SUSPECT.search(plain):
            self._tally.readings += count
            return plain, 1
        for size in range(1, len(clauses) + 1):
            proved = list(islice(self._proved("".join(clauses[:size])), MOST_RIVALS))
            if proved:
                break
            if LINE_BREAKS.search(clauses[size - 1]):
                break
        if proved and _is_clear(proved):
            self._accept(proved[0])
            return proved[0].text, size
        self._tally.left.append(clauses[0].strip())
        self._tally.readings += count
        return plain, 1

    def _accept(self, found: Found) -> None:
        self._tally.readings += len(found.readings)
        self._tally.places += found.proved + found.guessed > 0
        self._tally.guessed += found.guessed > 0

    def _without_readings(self, clause: str) -> tuple[str, int]:
        """Take out the brackets that give the reading of the character before them."""
        removed = 0

        def take_out(hit: re.Match[str]) -> str:
            nonlocal removed
            if not self._is_reading(hit[1], plain_reading(hit[2])):
                return hit[0]
            removed += 1
            return hit[1]

        return _ANNOTATED.sub(take_out, clause), removed

    def _is_reading(self, char: str, reading: str) -> bool:
        return self._listed.get(char) == reading or (has_tone(reading) and reading in readings_of(char))

    def _proved(self, clause: str) -> Iterator[Found]:
        wanted = canonical(clause)
        for way in self._ways(clause)[:CHECKED]:
            if any(forward(way.text, model) == wanted for model in self._models(way)):
                yield way

    def _ways(self, clause: str) -> list[Found]:
        if self._search is None:
            likelihood = Likelihood()
            likelihood.learn(BRACKET.sub("", self._text))
            self._search = Search(likelihood, self._by_reading, len(self._text))
        return self._search.ways(clause)

    def _models(self, way: Found) -> Iterator[Model]:
        """Yield the varieties of the damage that may have met this clause: its characters of the list, replaced in any order."""
        data = way.text.encode("gbk", "ignore")
        near = {char: r for char, r in (self._listed | dict(way.readings)).items() if char.encode("gbk", "ignore") in data}
        pairs = tuple(near.items())
        orders: Iterable[tuple[tuple[str, str], ...]] = permutations(pairs) if len(pairs) <= MOST_ORDERS else (pairs, pairs[::-1])
        for order in orders:
            yield Model(order)
            yield Model(order, private=True)
            yield Model(order, swallows=False)

    def _repairs(self) -> Iterator[Repair]:
        tally = self._tally
        if tally.readings:
            yield Repair("readings", tally.readings)
        if tally.places or tally.left:
            yield Repair("shifted-bytes", tally.places, tally.guessed, len(tally.left))

    def _warnings(self) -> Iterator[str]:
        if self._tally.left:
            shown = "; ".join(clause[:40] for clause in self._tally.left[:3])
            yield f"{len(self._tally.left)} places with lost bytes stay as they came ({shown}): compare another copy of the document."


def _is_clear(ways: list[Found]) -> bool:
    """Tell whether the first of some proved ways needs no guess, or is much likelier than the next that reads otherwise.

    That a mark was printed as such is a guess too, and never believed of one that no writer prints.
    """
    best = ways[0]
    if _UNPRINTED.search(best.text):
        return False
    rival = next((way for way in ways[1:] if _simple(way.text) != _simple(best.text)), None)
    sure = not best.guessed and LOST not in best.text
    return sure or rival is None or best.score - rival.score >= MARGIN


def _simple(text: str) -> str:
    """Return a text character by character in simplified form: 啓 and 啟 are no different ways to read a clause."""
    return text.translate(_simple_table())


@lru_cache(maxsize=1)
def _simple_table() -> dict[int, str]:
    return {ord(char): form for char, form in simplified_forms().items()}

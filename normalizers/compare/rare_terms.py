"""The terms of a text, by which texts about one matter are known: pieces of two to four characters and Latin words, rare ones heavy.

Character n-grams with inverse document frequency serve Chinese retrieval as well as words do and need no dictionary (Nie et al. 2000,
"On the use of words and n-grams for Chinese information retrieval"). Punctuation, and words of which every plan is full, part the
terms, so that 推动行业信用 gives nothing of 动行.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

SIZES = (2, 3, 4)
"""Characters of a term: two are a word, four a compound or a name."""
LONGER = 0.25
"""What each character beyond two adds to a term's weight: a compound tells more than a word of the same rarity."""
COMMON = 0.15
"""Share of the texts that is taken to hold a term of the field's common nouns at least."""
TERM_LENGTH = 24
"""Characters that are kept of a Latin word or number."""
MAX_CHARACTERS = 6000
"""Characters of a text that are read; no task is as long, and a paragraph that is tells what it is about before."""
TOLD_MASS = 12.0
"""Weight from which a string that two texts share says something: a word of two characters in three of sixty texts has nine."""
TOLD_LENGTH = 40
"""Characters of such a string at most: a reader sees by then that the sentence is the same."""
YEAR = re.compile(r"(?:19|20)\d\d")

_PARTICLE = re.compile(
    r"^(?:将(?!来)|把|在(?!线|建|校|职|地|岗|册|库)|对(?!接|外|口|标|象|策)|从(?!业|事|严|轻|重)|向|由|为(?!民)|以(?!上|下|内|外|来)|按(?!期|揭|时))+"
)
"""Prepositions at the beginning of a phrase, unless they begin a word."""
_BLANKS = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
"""Blanks and line breaks between Chinese characters are layout."""
_RUNS = re.compile(r"[a-z]{1,64}|\d{1,64}|[^\W\d_a-z]{1,4000}")


def _words(name: str) -> set[str]:
    """Return the words of a data file: any number a line, remarks on lines of their own."""
    lines = files("normalizers.compare").joinpath(f"data/{name}").read_text("utf-8").splitlines()
    return {word for line in lines if not line.startswith("#") for word in line.split()}


@cache
def _generic() -> re.Pattern[str]:
    """Return the words that part terms, the longest first."""
    return re.compile("|".join(sorted(map(re.escape, _words("generic_words.txt")), key=lambda word: (-len(word), word))))


@cache
def _common() -> frozenset[str]:
    """Return the terms of nouns that are common in the field, whatever two papers say of them."""
    return frozenset(term for word in _words("common_terms.txt") for term in _terms(word))


def phrases(text: str) -> list[str]:
    """Return the stretches between punctuation and words that say nothing, in NFKC and lower case, in order."""
    folded = _BLANKS.sub("", unicodedata.normalize("NFKC", text[:MAX_CHARACTERS]).lower())
    pieces = (_PARTICLE.sub("", piece) for run in _RUNS.findall(folded) for piece in _generic().split(run))
    return [piece for piece in pieces if piece]


def terms(text: str) -> set[str]:
    """Return the terms of a text; years are none, since editions differ in them."""
    return {term for phrase in phrases(text) for term in _terms(phrase)}


def _terms(phrase: str) -> Iterator[str]:
    if phrase.isascii():
        if not YEAR.fullmatch(phrase):
            yield phrase[:TERM_LENGTH]
        return
    for size in SIZES:
        for start in range(len(phrase) - size + 1):
            yield phrase[start : start + size]


@dataclass(frozen=True, slots=True)
class Weights:
    """How much a term says of what a text is about, by how few of ``texts`` have it: ``holders`` says how many do."""

    texts: int
    holders: Mapping[str, int]

    def of(self, term: str) -> float:
        """Return the weight of a term: 0 where every text has it."""
        held: float = self.holders.get(term, 1)
        if term in _common():
            held = max(held, COMMON * self.texts)
        return self.rare(held) * (1.0 if term.isascii() else 1 + LONGER * (len(term) - SIZES[0]))

    def rare(self, held: float) -> float:
        """Return the weight of a term of two characters that ``held`` texts have."""
        return max(0.0, math.log((self.texts + 1) / (held + 0.5))) ** 2

    def mass(self, terms: Iterable[str]) -> float:
        """Return the weight of several terms together."""
        return sum(map(self.of, sorted(terms)))  # sorted: a sum of floats depends on its order, and a set has none that lasts


def weigh(texts: Iterable[frozenset[str]], *, least: int = 0) -> Weights:
    """Return the weights of terms over texts; ``least`` is how many texts to take for granted where there are fewer."""
    holders: Counter[str] = Counter()
    count = 0
    for each in texts:
        count += 1
        holders.update(each)
    return Weights(max(count, least), holders)


def common_strings(one: str, other: str, weights: Weights) -> tuple[str, ...]:
    """Return the strings that both texts have between their generic words, the heaviest first.

    Those that weigh little are left out, unless there is nothing else. None stands inside another; of Latin words and numbers only
    whole ones.
    """
    theirs = dict.fromkeys(phrases(other))
    hay = "\n".join(theirs)
    shared: set[str] = set()
    for phrase in phrases(one):
        shared |= {phrase} & theirs.keys() if phrase.isascii() else {*_runs(phrase, hay)}
    found = {piece: weights.mass({*_terms(piece)}) for piece in shared}
    ranked = sorted(found, key=lambda piece: (-found[piece], piece))
    heavy = [piece for piece in ranked if found[piece] >= TOLD_MASS] or ranked[:1]
    return tuple(piece for at, piece in enumerate(heavy) if not any(piece in longer for longer in heavy[:at]))


def _runs(phrase: str, hay: str) -> Iterator[str]:
    """Yield the pieces of a phrase that stand in ``hay``, from left to right, each as long as it can be up to ``TOLD_LENGTH``."""
    start = 0
    while start < len(phrase) - 1:
        end = start + 1
        while end < min(len(phrase), start + TOLD_LENGTH) and phrase[start : end + 1] in hay:
            end += 1
        if end - start >= SIZES[0]:
            yield phrase[start:end]
            start = end
        else:
            start += 1

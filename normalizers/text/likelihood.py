"""How likely a string is as Chinese official prose: word frequencies, and what the document itself has said so far.

Only ranks the few ways in which lost bytes may have read; it never decides alone that a text is damaged.
"""

from __future__ import annotations

import math
from collections import Counter
from functools import lru_cache
from importlib.resources import files
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from normalizers.text.damage import is_hanzi
from normalizers.text.script import simplified_forms

LONGEST_WORD = 6
UNKNOWN = -21.0
"""Log-likelihood of a character no word list knows."""

RARE = -16.0
"""Log-likelihood below which a listed word is no evidence: seen fewer than seven times in 60 million."""

FLUENT = -9.5
"""Log-likelihood a character from which a text is prose: official papers have -4 to -7, lists of rare names -7, misread text -12 to -17."""

OFFICIAL = 5000
"""How often, of 60 million, a word of official prose is counted besides what the word list says: that was drawn from novels and news."""

ECHO, LOUDEST = 1.0, 4.5
"""Weight and limit of a pair of characters that the same document holds elsewhere: official texts repeat their phrases."""

FAMILIAR = 0.5
"""Weight of a character, as printed, that the document holds elsewhere: a traditional text has no simplified 见."""

_SIGNS = {"，": -3.4, "、": -3.6, "。": -4.0, "（": -6.0, "）": -6.0, "“": -5.0, "”": -5.0, "；": -6.0, "：": -6.0, "《": -6.5, "》": -6.5}
_SIGNS |= {",": -4.0, "(": -6.0, ")": -6.0, ":": -6.5, ";": -6.5, " ": -6.0, "？": -8.5, "！": -8.5, "?": -9.0, "!": -9.0, "—": -8.0}
_SIGNS |= {"‘": -9.0, "’": -9.0, "%": -8.0, "．": -9.0, ".": -8.0, "·": -9.5, "+": -9.0, "-": -9.0}
_DIGIT, _LETTER = -7.0, -11.0


class Prefix(NamedTuple):
    """The end of a string that is being built: its last characters, simplified, and the best score up to each."""

    tail: str = ""
    scores: tuple[float, ...] = (0.0,)

    @property
    def score(self) -> float:
        """The log-likelihood of the whole string so far."""
        return self.scores[-1]


@lru_cache(maxsize=1)
def _words() -> dict[str, float]:
    """Return jieba's word list and the words of official prose as log-likelihoods.

    Read as text: jieba's own loader keeps a marshalled cache in a folder that others may write to.
    """
    spec = find_spec("jieba")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("The package jieba is not installed; run `make setup`.")
    counts: dict[str, int] = {}
    for line in (Path(spec.submodule_search_locations[0]) / "dict.txt").read_text("utf-8").splitlines():
        word, count, *_ = line.split(" ")
        if len(word) <= LONGEST_WORD:
            counts[word] = int(count)
    for word in (files(__package__) / "data" / "words.csv").read_text("utf-8").split()[1:]:
        counts[word] = counts.get(word, 0) + OFFICIAL
    total = math.log(sum(counts.values()))
    return {word: math.log(count) - total for word, count in counts.items() if count}


class Likelihood:
    """Scores strings for one document; ``learn`` shows it the sound parts of that document."""

    def __init__(self) -> None:
        self._words = _words()
        self._simple = simplified_forms()
        self._pairs: Counter[str] = Counter()
        self._chars: Counter[str] = Counter()

    def learn(self, text: str) -> None:
        """Count the characters of a sound text and their neighbours."""
        self._chars.update(filter(is_hanzi, text))
        plain = "".join(map(self._plain, text))
        self._pairs.update(map("".join, pairwise(plain)))

    def extend(self, prefix: Prefix, char: str) -> Prefix:
        """Return the prefix with one character more."""
        plain = self._plain(char)
        tail = prefix.tail + plain
        best = prefix.scores[-1] + self._single(plain)
        for size in range(2, min(len(tail), len(prefix.scores)) + 1):
            word = self._words.get(tail[-size:])
            if word is not None:
                best = max(best, prefix.scores[-size] + word)
        best += ECHO * min(LOUDEST, math.log1p(self._pairs.get(tail[-2:], 0))) + FAMILIAR * math.log1p(self._chars[char])
        return Prefix(tail[1 - LONGEST_WORD :], (*prefix.scores, best)[-LONGEST_WORD:])

    def score(self, text: str) -> float:
        """Return the log-likelihood of a string."""
        prefix = Prefix()
        for char in text:
            prefix = self.extend(prefix, char)
        return prefix.score

    def words_in(self, text: str) -> list[str]:
        """Return the words that a string is most likely made of; what is in no list stands by itself, a character each."""
        plain = "".join(map(self._plain, text))
        best, cut = [0.0], [0]
        for end in range(1, len(plain) + 1):
            ways = [(best[end - 1] + self._single(plain[end - 1]), end - 1)]
            for size in range(2, min(end, LONGEST_WORD) + 1):
                known = self._words.get(plain[end - size : end])
                if known is not None:
                    ways.append((best[end - size] + known, end - size))
            score, start = max(ways)
            best.append(score)
            cut.append(start)
        out: list[str] = []
        end = len(text)
        while end:
            out.append(text[cut[end] : end])
            end = cut[end]
        return out[::-1]

    def is_word(self, text: str) -> bool:
        """Tell whether a string is a word of the lists that is not rare."""
        return self._words.get("".join(map(self._plain, text)), UNKNOWN) >= RARE

    def _plain(self, char: str) -> str:
        return self._simple.get(char, char)

    def _single(self, char: str) -> float:
        known = _SIGNS.get(char)
        if known is not None:
            return known
        if char.isascii():
            return _DIGIT if char.isdigit() else _LETTER
        return self._words.get(char, UNKNOWN)

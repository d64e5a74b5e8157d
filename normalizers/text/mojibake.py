"""Text that was decoded with the wrong charset and saved so, whole or in parts, once or several times: turned back with a proof.

A part is turned back only if its bytes fit the other charset, what comes out reads as Chinese prose and what came in does not.
A byte that the wrong charset could not hold is guessed from the words around it, or stays U+FFFD and is counted as left.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from normalizers.records import Repair
from normalizers.text.charsets import BIG5, GB18030, LATIN, UTF_8
from normalizers.text.gb_runs import FEWEST, runs_in
from normalizers.text.holes import Filler
from normalizers.text.likelihood import FLUENT
from normalizers.text.outcome import Outcome
from normalizers.text.signs import Signs
from normalizers.text.wrongread import LOST_MARKS, Run, latin_bytes, utf8_runs

PASSABLE, GAIN = -11.5, 2.0
"""Log-likelihood a character of what is believed with the document's evidence, and how much better it must be without."""

EVIDENCE = 8
"""Once a document has given so many characters back, one is enough for a part to be believed (``FEWEST`` by itself)."""

MEASURED = 300
"""Characters of a part by which it is judged."""

LOST_SHARE = 0.5
"""Up to this share of the characters of a part may have lost bytes."""

WORK, WORK_PER_CHARACTER = 400_000, 6
"""How many characters may be read and judged for one document, and how many more for each of its own: about two seconds a megabyte."""

PART_WORK = 8
"""What judging one part costs, in characters."""

SAMPLE = 2000
"""Characters by which it is told that a longer line was not misread twice, before all of it is turned back."""

PLAIN = 0.9
"""From this share of a line's characters on, a way that explains them is taken without trying others."""

_WESTERN = "\x80-\u07ff\u2010-\u203a\u20ac\u2122"
_WESTERN_RUN = re.compile(f"(?:[{_WESTERN}]+[@-~]?)+")
_WESTERN_SYMPTOM = re.compile("[\x80-\xff\u0152-\u0178\u0192\u02c6\u02dc][\x80-\u07ff\u2010-\u203a\u20ac\u2122@-~ ?\ufffd]")
_MARKS = frozenset("\u00a0·°±×÷§")
"""What two bytes of UTF-8 may stand for in Chinese text, besides the marks from U+2010 on."""

_WIDE = "\u2010"
"""From here on, all of Chinese writing takes three bytes of UTF-8."""

_REPLACED = "锟斤拷"
"""What U+FFFD in UTF-8, twice, looks like in GBK: the text before it was lost for good."""


@dataclass(frozen=True, slots=True)
class Way:
    """One wrong reading: text in ``was``, read as ``read_as``."""

    was: str
    read_as: str


SINGLE = (Way(UTF_8, LATIN), Way(UTF_8, GB18030), Way(GB18030, LATIN), Way(BIG5, LATIN))
DEEP = tuple(
    (*again, first) for first in SINGLE[:3] for again in ((SINGLE[0],), (SINGLE[1],), (SINGLE[0], SINGLE[0]), (SINGLE[1], SINGLE[0]))
)
"""Two and three wrong readings in a row, the last one, which is turned back first, in front."""


_WIDE_LEADS, _ACCENTED_LEADS, _AFTER_LEADS = range(0xE2, 0xF0), range(0xC3, 0xC4), range(0xC2, 0xC4)


@lru_cache(maxsize=1)
def _gb_symptom() -> re.Pattern[str]:
    """Match what UTF-8 read as GBK can't be without: a pair that begins a three-byte sequence, or letters with accents in a row."""
    wide, accented, after = map(_pairs, (_WIDE_LEADS, _ACCENTED_LEADS, _AFTER_LEADS))
    return re.compile(f"[{wide}]|[{accented}][{after}]")


def _pairs(leads: Sequence[int]) -> str:
    pairs = (bytes((lead, trail)) for lead in leads for trail in range(0x80, 0xC0) if trail != 0x7F)
    return re.escape("".join(dict.fromkeys(pair.decode(GB18030, "ignore") for pair in pairs)))


_WESTERN_LETTERS = "\x80-\x9f\xa1-\xaf\xb2-\xb6\xb8-\xd6\xd8-\xf6\xf8-\xff"


WESTERN_LETTER = re.compile(f"[{_WESTERN_LETTERS}]")


@lru_cache(maxsize=1)
def wide() -> re.Pattern[str]:
    """Match the characters that begin a three-byte sequence of UTF-8 read as GBK."""
    return re.compile(f"[{_pairs(_WIDE_LEADS)}]")


@lru_cache(maxsize=1)
def pair() -> tuple[str, str]:
    """Return the patterns of two characters that stand side by side where letters with accents were read as GBK."""
    return f"[{_pairs(_ACCENTED_LEADS)}]", f"[{_pairs(_AFTER_LEADS)}]"


@lru_cache(maxsize=1)
def _signs() -> Signs:
    return Signs({"western": WESTERN_LETTER, "wide": wide()}, {"misread twice": pair()})


def unmangle(text: str) -> Outcome:
    """Return the text with everything turned back that was read in a wrong charset; a sound text as it is. Line feeds stay."""
    shown, western = _signs().shown(text), _signs().bits["western"]
    return turned_back(text) if shown & western or (shown and may_be_misread(text)) else Outcome(text)


def may_be_misread(text: str) -> bool:
    """Tell whether anything in a text without western letters may be believed to be misread, or is known to be lost."""
    return _REPLACED in text or _holds_runs(text)


def turned_back(text: str) -> Outcome:
    """Return the text with everything turned back, as ``unmangle`` does, without a look at whether it shows any sign."""
    filler = Filler()
    mended = _Document(text, filler).mended()
    if any(one.guessed or one.left for one in mended.repairs):
        filler.learn(mended.text)
        mended = _Document(text, filler).mended()
    return mended


@dataclass(slots=True)
class _Tally:
    places: int = 0
    guessed: int = 0
    left: int = 0
    ways: Counter[tuple[Way, ...]] = field(default_factory=Counter)


class _Document:
    """One document under repair: what its long parts show is believed of the short ones."""

    def __init__(self, text: str, filler: Filler) -> None:
        self._lines = text.split("\n")
        self._tally = _Tally()
        self._filler = filler
        self._work = WORK + WORK_PER_CHARACTER * len(text)

    def mended(self) -> Outcome:
        """Return the text turned back and the account of it."""
        suspects = [n for n, line in enumerate(self._lines) if _is_suspect(line)]
        for n in filter(lambda n: _may_convince(self._lines[n]), suspects):
            self._mend(n, [(way,) for way in SINGLE] if self._is_plainly(n) else [*((way,) for way in SINGLE), *DEEP], alone=True)
        if sum(self._tally.ways.values()) >= EVIDENCE:
            ways = [way for way, _ in self._tally.ways.most_common()]
            for n in suspects:
                self._mend(n, ways, alone=False)
        self._tally.left += sum(line.count(_REPLACED) for line in self._lines)
        return Outcome("\n".join(self._lines), tuple(self._repairs()), tuple(self._warnings()))

    def _is_plainly(self, n: int) -> bool:
        """Tell whether a line is mostly sound: what was misread twice was misread whole."""
        foreign = [char for char in self._lines[n] if char > "\x7f"]
        return len(foreign) > 1 and self._filler.fluency(foreign[:MEASURED]) > FLUENT

    def _mend(self, n: int, ways: Sequence[tuple[Way, ...]], *, alone: bool) -> None:
        """Turn a line back, first in the way that explains most of it, then what is left in others."""
        for _ in range(len(SINGLE)):
            line = self._lines[n]
            best, worth = self._best(line, ways, alone=alone)
            if not worth:
                return
            self._lines[n] = self._turned(*best)
            if not _is_suspect(self._lines[n]):
                return

    def _best(self, line: str, ways: Sequence[tuple[Way, ...]], *, alone: bool) -> tuple[tuple[list[str | Run], tuple[Way, ...]], int]:
        """Return the parts of a line in the way that explains most of its characters, and how many those are."""
        foreign = sum(char > "\x7f" for char in line)
        best: tuple[list[str | Run], tuple[Way, ...]] = ([], ())
        most = 0
        for way in ways:
            if len(way) > 1 and most:
                break
            if _can_be(line, way[0]) and (parts := self._tried(line, way, alone=alone)) and _worth(parts) > most:
                best, most = (parts, way), _worth(parts)
            if most >= PLAIN * foreign:
                break
        return best, most

    def _tried(self, line: str, way: tuple[Way, ...], *, alone: bool) -> list[str | Run]:
        """Return the parts of a line as one way explains them, none where it explains nothing or the document's work is used up."""
        for step in way[:-1]:
            self._work -= len(line)
            deeper = _whole(line, step) if self._work > 0 else None
            if deeper is None:
                return []
            line = deeper
        self._work -= len(line)
        parts = list(_parts(line, way[-1])) if self._work > 0 else []
        self._work -= PART_WORK * len(parts)
        if not any(isinstance(part, Run) and self._convinces(part, way[-1], alone=alone) for part in parts):
            return []
        return [part if isinstance(part, str) or self._convinces(part, way[-1], alone=False) else part.source for part in parts]

    def _convinces(self, run: Run, way: Way, *, alone: bool) -> bool:
        """Tell whether a part is believed to be misread: enough characters, they read as prose, few are lost."""
        known = run.foreign
        if self._work < 0 or "\ufffd" in run.known or run.holes > LOST_SHARE * (len(known) + run.holes) + (not alone):
            return False
        if not known:  # a mark of loss tells 锛? from a letter with an accent
            return not alone and run.orphans == 0 and run.holes == 1 and not LOST_MARKS.isdisjoint(run.source)
        if way == SINGLE[0] and not run.holes and all(_is_mark(char) if alone else char >= _WIDE or _is_mark(char) for char in known):
            return True  # an accented letter and two signs behind it are no Latin word: 芜政〔 needs no words around it
        if len(known) < (FEWEST if alone else 1):
            return False
        self._work -= 2 * min(len(known), MEASURED)
        after = self._filler.fluency(known[:MEASURED])
        before = self._filler.fluency([char for char in run.source if char > "\x7f"][:MEASURED])
        return after >= (FLUENT if alone else PASSABLE) and after >= before + (GAIN if alone else 0)

    def _turned(self, parts: Sequence[str | Run], way: tuple[Way, ...]) -> str:
        out: list[str] = []
        for at, part in enumerate(parts):
            if isinstance(part, str):
                out.append(part)
                continue
            after = parts[at + 1] if at + 1 < len(parts) else ""
            text, guessed, left = self._filler.fill(
                part.chars, "".join(out[-4:])[-4:], after if isinstance(after, str) else "", way[-1].read_as
            )
            out.append(text + "\ufffd" * part.orphans)
            self._tally.places += sum(char > "\x7f" for char in text) - left
            self._tally.guessed += guessed
            self._tally.left += left + part.orphans
            self._tally.ways[way] += len(part.known)
        return "".join(out)

    def _repairs(self) -> Iterator[Repair]:
        tally = self._tally
        if tally.places or tally.left:
            yield Repair("mojibake", tally.places, tally.guessed, tally.left)

    def _warnings(self) -> Iterator[str]:
        for way, _ in self._tally.ways.most_common():
            chain = ", then ".join(f"{step.was} read as {step.read_as}" for step in reversed(way))
            yield f"The text, or a part of it, was {chain}; it was turned back."
        if self._work < 0:
            yield "The text holds more that looks misread than there was time to try: derive it in parts."
        if self._tally.left:
            yield f"{self._tally.left} characters lost bytes in a wrong charset and are not known: compare another copy of the document."


def _is_mark(char: str) -> bool:
    """Tell whether a character is a mark of Chinese writing: quotes, dashes, 、。《》〔〕, ，；：？ and brackets of full width."""
    return char in _MARKS or "\u2010" <= char <= "\u203b" or "\u3001" <= char <= "\u301b" or "\uff01" <= char <= "\uff1f"


def _is_suspect(line: str) -> bool:
    return _gb_symptom().search(line) is not None or _WESTERN_SYMPTOM.search(line) is not None


def _may_convince(line: str) -> bool:
    """Tell whether anything in a line may be believed to be misread before the document has shown that it is."""
    return _WESTERN_SYMPTOM.search(line) is not None or _holds_runs(line)


def _holds_runs(text: str) -> bool:
    """Tell the same of what was read as GB 18030: a whole line, or a run that gives enough back for what it lost."""
    whole, parts = runs_in(text)
    runs = (run for part in parts for run in utf8_runs(part, GB18030) if isinstance(run, Run))
    return whole or any(len(known := run.foreign) >= FEWEST and run.holes <= LOST_SHARE * (len(known) + run.holes) for run in runs)


def _can_be(line: str, way: Way) -> bool:
    return (_gb_symptom() if way.read_as == GB18030 else _WESTERN_SYMPTOM).search(line) is not None


def _worth(parts: Sequence[str | Run]) -> int:
    """Return how many characters outside ASCII a way explains, less those of which it lost bytes."""
    runs = [part for part in parts if isinstance(part, Run)]
    return sum(sum(char > "\x7f" for char in run.source) - 2 * run.holes for run in runs)


def _parts(line: str, way: Way, *, narrow: bool = False) -> Iterator[str | Run]:
    if way.was == UTF_8:
        yield from utf8_runs(line, way.read_as, narrow=narrow)
        return
    at = 0
    for found in _WESTERN_RUN.finditer(line):
        run = _double_bytes(found[0], way.was)
        if run is not None:
            yield line[at : found.start()]
            yield run
            at = found.start() + len(run.source)
    yield line[at:]


def _double_bytes(source: str, codec: str) -> Run | None:
    """Return a stretch of Latin characters as the text of a double-byte charset; a last letter that is no second byte stays out."""
    for piece in (source, source[:-1]) if source[-1:].isascii() else (source,):
        data = b"".join(latin_bytes(char) or char.encode("utf-8", "replace") for char in piece)
        try:
            return Run(piece, list(data.decode(codec))) if data else None
        except UnicodeDecodeError:
            continue
    return None


def _begins_whole(beginning: str, way: Way) -> bool:
    """Tell whether the beginning of a long line can be turned back; its last character may be cut in two."""
    if way.was != UTF_8:
        return True
    parts = list(_parts(beginning, way, narrow=True))
    lost = sum(part.holes if isinstance(part, Run) else not part.isascii() for part in parts)
    return lost <= 1


def _whole(line: str, way: Way) -> str | None:
    """Return a line turned back throughout, ``None`` where a character outside ASCII does not fit: the way to a text misread twice."""
    if len(line) > SAMPLE and not _begins_whole(line[:SAMPLE], way):
        return None
    out: list[str] = []
    for part in _parts(line, way, narrow=True):
        if isinstance(part, Run):
            if part.holes:
                return None
            out.append(part.known)
        elif part.isascii():
            out.append(part)
        else:
            return None
    return "".join(out)

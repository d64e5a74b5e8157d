"""How fast texts are cleaned, in megabytes of UTF-8 a second of processor time, beside OpenCC alone on the same texts.

python -m benchmarks.normalising [--json]

The rival is ``t2s``, what a user picks to bring text into simplified characters, its converter built once, a whole document a call.
``tw2s`` is told beside it: it takes twice as long, and is the one that makes 着力 of 著力, as cleaning must.

OpenCC maps characters. Cleaning also looks for references, wrong charsets, lost bytes, odd blanks and letters, readings, radicals,
leftovers of Word and stray blanks, keeps simplified lines of traditional documents as they are, and does nothing twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from random import Random

from benchmarks.figures import ROUNDS, Figure, by_turns, main, rates
from normalizers.text.character_forms import converter
from normalizers.text.clean import clean
from tests.noise.models import shifted, traditional
from tests.noise.texts import clean_text

DOCUMENTS = 120
"""Documents of each kind in a round."""
DAMAGED = 2
"""Damaged documents in a round: the proof of a repair takes hundreds of times as long as looking at a sound text."""
SLOW_ROUNDS = 3
PARTS = 12
"""Short papers that make one document of about 8,000 characters, as a year's work points are."""
BARS = {"simplified": 4.0, "traditional": 0.6, "damaged": None}


def documents(kind: str, count: int) -> list[str]:
    """Return documents that have no line in common but headings."""
    rng = Random(kind)
    return [_document(kind, rng) for _ in range(count)]


def _document(kind: str, rng: Random) -> str:
    sound = "".join(clean_text(rng) for _ in range(PARTS))
    if kind == "simplified":
        return sound
    found = (traditional if kind == "traditional" else shifted)(sound, rng).payload
    assert isinstance(found, str)
    return found


def in_turn(act: Callable[[str], object], texts: Sequence[str]) -> Callable[[], None]:
    """Return a function that does all texts, one by one."""

    def run() -> None:
        for text in texts:
            act(text)

    return run


def measure() -> list[Figure]:
    """Clean and convert the same documents by turns."""
    figures = []
    for kind, bar in BARS.items():
        texts = documents(kind, DAMAGED if kind == "damaged" else DOCUMENTS)
        megabytes = sum(len(text.encode()) for text in texts) / 1e6
        sides = {"clean": in_turn(clean, texts)} | {name: in_turn(converter(name).convert, texts) for name in ("t2s", "tw2s")}
        times = by_turns(sides, SLOW_ROUNDS if kind == "damaged" else ROUNDS, time.process_time)
        told = {"documents": len(texts), "characters": sum(map(len, texts))}
        figures.append(rates(f"normalise: {kind}", times, "clean", "t2s", megabytes, "MB/s", bar=bar, **told))
        figures.append(rates(f"normalise: {kind} (tw2s)", times, "clean", "tw2s", megabytes, "MB/s"))
    return figures


if __name__ == "__main__":
    main(measure, ("opencc",))

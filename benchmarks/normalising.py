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
from functools import partial
from random import Random

from benchmarks.figures import ROUNDS, Figure, by_turns, main, next_of, rates
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


def do_all(act: Callable[[str], object], texts: Sequence[str]) -> None:
    """Do all texts, one by one."""
    for text in texts:
        act(text)


def measure() -> list[Figure]:
    """Clean and convert the same documents by turns, others in every round."""
    figures = []
    for kind, bar in BARS.items():
        count, rounds = (DAMAGED, SLOW_ROUNDS) if kind == "damaged" else (DOCUMENTS, ROUNDS)
        texts = documents(kind, count * (rounds + 1))
        lots = [texts[start : start + count] for start in range(0, len(texts), count)]
        acts: dict[str, Callable[[str], object]] = {"clean": clean} | {name: converter(name).convert for name in ("t2s", "tw2s")}
        times = by_turns({name: next_of(partial(do_all, act), lots) for name, act in acts.items()}, rounds, time.process_time)
        megabytes = sum(len(text.encode()) for text in texts) / len(lots) / 1e6
        told = {"documents": count, "characters": sum(map(len, texts)) // len(lots)}
        figures.append(rates(f"normalise: {kind}", times, "clean", "t2s", megabytes, "MB/s", bar=bar, **told))
        figures.append(rates(f"normalise: {kind} (tw2s)", times, "clean", "tw2s", megabytes, "MB/s"))
    return figures


if __name__ == "__main__":
    main(measure, ("opencc",))

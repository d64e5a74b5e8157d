"""Comparison of documents beside what compares characters: difflib, fast-diff-match-patch, rapidfuzz; and pairs made to hurt.

python -m benchmarks.comparing [--json]

The others are given the texts of the same documents and tell which characters differ. Ours lays both out as units, tells the differences
in words of people, and leaves out what is none (layout, numbers of items, marks); each list of changes is applied to the old document and
held against the new one. Every round has documents of its own.
"""

from __future__ import annotations

import difflib
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from statistics import median

import fast_diff_match_patch  # type: ignore[import-not-found]
from rapidfuzz.distance import Indel

from benchmarks.figures import Figure, Times, by_turns, main, next_of, rates
from benchmarks.pairs import HOSTILE, USUAL, Pair, edited, edits, otherwise, paper, prose
from normalizers.compare import apply, compare
from normalizers.compare.streams import stream
from normalizers.differences import Comparison

ROUNDS = 5
PAIRS = 20
"""Pairs of each kind of which it is counted what is told of them."""
BAR = 20.0
OURS = "compare"
Stretches = Callable[[str, str], int]
"""Compares two texts and returns how many stretches of them differ."""


def by_difflib(old: str, new: str) -> int:
    """Compare by the standard library, which leaves out what is frequent unless it is told not to."""
    return sum(code[0] != "equal" for code in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes())


def by_fast_diff(old: str, new: str) -> int:
    """Compare by Google's diff-match-patch in C++."""
    return stretches([op != "=" for op, _ in fast_diff_match_patch.diff(old, new, counts_only=True)])


def by_rapidfuzz(old: str, new: str) -> int:
    """Compare by insertions and deletions, bit-parallel."""
    return stretches([code.tag != "equal" for code in Indel.opcodes(old, new)])


def stretches(differs: Sequence[bool]) -> int:
    """Return how many times something differs behind something that does not: a deletion and an insertion at one place are one."""
    return sum(here and not before for before, here in zip([False, *differs], differs, strict=False))


OTHERS: dict[str, Stretches] = {"difflib": by_difflib, "fast-diff-match-patch": by_fast_diff, "rapidfuzz": by_rapidfuzz}


def whole(pair: Pair, told: Comparison) -> bool:
    """Tell whether the changes, applied to the old document, give what is compared of the new one."""
    return apply(pair[0].document, told.text_changes) == stream(pair[1].document).text


def by_texts(compares: Stretches, pair: Pair) -> int:
    """Give what compares texts those of a pair."""
    return compares(pair[0].document.text, pair[1].document.text)


def tell(name: str, told: list[int], pair: Pair) -> None:
    """Let another compare a pair and keep what it tells."""
    told.append(by_texts(OTHERS[name], pair))


def side_by_side(length: int, others: Sequence[str], bars: dict[str, float]) -> list[Figure]:
    """Compare documents of a length with one edit in a hundred characters, and return how fast ours is beside the others."""
    pairs = [edits(length, seed) for seed in range(ROUNDS + 1)]
    told: list[Comparison] = []
    theirs: dict[str, list[int]] = {name: [] for name in others}
    sides = {OURS: next_of(lambda pair: told.append(compare(*pair)), pairs)}
    sides |= {name: next_of(partial(tell, name, theirs[name]), pairs) for name in others}
    times: Times = by_turns(sides, ROUNDS, time.process_time)
    missed = sum(not whole(pair, each) for pair, each in zip(pairs, told, strict=True))
    changes = median(len(each.text_changes) for each in told)
    found = []
    for name in others:
        detail = {"missed": missed, "changes": changes, "stretches of theirs": median(theirs[name])}
        title = f"compare: {length:,} characters, 1 % edits ({name})"
        found.append(rates(title, times, OURS, name, length / 1e6, "MB/s", bar=bars.get(name), **detail))
    return found


# --- what is told ------------------------------------------------------------------------------------------------------


def moved(seed: int) -> Pair:
    """Return a document and itself with three paragraphs at other places."""
    dice = random.Random(seed)
    lines = prose(4_000, dice)
    others = list(lines)
    for line in dice.sample(lines[:-4], 3):
        others.remove(line)
        others.insert(dice.randrange(len(others)), line)
    return paper(lines), paper(others)


def told_right() -> Figure:
    """Return of how many pairs the changes are told whole; in detail what ours and the others say of texts that say the same, or moved."""
    alike, shifted = [otherwise(seed) for seed in range(PAIRS)], [moved(seed) for seed in range(PAIRS)]
    pairs = [*alike, *shifted, *changed()]
    told = [compare(*pair) for pair in pairs]
    right = sum(whole(pair, each) for pair, each in zip(pairs, told, strict=True))
    of_alike = {OURS: median(len(each.text_changes) for each in told[:PAIRS])}
    of_alike |= {name: median(by_texts(compares, pair) for pair in alike) for name, compares in OTHERS.items()}
    of_moved = {OURS: median(moves(each) for each in told[PAIRS : 2 * PAIRS])} | dict.fromkeys(OTHERS, 0)
    detail = {
        "changes told of texts that say the same": of_alike,
        "of three moved paragraphs told as moved": of_moved,
        "what became of tasks": {OURS: "told"} | dict.fromkeys(OTHERS, "not told"),
    }
    share = right / len(pairs)
    return Figure("compare: edits told whole", right, "pairs", "pairs compared", len(pairs), share, share, share, 1.0, detail=detail)


def changed() -> list[Pair]:
    """Return documents, and themselves with few and with many edits.

    Bodies that go by short names stand in none: two characters less make another of their names, which is told as no change.
    """
    dice = random.Random(3)
    shares = [(0.002, 0.01, 0.05, 0.2)[number % 4] for number in range(PAIRS)]
    return [(paper(lines), paper(edited(lines, share, dice))) for share in shares for lines in [_of_one_name(prose(3_000, dice))]]


def _of_one_name(lines: list[str]) -> list[str]:
    return [line.replace("市发展改革委", "市财政局").replace("市市场监管局", "市财政局") for line in lines]


def moves(told: Comparison) -> int:
    """Return how many passages are told to have moved."""
    return sum(bool(change.moved) and change.op == "insert" for change in told.text_changes)


def hurt() -> Figure:
    """Return the seconds of the slowest of the pairs made to hurt beside prose as long as most of them, each in a process of its own."""
    found: dict[str, dict[str, float]] = {}
    for name in HOSTILE:
        run = subprocess.run([sys.executable, "-m", "benchmarks.pairs", name], stdout=subprocess.PIPE, text=True, check=True, timeout=120)
        found[name] = {key: round(value, 3) for key, value in json.loads(run.stdout).items()}
    usual, most = found[USUAL]["seconds"], max(each["seconds"] for each in found.values())
    ratio = most / usual
    return Figure("compare: slowest pair made to hurt", most, "s", USUAL, usual, ratio, ratio, ratio, at_most=True, detail=found)


def measure() -> list[Figure]:
    """Compare."""
    begun = time.process_time()
    compare(*edits(20_000, 99))
    first = time.process_time() - begun
    short = side_by_side(20_000, list(OTHERS), {"difflib": BAR})
    short[0].detail["first time s"] = round(first, 2)
    return [*short, *side_by_side(200_000, ["fast-diff-match-patch"], {}), told_right(), hurt()]


if __name__ == "__main__":
    main(measure, ("rapidfuzz", "fast-diff-match-patch"))

"""The labels that head the columns of tables, from ``data/column_labels.csv``: how a table is known in plain text and in a drawing."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files

MAX_LABEL = 24
MAX_PRINTED = 200
"""Characters of the longest label as printed, blanks and line breaks between its words counted."""
_BRACKET = re.compile(r"[（(][^（）()]{0,20}[）)]$")
_GAP = re.compile(r"[\s　]+")
_UNTOLD = re.compile(r"[\s　:：*＊]")
_WORK = frozenset({"task"})
_SPECIFIED = frozenset({"task", "lead", "partner", "responsible", "deadline"})
SPECIFYING, LONGEST_SPECIFIED = 4, 8
"""Characters that may specify a known label, and those of the whole."""
_BODIES = frozenset({"lead", "partner", "responsible"})


def _fold(label: str) -> str:
    return _UNTOLD.sub("", label).replace("(", "（").replace(")", "）")


@cache
def column_labels() -> dict[str, str]:
    """Return the kind of column (number, section, task, lead, partner, responsible, deadline …) by folded label."""
    text = (files(__package__) / "data" / "column_labels.csv").read_text(encoding="utf-8")
    return {_fold(row["label"]): row["column"] for row in csv.DictReader(text.splitlines())}


def column_of(label: str) -> str:
    """Return the kind of column a label heads, empty for a text that is no label. A bracket at its end is looked past."""
    return _column_of(label) if len(label) <= MAX_PRINTED else ""


@lru_cache(maxsize=16_384)
def _column_of(label: str) -> str:
    folded = _fold(label)
    if not folded or len(folded) > MAX_LABEL:
        return ""
    labels = column_labels()
    bare = _BRACKET.sub("", folded)
    return labels.get(folded) or labels.get(bare) or _by_ending(bare)


@cache
def _label_parts() -> frozenset[str]:
    """Return what a label may be broken into: all that labels begin with."""
    return frozenset(label[:size] for label in column_labels() for size in range(1, len(label) + 1))


def may_begin_header(line: str) -> bool:
    """Tell at little cost whether a line can be the first of a header: one of its words is a label, or a label begins with it."""
    words = line[:300].split()
    return len(line) <= 300 and any(_fold(word) in _label_parts() or column_of(word) for word in words[:12])


def is_label(text: str) -> bool:
    """Tell whether a text is a label of ``data/column_labels.csv`` as it stands."""
    return _fold(text) in column_labels()


def _by_ending(label: str) -> str:
    """Return the kind of a label that a few characters before a known one specify: 攻坚任务, 市级牵头单位."""
    if len(label) > LONGEST_SPECIFIED:
        return ""
    ends = (label[at:] for at in range(1, min(SPECIFYING, len(label) - 2) + 1))
    return next((kind for end in ends if (kind := column_labels().get(end, "")) in _SPECIFIED), "")


def is_header(cells: Sequence[str]) -> bool:
    """Tell whether texts are a table's header: nearly all are labels, of at least two kinds, and they name work, bodies or a number."""
    texts = [cell for cell in cells if cell.strip()]
    kinds = [column_of(text) for text in texts]
    known = [kind for kind in kinds if kind]
    if len(known) < 2 or len(set(known)) < 2 or len(texts) - len(known) > len(texts) // 3:
        return False
    if any(len(text) > MAX_LABEL for text in texts):
        return False
    found = set(known)
    return "number" in found or bool(found & _BODIES and found & (_WORK | {"target", "section", "deadline"})) or len(known) >= 3


@cache
def _longest() -> int:
    return max(map(len, column_labels()))


def _segment(text: str) -> list[str] | None:
    """Return a text cut into labels without a rest, the fewest that cover it; ``None`` when it is not made of labels."""
    best: list[list[str] | None] = [None] * (len(text) + 1)
    best[0] = []
    for stop in range(1, len(text) + 1):
        for start in range(max(0, stop - _longest()), stop):
            head = best[start]
            if head is not None and text[start:stop] in column_labels() and (best[stop] is None or len(head) + 1 < len(best[stop] or ())):
                best[stop] = [*head, text[start:stop]]
    return best[len(text)]


def split_header(line: str) -> list[str]:
    """Return the labels of a header printed in one line, blanks between or even within them (``序 号 任 务``); empty for any other line."""
    text = line.strip()
    if not text or len(text) > 160:
        return []
    cells = _GAP.split(text)
    if len(cells) < 2:
        return []
    if is_header(cells):
        return cells
    labels = _segment(_fold(text))
    return labels if labels and is_header(labels) else []

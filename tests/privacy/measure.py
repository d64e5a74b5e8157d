"""Hold masking against the samples: what was missed, what was masked by mistake."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from normalizers.privacy import Mode, mask, mask_payload
from normalizers.privacy.view import fold, views
from tests.privacy.generate import Sample

SHORTEST_REST = 6
"""So many digits of a number in a row may not be left of it."""


@dataclass
class Score:
    """Counts by kind and spelling: texts, texts with something left, decoys, decoys that were touched."""

    texts: Counter[tuple[str, str]] = field(default_factory=Counter)
    missed: Counter[tuple[str, str]] = field(default_factory=Counter)
    decoys: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    examples: list[Sample] = field(default_factory=list)


def masked(sample: Sample) -> str:
    if sample.form == "text":
        return mask(sample.text, Mode(sample.mode)).text
    charset = "gb18030" if len(sample.text) % 2 else "utf-8"
    return mask_payload(sample.text.encode(charset), charset, Mode(sample.mode)).payload.decode(charset)


def left(sample: Sample, text: str) -> bool:
    """Tell whether a secret, as printed or as read, or a long part of its digits is left in a text."""
    if any(secret in text for secret in sample.secrets):
        return True
    shown = "".join(fold(view.text) for view in views(text))
    plain = "".join(char for char in shown if char.isalnum())
    for secret in (each for each in sample.secrets if "\\u" not in each and "&" not in each):
        digits = "".join(char for char in fold(secret) if char.isascii() and char.isdigit())
        own = digits[6:] if sample.kind.startswith("resident") else digits  # a division is no secret: the numbers beside it carry it too
        if len(own) >= 7 and any(own[i : i + SHORTEST_REST] in plain for i in range(len(own) - SHORTEST_REST + 1)):
            return True
    return False


def measure(samples: Iterable[Sample]) -> Score:
    score = Score()
    for sample in samples:
        text = masked(sample)
        key = (sample.kind, sample.spelling)
        if sample.secrets:
            score.texts[key] += 1
        if sample.secrets and left(sample, text):
            score.missed[key] += 1
            score.examples.append(sample)
        if sample.form == "json":
            json.loads(text)
        for decoy in sample.decoys:
            score.decoys[sample.label or sample.spelling] += 1
            if decoy not in text:
                score.wrong[sample.label or sample.spelling] += 1
                score.examples.append(sample)
    return score

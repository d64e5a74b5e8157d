"""Print what repair brings back, by cause: python -m tests.noise [TEXTS [SEED]], 2,000 texts by default; exit status 1 below the mark."""

from __future__ import annotations

import sys
from random import Random

from tests.noise.measure import Score, changed_by_cleaning, measure
from tests.noise.models import MODELS

TEXTS, SEED, MARK = 2000, 20_260_101, 0.9995


def main() -> int:
    """Run all models in turn, then the clean texts; return the exit status."""
    texts = int(sys.argv[1]) if len(sys.argv) > 1 else TEXTS
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else SEED
    print(f"{'cause':30}{'texts':>7}{'characters':>12}{'recoverable':>13}{'recovered':>11}{'unequal':>9}{'silent':>8}{'seconds':>9}")
    whole = Score()
    for number, (name, damage) in enumerate(MODELS.items()):
        total = Score()
        for at in range(texts // len(MODELS) + (number < texts % len(MODELS))):
            total.add(measure(damage, Random(f"{seed} {name} {at}"))[0])
        whole.add(total)
        _print(name, total)
    _print("all", whole)
    changed = sum(bool(changed_by_cleaning(Random(f"{seed} clean {at}"))) for at in range(texts))
    print(f"{'clean texts changed':30}{texts:>7}{changed:>12}")
    return int(whole.share < MARK or whole.silent > 0 or changed > 0)


def _print(name: str, score: Score) -> None:
    print(
        f"{name:30}{score.texts:>7}{score.characters:>12}{score.recoverable:>13}{score.share:>11.5f}"
        f"{score.unequal:>9}{score.silent:>8}{score.seconds:>9.1f}",
        flush=True,
    )


if __name__ == "__main__":
    raise SystemExit(main())

"""Print how many mentions the resolver gets right, leaves unresolved and gets wrong, by kind."""

from __future__ import annotations

from normalizers.agencies import Context, resolve
from tests.agencies.resolution.cases import Case, Score, by_hand, composed, outcome, scores


def main() -> None:
    """Print the table of both lists, then every mention that isn't right."""
    for title, cases in (("composed", composed()), ("by hand", by_hand())):
        found = scores(cases)
        print(f"{title:<14}{'right':>8}{'unresolved':>12}{'wrong':>8}{'share right':>14}")
        for kind, score in found.items():
            print(_line(kind, score))
        parts = found.values()
        print(_line("all", Score(sum(s.right for s in parts), sum(s.unresolved for s in parts), sum(s.wrong for s in parts))), end="\n\n")
        for case in cases:
            if outcome(case) != "right":
                print(_miss(case))


def _line(kind: str, score: Score) -> str:
    return f"  {kind:<12}{score.right:>8}{score.unresolved:>12}{score.wrong:>8}{score.right / score.total:>14.4f}"


def _miss(case: Case) -> str:
    found = resolve(case.mention, Context(case.region, case.on))
    return f"  {outcome(case)}: {case.mention} in {case.region or '-'} on {case.on}: {found.name}, not {case.name or 'unresolved'}"


if __name__ == "__main__":
    main()

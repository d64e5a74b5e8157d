"""``python -m tests.codes``: examples, errors found of tried, agreement with an independent implementation, the differences by cause."""

from __future__ import annotations

import sys
from collections import Counter

from normalizers.codes import CodeKind, check_credit_code, check_organization_code, check_registration_number
from normalizers.codes.arithmetic import ORGANIZATION_ALPHABET
from tests.codes.errors import Found, all_errors
from tests.codes.examples import PUBLISHED
from tests.codes.oracle import AGREE, CAUSES, UNEXPLAINED, comparisons

COUNT = 1000
CHECKS = {
    CodeKind.CREDIT_CODE: check_credit_code,
    CodeKind.ORGANIZATION_CODE: check_organization_code,
    CodeKind.REGISTRATION_NUMBER: check_registration_number,
}


def main() -> int:
    """Print the figures; return 1 where an example is wrong or a difference is not explained."""
    right = sum(tuple(f.name for f in CHECKS[each.kind](each.printed).failures) == each.failures for each in PUBLISHED)
    print(f"published examples right: {right} of {len(PUBLISHED)}\n")
    for found in all_errors(COUNT):
        print(f"{found.kind}: {found.found:,} of {found.tried:,} found{missed(found)}")
    unexplained = 0
    for comparison in comparisons():
        total = sum(comparison.causes.values())
        print(f"\n{comparison.what}: {comparison.causes[AGREE]:,} of {total:,} answers agree")
        for cause, count in comparison.causes.most_common():
            if cause != AGREE:
                print(f"  {count:6,}  {cause}: {CAUSES.get(cause, 'look at it')}")
        unexplained += comparison.causes[UNEXPLAINED]
    return int(right != len(PUBLISHED) or unexplained > 0)


def missed(found: Found) -> str:
    """Return by how much the values of a wrong and a right character differ where an error passes."""
    if not found.missed:
        return ""
    values = Counter(abs(distance(right, wrong)) for right, wrong in found.missed)
    return "; those that pass differ by " + ", ".join(f"{value} ({count:,})" for value, count in values.most_common())


def distance(right: str, wrong: str) -> int:
    """Return the difference of the values of the first characters that are unlike."""
    place = next(place for place in range(len(right)) if right[place] != wrong[place])
    return ORGANIZATION_ALPHABET.index(right[place]) - ORGANIZATION_ALPHABET.index(wrong[place])


if __name__ == "__main__":
    sys.exit(main())

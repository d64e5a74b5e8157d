"""Codes that standards, registers or public test suites print, with what is wrong with each; and codes made with a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle

from normalizers.agencies.regions import regions
from normalizers.codes import CodeKind
from normalizers.codes.arithmetic import CREDIT_ALPHABET, credit_check_character, organization_check_character
from normalizers.codes.tables import categories

SEED = 20260101


@dataclass(frozen=True)
class Example:
    """A printed code, the tests it must fail and the warnings it must give."""

    kind: CodeKind
    printed: str
    failures: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


CHECK = ("check-character",)
INNER = ("organization-code",)

VALID_CREDIT_CODES = (
    "91350100M000100Y43",
    "91310000132260250X",
    "91330000733796106P",
    "9144030071526726XG",
    "91100000100003962T",
    "911100001000044477",
    "12100000425006117P",
    "9131000013221158XC",
    "91340000711771143J",
)
VALID_ORGANIZATION_CODES = ("D2143569-X", "74371976-1", "L1832212-3", "13226025-0", "10000396-2", "42500611-7", "71526726-X")
VALID_REGISTRATION_NUMBERS = (
    "110108000000016",
    "100000000003965",
    "440301103448669",
    "100000000039122",
    "310000000000840",
    "440301103097413",
)
WRONG_ORGANIZATION_CODES = ("D2143569-0", "13226025-1", "12326025-0", "10000396-X")
WRONG_REGISTRATION_NUMBERS = ("100000000003956", "440301103448668", "440301130448669")

PUBLISHED = (
    *(Example(CodeKind.CREDIT_CODE, code) for code in VALID_CREDIT_CODES),
    *(Example(CodeKind.ORGANIZATION_CODE, code) for code in VALID_ORGANIZATION_CODES),
    *(Example(CodeKind.REGISTRATION_NUMBER, code) for code in VALID_REGISTRATION_NUMBERS),
    Example(CodeKind.CREDIT_CODE, "91310000132260251X", CHECK, INNER),  # one digit changed
    Example(CodeKind.CREDIT_CODE, "91310000132260250Y", CHECK),  # the last character alone
    Example(CodeKind.CREDIT_CODE, "91310000123260250X", CHECK, INNER),  # two neighbours swapped
    Example(CodeKind.CREDIT_CODE, "9131000013226O250X", ("alphabet",)),
    Example(CodeKind.CREDIT_CODE, "913100001322602511", (), INNER),
    Example(CodeKind.CREDIT_CODE, "00000000000000000X", ("dummy",)),
    *(Example(CodeKind.ORGANIZATION_CODE, code, CHECK) for code in WRONG_ORGANIZATION_CODES),
    *(Example(CodeKind.REGISTRATION_NUMBER, code, CHECK) for code in WRONG_REGISTRATION_NUMBERS),
)


def completed(body: str) -> str:
    """Return a valid credit code over 16 characters: the organisation code's check character and the code's own are added."""
    body += organization_check_character(body[8:16])
    return body + credit_check_character(body)


def generated(count: int, seed: int = SEED) -> Iterator[str]:
    """Yield valid credit codes of invented bodies over all pairs of authority and category and all divisions in turn."""
    chance = random.Random(seed)
    pairs = cycle(sorted(categories()))
    divisions = ["100000", *sorted(regions().by_code)]
    chance.shuffle(divisions)
    for _, pair, division in zip(range(count), pairs, cycle(divisions), strict=False):
        alphabet = CREDIT_ALPHABET if chance.random() < 0.5 else "0123456789"
        yield completed(pair + division + "".join(chance.choices(alphabet, k=8)))

"""Errors of typing put into valid codes, and whether the checks find them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from normalizers.agencies.regions import regions
from normalizers.codes.arithmetic import (
    CREDIT_ALPHABET,
    ORGANIZATION_ALPHABET,
    organization_check_character,
    registration_check_digit,
)
from normalizers.codes.credit import credit_failures
from normalizers.codes.organization import organization_failures
from normalizers.codes.registration import registration_failures
from tests.codes.examples import SEED, generated

ILLEGAL = "IOZSV"
DIGITS = "0123456789"


@dataclass
class Found:
    """How many errors of a kind were tried, how many found, and those that were not (wrong value for right, by alphabet)."""

    kind: str
    tried: int = 0
    found: int = 0
    missed: tuple[tuple[str, str], ...] = ()


def substitutions(code: str, alphabet: str) -> Iterator[str]:
    """Yield the code with each character replaced by each other one of an alphabet."""
    for place, right in enumerate(code):
        for char in alphabet:
            if char != right:
                yield code[:place] + char + code[place + 1 :]


def swaps(code: str) -> Iterator[str]:
    """Yield the code with each two unequal neighbours swapped."""
    for place in range(len(code) - 1):
        if code[place] != code[place + 1]:
            yield code[:place] + code[place + 1] + code[place] + code[place + 2 :]


def tried(kind: str, codes: Iterable[str], errors: Callable[[str], Iterator[str]], fails: Callable[[str], object]) -> Found:
    """Return how many errors put into valid codes a check finds."""
    out, missed = Found(kind), []
    for code in codes:
        for wrong in errors(code):
            out.tried += 1
            if fails(wrong):
                out.found += 1
            else:
                missed.append((code, wrong))
    out.missed = tuple(missed)
    return out


def organization_codes(count: int, alphabet: str) -> Iterator[str]:
    """Yield valid organisation codes over an alphabet."""
    chance = random.Random(SEED)
    for _ in range(count):
        body = "".join(chance.choices(alphabet, k=8))
        yield body + organization_check_character(body)


def registration_numbers(count: int) -> Iterator[str]:
    """Yield valid registration numbers over all divisions in turn."""
    chance = random.Random(SEED)
    divisions = sorted(regions().by_code)
    for number in range(count):
        body = divisions[number * 7 % len(divisions)] + f"{chance.randrange(10**8):08d}"
        yield body + registration_check_digit(body)


def all_errors(count: int) -> list[Found]:
    """Return what the checks find of the errors in ``count`` codes of each kind."""
    credit, letters, digits = (
        list(generated(count)),
        [*organization_codes(count, ORGANIZATION_ALPHABET)],
        [*organization_codes(count, DIGITS)],
    )
    numbers = list(registration_numbers(count))
    return [
        tried("credit code, one character wrong", credit, lambda code: substitutions(code, CREDIT_ALPHABET + ILLEGAL), credit_failures),
        tried("credit code, two neighbours swapped", credit, swaps, credit_failures),
        tried("organisation code with letters, one wrong", letters, body_substitutions(ORGANIZATION_ALPHABET), organization_failures),
        tried("organisation code of digits, one wrong", digits, body_substitutions(DIGITS), organization_failures),
        tried("organisation code of digits, neighbours swapped", digits, body_swaps, organization_failures),
        tried("registration number, one digit wrong", numbers, lambda code: substitutions(code, DIGITS), registration_failures),
        tried("registration number, neighbours swapped", numbers, swaps, registration_failures),
    ]


def body_substitutions(alphabet: str) -> Callable[[str], Iterator[str]]:
    """Return a maker of errors in the eight characters before the check character."""
    return lambda code: (wrong + code[8:] for wrong in substitutions(code[:8], alphabet))


def body_swaps(code: str) -> Iterator[str]:
    """Yield an organisation code with two neighbours before the check character swapped."""
    return (wrong + code[8:] for wrong in swaps(code[:8]))

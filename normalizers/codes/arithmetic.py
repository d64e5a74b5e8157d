"""The three check characters of the codes of organisations, as their standards compute them.

Each function takes the characters before the check character, all from the alphabet of its standard; others raise ``ValueError``.
"""

from __future__ import annotations

CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""GB 32100-2015: the value of a character is its place; I, O, Z, S and V are left out."""
CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)

ORGANIZATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""GB 11714-1997: all letters."""
ORGANIZATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
ORGANIZATION_CHECKS = "0123456789X0"
"""By 11 less the remainder: 10 is written X, 11 is written 0."""

CREDIT_LENGTH, ORGANIZATION_LENGTH, REGISTRATION_LENGTH = 18, 9, 15


def credit_check_character(body: str) -> str:
    """Return the character of place 18 over the first 17 (GB 32100-2015, 5.5 with GB/T 17710, modulus 31)."""
    total = sum(CREDIT_ALPHABET.index(char) * weight for char, weight in zip(body, CREDIT_WEIGHTS, strict=True))
    return CREDIT_ALPHABET[-total % len(CREDIT_ALPHABET)]


def organization_check_character(body: str) -> str:
    """Return the ninth character over the first eight (GB 11714-1997)."""
    total = sum(ORGANIZATION_ALPHABET.index(char) * weight for char, weight in zip(body, ORGANIZATION_WEIGHTS, strict=True))
    return ORGANIZATION_CHECKS[11 - total % 11]


def registration_check_digit(body: str) -> str:
    """Return the fifteenth digit over the first fourteen (GS 15-2006 with GB/T 17710, MOD 11,10)."""
    product = 10
    for digit in body:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)

"""Passwords: what one must be, how it is kept, how it is checked.

Rules after NIST SP 800-63B-4 §3.1.1.2: length counts (15 characters where a password is all there is), no rules of composition, no
questions, no change without a reason, none that is easily guessed. Kept as Argon2id (RFC 9106 §4, second recommended option: 64 MiB,
3 passes, 4 lanes), which is above what the OWASP Password Storage Cheat Sheet asks for.
"""

from __future__ import annotations

import secrets
import threading
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from harvester.errors import HarvesterError, WrongCall

LEAST, MOST = 15, 256
"""Characters (Unicode code points, after NFC)."""
SHORT = "A password has at least 15 characters: take four or more words that belong together for nobody but you."
LONG = "A password has at most 256 characters: take a shorter one."
GUESSED = "That password is among the first that would be tried: take words that belong together for nobody but you."
_GUESSED = 2
"""The greatest score of zxcvbn that is refused: fewer than 10⁸ guesses."""
_LOOKED_AT = 72
"""Characters that are judged; beyond that no password is easily guessed that is not so before."""
_CONTEXT = ("harvester", "credit", "operator", "reader", "xinyong", "woaini", "shanghai", "jiangsu", "zhejiang", "anhui", "fagaiwei")
_AT_ONCE = threading.BoundedSemaphore(2)
"""Each check takes 64 MiB: more than two at once would let strangers fill the memory."""
_PATIENCE = 10.0
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Of passwords that are made here: what is read out and typed without doubt."""

HASHER = PasswordHasher()


class Crowded(HarvesterError):  # noqa: N818 -- what happened
    """Too many passwords are being checked at the same time."""


def checked(password: str, name: str) -> str:
    """Return a new password as it is hashed. Raises ``WrongCall`` for one that is too short, too long or easily guessed."""
    kept = _normal(password)
    if len(kept) < LEAST:
        raise WrongCall(SHORT)
    if len(kept) > MOST:
        raise WrongCall(LONG)
    if _guessable(kept, name):
        raise WrongCall(GUESSED)
    return kept


def hashed(password: str) -> str:
    """Return what is kept of a password. Raises ``Crowded``."""
    with _Turn():
        return HASHER.hash(_normal(password))


def fits(password: str, kept: str) -> bool:
    """Tell whether a password is the one of a hash; of an empty hash (no such account) none is, and it takes as long to say so.

    Raises ``Crowded``.
    """
    with _Turn():
        try:
            return HASHER.verify(kept or _nobodys(), _normal(password)[:MOST]) and bool(kept)
        except (VerificationError, InvalidHashError):
            return False


def outgrown(kept: str) -> bool:
    """Tell whether a hash was made with other parameters than today's."""
    return HASHER.check_needs_rehash(kept)


def made() -> str:
    """Return a password made here, to be changed at the first login: five groups of four characters, 99 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(5))


class _Turn:
    def __enter__(self) -> None:
        if not _AT_ONCE.acquire(timeout=_PATIENCE):
            raise Crowded("Too many people are logging in at this moment: try again in a minute.")

    def __exit__(self, *_: object) -> None:
        _AT_ONCE.release()


@cache
def _nobodys() -> str:
    return HASHER.hash(secrets.token_hex(16))


def prepare() -> None:
    """Make the hash that unknown names are checked against, so that the first of them takes no longer than others."""
    _nobodys()


def _normal(password: str) -> str:
    return unicodedata.normalize("NFC", password[: 4 * MOST].encode("utf-8", "replace").decode("utf-8"))


def _guessable(password: str, name: str) -> bool:
    from zxcvbn import zxcvbn  # late: its lists take a tenth of a second, and only new passwords need them

    if len(set(password)) < 5 or (name and name in password.casefold() and len(password) - len(name) < LEAST // 2):
        return True
    return int(zxcvbn(password[:_LOOKED_AT], user_inputs=[name, *_CONTEXT])["score"]) <= _GUESSED

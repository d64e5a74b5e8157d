"""People and their roles."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Role(IntEnum):
    """What a person may do; each role may all that those before it may."""

    NOBODY = 0
    READER = 1
    OPERATOR = 2


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks: the name of the account, empty for whoever sits at a room on loopback or did not log in, and the role."""

    name: str
    role: Role


NOBODY = Person(name="", role=Role.NOBODY)

"""What a check of a printed code gives: its kind, its normal spelling, what is wrong with it, and what it says."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from normalizers.codes.tables import Words, sentences


class CodeKind(StrEnum):
    """The codes that a body, or a person, is printed with."""

    CREDIT_CODE = "credit-code"
    ORGANIZATION_CODE = "organization-code"
    REGISTRATION_NUMBER = "registration-number"
    OLD_REGISTRATION_NUMBER = "old-registration-number"
    TAX_NUMBER = "tax-number"
    RESIDENT_NUMBER = "resident-number"
    UNKNOWN = "unknown"


class DivisionStatus(StrEnum):
    """What is known of the division in a code. ``city-proper`` is 市辖区 (xxxx01), ``zone`` a code given to a development zone."""

    CURRENT = "current"
    FORMER = "former"
    CITY_PROPER = "city-proper"
    ZONE = "zone"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Place:
    """A division of today: its code and its name with those of the divisions around it."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Division:
    """The division whose authority gave a code (GB/T 2260): not the body's address, and not of today's map.

    ``name`` carries the names around it (上海市闸北区); of an unknown county it is the province's. ``former_names`` are names that
    the same code had before. ``valid_from`` and ``valid_to`` are a day, month or year, empty where open or not known. ``today`` holds
    what stands in its place now, itself where it still exists. ``certainty`` is ``sure`` or ``likely``: how well the entry is known.
    """

    code: str
    name: str
    status: DivisionStatus
    province: str
    valid_from: str = ""
    valid_to: str = ""
    today: tuple[Place, ...] = ()
    former_names: tuple[str, ...] = ()
    certainty: str = "sure"


@dataclass(frozen=True, slots=True)
class Finding:
    """A test that a code failed, or a remark on it: ``name`` from a fixed list (``docs/codes.md``), ``facts`` for the sentence."""

    name: str
    facts: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def template(self) -> str:
        """The sentence with its fields in braces; what a catalogue of messages translates."""
        return sentences()[self.name]

    @property
    def detail(self) -> str:
        """The sentence why, in English, ending in what to do."""
        return self.template.format(**dict(self.facts))


@dataclass(frozen=True, slots=True)
class CodeCheck:
    """What a printed code is and which tests it fails.

    ``normal`` is its normal spelling. Where ``kind`` is a resident number, ``printed`` and ``normal`` are masked: the number is kept
    nowhere. ``personal`` is also set for individual businesses (92…, registration numbers whose sequence begins with 6 to 9), whose
    codes are whole here and must not be shown or stored. ``organization_code`` has nine characters without hyphen, given or inside the
    code, empty where there is none. ``suggestion`` is the one spelling near it that passes every test: told, never applied.
    The fields that may be personal are left out of ``repr``.
    """

    kind: CodeKind
    printed: str = field(repr=False)
    normal: str = field(repr=False)
    failures: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    organization_code: str = field(default="", repr=False)
    division: Division | None = None
    authority: Words | None = None
    category: Words | None = None
    suggestion: str = field(default="", repr=False)
    personal: bool = False

    @property
    def valid(self) -> bool:
        """Whether it passes every test of its standard; warnings do not count."""
        return not self.failures

    @property
    def problem(self) -> str:
        """The names of the tests it fails, the first that matters first, joined by a blank; empty for a valid code."""
        return " ".join(finding.name for finding in self.failures)

    @property
    def shown(self) -> str:
        """The normal spelling as it may be printed: masked where it is personal."""
        return masked(self.normal) if self.personal else self.normal


SHOWN = 2
"""Characters of a personal number that stay: its province."""


def masked(number: str) -> str:
    """Return a personal number as it may be shown: the two digits of the province (of 92… the kind), then asterisks."""
    return number[:SHOWN] + "*" * (len(number) - SHOWN)


def finding(name: str, /, **facts: object) -> Finding:
    """Return a finding with its facts as text."""
    return Finding(name, tuple((key, str(value)) for key, value in facts.items()))

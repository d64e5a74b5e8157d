"""What ``sites.toml`` says of the record sites: their chrome, their sections, and what each section prints of a record."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple


class FieldPlan(NamedTuple):
    """One printed field: its label, the concept behind it, and a form of printing where there are several."""

    label: str
    concept: str
    form: str = ""


@dataclass(frozen=True, slots=True)
class SectionPlan:
    """One section: what is printed of how many records, and how.

    ``code`` is unique on the site, ``section`` the id in the record sheet, ``column`` what its addresses hold, ``persons`` and
    ``shops`` shares in per cent, ``cap`` the pages shown of a query (0: all), ``never`` a section that nobody should ask for,
    ``keyless`` one whose rows have no identifier, ``publisher`` and ``field`` the body of all its records or their field, ``plain``
    one of few firms whose codes are right, ``spread`` one that takes one firm after the other.
    """

    code: str
    name: str
    path: str
    page_size: int
    kind: str
    count: int
    fields: tuple[FieldPlan, ...]
    dates: tuple[str, ...]
    blanks: tuple[str, ...]
    id: str = ""
    column: str = ""
    list_name: str = ""
    colour: str = ""
    persons: int = 0
    shops: int = 0
    era: str = ""
    publisher: str = ""
    field: str = ""
    cap: int = 0
    dummy_dates: bool = False
    never: bool = False
    keyless: bool = False
    plain: bool = False
    spread: bool = False

    @property
    def section(self) -> str:
        """Return the section's id in the record sheet."""
        return self.id or self.code

    def prints(self, *concepts: str) -> bool:
        """Tell whether the section prints one of these concepts."""
        return any(field.concept in concepts for field in self.fields)


@dataclass(frozen=True, slots=True)
class RecordSiteFacts:
    """One record site: its family, the host and name in its pages, the region whose records it shows."""

    id: str
    family: str
    host: str
    name: str
    region: str
    sections: tuple[SectionPlan, ...]

    def section(self, code: str) -> SectionPlan:
        """Return a section by its code. An unknown code raises ``ValueError``."""
        for section in self.sections:
            if section.code == code:
                return section
        raise ValueError(f"{self.id} has no section {code!r}; choose one of {', '.join(s.code for s in self.sections)}.")


@cache
def record_site_facts() -> dict[str, RecordSiteFacts]:
    """Return the facts of the record sites by id."""
    tables = tomllib.loads((files("harvester.replica.records") / "sites.toml").read_text(encoding="utf-8"))
    return {site: _facts(site, table) for site, table in tables.items()}


def _facts(site: str, table: dict[str, Any]) -> RecordSiteFacts:
    sections = tuple(_section(each) for each in table.pop("sections"))
    return RecordSiteFacts(id=site, sections=sections, **table)


def _section(table: dict[str, Any]) -> SectionPlan:
    fields = tuple(FieldPlan(*(part.strip() for part in each.split(" | "))) for each in table.pop("fields"))
    words: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in table.items()}
    return SectionPlan(fields=fields, **words)

"""The fields of a printed record by concept: what is known, what means nothing, what nobody knows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from normalizers.notices.blanks import blank_reason
from normalizers.notices.fields import Label, Use, label_key, read_label
from normalizers.notices.records import Blank, Defect, PrintedField, PrintedRecord
from normalizers.notices.text import tidy

MASKED = "masked"
_MASK = re.compile(r"(?:〔[^〔〕]{1,30}(?:已隐去|不收录)[^〔〕]{0,30}〕|\*)+")
SHOWN = 60
"""Characters of a printed value that a defect's detail repeats."""


@dataclass(frozen=True, slots=True)
class Given:
    """One printed value that means something, tidied, and its label."""

    label: Label
    text: str


@dataclass(slots=True)
class Gathered:
    """The fields of a record by concept, and what was found out while they were read."""

    values: dict[str, list[Given]] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    unknown: list[PrintedField] = field(default_factory=list)
    blanks: list[Blank] = field(default_factory=list)
    defects: list[Defect] = field(default_factory=list)
    further: list[PrintedField] = field(default_factory=list)

    def given(self, *concepts: str) -> list[Given]:
        """Return the values of some concepts, in the order of the concepts, then as printed."""
        return [given for concept in concepts for given in self.values.get(concept, ())]

    def text(self, *concepts: str) -> str:
        """Return the values of some concepts, each once, joined by ；."""
        return "；".join(dict.fromkeys(given.text for given in self.given(*concepts)))

    def blank(self, concept: str, printed: str, reason: str) -> None:
        """Note a value that means nothing, once."""
        found = Blank(concept, printed[:SHOWN], reason)
        if found not in self.blanks:
            self.blanks.append(found)

    def is_blank(self, concept: str, reason: str = "") -> bool:
        """Tell whether a value of the concept was printed that means nothing (for this reason)."""
        return any(blank.concept == concept and reason in ("", blank.reason) for blank in self.blanks)

    def defect(self, name: str, concept: str, detail: str = "") -> None:
        """Note a defect, once."""
        found = Defect(name, concept, detail)
        if found not in self.defects:
            self.defects.append(found)

    def keep(self, concept: str, texts: Iterable[str]) -> None:
        """Keep values that have no place of their own."""
        self.further.extend(found for text in texts if text and (found := PrintedField(concept, text)) not in self.further)


def gather(record: PrintedRecord) -> Gathered:
    """Return the fields of a record by concept. Personal and technical fields go, unknown ones are kept as printed."""
    found = Gathered()
    for printed in record.fields:
        found.keys.add(label_key(printed.label))
        label = read_label(printed.label, record.kind)
        if label is None:
            found.unknown.append(printed)
        elif label.concept.use in (Use.COLUMN, Use.FURTHER):
            _add(found, label, tidy(printed.value))
    return found


def _add(found: Gathered, label: Label, text: str) -> None:
    concept = label.concept
    reason = MASKED if _MASK.fullmatch(text) else blank_reason(text, concept.value)
    if reason and concept.name == "person_name":
        return
    if reason:
        found.blank(concept.name, text, reason)
    elif text:
        found.values.setdefault(concept.name, []).append(Given(label, text))


def shown(text: str) -> str:
    """Return a printed value as a defect's detail repeats it: its beginning, on one line."""
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"

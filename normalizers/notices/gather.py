"""The fields of a printed record by concept: what is known, what means nothing, what nobody knows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from normalizers.notices.blanks import blank_reason
from normalizers.notices.fields import Label, Use, label_key, read_label
from normalizers.notices.records import Blank, Defect, NoticeKind, PrintedField, PrintedRecord
from normalizers.notices.tables import own_words, words
from normalizers.notices.text import tidy

MASKED = "masked"
ENDINGS = frozenset({NoticeKind.REPAIR, NoticeKind.WITHDRAWAL})
"""Records that end others: the number they print is to be that of the earlier record."""
_MASK = re.compile(r"(?:〔[^〔〕]{1,30}(?:已隐去|不收录)[^〔〕]{0,30}〕|\*)+")
OF_THE_RECORD = ("decided_on", "number", "authority")
"""Concepts that a record may print for itself and for what it rests on, each under its own label: its own goes first."""
SHOWN = 60
"""Characters of a printed value that a defect's detail repeats."""


@dataclass(frozen=True, slots=True)
class Given:
    """One printed value that means something, tidied, its label and the label's key."""

    label: Label
    text: str
    key: str = ""


@dataclass(slots=True)
class Gathered:
    """The fields of a record by concept, and what was found out while they were read."""

    values: dict[str, list[Given]] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    unknown: list[PrintedField] = field(default_factory=list)
    blanks: dict[Blank, None] = field(default_factory=dict)
    defects: dict[Defect, None] = field(default_factory=dict)
    further: dict[PrintedField, None] = field(default_factory=dict)

    def given(self, *concepts: str) -> list[Given]:
        """Return the values of some concepts, in the order of the concepts, then as printed."""
        return [given for concept in concepts for given in self.values.get(concept, ())]

    def text(self, *concepts: str) -> str:
        """Return the values of some concepts, each once, joined by ；."""
        return "；".join(dict.fromkeys(given.text for given in self.given(*concepts)))

    def blank(self, concept: str, printed: str, reason: str) -> None:
        """Note a value that means nothing, once."""
        self.blanks[Blank(concept, printed[:SHOWN], reason)] = None

    def is_blank(self, concept: str, reason: str = "") -> bool:
        """Tell whether a value of the concept was printed that means nothing (for this reason)."""
        return any(blank.concept == concept and reason in ("", blank.reason) for blank in self.blanks)

    def defect(self, name: str, concept: str, detail: str = "") -> None:
        """Note a defect, once."""
        self.defects[Defect(name, concept, detail)] = None

    def keep(self, concept: str, texts: Iterable[str]) -> None:
        """Keep values that have no place of their own."""
        self.further.update((PrintedField(concept, text), None) for text in texts if text)


def gather(record: PrintedRecord) -> Gathered:
    """Return the fields of a record by concept. Personal and technical fields go, unknown ones are kept as printed."""
    found = Gathered()
    own = own_words(record.kind)
    for printed in record.fields:
        key = label_key(printed.label)
        found.keys.add(key)
        label = read_label(printed.label, record.kind)
        if label is None:
            found.unknown.append(printed)
        elif label.concept.use in (Use.COLUMN, Use.FURTHER):
            _add(found, label, tidy(printed.value), key)
    for concept in OF_THE_RECORD:
        first = words("earlier") if concept == "number" and record.kind in ENDINGS else own
        given = found.values.get(concept, [])
        given[:] = [each for each in given if is_own(each, first)] + [each for each in given if not is_own(each, first)]
    return found


def is_own(given: Given, own: tuple[str, ...]) -> bool:
    """Tell whether a label speaks of this kind of record (列入日期 in a list, not the 处罚日期 beside it)."""
    return any(word in given.key for word in own)


def _add(found: Gathered, label: Label, text: str, key: str) -> None:
    concept = label.concept
    reason = MASKED if _MASK.fullmatch(text) else blank_reason(text, concept.value)
    if reason and concept.name == "person_name":
        return
    if reason:
        found.blank(concept.name, text, reason)
    elif text:
        found.values.setdefault(concept.name, []).append(Given(label, text, key))


def shown(text: str) -> str:
    """Return a printed value as a defect's detail repeats it: its beginning, on one line."""
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"

"""Proposals as they are decided: selectors that belong together on one card, and their proof on the archive in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from harvester.messages import _, counted
from storage import operations_work
from storage.proposals import ACCEPTED, PROPOSED, REFUSED
from storage.store import Store

Row = Mapping[str, Any]
DECIDED = 20
"""Cards of proposals that were decided and are still shown."""
OBJECTIONS = 5
BEFORE = "before"
"""Where a rule stands that goes before the sheet's own."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing that a proof found, and whether it speaks for the selectors."""

    text: str
    good: bool


@dataclass(frozen=True, slots=True)
class Card:
    """Proposals of a section that were made and decided together: ``rules`` by field, all with one proof."""

    section: str
    state: str
    rules: Sequence[tuple[str, str]]
    ids: Sequence[int]
    first: bool
    specimen: int | None
    made_at: datetime
    decided_by: str
    decided_at: datetime | None
    holds: bool
    proof: Sequence[Sentence]
    objections: Sequence[str]

    @property
    def waits(self) -> bool:
        """Tell whether somebody is to decide."""
        return self.state == PROPOSED


def cards(store: Store, site: str, lang: str) -> list[Card]:
    """Return the proposals for a site: those that wait first, then the last that were decided."""
    groups: dict[tuple[object, ...], list[Row]] = {}
    for row in operations_work.proposals_of(store, site):
        if row["state"] in (PROPOSED, ACCEPTED, REFUSED):
            moment = row["made_at"] if row["state"] == PROPOSED else row["decided_at"]
            groups.setdefault((row["state"], row["section"], moment), []).append(row)
    made = [_card(sorted(group, key=lambda row: row["id"]), lang) for group in groups.values()]
    waiting = [card for card in made if card.waits]
    return waiting + [card for card in made if not card.waits][:DECIDED]


def _card(group: Sequence[Row], lang: str) -> Card:
    row, proof = group[0], group[0]["proof"]
    rules = [(each["field"], expression(each["rule"])) for each in group]
    return Card(
        row["section"], row["state"], rules, [each["id"] for each in group], row["rule"].get("place", BEFORE) == BEFORE, row["specimen"],
        row["made_at"], row["decided_by"] or "", row["decided_at"], bool(proof.get("holds")),
        list(proof_told(proof, lang, articles=not row["section"])), [str(each) for each in (proof.get("wrong") or ())[:OBJECTIONS]],
    )  # fmt: skip


def expression(rule: Row) -> str:
    """Return what a rule looks for, as the fact sheet would have it."""
    return next((f"{rule[kind]}" for kind in ("css", "xpath", "meta") if rule.get(kind)), "")


def proof_told(proof: Row, lang: str, *, articles: bool) -> Iterator[Sentence]:
    """Yield what reading the archived pages with the proposed selectors gave, a sentence each."""
    pages = _count(proof, "pages")
    yield Sentence(counted("{n} page that was not read is read", "{n} pages that were not read are read", pages, lang), pages > 0)
    yield (_of_articles if articles else _of_lists)(proof, lang)
    same, good = _count(proof, "same"), _count(proof, "good")
    if good:
        yield Sentence(_("{same} of {good} pages that were read well are read as before", lang).format(same=same, good=good), same == good)
    else:
        yield Sentence(_("no page that was read well is kept to hold it against", lang), good=False)


def _of_lists(proof: Row, lang: str) -> Sentence:
    items, known, dated = (_count(proof, name) for name in ("items", "known", "dated"))
    told = counted(
        "{n} line of lists: {known} of a known document, {dated} with a day",
        "{n} lines of lists: {known} of known documents, {dated} with a day",
        items, lang, known=known, dated=dated,
    )  # fmt: skip
    return Sentence(told, good=0 < items == dated and known > 0)


def _of_articles(proof: Row, lang: str) -> Sentence:
    known, derived = _count(proof, "known"), _count(proof, "derived")
    told = counted(
        "{derived} of {n} known document has the text that is stored",
        "{derived} of {n} known documents have the text that is stored",
        known,
        lang,
        derived=derived,
    )
    return Sentence(told, good=known > 0 and derived * 2 >= known)


def _count(proof: Row, name: str) -> int:
    value = proof.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0

"""Proposals as they are decided: selectors that belong together on one card, and their proof on the archive in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from harvester.monitoring.proofs_told import Sentence, proof_told
from harvester.sentences import said
from harvester.sentences.blanks import field_in_words
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
    rules = [(field_in_words(each["field"], lang), expression(each["rule"])) for each in group]
    return Card(
        row["section"], row["state"], rules, [each["id"] for each in group], row["rule"].get("place", BEFORE) == BEFORE, row["specimen"],
        row["made_at"], row["decided_by"] or "", row["decided_at"], bool(proof.get("holds")),
        list(proof_told(proof, lang, articles=not row["section"])),
        [said(str(each), lang) for each in (proof.get("wrong") or ())[:OBJECTIONS]],
    )  # fmt: skip


def expression(rule: Row) -> str:
    """Return what a rule looks for, as the fact sheet would have it."""
    return next((f"{rule[kind]}" for kind in ("css", "xpath", "meta") if rule.get(kind)), "")

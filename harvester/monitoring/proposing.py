"""Proposals for the fact sheet of a site whose template changed: found in its specimens, proven on the archive, accepted by an operator."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from harvester.decisions import stored_decisions
from harvester.errors import HarvesterError, WrongCall
from harvester.monitoring.evidence import SiteEvidence, gather
from harvester.monitoring.proving import Proof, prove_articles, prove_list
from normalizers.agencies import Decisions
from spiders.factsheet import FactSheet
from spiders.proposing import Found, propose_list
from spiders.proposing_articles import propose_article
from spiders.rules import AFTER, Written, with_rules
from storage import proposals
from storage.proposals import ACCEPTED, PROPOSED, REFUSED, WITHDRAWN, Proposal
from storage.store import Store


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found for a site: proposals, and by section (empty: its articles) why nothing is proposed."""

    proposals: tuple[Proposal, ...]
    reasons: dict[str, str]


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of proposals that were to be accepted: those that were, and in sentences what keeps the others."""

    accepted: tuple[Proposal, ...]
    refused: tuple[str, ...] = ()


def effective(store: Store, sheet: FactSheet) -> FactSheet:
    """Return a fact sheet with the rules that were accepted for it."""
    return with_rules(sheet, proposals.accepted_rules(store).get(sheet.id, ()))


def propose(store: Store, sheet: FactSheet, at: datetime) -> Answer:
    """Look for rules in the specimens of a site, prove them on the archive, and note them as proposed. ``sheet`` is the file's own."""
    in_force = proposals.accepted_rules(store).get(sheet.id, [])
    sheet = with_rules(sheet, in_force)
    evidence, decisions = gather(store, sheet), stored_decisions(store)
    reasons: dict[str, str] = {}
    made: list[Proposal] = []
    for section in (*evidence.lists, ""):
        found, specimen = _find(evidence, sheet, section)
        if not found.rules:
            reasons |= {section: found.reason} if found.reason else {}
            continue
        rules, proof = _proven(sheet, found.rules, section, evidence, decisions)
        made += [
            Proposal(sheet.id, section, each["field"], _without_place_of(each), specimen, proof.as_json())
            for each in rules
            if each not in in_force
        ]
    return Answer(tuple(proposals.propose(store, sheet.id, made, at)), reasons)


def _find(evidence: SiteEvidence, sheet: FactSheet, section: str) -> tuple[Found, int]:
    """Return the rules that are found for the list of a section (empty: for the articles of the site), and the specimen they rest on."""
    kind = "list" if section else "article"
    bad = [each for each in evidence.bad if each.specimen.kind == kind and section in ("", each.specimen.section)]
    if not bad:
        told = f"No body of a bad page was kept ({evidence.without_body} may name somebody): look at the site and mend the sheet by hand."
        return Found(reason=told if evidence.without_body else ""), 0
    sheet = bad[0].sheet
    if section:
        found = propose_list(evidence.lists[section], sheet, sheet.section(section))
    else:
        found = propose_article([page.known for page in evidence.articles], sheet)
    return found, bad[0].specimen.id


def _proven(
    sheet: FactSheet, rules: Sequence[Written], section: str, evidence: SiteEvidence, decisions: Decisions
) -> tuple[Sequence[Written], Proof]:
    """Return rules with their proof, before the sheet's own; where good pages are then read otherwise, after them if that holds."""
    first = _prove(sheet, rules, section, evidence, decisions)
    if first.holds or first.same == first.good:
        return rules, first
    later = [{**each, "place": AFTER} for each in rules]
    second = _prove(sheet, later, section, evidence, decisions)
    return (later, second) if second.holds else (rules, first)


def _prove(sheet: FactSheet, rules: Sequence[Written], section: str, evidence: SiteEvidence, decisions: Decisions) -> Proof:
    return prove_list(sheet, rules, section, evidence) if section else prove_articles(sheet, rules, evidence, decisions)


def _without_place_of(written: Written) -> dict[str, str]:
    return {name: value for name, value in written.items() if name not in ("section", "field")}


def written(proposal: Proposal) -> Written:
    """Return a proposal as the rule that it is."""
    return {"section": proposal.section, "field": proposal.field, **proposal.rule}


# --- what an operator decides --------------------------------------------------------------------------------------------------


def chosen(store: Store, site: str, ids: Iterable[int], states: Sequence[str]) -> list[Proposal]:
    """Return the proposals of a site in these states, all of them or those that are named; raises WrongCall for others."""
    found = proposals.listed(store, site, states)
    wanted = list(dict.fromkeys(ids))
    if unknown := [str(number) for number in wanted if number not in {each.id for each in found}]:
        raise WrongCall(f"{site} has no proposal {', '.join(unknown)} that is {' or '.join(states)}; see `harvester drift {site}`.")
    return [each for each in found if not wanted or each.id in wanted]


def accept(store: Store, sheet: FactSheet, ids: Iterable[int], by: str, at: datetime) -> Decided:
    """Prove proposals again on the archive as it is now, and accept those that hold, section by section, all of one or none.

    Raises WrongCall for ids that are not proposed, HarvesterError where there is nothing to accept.
    """
    asked = chosen(store, sheet.id, ids, (PROPOSED,))
    if not asked:
        raise HarvesterError(f"nothing is proposed for {sheet.id}; look for it with `harvester drift propose {sheet.id}`.")
    sheet = effective(store, sheet)
    evidence, decisions = gather(store, sheet), stored_decisions(store)
    accepted: list[Proposal] = []
    refused: list[str] = []
    for section in dict.fromkeys(each.section for each in asked):
        group = [each for each in asked if each.section == section]
        proof = _prove(sheet, [written(each) for each in group], section, evidence, decisions)
        if proof.holds:
            proposals.decide(store, group, ACCEPTED, by, at)
            accepted += [replace(each, state=ACCEPTED, proof=proof.as_json()) for each in group]
        else:
            refused.append(f"{section or 'articles'}: {'; '.join(proof.wrong[:3]) or 'no bad page is kept that it could be proven on'}")
    return Decided(tuple(accepted), tuple(refused))


def refuse(store: Store, site: str, ids: Iterable[int], by: str, at: datetime) -> list[Proposal]:
    """Refuse proposals, those that are named or all of a site."""
    return _turn(store, chosen(store, site, ids, (PROPOSED,)), REFUSED, by, at)


def withdraw(store: Store, site: str, ids: Iterable[int], by: str, at: datetime) -> list[Proposal]:
    """Withdraw accepted rules, those that are named or all of a site: the next crawl reads by the fact sheet again."""
    return _turn(store, chosen(store, site, ids, (ACCEPTED,)), WITHDRAWN, by, at)


def _turn(store: Store, found: list[Proposal], state: str, by: str, at: datetime) -> list[Proposal]:
    if not found:
        raise HarvesterError("there is nothing to decide; see `harvester drift` for what is proposed and accepted.")
    proposals.decide(store, found, state, by, at)
    return [replace(each, state=state, decided_by=by, decided_at=at) for each in found]

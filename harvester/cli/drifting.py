"""The verb ``drift``: sections whose template changed, what is proposed for them, and the decisions on it."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Annotated, Any

import typer

from harvester.cli.options import ByOption, FormatOption, StoreOption
from harvester.cli.output import Format, console, emit
from harvester.errors import HarvesterError, WrongCall
from harvester.messages import _, language
from harvester.moments import minute
from harvester.monitoring import proposing, reporting
from harvester.monitoring.proofs_told import proof_told
from harvester.sentences import said
from harvester.sentences.blanks import field_in_words, page_in_words, place_in_words
from harvester.session import check_site, opened, settings
from harvester.values import printable
from spiders.factsheet import FactSheet, UnknownSiteError
from spiders.sheet_toml import sheet_as_toml
from spiders.sheets import sheet_of
from storage import proposals
from storage.proposals import ACCEPTED, PROPOSED, REFUSED, Proposal
from storage.store import Store

ACTIONS = ("propose", "accept", "refuse", "withdraw", "sheet")
DRIFT_COLUMNS = ("site", "site section", "drift", "state", "since", "cause", "kind of pages", "proposed", "accepted")
PROPOSAL_COLUMNS = ("id", "site section", "field", "rule", "place", "state")


def register(app: typer.Typer) -> None:
    """Add this module's verb to the command line."""
    app.command()(drift)


def drift(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SITE] | propose SITE | accept SITE [ID...] | refuse SITE [ID...] | withdraw SITE [ID...] | sheet SITE"),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="accept, refuse, withdraw: all of the site's.")] = False,
    by: ByOption = "",
    store: StoreOption = None,
    form: FormatOption = Format.TABLE,
) -> int:
    """Show sections whose pages changed their template, and mend them by selectors that were found in the pages and proven on the archive.

    Exit status 1 where nothing could be proposed, or something that was to be accepted does not hold.
    """
    action, site, ids = asked(list(words or ()))
    with opened(store) as found:
        if not action:
            check_site(found, site)
            return show(found, site, form)
        sheet = document_sheet(site)
        if action == "sheet":
            sys.stdout.write(sheet_as_toml(proposing.effective(found, sheet)))
            return 0
        if action == "propose":
            return propose(found, sheet, form)
        if not ids and not every:
            raise WrongCall(f"say which by their ids, as `harvester drift {site}` shows them, or --all.")
        who = by or settings(store).operator or getpass.getuser()
        return decide(found, sheet, action, ids, who, form)


def asked(words: list[str]) -> tuple[str, str, list[int]]:
    """Return the action (empty: show), the site (empty: all) and the ids that a call names."""
    action = words.pop(0) if words and words[0] in ACTIONS else ""
    site = words.pop(0) if words else ""
    if action and not site:
        raise WrongCall(f"`drift {action}` needs a site; see `harvester drift` for those that changed.")
    if unknown := [word for word in words if not word.isdecimal() or len(word) > 15]:
        raise WrongCall(f"{printable(unknown[0])} is no proposal's id; write `drift [{'|'.join(ACTIONS)}] SITE [ID...]`.")
    if words and action not in ("accept", "refuse", "withdraw"):
        raise WrongCall("ids are for accept, refuse and withdraw only.")
    return action, site, [int(word) for word in words]


def document_sheet(site: str) -> FactSheet:
    """Return the fact sheet of a site of documents; of a site of records it is told why nothing can be proposed."""
    try:
        sheet = sheet_of(site)
    except UnknownSiteError as error:
        raise WrongCall(f"{error}; see `harvester sites`.") from None
    if isinstance(sheet, FactSheet):
        return sheet
    raise HarvesterError(
        f"{site} publishes records, which are read by code and not by selectors: nothing can be proposed. "
        "Look at its pages and mend its family (docs/drift.md)."
    )


def show(store: Store, site: str, form: Format) -> int:
    """Show the drift of a site's sections (of all); in a table also the pages side by side, and what is proposed."""
    rows = reporting.drift_rows(store, site)
    pairs = list(reporting.comparisons(store, site)) if site else []
    offered = proposals.listed(store, site, (PROPOSED, ACCEPTED)) if site else []
    if form is not Format.TABLE:
        made = [reporting.proposal_row(each) for each in offered]
        emit([row | {"comparisons": _of(pairs, row), "proposals": _of(made, row)} for row in rows], form, DRIFT_COLUMNS)
        return 0
    emit([row | {"site section": row["section"], "kind of pages": kinds(row["pages"])} for row in rows], form, DRIFT_COLUMNS)
    for pair in pairs:
        compare(pair)
    if offered:
        show_proposals(offered, form)
    return 0


def kinds(pages: str) -> str:
    """Return the kinds of pages of a section that are not read, as people say them."""
    return _(", ").join(page_in_words(each) for each in pages.split(", ")) if pages else ""


def _of(found: list[dict[str, Any]], row: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in found if each.get("section", each.get("site section")) in ("", row["section"])]


def compare(pair: dict[str, Any]) -> None:
    """Print a bad page beside a good one: addresses, and what is gone and came."""
    out = console()
    heading = _("{section}, {page}: not read since {bad}, last read {good}; drift {drift}")
    out.print()
    told = {"section": pair["section"], "page": page_in_words(pair["page"]), "drift": pair["drift"]}
    days = {"bad": minute(pair["first bad"]), "good": minute(pair["last good"]) or "–"}
    out.print(heading.format(**told, **days), markup=False)
    for name, url in ((_("last good page"), pair["good url"]), (_("first bad page"), pair["bad url"])):
        out.print(f"  {name}{_(': ')}{printable(url)}", markup=False)
    for name, mark, places in ((_("gone from its structure"), "-", pair["gone"]), (_("come into it"), "+", pair["came"])):
        if places:
            out.print(f"  {name}{_(': ').rstrip()}", markup=False)
        for place in places:
            out.print(f"  {mark} {printable(place)}", markup=False)
    if not pair["kept"]:
        out.print("  " + _("Only its skeleton is kept, since the page may name somebody."), markup=False)


def show_proposals(found: Sequence[Proposal], form: Format) -> None:
    """Show proposals; in a table with the proof of those that belong together below them, in sentences."""
    rows = [reporting.proposal_row(each) for each in found]
    if form is not Format.TABLE:
        emit(rows, form, PROPOSAL_COLUMNS)
        return
    emit([for_people(row) for row in rows], form, PROPOSAL_COLUMNS)
    for (section, state), group in groupby(found, lambda each: (each.section, each.state)):
        tell_proof(section, state, list(group))


def for_people(row: dict[str, Any]) -> dict[str, Any]:
    """Return a proposal's row as a table shows it."""
    words = {"field": field_in_words(row["field"]), "place": place_in_words(row["place"])}
    if row["state"] == REFUSED:  # by itself the word is that of a connection that was refused
        words["state"] = _("refused by an operator")
    return row | words | {"site section": row["site section"] or _("articles")}


def tell_proof(section: str, state: str, group: Sequence[Proposal]) -> None:
    """Say what the archive says of proposals that belong together, and how they are accepted."""
    out, proof = console(), group[0].proof
    held = _("Proven on the archive: it holds") if proof.get("holds") else _("Not proven: it does not hold")
    out.print(f"{section or _('articles')}{_(': ')}{held}", markup=False)
    for each in proof_told(proof, language(), articles=not section):
        out.print(f"  {'+' if each.good else '-'} {each.text}", markup=False)
    for wrong in proof.get("wrong", ()):
        out.print(f"  - {printable(said(wrong))}", markup=False)
    if state == PROPOSED and proof.get("holds"):
        ids = " ".join(str(each.id) for each in group)
        out.print("  " + _("Accept with `harvester drift accept {site} {ids}`.").format(site=group[0].site, ids=ids), markup=False)


def propose(store: Store, sheet: FactSheet, form: Format) -> int:
    """Look for selectors, and show them with their proof."""
    answer = proposing.propose(store, sheet, datetime.now(UTC))
    if form is Format.TABLE and not (answer.proposals or answer.reasons):
        console().print(_("No page of {site} waits for a selector: see `harvester drift {site}`.").format(site=sheet.id), markup=False)
        return 1
    show_proposals(answer.proposals, form)
    if form is Format.TABLE:
        for section, reason in answer.reasons.items():
            console().print(f"{section or _('articles')}{_(': ')}{said(reason)}", markup=False)
    return 0 if answer.proposals and all(each.proof["holds"] for each in answer.proposals) and not answer.reasons else 1


def decide(store: Store, sheet: FactSheet, action: str, ids: list[int], by: str, form: Format) -> int:
    """Accept, refuse or withdraw, and show what was."""
    now = datetime.now(UTC)
    if action != "accept":
        turned = (proposing.refuse if action == "refuse" else proposing.withdraw)(store, sheet.id, ids, by, now)
        show_proposals(turned, form)
        return 0
    decided = proposing.accept(store, sheet, ids, by, now)
    show_proposals(decided.accepted, form)
    if decided.accepted and form is Format.TABLE:
        told = _("The next crawl reads with them. Crawl again: harvester crawl {site}.")
        console().print(told.format(site=sheet.id), markup=False)
    if decided.refused:
        raise HarvesterError(
            f"not accepted, since it no longer holds: {' | '.join(decided.refused)}; look at `harvester drift {sheet.id}`."
        )
    return 0

"""What specimens and proposals tell of a site: how far its pages drifted, since when, and what came in the place of what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harvester.monitoring.specimens import drift_of, nearest
from spiders.skeleton import Skeleton, difference
from storage import proposals, specimens
from storage.proposals import ACCEPTED, PROPOSED, Proposal
from storage.specimens import Specimen
from storage.store import Store


def drift_rows(store: Store, site: str = "") -> list[dict[str, Any]]:
    """Return a row a section that has specimens: its drift (0 to 1), since when it is not read, and what is proposed and accepted."""
    held = specimens.of_site(store, site)
    decided = proposals.listed(store, site, (PROPOSED, ACCEPTED))
    places = sorted({(each.site, each.section) for each in held})
    return [_row(store, [each for each in held if (each.site, each.section) == place], decided, place) for place in places]


def _row(store: Store, held: list[Specimen], decided: list[Proposal], place: tuple[str, str]) -> dict[str, Any]:
    site, section = place
    bad = [each for kind in ("list", "article") for each in specimens.bad_ones(held, kind)]
    own = [each for each in decided if each.site == site and each.section in ("", section)]
    first = min(bad, key=lambda each: each.id, default=None)
    return {
        "site": site,
        "section": section,
        "drift": round(drift_of(store, site, section) or 0.0, 2),
        "state": "unread" if bad else "read",
        "since": first.at if first else None,
        "run": first.run if first else "",
        "cause": first.cause if first else "",
        "pages": ", ".join(dict.fromkeys(each.kind for each in bad)),
        "proposed": sum(each.state == PROPOSED for each in own),
        "accepted": sum(each.state == ACCEPTED for each in own),
    }


def comparisons(store: Store, site: str) -> Iterator[dict[str, Any]]:
    """Yield for each section and kind of page that is not read the first bad page beside the last good one before it."""
    held = specimens.of_site(store, site)
    for section in sorted({each.section for each in held}):
        own = [each for each in held if each.section == section]
        for kind in ("list", "article"):
            if bad := specimens.bad_ones(own, kind):
                yield _comparison(bad[0], [each for each in specimens.good_ones(own, kind) if each.id < bad[0].id])


def _comparison(bad: Specimen, good: list[Specimen]) -> dict[str, Any]:
    last = min(good, key=lambda each: (nearest(bad, [each]), -each.id), default=None)
    told = difference(Skeleton.of_text(last.skeleton), Skeleton.of_text(bad.skeleton)) if last else None
    return {
        "site": bad.site,
        "section": bad.section,
        "page": bad.kind,
        "cause": bad.cause,
        "drift": round(nearest(bad, [last]), 2) if last else None,
        "first bad": bad.at,
        "bad url": bad.url,
        "bad specimen": bad.id,
        "last good": last.at if last else None,
        "good url": last.url if last else "",
        "good specimen": last.id if last else None,
        "gone": list(told.gone) if told else [],
        "came": list(told.came) if told else [],
        "kept": bad.location is not None,
    }


def proposal_row(proposal: Proposal) -> dict[str, Any]:
    """Return a proposal as one row; ``proof`` in a few words, ``objections`` what does not hold."""
    proof = proposal.proof
    lists = f"{proof.get('items', 0)}/{proof.get('known', 0)}/{proof.get('dated', 0)}"
    articles = f"{proof.get('pages', 0)}/{proof.get('known', 0)}/{proof.get('derived', 0)}"
    expression = proposal.rule.get("css") or proposal.rule.get("xpath") or proposal.rule.get("meta", "")
    return {
        "id": proposal.id,
        "site": proposal.site,
        "site section": proposal.section,
        "field": proposal.field,
        "rule": expression,
        "place": proposal.rule.get("place", ""),
        "state": proposal.state,
        "holds": bool(proof.get("holds")),
        "proof": lists if proposal.section else articles,
        "good pages": f"{proof.get('same', 0)}/{proof.get('good', 0)}",
        "objections": "; ".join(proof.get("wrong", [])[:2]),
        "made_at": proposal.made_at,
        "decided_by": proposal.decided_by,
    }

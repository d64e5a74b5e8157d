"""A version in its other forms: plain text, JSON, JSON-LD, and the headers that name them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from email.utils import format_datetime
from typing import Any

from harvester import addresses
from harvester.citing import number_shown
from harvester.web.reading.card import Card
from harvester.web.reading.versions import Reading
from normalizers.records import DocumentKind

Json = dict[str, Any]

TYPES = {
    "json": "application/json",
    "txt": "text/plain; charset=utf-8",
    "bib": "application/x-bibtex; charset=utf-8",
    "jsonld": "application/ld+json",
}
"""Media types by the ending of an address."""
LAW = frozenset({DocumentKind.REGULATION, DocumentKind.MEASURES})
"""Kinds that schema.org would call legislation; plans, lists and notices are works of writing (``CreativeWork``)."""
FORCE = {"live": "InForce", "gone": "InForce", "moved": "InForce", "repealed": "NotInForce"}


def as_json(card: Card, reading: Reading, tasks: list[Mapping[str, Any]], base: str) -> Json:
    """Return a version for programs: what it says of itself, its text, its parts with their addresses."""
    said = card.said
    names = ("document_number", "issued_on", "published_on", "printed_on", "effective_on", "expires_on", "plan_start", "plan_end")
    return {
        "id": card.id,
        "version": card.number,
        "address": base + addresses.document(card.id, version=card.number),
        "title": card.title,
        **{name: _plain(said[name]) for name in names},
        "index_number": said["index_number"],
        "document_kind": said["document_kind"],
        "issuers": [row["name"] or row["mention"] for row in card.issuers],
        "regions": list(card.regions),
        "site": card.place["site"],
        "url": card.place["url"],
        "state": card.place["state"],
        "work": card.place["work_id"],
        "versions": [{name: _plain(row[name]) for name in ("version", "change", "in_force_from", "content_hash")} for row in card.versions],
        "layout": "file" if reading.whole else "lines",
        "parts": [
            {"part": part.name, "words": part.words, "kind": str(part.unit.kind), "level": part.level, "text": part.unit.text}
            for part in reading.index.parts
        ],
        "tasks": [{"id": row["lasting_id"], "address": row["address"], "text": row["text"]} for row in tasks],
    }


def as_text(card: Card, reading: Reading, base: str) -> str:
    """Return a version as plain text: a head that says what it is, then the text as it is read."""
    said = card.said
    head = [card.title, said["document_number"], _plain(said["published_on"]) or ""]
    head += [base + addresses.document(card.id, version=card.number), card.place["url"]]
    return "\n".join([*(line for line in head if line), "", reading.text, ""])


def as_linked_data(card: Card, base: str) -> Json:
    """Return a version as schema.org has it (Legislation for rules, CreativeWork for plans and lists)."""
    said = card.said
    law = said["document_kind"] in LAW
    found: Json = {
        "@context": "https://schema.org",
        "@type": "Legislation" if law else "CreativeWork",
        "@id": base + addresses.document(card.id, version=card.number),
        "name": card.title,
        "inLanguage": "zh-Hans",
        "url": base + addresses.document(card.id),
        "isBasedOn": card.place["url"],
        "datePublished": _plain(said["published_on"]),
        "version": card.number,
        "publisher": [{"@type": "GovernmentOrganization", "name": row["name"] or row["mention"]} for row in card.issuers],
    }
    number = number_shown(said["document_number"]) if said["document_number"] else None
    if law:
        found |= {
            "legislationIdentifier": number,
            "legislationDate": _plain(said["issued_on"]),
            "legislationDateVersion": _plain(_in_force_from(card)),
            "legislationLegalForce": f"https://schema.org/{FORCE.get(card.place['state'], 'InForce')}",
            "legislationResponsible": found["publisher"],
        }
    else:
        found |= {"identifier": number, "dateCreated": _plain(said["issued_on"])}
    return {name: value for name, value in found.items() if value not in (None, "", [])}


def links(card: Card) -> str:
    """Return the header ``Link`` of a version's page: canonical, other forms, TimeMap (RFC 8288, RFC 7089)."""
    here = addresses.document(card.id)
    found = [f'<{addresses.document(card.id, version=card.number) if not card.latest else here}>; rel="canonical"']
    found += [f'<{here}@{card.number}.{form}>; rel="alternate"; type="{kind.partition(";")[0]}"' for form, kind in TYPES.items()]
    found += [f'<{here}>; rel="original timegate"', f'<{here}/timemap>; rel="timemap"; type="application/link-format"']
    return ", ".join(found)


def timemap(card_versions: list[Mapping[str, Any]], document: str, base: str) -> str:
    """Return the versions of a document in the link format of RFC 7089 §5."""
    here = base + addresses.document(document)
    lines = [f'<{here}>; rel="original timegate"', f'<{here}/timemap>; rel="self"; type="application/link-format"']
    for row in card_versions:
        place = base + addresses.document(document, version=row["version"])
        lines.append(f'<{place}>; rel="memento"; datetime="{http_date(row["fetched_at"])}"')
    return ",\n".join(lines) + "\n"


def http_date(moment: datetime) -> str:
    """Return a moment as HTTP writes it (RFC 9110 §5.6.7)."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return format_datetime(aware.astimezone(UTC), usegmt=True)


def _in_force_from(card: Card) -> date | None:
    return next((row["in_force_from"] for row in card.versions if row["version"] == card.number), None)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value

"""What specimens and stored documents say of a changed template: the pages as text, beside what is known of their documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import select

from harvester.hints import hints_from_json
from normalizers.text.decode import decode
from spiders.factsheet import FactSheet
from spiders.families import family
from spiders.families.reading import parse, text_of
from spiders.items import ListPage
from spiders.line_groups import KnownLine, ListEvidence
from spiders.proposing import read_again
from spiders.proposing_articles import ArticleEvidence
from storage import specimens
from storage.errors import ArchiveError, UnknownRecord
from storage.identity import document_id
from storage.records import StoredSource
from storage.schema import documents, sightings
from storage.sources import source
from storage.specimens import Specimen
from storage.store import Store


@dataclass(frozen=True, slots=True)
class Kept:
    """A specimen with its text; ``sheet`` is its site's, at the address that the page was fetched from."""

    specimen: Specimen
    text: str
    body: bytes
    sheet: FactSheet


@dataclass(frozen=True, slots=True)
class KnownPage:
    """An article page that was not read, what is known of its document, and where that came from."""

    kept: Kept
    known: ArticleEvidence
    source: StoredSource
    stored: bytes


@dataclass(frozen=True, slots=True)
class SiteEvidence:
    """All that is known of the templates of a site: pages with a body only, by section for lists."""

    good: tuple[Kept, ...]
    bad: tuple[Kept, ...]
    lists: dict[str, tuple[ListEvidence, ...]]
    articles: tuple[KnownPage, ...]
    without_body: int = 0


def gather(store: Store, sheet: FactSheet) -> SiteEvidence:
    """Return the evidence on a site; pages that the archive lost, or that were not kept, are counted and left out."""
    held = specimens.of_site(store, sheet.id)
    sections = {section.id for section in sheet.sections}
    bad = [each for section in sorted(sections) for each in _bad(held, section)]
    good = [each for each in held if each.good and each.section in sections]
    read_bad, read_good = list(_kept(store, sheet, bad)), list(_kept(store, sheet, good))
    lists = {
        section: _lists(store, section, read_bad, read_good) for section in sorted({each.section for each in bad if each.kind == "list"})
    }
    articles = tuple(page for kept in read_bad if kept.specimen.kind == "article" if (page := _known_page(store, kept)))
    return SiteEvidence(tuple(read_good), tuple(read_bad), lists, articles, len(bad) - len(read_bad))


def _bad(held: list[Specimen], section: str) -> list[Specimen]:
    own = [each for each in held if each.section == section]
    return [each for kind in ("list", "article") for each in specimens.bad_ones(own, kind)]


def _kept(store: Store, sheet: FactSheet, found: Iterable[Specimen]) -> Iterator[Kept]:
    for specimen in found:
        if specimen.location is None:
            continue
        try:
            body = store.archive.read(specimen.location).body
        except ArchiveError:
            continue  # counted as a page without a body; `harvester db verify` names the file
        text = decode(body, declared=specimen.charset or sheet.charset, markup=True).text
        yield Kept(specimen, text, body, at_address(sheet, specimen.url))


def at_address(sheet: FactSheet, url: str) -> FactSheet:
    """Return a sheet at the address that a page was fetched from, which may be that of a replica."""
    parts = urlsplit(url)
    return sheet if sheet.serves(url) else sheet.with_base(f"{parts.scheme}://{parts.netloc}")


# --- lists ---------------------------------------------------------------------------------------------------------------


def _lists(store: Store, section: str, bad: Iterable[Kept], good: Iterable[Kept]) -> tuple[ListEvidence, ...]:
    site = next((each.sheet.id for each in bad), "")
    known, foreign = known_lines(store, section, site), foreign_lines(store, section, site)
    stated = any(_states(each) for each in good if (each.specimen.section, each.specimen.kind) == (section, "list"))
    pages = [each for each in bad if (each.specimen.section, each.specimen.kind) == (section, "list")]
    return tuple(ListEvidence(each.text, plain(each.specimen.url), known, stated, _usual(each, good), foreign) for each in pages)


def _usual(page: Kept, good: Iterable[Kept]) -> int:
    """Return how many lines the last good page at this address had; where none was kept, what the pages of the list had at the least."""
    alike = [each for each in good if (each.specimen.section, each.specimen.kind) == (page.specimen.section, "list")]
    counts = [(_place(each), len(read.items)) for each in alike if (read := _read_list(each)) is not None]
    same = [count for place, count in counts if place == _place(page)]
    return same[-1] if same else min((count for _, count in counts), default=0)


def _place(kept: Kept) -> str:
    return urlsplit(plain(kept.specimen.url))._replace(scheme="", netloc="").geturl()


def foreign_lines(store: Store, section: str, site: str) -> dict[str, KnownLine]:
    """Return what is known of the documents that other sections of a site listed and this one never did, by key."""
    s, own = sightings.c, sightings.alias()
    listed = select(own.c.key).where(own.c.site == site, own.c.section == section)
    query = select(s.key, s.title, s.listed_on).where(s.site == site, s.section != section, s.key.not_in(listed)).order_by(s.section)
    with store.reading() as connection:
        return {row.key: KnownLine(row.title or "", row.listed_on) for row in connection.execute(query)}


def known_lines(store: Store, section: str, site: str) -> dict[str, KnownLine]:
    """Return what is known of the documents that a section listed, by key."""
    s, d = sightings.c, documents.c
    query = select(s.key, s.title, s.listed_on, d.title.label("stored"))
    query = query.outerjoin(documents, (d.site == s.site) & (d.key == s.key)).where(s.site == site, s.section == section)
    with store.reading() as connection:
        return {row.key: KnownLine(row.title or row.stored or "", row.listed_on) for row in connection.execute(query)}


def plain(url: str) -> str:
    """Return the address of a page without the mark of its specimen."""
    return url.partition("#")[0]


def _states(kept: Kept) -> bool:
    read = _read_list(kept)
    return read is not None and (read.pages is not None or read.total is not None)


def _read_list(kept: Kept) -> ListPage | None:
    return read_again(kept.text, plain(kept.specimen.url), kept.sheet, kept.specimen.section)


# --- articles ------------------------------------------------------------------------------------------------------------


def _known_page(store: Store, kept: Kept) -> KnownPage | None:
    """Return an article's page with what was read of its document before, ``None`` where that is not known."""
    url = plain(kept.specimen.url)
    key = family(kept.sheet.family).document_key(url)
    try:
        found = source(store, document_id(kept.sheet.id, key))
        payload = store.archive.read(found.capture.location)
    except (UnknownRecord, ArchiveError):
        return None
    hints = hints_from_json(found.publication.hints)
    before = parse(decode(payload.body, declared=hints.charset, markup=True).text)
    boxes = before.css(hints.body) if hints.body else []
    known = ArticleEvidence(
        text=kept.text,
        url=url,
        key=key,
        title=hints.title,
        body=text_of(boxes[0]) if boxes else "",
        document_number=hints.document_number,
        issuers=hints.issuers,
        issued_on=hints.issued_on,
        # Where the article says no day, the list's stands in for it, today as before.
        published_on=None if hints.published_on == found.publication.listed_on else hints.published_on,
        source=hints.source,
        files=_files(store, kept.sheet.id, key),
    )
    return KnownPage(kept, known, found, payload.body)


def _files(store: Store, site: str, key: str) -> frozenset[str]:
    d = documents.c
    query = select(d.key).where(d.site == site, d.parent_key == key, d.kind == "attachment", d.state == "live")
    with store.reading() as connection:
        return frozenset(connection.execute(query).scalars())

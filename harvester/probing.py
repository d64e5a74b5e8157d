"""Addresses that nothing names any more: which of them a crawl asks for again, and what their answers say.

Only a real 404 or 410 says anything: the file is gone, or the article has left its former address. Whatever else comes back, only the
clock moves on, so that the address is asked for again as seldom as any other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from harvester.members import SEPARATOR
from harvester.recall import StoredFile, StoredItem, live_files
from harvester.unnaming import clean_address, clean_key
from spiders.items import ArticleCapture, CaptureKind, Probe
from storage import absences
from storage.keyed import Keyring
from storage.store import Store


@dataclass(frozen=True, slots=True)
class Address:
    """An address to ask for again: what it is that of, and where. ``clock`` is the key of the document whose clock says when."""

    kind: CaptureKind
    section: str
    key: str
    url: str
    clock: str


@dataclass(frozen=True, slots=True)
class Read:
    """An article as this run read it: where it is now, and the keys of the files it names."""

    section: str
    url: str
    files: frozenset[str]

    @classmethod
    def of(cls, item: ArticleCapture, keyring: Keyring) -> Read:
        """Return what a capture of an article says of places, as the store keeps them."""
        files = frozenset(clean_key(file.key, keyring) for file in item.article.attachments)
        return cls(item.capture.section, clean_address(item.capture.url, keyring), files)


def unnamed_files(files: Collection[StoredFile], named: Mapping[str, Collection[str]]) -> Iterator[Address]:
    """Yield the files that their article, as it was read just now, names no more: ``named`` are the keys of files by article.

    The files of an archive are asked for as one, by its address.
    """
    asked: set[str] = set()
    for file in files:
        base = archive_key(file.key)
        keys = named.get(file.parent_key)
        if keys is None or file.key in keys or base in keys or base in asked:
            continue
        if url := _address(file):
            asked.add(base)
            yield Address(CaptureKind.ATTACHMENT, file.section, base, url, file.key)


def orphaned_files(files: Collection[StoredFile], absent: Collection[str] = ()) -> Iterator[Address]:
    """Yield the files whose article is not live any more, or absent."""
    lost = [file for file in files if not file.of_live or file.parent_key in absent]
    yield from unnamed_files(lost, dict.fromkeys((file.parent_key for file in lost), ()))


def former_addresses(stored: Mapping[str, StoredItem], read: Mapping[str, Read], listed: Collection[str]) -> Iterator[Address]:
    """Yield the stored addresses of articles that were read at another path just now, unless a list (``listed``) still names them.

    A query is no place: many sites put what changes at every call into it.
    """
    paths = {path_of(url) for url in listed}
    for key, now in read.items():
        item = stored.get(key)
        if item is not None and path_of(item.item.url) not in paths | {path_of(now.url)}:
            yield Address(CaptureKind.ARTICLE, item.section, key, item.item.url, key)


def archive_key(key: str) -> str:
    """Return the key of a file, of one out of an archive that of the archive."""
    page, slash, name = key.rpartition("/")
    return page + slash + name.partition(SEPARATOR)[0]


def path_of(url: str) -> str:
    """Return the path of an address as a reader would write it, of what is no address the whole of it."""
    try:
        return unquote(urlsplit(url).path)
    except ValueError:
        return url


def _address(file: StoredFile) -> str:
    """Return the address to ask for a file by, empty where it was not kept whole since it names a person (``harvester.unnaming``)."""
    address, *fragments = file.url.split("#")
    return address if len(fragments) == (archive_key(file.key) != file.key) else ""


# --- what the answers say ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """How many documents are gone by an answer, and how many were found missing for the first time."""

    gone: int = 0
    absent: int = 0


def settle(store: Store, probe: Probe, read: Mapping[str, Read], run: str) -> Told:
    """Keep what an answer says, and return what is missing by it."""
    if probe.kind is CaptureKind.ARTICLE:
        _settle_article(store, probe, read.get(probe.key), run)
        return Told()
    keys = [file.key for file in live_files(store, probe.site) if archive_key(file.key) == probe.key]
    if probe.missing:
        gone = sum(absences.missing(store, probe.site, key, probe.at, run) for key in keys)
        return Told(gone, len(keys) - gone)
    for key in keys:
        store.mark_asked(probe.site, key, probe.at)
    absences.end(store, probe.site, keys)
    return Told()


def _settle_article(store: Store, probe: Probe, now: Read | None, run: str) -> None:
    """Move an article to where it was read, when its former address is missing or leads there; it was never absent.

    One that was not read, and whose address leads to a document that no list read here names, is asked for again by its age.
    """
    if now is None:
        store.mark_asked(probe.site, probe.key, probe.at)
    elif probe.missing or path_of(probe.landed) == path_of(now.url):
        store.relocate(probe.site, probe.key, now.url, now.section, probe.at, run)

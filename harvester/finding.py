"""The one box: whatever people have in hand of a document, a task, a body or a record leads to where it stands here.

Numbers in any spelling, titles and parts of them, names of bodies, codes of legal subjects, our own identifiers and addresses, and
addresses of the sites. What is sure and alone may be opened at once; everything else is shown, with why it was found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import unquote

from sqlalchemy import Connection, select

from harvester import addresses, spellings
from harvester.record_questions import CODES, FEWEST_DIGITS
from normalizers.codes import identify
from normalizers.text.fold import fold
from spiders.families import family
from spiders.sheets import sheets_by_id
from storage import found_documents, searching
from storage.found_documents import Candidate
from storage.identity import document_id, text_key
from storage.notice_schema import notices
from storage.schema import agencies, agency_names, documents, tasks, works
from storage.selection import Filters
from storage.store import Store

MOST = 30
"""Hits that are shown; of more, the search page knows."""
MOST_PIECES = 8
"""Codes, identifiers or numbers of one text that are looked up."""
LONGEST_TITLE = 120
"""Characters of a part of a title that are looked for."""
SURE_PART = 6
"""Characters, folded, of the shortest part of a title that opens the one document it belongs to."""

IDENTIFIER, URL, CODE, NUMBER, BODY = "identifier", "address of a site", "code", "document number", "name of a body"
TITLE, PART = "title", "part of the title"
DAMAGED_CODE = "code that fails its check"
FORMER, MOVED = "number of a former version", "moved to this address"
PERSONAL = "personal number"
"""What was tried, and why a hit is one: fixed words, in the reader's language by ``messages._``."""

_OURS = re.compile(r"/(?P<kind>[dtawns])/(?P<rest>[^?#\s]{1,200})")
_DOCUMENT = re.compile(
    r"(?P<id>d[a-z2-7]{11})(?:@(?P<at>\d{4}-\d{2}-\d{2}|\d{1,6})|/v(?P<version>\d{1,6}))?(?:/(?P<part>[^/@\s]{1,60}))?(?:@(?P<on>\d{4}-\d{2}-\d{2}))?"
)
_TASK = re.compile(r"(?P<document>d[a-z2-7]{11})\.(?:k\d{1,6}|(?P<version>\d{1,6})\.t\d{1,6})")


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found.

    ``kind`` is document, task, agency, work, record or subject; ``why`` a fixed word; ``sure`` tells that nothing else can be meant.
    """

    kind: str
    id: str
    address: str
    title: str
    why: str
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """What the box answers: the hits, the surest first, and what was tried, in fixed words; nothing is tried of what holds no word.

    ``cut`` tells that there are more hits than are shown.
    """

    hits: tuple[Hit, ...]
    tried: tuple[str, ...]
    cut: bool = False

    @property
    def only(self) -> Hit | None:
        """The hit to open at once, ``None`` where there is none or several."""
        return self.hits[0] if len(self.hits) == 1 and self.hits[0].sure else None


def find(store: Store, text: str) -> list[Hit]:
    """Return what a text typed into the one box leads to, the surest first; nothing is found for a number of a person."""
    return list(look_up(store, text).hits)


def look_up(store: Store, text: str) -> Answer:
    """Return what the one box answers. What names one thing for certain (identifier, address, code, number) ends the search."""
    typed = spellings.tidy(text)
    if not fold(typed):
        return Answer((), ())
    pieces = [] if spellings.is_url(typed) else spellings.words_of(typed)[:MOST_PIECES]
    if not spellings.is_url(typed) and any(identify(each).personal for each in (typed, *pieces)):
        return Answer((), (PERSONAL,))
    tried: list[str] = []
    with store.reading() as connection:
        if several := _several(connection, typed, pieces):
            return _answer(several, [name for name, _ in _STEPS])
        for name, step in _STEPS:
            tried.append(name)
            if hits := step(connection, typed):
                return _answer(hits, tried)
        if spellings.is_url(typed):
            return Answer((), (IDENTIFIER, URL))
        bodies = _by_body(connection, typed)
    hits = [*bodies, *_by_title(store, typed)]
    one = len(hits) == 1
    return _answer([hit if one else replace(hit, sure=False) for hit in hits], [*tried, BODY, TITLE])


def _answer(hits: Sequence[Hit], tried: Sequence[str]) -> Answer:
    return Answer(tuple(hits[:MOST]), tuple(tried), len(hits) > MOST)


def _several(connection: Connection, typed: str, pieces: Sequence[str]) -> list[Hit]:
    """Return what several codes, identifiers or numbers in one text lead to: all of it, none for sure."""
    found: list[Hit] = []
    if numbers := spellings.numbers_in(typed)[:MOST_PIECES]:
        found = [hit for number in numbers for hit in _by_number(connection, number)]
    elif len(pieces) > 1:
        named = [_by_identifier(connection, piece) or [hit for hit in _by_code(connection, piece) if hit.sure] for piece in pieces]
        found = [hit for hits in named for hit in hits] if all(named) else []
    return [replace(hit, sure=False) for hit in {hit.address: hit for hit in found}.values()]


# --- our own identifiers and addresses -------------------------------------------------------------------------------------


def _by_identifier(connection: Connection, typed: str) -> list[Hit]:
    ours = _OURS.search(typed) if spellings.is_url(typed) or typed.startswith("/") else None
    name = unquote(ours["rest"]) if ours else unicodedata.normalize("NFKC", typed).strip()
    if ours and ours["kind"] == "s":
        return _by_code(connection, name)
    if found := _TASK.match(name):
        return _task(connection, found[0])
    if found := _DOCUMENT.fullmatch(name.removesuffix("/history").removesuffix("/archived")):
        return _document(connection, found)
    for table, kind, address in ((works, "work", addresses.work), (agencies, "agency", addresses.agency)):
        column = table.c.title if kind == "work" else table.c.name
        row = connection.execute(select(column).where(table.c.id == name)).one_or_none()
        if row is not None:
            return [Hit(kind, name, address(name), row[0], IDENTIFIER)]
    return _merged_work(connection, name) or _record(connection, name)


def _task(connection: Connection, name: str) -> list[Hit]:
    t = tasks.c
    query = select(t.lasting_id, t.text).where((t.id == name) | (t.lasting_id == name)).order_by(t.version.desc()).limit(1)
    return [Hit("task", row.lasting_id, addresses.task(row.lasting_id), row.text, IDENTIFIER) for row in connection.execute(query)]


def _document(connection: Connection, found: re.Match[str]) -> list[Hit]:
    at = found["at"] or ""
    number = int(found["version"] or (at if at.isdecimal() else 0)) or None
    try:
        day = date.fromisoformat(found["on"] or (at if "-" in at else "")) if found["on"] or "-" in at else None
    except ValueError:
        return []
    known = found_documents.by_ids(connection, [found["id"]])
    place = addresses.document(found["id"], at=day, version=number, part=found["part"] or "")
    return [replace(_hit(each, IDENTIFIER), address=place) for each in known]


def _merged_work(connection: Connection, name: str) -> list[Hit]:
    """Return the work that a work of another day is part of now: a work is called after its least document."""
    if not re.fullmatch(r"w[a-z2-7]{11}", name):
        return []
    query = select(works.c.id, works.c.title).join(documents, documents.c.work_id == works.c.id)
    found = connection.execute(query.where(documents.c.id == "d" + name[1:]))
    return [Hit("work", row.id, addresses.work(row.id), row.title, IDENTIFIER) for row in found]


def _record(connection: Connection, name: str) -> list[Hit]:
    """Return a public record by its identifier; whether it may be shown is decided where it is shown, and nothing of it is told here."""
    known = connection.execute(select(notices.c.id).where(notices.c.id == name)).first()
    return [Hit("record", name, addresses.record(name), name, IDENTIFIER)] if known else []


# --- addresses of sites ----------------------------------------------------------------------------------------------------


def _by_url(connection: Connection, typed: str) -> list[Hit]:
    if not spellings.is_url(typed):
        return []
    keyed = [document_id(site, key) for site, key in _keys(typed)]
    if found := found_documents.by_ids(connection, keyed):
        return _documents(connection, found, URL)
    forms = spellings.url_spellings(typed)
    return _documents(connection, found_documents.by_urls(connection, forms), URL)


def _keys(url: str) -> Iterable[tuple[str, str]]:
    """Yield the sites that have the host of an address, and what their content management calls the page."""
    parts = spellings.split_url(url)
    if parts is None:
        return
    own = set(spellings.hosts(parts.netloc))
    for sheet in sheets_by_id().values():
        name = getattr(sheet, "family", "")
        if name and own & set(sheet.hosts) and hasattr(family(name), "document_key"):
            for form in dict.fromkeys((parts.geturl(), parts._replace(query="").geturl())):
                if key := family(name).document_key(form):
                    yield sheet.id, key


# --- codes, numbers --------------------------------------------------------------------------------------------------------


def _by_code(_connection: Connection, typed: str) -> list[Hit]:
    plain = unicodedata.normalize("NFKC", typed)
    if not plain.isascii():
        return []
    check = identify(plain)
    if check.kind not in CODES or check.personal or (check.failures and sum(map(str.isdigit, plain)) < FEWEST_DIGITS):
        return []  # nine letters are a word rather than a damaged organisation code
    code = check.normal
    return [Hit("subject", code, addresses.dossier(code), code, CODE if not check.failures else DAMAGED_CODE, not check.failures)]


def _by_number(connection: Connection, typed: str) -> list[Hit]:
    keys = {text_key(form) for script in spellings.scripts(typed) for form in spellings.number_spellings(script)}
    if not keys:
        return []
    found = found_documents.by_numbers(connection, sorted(keys))
    return _documents(connection, found, NUMBER)


# --- bodies, titles --------------------------------------------------------------------------------------------------------


def _by_body(connection: Connection, typed: str) -> list[Hit]:
    a, n = agencies.c, agency_names.c
    names = spellings.scripts(typed)
    named = select(n.agency_id).where(n.name_key.in_([text_key(name) for name in names]))
    found = connection.execute(select(a.id, a.name).where(a.name.in_(names) | a.id.in_(named)).order_by(a.name, a.id).limit(MOST + 1))
    return [Hit("agency", row.id, addresses.agency(row.id), row.name, BODY) for row in found]


def _by_title(store: Store, typed: str) -> list[Hit]:
    with store.reading() as connection:
        exact = found_documents.by_titles(connection, [text_key(script) for script in spellings.scripts(typed)])
        if exact:
            return _documents(connection, exact, TITLE)
    return next((hits for script in spellings.scripts(typed[:LONGEST_TITLE]) if (hits := _by_part(store, script))), [])


def _by_part(store: Store, typed: str) -> list[Hit]:
    """Return the documents whose title holds a text, else all of its words."""
    whole, wanted = fold(typed), [fold(word) for word in typed.split()]
    for words in (f'"{typed.replace(chr(34), " ")}"', typed.replace('"', " ")):
        hits = searching.search(store, words, Filters(limit=2 * MOST), kind="document", exact=True)["hits"]
        titles = {hit["id"]: fold(hit["title"]) for hit in hits}
        named = [each for each, title in titles.items() if whole in title or all(word in title for word in wanted)]
        if named:
            with store.reading() as connection:
                found = _documents(connection, found_documents.by_ids(connection, named), PART)
            return [replace(hit, sure=hit.sure and len(whole) >= SURE_PART) for hit in found]
        if len(wanted) < 2:
            break
    return []


# --- documents -------------------------------------------------------------------------------------------------------------


def _documents(connection: Connection, found: Sequence[Candidate], why: str) -> list[Hit]:
    """Return a hit a work: of copies the one to read, of a page and its files the page; what moved leads to where it is now."""
    here = [(found_documents.settled(connection, each), each) for each in found]
    ids = {place.id for place, _ in here}
    kept: dict[str, Hit] = {}
    for place, each in sorted(here, key=lambda pair: pair[0].rank):
        if place.parent in ids and why != URL:
            continue
        reason = MOVED if place.id != each.id else FORMER if each.former else why
        kept.setdefault(place.work if why != URL else place.id, _hit(place, reason))
    hits = list(kept.values())
    return hits if len(hits) == 1 else [replace(hit, sure=False) for hit in hits]


def _hit(each: Candidate, why: str) -> Hit:
    return Hit("document", each.id, addresses.document(each.id), each.title, why)


_Step = Callable[[Connection, str], list[Hit]]
_STEPS: tuple[tuple[str, _Step], ...] = ((IDENTIFIER, _by_identifier), (URL, _by_url), (CODE, _by_code), (NUMBER, _by_number))

__all__ = ["Answer", "Hit", "find", "look_up"]

"""Search: ask the index for documents, tasks and public records, and show where the words stand.

Hits in titles come first, then the newest; a document stands before its tasks. A page begins behind a place (``paging``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select

from storage import highlights, notice_search, paging, past_search, synonyms
from storage import search as index
from storage.batches import among, as_one, batches
from storage.days import local_day
from storage.engine import rows
from storage.kept_statements import kept, some, values_of
from storage.line_schema import document_lines, line_choices, line_numbers, task_line_agencies, task_lines
from storage.matching import matching_of
from storage.notice_schema import notice_search_entries, notices
from storage.places import LAST, ORDINAL_BITS, first_line, last_line, place_of
from storage.schema import tasks, versions
from storage.search_asked import Asked, Counted, place_of_entry, said, zones
from storage.search_plans import MANY, about, by_index, count, count_within, page
from storage.search_plans import holding as _holding
from storage.search_sqlite import few_tasks
from storage.search_terms import Word
from storage.selection import NO_FILTERS, Filters, chosen_versions, is_past, stem_of
from storage.store import Store

Row = dict[str, Any]

KINDS = ("document", "task", "notice")
_FIRST, _LAST = 1, (1 << 60) - 1
_ALL = 1_000_000
"""Hits of a question without a limit."""


# --- words ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Words:
    """What is looked for: the words as typed, folded; for each its alternatives; and the names that are looked for besides."""

    typed: tuple[str, ...] = ()
    wanted: tuple[Word, ...] = ()
    expanded: dict[str, list[str]] = field(default_factory=dict)


def read_words(connection: Connection, query: str, *, exact: bool = False) -> Words:
    """Return what a question asks for; ``exact``, as quotation marks do for a word, leaves out the other names of a body.

    Words in traditional characters are looked for in simplified ones, too. Raises ``RefusedQuestion`` for one that is too long.
    """
    traditional = synonyms.is_traditional(query)
    index.words_of(query)
    wanted: dict[str, Word] = {}
    expanded: dict[str, list[str]] = {}
    for word, quoted in index.quoted_words(query):
        spelled = synonyms.spellings(word, traditional=traditional)
        names = [] if exact or quoted else _names(connection, spelled)
        if names:
            expanded[word] = names
        wanted[word] = synonyms.least([*spelled, *map(index.folded, names)])
    return Words(tuple(wanted), tuple(wanted.values()), expanded)


def _names(connection: Connection, spelled: Iterable[str]) -> list[str]:
    return next((names for word in spelled if (names := synonyms.names_of(connection, word))), [])


def holding(connection: Connection, words: str, kind: str, *, checked: bool = True) -> Select[Any]:
    """Return the selection of the places (``place``) of documents or tasks (``kind``) in which all the words stand.

    Documents of any standing are among them, hidden ones and copies, too. No other names of bodies are looked for. Where places are not
    ``checked``, some may be among them to which the index leads though the words do not stand there.
    """
    wanted = read_words(connection, words, exact=True).wanted
    if not wanted:
        return select(document_lines.c.place).where(document_lines.c.place < 0)
    return _holding(connection.dialect.name, index.TASKS if kind == "task" else index.DOCUMENTS, wanted, checked=checked)


def rare_tasks(connection: Connection, filters: Filters) -> list[int] | None:
    """Return the places of all that ``tasks_holding`` gives the first of, where the words are rare enough (``search_sqlite.few_tasks``)."""
    words = read_words(connection, filters.words, exact=True)
    if not words.wanted:
        return []
    found = few_tasks(connection, _asked(connection, words, filters, None, None)["task"])
    return None if found is None else list(map(place_of_entry, found))


def tasks_holding(connection: Connection, filters: Filters, below: int, limit: int) -> list[int]:
    """Return the first places below one of current tasks that hold the words, in reading order: the index itself has it.

    Of the filters those of documents count, not those of bodies and deadlines, nor those for another day or one document.
    """
    words = read_words(connection, filters.words, exact=True)
    if not words.wanted:
        return []
    asked = _asked(connection, words, filters, None, None)["task"]
    with by_index(connection):
        return [place_of_entry(entry) for entry in page(connection, index.TASKS, asked, limit, below=below, counted=MANY)]


def count_tasks(connection: Connection, filters: Filters, most: int) -> int | None:
    """Return how many tasks there are of which ``tasks_holding`` gives the first; None where the index leads to more than ``most``."""
    words = read_words(connection, filters.words, exact=True)
    if not words.wanted:
        return 0
    asked = _asked(connection, words, filters, None, None)["task"]
    with by_index(connection):
        return count_within(connection, index.TASKS, asked, most)


def about_tasks(connection: Connection, words: str) -> int:
    """Return in about how many tasks the words stand, 0 where to count them by the index is as soon done (``search_plans.about``)."""
    wanted = read_words(connection, words, exact=True).wanted
    return about(connection, index.TASKS, Asked(wanted, zones(_FIRST, _LAST))) if wanted else 0


def holds_words(connection: Connection, filters: Filters, place: ColumnElement[int], *, anywhere: bool = False) -> ColumnElement[bool]:
    """Return the condition that the current task at a place holds all the words, asked of its text: for words that are common.

    ``place`` is that of a task which the other filters leave: without any for copies it counts, so its entry has the number of its place;
    ``anywhere``: of any task, also of a copy that counts in its site alone.
    """
    e = index.TASKS.entries.c
    wanted = read_words(connection, filters.words, exact=True).wanted
    counts = not (anywhere or filters.site or filters.region or filters.document or filters.all_copies or is_past(filters))
    entry = e.id == place if counts else e.id.in_([place, -place, -place - index.HIDDEN])
    return some(entry, *said(connection.dialect.name, e.folded, wanted))


# --- scope ---------------------------------------------------------------------------------------------------------------


def _asked(connection: Connection, words: Words, filters: Filters, since: date | None, until: date | None) -> dict[str, Asked]:
    """Return what is asked of each index; an index that cannot hold what the filters ask for is not asked."""
    low, high = _span(filters, since, until)
    past = is_past(filters) or "@" in filters.document
    asked = Asked(words.wanted, zones(low, high), index.kind_mark(filters.kind) if filters.kind else "")
    if past:
        asked = replace(asked, zones=zones(low, high, copies=True, hidden=True), of_documents=_chosen_now(filters))
    elif filters.document:
        asked = replace(asked, zones=_of_document(connection, filters.document))
        asked = _placed(asked, replace(filters, all_copies=True)) if filters.site or filters.region else asked
    elif filters.site or filters.region:
        asked = _placed(replace(asked, zones=zones(low, high, copies=True)), filters)
    elif filters.all_copies:
        asked = replace(asked, zones=zones(low, high, copies=True))
    by_task = _of_tasks(connection, filters)
    if by_task is not None:
        return {"task": replace(asked, within=by_task)}
    found = {"document": asked, "task": asked}
    if past or filters.document or filters.kind:
        return found
    return found | {"notice": _of_records(words, filters, zones(low, high))}


def _span(filters: Filters, since: date | None, until: date | None) -> tuple[int, int]:
    days = [(since, until)]
    days += [(date(filters.year, 1, 1), date(filters.year, 12, 31))] if filters.year else []
    low = max(first_line(start) << ORDINAL_BITS if start else _FIRST for start, _ in days)
    high = min((last_line(end) << ORDINAL_BITS | LAST) if end else _LAST for _, end in days)
    return low, high


def _placed(asked: Asked, filters: Filters) -> Asked:
    """Ask for what counts in a site, a region or both, as ``line_choices`` tells; of every copy where all are asked for."""
    stem = stem_of(filters.region) if filters.region else ""
    if not filters.all_copies and not (filters.site and stem):
        mark = index.site_mark(filters.site) if filters.site else index.region_mark(stem)
        return replace(asked, marks=f"{asked.marks} {mark}".strip())
    c = line_choices.c
    chosen = select(c.place).where(c.site == filters.site, c.stem == stem)
    return replace(asked, of_documents=chosen if filters.all_copies else chosen.where(c.counted))


def _of_document(connection: Connection, document: str) -> tuple[tuple[int, int], ...]:
    line = connection.execute(select(line_numbers.c.line).where(line_numbers.c.document_id == document)).scalar()
    return zones(line << ORDINAL_BITS, line << ORDINAL_BITS | LAST, copies=True, hidden=True) if line is not None else ()


def _chosen_now(filters: Filters) -> Select[Any]:
    """Return the places of the documents of which a question rests on the current version."""
    chosen, c = chosen_versions(filters), document_lines.c
    return select(c.place).join(chosen, (chosen.c.document_id == c.document_id) & (chosen.c.version == c.version))


def _of_tasks(connection: Connection, filters: Filters) -> Select[Any] | None:
    """Return the places of the tasks that have the bodies and deadlines asked for; ``None`` where none are asked for."""
    t, b, matching = task_lines.c, task_line_agencies.c, matching_of(connection, filters)
    wanted = [*(matching.on_days(t) if matching.of_days else []), *matching.of_kind(t)]
    if filters.agency or filters.role:
        named = select(b.place).where(*matching.in_role(b))
        wanted.append(t.place.in_(named if matching.bodies is None else named.where(b.body.in_(matching.bodies))))
    return select(t.place).where(*wanted) if wanted else None


def _of_records(words: Words, filters: Filters, where: tuple[tuple[int, int], ...]) -> Asked:
    marks = [index.site_mark(filters.site)] if filters.site else []
    marks += [index.region_mark(stem_of(filters.region))] if filters.region else []
    return Asked(words.wanted, where, " ".join(marks))


def _still_shown(connection: Connection, asked: Asked, today: date) -> Asked:
    """Leave out records whose term is over: the daily job takes them down."""
    e = notice_search_entries.c
    over = select(e.id).where(e.ends_on < today)
    return replace(asked, without=over) if connection.execute(over.limit(1)).first() else asked


# --- search ------------------------------------------------------------------------------------------------------------


def search(
    store: Store,
    words: str,
    filters: Filters = NO_FILTERS,
    *,
    kind: str = "",
    today: date | None = None,
    after: str = "",
    exact: bool = False,
    since: date | None = None,
    until: date | None = None,
) -> Row:
    """Return ``{"words", "expanded", "counts": {"document", "task", "notice"}, "at_least", "hits", "next"}``; all words must be found.

    ``expanded`` tells for a word that names a body by which other names it was looked for; ``exact`` leaves that out. A count of which
    ``at_least`` is true is only how many there are at least. A hit tells ``kind``, ``id``, ``document``, ``version``, ``place``,
    ``title`` with ``title_spans``, ``site``, ``region``, ``url``, ``published_on``, ``count`` (how often the words stand there), a
    ``snippet`` and the ``spans`` of the hits in it; a task's also ``lasting_id``. ``next`` is the cursor of the next page, empty at
    the end. Filters for bodies and deadlines find tasks only; ``since`` and ``until`` are days of documents and records. Of public
    credit records only those of legal subjects that may be shown on ``today`` (the day in Shanghai) are found, and none of the past.
    Raises ``RefusedQuestion`` for too long a question, ``WrongCursor``.
    """
    question = asdict(filters) | {"words": words, "of": kind, "exact": exact, "since": since, "until": until}
    behind = paging.behind("search", question, after, (int, int))
    with store.reading() as connection:
        meant = read_words(connection, words, exact=exact)
        found = _Found(connection, meant, kind, filters.limit or _ALL)
        if meant.wanted:
            asked = _asked(connection, meant, filters, since, until)
            if "notice" in asked:
                asked["notice"] = _still_shown(connection, asked["notice"], today or local_day(datetime.now(UTC)))
            with by_index(connection):
                found.count(asked)
                if is_past(filters) or "@" in filters.document:
                    of_tasks = matching_of(connection, filters).of_version()
                    past = past_search.matching(connection, chosen_versions(filters), meant.wanted, of_tasks=of_tasks)
                    found.add_past(past, filters, _span(filters, since, until))
                found.read(asked, behind)
        hits = found.hits()
    more = paging.cursor("search", question, [int(found.keys[-1].titled), found.keys[-1].place]) if found.more else ""
    told = {"words": list(meant.typed), "expanded": meant.expanded, "counts": found.counts, "at_least": found.at_least}
    return told | {"hits": hits, "next": more}


@dataclass(frozen=True, slots=True)
class _Key:
    """Where a hit stands in the order of hits; ``past`` is the row of one that is not in the index."""

    titled: bool
    place: int
    kind: str
    entry: int = 0
    past: Row | None = None

    def order(self) -> tuple[bool, int, str]:
        return self.titled, self.place, self.kind


class _Found:
    """The hits of a question, while they are being read."""

    def __init__(self, connection: Connection, words: Words, kind: str, limit: int) -> None:
        self.connection, self.words, self.kind, self.limit = connection, words, kind, limit
        self.counts = dict.fromkeys(KINDS, 0)
        self.at_least = dict.fromkeys(KINDS, False)
        self.counted: dict[str, Counted] = {}
        self.past: list[_Key] = []
        self.keys: list[_Key] = []
        self.more = False

    def count(self, asked: dict[str, Asked]) -> None:
        for kind, one in asked.items():
            found = self.counted[kind] = count(self.connection, _INDEXES[kind], one)
            self.counts[kind], self.at_least[kind] = found.count, found.at_least

    def add_past(self, found: Iterable[Row], filters: Filters, span: tuple[int, int]) -> None:
        """Add what stands in versions that are not current."""
        for row in found:
            kind = "task" if row["task_id"] else "document"
            place = place_of(row["line"], row["ordinal"])
            if not span[0] <= place <= span[1] or filters.kind not in ("", row["document_kind"]):
                continue
            self.counts[kind] += 1
            self.past.append(_Key(bool(row["titled"]), place, kind, past=row))

    def read(self, asked: dict[str, Asked], behind: list[int] | None) -> None:
        """Read the keys of a page, those behind a key."""
        titled, place = (bool(behind[0]), behind[1]) if behind else (True, None)
        wanted = {kind: one for kind, one in asked.items() if self.kind in ("", kind)}
        for named in (True, False) if titled else (False,):
            rest = self.limit + 1 - len(self.keys)
            below = place if named == titled else None
            keys = [key for kind, one in wanted.items() for key in self._keys(kind, one, rest, below, titled=named)] if rest else []
            keys += [
                key for key in self.past if key.titled == named and self.kind in ("", key.kind) and (below is None or key.place < below)
            ]
            self.keys += sorted(keys, key=_Key.order, reverse=True)[:rest]
        self.more = len(self.keys) > self.limit
        self.keys = self.keys[: self.limit]

    def _keys(self, kind: str, asked: Asked, limit: int, below: int | None, *, titled: bool) -> list[_Key]:
        if (kind == "task" and titled) or not (self.counts[kind] or self.at_least[kind]):
            return []
        of_title, counted = None if kind == "task" else titled, self.counted[kind]
        found = page(self.connection, _INDEXES[kind], asked, limit, below=below, titled=of_title, counted=counted)
        return [_Key(titled, place_of_entry(entry), kind, entry) for entry in found]

    # --- show ---

    def hits(self) -> list[Row]:
        """Return what is shown of the page, in its order."""
        shown: dict[tuple[str, int], Row] = {}
        for kind in KINDS:
            entries = [key.entry for key in self.keys if key.kind == kind and key.past is None]
            for lot in batches(entries):
                shown |= {(kind, entry): row for entry, row in _shown(self.connection, kind, lot).items()}
        return [self._hit(key, key.past or shown[key.kind, key.entry]) for key in self.keys]

    def _hit(self, key: _Key, row: Row) -> Row:
        told = row["told"] if key.past is None else past_search.told(self.connection, row)
        wanted = self.words.wanted
        snippet, spans = highlights.snippet(wanted, told)
        if not spans and key.kind == "document":
            snippet, spans = highlights.snippet(wanted, row["title"])
        names = ("id", "document", "version", "title", "site", "region", "url", "published_on", "lasting_id")
        hit = {"kind": key.kind, "place": key.place} | {name: row[name] for name in names if name in row}
        times = row["count"] if key.past else index.count_of(row["folded"], wanted)
        return hit | {"count": times, "title_spans": highlights.spans(wanted, row["title"]), "snippet": snippet, "spans": spans}


_INDEXES = {"document": index.DOCUMENTS, "task": index.TASKS, "notice": notice_search.INDEX}


def _documents() -> Select[Any]:
    c, v, e = document_lines.c, versions.c, index.DOCUMENTS.entries.c
    columns = (
        e.id.label("entry"),
        e.folded,
        c.document_id.label("id"),
        c.document_id.label("document"),
        c.version,
        c.title,
        c.site,
        c.region,
    )
    query = select(*columns, c.url, c.published_on, v.text.label("told")).join(document_lines, c.document_id == e.document_id)
    return query.join(versions, (v.document_id == c.document_id) & (v.number == c.version))


def _tasks() -> Select[Any]:
    c, t, e = document_lines.c, tasks.c, index.TASKS.entries.c
    columns = (e.id.label("entry"), e.folded, t.id, t.lasting_id, t.document_id.label("document"), t.version, t.text.label("told"))
    query = select(*columns, c.title, c.site, c.region, c.url, c.published_on).join(tasks, t.id == e.task_id)
    return query.join(document_lines, c.document_id == e.document_id)


def _notices() -> Select[Any]:
    e = notice_search_entries.c
    return select(notices, e.id.label("entry"), e.folded).join(notice_search_entries, e.notice_id == notices.c.id)


def _record(row: Row) -> Row:
    title = " ".join(piece for piece in (row["subject_name"], row["title"] or row["list_name"] or row["number"]) if piece)
    names = ("id", "site", "region", "url", "folded")
    told = {"document": row["document_id"] or "", "title": title, "published_on": row["day"], "told": notice_search.words(row)}
    return {name: row[name] for name in names} | told


_SHOWN = {"document": _documents, "task": _tasks, "notice": _notices}


def _shown(connection: Connection, kind: str, entries: Sequence[int]) -> dict[int, Row]:
    """Return what is shown of some entries of a kind."""
    e, dialect = _INDEXES[kind].entries.c, connection.dialect.name
    query = kept(("hits", kind, dialect), lambda: _SHOWN[kind]().where(among(connection, e.id, (), "entries")))
    found = rows(connection.execute(query, values_of(entries=as_one(dialect, entries))))
    return {row.pop("entry"): _record(row) if kind == "notice" else row for row in found}

"""Repairs and withdrawals: which stored records they end, and which that come later.

A repair or a withdrawal names an earlier record by its number and subject, or by a list and its subject. It takes down every
publication of that decision. Where it could mean several records it takes down nothing and waits for a person (``ambiguous``).
What is kept of it are keyed tags: it names a subject whose record may no longer be shown.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select, update

from normalizers.notices.records import NoticeKind
from storage.batches import batches
from storage.days import local_day
from storage.engine import rows
from storage.identity import text_key
from storage.keyed import Keyring
from storage.notice_rows import Row, is_adverse, notice_id
from storage.notice_schema import endings, notices
from storage.records import NoticeEffect, NoticeRow, TakedownReason
from storage.row_writing import upsert
from storage.tombstones import Grave, bury

REASONS = {NoticeKind.REPAIR: TakedownReason.REPAIRED, NoticeKind.WITHDRAWAL: TakedownReason.WITHDRAWN}
_TAGS = ("number_tag", "code_tag", "name_tag")
_CANDIDATE = ("id", "site", "section", "kind", "list_name", "colour", "code", "subject_key", "number_key", "list_key", "authority_key",
    "decided_on", "published_on", "listed_on", "same_tag", "number_tag")  # fmt: skip


@dataclass(frozen=True, slots=True, repr=False)
class _Ending:
    """What a repair or withdrawal says of the record it ends."""

    row: Row
    number: str
    code: str
    name: str
    list_key: str
    authority: str
    on: date | None


def told_day(row: Mapping[str, Any]) -> date | None:
    """Return the day that a record itself or its place gives it, ``None`` where none does."""
    found: date | None = row["decided_on"] or row["published_on"] or row["listed_on"]
    return found


def _tags(keyring: Keyring, number: str, code: str, name: str) -> dict[str, str]:
    found = (("number", number), ("code", code), ("name", name))
    return {f"{what}_tag": keyring.tag(f"ending {what}", value) if value else "" for what, value in found}


# --- endings that come -------------------------------------------------------------------------------------------------


def end(connection: Connection, keyring: Keyring, run: str, given: Sequence[NoticeRow]) -> Counter[NoticeEffect]:
    """Take down what these repairs and withdrawals name, keep their tags, and return what each of them did to the store."""
    effects: Counter[NoticeEffect] = Counter()
    found = [_read(keyring, row) for row in given]
    known = _known(connection, [ending.row["id"] for ending in found])
    fresh = []
    for ending in found:
        there = known.get(ending.row["id"])
        if there and all(there[name] == ending.row[name] for name in _TAGS):
            ending.row.update(there | {"last_seen": max(there["last_seen"], ending.row["last_seen"])})
            effects[NoticeEffect.KNOWN_ENDING] += 1
        else:
            fresh.append(ending)
            effects[NoticeEffect.ENDING] += 1
    _take_down(connection, run, fresh)
    upsert(connection, endings, [ending.row for ending in found], keep=("first_seen",))
    return effects


def _read(keyring: Keyring, given: NoticeRow) -> _Ending:
    printed, notice = given.printed, given.notice
    number, name = text_key(notice.number), text_key(notice.subject.name)
    # The day of decision may be that of the record it ends: what is published on a day cannot end what comes after it.
    on = notice.removed_on or notice.published_on or notice.decided_on or printed.listed_on
    row: Row = {"id": notice_id(printed.key), "site": printed.site, "section": printed.section, "kind": str(notice.kind)}
    row |= {"list_name": notice.list_name, "ended_on": on, "outcome": "nothing-found", "matched": 0, "candidates": [], "url": ""}
    row |= {"first_seen": given.fetched_at, "last_seen": given.fetched_at} | _tags(keyring, number, notice.subject.code, name)
    body = notice.authority
    authority = text_key(body.name or body.mention) if body else ""
    return _Ending(row | {"url": printed.url}, number, notice.subject.code, name, text_key(notice.list_name), authority, on)


def _known(connection: Connection, ids: Iterable[str]) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for some in batches(ids):
        found |= {row["id"]: row for row in rows(connection.execute(select(endings).where(endings.c.id.in_(some))))}
    return found


def _take_down(connection: Connection, run: str, found: Sequence[_Ending]) -> None:
    candidates = _candidates(connection, found)
    graves: dict[str, Grave] = {}
    for ending in found:
        outcome, meant = judge(ending, candidates)
        ending.row.update(outcome=outcome, matched=len(meant), candidates=[row["id"] for row in meant] if outcome == "ambiguous" else [])
        if outcome != "ambiguous":
            ending.row["url"] = ""
        reason = REASONS[NoticeKind(ending.row["kind"])]
        if outcome == "taken-down":
            graves |= {row["id"]: grave(row, reason, ending.on, ending.row["last_seen"], run) for row in meant}
    bury_everywhere(connection, list(graves.values()))


def _candidates(connection: Connection, found: Sequence[_Ending]) -> dict[tuple[str, str], list[Row]]:
    """Return the stored records by what an ending may name them by: number, code, name."""
    n = notices.c
    by: dict[tuple[str, str], list[Row]] = defaultdict(list)
    wanted = (
        ("number", n.number_key, [ending.number for ending in found]),
        ("code", n.code, [ending.code for ending in found]),
        ("name", n.subject_key, [ending.name for ending in found]),
    )
    for what, column, values in wanted:
        for some in batches(value for value in values if value):
            query = select(*(n[name] for name in _CANDIDATE)).where(column.in_(some), n.subject_kind == "legal")
            for row in rows(connection.execute(query)):
                by[what, row[column.name]].append(row)
    return by


def judge(ending: _Ending, candidates: Mapping[tuple[str, str], Sequence[Row]]) -> tuple[str, list[Row]]:
    """Return the outcome of an ending, and the records it ends or, when it is ambiguous, may mean."""
    named = [*candidates.get(("number", ending.number), ()), *candidates.get(("code", ending.code), ())]
    named += candidates.get(("name", ending.name), ())
    known = list({row["id"]: row for row in named}.values())
    numbered = [row for row in known if ending.number and row["number_key"] == ending.number and _agrees(ending, row)]
    numbered = [row for row in numbered if is_adverse(row["kind"], row["colour"]) or _is_before(row, ending.on)]
    numbered = _meant(ending.list_key, numbered)
    if numbered:
        bodies = {row["subject_key"] for row in numbered}
        return ("taken-down" if ending.code or ending.name or len(bodies) == 1 else "ambiguous"), numbered
    own = [row for row in known if _is_subject(ending, row) and _is_place(ending, row) and _is_before(row, ending.on)]
    own = [row for row in own if not (ending.number and row["number_key"])]
    if ending.list_key:
        own = [row for row in own if row["list_key"] == ending.list_key]
        decisions = {(row["number_key"], row["decided_on"]) for row in own}
        return ("ambiguous" if len(decisions) > 1 else "taken-down" if own else "nothing-found"), own
    own = [row for row in own if is_adverse(row["kind"], row["colour"])]
    return ("ambiguous" if own else "nothing-found"), own


def _meant(list_key: str, numbered: Sequence[Row]) -> list[Row]:
    """Of a decision and the entry of a list that rests on it, and bears its number, return the one that is named."""
    bare = [row for row in numbered if not row["list_key"]]
    if list_key:
        return [row for row in numbered if row["list_key"] == list_key] or bare
    return bare or list(numbered)


def _is_before(row: Row, on: date | None) -> bool:
    day = told_day(row)
    return day is None or on is None or day <= on


def _is_subject(ending: _Ending, row: Row) -> bool:
    return bool(ending.code and ending.code == row["code"]) or bool(ending.name and ending.name == row["subject_key"])


def _is_place(ending: _Ending, row: Row) -> bool:
    """Lists of several places bear one name: an ending speaks for its own site, and for its own authority anywhere."""
    return bool(ending.row["site"] == row["site"] or (ending.authority and ending.authority == row["authority_key"]))


def _agrees(ending: _Ending, row: Row) -> bool:
    return _is_subject(ending, row) if ending.code or ending.name else _is_place(ending, row)


# --- the same decision elsewhere ---------------------------------------------------------------------------------------


def grave(row: Mapping[str, Any], reason: TakedownReason, due_on: date | None, at: datetime, run: str) -> Grave:
    """Return what is to be left of a row of ``notices``."""
    names = ("same_tag", "number_tag", "site", "section", "kind", "list_name", "colour")
    told = {name: row[name] for name in names}
    return Grave(notice_id=row["id"], reason=reason, due_on=due_on or local_day(at), at=at, run=run or None, **told)


def bury_everywhere(connection: Connection, graves: Sequence[Grave]) -> None:
    """Take records down that a source says are over, and with them every other publication of the same decision."""
    found = {each.notice_id: each for each in graves}
    by_tag = {tag: each for each in graves for tag in (each.same_tag, each.number_tag) if tag}
    n = notices.c
    for tags in batches(by_tag):
        query = select(*(n[name] for name in _CANDIDATE)).where(n.same_tag.in_(tags) | n.number_tag.in_(tags))
        for row in rows(connection.execute(query)):
            by = by_tag.get(row["same_tag"]) or (by_tag.get(row["number_tag"]) if is_adverse(row["kind"], row["colour"]) else None)
            if by:
                found.setdefault(row["id"], grave(row, by.reason, by.due_on, by.at, by.run or ""))
    if found:
        bury(connection, list(found.values()))


# --- records that come after their ending ------------------------------------------------------------------------------


def ended(connection: Connection, keyring: Keyring, coming: Sequence[Row]) -> dict[str, tuple[TakedownReason, date | None]]:
    """Return, by identifier, why and since when records that come now are over: a repair or withdrawal was read before."""
    legal = [row for row in coming if row["subject_kind"] == "legal"]
    tags = {row["id"]: _tags(keyring, row["number_key"], row["code"], row["subject_key"]) for row in legal}
    by: dict[str, list[Row]] = defaultdict(list)
    for name in _TAGS:
        for some in batches(found[name] for found in tags.values() if found[name]):
            for ending in rows(connection.execute(select(endings).where(endings.c[name].in_(some)))):
                by[ending[name]].append(ending)
    out, met = {}, set()
    for row in legal:
        named = [ending for tag in tags[row["id"]].values() if tag for ending in by.get(tag, ())]
        if found := next((ending for ending in named if _ends(ending, row, tags[row["id"]])), None):
            out[row["id"]] = (REASONS[NoticeKind(found["kind"])], found["ended_on"])
            met.add(found["id"])
    _note_met(connection, met)
    return out


def _note_met(connection: Connection, ids: Iterable[str]) -> None:
    """Note that endings have found what they ended: they mean nothing else any more."""
    for some in batches(ids):
        open_ones = endings.c.id.in_(some) & (endings.c.outcome == "nothing-found")
        connection.execute(update(endings).where(open_ones).values(outcome="taken-down", matched=1))


def _ends(ending: Row, row: Row, tags: Mapping[str, str]) -> bool:
    subject = any(tags[name] and ending[name] == tags[name] for name in ("code_tag", "name_tag"))
    if ending["number_tag"] and tags["number_tag"]:
        told = ending["code_tag"] or ending["name_tag"]
        in_time = is_adverse(row["kind"], row["colour"]) or _is_before(row, ending["ended_on"])
        same = ending["number_tag"] == tags["number_tag"] and (subject if told else ending["site"] == row["site"])
        return in_time and same and (text_key(ending["list_name"]) == row["list_key"] or _is_open(ending, row))
    dated = told_day(row) is not None and ending["ended_on"] is not None and _is_before(row, ending["ended_on"])
    if not dated or not ending["list_name"] or ending["outcome"] == "ambiguous":
        return False
    return subject and bool(ending["site"] == row["site"]) and text_key(ending["list_name"]) == row["list_key"]


def _is_open(ending: Row, row: Row) -> bool:
    """Tell whether an ending that named no such list may mean a record: it found nothing else, and only one of the two has a list."""
    return bool(ending["outcome"] == "nothing-found" and not (ending["list_name"] and row["list_key"]))

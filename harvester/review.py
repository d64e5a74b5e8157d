"""The review queue with proposals, and the check of a decision before it is stored."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import islice
from typing import Any

from harvester.decisions import REJECTED, as_decision
from harvester.errors import WrongCall
from normalizers.agencies import Context, gazetteer, regions, resolve
from normalizers.agencies.gazetteer import agency_id
from normalizers.agencies.nearby import near
from normalizers.agencies.tables import tidy
from normalizers.records import AgencyKind
from normalizers.text.decode import decode
from storage import review
from storage.records import DecisionRow
from storage.store import Store

Row = dict[str, Any]

ANYWHERE = "any"
"""What stands for all home regions in place of a code."""

LONGEST_MENTION = 200
"""Characters of a mention; what is longer is a paragraph."""

MAX_LINES = 100_000
"""Decisions in one file."""

FIELDS = ("mention", "region", "name", "kind", "from", "until", "note", "new")
"""The columns of a file of decisions; the first two are needed. Those of the list of decisions may stand beside them."""

LISTED = frozenset({"id", "agency_id", "decided_by", "decided_at", "ended_by", "ended_at", "successor_id", "decision state"})
_TABLE_RULES = frozenset({"alias", "context-alias", "composed", "group", "region-government"})
_TRUE = frozenset({"new", "yes", "true", "1", "是"})


class Kind(StrEnum):
    """What stands in the queue."""

    MENTION = "mention"
    DEADLINE = "deadline"
    UNREAD = "unread"
    WARNING = "warning"
    DAMAGE = "damage"
    SUGGESTION = "suggestion"


class Decided(StrEnum):
    """What a mention can be decided to be."""

    AGENCY = "agency"
    GROUP = "group"
    ROLE = "role"
    CLASS = "class"
    NOT_AN_AGENCY = REJECTED


# --- the queue -----------------------------------------------------------------------------------------------------------


def queue(store: Store, kinds: Sequence[Kind], *, site: str = "", region: str = "", limit: int | None = None) -> list[Row]:
    """Return what could not be resolved, kind by kind, the most used first, at most ``limit`` rows of each kind.

    Columns: ``kind``, ``what``, ``region``, ``uses``, ``documents``, ``detail``, ``flags``, ``proposals`` (name, id, score 0 to 100),
    ``examples`` (identifiers for ``harvester explain``), ``first_on``, ``last_on``.
    """
    return [shaped(kind, row) for kind in kinds for row in _READERS[kind](store, site, region, limit)]


def count(store: Store, kind: Kind) -> int:
    """Return how many rows of a kind wait."""
    counted: Mapping[Kind, Callable[[Store], int]] = {
        Kind.MENTION: lambda found: len(review.unresolved(found)),
        Kind.DEADLINE: lambda found: len(review.unparsed(found)),
        Kind.UNREAD: lambda found: len(review.unread(found)),
    }
    return counted[kind](store) if kind in counted else sum(1 for _row in _READERS[kind](store, "", "", None))


def shaped(kind: Kind, row: Row) -> Row:
    """Return a row of the queue with every column."""
    empty: Row = {"what": "", "region": "", "uses": 1, "documents": 1, "detail": "", "flags": [], "proposals": [], "examples": []}
    return {"kind": kind.value} | empty | {"first_on": None, "last_on": None} | row


def _mentions(store: Store, site: str, region: str, limit: int | None) -> Iterator[Row]:
    for row in review.unresolved(store, site=site, region=region, limit=limit):
        kind = row.pop("body_kind")
        proposals = near(row["what"], row["region"], row["last_on"])
        yield row | {"detail": "" if kind == AgencyKind.AGENCY else kind, "proposals": [asdict(one) for one in proposals]}


def _deadlines(store: Store, site: str, region: str, limit: int | None) -> list[Row]:
    return review.unparsed(store, site=site, region=region, limit=limit)


def _unread(store: Store, site: str, region: str, limit: int | None) -> Iterator[Row]:
    if not region:  # what cannot be read has none
        for row in review.unread(store, site=site)[:limit]:
            yield {"what": row["title"] or row["url"], "detail": row["detail"], "examples": [row["url"]]}


def _told(tell: Callable[[Row], tuple[int, str]]) -> Callable[[Store, str, str, int | None], list[Row]]:
    """Return a reader of the documents for which ``tell`` counts something."""

    def read(store: Store, site: str, region: str, limit: int | None) -> list[Row]:
        found = []
        for row in review.documents(store, site=site, region=region):
            count, detail = tell(row)
            if count:
                told = {"what": row["title"], "region": row["region"], "uses": count, "detail": detail, "examples": [row["id"]]}
                found.append(told | {"first_on": row["day"], "last_on": row["day"]})
        return sorted(found, key=lambda row: (-row["uses"], row["examples"]))[:limit]

    return read


def _warnings(row: Row) -> tuple[int, str]:
    return len(row["warnings"]), " ".join(row["warnings"])


def _damage(row: Row) -> tuple[int, str]:
    """Count the places repaired by likelihood and those left, and name them by kind."""
    unsure = [(one["kind"], one.get("left", 0), one.get("guessed", 0)) for one in row["repairs"]]
    told = [f"{kind}: {left} left, {guessed} guessed" for kind, left, guessed in unsure if left or guessed]
    return sum(left + guessed for _, left, guessed in unsure), "; ".join(told)


def _suggestions(row: Row) -> tuple[int, str]:
    shown = (f"{one['seen']} → {one['proposed']} ({one['reason']})" for one in row["suggestions"])
    return len(row["suggestions"]), "; ".join(islice(shown, review.EXAMPLES))


_READERS: Mapping[Kind, Callable[[Store, str, str, int | None], Any]] = {
    Kind.MENTION: _mentions,
    Kind.DEADLINE: _deadlines,
    Kind.UNREAD: _unread,
    Kind.WARNING: _told(_warnings),
    Kind.DAMAGE: _told(_damage),
    Kind.SUGGESTION: _told(_suggestions),
}


# --- a decision, checked ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wish:
    """A decision as a person wrote it: ``region`` a code, ``any``, or empty for that of the queue; days inclusive."""

    mention: str
    region: str = ""
    name: str = ""
    kind: str = Decided.AGENCY.value
    first: date | None = None
    last: date | None = None
    note: str = ""
    new: bool = False


def checked(store: Store, wish: Wish) -> DecisionRow:
    """Return a decision as it is stored; raises WrongCall, in one sentence, for one that cannot stand."""
    mention = tidy(wish.mention)
    if not mention or len(mention) > LONGEST_MENTION:
        raise WrongCall(f"a decision is on a mention of 1 to {LONGEST_MENTION} characters; copy it from `harvester review`.")
    if not all(text.isprintable() for text in (mention, wish.name, wish.note)):
        raise WrongCall("a decision is one line of printable characters; take line breaks and control characters out of it.")
    if wish.kind not in tuple(Decided):
        raise WrongCall(f"'{wish.kind}' is no kind of body; use one of {', '.join(Decided)}.")
    if wish.first and wish.last and wish.first > wish.last:
        raise WrongCall(f"{wish.first} is after {wish.last}; write the earlier day first.")
    region = "" if wish.region == ANYWHERE else wish.region or region_of(store, mention)
    if region and region not in regions().by_code:
        raise WrongCall(f"there is no region {region}; give a code of GB/T 2260 from `harvester review`, or {ANYWHERE}.")
    row = DecisionRow(mention, region, wish.kind, tidy(wish.name), "", wish.first, wish.last, wish.note.strip())
    row = named(row, new=wish.new)
    try:
        as_decision(row)
    except ValueError as error:
        raise WrongCall(f"{error}.") from None
    return row


def region_of(store: Store, mention: str) -> str:
    """Return the only home region in whose documents a mention waits; raises WrongCall where there is none, or several."""
    found = sorted({row["region"] for row in review.unresolved(store, mention=mention)})
    if len(found) == 1 and found[0]:
        return str(found[0])
    if len(found) > 1:
        told = ", ".join(code or "none" for code in found)
        raise WrongCall(
            f"{mention} waits in documents of several home regions ({told}); say which with --region CODE or --region {ANYWHERE}."
        )
    where = "waits in documents without a home region" if found else "is not in the queue"
    raise WrongCall(f"{mention} {where}; say where the decision holds with --region CODE, or --region {ANYWHERE} for all documents.")


def named(row: DecisionRow, *, new: bool) -> DecisionRow:
    """Return the decision with the canonical name and id of its body; raises WrongCall for a name the gazetteer does not know.

    Groups, roles and classes are what they are called; only a body (机构) must be one of the gazetteer, or be called new.
    """
    if row.kind == Decided.NOT_AN_AGENCY:
        if row.name:
            raise WrongCall(f"{row.mention} cannot be {row.name} and no agency at once; leave out --name or --kind.")
        return row
    if row.kind != Decided.AGENCY:
        return row
    if not row.name:
        raise WrongCall(f"the decision on {row.mention} names no body; give --name, or another --kind ({', '.join(Decided)}).")
    body = body_named(row.name, row.region, row.valid_to or row.valid_from)
    if body:
        return replace(row, name=body[0], agency_id=body[1])
    if new:
        return replace(row, agency_id=agency_id(row.name, row.region, ""))
    proposals = ", ".join(one.name for one in near(row.name, row.region, row.valid_to or row.valid_from))
    nearest = f"near are {proposals}: name one" if proposals else "name another"
    raise WrongCall(f"the gazetteer knows no {row.name}; {nearest}, or add --new to enter it as a body of its own.")


def body_named(name: str, region: str, on: date | None) -> tuple[str, str] | None:
    """Return the canonical name and id of the body that a name stands for, ``None`` where no table holds it."""
    entries = gazetteer().canonical(name)
    dated = next((entry for entry in entries if on and entry.validity.may_hold(on)), entries[-1] if entries else None)
    if dated is not None:
        return dated.name, dated.id
    found = resolve(name, Context(region, on))
    if found.name and found.id and found.rule in _TABLE_RULES and "literal" not in found.flags:
        return found.name, found.id
    return None


# --- a file of decisions ---------------------------------------------------------------------------------------------------


def wishes(payload: bytes, name: str) -> Iterator[tuple[int, Wish]]:
    """Yield the line's number and decision of each line of a CSV file; raises WrongCall that names the first bad line."""
    lines = csv.DictReader(io.StringIO(decode(payload).text, newline=""), strict=True)
    try:
        _check_heading(lines.fieldnames or (), name)
        for row in islice(lines, MAX_LINES):
            yield lines.line_num, _wish(row, f"{name}, line {lines.line_num}")
        if next(lines, None) is not None:
            raise WrongCall(f"{name} has more than {MAX_LINES} lines; split it.")
    except csv.Error as error:
        raise WrongCall(
            f"{name}, line {lines.line_num}: this is no CSV ({error}); quote cells that hold commas or quotation marks."
        ) from None


def _check_heading(columns: Sequence[str], name: str) -> None:
    missing = [column for column in FIELDS[:2] if column not in columns]
    unknown = [str(column) for column in columns if column not in FIELDS and column not in LISTED]
    if missing or unknown:
        what = f"lacks the column {missing[0]}" if missing else f"has an unknown column {unknown[0]!r}"
        raise WrongCall(f"{name} {what}; its first line must name columns out of {', '.join(FIELDS)}.")


def _wish(row: Mapping[str | None, Any], where: str) -> Wish:
    if None in row:
        raise WrongCall(f"{where}: there are more cells than columns; quote cells that hold commas.")
    cells = {str(key): (value or "").strip().removeprefix("'") for key, value in row.items()}
    region = cells["region"]
    if region != ANYWHERE and not (len(region) == 6 and region.isascii() and region.isdigit()):
        raise WrongCall(f"{where}: '{region}' is no region; give six digits of GB/T 2260, or {ANYWHERE}.")
    first, last = (_day(cells.get(column, ""), where) for column in ("from", "until"))
    kind = cells.get("kind") or Decided.AGENCY.value
    new = cells.get("new", "").lower() in _TRUE
    return Wish(cells["mention"], region, cells.get("name", ""), kind, first, last, cells.get("note", ""), new)


def _day(text: str, where: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise WrongCall(f"{where}: '{text}' is not a date; write it as YYYY-MM-DD.") from None


def load(store: Store, payload: bytes, name: str) -> list[DecisionRow]:
    """Return the checked decisions of a CSV file; raises WrongCall that names the first line which cannot stand."""
    found = []
    for number, wish in wishes(payload, name):
        try:
            found.append(checked(store, wish))
        except WrongCall as error:
            raise WrongCall(f"{name}, line {number}: {error}") from None
    return found

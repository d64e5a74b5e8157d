"""Tie a mention to the body it names at the document's date, seen from the document's home region.

The order: a name that is safe anywhere, a name of the home region, a composed department, a group, a name without its region,
a pattern; and where none fits, unresolved, with the reason as a flag.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from normalizers.agencies.decisions import Decision, Decisions
from normalizers.agencies.departments import EARLY, Composed, compose, compose_one, framed, is_department, kinds
from normalizers.agencies.eras import first_day
from normalizers.agencies.gazetteer import GazetteerEntry, agency_id, gazetteer
from normalizers.agencies.groups import LEVEL_WORDS, group_name, level_word
from normalizers.agencies.patterns import UNRESOLVED, classify
from normalizers.agencies.periods import Period
from normalizers.agencies.regions import NATIONAL, Region, regions
from normalizers.agencies.tables import tidy
from normalizers.records import Agency, AgencyKind

ANACHRONISM = "name_anachronistic"
ELIDED = "region_elided"
NOT_AN_AGENCY = "not_an_agency"

NO_DECISIONS = Decisions()

LONGEST_MENTION = 80
"""Characters. The longest real name has about forty; what is longer is a sentence and not looked up."""

_LAST_BRACKET = re.compile(r"（[^（）]*）$")
_ANY_BRACKET = re.compile(r"（[^（）]*）")
_LEAGUE = re.compile(r"(?:共青团|团)(.{1,12}?)委(?:员会)?")
_PARTY = re.compile(r"(?:中共|中国共产党)(?=.)")


class Context(NamedTuple):
    """What a name is read against: ``region``, the document's home region (GB/T 2260 code, empty: none), its date, and what was decided."""

    region: str = ""
    on: date | None = None
    decisions: Decisions = NO_DECISIONS

    @classmethod
    def of_document(cls, region: str, on: date | None, decisions: Decisions = NO_DECISIONS) -> Context:
        """Return the context of a document of a day, the same for all days on which names mean the same.

        So what was read of a name in one document is known in the next one, whatever its day.
        """
        return cls(region, first_day(on, decisions), decisions)


def resolve(mention: str, context: Context) -> Agency:
    """Return the agency that a mention stands for. Never raises: what can't be tied has ``name`` ``None`` and rule ``unresolved``.

    A second plaque in brackets (市委宣传部（市文明办）) doesn't count: the body is the one named outside. A decision goes before
    all tables (rule ``decision``); a mention that was decided to be no body is flagged ``not_an_agency``.
    """
    text = tidy(mention)
    if context.decisions.all:
        decided = context.decisions.find(text, context.region, context.on)
        if decided is not None:
            return _decided(text, decided, context)
    if len(text) > LONGEST_MENTION:
        return Agency(text, rule=UNRESOLVED, flags=("too_long",))
    return _resolve(text, context.region, context.on)


def _decided(text: str, decision: Decision, context: Context) -> Agency:
    if decision.rejected:
        return Agency(text, rule="decision", flags=(NOT_AN_AGENCY,))
    name = decision.name or text
    known = _resolve(name, context.region, context.on)
    found_id = decision.id or (known.id if known.name == name else None) or agency_id(name, decision.region, "")
    return Agency(text, name, found_id, decision.kind, "decision")


@lru_cache(maxsize=20_000)
def _resolve(text: str, region: str, on: date | None) -> Agency:
    context = Context(region, on)
    for form in _forms(text):
        found = _look_up(form, context)
        if found is not None:
            return found if found.mention == text else replace(found, mention=text)
    return classify(text, region)


def outer_name(mention: str) -> str:
    """Return the mention without the bracket it ends in: a second plaque or a part (市财政局（市国资委）)."""
    return _LAST_BRACKET.sub("", mention)


def _forms(text: str) -> Iterator[str]:
    """Yield the mention, then without its last bracket, then without any (省市场监管（知识产权）局)."""
    yield text
    if "（" in text:
        outer = outer_name(text)
        bare = _ANY_BRACKET.sub("", text)
        yield from dict.fromkeys(form for form in (outer, bare) if form and form != text)


def _look_up(form: str, context: Context) -> Agency | None:
    known = gazetteer()
    return (
        _listed(known.free(form), form, context, "alias")
        or _in_home(form, context)
        or _with_region(form, context)
        or _around_region(form, context)
        or _with_level_word(form, context)
        or _home_group(form, context)
        or _elided(form, context)
    )


def _listed(found: Sequence[GazetteerEntry], form: str, context: Context, rule: str) -> Agency | None:
    if not found:
        return None
    entry, anachronistic = gazetteer().dated(found, context.on)
    if entry is None:
        return None
    if anachronistic and form != entry.name and _unfounded(entry.validity, context.on):
        return Agency(form, rule=UNRESOLVED, flags=(ANACHRONISM,))
    return Agency(form, entry.name, entry.id, entry.kind, rule, (ANACHRONISM,) if anachronistic else ())


def _unfounded(validity: Period, on: date | None) -> bool:
    """Tell whether something came up more than a year after a day: a short name printed that day meant another body, if any."""
    return on is not None and validity.start is not None and on < validity.start - EARLY


def _in_home(form: str, context: Context) -> Agency | None:
    """Look up a context name in the region it speaks of: the one its level word means, else the home region itself."""
    known, table = gazetteer(), regions()
    if not known.by_region(form):
        return None
    codes = [context.region] if context.region else ["", NATIONAL]
    for word in LEVEL_WORDS:
        target = table.target(word, context.region) if word in form[:6] else None
        if target is not None:
            codes.insert(0, target.code)
    for code in codes:
        found = _listed(known.in_context(code, form), form, context, "context-alias")
        if found is not None:
            return found
    return None


def _with_region(form: str, context: Context) -> Agency | None:
    """Read a name that begins with its region (合肥市发改委, 鼓楼区, 共青团温州市委, 中共合肥市委宣传部)."""
    table = regions()
    league = _league(form)
    body = league[1] + "团委" if league else _PARTY.sub("", form, count=1) if "共" in form else form
    for name in table.prefixes(body):
        stem = body[len(name) :]
        region = table.named(name, context.region, context.on, certain=bool(kinds(stem)))
        found = _of_region(stem, region, form, context) if region else None
        if found is not None:
            return found
    return None


def _league(form: str) -> re.Match[str] | None:
    return _LEAGUE.fullmatch(form) if "团" in form else None


def _around_region(form: str, context: Context) -> Agency | None:
    """Read the full name of a branch, which stands on both sides of its region (国家税务总局苏州市税务局, 国网苏州供电公司)."""
    table = regions()
    for before, behind in framed(form):
        rest = form[len(before) :]
        for name in table.prefixes(rest):
            found = behind.get(rest[len(name) :]) if len(name) < len(rest) else None
            region = table.named(name, context.region, context.on, certain=True) if found else None
            if found and region:
                composed = _composed(compose_one(found, table.current(region, context.on), context.on), form)
                if composed is not None:
                    return composed
    return None


def _with_level_word(form: str, context: Context) -> Agency | None:
    """Read a name that begins with a level word (省商务厅, 市经信局, 团市委)."""
    league = _league(form)
    body = league[1] + "团委" if league else form
    word = level_word(body)
    if not word or (league and len(league[1]) > 1):
        return None
    region = regions().target(word, context.region)
    return _of_region(body[len(word) :], region, form, context) if region else None


def _of_region(stem: str, region: Region, form: str, context: Context) -> Agency | None:
    """Look up ``stem`` as a body, then as a group of the region, or of the one that stands in its place at the date."""
    current = regions().current(region, context.on)
    if _unfounded(current.validity, context.on):
        return Agency(form, rule=UNRESOLVED, flags=(ANACHRONISM,))
    word = current.name[-1]
    # A bare region as a unit is its government.
    body = stem or "政府"
    found = (
        _listed(gazetteer().in_context(current.code, word + body), form, context, "alias")
        or _composed(compose(body, current, context.on), form)
        or (_group(stem, current, form, prefixed=True) if stem else None)
    )
    if found is not None and found.resolved and not stem:
        found = replace(found, rule="region-government")
    if found is not None and (current is not region or not current.validity.may_hold(context.on)):
        return replace(found, flags=tuple(dict.fromkeys((*found.flags, ANACHRONISM))))
    return found


def _composed(found: Composed | None, form: str) -> Agency | None:
    if found is None:
        return None
    if not found.name:
        return Agency(form, rule=UNRESOLVED, flags=(ANACHRONISM,))
    entry = gazetteer().by_id.get(found.id)
    kind = entry.kind if entry else AgencyKind.AGENCY
    return Agency(form, found.name, found.id, kind, "composed", (ANACHRONISM,) if found.anachronistic else ())


def _group(wording: str, region: Region, form: str, *, prefixed: bool) -> Agency | None:
    name = group_name(wording, region, prefixed=prefixed)
    if not name:
        return None
    entry = next(iter(gazetteer().canonical(name)), None)
    return Agency(form, name, entry.id if entry else agency_id(name, region.code, ""), AgencyKind.GROUP, "group")


def _home_group(form: str, context: Context) -> Agency | None:
    region = regions().by_code.get(context.region)
    return _group(form, region, form, prefixed=False) if region else None


def _elided(form: str, context: Context) -> Agency | None:
    """Read a name that leaves out its region (政府办公厅): it takes the home region's."""
    region = regions().by_code.get(context.region)
    if region is None or len(form) < 3 or not (kinds(form) or is_department(form)):
        return None
    found = _of_region(form, region, form, context)
    return replace(found, rule="elided-region", flags=(*found.flags, ELIDED)) if found and found.resolved else found

"""How long a record may be shown: by the day it counts from, its class, and every rule that is in force on the day of display.

The printed end of publication comes first, but never later than the longest legal term. A record leaves on the first day on which a
rule in force that day does not allow it any more, and never comes back (docs/records.md). The rules are data (``data/terms.toml``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from normalizers.notices import term_rules
from normalizers.notices.records import Colour, Defect, Notice, NoticeKind, Severity, Term
from normalizers.notices.term_rules import Rule, end_of_term

STATED_TOO_LATE = "stated-end-too-late"
STATED_BEFORE_START = "stated-end-before-start"
OTHER_DAY = "counted-from-other-day"
UNKNOWN = "term-unknown"

_ADVERSE = frozenset({NoticeKind.PENALTY, NoticeKind.LIST_ENTRY, NoticeKind.DEFAULTER, NoticeKind.TAX_CASE})
_LISTS = frozenset({NoticeKind.LIST_ENTRY, NoticeKind.DEFAULTER, NoticeKind.TAX_CASE})
_NUMBER_YEAR = re.compile(r"[〔\[（(【［﹝]((?:19|20)[0-9]{2})[〕\]）)】］﹞]")
_FOR_EVER = date(2099, 1, 1)
"""A printed day from here on means that there is no end."""
_ONLY = {frozenset({"warning"}): "only-warning", frozenset({"criticism"}): "only-criticism"}
_SIMPLE = "simple-procedure"
_LIMIT = 4000
"""Characters of a field that are looked at."""


def term_of(notice: Notice) -> Term:
    """Return how long a notice may be shown. See ``check_term``."""
    return check_term(notice)[0]


def is_shown(term: Term, on: date) -> bool:
    """Tell whether a term lets its record be shown on a day."""
    return term.ends_on is None or on <= term.ends_on


def check_term(notice: Notice) -> tuple[Term, tuple[Defect, ...]]:
    """Return how long a notice may be shown, and what is wrong with what it says of that.

    The defects are ``stated-end-too-late`` (the printed end is cut to the legal one), ``stated-end-before-start`` (it is passed over),
    ``counted-from-other-day`` (there is no day of the decision) and ``term-unknown`` (there is no day at all: ``undated_days``).
    """
    if not is_adverse(notice):
        return _friendly(notice), ()
    severity, features = class_of(notice)
    start = _start(notice)
    stated = _stated(notice)
    if start is None:
        return _undated(notice, severity, stated)
    defects = [] if start.concept == term_rules.counted_from(notice.kind)[0] else [_other_day(start)]
    if stated is not None and stated < start.day:
        defects.append(Defect(STATED_BEFORE_START, "shown_until", "the printed end of publication lies before the decision"))
        stated = None
    term = _legal(notice, start.day, severity, features, stated=stated is not None)
    if stated is None:
        return term, tuple(defects)
    if term.ends_on is None or stated <= term.ends_on:
        least = term.least_until if term.least_until and term.least_until <= stated else None
        return replace(term, ends_on=stated, basis="stated", rule="stated", least_until=least), tuple(defects)
    detail = f"the printed end of publication is {(stated - term.ends_on).days} days after the longest term ({term.rule})"
    return term, (*defects, Defect(STATED_TOO_LATE, "shown_until", detail))


def is_adverse(notice: Notice) -> bool:
    """Tell whether a record speaks against its subject: all but permits, red lists, repairs and withdrawals."""
    return notice.kind in _ADVERSE and notice.colour is not Colour.RED


# --- class of the breach ---------------------------------------------------------------------------------------------


def class_of(notice: Notice) -> tuple[Severity, frozenset[str]]:
    """Return the class of a breach and the features of a penalty that rules ask for (``hidden`` in ``terms.toml``).

    The printed degree comes first, then the kinds of the penalty: of several the weightiest decides, a mild one only alone.
    """
    if notice.kind is not NoticeKind.PENALTY:
        return _printed_class(notice) or Severity.UNKNOWN, frozenset()
    kinds = penalties_in(notice)
    simple = term_rules.word("simple_procedure").search(
        _joined(notice.category, notice.number, notice.title, notice.remark, notice.content)
    )
    features = frozenset({_SIMPLE} if simple else ()) | _only(kinds)
    return _printed_class(notice) or _class_by_kind(kinds, bool(features)), features


def penalties_in(notice: Notice) -> frozenset[str]:
    """Return the kinds of penalties that a decision imposes, by their ids in ``terms.toml``; what it only threatens is none."""
    text = term_rules.word("threatened").sub("", _joined(notice.category, notice.content, notice.licence))
    found = {kind.id for kind in term_rules.penalty_kinds() if kind.pattern.search(text)}
    if notice.fine_yuan:
        found.add("fine")
    if notice.confiscated_yuan:
        found.add("confiscation")
    if notice.licence and not found & {"suspension", "revocation"}:
        found.add("suspension")  # 暂扣或吊销证照名称: one of the two, and not said which
    return frozenset(found)


def _class_by_kind(kinds: frozenset[str], mild: bool) -> Severity:
    if any(kind.severity is Severity.SERIOUS and kind.id in kinds for kind in term_rules.penalty_kinds()):
        return Severity.SERIOUS
    return Severity.SLIGHT if mild else Severity.UNKNOWN


def _only(kinds: frozenset[str]) -> frozenset[str]:
    mild = {kind.id for kind in term_rules.penalty_kinds() if kind.mild}
    if not kinds or not kinds <= mild:
        return frozenset()
    return frozenset({_ONLY.get(kinds, "only-criticism")})


def _printed_class(notice: Notice) -> Severity | None:
    printed = _further(notice, "severity")
    return next((severity for pattern, severity in term_rules.printed_classes() if printed and pattern.search(printed)), None)


# --- the days it counts from and to ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Start:
    day: date
    concept: str


def _start(notice: Notice) -> _Start | None:
    """Return the day a term counts from. A decision that is dated after its publication counts from that: the record was there."""
    order = term_rules.counted_from(notice.kind)
    found = next(((day, concept) for concept in order if (day := _day(notice, concept)) is not None), None)
    if found is not None:
        day, concept = found
        if notice.published_on is not None and notice.published_on < day and concept != "published_on":
            return _Start(notice.published_on, "published_on")
        return _Start(day, concept)
    year = _NUMBER_YEAR.search(notice.number[:_LIMIT])
    return _Start(date(int(year[1]), 1, 1), "number") if year else None


def _day(notice: Notice, concept: str) -> date | None:
    if concept == "filed_on":
        try:
            return date.fromisoformat(_further(notice, concept))
        except ValueError:
            return None
    day = getattr(notice, concept)
    return day if isinstance(day, date) else None


def _stated(notice: Notice) -> date | None:
    """Return the printed last day of publication. The validity of an entry of a list ends its publication, that of a permit too."""
    days = [notice.shown_until]
    if notice.kind in _LISTS:
        days += [notice.valid_to, notice.removed_on - timedelta(days=1) if notice.removed_on and notice.removed_on > date.min else None]
    return min((day for day in days if day is not None and day < _FOR_EVER), default=None)


# --- terms ---------------------------------------------------------------------------------------------------------------


def _friendly(notice: Notice) -> Term:
    """Return the term of a permit or an entry of a red list: to its printed end, else without one."""
    if notice.kind in (NoticeKind.REPAIR, NoticeKind.WITHDRAWAL):
        return Term()
    end = notice.shown_until or notice.valid_to
    if end is None or end >= _FOR_EVER:
        return Term(counted_from=notice.decided_on)
    return Term(ends_on=end, basis="stated", rule="stated", counted_from=notice.decided_on)


def _undated(notice: Notice, severity: Severity, stated: date | None) -> tuple[Term, tuple[Defect, ...]]:
    """Return the term of an adverse record without any day: to its printed end or some days after it was first seen, what comes first."""
    defect = Defect(UNKNOWN, "decided_on", "the record tells no day that its term could count from")
    days = term_rules.undated_days(notice.kind, stated=stated is not None)
    if stated is None:
        return Term(severity=severity, undated_days=days), (defect,)
    return Term(stated, "stated", "stated", severity=severity, undated_days=days), (defect,)


def _legal(notice: Notice, start: date, severity: Severity, features: frozenset[str], *, stated: bool) -> Term:
    fitting = list(_fitting(notice))
    ends = [(end, rule.id) for rule in fitting if (end := rule.last_day(start, severity, features, stated=stated)) is not None]
    ends_on, rule = min(ends, default=(None, ""), key=lambda each: each[0])
    least = _least(notice, fitting, start, severity)
    if least is not None and ends_on is not None and least > ends_on:
        least = None  # it is over before a repair can be asked for
    return Term(ends_on, "computed" if ends_on else "none", rule, start, least, severity)


def _least(notice: Notice, fitting: list[Rule], start: date, severity: Severity) -> date | None:
    """Return the last day of the shortest term by the first rule that lets a repair be asked for; ``None`` where none tells one."""
    days: list[date] = []
    area = term_rules.word("areas").search(_joined(notice.violation, notice.facts, notice.basis, notice.source_body, _authority(notice)))
    for rule in fitting:
        length = rule.shortest_in if area and rule.shortest_in else rule.shortest[severity]
        if length and (end := max(end_of_term(start, length), rule.in_force[0])) <= rule.in_force[1]:
            days.append(end)
    return min(days, default=None)


def _fitting(notice: Notice) -> Iterator[Rule]:
    for rule in term_rules.rules():
        fits = notice.kind in rule.kinds and (not rule.regions or notice.region.startswith(rule.regions))
        fits = fits and (rule.authority is None or rule.authority.search(_authority(notice)) is not None)
        if fits and (rule.list_name is None or rule.list_name.search(_joined(notice.list_name, notice.title))):
            yield rule


def _authority(notice: Notice) -> str:
    return _joined(notice.authority.name or "", notice.authority.mention) if notice.authority else ""


def _further(notice: Notice, concept: str) -> str:
    return next((each.value for each in notice.further if each.label == concept), "")


def _other_day(start: _Start) -> Defect:
    return Defect(OTHER_DAY, "decided_on", f"the term counts from {start.concept}")


def _joined(*texts: str) -> str:
    return "\n".join(text[:_LIMIT] for text in texts if text)

"""Every record leaves on its right day under its right rule: the days of ``terms_by_hand.csv`` were worked out by hand."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.notices.records import Colour, Notice, NoticeKind, PrintedField, Severity, Subject, SubjectKind
from normalizers.notices.term_rules import end_of_term, rules
from normalizers.notices.terms import OTHER_DAY, STATED_BEFORE_START, STATED_TOO_LATE, UNKNOWN, check_term, is_shown, term_of
from normalizers.records import Agency

HERE = Path(__file__).parent
FIRST, LAST = date(2026, 3, 30), date(2029, 12, 31)
DAYS = ("decided_on", "published_on", "shown_until", "valid_to", "removed_on")
FIRM = Subject(SubjectKind.LEGAL, "江口造船有限公司")


def by_hand() -> list[dict[str, str]]:
    with (HERE / "terms_by_hand.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="|"))


def notice_of(row: dict[str, str]) -> Notice:
    further = [PrintedField("severity", row["degree"])] if row["degree"] else []
    further += [PrintedField("filed_on", row["filed_on"])] if row["filed_on"] else []
    return Notice(
        kind=NoticeKind(row["kind"]),
        subject=FIRM,
        authority=Agency(row["authority"]),
        colour=Colour(row["colour"]) if row["colour"] else None,
        **{name: row[name] for name in ("region", "list_name", "number", "category", "content")},
        **{name: date.fromisoformat(row[name]) if row[name] else None for name in DAYS},  # type: ignore[arg-type]
        fine_yuan=Decimal(row["fine"]) if row["fine"] else None,
        further=tuple(further),
    )


ROWS = by_hand()


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_a_record_has_the_last_day_and_the_rule_worked_out_by_hand(row: dict[str, str]) -> None:
    term = term_of(notice_of(row))
    told = term.ends_on.isoformat() if term.ends_on else ""
    assert (told, term.rule) == (row["last_day"], row["rule"]), row["reason"]


def test_with_the_clock_moved_day_by_day_each_record_leaves_on_its_day_and_stays_away() -> None:
    terms = {row["id"]: term_of(notice_of(row)) for row in ROWS}
    left: dict[str, date] = {}
    shown_before: set[str] = set(terms)
    day = FIRST
    while day <= LAST:
        shown = {name for name, term in terms.items() if is_shown(term, day)}
        assert shown <= shown_before, "a record came back"
        left |= dict.fromkeys(shown_before - shown, day)
        shown_before = shown
        day += timedelta(days=1)
    wanted = {}
    for row in ROWS:
        first_without = date.fromisoformat(row["last_day"]) + timedelta(days=1) if row["last_day"] else date.max
        if first_without <= LAST:
            wanted[row["id"]] = max(first_without, FIRST)
    assert left == wanted
    assert len(ROWS) >= 60
    assert len({day for day in left.values() if day > FIRST}) > 50


def test_the_table_holds_every_kind_class_and_rule() -> None:
    terms = [term_of(notice_of(row)) for row in ROWS]
    assert {row["kind"] for row in ROWS} == {"penalty", "list-entry", "defaulter", "tax-case", "permit"}
    assert {term.severity for term in terms} == set(Severity)
    limits = {"penalty-2017", "shanghai-2017", "zhejiang-2018", "adverse"}
    assert {rule.id for rule in rules()} - limits <= {row["rule"] for row in ROWS}


def defects_of(name: str) -> dict[str, list[str]]:
    row = next(row for row in ROWS if row["id"] == name)
    found: dict[str, list[str]] = defaultdict(list)
    for defect in check_term(notice_of(row))[1]:
        found[defect.name].append(defect.detail)
    return dict(found)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("p01", set()),
        ("p27", set()),
        ("p28", {STATED_TOO_LATE}),
        ("p29", {STATED_TOO_LATE}),
        ("p30", {STATED_BEFORE_START}),
        ("p31", {OTHER_DAY}),
        ("p32", {OTHER_DAY}),
        ("p33", {UNKNOWN}),
        ("p34", {OTHER_DAY}),
        ("p51", {STATED_TOO_LATE}),
        ("p53", set()),
        ("l12", {UNKNOWN}),
        ("t02", {OTHER_DAY}),
        ("x02", set()),
    ],
)
def test_what_is_wrong_with_the_days_of_a_record_is_named(name: str, wanted: set[str]) -> None:
    assert set(defects_of(name)) == wanted


def test_a_capped_end_says_by_how_many_days_and_by_which_rule() -> None:
    assert defects_of("p28")[STATED_TOO_LATE] == ["the printed end of publication is 365 days after the longest term (penalty-2026)"]


@pytest.mark.parametrize(
    ("start", "length", "end"),
    [
        ("2023-05-10", "3y", "2026-05-10"),
        ("2024-02-29", "1y", "2025-02-28"),
        ("2024-02-29", "4y", "2028-02-29"),
        ("2023-11-30", "3m", "2024-02-29"),
        ("2022-11-30", "3m", "2023-02-28"),
        ("2025-08-31", "3m", "2025-11-30"),
        ("2025-12-31", "6m", "2026-06-30"),
        ("2025-01-31", "1m", "2025-02-28"),
        ("2025-12-01", "1m", "2026-01-01"),
        ("9998-01-01", "3y", "9999-12-31"),
    ],
)
def test_a_term_ends_with_the_corresponding_day_or_the_last_of_its_month(start: str, length: str, end: str) -> None:
    assert end_of_term(date.fromisoformat(start), length) == date.fromisoformat(end)


@pytest.mark.parametrize("length", ["", "3", "0y", "y", "3d", "100y", "3y "])
def test_another_length_is_refused(length: str) -> None:
    with pytest.raises(ValueError, match="is no term"):
        end_of_term(date(2025, 1, 1), length)


@pytest.mark.parametrize(
    ("category", "content", "licence", "severity"),
    [
        ("警告", "", "", Severity.SLIGHT),
        ("", "给予警告、通报批评", "", Severity.SLIGHT),
        ("警告", "给予警告，并处罚款3000元", "", Severity.UNKNOWN),
        ("其他", "吊销道路运输经营许可证", "", Severity.SERIOUS),
        ("其他", "撤销药品经营许可", "", Severity.SERIOUS),
        ("罚款", "处罚款一万元；五年内禁止从事食品生产经营活动", "", Severity.SERIOUS),
        ("警告", "", "安全生产许可证", Severity.UNKNOWN),
        ("暂扣许可证件", "", "", Severity.UNKNOWN),
        ("警告", "警告。逾期不缴纳的，每日按罚款数额的百分之三加处罚款", "", Severity.SLIGHT),
        ("", "", "", Severity.UNKNOWN),
        ("行政拘留", "", "", Severity.UNKNOWN),
        ("责令停产停业", "", "", Severity.UNKNOWN),
    ],
)
def test_the_class_is_read_from_the_kinds_of_the_penalty(category: str, content: str, licence: str, severity: Severity) -> None:
    notice = Notice(NoticeKind.PENALTY, FIRM, None, category=category, content=content, licence=licence, decided_on=date(2026, 5, 1))
    assert term_of(notice).severity is severity


def test_the_printed_degree_comes_before_the_kinds() -> None:
    further = (PrintedField("severity", "一般失信"),)
    notice = Notice(NoticeKind.PENALTY, FIRM, None, category="吊销许可证件", decided_on=date(2026, 5, 1), further=further)
    assert term_of(notice).severity is Severity.GENERAL


@pytest.mark.parametrize(
    ("changes", "least"),
    [
        ({"decided_on": date(2025, 1, 10)}, date(2025, 4, 10)),
        ({"decided_on": date(2025, 1, 10), "violation": "违反消防安全规定"}, date(2026, 1, 10)),
        ({"decided_on": date(2026, 5, 1), "category": "吊销许可证件"}, date(2027, 5, 1)),
        ({"decided_on": date(2026, 5, 1), "further": (PrintedField("severity", "一般"),)}, date(2026, 8, 1)),
        ({"decided_on": date(2026, 5, 1), "category": "警告"}, None),
        ({"decided_on": date(2026, 5, 1)}, None),
        ({"decided_on": date(2025, 1, 10), "shown_until": date(2025, 2, 1)}, None),
        ({"decided_on": date(2019, 10, 10), "shown_until": date(2020, 10, 17)}, None),
    ],
)
def test_the_shortest_term_is_told_where_a_rule_tells_it(changes: dict[str, object], least: date | None) -> None:
    assert term_of(Notice(NoticeKind.PENALTY, FIRM, None, **changes)).least_until == least  # type: ignore[arg-type]


def test_a_record_without_any_day_may_be_shown_some_days_after_its_first_sight() -> None:
    penalty = term_of(Notice(NoticeKind.PENALTY, FIRM, None))
    entry = term_of(Notice(NoticeKind.LIST_ENTRY, FIRM, None, colour=Colour.BLACK))
    stated = term_of(Notice(NoticeKind.PENALTY, FIRM, None, shown_until=date(2027, 1, 1)))
    permit = term_of(Notice(NoticeKind.PERMIT, FIRM, None))
    assert [term.undated_days for term in (penalty, entry, stated, permit)] == [90, 365, 1095, 0]
    assert (penalty.ends_on, penalty.basis, stated.ends_on, stated.basis) == (None, "none", date(2027, 1, 1), "stated")


@pytest.mark.parametrize("kind", [NoticeKind.REPAIR, NoticeKind.WITHDRAWAL])
def test_what_ends_a_record_has_no_term_of_its_own(kind: NoticeKind) -> None:
    assert term_of(Notice(kind, FIRM, None, decided_on=date(2025, 1, 1), shown_until=date(2026, 1, 1))).ends_on is None


def test_a_notice_of_the_office_for_market_regulation_is_known_by_its_canonical_name() -> None:
    notice = Notice(NoticeKind.PENALTY, FIRM, Agency("市局", "江口市市场监督管理局"), category="警告", decided_on=date(2022, 6, 1))
    assert term_of(notice).rule == "penalty-market-2021"


dates = st.none() | st.dates()
texts = st.sampled_from(["", "警告", "罚款", "吊销许可证", "简易程序", "逾期不改正的，罚款"]) | st.text(max_size=20)
notices = st.builds(
    Notice,
    kind=st.sampled_from(NoticeKind),
    subject=st.just(FIRM),
    authority=st.none() | st.builds(Agency, texts),
    colour=st.none() | st.sampled_from(Colour),
    region=st.sampled_from(["", "310000", "330100", "340000"]),
    list_name=texts,
    number=texts | st.from_regex(r"〔(19|20)\d\d〕", fullmatch=True),
    category=texts,
    content=texts,
    decided_on=dates,
    published_on=dates,
    valid_from=dates,
    valid_to=dates,
    shown_until=dates,
    removed_on=dates,
    further=st.lists(st.builds(PrintedField, st.sampled_from(["severity", "filed_on"]), texts | st.just("2024-02-29")), max_size=2).map(
        tuple
    ),
)


@given(notices)
def test_property_every_adverse_record_has_an_end_and_none_is_later_than_any_rule(notice: Notice) -> None:
    term, defects = check_term(notice)
    if notice.kind in (NoticeKind.PERMIT, NoticeKind.REPAIR, NoticeKind.WITHDRAWAL) or notice.colour is Colour.RED:
        assert defects == ()
        return
    assert term.ends_on is not None or term.undated_days
    if term.counted_from is not None:
        assert term.ends_on is not None
        assert term.ends_on <= end_of_term(term.counted_from, "5y")
        assert term.least_until is None or term.least_until <= term.ends_on
    assert term.basis == ("none" if term.ends_on is None else "stated" if term.rule == "stated" else "computed")


@given(notices, st.dates(date(2015, 1, 1), date(2035, 1, 1)), st.dates(date(2015, 1, 1), date(2035, 1, 1)))
def test_property_what_is_over_never_comes_back(notice: Notice, one: date, other: date) -> None:
    term = term_of(notice)
    assert is_shown(term, min(one, other)) or not is_shown(term, max(one, other))


@given(st.dates(date(1950, 1, 1), date(2090, 1, 1)), st.integers(1, 99), st.sampled_from("my"))
def test_property_a_term_ends_in_its_month_on_its_day_or_the_last_one(start: date, count: int, unit: str) -> None:
    end = end_of_term(start, f"{count}{unit}")
    months = (end.year - start.year) * 12 + end.month - start.month
    assert months == count * (12 if unit == "y" else 1)
    assert end.day == start.day or (end.day < start.day and (end + timedelta(days=1)).day == 1)


def test_a_hostile_text_is_read_in_no_time() -> None:
    import time

    begun = time.process_time()
    text = "逾期" * 2000 + "撤销" * 2000 + "加处" * 2000
    term_of(Notice(NoticeKind.PENALTY, FIRM, Agency(text), content=text, category=text, number="〔" * 9000, list_name=text))
    assert time.process_time() - begun < 1

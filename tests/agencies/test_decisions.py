"""One line of decision settles a mention for every run after."""

from __future__ import annotations

from datetime import date

import pytest

from normalizers.agencies import Context, Decision, Decisions, looks_like_agencies, read_agencies, resolve
from normalizers.records import AgencyKind

SUZHOU = "320500"
DAY = date(2024, 5, 1)


def context(*decisions: Decision, region: str = SUZHOU, on: date | None = DAY) -> Context:
    return Context(region, on, Decisions.of(decisions))


def test_a_decision_resolves_what_no_table_knows() -> None:
    mention = "市智慧城市运营公司"
    assert resolve(mention, context()).name is None
    found = resolve(mention, context(Decision(mention, SUZHOU, "苏州智慧城市运营有限公司")))
    assert (found.name, found.rule, found.kind) == ("苏州智慧城市运营有限公司", "decision", AgencyKind.AGENCY)
    assert found.id


def test_a_decision_goes_before_the_tables() -> None:
    assert resolve("市财政局", context(Decision("市财政局", SUZHOU, "苏州市另一个局"))).name == "苏州市另一个局"


def test_a_decided_name_that_a_table_knows_keeps_its_identifier() -> None:
    found = resolve("财局", context(Decision("财局", SUZHOU, "苏州市财政局")))
    assert found.id == resolve("市财政局", context()).id


def test_a_decision_for_a_region_holds_there_only() -> None:
    decided = Decision("城市数字公司", SUZHOU, "苏州城市数字公司")
    assert resolve("城市数字公司", context(decided, region="330100")).name != "苏州城市数字公司"
    assert resolve("城市数字公司", context(Decision("城市数字公司", "", "城市数字公司"), region="330100")).rule == "decision"


def test_a_decision_for_the_region_counts_before_one_for_all() -> None:
    both = (Decision("数字公司", SUZHOU, "甲公司"), Decision("数字公司", "", "乙公司"))
    assert resolve("数字公司", context(*both)).name == "甲公司"


def test_its_period_is_half_open() -> None:
    decided = Decision("数字办", SUZHOU, "苏州数字办", valid_from=date(2020, 1, 1), valid_to=date(2024, 1, 1))
    on = [date(2019, 12, 31), date(2020, 1, 1), date(2023, 12, 31), date(2024, 1, 1)]
    assert [Decisions.of([decided]).find("数字办", SUZHOU, day) is not None for day in on] == [False, True, True, False]


def test_a_rejected_mention_is_no_agency() -> None:
    decided = context(Decision("百日攻坚办", rejected=True))
    assert [agency.mention for agency in read_agencies("市财政局、百日攻坚办", decided).agencies] == ["市财政局"]
    assert not looks_like_agencies("百日攻坚办", decided)


def test_a_decided_name_that_holds_a_conjunction_stays_whole() -> None:
    decided = context(Decision("公安局和民政局专班", SUZHOU, kind=AgencyKind.ROLE))
    assert [agency.mention for agency in read_agencies("公安局和民政局专班", decided).agencies] == ["公安局和民政局专班"]


def test_blanks_in_a_mention_make_no_difference() -> None:
    assert resolve("数 字 办", context(Decision("数字 办", kind=AgencyKind.ROLE))).name == "数字办"


def test_decisions_compare_by_content() -> None:
    made = [Decision("数字办", kind=AgencyKind.ROLE)]
    assert Decisions.of(made) == Decisions.of(list(made))
    assert hash(Decisions.of(made)) == hash(Decisions.of(list(made)))
    assert Decisions.of(made) != Decisions()


@pytest.mark.parametrize(
    "fields",
    [
        {"mention": " "},
        {"mention": "数字办"},
        {"mention": "数字办", "name": "甲", "valid_from": date(2024, 1, 1), "valid_to": date(2024, 1, 1)},
    ],
)
def test_a_decision_that_settles_nothing_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="; "):
        Decision(**fields)  # type: ignore[arg-type]

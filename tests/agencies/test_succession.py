"""Who answers today for a body that an old document names."""

from datetime import date

import pytest

from normalizers.agencies import Context, gazetteer, resolve, successor


@pytest.mark.parametrize(
    ("mention", "region", "year", "today"),
    [
        ("市工商局", "310000", 2015, "上海市市场监督管理局"),
        ("市环保局", "330300", 2015, "温州市生态环境局"),
        ("市卫生局", "330300", 2012, "温州市卫生健康委员会"),
        ("市国税局", "320500", 2015, "国家税务总局苏州市税务局"),
        ("闸北区", "310000", 2014, "上海市静安区人民政府"),
        ("吴江市财政局", "320500", 2010, "苏州市吴江区财政局"),
        ("人行成都分行", "510000", 2016, "中国人民银行四川省分行"),
        ("质检总局", "100000", 2016, "国家市场监督管理总局"),
        ("银监会", "100000", 2016, "国家金融监督管理总局"),
        ("市财政局", "320500", 2015, "苏州市财政局"),
    ],
)
def test_a_body_has_the_one_that_answers_today(mention: str, region: str, year: int, today: str) -> None:
    named = resolve(mention, Context(region, date(year, 6, 1)))
    found = successor(named)
    assert (found.name, found.mention) == (today, mention)
    assert (found.rule == "successor") == (today != named.name)


def test_the_day_asked_for_counts() -> None:
    named = resolve("市卫生局", Context("330300", date(2012, 6, 1)))
    assert successor(named, date(2016, 6, 1)).name == "温州市卫生和计划生育委员会"


def test_what_is_unresolved_or_a_group_stays_as_it_is() -> None:
    for mention in ("省港口集团", "各区政府"):
        named = resolve(mention, Context("310000", date(2018, 6, 1)))
        assert successor(named) is named


def test_duties_that_went_nowhere_known_are_not_guessed() -> None:
    ended = next(entry for entry in gazetteer().entries if entry.valid_to and not entry.successor)
    named = resolve(ended.name, Context("", ended.valid_from or date(2010, 1, 1)))
    assert named.id == ended.id
    assert successor(named).name is None

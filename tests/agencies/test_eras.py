"""A name means the same on every day between two turns of the tables, so documents of those days share what was read of it."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from normalizers.agencies.decisions import Decision, Decisions
from normalizers.agencies.eras import _turns, first_day
from normalizers.agencies.gazetteer import gazetteer
from normalizers.agencies.reading import read_agencies
from normalizers.agencies.regions import regions
from normalizers.agencies.resolve import NO_DECISIONS, Context, resolve

DAY = timedelta(days=1)
TURNS = _turns()
DAYS = st.dates(date(2000, 1, 1), date(2030, 12, 31)) | st.sampled_from(TURNS[1:]) | st.sampled_from([turn - DAY for turn in TURNS[1:]])
HOMES = st.sampled_from(["", "310000", "320000", "330000", "340000", "320500", "330100", "340100", *sorted(regions().by_code)])
STEMS = (
    "发改委", "工商局", "市场监管局", "大数据局", "数据局", "知识产权局", "银保监局", "金融监管局", "金融办", "税务局", "国税局",
    "人行", "人民银行", "卫生计生委", "卫生健康委", "国土资源局", "自然资源局", "环保局", "生态环境局", "旅游局", "文广旅局",
)  # fmt: skip
NAMES = (
    st.sampled_from(sorted({name for entry in gazetteer().entries for name in (entry.name, *entry.names, *entry.context_names)}))
    | st.builds(str.__add__, st.sampled_from(["", "省", "市", "区", "县"]), st.sampled_from(STEMS))
    | st.builds(lambda region, stem: region.name + stem, st.sampled_from(regions().all), st.sampled_from(("", *STEMS)))
)


@given(NAMES, HOMES, DAYS)
def test_a_name_means_on_any_day_what_it_means_on_the_first_day_like_it_property(name: str, home: str, on: date) -> None:
    assert resolve(name, Context(home, on)) == resolve(name, Context.of_document(home, on))


@given(st.lists(NAMES, min_size=1, max_size=4), HOMES, DAYS)
def test_a_list_names_on_any_day_whom_it_names_on_the_first_day_like_it_property(names: list[str], home: str, on: date) -> None:
    text = "、".join(names)
    assert read_agencies(text, Context(home, on)) == read_agencies(text, Context.of_document(home, on))


def test_every_day_belongs_to_the_last_turn_before_it() -> None:
    for turn, following in pairwise(TURNS):
        assert first_day(turn, NO_DECISIONS) == first_day(following - DAY, NO_DECISIONS) == turn
    assert first_day(date.max, NO_DECISIONS) == TURNS[-1]
    assert first_day(None, NO_DECISIONS) is None


def test_bodies_of_a_body_s_first_and_last_day_are_told_apart() -> None:
    for entry in gazetteer().entries:
        for day in (entry.valid_from, entry.valid_to):
            if day:
                assert first_day(day, NO_DECISIONS) != first_day(day - DAY, NO_DECISIONS), entry.name


def test_a_decision_turns_on_its_own_days() -> None:
    begins, ends = date(2025, 3, 7), date(2025, 8, 9)
    decided = Decisions.of([Decision("某某中心", name="江口市信用中心", valid_from=begins, valid_to=ends)])
    for day, name in ((begins - DAY, None), (begins, "江口市信用中心"), (ends - DAY, "江口市信用中心"), (ends, None)):
        assert resolve("某某中心", Context.of_document("320000", day, decided)).name == name

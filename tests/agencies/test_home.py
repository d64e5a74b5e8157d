"""The home region of a document, from its issuers, number, title and what is known from outside."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.agencies import HomeRegion, home_region, regions


@pytest.mark.parametrize(
    ("known", "wanted"),
    [
        ({"number": "沪经信征〔2014〕1号"}, "310000"),
        ({"number": "苏政办发〔2021〕5号"}, "320000"),
        ({"number": "浙发改财金〔2020〕12号"}, "330000"),
        ({"number": "皖信用办〔2018〕21号"}, "340000"),
        ({"number": "苏府办〔2020〕1号"}, "320500"),
        ({"number": "甬政办发〔2020〕1号"}, "330200"),
        ({"number": "杭政办函〔2020〕1号"}, "330100"),
        ({"number": "合政办〔2020〕1号"}, "340100"),
        ({"number": "浦府规〔2020〕1号"}, "310115"),
        ({"number": "宿政办发〔2020〕1号"}, ""),
        ({"number": "宿政办发〔2020〕1号", "title": "宿迁市2020年工作要点"}, "321300"),
        ({"number": "国办发〔2020〕1号"}, "100000"),
        ({"title": "2023年上海市社会信用工作安排"}, "310000"),
        ({"title": "关于印发温州市信用建设方案的通知", "hint": "330000"}, "330300"),
        ({"title": "关于印发浦东新区行动方案的通知", "hint": "310000"}, "310115"),
        ({"title": "关于印发行动方案的通知", "hint": "340100"}, "340100"),
        ({"title": "长三角地区信用合作方案", "hint": "310000"}, ""),
        ({"title": "长三角地区信用合作上海市实施办法"}, "310000"),
        ({"title": "三省一市联合惩戒备忘录", "hint": "320000"}, ""),
        ({"title": "上海市、江苏省合作备忘录", "hint": "310000"}, ""),
        ({"title": "苏州市、无锡市合作备忘录"}, "320000"),
        ({"issuers": ["安徽省发展和改革委员会"]}, "340000"),
        ({"issuers": ["上海市人民政府", "江苏省人民政府"], "hint": "310000"}, ""),
        ({"issuers": ["中国人民银行南京分行"]}, "320000"),
        ({"issuers": ["江苏省发展和改革委员会", "苏州市人民政府"]}, "320500"),
        ({"issuers": ["浙江省发展和改革委员会"], "number": "苏府〔2020〕1号"}, "330000"),
        ({"issuers": ["国家发展改革委"]}, "100000"),
        ({"title": "各市和县的工作"}, ""),
        ({"hint": "999999"}, ""),
        ({}, ""),
    ],
)
def test_the_home_region_follows_from_what_is_known(known, wanted):
    assert home_region(**known).region == wanted


@pytest.mark.parametrize(
    ("known", "wanted"),
    [
        ({"issuers": ["国务院办公厅"], "number": "国办发〔2020〕1号"}, HomeRegion("100000", "issuer")),
        ({"issuers": ["国家发展改革委", "中国人民银行"]}, HomeRegion("100000", "issuer")),
        ({"issuers": ["国家税务总局苏州市税务局"]}, HomeRegion("320500", "issuer")),
        ({"issuers": ["中共苏州市委办公室", "苏州市人民政府办公室"]}, HomeRegion("320500", "issuer")),
        ({"number": "国办发〔2020〕35号", "title": "关于支持上海市试点的通知", "hint": "310000"}, HomeRegion("100000", "number")),
        ({"title": "国务院办公厅关于江苏省工作的复函"}, HomeRegion("100000", "title")),
        ({"title": "国家信用示范城市创建方案", "hint": "330300"}, HomeRegion("330300", "site")),
        ({"issuers": ["江苏省发展和改革委员会"], "title": "关于支持苏州市试点的通知"}, HomeRegion("320000", "issuer")),
        ({"number": "沪发改规范〔2023〕3号", "title": "关于印发办法的通知"}, HomeRegion("310000", "number")),
        ({"number": "宁政发〔2020〕9号", "title": "南京市工作方案"}, HomeRegion("320100", "number")),
        ({"number": "宁政发〔2020〕9号", "title": "宁夏回族自治区工作方案"}, HomeRegion("640000", "number")),
        ({"number": "宁政发〔2020〕9号"}, HomeRegion()),
        ({"number": "豫政办〔2020〕9号", "title": "洛阳市工作方案"}, HomeRegion("410300", "title")),
        ({"issuers": ["洛阳市人民政府"]}, HomeRegion("410300", "issuer")),
        ({"hint": "310000"}, HomeRegion("310000", "site")),
    ],
)
def test_the_home_region_says_what_it_rests_on(known, wanted):
    assert home_region(**known) == wanted


@given(st.text(max_size=30), st.text(max_size=40), st.lists(st.text(max_size=20), max_size=3), st.text(max_size=8))
def test_property_the_answer_is_a_known_region_or_none(number, title, issuers, hint):
    found = home_region(number=number, title=title, issuers=issuers, hint=hint).region
    assert found in ("", "100000") or found in regions().by_code


@given(st.sampled_from([region for region in regions().all if region.level != "county" and region.validity.end is None]))
def test_property_a_title_with_one_region_gives_it(region):
    assert home_region(title=f"关于印发{region.name}信用工作要点的通知").region == region.code

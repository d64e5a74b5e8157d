"""Brackets that are nothing but a list of bodies, and all those that are not."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.agencies import Context, looks_like_agencies

SHANGHAI = Context("310000", date(2021, 1, 1))
JIANGSU = Context("320000", date(2021, 1, 1))
HEFEI = Context("340100", date(2021, 1, 1))
NOWHERE = Context()

BODIES = [
    ("市信用办、各区政府", SHANGHAI),
    ("（市信用办、各区政府）", SHANGHAI),
    ("市信用办、各区政府", NOWHERE),
    ("省发展改革委", JIANGSU),
    ("省发展改革委", NOWHERE),
    ("省发展改革委、省某某局，各设区市", JIANGSU),
    ("市发改委，市数据资源局、各县（市、区）人民政府", HEFEI),
    ("各市、县（市、区）人民政府", JIANGSU),
    ("省有关部门，各设区市人民政府", JIANGSU),
    ("各区", SHANGHAI),
    ("各有关部门", SHANGHAI),
    ("南京海关、江苏银保监局", JIANGSU),
    ("市委宣传部（市文明办）、市信用中心等", SHANGHAI),
    ("工商、税务等部门", SHANGHAI),
    ("国家发展改革委、人民银行", NOWHERE),
    ("市港航局", SHANGHAI),
    ("三省一市信用办", NOWHERE),
]

OTHERS = re.split(
    r"\s+",
    """试行 一期 2018-2020年 含个体工商户 商会 上海 浦东新区 中国
以下简称市信用办 企业 镇 街道 筹 暂定名 PPP 国办发〔2016〕33号
沪经信征〔2014〕1号 一网通办 市民中心 省级 市级 区 市、区 省、市、县
公共信用信息 不含国家税务总局 牵头单位 责任单位 市财政局牵头，市审计局配合 以下均需各市人民政府落实 第二批 食品、药品
法人和其他组织 含区县 行业协会 征求意见稿 市场主体 市场化 区域一体化 市值管理
县域经济 省外企业 2021年市财政局文件 公共信用信息服务平台 信用服务机构 、、 —— 无
包括市财政局 社会信用体系 见附件市财政局 市、县两级 区级平台 各类企业 有关专家 相关法规
上海、江苏、浙江、安徽 长三角""",
)

EMPTY = ["", "  ", "、、", "（）"]


@pytest.mark.parametrize(("text", "context"), BODIES, ids=[text for text, _ in BODIES])
def test_a_list_of_bodies_is_one(text, context):
    assert looks_like_agencies(text, context)


@pytest.mark.parametrize("context", [SHANGHAI, JIANGSU, HEFEI, NOWHERE], ids=["shanghai", "jiangsu", "hefei", "nowhere"])
@pytest.mark.parametrize("text", [*OTHERS, *EMPTY])
def test_any_other_bracket_is_none(text, context):
    assert not looks_like_agencies(text, context)


def test_prose_is_none_however_many_bodies_it_names():
    assert not looks_like_agencies("市财政局、市审计局、" * 60 + "市统计局", SHANGHAI)


@given(st.text(max_size=60))
def test_property_no_text_breaks_the_question(text):
    assert looks_like_agencies(text, SHANGHAI) in (True, False)


@given(st.text(st.characters(codec="ascii"), max_size=40))
def test_property_a_text_without_chinese_is_never_a_list_of_bodies(text):
    assert not looks_like_agencies(text, SHANGHAI)

"""Cells and brackets: cutting, coordination, 等, blanks and brackets."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.agencies import Context, read_agencies
from normalizers.agencies.tables import words

SHANGHAI = Context("310000", date(2022, 6, 1))
JIANGSU = Context("320000", date(2021, 6, 1))
SUZHOU = Context("320500", date(2021, 6, 1))
ZHEJIANG = Context("330000", date(2021, 6, 1))
WENZHOU = Context("330300", date(2021, 6, 1))
ANHUI = Context("340000", date(2021, 6, 1))
HEFEI = Context("340100", date(2021, 6, 1))
DELTA = Context("", date(2018, 7, 1))

CASES = [
    # separators
    ("市财政局、市审计局", SHANGHAI, "市财政局 市审计局"),
    ("市财政局,市审计局;市统计局", SHANGHAI, "市财政局 市审计局 市统计局"),
    ("市财政局，市审计局；市统计局。", SHANGHAI, "市财政局 市审计局 市统计局"),
    ("市财政局\n市审计局\n市统计局", SHANGHAI, "市财政局 市审计局 市统计局"),
    ("市财政局 市审计局", SHANGHAI, "市财政局 市审计局"),
    ("市财政局、、市财政局、", SHANGHAI, "市财政局"),
    ("（市财政局、市审计局）", SHANGHAI, "市财政局 市审计局"),
    ("市财政局、市审计局）", SHANGHAI, "市财政局 市审计局"),
    ("牵头单位：市财政局", SHANGHAI, "市财政局"),
    # blanks and breaks inside names
    ("市发展改\n革委、市 财 政 局", SHANGHAI, "市发展改革委 市财政局"),
    ("市民政局(市社 团局)、市发展改革委 (市物价局)", SHANGHAI, "市民政局（市社团局） 市发展改革委（市物价局）"),
    ("国家税务总局 江苏省税务局", JIANGSU, "国家税务总局江苏省税务局"),
    ("省市场监管\n（知识产权）局", JIANGSU, "省市场监管（知识产权）局"),
    # blanks and breaks between names that no table holds
    ("市气象台\n市财政局", SHANGHAI, "市气象台 市财政局"),
    ("市财政局\n市气象台", SHANGHAI, "市财政局 市气象台"),
    ("市财政局 市少儿图书馆 市审计局", SHANGHAI, "市财政局 市少儿图书馆 市审计局"),
    ("市少儿图书馆\n市地震监测站", SHANGHAI, "市少儿图书馆 市地震监测站"),
    ("市广播电视台 人民银行合肥中心支行", HEFEI, "市广播电视台 人民银行合肥中心支行"),
    ("财政局 广播电视台 审计局", HEFEI, "财政局 广播电视台 审计局"),
    ("市广播\n电视台\n市发展改\n革委", HEFEI, "市广播电视台 市发展改革委"),
    ("市广播电视\n台、市财政局", HEFEI, "市广播电视台 市财政局"),
    ("市政府\n驻上海办事处", HEFEI, "市政府驻上海办事处"),
    ("市公安局\n交警支队", HEFEI, "市公安局交警支队"),
    ("合肥市\n庐阳区图书馆", HEFEI, "合肥市庐阳区图书馆"),
    ("合肥\n广播电视台", HEFEI, "合肥广播电视台"),
    ("省图书\n馆", ANHUI, "省图书馆"),
    # conjunctions
    ("市财政局和市审计局", SHANGHAI, "市财政局 市审计局"),
    ("省住房和城乡建设厅及省财政厅", JIANGSU, "省住房和城乡建设厅 省财政厅"),
    ("市住房和城乡建设管理委、市规划和自然资源局", SHANGHAI, "市住房和城乡建设管理委 市规划和自然资源局"),
    ("市住房和城乡建设管理委与市规划和自然资源局", SHANGHAI, "市住房和城乡建设管理委 市规划和自然资源局"),
    ("市发展改革委会同市财政局", SHANGHAI, "市发展改革委 市财政局"),
    ("省教育厅和体育局", JIANGSU, "省教育厅 省体育局"),
    ("省财政厅和省审计厅以及省统计局", JIANGSU, "省财政厅 省审计厅 省统计局"),
    ("各有关部门和区县", SHANGHAI, "各有关部门 各区县"),
    ("各市人民政府及省有关部门", ANHUI, "各市人民政府 省有关部门"),
    ("省人力资源和社会保障厅", JIANGSU, "省人力资源和社会保障厅"),
    # names that stay whole
    ("省有关部门，各市、县（市、区）人民政府", ZHEJIANG, "省有关部门 各市、县（市、区）人民政府"),
    ("各设区市、县（市、区）人民政府", JIANGSU, "各设区市、县（市、区）人民政府"),
    ("各区人民政府，市政府各委、办、局", SHANGHAI, "各区人民政府 市政府各委、办、局"),
    ("省政府各部门、各直属机构", ZHEJIANG, "省政府各部门、各直属机构"),
    ("各区、各有关部门", SHANGHAI, "各区 各有关部门"),
    ("省数据集团（筹）", JIANGSU, "省数据集团（筹）"),
    ("中国（上海）自由贸易试验区管委会", SHANGHAI, "中国（上海）自由贸易试验区管委会"),
    ("各区街道(镇)", SHANGHAI, "各区街道（镇）"),
    # heads over regions
    ("江苏省、浙江省信用办", DELTA, "江苏省信用办 浙江省信用办"),
    ("上海市、江苏省信用办，三省一市环保部门", DELTA, "上海市信用办 江苏省信用办 三省一市环保部门"),
    ("沪、苏、浙、皖信用管理部门", SHANGHAI, "上海市信用管理部门 江苏省信用管理部门 浙江省信用管理部门 安徽省信用管理部门"),
    ("沪苏浙信用办", DELTA, "上海市信用办 江苏省信用办 浙江省信用办"),
    ("杭州市、宁波市人民政府", ZHEJIANG, "杭州市人民政府 宁波市人民政府"),
    ("合肥、芜湖、蚌埠市人民政府", ANHUI, "合肥市人民政府 芜湖市人民政府 蚌埠市人民政府"),
    ("昆山市、吴江区人民政府", SUZHOU, "昆山市人民政府 吴江区人民政府"),
    ("上海市信用办、浙江省信用办", DELTA, "上海市信用办 浙江省信用办"),
    ("普陀区、上海银监局", Context("310000", date(2018, 4, 9)), "普陀区 上海银监局"),
    ("浦东新区、市财政局", SHANGHAI, "浦东新区 市财政局"),
    ("省、市信用办", SUZHOU, "省信用办 市信用办"),
    # level words
    ("省商务厅、交通运输厅", JIANGSU, "省商务厅 省交通运输厅"),
    ("省委宣传部、网信办，省发展改革委、财政厅", ZHEJIANG, "省委宣传部 省委网信办 省发展改革委 省财政厅"),
    ("市市场监管局、公安局、税务局", SHANGHAI, "市市场监管局 市公安局 市税务局"),
    ("省法院、检察院", ANHUI, "省法院 省检察院"),
    ("省发展改革委、南京海关、税务局", JIANGSU, "省发展改革委 南京海关 省税务局"),
    ("省财政厅、人民银行南京分行、江苏证监局", JIANGSU, "省财政厅 人民银行南京分行 江苏证监局"),
    ("上海银监局、证监局、保监局", Context("310000", date(2018, 4, 9)), "上海银监局 上海证监局 上海保监局"),
    ("江苏省商务厅、交通运输厅", DELTA, "江苏省商务厅 江苏省交通运输厅"),
    ("市发改委、财政局（市国资委）、住建局", HEFEI, "市发改委 市财政局（市国资委） 市住建局"),
    ("市委办公室、市府办公室", WENZHOU, "市委办公室 市府办公室"),
    # trades and functions
    ("保险、代理记账、家政等行业协会", SHANGHAI, "保险行业协会 代理记账行业协会 家政行业协会"),
    ("市信用中心、物业、装饰、家政等行业协会", SHANGHAI, "市信用中心 物业行业协会 装饰行业协会 家政行业协会"),
    ("工商、税务、环境保护部门", SHANGHAI, "工商部门 税务部门 环境保护部门"),
    ("市场监管、公安、税务等部门", SHANGHAI, "市场监管部门 公安部门 税务部门"),
    ("税务、海关、市场监管部门", JIANGSU, "税务部门 海关部门 市场监管部门"),
    ("市工商、税务部门", SHANGHAI, "市工商部门 市税务部门"),
    ("税务和环境保护部门", SHANGHAI, "税务部门 环境保护部门"),
    # phrases
    ("由市财政局牵头，市审计局配合", SHANGHAI, "市财政局 市审计局"),
    ("市财政局（牵头）、各区政府按职责分工负责", SHANGHAI, "市财政局 各区政府"),
    # nobody
    ("无", SHANGHAI, ""),
    ("/", SHANGHAI, ""),
    ("—", SHANGHAI, ""),
    ("——", SHANGHAI, ""),
    ("", SHANGHAI, ""),
    (" \n ", SHANGHAI, ""),
]


@pytest.mark.parametrize(("cell", "context", "wanted"), CASES, ids=[repr(cell) for cell, _, _ in CASES])
def test_a_cell_is_read_into_its_mentions(cell, context, wanted):
    assert [agency.mention for agency in read_agencies(cell, context).agencies] == wanted.split()


@pytest.mark.parametrize(
    ("cell", "wanted", "open_list"),
    [
        ("市财政局等", "市财政局", True),
        ("市财政局、市审计局等单位", "市财政局 市审计局", True),
        ("市财政局等部门、各区政府", "市财政局 各区政府", True),
        ("信用服务企业等各类社会主体", "信用服务企业 各类社会主体", True),
        ("市财政局等相关部门", "市财政局 相关部门", True),
        ("市财政局等10个部门", "市财政局", True),
        ("家政、养老等行业协会", "家政行业协会 养老行业协会", True),
        ("市财政局、12345热线办", "市财政局 12345热线办", False),
        ("1.市财政局、2.市审计局", "市财政局 市审计局", False),
        ("区财政局、工商普陀分局、民政局", "区财政局 工商普陀分局 区民政局", False),
        ("市财政局、高等学校", "市财政局 高等学校", False),
        ("市财政局", "市财政局", False),
    ],
)
def test_and_so_on_opens_the_list_and_leaves_the_names(cell, wanted, open_list):
    found = read_agencies(cell, SHANGHAI)
    assert [agency.mention for agency in found.agencies] == wanted.split()
    assert found.open_list is open_list


def test_every_name_of_a_long_provincial_list_is_tied_to_its_body():
    cell = (
        "省委宣传部（省文明办）、网信办，省发展改革委（省信用办）、教育厅、科技厅、工信厅、公安厅、司法厅、财政厅、人力资源社会保障厅、生态环境厅、"
        "住房城乡建设厅、交通运输厅、农业农村厅、文化和旅游厅、卫生健康委、应急厅、市场监管局、药监局，省法院、检察院，南京海关、省税务局、江苏银保监局，"
        "各设区市人民政府按职责分工负责"
    )
    found = read_agencies(cell, JIANGSU).agencies
    assert len(found) == 25
    assert [agency.mention for agency in found if not agency.resolved or agency.flags] == []


def test_an_unknown_body_is_kept_as_printed_and_unresolved():
    found = read_agencies("市财政局、市某某专班", SHANGHAI).agencies
    assert [(agency.mention, agency.resolved) for agency in found] == [("市财政局", True), ("市某某专班", False)]


LETTERS = st.sampled_from(list("市省区县各委办局厅部门等和及与、，；：（）()　 \n政府财务信用有关浦东新上海江苏沪浙皖无—/1a"))


@given(st.text(LETTERS | st.characters(), max_size=80))
def test_property_any_text_gives_a_list_of_clean_mentions_once_each(text):
    mentions = [agency.mention for agency in read_agencies(text, SHANGHAI).agencies]
    assert len(mentions) == len(set(mentions))
    for mention in mentions:
        assert mention
        assert not set(mention) & set("()\n\r\t ;")
        assert mention.count("（") == mention.count("）")
        while mention != (outside := re.sub("（[^（）]*）", "", mention)):
            mention = outside
        assert "；" not in mention


def test_brackets_that_hold_marks_alone_are_no_part_of_a_name():
    for text in ("某专班（；）", "某专班(;)", "某专班（ ）"):
        assert [agency.mention for agency in read_agencies(text, SHANGHAI).agencies] == ["某专班"]
    assert [agency.mention for agency in read_agencies("某专班（甲；乙）", SHANGHAI).agencies] == ["某专班（甲；乙）"]


NAMES = [
    "市财政局",
    "市审计局",
    "市民政局（市社团局）",
    "各区政府",
    "上海海关",
    "人民银行上海总部",
    "市住房和城乡建设管理委",
    "浦东新区",
    "团市委",
    "市委宣传部",
]


@given(st.lists(st.sampled_from(NAMES), min_size=1, max_size=8), st.sampled_from(["、", "，", "；", "\n", ",", " 、 "]))
def test_property_joined_names_come_back_in_order_whatever_joins_them(names, separator):
    found = read_agencies(separator.join(names), SHANGHAI)
    assert [agency.mention for agency in found.agencies] == list(dict.fromkeys(names))
    assert all(agency.resolved for agency in found.agencies)


@given(st.lists(st.sampled_from(NAMES[:7]), min_size=1, max_size=5, unique=True), st.data())
def test_property_a_line_break_inside_a_name_changes_nothing(names, data):
    cell = "、".join(names)
    at = data.draw(st.integers(0, len(cell)))
    broken = read_agencies(cell[:at] + "\n" + cell[at:], SHANGHAI)
    assert [agency.mention for agency in broken.agencies] == names


UNLISTED = ["市广播电视台", "市少年图书馆", "市地震监测站", "市城隍庙小学", "上海某某晚报社"]


@given(
    st.lists(st.sampled_from([*NAMES[:4], *UNLISTED]), min_size=1, max_size=6, unique=True), st.sampled_from(["\n", " ", "\u3000", "\n \n"])
)
def test_property_names_apart_by_a_blank_or_break_are_read_as_apart_by_a_comma(names, separator):
    assert read_agencies(separator.join(names), SHANGHAI) == read_agencies("、".join(names), SHANGHAI)


@given(st.sampled_from(UNLISTED), st.data())
def test_property_a_line_break_inside_an_unlisted_name_changes_nothing(name, data):
    at = data.draw(st.integers(0, len(name)))
    assert [agency.mention for agency in read_agencies(name[:at] + "\n" + name[at:], SHANGHAI).agencies] == [name]


def test_hostile_cells_are_read_in_bounded_time():
    for cell in (
        "（" * 50_000,
        "和" * 50_000,
        "市、" * 30_000,
        "等" * 50_000,
        "各" * 20_000,
        "市财政局和" * 5_000,
        " " * 100_000,
        "（）" * 20_000,
    ):
        read_agencies(cell, SHANGHAI)


def test_word_lists_hold_no_empty_word():
    lists = (
        "conjunctions",
        "leading",
        "trailing",
        "role_notes",
        "body_endings",
        "carried_endings",
        "quantifiers",
        "group_nouns",
        "closing_nouns",
        "never",
    )
    assert all(all(words(name)) for name in lists)

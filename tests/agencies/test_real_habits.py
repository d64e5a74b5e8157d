"""How plans of cities, of other provinces and of the State Council write their lists of bodies."""

from datetime import date

import pytest

from normalizers.agencies import Context, looks_like_agencies, read_agencies

DAY = date(2022, 6, 1)
NATION, SUZHOU, HANGZHOU, HEFEI, JIANGSU, SHANGHAI, WUHAN = ("100000", "320500", "330100", "340100", "320000", "310000", "420100")

CELLS = [
    (NATION, "公安部、交通运输部等国务院相关部门及各地区按职责分工负责", "公安部 交通运输部 国务院相关部门 各地区"),
    (NATION, "商务部、农业农村部等和各有关省级人民政府负责", "商务部 农业农村部 各有关省级人民政府"),
    (NATION, "发展改革委、人民银行会同各有关部门", "发展改革委 人民银行 各有关部门"),
    (NATION, "公安部、人民银行等部门", "公安部 人民银行"),
    (NATION, "负责部门：民航局、国铁集团，适用范围：上海", "民航局 国铁集团"),
    (NATION, "体育总局、应急部负责，列第一位者为牵头单位，下同", "体育总局 应急部"),
    (NATION, "各省、自治区、直辖市人民政府、财政部", "各省、自治区、直辖市人民政府 财政部"),
    (SUZHOU, "市发改委/市工信局/市税务局", "市发改委 市工信局 市税务局"),
    (SUZHOU, "1.市发改委\n2.市工信局\n3.市财政局", "市发改委 市工信局 市财政局"),
    (SUZHOU, "市发改委① 市财政局②", "市发改委 市财政局"),
    (SUZHOU, "市发改委、市工信局，年内持续推进", "市发改委 市工信局"),
    (SUZHOU, "责任单位：市发改委；分管领导：张三；配合单位：市财政局", "市发改委 市财政局"),
    (SUZHOU, "责任单位：市发改委。配合单位：市财政局。", "市发改委 市财政局"),
    (SUZHOU, "市直有关部门、单位，各县级市（区）人民政府", "市直有关部门、单位 各县级市（区）人民政府"),
    (SUZHOU, "市发改委，市工信\n局，各县级市\n（区）人民政府", "市发改委 市工信局 各县级市（区）人民政府"),
    (SUZHOU, "苏州大学、国网苏州供电公司、苏州某某有限公司", "苏州大学 国网苏州供电公司 苏州某某有限公司"),
    (HANGZHOU, "西湖、拱墅、滨江区政府", "西湖区政府 拱墅区政府 滨江区政府"),
    (HANGZHOU, "各县（市、区）委、政府，市发改委", "各县（市、区）委、政府 市发改委"),
    (HEFEI, "市发改委，各县（市）区人民政府、开发区管委会", "市发改委 各县（市）区人民政府 开发区管委会"),
    (HEFEI, "各镇人民政府、各街道办事处", "各镇人民政府 各街道办事处"),
    (JIANGSU, "省发展改革委，各设区市和县（市、区）人民政府", "省发展改革委 各设区市 各县（市、区）人民政府"),
    (SHANGHAI, "市高院、市检察院和各区政府", "市高院 市检察院 各区政府"),
    (SUZHOU, "各市、区政府（管委会），市商务局", "各市、区政府（管委会） 市商务局"),
    ("", "沪苏浙皖三省一市公安、司法部门", "沪苏浙皖三省一市公安部门 沪苏浙皖三省一市司法部门"),
    ("", "三省一市发展改革委、市场监管局", "三省一市发展改革委 三省一市市场监管局"),
    (HEFEI, "市委宣传部市中级人民法院市市场监管局", "市委宣传部 市中级人民法院 市市场监管局"),
    (HEFEI, "市律师协会合肥海关市税务局", "市律师协会 合肥海关 市税务局"),
    (HEFEI, "市直各有关部门各县（市）区人民政府、市司法局", "市直各有关部门 各县（市）区人民政府 市司法局"),
    (HEFEI, "市发展改革委（市信用办）市财政局", "市发展改革委（市信用办） 市财政局"),
    (HEFEI, "国家税务总局合肥市税务局、市公安局高新区分局、市纪委市监委", "国家税务总局合肥市税务局 市公安局高新区分局 市纪委市监委"),
    (HEFEI, "市信用办各成员单位、合肥市庐阳区图书馆、市委市政府", "市信用办各成员单位 合肥市庐阳区图书馆 市委市政府"),
    (HEFEI, "安徽省融资担保有限公司滁州分公司", "安徽省融资担保有限公司滁州分公司"),
    ("", "沪苏浙皖", "上海市 江苏省 浙江省 安徽省"),
    ("", "沪、苏、浙，示范区执委会", "上海市 江苏省 浙江省 示范区执委会"),
    ("", "苏浙皖三省信用办、上海市信用办", "苏浙皖三省信用办 上海市信用办"),
    (JIANGSU, "各市、县信用办，省信用办", "各市、县信用办 省信用办"),
    (JIANGSU, "各设区市、县（市、区）发展改革委（局）", "各设区市、县（市、区）发展改革委（局）"),
    (SHANGHAI, "各区、市财政局", "各区 市财政局"),
    ("320412", "区水利局、武进生态环境局、自然资源局", "区水利局 武进生态环境局 区自然资源局"),
    (JIANGSU, "各级公安、税务部门", "各级公安部门 各级税务部门"),
    (JIANGSU, "省公安、市司法部门", "省公安部门 市司法部门"),
    (JIANGSU, "水利（水务）、农业农村部门", "水利（水务）部门 农业农村部门"),
    (WUHAN, "市发改委、人行武汉分行，各区人民政府（开发区管委会）", "市发改委 人行武汉分行 各区人民政府（开发区管委会）"),
]


@pytest.mark.parametrize(("region", "cell", "wanted"), CELLS, ids=[cell for _, cell, _ in CELLS])
def test_a_list_is_read_as_it_is_meant(region: str, cell: str, wanted: str) -> None:
    assert [agency.mention for agency in read_agencies(cell, Context(region, DAY)).agencies] == wanted.split()


@pytest.mark.parametrize("region", [NATION, SUZHOU, WUHAN, ""])
@pytest.mark.parametrize(
    "text",
    [
        "市国资委等市直机关事业单位直接或委托监管企业",
        "苏州某某有限公司",
        "没有单位分房、自购房、租房等",
        "海港区域",
        "苏州大学",
        "市中区",
        "12345",
        "2022年市财政局",
    ],
)
def test_a_description_is_no_list_of_bodies(region: str, text: str) -> None:
    assert not looks_like_agencies(text, Context(region, DAY))


@pytest.mark.parametrize(
    ("region", "text"),
    [
        (NATION, "公安部、财政部、国务院国资委"),
        (NATION, "国家发展改革委、各省级人民政府"),
        (WUHAN, "市发改委、各区人民政府"),
        ("", "河南省发展改革委、郑州市人民政府"),
        (SUZHOU, "市发改委、苏州大学"),
    ],
)
def test_a_list_of_bodies_is_one_wherever_it_comes_from(region: str, text: str) -> None:
    assert looks_like_agencies(text, Context(region, DAY))

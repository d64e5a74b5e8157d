"""Records: a person keeps no number, fact or full name; a firm keeps all that is its own."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normalizers.notices.records import NoticeKind, PrintedField, PrintedRecord, SubjectKind
from normalizers.privacy import mask_record, reduce_name, subject_kind
from normalizers.privacy.addresses import clean_url

CODE = "91310000132260250X"
STANDARD = "11010519491231002X"


def record(fields: dict[str, str], *, url: str = "https://site.example/detail?uk=57632CED", key: str = "57632CED") -> PrintedRecord:
    return PrintedRecord(
        "site", "penalties", key, url, NoticeKind.PENALTY, tuple(PrintedField(label, value) for label, value in fields.items())
    )


def values(printed: PrintedRecord) -> dict[str, str]:
    return {each.label: each.value for each in printed.fields}


PERSON = {
    "行政相对人名称": "李慕青",
    "行政相对人类别": "自然人",
    "居民身份证号": "342301********3224",
    "行政处罚决定书文号": "柳市监罚〔2024〕17号",
    "处罚事由": "李慕青无证经营",
    "处罚结果": "罚款500元",
    "处罚机关": "柳州市市场监督管理局",
    "处罚决定日期": "2024-03-15",
    "处罚类别": "罚款",
    "法定代表人姓名": "",
}


def test_of_a_persons_record_only_authority_dates_category_and_a_reduced_name_are_left():
    found = values(mask_record(record(PERSON)))
    assert found["行政相对人名称"] == "李某"
    assert (found["处罚机关"], found["处罚决定日期"], found["处罚类别"]) == ("柳州市市场监督管理局", "2024-03-15", "罚款")
    for label in ("居民身份证号", "行政处罚决定书文号", "处罚事由", "处罚结果"):
        assert found[label] == "〔自然人信息不收录〕"
    assert found["法定代表人姓名"] == ""


def test_the_name_of_a_person_goes_out_of_address_and_key():
    url = "https://site.example/detail/%E6%9D%8E%E6%85%95%E9%9D%92?name=%C0%EE%C4%BD%C7%E0&id=7&q=柳市监罚〔2024〕17号"
    found = mask_record(record(PERSON, url=url, key="李慕青-7"))
    assert found.url == "https://site.example/detail/?name=&id=7&q="
    assert found.key == "*-7"


def test_an_individual_business_is_reduced_to_its_kind():
    found = values(
        mask_record(record({"行政相对人名称": "柳州市慕青小吃店", "统一社会信用代码": "92450200MA5L3K7X1P", "处罚事由": "超范围经营"}))
    )
    assert found == {"行政相对人名称": "个体工商户", "统一社会信用代码": "〔个体工商户信息不收录〕", "处罚事由": "〔个体工商户信息不收录〕"}


def test_a_firm_keeps_its_own_and_the_persons_in_it_are_reduced():
    found = values(
        mask_record(
            record(
                {
                    "行政相对人名称": "柳州慕青食品有限公司",
                    "统一社会信用代码": CODE,
                    "法定代表人": "李慕青",
                    "法定代表人身份证号": STANDARD,
                    "联系电话": "13812345678",
                    "注册地址": "柳州市桃源路8号",
                    "违法事实": "法定代表人李慕青签字，工人王锦、赵泽沐受伤，证人周桐证言。柳州慕青食品有限公司未整改，罚款2000元。",
                    "行政处罚决定书文号": "柳市监罚〔2024〕18号",
                    "工商注册号": "440301103448669",
                }
            )
        )
    )
    assert found["行政相对人名称"] == "柳州慕青食品有限公司"
    assert found["统一社会信用代码"] == CODE
    assert found["注册地址"] == "柳州市桃源路8号"
    assert found["工商注册号"] == "440301103448669"
    assert found["行政处罚决定书文号"] == "柳市监罚〔2024〕18号"
    assert (found["法定代表人"], found["法定代表人身份证号"], found["联系电话"]) == ("李某", "〔身份证号已隐去·北京〕", "〔电话已隐去〕")
    assert found["违法事实"] == "法定代表人李某签字，工人王某、赵某受伤，证人周某证言。柳州慕青食品有限公司未整改，罚款2000元。"


def test_the_court_list_keeps_no_age_sex_or_card_number_of_a_firms_head():
    firm = {
        "iname": "柳州慕青食品有限公司",
        "cardNum": "13226025-0",
        "businessEntity": "李慕青",
        "age": "0",
        "sexy": "",
        "courtName": "柳州市人民法院",
    }
    found = values(mask_record(record(firm)))
    assert found["businessEntity"] == "李某"
    assert found["iname"] == firm["iname"]
    assert found["courtName"] == firm["courtName"]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("负责人应当到场", "负责人应当到场"),
        ("当事人于2024年3月成立", "当事人于2024年3月成立"),
        ("法定代表人变更登记", "法定代表人变更登记"),
        ("工人工资未付", "工人工资未付"),
        ("被告王锦偿还原告赵泽沐借款", "被告王某偿还原告赵某借款"),
        ("股东：欧阳泽、孙桐", "股东：欧阳某、孙某"),
        ("经营者安全意识不强", "经营者安全意识不强"),
        ("当事人马鞍山厂区排放超标", "当事人马鞍山厂区排放超标"),
        ("当事人林达食品有限公司未报", "当事人林达食品有限公司未报"),
        ("工人王锦在林达食品有限公司受伤", "工人王某在林达食品有限公司受伤"),
    ],
)
def test_persons_are_reduced_where_they_are_introduced(sentence, expected):
    fields = {"行政相对人名称": "柳州食品有限公司", "统一社会信用代码": CODE, "处罚事由": sentence}
    assert values(mask_record(record(fields)))["处罚事由"] == expected


@pytest.mark.parametrize(
    ("name", "code", "category", "kind"),
    [
        ("李慕青", "", "", SubjectKind.PERSON),
        ("李慕青", CODE, "自然人", SubjectKind.LEGAL),
        ("柳州食品有限公司", "", "", SubjectKind.LEGAL),
        ("柳州食品有限公司", "", "个体工商户", SubjectKind.INDIVIDUAL_BUSINESS),
        ("慕青小吃店", "", "", SubjectKind.INDIVIDUAL_BUSINESS),
        ("柳州市慕青商店", "92450200MA5L3K7X1P", "", SubjectKind.INDIVIDUAL_BUSINESS),
        ("柳州食品有限公司第五便利店", "", "", SubjectKind.LEGAL),
        ("柳州市慕青便利店", "", "", SubjectKind.INDIVIDUAL_BUSINESS),
        ("柳州市第一中学", "", "", SubjectKind.LEGAL),
        ("阿依古丽·买买提", "", "", SubjectKind.PERSON),
        ("Mary Ann Smith", "", "", SubjectKind.PERSON),
        ("Blue Star Trading Co., Ltd.", "", "", SubjectKind.LEGAL),
        ("李某", "", "", SubjectKind.PERSON),
        ("个体工商户", "", "", SubjectKind.INDIVIDUAL_BUSINESS),
        ("", "", "", SubjectKind.PERSON),
        ("张三", "", "法人及非法人组织", SubjectKind.PERSON),
    ],
)
def test_the_kind_of_a_subject(name, code, category, kind):
    assert subject_kind(name, code, category) is kind


@pytest.mark.parametrize(
    ("name", "reduced"),
    [
        ("李慕青", "李某"),
        ("欧阳泽", "欧阳某"),
        ("李 青", "李某"),
        ("李慕青、王锦", "李某、王某"),
        ("John Smith", "某"),
        ("阿依古丽·买买提", "某"),
        ("", ""),
    ],
)
def test_a_name_is_reduced(name, reduced):
    assert reduce_name(name) == reduced
    assert reduce_name(reduced) == reduced


def test_an_address_without_personal_data_stays_as_it_is():
    for url in ("https://a.example/x/10001?uk=86d5f278&page=2#top", "http://a.example:8081/credit/p?_type=al", "relative/path?x=1", ""):
        assert clean_url(url) == url
    assert clean_url(f"https://a.example/x?card={STANDARD}&page=2") == "https://a.example/x?card=&page=2"


@pytest.mark.parametrize("value", [CODE, "91310000132260251X", "13226025-0", "110108000000016"])
@pytest.mark.parametrize("label", ["统一社会信用代码/证件号", "行政相对人代码"])
def test_a_code_stays_whatever_its_label_says_besides(label, value):
    assert values(mask_record(record({"行政相对人名称": "柳州食品有限公司", label: value})))[label] == value


LABELS = [
    "行政相对人名称",
    "统一社会信用代码",
    "法定代表人",
    "身份证号",
    "处罚事由",
    "处罚决定日期",
    "联系电话",
    "地址",
    "CF_FR_ZJHM",
    "age",
    "未知的标签",
    "",
]


@settings(max_examples=120, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(LABELS),
            st.one_of(st.text(max_size=30), st.sampled_from(["李慕青", CODE, STANDARD, "柳州食品有限公司", "null"])),
        ),
        max_size=8,
    ),
    st.text(max_size=40),
)
def test_property_masking_a_record_never_raises_and_a_second_time_changes_nothing(fields, url):
    printed = PrintedRecord("s", "p", "k", url, NoticeKind.PENALTY, tuple(PrintedField(*each) for each in fields))
    once = mask_record(printed)
    assert mask_record(once) == once
    assert [each.label for each in once.fields] == [each.label for each in printed.fields]


FIRM = {"被执行人名称": "柳州青禾机械有限公司", "案件标识": "法人及非法人组织", "法定代表人": "李慕青"}


@pytest.mark.parametrize(
    ("printed", "kept"),
    [(CODE, True), ("13226025-0", True), ("342301196001013224", False), ("342301196001013228", False), ("E12345678", False)],
)
def test_a_firms_own_code_stays_under_a_label_of_certificates(printed: str, kept: bool) -> None:
    assert (values(mask_record(record(FIRM | {"证件号码": printed})))["证件号码"] == printed) is kept


@pytest.mark.parametrize(
    ("sentence", "left"),
    [
        ("当事人马鞍山门店的货架上没有标价。", "当事人马鞍山门店的货架上没有标价。"),
        ("当事人黄山分公司未报送年报。", "当事人黄山分公司未报送年报。"),
        ("当事人金山区的仓库未备案。", "当事人金山区的仓库未备案。"),
        ("当事人马安山，无证经营。", "当事人马某，无证经营。"),
    ],
)
def test_a_place_is_no_person(sentence: str, left: str) -> None:
    found = values(mask_record(record(FIRM | {"处罚事由": sentence, "处罚机关": "马鞍山市应急管理局"})))
    assert (found["处罚事由"], found["处罚机关"]) == (left, "马鞍山市应急管理局")


@pytest.mark.parametrize(("reason", "left"), [("李慕青申请信用修复", "修复"), ("对李慕青的决定被撤销", "撤销"), ("无", "无")])
def test_that_a_persons_record_was_ended_is_known_and_not_why(reason: str, left: str) -> None:
    once = mask_record(record(PERSON | {"案件撤销原因": reason}))
    assert values(once)["案件撤销原因"] == left
    assert mask_record(once).fields == once.fields

"""From printed records to notices: every kind, every shape of site, dummies, defects, persons."""

from __future__ import annotations

import json
import time
from dataclasses import fields as fields_of
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normalizers.notices.fields import Use, concept_of, concepts
from normalizers.notices.read import read_notice
from normalizers.notices.records import Colour, Notice, NoticeKind, PrintedField, PrintedRecord, SubjectKind
from normalizers.notices.tables import defect_sentences
from normalizers.privacy import mask_record
from tests.notices.samples import CODE, DEFAULTER, FIRM, PENALTY_2015, PENALTY_2018, PERMIT_2018, credit, labelled, organization, record
from tests.shared import SHARED, needs_shared


def names(notice: Notice) -> set[str]:
    return {defect.name for defect in notice.defects}


def blanks(notice: Notice) -> dict[str, str]:
    return {blank.concept: blank.reason for blank in notice.blanks}


def penalty(**changes: str) -> Notice:
    return read_notice(labelled(NoticeKind.PENALTY, {**PENALTY_2018, **changes}))


def test_a_penalty_of_2018_is_read_field_by_field() -> None:
    notice = penalty()
    assert notice.subject.kind is SubjectKind.LEGAL
    assert (notice.subject.name, notice.subject.code, notice.subject.organization_code) == (FIRM, CODE, organization(71234567))
    assert notice.number == "合市监罚字〔2021〕第18号"
    assert notice.authority is not None
    assert (notice.authority.name, notice.region) == ("合肥市市场监督管理局", "340100")
    assert (notice.category, notice.violation) == ("罚款", "销售不合格产品")
    assert (notice.decided_on, notice.shown_until, notice.fine_yuan) == (date(2021, 3, 8), date(2024, 3, 8), Decimal(30_000))
    assert (notice.unknown, notice.defects) == ((), ())
    assert blanks(notice) == {
        "registration_number": "placeholder",
        "confiscated": "zero",
        "licence": "placeholder",
        "validity": "no-end",
        "authority_code": "dummy-code",
        "remark": "placeholder",
    }


def test_a_penalty_of_2015_is_read_with_its_chinese_labels() -> None:
    notice = read_notice(labelled(NoticeKind.PENALTY, PENALTY_2015))
    assert (notice.content, notice.fine_yuan, notice.category) == ("处以1000元罚款", Decimal(1000), "罚款")
    assert (notice.decided_on, notice.number, notice.status) == (date(2016, 4, 4), "合质监罚〔2016〕7号", "正常")
    assert notice.subject.code == CODE
    assert notice.unknown == ()
    assert "ended-at-source" not in names(notice)


def test_a_permit_in_camel_case_with_no_end_and_numbered_kind_is_read() -> None:
    notice = read_notice(labelled(NoticeKind.PERMIT, PERMIT_2018))
    assert (notice.category, notice.status, notice.valid_from, notice.valid_to) == ("普通", "有效", date(2022, 1, 4), None)
    assert blanks(notice)["valid_to"] == "no-end"
    assert names(notice) == set()


def test_a_defaulter_keeps_the_day_of_filing_apart_from_the_day_of_publication() -> None:
    notice = read_notice(labelled(NoticeKind.DEFAULTER, DEFAULTER, list_name="失信被执行人", colour=Colour.BLACK))
    assert (notice.number, notice.published_on, notice.decided_on) == ("（2019）皖0102执123号", date(2019, 7, 13), None)
    assert PrintedField("filed_on", "2019-07-09") in notice.further
    assert notice.subject.organization_code == organization(71234567)
    assert (notice.violation, notice.content) == ("违反财产报告制度", "支付货款50000元")
    assert notice.unknown == ()


def test_a_row_of_a_list_takes_list_colour_and_authority_from_its_place() -> None:
    row = record(
        NoticeKind.LIST_ENTRY,
        list_name="A级纳税人名单",
        colour=Colour.RED,
        authority="国家税务总局合肥市税务局",
        listed_on=date(2023, 4, 20),
        序号="1",
        纳税人名称=FIRM,
        纳税人识别号=CODE,
        评价年度="2022",
    )
    notice = read_notice(row)
    assert (notice.list_name, notice.colour, notice.published_on) == ("A级纳税人名单", Colour.RED, date(2023, 4, 20))
    assert notice.subject.code == CODE
    assert PrintedField("evaluation_year", "2022") in notice.further
    assert names(notice) - {"counted-from-other-day"} == set()


def test_a_code_in_the_cell_of_the_name_is_taken_out() -> None:
    notice = read_notice(labelled(NoticeKind.LIST_ENTRY, {"企业名称及统一社会信用代码": f"{FIRM}（统一社会信用代码：{CODE}）"}))
    assert (notice.subject.name, notice.subject.code) == (FIRM, CODE)


def test_a_wrong_code_is_kept_as_printed_with_the_test_it_fails() -> None:
    wrong = CODE[:-1] + ("0" if CODE[-1] != "0" else "1")
    notice = penalty(CF_XDR_SHXYM=wrong)
    assert notice.subject.code == wrong
    assert notice.subject.code_problem
    assert "code-wrong" in names(notice)


def test_two_codes_that_cannot_be_one_bodys_are_told() -> None:
    assert "codes-disagree" in names(penalty(CF_XDR_ZZJG=organization(71234568)))
    assert "codes-disagree" in names(penalty(统一社会信用代码=credit(71234569)))
    assert "codes-disagree" not in names(penalty(CF_XDR_ZZJG=organization(71234567)))


def test_a_unified_code_in_the_field_of_the_tax_number_is_a_code() -> None:
    notice = read_notice(labelled(NoticeKind.TAX_CASE, {"纳税人名称": FIRM, "纳税人识别号": CODE}))
    assert (notice.subject.code, notice.subject.organization_code) == (CODE, organization(71234567))


@pytest.mark.parametrize(
    ("changes", "fine", "defect"),
    [
        ({"CF_NR_FK": "3"}, 30_000, ""),
        ({"CF_NR_FK": "30000"}, 300_000_000, "amount-mismatch"),
        ({"CF_NR_FK": "2"}, 20_000, "amount-mismatch"),
        ({"CF_NR_FK": ""}, 30_000, ""),
        ({"CF_NR_FK": "0"}, 30_000, "amount-mismatch"),
        ({"CF_NR_FK": "", "罚款金额": "3"}, 30_000, "amount-unit-unstated"),
        ({"CF_NR_FK": "", "罚款金额": "7"}, 7, "amount-unit-unstated"),
        ({"CF_NR": "罚款1万元，罚款2万元", "CF_NR_FK": "3"}, 30_000, ""),
        ({"CF_NR": "罚款1万元，罚款2万元", "CF_NR_FK": ""}, None, "several-amounts"),
        ({"CF_NR": "警告", "CF_NR_FK": ""}, None, ""),
    ],
)
def test_the_sum_of_the_field_is_held_against_the_text(changes: dict[str, str], fine: int | None, defect: str) -> None:
    notice = penalty(**changes)
    assert notice.fine_yuan == (None if fine is None else Decimal(fine))
    assert {name for name in names(notice) if "amount" in name} == ({defect} if defect else set())


def test_a_slip_of_units_is_named_with_its_factor() -> None:
    notice = penalty(CF_NR_FK="30000")
    assert "1/10000" in next(defect.detail for defect in notice.defects if defect.name == "amount-mismatch")


@pytest.mark.parametrize(
    "fields",
    [
        {"是否撤销": "是"},
        {"当前状态": "已撤销"},
        {"撤销日期": "2022-01-05"},
        {"注销原因": "已缴清税款"},
        {"extend_3": "复议撤销"},
        {"信用修复状态": "已修复"},
    ],
)
def test_a_record_that_its_source_ended_says_so(fields: dict[str, str]) -> None:
    notice = read_notice(labelled(NoticeKind.PENALTY, {**PENALTY_2018, **fields}))
    assert "ended-at-source" in names(notice)
    assert notice.is_over


@pytest.mark.parametrize(
    "fields",
    [
        {"是否撤销": "否"},
        {"当前状态": "正常"},
        {"撤销日期": "null"},
        {"注销原因": "暂无"},
        {"信用修复状态": "未修复"},
        {"移出日期": "1900-01-01"},
    ],
)
def test_a_record_whose_fields_of_an_end_are_empty_or_deny_it_stands(fields: dict[str, str]) -> None:
    assert not read_notice(labelled(NoticeKind.PENALTY, {**PENALTY_2018, **fields})).is_over


def test_the_state_1_is_withdrawn_in_the_standard_of_2015_and_valid_in_that_of_2018() -> None:
    assert read_notice(labelled(NoticeKind.PENALTY, {**PENALTY_2015, "当前状态": "1"})).is_over
    assert not read_notice(labelled(NoticeKind.PERMIT, PERMIT_2018)).is_over
    unclear = read_notice(labelled(NoticeKind.PENALTY, {"行政相对人名称": FIRM, "当前状态": "1"}))
    assert "status-unclear" in names(unclear)
    assert not unclear.is_over


def test_a_withdrawal_names_the_earlier_record_and_is_not_over_itself() -> None:
    notice = read_notice(
        labelled(
            NoticeKind.WITHDRAWAL,
            {"企业名称": FIRM, "移出日期": "2022-01-05", "移出原因": "已整改", "原处罚决定书文号": "合市监罚〔2021〕18号"},
        )
    )
    assert (notice.decided_on, notice.number, notice.removed_on) == (date(2022, 1, 5), "合市监罚〔2021〕18号", None)
    assert not notice.is_over


def test_a_repair_is_named_by_the_number_of_the_penalty_not_its_own() -> None:
    fields = {
        "信用修复企业名称": FIRM,
        "信用修复文书号": "皖信修〔2023〕5号",
        "处罚决定书文号": "合市监罚〔2021〕18号",
        "处罚机关": "合肥市市场监督管理局",
        "处罚决定日期": "2021-03-08",
        "修复机关": "安徽省发展和改革委员会",
        "修复日期": "2023-04-01",
    }
    notice = read_notice(labelled(NoticeKind.REPAIR, fields))
    assert (notice.number, notice.decided_on) == ("合市监罚〔2021〕18号", date(2023, 4, 1))
    assert notice.authority is not None
    assert notice.authority.name == "安徽省发展和改革委员会"
    assert PrintedField("other_number", "皖信修〔2023〕5号") in notice.further


def test_a_display_period_is_counted_from_the_decision_else_from_the_publication() -> None:
    assert penalty(CF_GSJZQ="", gsqx="一年").shown_until == date(2022, 3, 8)
    assert penalty(CF_GSJZQ="", CF_JDRQ="", gsqx="一年", gsrq="2021-04-01").shown_until == date(2022, 4, 1)
    assert "period-without-start" in names(penalty(CF_GSJZQ="", CF_JDRQ="", gsqx="一年"))
    shown = read_notice(labelled(NoticeKind.LIST_ENTRY, {"企业名称": FIRM, "公示时间": "2021-03-08至2021-03-15"}))
    assert (shown.published_on, shown.shown_until) == (date(2021, 3, 8), date(2021, 3, 15))


def test_the_day_of_effect_stands_for_the_decision_only_where_none_is_printed() -> None:
    notice = read_notice(labelled(NoticeKind.PENALTY, {"行政相对人名称": FIRM, "处罚生效期": "2017-05-02", "公示截止期": "2099-12-31"}))
    assert notice.decided_on == date(2017, 5, 2)
    assert "decided-on-effective" in names(notice)
    assert blanks(notice)["shown_until"] == "no-end"
    assert penalty(处罚生效期="2021-03-20").decided_on == date(2021, 3, 8)


@pytest.mark.parametrize(
    ("changes", "defect"),
    [
        ({"CF_JDRQ": "2021-02-30"}, "date-impossible"),
        ({"CF_JDRQ": "2021年3月"}, "date-incomplete"),
        ({"处罚决定日期": "2021-03-09"}, "values-disagree"),
        ({"公示日期": "2021-03-01"}, "published-before-decided"),
        ({"有效期自": "2022-01-01", "有效期至": "2021-01-01"}, "valid-to-before-from"),
        ({"CF_XDR_MC": "暂无"}, "missing-subject-name"),
        ({"CF_WSH": ""}, "missing-number"),
        ({"CF_JDRQ": "1900-01-01"}, "missing-decided-on"),
        ({"CF_CFJG": ""}, "missing-authority"),
        ({"CF_XDR_SHXYM": ""}, "missing-code"),
        ({"CF_YJ": "无"}, "missing-basis"),
        ({"CF_CFJGDM": "113401000029862500"}, "authority-code-wrong"),
    ],
)
def test_what_is_not_as_it_should_be_is_a_named_defect(changes: dict[str, str], defect: str) -> None:
    assert defect in names(penalty(**changes))


def test_a_day_that_cannot_be_read_is_kept_as_printed_in_the_detail() -> None:
    assert any("2021-02-30" in defect.detail for defect in penalty(CF_JDRQ="2021-02-30").defects)


def test_an_entry_of_a_list_takes_its_own_day_number_and_authority_not_those_of_the_penalty_behind_it() -> None:
    fields = {
        "企业名称": FIRM,
        "行政处罚决定书文号": "合市监罚〔2021〕18号",
        "处罚日期": "2021-03-08",
        "处罚机关": "合肥市市场监督管理局",
        "列入决定书文号": "皖市监严〔2021〕2号",
        "列入日期": "2021-05-10",
        "列入决定机关": "安徽省市场监督管理局",
    }
    notice = read_notice(labelled(NoticeKind.LIST_ENTRY, fields))
    assert (notice.decided_on, notice.number) == (date(2021, 5, 10), "皖市监严〔2021〕2号")
    assert notice.authority is not None
    assert notice.authority.name == "安徽省市场监督管理局"
    assert {("other_date", "2021-03-08"), ("other_number", "合市监罚〔2021〕18号"), ("authority", "合肥市市场监督管理局")} <= {
        (field.label, field.value) for field in notice.further
    }
    assert "values-disagree" not in names(notice)


def test_unknown_labels_are_kept_as_printed() -> None:
    notice = penalty(没人见过的栏目="某值", 另一个没见过的="")
    assert notice.unknown == (PrintedField("没人见过的栏目", "某值"), PrintedField("另一个没见过的", ""))


def test_an_authority_that_cannot_be_resolved_stays_as_printed() -> None:
    notice = penalty(CF_CFJG="某个查不到的执法中队")
    assert notice.authority is not None
    assert (notice.authority.mention, notice.authority.name) == ("某个查不到的执法中队", None)
    assert notice.region == "340000"


def test_of_a_person_only_kind_authority_days_category_and_a_reduced_name_are_kept() -> None:
    fields = {**PENALTY_2018, "CF_XDR_MC": "王晓明", "CF_XDR_LB": "自然人", "CF_XDR_SHXYM": "", "没人见过的栏目": "王晓明"}
    notice = read_notice(mask_record(labelled(NoticeKind.PENALTY, fields)))
    assert notice.subject.kind is SubjectKind.PERSON
    assert notice.subject.name == "王某"
    assert (notice.decided_on, notice.category) == (date(2021, 3, 8), "罚款")
    kept = {field.name for field in fields_of(Notice) if getattr(notice, field.name) not in ("", None, ())}
    assert not kept & {"number", "title", "violation", "facts", "basis", "content", "licence", "remark", "fine_yuan", "further", "unknown"}
    assert all(defect.detail == "" for defect in notice.defects)
    unmasked = read_notice(labelled(NoticeKind.PENALTY, fields))
    assert "王晓明" not in repr(unmasked)


def test_an_individual_business_is_reduced_by_its_code() -> None:
    notice = read_notice(
        labelled(NoticeKind.PENALTY, {**PENALTY_2018, "CF_XDR_MC": "合肥市瑶海区某某餐饮店", "CF_XDR_SHXYM": credit(81234567, pair="92")})
    )
    assert notice.subject.kind is SubjectKind.INDIVIDUAL_BUSINESS
    assert (notice.subject.name, notice.subject.code, notice.facts) == ("个体工商户", "", "")


def test_every_defect_and_reason_stands_in_the_docs_with_its_sentence() -> None:
    page = (Path(__file__).parents[2] / "docs" / "notices.md").read_text("utf-8")
    for name, sentence in defect_sentences().items():
        assert f"| `{name}` | {sentence} |" in page
    for concept in concepts().values():
        assert f"| `{concept.name}` | {concept.use} | {concept.meaning} |" in page


@needs_shared
@pytest.mark.parametrize(
    ("file", "kind"),
    [("xzcf_rows.json", NoticeKind.PENALTY), ("xzxk_rows.json", NoticeKind.PERMIT), ("sxbzxr_row.json", NoticeKind.DEFAULTER)],
)
def test_the_real_rows_map_without_an_unknown_label(file: str, kind: NoticeKind) -> None:
    data: dict[str, Any] = json.loads((SHARED / "site_samples" / "records" / file).read_text("utf-8"))
    for row in data.get("rows", [data]):
        printed = {label: "null" if value is None else str(value) for label, value in row.items()}
        notice = read_notice(mask_record(labelled(kind, printed)))
        assert notice.unknown == ()
        assert not [name for name in names(notice) if name.startswith(("date-", "amount-", "code-"))]
        assert notice.decided_on or notice.published_on
        if kind is NoticeKind.PENALTY:
            assert (notice.fine_yuan, notice.decided_on, notice.shown_until) == (Decimal(2000), date(2019, 10, 10), date(2020, 10, 17))
        if kind is NoticeKind.PERMIT:
            assert (notice.decided_on, notice.valid_to) == (date(2019, 9, 1), date(2020, 9, 22))
            assert blanks(notice)["authority_code"] == blanks(notice)["source_body_code"] == "dummy-code"
        if kind is NoticeKind.DEFAULTER:
            assert (notice.subject.kind, notice.published_on) == (SubjectKind.PERSON, date(2019, 7, 13))


LABELS = st.sampled_from(
    [*PENALTY_2018, *PENALTY_2015, *PERMIT_2018, *DEFAULTER, "移出日期", "公示期限", "有效期", "统一社会信用代码/注册号", "备注"]
)
HOSTILE = [
    "\ud800罚款\udfff元",
    "²³",
    "①②③",
    "٣٤٥",
    "亿亿亿",
    "9" * 18,
    "1e400",
    "9999-12-31T23:59:59-12:00",
    "0001-01-01T00:00:00+14:00",
    "三百年",
]
VALUES = (
    st.sampled_from(HOSTILE)
    | st.text(max_size=60)
    | st.sampled_from(
        [
            FIRM,
            CODE,
            "null",
            "\\N",
            "2019-02-30",
            "1568180781000",
            "一年",
            "长期",
            "罚款2000元",
            "0.2",
            "2000",
            "是",
            "1",
            "张三",
            "2099-12-31",
            "(2019)皖1122执1号",
        ]
    )
)
RECORDS = st.builds(
    lambda kind, pairs, region, masked: replace(
        PrintedRecord("s", "x", "k", "", kind, tuple(PrintedField(*pair) for pair in pairs), region),
        masked=((("resident", 1),) if masked else ()),
    ),
    st.sampled_from(NoticeKind),
    st.lists(st.tuples(LABELS | st.text(max_size=30), VALUES), max_size=25),
    st.sampled_from(["", "340000", "310000", "999999", "不是代码"]),
    st.booleans(),
)


@settings(max_examples=250, deadline=None)
@given(RECORDS)
def test_property_read_notice_never_raises_and_names_only_known_defects(printed: PrintedRecord) -> None:
    notice = read_notice(printed)
    assert names(notice) <= set(defect_sentences())
    assert {blank.concept for blank in notice.blanks} <= set(concepts())
    assert read_notice(printed) == notice
    if notice.subject.kind is not SubjectKind.LEGAL:
        assert not (notice.subject.code or notice.facts or notice.content or notice.number or notice.further or notice.unknown)


PLAIN = st.text("甲乙丙丁戊己庚辛壬癸", min_size=4, max_size=12)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(LABELS, PLAIN, max_size=20), st.sampled_from(NoticeKind))
def test_property_what_is_printed_under_known_labels_is_found_again(values: dict[str, str], kind: NoticeKind) -> None:
    notice = read_notice(labelled(kind, {"行政相对人名称": FIRM, "统一社会信用代码": CODE, **values}))
    held = repr(notice)
    if notice.subject.kind is not SubjectKind.LEGAL:
        return
    for label, value in values.items():
        concept = concept_of(label, kind)
        if concept is not None and concept.use in (Use.COLUMN, Use.FURTHER) and concept.name not in ("subject_type", "removal_reason"):
            assert value in held, label


def test_reading_is_linear_in_the_length_of_the_record() -> None:
    def seconds(size: int) -> float:
        fields = {f"未知栏目{i}": "某" for i in range(size)} | {
            "处罚内容": "罚款100元，没收违法所得20元；" * size,
            "违法事实": "某" * 50 * size,
        }
        start = time.process_time()
        read_notice(labelled(NoticeKind.PENALTY, {**PENALTY_2018, **fields}))
        return time.process_time() - start

    seconds(10)
    assert seconds(2000) < 2


def test_a_record_of_very_many_equal_fields_takes_no_time() -> None:
    pairs = [
        PrintedField(label, f"{value}")
        for value in range(4000)
        for label in ("备注", "评价年度", "处罚决定日期", "罚款金额", "案号", "处罚机关")
    ]
    start = time.process_time()
    notice = read_notice(PrintedRecord("s", "x", "k", "", NoticeKind.PENALTY, tuple(pairs)))
    assert time.process_time() - start < 5
    assert notice.unknown == ()

"""The field map: labels and codes of every source, near-collisions, brackets, numbering, cut and joined labels."""

from __future__ import annotations

import json
import time
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.notices import fields
from normalizers.notices.fields import Use, concept_of, concepts, label_key, read_label
from normalizers.notices.records import Notice, NoticeKind
from normalizers.notices.templates import expand
from tests.shared import SHARED, needs_shared

KINDS = {"permit": NoticeKind.PERMIT, "penalty": NoticeKind.PENALTY, "withdrawal": NoticeKind.WITHDRAWAL, "repair": NoticeKind.REPAIR}


def name(label: str, kind: NoticeKind | None = None) -> str:
    concept = concept_of(label, kind)
    return concept.name if concept else ""


def test_no_label_stands_for_two_concepts() -> None:
    seen: dict[tuple[str, object], set[str]] = defaultdict(set)
    for key, kind, label in fields._lines():
        seen[key, kind].add(label.concept.name)
    assert [key for key, names in seen.items() if len(names) > 1] == []
    assert len(seen) > 5000


def test_every_concept_has_a_label_and_every_column_concept_a_meaning() -> None:
    named = {label.concept.name for _, _, label in fields._lines()}
    assert set(concepts()) == named
    assert all(concept.meaning for concept in concepts().values())


@needs_shared
@pytest.mark.parametrize("file", ["xzcf_rows.json", "xzxk_rows.json", "sxbzxr_row.json"])
def test_every_label_of_the_real_rows_is_known(file: str) -> None:
    data = json.loads((SHARED / "site_samples" / "records" / file).read_text("utf-8"))
    for row in data.get("rows", [data]):
        assert [label for label in row if concept_of(label) is None] == []


@pytest.mark.parametrize("code", ["CF_XDR_SHXYM", "cf_xdr_shxym", "cfXdrShxym", "xdrShxym", "ＣＦ＿ＸＤＲ＿ＳＨＸＹＭ", " CF-XDR-SHXYM： "])
def test_a_field_code_is_known_in_any_case_and_width(code: str) -> None:
    assert name(code) == "credit_code"


@pytest.mark.parametrize(
    ("label", "concept"),
    [
        ("CF_JG", "content"),
        ("CF_CFJG", "authority"),
        ("cfjguan", "authority"),
        ("CF_XZJG", "authority"),
        ("XK_XKJG", "authority"),
        ("XK_XKJGDM", "authority_code"),
        ("XK_YXQZ", "valid_from"),
        ("XK_YXQZI", "valid_to"),
        ("XK_YXQ", "validity"),
        ("CF_YXQ", "validity"),
        ("发布日期", "published_on"),
        ("处罚决定日期", "decided_on"),
        ("列入日期", "decided_on"),
        ("立案时间", "filed_on"),
        ("公示截止期", "shown_until"),
        ("许可截止期", "valid_to"),
        ("公示期限", "display_period"),
        ("数据更新时间戳", "ignored"),
        ("最后更新时间", "ignored"),
        ("许可编号", "licence_number"),
        ("许可文号", "number"),
        ("项目名称", "title"),
        ("工程名称", "work"),
        ("处罚机关", "authority"),
        ("被处罚单位", "subject_name"),
        ("处罚单位", "authority"),
        ("被处罚人身份证号", "personal"),
        ("执行依据文号", "court_document"),
        ("案号", "number"),
        ("sexy", "personal"),
        ("EXECUTE_REFRENCE_NO", "court_document"),
        ("行政处罚决定文书号", "number"),
        ("行政处罚决定书文号", "number"),
        ("决定书文书号", "number"),
        ("所在地区", "region_name"),
        ("地方编码", "region_code"),
    ],
)
def test_labels_that_look_alike_are_told_apart(label: str, concept: str) -> None:
    assert name(label) == concept


@pytest.mark.parametrize(
    ("label", "concept"),
    [
        ("行政相对人代码_1(统一社会信用代码)", "credit_code"),
        ("行政相对人代码_2 （工商注册号）", "registration_number"),
        ("行政相对人代码_2(组织机构代码)", "organization_code"),
        ("行政相对人代码_3(工商登记码)", "registration_number"),
        ("行政相对人代码_4（税务登记号）", "tax_number"),
        ("行政相对人代码_5(居民身份证号)", "personal"),
        ("行政相对人代码_2", "any_code"),
        ("企业名称（盖章）", "subject_name"),
        ("企业（单位）名称", "subject_name"),
        ("作出决定机关（列入）", "authority"),
        ("作出决定机关（移出）", "removal_authority"),
        ("处罚（记录）日期", "decided_on"),
    ],
)
def test_a_bracket_is_part_of_a_label_or_says_which_code_is_meant(label: str, concept: str) -> None:
    assert name(label) == concept


@pytest.mark.parametrize(
    ("label", "unit"),
    [
        ("罚款金额（万元）", "万元"),
        ("罚款金额(元)", "元"),
        ("罚款金额[单位：万元]", "万元"),
        ("罚款金额", ""),
        ("执行标的金额（元）", "元"),
    ],
)
def test_a_bracket_carries_the_unit(label: str, unit: str) -> None:
    found = read_label(label)
    assert found is not None
    assert (found.concept.value, found.unit) == ("amount", unit)


@pytest.mark.parametrize(
    "label", ["1、企业名称", "（一）企业名称", "一、企业名称：", "*企业名称", "企 业 名 称", "企业\n名称", "企业名称 Company name"]
)
def test_numbering_blanks_and_translations_are_seen_through(label: str) -> None:
    assert name(label) == "subject_name"


@pytest.mark.parametrize(
    ("label", "concept"),
    [
        ("数据来源单位统一社会信用代", "source_body_code"),
        ("列入经营异常名录原因类型名", "violation"),
        ("没收违法所得、没收非法财物", "confiscated"),
        ("统一社会信用代码/组织机构", "any_code"),
        ("行政许可决定", ""),
        ("行政处", ""),
    ],
)
def test_a_label_cut_at_the_end_of_its_line_is_known_when_only_one_concept_begins_so(label: str, concept: str) -> None:
    assert name(label) == concept


@pytest.mark.parametrize(
    ("label", "concept"),
    [
        ("统一社会信用代码/注册号", "any_code"),
        ("注册号/统一社会信用代码", "any_code"),
        ("企业名称、统一社会信用代码", "name_and_code"),
        ("法定代表人/负责人/执行事务合伙人", "personal"),
        ("失信被执行人姓名/名称", "subject_name"),
        ("处罚机关/企业名称", ""),
    ],
)
def test_several_labels_in_one_are_read_when_they_go_together(label: str, concept: str) -> None:
    assert name(label) == concept


def test_the_kind_of_the_record_decides_where_one_label_means_two_things() -> None:
    assert name("移出日期", NoticeKind.LIST_ENTRY) == "removed_on"
    assert name("移出日期", NoticeKind.WITHDRAWAL) == "decided_on"
    assert name("修复日期", NoticeKind.PENALTY) == "removed_on"
    assert name("修复日期", NoticeKind.REPAIR) == "decided_on"
    assert name("extend_3", NoticeKind.PENALTY) == "removal_reason"
    assert name("extend_3", NoticeKind.PERMIT) == ""


@pytest.mark.parametrize("label", ["", " ", "（）", "某个没有人见过的栏目", "X", "企业名称" * 40, "备" * 10_000, "((((" * 2000])
def test_what_is_no_label_is_unknown(label: str) -> None:
    assert concept_of(label) is None


def test_every_column_concept_is_read_into_a_field_of_the_notice_by_its_own_or_a_telling_name() -> None:
    columns = {concept.name for concept in concepts().values() if concept.use is Use.COLUMN}
    assert {"number", "content", "facts", "decided_on", "published_on", "shown_until"} <= columns & set(Notice.__dataclass_fields__)


@given(st.text(max_size=200), st.sampled_from([None, *KINDS.values()]))
def test_property_reading_a_label_never_raises_and_depends_on_its_key_alone_for_known_labels(label: str, kind: NoticeKind | None) -> None:
    found = concept_of(label, kind)
    assert found is None or found.name in concepts()
    if fields._listed(label_key(label), kind):
        assert concept_of(label_key(label), kind) == concept_of(label_key(f" {label} "), kind)


def test_reading_a_long_hostile_label_takes_no_time() -> None:
    start = time.process_time()
    for label in ("(" * 50_000, "a_" * 50_000, "1、" * 50_000, "或" * 300, "（" * 150 + "）" * 150):
        concept_of(label)
    assert time.process_time() - start < 1


def test_templates_expand_and_slips_of_the_pen_are_refused() -> None:
    assert expand("[行政]处罚(日期|时间)") == ("处罚日期", "处罚时间", "行政处罚日期", "行政处罚时间")
    assert expand("a[b[c]|d]") == ("a", "ab", "abc", "ad")
    for wrong in ("[a", "a)", "(a]"):
        with pytest.raises(ValueError, match="bracket"):
            expand(wrong)
    with pytest.raises(ValueError, match="Split"):
        expand("(a|b)" * 12)


@pytest.mark.parametrize(
    ("label", "concept"),
    [
        ("某类服务失信企业名称", "subject_name"),
        ("认定机关统一社会信用代码", "authority_code"),
        ("本批次列入日期", "decided_on"),
        ("提前移出日期", "removed_on"),
        ("首次信息公示截止日期", "shown_until"),
        ("某项行政处罚决定书文号", "number"),
        ("现法定代表人身份证号码", "personal"),
        ("检测中心联系电话", "personal"),
        ("下次检定日期", ""),
        ("罚没金额（元）", "amount"),
    ],
)
def test_a_label_nobody_listed_is_known_by_an_ending_that_leaves_no_doubt(label: str, concept: str) -> None:
    assert name(label) == concept


SITE_LABELS = tomllib.loads((Path(__file__).parent / "site_labels.toml").read_text("utf-8"))


@pytest.mark.parametrize("place", sorted(SITE_LABELS))
def test_no_label_of_a_known_site_is_unknown(place: str) -> None:
    assert [label for label in SITE_LABELS[place].split() if concept_of(label) is None] == []

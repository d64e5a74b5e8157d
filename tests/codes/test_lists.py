"""Lists in any shape are read line by line or by their columns, and counted with their denominators."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.codecheck import check_list, per_mille
from harvester.codelist import Entry, of_lines, of_tables, split_line
from harvester.messages import catalogue
from normalizers.codes import CodeKind
from normalizers.codes.tables import sentences
from tests.codes.examples import VALID_CREDIT_CODES, completed, generated

FIRST, SECOND = VALID_CREDIT_CODES[:2]


@pytest.mark.parametrize(
    ("line", "code", "name"),
    [
        (FIRST, FIRST, ""),
        (f"{FIRST} 示例甲有限公司", FIRST, "示例甲有限公司"),
        (f"1\t示例甲有限公司\t{FIRST}", FIRST, "示例甲有限公司"),
        (f"12. {FIRST} 示例甲有限公司", FIRST, "示例甲有限公司"),
        (f"示例3号（集团）有限公司，{FIRST}", FIRST, "示例3号（集团）有限公司"),
        (f"示例甲有限公司（统一社会信用代码：{FIRST}）", FIRST, "示例甲有限公司"),
        ("13226025-0 示例乙厂", "13226025-0", "示例乙厂"),
        ("示例乙厂", "", "示例乙厂"),
        ("", "", ""),
    ],
)
def test_a_line_is_parted_into_code_and_name(line: str, code: str, name: str) -> None:
    assert split_line(line) == (code, name)


def test_codes_are_counted_by_record_and_by_code() -> None:
    entries = [
        Entry(1, "", "甲公司", ((FIRST, None),)),
        Entry(2, "", "乙公司", ((FIRST, None), ("13226025-0", CodeKind.ORGANIZATION_CODE))),
        Entry(3, "", "乙 公司", ((SECOND, None),)),
        Entry(4, "", "丙公司", (("91310000132260250Y", None),)),
        Entry(5, "", "丁公司", (("", None),)),
    ]
    checked, summary = check_list(entries)
    assert [[remark.name for remark in each.remarks] for each in checked] == [
        ["duplicate"],
        ["codes-differ", "duplicate"],
        [],
        ["several-codes"],
        [],
        [],
    ]
    assert (summary.records, summary.with_credit_code, summary.given, summary.wrong, summary.missing) == (5, 4, 5, 1, 1)
    assert (summary.distinct, summary.duplicates, summary.several) == (2, 1, 1)


def test_a_share_has_two_decimals_and_no_share_of_nothing() -> None:
    assert (per_mille(1, 3), per_mille(0, 5), per_mille(0, 0)) == ("333.33 ‰", "0.00 ‰", "–")


def test_a_list_of_generated_codes_is_without_fault() -> None:
    checked, summary = check_list(Entry(n, "", f"示例{n}有限公司", ((code, None),)) for n, code in enumerate(generated(1000), 1))
    assert (summary.wrong, summary.duplicates, summary.several, summary.missing) == (0, 0, 0, 0)
    assert summary.given + summary.persons == len(checked) == 1000


@pytest.mark.parametrize("sentence", sentences().values())
def test_a_finding_has_its_chinese_with_the_same_fields_and_tells_what_to_do(sentence: str) -> None:
    chinese = catalogue("zh").gettext(sentence)
    assert chinese != sentence
    assert sorted(re.findall(r"{\w+}", chinese)) == sorted(re.findall(r"{\w+}", sentence))
    assert re.search(r"[;:] [^;]+\.$", sentence) or "and is not shown; delete" in sentence


@given(st.text(max_size=300))
def test_property_any_text_is_a_list(text: str) -> None:
    entries = list(of_lines(text))
    checked, summary = check_list(entries)
    assert len(checked) == len(entries)
    assert summary.given + summary.persons + summary.missing == len(checked)


def test_all_codes_of_a_person_s_record_are_masked_and_the_disagreement_says_no_code() -> None:
    trader = completed("92310115MA1K0001")
    entry = Entry(7, "", "李记小吃店", ((trader, CodeKind.CREDIT_CODE), ("13226025-0", CodeKind.ORGANIZATION_CODE)))
    checked, summary = check_list([entry])
    assert [each.check.personal for each in checked] == [True, True]
    assert {each.name for each in checked} == {"个体工商户"}
    told = "".join(finding.detail for each in checked for finding in each.remarks) + "".join(each.check.shown for each in checked)
    assert "13226025" not in told
    assert trader[8:17] not in told
    assert "codes-differ" in {finding.name for finding in checked[0].remarks}
    assert (summary.persons, summary.given) == (2, 0)


def test_records_of_a_table_without_lines_are_counted_each() -> None:
    page = "<table><tr><th>企业名称</th><th>统一社会信用代码</th></tr>" + "".join(
        f"<tr><td>示例{n}公司</td><td>{code}</td></tr>" for n, code in enumerate((FIRST, SECOND))
    )
    entries = of_tables(page.encode(), "list.html", "list.html", "")
    assert [(entry.line, entry.name) for entry in entries] == [(2, "示例0公司"), (3, "示例1公司")]
    assert check_list(entries)[1].records == 2

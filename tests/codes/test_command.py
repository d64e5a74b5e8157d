"""`harvester codes` reads lists as people keep them, and tells of each code what is wrong with it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import openpyxl
import pytest

from tests import warm
from tests.codes.examples import VALID_CREDIT_CODES, completed

FIRST, SECOND = VALID_CREDIT_CODES[:2]
RESIDENT = "11010519491231002X"
TRADER = completed("92310115MA1K0001")
TABLE = (
    ("序号", "企业名称", "统一社会信用代码", "组织机构代码"),
    ("1", "示例甲有限公司", FIRST, "M000100Y-4"),
    ("2", "示例乙有限公司", "9131000013226O250X", ""),
    ("3", "示例丙（集团）有限公司", SECOND, "10000396-2"),
    ("4", "示例丁有限公司", SECOND, ""),
    ("5", "张三", RESIDENT, ""),
    ("6", "李记小吃店", TRADER, ""),
    ("7", "示例戊有限公司", "", ""),
    ("8", "示例丙(集团)有限公司", SECOND, ""),
)


def harvester(*arguments: str, text: bytes = b"", language: str = "en") -> subprocess.CompletedProcess[str]:
    return warm.program("codes", *arguments, environment={**os.environ, "HARVESTER_LANG": language}, typed=text)


def rows(*arguments: str, text: bytes = b"") -> list[dict[str, object]]:
    done = harvester(*arguments, "--format", "json", text=text)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, object]] = json.loads(done.stdout)
    return found


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "list.csv"
    file.write_bytes("\r\n".join(",".join(row) for row in TABLE).encode("gbk"))
    return file


def test_a_table_gives_a_row_a_code_with_line_problem_and_suggestion(table: Path) -> None:
    found = rows(str(table))
    assert [(row["line"], row["kind"], row["valid"]) for row in found] == [
        (2, "credit-code", True),
        (2, "organization-code", True),
        (3, "credit-code", False),
        (4, "credit-code", True),
        (4, "organization-code", True),
        (5, "credit-code", True),
        (6, "resident-number", False),
        (7, "credit-code", True),
        (8, "unknown", False),
        (9, "credit-code", True),
    ]
    wrong = found[2]
    assert (wrong["failures"], wrong["suggestion"], wrong["division_name"]) == (["alphabet"], "91310000132260250X", "上海市")
    assert "O (place 14)" in str(wrong["problem"])


def test_codes_that_disagree_and_codes_on_two_names_are_told_in_the_rows(table: Path) -> None:
    found = rows(str(table))
    warnings = {(row["line"], row["kind"]): row["warnings"] for row in found}
    assert warnings[4, "credit-code"] == ["codes-differ", "duplicate"]
    assert warnings[5, "credit-code"] == ["duplicate"]
    assert warnings[9, "credit-code"] == ["duplicate", "several-codes"]  # 丙 is one name in both spellings of the brackets


def test_the_figures_have_their_denominators(table: Path) -> None:
    told = harvester(str(table), "--format", "csv").stderr
    assert "8 records, 6 of them with a unified code" in told
    assert "Wrong: 1 of 7 codes (142.86 ‰)." in told
    assert "masked: 2." in told
    assert "One code on several names: 1 of 4 different codes (250.00 ‰). Names with several codes: 1." in told


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
def test_no_form_shows_a_person_s_number_or_name_whole(table: Path, form: str) -> None:
    done = harvester(str(table), "--format", form)
    told = done.stdout + done.stderr
    assert "张某" in told
    for secret in (RESIDENT, RESIDENT[6:14], "张三", TRADER, TRADER[8:17], "李记"):
        assert secret not in told


def test_a_text_has_a_code_a_line_in_any_spelling_with_a_name_on_either_side() -> None:
    text = f"""统一社会信用代码\t企业名称
{FIRST} 示例甲有限公司
示例乙有限公司，９１３１００００１３２２６０２５０Ｘ
9131 0000 1322 6025 0x  示例乙有限公司

13226025-0;示例乙有限公司
企合沪总字第012345号 示例丙有限公司
示例丁有限公司
"""
    found = rows("-", text=text.encode())
    assert [(row["line"], row["kind"], row["normal"], row["name"]) for row in found[:2]] == [
        (2, "credit-code", FIRST, "示例甲有限公司"),
        (3, "credit-code", SECOND, "示例乙有限公司"),
    ]
    assert [(row["line"], row["kind"], row["valid"]) for row in found[2:]] == [
        (4, "credit-code", True),
        (6, "organization-code", True),
        (7, "old-registration-number", True),
        (8, "unknown", False),
    ]
    assert {row["name"] for row in found[2:5]} == {"示例乙有限公司", "示例丙有限公司"}


def test_every_sheet_of_a_workbook_is_read_and_a_rounded_number_is_told(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["填表说明"])
    for title, code in (("一季度", SECOND), ("二季度", 911100001000044477)):
        sheet = book.create_sheet(title)
        sheet.append([f"附件：{title}名单"])
        sheet.append(["单位名称", "统一社会信用代码"])
        sheet.append([f"{title}示例公司", code])
    book.save(tmp_path / "list.xlsx")
    found = rows(str(tmp_path / "list.xlsx"))
    assert [(row["sheet"], row["line"], row["failures"]) for row in found] == [("一季度", 3, []), ("二季度", 3, ["rounded"])]


def test_a_column_is_taken_by_its_heading_and_found_without_headings(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(f"编号甲,名\n{FIRST},示例甲有限公司\n", "utf-8")
    assert [row["normal"] for row in rows(str(file), "--column", "编号甲")] == [FIRST]
    file.write_text(f"示例甲有限公司,1,{FIRST}\n示例乙有限公司,2,{SECOND}\n", "utf-8")
    assert [(row["normal"], row["name"]) for row in rows(str(file))] == [(FIRST, "示例甲有限公司"), (SECOND, "示例乙有限公司")]


def test_the_user_s_language_is_spoken() -> None:
    done = harvester("-", text=b"91310000132260250Y", language="zh")
    assert "校验码为 Y" in done.stdout.replace("\n", "")
    assert "错码：1 个代码中 1 个（1000.00 ‰）" in done.stdout


@pytest.mark.parametrize(
    ("name", "content", "arguments", "status", "word"),
    [
        ("none.csv", None, (), 2, "check the path"),
        ("empty.csv", b"  \n", (), 1, "is empty"),
        ("list.csv", "名称,代码\n甲,1\n".encode(), ("--column", "代号"), 2, "名称, 代码"),
        ("words.csv", "甲,乙\n丙,丁\n".encode(), (), 1, "--column"),
        ("broken.xlsx", b"PK\x03\x04broken", (), 1, "broken.xlsx"),
    ],
)
def test_a_bad_input_is_told_in_one_sentence(
    tmp_path: Path, name: str, content: bytes | None, arguments: tuple[str, ...], status: int, word: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    done = harvester(str(tmp_path / name), *arguments)
    told = done.stderr
    assert (done.returncode, done.stdout, told.count("\n")) == (status, "", 1), told
    assert word in told

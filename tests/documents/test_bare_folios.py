from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normalizers.documents import read
from normalizers.documents.bare_folios import bare_folios
from normalizers.records import Hints

HEAD = "序号    重点任务                          牵头单位        完成时间"
TASKS = (
    "给老字号建立诚信档案。",
    "把承诺书放到网上公开。",
    "清理过期的失信标注。",
    "培训各镇的信用专员。",
    "编一本修复手册。",
    "走访重点企业。",
)


def row(number: int, task: str) -> str:
    return f"{number}    {task}              市商务局        2031年{number % 12 + 1}月底前"


def table(*between: tuple[int, str], head: str = HEAD) -> str:
    """Return a text table, the given lines below the rows of the given numbers."""
    parts = ["滨江市2031年诚信任务表", "", head, ""]
    for number, task in enumerate(TASKS, 1):
        parts += [row(number, task), ""]
        for after, line in between:
            parts += [line, ""] if after == number else []
    return "\n".join(parts)


def text_of(text: str) -> str:
    return read(text.encode(), Hints(file_name="plan.txt")).text


FAR = " " * 34


@pytest.mark.parametrize(
    "between",
    [
        [(2, FAR + "1")],
        [(3, "1")],
        [(2, FAR + "1"), (4, FAR + "2")],
        [(2, FAR + "1"), (6, FAR + "2")],
        [(1, FAR + "7"), (3, FAR + "8"), (5, FAR + "9")],
        [(2, FAR + "1"), (2, HEAD), (4, FAR + "2"), (4, HEAD)],
        [(3, FAR + "3"), (5, FAR + "4")],
    ],
)
def test_a_bare_page_number_in_a_table_is_no_word_of_a_task(between: list[tuple[int, str]]) -> None:
    heads = [(after, line) for after, line in between if line == HEAD]
    assert text_of(table(*between)) == text_of(table(*heads))


@pytest.mark.parametrize(
    "between",
    [
        [(2, FAR + "30")],  # a figure of the row above: one number counts only as page 1
        [(2, FAR + "3"), (4, FAR + "9")],  # numbers that do not count up
        [(2, FAR + "5"), (4, FAR + "5")],
    ],
)
def test_figures_that_do_not_count_pages_stay(between: list[tuple[int, str]]) -> None:
    assert bare_folios(table(*between).split("\n")) == set()


def test_a_number_in_a_column_of_figures_stays() -> None:
    lines = [
        HEAD,
        "",
        "1    走访企业          12     市商务局",
        "",
        "                      1",
        "",
        "2    开讲座            3      市文旅局",
    ]
    assert bare_folios(lines) == set()
    lines[2], lines[6] = lines[2].replace("12", "若干"), lines[6].replace("3 ", "若干")
    assert bare_folios(lines) == {4}


def test_the_number_of_a_row_on_a_line_of_its_own_stays() -> None:
    missing = [
        HEAD,
        "1    走访企业          市商务局",
        "",
        "2",
        "",
        "     开讲座            市文旅局",
        "",
        "3    编手册            市文旅局",
    ]
    assert bare_folios(missing) == set()
    alone = ["序号", "任务", "牵头单位", "1", "走访企业", "市商务局", "2", "开讲座", "市文旅局", "3", "编手册", "市文旅局"]
    assert bare_folios(alone) == set()
    section = [HEAD, "", "1    走访企业          市商务局", "", "二、宣传", "", "1", "", "2    编手册            市文旅局"]
    assert bare_folios(section) == set()


def test_bare_numbers_part_a_text_into_pages_of_like_length() -> None:
    page = [f"第{n}段话讲一讲诚信的用处。" for n in range(20)]
    lines = [*page, "1", *page, "2", *page[:7], "3"]
    assert bare_folios(lines) == {20, 41, 49}
    assert bare_folios([*page, "1", "一条", "2", "两条", "3", "三条"]) == set()
    assert bare_folios([*page, "4", *page, "2", *page]) == set()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(["", "1", "2", "3", FAR + "1", FAR + "2", HEAD, row(1, "走访。"), row(2, "宣传。"), "续行文字", "\x0c"]),
        max_size=30,
    )
)
def test_property_only_bare_numbers_are_page_numbers_and_they_count_up_by_one(lines: list[str]) -> None:
    found = [int(lines[at]) for at in sorted(bare_folios(lines))]
    assert found == list(range(found[0], found[0] + len(found))) if found else True


def test_a_hundred_thousand_bare_numbers_take_no_long_time() -> None:
    lines = [HEAD, row(1, "走访。")] + [FAR + "1", row(2, "宣传。")] * 50_000
    assert bare_folios(lines) == set()

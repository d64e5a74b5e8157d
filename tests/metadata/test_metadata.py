"""Metadata of documents made for the purpose, and of the seeds where they are at hand."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.documents import read
from normalizers.metadata import read_metadata
from normalizers.records import Document, Hints
from tests.metadata.build import document, title
from tests.shared import needs_shared, seed

NOTICE = document(
    "苏某信办〔2019〕8号",
    title("关于做好2019年信用修复工作的通知"),
    "各设区市信用办：",
    "现就有关事项通知如下。",
    "一、请于2019年6月底前报送名单。",
    "江苏省发展和改革委员会",
    "江苏省财政厅",
    "2019年4 月9日",
    "（此件公开发布）",
)


def test_a_notice_tells_its_title_number_issuers_and_day() -> None:
    metadata = read_metadata(NOTICE, Hints())
    assert metadata.title == "关于做好2019年信用修复工作的通知"
    assert metadata.document_number == "苏某信办〔2019〕8号"
    assert [a.mention for a in metadata.issuers] == ["江苏省发展和改革委员会", "江苏省财政厅"]
    assert metadata.issued_on == date(2019, 4, 9)
    assert metadata.regions == ("320000",)
    assert (metadata.plan_start, metadata.plan_end) == (date(2019, 1, 1), date(2019, 12, 31))


@pytest.mark.parametrize(
    ("printed", "day"),
    [
        ("2018年4月9日", date(2018, 4, 9)),
        ("2018年4 月9日", date(2018, 4, 9)),
        ("二O一五年十二月十一日", date(2015, 12, 11)),
        ("二〇一五年十二月十一日", date(2015, 12, 11)),
        ("二○一五年十二月三十一日", date(2015, 12, 31)),
        ("二零一五年十月十日", date(2015, 10, 10)),
        ("２０１８年１２月３日", date(2018, 12, 3)),
    ],
)
def test_the_signed_day_is_read_in_all_its_forms(printed: str, day: date) -> None:
    signed = document(title("关于报送材料的通知"), "请按时报送。", "杭州市信用办", printed)
    assert read_metadata(signed, Hints()).issued_on == day


def test_the_day_of_printing_is_not_the_day_of_issue() -> None:
    printed = document(title("关于报送材料的通知"), "请按时报送。", "杭州市人民政府办公室", "2018年4月29日印发")
    assert read_metadata(printed, Hints()).issued_on is None


def test_a_notice_without_a_signed_day_has_none() -> None:
    assert read_metadata(document(title("关于报送材料的通知"), "请于2018年4月9日前报送。"), Hints()).issued_on is None


def test_a_day_in_digits_below_the_title_is_the_pages() -> None:
    metadata = read_metadata(document(title("2018年某市信用工作要点"), "2018-04-09", "全市要抓好落实。"), Hints())
    assert (metadata.issued_on, metadata.published_on) == (None, date(2018, 4, 9))


def test_a_labelled_page_date_is_read_with_its_time() -> None:
    metadata = read_metadata(document(title("某市信用工作要点"), "发布时间：2018-04-09 16:21", "全市要抓好落实。"), Hints())
    assert metadata.published_on == date(2018, 4, 9)


def test_signature_and_day_may_share_a_line() -> None:
    metadata = read_metadata(document(title("关于报送材料的通知"), "请按时报送。", "宁波市信用办  2018年4月9日"), Hints())
    assert ([a.mention for a in metadata.issuers], metadata.issued_on) == (["宁波市信用办"], date(2018, 4, 9))


def test_a_name_spaced_letter_by_letter_is_one_body() -> None:
    metadata = read_metadata(
        document(title("关于报送材料的通知"), "请按时报送。", "国家发展改革委", "交 通 运 输 部", "2020年1月2日"), Hints()
    )
    assert [a.mention for a in metadata.issuers] == ["国家发展改革委", "交通运输部"]


def test_the_signature_of_the_covering_letter_goes_before_those_of_its_papers() -> None:
    both = document(
        title("关于印发《某市方案》的通知"),
        "现予印发。",
        "南京市人民政府",
        "2020年1月2日",
        "某市方案",
        "第一段。",
        "南京市财政局",
        "2019年3月4日",
    )
    metadata = read_metadata(both, Hints())
    assert ([a.mention for a in metadata.issuers], metadata.issued_on) == (["南京市人民政府"], date(2020, 1, 2))


def test_the_red_heading_names_the_issuers_where_nothing_is_signed() -> None:
    metadata = read_metadata(
        document("上海市某某委员会 上海市某某局 文件", "沪某〔2014〕1号", title("关于某事的通知"), "请遵照执行。"), Hints()
    )
    assert [a.mention for a in metadata.issuers] == ["上海市某某委员会", "上海市某某局"]
    assert metadata.regions == ("310000",)


def test_the_page_names_the_issuers_where_the_text_does_not() -> None:
    metadata = read_metadata(document(title("某事"), "正文。"), Hints(issuers=("合肥市信用办",), issued_on=date(2020, 5, 6)))
    assert ([a.mention for a in metadata.issuers], metadata.issued_on) == (["合肥市信用办"], date(2020, 5, 6))


def test_a_number_that_the_text_cites_is_not_its_own() -> None:
    cited = document(title("关于报送材料的通知"), "根据国发〔2014〕21号文件，现通知如下。")
    assert read_metadata(cited, Hints()).document_number == ""


def test_a_broken_title_is_put_together() -> None:
    broken = document("某省人民政府关于印发", "《某省信用建设方案》的通知", "各市人民政府：", "现予印发。")
    assert read_metadata(broken, Hints()).title == "某省人民政府关于印发《某省信用建设方案》的通知"


def test_a_title_and_its_second_line_are_one() -> None:
    two = document("附件2：", title("某地区行动方案（2018-2020年）"), title("2019年重点工作分工表"))
    metadata = read_metadata(two, Hints())
    assert metadata.title == "某地区行动方案（2018-2020年）2019年重点工作分工表"
    assert metadata.plan_start == date(2019, 1, 1)


def test_brackets_around_the_whole_title_go() -> None:
    assert read_metadata(document("《某地区行动方案(2018-2020年)》", "正文。"), Hints()).title == "某地区行动方案(2018-2020年)"


def test_the_pages_title_counts_where_the_text_agrees() -> None:
    plain = document("某市信用工作要点", "正文。")
    assert read_metadata(plain, Hints(title="某市信用工作要点")).title == "某市信用工作要点"
    assert read_metadata(plain, Hints(title="附件下载")).title == "某市信用工作要点"


def test_a_title_that_a_list_cut_off_is_read_from_the_text() -> None:
    long = document(title("关于进一步加强某某领域信用分级分类监管工作的通知"), "正文。")
    assert read_metadata(long, Hints(title="关于进一步加强某某领域…")).title == "关于进一步加强某某领域信用分级分类监管工作的通知"


def test_a_paper_of_the_four_provinces_belongs_to_all_of_them() -> None:
    metadata = read_metadata(document(title("长三角地区信用合作行动方案（2018-2020年）"), "正文。"), Hints(region="310000"))
    assert metadata.regions == ("310000", "320000", "330000", "340000")


def test_a_title_on_three_lines_is_one() -> None:
    broken = document("某市人民政府对某届人大", "四次会议第三十号", "建议的答复", "某府函〔2006〕71号", "某代表：", "收悉。")
    assert read_metadata(broken, Hints()).title == "某市人民政府对某届人大四次会议第三十号建议的答复"


def test_the_issuers_on_the_lines_above_belong_to_the_title() -> None:
    cut = document("某市发展和改革委员会", "某市财政局", title("关于印发某市方案的通知"), "各单位：", "请贯彻执行。")
    assert read_metadata(cut, Hints()).title == "某市发展和改革委员会 某市财政局关于印发某市方案的通知"


@pytest.mark.parametrize("tail", ["_信息公开_某市人民政府", "-某市人民政府门户网站", " | 信用中国", "_某局_政策文件_某网"])
def test_the_names_of_site_and_section_are_no_part_of_the_title(tail: str) -> None:
    assert read_metadata(document(title(f"关于报送材料的通知{tail}"), "请按时报送。"), Hints()).title == "关于报送材料的通知"


@pytest.mark.parametrize(
    "line",
    ["第二条 本办法适用于本市。", "当前位置：首页>政策文件", "===PAGE 1===", "GZ0320250043", "某区信用中心", "【解读】某办法 2024-03-04"],
)
def test_what_only_stands_at_the_top_is_no_title(line: str) -> None:
    assert read_metadata(document(line, "各单位要抓好落实。"), Hints()).title == ""


def test_the_number_of_an_order_is_put_together_with_its_masthead() -> None:
    order = document(
        "某市人民政府令", "第179号", "《某市信用办法》已经通过，现予公布，自2021年5月1日起施行。", "市长：张某某", "2021年1月29日", "某办法"
    )
    metadata = read_metadata(order, Hints())
    assert metadata.document_number == "某市人民政府令第179号"
    assert ([a.mention for a in metadata.issuers], metadata.issued_on) == (["某市人民政府"], date(2021, 1, 29))
    assert (metadata.title, metadata.effective_on) == ("某市信用办法", date(2021, 5, 1))


def test_the_note_below_the_title_of_a_regulation_names_its_order() -> None:
    noted = document(
        title("某省信用办法"),
        "（2012年6月15日某省人民政府令第302号公布 2019年1月1日某省人民政府令第380号修订）",
        "第一条 为做好工作，制定本办法。",
    )
    metadata = read_metadata(noted, Hints())
    assert (metadata.document_number, metadata.issued_on) == ("某省人民政府令第302号", date(2012, 6, 15))


def test_the_imprint_states_the_day_of_printing() -> None:
    printed = document(title("关于报送材料的通知"), "请按时报送。", "杭州市信用办", "2018年4月27日", "杭州市信用办综合处 2018年4月29日印发")
    metadata = read_metadata(printed, Hints())
    assert (metadata.issued_on, metadata.printed_on) == (date(2018, 4, 27), date(2018, 4, 29))


def test_the_home_region_tells_what_it_rests_on() -> None:
    signed = document(title("关于报送材料的通知"), "请按时报送。", "杭州市信用办", "2018年4月27日")
    assert read_metadata(signed, Hints()).region_basis == "issuer"
    assert read_metadata(document("某事", "正文。"), Hints(region="330000")).region_basis == "site"
    assert read_metadata(document("某事", "正文。"), Hints()).region_basis == ""


def test_a_bare_day_long_after_the_signature_is_not_the_pages() -> None:
    dated = document(title("关于报送材料的通知"), "2029年3月3日", "请按时报送。", "杭州市信用办", "2024年3月4日")
    assert read_metadata(dated, Hints()).published_on is None


def test_a_page_date_is_read_within_its_line() -> None:
    line = "时间:2024-07-02 08:50:40 来源: 某网 作者:某人"
    assert read_metadata(document(title("某市信用工作要点"), line, "正文。"), Hints()).published_on == date(2024, 7, 2)


@pytest.mark.parametrize(
    "piece", ["索引号:", "《", "国发〔2014〕21号", "某某局\n", "2018年1月1日\n", "附件：1.", "自2020年1月1日起施行", "第1号\n"]
)
def test_hostile_text_is_read_in_time(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    began = time.process_time()
    read_metadata(document(text), Hints(title=text))
    assert time.process_time() - began < 10


def test_an_empty_document_has_empty_metadata() -> None:
    metadata = read_metadata(Document("x", "txt", (), "", ""), Hints())
    assert (metadata.title, metadata.document_number, metadata.issuers, metadata.issued_on) == ("", "", (), None)


@given(st.lists(st.text(max_size=60), max_size=12), st.text(max_size=40), st.text(max_size=30))
def test_property_reading_metadata_never_fails(lines, hint, number) -> None:
    metadata = read_metadata(document(*lines), Hints(title=hint, document_number=number))
    assert (metadata.plan_start is None) == (metadata.plan_end is None)


@given(st.dates(date(1980, 1, 1), date(2030, 12, 31)), st.booleans())
def test_property_a_signed_day_is_read_back(day, blank) -> None:
    printed = f"{day.year}年{day.month}{' ' if blank else ''}月{day.day}日"
    assert read_metadata(document(title("关于某事的通知"), "正文。", "苏州市信用办", printed), Hints()).issued_on == day


SEEDS = {
    "000": ("2018年重点工作责任分工表", "", None, None, 2018, 2018, 4),
    "001": ("建设行动方案（2018-2020年）", "", None, None, 2018, 2020, 4),
    "002": ("建设行动方案(2018-2020年)", "", None, None, 2018, 2020, 4),
    "003": ("2018年上海市社会信用体系建设工作要点", "", None, date(2018, 4, 9), 2018, 2018, 1),
    "004": ("工作要点》的通知", "沪经信征〔2014〕1号", date(2014, 4, 28), None, 2014, 2014, 1),
}


@needs_shared
@pytest.mark.parametrize("name", SEEDS)
def test_a_seed_tells_what_its_reader_sees(name: str) -> None:
    ending, number, issued_on, published_on, first, last, regions = SEEDS[name]
    metadata = read_metadata(read(seed(name).read_bytes(), Hints(file_name=seed(name).name)), Hints())
    assert metadata.title.endswith(ending)
    assert (metadata.document_number, metadata.issued_on, metadata.published_on) == (number, issued_on, published_on)
    assert metadata.plan_start == date(first, 1, 1)
    assert metadata.plan_end == date(last, 12, 31)
    assert len(metadata.regions) == regions
    if name == "000":
        assert metadata.title.startswith("长三角地区")
    if name == "004":
        assert [a.resolved for a in metadata.issuers] == [True, True]

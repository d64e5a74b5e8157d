from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.records import Repair
from normalizers.text.clean import clean
from normalizers.text.decode import decode
from normalizers.text.entities import unescape
from normalizers.text.leftovers import take_out
from normalizers.text.mojibake import unmangle
from normalizers.text.parts import read_parts
from normalizers.text.repair import repair
from normalizers.text.slipped import forward, realign
from normalizers.text.slips import suggest
from normalizers.text.spacing import close_up
from normalizers.text.wrongread import UNDEFINED

LINE = "市发展改革委会同市财政局，建立健全信用信息归集共享机制（完成时间：2026年）。"


@pytest.mark.parametrize(
    ("escaped", "sound"),
    [
        ("&#20449;&#x7528;", "信用"),
        ("&amp;amp;#20449;&amp;nbsp;用", "信\u00a0用"),
        ("&ldquo;信用&rdquo;&mdash;", "“信用”—"),
        ("\\u4fe1\\u7528", "信用"),
        ("第一行&#10;第二行", "第一行 第二行"),
    ],
)
def test_references_become_characters(escaped, sound):
    assert unescape(escaped).text == sound


@pytest.mark.parametrize("kept", ["AT&T", "R&D;", "?a=1&copy=2", "&#999999999;", "C:\\users", "&nosuchname;"])
def test_what_is_no_reference_stays(kept):
    assert unescape(kept).text == kept


def test_parts_that_were_misread_are_turned_back_and_the_rest_stays():
    text = f"{LINE}\n{LINE.encode().decode('latin-1')}\n前面{'政策文件、信用修复和'.encode().decode('gb18030')}后面"
    done = unmangle(text)
    assert done.text == f"{LINE}\n{LINE}\n前面政策文件、信用修复和后面"
    assert len(done.warnings) == 2


def test_single_marks_are_turned_back_and_accents_stay():
    assert unmangle("信用â€œ长三角â€\x9d合作Â·发展 Zürich café naïve").text == "信用“长三角”合作·发展 Zürich café naïve"


def test_a_text_misread_twice_comes_back():
    damaged = LINE.encode().decode("latin-1").encode().decode("gb18030")
    assert unmangle(damaged).text == LINE


def test_lost_bytes_are_guessed_or_left_and_counted():
    damaged = f"{LINE}\n{LINE}".encode().decode("gb18030", "replace")
    done = unmangle(damaged)
    assert done.repairs[0].guessed + done.repairs[0].left >= 2
    assert done.repairs[0].kind == "mojibake"


def test_what_was_replaced_twice_is_reported_as_lost():
    done = unmangle("信用锟斤拷锟斤拷体系建设")
    assert done.text == "信用锟斤拷锟斤拷体系建设"
    assert done.repairs == (Repair("mojibake", 0, left=2),)


@pytest.mark.parametrize("codec", ["utf-8", "gbk"])
def test_parts_in_another_charset_are_read_in_theirs(codec):
    other = "gbk" if codec == "utf-8" else "utf-8"
    text = f"<title>信用信息公示平台</title>\n<p>{LINE}</p>\n{LINE}\n"
    data = text.encode(codec) + f"<td>前面{LINE}</td>\n".encode(other) + text.encode(codec)
    done = decode(data)
    assert done.text == f"{text}<td>前面{LINE}</td>\n{text}"
    assert {one.kind for one in done.repairs} <= {"charset-parts", "mojibake"}


def test_a_page_cut_inside_a_character_is_not_taken_for_another_charset():
    assert decode(LINE.encode()[:-1]).text.endswith("年）\ufffd")


@pytest.mark.parametrize(
    ("spaced", "sound"),
    [
        ("工 作 方 案", "工作方案"),
        ("2026年 信 用 工 作 要 点", "2026年信用工作要点"),
        ("市民政局（市社 团局）", "市民政局（市社团局）"),
        ("目 录", "目录"),
        ("（ 沪府 ）", "（沪府）"),
    ],
)
def test_blanks_inside_words_go(spaced, sound):
    assert close_up(spaced).text == sound


@pytest.mark.parametrize(
    "kept", ["市财政局 市公安局", "上海 江苏 浙江 安徽", "省 市 县", "信用 信息", "甲  乙", "张三 李四", "[ ]", "（ ）"]
)
def test_blanks_between_words_stay(kept):
    assert close_up(kept).text == kept


def test_balloons_and_fields_of_a_word_processor_go_and_their_lines_stay():
    text = "推进归集。\n删除[某甲]: 平台\n设置格式[某乙]: 字体: 三号\n"
    text += '见HYPERLINK "http://a.example" \\t "_blank"公告\n完善带格式的: 字体: 小四'
    done = take_out(text)
    assert done.text == "推进归集。\n\n\n见公告\n完善"
    assert {one.kind: one.count for one in done.repairs} == {"tracked-changes": 3, "field-codes": 1}
    assert done.warnings


def test_a_balloon_without_an_end_stays_and_is_counted():
    done = take_out("推进归集删除[某甲]: 平台建设")
    assert done.text == "推进归集删除[某甲]: 平台建设"
    assert done.repairs == (Repair("tracked-changes", 0, left=1),)


@pytest.mark.parametrize("kept", ["删除：第三条第二款。", "国办发[2016]33号", "①完善；②优化。", "见附件[1]。"])
def test_prose_that_looks_like_a_leftover_stays(kept):
    assert take_out(kept).text == kept


def test_a_footnote_mark_goes_only_with_its_note():
    assert take_out("按规定[1]执行①。\n[1] 指省级规定。\n① 另行印发。").text == "按规定执行。\n[1] 指省级规定。\n① 另行印发。"


@pytest.mark.parametrize("at", range(8, 40))
def test_a_lost_byte_is_read_over_and_its_ends_are_guessed_or_left(at):
    damaged = forward(LINE, at)
    done = realign(damaged)
    assert done.text == LINE or done.repairs or "\ufffd" in damaged
    assert len(done.text) <= len(LINE) + 2
    assert all(one.guessed for one in done.repairs)


def test_most_of_what_stands_behind_a_lost_byte_comes_back():
    assert realign(forward(LINE, 30)).text[17:24] == LINE[17:24]


@pytest.mark.parametrize("sound", ["什么是信用修复?怎样申请？", "盱眙县和睢宁县怎么办?问问", "昇华集团\ufffd乾县"])
def test_a_mark_behind_sound_text_changes_nothing(sound):
    assert realign(sound).text == sound


def test_slips_are_told_and_never_applied():
    text = "沪信〔2O18〕l2号己经印发，收人增加，招收人员，O2O平台。"
    assert clean(text).text == text
    told = clean(text).suggestions
    assert [(one.seen, one.proposed) for one in told] == [("2O18", "2018"), ("l2", "12"), ("己经", "已经"), ("收人", "收入")]
    assert all(text[one.span.start : one.span.end] == one.seen for one in told)


def test_a_line_break_inside_a_reading_stays_behind_it():
    assert repair("地區(qū)聯(lián)合召開會(hu\nì)議發(fā)佈").text == "地區聯合召開會\n議發佈"


NASTY = st.text(
    alphabet='&#;x2amp\\u4e信用社团局 工作ÃÂäå¸\x82é鏀跨瓥锛銆?\ufffd锟斤拷[]①1O年号删除设置格式带的: HYPERLINK"\n\r\x85', max_size=120
)


@given(NASTY)
def test_property_every_step_takes_any_text_and_keeps_line_feeds(text):
    for step in (unescape, unmangle, realign, take_out, close_up, repair):
        assert step(text).text.count("\n") == text.count("\n")
    for one in suggest(text):
        assert text[one.span.start : one.span.end] == one.seen


@given(NASTY)
def test_property_cleaning_damaged_pieces_twice_is_cleaning_once(text):
    once = clean(text)
    assert clean(once.text).text == once.text
    assert once.text.count("\n") == text.count("\n")


@given(st.binary(max_size=400), st.sampled_from(["utf-8", "gb18030", "big5hkscs", "cp1252"]))
def test_property_any_bytes_are_read_in_parts(data, codec):
    text, parts = read_parts(data, codec)
    assert parts >= 0
    assert text.isascii() or not data.isascii()


@pytest.mark.parametrize("piece", ["(", "?", "Ã", " ", "1", "&#1", "社 团 ", "ä¸", "锛?", "鏀跨", "(huì", "[1]", "\\u4e", "Ã¥Â¸"])
def test_hostile_text_takes_bounded_time(piece):
    text = piece * (100_000 // len(piece.encode()))
    clean(text)
    began = time.process_time()
    clean(text)
    assert time.process_time() - began < 3


@pytest.mark.parametrize("number", ["芜政〔2018〕30号", "舟海渔发〔2023〕17号", "〔2023〕9号"])
@pytest.mark.parametrize("codec", ["latin-1", "cp1252"])
def test_a_document_number_of_few_and_rare_characters_is_turned_back_with_its_text(number, codec):
    text = f"{number}\n" + f"{LINE}\n" * 3
    damaged = "".join(chr(byte) if codec == "latin-1" or byte in UNDEFINED else bytes([byte]).decode(codec) for byte in text.encode())
    assert unmangle(damaged).text == text


def test_one_misread_bracket_in_a_sound_line_is_turned_back():
    assert unmangle("嘉信用办〔2020ã\x80\x9514号").text == "嘉信用办〔2020〕14号"


def test_lost_bytes_of_dates_labels_and_bodies_are_guessed_by_what_stands_around_them():
    text = "责任单位：省司法厅；完成时限：2022年12月25日前，市知识产权局，9月底前\n" * 3
    done = unmangle(text.encode().decode("gb18030", "replace"))
    assert done.text == text
    assert done.repairs[0].guessed > 0

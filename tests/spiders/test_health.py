from __future__ import annotations

from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders import health
from spiders.file_health import diagnose_file
from spiders.health import cut_short, diagnose, empty_notice, looks_like_page
from spiders.items import CaptureKind, Cause

LONG = "信用信息公开、修复与监督。" * 80


def page(body: str, title: str = "通知公告") -> str:
    return f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{body}</body></html>"


def cause(status: int, text: str) -> Cause | None:
    found = diagnose(status, text, CaptureKind.ARTICLE)
    return found.cause if found else None


def cause_of_file(body: bytes, suffix: str, status: int = 200) -> Cause | None:
    found = diagnose_file(status, body, suffix)
    return found.cause if found else None


@pytest.mark.parametrize(
    "text",
    [
        page("<script>document.cookie='__jsl_clearance=1'</script>", ""),
        page("<script>$_ts=window['$_ts']</script>", ""),
        page("请输入验证码"),
        page("您的访问被拒绝"),
        page("<p>请稍候</p>", "安全验证"),
        '{"status":40001,"message":"请刷新后重试！","data":null}',
        '{"status": 40001}',
        '{"code" : "40001", "msg": null}',
    ],
)
def test_a_challenge_with_status_200_is_one(text: str):
    assert cause(200, text) is Cause.CHALLENGE


@pytest.mark.parametrize("status", [403, 412, 429, 521])
def test_a_status_that_refuses_is_a_challenge(status: int):
    assert cause(status, page("x")) is Cause.CHALLENGE


def test_a_file_that_is_forbidden_is_no_challenge_to_the_site():
    assert cause_of_file(b"", ".docx", 403) is None


@pytest.mark.parametrize("words", ["关于规范短信验证码使用的通知。", "访问被拒绝的原因与处理。", "网站须公示系统异常处置流程。"])
def test_a_document_that_talks_about_it_is_a_document(words: str):
    assert cause(200, page(f"<p>{words}{LONG}</p>")) is None


@pytest.mark.parametrize(
    "text", [page("<h1>404</h1>", "404 错误页面"), page("对不起，您访问的页面不存在或已删除"), page("系统繁忙，请稍后再试", "提示")]
)
def test_an_error_page_with_status_200_is_no_document(text: str):
    assert cause(200, text) is Cause.ERROR_PAGE


@pytest.mark.parametrize("title", ["404 Not Found", "\n 404\u3000错误 ", "4&#48;4", "Not\x00 Found", "<!-- -->404", "Error"])
def test_the_title_of_an_error_is_known_however_it_is_written(title: str):
    assert cause(200, page(LONG, title)) is Cause.ERROR_PAGE
    assert cause(200, page(LONG).replace("<title>通知公告", f"<TITLE lang=zh>{title}")) is Cause.ERROR_PAGE


@given(
    st.lists(
        st.sampled_from(["<title>", "</title>", "<TITLE x>", "</title", "<!--", "-->", "40", "4", " ", "Not Found", "&#52;", "<p>", "\x00"])
    )
)
def test_property_a_title_that_is_read_without_parsing_tells_what_the_parsed_one_tells(parts: list[str]):
    text = page(LONG, "".join(parts))
    told = cause(200, text)
    with patch.object(health, "_plain_title", return_value=None):
        assert cause(200, text) is told


@pytest.mark.parametrize("title", ["关于404号提案的答复", "2026年第500强企业信用状况", "信用错误信息更正办法", "国家标准 GB/T 40478 解读"])
def test_a_title_with_a_number_in_it_is_no_error(title: str):
    assert cause(200, page(LONG, title)) is None


def test_a_server_error_is_left_to_its_status():
    assert cause(500, page("x", "500 错误")) is None


@pytest.mark.parametrize("text", [page(LONG)[:-20], "<datastore><recordset><record>", '{"success":true,"data":{"html":"<ul>'])
def test_half_a_page_is_truncated(text: str):
    assert cause(200, text) is Cause.TRUNCATED


@pytest.mark.parametrize("text", [page(LONG) + "<!-- built 12:00 -->\n", "<datastore></datastore>", '{"a":1}\n', "<p>ein Stück</p>"])
def test_a_whole_page_is_not(text: str):
    assert not cut_short(text)


@pytest.mark.parametrize("suffix", [".docx", ".txt", ""])
@pytest.mark.parametrize("before", ["", "<!-- gate 3 -->\n", '<?xml version="1.0"?>\n', "\ufeff\r\n"])
def test_a_page_in_place_of_a_file_is_an_error_page(before: str, suffix: str):
    assert cause_of_file((before + page(LONG)).encode(), suffix) is Cause.ERROR_PAGE
    assert cause_of_file((before + page(LONG)).encode("utf-16"), suffix) is Cause.ERROR_PAGE


@pytest.mark.parametrize("suffix", [".docx", ".xlsx", ".pdf", ".zip", ".wps"])
@pytest.mark.parametrize("text", ["<div>请登录后下载</div>", "文件不存在", '{"success":false,"code":401}', '<?xml version="1.0"?><Error/>'])
def test_text_in_place_of_a_binary_file_is_an_error_page(text: str, suffix: str):
    assert cause_of_file(text.encode(), suffix) is Cause.ERROR_PAGE
    assert cause_of_file(text.encode("gb18030"), suffix) is Cause.ERROR_PAGE


@pytest.mark.parametrize(
    ("body", "suffix"),
    [
        (b"PK\x03\x04" + bytes(60), ".docx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(60), ".doc"),
        (b"%PDF-1.7\n1 0 obj", ".pdf"),
        (b"{\\rtf1\\ansi}", ".doc"),
        (b"%PDF-1.4\n", ".doc"),
        ("序号,单位\n1,市发展改革委\n".encode("gb18030"), ".csv"),
        ("只有一句话。".encode("utf-16"), ".txt"),
        (b'<html xmlns:o="urn:schemas-microsoft-com:office:office"><body><table></table></body></html>', ".xls"),
    ],
)
def test_a_file_of_any_kind_is_one(body: bytes, suffix: str):
    assert cause_of_file(body, suffix) is None


def test_an_empty_file_is_cut_off_and_a_part_of_one_too():
    assert cause_of_file(b"", ".pdf") is Cause.TRUNCATED
    assert cause_of_file(b"%PDF-1.7", ".pdf", 206) is Cause.TRUNCATED


def test_the_captcha_signal_of_an_interface_is_a_challenge_in_place_of_a_file_too():
    assert cause_of_file(b'{"status":40001}', ".docx") is Cause.CHALLENGE


def test_a_part_of_a_page_is_truncated():
    assert cause(206, page(LONG)) is Cause.TRUNCATED


@pytest.mark.parametrize("status", [201, 202, 203])
def test_every_status_of_success_is_looked_at(status: int):
    assert cause(status, page(LONG)[:-20]) is Cause.TRUNCATED
    assert cause(status, page("系统繁忙，请稍后再试", "提示")) is Cause.ERROR_PAGE


@pytest.mark.parametrize(("words", "wrong"), [("该信息已被删除！", True), ("您访问的页面不存在", True), (f"该信息已被删除。{LONG}", False)])
def test_an_article_that_only_says_that_there_is_none_is_no_document(words: str, wrong: bool):
    text = page(f"<div class='nav'>{LONG}</div><div class='con'><p>{words}</p></div>")
    assert (empty_notice(text, "div.con") is not None) is wrong


def test_a_page_is_known_by_its_first_bytes():
    assert looks_like_page(b"\xef\xbb\xbf\r\n<!DOCTYPE HTML><html>")
    assert not looks_like_page(b"%PDF-1.7 <html>")
    assert not looks_like_page(b"User-agent: *\nDisallow: /")


@given(st.text(), st.integers(100, 599))
def test_property_any_answer_is_diagnosed(text: str, status: int):
    diagnose(status, text, CaptureKind.LIST)


@given(st.binary(), st.sampled_from(["", ".docx", ".txt"]), st.integers(100, 599))
def test_property_any_answer_for_a_file_is_diagnosed(body: bytes, suffix: str, status: int):
    diagnose_file(status, body, suffix)

"""A site that means harm, or is only broken: every answer has its cause, none becomes a document, nothing is dropped without a word."""

from __future__ import annotations

import contextlib
import gzip
import re
import socket
import threading
import time
from pathlib import Path

import pytest

from spiders.factsheet import load_sheet
from spiders.families import family
from spiders.families.reading import parse
from tests.crawl.sites import Reply, article, article_page, harvest, listing, served, small_site, states, stored_failures

FOLDER = "/xxgk/zcfb/tz/202603/"
LIST = "/xxgk/zcfb/tz/index.html"
BASE = "http://127.0.0.1:8001"


def crawl_small(folder: Path, pages: dict[str, Reply], **options: bool):
    with served(small_site(pages)) as (base, asked):
        return harvest(folder, {"national": base}, **options)["national"], asked


def address(number: int) -> str:
    return f"{FOLDER}t20260301_{number}.html"


def to(location: str) -> Reply:
    return Reply(status=302, headers={"Location": location})


def test_every_hostile_answer_has_its_cause_and_none_becomes_a_document(tmp_path: Path):
    half = article_page("半份文件", "<p>" + "长" * 3000 + "</p>")[:5000]
    answers = {
        1: (Reply(gzip.compress(bytes(40_000_000)), headers={"Content-Encoding": "gzip"}), "too-large"),
        2: (Reply(b"\x1f\x8b\x08broken", headers={"Content-Encoding": "gzip"}), "truncated"),
        3: (Reply(half, 206), "truncated"),
        4: (Reply(article_page("提示信息", "<p>该信息已被删除</p>")), "error-page"),
        5: (Reply("<html><title>出错了</title><body>页面不存在</body></html>".encode(), 202), "error-page"),
        6: (to("file:///etc/passwd"), "offsite"),
        7: (to("http://[::1"), "offsite"),
        8: (to("http://[::ffff:127.0.0.1]/"), "private-address"),
        9: (Reply(article_page("头太长"), headers={"X-Long": "x" * 70_000}), "connection"),
    }
    pages = {LIST: Reply(listing(*map(article, answers)))} | {address(number): reply for number, (reply, _) in answers.items()}
    summary, _ = crawl_small(tmp_path, pages)
    assert {url.rpartition("_")[2]: cause for _, cause, url in stored_failures(tmp_path)} == {
        f"{number}.html": cause for number, (_, cause) in answers.items()
    }
    assert (summary.verdict, states(tmp_path, "national")) == ("incomplete", {})


def test_no_listed_document_is_dropped_without_a_word(tmp_path: Path):
    lines = [
        article(1, "./a.html?x=1&y=2"),
        article(2, "./a.html?y=2&x=1"),
        article(3, "./A.html?x=1&y=2"),
        article(4, f"./{'b' * 5000}.html"),
    ]
    pages = {
        LIST: Reply(listing(*lines)),
        "/xxgk/zcfb/tz/a.html?x=1&y=2": Reply(article_page("甲", "<p>第一份。</p>")),
        "/xxgk/zcfb/tz/a.html?y=2&x=1": Reply(article_page("乙", "<p>第二份。</p>")),
        "/xxgk/zcfb/tz/A.html?x=1&y=2": Reply(article_page("丙", "<p>第三份。</p>")),
    }
    summary, _ = crawl_small(tmp_path, pages)
    assert (summary.documents, summary.failures) == (3, {"too-large": 1})


def test_an_article_is_kept_whatever_its_files_are(tmp_path: Path):
    names = ["login.docx", "word.pdf", "json.xlsx", "wide.docx", "empty.docx", "fine.txt", "x" * 5000 + ".docx"]
    links = "".join(f'<a href="./{name}">{name[:20]}</a>' for name in names)
    answers = {
        "login.docx": Reply("<!-- gate --><div>请登录后下载</div>".encode()),
        "word.pdf": Reply("文件不存在".encode()),
        "json.xlsx": Reply(b'{"success":false,"code":401}'),
        "wide.docx": Reply("<html><body>请登录</body></html>".encode("utf-16")),
        "empty.docx": Reply(b""),
        "fine.txt": Reply("一份真正的附件。".encode()),
    }
    page = article_page("附件", box=f'<div class="attachment">{links}</div>')
    summary, _ = crawl_small(tmp_path, {address(1000001): Reply(page)} | {FOLDER + name: reply for name, reply in answers.items()})
    assert states(tmp_path, "national") == {"1000001": "live", "1000001/fine.txt": "live"}
    assert summary.failures == {"error-page": 4, "truncated": 1, "too-large": 1}
    assert summary.verdict == "incomplete"


def test_an_article_with_more_files_than_allowed_is_kept_with_as_many_and_told(tmp_path: Path):
    links = "".join(f'<a href="./f{number}.txt">f{number}.txt</a>' for number in range(203))
    file = Reply("附件一份。".encode())
    pages = {address(1000001): Reply(article_page("附件", box=f'<div class="attachment">{links}</div>'))}
    pages |= {f"{FOLDER}f{number}.txt": file for number in range(203)}
    summary, asked = crawl_small(tmp_path, pages)
    assert summary.failures == {"too-large": 1}
    assert sum(path.endswith(".txt") for path in asked) == 201  # robots.txt and 200 files
    assert "1000001" in states(tmp_path, "national")


def test_a_captcha_signal_in_place_of_a_file_stops_the_site(tmp_path: Path):
    page = article_page("附件", box='<div class="attachment"><a href="./a.docx">a.docx</a><a href="./b.docx">b.docx</a></div>')
    signal = Reply(b'{"status": 40001}', headers={"Content-Type": "application/json"})
    summary, asked = crawl_small(tmp_path, {address(1000001): Reply(page), FOLDER + "a.docx": signal})
    assert (summary.verdict, summary.cause) == ("blocked", "challenge")
    assert asked[-1] == FOLDER + "a.docx"


def test_a_list_that_never_ends_is_left_at_its_limit_and_the_run_is_not_complete(tmp_path: Path):
    def answer(path: str) -> Reply:
        number = re.search(r"index_?(\d*)\.html", path)
        if number is None:
            return small_site({})(path)
        page = listing(article(5_000_000 + int(number[1] or 0)))
        return Reply(re.sub(rb"<script>.*?</script>", b"", page))

    with served(answer) as (base, asked):
        summary = harvest(tmp_path, {"national": base}, dry_run=True)["national"]
    assert (summary.verdict, summary.cause, len(asked)) == ("incomplete", "too-large", 501)
    assert summary.notes == ("Section tz has more than the 500 pages that its fact sheet allows (limits, list_pages).",)


@pytest.mark.parametrize(
    ("robots", "cause"),
    [
        (Reply(b'{"code":404}'), "robots-unreadable"),
        (Reply(b'<div id="app"></div>'), "robots-unreadable"),
        (Reply(b"<!-- 1 --><!DOCTYPE html><html></html>"), "robots-unreadable"),
        (Reply("User-agent: *\nDisallow: /\n".encode("utf-16")), "robots-refused"),
        (Reply(b"User-agent: *\nCrawl-delay: 3600\n"), "robots-refused"),
    ],
    ids=["json", "application", "comment", "wide", "slow"],
)
def test_a_robots_txt_that_allows_nothing_we_can_do_blocks_the_site(tmp_path: Path, robots: Reply, cause: str):
    summary, asked = crawl_small(tmp_path, {"/robots.txt": robots})
    assert (summary.verdict, summary.cause) == ("blocked", cause)
    assert asked == ["/robots.txt"]


def test_of_a_huge_robots_txt_the_beginning_counts(tmp_path: Path):
    robots = b"User-agent: *\nDisallow: /xxgk/zcfb/tz/202603/\n" + b"".join(b"Disallow: /x%d/*a\n" % n for n in range(300_000))
    summary, _ = crawl_small(tmp_path, {"/robots.txt": Reply(robots)})
    assert summary.failures == {"robots-refused": 1}


ENDLESS = {
    "lines": b"X-Line: aaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n" * 2000,
    "folded": b" aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n" * 2000,
    "continue": b"\r\nHTTP/1.1 100 Continue\r\n\r\n" * 2000,
}


@pytest.mark.parametrize("kind", ENDLESS)
def test_a_head_that_does_not_end_is_cut_off_long_before_the_time_out(tmp_path: Path, kind: str):
    sent = 0

    def pour(connection: socket.socket) -> None:
        nonlocal sent
        with connection, contextlib.suppress(OSError):
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-First: 1\r\n")
            while True:
                sent += connection.send(ENDLESS[kind])

    def listen() -> None:
        with contextlib.suppress(OSError):
            while True:
                pour(server.accept()[0])

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=listen, daemon=True).start()
        base = f"http://127.0.0.1:{server.getsockname()[1]}"
        summary = harvest(tmp_path, {"national": base}, settings={"timeout": 30.0})["national"]
    assert (summary.verdict, summary.cause) == ("blocked", "robots-unreadable")
    assert (summary.ended_at - summary.started_at).total_seconds() < 20
    assert sent < 60_000_000


# --- what pages say, read by field -----------------------------------------------------------------------------------------


def read_list(page: bytes):
    sheet = load_sheet("national").with_base(BASE)
    return family("trs").read_list(page.decode(), BASE + LIST, sheet, sheet.sections[0]).items


def test_links_refer_to_the_base_that_a_page_names():
    page = listing('<li><a href="tz/t20260301_7.html">甲</a></li>').replace(b"<head>", b'<head><base href="/xxgk/">')
    assert [item.url for item in read_list(page)] == [f"{BASE}/xxgk/tz/t20260301_7.html"]


def test_a_base_that_is_no_web_address_is_none():
    page = listing('<li><a href="t20260301_7.html">甲</a></li>').replace(b"<head>", b'<head><base href="javascript:x">')
    assert [item.url for item in read_list(page)] == [f"{BASE}/xxgk/zcfb/tz/t20260301_7.html"]


def test_one_link_with_an_impossible_port_costs_no_other_line():
    page = listing(article(1, "http://www.ndrc.gov.cn:99999/t20260301_1.html"), article(2, "http://[::1/t20260301_2.html"), article(3))
    assert [item.key for item in read_list(page)] == ["3"]


def test_a_key_is_short_however_long_its_address():
    (one, other) = read_list(listing(article(1, f"./{'a' * 9000}.html"), article(2, f"./{'a' * 9001}.html")))
    assert len(one.key) <= 200
    assert one.key != other.key


def test_a_title_steers_no_terminal_and_turns_no_writing():
    (item,) = read_list(listing('<li><a href="./t20260301_7.html">通&#27;[2J知\x1b[31m&#x202e;公&#7;告\x00</a></li>'))
    assert item.title == "通[2J知[31m公告"


def test_the_name_of_a_file_is_no_path_and_steers_nothing():
    box = '<div class="attachment"><a href="./a%00%1b%5B31m%E2%80%AE..%2f..%2f%E8%A1%A8.txt">&#27;表&#x202e;.txt</a></div>'
    sheet = load_sheet("national").with_base(BASE)
    (file,) = family("trs").read_article(article_page("附件", box=box).decode(), BASE + address(7), sheet).attachments
    assert (file.key, file.name) == ("7/表.txt", "表.txt")


def test_a_tag_of_endless_attributes_is_read_in_no_time_and_a_picture_is_kept():
    flood = "<p " + " ".join(f"a{number}=x" for number in range(700_000)) + ">文</p>"
    picture = f'<img src="data:image/png;base64,{"A" * 500_000}">'
    began = time.process_time()
    page = parse(article_page("洪水", flood + picture).decode())
    assert time.process_time() - began < 20
    assert page.css("p::text").getall() == ["文"]
    assert len(page.css("img::attr(src)").get("")) > 500_000

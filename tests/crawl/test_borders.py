"""Where a crawl must not go: other hosts, private networks, what robots.txt forbids; and answers that lead there."""

from __future__ import annotations

from pathlib import Path

import pytest
from scrapy.settings import Settings

from harvester.crawl import settings_for
from harvester.network import given_hosts, is_local_name, is_private
from tests.crawl.sites import Reply, article, article_page, harvest, listing, served, small_site, states

ARTICLE = "/xxgk/zcfb/tz/202603/t20260301_1000001.html"
LIST = "/xxgk/zcfb/tz/index.html"


def crawl_small(folder: Path, pages: dict[str, Reply]):
    with served(small_site(pages)) as (base, asked):
        return harvest(folder, {"national": base})["national"], asked


def to(address: str) -> Reply:
    return Reply(status=302, headers={"Location": address})


def test_a_small_site_is_harvested(tmp_path: Path):
    summary, asked = crawl_small(tmp_path, {})
    assert (summary.verdict, summary.documents) == ("complete", 1)
    assert asked == ["/robots.txt", LIST, ARTICLE]


@pytest.mark.parametrize(
    ("address", "cause"),
    [
        ("http://127.0.0.1:9/x.html", "private-address"),
        ("http://10.1.2.3/x.html", "private-address"),
        ("http://[::1]/x.html", "private-address"),
        ("http://2130706433/x.html", "private-address"),
        ("http://100.64.0.1/x.html", "private-address"),
        ("http://169.254.169.254/latest/meta-data/", "private-address"),
        ("http://[fe80::1]/x.html", "private-address"),
        ("http://[::ffff:127.0.0.1]/x.html", "private-address"),
        ("http://localhost/x.html", "private-address"),
        ("http://localhost./x.html", "private-address"),
        ("http://127.0.0.1./x.html", "private-address"),
        ("http://017700000001/x.html", "private-address"),
        ("//0.0.0.0/x.html", "private-address"),
        ("http:\\\\127.0.0.1\\x.html", "private-address"),
        ("http://www.ndrc.gov.cn@127.1/x.html", "private-address"),
        ("https://www.example.org/x.html", "offsite"),
        ("https://www.ndrc.gov.cn/x.html", "offsite"),
    ],
)
def test_a_redirect_away_is_refused(tmp_path: Path, address: str, cause: str):
    summary, asked = crawl_small(tmp_path, {ARTICLE: to(address)})
    assert summary.failures == {cause: 1}
    assert asked[-1] == ARTICLE


@pytest.mark.parametrize(
    ("address", "cause"), [("http://192.168.0.7/t20260301_7.html", "private-address"), ("https://example.org/a.html", "offsite")]
)
def test_a_link_away_is_refused_and_noted(tmp_path: Path, address: str, cause: str):
    summary, asked = crawl_small(tmp_path, {LIST: Reply(listing(article(), article(7, address)))})
    assert summary.failures == {cause: 1}
    assert (summary.verdict, len(asked)) == ("complete", 3)


def test_a_redirect_within_the_site_is_followed(tmp_path: Path):
    pages = {ARTICLE: to("/moved/t20260301_1000001.html"), "/moved/t20260301_1000001.html": Reply(article_page("搬了家的文件"))}
    summary, _ = crawl_small(tmp_path, pages)
    assert (summary.verdict, summary.documents) == ("complete", 1)
    assert states(tmp_path, "national") == {"1000001": "live"}


def test_a_redirect_to_itself_is_a_challenge(tmp_path: Path):
    summary, asked = crawl_small(tmp_path, {LIST: to(LIST)})
    assert (summary.verdict, summary.cause) == ("blocked", "challenge")
    assert asked == ["/robots.txt", LIST]


def test_redirects_in_a_circle_end(tmp_path: Path):
    summary, asked = crawl_small(tmp_path, {ARTICLE: to("/a.html"), "/a.html": to("/b.html"), "/b.html": to("/a.html")})
    assert summary.verdict == "incomplete"
    assert len(asked) < 12


@pytest.mark.parametrize(
    "robots",
    [
        Reply(b"error", 500),
        Reply(b"", 403),
        Reply(b"<!DOCTYPE html><html><body>home</body></html>"),
    ],
    ids=["error", "forbidden", "page"],
)
def test_a_robots_txt_that_cannot_be_read_means_no_crawl(tmp_path: Path, robots: Reply):
    with served(small_site({"/robots.txt": robots})) as (base, asked):
        summary = harvest(tmp_path, {"national": base}, settings={"timeout": 1.0})["national"]
    assert (summary.verdict, summary.cause) == ("blocked", "robots-unreadable")
    assert set(asked) == {"/robots.txt"}


def test_a_robots_txt_that_leads_to_another_host_is_not_followed(tmp_path: Path):
    with served(lambda path: Reply(b"User-agent: *\nAllow: /\n", headers={"Content-Type": "text/plain"})) as (other, asked_there):
        summary, asked = crawl_small(tmp_path, {"/robots.txt": to(f"{other}/robots.txt")})
    assert (summary.verdict, summary.documents, asked_there) == ("failed", 0, [])
    assert set(asked) == {"/robots.txt"}


def test_a_host_that_never_ends_its_robots_txt_is_asked_for_nothing_else(tmp_path: Path):
    with served(small_site({"/robots.txt": Reply(b"x" * 10, headers={"Content-Length": "5000"})})) as (base, asked):
        summary = harvest(tmp_path, {"national": base}, settings={"timeout": 1.0})["national"]
    assert (summary.verdict, summary.cause) == ("failed", "timeout")
    assert set(asked) == {"/robots.txt"}


def test_a_site_without_robots_txt_may_be_crawled(tmp_path: Path):
    summary, _ = crawl_small(tmp_path, {"/robots.txt": Reply(b"", 404)})
    assert summary.verdict == "complete"


def test_what_robots_txt_forbids_is_not_asked_for(tmp_path: Path):
    summary, asked = crawl_small(tmp_path, {LIST: Reply(listing(article(), article(8, "/secret/t20260301_8.html")))})
    assert summary.failures == {"robots-refused": 1}
    assert not [path for path in asked if path.startswith("/secret")]


def test_a_list_that_robots_txt_forbids_blocks_the_site(tmp_path: Path):
    summary, asked = crawl_small(tmp_path, {"/robots.txt": Reply(b"User-agent: *\nDisallow: /\n")})
    assert (summary.verdict, summary.cause) == ("blocked", "robots-refused")
    assert asked == ["/robots.txt"]


def test_a_crawl_delay_raises_the_pace(tmp_path: Path):
    summary, _ = crawl_small(tmp_path, {"/robots.txt": Reply(b"User-agent: *\nCrawl-delay: 1\n")})
    assert (summary.ended_at - summary.started_at).total_seconds() > 1.5


def test_a_page_over_its_limit_is_not_kept(tmp_path: Path):
    huge = article_page("大", "<p>" + "长" * (3 * 1024 * 1024) + "</p>")
    summary, _ = crawl_small(tmp_path, {ARTICLE: Reply(huge)})
    assert (summary.failures, summary.documents) == ({"too-large": 1}, 0)


def test_an_error_page_with_status_200_is_no_document(tmp_path: Path):
    summary, _ = crawl_small(tmp_path, {ARTICLE: Reply("<html><head><title>出错了</title></head><body>页面不存在</body></html>".encode())})
    assert (summary.verdict, summary.cause, summary.documents) == ("incomplete", "error-page", 0)


def test_a_page_without_its_body_is_no_document(tmp_path: Path):
    summary, _ = crawl_small(tmp_path, {ARTICLE: Reply("<html><body><div>全新改版</div></body></html>".encode())})
    assert (summary.verdict, summary.cause, summary.documents) == ("incomplete", "no-body-container", 0)


def test_a_list_without_its_container_is_no_empty_list(tmp_path: Path):
    crawl_small(tmp_path, {})
    summary, _ = crawl_small(tmp_path, {LIST: Reply("<html><body><div>全新改版</div></body></html>".encode())})
    assert (summary.verdict, summary.cause) == ("failed", "no-list-container")
    assert states(tmp_path, "national") == {"1000001": "live"}


def test_a_file_that_cannot_be_read_is_archived_and_noted(tmp_path: Path):
    page = article_page("附件", box='<div class="attachment"><a href="./P020260301.docx">表.docx</a></div>')
    file = Reply(b"PK\x03\x04" + b"\0" * 200, headers={"Content-Type": "application/octet-stream"})
    summary, _ = crawl_small(tmp_path, {ARTICLE: Reply(page), "/xxgk/zcfb/tz/202603/P020260301.docx": file})
    assert (summary.failures, summary.captures["attachment"], summary.verdict) == ({"unreadable": 1}, 1, "complete")
    assert states(tmp_path, "national") == {"1000001": "live"}


def test_a_page_in_place_of_a_file_is_not_kept_as_one(tmp_path: Path):
    page = article_page("附件", box='<div class="attachment"><a href="./P020260301.docx">表.docx</a></div>')
    summary, _ = crawl_small(tmp_path, {ARTICLE: Reply(page), "/xxgk/zcfb/tz/202603/P020260301.docx": Reply(article_page("登录"))})
    assert (summary.failures, summary.cause) == ({"error-page": 1}, "error-page")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.25.119.13",
        "192.168.1.1",
        "169.254.1.1",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - an address to judge, none to bind
        "::1",
        "fd00::1",
        "::ffff:10.0.0.1",
        "224.0.0.1",
        "2130706433",
        "0x7f.1",
        "169.254.169.254",
        "100.127.255.255",
        "fe80::1",
        "::127.0.0.1",
        "::ffff:0:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "2002:a00:1::",
        "fec0::1",
    ],
)
def test_an_address_of_a_private_network_is_private(address: str):
    assert is_private(address)


@pytest.mark.parametrize(
    "address", ["114.114.114.114", "2400:3200::1", "www.example.org", "163.com", "::ffff:114.114.114.114", "64:ff9b::7272:7272"]
)
def test_a_public_address_is_not(address: str):
    assert not is_private(address)


def test_names_of_the_machine_and_its_network_are_local():
    assert [
        name
        for name in ("localhost", "a.localhost", "nas.local", "nas.local.", "intranet", "intranet.", "www.ndrc.gov.cn", "www.ndrc.gov.cn.")
        if is_local_name(name)
    ] == [
        "localhost",
        "a.localhost",
        "nas.local",
        "nas.local.",
        "intranet",
        "intranet.",
    ]


def test_only_the_hosts_of_given_bases_may_be_private(tmp_path: Path):
    assert given_hosts(Settings({"HARVESTER_BASES": {"anhui": "http://replica.test:8001"}})) == {"replica.test"}
    assert given_hosts(Settings()) == frozenset()


def test_code_cannot_be_run_from_outside_and_no_link_opens_a_local_file():
    from harvester.config import Config

    settings = settings_for(Config())
    assert not settings.getbool("TELNETCONSOLE_ENABLED")
    assert not settings.getbool("REMOTE_CONTROL_ENABLED")
    assert {settings.getdict("DOWNLOAD_HANDLERS")[scheme] for scheme in ("file", "data", "ftp", "s3")} == {None}
    assert settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES")
    assert settings["USER_AGENT"].startswith("credit-harvester/")

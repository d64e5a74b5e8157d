"""The server itself: validators, the log, changes while running, own documents, wrong calls, the stand-alone runner."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
import urllib.robotparser
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from urllib.parse import urlsplit

import pytest

from harvester.replica.document import ReplicaDocument
from harvester.replica.families.base import site_facts
from harvester.replica.server import Replica, every_site
from tests.replica.client import ask

NOTE = ReplicaDocument(
    "", "关于试写一行字的告示", date(2026, 11, 20), "<p>先写一行，再看一眼。</p>", number="试字〔2026〕1号", source="试写处"
)


@pytest.fixture
def empty() -> Iterator[Replica]:
    with Replica(own_content=False) as replica:
        yield replica


def test_an_unchanged_page_answers_304_by_tag_and_by_date(replica: Replica) -> None:
    for site in ("shanghai", "jiangsu", "zhejiang", "anhui", "national"):
        url = replica.url(site, next(iter(replica.documents(site))))
        page = ask(url)
        by_tag = ask(url, headers={"If-None-Match": page.headers["etag"]})
        by_date = ask(url, headers={"If-Modified-Since": page.headers["last-modified"]})
        assert (by_tag.status, by_tag.body, by_date.status) == (304, b"", 304)
        assert by_tag.headers["etag"] == page.headers["etag"]
        assert ask(url, headers={"If-None-Match": '"other"', "If-Modified-Since": page.headers["last-modified"]}).status == 200


def test_pages_made_by_a_program_carry_no_validators(replica: Replica) -> None:
    unit = "/api-gateway/jpaas-publish-server/front/page/build/unit?webId=3185&pageId=1229565788&paramJson={}"
    urls = [
        replica.url("suzhou_sip", next(iter(replica.documents("suzhou_sip")))),
        replica.bases["zhejiang"] + unit,
        replica.bases["anhui"] + "/content/column/49637171?pageIndex=2",
        replica.bases["jiangsu"] + "/module/web/jpage/dataproxy.jsp?page=2&columnid=284&unitid=423656",
    ]
    for url in urls:
        assert not {"etag", "last-modified"} & ask(url).headers.keys()
    first, second = (json.loads(ask(urls[1]).body) for _ in range(2))
    assert first["traceId"] != second["traceId"]
    assert first["data"] == second["data"]


def test_the_same_content_is_the_same_bytes_in_another_run(replica: Replica) -> None:
    with Replica(["anhui", "jiangsu"]) as other:
        for site in other.bases:
            assert other.documents(site) == replica.documents(site)
            key = next(key for key, document in other.documents(site).items() if document.attachments)
            assert ask(other.url(site, key)).body == ask(replica.url(site, key)).body


def test_a_kept_connection_serves_several_requests(replica: Replica) -> None:
    parts = urlsplit(replica.bases["national"])
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    sockets = set()
    for path in ("/robots.txt", "/xxgk/zcfb/tz/", "/missing", "/xxgk/zcfb/tz/index_1.html"):
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
        assert response.version == 11
        sockets.add(connection.sock)
    connection.close()
    assert len(sockets) == 1


def test_head_answers_headers_alone(replica: Replica) -> None:
    url = replica.bases["shanghai"] + "/tzgg/index.html"
    head, page = ask(url, "HEAD"), ask(url)
    assert head.body == b""
    assert head.headers["content-length"] == str(len(page.body))


def test_robots_allow_what_a_harvest_needs(replica: Replica) -> None:
    for site, base in replica.bases.items():
        robots = urllib.robotparser.RobotFileParser()
        robots.parse(ask(base + "/robots.txt").text().splitlines())
        wanted = [section.path for section in site_facts()[site].sections]
        wanted += [replica.url(site, key).removeprefix(base) for key in replica.documents(site)]
        assert all(robots.can_fetch("harvester", base + path) for path in wanted)
        assert not robots.can_fetch("harvester", base + "/admin/login")


@pytest.mark.parametrize("site", list(site_facts()))
def test_a_document_can_be_published_edited_and_taken_down_while_the_site_runs(empty: Replica, site: str) -> None:
    key = empty.add(site, NOTE)
    url = empty.url(site, key)
    charset = {"anhui": "gbk", "suzhou_sip": "utf-8-sig"}.get(site, "utf-8")
    before = ask(url)
    assert "先写一行" in before.text(charset)
    assert key in lists(empty, site, charset)
    empty.edit(site, key, body_html="<p>改成两行。</p>", listed_on=date(2026, 11, 21))
    after = ask(url)
    assert "改成两行" in after.text(charset) and "先写一行" not in after.text(charset)
    if "etag" in before.headers:
        assert after.headers["etag"] != before.headers["etag"]
        assert ask(url, headers={"If-None-Match": before.headers["etag"]}).status == 200
        assert ask(url, headers={"If-Modified-Since": before.headers["last-modified"]}).status == 200
    assert "2026-11-21" in lists(empty, site, charset).replace("/", "-")
    empty.remove(site, key)
    assert ask(url).status == 404
    assert key not in lists(empty, site, charset)


@pytest.mark.parametrize("site", list(site_facts()))
def test_a_document_can_move_and_come_back_while_the_site_runs(empty: Replica, site: str) -> None:
    key = empty.add(site, NOTE)
    old = empty.url(site, key)
    before = ask(old)
    new = empty.move(site, key)
    assert new != key
    assert (ask(old).status, ask(empty.url(site, new)).status) == (404, 200)
    assert empty.documents(site)[new].body_html == NOTE.body_html
    empty.remove(site, new)
    empty.restore(site, key)
    assert ask(old).body == before.body


def test_an_address_that_a_document_left_can_lead_to_its_new_one(empty: Replica) -> None:
    key = empty.add("anhui", NOTE)
    old = empty.url("anhui", key)
    new = empty.move("anhui", key, forward=True)
    answer = ask(old)
    assert (answer.status, empty.bases["anhui"] + answer.headers["location"]) == (301, empty.url("anhui", new))


def test_a_file_that_is_unlinked_is_on_no_page_and_still_at_its_address(empty: Replica) -> None:
    files = tuple((f"{name}.txt", "text/plain", name.encode()) for name in ("one", "two"))
    key = empty.add("shanghai", replace(NOTE, attachments=files))
    first, last = empty.file_urls("shanghai", key)
    empty.unlink("shanghai", key)
    assert empty.file_urls("shanghai", key) == [first]
    assert last.rpartition("/")[2] not in ask(empty.url("shanghai", key)).text()
    assert (ask(first).body, ask(last).body) == (b"one", b"two")


@pytest.mark.parametrize("site", list(site_facts()))
def test_page_chrome_changes_every_page_and_no_document(empty: Replica, site: str) -> None:
    key = empty.add(site, NOTE)
    charset = {"anhui": "gbk", "suzhou_sip": "utf-8-sig"}.get(site, "utf-8")
    before = ask(empty.url(site, key))
    empty.redecorate(site, "访问量 <8>")
    try:
        after = ask(empty.url(site, key), headers={"If-None-Match": before.headers.get("etag", "")})
        assert (after.status, "访问量 &lt;8&gt;" in after.text(charset)) == (200, True)
        assert empty.documents(site)[key] == replace(NOTE, section=empty.documents(site)[key].section)
    finally:
        empty.redecorate(site, "")


def lists(replica: Replica, site: str, charset: str) -> str:
    path = site_facts()[site].sections[0].path
    if site == "zhejiang":
        path = "/api-gateway/jpaas-publish-server/front/page/build/unit?webId=3185&pageId=1229565788"
    elif path.endswith("/"):
        path += "index.html"
    return ask(replica.bases[site] + path).text(charset)


def test_two_changes_within_a_second_have_two_dates(empty: Replica) -> None:
    key = empty.add("national", NOTE)
    stamps = []
    for number in range(3):
        empty.edit("national", key, title=f"第{number}稿")
        stamps.append(ask(empty.url("national", key)).headers["last-modified"])
    assert len(set(stamps)) == 3


def test_extra_documents_and_their_files_are_published_at_the_start() -> None:
    note = replace(NOTE, site="anhui", attachments=(("一行字.txt", "text/plain", "一行字".encode()),))
    with Replica(["anhui"], extra=[note], own_content=False) as replica:
        (key,) = replica.documents("anhui")
        assert ask(replica.file_urls("anhui", key)[0]).text() == "一行字"


def test_the_same_document_twice_gets_two_keys_and_a_given_key_only_once(empty: Replica) -> None:
    assert empty.add("shanghai", NOTE) != empty.add("shanghai", NOTE)
    empty.add("shanghai", replace(NOTE, key="0" * 32))
    with pytest.raises(ValueError, match="already published"):
        empty.add("shanghai", replace(NOTE, key="0" * 32))


def test_the_log_holds_every_request_in_order(empty: Replica) -> None:
    base = empty.bases["jiangsu"]
    ask(base + "/robots.txt")
    ask(base + "/module/web/jpage/dataproxy.jsp?page=1", "POST", "columnid=284&unitid=423656")
    ask(base + "/nowhere")
    assert [(record.site, record.method, record.status) for record in empty.requests] == [
        ("jiangsu", "GET", 200),
        ("jiangsu", "POST", 200),
        ("jiangsu", "GET", 404),
    ]
    assert empty.requests[1].path == "/module/web/jpage/dataproxy.jsp?page=1"
    assert empty.counts() == {"jiangsu": 3}


def test_pages_bear_the_real_host_and_never_the_port(replica: Replica) -> None:
    for site, base in replica.bases.items():
        key = next(iter(replica.documents(site)))
        body = ask(replica.url(site, key)).body.decode("gbk" if site == "anhui" else "utf-8")
        assert site_facts()[site].host in body
        assert base.removeprefix("http://") not in body


def test_wrong_names_are_refused_in_a_sentence(empty: Replica) -> None:
    with pytest.raises(ValueError, match="choose among shanghai"):
        Replica(["beijing"])
    with pytest.raises(ValueError, match="not served here"):
        empty.add("beijing", NOTE)
    with pytest.raises(ValueError, match="has no section"):
        empty.add("shanghai", replace(NOTE, section="nowhere"))
    with pytest.raises(KeyError, match="No document"):
        empty.remove("shanghai", "absent")


def test_hostile_requests_are_answered_and_the_site_lives_on(empty: Replica) -> None:
    base = empty.bases["jiangsu"]
    parts = urlsplit(base)
    for line in (b"GET /../../etc/passwd HTTP/1.1\r\n\r\n", b"NONSENSE\r\n\r\n", b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n"):
        with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=5) as connection:
            connection.sendall(line)
            assert connection.recv(20)[:5] in (b"HTTP/", b"<!DOC")
    odd = "/module/web/jpage/dataproxy.jsp?startrecord=-5&endrecord=x&columnid=284&unitid=423656"
    assert ask(base + odd).status == 200
    assert ask(base + "/col/col284/index.html").status == 200


def test_closing_frees_the_ports_and_may_be_repeated() -> None:
    replica = Replica(["shanghai"], own_content=False)
    port = urlsplit(replica.bases["shanghai"]).port or 0
    replica.close()
    replica.close()
    with Replica(["shanghai"], own_content=False, port_base=port) as again:
        assert again.bases["shanghai"].endswith(f":{port}")


def test_the_runner_prints_the_bases_and_ends_on_a_signal() -> None:
    command = [sys.executable, "-m", "harvester.replica", "anhui", "--fault", "500@list"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        bases = json.loads(process.stdout.readline())
        assert ask(bases["anhui"] + "/ywdt/tzgg/index.html").status == 500
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.communicate()


def test_the_runner_serves_all_ten_sites_when_none_is_named() -> None:
    process = subprocess.Popen([sys.executable, "-m", "harvester.replica"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert set(json.loads(process.stdout.readline())) == set(every_site())
    finally:
        process.kill()
        process.communicate()


def test_the_runner_refuses_a_wrong_fault_with_status_2() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "harvester.replica", "--fault", "flood"], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 2
    assert "choose one of" in done.stderr

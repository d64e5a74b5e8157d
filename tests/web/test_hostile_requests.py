"""Requests that no page of the room sends: other hosts and sites, odd addresses and methods, too much, too slow; nothing leaks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.responses import StreamingResponse
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html

from harvester.web.access import rights
from harvester.web.app import create_app
from harvester.web.shown import DISPLAY
from storage.store import Store
from tests.web import sample
from tests.web.people import BASE, HTML, House, people, token_in


@pytest.fixture(scope="module")
def house(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Give a room with accounts for all tests that change nothing there."""
    with sample.copied(sample_folder, tmp_path_factory.mktemp("hostile") / "room") as opened:
        people(opened)
        yield House(opened)


# --- hosts and sites -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8017", "localhost", "LOCALHOST:1", "[::1]:8017", "127.9.9.9"])
def test_a_room_on_loopback_answers_to_loopback(shared_client: TestClient, host: str) -> None:
    assert shared_client.get("/static/icon.svg", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8017",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "10.0.0.1",
        "0.0.0.0",  # noqa: S104
        "[::]",
        "[::ffff:8.8.8.8]",
    ],
)
def test_a_name_that_was_bound_to_loopback_by_a_stranger_gets_no_answer(shared_client: TestClient, host: str) -> None:
    answer = shared_client.get("/tasks", headers={"host": host, **HTML})
    assert answer.status_code == 421
    assert "本室" in answer.text
    assert host not in answer.text


@pytest.mark.parametrize("host", ["", " ", "a b", "127.0.0.1@evil.example", "127.0.0.1/", "127.0.0.1:x", "a" * 300, "[::1", "<script>"])
def test_a_host_that_is_none_is_refused(shared_client: TestClient, host: str) -> None:
    assert shared_client.get("/tasks", headers={"host": host}).status_code == 400


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "evil.example", "room.example.evil.example", "10.0.0.7"])
def test_a_room_with_a_name_answers_to_no_other(house: House, host: str) -> None:
    assert house.person("rui").get("/tasks", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "Via", "X-Real-IP"])
def test_an_open_room_takes_nothing_from_a_proxy(shared_client: TestClient, header: str) -> None:
    answer = shared_client.get("/tasks", headers={header: "203.0.113.9"})
    assert answer.status_code == 403
    assert "--base" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "http://localhost"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"},
        {"origin": "https://evil.example", "sec-fetch-site": "same-origin"},
    ],
)
def test_another_site_changes_nothing_even_with_the_token(client: TestClient, headers: dict[str, str]) -> None:
    form = {"token": token_in(client.get("/accounts")), "name": "mallory", "role": "operator"}
    assert client.post("/accounts", data=form, headers=headers).status_code == 403
    assert "mallory" not in client.get("/accounts").text


def test_our_own_form_goes_through_as_browsers_send_it(client: TestClient) -> None:
    token = token_in(client.get("/accounts"))
    told = {"origin": "http://127.0.0.1", "sec-fetch-site": "same-origin", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    for number, headers in enumerate((told, told | {"origin": "null"}, {})):
        assert client.post("/accounts", data={"token": token, "name": f"own{number}"}, headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("mode", "target", "status"),
    [
        ("navigate", "document", 200),
        ("no-cors", "script", 403),
        ("cors", "empty", 403),
        ("navigate", "iframe", 403),
        ("no-cors", "image", 403),
    ],
)
def test_another_site_may_lead_here_and_nothing_else(shared_client: TestClient, mode: str, target: str, status: int) -> None:
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": mode, "sec-fetch-dest": target}
    assert shared_client.get("/tasks", headers=headers).status_code == status


def test_no_other_site_may_read(shared_client: TestClient) -> None:
    asked = {"origin": "https://evil.example", "access-control-request-method": "POST", "access-control-request-headers": "content-type"}
    for answer in (
        shared_client.options("/api/v1/sql", headers=asked),
        shared_client.get("/tasks", headers={"origin": "https://evil.example"}),
    ):
        assert not [name for name in answer.headers if name.startswith("access-control")]
    assert shared_client.options("/accounts", headers=asked).status_code == 405


def test_json_to_an_open_room_needs_no_token_and_a_form_dressed_as_something_else_does(client: TestClient) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonp"):
        answer = client.post("/accounts", content=b'{"name": "mallory"}', headers={"content-type": kind})
        assert answer.status_code in (400, 403, 422), kind
    assert "mallory" not in client.get("/accounts").text


# --- addresses and methods ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["//accounts", "/tasks//../audit", "/%2faudit", "/tasks/%2e%2e%2faudit", "/\\audit", "/tasks%5c..%5caudit", "/audit%00",
     "/audit%0d%0aX: y",
     "/tasks?words=%00", "/audit%c0%af"],
)  # fmt: skip
def test_an_address_that_two_readers_would_read_differently_is_refused(house: House, path: str) -> None:
    assert raw(house.person("rui"), path) in (400, 403, 404)
    assert raw(house.nobody(), path) in (303, 400, 401, 404)


@pytest.mark.parametrize(
    "path",
    [
        "/./audit",
        "/tasks/../audit",
        "/%2e/audit",
        "/tasks/%2e%2e/audit",
        "/audit;a=b",
        "/audit/",
        "/AUDIT",
        "/audit.json",
        "/audit%20",
        "/%61udit",
    ],
)
def test_no_spelling_of_an_address_leads_a_reader_to_an_operator_s_page(house: House, path: str) -> None:
    answer = raw_answer(house.person("rui"), path)
    assert answer.status_code in (308, 400, 403, 404), path
    assert "审计日志" not in answer.text
    if answer.status_code == 308:
        assert answer.headers["location"] == "/audit"
    assert raw_answer(house.nobody(), path).status_code in (303, 308, 400, 401, 404)


def raw(client: TestClient, path: str) -> int:
    return raw_answer(client, path).status_code


def raw_answer(client: TestClient, path: str):
    """Ask for an address byte for byte, as httpx would not."""
    from urllib.parse import unquote

    bare, _, query = path.partition("?")

    async def app(scope, receive, send):
        scope |= {"path": unquote(bare), "raw_path": bare.encode(), "query_string": query.encode()}
        await client.app(scope, receive, send)

    twin = TestClient(app, base_url=str(client.base_url), follow_redirects=False, headers=dict(client.headers))
    twin.cookies = client.cookies
    return twin.get("/")


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-Original-URL", "X-Rewrite-URL"])
def test_headers_do_not_change_what_is_asked(house: House, header: str) -> None:
    reader = house.person("rui")
    value = "/audit" if header.endswith("URL") else "POST"
    answer = reader.get("/tasks", headers={header: value})
    assert answer.status_code == 200
    assert "审计日志" not in answer.text


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
def test_other_methods_do_nothing(house: House, method: str) -> None:
    for client in (house.nobody(), house.person("rui"), house.person("olga")):
        assert client.request(method, "/accounts").status_code in (401, 403, 405)
    assert house.person("olga").request(method, "/accounts").headers.get("allow", "GET")


def test_head_is_what_get_says_without_its_content(house: House) -> None:
    reader = house.person("rui")
    for path in ("/tasks", "/audit", "/static/style.css", "/nothing"):
        got, head = reader.get(path), reader.head(path)
        assert (head.status_code, head.content) == (got.status_code, b"")
        assert head.headers["content-type"] == got.headers["content-type"]
    assert house.nobody().head("/audit").status_code in (303, 401)


def test_a_head_of_a_long_answer_reads_no_more_than_its_beginning(shared_store: Store) -> None:
    app, read = create_app(shared_store), []

    def rows() -> Iterator[bytes]:
        for number in range(10_000):
            read.append(number)
            yield b"x" * 1000

    app.get("/long", dependencies=[rights.reader()])(lambda: StreamingResponse(rows()))
    answer = TestClient(app, base_url="http://127.0.0.1").head("/long")
    assert (answer.status_code, answer.content) == (200, b"")
    assert len(read) < 100


@pytest.mark.parametrize("value", ["zh\r\nSet-Cookie: evil=1", "zh%0d%0aSet-Cookie:%20evil=1", "zh\x00"])
def test_no_header_is_made_of_what_was_sent(shared_client: TestClient, value: str) -> None:
    for path in (f"/preferences?lang={value}&back={value}", f"/login?next={value}", f"/tasks/?a={value}"):
        answer = raw_answer(shared_client, path.replace("\r", "%0d").replace("\n", "%0a").replace("\x00", "%00"))
        assert "evil" not in answer.headers
        assert not any("evil=1" in line for line in answer.headers.get_list("set-cookie"))
        assert "\n" not in answer.headers.get("location", "")


# --- too much ----------------------------------------------------------------------------------------------------------------


def test_addresses_and_headers_have_their_limits(shared_client: TestClient) -> None:
    assert shared_client.get("/" + "a" * 3000).status_code == 414
    assert shared_client.get("/tasks?words=" + "a" * 9000).status_code == 414
    assert shared_client.get("/tasks", headers=[("x-many", "1")] * 200).status_code == 431


def test_what_is_refused_is_told_in_the_reader_s_language_and_not_sent_back(shared_client: TestClient) -> None:
    asked = "/tasks?lang=zh&words=" + "a" * 60_000
    answer = shared_client.get(asked, headers={"Accept": "text/html"})
    assert answer.status_code == 414
    assert "网址过长" in answer.text
    assert len(answer.text) < len(asked) / 4


@pytest.mark.parametrize("path", ["/login", "/nothing", "/login/nothing"])
def test_nobody_gets_back_many_times_what_was_sent(house: House, path: str) -> None:
    client = house.nobody() if path == "/login" else house.person("rui")
    for name in ("x", "next", "back", "q"):
        for sign in ("a", '"', "信", "&a="):
            sent = f"{path}?{name}={quote(sign, safe='&=') * (7900 // len(quote(sign, safe='&=')))}"
            assert len(client.get(sent).content) < len(client.get(path).content) + 2 * len(sent), (name, sign)


def test_a_page_of_a_question_as_long_as_people_ask_keeps_it_in_its_links(shared_client: TestClient) -> None:
    page = shared_client.get("/sql", params={"sql": f"SELECT {'1,' * 300}1", "lang": "zh"}, headers=HTML).text
    assert page.count("sql%3DSELECT") == len(DISPLAY)
    assert shared_client.get("/nothing/a%3Fb%23c%25d", headers=HTML).text.count('hreflang="en" href="/nothing/a%3Fb%23c%25d?lang=en"') == 1


ECHOES = (
    "/find?q={}", "/search?words={}", "/tasks?words={}", "/tasks?agency={}", "/documents?words={}", "/agencies?name={}",
    "/records?authority={}", "/records?document={}", "/changes?agency={}", "/changes?list={}", "/sql?sql=select%20'{}'",
    "/corrections/new?about={}", "/compare?old={}", "/align?words={}", "/d/{}", "/t/{}", "/nothing/{}", "/tasks.{}",
    "/dictionary?words={}",
)  # fmt: skip
"""Addresses whose pages show what was asked."""


@pytest.mark.parametrize("path", ECHOES)
def test_what_was_asked_comes_back_as_text_and_never_as_markup(shared_client: TestClient, path: str) -> None:
    for asked in ('"><img src=x onerror=alert(1)>', "'><svg onload=alert(1)>", "</textarea></title><script>alert(1)</script>"):
        page = shared_client.get(path.format(quote(asked, safe="/")), headers=HTML).text
        for element in html.document_fromstring(page).iter(etree.Element):
            assert not [name for name in map(str, element.attrib) if name.startswith("on")], asked
            assert element.tag != "script" or not (element.text or "").strip(), asked


@pytest.mark.parametrize("path", ECHOES)
def test_what_cannot_be_seen_in_a_question_is_written_out_like_what_a_site_wrote(shared_client: TestClient, path: str) -> None:
    answer = shared_client.get(path.format(quote("信\u202e用\u2066a\u200f")), headers=HTML)
    assert answer.status_code in (200, 400, 404, 422)
    assert not re.search("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", answer.text)
    assert "⟨U+202E⟩" in answer.text or "%E2%80%AE" in answer.text


@pytest.mark.parametrize("chunked", [False, True])
def test_a_form_that_is_too_large_is_not_taken_in(house: House, chunked: bool) -> None:
    taken = []

    def body(kilobytes: int) -> Iterator[bytes]:
        for number in range(kilobytes):
            taken.append(number)
            yield b"a" * 1024

    def send(client: TestClient, kilobytes: int) -> int:
        content = body(kilobytes) if chunked else b"a" * 1024 * kilobytes
        return client.post("/login", content=content, headers={"content-type": "application/x-www-form-urlencoded"}).status_code

    assert send(house.nobody(), 17) == 413
    assert send(house.person("olga"), 17) == 403
    assert send(house.person("olga"), 1025) == 413
    assert send(house.nobody(), 15) == 403


def test_a_form_with_thousands_of_fields_is_refused(house: House) -> None:
    client = house.nobody()
    answer = client.post(
        "/login", content="&".join(f"a{n}=" for n in range(3000)), headers={"content-type": "application/x-www-form-urlencoded"}
    )
    assert answer.status_code in (400, 413)


# --- every answer ------------------------------------------------------------------------------------------------------------


def test_every_answer_carries_the_headers_of_the_room(house: House) -> None:
    clients = (house.nobody(), house.person("rui"))
    for path in ("/", "/login", "/audit", "/nothing", "/static/style.css", "/api/v1/tasks", "//", "/account"):
        for client in clients:
            answer = client.get(f"{BASE}{path}")
            assert "default-src 'none'" in answer.headers["content-security-policy"]
            assert "unsafe" not in answer.headers["content-security-policy"]
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["strict-transport-security"].startswith("max-age=")
            assert answer.headers["referrer-policy"] == "same-origin"
            assert "server" not in answer.headers
            shown = answer.headers["cache-control"]
            assert "no-store" in shown or "private" in shown or path.startswith("/static/")
    for path in ("/account", "/login", "/records", "/audit"):
        assert "no-store" in clients[1].get(path).headers["cache-control"]


@given(
    st.binary(max_size=60),
    st.text(max_size=30),
    st.sampled_from(["cookie", "authorization", "accept", "origin", "x-token", "accept-language"]),
)
def test_a_property_no_header_and_no_form_breaks_the_door(house: House, body: bytes, value: str, header: str) -> None:
    client = house.nobody()
    sent = {header: value.encode("utf-8", "replace"), "content-type": "application/x-www-form-urlencoded"}
    assert client.get("/tasks", headers=sent).status_code in (303, 401, 403)
    assert client.post("/login", content=body, headers=sent).status_code in (400, 403, 422)

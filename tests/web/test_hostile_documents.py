"""Whatever a site writes is text to us: in no page, file, feed or calendar does it become markup, a formula, a line or a header."""

from __future__ import annotations

import csv
import io
import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

import icalendar
import openpyxl
import pytest
from fastapi.testclient import TestClient
from lxml import etree, html

from harvester import audited
from harvester.reports.pieces import visible
from harvester.web.shown import shown_address, site_link
from storage import notice_queries, queries
from storage.store import Store
from tests.web import hostile
from tests.web.conftest import client_of
from tests.web.hostile import ADDRESSES, CELLS, EVERYTHING, LOOKALIKE, MARK, MARKUP

QUOTED = f'https://credit.example.cn/"onclick="{MARK}()'
"""An address that is one, as long as it is escaped."""
BYTES, SECONDS = 4_000_000, 20.0
"""The most of a page, and of the time it takes."""
KNOWN_SCRIPTS = {"/static/room.js"}
OWN = re.compile(r"/(?!/)[\x21-\x7e]*|#[\x21-\x7e]*|\?[\x21-\x7e]*")
INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
FORBIDDEN = {"iframe", "object", "embed", "base", "applet", "frame", "style", "template", f"{MARK}-element"}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Give a store in which everything is hostile."""
    folder = tmp_path_factory.mktemp("hostile")
    with Store.open(f"sqlite:///{folder / 'room.sqlite'}", archive=folder / "archive", create=True) as made:
        hostile.fill(made)
        hostile.put_huge_table(made)
        yield made


@pytest.fixture(scope="module")
def client(store: Store) -> Iterator[TestClient]:
    """Give a client of the open room over it."""
    with client_of(store) as opened:
        opened.follow_redirects = True
        yield opened


@pytest.fixture(scope="module")
def places(store: Store) -> list[str]:
    """Give the addresses of all that is hostile, and of the lists in which it stands."""
    documents, tasks = queries.documents(store), queries.tasks(store)
    records = notice_queries.notices(store, notice_queries.NO_FILTERS, today=audited.today())
    assert len(documents) == len(EVERYTHING) + 1
    assert len(records) == len(EVERYTHING)
    first = next(row["id"] for row in documents if row["version"] == 2)
    lists = [
        "/",
        "/tasks",
        "/documents",
        "/agencies",
        "/records",
        "/changes?cause=any",
        "/coverage",
        "/review",
        "/watches",
        "/audit",
        "/align",
    ]
    asked = [
        f"{page}{quote(text[:60], safe='')}"
        for text in MARKUP[:4]
        for page in ("/find?q=", "/search?words=", "/tasks?agency=", "/sql?sql=")
    ]
    asked += [f"/corrections/new?about=%2Ftasks&field={quote(text[:60], safe='')}" for text in MARKUP[:4]]
    compared = [
        f"/compare?old={first}%401&new={first}%402",
        f"/align?documents={first}&documents={documents[1]['id']}",
        "/sql?sql=select+*+from+v_tasks",
    ]
    own = [f"/d/{row['id']}" for row in documents] + [f"/d/{first}/history", f"/d/{first}/v1", f"/d/{first}/archived"]
    own += [f"/t/{row['lasting_id']}" for row in tasks[::2]] + [f"/a/a000{n}" for n in range(len(MARKUP))] + [f"/w/{documents[0]['work']}"]
    return lists + asked + compared + own + [f"/n/{row['id']}" for row in records] + [f"/s/{row['code']}" for row in records[:6]]


def test_no_page_holds_an_element_an_attribute_or_a_link_that_a_site_wrote(client: TestClient, places: list[str]) -> None:
    for place in places:
        begun = time.monotonic()
        answer = client.get(place, headers={"Accept": "text/html"})
        assert answer.status_code in (200, 400, 404, 422), place
        assert time.monotonic() - begun < SECONDS, place
        assert len(answer.content) < BYTES, place
        assert answer.headers["content-security-policy"].startswith("default-src 'none'"), place
        hold(answer.text, place)


def hold(page: str, place: str) -> None:
    """Hold a page against what no site may bring into it."""
    assert not INVISIBLE.search(page.replace("\t", " ")), place
    tree = html.document_fromstring(page)
    for element in tree.iter(etree.Element):
        assert element.tag not in FORBIDDEN, (place, element.tag)
        assert not [name for name in map(str, element.attrib) if name.startswith("on") or MARK in name or name == "style"], (
            place,
            element.attrib,
        )
    assert {element.get("src") for element in tree.iter("script")} <= KNOWN_SCRIPTS, place
    assert not [element for element in tree.iter("script") if (element.text or "").strip()], place
    assert not [element for element in tree.iter("meta") if element.get("http-equiv")], place
    for element in tree.iter("a", "form", "link", "img", "button"):
        for name in ("href", "src", "action", "formaction"):
            hold_link(element, element.get(name), place)


def hold_link(element: Any, link: str | None, place: str) -> None:
    """Hold that a link leads into this room, or openly to a site."""
    if link is None or OWN.fullmatch(link):
        return
    assert element.tag == "a", (place, link)
    parts = urlsplit(link)
    assert parts.scheme in ("http", "https"), (place, link)
    assert "@" not in parts.netloc, (place, link)
    assert {"noopener", "noreferrer", "nofollow"} <= set((element.get("rel") or "").split()), (place, link)


def test_no_template_works_out_what_a_site_wrote(client: TestClient, store: Store) -> None:
    row = next(row for row in queries.documents(store) if "{{7*7}}" in row["title"])
    page = client.get(f"/d/{row['id']}").text
    assert "{{7*7}}" in "".join(str(each) for each in html.document_fromstring(page).itertext())
    assert f"{MARK}49" not in page


def test_a_look_alike_address_is_shown_in_the_letters_that_are_looked_up() -> None:
    fake = next(address for address in ADDRESSES if "\u0441" in address)
    assert LOOKALIKE in shown_address(fake)
    assert [address for address in ADDRESSES if site_link(address)] == [fake, QUOTED, "https://例子.测试/通知"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_feed_is_well_formed_whatever_stands_in_it(client: TestClient, lang: str) -> None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=False)
    answer = client.get(f"/changes.atom?lang={lang}&all=1")
    feed = etree.fromstring(answer.content, parser)
    names = {element.tag.partition("}")[2] for element in feed.iter(etree.Element)}
    assert names <= {"feed", "id", "title", "updated", "author", "name", "generator", "link", "entry", "category", "summary", "content",
                     "deleted-entry", "comment"}  # fmt: skip
    assert len(feed.findall("{*}entry")) > len(EVERYTHING)
    for content in feed.iter("{*}content"):
        inner = html.fragment_fromstring(content.text or "", create_parent="div")
        assert {element.tag for element in inner.iter(etree.Element)} <= {"div", "p", "a"}
        assert all(str(link.get("href", "")).startswith(("http://", "https://")) for link in inner.iter("a"))
    assert client.get("/changes.json?all=1").json()["items"]


def test_no_line_of_a_calendar_is_a_site_s(client: TestClient, store: Store) -> None:
    answer = client.get("/calendar/tasks.ics")
    calendar = icalendar.Calendar.from_ical(answer.content)
    events = list(calendar.walk("VEVENT"))
    assert len(events) >= len(queries.tasks(store))
    assert answer.content.count(b"BEGIN:VEVENT\r\n") == len(events)
    known = re.compile(rb"(?:[A-Z][A-Z-]*[;:]| )")
    assert [line for line in answer.content.split(b"\r\n") if line and not known.match(line)] == []
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n")), "lines are folded at 75 octets (RFC 5545 3.1)"
    assert not [event for event in events if MARK in "".join(event.keys()).lower()]


@pytest.mark.parametrize("path", ["/tasks.csv", "/documents.csv", "/api/v1/notices?format=csv"])
def test_no_cell_of_a_table_is_a_formula(client: TestClient, path: str) -> None:
    answer = client.get(path)
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert len(rows) > len(EVERYTHING)
    assert {len(row) for row in rows} == {len(rows[0])}
    bad = [cell for row in rows for cell in row if re.match(r"[=@\t\r]|[+-](?![0-9.])", cell)]
    assert bad == []
    assert MARK not in answer.headers["content-disposition"]


def test_no_cell_of_a_workbook_is_a_formula(client: TestClient) -> None:
    answer = client.get("/documents.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert len(cells) > len(EVERYTHING)
    assert [cell.value for cell in cells if cell.data_type == "f" or cell.hyperlink] == []


@pytest.mark.parametrize("place", ["/t/{task}.json", "/d/{document}.bib", "/d/{document}.txt", "/d/{document}/v1/archived/bytes"])
def test_no_header_is_a_site_s(client: TestClient, store: Store, place: str) -> None:
    row = next(row for row in queries.tasks(store) if "Set-Cookie" in row["text"])
    answer = client.get(place.format(task=row["lasting_id"], document=row["document"]))
    assert "set-cookie" not in answer.headers
    assert not [name for name, value in answer.headers.items() if MARK in f"{name}{value}"]


def test_a_huge_table_is_a_page_that_can_be_read(client: TestClient, store: Store) -> None:
    row = next(row for row in queries.documents(store) if row["title"] == "大表")
    begun = time.monotonic()
    page = client.get(f"/d/{row['id']}")
    assert page.status_code == 200
    assert time.monotonic() - begun < SECONDS
    assert len(page.content) < BYTES
    assert str(CELLS - 1) not in page.text, "the rest is on further pages"


def test_what_cannot_be_seen_is_written_out() -> None:
    for text in hostile.HIDDEN:
        assert not INVISIBLE.search(visible(text))

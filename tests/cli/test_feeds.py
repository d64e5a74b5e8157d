"""Atom: what any feed reader accepts, safe whatever a site wrote, and never anything that was withdrawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from harvester.feeds import ATOM, NOBODY, TOMBSTONES, Channel, atom, authority_of
from storage.change_filters import ChangeFilters
from tests.storage.feed_samples import task

AT = datetime(2026, 7, 15, 8, tzinfo=UTC)
CHANNEL = Channel("credit.example.org", ChangeFilters(agency="市档案局"), "zh", AT)
NAMES = {"a": ATOM, "at": TOMBSTONES}

# What RFC 4287 asks of a feed document, and RFC 6721 of a deleted entry, as far as this program writes it.
SCHEMA = etree.RelaxNG(
    etree.fromstring(
        f"""
<grammar xmlns="http://relaxng.org/ns/structure/1.0" ns="{ATOM}" datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <start><element name="feed"><attribute name="xml:lang"/><interleave>
    <ref name="id"/><ref name="title"/><ref name="updated"/>
    <oneOrMore><element name="author"><element name="name"><data type="token"><param name="minLength">1</param></data></element></element>
    </oneOrMore>
    <optional><element name="generator"><text/></element></optional>
    <zeroOrMore><ref name="link"/></zeroOrMore>
    <zeroOrMore><ref name="entry"/></zeroOrMore>
    <zeroOrMore><ref name="deleted"/></zeroOrMore>
  </interleave></element></start>
  <define name="entry"><element name="entry"><interleave>
    <ref name="id"/><ref name="title"/><ref name="updated"/>
    <zeroOrMore><element name="category"><attribute name="term"><data type="token"/></attribute></element></zeroOrMore>
    <zeroOrMore><ref name="link"/></zeroOrMore>
    <optional><element name="summary"><attribute name="type"><value>text</value></attribute><text/></element></optional>
    <optional><element name="content"><attribute name="type"><value>html</value></attribute><text/></element></optional>
  </interleave></element></define>
  <define name="deleted"><element name="deleted-entry" ns="{TOMBSTONES}">
    <attribute name="ref" ns=""><data type="anyURI"/></attribute><attribute name="when" ns=""><ref name="moment"/></attribute>
    <optional><element name="comment" ns="{TOMBSTONES}"><text/></element></optional>
  </element></define>
  <define name="link"><element name="link">
    <attribute name="href"><data type="anyURI"/></attribute><attribute name="rel"/>
  </element></define>
  <define name="id"><element name="id"><data type="anyURI"><param name="pattern">tag:[a-z0-9.-]+,2026:[a-z]+:[0-9A-Za-z]+</param></data>
  </element></define>
  <define name="title"><element name="title"><data type="string"><param name="minLength">1</param></data></element></define>
  <define name="updated"><element name="updated"><ref name="moment"/></element></define>
  <define name="moment"><data type="dateTime"><param name="pattern">.*Z</param></data></define>
</grammar>"""
    )
)


def row(seq: int, **more: Any) -> dict[str, Any]:
    state = task(seq)
    told = {"seq": seq, "known_at": AT, "as_of": AT.date(), "entity": "task", "entity_id": state["id"], "kind": "added", "fields": []}
    place = {"site": "jiangkou", "document_id": "d1", "document_state": "live", "title": "工作安排", "url": "https://jiangkou.example.cn/1"}
    empty = {
        "before": None,
        "after": state,
        "record": None,
        "subject": "",
        "list_name": "",
        "record_kind": "",
        "reason": "",
        "other_title": "",
    }
    return told | place | empty | more


def notice(seq: int, kind: str, **more: Any) -> dict[str, Any]:
    record = {
        "subject": "江口青禾有限公司",
        "code": "",
        "title": "",
        "number": "",
        "decided_on": None,
        "ends_on": None,
        "url": "https://x.example.cn/",
    }
    told = {
        "entity": "notice",
        "entity_id": "n1",
        "kind": kind,
        "record_kind": "list-entry",
        "list_name": "严重失信主体名单",
        "after": None,
    }
    return row(seq, **told, document_id=None, document_state=None, title="", url="", record=record, subject=record["subject"]) | more


def parsed(rows: list[dict[str, Any]], channel: Channel = CHANNEL) -> Any:
    document = etree.fromstring(atom(rows, channel).encode())
    SCHEMA.assertValid(document)
    return document


def texts(document: Any, path: str) -> list[str]:
    return [str(found) for found in document.xpath(path, namespaces=NAMES)]


def test_entries_stand_newest_first_with_lasting_identifiers() -> None:
    document = parsed([row(1), row(2)])
    assert texts(document, "//a:entry/a:id/text()") == ["tag:credit.example.org,2026:change:2", "tag:credit.example.org,2026:change:1"]
    assert texts(document, "//a:entry/a:updated/text()") == ["2026-07-15T08:00:00Z"] * 2
    assert "编制公共信用信息目录" in texts(document, "//a:entry/a:summary/text()")[0]
    assert texts(document, "//a:entry/a:link[@rel='alternate']/@href") == ["https://jiangkou.example.cn/1"] * 2


def test_a_feed_has_one_identifier_for_one_question_however_its_pages_are_cut() -> None:
    page = replace(CHANNEL, asked=replace(CHANNEL.asked, since_seq=7, limit=3), more=10)
    assert page.id == CHANNEL.id
    assert replace(CHANNEL, asked=ChangeFilters(agency="市统计局")).id != CHANNEL.id
    assert texts(parsed([row(8)], page), "/a:feed/a:link/@href") == ["?since=10"]


def test_an_empty_feed_is_valid_too() -> None:
    assert texts(parsed([]), "/a:feed/a:updated/text()") == ["2026-07-15T08:00:00Z"]


def test_a_record_that_left_is_a_deleted_entry_and_nothing_of_it_is_repeated() -> None:
    document = parsed([notice(1, "entered", record=None, subject=""), notice(2, "left", record=None, subject="", reason="expired")])
    assert texts(document, "//a:entry/a:id/text()") == []
    assert texts(document, "//at:deleted-entry/@ref") == ["tag:credit.example.org,2026:record:n1"]
    assert texts(document, "//at:deleted-entry/@when") == ["2026-07-15T08:00:00Z"]


def test_a_record_has_one_entry_as_long_as_it_is_shown() -> None:
    document = parsed([notice(1, "entered"), notice(2, "changed")])
    assert texts(document, "//a:entry/a:id/text()") == ["tag:credit.example.org,2026:record:n1"]
    assert texts(document, "//a:entry/a:link/@href") == ["https://x.example.cn/"]
    assert texts(parsed([notice(1, "entered", record=None, subject="")]), "//a:entry") == []


def test_what_a_withdrawn_document_said_is_deleted_but_its_withdrawal_is_told() -> None:
    gone = row(3, entity="document", entity_id="d1", kind="withdrawn", after={"title": "工作安排"}, document_state="withdrawn")
    document = parsed([row(1, document_state="withdrawn"), gone])
    assert texts(document, "//a:entry/a:id/text()") == ["tag:credit.example.org,2026:change:3"]
    assert texts(document, "//at:deleted-entry/@ref") == ["tag:credit.example.org,2026:change:1"]
    assert "编制公共信用信息目录" not in etree.tostring(document, encoding="unicode")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "", "//x.example.cn/", "file:///etc/passwd"])
def test_an_address_that_is_no_web_page_is_no_link(url: str) -> None:
    document = parsed([row(1, url=url)])
    assert texts(document, "//a:entry/a:link") == []
    assert "<a " not in texts(document, "//a:entry/a:content/text()")[0]


@given(words=st.text(), url=st.text(max_size=9).map(lambda path: f"https://x.example.cn/{path}"))
def test_property_whatever_a_site_wrote_the_feed_is_valid_and_its_html_has_no_markup_of_the_site(words: str, url: str) -> None:
    document = parsed([row(1, title=words, url=url, after=task(1, words))])
    content = etree.HTML(texts(document, "//a:entry/a:content/text()")[0])
    assert {element.tag for element in content.iter()} <= {"html", "body", "p", "a"}
    assert {name for element in content.iter() for name in element.attrib} <= {"href"}


@pytest.mark.parametrize(
    ("contact", "authority"),
    [
        ("https://Credit.example.org/about", "credit.example.org"),
        ("mailto:data@credit.example.org", "credit.example.org"),
        ("data@credit.example.org", "credit.example.org"),
        ("", NOBODY),
        ("张三", NOBODY),
        ("https://", NOBODY),
        ("http://[", NOBODY),
        ("zhangsan", NOBODY),
        ("credit.example.org", "credit.example.org"),
    ],
)
def test_identifiers_are_minted_in_the_operator_s_name(contact: str, authority: str) -> None:
    assert authority_of(contact) == authority

"""Pages of public records: only what may be shown today, logged before it is shown, and nobody is searched by name."""

from __future__ import annotations

import io
from datetime import date, timedelta
from functools import partial
from typing import Any

import pandas as pd
import pytest
from fastapi.testclient import TestClient
from lxml import html

from harvester import audited
from harvester.web.pages.asked_records import code_of
from harvester.web.pages.record_words import rule_words
from normalizers.notices.term_rules import rules
from storage import audit, notice_queries
from storage.notice_queries import NO_FILTERS, NoticeFilters
from storage.store import Store
from tests.storage.notice_samples import FIRM, OTHER, PERSON, ingest, make_given, make_notice
from tests.storage.samples import AT
from tests.storage.takedown_cases import suppress


def words_of(page: str) -> str:
    return " ".join(html.document_fromstring(page).xpath("string(//main)").split())


def record_of(store: Store, name: str, kind: str = "penalty") -> str:
    rows = notice_queries.notices(store, NoticeFilters(kind=kind), today=audited.today())
    return str(next(row["id"] for row in rows if row["subject"] == name))


def test_the_list_has_the_filters_of_the_command_and_counts_by_kind(shared_client: TestClient) -> None:
    page = shared_client.get("/records").text
    assert FIRM.name in page
    assert OTHER.name in page
    only = words_of(shared_client.get("/records", params={"kind": "list-entry"}).text)
    assert OTHER.name in only
    assert FIRM.name not in only
    assert words_of(shared_client.get("/records", params={"code": FIRM.code.lower()}).text).count(FIRM.name) == 2


def test_what_is_shown_of_records_is_logged_first_and_kept_by_no_cache(client: TestClient, store: Store) -> None:
    identifier = record_of(store, FIRM.name)
    for place, action in (("/records", "notices"), (f"/n/{identifier}", "notice"), (f"/s/{FIRM.code}", "dossier")):
        before = len(audit.entries(store, action=action))
        answer = client.get(place)
        assert answer.headers["cache-control"] == "no-store"
        assert len(audit.entries(store, action=action)) == before + 1
    assert audit.entries(store, notice_id=identifier)
    assert FIRM.code not in str(audit.entries(store)), "what was asked for stands there as a tag"


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet", "jsonl"])
def test_the_list_is_offered_as_files_and_who_took_which_records_is_logged_first(client: TestClient, store: Store, form: str) -> None:
    page = html.fromstring(client.get("/records?kind=permit").text)
    offered = {str(link.text): str(link.get("href")) for link in page.xpath('//div[contains(@class, "taking")]//a')}
    assert list(offered) == ["CSV", "XLSX", "Parquet", "JSONL", "JSON"]
    before = len(audit.entries(store))
    answer = client.get(next(address for address in offered.values() if f".{form}?" in address))
    assert "no-store" in answer.headers["cache-control"]
    reads: dict[str, Any] = {
        "csv": pd.read_csv,
        "xlsx": pd.read_excel,
        "parquet": pd.read_parquet,
        "jsonl": partial(pd.read_json, lines=True),
    }
    taken = reads[form](io.BytesIO(answer.content))
    logged = audit.entries(store)
    assert len(logged) == before + 1
    assert (logged[0]["action"], logged[0]["rows"], sorted(logged[0]["notice_ids"])) == ("export", len(taken), sorted(taken["notice"]))
    assert logged[0]["what"]["kind"] == "permit"
    assert len(taken) > 0
    assert all(client.get(link).status_code == 200 for link in taken["link"][:3])


def test_a_page_of_records_as_json_is_logged_and_leads_on(client: TestClient, store: Store) -> None:
    before = len(audit.entries(store))
    answer = client.get("/records.json?kind=permit")
    told = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert told["total"] == len(notice_queries.notices(store, NoticeFilters(kind="permit"), today=audited.today()))
    logged = audit.entries(store)
    assert (len(logged), sorted(logged[0]["notice_ids"])) == (before + 1, sorted(row["id"] for row in told["records"]))
    assert client.get("/records.exe").status_code == 404
    assert client.get("/records.csv?kind=permit&after=x").status_code in (400, 422)


def test_a_record_tells_what_was_read_its_term_and_the_rule(shared_client: TestClient, shared_store: Store) -> None:
    told = words_of(shared_client.get(f"/n/{record_of(shared_store, FIRM.name)}?lang=en").text)
    assert FIRM.code in told
    assert "2,000.50" in told or "2,000.5" in told
    assert "Counted from" in told
    assert "no certificate" in told


def test_of_a_person_only_the_reduced_name_the_kind_and_the_days_are_shown(shared_client: TestClient, shared_store: Store) -> None:
    told = words_of(shared_client.get(f"/n/{record_of(shared_store, PERSON.name)}").text)
    assert PERSON.name in told
    assert "罚款二千元" not in told
    assert "货架" not in told


@pytest.mark.parametrize("query", ["code=11010519491231002X", "code=92310101MA1FL0000X"])
def test_nobody_is_searched_by_a_personal_code(shared_client: TestClient, query: str) -> None:
    answer = shared_client.get(f"/records?{query}")
    assert answer.status_code == 400
    assert '<ol class="records">' not in answer.text
    assert words_of(shared_client.get(f"/records?name={PERSON.name}").text).count(PERSON.name) == 1, "only where the filter itself is told"


def test_what_is_past_its_term_leaves_a_page_that_does_not_say_what_it_was(client: TestClient, store: Store) -> None:
    name, today = "一日纸品有限公司", audited.today()
    run = store.begin_run("jiangkou_records", ["penalties"], AT, region="310000")
    subject = type(FIRM)(FIRM.kind, name, FIRM.code, organization_code=FIRM.organization_code)
    ingest(store, make_given("77", make_notice(subject=subject, number="江罚〔2026〕77号")), run=run, today=today)
    identifier = record_of(store, name)
    assert name in client.get(f"/n/{identifier}").text
    suppress(store, identifier, AT)
    gone, never = client.get(f"/n/{identifier}"), client.get("/n/n0123456789abcdef")
    assert gone.status_code == never.status_code == 404
    assert words_of(gone.text) == words_of(never.text), "nobody can tell which it was"
    assert name not in client.get(f"/s/{FIRM.code}").text + client.get("/records").text


def test_a_page_of_many_records_goes_on_behind_the_last_one(store: Store, client: TestClient) -> None:
    run, today = store.begin_run("jiangkou_records", ["penalties"], AT, region="310000"), audited.today()
    many = [make_given(f"m{n}", make_notice(number=f"江多罚〔2026〕{n}号", decided_on=today - timedelta(days=n % 7))) for n in range(130)]
    ingest(store, *many, run=run, today=today)
    seen, place = list[str](), "/records?words=江多罚"
    while place:
        tree = html.document_fromstring(client.get(place).text)
        seen += [str(link) for link in tree.xpath("//ol[@class='records']/li//a[starts-with(@href, '/n/')]/@href")]
        place = next(iter(map(str, tree.xpath("//nav[contains(@class, 'pager')]/a[@rel='next']/@href"))), "")
    assert len(seen) == len(set(seen)) == 130
    whole = [row["id"] for row in notice_queries.notices(store, NO_FILTERS, today=today)]
    assert [place.removeprefix("/n/") for place in seen] == [each for each in whole if f"/n/{each}" in seen], "in the order of the command"


def test_pages_of_records_are_those_of_the_whole_whatever_their_size_property(store: Store) -> None:
    run, today = store.begin_run("jiangkou_records", ["penalties"], AT, region="310000"), audited.today()
    ingest(store, *(make_given(f"p{n}", make_notice(number=f"江页罚〔2026〕{n}号")) for n in range(23)), run=run, today=today)
    for filters in (NoticeFilters(), NoticeFilters(kind="penalty"), NoticeFilters(name=FIRM.name)):
        whole = [row["id"] for row in notice_queries.notices(store, filters, today=today)]
        for size in (1, 3, 7, 1000):
            seen, after = list[str](), ""
            sized = NoticeFilters(kind=filters.kind, name=filters.name, limit=size)
            while True:
                found = notice_queries.page(store, sized, today=today, after=after)
                seen += [row["id"] for row in found.rows]
                assert found.total == len(whole)
                if not (after := found.next):
                    break
            assert seen == whole
        assert sum(notice_queries.kinds(store, filters, today=today).values()) >= len(whole)


def test_a_dossier_says_what_it_is_and_which_sources_were_looked_at(shared_client: TestClient) -> None:
    told = words_of(shared_client.get(f"/s/{OTHER.code}").text)
    assert "公开记录检索结果" in told
    assert "不作任何证明" in told
    assert "江口" in told or "jiangkou_records" in told
    assert not [word for word in ("信用评分", "信用证明", "联合惩戒", "排名", "曝光") if word in told]
    spelled = shared_client.get(f"/s/{OTHER.code[:8]}%20{OTHER.code[8:]}")
    assert (spelled.status_code, spelled.headers["location"]) == (308, f"/s/{OTHER.code}")
    found = shared_client.get("/subject", params={"code": f" {OTHER.code} "})
    assert (found.status_code, found.headers["location"]) == (303, f"/s/{OTHER.code}")


def test_every_rule_of_display_has_its_words() -> None:
    assert [rule.id for rule in rules() if rule_words(rule.id, "zh") == rule.id] == []
    assert code_of("", "zh") == ""
    assert date.today()

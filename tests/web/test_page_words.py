"""What pages say to people: one word and one number for one thing, titles in place of identifiers, the reader's language throughout."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from lxml import html

from harvester import audited, correcting
from harvester.telling.phrases import item_number
from harvester.telling.queued import CALLED
from harvester.web import currency
from harvester.web.pages.changes import OF_TEXTS
from harvester.web.reading.names import names_of
from harvester.web.shown import code, site_name, word
from normalizers.notices.records import NoticeKind
from storage import agency_queries, change_queries, notice_queries, queries, record_changes
from storage.change_filters import ChangeFilters
from storage.days import local_day
from storage.selection import Filters
from storage.store import Store
from tests.storage.notice_samples import OTHER, ingest, make_given, make_notice
from tests.web.conftest import client_of
from tests.web.papers import CODE, END, ORDER, SECTION, own, page, publish, room_over, story

__all__ = ["own", "story"]
TABLE = """<table><tr><th>序号</th><th>重点任务</th><th>责任单位</th><th>完成时限</th></tr>
<tr><td>8</td><td>建立信用台账并向社会公布</td><td>市信用办</td><td>2026年6月</td></tr>
<tr><td>9</td><td>编制信用目录并逐年更新</td><td>市信用办</td><td>2026年9月</td></tr></table>"""
IDENTIFIER = re.compile(r"(?<![/\w])[dw][a-z2-7]{11}\b")


def words_of(text: str, within: str = "//main") -> str:
    return " ".join(html.fromstring(text).xpath(f"string({within})").split())


def seqs(text: str) -> list[int]:
    return [int(found) for found in re.findall(r'<li id="c(\d+)"', text)]


# --- documents and tasks -------------------------------------------------------------------------------------------------


def test_a_version_says_since_when_its_source_had_it_and_when_it_was_fetched(story: tuple[Store, str]) -> None:
    store, paper = story
    with room_over(store) as client:
        said = [
            " ".join(li.text_content().split())
            for li in html.fromstring(client.get(f"/d/{paper}").text).xpath('//ol[@class="versions"]/li')
        ]
    first = said[-1]
    assert re.search(r"来源自 2026-\d\d-\d\d · 首次采集（2026-\d\d-\d\d \d\d:\d\d）", first), first
    assert all("来源自" in one for one in said)


def test_a_task_has_one_number_beside_the_text_in_lists_and_on_its_page(own: Store) -> None:
    paper = publish(own, "k1", page(*ORDER, SECTION, CODE, *END, table=TABLE))
    tasks = queries.tasks(own, Filters(document=paper))
    assert {row["number"] for row in tasks} >= {"8", "9"}
    with room_over(own) as client:
        beside = html.fromstring(client.get(f"/d/{paper}").text).xpath('//a[@class="task-link"]')
        called = {str(link.get("href")): link.text_content().strip() for link in beside}
        for row in tasks:
            address = f"/t/{row['lasting_id']}"
            assert called[address] == (item_number(row["number"], "zh") if row["number"] else called[address])
            if row["number"]:
                assert item_number(row["number"], "zh") in client.get(address).text
                assert item_number(row["number"], "zh") in client.get(f"/tasks?document={paper}").text


def test_a_comparison_counts_its_changes_one_after_the_other(story: tuple[Store, str]) -> None:
    store, paper = story
    with room_over(store) as client:
        for versions in ("old={0}@1&new={0}@2", "old={0}@1&new={0}@3"):
            text = client.get(f"/compare?{versions.format(paper)}&everything=1&lang=en").text
            for kind in ("Change", "Unchanged"):
                numbers = [int(found) for found in re.findall(rf'aria-label="{kind} (\d+)"', text)]
                assert numbers == list(range(1, len(numbers) + 1))
                assert numbers
            assert "Tasks are counted by the task, wording by its place" in text


def test_a_calendar_of_what_a_body_leads_is_offered_only_where_it_leads(shared_client: TestClient, shared_store: Store) -> None:
    leads = {body["id"] for row in queries.tasks(shared_store) for body in row["lead"] if body["id"]}
    others = {body["id"] for row in queries.tasks(shared_store) for body in row["responsible"] if body["id"]}
    others = {each for each in others if not agency_queries.roles(shared_store, each).get("lead")}
    assert leads
    assert others
    for some, offered in ((sorted(leads)[:3], True), (sorted(others)[:3], False)):
        for each in some:
            assert (
                "role=lead" in "".join(html.fromstring(shared_client.get(f"/a/{each}").text).xpath("//a/@href[contains(., '.ics')]"))
            ) is offered


def test_a_frozen_answer_tells_its_moment_in_the_tag_as_in_the_bar(shared_client: TestClient) -> None:
    text = shared_client.get("/tasks?as_of=2026-03-01&known_at=2026-03-01T16:30:47.708981Z").text
    tags = words_of(text, "//*[contains(@class, 'chosen')]")
    assert "2026-03-02 00:30" in tags
    assert "708981" not in tags
    assert "2026-03-02 00:30" in words_of(text, "//div[contains(@class, 'bar')]")


# --- changes -------------------------------------------------------------------------------------------------------------


def test_the_feed_as_a_whole_counts_public_records_by_section_and_leads_to_each(shared_client: TestClient, shared_store: Store) -> None:
    every = change_queries.changes(shared_store, ChangeFilters(entities=("notice",)), today=audited.today())
    text = shared_client.get("/changes").text
    page = html.fromstring(text)
    lines = page.xpath('//ul[contains(@class, "counted")]/li')
    wanted = {(local_day(row["known_at"]), row["site"], row["section"]) for row in every}
    assert len(lines) == len(wanted) > 0
    told = sum(int(found) for found in re.findall(r"新增公开 (\d+) 条", " ".join(line.text_content() for line in lines)))
    assert told == sum(row["kind"] == "entered" for row in every)
    assert not set(seqs(text)) & {row["seq"] for row in every}
    led = [seqs(shared_client.get(str(line.xpath("a/@href")[0])).text) for line in lines]
    assert sorted(seq for some in led for seq in some) == [row["seq"] for row in every]


def test_of_a_day_documents_stand_before_public_records(shared_client: TestClient) -> None:
    for text in (shared_client.get("/changes").text, shared_client.get("/changes?cause=any&kind=added&kind=entered").text):
        body = html.fromstring(text)
        for heading in body.xpath("//main//h2[starts-with(@id, 'day-')]"):
            groups = heading.xpath("following-sibling::ol[1]/li")
            of_documents = [bool(each.xpath(".//h3/a[starts-with(@href, '/d/')]")) for each in groups]
            assert of_documents == sorted(of_documents, reverse=True)


def test_three_links_choose_what_of_the_feed_is_shown(shared_client: TestClient, shared_store: Store) -> None:
    body = html.fromstring(shared_client.get("/changes?site=shanghai").text)
    parts = {link.text_content(): str(link.get("href")) for link in body.xpath('//nav[@aria-label="看哪些变更"]/a')}
    assert list(parts) == ["全部", "文件与任务", "公开记录"]
    assert all("site=shanghai" in address for address in parts.values())
    for name, entities in (("文件与任务", OF_TEXTS), ("公开记录", ("notice",))):
        rows = change_queries.changes(shared_store, ChangeFilters(entities=entities, site="shanghai"), today=audited.today())
        text = shared_client.get(parts[name]).text
        assert set(seqs(text)) <= {row["seq"] for row in rows}
        assert html.fromstring(text).xpath('string(//nav[@aria-label="看哪些变更"]/a[@aria-current])') == name


def test_a_whole_feed_of_pages_neither_repeats_nor_misses_a_change(store: Store) -> None:
    today = audited.today()
    begin = datetime.combine(today, datetime.min.time(), UTC) - timedelta(days=60)
    for back in range(40):
        at = begin + timedelta(days=back)
        run = store.begin_run("jiangkou_records", ["penalties"], at, region="310000")
        number = f"江市监处罚〔2026〕{100 + back}号"
        ingest(store, make_given(f"old{back}", make_notice(subject=OTHER, number=number), at=at), run=run, today=today)
        store.end_run(run, "complete", "", {}, at)
    wanted = ChangeFilters()
    every = change_queries.changes(store, wanted, today=today)
    seen, counted, before = list[int](), 0, change_queries.latest(store) + 1
    with client_of(store) as client:
        address, pages = "/changes", 0
        while address:
            text = client.get(address).text
            seen += seqs(text)
            counted += sum(int(n) for n in re.findall(r"新增公开 (\d+) 条", words_of(text)))
            address = "".join(html.fromstring(text).xpath('//nav//a[@rel="next"]/@href'))
            pages += 1
    texts = [row["seq"] for row in every if row["entity"] != "notice"]
    assert sorted(seen) == sorted(set(seen))
    assert set(seen) <= set(texts)
    assert counted == sum(row["kind"] == "entered" for row in every)
    first = record_changes.first_of(store, wanted, today=today, before=before, days=1)
    part = record_changes.stretch(store, wanted, today=today, first=first, before=before)
    assert sum(row["entered"] for row in part.records) == sum(row["kind"] == "entered" and row["seq"] >= first for row in every)


# --- names in place of identifiers, words in place of codes ----------------------------------------------------------------


def test_places_of_the_room_are_called_by_titles(shared_store: Store) -> None:
    task = next(row for row in queries.tasks(shared_store) if row["number"])
    paper, title = task["document"], task["title"]
    said = names_of(shared_store, [f"/d/{paper}/v1", f"/t/{task['lasting_id']}", "/tasks", f"/w/w{paper[1:]}", "/d/dnowhere2345"], "zh")
    assert said[f"/d/{paper}/v1"] == f"{title} · 第 1 版"
    assert said[f"/t/{task['lasting_id']}"].startswith(f"{title} · {item_number(task['number'], 'zh')} ")
    assert said["/tasks"] == "任务"
    assert said["/d/dnowhere2345"] == "/d/dnowhere2345"


def test_the_title_of_what_a_report_is_about_stands_in_the_form_the_log_and_for_operators(client: TestClient, store: Store) -> None:
    paper = queries.documents(store)[0]
    about = f"/d/{paper['document']}" if "document" in paper else f"/d/{paper['id']}"
    title = paper["title"]
    assert f">{title}</a>" in client.get(f"/corrections/new?about={about}&field=issued_on").text
    correcting.report(store, about, "日期读错了", field="issued_on")
    for place in ("/corrections", "/reports"):
        text = client.get(place).text
        assert title in text
        assert not IDENTIFIER.search(words_of(text)), place


def test_the_queue_names_evidence_by_title_and_commands_as_such(client: TestClient) -> None:
    text = client.get("/review").text
    assert "`" not in words_of(text)
    assert "<code>harvester derive</code>" in text
    assert not IDENTIFIER.search(words_of(text))


def test_the_overview_and_the_queue_call_what_waits_by_one_word(client: TestClient) -> None:
    for lang in ("zh", "en"):
        overview, queue = (client.get(f"{place}?lang={lang}").text for place in ("/", "/review"))
        waiting = html.fromstring(overview).xpath('//section[@aria-labelledby="o-review"]//a[contains(@href, "/review?kind=")]')
        assert waiting
        for link in waiting:
            assert f"{link.text_content()} " in words_of(queue, "//nav[@class='tabs']") + " "
    assert set(CALLED.values())


def test_what_stands_between_backticks_is_set_as_code_and_escaped() -> None:
    assert code("run `a <b>` now & `c`") == "run <code>a &lt;b&gt;</code> now &amp; <code>c</code>"
    assert code("no code") == "no code"


def test_no_code_of_a_vocabulary_is_shown_as_it_is_on_an_english_page(shared_client: TestClient, shared_store: Store) -> None:
    for kind in NoticeKind:
        assert not re.search("[-_]", word(kind, "en").replace("not-", ""))
    firm = next(row["code"] for row in notice_queries.notices(shared_store, today=audited.today()) if row["code"])
    for place in (f"/s/{firm}", "/records"):
        text = words_of(shared_client.get(f"{place}?lang=en").text)
        assert not re.search(r"\b(?:list-entry|tax-case)\b", text)
    headings = html.fromstring(shared_client.get(f"/s/{firm}?lang=en").text).xpath("//main//h2/text()")
    assert all(each.strip()[0].isupper() for each in headings)


@pytest.mark.parametrize("place", ["/", "/changes", "/tasks", "/documents", "/coverage"])
def test_sites_are_called_in_the_reader_s_language_on_every_page(shared_client: TestClient, place: str) -> None:
    english, chinese = (site_name("shanghai", lang) for lang in ("en", "zh"))
    said = words_of(shared_client.get(f"{place}?lang=en").text)
    assert english in said
    assert chinese not in said.replace(f"《{chinese}》", "")
    assert chinese in words_of(shared_client.get(place).text)
    assert site_name("nobody", "en", "某站") == "某站"


def test_a_site_of_public_records_is_told_by_its_records_and_not_as_empty(shared_client: TestClient, shared_store: Store) -> None:
    found = next(each for each in currency.sites(shared_store) if each.site == "jiangkou_records")
    shown = [row for row in notice_queries.notices(shared_store, today=audited.today()) if row["site"] == found.site]
    assert found.records == len(shown) > 0
    said = currency.told(found, "zh")
    assert said == f"已完整读取；在展公开记录 {len(shown)} 条，最新的为 {max(row['day'] for row in shown)}"
    assert said in shared_client.get("/").text
    assert "近两年无文件" in currency.told(replace(found, records=0), "zh")


# --- language and numbers --------------------------------------------------------------------------------------------------


def test_a_language_asked_for_in_the_address_holds_on_the_pages_behind_it(client: TestClient, store: Store) -> None:
    paper = queries.tasks(store)[0]["document"]
    assert '<html lang="en"' in client.get(f"/d/{paper}?lang=en").text
    for place in (f"/d/{paper}/history", "/tasks", "/compare", f"/find?q={paper}"):
        text = client.get(place, follow_redirects=True).text
        assert '<html lang="en"' in text, place
    assert '<html lang="zh-CN"' in client.get("/?lang=zh").text
    assert '<html lang="zh-CN"' in client.get("/tasks").text


def test_a_language_of_a_file_a_feed_or_the_api_is_no_choice_of_the_reader(client: TestClient) -> None:
    for place in ("/changes.atom?lang=en", "/tasks.csv?lang=en", "/api/v1/dictionary?lang=en", "/?lang=xx"):
        assert "set-cookie" not in client.get(place).headers or "lang=" not in client.get(place).headers["set-cookie"], place
    made = client.get("/tasks?lang=en").headers.get_list("set-cookie")
    assert [line for line in made if line.startswith("lang=en") and "HttpOnly" in line and "SameSite=Lax" in line]
    assert not [line for line in client.get("/tasks?lang=en").headers.get_list("set-cookie") if line.startswith("lang=")]


def test_one_thing_is_told_as_one_on_english_pages(story: tuple[Store, str]) -> None:
    store, paper = story
    with room_over(store) as client:
        for place in (f"/d/{paper}", f"/d/{paper}/history", f"/compare?old={paper}@1&new={paper}@2", "/tasks", "/documents"):
            text = words_of(client.get(f"{place}{'&' if '?' in place else '?'}lang=en").text)
            assert re.findall(r"(?<![\d,.–-])1 (?:tasks|texts|documents|changes|days|versions|copies|pieces)\b", text) == [], place

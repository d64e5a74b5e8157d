"""A message to people counts every change, tells the more important ones, and says why it came and how to stop it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from harvester.watching.digest import LABELS, NAMES, TOP, Digest, Occasion, asked, digest, in_words
from harvester.watching.mail import html, plain
from harvester.watching.periods import next_due
from storage.change_schema import CAUSES, ENTITIES, KINDS
from storage.days import LOCAL
from storage.watches import Watch
from tests.cli.test_messages import ROOT
from tests.watching.feed import task_row

AT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


def watching(lang: str = "zh", **filters: Any) -> Watch:
    return Watch("重点任务", filters, "desk", "daily", lang, 0, False, "李分析", AT, None)


def row(seq: int, entity: str = "task", **more: Any) -> dict[str, Any]:
    plain = task_row(seq, **more) if entity == "task" else {"entity": entity, "entity_id": f"x{seq}", "kind": "changed", "before": None}
    rest = {
        "seq": seq,
        "known_at": AT,
        "document_id": "dabc",
        "title": "江口市信用建设要点",
        "url": "https://example.org/a",
        "effect": "",
        "record": None,
    }
    return {"after": None, "fields": [], **plain, **rest, **{name: more[name] for name in more if name in rest}}


def made(rows: list[dict[str, Any]], lang: str = "zh", occasion: Occasion | None = None, contact: str = "") -> Digest:
    return digest(watching(lang), occasion or Occasion("id", AT, 0), iter(rows), contact)


def test_everything_is_counted_and_the_most_important_is_told() -> None:
    found = made([row(n, "text") for n in range(1, 100)] + [row(n) for n in range(100, 140)])
    assert (found.told, found.more) == (TOP, 139 - TOP)
    assert "新增任务 40 项" in found.lead[0]
    assert "文字改动的文件 99 件" in found.lead[0]
    assert sum("新增" in line for group in found.groups for line in group.lines) == 40


def test_the_records_whose_content_a_message_shows_are_known() -> None:
    record = {"subject": "合肥青岚仪表有限公司", "code": "", "title": "", "number": "", "decided_on": None, "ends_on": None, "url": ""}
    rows = [row(1, "notice", record=record), row(2, "notice"), *(row(n) for n in range(3, 3 + TOP - 1))]
    found = made(rows)
    assert found.records == ("x1",)
    assert made(rows + [row(n) for n in range(200, 202)]).records == ()


def test_a_body_reads_what_it_gained_and_lost() -> None:
    found = made([row(1, effect="gained"), row(2, effect="lost"), row(3, effect="lost")], "en")
    assert "tasks lost: 2, tasks gained: 1" in found.lead[0]


def test_a_message_says_why_it_came_and_how_to_stop_it() -> None:
    told = plain(digest(watching(agency="市发展改革委", causes=["source"]), Occasion("id", AT, 0), iter([row(1)]), "credit@example.org"))
    assert "关注“重点任务”（单位：市发展改革委；原因：来源变化）" in told
    assert "harvester watch pause 重点任务，或联系 credit@example.org" in told
    english = plain(made([row(1)], "en"))
    assert "because of the watch 重点任务 (every change), set up by 李分析" in english


def test_a_message_is_in_the_watch_s_language_whatever_the_user_s(monkeypatch: pytest.MonkeyPatch) -> None:
    for user in ("en", "zh"):
        monkeypatch.setenv("HARVESTER_LANG", user)
        assert made([row(1)], "zh").head == "重点任务：1 项变更"
        assert made([row(1)], "en").head == "重点任务: 1 change"


def test_rows_that_were_dropped_are_told_and_a_test_says_so() -> None:
    assert "4 号及以前" in made([row(5)], occasion=Occasion("id", AT, 2, dropped=4)).lead[-1]
    assert len(made([row(5)], occasion=Occasion("id", AT, 4, dropped=4)).lead) == 1
    tested = made([], occasion=Occasion("id", AT, 4, test=True))
    assert (tested.head, tested.groups) == ("测试：关注“重点任务”", ())
    assert "测试消息" in tested.lead[0]


def test_what_a_site_wrote_is_escaped_and_links_only_to_the_web() -> None:
    hostile = "<script>alert(1)</script>\u202e\x1b[2J"
    page = html(
        made([row(1, title=hostile, url="javascript:alert(1)"), row(2, title=hostile, document_id="d2", url='https://e.example/"><b>')])
    )
    assert "<script" not in page
    assert "javascript:" not in page
    assert '"><b>' not in page
    assert "\x1b" not in page


def test_filters_are_told_in_words() -> None:
    told = asked({"kinds": ["split", "added"], "entities": ["task"], "region": "310000"}, "zh")
    assert told == "地区：310000；对象：任务；类别：拆分，新增"


def test_everything_that_is_counted_and_asked_has_its_chinese() -> None:
    with (ROOT / "locale" / "zh" / "messages.po").open("rb") as file:
        catalogue = read_po(file)
    for message in (*LABELS.values(), *NAMES.values(), *KINDS):
        entry = catalogue.get(message)
        assert entry is not None, message
        assert entry.string, message
    assert set(NAMES) == {*ENTITIES, *CAUSES}


@given(st.lists(st.tuples(st.sampled_from(["task", "text", "other"]), st.integers(0, 3)), max_size=150))
def test_property_told_and_left_out_are_all_there_are(kinds: list[tuple[str, int]]) -> None:
    found = made([row(n, entity, document_id=f"d{document}") for n, (entity, document) in enumerate(kinds, start=1)])
    others = sum(entity == "other" for entity, _ in kinds)
    assert found.told + found.more == len(kinds)
    assert found.told == min(TOP, len(kinds) - others)


@given(st.text(max_size=900))
def test_property_a_change_is_one_line_of_bounded_length(text: str) -> None:
    told = in_words(row(1, after={**task_row(1)["after"], "text": text}), "zh")
    assert told.isprintable()
    assert len(told) <= 400


# --- periods -----------------------------------------------------------------------------------------------------------------


def test_each_waits_for_nothing() -> None:
    assert next_due("each", time(8), AT) is None


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)), st.times(), st.sampled_from(["daily", "weekly"]))
def test_property_the_next_digest_is_the_first_after_now_at_its_hour(now: datetime, at: time, period: str) -> None:
    at = at.replace(tzinfo=None, fold=0)
    due = next_due(period, at, now)
    assert due is not None
    local = due.astimezone(LOCAL)
    assert local.time() == at
    assert now < due <= now + timedelta(days=7 if period == "weekly" else 1)
    assert period == "daily" or local.weekday() == 0

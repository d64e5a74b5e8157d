"""Calendars: what a client that subscribed sees when a deadline moves, a task goes, a document is withdrawn; and hostile words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvester.calendars import About, ics
from harvester.precision import Precision, precision
from harvester.telling.phrases import short_title
from normalizers.records import Deadline, DeadlineKind, Derived, Task
from normalizers.text.fold import fingerprint
from storage import calendar_queries, derivations, queries
from storage.identity import document_id
from storage.selection import Filters
from storage.sources import source
from storage.store import Store
from storage.task_versions import Course, course
from tests.storage import samples
from tests.storage.samples import BUREAU, LINES, later, make_derived, put
from tests.web.conftest import client_of

ABOUT = About("日历", "https://room.example/a/a0001", "https://room.example/calendar/a0001.ics", "https://room.example")
OTHER = replace(BUREAU, mention="市统计局", name="江口市统计局", id="a0002")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path / 'room.sqlite'}", create=True) as opened:
        opened.load_agencies(list(samples.AGENCIES))
        yield opened


@pytest.fixture
def run(store: Store) -> str:
    return store.begin_run("jiangkou", ["notices"], samples.AT, region="310000")


def due(day: str, text: str = "9月底前") -> Deadline:
    return Deadline(text, None, date.fromisoformat(day), DeadlineKind.BY_DATE, "cell")


def plan(*lines: str, first: str = LINES[0], **more: object) -> Derived:
    """Return a plan whose first task has the fields given; other lines make it another text."""
    derived = make_derived(lines=(first, *(lines or LINES[1:])))
    return replace(derived, tasks=(replace(derived.tasks[0], milestones=(), **more), *bare(derived.tasks[1:])))


def bare(tasks: tuple[Task, ...]) -> tuple[Task, ...]:
    return tuple(replace(task, milestones=(), deadline=None) for task in tasks)


class Client:
    """A calendar as programs keep it: by UID; a later revision replaces an earlier one (RFC 5546, 2.1.5), a cancelled event is struck."""

    def __init__(self) -> None:
        self.events: dict[str, icalendar.Event] = {}

    def load(self, payload: bytes) -> None:
        for event in icalendar.Calendar.from_ical(payload).walk("VEVENT"):
            known = self.events.get(str(event["UID"]))
            if known is None or (int(event["SEQUENCE"]), event["DTSTAMP"].dt) > (int(known["SEQUENCE"]), known["DTSTAMP"].dt):
                self.events[str(event["UID"])] = event

    @property
    def shown(self) -> dict[str, date]:
        return {uid: event["DTSTART"].dt for uid, event in self.events.items() if event["STATUS"] != "CANCELLED"}


def calendar(store: Store, **filters: object) -> bytes:
    found = calendar_queries.of_question(store, Filters(**filters))  # type: ignore[arg-type]
    return ics(found.courses, replace(ABOUT, cut=found.cut))


def test_a_moved_deadline_moves_the_one_event_and_a_removed_task_strikes_it(store: Store, run: str) -> None:
    client = Client()
    put(store, run, "1", plan(deadline=due("2024-09-30")))
    client.load(calendar(store, agency="a0001"))
    assert list(client.shown.values()) == [date(2024, 9, 30)]
    put(store, run, "1", plan("另加一句话，说明本表用途", deadline=due("2024-12-31", "12月底前")), at=later(1))
    client.load(calendar(store, agency="a0001"))
    assert list(client.shown.values()) == [date(2024, 12, 31)]
    put(store, run, "1", replace(make_derived(lines=LINES[1:]), tasks=bare(make_derived(lines=LINES[1:]).tasks)), at=later(2))
    client.load(calendar(store, agency="a0001"))
    assert client.shown == {}
    assert [int(event["SEQUENCE"]) for event in client.events.values()] == [2]


def test_a_better_reading_that_moves_the_day_updates_in_place_too(store: Store, run: str) -> None:
    client = Client()
    derived = plan(deadline=due("2024-09-30"))
    put(store, run, "1", derived)
    client.load(calendar(store))
    better = replace(derived, tasks=plan(deadline=due("2024-09-15", "9月中旬")).tasks, normalizer_version="2")
    derivations.write_reading(store, source(store, document_id("jiangkou", "1")), better)
    client.load(calendar(store))
    assert list(client.shown.values()) == [date(2024, 9, 15)]


def test_another_edition_of_the_text_that_leaves_a_task_as_it_is_raises_nothing(store: Store, run: str) -> None:
    put(store, run, "1", plan(deadline=due("2024-09-30")))
    before = calendar(store)
    put(store, run, "1", plan("别处改了一句话，此项未动", deadline=due("2024-09-30")), at=later(1))
    assert calendar(store) == before


def test_the_same_question_gives_the_same_bytes(store: Store, run: str) -> None:
    put(store, run, "1", plan(deadline=due("2024-09-30")))
    assert calendar(store, agency="a0001") == calendar(store, agency="a0001")


def test_a_task_that_went_to_another_body_is_in_that_ones_calendar(store: Store, run: str) -> None:
    put(store, run, "1", plan(deadline=due("2024-09-30")))
    put(store, run, "1", plan("职责已调整的说明文字", deadline=due("2024-09-30"), lead=(OTHER,)), at=later(1))
    assert b"BEGIN:VEVENT" not in calendar(store, agency="a0001", role="lead")
    assert b"STATUS:CONFIRMED" in calendar(store, agency="a0002", role="lead")


def test_a_day_that_moved_out_of_the_days_asked_for_is_told(store: Store, run: str) -> None:
    client = Client()
    asked = {"due_from": date(2024, 9, 1), "due_to": date(2024, 9, 30)}
    put(store, run, "1", plan(deadline=due("2024-09-30")))
    client.load(calendar(store, **asked))
    put(store, run, "1", plan("延期说明一句", deadline=due("2024-12-31", "年底前")), at=later(1))
    client.load(calendar(store, **asked))
    assert list(client.shown.values()) == [date(2024, 12, 31)]


def test_a_task_that_lost_its_date_is_struck(store: Store, run: str) -> None:
    put(store, run, "1", plan(deadline=due("2024-09-30")))
    put(store, run, "1", plan("删去时限的说明", deadline=None), at=later(1))
    events = icalendar.Calendar.from_ical(calendar(store)).walk("VEVENT")
    assert [event["STATUS"] for event in events] == ["CANCELLED"]


def test_nothing_of_a_withdrawn_document_is_repeated(store: Store, run: str) -> None:
    put(store, run, "1", plan(deadline=due("2024-09-30")))
    withdraw(store, document_id("jiangkou", "1"))
    told = calendar(store).decode().replace("\r\n ", "")
    assert "STATUS:CANCELLED" in told
    assert LINES[0][:6] not in told


def withdraw(store: Store, document: str) -> None:
    with store.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE documents SET state = 'withdrawn', state_since = '2024-06-01 00:00:00.000000' WHERE id = ?", (document,)
        )


def test_a_date_within_the_text_is_an_event_of_its_own_unless_it_is_the_deadline(store: Store, run: str) -> None:
    inside = Deadline("6月底前", None, date(2024, 6, 30), DeadlineKind.BY_DATE, "sentence")
    derived = plan(deadline=due("2024-09-30"))
    same = replace(inside, end=date(2024, 9, 30))
    put(store, run, "1", replace(derived, tasks=(replace(derived.tasks[0], milestones=(inside, same)), *derived.tasks[1:])))
    events = icalendar.Calendar.from_ical(calendar(store, agency="a0001")).walk("VEVENT")
    assert sorted(event["DTSTART"].dt for event in events) == [date(2024, 6, 30), date(2024, 9, 30)]


def test_an_event_is_a_whole_day_and_says_how_exact_it_is(store: Store, run: str) -> None:
    put(store, run, "1", plan(deadline=due("2024-09-30")))
    event = icalendar.Calendar.from_ical(calendar(store)).walk("VEVENT")[0]
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(days=1)
    assert "精确到月，按该月最后一日" in str(event["DESCRIPTION"])
    assert str(event["URL"]).startswith("https://room.example/t/")
    assert not event.walk("VALARM")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("9月底前", Precision.MONTH), ("2026年6月30日前", Precision.DAY), ("2026.6.30", Precision.DAY), ("１０月１５日", Precision.DAY),
        ("三季度", Precision.QUARTER), ("上半年", Precision.HALF_YEAR), ("全年", Precision.YEAR), ("年底前", Precision.YEAR),
        ("8月中旬", Precision.TEN_DAYS), ("2026年", Precision.YEAR), ("十二月三十一日", Precision.DAY),
    ],
)  # fmt: skip
def test_the_printed_words_tell_how_exact_a_deadline_is(text: str, found: Precision) -> None:
    assert precision({"text": text}) is found


HOSTILE = st.text(st.characters(codec="utf-8"), min_size=1, max_size=300)


@settings(max_examples=40, deadline=None)
@given(text=HOSTILE, printed=HOSTILE, title=HOSTILE)
def test_property_whatever_a_site_writes_a_calendar_stays_one(text: str, printed: str, title: str) -> None:
    found = made_course(text, printed, title)
    payload = ics([found], ABOUT)
    assert max(len(line) for line in payload.split(b"\r\n")) <= 75
    assert not any(c < 32 and c not in b"\r\n\t" for c in payload)
    (event,) = icalendar.Calendar.from_ical(payload).walk("VEVENT")
    assert event["DTSTART"].dt == date(2024, 9, 30)
    assert ics([found], ABOUT) == payload


def made_course(text: str, printed: str, title: str) -> Course:
    deadline = {"text": printed, "start": None, "end": date(2024, 9, 30), "kind": "by-date", "basis": "cell", "period": ""}
    row = {"text": text, "number": text[:4], "section": "", "deadline": deadline, "milestones": [], "known_at": samples.AT, "version": 1}
    document = {"title": title, "site": "jiangkou", "document_number": "", "published_on": None, "id": "d1", "document_kind": "plan"}
    return Course("d1.k1", document, ({**row, "lead": [], "partner": [], "responsible": [], "implied": []},))


def test_addresses_give_calendars_with_a_tag_that_holds(store: Store, run: str) -> None:
    put(store, run, "1", plan(deadline=due(str(date.today() + timedelta(days=40)))))
    with client_of(store) as client:
        for path in ("/calendar/agency/a0001.ics?role=lead", "/calendar/tasks.ics?region=310000", f"/calendar/task/{first(store)}.ics"):
            answer = client.get(path)
            assert answer.headers["content-type"].startswith("text/calendar")
            assert answer.text.count("BEGIN:VEVENT") == 1
            assert client.get(path, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
        assert client.get("/calendar/agency/nobody.ics").status_code == 404
        assert client.get("/calendar/task/d0.k1.ics").status_code == 404
        assert client.get("/calendar/agency/a0001.ics?role=boss").status_code == 422


def first(store: Store) -> str:
    with store.reading() as connection:
        return str(connection.exec_driver_sql("SELECT lasting_id FROM tasks ORDER BY ordinal").scalar())


def test_a_calendar_is_called_by_names_titles_and_words(store: Store, run: str) -> None:
    put(store, run, "1", plan(deadline=due(str(date.today() + timedelta(days=40)))))
    row = queries.tasks(store)[0]
    with client_of(store) as client:
        one = icalendar.Calendar.from_ical(client.get(f"/calendar/task/{row['lasting_id']}.ics").content)
        assert str(one["NAME"]) == f"到期任务：{short_title(row['text'])}"
        asked = {"document": row["document"], "region": "310000", "words": "信用"}
        several = icalendar.Calendar.from_ical(client.get("/calendar/tasks.ics", params=asked).content)
    assert {row["title"], "上海市", "信用"} <= set(str(several["NAME"]).removeprefix("到期任务：").split(" · "))


def test_a_key_in_the_address_is_not_passed_on(store: Store, run: str) -> None:
    put(store, run, "1", plan(deadline=due(str(date.today() + timedelta(days=40)))))
    with client_of(store) as client:
        assert "key=" not in client.get("/calendar/agency/a0001.ics?key=geheim&role=lead").text


def test_a_course_tells_how_a_task_ended(store: Store, run: str) -> None:
    put(store, run, "1", plan(deadline=due("2024-09-30")))
    put(store, run, "1", make_derived(lines=LINES[1:]), at=later(1))
    found = course(store, first(store))
    assert found is not None
    assert (found.ended, found.ended_in, found.ended_by) == ("removed", 2, "source")
    assert fingerprint(found.last["text"]) == fingerprint(LINES[0])

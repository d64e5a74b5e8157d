"""Whatever becomes of an incident, its snoozes and its messages, what a channel was told last is how it is."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.alerting.choosing import choose
from harvester.alerting.settings import AlertSettings
from harvester.errors import WrongCall
from storage.incident_messages import RECOVERED, Message
from storage.incidents import Incident, Snooze
from tests.alerting.faults import BEGUN, DAY, HOUR

SETTINGS = AlertSettings.of({"channels": ["ops"], "reminder_hours": 0})


@dataclass
class World:
    """One incident, and what a channel was told of it."""

    at: datetime = BEGUN
    incident: Incident | None = None
    messages: list[Message] = field(default_factory=list)
    snoozes: list[Snooze] = field(default_factory=list)
    works: bool = True

    def step(self, what: str) -> None:
        if what == "fault":
            made = Incident(1, "s", "dns", "alarm", ("",), "", self.at, "r", self.at, "r", None, "")
            self.incident = replace(self.incident, closed_at=None) if self.incident else made
        elif what == "well" and self.incident and self.incident.closed_at is None:
            self.incident = replace(self.incident, closed_at=self.at)
        elif what == "snooze":
            self.snoozes.append(Snooze(len(self.snoozes), "s", "", "known", "li", self.at, self.at + 2 * DAY, None))
        elif what == "wake":
            self.snoozes = [each if each.until <= self.at else replace(each, ended_at=each.ended_at or self.at) for each in self.snoozes]
        elif what in ("cut", "mended"):
            self.works = what == "mended"

    def tick(self) -> None:
        """Form and send as the sender does; while the channel does not work, messages wait."""
        if self.incident is None:
            return
        choice = choose([self.incident], self.messages, self.snoozes, SETTINGS, self.at)
        self.messages = [replace(each, given_up_at=self.at) if each.id in choice.withdrawn else each for each in self.messages]
        for fresh in choice.fresh:
            assert (fresh.kind, fresh.number) not in {(each.kind, each.number) for each in self.messages}, "each is a row of its own"
            self.messages.append(Message(len(self.messages), 1, fresh.kind, "ops", fresh.number, self.at, self.at, 0, None, None, ""))
        if self.works and not any(each.covers("s", "dns", self.at) for each in self.snoozes):
            self.messages = [replace(each, sent_at=self.at) if each.waits else each for each in self.messages]


STEPS = st.sampled_from(["fault", "well", "snooze", "wake", "cut", "mended", "nothing"])


@given(st.lists(st.tuples(STEPS, st.integers(1, 40)), max_size=25))
def test_property_what_was_told_last_is_how_it_is_and_ends_follow_beginnings(steps: list[tuple[str, int]]) -> None:
    world = World()
    for what, hours in steps:
        world.at += hours * HOUR
        world.step(what)
        world.tick()
        told = [each for each in world.messages if each.sent_at == world.at]
        assert not told or not any(each.covers("s", "dns", world.at) for each in world.snoozes), "what is snoozed is silent"
    world.step("mended")
    for _ in range(5):
        world.at += DAY
        world.tick()
    kinds = [each.kind for each in world.messages if each.sent_at]
    assert all(second != RECOVERED or first != RECOVERED for first, second in pairwise(kinds)), "an end is told once"
    assert kinds.count("opened") <= 1
    if world.incident is None:
        assert kinds == []
    elif world.incident.closed_at is None:
        assert kinds
        assert kinds[-1] != RECOVERED
    else:
        assert not kinds or kinds[-1] == RECOVERED


@pytest.mark.parametrize(
    ("table", "word"),
    [
        ({"channel": ["a"]}, "channel"), ({"channels": [1]}, "channels"), ({"channels": ["a"], "level": "loud"}, "level"),
        ({"channels": ["a"], "level": {"b": "alarm"}}, "level"), ({"language": "fr"}, "language"), ({"reminder_hours": -1}, "reminder"),
        ({"reminder_hours": True}, "reminder_hours"), ({"quiet": "22-7"}, "quiet"), ({"quiet": "07:00-07:00"}, "quiet"),
        ({"quiet": 5}, "quiet"), ({"alarms_at_night": "yes"}, "alarms_at_night"), ({"gather_minutes": "5"}, "gather_minutes"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_is_refused_with_its_key(table: dict[str, object], word: str) -> None:
    with pytest.raises(WrongCall, match=rf"{word}.*docs/alerts\.md"):
        AlertSettings.of(table)


@given(st.times(), st.times(), st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2026, 12, 31)))
def test_property_quiet_hours_hold_around_midnight_too(begin: object, end: object, moment: datetime) -> None:
    from storage.days import LOCAL

    first, last = (str(each)[:5] for each in (begin, end))
    if first == last:
        return
    settings = AlertSettings.of({"channels": ["a"], "quiet": f"{first}-{last}"})
    clock = f"{moment:%H:%M}"
    inside = first <= clock < last if first < last else clock >= first or clock < last
    assert settings.is_quiet("warning", moment.replace(tzinfo=LOCAL)) == inside

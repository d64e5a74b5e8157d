"""What people read: a mail and the messages of robots, in Chinese and English, sent to real servers; and a sender that is killed."""

from __future__ import annotations

import json
import os
import random
import socket
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from harvester.alerting.sending import run_once, send_test
from harvester.alerting.telling import duration, section_names, site_name
from harvester.watching.robots import WECOM_BYTES
from storage import incident_messages
from storage.incidents import Incident
from storage.store import Store
from tests import warm
from tests.alerting.faults import BEGUN, DAY, MINUTE, ROOM, config, hook, run_ends, told
from tests.watching import servers
from tests.watching.feed import SECRET
from tests.watching.servers import Got, Ledger, Receiver, serving
from tests.watching.test_mail import Inbox
from tests.watching.test_robots import PATHS


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEDGER_KEY", SECRET)


def mailed(store: Store, folder: Path, language: str) -> Any:
    inbox = Inbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(inbox, hostname="127.0.0.1", port=port)
    server.start()
    try:
        table = {"kind": "mail", "host": "127.0.0.1", "port": port, "security": "plain", "from": "h@example.org", "to": ["li@example.org"]}
        report = run_once(store, config(folder, alerts={"language": language}, ops=table), BEGUN + 3 * DAY)
    finally:
        server.stop()
    assert report.problems == []
    (message,) = inbox.messages
    return message


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_mail_says_what_since_when_why_what_next_and_where(store: Store, folder: Path, language: str) -> None:
    detail = "Section zc answered 403; write to 王强 13812345678, token=abcdefgh9."
    run_ends(store, BEGUN, "challenge", detail=detail)
    message = mailed(store, folder, language)
    subject, plain = str(message["subject"]), message.get_body(("plain",)).get_content()
    page = message.get_body(("html",)).get_content()
    for text in (plain, page):
        assert f"{ROOM}/operations/sites/shanghai" in text
        assert "2026-11-02 08:30" in text, "in the time of Shanghai"
        assert "13812345678" not in text
        assert "abcdefgh9" not in text
    words = {"zh": ("要求验证", "告警", "下一步", "3 天"), "en": ("challenge", "alarm", "Next:", "3 days")}[language]
    assert words[0] in subject
    assert all(word in plain for word in words)
    assert site_name("shanghai", language) in subject
    assert message["list-id"].startswith("<alerts-")
    assert message["auto-submitted"] == "auto-generated"


@pytest.mark.parametrize("kind", ["wecom", "dingtalk", "feishu"])
@pytest.mark.parametrize("count", [1, 30])
def test_a_robot_takes_the_message_whole_incidents_only_and_counts_the_rest(
    store: Store, folder: Path, kind: str, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = {"wecom": servers.wecom, "dingtalk": servers.dingtalk("SECx"), "feishu": servers.feishu("SECx")}
    for n in range(count):
        run_ends(store, BEGUN, "http-error", site=f"site{n}")
    with serving(Receiver(answer=answers[kind])) as receiver:
        monkeypatch.setenv("ROBOT_URL", receiver.url.removesuffix("/hook") + PATHS[kind])
        monkeypatch.setenv("ROBOT_SECRET", "SECx")
        table = {"kind": kind, "url_env": "ROBOT_URL"} | ({} if kind == "wecom" else {"secret_env": "ROBOT_SECRET"})
        from datetime import UTC, datetime

        run_once(store, config(folder, ops=table), datetime.now(UTC))
    (got,) = receiver.got
    body = got.body.decode()
    assert all(row["sent_at"] for row in incident_messages.listed(store))
    shown = body.count("下一步")
    assert shown == count if count == 1 else shown > 0
    if kind == "wecom" and count == 30:
        assert len(json.loads(got.body)["markdown"]["content"].encode()) <= WECOM_BYTES
        assert f"另有 {count - shown} 项" in body or f"{count - shown}" in body


def test_a_sample_says_that_it_is_a_test(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = Ledger(SECRET)
    with serving(Receiver(answer=ledger.take)) as receiver:
        send_test(config(folder, ops=hook(receiver.url)), "ops", BEGUN)
    (event,) = (json.loads(body) for body in ledger.kept.values())
    assert event["type"] == "credit_harvester.test"
    assert incident_messages.listed(store) == []


def test_a_sender_killed_at_any_moment_loses_nothing_and_tells_at_most_once_more(store: Store, folder: Path) -> None:
    rounds = 200 if os.environ.get("HARVESTER_SOAK") else 5
    ledger, at, chosen = Ledger(SECRET), BEGUN, random.Random(7)

    def take(got: Got) -> tuple[int, bytes]:
        ledger.kept.setdefault(got.headers["webhook-id"], got.body)  # whatever the time of its signature: the senders live on other days
        return 204, b""

    with serving(Receiver(answer=take)) as receiver:
        given = config(folder, alerts={"gather_minutes": 0, "reminder_hours": 0}, ops=hook(receiver.url))
        told_to = {"HARVESTER_CHANNELS": json.dumps(given.channels), "HARVESTER_ALERTS": json.dumps(dict(given.alerts))}
        for n in range(rounds):
            at += DAY
            run_ends(store, at, "challenge", site=f"site{n}")
            sender = warm.start("alerts", "send", "--store", given.store, environment=os.environ | told_to, moment=at)
            got, late = len(receiver.got), time.monotonic() + 20
            while n % 5 and len(receiver.got) == got and sender.is_alive() and time.monotonic() < late:
                time.sleep(0.005)  # until its message is here: sent, and not noted yet
            time.sleep(chosen.uniform(0, 0.05))
            sender.kill()
            sender.join()
        last = len(receiver.got)
        for minute in (5, 60, 600, 3000, 6000):
            run_once(store, given, at + minute * MINUTE)
    assert sorted({site for _, site, _ in told(ledger)}) == sorted(f"site{n}" for n in range(rounds)), "nothing is lost"
    assert all(kind == "opened" for kind, *_ in told(ledger))
    assert last <= rounds, "each process that was killed had sent one message at most"
    assert len(receiver.got) - last <= 1, "and one more tells what was not noted"
    assert incident_messages.waiting(store) == {}


def test_words_of_times_sites_and_sections() -> None:
    assert [duration(timedelta(minutes=n), "en") for n in (1, 119, 120, 2879, 2880)] == [
        "1 minute",
        "119 minutes",
        "2 hours",
        "47 hours",
        "2 days",
    ]
    assert site_name("", "zh") == "采集工作"
    assert site_name("unknown-site", "zh") == "unknown-site"
    incident = Incident(1, "shanghai", "dns", "alarm", ("", "nowhere"), "", BEGUN, "", BEGUN, "", None, "")
    assert section_names(incident, "zh") == ["nowhere"]

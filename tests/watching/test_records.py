"""Public records in messages: what may be shown when the message leaves, and a line in the log of who was shown what."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from harvester import audited
from harvester.watching.sending import run_once
from storage import audit, deliveries, takedown
from storage.notice_queries import notices
from storage.store import Store
from tests.records.samples import FIRM, entry, keep
from tests.watching.feed import SECRET, config, watch
from tests.watching.servers import Ledger, Receiver, serving

NOW = datetime.now(UTC) - timedelta(minutes=5)


def test_a_record_that_left_before_its_message_did_is_told_without_its_content(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEDGER_KEY", SECRET)
    ledger = Ledger(SECRET)
    watch(store, entities=["notice"])
    keep(store, [entry("1", day=NOW.date() - timedelta(days=30))], NOW)
    (record,) = notices(store, today=audited.today())
    with serving(Receiver(["500"], answer=ledger.take)) as receiver:
        settings = config(tmp_path, ledger={"kind": "webhook", "url": receiver.url, "secret_env": "LEDGER_KEY"})
        run_once(store, settings)
        shown = json.loads(receiver.got[0].body)["data"]["rows"]
        assert [(row["kind"], row["record"]["subject"]) for row in shown] == [("entered", FIRM)]
        assert FIRM in shown[0]["told"]
        with time_machine.travel(datetime.now(UTC) + timedelta(days=365 * 9)):
            takedown.run(store, audited.today())
            deliveries.retry(store, deliveries.listed(store)[-1].id)
            run_once(store, settings)
    assert FIRM.encode() not in b"".join(got.body for got in receiver.got[1:])
    assert [row["record"] for event in ledger.events() for row in event["data"]["rows"]] == [None, None]
    assert [row["kind"] for event in ledger.events() for row in event["data"]["rows"]] == ["entered", "left"]
    (line,) = audit.entries(store)
    assert (line["actor"], line["action"], line["rows"], line["notice_ids"]) == ("李分析", "export", 1, [record["id"]])
    assert line["what"]["delivery"] == ledger.events()[0]["id"]

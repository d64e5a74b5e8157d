"""The heartbeat: in time, from a thread of its own, a failure at once, and its address in no word of the program."""

from __future__ import annotations

import logging
import threading
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from harvester import log_masking, redacting
from harvester.alerting.heartbeat import Heartbeat
from harvester.config import Config
from harvester.errors import WrongCall
from harvester.watching.failing import DeliveryFailed
from tests.watching.servers import Handler, Receiver, serving

SECRET = "5f0e9c1a-dead-4b0b-8000-a1b2c3d4e5f6"


def heartbeat(receiver: Receiver, folder: Path, **more: object) -> Heartbeat:
    (folder / "heartbeat").write_text(f"{receiver.url}/{SECRET}\n")
    found = Heartbeat.of(Config(heartbeat={"url_file": str(folder / "heartbeat")} | more))
    assert found is not None
    return found


def settled(found: Heartbeat) -> None:
    assert found._pinging is not None
    found._pinging.join(10)


def test_it_pings_every_so_often_and_a_failure_and_its_end_at_once(tmp_path: Path) -> None:
    with serving(Receiver()) as receiver:
        found, now = heartbeat(receiver, tmp_path, every=60), [0.0]
        found._clock = lambda: now[0]
        found._next = 0.0
        for second, well in ((0, True), (30, True), (59, True), (60, True), (70, False), (80, False), (90, True), (100, True), (151, True)):
            now[0] = second
            found.beat(well)
            settled(found)
        paths = [got.path for got in receiver.got]
    hook = f"/hook/{SECRET}"
    assert paths == [hook, hook, f"{hook}/fail", hook, hook]


@pytest.mark.parametrize("fault", ["500", "silence", "cut", "drip", "redirect http://127.0.0.1:1/"])
def test_one_that_is_not_taken_stops_nothing_and_tells_no_secret(tmp_path: Path, fault: str, caplog: pytest.LogCaptureFixture) -> None:
    log_masking.install()
    with serving(Receiver(script=[fault])) as receiver, caplog.at_level(logging.DEBUG):
        found = heartbeat(receiver, tmp_path, timeout=1)
        found.beat(True)
        settled(found)
    assert "the heartbeat was not taken" in caplog.text
    assert SECRET not in caplog.text
    assert SECRET not in repr(found)


def test_nobody_waits_for_a_ping(tmp_path: Path) -> None:
    returned, waited = threading.Event(), []
    with serving(Receiver(before=lambda _got: waited.append(returned.wait(15)))) as receiver:
        found = heartbeat(receiver, tmp_path, timeout=20)
        found.beat(True)
        found.beat(False)
        returned.set()
        settled(found)
    assert waited == [True], "the ping was answered only after both calls had returned, and was the only one"


def test_a_get_is_a_get_and_silence_can_be_the_alarm(tmp_path: Path) -> None:
    asked: list[str] = []

    class Gets(Handler):
        def do_GET(self) -> None:  # noqa: N802
            asked.append(self.path)
            self.reply(200, b"ok")

    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Gets,), {"receiver": Receiver()}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        table = {"url": f"http://127.0.0.1:{server.server_port}/ping?x=1", "method": "GET", "fail": ""}
        found = Heartbeat.of(Config(heartbeat=table))
        assert found is not None
        found.ping()
        found.ping(well=False)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert asked == ["/ping?x=1"]


def test_without_a_table_there_is_none_and_a_wrong_one_is_told_without_its_values(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Heartbeat.of(Config()) is None
    monkeypatch.setenv("SWITCH", f"ftp://{SECRET}")
    place = {"url": "http://127.0.0.1/"}
    wrong = (
        ({"url_env": "SWITCH"}, "url"), ({"url_env": "ABSENT"}, "url_env"), (place | {"every": 5}, "every"), ({"often": 5}, "often"),
        (place | {"fail": "?x"}, "fail"), (place | {"method": "PUT"}, "method"),
    )  # fmt: skip
    for table, word in wrong:
        with pytest.raises(WrongCall, match=word) as told:
            Heartbeat.of(Config(heartbeat=table))
        assert SECRET not in str(told.value)


def test_the_address_of_the_heartbeat_is_redacted_from_every_later_line(tmp_path: Path) -> None:
    with serving(Receiver(script=["500"])) as receiver:
        found = heartbeat(receiver, tmp_path)
        with pytest.raises(DeliveryFailed) as told:
            found.ping()
    assert SECRET not in str(told.value)
    assert SECRET not in redacting.redact(f"something odd about {receiver.url}/{SECRET} happened")

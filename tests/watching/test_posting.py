"""A message leaves over verified TLS, within its time, to the address of the settings and nowhere else, and nothing tells its secrets."""

from __future__ import annotations

import logging
import ssl
import time
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from harvester.watching.failing import DeliveryFailed
from harvester.watching.posting import LONGEST_WAIT, MOST, post, refused, wait
from tests.watching.servers import Receiver, serving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with serving(Receiver(answer=lambda got: (200, b"taken"))) as served:
        yield served


def post_to(url: str, *, timeout: float = 5, ca_file: Path | None = None) -> bytes:
    return post(url, b"{}", {"content-type": "application/json"}, timeout=timeout, ca_file=ca_file).body


def test_a_message_arrives_whole(receiver: Receiver) -> None:
    assert post_to(receiver.url + "?key=a%2Fb&x=1") == b"taken"
    (got,) = receiver.got
    assert (got.path, got.body, got.headers["content-type"]) == ("/hook?key=a%2Fb&x=1", b"{}", "application/json")


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    with serving(Receiver()) as elsewhere:
        receiver.script = [f"redirect {elsewhere.url}"]
        with pytest.raises(DeliveryFailed, match="302: a redirect, which is not followed"):
            post_to(receiver.url)
        assert elsewhere.got == []


@pytest.mark.parametrize("word", ["silence", "drip"])
def test_the_time_limit_holds_for_everything_together(receiver: Receiver, word: str) -> None:
    receiver.script, receiver.delay = [word], 8.0
    begun = time.monotonic()
    with pytest.raises(DeliveryFailed, match="did not answer in time"):
        post_to(receiver.url, timeout=0.4)
    assert time.monotonic() - begun < 6


def test_an_endless_answer_is_read_to_its_limit_only(receiver: Receiver) -> None:
    receiver.script = ["flood"]
    assert len(post_to(receiver.url)) == MOST


def test_a_receiver_that_is_not_there_is_told_in_a_sentence() -> None:
    with serving(Receiver()) as closed:
        url = closed.url
    with pytest.raises(DeliveryFailed, match=r"^the receiver cannot be reached: look") as caught:
        post_to(url)
    assert caught.value.busy


def test_a_certificate_is_verified_and_an_office_s_own_authority_can_be_named(tmp_path: Path) -> None:
    office, stranger = trustme.CA(), trustme.CA()
    office.cert_pem.write_to_path(tmp_path / "ca.pem")
    for issuer, name, trusted in ((office, "localhost", True), (stranger, "localhost", False), (office, "elsewhere.test", False)):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        issuer.issue_cert(name).configure_cert(context)
        with serving(Receiver(answer=lambda got: (200, b"taken")), context) as served:
            if trusted:
                assert post_to(served.url, ca_file=tmp_path / "ca.pem") == b"taken"
                continue
            with pytest.raises(DeliveryFailed, match="certificate is not trusted"):
                post_to(served.url, ca_file=tmp_path / "ca.pem")
            assert served.got == []


KEY = f"{64}-secret"


@pytest.mark.parametrize("word", ["ok", "500", "cut", "silence"])
def test_no_log_line_and_no_error_tells_the_address(receiver: Receiver, word: str, caplog: pytest.LogCaptureFixture) -> None:
    receiver.script, receiver.delay = [word], 1.6
    told = ""
    with caplog.at_level(logging.DEBUG):
        try:
            post_to(f"{receiver.url}?key={KEY}", timeout=0.8)
        except DeliveryFailed as error:
            told = "".join(traceback.format_exception(error))
    assert KEY not in told + caplog.text
    assert receiver.got[0].path.endswith(KEY)


@pytest.mark.parametrize("header", ["retry-after", "x-ogw-ratelimit-reset"])
def test_a_receiver_that_takes_no_more_says_how_long(receiver: Receiver, header: str) -> None:
    receiver.script = [f"wait {header} 52"]
    with pytest.raises(DeliveryFailed) as caught:
        post_to(receiver.url)
    assert (caught.value.busy, caught.value.retry_after) == (True, 52)


@pytest.mark.parametrize(("status", "busy", "gone"), [(404, False, False), (410, False, True), (429, True, False), (503, True, False)])
def test_a_status_says_whether_to_leave_the_channel_alone(status: int, busy: bool, gone: bool) -> None:
    error = refused(status, "120")
    assert (error.busy, error.gone, error.retry_after) == (busy, gone, 120 if busy else 0)


def test_a_date_to_wait_for_is_read() -> None:
    assert 3500 < wait(format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)) <= 3600
    assert wait(format_datetime(datetime.now(UTC) - timedelta(hours=1), usegmt=True)) == 0
    assert wait("99999999999999999999") == LONGEST_WAIT


@given(st.text(max_size=60))
def test_property_no_retry_after_stops_the_sender_for_more_than_a_day(text: str) -> None:
    assert 0 <= wait(text) <= LONGEST_WAIT

"""Mail through a real server: encrypted and logged in, one message for one delivery, nothing of an address in an error."""

from __future__ import annotations

import email
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from harvester.watching import mail
from harvester.watching.channels import MailChannel, channel
from harvester.watching.digest import Digest, Group
from harvester.watching.failing import DeliveryFailed
from harvester.watching.sending import run_once
from storage import deliveries
from storage.store import Store
from tests.watching.feed import config, tell, watch

AT = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)
DIGEST = Digest(
    "5d0c8f3e-0000-4000-8000-000000000001", "重点任务", "zh", AT, "重点任务：2 项变更", ("2026-11-20发现：新增任务 2 项",),
    (Group("江口市2025年信用建设要点", "https://example.org/a?x=1&y=2", ("第1项：新增", "第2项：<b>新增</b>")),), 3,
    ("您收到此消息，是因为……", "如不再接收，请执行 harvester watch pause 重点任务"),
)  # fmt: skip


class Inbox:
    """Keeps what it gets; refuses recipients that begin with ``no``."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.left = 0

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        if address.startswith("no"):
            return f"550 {address} is unknown here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_QUIT(self, _server: Any, _session: Any, _envelope: Any) -> str:  # noqa: N802
        self.left += 1
        return "500 no leave without a stamp"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if b"refuse-me" in envelope.content:
            return "451 try again later, harvester@example.org"
        self.messages.append(email.message_from_bytes(envelope.content, policy=default))
        self.recipients += envelope.rcpt_tos
        return "250 OK"


class Implicit(Controller):
    """A server that speaks TLS from the first byte; the probe of the library's own speaks none."""

    def _trigger_server(self) -> None:
        with ssl.create_default_context(cafile=self.ca_file).wrap_socket(self._probe(), server_hostname="localhost"):
            pass

    def _probe(self) -> Any:
        import socket

        return socket.create_connection(("127.0.0.1", self.port), 5)


def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"harvester", b"open sesame")
    return AuthResult(success=right, handled=False)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    folder = tmp_path_factory.mktemp("ca")
    issuer, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issuer.cert_pem.write_to_path(folder / "ca.pem")
    issuer.issue_cert("localhost").configure_cert(context)
    return folder / "ca.pem", context


@contextmanager
def served(security: str, authority: tuple[Path, ssl.SSLContext]) -> Iterator[tuple[Inbox, int]]:
    inbox, (ca_file, context) = Inbox(), authority
    login = {"authenticator": authenticate, "auth_required": True}
    if security == "tls":
        controller: Controller = Implicit(inbox, "127.0.0.1", _free_port(), ssl_context=context, auth_require_tls=False, **login)
        controller.ca_file = ca_file
    elif security == "starttls":
        controller = Controller(inbox, "127.0.0.1", _free_port(), tls_context=context, require_starttls=True, **login)
    else:
        controller = Controller(inbox, "127.0.0.1", _free_port())
    controller.start()
    try:
        yield inbox, controller.port
    finally:
        controller.stop()


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def desk(port: int, security: str = "plain", ca_file: Path | None = None, **more: Any) -> MailChannel:
    table = {
        "kind": "mail", "host": "localhost", "port": port, "security": security, "from": "harvester@example.org",
        "to": ["office@example.org", "desk@example.org"], "timeout": 5,
    }  # fmt: skip
    if security != "plain":
        table |= {"user": "harvester", "password_env": "MAIL_PASSWORD", "ca_file": str(ca_file)}
    found = channel("desk", {"desk": table | more}, {"MAIL_PASSWORD": "open sesame", "WRONG": "shut"})
    assert isinstance(found, MailChannel)
    return found


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # TLS is there before the server is asked
@pytest.mark.parametrize("security", ["tls", "starttls", "plain"])
def test_a_message_arrives_encrypted_and_logged_in(security: str, authority: tuple[Path, ssl.SSLContext]) -> None:
    with served(security, authority) as (inbox, port):
        assert mail.send(desk(port, security, authority[0]), DIGEST, "office@example.org") == ""
        mail.send(desk(port, security, authority[0]), DIGEST)
    got, again = inbox.messages
    assert inbox.left == 2  # a server that spoils the leave took the message all the same
    assert inbox.recipients[:2] == ["office@example.org", "desk@example.org"]
    assert str(got["subject"]) == "重点任务：2 项变更"
    assert got["message-id"] == again["message-id"] == f"<{DIGEST.id}@example.org>"
    assert (got["auto-submitted"], got["list-unsubscribe"]) == ("auto-generated", "<mailto:office@example.org>")
    assert got["list-id"].endswith(".example.org>")
    assert [part.get_content_type() for part in got.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    plain, page = (part.get_content() for part in got.iter_parts())
    for line in (*DIGEST.lead, *DIGEST.foot, "江口市2025年信用建设要点", "第1项：新增", "另有 3 项未列出"):
        assert line in plain
        assert line in page
    assert "第2项：&lt;b&gt;新增&lt;/b&gt;" in page
    assert 'href="https://example.org/a?x=1&amp;y=2"' in page


def test_the_same_delivery_is_the_same_bytes() -> None:
    one, other = (mail.message(desk(25), DIGEST).as_bytes() for _ in range(2))
    assert one == other
    assert max(len(line) for line in one.splitlines()) <= 998  # RFC 5322, 2.1.1


def test_a_server_whose_certificate_is_not_known_gets_nothing(authority: tuple[Path, ssl.SSLContext], tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")
    with served("starttls", authority) as (inbox, port), pytest.raises(DeliveryFailed, match="certificate is not trusted"):
        mail.send(desk(port, "starttls", tmp_path / "other.pem"), DIGEST)
    assert inbox.messages == []


def test_a_server_that_offers_no_encryption_gets_nothing(authority: tuple[Path, ssl.SSLContext]) -> None:
    with served("plain", authority) as (inbox, port), pytest.raises(DeliveryFailed, match="offers no STARTTLS"):
        mail.send(desk(port, "starttls", authority[0]), DIGEST)
    assert inbox.messages == []


def test_what_a_server_refuses_is_told_by_its_code_and_no_address(authority: tuple[Path, ssl.SSLContext]) -> None:
    from dataclasses import replace

    with served("starttls", authority) as (_, port), pytest.raises(DeliveryFailed, match=r"refused the login \(535\)"):
        mail.send(desk(port, "starttls", authority[0], password_env="WRONG"), DIGEST)
    with served("plain", authority) as (inbox, port):
        assert mail.send(desk(port, to=["office@example.org", "nobody@example.org"]), DIGEST) == (
            "the mail server refused 1 of 2 recipients: look at to of the channel."
        )
        assert inbox.recipients == ["office@example.org"]
        with pytest.raises(DeliveryFailed, match=r"^the mail server refused all recipients \(550\): look at to of the channel\.$"):
            mail.send(desk(port, to="nobody@example.org"), DIGEST)
        refused = replace(DIGEST, head="refuse-me")
        with pytest.raises(DeliveryFailed, match=r"^the mail server refused the message \(451\): look the code up in its log\.$"):
            mail.send(desk(port), refused)


def test_a_server_that_is_silent_is_left_in_time() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(DeliveryFailed, match="did not answer in time"):
        mail.send(desk(silent.getsockname()[1], timeout=1), DIGEST)
    with pytest.raises(DeliveryFailed, match="cannot be reached"):
        mail.send(desk(_free_port()), DIGEST)


def test_a_digest_goes_through_a_run_and_tells_of_recipients_that_were_refused(
    store: Store, tmp_path: Path, authority: tuple[Path, ssl.SSLContext]
) -> None:
    watch(store, channel="desk", entities=["task"])
    tell(store, 70)
    with served("plain", authority) as (inbox, port):
        table = {"kind": "mail", "host": "127.0.0.1", "port": port, "security": "plain", "from": "harvester@example.org"}
        settings = config(tmp_path, desk=table | {"to": ["office@example.org", "nobody@example.org"]})
        report = run_once(store, settings)
    assert (report.sent, report.problems) == (1, ["watch 重点任务: the mail server refused 1 of 2 recipients: look at to of the channel."])
    (delivery,) = deliveries.listed(store)
    (got,) = inbox.messages
    assert (delivery.state, delivery.rows, delivery.error) == (
        "sent",
        70,
        "the mail server refused 1 of 2 recipients: look at to of the channel.",
    )
    assert delivery.id in got["message-id"]
    assert str(got["subject"]) == "重点任务：70 项变更"
    told = got.get_body(("plain",)).get_content()
    assert (told.count("- 新增第"), "另有 10 项未列出" in told) == (60, True)

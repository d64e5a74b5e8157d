"""Mail: one message a delivery, plain text and HTML, over verified TLS (RFC 5321, 3207, 8314)."""

from __future__ import annotations

import hashlib
import smtplib
import socket
import ssl
from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape

from harvester.watching.channels import MailChannel
from harvester.watching.digest import Digest, count_left
from harvester.watching.failing import DeliveryFailed
from harvester.watching.posting import Guard, deadline

NOT_AVAILABLE = 421
"""The reply by which a mail server closes for now (RFC 5321, 3.8)."""


def send(channel: MailChannel, digest: Digest, contact: str = "") -> str:
    """Hand a message to the mail server; return what was not as it should be: how many recipients it refused. Raises ``DeliveryFailed``."""
    made = message(channel, digest, contact)
    with deadline(channel.timeout) as guard:
        try:
            server = _connected(channel, guard)
            try:
                refused = server.send_message(made, channel.sender, list(channel.recipients))
                with suppress(smtplib.SMTPException, OSError):  # the message was taken: how the server takes leave changes nothing
                    server.quit()
            finally:
                server.close()
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise _failure(error, late=guard.passed) from None
    return f"the mail server refused {len(refused)} of {len(channel.recipients)} recipients: look at to of the channel." if refused else ""


def message(channel: MailChannel, digest: Digest, contact: str = "") -> EmailMessage:
    """Return the mail: the same bytes for the same digest. Its identifier is the delivery's, so that a repetition is known as one."""
    domain = channel.sender.rpartition("@")[2]
    label = hashlib.sha256(digest.topic.encode()).hexdigest()[:12]
    made = EmailMessage(SMTP)
    made["From"] = Address(addr_spec=channel.sender)
    made["To"] = tuple(Address(addr_spec=each) for each in channel.recipients)
    made["Subject"] = digest.head
    made["Date"] = digest.created_at
    made["Message-ID"] = f"<{digest.id}@{domain}>"
    made["List-Id"] = f"<{digest.kind}-{label}.{domain}>"
    made["Auto-Submitted"] = "auto-generated"
    if "@" in contact and contact.isascii() and contact.isprintable() and not set(" <>,") & set(contact):
        made["List-Unsubscribe"] = f"<mailto:{contact.removeprefix('mailto:')}>"
    made.set_content(plain(digest), cte="base64")
    made.add_alternative(html(digest), subtype="html", cte="base64")
    made.set_boundary(f"=_{digest.id}")
    return made


def plain(digest: Digest) -> str:
    """Return the message as plain text."""
    blocks = ["\n".join(digest.lead)]
    for group in digest.groups:
        heading = [line for line in (group.title, group.url) if line]
        blocks.append("\n".join([*heading, *(f"- {line}" for line in group.lines)]))
    blocks += [left] if (left := count_left(digest, digest.told)) else []
    return "\n\n".join([*filter(None, blocks), "-- \n" + "\n".join(digest.foot)]) + "\n"


def html(digest: Digest) -> str:
    """Return the message as HTML without anything to fetch; everything in it is escaped."""
    made: str = _template().render(digest=digest, left=count_left(digest, digest.told), lang="zh-CN" if digest.language == "zh" else "en")
    return made


@lru_cache(maxsize=1)
def _template() -> Any:  # noqa: ANN401 -- jinja2.Template
    environment = Environment(loader=PackageLoader("harvester.watching"), autoescape=select_autoescape(default=True), trim_blocks=True)
    return environment.get_template("digest.html")


def _connected(channel: MailChannel, guard: Guard) -> smtplib.SMTP:
    """Return a connection that is encrypted and logged in as the channel says."""

    class Guarded(smtplib.SMTP):
        def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
            made = guard.watch(socket.create_connection((host, port), timeout))
            if channel.security == "tls":
                return context.wrap_socket(made, server_hostname=host)
            return made

    context = ssl.create_default_context(cafile=channel.ca_file)
    server = Guarded(channel.host, channel.port, timeout=channel.timeout, local_hostname=channel.sender.rpartition("@")[2])
    try:
        if channel.security == "starttls":
            server.starttls(context=context)
        if channel.user:
            server.login(channel.user, channel.password)
    except BaseException:
        server.close()
        raise
    return server


def _failure(error: Exception, *, late: bool) -> DeliveryFailed:
    # What a mail server says may quote addresses: only its code is told.
    if late or isinstance(error, TimeoutError):
        return DeliveryFailed("the mail server did not answer in time: look whether it runs, or raise timeout of the channel.", busy=True)
    if isinstance(error, ssl.SSLError):
        why = "the mail server's certificate is not trusted: mend it, or name the office's own authority in ca_file."
        return DeliveryFailed(why, busy=True)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return DeliveryFailed("the mail server offers no STARTTLS or no login: look at security, port and user of the channel.", busy=True)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return DeliveryFailed(f"the mail server refused the login ({error.smtp_code}): look at user and password.", busy=True)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = sorted({code for code, _ in error.recipients.values()})
        return DeliveryFailed(f"the mail server refused all recipients ({', '.join(map(str, codes))}): look at to of the channel.")
    if isinstance(error, smtplib.SMTPResponseException):
        why = f"the mail server refused the message ({error.smtp_code}): look the code up in its log."
        return DeliveryFailed(why, busy=error.smtp_code == NOT_AVAILABLE)
    return DeliveryFailed("the mail server cannot be reached or broke the connection: look at host and port of the channel.", busy=True)

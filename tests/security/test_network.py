"""The last line before the network: the address that was judged is the one that is asked, and no certificate is taken on trust."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from tests.security.rebinding import PRIVATE, PUBLIC

ROOT = Path(__file__).resolve().parents[2]
APART = ["unshare", "--map-root-user", "--mount", "--net"]


def printed(words: list[str], **environment: str) -> str:
    """Return the last line that a program prints."""
    done = subprocess.run(
        words, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=120, check=False, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.splitlines()[-1]


def no_network_of_its_own() -> str:
    """Return why this machine makes no network apart, empty where it does."""
    if not all(map(shutil.which, ("unshare", "ip", "mount"))):
        return "unshare, mount (util-linux) and ip (iproute2) are needed"
    tried = subprocess.run([*APART, "ip", "link", "set", "lo", "up"], capture_output=True, check=False)
    return "a network of its own may not be made here" if tried.returncode else ""


@pytest.mark.skipif(bool(no_network_of_its_own()), reason=no_network_of_its_own())
def test_a_name_that_changes_its_answer_leads_into_no_private_network() -> None:
    """The name server gives a public address and a private one by turns, valid for no second, and our cache of names is off."""
    guarded = json.loads(printed([*APART, sys.executable, "-m", "tests.security.rebinding", "guarded"]))
    assert guarded["reached"] == [PUBLIC] * len(PRIVATE)
    assert guarded["told"] == ["answered", "CannotResolveHostError"] * len(PRIVATE)
    plain = json.loads(printed([*APART, sys.executable, "-m", "tests.security.rebinding", "plain"]))
    assert set(plain["reached"]) == {PUBLIC, *PRIVATE}, "Scrapy's own resolver is led there, so this test can fail"


@contextlib.contextmanager
def page_over_tls(context: ssl.SSLContext) -> Iterator[str]:
    """Serve an empty page over TLS and give its address."""

    def listen() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection = server.accept()[0]
                with connection, contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True) as wrapped:
                    wrapped.recv(4096)
                    wrapped.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=listen, daemon=True).start()
        yield f"https://localhost:{server.getsockname()[1]}/"
        server.shutdown(socket.SHUT_RDWR)


def of(issuer: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issuer.issue_cert(name).configure_cert(context)
    return context


def test_a_certificate_is_verified_though_scrapy_by_itself_takes_any(tmp_path: Path) -> None:
    known, stranger = trustme.CA(), trustme.CA()
    known.cert_pem.write_to_path(tmp_path / "ca.pem")
    with contextlib.ExitStack() as servers:
        contexts = (of(known, "localhost"), of(stranger, "localhost"), of(known, "elsewhere.example"))
        addresses = [servers.enter_context(page_over_tls(context)) for context in contexts]
        words = [sys.executable, "-m", "tests.security.fetching"]
        told = {
            kind: json.loads(printed([*words, kind, *addresses], SSL_CERT_FILE=str(tmp_path / "ca.pem"))) for kind in ("guarded", "plain")
        }
    assert told["plain"] == ["answered"] * 3
    assert told["guarded"][0] == "answered"
    assert "answered" not in told["guarded"][1:]

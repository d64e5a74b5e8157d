"""A network of its own whose name server never gives the same answer twice: run by ``test_network.py`` under ``unshare``.

Nothing in it leads out: it has a loopback device and no other, to which a public address and private ones are given.
"""

from __future__ import annotations

import itertools
import json
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.security.fetching import fetch

PUBLIC = "11.22.33.44"
PRIVATE = ("127.0.0.1", "10.1.2.3", "172.16.0.9", "192.168.1.1", "169.254.169.254", "100.64.0.1")
_QUESTION_AT, _A, _IN = 12, 1, 1


def answer(question: bytes, addresses: list[str]) -> bytes:
    """Return a DNS answer (RFC 1035) with addresses that hold for no second."""
    end = question.index(b"\0", _QUESTION_AT) + 5
    kind = struct.unpack(">H", question[end - 4 : end - 2])[0]
    given = addresses if kind == _A else []
    head = question[:2] + struct.pack(">HHHHH", 0x8180, 1, len(given), 0, 0)
    rows = b"".join(b"\xc0\x0c" + struct.pack(">HHIH", _A, _IN, 0, 4) + socket.inet_aton(each) for each in given)
    return head + question[_QUESTION_AT:end] + rows


def name_server() -> None:
    """Answer for ever: the public address, then a private one, then the public one, then the next private one."""
    turns = itertools.cycle([each for private in PRIVATE for each in (PUBLIC, private)])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 53))
        while True:
            question, sender = server.recvfrom(512)
            server.sendto(answer(question, [next(turns)]), sender)


def main() -> None:
    """Print at which addresses requests arrived, and what became of each request."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for address in (PUBLIC, *PRIVATE[1:]):
        subprocess.run(["ip", "addr", "add", f"{address}/32", "dev", "lo"], check=True)
    with tempfile.NamedTemporaryFile("w") as resolv:
        resolv.write("nameserver 127.0.0.1\noptions attempts:1 timeout:2\n")
        resolv.flush()
        subprocess.run(["mount", "--bind", resolv.name, str(Path("/etc/resolv.conf").resolve())], check=True)
        reached: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                reached.append(self.connection.getsockname()[0])
                self.send_response(200)
                self.send_header("Connection", "close")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        web = ThreadingHTTPServer(("", 80), Handler)
        for work in (name_server, web.serve_forever):
            threading.Thread(target=work, daemon=True).start()
        told = fetch(["http://www.rebound.example/"] * (2 * len(PRIVATE)), guarded=sys.argv[1] == "guarded")
    print(json.dumps({"reached": reached, "told": told}))


if __name__ == "__main__":
    main()

"""Servers on this machine that take messages as the real ones do, and refuse what those refuse."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from standardwebhooks import Webhook


@dataclass
class Got:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """What a server got, and how it is to answer: the words of ``script`` one by one, then always ``ok``."""

    script: list[str] = field(default_factory=list)
    got: list[Got] = field(default_factory=list)
    url: str = ""
    answer: Callable[[Got], tuple[int, bytes]] = lambda got: (200, b"")
    before: Callable[[Got], None] = lambda got: None
    delay: float = 3.0


class Handler(BaseHTTPRequestHandler):
    """Answers as the receiver's script says."""

    receiver: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        got = Got(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
        receiver = self.receiver
        receiver.got.append(got)
        receiver.before(got)
        word = receiver.script.pop(0) if receiver.script else "ok"
        getattr(self, f"do_{word.partition(' ')[0]}", self.do_status)(got, word.partition(" ")[2] or word)

    def do_ok(self, got: Got, _: str) -> None:
        status, body = self.receiver.answer(got)
        self.reply(status, body)

    def do_status(self, _got: Got, word: str) -> None:
        self.reply(int(word), b"no")

    def do_wait(self, _got: Got, word: str) -> None:
        """Ask to be left alone for a while."""
        header, _, seconds = word.rpartition(" ")
        self.reply(429, b"", {header or "retry-after": seconds})

    def do_redirect(self, _got: Got, word: str) -> None:
        self.reply(302, b"", {"location": word})

    def do_silence(self, got: Got, _: str) -> None:
        """Take the message and answer long after everybody has gone."""
        status, body = self.receiver.answer(got)
        time.sleep(self.receiver.delay)
        self.reply(status, body)

    def do_keep(self, got: Got, _: str) -> None:
        """Take the message and keep it, and break the connection before the answer."""
        self.receiver.answer(got)
        self.do_cut(got, "")

    def do_cut(self, _got: Got, _: str) -> None:
        """Break the connection without a word; nothing is kept."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def do_drip(self, _got: Got, _: str) -> None:
        """Answer a letter at a time, each well within any limit on a single read."""
        try:
            for letter in b"HTTP/1.1 200 OK\r\n" + b"x-a: b\r\n" * 200:
                self.connection.sendall(bytes([letter]))
                time.sleep(0.05)
        except OSError:
            pass
        self.close_connection = True

    def do_flood(self, _got: Got, _: str) -> None:
        """Answer without an end."""
        self.connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n")
        try:
            for _ in range(2000):
                self.connection.sendall(b"x" * 65536)
        except OSError:
            pass
        self.close_connection = True

    def reply(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        try:
            self.send_response(status)
            for name, value in {"content-length": str(len(body)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Quiet(ThreadingHTTPServer):
    """Broken connections are what these servers are for."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(receiver: Receiver, context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Serve a receiver on a free port until the block ends; with a TLS context over https."""
    server = Quiet(("127.0.0.1", 0), type("Bound", (Handler,), {"receiver": receiver}))
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    receiver.url = f"{'https' if context else 'http'}://{'localhost' if context else '127.0.0.1'}:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# --- a webhook's receiver --------------------------------------------------------------------------------------------------


@dataclass
class Ledger:
    """A receiver as the page for receivers tells to build one: it checks the signature and keeps each identifier once."""

    secret: str
    kept: dict[str, bytes] = field(default_factory=dict)
    repeated: int = 0

    def take(self, got: Got) -> tuple[int, bytes]:
        assert got.headers["content-type"] == "application/cloudevents+json; charset=utf-8"
        event = Webhook(self.secret).verify(got.body, got.headers)
        identifier = got.headers["webhook-id"]
        assert event["id"] == identifier
        if identifier in self.kept:
            self.repeated += 1
            assert self.kept[identifier] == got.body
        self.kept.setdefault(identifier, got.body)
        return 204, b""

    def events(self) -> list[dict[str, Any]]:
        return sorted((json.loads(body) for body in self.kept.values()), key=lambda event: int(event["data"]["upto"]))

    def numbers(self) -> list[int]:
        return [row["seq"] for event in self.events() for row in event["data"]["rows"]]

    def missing(self) -> list[tuple[int, int]]:
        """Return where the chain of deliveries is broken."""
        events = self.events()
        ends = [0, *(event["data"]["upto"] for event in events)]
        return [(end, event["data"]["previous"]) for end, event in zip(ends, events, strict=False) if end != event["data"]["previous"]]


# --- the robots ------------------------------------------------------------------------------------------------------------


def _json_answer(**told: Any) -> tuple[int, bytes]:
    return 200, json.dumps(told).encode()


def wecom(got: Got) -> tuple[int, bytes]:
    """Answer as 企业微信 does: always 200, the code in the body."""
    if got.path != "/cgi-bin/webhook/send?key=0f3a-test":
        return _json_answer(errcode=93000, errmsg="invalid webhook url, hint: [0f3a-test]")
    told = json.loads(got.body)
    if not got.headers["content-type"].startswith("application/json") or told.get("msgtype") != "markdown":
        return _json_answer(errcode=40008, errmsg="invalid message type")
    if set(told) != {"msgtype", "markdown"} or set(told["markdown"]) != {"content"} or not told["markdown"]["content"]:
        return _json_answer(errcode=40058, errmsg="invalid Request Parameter")
    if len(told["markdown"]["content"].encode()) > 4096:
        return _json_answer(errcode=40058, errmsg="markdown.content exceed max length 4096.")
    return _json_answer(errcode=0, errmsg="ok")


def dingtalk(secret: str) -> Callable[[Got], tuple[int, bytes]]:
    """Return a robot that wants the signature of a secret in the address, an hour young."""

    def answer(got: Got) -> tuple[int, bytes]:
        asked = parse_qs(urlsplit(got.path).query, strict_parsing=True)
        if asked.get("access_token") != ["tok-test"]:
            return _json_answer(errcode=300001, errmsg="token is not exist")
        moment = asked.get("timestamp", ["0"])[0]
        wanted = base64.b64encode(hmac.new(secret.encode(), f"{moment}\n{secret}".encode(), hashlib.sha256).digest()).decode()
        if asked.get("sign") != [wanted] or abs(int(moment) / 1000 - time.time()) > 3600:
            return _json_answer(errcode=310000, errmsg="sign not match")
        told = json.loads(got.body)
        if told.get("msgtype") != "markdown" or not told["markdown"].get("title") or not told["markdown"].get("text"):
            return _json_answer(errcode=400402, errmsg="param error")
        if len(got.body) > 20_000:
            return _json_answer(errcode=460101, errmsg="message too long")
        return _json_answer(errcode=0, errmsg="ok")

    return answer


def feishu(secret: str, keyword: str = "") -> Callable[[Got], tuple[int, bytes]]:
    """Return a robot that wants the signature of a secret in the body, an hour young, and its keyword."""

    def answer(got: Got) -> tuple[int, bytes]:
        told = json.loads(got.body)
        key = f"{told.get('timestamp')}\n{secret}".encode()
        if told.get("sign") != base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode():
            return _json_answer(code=19021, msg="sign match fail or timestamp is not within one hour from current time", data={})
        if abs(int(told["timestamp"]) - time.time()) > 3600:
            return _json_answer(code=19021, msg="sign match fail or timestamp is not within one hour from current time", data={})
        if keyword and keyword not in got.body.decode():
            return _json_answer(code=19024, msg="Key Words Not Found", data={})
        if len(got.body) > 20 * 1024 or not _is_post(told):
            return _json_answer(code=9499, msg="Bad Request", data={})
        return _json_answer(StatusCode=0, StatusMessage="success", code=0, data={}, msg="success")

    return answer


def _is_post(told: dict[str, Any]) -> bool:
    posts = told.get("content", {}).get("post", {})
    pieces = [piece for post in posts.values() for line in post["content"] for piece in line]
    shapes = {"text": {"tag", "text"}, "a": {"tag", "text", "href"}}
    right = all(set(piece) == shapes.get(piece["tag"]) for piece in pieces)
    return told.get("msg_type") == "post" and bool(pieces) and right and set(posts) <= {"zh_cn", "en_us"}

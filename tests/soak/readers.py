"""Readers of the room: they log in, open pages, ask the API, search, take files and feeds, and now and then leave in the middle."""

from __future__ import annotations

import random
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

PATHS = (
    *("/", "/tasks", "/documents", "/agencies", "/records", "/changes", "/coverage", "/watches", "/dictionary", "/help", "/corrections"),
    *("/tasks?site=anhui", "/tasks?due_to=2027-12-31", "/documents?site=jiangsu", "/changes?site=shanghai", "/tasks?lang=en"),
    *("/search?words=信用", "/search?words=窗口指示牌", "/find?q=信用", "/find?q=发改委", "/changes.atom", "/calendar/tasks.ics"),
    *("/operations", "/operations/schedule", "/operations/sites/anhui", "/operations/sites/zhejiang", "/review", "/audit", "/metrics"),
    *("/api/v1/tasks", "/api/v1/documents?limit=200", "/api/v1/changes", "/api/v1/runs", "/api/v1/sites", "/api/v1/search?words=责任"),
    *("/api/v1/agencies", "/api/v1/coverage", "/api/openapi.json", "/health", "/static/style.css", "/no/such/page"),
    *("/api/v1/sql?sql=SELECT+count(*)+FROM+v_tasks", "/sql"),
)
FILES = tuple(f"/api/v1/{what}?format={form}" for what in ("tasks", "documents") for form in ("csv", "jsonl", "xlsx", "parquet"))
TOKEN = re.compile(r'name="token" value="([0-9a-f]{64})"')
PACE = (0.2, 1.2)
"""Seconds that a reader reads what it opened."""
VISIT = (20, 60)
"""Requests of one login."""


@dataclass(slots=True)
class Heard:
    """What the readers were answered; ``wrong`` are answers that nobody may be given, each with what it said."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    stated: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    left: int = 0
    turn: threading.Lock = field(default_factory=threading.Lock)

    def note(self, path: str, answer: httpx.Response, seconds: float) -> None:
        """Take note of an answer."""
        with self.turn:
            self.seconds.append(seconds)
            self.statuses[answer.status_code] += 1
            if 400 <= answer.status_code < 500:
                self.refused[f"{answer.status_code} {path}"] += 1
            if answer.status_code < 500:
                return
            cause = stated_cause(answer)
            if answer.status_code == 503 and cause:
                self.stated[cause] += 1
            else:
                self.wrong.append(f"{path}: {answer.status_code} {answer.text[:300]}")

    def minute(self) -> tuple[int, float]:
        """Return how many answers came since the last call, and the 95th percentile of their seconds."""
        with self.turn:
            found, self.seconds = sorted(self.seconds), []
        return len(found), found[int(0.95 * (len(found) - 1))] if found else 0.0


def stated_cause(answer: httpx.Response) -> str:
    """Return which problem an answer of 503 names, empty where it names none."""
    if "json" in answer.headers.get("content-type", ""):
        return str(answer.json().get("id", ""))
    found = re.search(r"<h1[^>]*>(.*?)</h1>", answer.text, re.DOTALL)
    return found[1].strip() if found else ""


class Reader(threading.Thread):
    """One reader, until ``stop`` is set."""

    def __init__(self, address: str, heard: Heard, stop: threading.Event, seed: int, account: Mapping[str, str]) -> None:
        super().__init__(daemon=True, name=f"reader-{seed}")
        self.address, self.heard, self.stop, self.account = address.rstrip("/"), heard, stop, account
        self.chance = random.Random(seed)
        self.known: list[str] = []

    def run(self) -> None:
        """Visit the room again and again."""
        while not self.stop.is_set():
            try:
                with httpx.Client(base_url=self.address, timeout=60, headers={"accept": "text/html"}, trust_env=False) as client:
                    self._visit(client)
            except httpx.HTTPError as error:
                if not self.stop.is_set():
                    with self.heard.turn:
                        self.heard.wrong.append(f"a reader: {type(error).__name__} {error}")
                self.stop.wait(1)

    def _visit(self, client: httpx.Client) -> None:
        token = self._token(self._get(client, "/login"))
        begun = time.monotonic()
        answer = client.post("/login", data={**self.account, "token": token})
        self.heard.note("/login", answer, time.monotonic() - begun)
        if answer.status_code != 303:
            if answer.status_code != 503:  # a room that is busy says so, which is counted already
                with self.heard.turn:
                    self.heard.wrong.append(f"/login: {answer.status_code}, not let in")
            self.stop.wait(5)
            return
        for _ in range(self.chance.randint(*VISIT)):
            if self.stop.wait(self.chance.uniform(*PACE)):
                return
            self._step(client)
        home = self._get(client, "/account")
        client.post("/logout", data={"token": self._token(home)})

    def _step(self, client: httpx.Client) -> None:
        if self.chance.random() < 0.05:
            self._leave(client)
        elif self.known and self.chance.random() < 0.4:
            self._get(client, self.chance.choice(self.known))
        else:
            path = self.chance.choice(FILES if self.chance.random() < 0.1 else PATHS)
            self._learn(self._get(client, path))

    def _get(self, client: httpx.Client, path: str) -> httpx.Response:
        begun = time.monotonic()
        answer = client.get(path)
        self.heard.note(path, answer, time.monotonic() - begun)
        return answer

    def _learn(self, answer: httpx.Response) -> None:
        """Take note of a few addresses of documents, tasks, bodies and runs that a page names."""
        found = (
            re.findall(r'href="(/(?:d|t|a|w|operations/runs)/[^"#?]+)"', answer.text)
            if "html" in answer.headers.get("content-type", "")
            else []
        )
        if found:
            self.known = (self.known + self.chance.sample(found, min(3, len(found))))[-40:]

    def _leave(self, client: httpx.Client) -> None:
        """Ask for a file and hang up before it is there."""
        host, port = self.address.removeprefix("http://").split(":")
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in client.cookies.jar)
        with socket.create_connection((host, int(port)), timeout=30) as line:
            asked = f"GET {self.chance.choice(FILES)} HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: {cookies}\r\n\r\n"
            line.sendall(asked.encode())
            if self.chance.random() < 0.5:
                line.recv(200)
        with self.heard.turn:
            self.heard.left += 1

    def _token(self, page: httpx.Response) -> str:
        found = TOKEN.search(page.text)
        return found[1] if found else ""

"""The sites of a soak in a process of their own: a replica each, with faults of its own, edited as it is told, and what it shows."""

from __future__ import annotations

import multiprocessing
import random
import re
import signal
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, NamedTuple, Self

from harvester.replica import server
from harvester.replica.document import SHANGHAI_TIME
from harvester.replica.site import Answer
from tests.end_to_end.year import page, text
from tests.soak.plan import REFUSED, ROBOTS_BROKEN, ROBOTS_GONE

DELAY = 7.0
"""Seconds that a slow page takes: more than a crawl of the soak waits for one."""
ROBOTS = {ROBOTS_GONE: 404, ROBOTS_BROKEN: 500}
KEPT_REQUESTS = 1000
MARK = re.compile(r"编号为(\d+-\d+)")
"""Numbers that stand in one text of the soak each."""


class Shown(NamedTuple):
    """What a site shows of a document: its title, and the marks of its text (none in what the replica published itself)."""

    title: str
    marks: tuple[str, ...]


class Site(server.Replica):
    """One site of the replica, with the faults that a soak adds to its own."""

    def __init__(self, name: str) -> None:
        self.name, self.robots, self.withdrawn = name, 0, set[str]()
        super().__init__([name], delay=DELAY)
        self.port = int(self.bases[name].rpartition(":")[2])

    def suffer(self, fault: str) -> None:
        """Have a fault from now on, an empty one: none."""
        self.robots = ROBOTS.get(fault, 0)
        listening = self._servers[self.name]
        if fault == REFUSED:
            listening.stop()
        elif not listening._thread.is_alive():
            self._servers[self.name] = server._Server(self, self.name, self.port)
        self.fault = "" if fault in (REFUSED, *ROBOTS) else _here(fault, self.name)

    def answer(self, site: str, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        del self.requests[:-KEPT_REQUESTS]  # the sites run for hours, too
        if self.robots and target == "/robots.txt":
            return Answer(self.robots, b"", {"Content-Type": "text/plain"})
        return super().answer(site, method, target, headers, body)

    def change(self, kind: str, chance: random.Random, number: int) -> None:
        """Publish a document, or edit or withdraw one that the soak published."""
        if kind == "publish":
            today = datetime.now(UTC).astimezone(SHANGHAI_TIME).date()
            found = page(chance, self.name, number, today, 1 if chance.random() < 0.2 else 0)
            # What the site's own documents say of themselves these say, too: fields that empty by and by are a finding, and rightly so.
            named = server.every_site()[self.name].name
            self.add(self.name, replace(found, source=named, issuer=named))
            return
        own = [key for key, shown in self.shown().items() if shown.marks]
        if not own:
            return
        key = chance.choice(own)
        if kind == "edit":
            self.edit(self.name, key, body_html=text(chance, number))
        else:
            self.remove(self.name, key)
            self.withdrawn.add(key)

    def shown(self) -> dict[str, Shown]:
        """Return what the site shows, by key."""
        found = self.documents(self.name)
        return {key: Shown(document.title, tuple(MARK.findall(document.body_html))) for key, document in found.items()}


def _here(fault: str, site: str) -> str:
    name, at, reach = fault.partition("@")
    return f"{name}:{site}{at}{reach}" if name else ""


class Sites:
    """All sites of a soak, in one process of their own; a context manager."""

    def __init__(self, names: Sequence[str], seed: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, other = context.Pipe()
        self.process: BaseProcess = context.Process(target=_serve, args=(other, tuple(names), seed), daemon=True)
        self.process.start()
        self.bases: dict[str, str] = self._ask("bases")

    def suffer(self, site: str, fault: str) -> None:
        """Let a site have a fault."""
        self._ask("suffer", site, fault)

    def change(self, site: str, kind: str) -> None:
        """Change a site."""
        self._ask("change", site, kind)

    def truth(self) -> tuple[dict[str, dict[str, Shown]], dict[str, set[str]]]:
        """Return what each site shows, and which documents it took back."""
        found: tuple[dict[str, dict[str, Shown]], dict[str, set[str]]] = self._ask("truth")
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._ask("end")
        self.process.join(10)

    def _ask(self, *words: str) -> Any:
        self._pipe.send(words)
        if not self._pipe.poll(120):
            raise TimeoutError(f"The sites do not answer to {words}.")
        return self._pipe.recv()


def _serve(pipe: Connection, names: Sequence[str], seed: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever began this process ends it
    chance, number = random.Random(seed), 0
    sites = {name: Site(name) for name in names}
    while True:
        what, *words = pipe.recv()
        answer: object = None
        if what == "bases":
            answer = {name: site.bases[name] for name, site in sites.items()}
        elif what == "suffer":
            sites[words[0]].suffer(words[1])
        elif what == "change":
            number += 1
            sites[words[0]].change(words[1], chance, 100_000 + number)
        elif what == "truth":
            answer = {name: site.shown() for name, site in sites.items()}, {name: site.withdrawn for name, site in sites.items()}
        pipe.send(answer)
        if what == "end":
            for site in sites.values():
                site.close()
            return

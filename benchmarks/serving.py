"""The reading room under fifty clients: rates of pages and of the API beside those of a FastAPI application that answers what it holds.

python -m benchmarks.serving [--json]      BENCH_DOCUMENTS=20000 for the store of a million tasks

Both are served by one process of uvicorn on this machine, and asked by turns by the same clients, who keep their connections. The room
is ``harvester serve`` over a store of 20,000 tasks; every list is asked with many filters and at many pages. The other side answers the
same address with a dictionary of JSON of the same length.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import IO, Any
from urllib.parse import urlencode, urlsplit

from benchmarks.clients import Answered, Asking, asked
from benchmarks.command import HARVESTER, environment
from benchmarks.figures import Figure, Times, by_turns, main, rates, sized
from benchmarks.million import KINDS, PROVINCES, Sizes, bodies, fill
from benchmarks.servers import server_seconds
from storage.store import Store

CLIENTS = 50
ROUNDS = 3
SECONDS = 2.0
BAR = 0.3
SIZES = Sizes(documents=sized("DOCUMENTS", 400), tasks=50)
QUESTIONS = 40
"""Questions of one list, each asked at its first pages."""
PAGES = 4
BARE = "a bare FastAPI answer"
BARE_APPLICATION = """
import json, sys, uvicorn
from fastapi import FastAPI

app = FastAPI()
def serve(path, value):
    async def answer():
        return value
    app.get(path)(answer)
for path, file in json.load(open(sys.argv[1])).items():
    serve(path, json.load(open(file)))
config = uvicorn.Config(app, port=0, access_log=False, log_level="info")
uvicorn.Server(config).run()
"""
"""What the room is measured beside: no question, no database, no rights; a dictionary, always the same."""


@dataclass
class Server:
    """A process that serves at a port of this machine."""

    process: subprocess.Popen[str]
    port: int

    def processor(self) -> float:
        """Return the seconds of a processor that it used so far."""
        return server_seconds(self.process.pid)


@dataclass
class Answers:
    """What came of asking one side of one kind of address, run by run."""

    runs: list[Answered] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def each(self) -> list[float]:
        """Return the seconds from one answer to the next of the runs that count."""
        return [run.each for run in self.runs[1:]]

    def said(self) -> dict[str, float]:
        """Return the medians of what else was measured."""
        told = self.runs[1:]
        return {
            "p95 ms": round(median(run.p95 for run in told), 1),
            "median ms": round(median(run.median for run in told), 1),
            "kB": round(median(run.bytes for run in told) / 1000, 1),
            "processor ms": round(median(self.processor[1:]) * 1000, 2),
            "clients' processor": round(max(run.processor for run in told), 2),
        }


@contextmanager
def serving(words: Sequence[str], settings: Mapping[str, str], announced: str) -> Iterator[Server]:
    """Start a process that serves and give it as soon as it says so; end it at the end. Its announcement holds the address."""
    with tempfile.TemporaryFile("w+") as told:
        process = subprocess.Popen(words, env=dict(settings), stdin=subprocess.DEVNULL, stdout=told, stderr=told, text=True)
        try:
            yield Server(process, _port(process, told, announced))
        finally:
            process.terminate()
            process.wait(20)


def _port(process: subprocess.Popen[str], told: IO[str], announced: str) -> int:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        told.seek(0)
        line = next((line for line in told.read().splitlines() if announced in line), "")
        address = next((word for word in line.split() if word.startswith("http://")), "")
        if address:
            return urlsplit(address).port or 80
        time.sleep(0.1)
    told.seek(0)
    raise SystemExit(f"serving: no server came up: {told.read()[-2000:]}")


# --- what is asked -----------------------------------------------------------------------------------------------------


class Room:
    """Asks the room one thing after another, to learn what there is to be asked."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)

    def text(self, path: str) -> str:
        """Return an answer."""
        self._connection.request("GET", path)
        answer = self._connection.getresponse()
        body = answer.read().decode()
        if answer.status != 200:
            raise SystemExit(f"serving: {path} was answered by {answer.status}: {body[:300]}")
        return body

    def json(self, path: str) -> Any:  # noqa: ANN401 -- what JSON holds
        """Return an answer of the API."""
        return json.loads(self.text(path))

    def pages(self, path: str) -> Iterator[str]:
        """Yield the addresses of the first pages of a list that have rows, as the API leads from one to the next."""
        for _ in range(PAGES):
            found = self.json(path)
            if not found["rows"]:
                return
            yield path
            if not found["next"]:
                return
            path = found["next"]


def questions(dice: random.Random) -> list[dict[str, str]]:
    """Return filters of tasks, many of which documents know as well: places, years, kinds, sites, bodies, days, words."""
    known = bodies()
    found: list[dict[str, str]] = [{}]
    while len(found) < QUESTIONS:
        body = dice.choice(known)
        year = dice.randrange(2012, 2026)
        some = {
            "region": dice.choice([*PROVINCES, body.region]), "kind": dice.choice(KINDS), "year": str(year), "site": f"s{body.region}",
            "agency": body.name, "due_from": f"{year}-01-01", "words": dice.choice(("信用修复", "分级分类监管", "诚信宣传", "备案")),
        }  # fmt: skip
        chosen = dice.sample(sorted(some), dice.choice((1, 1, 2)))
        if {name: some[name] for name in chosen} not in found:
            found.append({name: some[name] for name in chosen})
    return found


def asked_lists(room: Room, dice: random.Random) -> dict[str, list[str]]:
    """Return the addresses of lists, pages and API, by what they are called in the figures."""
    of_tasks = [page for one in questions(dice) for page in room.pages(f"/api/v1/tasks?{urlencode(one)}")]
    of_documents = [
        page
        for one in questions(dice)
        if not {"agency", "due_from"} & set(one)
        for page in room.pages(f"/api/v1/documents?{urlencode(one)}")
    ]
    api = {"/api/v1/tasks": of_tasks, "/api/v1/documents": of_documents}
    return api | {name.removeprefix("/api/v1"): [path.removeprefix("/api/v1") for path in paths] for name, paths in api.items()}


def asked_others(room: Room, dice: random.Random) -> dict[str, list[str]]:
    """Return the addresses of documents and of searches."""
    identifiers = [row["id"] for page in room.pages("/api/v1/documents?limit=100") for row in room.json(page)["rows"]]
    words = ("信用修复", "分级分类监管", "诚信宣传", "政务诚信 通报", "备案", "合同履约监测", "目录", "街道 园区")
    searches = [{"q": f"{dice.choice(words)} {n}"} for n in dice.sample(range(1, 400), 60)]
    return {"/d/ID": [f"/d/{one}" for one in identifiers], "/search": [f"/search?{urlencode(one)}" for one in searches]}


# --- what is answered beside it ------------------------------------------------------------------------------------------


def held(room: Room, kinds: Mapping[str, Sequence[str]], folder: Path) -> Path:
    """Write, for each kind of address, JSON of the length of its middle answer; return the file that names them by address."""
    rows = room.json("/api/v1/tasks?limit=500")["rows"]
    files = {}
    for number, (kind, paths) in enumerate(kinds.items()):
        lengths = sorted(len(room.text(path).encode()) for path in paths[:: max(1, len(paths) // 20)])
        file = folder / f"{number}.json"
        file.write_text(json.dumps(_of_length(rows, lengths[len(lengths) // 2]), ensure_ascii=False), "utf-8")
        files[kind] = str(file)
    index = folder / "held.json"
    index.write_text(json.dumps(files), "utf-8")
    return index


def _of_length(rows: Sequence[Mapping[str, Any]], length: int) -> dict[str, Any]:
    """Return an answer of about so many bytes."""
    chosen: list[Mapping[str, Any]] = []
    left = length
    for row in rows:
        left -= len(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode())
        if left < 0 and chosen:
            break
        chosen.append(row)
    return {"rows": chosen, "next": None, "total": len(chosen), "read_as": None}


# --- measure -----------------------------------------------------------------------------------------------------------


def ask(server: Server, paths: Sequence[str], answers: Answers) -> None:
    """Ask a server for a while."""
    before = server.processor()
    run = asked(Asking(server.port, list(paths), CLIENTS, SECONDS))
    if run.wrong:
        raise SystemExit(f"serving: {paths[0]} was not always answered by 200: {run.statuses}")
    answers.runs.append(run)
    answers.processor.append((server.processor() - before) / run.answers)


def compared(kind: str, room: Server, bare: Server, paths: Sequence[str]) -> list[Figure]:
    """Ask both servers by turns; return the rates, and the times below which 95 of 100 answers stay."""
    ours, theirs = Answers(), Answers()
    by_turns({"ours": lambda: ask(room, paths, ours), "theirs": lambda: ask(bare, [kind], theirs)}, ROUNDS)
    times: Times = {"the room": ours.each(), BARE: theirs.each()}
    bar = BAR if "ID" not in kind and "search" not in kind else None
    told = {"addresses": len(paths), "clients": CLIENTS, "room": ours.said(), "bare": theirs.said()}
    rate = rates(f"serve: {kind}", times, "the room", BARE, 1.0, "answers/s", bar=bar, **told)
    slow = [[run.p95 for run in each.runs[1:]] for each in (ours, theirs)]
    ratios = [one / other for one, other in zip(*slow, strict=True)]
    sides = median(slow[0]), median(slow[1])
    late = Figure(f"serve: {kind}, p95", sides[0], "ms", BARE, sides[1], median(ratios), min(ratios), max(ratios), at_most=True)
    return [rate, late]


def measure() -> list[Figure]:
    """Fill a store, serve it, and ask."""
    dice = random.Random(11)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder}/serving.sqlite"
        with Store.open(url, create=True) as store:
            fill(store, SIZES)
        told = environment(url) | {"HOME": str(folder)}
        with serving([*HARVESTER, "serve", "--port", "0"], told, "reading room") as room:
            asker = Room(room.port)
            kinds = asked_lists(asker, dice) | asked_others(asker, dice)
            index = held(asker, kinds, folder)
            with serving([sys.executable, "-c", BARE_APPLICATION, str(index)], told, "running on") as bare:
                return [figure for kind, paths in kinds.items() for figure in compared(kind, room, bare, paths)]


if __name__ == "__main__":
    main(measure, ("fastapi", "starlette", "uvicorn", "h11", "sqlalchemy", "jinja2"))

"""A site of thousands of plans for benchmarks: pages as a site of the replica prints them, served from memory by a process of its own.

Each plan is another text with a table of forty tasks, put together by chance from words and bodies; nobody published any of it.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from multiprocessing.connection import Connection

from benchmarks.papers import HEAD, WORDS, rows, sentence
from harvester.replica.document import ReplicaDocument
from harvester.replica.families.base import Family, site_facts
from harvester.replica.faults import Target, TargetKind
from harvester.replica.site import ReplicaSite

SITE, SECTION = "shanghai", "tzgg"
FIRST, DAYS = date(2016, 1, 4), 3600
BODIES = (
    "市发展改革委", "市市场监管局", "市财政局", "市教委", "市商务委", "市公安局", "市税务局", "市交通委", "市生态环境局", "市农业农村委",
    "市医保局", "市住房城乡建设管理委", "市人力资源社会保障局", "市民政局", "市司法局", "市卫生健康委", "市文化旅游局", "市科委",
    "市经济信息化委", "市应急局", "市水务局", "市绿化市容局", "市统计局", "市审计局", "市大数据中心", "市高级人民法院", "浦东新区人民政府",
    "各区人民政府",
)  # fmt: skip
_MISSING = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


def plan(number: int) -> ReplicaDocument:
    """Return the plan of a number; the same number gives the same."""
    chance = random.Random(f"plan {number}")
    day = FIRST + timedelta(chance.randrange(DAYS))
    title = f"上海市{day.year}年{''.join(chance.sample(WORDS, 4))}信用建设重点任务分工"
    said = "".join(f"<p>{sentence(chance, 14)}，{sentence(chance, 12)}。</p>\n" for _ in range(5))
    head = "".join(f"<td>{name}</td>" for name in HEAD)
    made = rows(chance, day.year, BODIES, more=4, cell='<td style="padding: 5px;">')
    signed = f'<p class="r">上海市社会信用建设办公室</p>\n<p class="r">{day.year}年{day.month}月{day.day}日</p>'
    body = f"{said}<table>\n<tr>{head}</tr>\n{made}</table>\n{signed}"
    return ReplicaDocument(SECTION, title, day, body, number=f"沪信用办〔{day.year}〕{number}号", source="上海市社会信用建设办公室")


def pages(count: int) -> tuple[dict[str, bytes], list[str]]:
    """Return the answers of a site of so many plans by their targets, lists and robots.txt among them, and the targets of the plans."""
    site = ReplicaSite(site_facts()[SITE], lambda: None, 0.0)
    family = site.family
    assert isinstance(family, Family)
    for number in range(count):
        family.publish(plan(number), datetime(2026, 1, 5, tzinfo=UTC))
    section = family.facts.section(SECTION)
    answers = {}
    for number in range(1, family.pages(section) + 1):
        target = f"{section.path}index{f'_{number}' if number > 1 else ''}.html"
        answers[target] = _answer(site.answer("GET", target, {}).body, "text/html")
    articles = []
    for entry in family.register:
        page = family.render_article(entry, Target(TargetKind.ARTICLE, SECTION, key=entry.key))
        articles.append(family.article_path(entry))
        answers[articles[-1]] = _answer(page.body, page.content_type)
    for other in site_facts()[SITE].sections:
        answers.setdefault(f"{other.path}index.html", _answer(site.answer("GET", other.path, {}).body, "text/html"))
    answers["/robots.txt"] = _answer(site.answer("GET", "/robots.txt", {}).body, "text/plain")
    return answers, articles


def _answer(body: bytes, media_type: str) -> bytes:
    changed = format_datetime(datetime(2026, 1, 5, tzinfo=UTC), usegmt=True)
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nLast-Modified: {changed}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode("ascii") + body


class _Static(asyncio.Protocol):
    """Answers GET from memory, on connections that are kept."""

    def __init__(self, answers: dict[bytes, bytes]) -> None:
        self._answers = answers
        self._waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        *asked, self._waiting = (self._waiting + data).split(b"\r\n\r\n")
        for head in asked:
            self._transport.write(self._answers.get(head.split(b" ", 2)[1], _MISSING))


def _serve(there: Connection, count: int) -> None:
    answers, articles = pages(count)

    async def serve() -> None:
        by_target = {target.encode("ascii"): answer for target, answer in answers.items()}
        server = await asyncio.get_running_loop().create_server(lambda: _Static(by_target), "127.0.0.1", 0)
        sizes = [len(answers[target]) for target in articles]
        base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        there.send((base, list(answers), len(articles), sum(sizes) / len(sizes)))
        await server.serve_forever()

    asyncio.run(serve())


@dataclass(frozen=True, slots=True)
class Site:
    """A site that is being served: its address, the targets of every page, how many plans, and their mean size in bytes."""

    base: str
    targets: list[str]
    plans: int
    size: float


@contextmanager
def served(count: int) -> Iterator[Site]:
    """Serve a site of so many plans in a process of its own while the block runs."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there, count), daemon=True)
    process.start()
    try:
        yield Site(*here.recv())
    finally:
        process.kill()
        process.join()

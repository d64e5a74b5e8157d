"""Crawls of local sites in processes of their own, and small servers that answer as a test wants."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Column, Table, select

from harvester.config import Config
from harvester.crawl import RunSummary
from storage.incidents import incidents_of
from storage.schema import documents, failures, metadata, runs
from storage.store import Store
from tests import warm

MOVING = {
    "runs", "captures", "failures", "clocks", "sightings", "coverage", "store_state", "run_events", "run_sections", "findings", "incidents",
    "specimens",
}  # fmt: skip
"""Tables that every crawl adds to or moves on, whatever it finds."""
CLOCKS = {"notices": {"last_seen", "last_checked"}, "endings": {"last_seen"}, "record_sightings": {"run", "last_seen", "read_at"}}
"""Columns of other tables that every crawl moves on."""


class Reply(NamedTuple):
    """An answer: body, status, headers."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = {}


def config(folder: Path, bases: Mapping[str, str], **changes: Any) -> Config:
    """Return the settings of a crawl into ``folder``, without a pace, for local sites."""
    given = {
        "store": f"sqlite:///{folder / 'store.sqlite'}",
        "archive": folder / "archive",
        "bases": dict(bases),
        "pace": 0.0,
        "timeout": 10.0,
    }
    return Config(**(given | changes))


def harvest(
    folder: Path, bases: Mapping[str, str], *sites: str, settings: Mapping[str, Any] | None = None, **options: Any
) -> dict[str, RunSummary]:
    """Crawl in a process of its own and return the summaries by site."""
    given = config(folder, bases, **(settings or {}))
    if options.get("due_run"):  # a store in which something is due is there
        Store.open(given.store, create=True).close()
    found = warm.crawl(sites or tuple(bases), given, **options)
    return {summary.site: summary for summary in found}


def dump(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table but the moving ones, without the clocks."""
    with Store.open(f"sqlite:///{folder / 'store.sqlite'}") as store, store.reading() as connection:
        tables = [table for table in metadata.sorted_tables if table.name not in MOVING]
        return {table.name: sorted(map(tuple, connection.execute(select(*_still(table)))), key=repr) for table in tables}


def _still(table: Table) -> list[Column[Any]]:
    return [column for column in table.c if column.name not in CLOCKS.get(table.name, ())]


def states(folder: Path, site: str) -> dict[str, str]:
    """Return the state of every stored document of a site, by key."""
    with Store.open(f"sqlite:///{folder / 'store.sqlite'}") as store, store.reading() as connection:
        return dict(connection.execute(select(documents.c.key, documents.c.state).where(documents.c.site == site)).all())


def stored_failures(folder: Path) -> list[tuple[str, str, str]]:
    """Return kind, cause and url of every failure in the store."""
    with Store.open(f"sqlite:///{folder / 'store.sqlite'}") as store, store.reading() as connection:
        return list(connection.execute(select(failures.c.kind, failures.c.cause, failures.c.url)).all())


def incidents(folder: Path) -> dict[str, list[str]]:
    """Return the causes of what is wrong now, by site."""
    found: dict[str, list[str]] = {}
    with Store.open(f"sqlite:///{folder / 'store.sqlite'}") as store:
        for each in incidents_of(store):
            found.setdefault(each.site, []).append(each.cause)
    return found


def verdicts(folder: Path) -> list[tuple[str, str, str]]:
    """Return site, verdict and cause of every run, in order."""
    with Store.open(f"sqlite:///{folder / 'store.sqlite'}") as store, store.reading() as connection:
        return list(connection.execute(select(runs.c.site, runs.c.verdict, runs.c.cause).order_by(runs.c.started_at)).all())


@contextmanager
def served(answer: Callable[[str], Reply]) -> Iterator[tuple[str, list[str]]]:
    """Serve what ``answer`` returns for a path, and give the base and the paths asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            asked.append(self.path)
            reply = answer(self.path)
            self.send_response(reply.status)
            for name, value in (
                {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(reply.body))} | dict(reply.headers)
            ).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def small_site(pages: Mapping[str, Reply]) -> Callable[[str], Reply]:
    """Return an answerer for a site of the TRS family with one article, ``pages`` in place of its own."""
    own = {
        "/robots.txt": Reply(b"User-agent: *\nDisallow: /secret/\n", headers={"Content-Type": "text/plain"}),
        "/xxgk/zcfb/tz/index.html": Reply(listing(article())),
        "/xxgk/zcfb/tz/202603/t20260301_1000001.html": Reply(article_page("第一份文件")),
    } | dict(pages)
    return lambda path: own.get(path, Reply(b"<html><head><title>404</title></head><body></body></html>", 404))


def article(number: int = 1000001, href: str = "") -> str:
    """Return one line of a list."""
    return f'<li><a href="{href or f"./202603/t20260301_{number}.html"}">文件 {number}</a><span>2026/03/01</span></li>'


def listing(*lines: str, pages: int = 1) -> bytes:
    """Return a list page."""
    script = f'<script>createPageHTML({pages},0,"index","html");</script>'
    return f'<html><head><title>通知</title></head><body><ul class="u-list">{"".join(lines)}</ul>{script}</body></html>'.encode()


def article_page(title: str, body: str = "<p>正文只有一句话。</p>", box: str = "") -> bytes:
    """Return an article page."""
    head = f'<head><title>{title}</title><meta name="PubDate" content="2026-03-01 10:00:00"></head>'
    return f'<html>{head}<body><h2 class="article_title">{title}</h2><div class="article_con">{body}</div>{box}</body></html>'.encode()

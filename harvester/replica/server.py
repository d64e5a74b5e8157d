"""The replica's server: every site on a loopback port of its own, all in one process, with a log of what was asked."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, NamedTuple, Self

from harvester.endings import end_by_signals
from harvester.replica.content import load_documents
from harvester.replica.document import SHANGHAI_TIME, ReplicaDocument
from harvester.replica.families.base import Family, Page, SiteFacts, site_facts
from harvester.replica.faults import Fault
from harvester.replica.records import RecordSiteFacts, record_site_facts
from harvester.replica.records.families import RecordFamily
from harvester.replica.records.serving import RecordWorld
from harvester.replica.site import Answer, ReplicaSite

HOST = "127.0.0.1"
FORM_LIMIT = 64 * 1024
"""How many bytes of a form are read."""

IDLE_SECONDS = 60
"""How long a kept connection may stay silent."""


class RequestRecord(NamedTuple):
    """One line of the log: ``path`` is the request's target with its query."""

    site: str
    method: str
    path: str
    status: int


def every_site() -> dict[str, SiteFacts | RecordSiteFacts]:
    """Return the facts of all sites by name: those of documents, then those of records."""
    return {**site_facts(), **record_site_facts()}


class Replica(RecordWorld):
    """The replica sites, running from construction to ``close()``; a context manager.

    ``sites`` names the sites to serve (``None``: all six of documents, with ``records=True`` the four of records, too), ``fault`` a
    fault as ``Fault.parse`` reads it, ``extra`` documents beside the replica's own (each with its ``site``), ``port_base`` the first
    port (0: any free ones), ``delay`` the seconds of the fault ``slow``; ``own_content=False`` leaves the sites of documents empty but
    for ``extra``. Unknown names raise ``ValueError``.
    """

    def __init__(
        self,
        sites: Iterable[str] | None = None,
        fault: str = "",
        extra: Sequence[ReplicaDocument] = (),
        *,
        port_base: int = 0,
        delay: float = 5.0,
        own_content: bool = True,
        records: bool = False,
    ) -> None:
        known = every_site()
        names = [*site_facts(), *(record_site_facts() if records else ())] if sites is None else list(sites)
        for name in names:
            if name not in known:
                raise ValueError(f"There is no replica site {name!r}; choose among {', '.join(known)}.")
        self.requests: list[RequestRecord] = []
        self._fault: Fault | None = None
        self.fault = fault
        self._closing = threading.Event()
        self._sites = {name: ReplicaSite(known[name], lambda: self._fault, delay) for name in names}
        for name in names:
            for document in load_documents(name) if own_content and name in site_facts() else ():
                self._family(name).publish(document, _published(document))
        for document in extra:
            self.add(document.site, document)
        self._servers = {name: _Server(self, name, port_base + n if port_base else 0) for n, name in enumerate(names)}
        self.bases = {name: f"http://{HOST}:{server.server_port}" for name, server in self._servers.items()}

    # --- content --------------------------------------------------------------------------------------------------

    def add(self, site: str, document: ReplicaDocument) -> str:
        """Publish a document on a site and return its key, the CMS id in its address."""
        return self._family(site).publish(document)

    def edit(self, site: str, key: str, **changes: Any) -> None:  # noqa: ANN401 (fields of several types)
        """Change fields of a published document; its address stays. An unknown key raises ``KeyError``."""
        self._family(site).register.edit(key, **changes)

    def remove(self, site: str, key: str) -> None:
        """Take a document down: lists no longer name it, its address answers 404. An unknown key raises ``KeyError``."""
        self._family(site).register.remove(key)

    def restore(self, site: str, key: str, **changes: Any) -> None:  # noqa: ANN401 (fields of several types)
        """Publish a document again that was taken down, at its old address, perhaps with other fields."""
        self._family(site).register.restore(key, **changes)

    def move(self, site: str, key: str, *, forward: bool = False, **changes: Any) -> str:  # noqa: ANN401 (fields of several types)
        """Publish a document under another key and return that; its old address answers 404, or 301 with ``forward``."""
        family = self._family(site)
        old, document = family.article_path(family.register.entry(key)), family.register.entry(key).document
        family.register.remove(key)
        other = replace(document, key=family.identify(document, f"moved from {key}"), **changes)
        new = family.publish(other)
        if forward:
            family.forwards[old] = family.article_path(family.register.entry(new))
        return new

    def unlink(self, site: str, key: str) -> None:
        """Name a document's last attachment on its page no more, and leave the file where it is."""
        family = self._family(site)
        entry = family.register.entry(key)
        last = entry.files[-1]
        family.left[family.file_path(entry, len(entry.files) - 1, last)] = Page(last.data, last.media_type, entry.modified)
        family.register.edit(key, attachments=entry.document.attachments[:-1])

    def redecorate(self, site: str, words: str) -> None:
        """Print other words at the end of every page of a site: a counter, a notice of its maker."""
        self._family(site).chrome = words

    def documents(self, site: str) -> dict[str, ReplicaDocument]:
        """Return the documents published on a site by key."""
        return {entry.key: entry.document for entry in self._family(site).register}

    def url(self, site: str, key: str) -> str:
        """Return the address of a published document's page."""
        family = self._family(site)
        return self.bases[site] + family.article_path(family.register.entry(key))

    def file_urls(self, site: str, key: str) -> list[str]:
        """Return the addresses of a published document's attachments."""
        family = self._family(site)
        entry = family.register.entry(key)
        return [self.bases[site] + family.file_path(entry, index, file) for index, file in enumerate(entry.files)]

    # --- faults and log -------------------------------------------------------------------------------------------

    @property
    def fault(self) -> str:
        """The fault in force, as it was written; may be set while the sites run."""
        return self._fault_text

    @fault.setter
    def fault(self, text: str) -> None:
        fault = Fault.parse(text)
        if fault and fault.site and fault.site not in every_site():
            raise ValueError(f"There is no replica site {fault.site!r}; choose among {', '.join(every_site())}.")
        if fault and fault.section:
            fault = replace(fault, section=every_site()[fault.site].section(fault.section).code)
        self._fault, self._fault_text = fault, text

    def counts(self) -> Counter[str]:
        """Return how many requests each site has answered, robots.txt included."""
        return Counter(record.site for record in list(self.requests))

    # --- running --------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Stop serving: connections are cut, ports are free when this returns. Closing twice does nothing."""
        self._closing.set()
        for server in self._servers.values():
            server.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def answer(self, site: str, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        """Return a site's answer, after its delay, and note the request."""
        answer = self._site(site).answer(method, target, headers, body)
        self.requests.append(RequestRecord(site, method, target, answer.status))
        if answer.delay:
            self._closing.wait(answer.delay)
        return answer

    def record_family(self, site: str) -> RecordFamily:
        """Return a record site's family. A site of documents raises ``ValueError``."""
        family = self._site(site).family
        if not isinstance(family, RecordFamily):
            raise ValueError(f"The site {site!r} publishes documents, not records; choose among {', '.join(record_site_facts())}.")  # noqa: TRY004 (a wrong name)
        return family

    def _family(self, site: str) -> Family:
        family = self._site(site).family
        if not isinstance(family, Family):
            raise ValueError(f"The site {site!r} publishes records, not documents; choose among {', '.join(site_facts())}.")  # noqa: TRY004 (a wrong name)
        return family

    def _site(self, name: str) -> ReplicaSite:
        if name not in self._sites:
            raise ValueError(f"The site {name!r} is not served here; choose among {', '.join(self._sites)}.")
        return self._sites[name]


def _published(document: ReplicaDocument) -> datetime:
    return datetime.combine(document.listed_on, time(9), SHANGHAI_TIME).astimezone(UTC) + timedelta(minutes=len(document.title))


class _Server(ThreadingHTTPServer):
    """One site's port. Open connections are known, so that stopping cuts them instead of waiting for the askers."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, replica: Replica, site: str, port: int) -> None:
        super().__init__((HOST, port), _Handler)
        self.replica = replica
        self.site = site
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, name=f"replica-{site}", daemon=True)
        self._thread.start()

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept a connection and remember it."""
        connection, address = super().get_request()
        with self._lock:
            self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        """Forget a connection and close it."""
        with self._lock:
            self._open -= {request}
        super().shutdown_request(request)

    def handle_error(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        """Stay silent when an asker hangs up; anything else is a fault of ours and is told."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def stop(self) -> None:
        """Stop listening and cut what is open."""
        if not self._thread.is_alive():
            return
        self.shutdown()
        self._thread.join()
        self.server_close()
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "nginx"
    sys_version = ""
    timeout = IDLE_SECONDS
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        """Answer GET."""
        self._respond()

    def do_HEAD(self) -> None:
        """Answer HEAD."""
        self._respond()

    def do_POST(self) -> None:
        """Answer POST; a form too long is refused."""
        length = self.headers.get("Content-Length", "0")
        if not length.isascii() or not length.isdigit() or int(length) > FORM_LIMIT:
            self.close_connection = True
            self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        self._respond(self.rfile.read(int(length)))

    def _respond(self, body: bytes = b"") -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        method = "GET" if self.command == "HEAD" else self.command
        answer = self.server.replica.answer(self.server.site, method, self.path, headers, body)
        if answer.reset:
            # Closed without lingering, a connection ends with RST: what a firewall or a dying server sends.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            return
        cut = answer.declared_length > len(answer.body)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(answer.declared_length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
        # The asker learns that the body is short only from the end of the connection.
        self.close_connection = self.close_connection or cut

    def log_message(self, format: str, *args: object) -> None:
        """Write nothing: the log is ``Replica.requests``."""


def serve(sites: Iterable[str] | None = None, *, fault: str = "", port_base: int = 0, delay: float = 5.0) -> None:
    """Serve ``sites`` (``None``: all ten) until SIGINT or SIGTERM; the bases are printed first, as JSON on one line of standard output."""
    stopped = threading.Event()
    end_by_signals(stopped)
    with Replica(sites, fault, port_base=port_base, delay=delay, records=True) as replica:
        sys.stdout.write(json.dumps(replica.bases) + "\n")
        sys.stdout.flush()
        stopped.wait()

"""What the project is made of: every package pinned with its hashes, a bill of materials that says so, nothing added by the way."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.security import audit
from tests.security.locked import LOCK, ROOT, at_work, named, pins, project
from tests.security.sbom import bill, written


def test_every_package_of_the_lock_has_one_version_and_its_hashes() -> None:
    found = list(pins(LOCK))
    assert len(found) > 100
    assert [pin.name for pin in found if not pin.hashes] == []
    places = [(pin.name, pin.marker) for pin in found]
    assert len(places) == len(set(places))


def test_the_lock_holds_what_the_project_asks_for_and_nothing_that_nobody_asks_for() -> None:
    own, found = project(), list(pins(LOCK))
    asked = named([*own["dependencies"], *own["optional-dependencies"]["dev"]])  # type: ignore[misc, index, call-overload]
    assert asked - {pin.name for pin in found} == set()
    assert {pin.name for pin in found if "credit-harvester" in pin.wanted_by} == asked
    assert [pin.name for pin in found if not pin.wanted_by] == []


def test_a_line_of_a_lock_that_pins_nothing_is_told(tmp_path: Path) -> None:
    loose = tmp_path / "loose.lock"
    loose.write_text("scrapy>=2.19\n")
    with pytest.raises(ValueError, match=r"'scrapy>=2\.19'"):
        list(pins(loose))


def test_what_is_installed_is_installed_by_its_hashes() -> None:
    lines = [line for line in (ROOT / "Makefile").read_text("utf-8").splitlines() if "pip install" in line]
    loose = [line for line in lines if "--require-hashes" not in line and "--no-deps" not in line]
    assert [line.split("install")[1].split() for line in loose] == [["--quiet", "--upgrade", "pip", "setuptools", "wheel"]]


def test_the_bill_of_materials_is_valid_and_names_every_package_with_its_hashes() -> None:
    text = written(bill())
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    found, told = list(pins(LOCK)), json.loads(text)
    assert {(each["name"], each["version"]): {one["content"] for one in each["hashes"]} for each in told["components"]} == {
        (pin.name, pin.version): set(pin.hashes) for pin in found
    }
    needed = {each["name"] for each in told["components"] if each["scope"] == "required"}
    assert needed == at_work(found)
    assert {"scrapy", "lxml", "sqlalchemy", "twisted"} <= needed
    assert {"pytest", "mypy", "babel", "cyclonedx-python-lib"}.isdisjoint(needed)
    whole = next(each for each in told["dependencies"] if each["ref"] == "project")
    assert any(ref.startswith("scrapy==") for ref in whole["dependsOn"])


@contextmanager
def service(vulnerable: dict[str, dict[str, Any]], *, short: bool = False) -> Iterator[str]:
    """Serve what osv.dev says of packages, by name; ``short``: it leaves a question unanswered."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
            assert {each["package"]["ecosystem"] for each in asked} == {"PyPI"}
            known = [vulnerable.get(each["package"]["name"]) for each in asked]
            self.say({"results": [{"vulns": [{"id": one["id"]}]} if one else {} for one in known][: -1 if short else None]})

        def do_GET(self) -> None:
            self.say(next(one for one in vulnerable.values() if self.path == f"/v1/vulns/{one['id']}"))

        def say(self, told: dict[str, Any]) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(told).encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_an_audit_tells_what_is_known_and_that_it_could_not_ask(capsys: pytest.CaptureFixture[str]) -> None:
    events = [{"introduced": "0"}, {"fixed": "99.1"}]
    ranges = [{"type": "ECOSYSTEM", "events": events}, {"type": "GIT", "events": [{"fixed": "a1b2"}]}]
    known = {"id": "GHSA-0000-0000-0000", "affected": [{"package": {"name": "lxml"}, "ranges": ranges}]}
    with service({"lxml": known}) as base:
        assert audit.main(base) == audit.FOUND
        assert "GHSA-0000-0000-0000, mended in 99.1" in capsys.readouterr().out
    with service({}) as base:
        assert audit.main(base) == audit.CLEAN
    with service({}, short=True) as base:
        assert audit.main(base) == audit.NOT_ASKED
    assert audit.main(base) == audit.NOT_ASKED, "nobody listens there any more"
    assert capsys.readouterr().out.count("NOT audited") == 2

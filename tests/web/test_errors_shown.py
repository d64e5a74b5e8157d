"""What is told of an error: the next step and nothing of itself, in both languages, and never half an answer as a whole one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.responses import StreamingResponse
from fastapi.testclient import TestClient

from harvester.web.access import rights
from harvester.web.app import create_app
from harvester.web.shown import TAGS
from storage.errors import LockedStore, StoreError, UnreachableStore
from storage.store import Store
from tests.web.people import HTML

SECRET = "postgresql://clerk:hunter2@10.1.2.3/credit SELECT * FROM notices /srv/harvester/store.sqlite"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (RuntimeError(SECRET), 500),
        (KeyError(SECRET), 500),
        (StoreError(SECRET), 500),
        (LockedStore(SECRET), 503),
        (UnreachableStore(SECRET), 503),
    ],
)
@pytest.mark.parametrize("accept", ["text/html", "*/*"])
def test_an_error_tells_the_next_step_and_nothing_of_itself(shared_store: Store, error: Exception, status: int, accept: str) -> None:
    answer = broken(shared_store, error).get("/breaks", headers={"accept": accept})
    assert answer.status_code == status
    assert not any(word in answer.text for word in ("hunter2", "SELECT", "/srv/", "Traceback", "RuntimeError", "StoreError"))
    assert answer.headers["cache-control"] == "no-store"
    if accept == "*/*":
        assert answer.headers["content-type"] == "application/problem+json"
        assert {"type", "title", "status", "detail", "next"} <= set(answer.json())
        assert (answer.json()["id"] == "store") == isinstance(error, UnreachableStore)
    else:
        assert "<h1>" in answer.text
        assert "下一步" in answer.text
        assert ("重新启动阅览室" in answer.text) == isinstance(error, UnreachableStore)
    if status == 503:
        assert int(answer.headers["retry-after"]) > 0


def broken(store: Store, error: Exception) -> TestClient:
    app = create_app(store)

    def breaks() -> None:
        raise error

    app.get("/breaks", dependencies=[rights.reader()])(breaks)
    return TestClient(app, base_url="http://127.0.0.1")


def test_an_answer_that_breaks_off_is_broken_off(shared_store: Store) -> None:
    app = create_app(shared_store)

    def rows() -> Iterator[bytes]:
        yield b"first"
        raise RuntimeError(SECRET)

    app.get("/half", dependencies=[rights.reader()])(lambda: StreamingResponse(rows()))
    with pytest.raises(RuntimeError):
        TestClient(app, base_url="http://127.0.0.1").get("/half")


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/t/<script>alert(1)</script>", "/n/' OR 1=1 --", "/d/=HYPERLINK", "/s/\u202e91310000", "/login?next=%22%3E%3Cscript%3E"],
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_page_of_an_error_is_in_both_languages_and_escapes_what_was_asked(shared_client: TestClient, path: str, lang: str) -> None:
    answer = shared_client.get(f"{path}{'&' if '?' in path else '?'}lang={lang}", headers=HTML)
    assert answer.status_code in (303, 400, 404, 422)
    if answer.status_code != 303:
        assert "<script>" not in answer.text.replace('<script src="/static/room.js" defer></script>', "")
        assert f'<html lang="{TAGS[lang]}"' in answer.text

"""What the tests of the API share: addresses of everything the sample holds, and what the command line says to the same question."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import Any

from fastapi.testclient import TestClient

from harvester.cli.main import run
from storage import notice_queries, queries
from storage.store import Store
from tests.storage.notice_samples import FIRM

API = "/api/v1"


@dataclass(frozen=True)
class Known:
    """Identifiers of things that the sample holds."""

    document: str
    changed: str
    task: str
    agency: str
    work: str
    notice: str
    code: str

    @classmethod
    def of(cls, store: Store) -> Known:
        """Return some of a store."""
        from datetime import date

        documents = queries.documents(store)
        task = next(row for row in queries.tasks(store) if row["lead"] and row["lead"][0]["id"])
        changed = next(row for row in documents if row["version"] > 1)
        notice = notice_queries.notices(store, today=date.today())[0]
        return cls(task["document"], changed["id"], task["lasting_id"], task["lead"][0]["id"], task["work"], notice["id"], FIRM.code)

    @property
    def addresses(self) -> list[str]:
        """An address of every operation, without the files."""
        return [
            "/tasks", "/tasks?limit=3&order=due", f"/tasks/{self.task}", f"/tasks/{self.task}/history", "/documents",
            "/documents?words=信用", f"/documents/{self.document}", f"/documents/{self.changed}?version=1",
            f"/documents/{self.document}?parts=text&parts=blocks", f"/documents/{self.changed}/versions", "/agencies",
            "/agencies?name=发展", f"/agencies/{self.agency}", "/notices", f"/notices/{self.notice}", f"/dossiers/{self.code}",
            "/changes", "/changes?all=true&limit=500", "/works", f"/works/{self.work}",
            f"/compare?old={self.changed}@1&new={self.changed}@2", f"/align?papers={self.document}&papers={self.changed}",
            "/search?words=信用", "/find?q=信用", "/sites", "/coverage", "/runs", "/dictionary?lang=en",
            "/sql?sql=SELECT count(*) AS tasks FROM v_tasks", "/reconcile", "/reconcile/suggest?prefix=上海",
            '/reconcile?queries={"q0":{"query":"上海市发展改革委"}}',
        ]  # fmt: skip


def told(store: Store, *arguments: str) -> Any:
    """Return what ``harvester ARGUMENTS --format json`` prints of a store."""
    held = io.BytesIO()
    with io.TextIOWrapper(held, encoding="utf-8", write_through=True) as out, redirect_stdout(out):
        assert run([*arguments, "--store", store.url.render_as_string(hide_password=False), "--format", "json"]) == 0, arguments
        return json.loads(held.getvalue())


def everything(client: TestClient, address: str) -> list[dict[str, Any]]:
    """Return the rows of all pages of a list."""
    rows: list[dict[str, Any]] = []
    following: str | None = f"{API}{address}"
    while following:
        answer = client.get(following)
        assert answer.status_code == 200, (following, answer.text)
        body = answer.json()
        rows += body["rows"]
        following = body["next"]
        if following:
            assert answer.headers["link"] == f'<{following}>; rel="next"'
    return rows

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from harvester.replica.document import ReplicaDocument
from harvester.replica.records import list_documents
from harvester.replica.server import Replica
from storage.notice_queries import notices
from storage.queries import failures
from storage.records import Verdict
from storage.store import Store
from tests.crawl.sites import harvest
from tests.end_to_end.records import today

ROWS = next(document for document in list_documents() if document.site == "shanghai")
FILE = next(document for document in list_documents() if document.site == "jiangsu")
REFUSE = "CREATE TRIGGER refuse BEFORE INSERT ON notices BEGIN SELECT RAISE(ABORT, 'no record today'); END"


def opened(folder: Path) -> Store:
    return Store.open(f"sqlite:///{folder}/store.sqlite", archive=folder / "archive", create=True)


def execute(folder: Path, statement: str) -> None:
    with opened(folder) as store, store.writing() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize("document", [ROWS, FILE], ids=["in-the-page", "in-a-file"])
def test_a_document_whose_records_could_not_be_stored_is_read_again_by_the_next_crawl(tmp_path: Path, document: ReplicaDocument) -> None:
    with Replica([document.site], extra=[document], own_content=False) as replica:
        execute(tmp_path, REFUSE)
        broken = harvest(tmp_path, replica.bases)[document.site]
        execute(tmp_path, "DROP TRIGGER refuse")
        whole = harvest(tmp_path, replica.bases)[document.site]
    assert (broken.verdict == Verdict.COMPLETE, whole.verdict) == (False, Verdict.COMPLETE)
    with opened(tmp_path) as store:
        shown = notices(store, today=today())
        told = " ".join(failure["detail"] for failure in failures(store))
    assert len(shown) > 0
    assert "no record today" in told
    assert not [row["subject"] for row in shown if row["subject"] in told]

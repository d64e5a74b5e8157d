"""A site's lock that goes with the database's session: whoever had it takes it again, or ends where another one began."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage import mending
from storage.archive import OPEN_MARK, SUFFIX
from storage.errors import LockedStore, StoreError, UnreachableStore
from storage.store import Store
from tests.cluster.server import Server

pytestmark = pytest.mark.postgres
SITE = "zhejiang"


def begin(store: Store) -> str:
    return again(lambda: store.begin_run(SITE, ["all"], datetime.now(UTC)))


def again(call: Callable[[], str]) -> str:
    """Call until the connections that a restart cut are replaced."""
    for _ in range(3):
        try:
            return call()
        except UnreachableStore:
            continue
    return call()


def end(store: Store, run: str) -> None:
    store.end_run(run, "complete", "", {}, datetime.now(UTC))


def test_a_run_whose_session_was_cut_takes_its_lock_again_and_keeps_others_out(url: str, server: Server) -> None:
    with Store.open(url) as one, Store.open(url) as other:
        run = begin(one)
        server.restart()
        again(lambda: note(one))
        with pytest.raises(LockedStore, match="under way"):
            begin(other)
        end(one, run)
        end(other, begin(other))


def note(store: Store) -> str:
    with store.writing(told=False):
        return "written"


@pytest.mark.parametrize("ended", [False, True])
def test_a_run_that_lost_its_site_to_another_writes_nothing_more(url: str, server: Server, ended: bool) -> None:
    with Store.open(url) as one, Store.open(url) as other:
        run = begin(one)
        server.restart()
        later = begin(other)
        if ended:
            end(other, later)
        for _ in range(3):
            with pytest.raises(StoreError):
                note(one)
        with pytest.raises(LockedStore, match="out of reach"):
            end(one, run)
        if not ended:
            end(other, later)


def test_a_file_that_a_run_of_another_host_writes_is_not_mended_while_the_run_lives(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the other host nothing is seen of this one's lock on the file, as over a network that has no such locks."""
    monkeypatch.setattr("storage.archive._locked", lambda file: True)
    folder = tmp_path / "archive" / SITE
    with Store.open(url, archive=tmp_path / "archive") as here, Store.open(url, archive=tmp_path / "archive") as there:
        run = begin(here)
        with here.archive.open_run(SITE, run) as writer:
            whole = (folder / (run + SUFFIX)).read_bytes()
            with (folder / (run + SUFFIX)).open("ab") as file:
                file.write(whole[:40])  # a record half on its way
            assert mending.mend(there, datetime.now(UTC)) == mending.Mended()
            assert len((folder / (run + SUFFIX)).read_bytes()) == len(whole) + 40
            writer._file.close()
        (folder / (run + SUFFIX + OPEN_MARK)).touch()  # it is killed
        here.close()
        mended = mending.mend(there, datetime.now(UTC))
    assert mended == mending.Mended(((run, SITE),), 40)
    assert (folder / (run + SUFFIX)).read_bytes() == whole

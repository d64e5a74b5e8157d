"""Stores of many tasks that several benchmarks ask, filled once under ``build/bench-stores``.

python -m benchmarks.stores DATABASE     sqlite or postgresql: fills its store, where it is not there, in minutes

One that was filled by another schema or another way of filling is made anew.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from benchmarks import clauses, million
from benchmarks.figures import INTERRUPTED, end_by_sigterm, sized
from benchmarks.million import Sizes, fill
from benchmarks.servers import postgres
from storage import line_schema, schema
from storage.engine import revisions
from storage.store import Store

FOLDER = Path(__file__).resolve().parents[1] / "build" / "bench-stores"
SIZES = dict.fromkeys(("sqlite", "postgresql"), Sizes(documents=sized("DOCUMENTS", 20_000)))
"""How large the store of each database is."""
_FILLED_BY = (clauses, million, schema, line_schema)


@contextmanager
def kept(database: str, sizes: Sizes) -> Iterator[str]:
    """Give the URL of a filled store on ``sqlite`` or ``postgresql``; the server runs while the block does."""
    folder = FOLDER / f"{database}-{sizes.documents * sizes.tasks}"
    made = folder / "made.json"
    with _alone(folder):
        if not made.exists() or made.read_text("utf-8") != _made(sizes):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
        with postgres(folder) if database == "postgresql" else nullcontext(f"sqlite:///{folder}/tasks.sqlite") as url:
            if not made.exists():
                print(f"benchmarks: fills {folder}", file=sys.stderr, flush=True)
                with Store.open(url, create=True) as store:
                    fill(store, sizes)
                made.write_text(_made(sizes), "utf-8")
            yield url


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep others from a store while it is filled or asked: a second run would take a half-filled one for its own."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit(f"benchmarks: another run fills or asks {folder}; wait for its end.") from None
        yield


def _made(sizes: Sizes) -> str:
    """Return what a store is filled by: one made by anything else is another store."""
    sources = b"".join(Path(str(each.__file__)).read_bytes() for each in _FILLED_BY) + "\n".join(clauses.clauses()).encode()
    return json.dumps({"revision": revisions()[0], "sizes": str(sizes), "sources": hashlib.sha256(sources).hexdigest()})


if __name__ == "__main__":
    end_by_sigterm()
    try:
        with kept(sys.argv[1], SIZES[sys.argv[1]]):
            pass
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)

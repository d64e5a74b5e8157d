"""Write a file whole or not at all: it appears under its name when everything is on the disk, or what stood there stays."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.errors import ExportError, FullDisk
from storage.fullness import is_full


@contextmanager
def whole_file(to: Path) -> Iterator[Path]:
    """Give the draft to write to; it takes the place of ``to`` at the end. Raises ``ExportError``, ``FullDisk``.

    The draft stands beside it under a name that nobody can guess, so that no link of another's leads it elsewhere.
    """
    draft: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{to.name}.", dir=to.parent)
        os.close(handle)
        draft = Path(name)
        yield draft
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.chmod(0o666 & ~_umask())
        draft.replace(to)
    except OSError as error:
        if is_full(error):
            raise FullDisk(f"No room is left for {to}: free some space, then run again.") from error
        raise ExportError(f"{to} cannot be written ({error.strerror}): choose a folder that exists and may be written.") from error
    finally:
        if draft:
            draft.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask

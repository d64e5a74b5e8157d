"""Write a file whole or not at all: it appears under its name when everything is on the disk, or what stood there stays."""

from __future__ import annotations

import fcntl
import glob
import logging
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.errors import ExportError, FullDisk
from storage.fullness import is_full

log = logging.getLogger(__name__)

_ENDING = re.compile(r"[a-z0-9_]{8}\Z")
"""What ``mkstemp`` puts behind the name of a draft."""


@contextmanager
def whole_file(to: Path) -> Iterator[Path]:
    """Give the draft to write to; it takes the place of ``to`` at the end. Raises ``ExportError``, ``FullDisk``.

    The draft stands beside it under a name that nobody can guess, so that no link of another's leads it elsewhere, and is locked as
    long as it is written: one without a lock was left by a process that was killed, and is removed.
    """
    draft: Path | None = None
    handle = -1
    try:
        _sweep(to)
        handle, name = tempfile.mkstemp(prefix=f".{to.name}.", dir=to.parent)
        fcntl.flock(handle, fcntl.LOCK_EX)
        draft = Path(name)
        yield draft
        sync_file(draft)
        draft.chmod(0o666 & ~_umask())
        draft.replace(to)
    except OSError as error:
        if is_full(error):
            raise FullDisk(f"No room is left for {to}: free some space, then run again.") from error
        raise ExportError(f"{to} cannot be written ({error.strerror}): choose a folder that exists and may be written.") from error
    finally:
        if draft:
            draft.unlink(missing_ok=True)
        if handle >= 0:
            os.close(handle)


def _sweep(to: Path) -> None:
    """Remove the drafts of a file that killed processes left, and say so."""
    for path in to.parent.glob(f".{glob.escape(to.name)}.*"):
        if not _ENDING.match(path.name.removeprefix(f".{to.name}.")) or path.is_symlink() or not path.is_file():
            continue
        with path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue  # somebody writes the same file now
            log.warning("Half a file was removed that a killed process left: %s (%d bytes).", path, path.stat().st_size)
            path.unlink(missing_ok=True)


def sync_file(path: Path) -> None:
    """Flush what a file holds to the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Flush the names in a folder to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask

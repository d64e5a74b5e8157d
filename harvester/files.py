"""Write a file whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from harvester.errors import HarvesterError, WrongCall
from storage.errors import FullDisk
from storage.fullness import is_full


def write_whole(path: Path, data: bytes) -> None:
    """Write a file; it appears whole under its name, or what stood there stays. Raises ``HarvesterError``, ``FullDisk``."""
    draft = None
    try:
        handle, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).chmod(0o666 & ~_umask())
        Path(draft).replace(path)
    except OSError as error:
        if draft:
            Path(draft).unlink(missing_ok=True)
        if is_full(error):
            raise FullDisk(f"No room is left for {path}: free some space, then run again.") from error
        raise HarvesterError(f"{path} cannot be written ({error.strerror}); choose a folder that exists and may be written.") from error


def check_target(to: Path | None, sources: Iterable[str]) -> None:
    """Raise WrongCall where a report would be written over one of the files it tells of."""
    for name in sources:
        if to is not None and Path(name).exists() and to.exists() and to.samefile(name):
            raise WrongCall(f"{to} is one of the files to compare and would be lost; name another file with --to.")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask

"""Read files and stored versions through the normalizers: what the verbs on files, ``diff`` and ``derive`` share."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from harvester.errors import HarvesterError, WrongCall
from harvester.locating import derive_stored
from harvester.session import opened
from normalizers.derive import derive
from normalizers.documents import UnreadableError, read
from normalizers.records import Derived, Hints
from normalizers.text import Cleaned, clean, decode

IDENTIFIER = re.compile(r"[a-z0-9]{4,32}(@[0-9]{1,9})?")
"""What a document's id, or id@version, looks like."""

PLAIN_SUFFIXES = (".txt", ".text")
"""Files whose text is all there is: they are repaired as they stand, page furniture included."""


def load(path: Path) -> bytes:
    """Return a file's bytes; raises WrongCall where there is no such file or it may not be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise WrongCall(f"there is no file {path}; check the path.") from None
    except IsADirectoryError:
        raise WrongCall(f"{path} is a folder; name the files in it, for example {path}/*.") from None
    except OSError as error:
        raise WrongCall(f"{path} cannot be opened ({error.strerror}); check its permissions.") from None


def derive_file(path: Path, *, region: str = "", published: date | None = None) -> Derived:
    """Return what a file holds; raises WrongCall for a missing file, HarvesterError for an unreadable one."""
    try:
        return derive(load(path), Hints(file_name=path.name, region=region, published_on=published))
    except UnreadableError as error:
        raise HarvesterError(str(error)) from error


def normalized_text(path: Path, script: str) -> Cleaned:
    """Return the repaired text of a file in the script asked for; raises as ``derive_file``."""
    payload = load(path)
    if path.suffix.lower() in PLAIN_SUFFIXES:
        return clean(decode(payload).text, script=script)
    try:
        return clean(read(payload, Hints(file_name=path.name)).raw_text, script=script)
    except UnreadableError as error:
        raise HarvesterError(str(error)) from error


def derive_named(name: str, store: str | None) -> Derived:
    """Return the records of a file, or of a stored document named by its id or id@version; raises WrongCall where there is neither."""
    path = Path(name)
    if path.exists():
        return derive_file(path)
    if not IDENTIFIER.fullmatch(name):
        raise WrongCall(f"there is no file {name}, and it is no document's id; list those with `harvester documents`.")
    with opened(store) as found:
        return derive_stored(found, name)[2]

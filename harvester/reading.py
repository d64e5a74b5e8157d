"""Read files and stored versions through the normalizers: what the verbs on files, ``diff`` and ``derive`` share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from harvester.deriving import Deriver, DerivingError
from harvester.errors import HarvesterError, WrongCall
from harvester.members import member_hints
from normalizers.agencies import Decisions
from normalizers.agencies.resolve import NO_DECISIONS
from normalizers.documents import UnreadableError
from normalizers.notices.read import read_notice
from normalizers.notices.records import Notice
from normalizers.records import Derived, Hints
from normalizers.text.clean import Cleaned, clean
from normalizers.text.decode import decode

MAX_BYTES = 64 << 20
"""The most bytes of a file: as much as a crawl takes of one response."""

DERIVER = Deriver(forks=True)
"""Reads files apart, as a crawl does: a file may be anybody's. A verb on files has one thread, so that its process is begun by a fork,
which has imported what it has."""


def load(path: Path) -> bytes:
    """Return a file's bytes; raises WrongCall where there is no such file, it is no file, too large, or may not be read."""
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            raise WrongCall(f"{path} is a device, a pipe or a socket; write what it gives to a file and name that.")
        if path.is_file() and path.stat().st_size > MAX_BYTES:
            raise WrongCall(f"{path} is larger than {MAX_BYTES >> 20} MiB, more than any document of a site; split it and name its parts.")
        return path.read_bytes()
    except FileNotFoundError:
        raise WrongCall(f"there is no file {path}; check the path.") from None
    except IsADirectoryError:
        raise WrongCall(f"{path} is a folder; name the files in it, for example {path}/*.") from None
    except OSError as error:
        raise WrongCall(f"{path} cannot be opened ({error.strerror}); check its permissions.") from None


def derive_file(path: Path, *, region: str = "", published: date | None = None, decisions: Decisions = NO_DECISIONS) -> Derived:
    """Return what a file holds; raises WrongCall for a missing file, HarvesterError for an unreadable one."""
    return derive_payload(load(path), Hints(file_name=path.name, region=region, published_on=published), decisions)


def derive_payload(payload: bytes, hints: Hints, decisions: Decisions = NO_DECISIONS) -> Derived:
    """Return what the bytes of a file hold, read within bounds of time and memory; raises HarvesterError for what cannot be read."""
    try:
        return DERIVER.derive(payload, hints, decisions)
    except (UnreadableError, DerivingError) as error:
        raise _unread(error, hints) from error


def _unread(error: UnreadableError | DerivingError, hints: Hints) -> HarvesterError:
    """Return the error that says why a file is not read, with its name."""
    said, name = str(error), hints.member or hints.file_name
    if isinstance(error, DerivingError):
        said = f"reading it met an error that was not foreseen ({said}); look at it by hand, and report it."
    return HarvesterError(said if name in said else f"{name}: {said}")


@dataclass(frozen=True, slots=True)
class Extract:
    """What a file holds: the document without personal data and without its public credit records, and these records as notices."""

    derived: Derived
    notices: tuple[Notice, ...]


def extract_members(
    path: Path, *, region: str = "", published: date | None = None, decisions: Decisions = NO_DECISIONS
) -> Iterator[Extract | HarvesterError]:
    """Yield what a file holds, of an archive what each file in it holds, or why one of them cannot be read.

    Everything goes through the intake of documents, as in a crawl: nothing personal comes out, whatever the file holds.
    Raises WrongCall for a missing file, HarvesterError for an archive that cannot be unpacked.
    """
    payload, hints = load(path), Hints(file_name=path.name, region=region, published_on=published)
    try:
        members = member_hints(payload, hints)
    except UnreadableError as error:
        raise HarvesterError(str(error)) from error
    for each in members:
        try:
            yield _extract(payload, each, decisions)
        except (UnreadableError, DerivingError) as error:
            yield _unread(error, each)


def _extract(payload: bytes, hints: Hints, decisions: Decisions) -> Extract:
    found = DERIVER.intake(payload, hints, decisions)
    region = hints.region or next(iter(found.derived.metadata.regions), "")
    notices = tuple(read_notice(replace(record, region=record.region or region), decisions) for record in found.records)
    return Extract(found.derived, notices)


def normalized_text(path: Path, script: str) -> Cleaned:
    """Return the repaired text of a file in the script asked for, with all repairs; raises as ``derive_file``.

    Plain text is repaired as it stands, page furniture included.
    """
    payload, hints = load(path), Hints(file_name=path.name)
    try:
        document = DERIVER.read(payload, hints)
    except (UnreadableError, DerivingError) as error:
        raise _unread(error, hints) from error
    if document.format == "text":
        decoded = decode(payload)
        cleaned, before = clean(decoded.text, script=script), decoded.repairs
    else:
        cleaned, before = clean(document.raw_text, script=script), document.repairs
    told = {repair.kind for repair in cleaned.repairs}
    return replace(cleaned, repairs=(*(repair for repair in before if repair.kind not in told), *cleaned.repairs))

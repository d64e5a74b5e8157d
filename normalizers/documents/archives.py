"""Take the files out of an archive: zip by itself, rar, 7z and packed tar through bsdtar; in memory, within limits.

The names of members are text for people and keys to find them by; none is ever used as a path of this machine.
"""

from __future__ import annotations

import io
import re
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from normalizers.documents import outside
from normalizers.documents.detection import ARCHIVES, detect
from normalizers.documents.limits import (
    ARCHIVE_SECONDS,
    MAX_ARCHIVED,
    MAX_NESTING,
    MAX_PAYLOAD,
    MAX_UNPACKED,
    UnreadableError,
    open_container,
)
from normalizers.documents.opc import ZIP_ERRORS, read_member
from normalizers.records import Hints

WITHIN = "!"
"""Stands between the name of an archive within an archive and the name of the file in it."""
INSTALL = "install bsdtar (Debian: apt-get install --no-install-recommends libarchive-tools) and read it again, or unpack it by hand."
_FURNITURE = re.compile(r"(?:^|/)(?:__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|~\$|\._)", re.IGNORECASE)
_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What steers a terminal, turns the writing or is half a character: a name becomes a title, a key, a cell."""
LONGEST_NAME = 250
_UTF8_FLAG, _ENCRYPTED_FLAG = 0x800, 0x1


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive: its name as shown, unique within the archive, and its bytes."""

    name: str
    payload: bytes


@dataclass(slots=True)
class Unpacked:
    """The files of an archive in their order, and what was left out of it and why."""

    members: list[Member] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    size: int = 0
    until: float = field(default_factory=lambda: time.monotonic() + ARCHIVE_SECONDS)


def is_archive(payload: bytes, name: str) -> bool:
    """Tell whether a file is an archive of others and no document; a damaged one is none."""
    try:
        return bool(payload) and detect(payload, Hints(), name) in ARCHIVES
    except UnreadableError:
        return False


def unpack(payload: bytes, name: str) -> Unpacked:
    """Return the files that an archive holds, those of archives within it too.

    Raises ``UnreadableError`` for an archive that is damaged, empty, beyond the limits, or of a format whose program is missing.
    """
    out = Unpacked()
    _unpack(payload, name, out, _Place())
    if not out.members:
        reason = out.warnings[0] if out.warnings else "There is no file in it."
        raise UnreadableError(f"{name} is an archive of which no file was read. {reason} Open it by hand.")
    return out


def extract(payload: bytes, member: str, name: str) -> bytes:
    """Return the bytes of one file of an archive by the name that ``unpack`` gives it.

    Raises ``UnreadableError`` where there is no such file, and as ``unpack``.
    """
    out = Unpacked()
    _unpack(payload, name, out, _Place(wanted=member))
    if not out.members:
        raise UnreadableError(f"{name} holds no file {member!r}: list what it holds with `harvester extract`.")
    return out.members[0].payload


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in an archive the work is: the names of the archives around, how many, and the one member that is wanted, if not all."""

    prefix: str = ""
    depth: int = 1
    wanted: str = ""

    def passes(self, label: str) -> bool:
        """Tell whether a member need not be read."""
        return bool(self.wanted) and self.wanted != label and not self.wanted.startswith(label + WITHIN)


def _unpack(payload: bytes, name: str, out: Unpacked, place: _Place) -> None:
    kind = detect(payload, Hints(), name)
    used: set[str] = set()
    for shown, load in _zip_files(payload, name) if kind == "zip" else _packed_files(payload, kind, name, out):
        label = place.prefix + _unique(shown, used)
        if place.passes(label):
            continue
        if len(out.members) >= MAX_ARCHIVED or time.monotonic() > out.until:
            out.warnings.append(f"{name} holds more than {MAX_ARCHIVED} files, or takes too long to unpack; the others were not read.")
            return
        content = _loaded(label, load, out)
        if content is not None:
            _take(label, content, out, place)


def _loaded(label: str, load: Callable[[], bytes], out: Unpacked) -> bytes | None:
    """Return a member's bytes, or ``None`` with a warning where it cannot be read."""
    try:
        content = load()
    except UnreadableError as error:
        out.warnings.append(str(error))
        return None
    except ZIP_ERRORS as error:
        out.warnings.append(f"{label} is damaged and was not read ({error}): fetch the archive again.")
        return None
    out.size += len(content)
    if out.size > MAX_UNPACKED:
        most = MAX_UNPACKED // 2**20
        raise UnreadableError(f"{label} and what stands before it unpack to more than {most} MB, as a zip bomb does: look at it by hand.")
    return content


def _take(label: str, content: bytes, out: Unpacked, place: _Place) -> None:
    """Keep a member, or, where it is an archive itself, the files in it."""
    if not is_archive(content, label):
        out.members.append(Member(label, content))
    elif place.depth >= MAX_NESTING:
        out.warnings.append(f"{label} is an archive {MAX_NESTING} levels deep and was not opened: unpack it by hand.")
    else:
        try:
            _unpack(content, label, out, _Place(label + WITHIN, place.depth + 1, place.wanted))
        except UnreadableError as error:
            out.warnings.append(str(error))


def _unique(name: str, used: set[str]) -> str:
    label, number = name, 1
    while label in used:
        number += 1
        label = f"{name}#{number}"
    used.add(label)
    return label


def _shown_name(raw: str) -> str:
    """Return a member's name without anything that a path of this machine or a terminal would heed; of a long one the end."""
    parts = [part.strip() for part in _STEERING.sub("\ufffd", raw).replace("\\", "/")[-LONGEST_NAME:].split("/")]
    return "/".join(part for part in parts if part not in {"", ".", ".."} and not re.fullmatch(r"[A-Za-z]:", part))


# --- zip -------------------------------------------------------------------------------------------------------------------------


def _zip_name(info: zipfile.ZipInfo) -> str:
    """Return the name of a zip member; without the mark of UTF-8 it is UTF-8 nevertheless, or GBK as Windows writes it."""
    if info.flag_bits & _UTF8_FLAG:
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _zip_files(payload: bytes, name: str) -> Iterator[tuple[str, Callable[[], bytes]]]:
    with open_container(payload, name) as archive:
        for info in archive.infolist():
            shown = _shown_name(_zip_name(info))
            if shown and not info.is_dir() and not _FURNITURE.search(shown):
                yield shown, partial(_zip_member, archive, info, shown)


def _zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, shown: str) -> bytes:
    if info.flag_bits & _ENCRYPTED_FLAG:
        raise UnreadableError(f"{shown} is protected by a password and was not read: ask for an open copy.")
    return read_member(archive, info, MAX_PAYLOAD)


# --- rar, 7z, packed tar -----------------------------------------------------------------------------------------------------------


def _packed_files(payload: bytes, kind: str, name: str, out: Unpacked) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Yield the files of an archive that bsdtar rewrites as a tar on its standard output; nothing in it reaches the disk by its name."""
    program = outside.found("bsdtar")
    if not program:
        raise UnreadableError(f"{name}: not extracted: an archive (.{kind}), read through bsdtar, which is not here; {INSTALL}")
    with tempfile.TemporaryDirectory(prefix="archive-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        (folder / "packed").write_bytes(payload)
        status, output = outside.run([program, "-cf", "-", "--format", "pax", "@packed"], folder, ARCHIVE_SECONDS)
    broken = f"{name} is a damaged archive (.{kind}), or parts of it are protected by a password: open it by hand."
    try:
        with tarfile.open(fileobj=io.BytesIO(output), mode="r:") as archive:
            for info in archive:
                shown = _shown_name(info.name)
                content = archive.extractfile(info) if info.isfile() and shown and not _FURNITURE.search(shown) else None
                if content is not None:
                    yield shown, partial(content.read, MAX_PAYLOAD)
    except (tarfile.TarError, EOFError, OSError, ValueError):
        status = -1
    if status != 0:
        out.warnings.append(broken)

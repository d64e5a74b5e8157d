"""The key that stands between a tombstone and what it is the tombstone of.

A tombstone must hold a record back when it comes again, and must not tell anybody whose record it was. So identifiers are kept
as HMAC-SHA-256 (RFC 2104, FIPS 180-4) with a random key: without the key, a list of all firms, numbers and pages cannot be tried
against them. The key lies in a file of its own, 0600, beside the store and never in it, nor in the archive.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import stat
from pathlib import Path

from storage.errors import StoreError
from storage.whole_files import sync_folder

SUFFIX = ".key"
_LENGTH = 32
_TAG_BYTES = 16
_MAGIC = "credit-harvester-key-1"
_LINE = re.compile(rf"{_MAGIC} ([0-9a-f]{{{2 * _LENGTH}}}) ([0-9a-f]{{8}})\n\Z")
_LIMIT = 4096


class KeyringError(StoreError):
    """The key file is lost, damaged, readable by others, or another store's."""


class Keyring:
    """The secret key of one store, and the tags made with it. Its ``repr`` tells nothing of the key."""

    def __init__(self, key: bytes) -> None:
        if len(key) != _LENGTH:
            raise ValueError(f"a key has {_LENGTH} bytes")
        self._key = key

    @classmethod
    def open(cls, path: Path, known: str = "") -> Keyring:
        """Return the key of a file, which is made, readable by its owner only, where there is none.

        ``known`` is the fingerprint that the store keeps of its key, empty for a store that has none yet. Raises ``KeyringError``
        for a file that is lost (``known`` and no file), damaged, readable by others or the key of another store.
        """
        key = _read(path)
        if key is None:
            if known:
                raise KeyringError(_lost(path))
            key = _make(path)
        keyring = cls(key)
        if known and not hmac.compare_digest(known, keyring.fingerprint):
            raise KeyringError(
                f"The key file {path} is not the one this store was made with: put the store's own key file back from a backup."
            )
        return keyring

    @property
    def fingerprint(self) -> str:
        """What the store keeps to know its key again: 32 hexadecimal digits that tell nothing of it."""
        return self.tag("keyring")

    def tag(self, domain: str, *parts: str) -> str:
        """Return the tag of some texts: 128 bits of their HMAC as 32 hexadecimal digits.

        Different domains give different tags of the same texts, and no two lists of texts are read as one.
        """
        message = b"".join(
            len(data).to_bytes(8, "big") + data for data in (part.encode("utf-8", "surrogatepass") for part in (domain, *parts))
        )
        return hmac.digest(self._key, message, hashlib.sha256)[:_TAG_BYTES].hex()

    def record_tag(self, site: str, section: str, key: str) -> str:
        """Return what takes the place of a record's printed key before the record reaches the archive or the store."""
        return self.tag("record", site, section, key)

    def __repr__(self) -> str:
        """Say that this is a key, and nothing of it."""
        return "<Keyring>"


def key_path(database: Path | None, archive: Path | None) -> Path:
    """Return where the key of a store lies unless a setting says otherwise: beside the SQLite file, else beside the archive's folder.

    Never within the archive: whoever is given a copy of it gets no key with it. Raises ``KeyringError`` when there is neither.
    """
    beside = database or archive
    if beside is None:
        raise KeyringError("A store on a server and without an archive has no place for its key file: name one in the settings.")
    return beside.with_name(beside.name + SUFFIX)


def _read(path: Path) -> bytes | None:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise KeyringError(f"The key file {path} cannot be read ({error.strerror}): check its path and permissions.") from error
    try:
        state = os.fstat(handle)
        if not stat.S_ISREG(state.st_mode):
            raise KeyringError(f"{path} is no file: name another place for the key file, or put it back from a backup.")
        if state.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise KeyringError(f"The key file {path} can be read by others: run `chmod 600` on it.")
        data = os.read(handle, _LIMIT)
    finally:
        os.close(handle)
    return _parse(path, data)


def _parse(path: Path, data: bytes) -> bytes:
    found = _LINE.match(data.decode("ascii", "replace"))
    key = bytes.fromhex(found[1]) if found else b""
    if found is None or _check(key) != found[2]:
        raise KeyringError(f"The key file {path} is damaged: put it back from a backup.")
    return key


def _check(key: bytes) -> str:
    return hashlib.sha256(_MAGIC.encode() + key).hexdigest()[:8]


def _make(path: Path) -> bytes:
    """Write a new key so that the file is whole or not there at all; of two processes that make it at once, both get the first one's."""
    key = secrets.token_bytes(_LENGTH)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(draft, f"{_MAGIC} {key.hex()} {_check(key)}\n".encode())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink(missing_ok=True)
        sync_folder(path.parent)
    except OSError as error:
        raise KeyringError(f"The key file {path} cannot be written ({error.strerror}): check its folder, or name another place.") from error
    made = _read(path)
    if made is None:
        raise KeyringError(_lost(path))
    return made


def _write(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _lost(path: Path) -> str:
    return (
        f"The key file {path} is lost, and without it the store's tombstones can hold no record back: put it back from a backup,"
        " or name its place in the settings."
    )

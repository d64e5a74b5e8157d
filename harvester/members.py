"""Files of an archive as documents of their own: what an attachment or a file named on the command line holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from urllib.parse import quote

from normalizers.documents import is_archive, unpack
from normalizers.documents.archives import extract
from normalizers.privacy import Mode, mask
from normalizers.records import Hints
from storage.records import Publication

SEPARATOR = "!"
"""Stands between an archive's key and the name of the file in it."""


def member_hints(payload: bytes, hints: Hints) -> list[Hints]:
    """Return the hints of each file that an archive holds, or those given where the payload is no archive.

    Raises ``normalizers.documents.UnreadableError`` for an archive that cannot be unpacked.
    """
    if not is_archive(payload, hints.file_name):
        return [hints]
    return [
        replace(
            hints,
            media_type="",
            charset="",
            title=PurePosixPath(member.name).stem if hints.title else "",
            file_name=f"{hints.file_name}/{member.name}",
            member=member.name,
        )
        for member in unpack(payload, hints.file_name).members
    ]


def member_alone(payload: bytes, hints: Hints) -> tuple[bytes, Hints]:
    """Return the bytes of the file that ``hints`` mean within an archive, and the hints of that file by itself.

    Raises ``normalizers.documents.UnreadableError`` as ``member_hints`` does.
    """
    name = mask(PurePosixPath(hints.member).name, Mode.DOCUMENT).text
    return extract(payload, hints.member, hints.file_name.removesuffix(f"/{hints.member}")), replace(hints, member="", file_name=name)


def member_publications(publication: Publication, hints: list[Hints]) -> Iterator[tuple[Publication, Hints]]:
    """Yield the publication of each file of an archive: a document of its own beside the archive's address, under the same article.

    Its key holds no slash of its own: what stands before the last slash of a file's key is its article's.
    """
    for place, each in enumerate(hints):
        if each.member:
            masked = mask(each.member, Mode.DOCUMENT)
            name = f"{masked.text}~{place}" if masked.changed else each.member  # two persons' files stay two documents
            key, url = f"{publication.key}{SEPARATOR}{name.replace('/', '%2F')}", f"{publication.url}#{quote(name)}"
            yield replace(publication, key=key, url=url, title=PurePosixPath(name).name), each
        else:
            yield publication, each

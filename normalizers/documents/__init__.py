"""Readers of file formats into the one ``Document`` model of ``normalizers.records``; see ``docs/documents.md`` for the formats."""

from normalizers.documents.archives import Member, Unpacked, is_archive, unpack
from normalizers.documents.limits import UnreadableError
from normalizers.documents.reader import read

__all__ = ["Member", "Unpacked", "UnreadableError", "is_archive", "read", "unpack"]

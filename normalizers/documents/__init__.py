"""Readers of file formats into the one ``Document`` model of ``normalizers.records``: html, text, Markdown, csv, xlsx, xls, docx, pdf."""

from normalizers.documents.limits import UnreadableError
from normalizers.documents.reader import read

__all__ = ["UnreadableError", "read"]

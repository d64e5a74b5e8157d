"""What a document says of itself: title, number, issuers, dates, region, the period of its plan, the documents it names."""

from normalizers.metadata.head import Head, read_head
from normalizers.metadata.number import normalise_number
from normalizers.metadata.page import page_head
from normalizers.metadata.read import read_metadata

__all__ = ["Head", "normalise_number", "page_head", "read_head", "read_metadata"]

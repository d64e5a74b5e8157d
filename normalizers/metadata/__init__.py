"""What a document says of itself: title, number, issuers, dates, region, the period of its plan."""

from normalizers.metadata.number import normalise_number
from normalizers.metadata.read import read_metadata

__all__ = ["normalise_number", "read_metadata"]

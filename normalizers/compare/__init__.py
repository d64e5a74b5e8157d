"""What changed between two texts, in words and in tasks, and how alike two texts are."""

from normalizers.compare.changes import apply
from normalizers.compare.compare import compare, compared_hash
from normalizers.compare.similarity import signature, similarity
from normalizers.compare.units import units

__all__ = ["apply", "compare", "compared_hash", "signature", "similarity", "units"]

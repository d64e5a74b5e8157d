"""What changed between two texts, in words and in tasks, and how alike two texts are."""

from normalizers.compare.compare import compare
from normalizers.compare.similarity import signature, similarity

__all__ = ["compare", "signature", "similarity"]

"""What changed between two texts, in words and in tasks, and how alike two texts are."""

from normalizers.compare.compare import Comparison, compare
from normalizers.compare.similarity import signature, similarity
from normalizers.compare.tasks import TaskChange
from normalizers.compare.words import TextChange

__all__ = ["Comparison", "TaskChange", "TextChange", "compare", "signature", "similarity"]

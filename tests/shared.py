"""What several kinds of tests share: the documents kept beside the project, never in it, and how often a costly property is tried.

A test that needs those documents skips where they are absent.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[1].parent / "shared"

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the documents beside the project (../shared) are not here")


def seed(number: str) -> Path:
    """Return the path of a seed document by its three digits."""
    return next((SHARED / "seeds").glob(f"{number}_*.txt"))


def tries(most: int) -> int:
    """Return how many examples a property gets whose every example writes to a store: ``most`` in `make fuzz`, a quarter else."""
    return most if os.environ.get("HYPOTHESIS_PROFILE") == "fuzz" else max(3, most // 4)

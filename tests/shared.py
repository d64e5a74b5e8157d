"""Where the documents lie that are kept beside the project, never in it; a test that needs them skips where they are absent."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[1].parent / "shared"

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the documents beside the project (../shared) are not here")


def seed(number: str) -> Path:
    """Return the path of a seed document by its three digits."""
    return next((SHARED / "seeds").glob(f"{number}_*.txt"))

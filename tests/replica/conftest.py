from __future__ import annotations

from collections.abc import Iterator

import pytest

from harvester.replica.server import Replica


@pytest.fixture(scope="session")
def replica() -> Iterator[Replica]:
    """All six sites, without a fault; tests that change anything start their own."""
    with Replica() as running:
        yield running

"""Settings for every test: hypothesis profiles, chosen by HYPOTHESIS_PROFILE; temporary files in memory; the longest files first."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests import temporary

temporary.choose()

settings.register_profile("default", max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("fuzz", max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

HERE = Path(__file__).parent
LONGEST = (
    "browser/test_every_page.py", "crawl/test_crawl.py", "end_to_end/test_records.py", "end_to_end/test_takedown.py",
    "end_to_end/test_masking.py", "cli/test_interrupting.py", "browser/test_using.py", "crawl/test_deriving.py",
    "end_to_end/test_nothing_taken.py", "end_to_end/test_golden.py", "web/test_access_serving.py", "browser/test_access_pages.py",
    "storage/test_kill.py", "end_to_end/test_killed.py", "web/test_api_contract.py", "end_to_end/test_versions.py",
    "storage/test_takedown.py", "web/test_same_rows.py", "web/test_api_paging.py", "storage/test_frames.py",
)  # fmt: skip
"""Files of about half a minute to a minute and a half. Several processes share the files of a run: who began one of these last would
end alone."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first; the others keep their order."""
    places = {HERE / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))

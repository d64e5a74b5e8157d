"""The examples of docs/replica.md run word by word."""

from __future__ import annotations

import re
from pathlib import Path

from harvester.replica.server import Replica

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "replica.md").read_text("utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_the_example_of_documents_runs_as_it_stands() -> None:
    names: dict[str, object] = {}
    exec(EXAMPLES[0], names)  # noqa: S102 - our own page
    assert names["new"] != names["key"]


def test_the_example_of_records_runs_on_a_record_of_its_site() -> None:
    with Replica(["anhui_records"]) as replica:
        names: dict[str, object] = {"replica": replica, "key": replica.records("anhui_records", "penalties")[0]}
        exec("from datetime import date\n" + EXAMPLES[1], names)  # noqa: S102 - our own page
        assert names["truths"]

"""The figures on the hand-labelled documents beside the project."""

from __future__ import annotations

import importlib.util
import json
from types import ModuleType
from typing import Any

import pytest

from normalizers.derive import derive
from normalizers.presentation import derived_json
from normalizers.records import Hints
from tests.shared import SHARED, needs_shared, seed

SEEDS = ("000", "001", "002", "003", "004")


def scorer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check", SHARED / "acceptance" / "check.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def labelled(number: str) -> dict[str, Any]:
    return json.loads((SHARED / "acceptance" / "gold" / f"seed_{number}.json").read_text("utf-8"))


def found(number: str) -> dict[str, Any]:
    path = seed(number)
    return derived_json(derive(path.read_bytes(), Hints(media_type="text/plain", file_name=path.name)))


@needs_shared
@pytest.mark.parametrize("number", SEEDS)
def test_tasks_bodies_and_deadlines_of_a_seed_reach_their_bars(number: str) -> None:
    figures = scorer().score_document(labelled(number), found(number))
    assert figures["tasks F1"] == 1.0
    assert figures["agencies F1"] >= 0.995
    assert figures["deadlines"] == 1.0


@needs_shared
@pytest.mark.parametrize("number", SEEDS)
def test_numbers_sections_and_deadline_words_of_a_seed_are_as_labelled(number: str) -> None:
    check = scorer()
    for want, task in check.match_tasks(labelled(number)["tasks"], found(number)["tasks"]):
        assert task is not None
        assert str(want.get("no", task["number"])) == task["number"]
        assert check.fold(want.get("section", "") or "") == check.fold(task["section"])
        assert ((task["deadline"] or {}).get("text") or None) == want["deadline_text"]

"""Every cause is told in plain words with a next step, in both languages, and every command in it is one."""

from __future__ import annotations

import re
from functools import cache

import pytest
import typer.main
from babel.messages.pofile import read_po

from harvester.alerting.causes import CAUSES, NETWORK, PROVEN, TEMPLATE, UNKNOWN
from harvester.alerting.wording import next_step, plainly
from harvester.cli.main import command_line
from spiders.failure_classes import _CLASSES
from spiders.items import Cause
from tests.cli.test_messages import ROOT

CATALOGUE = read_po((ROOT / "locale" / "zh" / "messages.po").open("rb"))
PROMISES = {"few-items", "fill", "requests", "quiet", "rules", "headings", "cells", "charset", "drift", "ledger"}
WORK = {"stale", "missed", "no-worker", "disk", "integrity", "watch", "killed", "store"}
COMMAND = re.compile(r"harvester ((?:[a-z-]+ ?)+)")


def test_every_cause_of_runs_promises_and_of_the_work_has_its_words() -> None:
    assert {str(cause) for cause in Cause} | PROMISES | WORK | set(_CLASSES) <= CAUSES.keys()
    assert CAUSES.keys() >= NETWORK


@pytest.mark.parametrize("cause", [*CAUSES, "a-cause-of-tomorrow"])
def test_a_cause_is_told_in_chinese_too_with_the_same_fields_and_has_a_name(cause: str) -> None:
    words = CAUSES.get(cause, UNKNOWN)
    for text in (words.what, words.next):
        entry = CATALOGUE.get(text)
        assert entry is not None, text
        assert entry.string
        assert set(re.findall(r"{\w+}", entry.string)) == set(re.findall(r"{\w+}", text))
    if cause in CAUSES:
        assert CATALOGUE.get(cause) is not None, "a cause has a name in Chinese"
    for lang in ("en", "zh"):
        told = plainly(cause, "信用上海", lang) + next_step(cause, "shanghai", lang)
        assert "{" not in told
        assert "  " not in told
    assert "the work itself" in plainly(cause, "", "en") or "{site}" not in words.what


def test_of_a_template_change_the_next_step_is_drift_and_where_proven_selectors_wait_to_accept_them() -> None:
    assert {"no-list-container", "no-body-container", "drift", "rules"} == TEMPLATE
    for cause in TEMPLATE:
        for lang in ("en", "zh"):
            assert "harvester drift propose anhui" in next_step(cause, "anhui", lang)
            assert "harvester drift accept anhui --all" in next_step(cause, "anhui", lang, proven=True)
            assert "harvester check" not in next_step(cause, "anhui", lang)
    assert next_step("dns", "anhui", proven=True) == next_step("dns", "anhui")
    entry = CATALOGUE.get(PROVEN)
    assert entry is not None and "{site}" in str(entry.string)


@cache
def verbs() -> set[str]:
    found = set()
    root = typer.main.get_command(command_line())
    for name in root.list_commands(None):
        inner = getattr(root.get_command(None, name), "commands", {})
        found |= {f"{name} {sub}" for sub in inner} | ({name} if not inner else set())
    return found


@pytest.mark.parametrize("cause", CAUSES)
def test_every_command_of_a_next_step_is_one(cause: str) -> None:
    known = verbs()
    told = next_step(cause, "", "en")
    for found in COMMAND.findall(told):
        words = found.split()
        assert words[0] in known or " ".join(words[:2]) in known, found

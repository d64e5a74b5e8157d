"""The catalogue has every message, with the same fields, and the program speaks the user's language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from harvester.messages import _, catalogue

ROOT = Path(__file__).resolve().parents[2] / "harvester"
SOURCES = [
    *ROOT.glob("*.py"),
    *(path for folder in ("cli", "telling", "reports", "watching") for path in (ROOT / folder).glob("*.py")),
    *(ROOT / "templates").glob("*.html"),
    *(path for kind in ("*.py", "*.html") for path in (ROOT / "web").rglob(kind)),
]
CATALOGUE = read_po((ROOT / "locale" / "zh" / "messages.po").open("rb"))
MESSAGES = sorted({found for file in SOURCES for found in re.findall(r'\b_\(\s*"((?:[^"\\]|\\.)+)"\s*[,)]', file.read_text("utf-8"))})
COLUMNS = sorted(
    {
        c
        for file in (ROOT / "cli").glob("*.py")
        for line in re.findall(r"_?COLUMNS[^=\n]*= \(([^)]*)\)", file.read_text("utf-8"))
        for c in re.findall(r'"([^"]+)"', line)
    }
)


def test_the_sources_have_messages_at_all() -> None:
    assert len(MESSAGES) > 30
    assert len(COLUMNS) > 20


@pytest.mark.parametrize("message", [*MESSAGES, *COLUMNS])
def test_a_message_has_its_chinese_with_the_same_fields(message: str) -> None:
    entry = CATALOGUE.get(message)
    assert entry is not None
    assert entry.string
    assert sorted(re.findall(r"{\w+}", entry.string)) == sorted(re.findall(r"{\w+}", message))


@pytest.mark.parametrize(
    ("variables", "word"),
    [({"LANG": "zh_CN.UTF-8"}, "任务"), ({"LANG": "C"}, "Tasks"), ({"LANG": "zh_CN", "HARVESTER_LANG": "en"}, "Tasks")],
)
def test_the_language_is_the_user_s(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], word: str) -> None:
    for name in ("HARVESTER_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert _("Tasks") == word


def test_english_needs_no_catalogue() -> None:
    assert catalogue("en").gettext("anything") == "anything"

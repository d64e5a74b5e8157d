"""The catalogue has every message, with the same fields, and the program speaks the user's language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from harvester.messages import _, catalogue, counted, read

ROOT = Path(__file__).resolve().parents[2] / "harvester"
SOURCES = [
    *ROOT.glob("*.py"),
    *(
        path
        for folder in ("cli", "telling", "reports", "watching", "scheduling", "alerting", "observing", "sentences", "monitoring")
        for path in (ROOT / folder).glob("*.py")
    ),
    *(ROOT / "templates").glob("*.html"),
    *(path for kind in ("*.py", "*.html") for path in (ROOT / "web").rglob(kind)),
]
CATALOGUE = read_po((ROOT / "locale" / "zh" / "messages.po").open("rb"))
MESSAGES = sorted({found for file in SOURCES for found in re.findall(r'\b_\(\s*"((?:[^"\\]|\\.)+)"\s*[,)]', file.read_text("utf-8"))})
COUNTED = sorted(
    {
        (one, many)
        for file in SOURCES
        for one, many in re.findall(r'\(\s*"([^"\n]*\{n\}[^"\n]*)",\s*"([^"\n]*\{n\}[^"\n]*)"', file.read_text("utf-8"))
    }
)
"""Messages with a number, for one and for many."""
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


@pytest.mark.parametrize("pair", COUNTED, ids=lambda pair: pair[1])
def test_a_message_that_counts_has_one_form_for_one_another_for_many_and_its_chinese(pair: tuple[str, str]) -> None:
    one, many = pair
    entry = CATALOGUE.get(one)
    assert entry is not None
    assert entry.id == (one, many)
    assert [sorted(re.findall(r"{\w+}", said)) for said in (one, *entry.string)] == 2 * [sorted(re.findall(r"{\w+}", many))]
    more = dict.fromkeys(set(re.findall(r"{(\w+)}", many)) - {"n"}, "x")
    assert [counted(one, many, n, "en", **more) for n in (1, 2, 1200)] == [
        one.format(n=1, **more), many.format(n=2, **more), many.format(n="1,200", **more),
    ]  # fmt: skip
    assert counted(one, many, 1, "zh", **more) == entry.string[0].format(n=1, **more)


def test_no_message_of_a_page_says_many_of_one_thing() -> None:
    plural = re.compile(r"\{n\} (?:\w+ )?(?!days)\w+s\b")
    assert len(COUNTED) > 30
    pages = [file for file in SOURCES if "web" in file.parts and file.name != "agency.html"]
    said = {found for file in pages for found in re.findall(r'\b_\(\s*"([^"]*)"', file.read_text("utf-8")) if plural.match(found)}
    assert said == set()


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


def test_the_program_reads_the_catalogue_as_the_library_for_catalogues_does() -> None:
    assert CATALOGUE.obsolete == {}
    library = {message.id: message.string for message in CATALOGUE if message.id and not message.fuzzy}
    of_one = {one if isinstance(one, str) else one[0]: told if isinstance(told, str) else told[0] for one, told in library.items()}
    assert catalogue("zh").told == of_one


def test_a_message_keeps_its_quotes_its_line_breaks_and_its_backslashes() -> None:
    assert read(r'''msgid "say \"a\\b\"\n"
msgstr "说“a\\b”\n"''') == {'say "a\\b"\n': "说“a\\b”\n"}


def test_english_needs_no_catalogue() -> None:
    assert catalogue("en").gettext("anything") == "anything"

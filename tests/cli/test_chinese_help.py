"""Where the user reads Chinese, the help of every verb is in Chinese, in lines that fit the terminal."""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Iterator
from unittest.mock import patch

import pytest
import typer
import typer.main
from rich.cells import cell_len
from typer.testing import CliRunner

from harvester.cli.helping import lines, sentences, width
from harvester.cli.main import command_line
from harvester.cli.verbs import verbs
from harvester.messages import catalogue

CALLS = ["", *verbs()]
CHINESE = re.compile("[\u4e00-\u9fff]")
NAMES_OF_THINGS = re.compile(r"`[^`]*`|<[^>]*>|-{1,2}[a-z][a-z-]*")
"""What a Chinese sentence quotes: a call of the program, the words that an option takes, options."""
ENGLISH = re.compile(r"\b[A-Za-z]?[a-z]+[,;:]? [a-z]+\b|Usage|Options|Commands|Arguments|default|required")
"""Two English words in a row, or a word of the parser's own."""
CLOSING = tuple("，。；：、）”》？！")


def helped(lang: str, *words: str, columns: int = 80) -> str:
    """Return the help of a command as a terminal of so many columns shows it."""
    with patch.dict(os.environ, HARVESTER_LANG=lang):
        result = CliRunner().invoke(command_line(), [*words, "--help"], terminal_width=columns)
    assert result.exit_code == 0, result.output
    return result.output


def commands(name: str) -> Iterator[tuple[list[str], typer.core.TyperCommand]]:
    """Yield a verb with what is below it, each with the words that call it; without a name the command line itself."""
    root = typer.main.get_command(command_line())
    yield from below([name], root.get_command(None, name)) if name else [([], root)]


def below(words: list[str], command) -> Iterator[tuple[list[str], typer.core.TyperCommand]]:
    yield words, command
    for name, sub in getattr(command, "commands", {}).items():
        yield from below([*words, name], sub)


def said_of(command) -> Iterator[str]:
    """Yield what the code says of a command, its options and arguments, in the pieces that the catalogue has."""
    for paragraph in inspect.cleandoc(command.help).split("\n\n"):
        yield from sentences(paragraph)
    yield from (param.help for param in command.params if param.help)


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARVESTER_LANG", "en")


@pytest.mark.parametrize("name", CALLS)
def test_all_that_is_said_of_a_verb_has_its_chinese(name: str) -> None:
    chinese = catalogue("zh")
    missing = [said for _words, command in commands(name) for said in said_of(command) if not CHINESE.search(chinese.gettext(said))]
    assert missing == []


@pytest.mark.parametrize("name", CALLS)
def test_no_english_is_left_in_the_chinese_help_of_a_verb(name: str) -> None:
    for words, command in commands(name):
        told = helped("zh", *words).split("\n\n", 1)
        assert told[0].startswith(" ".join(["用法：harvester", *words]))
        assert CHINESE.search(told[1].splitlines()[0]), words
        left = [line for line in told[1].splitlines() if ENGLISH.search(NAMES_OF_THINGS.sub("", line))]
        assert left == [], words
        for param in command.params:
            assert any(name in " ".join(told[1].split()) for name in [*param.opts, param.metavar] if name), "names stay"


def test_the_search_for_english_finds_it() -> None:
    for line in ("  sites  List the sites", "选项 Options：", "最多行数（default: 50）"):
        assert ENGLISH.search(NAMES_OF_THINGS.sub("", line))
    assert not ENGLISH.search(NAMES_OF_THINGS.sub("", "  --kind <added|removed>  added 新增，见 `watch deliveries`"))


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("name", ["", "drift", "crawl", "takedown", "review", "accounts"])
def test_the_chinese_help_fits_the_terminal(name: str, columns: int) -> None:
    for words, _command in commands(name):
        for line in helped("zh", *words, columns=columns).splitlines():
            # an address or the columns of a file are one word
            assert width(line) <= columns or " " not in line.strip()
            assert not line.strip().startswith(CLOSING)
            assert width(line) == cell_len(line)


def test_an_option_tells_its_default_its_range_and_that_it_must_be_given() -> None:
    assert "最多行数；0 为全部（默认 50；不小于 0）" in helped("zh", "tasks", columns=80)
    assert "1 至 64" in helped("zh", "worker")
    assert "（必填）" in helped("zh", "schedule", "pause")
    assert "<文本>" in helped("zh", "schedule", "pause")


def test_a_command_is_told_the_same_way_in_the_list_and_in_its_own_help() -> None:
    told = helped("zh")
    for name in verbs():
        first = "".join(helped("zh", name).split("\n\n")[1].split())
        listed = re.search(rf"^  {name}\s+(.*(?:\n {{10,}}.*)*)", told, re.MULTILINE)
        assert listed
        assert first.startswith("".join(listed[1].split()))


def test_the_language_may_change_from_call_to_call() -> None:
    before = helped("en", "tasks")
    assert before.startswith("Usage: harvester tasks [OPTIONS]\n")
    assert helped("zh", "tasks").startswith("用法：harvester tasks [选项]\n")
    assert helped("en", "tasks") == before


def test_lines_are_broken_between_characters_and_words_but_not_before_a_closing_mark() -> None:
    assert lines("列出任务（谁做什么事），何时完成。", 14) == ["列出任务（谁做", "什么事），何时", "完成。"]
    assert lines("列出任务与文件（必填）", 18) == ["列出任务与文件", "（必填）"]
    assert lines("列出任务与文件。", 14) == ["列出任务与文", "件。"]
    assert lines("见 docs/tasks.md 第二节", 14) == ["见", "docs/tasks.md", "第二节"]
    assert lines("mention,region,name,kind", 10) == ["mention,region,name,kind"]
    assert lines("", 10) == [""]

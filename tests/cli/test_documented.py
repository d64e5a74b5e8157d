"""Every verb, option and setting is documented (views: tests/storage), and the pages that are linked are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer.main

from harvester.cli.main import command_line
from harvester.setting_kinds import SETTINGS

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = (ROOT / "docs" / "commands.md").read_text("utf-8")


def commands() -> list[tuple[str, object]]:
    root = typer.main.get_command(command_line())
    found = []
    for name in root.list_commands(None):
        command = root.get_command(None, name)
        inner = getattr(command, "commands", None)
        found += [(f"{name} {sub}", c) for sub, c in inner.items()] if inner else [(name, command)]
    return found


@pytest.mark.parametrize(("name", "command"), commands(), ids=lambda value: value if isinstance(value, str) else "")
def test_a_verb_and_each_of_its_options_is_in_docs_commands(name: str, command: object) -> None:
    assert re.search(rf"`harvester {name.split()[0]}\b", COMMANDS)
    assert all(word in COMMANDS for word in name.split())
    options = [option for parameter in command.params for option in parameter.opts if option.startswith("--") and option != "--help"]
    assert [option for option in options if option not in COMMANDS] == []


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_a_setting_is_documented(name: str) -> None:
    assert re.search(rf"`{name}`|HARVESTER_{name.upper()}\b", (ROOT / "docs" / "crawling.md").read_text("utf-8") + COMMANDS)


PAGES = ["README.md", "README.zh-CN.md", *sorted(page.relative_to(ROOT).as_posix() for page in (ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES)
def test_the_links_of_a_page_lead_somewhere(page: str) -> None:
    file = ROOT / page
    links = re.findall(r"\]\(([^)#]+)", file.read_text("utf-8"))
    assert [link for link in links if "://" not in link and not (file.parent / link).exists()] == []


@pytest.mark.parametrize("target", ["setup", "demo", "test", "lint", "soak", "fuzz", "bench"])
def test_a_make_target_is_in_the_readme(target: str) -> None:
    assert f"make {target}" in (ROOT / "README.md").read_text("utf-8")

"""The table of verbs says of each what the verb says of itself, and a command line that imports one verb is that of all verbs."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
import typer
import typer.main
from typer.testing import CliRunner

from harvester.cli import verbs
from harvester.cli.main import command_line

FOLDER = Path(verbs.__file__).parent
NAMES = list(verbs.verbs())


def registered() -> dict[str, str]:
    """Return the name and the module of every verb that any module of the folder has."""
    found = {}
    for file in FOLDER.glob("*.py"):
        module = import_module(f"harvester.cli.{file.stem}")
        if hasattr(module, "register"):
            app = typer.Typer()
            module.register(app)
            found |= dict.fromkeys(typer.main.get_group(app).commands, file.stem)
    return found


def test_the_table_names_every_verb_and_its_module() -> None:
    assert {name: verb.module for name, verb in verbs.verbs().items()} == registered()


def test_the_table_is_what_the_verbs_say_of_themselves() -> None:
    assert verbs.TABLE.read_text("utf-8") == verbs.written(), "run python -m harvester.cli.verbs, review, then commit"


@pytest.mark.parametrize("name", NAMES)
def test_a_verb_is_found_by_its_name_with_its_own_help(name: str) -> None:
    root = typer.main.get_command(command_line())
    command = root.get_command(None, name)
    assert command.name == name
    assert command.params or command.commands
    assert verbs.sentence(command) == verbs.verbs()[name].sentence
    assert CliRunner().invoke(command_line(), [name, "--help"]).output.startswith(f"Usage: harvester {name}")


def test_the_help_lists_every_verb_in_the_order_of_the_table() -> None:
    told = CliRunner().invoke(command_line(), ["--help"], terminal_width=500).output
    listed = [line.split()[0] for line in told.split("Commands:")[1].splitlines() if line.strip()]
    assert listed == NAMES
    assert all(verb.sentence in told for verb in verbs.verbs().values())


def test_a_name_that_is_no_verb_is_none() -> None:
    root = typer.main.get_command(command_line())
    assert root.get_command(None, "nonsense") is None
    assert root.get_command(None, "main") is None

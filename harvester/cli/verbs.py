"""The verbs by name: which module holds each, and the line that ``harvester --help`` says of it.

Help, suggestions and the choice of a verb read the table; of the modules only the called verb's is imported. The lines of the table are
the first sentences of the verbs' own help, as ``python -m harvester.cli.verbs`` writes them: run it after a change to a verb's name,
module or docstring. A new verb is a new line ``name = ["module", ""]``. Its help in Chinese: ``harvester/cli/helping.py``.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

from harvester.messages import language

if TYPE_CHECKING:
    from typer._click.core import Command, Context
    from typer._click.formatting import HelpFormatter

TABLE = Path(__file__).with_name("verbs.toml")
HEADING = """\
# Which module of this folder holds a verb, and what `harvester --help` says of it, in the order of the help.
# The sentences are written by `python -m harvester.cli.verbs`, from the docstrings of the verbs.
"""


class Verb(NamedTuple):
    """Where a verb is, and what it does in one sentence."""

    module: str
    sentence: str


@cache
def verbs() -> Mapping[str, Verb]:
    """Return the table, in the order of the help."""
    return {name: Verb(*line) for name, line in tomllib.loads(TABLE.read_text("utf-8")).items()}


class VerbGroup(TyperGroup):
    """All verbs. Until one is asked for, a command that has nothing but its line of help stands in its place."""

    def __init__(self, **attributes: Any) -> None:  # noqa: ANN401 - Typer's
        super().__init__(**attributes)
        self.commands = {name: TyperCommand(name, help=verb.sentence, rich_markup_mode=None) for name, verb in verbs().items()}
        if language() == "zh":
            from harvester.cli.helping import speak_chinese  # late: English help is Typer's own

            speak_chinese(self)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """Return a verb, importing the module that holds it; ``None`` where there is none of that name."""
        if cmd_name in verbs():
            self.commands.update(held(verbs()[cmd_name].module, language()))
        return self.commands.get(cmd_name)

    def format_commands(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the list of verbs. Typer would ask ``get_command`` for each, and import them all."""
        TyperGroup(commands=dict(self.commands), rich_markup_mode=None).format_commands(ctx, formatter)


@cache
def held(module: str, lang: str = "en") -> Mapping[str, Command]:
    """Return the verbs that a module registers, by name; their help is in a language (``en`` or ``zh``)."""
    app = typer.Typer(rich_markup_mode=None)
    import_module(f"harvester.cli.{module}").register(app)
    commands = typer.main.get_group(app).commands
    if lang == "zh":
        from harvester.cli.helping import speak_chinese  # late: English help is Typer's own

        for command in commands.values():
            speak_chinese(command)
    return commands


def sentence(command: Command) -> str:
    """Return the first sentence of a command's help, as a list of commands would show it on an endless line."""
    return command.get_short_help_str(sys.maxsize)


def written() -> str:
    """Return the table as its modules would have it."""
    lines = (f'{name} = ["{verb.module}", "{sentence(held(verb.module)[name])}"]\n' for name, verb in verbs().items())
    return HEADING + "".join(lines)


if __name__ == "__main__":
    TABLE.write_text(written(), "utf-8")

"""Help in Chinese: the words of the catalogue in the place of the code's, in lines as long as the terminal shows them.

Verbs are described once, in English, in their docstrings and options. Typer prints that as it is; where the user reads Chinese, the verbs
are given ``ChineseContext``, whose formatter looks up what it is to write. A docstring has its Chinese by sentences, an option as a whole.
"""

from __future__ import annotations

import inspect
import re
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from harvester.messages import _

if TYPE_CHECKING:
    from typer._click.core import Command
    from typer._click.formatting import HelpFormatter
else:
    HelpFormatter = typer.Context.formatter_class

_SENTENCE_END = re.compile(r"(?<=\.) (?=[A-Z])")
_WIDE, _OPENING, _CLOSING = "\u2e80-\u9fff\uff00-\uffef", "（“《", "，。；：、）”》？！…"
_PIECE = re.compile(rf"\s+|（\w{{1,4}}）|[{_OPENING}]*(?:[{_WIDE}]|[^\s|{_WIDE}{_OPENING}{_CLOSING}]+\|?)[{_CLOSING}]*|.")
"""What stays on one line: a word, or one Chinese character; no line begins with a closing mark or ends with an opening one."""
_KIND = re.compile(r"<[A-Za-z \[\]]+>$")
_FROM_TO = re.compile(r"(?P<least>\S+)<=x<=(?P<most>\S+)")
NARROW = 20
"""Columns that the words of a usage line need beside the name of the command; with fewer they stand below it."""


def speak_chinese(command: Command) -> None:
    """Let a command, and those below it, print their help in Chinese."""
    command.context_class = ChineseContext
    command.short_help = _(sentences(command.help or "")[0])
    for below in getattr(command, "commands", {}).values():
        speak_chinese(below)


def sentences(paragraph: str) -> list[str]:
    """Return the sentences of a paragraph, or of the first of several, as the catalogue has them."""
    return _SENTENCE_END.split(" ".join(inspect.cleandoc(paragraph).partition("\n\n")[0].split()))


def width(text: str) -> int:
    """Return how many columns of a terminal a text takes, as ``rich.cells`` has it, which help waits for in no language."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def lines(text: str, room: int) -> list[str]:
    """Return a text in lines of at most ``room`` columns, but for a longer word."""
    done, line = [], ""
    for piece in _PIECE.findall(text):
        if line and width(line) + width(piece.rstrip()) > room:
            done.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return [*done, line.rstrip()]


class ChineseHelp(HelpFormatter):
    """Writes help in Chinese, where Typer's formatter writes what it is given and takes each character for one column."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write how a command is called."""
        for words in ("[OPTIONS]", "COMMAND [ARGS]..."):
            args = args.replace(words, _(words))
        begin = f"{prefix or _('Usage:')}{prog} "
        indent = " " * width(begin)
        if self.width - width(begin) < NARROW:
            indent = " " * 4
            begin = f"{begin.rstrip()}\n{indent}"
        self.write(begin + f"\n{indent}".join(lines(args, self.width - width(indent))) + "\n")

    def write_heading(self, heading: str) -> None:
        """Write the heading of a part."""
        self.write(f"{'':>{self.current_indent}}{_(heading)}：\n")

    def write_text(self, text: str) -> None:
        """Write what a verb does, paragraph by paragraph."""
        indent = " " * self.current_indent
        told = ("".join(map(_, sentences(paragraph))) for paragraph in text.split("\n\n"))
        self.write("\n\n".join("\n".join(indent + line for line in lines(each, self.width - len(indent))) for each in told) + "\n")

    def write_dl(self, rows: Sequence[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write names and what is said of each beside them, below a name that is longer than ``col_max`` columns."""
        rows = [(_KIND.sub(lambda kind: _(kind[0]), name), entry(words)) for name, words in rows]
        column = min(max(width(name) for name, _words in rows), col_max) + col_spacing
        margin, indent = " " * self.current_indent, " " * (self.current_indent + column)
        for name, words in rows:
            head = margin + f"\n{margin}    ".join(lines(name, self.width - len(margin) - 4))
            if not words:
                self.write(f"{head}\n")
                continue
            beside = width(name) <= column - col_spacing
            told = f"\n{indent}".join(lines(words, self.width - len(indent)))
            self.write(f"{head}{' ' * (len(indent) - width(head)) if beside else chr(10) + indent}{told}\n")


class ChineseContext(typer.Context):
    """The call of a command whose help is in Chinese."""

    formatter_class = ChineseHelp


def entry(words: str) -> str:
    """Return what stands beside a name in a list: Chinese, without a full stop, and with what Typer adds in brackets."""
    told, bracket, added = ("", "[", words[1:]) if words.startswith("[") else words.partition("  [")
    said = _(told).removesuffix("。")
    if not bracket:
        return said
    parts = "；".join(_added(part) for part in added.removesuffix("]").split("; "))
    return f"{said}（{parts}）" if said else parts


def _added(part: str) -> str:
    """Return in Chinese what Typer adds to the words of an option: its default, its range, that it is required."""
    if part.startswith("default: "):
        return _("default: {default}").format(default=part.removeprefix("default: "))
    if reach := _FROM_TO.fullmatch(part):
        return _("{least} to {most}").format(**reach.groupdict())
    if part.startswith("x>="):
        return _("{least} or more").format(least=part.removeprefix("x>="))
    return _(part)

"""Every error that people can meet has its Chinese: whoever writes a new one writes its form into ``harvester/sentences``, too."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from harvester.messages import catalogue
from harvester.sentences import said
from tests.cli.test_chinese_errors import ENGLISH, QUOTED
from tests.cli.test_chinese_help import CHINESE
from tests.cli.test_sentences import BLANK, Pieces, has_form, pieces

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("harvester", "storage", "spiders", "normalizers")
OF_PROGRAMMERS = frozenset(
    {
        "AttributeError", "Denied", "FetchError", "FileExistsError", "HTTPException", "IndexError", "KeyError", "LookupError",
        "NotImplementedError", "PDFNotImplementedError", "RuntimeError", "TypeError", "ValueError", "_UnfinishedError", "_TooLargeError",
        "_wrong", "self.missing", "self.wrong",
    }
)  # fmt: skip
"""Errors that tell of a slip in the program, are caught where they are raised, or have their words told by others."""
ERROR = re.compile(r"^_?[A-Z]|not_allowed$|\.refuse$")
"""What makes an error: its class, or what names the file or the question that it is about."""
IN_ENGLISH = ("harvester/web/api/", "harvester/web/access/rights.py", "harvester/web/access/guard.py")
"""The API speaks English, as its documents do; the other two tell programmers of a route, and the API that it took too long."""
ADDED = ("; see `harvester sites`.",)
"""What a verb adds to an error that it passes on."""
FILLERS = ("x", "7", "2026-06-30", "2026-06-30 08:00", "x, line 7", "no text", "", "There is no file in it.")
"""What can stand in a blank: a name, a number, a day, a moment, a place in a file, what a file holds, nothing, a sentence."""
MOST_BLANKS = 4


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Yield the modules of the program that speak to people."""
    for folder in FOLDERS:
        for file in sorted((ROOT / folder).rglob("*.py")):
            name = str(file.relative_to(ROOT))
            if not name.startswith(IN_ENGLISH):
                yield name, ast.parse(file.read_text("utf-8"))


def texts() -> Iterator[tuple[str, Pieces]]:
    """Yield the module and the text of each error, where it is raised and where it is made; a budget puts the name of its file first."""
    trees = dict(modules())
    raised = [node.exc for tree in trees.values() for node in ast.walk(tree) if isinstance(node, ast.Raise)]
    kinds = {kind for made in raised if isinstance(made, ast.Call) and ERROR.search(kind := ast.unparse(made.func))} - OF_PROGRAMMERS
    for name, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args and ast.unparse(node.func) in kinds and any(told := pieces(node.args[0])):
                yield name, (None, " ", *told) if ast.unparse(node.func).endswith(".refuse") else told


def sentences_of(told: Pieces) -> Iterator[Pieces]:
    """Yield the sentences of a text one by one, each with what is put into it."""
    whole = "".join("\0" if piece is None else piece for piece in told)
    for sentence in re.split(r"(?<=\.) (?=[A-Z\0])", whole):
        yield tuple(None if piece == "\0" else piece for piece in re.split("(\0)", sentence) if piece)


def is_told(told: Pieces) -> bool:
    """Tell whether a text is said in Chinese with something in its blanks: what is put in stands for a name, a number, a reason."""
    blanks = sum(piece is None for piece in told)
    for values in product(FILLERS, repeat=min(blanks, MOST_BLANKS)):
        filled = iter((*values, *(blanks - len(values)) * ("x",)))
        text = "".join(next(filled) if piece is None else piece for piece in told)
        for end in ("", *ADDED):
            shown = said(text + end, "zh")
            if CHINESE.search(shown) and not ENGLISH.search(QUOTED.sub("", shown)):
                return True
    return False


def is_known(told: Pieces) -> bool:
    """Tell whether a text of the code is said in Chinese, or is a message of the catalogue."""
    if catalogue("zh").gettext("".join(piece or "" for piece in told)) != "".join(piece or "" for piece in told):
        return True
    return all(
        not any(piece and BLANK.sub("", piece).strip(" .:;") for piece in one) or has_form(one) or is_told(one)
        for one in sentences_of(told)
    )


def test_every_error_that_people_can_meet_has_its_chinese() -> None:
    found = list(texts())
    assert len(found) > 400
    assert {f"{name}: {''.join(piece or '{}' for piece in told)}" for name, told in found if not is_known(told)} == set()


def test_an_error_without_a_form_is_found() -> None:
    assert not is_known(("The moon ", None, " is not up: wait for the night."))
    assert not is_known((None, " is empty: wait for the night."))
    assert is_known((None, " is empty: fetch it again."))

"""What a word processor leaves in a text: balloons of tracked changes, codes of fields, the marks of footnotes.

The patterns are lines of ``data/leftovers.toml``. A footnote's mark ([1], ①) goes only where the same mark begins a later line, the note.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from normalizers.records import Repair
from normalizers.text.outcome import Outcome

LONGEST = 2000
"""Lines longer than this are no balloon and are not searched for the end of one."""

_NOTE = re.compile(r"^\s{0,8}(\[\d{1,3}\]|[①-⑳])(?!\d)", re.MULTILINE)
_MARK = re.compile(r"(?<=[\u3400-\u9fff”》）)%\d])(\[\d{1,3}\](?!号)|[①-⑳](?=[，。；、：）)”》！？,;]|\s*$))", re.MULTILINE)


@cache
def _data() -> dict[str, list[str]]:
    data: dict[str, list[str]] = tomllib.loads((files(__package__) / "data" / "leftovers.toml").read_text(encoding="utf-8"))
    return data


@cache
def _patterns(name: str) -> re.Pattern[str]:
    words = "|".join(_data()["format"])
    return re.compile("|".join(f"(?:{pattern.replace('{format}', f'(?:{words})')})" for pattern in _data()[name]))


@cache
def _sign_of_line() -> re.Pattern[str]:
    """Return what a line has that any pattern but a note's meets: most lines of a text with a bracket somewhere have none of it."""
    return re.compile("|".join(map(re.escape, _data()["signs"])))


def signs() -> tuple[re.Pattern[str], tuple[str, str]]:
    """Return what no leftover is without: a sign of one character, a note's mark among them, or the first two of a longer one."""
    words = [word for word in _data()["signs"] if len(word) > 1]
    first, second = ("".join(sorted({word[at] for word in words})) for at in (0, 1))
    single = "".join(word for word in _data()["signs"] if len(word) == 1)
    return re.compile(f"[{re.escape(single)}①-⑳]"), (f"[{re.escape(first)}]", f"[{re.escape(second)}]")


def has_leftovers(text: str) -> bool:
    """Tell whether a text holds any sign of a leftover; the patterns decide."""
    return _sign_of_line().search(text) is not None or _NOTE.search(text) is not None


def take_out(text: str) -> Outcome:
    """Return the text without balloons, codes of fields and marks of footnotes; their lines stay, empty where nothing else was on them."""
    lines = text.split("\n")
    balloons = guessed = left = fields = 0
    for at in _lines_with_signs(text):
        line = lines[at]
        if len(line) > LONGEST:
            continue
        new = _patterns("inserted").sub(r"\g<kept>", _patterns("deleted").sub("", line))
        new, whole = _without_balloon(new)
        sure = new != line
        if not whole:
            shorter = _patterns("margin").sub("", new)
            guessed += shorter != new
            sure, new = sure or shorter != new, shorter
            left += _patterns("unclear").search(new) is not None
        balloons += sure
        new, codes = _patterns("field").subn("", new)
        fields += codes
        lines[at] = new
    text, marks = _without_marks("\n".join(lines))
    counts = (("tracked-changes", balloons, guessed, left), ("field-codes", fields, 0, 0), ("footnote-marks", marks, 0, 0))
    warning = "Balloons of tracked changes stood in the text; what they held beyond one line may still: compare the final version."
    repairs = tuple(Repair(*one) for one in counts if one[1] or one[3])
    return Outcome(text, repairs, (warning,) if balloons or left else ())


def _lines_with_signs(text: str) -> list[int]:
    """Return the numbers of the lines, from 0, in which a sign of a leftover stands, in order."""
    out: list[int] = []
    line = at = 0
    for found in _sign_of_line().finditer(text):
        line += text.count("\n", at, found.start())
        at = found.start()
        if out[-1:] != [line]:
            out.append(line)
    return out


def _without_balloon(line: str) -> tuple[str, bool]:
    """Return a line without what is surely a balloon, and whether it was nothing else."""
    if _patterns("balloon").fullmatch(line.rstrip("\r")):
        return ("\r" if line.endswith("\r") else ""), True
    return _patterns("tail").sub("", line), False


def _without_marks(text: str) -> tuple[str, int]:
    """Take out the marks of footnotes: each stands once in the text and once, later, at the head of a line."""
    notes = {found[1]: found.start() for found in _NOTE.finditer(text)}
    marks = [found for found in _MARK.finditer(text) if found.start() < notes.get(found[1], -1)] if notes else []
    alone = {mark for mark in notes if text.count(mark) == 2}
    chosen = [found for found in marks if found[1] in alone]
    for found in reversed(chosen):
        text = text[: found.start()] + text[found.end() :]
    return text, len(chosen)

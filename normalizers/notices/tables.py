"""The tables behind the reading of records: states, kinds of subjects, colours of lists, needs, and the names of defects."""

from __future__ import annotations

import csv
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from normalizers.notices.records import Colour, NoticeKind


@cache
def _states() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "data" / "states.toml").read_text(encoding="utf-8"))


def words(name: str) -> tuple[str, ...]:
    """Return one of the lists of words at the head of ``states.toml``; raises ``KeyError`` for a name it lacks."""
    return tuple(_states()[name])


def table(name: str) -> dict[str, Any]:
    """Return one table of ``states.toml``; raises ``KeyError`` for a name it lacks."""
    return dict(_states()[name])


def needs(kind: NoticeKind) -> tuple[str, ...]:
    """Return what a record of a kind needs, by the ends of the names of defects (``number`` for ``missing-number``)."""
    return tuple(_states()["needs"][kind])


def own_words(kind: NoticeKind) -> tuple[str, ...]:
    """Return the words in labels that speak of a kind of record itself."""
    return tuple(_states()["own_words"].get(kind, ()))


def colour_of(text: str) -> Colour | None:
    """Return the colour that a word or number for a kind of list, or the name of a list, tells; ``None`` where none or several do."""
    colours = table("colours")
    if text in colours["codes"]:
        return Colour(colours["codes"][text])
    found = {colour for colour in Colour if any(word in text.lower() for word in colours[colour])}
    # 重点关注 is the exacter word for a list that also says 失信.
    return Colour.WATCH if Colour.WATCH in found and Colour.RED not in found else found.pop() if len(found) == 1 else None


@cache
def defect_sentences() -> dict[str, str]:
    """Return the sentence of each defect, by name."""
    with (files(__package__) / "data" / "defects.csv").open(encoding="utf-8") as lines:
        return {row["name"]: row["sentence"] for row in csv.DictReader(lines)}

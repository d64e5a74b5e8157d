"""Persons named beside bodies in one cell: 市发展改革委（王某）, 市财政局 李某某."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

_BETWEEN = r"[\s、，,；;/：:（()）]"
_EMPTY_BRACKET = re.compile(r"[（(][\s、，,；;/]*[)）]")


@cache
def _person() -> re.Pattern[str]:
    words = tomllib.loads(files("normalizers.tasks").joinpath("data/persons.toml").read_text(encoding="utf-8"))
    last = rf"(?![{words['body_ends']}])[\u4e00-\u9fff*×]"
    return re.compile(rf"(?<={_BETWEEN})[{words['surnames']}][\u4e00-\u9fff*×]?{last}(?=$|{_BETWEEN})")


def without_persons(text: str) -> str:
    """Return a cell of bodies and persons without the persons; a short word that ends as bodies do is none (高新区)."""
    return _EMPTY_BRACKET.sub("", _person().sub("", text)).strip("、，,；;/ \n")

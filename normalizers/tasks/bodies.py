"""Bodies by the build of their names, for places where a verb behind them says already that they do something."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from normalizers.agencies import Context, read_agencies

_BRACKET = re.compile(r"（[^（）]*）")
_SHORTEST, _LONGEST = 2, 30  # characters of a name


def are_built_like_bodies(names: Iterable[str], context: Context, *, places: bool = True) -> bool:
    """Tell whether every name of some lists ends as bodies and groups do, and none reads as a sentence or a private party.

    ``places``: a place alone (各区, 浦东新区) stands for its government.
    """
    mentions = [agency.mention for name in names for agency in read_agencies(name, context).agencies]
    endings = _words("endings") + (_words("places") if places else ())
    return bool(mentions) and all(_is_built_like_a_body(mention, endings) for mention in mentions)


def _is_built_like_a_body(mention: str, endings: tuple[str, ...]) -> bool:
    outer = _BRACKET.sub("", mention) or mention
    if not _SHORTEST <= len(outer) <= _LONGEST or any(word in outer for word in _words("never")):
        return False
    return outer.endswith(endings)


@cache
def _words(key: str) -> tuple[str, ...]:
    """Return a list of ``data/bodies.toml``."""
    text = files("normalizers.tasks").joinpath("data/bodies.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)[key])

"""Bodies by the build of their names, for places where a verb behind them says already that they do something."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from normalizers.agencies import Context, read_agencies

_SHORTEST, _LONGEST = 2, 30  # characters of a name


def are_built_like_bodies(names: Iterable[str], context: Context) -> bool:
    """Tell whether every name of some lists ends as bodies and groups do, and none reads as a sentence or a private party."""
    mentions = [agency.mention for name in names for agency in read_agencies(name, context).agencies]
    return bool(mentions) and all(_is_built_like_a_body(mention) for mention in mentions)


def _is_built_like_a_body(mention: str) -> bool:
    outer = mention.split("（", 1)[0] or mention
    if not _SHORTEST <= len(outer) <= _LONGEST or any(word in outer for word in _words("never")):
        return False
    return outer.endswith(_words("endings"))


@cache
def _words(key: str) -> tuple[str, ...]:
    """Return a list of ``data/bodies.toml``."""
    text = files("normalizers.tasks").joinpath("data/bodies.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)[key])

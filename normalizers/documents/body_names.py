"""Whether two printed lines of a list of bodies make one name or two, told by the names that are known."""

from __future__ import annotations

import re
from functools import lru_cache

from normalizers.agencies import Context, resolve
from normalizers.agencies.departments import is_department
from normalizers.agencies.groups import level_word
from normalizers.agencies.regions import regions

_ANY_CITY = Context("320100")
"""A home for names without a region (市财政局): which city it is does not matter to whether the name is one."""
_KNOWN_RULES = frozenset({"alias", "context-alias", "composed", "group", "group-pattern", "region-government", "elided-region", "function"})
_MARKS = re.compile(r"[、，,；;：:]|和(?=[市省区县国各])")
_BRACKETED = re.compile(r"[（(][^（）()]{0,40}[）)]")
_ROLES = re.compile(r"(?:牵头|配合|负责|责任|主办|协办|参与)(?:单位|部门)?[:：]?|等(?:部门|单位)?(?:按职责.{0,6})?$")
SHORT_NAME = 3
"""Characters of a name that may be the end of one nobody knows; a longer known one stands for itself."""
_BEGINS_NAME = re.compile(r"[各省市区县]")
LONGEST_NAME = 30
"""Characters; a longer one is not looked up."""


@lru_cache(maxsize=20_000)
def is_known_body(name: str) -> bool:
    """Tell whether a text is the name of a body or a group that the tables of bodies know, in a city, a county or the state."""
    bare = re.sub(r"\s", "", name).replace("(", "（").replace(")", "）").rstrip("等")
    if not 2 <= len(bare) <= LONGEST_NAME or bare.count("（") != bare.count("）"):
        return False
    if resolve(bare, _ANY_CITY).rule in _KNOWN_RULES:
        return True
    stem = bare[len(regions().prefix(bare) or level_word(bare)) :]
    return is_department(stem)


def names_in(text: str) -> list[str]:
    """Return the names of a list, cut outside brackets; the words for a role (牵头：…；配合：…) fall."""
    return _MARKS.split(_BRACKETED.sub("", _ROLES.sub("", text)))


def names_outside(text: str) -> list[str]:
    """Return what stands between the marks of a list, brackets whole; at least one text."""
    parts = _MARKS.split(text)
    out = parts[:1]
    for part in parts[1:]:
        if out[-1].count("（") > out[-1].count("）"):
            out[-1] += "、" + part
        else:
            out.append(part)
    return out


def last_name(text: str) -> str:
    """Return what stands after the last mark of a list."""
    return names_outside(text)[-1].strip()


def first_name(text: str) -> str:
    """Return what stands before the first mark of a list."""
    return names_outside(text)[0].strip()


@lru_cache(maxsize=20_000)
def joined(before: str, after: str) -> int:
    """Return 1 where a line of bodies surely goes on with the next (市发展改 / 革委), -1 where it surely does not, else 0."""
    left, right = last_name(before), first_name(after)
    if not left or before.count("（") > before.count("）"):
        return 1
    if after.startswith("（"):
        return 1 if is_known_body(left) or left.endswith(("县", "各")) else 0
    if right.startswith("各"):
        return -1
    if level_word(left) == left:
        return 1 if is_known_body(left + right) and not _BEGINS_NAME.match(right) else 0
    one, whole, other = is_known_body(left + right), is_known_body(left), is_known_body(right)
    if one and not (whole and other):
        return 1
    return -1 if (whole or (other and len(right) > SHORT_NAME)) and not one else 0

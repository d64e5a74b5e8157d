"""Say what a mention is that no table holds: a function, a group, a role, a class of bodies, or a body that stays unresolved."""

from __future__ import annotations

import re

from normalizers.agencies.departments import display
from normalizers.agencies.gazetteer import agency_id
from normalizers.agencies.groups import level_word
from normalizers.agencies.regions import Region, regions
from normalizers.agencies.tables import word_set, words
from normalizers.records import Agency, AgencyKind

UNRESOLVED = "unresolved"

# Groups of the units below the home region (各设区市市场监管局) are the home region's.
_SUBORDINATE = re.compile(r"各(?:设区|地级|县|区|市|乡|镇|街)")

_SECOND_NAME = re.compile("（[^（）]*）")

SHORTEST_FULL = 4
"""Characters of the shortest full name of a school (南京大学)."""

SHORTEST_LITERAL = 4
"""Characters behind the level word from which a name of an association is taken as its full name (市律师协会)."""


def classify(text: str, home: str) -> Agency:
    """Return the mention by its wording alone. Groups and classes are their own canonical name, with the region filled in."""
    region, rest = leading_region(text, home)
    if region is not None and rest.endswith(words("literal_endings")) and len(rest) >= SHORTEST_LITERAL:
        name = display(region) + rest
        return Agency(text, name, agency_id(name, region.code, ""), AgencyKind.AGENCY, "composed", ("literal",))
    named = _named_in_full(text, region, rest)
    if named:
        return Agency(text, text, agency_id(text, "", ""), AgencyKind.AGENCY, named)
    if is_function(rest):
        return _generic(text, region, rest, AgencyKind.GROUP, "function")
    if region is None and _SUBORDINATE.match(text):
        region = regions().by_code.get(home)
    if is_quantified(rest) or rest.endswith("成员单位"):
        return _generic(text, region, rest, AgencyKind.GROUP, "group-pattern")
    if rest.endswith(words("role_nouns")):
        return _generic(text, region, rest, AgencyKind.ROLE, "role-pattern")
    own = text.startswith(words("uncarried_beginnings"))
    if rest == text and not own and rest.endswith(words("class_nouns")) and not rest.endswith(words("proper_class_endings")):
        return _generic(text, region, rest, AgencyKind.CLASS, "class-pattern")
    return Agency(text, rule=UNRESOLVED, flags=_reasons(text, home))


def _named_in_full(text: str, region: Region | None, rest: str) -> str:
    """Return ``company`` or ``school`` for a text that is the full name of one by its ending, empty for any other."""
    if is_quantified(rest) or len(text) < SHORTEST_FULL or level_word(text) or any(word in text for word in words("class_marks")):
        return ""
    if text.endswith(words("company_endings")):
        return "company"
    placed = region is not None or regions().prefix(text) or text.startswith(words("school_beginnings"))
    return "school" if placed and text.endswith(words("school_endings")) else ""


def leading_region(text: str, home: str) -> tuple[Region | None, str]:
    """Return the region that a mention begins with, by name or level word, and what follows; no region and the whole text otherwise."""
    table = regions()
    prefix = table.prefix(text)
    if prefix:
        return table.named(prefix, home), text[len(prefix) :]
    word = level_word(text)
    if word:
        return table.target(word, home), text[len(word) :]
    return None, text


def is_function(text: str) -> bool:
    """Tell whether the text names a department by its function only (税务部门, 信用管理部门, 行业主管部门)."""
    for ending in ("主管部门", "监管部门", "管理部门", "部门"):
        if text.endswith(ending):
            return text.removesuffix(ending) in word_set("functions") or text.removesuffix("部门") in word_set("functions")
    return False


def is_quantified(text: str) -> bool:
    """Tell whether the text is a group by its first word and its noun (各有关高校, 相关行业组织, 三省一市税务部门)."""
    bare = text.removeprefix("级").removeprefix("直")
    quantifier = next((word for word in words("quantifiers") if bare.startswith(word)), "")
    if not quantifier:
        return False
    outer = _SECOND_NAME.sub("", bare)
    if any(word in outer for word in words("conjunctions")) and not is_function(outer.removeprefix(quantifier)):
        return False
    return outer.endswith(words("group_nouns")) or outer.endswith(words("carried_endings"))


def _generic(text: str, region: Region | None, rest: str, kind: AgencyKind, rule: str) -> Agency:
    if rest != text and region is None:
        return Agency(text, kind=kind, rule=rule, flags=("no_home_region",))
    name = display(region) + rest if region else text
    return Agency(text, name, agency_id(name, region.code if region else "", ""), kind, rule)


def _reasons(text: str, home: str) -> tuple[str, ...]:
    prefix = regions().prefix(text)
    if prefix and regions().named(prefix, home) is None:
        return ("ambiguous_region",)
    word = level_word(text)
    if not prefix and word and regions().target(word, home) is None:
        return ("no_home_region",)
    return ()

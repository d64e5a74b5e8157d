"""Read a cell, a bracket or a line that names bodies, and tell such a text from any other."""

from __future__ import annotations

from functools import partial

from normalizers.agencies.coordination import expand
from normalizers.agencies.departments import is_department
from normalizers.agencies.groups import LEVEL_WORDS, is_group
from normalizers.agencies.mentions import cut, even
from normalizers.agencies.regions import regions
from normalizers.agencies.resolve import LONGEST_MENTION, Context, resolve
from normalizers.agencies.tables import word_set, words
from normalizers.records import Agency, AgencyKind, AgencyList

LONGEST_TEXT = 20_000
"""Characters. No cell of bodies comes near it; what stands beyond is not read."""

LONGEST_BRACKET = 400
"""Characters. A longer bracket is prose, whatever bodies it names."""

_TABLE_RULES = frozenset({"alias", "context-alias", "composed", "group"})
_WEAK_RULES = frozenset({"region-government", "elided-region", "function", "group-pattern"})


def read_agencies(text: str, context: Context) -> AgencyList:
    """Return the bodies that a cell, bracket or line names, coordination expanded, each resolved at the document's date.

    Names are as printed, without blanks, with full-width brackets and second plaques; repeated ones once. ``open_list``
    tells that the list ended in 等. A text that says "nobody" (无, —) gives an empty list.
    """
    known = partial(_stands, context=context)
    items = cut(even(text[:LONGEST_TEXT]), known)
    expanded = expand(items, known)
    return AgencyList(tuple(resolve(mention, context) for mention in expanded.mentions), expanded.open_list)


def _stands(text: str, context: Context) -> bool:
    """Tell whether a text stands as a name by itself: resolved, a group, or a department without its region."""
    if not text or len(text) > LONGEST_MENTION:
        return False
    found = resolve(text, context)
    if found.rule != "unresolved":
        return found.kind is not AgencyKind.CLASS or found.rule == "alias"
    return is_group(text) or is_department(text) or _has_shape(text)


def _has_shape(text: str) -> bool:
    """Tell whether an unresolved text is built like a body's name: a region or level word, and an ending of bodies."""
    outer = text.split("（", 1)[0]
    prefix = regions().prefix(outer) or (outer[0] if outer[:1] in LEVEL_WORDS else "")
    stem = outer[len(prefix) :]
    if not prefix or not stem:
        return False
    return is_department(stem) or (len(stem) >= 3 and stem.endswith(("局", "委", "办", "厅", "院")))


def looks_like_agencies(text: str, context: Context) -> bool:
    """Tell whether a text, such as a bare bracket at the end of a paragraph, is nothing but a list of bodies or groups.

    Strict: every item must be known or built like a body, and one at least must be a body for certain. A bare region
    (（上海）), a class (（商会）) or a scope (（试行）) alone is none.
    """
    evened = even(text[: LONGEST_BRACKET + 1])
    if not evened or len(evened) > LONGEST_BRACKET or any(word in evened for word in word_set("never")):
        return False
    known = partial(_stands, context=context)
    agencies = [resolve(mention, context) for mention in expand(cut(evened, known), known).mentions]
    if not agencies or not all(_may_be_body(agency) for agency in agencies):
        return False
    return any(_is_body(agency) for agency in agencies) or sum(agency.rule in ("elided-region", "function") for agency in agencies) > 1


def _may_be_body(agency: Agency) -> bool:
    if agency.rule in _TABLE_RULES or agency.rule in _WEAK_RULES:
        return True
    if agency.kind is AgencyKind.CLASS:
        return False
    return agency.rule == "unresolved" and (_has_shape(agency.mention) or is_group(agency.mention))


def _is_body(agency: Agency) -> bool:
    """Tell whether the mention is a body or a listed group for certain."""
    if agency.rule in _TABLE_RULES:
        return agency.kind is not AgencyKind.CLASS and not regions().is_name(agency.mention)
    outer = agency.mention.split("（", 1)[0]
    return agency.rule == "unresolved" and (is_group(outer) or (outer[:1] in LEVEL_WORDS and is_department(outer[1:])))

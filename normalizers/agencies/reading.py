"""Read a cell, a bracket or a line that names bodies, and tell such a text from any other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from normalizers.agencies.coordination import expand, stands_alone
from normalizers.agencies.departments import is_department
from normalizers.agencies.gazetteer import gazetteer
from normalizers.agencies.groups import is_group, level_word
from normalizers.agencies.mentions import cut, even
from normalizers.agencies.regions import regions
from normalizers.agencies.resolve import LONGEST_MENTION, NOT_AN_AGENCY, Context, outer_name, resolve
from normalizers.agencies.tables import word_set, words
from normalizers.records import Agency, AgencyKind, AgencyList

LONGEST_TEXT = 20_000
"""Characters. No cell of bodies comes near it; what stands beyond is not read."""

LONGEST_BRACKET = 400
"""Characters. A longer bracket is prose, whatever bodies it names."""

SHORTEST_STEM = 3
"""Characters behind the level word from which an unknown name counts as one."""

GOVERNMENTS = frozenset({"人民政府", "政府", "管委会"})
PLACE_ENDINGS = "省市县区州盟旗"
SHORTEST_PLACE = 2
"""Characters before 省, 市, 县 … from which they end the name of a place (珠海市); 市 alone is a level word."""

SHORTEST_GROUP = 5
"""Characters from which a group nobody listed says whose it is (各信源单位); 各单位 and 成员单位 may be anyone's."""

LONGEST_GROUP = 12
"""Characters behind the level word up to which an unknown group's name is one (省属企业); a longer one is a description."""

_ANY_RESPONSIBLE = re.compile("(?:各|有关|相关|其他){1,2}责任单位")
"""Groups by the word of a label: they name somebody, where the word alone says what stands beside it."""

_ALL_UNITS = re.compile("各[市区县镇乡街道园（）、]{2,12}(?:(?:人民)?政府|管委会|办事处)?(?:（管委会）)?")
"""A group of units, however they are put together (各镇（区、街道）, 各区镇, 各街道镇）."""

_PLAIN_NAME = re.compile("(?![原如含例除经向与对])[\u4e00-\u9fff]{3,14}")
"""A short name of nothing but characters, which no word opens that says how it stands to others (原市工商局)."""

_PLAIN_LIST = re.compile(r"[\u4e00-\u9fff]++(?:、[\u4e00-\u9fff]++)*+")

_TABLE_RULES = frozenset({"decision", "alias", "context-alias", "composed", "group"})
_PATTERN_RULES = frozenset({"group-pattern", "role-pattern"})
_WEAK_RULES = frozenset({"region-government", "elided-region", "function", "group-pattern", "company", "school"})


def read_agencies(text: str, context: Context) -> AgencyList:
    """Return the bodies that a cell, bracket or line names, coordination expanded, each resolved at the document's date.

    Names are as printed, without blanks, with full-width brackets and second plaques; repeated ones once. ``open_list``
    tells that the list ended in 等. A text that says "nobody" (无, —) gives an empty list; a mention decided to be no body is left out.
    """
    return _read(text, context) if len(text) <= LONGEST_BRACKET else _read.__wrapped__(text[:LONGEST_TEXT], context)


# The cells of one document name the same few bodies over and over.
@lru_cache(maxsize=5_000)
def _read(text: str, context: Context) -> AgencyList:
    plain = _of_whole_names(text, context) if _PLAIN_LIST.fullmatch(text) else None
    if plain is not None:
        return plain
    names = _Names(context)
    expanded = expand(cut(even(text), names), names)
    agencies = (resolve(mention, context) for mention in expanded.mentions)
    return AgencyList(tuple(agency for agency in agencies if NOT_AN_AGENCY not in agency.flags), expanded.open_list)


def _of_whole_names(text: str, context: Context) -> AgencyList | None:
    """Return the bodies of a plain list where every name stands alone, as most do; ``None`` where one leaves anything to its neighbours."""
    found: list[Agency] = []
    for name in dict.fromkeys(text.split("、")):
        agency = _alone(name, context)
        if agency is None:
            return None
        found.append(agency)
    return AgencyList(tuple(agency for agency in found if NOT_AN_AGENCY not in agency.flags))


@lru_cache(maxsize=20_000)
def _alone(name: str, context: Context) -> Agency | None:
    """Return the body of a name that stands alone in any list, ``None`` for any other."""
    return resolve(name, context) if stands_alone(name, _Names(context)) else None


@dataclass(frozen=True, slots=True)
class _Names:
    """Tells names from other words, as a document of this context uses them."""

    context: Context

    def known(self, text: str) -> bool:
        """Tell whether a table holds the text: as a body, a group or a role, with its region or without."""
        if not text or len(text) > LONGEST_MENTION:
            return False
        found = resolve(text, self.context)
        if found.rule in _TABLE_RULES or found.rule in ("region-government", "elided-region", "function"):
            return "literal" not in found.flags
        outer = outer_name(text)
        return (not self.context.region and is_group(text)) or is_department(text) or is_department(outer[len(_leading(outer)) :])

    def listed(self, text: str) -> bool:
        """Tell whether the text is a name as the gazetteer lists it, the same in any document."""
        return bool(gazetteer().free(text))

    def named(self, text: str) -> bool:
        """Tell whether the text is known, or built like a body's name."""
        return (
            self.known(text)
            or _has_shape(text)
            or _is_national(text)
            or (len(text) <= LONGEST_MENTION and resolve(text, self.context).rule in _PATTERN_RULES)
        )

    def whole(self, text: str) -> bool:
        """Tell whether the text is a name as a whole: known or built like a body's, or like an institution's (市电视台, 市图书馆)."""
        return self.named(text) or (len(text) <= LONGEST_MENTION and _is_institution(text))


def _leading(text: str) -> str:
    """Return the region name or level word a text begins with."""
    return regions().prefix(text) or level_word(text)


def _has_shape(text: str) -> bool:
    """Tell whether a text is built like a body's name: a region or level word, and an ending of bodies, nothing joined."""
    outer = outer_name(text)
    stem = outer[len(_leading(outer)) :]
    if _is_department_elsewhere(outer):
        return True
    if stem == outer or len(stem) < SHORTEST_STEM or any(word in stem for word in words("conjunctions")):
        return False
    return stem.endswith(words("body_endings"))


def _is_institution(text: str) -> bool:
    """Tell whether a text is built like an institution's name: a region or level word, its own words, and an ending of institutions."""
    outer = outer_name(text)
    stem = outer[len(_leading(outer)) :]
    joined = any(word in stem for word in words("conjunctions"))
    return stem != outer and len(stem) >= SHORTEST_STEM and stem.endswith(words("institution_endings")) and not joined


def _is_department_elsewhere(name: str) -> bool:
    """Tell whether a name is a place that the region table lacks and a department that the departments' table has (珠海市市场监管局)."""
    ends = (at + 1 for at, char in enumerate(name) if char in PLACE_ENDINGS and at >= SHORTEST_PLACE)
    return any(is_department(name[end:]) or name[end:] in GOVERNMENTS for end in ends)


def _is_national(text: str) -> bool:
    """Tell whether a text is built like the name of a national enterprise's or body's branch (国网常州供电公司)."""
    return len(text) <= LONGEST_MENTION and text.startswith(words("national_beginnings")) and text.endswith(words("body_endings"))


def looks_like_agencies(text: str, context: Context) -> bool:
    """Tell whether a text, such as a bare bracket at the end of a paragraph, is nothing but a list of bodies or groups.

    Strict: every item must be known or built like a body, and one at least must be a body for certain. A bare region
    (（上海）), a class (（商会）) or a scope (（试行）) alone is none.
    """
    evened = even(text[: LONGEST_BRACKET + 1])
    if not evened or len(evened) > LONGEST_BRACKET or _is_never(evened):
        return False
    agencies = read_agencies(evened, context).agencies
    certain = sum(map(_is_body, agencies))
    most = certain > 1 and certain * 2 > len(agencies)
    if not agencies or not all(_may_be_body(agency) or (certain and _may_stand_beside(agency, most=most)) for agency in agencies):
        return False
    return certain > 0 or sum(agency.rule in ("elided-region", "function") or _is_units_own(agency) for agency in agencies) > 1


def _is_units_own(agency: Agency) -> bool:
    """Tell whether a mention names a department without its region where none is known (a town's 农业农村局), or all of its villages."""
    return agency.rule == "unresolved" and (is_department(outer_name(agency.mention)) or agency.mention.startswith("各村"))


def _is_never(text: str) -> bool:
    """Tell whether a text holds words that no list of bodies holds."""
    if "责任单位" in text:
        text = _ANY_RESPONSIBLE.sub("", text)
    return any(word in text for word in word_set("never"))


def _may_stand_beside(agency: Agency, *, most: bool) -> bool:
    """Tell whether an unknown name may be a body's or a group's beside one that is known: 国网浙江省电力有限公司, 省属企业, 各派出所.

    ``most``: the list names bodies that are known for the most part; one more short name among them is one, too.
    """
    name = agency.mention
    if agency.rule not in ("unresolved", "class-pattern") or not SHORTEST_STEM <= len(name) <= LONGEST_MENTION:
        return False
    if agency.rule == "class-pattern" or _is_institution(name) or (most and _PLAIN_NAME.fullmatch(name)):
        return True
    if (name.startswith("各") and len(name) <= LONGEST_GROUP) or outer_name(name).endswith(words("place_endings")):
        return True
    stem = name[len(_leading(name)) :]
    ends = words("body_endings") if stem != name or len(name) > SHORTEST_STEM else ()
    return (stem != name and len(stem) <= LONGEST_GROUP and stem.endswith(words("group_nouns"))) or name.endswith(
        (*ends, *words("open_group_endings"))
    )


def _may_be_body(agency: Agency) -> bool:
    if agency.rule in _TABLE_RULES or agency.rule in _WEAK_RULES:
        return True
    if agency.kind is AgencyKind.CLASS:
        return False
    return agency.rule == "unresolved" and (_has_shape(agency.mention) or is_group(agency.mention) or _is_units_own(agency))


def _is_body(agency: Agency) -> bool:
    """Tell whether the mention is a body or a listed group for certain."""
    if agency.rule in _TABLE_RULES:
        return agency.kind is not AgencyKind.CLASS and not regions().is_name(agency.mention)
    if agency.rule == "group-pattern" and not agency.mention.startswith(words("class_beginnings")):
        name = outer_name(agency.mention)
        if len(name) >= SHORTEST_GROUP and name.endswith(words("certain_group_endings")):
            return True
        if name.startswith(words("joint")) or _ALL_UNITS.fullmatch(agency.mention):
            return True
    if agency.rule not in ("unresolved", "group-pattern"):
        return False
    outer = outer_name(agency.mention)
    word = level_word(outer)
    department = bool(word) and (
        is_department(outer[len(word) :]) or (len(outer) > SHORTEST_STEM and outer.endswith(("局", "委", "办", "厅")))
    )
    known = department or _is_department_elsewhere(outer)
    return is_group(agency.mention) or is_group(outer) or (agency.rule == "unresolved" and known)

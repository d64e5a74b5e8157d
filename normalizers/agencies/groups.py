"""Groups of bodies that every region has under the same words: 各区政府, 相关部门, 各市、县（市、区）人民政府 (``groups.csv``)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from normalizers.agencies.departments import display
from normalizers.agencies.regions import Region, regions
from normalizers.agencies.tables import listed, rows, words

LEVEL_WORDS = "省市区县州"
_LONG_LEVEL_WORDS = ("自治区", "自治州", "自治县")
_GOVERNMENT_ENDINGS = ("", "政府", "人民政府")


@dataclass(frozen=True, slots=True)
class Group:
    """One group: ``name`` with ``{r}`` for the region, and the ranks and regions whose documents speak of it."""

    name: str
    ranks: str
    regions: tuple[str, ...]

    def fits(self, region: Region) -> bool:
        """Tell whether documents of this region speak of the group."""
        return region.rank in self.ranks and (not self.regions or region.code.startswith(self.regions))


@cache
def _groups() -> dict[str, list[Group]]:
    """Return the groups by wording. A wording that needs a level word or region before it starts with ``~``."""
    found: dict[str, list[Group]] = defaultdict(list)
    for row in rows("groups"):
        group = Group(row["name"], row["levels"], listed(row["regions"]))
        for alias in listed(row["aliases"]):
            # An alias that ends in * stands bare and with the words for government.
            for ending in _GOVERNMENT_ENDINGS if alias.endswith("*") else ("",):
                found[alias.rstrip("*") + ending].append(group)
    return dict(found)


def level_word(text: str) -> str:
    """Return the level word (省, 市, 区, 县, 自治区) a name begins with; empty where the character belongs to another word (市场, 区域)."""
    if text.startswith("自治"):
        return text[:3] if text.startswith(_LONG_LEVEL_WORDS) else ""
    return text[0] if text[:1] and text[0] in LEVEL_WORDS and not text.startswith(words("level_exceptions")) else ""


def group_name(wording: str, region: Region, *, prefixed: bool) -> str:
    """Return the canonical name of a region's group, empty when the wording is none; ``prefixed``: a level word stood before it."""
    for key in (wording, "~" + wording) if prefixed else (wording,):
        for group in _groups().get(key, ()):
            if group.fits(region):
                return group.name.format(r=display(region))
    return ""


def is_group(text: str) -> bool:
    """Tell whether the text is the wording of some region's group, with or without its region or level word."""
    table = _groups()
    for rest in {text, text[len(regions().prefix(text)) :], text[len(level_word(text)) :]}:
        if rest in table or (rest != text and "~" + rest in table):
            return True
    return False

"""Bodies named in documents: cut out of a cell, expanded, and tied to the gazetteer at the document's date."""

from normalizers.agencies.decisions import Decision, Decisions
from normalizers.agencies.gazetteer import Gazetteer, GazetteerEntry, Member, gazetteer
from normalizers.agencies.home import HomeRegion, home_region
from normalizers.agencies.reading import looks_like_agencies, read_agencies
from normalizers.agencies.regions import Region, Regions, regions
from normalizers.agencies.resolve import Context, resolve
from normalizers.agencies.succession import successor

__all__ = [
    "Context",
    "Decision",
    "Decisions",
    "Gazetteer",
    "GazetteerEntry",
    "HomeRegion",
    "Member",
    "Region",
    "Regions",
    "gazetteer",
    "home_region",
    "looks_like_agencies",
    "read_agencies",
    "regions",
    "resolve",
    "successor",
]

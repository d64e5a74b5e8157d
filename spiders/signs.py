"""By which signs the families of content management systems are told on their pages, whatever class names a template has."""

from __future__ import annotations

import re

SIGNS = {
    "hanweb_jcms": r"dataproxy\.jsp|\.jpage\(\{|<datastore\b|/art_\d+_\d+\.html",
    "hanweb_jpaas": r"jpaas-publish-server|build/unit|/art/\d{4}/art_[0-9a-f]{32}\.html",
    "shanghai_cms": r"""["']setPage["']|ivs_content|/\d{8}/[0-9a-f]{32}\.html""",
    "trs": r"createPageHTML|TRS_Editor|/t20\d{6}_\d+\.s?html",
    "anhui_cms": r"/content/column/\d+\?pageIndex=|j-fontContent|default_pg(?:Container|Next)|/group\d+/M\d\d/",
    "sip_credit": r"queryOfPreview|content\d+_\d+\.html",
}
"""Scripts, calls and forms of addresses of each family's product."""


def signs_of(text: str) -> dict[str, int]:
    """Return how many different signs of each family a page shows, those without any left out, the most first."""
    found = {name: len({hit[0][:40] for hit in re.finditer(pattern, text)}) for name, pattern in SIGNS.items()}
    return dict(sorted(((name, count) for name, count in found.items() if count), key=lambda pair: -pair[1]))

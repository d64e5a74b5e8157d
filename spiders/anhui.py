"""安徽省发展和改革委员会, fzggw.ah.gov.cn: notices. The government CMS of Anhui.

Markup inferred from crawlers' code; `harvester check anhui` tells what still matches.
"""

from __future__ import annotations

from spiders.base import SiteSpider


class AnhuiSpider(SiteSpider):
    """Fact sheet: ``spiders/sites/anhui.toml``."""

    name = "anhui"
    site = "anhui"

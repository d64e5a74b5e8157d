"""信用上海, credit.fgw.sh.gov.cn: notices, policy texts and yearly plans. Unified government CMS of Shanghai.

Markup inferred from the sister site fgw.sh.gov.cn; `harvester check shanghai` tells what still matches.
"""

from __future__ import annotations

from spiders.base import SiteSpider


class ShanghaiSpider(SiteSpider):
    """Fact sheet: ``spiders/sites/shanghai.toml``."""

    name = "shanghai"
    site = "shanghai"

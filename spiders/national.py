"""国家发展和改革委员会, www.ndrc.gov.cn: notices. TRS WCM.

List and article read from saved pages of 2026-08.
"""

from __future__ import annotations

from spiders.base import SiteSpider


class NationalSpider(SiteSpider):
    """Fact sheet: ``spiders/sites/national.toml``."""

    name = "national"
    site = "national"

"""诚信园区, the credit site of Suzhou Industrial Park as it was in 2016: notices, news, local rules.

Its address today is unknown: a crawl needs a base.
"""

from __future__ import annotations

from spiders.base import SiteSpider


class SuzhouSipSpider(SiteSpider):
    """Fact sheet: ``spiders/sites/suzhou_sip.toml``."""

    name = "suzhou_sip"
    site = "suzhou_sip"

"""江苏省发展和改革委员会, fzggw.jiangsu.gov.cn: notices. Hanweb jcms, the list as XML in a script.

List and article read from saved pages of 2026-08.
"""

from __future__ import annotations

from spiders.base import SiteSpider


class JiangsuSpider(SiteSpider):
    """Fact sheet: ``spiders/sites/jiangsu.toml``."""

    name = "jiangsu"
    site = "jiangsu"

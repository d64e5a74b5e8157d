"""浙江省发展和改革委员会, fzggw.zj.gov.cn: administrative rules. Hanweb jpaas, lists by a unit call.

List read from saved answers of 2026-09.
"""

from __future__ import annotations

from spiders.base import SiteSpider


class ZhejiangSpider(SiteSpider):
    """Fact sheet: ``spiders/sites/zhejiang.toml``."""

    name = "zhejiang"
    site = "zhejiang"

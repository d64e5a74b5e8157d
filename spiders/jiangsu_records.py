"""信用江苏公示信息 (records), credit.jiangsu.gov.cn: 双公示, red and black lists as HTML with a page for each record.

Fact sheet: ``spiders/record_sites/jiangsu_records.toml``.
"""

from __future__ import annotations

from spiders.record_base import RecordSpider


class JiangsuRecordsSpider(RecordSpider):
    """Harvests the public credit records of Jiangsu."""

    name = "jiangsu_records"
    site = "jiangsu_records"

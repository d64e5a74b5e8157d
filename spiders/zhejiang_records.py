"""信用浙江公示信息 (records), the shape until about 2019: 双公示 and lists behind scripts, in GBK.

Fact sheet: ``spiders/record_sites/zhejiang_records.toml``.
"""

from __future__ import annotations

from spiders.record_base import RecordSpider


class ZhejiangRecordsSpider(RecordSpider):
    """Harvests the public credit records of Zhejiang."""

    name = "zhejiang_records"
    site = "zhejiang_records"

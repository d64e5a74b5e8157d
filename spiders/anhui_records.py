"""信用安徽公示信息 (records), the shape of 2017-19: 双公示 and lists of links, and the interface of firms.

Fact sheet: ``spiders/record_sites/anhui_records.toml``.
"""

from __future__ import annotations

from spiders.record_base import RecordSpider


class AnhuiRecordsSpider(RecordSpider):
    """Harvests the public credit records of Anhui."""

    name = "anhui_records"
    site = "anhui_records"

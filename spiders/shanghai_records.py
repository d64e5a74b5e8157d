"""信用上海公示信息 (records), xyfw.fgw.sh.gov.cn: 双公示 in JSON, sliced by department, and query lists.

Fact sheet: ``spiders/record_sites/shanghai_records.toml``.
"""

from __future__ import annotations

from spiders.record_base import RecordSpider


class ShanghaiRecordsSpider(RecordSpider):
    """Harvests the public credit records of Shanghai."""

    name = "shanghai_records"
    site = "shanghai_records"

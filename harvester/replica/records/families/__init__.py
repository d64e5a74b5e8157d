"""The record families: one module for each province's programs, found by the name in ``records/sites.toml``."""

from __future__ import annotations

from harvester.replica.records.families.anhui import AnhuiRecords
from harvester.replica.records.families.base import RecordFamily
from harvester.replica.records.families.jiangsu import JiangsuRecords
from harvester.replica.records.families.shanghai import ShanghaiRecords
from harvester.replica.records.families.zhejiang import ZhejiangRecords

RECORD_FAMILIES: dict[str, type[RecordFamily]] = {
    "shanghai_records": ShanghaiRecords,
    "jiangsu_records": JiangsuRecords,
    "zhejiang_records": ZhejiangRecords,
    "anhui_records": AnhuiRecords,
}
"""The families by name."""

__all__ = ["RECORD_FAMILIES", "RecordFamily"]

"""Replicas of the record sites: four provinces' programs, invented records of every kind, and the truth of each."""

from harvester.replica.records.documents import list_documents, list_truth
from harvester.replica.records.plan import RecordSiteFacts, record_site_facts
from harvester.replica.records.truth import COLUMNS, WILD, RecordTruth

RECORD_SITES = ("shanghai_records", "jiangsu_records", "zhejiang_records", "anhui_records")
"""The record sites by name."""

__all__ = ["COLUMNS", "RECORD_SITES", "WILD", "RecordSiteFacts", "RecordTruth", "list_documents", "list_truth", "record_site_facts"]

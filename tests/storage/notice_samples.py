"""Public credit records to store: invented firms, computed codes, wording of our own."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import select

from normalizers.notices.records import (
    Blank,
    Colour,
    Defect,
    Notice,
    NoticeKind,
    PrintedField,
    PrintedRecord,
    Severity,
    Subject,
    SubjectKind,
    Term,
)
from normalizers.records import Agency, AgencyKind
from storage.engine import rows
from storage.notice_schema import notices, tombstones
from storage.records import Location, NoticeEffect, NoticeRow
from storage.store import Store

SITE = "jiangkou_records"
TODAY = date(2026, 5, 6)
AT = datetime(2026, 5, 6, 1, 2, 3, tzinfo=UTC)
OFFICE = Agency("市市场监管局", "江口市市场监督管理局", "a0009", AgencyKind.AGENCY, "context-alias")
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_PLACES = count(1)


def make_code(serial: int) -> str:
    """Return a code whose check characters are right (GB 11714, GB 32100), for an invented firm of an invented register."""
    body = f"{serial:08d}"
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    start = "91310000" + body + {10: "X", 11: "0"}.get(rest, str(rest))
    total = sum(_ALPHABET.index(letter) * pow(3, place, 31) for place, letter in enumerate(start))
    return start + _ALPHABET[(31 - total % 31) % 31]


FIRM = Subject(SubjectKind.LEGAL, "江口青禾纸品有限公司", make_code(12345678), organization_code=make_code(12345678)[8:17])
OTHER = Subject(SubjectKind.LEGAL, "海门远帆物流有限公司", make_code(87654321), organization_code=make_code(87654321)[8:17])
PERSON = Subject(SubjectKind.PERSON, "周某")


def make_notice(kind: NoticeKind = NoticeKind.PENALTY, subject: Subject = FIRM, **more: Any) -> Notice:
    """Return a penalty of a firm, or what ``more`` makes of it."""
    fields: dict[str, Any] = {
        "number": "江市监处罚〔2025〕31号",
        "category": "罚款",
        "violation": "未按规定标示价格",
        "facts": "货架上的商品没有标价牌",
        "basis": "价格方面的规定",
        "content": "罚款二千元并责令改正",
        "decided_on": date(2025, 9, 1),
        "published_on": date(2025, 9, 5),
        "fine_yuan": Decimal("2000.50"),
        "region": "310000",
        "term": Term(date(2028, 9, 1), "computed", "order-36-general", date(2025, 9, 1), date(2025, 12, 1), Severity.GENERAL),
        "unknown": (PrintedField("备用列", "甲"),),
        "blanks": (Blank("remark", "暂无", "means nothing"),),
        "defects": (Defect("late-publication", "published_on"),),
    }
    return Notice(kind, subject, more.pop("authority", OFFICE), **(fields | more))


def make_entry(subject: Subject = FIRM, **more: Any) -> Notice:
    """Return an entry of a black list."""
    listed = {"list_name": "严重失信主体名单", "colour": Colour.BLACK, "fine_yuan": None, "number": "", "category": ""}
    return make_notice(NoticeKind.LIST_ENTRY, subject, **(listed | more))


def make_given(key: str, notice: Notice | None = None, *, at: datetime = AT, place: Location | None = None, **more: Any) -> NoticeRow:
    """Return a record as the harvester hands it on: masked, its key a tag already, archived."""
    notice = notice or make_notice()
    fields: dict[str, Any] = {"site": SITE, "section": "penalties", "url": f"https://records.example.cn/{key}"}
    printed = PrintedRecord(key=tag_of(key), kind=notice.kind, fields=(PrintedField("名称", notice.subject.name),), **(fields | more))
    sha256 = hashlib.sha256(printed.to_json() + repr(replace(notice, term=Term())).encode()).hexdigest()
    made = Location(f"records/{printed.site}/r.warc.gz", next(_PLACES) * 1000, 900, sha256)
    return NoticeRow(printed, notice, place or made, at)


def tag_of(key: str) -> str:
    """Return a tag as the keyring makes them: 32 hex digits."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def ingest(store: Store, *given: NoticeRow, run: str = "r1", today: date = TODAY) -> dict[str, int]:
    """Ingest records and return the effects by name."""
    found: Counter[NoticeEffect] = store.ingest_notices(run, given, today=today)
    return {str(effect): count for effect, count in found.items()}


def stored(store: Store) -> dict[str, dict[str, Any]]:
    """Return the rows of ``notices`` by their identifiers."""
    with store.reading() as connection:
        return {row["id"]: row for row in rows(connection.execute(select(notices)))}


def buried(store: Store) -> dict[str, str]:
    """Return why each record that was taken down was, by its identifier."""
    with store.reading() as connection:
        return {row.id: row.reason for row in connection.execute(select(tombstones))}

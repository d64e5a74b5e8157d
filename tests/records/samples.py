"""A small store of public credit records, kept by the way that crawls take: mask, read, archive, store."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import time_machine

from harvester.notices import NoticeKeeper
from normalizers.agencies.resolve import NO_DECISIONS
from normalizers.notices.records import Colour, NoticeKind, PrintedField, PrintedRecord
from storage.records import Verdict
from storage.store import Store

SITE = "anhui_records"
FIRM, CODE = "合肥青岚仪表有限公司", "91340100MA2T0K3E5X"
NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
TODAY = date(2026, 11, 20)


def valid_code(body: str, kind: str = "91") -> str:
    """Return a unified code of Hefei of a ``kind`` (91 enterprise, 92 individual business) with an organisation code of ``body``."""
    digits = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    plain = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    check = (11 - sum(plain.index(c) * w for c, w in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11) % 11
    start = kind + "340100" + body + ("X" if check == 10 else str(check))
    total = sum(digits.index(c) * pow(3, n, 31) for n, c in enumerate(start))
    return start + digits[(31 - total % 31) % 31]


def penalty(
    key: str, *, firm: str = FIRM, code: str = "", decided: date = date(2026, 6, 1), published: date | None = None, **more: str
) -> PrintedRecord:
    """Return a penalty as Anhui's site prints one."""
    values = {
        "行政处罚决定书文号": f"合市监处罚〔{decided.year}〕{key}号",
        "行政相对人名称": firm,
        "行政相对人类别": "法人及非法人组织",
        "行政相对人代码_1(统一社会信用代码)": code or valid_code("20000001"),
        "处罚类别1": "罚款",
        "处罚事由": "使用未经检定的计量器具称重。",
        "处罚结果": "罚款2000元",
        "处罚决定日期": decided.isoformat(),
        "处罚机关": "合肥市市场监督管理局",
        **({"公示日期": published.isoformat()} if published else {}),
    } | more
    fields = tuple(PrintedField(label, value) for label, value in values.items())
    return PrintedRecord(SITE, "penalties", key, f"https://example.org/p/{key}", NoticeKind.PENALTY, fields, region="340000")


def entry(
    key: str, *, firm: str = FIRM, code: str = "", list_name: str = "拖欠劳动者工资失信名单", day: date = date(2026, 5, 6)
) -> PrintedRecord:
    """Return an entry of a black list."""
    values = {
        "企业名称": firm,
        "统一社会信用代码": code or valid_code("20000001"),
        "列入日期": day.isoformat(),
        "列入机关": "安徽省人力资源和社会保障厅",
    }
    fields = tuple(PrintedField(label, value) for label, value in values.items())
    return PrintedRecord(
        SITE, "wages", key, "https://example.org/wages", NoticeKind.LIST_ENTRY, fields, "340000", list_name=list_name, colour=Colour.BLACK
    )


def new_store(folder: Path) -> Store:
    """Return a new store in a folder."""
    return Store.open(f"sqlite:///{folder / 'store.sqlite'}", archive=folder / "archive", create=True)


def keep(store: Store, records: Iterable[PrintedRecord], at: datetime = NOW) -> NoticeKeeper:
    """Keep records by a run of their own at a moment, and return what kept them."""
    with time_machine.travel(at, tick=True):  # what may be kept rests on the day
        return _kept(store, records, at)


def _kept(store: Store, records: Iterable[PrintedRecord], at: datetime) -> NoticeKeeper:
    run = store.begin_run(SITE, ["penalties", "wages"], at, name="信用安徽公示信息", region="340000")
    keeper = NoticeKeeper(store, SITE, run, NO_DECISIONS)
    for record in records:
        keeper.take(record, at)
    keeper.close(())
    store.end_run(run, Verdict.COMPLETE, "", {}, at + timedelta(seconds=1))
    return keeper

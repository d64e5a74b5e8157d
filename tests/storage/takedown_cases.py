"""Records that end, one for each reason, with words that stand in no other, and one that stays; the crawls that end them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from normalizers.notices.records import NoticeKind, PrintedField, PrintedRecord, Subject, SubjectKind, Term
from spiders.items import CoverageLine
from storage import takedown
from storage.days import local_day
from storage.engine import rows
from storage.notice_rows import notice_id as id_of
from storage.notice_schema import notices
from storage.record_archive import RecordArchive
from storage.records import Location, NoticeRow
from storage.store import Store
from tests.storage.notice_samples import make_code, make_notice

SITE, SECTION = "jiangkou_records", "penalties"
NOW = datetime.now(UTC)
TODAY = local_day(NOW)
LAST_DAY = TODAY + timedelta(days=1)  # not today: outlets that ask the clock show it still if midnight passes meanwhile
AFTER = LAST_DAY + timedelta(days=1)
RARE = {"expired": "犇羴", "repaired": "麤龘", "withdrawn": "飝朤", "gone": "焱垚", "suppressed": "骉贔", "kept": "皛叒"}


@dataclass(frozen=True)
class Case:
    """One record of a firm of its own, with words that stand in no other."""

    reason: str
    printed: PrintedRecord
    row: NoticeRow

    @property
    def id(self) -> str:
        return id_of(self.printed.key)

    @property
    def words(self) -> list[str]:
        notice = self.row.notice
        return [notice.subject.name, notice.subject.code, notice.subject.code[8:17], notice.number, notice.facts, notice.content]


def make_case(store: Store, reason: str, nonce: str, at: datetime) -> Case:
    serial = int(nonce, 16) % 10_000_000 * 10 + list(RARE).index(reason)
    code = make_code(serial)
    subject = Subject(SubjectKind.LEGAL, f"江口{RARE[reason]}{nonce}船舶有限公司", code, organization_code=code[8:17])
    notice = make_notice(
        subject=subject,
        number=f"江环罚〔2026〕{serial}号",
        facts=f"向{RARE[reason]}河排放第{nonce}类废水",
        content=f"罚款{serial}元，{RARE[reason]}",
        term=Term(LAST_DAY if reason == "expired" else None, "computed", "penalty-2026"),
        unknown=(),
    )
    printed = PrintedRecord(
        SITE,
        SECTION,
        store.keyring.record_tag(SITE, SECTION, f"{nonce}-{reason}"),
        f"https://records.example.cn/{nonce}/{reason}",
        NoticeKind.PENALTY,
        (PrintedField("行政相对人名称", subject.name), PrintedField("统一社会信用代码", code), PrintedField("违法事实", notice.facts)),
    )
    return Case(reason, printed, NoticeRow(printed, notice, Location("", 0, 0, ""), at))


def crawl(store: Store, cases: list[Case], at: datetime, *extra: NoticeRow, verdict: str = "complete", complete: bool = True) -> str:
    """Run a crawl of the section that lists these records: archive those that are new, store all."""
    run = store.begin_run(SITE, [SECTION], at)
    stored = {row["id"]: row for row in stored_rows(store)}
    given = []
    with RecordArchive(store.archive.folder).open_run(SITE, run) as writer:
        for case in cases:
            known = stored.get(case.id)
            place = Location(known["file"], known["file_offset"], known["file_length"], known["sha256"]) if known else None
            given.append(replace(case.row, fetched_at=at, location=place or writer.write_many([case.printed], at)[0]))
        store.ingest_notices(run, [*given, *extra], today=local_day(at))
        store.notices_seen(run, SITE, SECTION, "", [case.printed.key for case in cases], at)
        line = CoverageLine(SECTION, stated=len(cases), pages=1, pages_had=1, listed=len(cases), had=len(cases), complete=complete)
        store.record_coverage(run, [line])
    store.end_run(run, verdict, "" if verdict == "complete" else "blocked", {}, at)
    return run


def stored_rows(store: Store) -> list[dict[str, object]]:
    with store.reading() as connection:
        return rows(connection.execute(select(notices)))


def locations(store: Store) -> list[Location]:
    """Return where the stored records stand, in the order of the archive."""
    found = [Location(row["file"], row["file_offset"], row["file_length"], row["sha256"]) for row in stored_rows(store)]  # type: ignore[arg-type]
    return sorted(found, key=lambda place: (place.file, place.offset))


def build(store: Store) -> dict[str, Case]:
    """Fill a store with a record for each reason and one that stays, then let everything happen that ends one."""
    nonce = secrets.token_hex(4)
    days = [NOW - timedelta(days=2), NOW - timedelta(days=1), NOW]
    cases = {reason: make_case(store, reason, nonce, days[0]) for reason in RARE}
    crawl(store, list(cases.values()), days[0])
    return cases


def suppress(store: Store, notice_id: str, at: datetime) -> None:
    """Take a record down as an upheld objection does."""
    with store.writing() as connection:
        takedown.bury_for_good(connection, notice_id, at)
    takedown.erase_buried(store, at)


def let_it_happen(store: Store, cases: dict[str, Case]) -> None:
    """End the five: two more complete crawls without one of them, a withdrawal, a repair, an upheld objection; one is over by itself."""
    listed = [case for case in cases.values() if case.reason not in ("gone", "withdrawn")]
    told = replace(cases["withdrawn"].row.notice, removed_on=TODAY, status="已撤销")
    withdrawn = replace(cases["withdrawn"].row, notice=told, fetched_at=NOW - timedelta(days=1))
    repair = make_notice(NoticeKind.REPAIR, cases["repaired"].row.notice.subject, number=cases["repaired"].row.notice.number, facts="")
    repair = replace(repair, decided_on=TODAY, content="", term=Term())
    printed = replace(
        cases["repaired"].printed, key=store.keyring.record_tag(SITE, "repairs", "1"), section="repairs", kind=NoticeKind.REPAIR
    )
    ending = NoticeRow(printed, repair, Location("", 0, 0, ""), NOW - timedelta(days=1))
    crawl(store, listed, NOW - timedelta(days=1), withdrawn, ending)
    crawl(store, [case for case in listed if case.reason != "repaired"], NOW)
    suppress(store, cases["suppressed"].id, NOW)

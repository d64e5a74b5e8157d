"""Records to store, in wording of our own."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from normalizers.records import (
    Agency,
    AgencyKind,
    Block,
    BlockKind,
    Deadline,
    DeadlineKind,
    Derived,
    Document,
    Metadata,
    Repair,
    Span,
    Task,
)
from normalizers.text.fold import content_hash, fingerprint, fold
from storage.records import AgencyName, AgencyRow, CaptureRow, Differ, Effect, Location, Publication
from storage.store import Store

AT = datetime(2024, 5, 6, 1, 2, 3, 456789, tzinfo=UTC)
BUREAU = Agency("市档案局", "江口市档案局", "a0001", AgencyKind.AGENCY, "context-alias")
DISTRICTS = Agency("各区政府", "各区人民政府", "g0001", AgencyKind.GROUP, "group")
UNKNOWN = Agency("某某中心", rule="unresolved", flags=("review",))

LINES = (
    "编制公共信用信息目录，按季度更新并向社会公布",
    "推进企业信用修复一次办结，缩短办理时间",
    "建立行业信用监测台账，按月通报异常情况",
    "开展诚信主题宣传活动，覆盖全部街道",
)


def make_signature(text: str) -> tuple[int, ...]:
    """Return a MinHash of character triples: what the normalizers make, computed plainly."""
    folded = fold(text)
    if len(folded) < 30:
        return ()
    pieces = {folded[at : at + 3] for at in range(len(folded) - 2)}
    return tuple(
        min(int.from_bytes(hashlib.blake2b(f"{n}{piece}".encode(), digest_size=4).digest(), "big") for piece in pieces) for n in range(64)
    )


def make_task(text: str, start: int, **more: Any) -> Task:
    task = Task(
        number="1",
        section="一、重点工作",
        text=text,
        lead=(BUREAU,),
        partner=(DISTRICTS, UNKNOWN),
        responsible=(),
        implied=(),
        open_list=True,
        deadline=Deadline("2024年9月底前", None, date(2024, 9, 30), DeadlineKind.BY_DATE, "cell"),
        milestones=(Deadline("6月底前", None, date(2024, 6, 30), DeadlineKind.BY_DATE, "sentence"),),
        evidence=Span(start, start + len(text)),
        address="tab1.r2.c2",
        rule="table-row",
        confidence=0.95,
        fingerprint=fingerprint(text),
    )
    return replace(task, **more)


def make_derived(
    title: str = "江口市2024年信用建设工作安排", lines: tuple[str, ...] = LINES, *, tasks: bool = True, **more: Any
) -> Derived:
    """Return what a page with a title and a task a line would give."""
    body = [title, *lines]
    text = "\n".join(body)
    starts = [sum(len(line) + 1 for line in body[:n]) for n in range(len(body))]
    blocks = tuple(
        Block(BlockKind.PARAGRAPH, line, Span(start, start + len(line)), f"p{n}")
        for n, (line, start) in enumerate(zip(body, starts, strict=True), 1)
    )
    meta = Metadata(
        title=title,
        document_number=more.pop("document_number", "江信办〔2024〕7号"),
        issuers=(BUREAU,),
        issued_on=date(2024, 3, 1),
        published_on=more.pop("published_on", date(2024, 3, 5)),
        regions=more.pop("regions", ("310000",)),
        plan_start=date(2024, 1, 1),
        plan_end=date(2024, 12, 31),
        source="江口信用网",
    )
    return Derived(
        document=Document(
            "page.html", "html", blocks, text, text.replace("，", ","), "utf-8", (Repair("punctuation", 3, 1),), ("a warning",)
        ),
        metadata=meta,
        tasks=tuple(make_task(line, start) for line, start in zip(lines, starts[1:], strict=True)) if tasks else (),
        content_hash=content_hash(text),
        signature=more.pop("signature") if "signature" in more else make_signature(text),
        **more,
    )


def make_capture(
    url: str, payload: bytes = b"payload", *, at: datetime = AT, site: str = "jiangkou", kind: str = "article", offset: int | None = None
) -> CaptureRow:
    sha256 = hashlib.sha256(payload).hexdigest()
    place = int.from_bytes(hashlib.sha256(f"{url}{sha256}{at}".encode()).digest()[:5], "big") if offset is None else offset
    return CaptureRow(site, "notices", kind, url, 200, "text/html", at, Location(f"{site}/r.warc.gz", place, 100, sha256))


def make_publication(key: str = "1001", *, site: str = "jiangkou", **more: Any) -> Publication:
    fields: dict[str, Any] = {
        "title": "工作安排",
        "url": f"https://{site}.example.cn/{key}.html",
        "listed_on": date(2024, 3, 6),
        "kind": "article",
    }
    return Publication(site=site, section="notices", key=key, hints={"region": "310000", "published_on": "2024-03-05"}, **(fields | more))


def put(
    store: Store,
    run: str,
    key: str,
    derived: Derived,
    *,
    site: str = "jiangkou",
    at: datetime = AT,
    payload: bytes | None = None,
    differ: Differ | None = None,
    **more: Any,
) -> Effect:
    """Ingest a document as a crawl would, without an archived record behind it."""
    publication = make_publication(key, site=site, **more)
    body = derived.document.text.encode("utf-8", "replace") if payload is None else payload
    capture = make_capture(publication.url, body, at=at, site=site, kind=publication.kind)
    return store.ingest(run, capture, publication, derived, differ=differ)


def later(days: float) -> datetime:
    return AT + timedelta(days=days)


AGENCIES = (
    AgencyRow(
        "a0001",
        "江口市档案局",
        "agency",
        "310000",
        "province",
        names=(
            AgencyName("江口市档案局", "canonical"),
            AgencyName("市档案局", "context-alias"),
            AgencyName("江口档案馆", "former", None, date(2018, 12, 31)),
        ),
    ),
    AgencyRow("g0001", "各区人民政府", "group"),
)

"""A store in which everything that sites can write is hostile: titles, texts, names, numbers, addresses, tables, records."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import escape
from typing import Any

from normalizers.notices.records import PrintedField, Subject, SubjectKind, Term
from normalizers.records import Agency, AgencyKind, Deadline, DeadlineKind, Derived
from storage.archive import ArchiveWriter
from storage.record_archive import RecordArchive
from storage.records import AgencyName, AgencyRow, NoticeRow
from storage.store import Store
from tests.storage.notice_samples import ingest as ingest_records
from tests.storage.notice_samples import make_code, make_given, make_notice
from tests.storage.samples import AT, make_capture, make_derived, make_publication, put

MARK = "zqx"
"""Stands in everything hostile, so that it can be found again: in no name of an element or attribute, and in no script."""
MARKUP = (
    f"<{MARK}-element {MARK}=1 onclick=alert(1)>名</{MARK}-element>",
    f"</title></textarea></script><script>{MARK}()</script>",
    f'" onmouseover="{MARK}()" x="',
    f"' autofocus onfocus={MARK}() '",
    f"<svg onload={MARK}()><style>*{{display:none}}</style></svg>",
    f"<img src=x onerror={MARK}()><iframe srcdoc={MARK}></iframe>",
    f"<!--{MARK}--><base href=//{MARK}.example/><meta http-equiv=refresh content=0>",
    f"{MARK}{{{{7*7}}}}{{% raw %}}${{7*7}}#{{7*7}}",
    f"]]>&{MARK};<![CDATA[&#0;",
)
HIDDEN = ("\u202e倒\u202c", "\u2066隔\u2069", "零\u200b宽\u200d\ufeff", "空\x00字", "\x1b[31m红", "\u0085行\u2028段\u2029", "\ufffe\uffff")
FORMULAS = (
    f'=HYPERLINK("http://{MARK}.example","x")', f"+{MARK}", f"-2+3+cmd|' /C {MARK}'!A0", f"@SUM({MARK})", f"\t={MARK}", f"\r={MARK}",
)  # fmt: skip
BROKEN = (
    f"一\r\nBEGIN:VEVENT\r\nSUMMARY:{MARK}\r\n", f"二\r\nSet-Cookie: {MARK}=1\r\n\r\n<b>", f"三;LANGUAGE={MARK}:,\\n\\;", "长" * 20_000,
)  # fmt: skip
EVERYTHING = (*MARKUP, *HIDDEN, *FORMULAS, *BROKEN)
ADDRESSES = (
    f"javascript:{MARK}()", f"data:text/html,<script>{MARK}()</script>", f"//{MARK}.example/", f"https://{MARK}.example@evil.example/",
    "https://сredit.gov.cn/notice", f"https://credit.example.cn/\r\nX-{MARK}: 1", f'https://credit.example.cn/"onclick="{MARK}()',
    f"HTTPS://credit.example.cn\\@{MARK}.example/", "vbscript:msgbox(1)", "https://例子.测试/通知", "http://[::1", "",
)  # fmt: skip
LOOKALIKE = "xn--redit-0ye.gov.cn"
"""What the first letter of the fifth address, a Cyrillic one, is looked up as."""
CELLS = 100_000


def fill(store: Store) -> None:
    """Put documents, tasks, bodies and records of everything hostile, each in two versions that differ."""
    now = datetime.now(UTC)
    named = [AgencyRow(f"a000{n}", text, "agency", "310000", names=(AgencyName(text, "canonical"),)) for n, text in enumerate(MARKUP)]
    store.load_agencies(named)
    run = store.begin_run("jiangkou", ["notices"], AT, region="310000")
    with store.archive.open_run("jiangkou", run) as archive:
        for n, text in enumerate(EVERYTHING):
            for version in (1, 2) if n < len(MARKUP) else (1,):
                put_document(store, archive, run, n, text, version)
    store.end_run(run, "complete", "", {}, AT + timedelta(days=2))
    put_records(store, now)


def put_document(store: Store, archive: ArchiveWriter, run: str, n: int, text: str, version: int) -> None:
    """Put a version of a document, and archive a page that says the same."""
    at, publication = AT + timedelta(days=version), make_publication(f"h{n}", title=text, url=ADDRESSES[n % len(ADDRESSES)])
    made = document(n, text, version)
    body = "".join(f"<p>{escape(line)}</p>" for line in made.document.text.split("\n"))
    payload = f"<html><head><title>{escape(text)}</title></head><body><h1>{escape(text)}</h1>{body}</body></html>".encode()
    kind = (("Content-Type", "text/html; charset=utf-8"),)
    place, _again = archive.write(url=f"https://jiangkou.example.cn/{n}", status=200, headers=kind, body=payload, fetched_at=at)
    capture = replace(make_capture(publication.url, payload, at=at), location=place)
    store.ingest(run, capture, publication, made)


def document(n: int, text: str, version: int) -> Derived:
    """Return a document whose title, number, lines, bodies and deadlines are a hostile text."""
    lines = (f"{text}第{n}项", f"推进{text}工作{'' if version == 1 else '，' + text}")
    made = make_derived(text, lines, document_number=text[:200], published_on=date(2026, 3, 5))
    body = Agency(text[:200], f"{text[:100]}局", f"a000{n % len(MARKUP)}", AgencyKind.AGENCY, "context-alias")
    due = Deadline(text[:200], None, date(2027, 9, 30), DeadlineKind.BY_DATE, "cell")
    tasks = tuple(replace(task, lead=(body,), section=text[:300], deadline=due, number=text[:50]) for task in made.tasks)
    return replace(made, tasks=tasks)


def put_records(store: Store, now: datetime) -> None:
    """Put public records of firms that are called so."""
    day = now.date()
    term = Term(day + timedelta(days=900), "computed", "penalty-2026", day)
    run = store.begin_run("jiangkou_records", ["penalties"], now, region="310000")
    given = [record(n, text, term, now) for n, text in enumerate(EVERYTHING)]
    with RecordArchive(store.archive.folder).open_run("jiangkou_records", run) as archive:
        places = archive.write_many([row.printed for row in given], now)
    rows = [replace(row, location=place) for row, place in zip(given, places, strict=True)]
    ingest_records(store, *rows, run=run, today=day)
    store.end_run(run, "complete", "", {}, now)


def record(n: int, text: str, term: Term, now: datetime) -> NoticeRow:
    """Return a penalty of a firm that is called so, and whose source prints such labels."""
    code = make_code(20_000_000 + n)
    firm = Subject(SubjectKind.LEGAL, f"{text[:150]}公司", code, organization_code=code[8:17])
    told: dict[str, Any] = {
        "number": f"{text[:100]}{n}",
        "facts": text,
        "content": text,
        "category": text[:100],
        "list_name": text[:80],
        "remark": text,
    }
    odd = PrintedField(text[:80], text[:500])
    notice = make_notice(subject=firm, decided_on=now.date(), published_on=now.date(), term=term, unknown=(odd,), **told)
    made = make_given(f"h{n}", notice, at=now, url=ADDRESSES[n % len(ADDRESSES)])
    return replace(made, printed=replace(made.printed, fields=(PrintedField("行政相对人名称", text[:500]), odd)))


def put_huge_table(store: Store) -> None:
    """Put a document of a hundred thousand cells."""
    wide = 100
    lines = tuple("\t".join(str(n * wide + m) for m in range(wide)) for n in range(CELLS // wide))
    at = AT + timedelta(days=5)
    run = store.begin_run("jiangkou", ["notices"], at, region="310000")
    put(store, run, "huge", make_derived("大表", lines, tasks=False, signature=()), at=at, title="大表")
    store.end_run(run, "complete", "", {}, at)

"""Histories of documents made at random: what a crawl could find day by day, stored as a crawl stores it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from hypothesis import strategies as st

from harvester.differing import difference
from normalizers.records import Agency, AgencyKind, Deadline, DeadlineKind, Derived
from storage import derivations
from storage.identity import document_id
from storage.records import Effect
from storage.sources import source
from storage.store import Store
from tests.storage.samples import AT, make_capture, make_derived, make_publication

BODIES = tuple(
    Agency(f"市{name}局", f"江口市{name}局", f"a{n}", AgencyKind.AGENCY, "context-alias") for n, name in enumerate(("档案", "统计"))
)
WHOLE = "编制公共信用信息目录，按季度更新并向社会公布；推进企业信用修复一次办结，缩短办理时间，逐件回访"
PIECES = (
    WHOLE,
    *WHOLE.split("；"),
    "建立行业信用监测台账，按月通报异常情况，年底形成分析报告",
    "建立行业信用监测台账，按季通报异常情况，年底形成分析报告",
    "开展诚信主题宣传活动，覆盖全部街道和工业园区",
    "组织信用服务机构备案，公布备案名单并抽查履约情况",
)
TITLES = ("江口市2024年信用建设工作安排", "江口市2024年信用建设工作安排（征求意见稿）", "江口市2025年信用建设工作安排")
PLACES = (("jiangkou", "1001"), ("jiangkou", "1002"), ("hushi", "2001"))


@dataclass(frozen=True)
class Line:
    """A task as a page has it."""

    text: str
    lead: int
    month: int
    section: str = "一、重点工作"


@dataclass(frozen=True)
class Page:
    """A page: its title and its tasks."""

    title: str
    lines: tuple[Line, ...]


LINES = st.builds(Line, st.sampled_from(PIECES), st.integers(0, 1), st.integers(6, 8), st.sampled_from(["一、重点工作", "二、保障措施"]))
PAGES = st.builds(Page, st.sampled_from(TITLES), st.lists(LINES, min_size=1, max_size=5).map(tuple))


def derived(page: Page, *, normalizer: str = "1") -> Derived:
    """Return what the page is read as; what its tasks say stands in its text too."""
    told = tuple(f"{line.text}（{line.section}，{BODIES[line.lead].mention}牵头，{line.month}月底前）" for line in page.lines)
    found = make_derived(page.title, told, document_number="", signature=(), published_on=date(2024, 3, 5))
    tasks = tuple(
        replace(
            task,
            number=str(n),
            text=line.text,
            section=line.section,
            lead=(BODIES[line.lead],),
            deadline=Deadline(f"{line.month}月底前", None, date(2024, line.month, 28), DeadlineKind.BY_DATE, "cell"),
        )
        for n, (task, line) in enumerate(zip(found.tasks, page.lines, strict=True), 1)
    )
    return replace(found, tasks=tasks, normalizer_version=normalizer)


class Crawler:
    """Finds pages, one a day, and stores them as a crawl does."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.day = 0
        self.runs = {site: store.begin_run(site, ["notices"], AT) for site in ("jiangkou", "hushi")}
        self.found: dict[tuple[str, str], Page] = {}

    def finds(self, place: tuple[str, str], page: Page) -> Effect:
        """Store a page as it is today."""
        self.day += 1
        self.found[place] = page
        return self._stores(place, derived(page), AT + timedelta(days=self.day))

    def rereads(self, place: tuple[str, str], skipped: int) -> Effect:
        """Read the last payload of a page by another normalizer, which reads a task less."""
        read = derived(self.found[place], normalizer=f"2.{self.day}.{skipped}")
        tasks = tuple(task for n, task in enumerate(read.tasks) if n != skipped)
        return self._stores(place, replace(read, tasks=tasks), AT + timedelta(days=self.day))

    def derives(self, place: tuple[str, str], skipped: int) -> Effect:
        """Read the archived payload of a page again, where nothing is fetched; the reader skips a task."""
        read = derived(self.found[place], normalizer=f"3.{self.day}.{skipped}")
        tasks = tuple(task for n, task in enumerate(read.tasks) if n != skipped)
        found = source(self.store, document_id(*place))
        return derivations.write_reading(self.store, found, replace(read, tasks=tasks), differ=difference)

    def _stores(self, place: tuple[str, str], read: Derived, at: datetime) -> Effect:
        site, key = place
        publication = make_publication(key, site=site, title=read.metadata.title)
        capture = make_capture(publication.url, read.document.text.encode(), at=at, site=site)
        return self.store.ingest(self.runs[site], capture, publication, read, differ=difference)

    def misses(self, place: tuple[str, str]) -> None:
        """Find a page gone."""
        self.day += 1
        self.store.mark_gone(*place, AT + timedelta(days=self.day))

"""What the sample store lacks for every page to have something to show: reports and answers, a watch, decisions, an ending that waits."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from harvester import correcting
from normalizers.notices.records import NoticeKind
from storage import change_queries, decisions, queries, tie_decisions, watches
from storage.change_filters import ChangeFilters
from storage.corrections import Answer
from storage.notice_queries import NO_FILTERS
from storage.notice_queries import notices as shown_notices
from storage.records import DecisionRow
from storage.store import Store
from tests.storage.notice_samples import FIRM, ingest, make_given, make_notice
from tests.web import operations_sample

BY = "王审核"


def fill(store: Store) -> None:
    """Write reports, a watch, decisions, and a repair that may mean two records."""
    now, documents = datetime.now(UTC), queries.documents(store)
    first, second = (row["id"] for row in documents[:2])
    waiting = correcting.report(store, f"/d/{first}", "发布日期写错了", field="date", should_be="2026-03-05", contact="6 楼综合处")
    mended = correcting.report(store, "/tasks", "第二行的牵头单位读成了配合单位")
    correcting.answer(store, mended, Answer("mended", "牵头单位与配合单位读反", wrong_from=date(2026, 1, 5), mended_on=now.date()), BY)
    declined = correcting.report(store, f"/n/{shown_notices(store, NO_FILTERS, today=now.date())[0]['id']}", "金额不对")
    correcting.answer(store, declined, Answer("declined", "与来源一致", "来源即如此公示"), BY)
    assert waiting < mended < declined
    asked = ChangeFilters(agency="市数据局", entities=("task",))
    watches.add(store, "数据局的任务", asked.as_json(), "mail", "daily", "zh", BY, now, now)
    decisions.decide(store, [DecisionRow("某某中心", "310000", "group", "某某中心")], BY, now)
    tie_decisions.decide(store, first, second, "none", BY, now, "题目相近，事项不同")
    put_ending(store, now)
    operations_sample.fill(store, now)
    assert change_queries.latest(store) > 0


def put_ending(store: Store, now: datetime) -> None:
    """Put two penalties of one firm, and a repair that names the firm and neither of them."""
    day = now.date()
    run = store.begin_run("jiangkou_records", ["penalties"], now, region="310000")
    penalty: dict[str, Any] = {"decided_on": day, "published_on": day}
    ingest(store, make_given("91", make_notice(**penalty | {"number": "江城罚〔2026〕1号"}), at=now), run=run, today=day)
    ingest(store, make_given("92", make_notice(**penalty | {"number": "江城罚〔2026〕2号"}), at=now), run=run, today=day)
    repair = make_notice(NoticeKind.REPAIR, FIRM, number="", decided_on=day, removed_on=day, fine_yuan=None)
    ingest(store, make_given("93", repair, at=now), run=run, today=day)
    store.end_run(run, "complete", "", {}, now)

"""Ten days in the life of two sites: what was edited on which day, and, written down by hand beside it, what a reader is to be told.

Nothing here asks the program: neither the edits nor the truth come from the code under test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from harvester.replica.attachments import build
from harvester.replica.document import ReplicaDocument
from harvester.replica.server import Replica

ANHUI, SHANGHAI = "anhui", "shanghai"
SITES = (ANHUI, SHANGHAI)
HALF, DEAD = "half-page:anhui@list", "500:anhui@article"


# --- what is published -----------------------------------------------------------------------------------------------------

Row = tuple[str, str, str, str, str]
HEAD = ("序号", "工作任务", "牵头单位", "配合单位", "完成时限")


def table(rows: list[Row], attributes: str = "border='1'") -> str:
    lines = [HEAD, *rows]
    return f"<table {attributes}>" + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in line) + "</tr>" for line in lines) + "</table>"


PLAN: list[Row] = [
    ("1", "编制市级信用数据目录并向社会公布。", "市数据资源局", "市司法局", "2026年6月底前"),
    ("2", "开展合同履约情况监测试点，形成试点报告。", "市市场监管局", "市商务局", "2026年9月底前"),
    ("3", "修订信用信息异议办理规程，缩短办理时间。", "市发展改革委", "市政务服务局", "2026年8月底前"),
    ("4", "组织诚信主题宣传进校园、进社区活动。", "市教育局", "市民政局", "2026年10月底前"),
    ("5", "对道路运输企业实行分级监管，并建立工程建设项目信用档案。", "市交通运输局", "市城乡建设局", "2026年11月底前"),
    ("6", "完善环境保护信用评价结果在信贷中的运用。", "市生态环境局", "市财政局", "2026年12月底前"),
]
DEADLINE = "2026年10月底前"
LEAD = "市政务服务局"
ADDED: Row = ("7", "发布全市年度信用状况评估报告。", "市统计局", "市数据资源局", "2026年12月底前")
SPLIT: list[Row] = [
    ("5", "对道路运输企业实行分级监管。", "市交通运输局", "市城乡建设局", "2026年11月底前"),
    ("6", "建立工程建设项目信用档案。", "市交通运输局", "市城乡建设局", "2026年11月底前"),
]
LAST_YEAR: list[Row] = [
    ("1", "清理长期不用的信用信息系统账号。", "市数据资源局", "市公安局", "2025年5月底前"),
    ("2", "推动行业协会制定自律公约。", "市民政局", "市工商联", "2025年9月底前"),
]
FILE: list[Row] = [
    ("1", "梳理可以修复的失信记录清单。", "市发展改革委", "市司法局", "2026年4月底前"),
    ("2", "公布信用修复办理指南和办理时限。", "市市场监管局", "市税务局", "2026年5月底前"),
]
OTHER_FILE: list[Row] = [
    ("1", "开设信用修复咨询专线，安排专人值守。", "市政务服务局", "市总工会", "2026年7月底前"),
]
INTRO = (
    "为落实本年度政府工作安排，结合本市实际，制定本工作要点。各部门要加强协同，明确责任分工，按时报送进展情况，"
    "年中由牵头部门组织一次调度，年底前完成总结评估。各县（市）区参照执行，执行中遇到的问题及时反馈。"
)
LAST_INTRO = (
    "按照上级部署，现就上一年度信用体系建设提出如下要点。要巩固已有成果，补齐短板弱项，注重宣传引导，防止形式主义，"
    "做到件件有着落。信用办负责日常联络，每月汇总一次情况，重要事项随时报告。"
)
EDITED_INTRO = INTRO.replace("年中由牵头部门组织一次调度", "每个季度由牵头部门组织一次调度")
TRADITIONAL = (
    "為落實本年度政府工作安排，結合本市實際，制定本工作要點。各部門要加強協同，明確責任分工，按時報送進展情況，"
    "年中由牽頭部門組織一次調度，年底前完成總結評估。各縣（市）區參照執行，執行中遇到的問題及時反饋。"
)


def plan(rows: list[Row], intro: str = INTRO, attributes: str = "border='1'") -> str:
    return f"<p>{intro}</p>{table(rows, attributes)}<p>合肥市信用办</p>"


def news(matter: str, number: int) -> str:
    """Return a text of some length on a matter, no two alike."""
    said = (
        f"日前，{matter}在第{number}会议室召开推进会，听取有关情况介绍。会议指出，{matter}要坚持问题导向，把群众反映集中的事项排在前面，"
        f"逐项明确时间表。与会人员围绕{matter}交换了意见，提出了{number + 3}条具体建议，包括精简材料、压缩环节、公开结果。"
        f"会后，工作人员到{number + 11}家单位走访，收集对{matter}的评价，并将评价结果作为改进服务的依据，下一步将适时公布进展。"
    )
    return f"<p>{said}</p><p>（办公室供稿）</p>"


def file(name: str, rows: list[Row]) -> tuple[str, str, bytes]:
    return build(name, f"<h1>{name.rpartition('.')[0]}</h1>{table(rows)}")


ARRANGEMENT, CONTACTS, GUIDE = "修复行动安排.docx", "联系名单.docx", "咨询专线安排.docx"
CONTACT_LIST = build(CONTACTS, "<h1>联系名单</h1><p>各单位联系处室名单见下，日常事务请径与处室联系，非工作时间请留言。</p>")
SHARING = (
    "第一条 为规范本市公共信用信息共享活动，保障信息主体合法权益，制定本办法。第二条 本办法适用于市级各部门之间的信息共享。"
    "第三条 共享应当遵循合法、必要、准确的原则。第四条 数源单位对信息的真实性负责，发现差错的，应当在五个工作日内更正。"
    "第五条 使用单位不得将共享取得的信息用于约定以外的用途。第六条 共享记录保存不少于三年，供查询和审计。第七条 本办法由市发展改革委解释。"
)
DRAFTED = SHARING.replace("五个工作日", "十个工作日").replace("三年", "一年")

DAY_ZERO = {
    "plan": ReplicaDocument("", "合肥市2026年信用体系建设工作要点", date(2026, 2, 10), plan(PLAN), site=ANHUI),
    "last year": ReplicaDocument("", "合肥市2025年信用体系建设工作要点", date(2025, 2, 12), plan(LAST_YEAR, LAST_INTRO), site=ANHUI),
    "action": ReplicaDocument(
        "",
        "关于开展信用修复提升行动的通知",
        date(2026, 3, 2),
        f"<p>各有关单位：</p>{news('信用修复提升行动', 5)}",
        attachments=(file(ARRANGEMENT, FILE), CONTACT_LIST),
        site=ANHUI,
    ),
    "moving": ReplicaDocument("", "园区信用服务站揭牌运行", date(2026, 4, 1), news("园区信用服务站", 7), site=ANHUI),
    "rewritten": ReplicaDocument("", "企业信用管理培训班开班", date(2026, 4, 9), news("企业信用管理培训", 9), site=ANHUI),
    "sections": ReplicaDocument("tzgg", "本市信用服务机构走访情况", date(2026, 3, 18), news("信用服务机构走访", 4), site=SHANGHAI),
    "forwarded": ReplicaDocument("tzgg", "长三角信用合作联席会议简讯", date(2026, 5, 6), news("长三角信用合作", 6), site=SHANGHAI),
    "returning": ReplicaDocument("tzgg", "信用主题宣传月启动", date(2026, 5, 20), news("信用主题宣传月", 8), site=SHANGHAI),
    "draft": ReplicaDocument(
        "zcwj", "上海市公共信用信息共享办法（征求意见稿）", date(2026, 6, 1), f"<p>{DRAFTED}</p>", site=SHANGHAI
    ),
}  # fmt: skip


# --- the truth -------------------------------------------------------------------------------------------------------------

TAGS = ("目录", "合同", "异议", "宣传", "道路", "档案", "环境", "年度信用", "账号", "公约", "失信记录", "指南", "专线")
"""Words by which the tasks are called here; each stands in the text of one task of a document alone."""


@dataclass(frozen=True, slots=True, order=True)
class Told:
    """A row of the feed that a reader is to get: which document, what of it, how; of a task its tag, of a link the other document."""

    document: str
    entity: str
    kind: str
    what: str = ""
    fields: tuple[str, ...] = ()
    cause: str = "source"
    copy: bool = False


def document(name: str, kind: str, *fields: str, copy: bool = False, cause: str = "source") -> Told:
    return Told(name, "document", kind, fields=fields, copy=copy, cause=cause)


def tasks(name: str, kind: str, *tags: str, fields: tuple[str, ...] = (), copy: bool = False) -> list[Told]:
    return [Told(name, "task", kind, tag, fields, copy=copy) for tag in tags]


def wording(name: str, *, copy: bool = False) -> Told:
    return Told(name, "text", "changed", fields=("text",), copy=copy)


def link(name: str, relation: str, other: str, *, copy: bool = False) -> Told:
    return Told(name, "link", "added", f"{relation} {other}", copy=copy)


PLAN_TAGS = ("目录", "合同", "异议", "宣传", "道路", "环境")


@dataclass
class World:
    """The sites, and where each document of the history is published now: site and key by name."""

    replica: Replica
    at: dict[str, tuple[str, str]] = field(default_factory=dict)

    def publish(self, name: str, document: ReplicaDocument) -> None:
        self.at[name] = (document.site, self.replica.add(document.site, document))

    def edit(self, name: str, **changes: Any) -> None:
        self.replica.edit(*self.at[name], **changes)

    def name_files(self, of: str, *names: str) -> None:
        """Call the files of a document by these names; the site names a file after its address."""
        site, key = self.at[of]
        for name, url in zip(names, self.replica.file_urls(site, key), strict=True):
            self.at[name] = (site, f"{key}/{url.rpartition('/')[2]}")

    def move(self, name: str, to: str, *, forward: bool = False) -> None:
        """Publish a document under another key; there it is called ``to``."""
        site, key = self.at[name]
        self.at[to] = (site, self.replica.move(site, key, forward=forward))


@dataclass(frozen=True)
class Day:
    """A day: the edits made before its crawl, the fault of that crawl, and what its crawl is to add to the feed.

    What is removed or has left its address is told on the next day on which its site answers well: it takes two days to be sure.
    ``versions`` and ``states`` are what becomes of documents that day: the number of versions, the state. ``work`` are documents that
    are one work from that day on. ``killed`` tells that the crawl is killed in its middle and run again.
    ``recheck`` is which documents are asked for again: in their first week those of every day are due.
    """

    edits: Callable[[World], None]
    told: tuple[Told, ...] = ()
    versions: dict[str, int] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    work: tuple[str, ...] = ()
    fault: str = ""
    killed: bool = False
    recheck: str = "due"


# --- the days --------------------------------------------------------------------------------------------------------------


def begin(world: World) -> None:
    for name, each in DAY_ZERO.items():
        world.publish(name, each)
    world.name_files("action", "arrangement", "contacts")


def nothing_but_chrome(world: World) -> None:
    world.replica.redecorate(ANHUI, "本站访问量：20481 次")
    world.replica.redecorate(SHANGHAI, "网站标识码变更公告")


def later_and_elsewhere(world: World) -> None:
    """Put off a deadline of the plan without a word, and publish a page under a new number."""
    world.edit("plan", body_html=plan(with_deadline(PLAN)))
    world.move("moving", "moved here")


def with_deadline(rows: list[Row]) -> list[Row]:
    return [(*row[:4], DEADLINE) if "合同" in row[1] else row for row in rows]


def with_lead(rows: list[Row]) -> list[Row]:
    return [(row[0], row[1], LEAD, "市发展改革委", row[4]) if "异议" in row[1] else row for row in rows]


THIRD = with_deadline(PLAN)
FIFTH = with_lead(THIRD)
EIGHTH = [row for row in FIFTH if "宣传" not in row[1]] + [ADDED]
NINTH = [each for row in EIGHTH for each in (SPLIT if "道路" in row[1] else [row])]


def laid_out_anew(world: World) -> None:
    """Lay the plan out anew, in the other script and with other marks; reprint it; take a page down."""
    body = plan(THIRD, TRADITIONAL.replace("，", ",").replace("。", "．"), "border='0' class='MsoTable' width='100%'")
    world.edit("plan", body_html=body.replace("<td>", "<td><p>&nbsp;").replace("</td>", "</p></td>"))
    copy = ReplicaDocument("zcwj", "合肥市2026年信用体系建设工作要点", date(2026, 11, 5), plan(THIRD), site=SHANGHAI)
    world.publish("reprint", copy)
    world.replica.remove(*world.at["returning"])


def unseen(world: World) -> None:
    """Edit the plan and move a page to another section on a day on which both sites answer with a challenge."""
    world.edit("plan", body_html=plan(FIFTH))
    world.edit("sections", section="zcwj")


def seen_again(world: World) -> None:
    """Exchange a file for another of the same address, and publish the final of a draft."""
    later = [(*FILE[0][:4], "2026年6月底前"), FILE[1]]
    world.edit("action", attachments=(file(ARRANGEMENT, later), CONTACT_LIST))
    final = ReplicaDocument("zcwj", "上海市公共信用信息共享办法", date(2026, 11, 7), f"<p>{SHARING}</p>", site=SHANGHAI)
    world.publish("final", final)


def copy_follows(world: World) -> None:
    """Let the reprint follow, a page come back and one lead to its new place; the other site shows half its lists."""
    world.edit("reprint", body_html=plan(FIFTH))
    world.replica.restore(*world.at["returning"])
    world.move("forwarded", "forwarded here", forward=True)
    world.edit("plan", body_html=plan(EIGHTH, EDITED_INTRO))


def broken(world: World) -> None:
    """Name a file no more that is still there, on a day on which every page of the site is an error."""
    world.replica.unlink(*world.at["action"])


def much_at_once(world: World) -> None:
    """Take a page down; the crawl that sees this and what the two days before hid is killed and run again."""
    world.replica.remove(*world.at["rewritten"])


def parted(world: World) -> None:
    """Part a task of the plan in two, and put a file at another address in the place of one that is not there any more."""
    world.edit("plan", body_html=plan(NINTH, EDITED_INTRO))
    world.edit("action", attachments=(file(GUIDE, OTHER_FILE),))
    world.name_files("action", "guide")


def back_with_another_text(world: World) -> None:
    """Let a page come back that says something else, the copy of the plan follow at last, and number last year's tasks otherwise."""
    world.replica.restore(*world.at["rewritten"], body_html=news("企业信用管理师考核", 13))
    world.edit("reprint", body_html=plan(NINTH, EDITED_INTRO))
    numbered = [(f"（{number}）", *row[1:]) for number, row in zip("一二", LAST_YEAR, strict=True)]
    world.edit("last year", body_html=plan(numbered, LAST_INTRO))


DAYS = (
    Day(
        begin,
        (
            *(document(name, "added") for name in (*DAY_ZERO, "arrangement", "contacts")),
            *tasks("plan", "added", *PLAN_TAGS),
            *tasks("last year", "added", "账号", "公约"),
            *tasks("arrangement", "added", "失信记录", "指南"),
            link("plan", "edition", "last year"),
        ),
        dict.fromkeys((*DAY_ZERO, "arrangement", "contacts"), 1),
        dict.fromkeys((*DAY_ZERO, "arrangement", "contacts"), "live"),
    ),
    Day(nothing_but_chrome),
    Day(
        later_and_elsewhere,
        (
            *tasks("plan", "changed", "合同", fields=("deadline",)),
            wording("plan"),
            document("moved here", "added", copy=True),
        ),
        {"plan": 2, "moved here": 1},
        {"moved here": "live"},
        work=("moving", "moved here"),
    ),
    Day(
        laid_out_anew,
        (
            document("reprint", "added", copy=True),
            *tasks("reprint", "added", *PLAN_TAGS, copy=True),
            link("reprint", "edition", "last year", copy=True),
            document("moving", "moved", "state", "moved_to"),
        ),
        {"reprint": 1},
        {"reprint": "live", "moving": "moved"},
        work=("plan", "reprint"),
    ),
    Day(unseen, fault="challenge@all"),
    Day(
        seen_again,
        (
            *tasks("plan", "changed", "异议", fields=("lead", "partner")),
            wording("plan"),
            document("sections", "moved", "url", "section"),
            *tasks("arrangement", "changed", "失信记录", fields=("deadline",)),
            wording("arrangement"),
            document("final", "added"),
            link("final", "draft", "draft"),
            document("returning", "gone"),
        ),
        {"plan": 3, "arrangement": 2, "final": 1},
        {"final": "live", "returning": "gone"},
    ),
    Day(
        copy_follows,
        (
            *tasks("reprint", "changed", "异议", fields=("lead", "partner"), copy=True),
            wording("reprint", copy=True),
            document("returning", "back"),
            document("forwarded here", "added", copy=True),
        ),
        {"reprint": 2, "forwarded here": 1},
        {"returning": "live", "forwarded here": "live"},
        work=("forwarded", "forwarded here"),
        fault=HALF,
    ),
    Day(
        broken,
        (document("forwarded", "moved", "state", "moved_to"),),
        states={"forwarded": "moved"},
        fault=DEAD,
        recheck="all",
    ),
    Day(
        much_at_once,
        (
            *tasks("plan", "added", "年度信用"),
            *tasks("plan", "removed", "宣传"),
            wording("plan"),
            wording("action"),
        ),
        {"plan": 4, "action": 2},
        killed=True,
        recheck="all",
    ),
    Day(
        parted,
        (
            *tasks("plan", "split", "道路"),
            wording("plan"),
            wording("action"),
            document("rewritten", "gone"),
            document("guide", "added"),
            *tasks("guide", "added", "专线"),
        ),
        {"plan": 5, "action": 3, "guide": 1},
        {"rewritten": "gone", "guide": "live"},
        recheck="all",
    ),
    Day(
        back_with_another_text,
        (
            document("rewritten", "back"),
            wording("rewritten"),
            *tasks("reprint", "added", "年度信用", copy=True),
            *tasks("reprint", "removed", "宣传", copy=True),
            *tasks("reprint", "split", "道路", copy=True),
            wording("reprint", copy=True),
            document("arrangement", "gone"),
        ),
        {"rewritten": 2, "reprint": 3},
        {"rewritten": "live", "arrangement": "gone"},
        recheck="all",
    ),
)

PLAN_CLOCKS = [(0, 1), (2, 3), (5, 5), (8, 8)]
"""First day and last check of the plan's versions that another one took the place of; on days 4, 6 and 7 its site did not answer well."""

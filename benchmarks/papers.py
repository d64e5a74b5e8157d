"""Papers for benchmarks: pages with a table of tasks, each of another text, and what the normalizers derive from them.

Nothing in them was published by anybody. Two of them have no more in common than two plans of real offices: words are put together by
chance, so that their texts, titles and numbers are different ones and nobody's copies.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from html import escape

from normalizers.derive import derive
from normalizers.records import Derived, Hints
from storage.records import CaptureRow, Location, Publication

SEED = 8
TASKS = 40
HEAD = ("序号", "工作任务", "牵头单位", "配合单位", "完成时限")
SITE = "papers"
REGION = "320000"
FIRST, DAYS = date(2015, 1, 1), 3600
_WORDS = (
    "目录台账清单平台指标档案窗口流程街道园区企业商户学校医院市场港口乡镇社区车站仓库合同标准规程证照票据名录数据接口系统模型报告简报课程"
    "讲座展板手册热线信箱小组专班试点样板季度月度年度夏季冬季汛期假日采购招标运输物流旅游餐饮家政养老托育供水供电燃气环卫园林消防电梯锅炉"
    "危房隧道桥梁航道渔业林业种子农药饲料茶叶蔬菜粮食棉花丝绸瓷器家具玩具服装汽车电池芯片软件影视出版广告会展体育场馆培训考试职称社保公积"
    "住房物业中介评估审计统计税收信贷担保保险基金证券债券租赁典当拍卖外贸口岸检疫计量专利商标版权药品疫苗器械食盐校车驾校加油停车快递网约"
    "共享直播电商支付预付会员积分回执公示抽查复核核销归集比对预警督办回访约谈整改通报评比表彰备案年检巡查暗访调研座谈论坛签约承诺修复异议"
    "申诉调解仲裁司法普法志愿帮扶捐赠慈善"
)
WORDS = tuple(_WORDS[n : n + 2] for n in range(0, len(_WORDS), 2))
VERBS = ("编制", "推进", "建立", "开展", "组织", "完善", "加强", "落实", "公布", "核查", "修订", "汇总")
BODIES = (
    "省发展改革委", "省市场监管局", "省财政厅", "省教育厅", "省商务厅", "省公安厅", "省税务局", "省交通运输厅", "省生态环境厅",
    "省农业农村厅", "省医保局", "省住房城乡建设厅", "省人力资源社会保障厅", "省民政厅", "省司法厅", "人民银行江苏省分行",
)  # fmt: skip
ISSUERS = ("江苏省发展和改革委员会", "江苏省市场监督管理局", "江苏省财政厅", "江苏省商务厅")
TERMS = ("{year}年{month}月底前", "{year}年底前", "长期坚持", "{year}年第三季度", "每季度末", "{year}年{month}月15日前")


@dataclass(frozen=True, slots=True)
class Paper:
    """A page as its site gives it: its number among the papers, title, day and bytes."""

    number: int
    title: str
    day: date
    page: bytes

    @property
    def hints(self) -> Hints:
        """What is known of it from its list."""
        return Hints(media_type="text/html", charset="utf-8", title=self.title, published_on=self.day, region=REGION)


@dataclass(frozen=True, slots=True)
class Reading:
    """A paper as ``Store.ingest`` takes it."""

    capture: CaptureRow
    publication: Publication
    derived: Derived


def paper(number: int) -> Paper:
    """Return one paper; the same number gives the same."""
    chance = random.Random(SEED * 1_000_003 + number)
    day = FIRST + timedelta(chance.randrange(DAYS))
    title = f"江苏省{day.year}年{''.join(chance.sample(WORDS, 4))}信用工作方案"
    said = "".join(f"<p>{sentence(chance, 12)}。</p>\n" for _ in range(6))
    made = rows(chance, day.year, BODIES)
    head = "".join(f"<th>{name}</th>" for name in HEAD)
    number_line = f"<p>苏信用办〔{day.year}〕{number}号</p>\n<p>根据《江苏省{''.join(chance.sample(WORDS, 3))}条例》，制定本方案。</p>\n"
    end = f"<p class='r'>{chance.choice(ISSUERS)}</p>\n<p class='r'>{day.year}年{day.month}月{day.day}日</p>"
    body = f"<h1>{title}</h1>\n{number_line}{said}<table>\n<tr>{head}</tr>\n{made}</table>\n{end}"
    page = f"<html><head><meta charset='utf-8'><title>{escape(title)}</title></head><body><div class='article'>{body}</div></body></html>"
    return Paper(number, title, day, page.encode())


def rows(chance: random.Random, year: int, bodies: Sequence[str], more: int = 0, cell: str = "<td>") -> str:
    """Return the rows of a table of tasks in HTML; behind both clauses of a task stand so many words more."""
    made = []
    for ordinal in range(1, TASKS + 1):
        lead, *partners = chance.sample(bodies, chance.randrange(2, 5))
        term = chance.choice(TERMS).format(year=year, month=chance.randrange(1, 13))
        task = f"{chance.choice(VERBS)}{sentence(chance, 7)}，{chance.choice(VERBS)}{sentence(chance, 5)}"
        task += f"，{sentence(chance, more)}" if more else ""
        made.append("<tr>" + "".join(f"{cell}{said}</td>" for said in (ordinal, task, lead, "、".join(partners), term)) + "</tr>\n")
    return "".join(made)


def sentence(chance: random.Random, words: int) -> str:
    """Return so many words without a mark between them."""
    return "".join(chance.choices(WORDS, k=words))


def reading(number: int) -> Reading:
    """Return a paper with all that is derived from it."""
    made = paper(number)
    at = datetime(made.day.year, made.day.month, made.day.day, 2, tzinfo=UTC) + timedelta(days=1, microseconds=number)
    url, digest = f"https://{SITE}.example.cn/{number}.html", hashlib.sha256(made.page).hexdigest()
    place = Location(f"{SITE}/papers.warc.gz", number * 100_000, 50_000, digest)
    capture = CaptureRow(SITE, "notices", "article", url, 200, "text/html", at, place)
    known = Publication(SITE, "notices", str(number), "article", url, made.title, made.day, hints={"region": REGION})
    return Reading(capture, known, derive(made.page, made.hints))

"""Two hundred documents of our own with numbers, titles and addresses, as four provinces and many bodies would give them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from itertools import product

from normalizers.records import Derived
from storage.identity import document_id
from storage.store import Store
from tests.storage.samples import AT, make_derived, put

MARKS = (
    ("沪发改规范", "310000"), ("沪信用办", "310000"), ("苏信用办发", "320000"), ("苏发改信用", "320000"), ("浙信办", "330000"),
    ("浙发改财金", "330000"), ("皖信用办", "340000"), ("皖发改财金函", "340000"), ("宁政办发", "320000"), ("合信组", "340000"),
)  # fmt: skip
YEARS = (2022, 2023, 2024, 2025)
COUNTS = (1, 12, 103, 7, 58)
TOPICS = (
    "养老机构信用监管", "公路养护企业信用评价", "餐饮后厨公示", "工程招投标承诺", "校外培训预收费存管", "家政服务信用档案",
    "粮食收购信用台账", "检验检测机构分级", "旅行社诚信等级", "物业服务企业评价",
)  # fmt: skip
SIGNS = "春夏秋冬山河湖海林泉金木水火土日月星石田"
KINDS = ("工作方案", "实施细则", "任务安排", "管理办法", "行动计划")


@dataclass(frozen=True)
class Paper:
    """One document: what it is called, where it stands, and its identifier in the store."""

    key: str
    number: str
    who: str
    year: int
    count: int
    title: str
    url: str
    region: str
    id: str = ""


def papers() -> list[Paper]:
    """Return two hundred papers; no two have a number, a title or an address in common."""
    out = []
    for n, ((who, region), year, count) in enumerate(product(MARKS, YEARS, COUNTS)):
        title = f"江口{SIGNS[n // 20]}{SIGNS[n % 20]}区{year}年{TOPICS[n % 10]}{KINDS[(n // 10) % 5]}"
        url = (
            f"https://www.jiangkou.example.cn/xxgk/{year}/art_{30000 + n}.html"
            if n % 2
            else f"http://jiangkou.example.cn/content/show.jsp?id={40000 + n}&lm=7"
        )
        out.append(Paper(str(30000 + n), f"{who}〔{year}〕{count}号", who, year, count, title, url, region))
    return out


def stored(store: Store) -> list[Paper]:
    """Put the papers into a store and return them with their identifiers."""
    run = store.begin_run("jiangkou", ["notices"], AT, name="江口信用网", region="310000")
    out = []
    for paper in papers():
        put(store, run, paper.key, derived(paper), url=paper.url, title=paper.title)
        out.append(replace(paper, id=document_id("jiangkou", paper.key)))
    store.end_run(run, "complete", "", {}, AT)
    return out


def derived(paper: Paper) -> Derived:
    """Return what is read out of a paper: its texts have no words in common that would make two of them one work."""
    lines = tuple(f"{part}：{paper.title}之{part}，{paper.who}{paper.count}另行规定" for part in ("总则", "分工", "附则"))
    return make_derived(
        paper.title,
        lines,
        tasks=False,
        document_number=paper.number,
        published_on=date(paper.year, 3, 5),
        regions=(paper.region,),
        signature=(),
    )

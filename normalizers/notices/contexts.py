"""What a document, a caption or a lead-in says of the public credit records below it: kind, list, colour, and whether it ends them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from normalizers.metadata.kind import kind_of
from normalizers.notices.list_words import pattern, said
from normalizers.notices.records import Colour, NoticeKind
from normalizers.records import BlockKind, Document, DocumentKind, Hints, Metadata

ENDS = frozenset({NoticeKind.REPAIR, NoticeKind.WITHDRAWAL})
_RULES = frozenset(
    {
        DocumentKind.MEASURES,
        DocumentKind.REGULATION,
        DocumentKind.PLAN,
        DocumentKind.OPINION,
        DocumentKind.WORK_POINTS,
        DocumentKind.NEWS,
        DocumentKind.CASE,
        DocumentKind.REPLY,
        DocumentKind.LETTER,
    }
)
"""Kinds of documents that speak of lists and hold none."""
MAX_CAPTION = 200
"""Characters of a title, caption or lead-in that are looked at."""
_LIST = re.compile(r"[^，。；：、（）()《》“”\"\s]{2,40}?(?:名单|名录|黑榜|红榜|光荣榜)|[^，。；：、（）()《》“”\"\s]{2,40}?记录")
_DONE = re.compile(
    r"^.*(?:关于|公布|公示|发布|认定|列入|纳入|移出|移除|撤销|撤消|撤下|退出|解除|部分(?:企业|单位|主体)?|现将|拟|将|其|该|我[省市区县]|[0-9一二三四五六七八九十][家户个])"
)
_ENDED_LIST = re.compile(r"(?<=[单录])(?:撤销|撤消|移出|移除|退出|解除|修复)名单")
_NO_LIST = re.compile(r"(?:企业|单位|主体|公示|部分|相关|有关|公司|第?[一二三四五六七八九十\d]+批)*(?:名单|名录|记录)")
REPORT_HEAD = 400
"""Characters at the beginning and the end of a text in which a newspaper names itself."""
_REPORT = re.compile(
    r"本报讯|本[网台]讯|新华社|中新[社网]|[0-9一二三四五六七八九十]日[电讯]|记者|通讯员|来源[：:].{0,12}(?:[日晚早商快]报|新华|融媒|电视台)|责任?编辑?[：:]"
)
MIN_LIST = 4
"""Characters of the shortest name of a list."""
_YEAR = re.compile(r"^(?:(?:19|20)\d\d年?(?:度|第?[一二三四\d]季度|[上下]半年|\d{1,2}月份?)?|第?[一二三四五六七八九十\d]+批次?|的)+")
_FILE = re.compile(r"\.[A-Za-z]{2,5}$")
_FORM = re.compile(r"的?(?:情况|信息|明细)?(?:公示|公告|通报|通知|通告|公布|汇总|一览|统计)?表?(?:[（(][^（）()]{1,20}[）)])?$")
_PURCHASE = re.compile(r"(?:政府)?采购(?=(?:领域|活动|供应商|代理机构)*(?:严重|违法|失信|不良|黑名单|行政处罚))")
"""A field in which firms break the law, and no purchase that a title is about."""
_NAMED_RULE = re.compile(r"《[^《》]{2,60}》")


@dataclass(frozen=True, slots=True)
class ListContext:
    """What the records below are. ``kind`` may be a repair or withdrawal; ``colour`` and ``list_name`` are then those of the list left."""

    kind: NoticeKind
    colour: Colour | None = None
    list_name: str = ""

    @property
    def ends(self) -> bool:
        """Tell whether the records end earlier ones."""
        return self.kind in ENDS


def context_of(text: str) -> ListContext | None:
    """Return what a title, a caption or a lead-in says of the records below it, ``None`` where it announces none."""
    flat = "".join(text.split())[:MAX_CAPTION]
    flat = _NAMED_RULE.sub("", flat) if not re.fullmatch(r"《.*》", flat) else flat[1:-1]
    if not flat or pattern("barred").search(_PURCHASE.sub("", flat)) or not pattern("listing").search(flat) or kind_of(flat) in _RULES:
        return None
    subject = next((row for row in said("subjects") if row.pattern.search(flat)), None)
    end = next((row for row in said("ends") if row.pattern.search(flat)), None)
    if end and pattern("ended").search(flat):
        return ListContext(end.kind, subject.colour if subject else None, list_name_in(flat))
    if subject is None:
        return None
    return ListContext(subject.kind, subject.colour, list_name_in(flat))


def list_name_in(title: str) -> str:
    """Return the name of the list that a title speaks of, without year, batch and what is done to it; empty where it names none."""
    flat = _ENDED_LIST.sub("", "".join(title.split())[:MAX_CAPTION])
    for piece in reversed([found[0] for found in _LIST.finditer(flat)]):
        name = _YEAR.sub("", _DONE.sub("", piece))
        if len(name) >= MIN_LIST and not _NO_LIST.fullmatch(name):
            return name
    return ""


def list_title(title: str) -> str:
    """Return what a title that names no list (名单) says of the records: without year, file ending and the form of publication."""
    bare = _FILE.sub("", "".join(title.split()))
    return _YEAR.sub("", re.sub(r"^关于(?:公布|公示|发布|公开)?", "", _FORM.sub("", bare)))[:MAX_CAPTION]


def context_of_document(document: Document, metadata: Metadata, hints: Hints) -> ListContext | None:
    """Return what a document's titles say of the records in it; of a rule, a plan, a letter or a report ``None``."""
    titles = [metadata.title, hints.title, *(block.text for block in document.blocks[:20] if block.kind is BlockKind.TITLE)]
    if any(title and kind_of(title) in _RULES for title in titles[:2]) or _is_report(document):
        return None
    return first_context([*titles, hints.file_name.rpartition(".")[0]])


def _is_report(document: Document) -> bool:
    """Tell whether a text is a newspaper's, by how it begins and ends: it tells of a list, and is none."""
    texts = [block.text for block in document.blocks if block.table is None]
    return not any(block.table is not None for block in document.blocks) and bool(
        _REPORT.search("\n".join(texts)[:REPORT_HEAD]) or _REPORT.search("\n".join(texts[-3:])[-REPORT_HEAD:])
    )


def first_context(texts: Iterable[str]) -> ListContext | None:
    """Return the first context that one of the texts states."""
    return next((context for text in texts if text and (context := context_of(text))), None)

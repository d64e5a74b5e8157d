"""Ask the record programs of the replica as a reader of their shapes would; knows nothing of the spiders."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

from harvester.replica.server import Replica
from tests.replica.client import Reply, ask

DICTIONARY = "/credit-front/doublepublic/dictData"
QUERY = "/credit-front/credit/query/"
FRAGMENTS = "/credit/p/two_publicity/webPageList.do"


def dictionary(replica: Replica, kind: str, page: int = 1, department: str = "") -> dict[str, Any]:
    """Return an answer of Shanghai's JSON, asked again when it is empty."""
    query = urlencode({"f": 0, "page": page, "type": kind, "p": "", "d": department, "title": ""})
    for _ in range(2):
        answer: dict[str, Any] = json.loads(ask(f"{replica.bases['shanghai_records']}{DICTIONARY}?{query}").body)
        if answer["list"] or answer["total"]:
            break
    return answer


def fragment(replica: Replica, kind: str, page: int) -> Reply:
    return ask(f"{replica.bases['jiangsu_records']}{FRAGMENTS}?_type={kind}&webInvokeCondition=%7B%7D&currPage={page}&pageSize=100")


def uks(reply: Reply) -> list[str]:
    return re.findall(r"detail\('([0-9A-F]{32})'\)", reply.text())


def pairs(reply: Reply, label: str, value: str, charset: str = "utf-8") -> dict[str, str]:
    """Return the labels and values of a detail."""
    page = reply.page(charset)
    labels, values = page.css(label), page.css(value)
    return {a.xpath("string()").get(""): b.xpath("string()").get("") for a, b in zip(labels, values, strict=True)}


def store(replica: Replica, path: str, form: str, first: int, last: int, step: int) -> Reply:
    target = f"{replica.bases['zhejiang_records']}{path}?startrecord={first}&endrecord={last}&perpage={step}&totalRecord=999"
    return ask(target, "POST", form, {"Content-Type": "application/x-www-form-urlencoded"})


def entries(reply: Reply) -> list[str]:
    found = re.fullmatch(r"var dataStore = (\[.*\]);", reply.text("gbk"), re.DOTALL)
    assert found
    read: list[str] = json.loads(found[1])
    return read


def all_entries(replica: Replica, path: str, form: str, step: int) -> Iterator[str]:
    first = 1
    while found := entries(store(replica, path, form, first, first + 10 * step - 1, step)):
        yield from found
        first += 10 * step


def anhui(replica: Replica, path: str) -> Reply:
    return ask(replica.bases["anhui_records"] + quote(path, safe="/?=&%"))

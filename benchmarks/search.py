"""Time the search over many documents and tasks, and hold its answers against plain substrings; print one JSON object.

python -m benchmarks.search [--documents N] [--tasks N] [--length N] [--asked N] [--only sqlite|postgresql] [--keep FOLDER]

A store that lies in ``--keep`` already is used as it is: it must hold as many documents and tasks of the same length. Texts are drawn:
words of public credit documents first by a law of Zipf, and for each document words of one of many matters, so that some words stand
nearly everywhere (信用 in nine of ten documents) and most in few. Words of 1, 2, 3 and 6 characters are cut from the texts: evenly from all
that occur (``even``), by how often they occur (``frequent``), and the commonest (``common``).
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Boolean, Connection, Date, Float, Integer, LargeBinary, Table, insert, select, text

from benchmarks.servers import postgres
from normalizers.records import DocumentKind
from storage import line_triggers, schema, search, searching
from storage.line_schema import document_lines, line_choices, line_numbers, task_lines
from storage.places import first_line, place_of
from storage.search_plans import holding
from storage.selection import Filters
from storage.store import Store
from storage.types import UtcTime

LENGTHS = (1, 2, 3, 6)
PAGE = 20
TASK_LENGTH = 60
AT = datetime(2026, 1, 1, tzinfo=UTC)
TERMS = """
信用 监管 修复 企业 体系 建设 社会信用体系 管理 工作 部门 公共信用信息 平台 数据 共享 行政处罚 公示 失信主体 守信激励 承诺 制度
办法 目录 评价 分级分类 市场主体 政府 机关 单位 发展改革 财政 银行 金融机构 融资 中小微企业 服务 推进 加强 完善 落实 责任
实施方案 通知 意见 全市 全省 各区 人民政府 办公室 牵头 配合 完成 年底前 按照 要求 开展 建立健全 规范 统一社会信用代码 标准 归集
应用 查询 信用报告 异议处理 权益 保护 安全 法律法规 规定 依法依规 应当 或者 以及 进行 有关 相关 重点领域 行业协会 合同履约
招标投标 政府采购 生态环境 税务 海关 食品药品 质量 价格 交通运输 教育 医疗卫生 文化旅游 住房城乡建设 安全生产 知识产权 人力资源
统计 电子商务
""".split()  # noqa: SIM905 -- a page of words
MATTERS, OF_A_MATTER, WORDS = 400, 80, 30_000

Texts = list[str]


# --- texts ---------------------------------------------------------------------------------------------------------------


class Drawn:
    """Words and texts drawn by chance, the same for the same seed."""

    def __init__(self, seed: int = 5) -> None:
        self.random = np.random.default_rng(seed)
        # The characters of GB/T 2312 that are in common use.
        common = [bytes((row, cell)).decode("gb2312") for row in range(0xB0, 0xD7) for cell in range(0xA1, 0xFF)]
        chars = self.random.permutation(np.array(common, dtype=object))
        lengths = self.random.choice([1, 2, 3, 4], WORDS, p=[0.04, 0.62, 0.2, 0.14])
        drawn = ("".join(self.random.choice(chars, n, p=_zipf(len(chars), 0.8))) for n in lengths)
        self.words = np.array([*TERMS, *(word for word in drawn if word not in TERMS)], dtype=object)
        self.matters = [self.random.choice(self.words[len(TERMS) :], OF_A_MATTER) for _ in range(MATTERS)]

    def texts(self, count: int, length: int, share: float = 0.9) -> Iterator[str]:
        """Yield texts of about so many characters; 信用 stands in at least this share of them."""
        size = max(4, round(length / 2.4))
        general, special = _zipf(len(self.words), 1.05), _zipf(OF_A_MATTER, 0.7)
        for start in range(0, count, 2000):
            rows = min(2000, count - start)
            picks = self.words[self.random.choice(len(self.words), (rows, size), p=general)]
            of_matter = self.random.choice(OF_A_MATTER, (rows, size), p=special)
            own, which = self.random.random((rows, size)) < 0.5, self.random.integers(MATTERS, size=rows)
            for row in range(rows):
                said = np.where(own[row], self.matters[which[row]][of_matter[row]], picks[row])
                if self.random.random() < share:
                    said[self.random.integers(size)] = "信用"
                yield "".join(word + ("。" if at % 11 == 10 else "，" if at % 5 == 4 else "") for at, word in enumerate(said))


def _zipf(count: int, power: float) -> Any:  # noqa: ANN401 -- an array
    weights = 1 / np.arange(1, count + 1) ** power
    return weights / weights.sum()


# --- store ---------------------------------------------------------------------------------------------------------------


_LISTS = ("repairs", "warnings", "suggestions", "milestones", "sections")


def blank(table: Table) -> dict[str, Any]:
    """Return a row in which every column that must be there has a value without meaning."""
    values: dict[str, Any] = {}
    for column in table.columns:
        if column.nullable or (column.primary_key and column.autoincrement is True):
            continue
        kind, name = column.type, column.name
        if name.endswith(("_hash", "sha256")):
            values[name] = "0" * 64
        elif name == "fingerprint":
            values[name] = "0" * 16
        elif isinstance(kind, UtcTime):
            values[name] = AT
        elif isinstance(kind, Date):
            values[name] = AT.date()
        elif isinstance(kind, Boolean):
            values[name] = False
        elif isinstance(kind, Integer | Float):
            values[name] = 0
        elif isinstance(kind, LargeBinary):
            values[name] = b""
        else:
            values[name] = [] if name in _LISTS else {} if name in ("hints", "counters") else ""
    return values


def fill(store: Store, documents: Sequence[str], tasks: Sequence[str]) -> dict[str, float]:
    """Write documents and tasks, and index them by ``search.write``; return the seconds that each took."""
    spent = {"rows": 0.0, "index": 0.0}
    each = len(tasks) // max(1, len(documents))
    with store.writing() as connection:
        line_triggers.drop(connection)
        _write_frame(connection)
        _without_gin(connection)
        for start in range(0, len(documents), 1000):
            some = list(enumerate(documents[start : start + 1000], start))
            begun = time.perf_counter()
            rows = [_document(number, told, each) for number, told in some]
            said = [_task(number, n, tasks[number * each + n - 1]) for number, _ in some for n in range(1, each + 1)]
            _write(connection, rows, said)
            spent["rows"] += time.perf_counter() - begun
            begun = time.perf_counter()
            search.write(connection, search.DOCUMENTS, [_entry(row) | {"version": 1} for row in rows])
            search.write(connection, search.TASKS, [_entry(row) | {"task_id": row["id"]} for row in said])
            spent["index"] += time.perf_counter() - begun
        begun = time.perf_counter()
        _with_gin(connection)
        spent["index"] += time.perf_counter() - begun
        line_triggers.create(connection)
    return spent


def _write_frame(connection: Connection) -> None:
    connection.execute(insert(schema.sites), [blank(schema.sites) | {"id": f"site{n}"} for n in range(40)])
    run = blank(schema.runs) | {"id": "run", "site": "site0"}
    connection.execute(insert(schema.runs), [run])
    capture = {"id": 1, "run": "run", "kind": "article", "status": 200, "file": "f", "file_length": 1}
    connection.execute(insert(schema.captures), [blank(schema.captures) | capture])


def _document(number: int, told: str, each: int) -> dict[str, Any]:
    day = date(2010, 1, 1) + timedelta(days=number % 5800)
    title, _, rest = told.partition("，")
    line = first_line(day) + number // 5800
    place = {"id": f"d{number:011}", "line": line, "place": place_of(line), "day": day, "site": f"site{number % 40}"}
    return place | {"title": f"关于{title[:30]}的通知", "text": rest or told, "tasks": each}


def _task(number: int, ordinal: int, told: str) -> dict[str, Any]:
    owner = _document(number, "", 0)
    place = {"place": place_of(owner["line"], ordinal), "ordinal": ordinal, "document_id": owner["id"], "site": owner["site"]}
    return place | {"id": f"{owner['id']}.1.t{ordinal}", "title": "", "text": told}


def _entry(row: dict[str, Any]) -> dict[str, Any]:
    head = "\n\n".join(filter(None, (row["title"], row["text"])))
    said = {"title": search.folded(row["title"]), "folded": search.folded(head), "marks": f"s:{row['site']} r:31 k:other"}
    return {"id": row["place"], "document_id": row.get("document_id", row["id"])} | said


def _write(connection: Connection, rows: Sequence[dict[str, Any]], tasks: Sequence[dict[str, Any]]) -> None:
    found: dict[Table, list[dict[str, Any]]] = {
        schema.works: [{"id": row["id"], "title": "", "reason": "single"} for row in rows],
        schema.documents: [
            {"id": row["id"], "work_id": row["id"], "key": row["id"], "kind": "article", "state": "live", "version": 1} | _of(row)
            for row in rows
        ],
        schema.versions: [
            {"document_id": row["id"], "number": 1, "change": "first", "capture_id": 1, "document_kind": DocumentKind.OTHER}
            | {"title": row["title"], "text": row["text"], "published_on": row["day"]}
            for row in rows
        ],
        line_numbers: [{"document_id": row["id"], "line": row["line"]} for row in rows],
        document_lines: [
            {"document_id": row["id"], "place": row["place"], "version": 1, "counted": True, "copies": 1, "published_on": row["day"]}
            | _of(row)
            for row in rows
        ],
        line_choices: [
            {"site": site, "stem": "", "place": row["place"], "counted": True, "copies": 1} for row in rows for site in ("", row["site"])
        ],
        schema.tasks: [
            {name: row[name] for name in ("id", "document_id", "ordinal", "text")} | {"version": 1, "lasting_id": row["id"]}
            for row in tasks
        ],
        task_lines: [{"place": row["place"], "task_id": row["id"], "lasting_id": row["id"]} for row in tasks],
    }
    for table, some in found.items():
        filler = blank(table)
        if some:
            connection.execute(insert(table), [filler | row for row in some])


def _of(row: dict[str, Any]) -> dict[str, Any]:
    return {"site": row["site"], "title": row["title"], "url": f"https://{row['site']}.example.cn/{row['id']}"}


def _without_gin(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        for name in ("search_document_terms", "search_task_terms"):
            connection.execute(text(f"DROP INDEX ix_{name}_terms"))


def _with_gin(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL maintenance_work_mem = '1GB'"))
        for name in ("search_document_terms", "search_task_terms"):
            connection.execute(text(f"CREATE INDEX ix_{name}_terms ON {name} USING gin (terms) WITH (gin_pending_list_limit = 1024)"))


# --- truth ---------------------------------------------------------------------------------------------------------------


class Truth:
    """All folded texts in one string, to look for words in without an index."""

    def __init__(self, entries: Sequence[tuple[int, str]]) -> None:
        self.joined = "\0".join(held for _, held in entries)
        sizes = np.array([len(held) + 1 for _, held in entries])
        self.starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
        self.places = np.array([place for place, _ in entries])

    def places_of(self, word: str) -> set[int]:
        """Return the places of the texts that hold a word."""
        at = np.fromiter((found.start() for found in re.finditer(re.escape(word), self.joined)), dtype=np.int64)
        return set(self.places[np.unique(np.searchsorted(self.starts, at, side="right") - 1)].tolist())


def words_to_ask(documents: Sequence[str], length: int, asked: int, seed: int = 7) -> dict[str, list[str]]:
    """Return words of a length that occur: drawn evenly, by frequency, and the commonest, of up to 20,000 documents."""
    random = np.random.default_rng(seed + length)
    some = [documents[n] for n in random.choice(len(documents), min(20_000, len(documents)), replace=False)]
    counts: Counter[str] = Counter()
    for told in some:
        for piece in search.folded(told).split("\n"):
            counts.update({piece[at : at + length] for at in range(len(piece) - length + 1)})
    known = sorted(counts)
    weights = np.array([counts[word] for word in known], dtype=float)
    even = random.choice(np.array(known, dtype=object), min(asked, len(known)), replace=False)
    frequent = random.choice(np.array(known, dtype=object), asked, p=weights / weights.sum())
    return {"even": list(even), "frequent": list(frequent), "common": [word for word, _ in counts.most_common(20)]}


# --- measure -------------------------------------------------------------------------------------------------------------


def ask(store: Store, truths: dict[str, Truth], words: Sequence[str]) -> dict[str, Any]:
    """Return what was measured of one kind of words: times in milliseconds, what was found against the truth, and bounded counts."""
    times: list[float] = []
    worked: list[float] = []
    hits = wanted = right = bounded = wrong = 0
    for word in words:
        begun, busy = time.perf_counter(), time.process_time()
        answer = searching.search(store, word, Filters(limit=PAGE))
        times.append((time.perf_counter() - begun) * 1000)
        worked.append((time.process_time() - busy) * 1000)
        newest: list[int] = []
        for kind, truth in truths.items():
            meant = truth.places_of(word)
            with store.reading() as connection:
                which = search.TASKS if kind == "task" else search.DOCUMENTS
                found = set(connection.execute(holding(connection.dialect.name, which, ((word,),))).scalars())
            hits, wanted, right = hits + len(found), wanted + len(meant), right + len(found & meant)
            bounded += answer["at_least"][kind]
            counted = answer["counts"][kind]
            wrong += counted > len(meant) if answer["at_least"][kind] else counted != len(meant)
            newest += meant
        wrong += not {hit["place"] for hit in answer["hits"]} <= set(newest) or len(answer["hits"]) != min(PAGE, len(newest))
    times.sort()
    worked.sort()
    timed = {"p50_ms": statistics.median(times), "p95_ms": times[int(len(times) * 0.95)], "max_ms": times[-1]}
    timed |= {"own_processor_p50_ms": statistics.median(worked), "own_processor_p95_ms": worked[int(len(worked) * 0.95)]}
    told = {"asked": len(words), "recall": right / wanted if wanted else 1.0, "precision": right / hits if hits else 1.0}
    return told | {name: round(value, 1) for name, value in timed.items()} | {"bounded_counts": bounded, "wrong_answers": wrong}


def size_of(store: Store) -> dict[str, int]:
    """Return the bytes of the index: its terms, and the texts by which they are checked and removed."""
    names = ("search_document_terms", "search_task_terms", "search_document_entries", "search_task_entries")
    with store.reading() as connection:
        if connection.dialect.name == "sqlite":
            query = "SELECT coalesce(sum(pgsize), 0) FROM dbstat WHERE name = :name OR name LIKE :name || '\\_%' ESCAPE '\\'"
            try:
                return {name: connection.execute(text(query), {"name": name}).scalar_one() for name in names}
            except Exception:  # noqa: BLE001 -- SQLite may be built without dbstat
                return {}
        return {name: connection.execute(text("SELECT pg_total_relation_size(:name)"), {"name": name}).scalar_one() for name in names}


def main(arguments: Sequence[str]) -> None:
    """Fill a store, ask it, and print what was measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search")
    for name, value in {"documents": 200_000, "tasks": 1_000_000, "length": 100, "asked": 25}.items():
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    parser.add_argument("--keep", type=Path, help="a folder that keeps the stores")
    options = parser.parse_args(arguments)
    drawn = Drawn()
    documents = list(drawn.texts(options.documents, options.length))
    tasks = list(drawn.texts(options.tasks, TASK_LENGTH, 0.4))
    found: dict[str, Any] = {name: getattr(options, name) for name in ("documents", "tasks", "length", "asked")}
    with tempfile.TemporaryDirectory(prefix="harvester-search-") as passing:
        folder = options.keep or Path(passing)
        folder.mkdir(parents=True, exist_ok=True)
        if options.only != "postgresql":
            found["sqlite"] = bench(f"sqlite:///{folder}/search.sqlite", documents, tasks, options.asked)
        if options.only != "sqlite":
            with postgres(folder) as url:
                found["postgresql"] = bench(url, documents, tasks, options.asked)
    print(json.dumps(found, ensure_ascii=False, indent=1))


def bench(url: str, documents: Texts, tasks: Texts, asked: int) -> dict[str, Any]:
    """Fill a store unless it is there, and return what is measured on it."""
    with Store.open(url, create=True) as store:
        with store.reading() as connection:
            there = connection.execute(select(document_lines.c.place).limit(1)).first() is not None
        built = {} if there else _built(store, documents, tasks)
        print(f"{store.url.get_backend_name()}: filled", built, file=sys.stderr)
        return built | measured(store, documents, tasks, asked)


def _built(store: Store, documents: Texts, tasks: Texts) -> dict[str, Any]:
    spent = fill(store, documents, tasks)
    with store.engine.connect() as connection:
        analyse = "VACUUM ANALYZE" if connection.dialect.name == "postgresql" else "ANALYZE"
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text(analyse))
    told = {"build_seconds": {name: round(value, 1) for name, value in spent.items()}}
    return told | {"entries_per_second": round((len(documents) + len(tasks)) / spent["index"])}


def measured(store: Store, documents: Texts, tasks: Texts, asked: int) -> dict[str, Any]:
    """Return what asking one store takes, and how far its answers are right."""
    each = len(tasks) // max(1, len(documents))
    rows = [_entry(_document(n, told, each)) for n, told in enumerate(documents)]
    said = [_entry(_task(n // each, n % each + 1, told)) for n, told in enumerate(tasks)] if each else []
    truths = {"document": Truth([(row["id"], row["folded"]) for row in rows])}
    truths |= {"task": Truth([(row["id"], row["folded"]) for row in said])} if said else {}
    found: dict[str, Any] = {}
    for length in LENGTHS:
        found[str(length)] = {kind: ask(store, truths, words) for kind, words in words_to_ask(documents, length, asked).items()}
        print(length, found[str(length)], file=sys.stderr)
    return {"bytes": size_of(store)} | found


if __name__ == "__main__":
    main(sys.argv[1:])

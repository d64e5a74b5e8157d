"""Run the benchmarks and print one JSON object: seconds (median of several), bytes or characters, and the ratios that matter.

python -m benchmarks [NAME...]     NAME: text, derive, crawl, compare (all pairs: python -m benchmarks.compare)
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.compare import bench_compare
from harvester.config import Config
from harvester.crawl import crawl
from harvester.replica.server import Replica
from normalizers.derive import derive
from normalizers.records import Hints
from normalizers.text.clean import clean

REPEAT = 5
PARAGRAPH = "市发展改革委会同市财政局、市市场监管局等部门，建立健全信用信息归集共享机制，推动在行政审批、政府采购等领域查询使用信用记录。\n"
DAMAGED = "市發(fā)展改革委會同市財政局,建立健全信用信息歸集共享機制,推動(dòng)在行政審批、政府采購等領(lǐng)域查詢使用信用記錄。\n"
ROW = (
    "<tr><td>{n}</td><td>推动第{n}类主体信用信息归集，完善共享目录。</td>"
    "<td>市发展改革委</td><td>市财政局、各区人民政府</td><td>2026年{m}月底前</td></tr>"
)


def median(action: Callable[[], object]) -> float:
    """Return the median seconds of several runs, after one that does not count."""
    action()
    times = []
    for _ in range(REPEAT):
        begun = time.perf_counter()
        action()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def bench_text() -> dict[str, float]:
    """Time the cleaning of clean and of damaged text, and the least that looking at a text costs."""
    good, bad = PARAGRAPH * 1000, DAMAGED * 1000
    look = median(lambda: sum(c == "。" for c in good))
    tidy, repaired = median(lambda: clean(good)), median(lambda: clean(bad))
    return {
        "characters": len(good),
        "look": look,
        "clean": tidy,
        "repair": repaired,
        "clean/look": tidy / look,
        "repair/clean": repaired / tidy,
    }


def bench_derive() -> dict[str, float]:
    """Time everything between a page's bytes and its records, for a table of 200 tasks."""
    rows = "".join(ROW.format(n=n, m=n % 12 + 1) for n in range(200))
    head = "<tr><th>序号</th><th>主要任务</th><th>牵头单位</th><th>配合单位</th><th>完成时限</th></tr>"
    page = f"<html><body><div class='TRS_Editor'><h1>2026年信用工作要点</h1><table>{head}{rows}</table></div></body></html>".encode()
    seconds = median(lambda: derive(page, Hints(media_type="text/html", region="310000")))
    return {"tasks": 200, "seconds": seconds, "tasks/second": 200 / seconds}


def bench_crawl() -> dict[str, float]:
    """Time a first and a second crawl of the replica of one site, without pauses."""
    with tempfile.TemporaryDirectory() as folder, Replica(["shanghai"]) as replica:
        config = Config(store=f"sqlite:///{folder}/bench.sqlite", archive=Path(folder) / "archive", bases=replica.bases, pace=0)
        begun = time.perf_counter()
        first = crawl(["shanghai"], config)[0]
        between = time.perf_counter()
        crawl(["shanghai"], config)
        ended = time.perf_counter()
    return {
        "documents": first.documents,
        "first": between - begun,
        "second": ended - between,
        "second/first": (ended - between) / (between - begun),
    }


BENCHMARKS: dict[str, Callable[[], dict[str, float]]] = {
    "text": bench_text,
    "derive": bench_derive,
    "crawl": bench_crawl,
    "compare": bench_compare,
}


def main() -> None:
    """Run the benchmarks named on the command line, or all."""
    names = sys.argv[1:] or list(BENCHMARKS)
    print(json.dumps({name: BENCHMARKS[name]() for name in names}, indent=1))


if __name__ == "__main__":
    main()

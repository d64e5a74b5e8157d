"""Small sites with a fault each, crawled side by side in one process: lists as long as their sheets promise, and no longer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta

from harvester.replica.document import ReplicaDocument
from harvester.replica.server import Replica

LAST = date(2026, 9, 24)
"""The day of the newest document."""
SIZES: Mapping[str, Mapping[str, int]] = {
    "shanghai": {"tzgg": 12, "zcwj": 11, "ndjh": 6},
    "jiangsu": {"": 32},
    "zhejiang": {"": 17},
    "anhui": {"": 17},
    "national": {"": 22},
    "suzhou_sip": {"tzgg": 12, "gndt": 6, "bdfg": 6},
}
"""Documents by section; every list but the smallest has a second page."""
MATTERS = ("信用监管", "信用修复", "信用承诺", "信用评价", "联合奖惩", "诚信宣传", "信息共享", "权益保护")


def documents(site: str) -> list[ReplicaDocument]:
    """Return the documents of a small site, the newest first in each section, one every two days."""
    return [
        ReplicaDocument(section, title(section, n), LAST - timedelta(days=2 * n), body(n), site=site)
        for section, count in SIZES[site].items()
        for n in range(count)
    ]


def title(section: str, n: int) -> str:
    return f"关于{MATTERS[n % len(MATTERS)]}工作第{n + 1}次会议的通报{section}"


def body(n: int) -> str:
    matter = MATTERS[n % len(MATTERS)]
    return f"<p>会议听取了{matter}情况，讨论了{n + 3}项议题，要求各单位按期报送材料。</p><p>下一次会议的时间和地点另行通知。</p>"


@contextmanager
def small_sites() -> Iterator[dict[str, Replica]]:
    """Serve every small site by a server of its own, so that each may have another fault."""
    with ExitStack() as stack:
        yield {site: stack.enter_context(Replica([site], extra=documents(site), own_content=False, delay=6.0)) for site in SIZES}


def bases(sites: Mapping[str, Replica]) -> dict[str, str]:
    return {name: replica.bases[name] for name, replica in sites.items()}

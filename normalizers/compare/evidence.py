"""How alike two tasks are: by the words that few other tasks share, the opening phrase, the bodies, and the tasks around them.

Tasks of one field repeat formulas (加强…信用监管): what a dozen tasks share tells none of them apart. A pair of characters counts the less
the more tasks hold it, and likeness to a task counts the less the more a task is like its own neighbours.
"""

from __future__ import annotations

import heapq
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from normalizers.records import Agency, Task
from normalizers.text.fold import fold

CROWDED = 60
"""A pair of characters in more tasks than this says nothing about which of them is meant."""
CANDIDATES = 8
"""Tasks that are weighed in full against each one: those that share most with it."""
FORMULA_WEIGHT = 0.3
HEAD = 5
"""Folded characters that an opening phrase has at least: 建立目录 opens many tasks."""

_FORMULAS = (
    "加强 加快 加大 建立 建设 健全 完善 推进 推动 推行 推广 开展 实施 组织 制定 制订 编制 规范 强化 深化 优化 探索 落实 做好 积极 进一步 "
    "信用 信息 诚信 系统 机制 制度 体系 平台 工作 管理 监管 服务 企业 单位 部门 社会 公共 行业 领域 主体 归集 共享 应用 公示 公开 评价 "
    "依法 按照 有关 相关 重点 全市 全省 全面 市场 及时 定期 每年 结果 档案 长三角 区域 三省一市 政务 守信 失信 联合 奖惩 激励 惩戒"
)
_COUNTED = "万亿倍%％‰个家项件人年月日元分吨公米"
_NUMBERING = re.compile(
    rf"^\s*(?:第[一二三四五六七八九十百\d]{{1,4}}[条章节项款]|[（(][一二三四五六七八九十百\d]{{1,4}}[）)]"
    rf"|(?:[一二三四五六七八九十百]{{1,4}}|\d{{1,3}}(?:\.\d{{1,3}}){{0,3}})[、.．)）](?!\d)"
    rf"|\d{{1,3}}(?:\.\d{{1,3}}){{1,3}}(?!\s{{0,3}}[\d.{_COUNTED}])|[①-⑳㈠-㈩⑴-⒛]|\d{{1,3}}(?=\s+[^\d\s{_COUNTED}]))\s*(?=\S)"
)
_UNIT = re.compile(r"[0-9a-z.%]+|.", re.DOTALL)
_PHRASE_END = re.compile(r"[。，；：、,;:\n（(]")


def unnumbered(text: str) -> str:
    """Return a text without the numbers that stand before it."""
    for _ in range(2):
        shorter = _NUMBERING.sub("", text, count=1)
        if shorter == text:
            break
        text = shorter
    return text


def body_key(agency: Agency) -> str:
    """Return what tells a body from others: its identifier where it is resolved, its folded mention where not."""
    return agency.id if agency.resolved and agency.id else fold(agency.mention)


@dataclass(frozen=True, slots=True)
class Profile:
    """A task as it is weighed.

    ``weights`` are its pairs of characters, ``weight`` their sum; ``head`` is its opening phrase where no other task opens so, ``place``
    its number and section.
    """

    at: int
    text: str
    head: str
    place: tuple[str, str]
    bodies: frozenset[str]
    weights: dict[str, float]
    weight: float


def _pairs(text: str) -> set[str]:
    """Return what a folded text is weighed by: pairs of characters, and whole numbers and Latin words with what stands before them."""
    units = _UNIT.findall(text)
    return {"".join(pair) for pair in pairwise(units)} or set(units)


_FORMULA_PAIRS = frozenset(pair for word in _FORMULAS.split() for pair in _pairs(word))


def _head(text: str) -> str:
    found = _PHRASE_END.search(text)
    head = fold(text[: found.start()] if found else text)
    return head if len(head) >= HEAD else ""


def section_key(section: str) -> str:
    """Return what a section's heading says, without its numbers."""
    return "/".join(fold(unnumbered(part)) for part in section.split(" / "))


def profiles(old: Sequence[Task], new: Sequence[Task]) -> tuple[list[Profile], list[Profile]]:
    """Return the tasks of both sides as they are weighed."""
    texts = [[unnumbered(task.text) for task in side] for side in (old, new)]
    pairs = [[_pairs(fold(text)) for text in side] for side in texts]
    counts = [Counter(pair for found in side for pair in found) for side in pairs]
    heads = [[_head(text) for text in side] for side in texts]
    known = [Counter(side) for side in heads]
    out: tuple[list[Profile], list[Profile]] = ([], [])
    for side, tasks in enumerate((old, new)):
        for at, task in enumerate(tasks):
            weights = {pair: _weight(pair, max(count[pair] for count in counts)) for pair in pairs[side][at]}
            head = heads[side][at]
            alone = head if known[0][head] <= 1 and known[1][head] <= 1 else ""
            bodies = frozenset(body_key(a) for role in ("lead", "partner", "responsible") for a in getattr(task, role))
            place = fold(task.number), section_key(task.section)
            out[side].append(Profile(at, fold(texts[side][at]), alone, place, bodies, weights, sum(weights.values())))
    return out


def _weight(pair: str, holders: int) -> float:
    return (FORMULA_WEIGHT if pair in _FORMULA_PAIRS else 1.0) / holders


class Nearness:
    """The likeness of the tasks of two sides, 0 to 1, kept for pairs that share more than formulas."""

    def __init__(self, old: Sequence[Profile], new: Sequence[Profile]) -> None:
        self.old, self.new = old, new
        holders = index(new)
        own = _formulas(old, index(old)), _formulas(new, holders)
        self.near: list[dict[int, float]] = []
        for profile in old:
            near = {j: _cosine(value, profile, new[j]) for j, value in shared(profile, holders).items()}
            self.near.append({j: near[j] for j in heapq.nlargest(CANDIDATES, near, key=lambda j: (near[j], -j))})
        self.formula = own

    def candidates(self) -> Iterator[tuple[int, int, float]]:
        """Yield the pairs that share something, with their likeness less what is formula in it."""
        for i, found in enumerate(self.near):
            for j, likeness in found.items():
                yield i, j, likeness * (1 - 0.5 * max(self.formula[0][i], self.formula[1][j]))


def index(side: Sequence[Profile]) -> dict[str, list[int]]:
    """Return the positions of the tasks that hold each pair of characters, those of too many left out."""
    holders: dict[str, list[int]] = defaultdict(list)
    for profile in side:
        for pair in profile.weights:
            holders[pair].append(profile.at)
    return {pair: found for pair, found in holders.items() if len(found) <= CROWDED}


def shared(profile: Profile, holders: dict[str, list[int]]) -> dict[int, float]:
    """Return the weight that a task shares with each of those that are indexed."""
    found: dict[int, float] = defaultdict(float)
    for pair, weight in profile.weights.items():
        for j in holders.get(pair, ()):
            found[j] += weight
    return found


def _formulas(side: Sequence[Profile], holders: dict[str, list[int]]) -> list[float]:
    """Return for each task how like it is to the one of its own document that is most like it."""
    out = []
    for profile in side:
        found = shared(profile, holders)
        out.append(max((_cosine(value, profile, side[j]) for j, value in found.items() if j != profile.at), default=0.0))
    return out


def _cosine(shared: float, one: Profile, other: Profile) -> float:
    return shared / math.sqrt(one.weight * other.weight) if one.weight and other.weight else 0.0


def common_bodies(one: Profile, other: Profile) -> float:
    """Return the share of bodies that two tasks have in common, -1 where both name bodies and none is common."""
    if not one.bodies or not other.bodies:
        return 0.0
    return len(one.bodies & other.bodies) / len(one.bodies | other.bodies) or -1.0

"""Pairs of documents to compare: prose with edits, and pairs made to hurt.

python -m benchmarks.pairs NAME        compares a pair of ``HOSTILE`` once; prints seconds and megabytes of that as one JSON object
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable

from benchmarks.figures import peak_memory
from normalizers.compare import compare
from normalizers.records import Block, BlockKind, Derived, Document, Metadata, Span
from normalizers.text.fold import content_hash

WORDS = [
    *(
        "信用",
        "信息",
        "归集",
        "共享",
        "平台",
        "监管",
        "推进",
        "完善",
        "机制",
        "主体",
        "承诺",
        "修复",
        "公示",
        "目录",
        "部门",
        "企业",
        "服务",
    ),
    *(
        "应用",
        "建立",
        "健全",
        "制度",
        "评价",
        "分级",
        "分类",
        "城市",
        "示范",
        "奖惩",
        "联合",
        "失信",
        "守信",
        "治理",
        "领域",
        "重点",
        "专项",
    ),
    *("行动", "形成", "开展", "探索", "推动", "加强", "规范", "标准", "数据", "报告", "查询", "授权", "协同", "司法", "市发展改革委"),
    *("市市场监管局", "市财政局", "2026年6月底前", "牵头单位"),
]
PUT_IN = "甲乙丙丁戊己庚辛"

Pair = tuple[Derived, Derived]


def paper(lines: list[str]) -> Derived:
    """Return a document of one paragraph a line, without tasks."""
    blocks, position = [], 0
    for number, line in enumerate(lines, start=1):
        blocks.append(Block(BlockKind.PARAGRAPH, line, Span(position, position + len(line)), f"p{number}"))
        position += len(line) + 1
    text = "\n".join(lines)
    return Derived(Document("benchmark", "txt", tuple(blocks), text, text), Metadata(), (), content_hash(text))


def prose(length: int, dice: random.Random) -> list[str]:
    """Return paragraphs of official prose, so many characters in all."""
    lines: list[str] = []
    while (missing := length - sum(map(len, lines))) > 0:
        line = ""
        while len(line) < min(180, missing):
            line += "".join(dice.choices(WORDS, k=dice.randrange(4, 12))) + dice.choice("，，，；。")
        lines.append(line)
    return lines


def edited(lines: list[str], share: float, dice: random.Random) -> list[str]:
    """Return the lines with as many characters replaced, put in or taken out as ``share`` of them."""
    out = list(lines)
    for _ in range(int(sum(map(len, lines)) * share)):
        at = dice.randrange(len(out))
        place = dice.randrange(len(out[at]))
        out[at] = out[at][:place] + dice.choice((dice.choice(PUT_IN), "", dice.choice(PUT_IN) + out[at][place])) + out[at][place + 1 :]
    return out


def edits(length: int, seed: int = 5) -> Pair:
    """Return a document and itself with one edit in a hundred characters."""
    dice = random.Random(seed)
    lines = prose(length, dice)
    return paper(lines), paper(edited(lines, 0.01, dice))


def otherwise(seed: int) -> Pair:
    """Return a document, and the same laid out otherwise: lines broken, items numbered, marks of another width. Nothing changed."""
    lines = prose(4_000, random.Random(seed))
    broken = [part for line in lines for part in (f"{line[:60]}", line[60:]) if part]
    numbered = [f"{number}. {line}" if line in lines else line for number, line in enumerate(broken, start=1)]
    return paper(lines), paper([line.translate({ord("，"): ",", ord("；"): ";"}) for line in numbered])


def shuffled() -> Pair:
    """Return lines and the same lines in another order."""
    dice = random.Random(6)
    lines = prose(200_000, dice)
    return paper(lines), paper(dice.sample(lines, len(lines)))


def tiny() -> Pair:
    """Return a hundred thousand lines of one or two characters, and the same again in another order."""
    dice = random.Random(7)
    lines = [dice.choice("信用监管平台") + dice.choice(("", "甲")) for _ in range(100_000)]
    return paper(lines), paper(dice.sample(lines, len(lines)))


def unlike() -> Pair:
    """Return two texts without a common character."""
    dice = random.Random(8)
    first, second = ("".join(chr(start + dice.randrange(2_000)) for _ in range(200_000)) for start in (0x4E00, 0x6E00))
    return paper([first[i : i + 100] for i in range(0, 200_000, 100)]), paper([second[i : i + 100] for i in range(0, 200_000, 100)])


def numbered_lines() -> Pair:
    """Return many lines that differ in little, in another order: everything is like everything."""
    dice = random.Random(9)
    lines = [f"第{i}类主体信用信息归集目录第{i % 97}项由各有关单位按职责办理" for i in range(7_000)]
    return paper(lines), paper([line.replace("办理", "落实") for line in dice.sample(lines, len(lines))])


def one_line() -> Pair:
    """Return one line of 200,000 characters without any punctuation, and the same with edits."""
    dice = random.Random(10)
    line = "".join(dice.choices(WORDS, k=90_000))[:200_000]
    return paper([line]), paper(edited([line], 0.002, dice))


USUAL = "200,000 characters, 1 % edits"
HOSTILE: dict[str, Callable[[], Pair]] = {
    "one character": lambda: (paper(["一" * 200_000]), paper(["一" * 199_000 + "二"])),
    "other character": lambda: (paper(["一" * 200_000]), paper(["二" * 200_000])),
    "alternating": lambda: (paper(["一二" * 100_000]), paper(["二一" * 100_000 + "三"])),
    "shuffled lines": shuffled,
    "nothing in common": unlike,
    "one line": one_line,
    "tiny lines": tiny,
    "look-alike lines": numbered_lines,
    USUAL: lambda: edits(200_000),
}


def hostile(name: str) -> dict[str, float]:
    """Return the seconds of one comparison of a pair made to hurt, and the megabytes that the comparison added at most."""
    old, new = HOSTILE[name]()
    compare(*edits(500))
    before = peak_memory()
    begun = time.process_time()
    comparison = compare(old, new)
    took = time.process_time() - begun
    after = peak_memory()
    return {
        "seconds": took,
        "megabytes added": after - before,
        "megabytes in all": after,
        "changes": len(comparison.text_changes),
        "units": len(comparison.units),
        "notes": len(comparison.notes),
    }


if __name__ == "__main__":
    print(json.dumps(hostile(sys.argv[1])))

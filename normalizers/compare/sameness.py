"""What is no change, defined once: what of a document is compared, and what is left out of every comparison.

Left out are blanks, punctuation, width and case (``normalizers.text.fold``, which every hash uses, too), line and page breaks, the
numbers of items and of rows, the head of a table repeated on another page, and what a page says around a document. Script and damage
are put right before, by ``normalizers.text.clean``. Another name of the same body is told in ``normalizers.compare.names``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from normalizers.documents.chrome import is_navigation, is_page_number
from normalizers.documents.labels import column_of
from normalizers.records import Cell, Table
from normalizers.text.fold import fold

LOST = "\ufffd"
"""What stands in a text for bytes that could not be read."""
STOPS = frozenset("。！？!?；;")
LONGEST_CHROME = 200
"""Characters of the longest line that is looked at for what a page says around a document."""
EDGE_BLOCKS = 15
"""Such lines stand among so many blocks from the top or the end."""
RUNNING_COLUMNS = 3
"""The numbers of rows stand in one of the first so many columns."""

_CHINESE = "[一二三四五六七八九十百]{1,4}"
_WORD = r"(?=[\u4e00-\u9fff])(?![万亿倍个家项件人名次年月日元条份分吨公米平成周天种类所批套处座户亩岁级时])"
_ITEM = re.compile(
    rf"\s{{0,20}}(?:[（(](?:{_CHINESE}|\d{{1,3}})[）)]|{_CHINESE}[、.．]|第(?:{_CHINESE}|\d{{1,4}})[条章节款项]"
    rf"|\d{{1,3}}(?:\.\d{{1,3}}){{0,3}}(?:[、.．)）](?!\d)|\s{{1,20}}{_WORD}|(?<=\.\d){_WORD}))"
)
_MARK = re.compile(rf"[（(]{_CHINESE}[）)]|[①-⑳㈠-㈩]|(?<=[。；;！!？?\n])(?=\s{{0,20}}[（(\d一二三四五六七八九十第])")
_NUMBER_CELL = re.compile(r"\s{0,20}[（(]?(?:\d{1,4}|[一二三四五六七八九十百]{1,4})[)）.、．]?\s{0,20}")
_NUMERAL = re.compile(r"[\d一二三四五六七八九十百第条章节款项]{1,6}")

_COUNTER = r"(?:浏览|阅读|点击|访问)(?:次数|量|数)?\s{0,3}[:：]?\s{0,3}[\[【（(]?\s{0,3}\d{1,9}\s{0,3}次?\s{0,3}[\]】）)]?"
_SIZES = (
    r"[\[【（(]?\s{0,3}(?:字体|字号|文字大小)\s{0,3}[:：]?\s{0,3}[\[【（(]?"
    r"(?:\s{0,3}(?:特大|超大|大|中|小|默认)[\s|｜/、]{0,3}){1,5}[\]】）)]{0,2}"
)
_BUTTON = r"[\[【（(]?\s{0,3}(?:打印本?页?|关闭窗口|关闭本?页?|分享到?|收藏本?页?|保存|语音播报|返回顶部)\s{0,3}[:：]?\s{0,3}[\]】）)]?"
_DAY = r"\d{4}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}日?(?:\s{1,3}\d{1,2}:\d{2}(?::\d{2})?)?"
_POSTED = rf"(?:发布|发稿|上传|更新|信息)(?:时间|日期)\s{{0,3}}[:：]\s{{0,3}}{_DAY}"
_ORIGIN = r"(?:(?:信息|文章|稿件)?来源|转载自|(?:责任)?编辑|发布(?:者|机构))\s{0,3}[:：]\s{0,3}[^\s:：。；;]{1,40}"
_PANEL_LABEL = (
    r"(?:信息)?索\s{0,2}引\s{0,2}(?:号|码)|(?:主题|信息|体裁|组配|公开)(?:分类|类别)|主\s{0,2}题\s{0,2}词|发(?:布|文)(?:机构|机关|单位)|责任部门"
    r"|(?:成文|发文|生成|公开|发布|生效|废止)(?:日期|时间)|发\s{0,2}文\s{0,2}字\s{0,2}号|文\s{0,3}号|文件编号|统一编号|有\s{0,2}效\s{0,2}性|公开(?:方式|范围|属性|时限)"
    r"|(?:信息|文件)?\s{0,2}(?:标\s{0,3}题|名\s{0,3}称)"
)
_PANEL = re.compile(rf"\s*+(?:(?:{_PANEL_LABEL})\s{{0,3}}[:：][^:：]{{0,80}}){{1,6}}")
_PANEL_CELL = re.compile(rf"\s{{0,3}}(?:{_PANEL_LABEL})\s{{0,3}}[:：]?\s{{0,3}}")
_BAR = re.compile(rf"\s*+(?>(?>{_COUNTER}|{_SIZES}|{_BUTTON}|{_POSTED}|{_ORIGIN})[\s|｜/]*+){{1,12}}+")
_COUNTED = re.compile(_COUNTER.replace("[:：]?", "[:：]", 1))


def item_numbers(source: str, start: int, end: int, *, opens: bool = True) -> Iterator[tuple[int, int]]:
    """Yield the places of the numbers of items: where the stretch ``opens`` an item, behind a full stop, and （一） or ① anywhere."""
    position = start
    first = _ITEM.match(source, start, end) if opens else None
    if first:
        position = first.end()
        yield start, position
    for mark in _MARK.finditer(source, position, end):
        item = mark if mark[0] else _ITEM.match(source, mark.start(), end)
        if item and item.start() >= position and item.end() > item.start():
            position = item.end()
            yield item.start(), position


def is_number(folded: str) -> bool:
    """Tell whether folded characters are nothing but what the number of an item is made of."""
    return _NUMERAL.fullmatch(folded) is not None


def running_columns(table: Table) -> frozenset[int]:
    """Return the columns that hold the running numbers of the rows: whole numbers from 1 or so that only grow, below any heading."""
    columns: dict[int, list[str]] = {column: [] for column in range(min(RUNNING_COLUMNS, table.columns))}
    for cell in table.cells:
        if cell.column in columns and (text := cell.text.strip()):
            columns[cell.column].append(text)
    return frozenset(column for column, texts in columns.items() if texts and _runs(texts))


def _runs(texts: Sequence[str]) -> bool:
    body = texts if _NUMBER_CELL.fullmatch(texts[0]) else [text for text in texts if text != texts[0]]
    if not body or not all(_NUMBER_CELL.fullmatch(text) for text in body):
        return False
    if len(body) < len(texts) and column_of(texts[0]) == "number":
        return True
    digits = [int(found[0]) for text in body if (found := re.search(r"\d+", text))]
    growing = all(a < b for a, b in pairwise(digits))
    return len(digits) in (0, len(body)) and growing and (not digits or digits[-1] <= digits[0] + 2 * len(body))


def is_row_number(cell: Cell, running: frozenset[int]) -> bool:
    """Tell whether a cell holds the number of its row and nothing else."""
    return cell.column in running and _NUMBER_CELL.fullmatch(cell.text) is not None


def head_of(rows: Sequence[Sequence[Cell]]) -> str:
    """Return the folded head of a table, its first row; empty for a row of a single cell, which is no head."""
    return "\t".join(fold(cell.text) for cell in rows[0]) if rows and len(rows[0]) > 1 else ""


def is_chrome(line: str) -> bool:
    """Tell whether a line is what a page says around a document: page numbers, counters, sizes of type, buttons, when it was posted."""
    text = line.strip()
    return 0 < len(text) <= LONGEST_CHROME and (
        is_page_number(text) or is_navigation(text) or _BAR.fullmatch(text) is not None or _is_panel(text)
    )


def _is_panel(text: str) -> bool:
    return ("索" in text or text.count(":") + text.count("：") > 1) and _PANEL.fullmatch(text) is not None


def is_panel_row(cells: Sequence[Cell]) -> bool:
    """Tell whether a row belongs to the box above a document that states its index number, issuer and days."""
    filled = [cell.text for cell in cells if cell.text.strip()]
    return len(filled) in (2, 4, 6) and all(_PANEL_CELL.fullmatch(label) for label in filled[::2])


def counters(source: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the places of counters of readers (浏览次数：123) in a short line that says more."""
    return [found.span() for found in _COUNTED.finditer(source, start, end)] if end - start <= LONGEST_CHROME else []

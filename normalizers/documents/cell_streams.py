"""Tables whose cells come one after another, each broken over lines: a pdf read in the order of its print, or copied from a viewer.

The cheapest way to lay the words into rows and columns is looked for: by what each says, by the numbers, by lines that fill their column.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from normalizers.documents.blocks import display_width, is_wide, join_lines
from normalizers.documents.cell_kinds import ends_body, is_bodies, is_date, misfit, work_kinds
from normalizers.documents.labels import column_of, is_header, is_label, split_header
from normalizers.documents.row_breaks import is_number
from normalizers.documents.structure import heading_level
from normalizers.documents.textlines import BLANKS, Found, Line, row_number, seen_words, text_table

MAX_WORDS, SAMPLE = 8_000, 1_500
"""Words of the longest table, and those by which the widths of its columns are learned."""
LABEL_LINES = 24
"""Lines that a header of broken labels may take."""
OUTSIDE = 0.35
"""What a word after the table costs; a word in a cell costs about half of that."""
PATIENCE = 60
"""Words outside after which the table is over."""
MAX_COST = 0.5
"""Cost a word from which what was read is no table."""
UNSURE = 0.3
"""Cost a word from which a reader is told to look at the table."""
ROUNDS = 3
_DATED = re.compile(r"(?:(?:19|20)\d\d\s*年|\d{1,2}\s*月)[^，。；、]{0,8}")
"""The first line of a date that its column broke."""
_BODY_START = re.compile(r"[市省区县州]|各|国家|中国|人民|新区|有关|团[市省区县]|驻")
_FRAGMENT = re.compile(r"[局委办厅院会部署、，；。）)月日底前末度]|公室|员会|革委")
"""How a list of bodies goes on, and what never begins one."""
_UNIT = re.compile(r"[年月日号个家项次万亿%％条类位名户件处天时周季期场所部人份户元]|小时|以上|季度")
_DATE_UNIT = re.compile(r"[年月日%％]|(?:[个家项次万条类位名户件处天场所人份元]|小时)[，、。；）以及]")
_AMOUNTS = frozenset("年月不低少高超达到过成增约第近每为足于前出完至共")
"""Characters after which a figure goes on with the text: 不少于 15, 2031年 6."""
_ITEM = re.compile(r"(\d{1,3})[.．、](?!\d)")
_ROLE = re.compile(r"(?:牵头|配合|责任|主办|协办|参与|协同|负责)(?:单位|部门)?[：:]")
_PERSONS = re.compile(r"[\u4e00-\u9fff]{2,4}(?:[、，][\u4e00-\u9fff]{2,4})*")
_ENDED = tuple("。；;！!")
_OPEN = tuple("、，,（(和及与")
_EMPTY = {
    "task": 3.0,
    "lead": 1.2,
    "responsible": 1.2,
    "partner": 0.6,
    "deadline": 0.8,
    "target": 0.6,
    "number": 4.0,
    "section": 0.1,
    "person": 1.0,
}
SHORT_LABEL, SECTION_SHARE = 8, 0.6
"""Characters of a section's line while its column's width is unknown, and the share of its lines that are no longer than the column."""
FULL_SHARE = 0.75
"""The share of a column's unended lines that are no longer than its width; marks set narrow make single lines longer."""
FOLIO = 1.0
"""What it costs that a figure alone on its line is part of a cell and no page's number."""
MERGED_WORK = 0.4
"""What it costs that the first of two columns of work is empty, merged with the row above."""
_BODIES = frozenset({"lead", "partner", "responsible"})
_INFINITE = float("inf")


@dataclass(frozen=True, slots=True)
class _Word:
    """A piece of a line between blanks: as printed, as recognised, its line, whether it begins that line and is all of it."""

    text: str
    seen: str
    line: int
    first: bool
    lone: bool = False


@dataclass(frozen=True, slots=True)
class _Header:
    labels: list[str]
    printed: list[str]
    stop: int


def _words(lines: Sequence[Line], start: int, limit: int) -> list[_Word]:
    """Return the words of at most ``limit`` lines from one on."""
    out: list[_Word] = []
    for at in range(start, min(len(lines), start + limit)):
        if lines[at].blank:
            continue
        printed = BLANKS.split(lines[at].raw.strip())
        seen = lines[at].seen  # most lines of a broken table are one word
        words = [(seen, seen)] if printed == [seen] else _together(printed, seen_words(printed, seen))
        out += [_Word(text, said, at, not n, len(words) == 1) for n, (text, said) in enumerate(words)]
    return out


def _together(printed: Sequence[str], seen: Sequence[str]) -> list[tuple[str, str]]:
    """Return the words of a line with figures put to their units and to the text they stand in: pdfs read 2031 年, 新增 15."""
    out: list[tuple[str, str]] = []
    for text, said in zip(printed, seen, strict=True):
        if out:
            before = out[-1][1]
            lone = len(out) == 1 and row_number(before) is not None
            unit = before[-1].isdigit() and (_DATE_UNIT if lone else _UNIT).match(said) is not None
            amount = said[0].isdigit() and len(before) > 1 and before[-1] in _AMOUNTS
            if unit or amount:
                out[-1] = (f"{out[-1][0]} {text}" if not unit else out[-1][0] + text, before + said)
                continue
        out.append((text, said))
    return out


def _find_header(lines: Sequence[Line], start: int) -> _Header | None:
    """Return the labels that come one after another from a line on, those broken in two put together."""
    if len(lines[start].seen) > 120 or any(len(part) > 24 for part in lines[start].seen.split()):
        return None
    words = _words(lines, start, LABEL_LINES)
    labels, printed = [], []
    at = 0
    while at < len(words):
        for size in (1, 2, 3):
            said = "".join(word.seen for word in words[at : at + size])
            following = words[at + size].seen if at + size < len(words) else ""
            longer = is_label(said + following) and not is_label(following)
            if len(said) <= 24 and ((is_label(said) and not longer) or (size == 1 and column_of(said) and len(said) > 2 and not longer)):
                break
        else:
            break
        if said in labels:
            break
        labels.append(said)
        printed.append("".join(word.text for word in words[at : at + size]))
        at += size
    if len(labels) < 3 or not is_header(labels):
        return None
    if at < len(words) and not words[at].first:
        return None
    return _Header(labels, printed, words[at - 1].line + 1)


@dataclass(slots=True)
class _State:
    """The cheapest way to a word: its cost, the number of its row, and the words' columns as a chain (column, begins a row, before)."""

    cost: float
    number: int
    chain: tuple[int, bool, object] | None


class _Layer:
    """Lays words into columns from left to right and row by row."""

    def __init__(self, kinds: Sequence[str], words: Sequence[_Word]) -> None:
        self.kinds, self.words = kinds, words
        self.number = list(kinds).index("number") if "number" in kinds else None
        self.empty = [_EMPTY.get(kind, 0.05) for kind in kinds]
        if self.number is not None:
            self.empty = [0.1 if n < self.number else cost for n, cost in enumerate(self.empty)]
        works = [n for n, kind in enumerate(kinds) if kind == "task"]
        if len(works) > 1 and works[0] <= (self.number or 0) + 1:
            self.empty[works[0]] = MERGED_WORK
            self.kinds = [*kinds[: works[0]], "section", *kinds[works[0] + 1 :]]
        self.widths = [0] * len(kinds)
        self.least = _last_number(words, alone=self.number is not None)
        self.items = self.number is None and self.least > 0

    def full(self, word: _Word, column: int) -> bool | None:
        """Tell whether a word fills a line of its column, ``None`` while the columns' widths are unknown."""
        width = self.widths[column]
        return None if not width else display_width(word.text) >= width - min(5, width * 0.35)

    def fit(self, word: _Word, column: int, number: int, *, begins: bool) -> float:
        """Return what it costs that a word stands in a column; ``begins``: as the first of its cell."""
        kind, own = self.kinds[column], row_number(word.seen)
        if kind == "number":
            if own is None:
                return _INFINITE if not is_number(word.seen) else 1.0
            return 0.0 if own == number + 1 else 1.5 if number < own <= number + 3 else 2.0 if own == 1 else _INFINITE
        cost = 3.0 if own is not None and self.number is not None and own == number + 1 and word.first else 0.0
        if own is not None and word.lone:
            cost += FOLIO
        if begins and _FRAGMENT.match(word.seen) and (kind in _BODIES or kind == "deadline"):
            cost += 1.5
        if self.items and (_ITEM.match(word.seen) is not None) != (begins and kind == "task"):
            cost += 1.0
        width = self.widths[column]
        if width and display_width(word.text) > width + 3:
            cost += 1.5
        if kind in _BODIES and "。" not in word.seen and not is_date(word.seen) and not _DATED.fullmatch(word.seen):
            listed = "、" in word.seen or is_bodies(word.seen) or len(word.seen) <= 4 or _ROLE.search(word.seen) is not None
            return cost + (0.0 if listed else 0.6 if self.full(word, column) else 1.2)
        if kind == "person":
            return cost + (0.0 if _PERSONS.fullmatch(word.seen) and not is_bodies(word.seen) else 1.2)
        if kind == "section":
            return cost + (1.2 if len(word.seen) > 14 or is_bodies(word.seen) else 0.2 if width or len(word.seen) <= SHORT_LABEL else 0.7)
        if kind == "deadline" and (self.full(word, column) or len(word.seen) <= 5):
            return cost + (0.0 if is_date(word.seen) or _DATED.match(word.seen) else 0.5)
        if _DATED.fullmatch(word.seen) and kind in _BODIES | {"task"} and len(word.seen) <= 12:
            return cost + 1.2
        return cost + misfit(word.seen, kind) + (0.3 if kind == "remark" else 0.0)

    def stay(self, before: _Word, word: _Word, column: int) -> float:
        """Return what it costs that a word goes on with the cell of the word before."""
        if column == self.number:
            return _INFINITE
        if not word.first:
            chinese = is_wide(before.text[-1]) and is_wide(word.text[0])
            return (1.2 if chinese else 0.2) + (1.0 if before.seen.endswith(_ENDED) else 0.0)
        if before.seen.endswith(_OPEN):
            return 0.0
        if self.kinds[column] in _BODIES and ends_body(before.seen):
            return 1.8 if _BODY_START.match(word.seen) or not is_bodies(word.seen) else 0.6
        full = self.full(before, column)
        cost = 0.5 if full is None else 0.0 if full else 1.5
        return cost + (1.0 if before.seen.endswith(_ENDED) and not full else 0.4 if before.seen.endswith(_ENDED) else 0.0)

    def parted(self, before: _Word, word: _Word, column: int) -> bool:
        """Tell whether a line of bodies ends with a whole name short of its column's edge, and the next line begins another."""
        short = self.full(before, column) is False and ends_body(before.seen)
        return self.kinds[column] in _BODIES and short and _BODY_START.match(word.seen) is not None

    def leave(self, before: _Word, word: _Word, column: int) -> float:
        """Return what it costs that a cell ends with the word before."""
        if before.seen.endswith(_OPEN):
            return 2.0
        kind = self.kinds[column]
        if kind in _BODIES:
            return 0.0 if ends_body(before.seen) else 0.4 if is_bodies(before.seen) else 1.2
        if kind == "task" and not before.seen.endswith(_ENDED):
            return 0.3 if not word.first or self.full(before, column) is not True else 1.5
        return 0.0

    def lay(self) -> tuple[float, list[tuple[int, bool]]]:
        """Return the cost, and the column of each word up to the last in the table with whether it begins a row."""
        size = len(self.kinds)
        skipped = [sum(self.empty[:n]) for n in range(size + 1)]
        states = [self._first(column, skipped[column]) for column in range(size)]
        best_out: tuple[float, int, tuple[int, bool, object] | None] = (_INFINITE, 0, None)
        out_since = 0
        for at in range(1, len(self.words)):
            before, word = self.words[at - 1], self.words[at]
            ending = min(
                ((state.cost + skipped[size] - skipped[n + 1] + self.leave(before, word, n), n) for n, state in enumerate(states)),
                key=lambda pair: pair[0],
            )
            out_here = ending[0] + OUTSIDE * 2 if at > self.least else _INFINITE
            if out_here < best_out[0] + OUTSIDE:
                best_out, out_since = (out_here, at, states[ending[1]].chain), at
            else:
                best_out = (best_out[0] + OUTSIDE, best_out[1], best_out[2])
            states = [self._step(states, ending, before, word, column, skipped) for column in range(size)]
            if min(state.cost for state in states) > best_out[0] and at - out_since > PATIENCE:
                break
        closing = min(((state.cost + skipped[size] - skipped[n + 1], n) for n, state in enumerate(states)), key=lambda pair: pair[0])
        if best_out[0] < closing[0]:
            return best_out[0], _unchained(best_out[2])
        return closing[0], _unchained(states[closing[1]].chain)

    def _first(self, column: int, skipped: float) -> _State:
        cost = self.fit(self.words[0], column, 0, begins=True) + skipped
        return _State(cost, row_number(self.words[0].seen) or 1 if column == self.number else 0, (column, True, None))

    def _step(
        self, states: Sequence[_State], ending: tuple[float, int], before: _Word, word: _Word, column: int, skipped: Sequence[float]
    ) -> _State:
        """Return the cheapest way to have a word in a column."""
        start = [(states[n].cost + skipped[column] - skipped[n + 1] + self.leave(before, word, n), n, False) for n in range(column)]
        start.append((ending[0] + skipped[column], ending[1], True))
        options = [(cost + self.fit(word, column, states[n].number, begins=True), n, new) for cost, n, new in start if cost < _INFINITE]
        if (stay := states[column].cost + self.stay(before, word, column)) < _INFINITE:
            options.append((stay + self.fit(word, column, states[column].number, begins=False), column, False))
        if not options:
            return _State(_INFINITE, 0, None)
        cost, origin, new = min(options)
        number = row_number(word.seen) or states[origin].number + 1 if column == self.number else states[origin].number
        return _State(cost, number, (column, new, states[origin].chain))

    def settle(self) -> float:
        """Take the widths with which the words fit best, each learned from the way laid before; return the cost a word."""
        tried: list[tuple[float, list[int]]] = []
        for _ in range(ROUNDS):
            cost, laid = self.lay()
            tried.append((cost / max(1, len(laid)), self.widths))
            self.learn(laid)
        mean, self.widths = min(tried)
        return mean

    def learn(self, laid: Sequence[tuple[int, bool]]) -> None:
        """Take the columns' widths from the lines of cells that run over several."""
        self.widths = [0] * len(self.kinds)
        wide: list[list[int]] = [[] for _ in self.kinds]
        every: list[list[int]] = [[] for _ in self.kinds]
        for at, (column, _) in enumerate(laid):
            width = display_width(self.words[at].text)
            every[column].append(width)
            if at + 1 < len(laid) and laid[at + 1] == (column, False) and self.words[at + 1].first:
                wide[column].append(width)
        for column in range(len(self.kinds)):
            seen = sorted(wide[column]) if len(wide[column]) > 2 else sorted(every[column])
            share = SECTION_SHARE if self.kinds[column] == "section" else FULL_SHARE
            self.widths[column] = seen[int((len(seen) - 1) * share + 0.5)] if seen else 0


def _last_number(words: Sequence[_Word], *, alone: bool) -> int:
    """Return the index of the last word in an unbroken count 1, 2, 3 … of numbers that begin lines: the table goes on as far at least.

    ``alone``: of numbers in a column of their own, otherwise of items numbered within the cells.
    """
    last, wanted = 0, 1
    for at, word in enumerate(words):
        item = None if alone else _ITEM.match(word.seen)
        if word.first and (int(item[1]) if item else row_number(word.seen) if alone else None) == wanted:
            last, wanted = at, wanted + 1
    return last


def _unchained(chain: object) -> list[tuple[int, bool]]:
    out: list[tuple[int, bool]] = []
    while isinstance(chain, tuple):
        out.append((chain[0], chain[1]))
        chain = chain[2]
    return out[::-1]


def _rows(words: Sequence[_Word], laid: Sequence[tuple[int, bool]], lines: Sequence[Line], layer: _Layer) -> list[tuple[int, list[str]]]:
    rows: list[tuple[int, list[str]]] = []
    for at, (word, (column, new)) in enumerate(zip(words, laid, strict=False)):
        if new:
            rows.append((lines[word.line].number, [""] * len(layer.kinds)))
        cells = rows[-1][1]
        if word.first and cells[column] and layer.parted(words[at - 1], word, column):
            cells[column] += f"\n{word.text}"
        else:
            cells[column] = join_lines(cells[column], word.text) if word.first or not cells[column] else f"{cells[column]} {word.text}"
    return rows


def _next_header(lines: Sequence[Line], header: _Header) -> int:
    """Return the index of the line with which another table begins: labels in one line that are not this table's."""
    stop = min(len(lines), header.stop + MAX_WORDS // 2)
    others = (at for at in range(header.stop, stop) if (labels := split_header(lines[at].seen)) and labels != header.labels)
    return next((at for at in others if len(split_header(lines[at].seen)) > 2), stop)


def _body(lines: Sequence[Line], header: _Header) -> tuple[list[_Word], list[tuple[int, str]]]:
    """Return the words below a header without those of the header said again, and the headings of sections between rows."""
    words = _words(lines, header.stop, _next_header(lines, header) - header.stop)[:MAX_WORDS]
    said, numbered = "".join(header.labels), header.labels[0] in {"序号", "编号"}
    out: list[_Word] = []
    banners: list[tuple[int, str]] = []
    at = 0
    while at < len(words):
        text, stop = "", at
        while stop < len(words) and len(text) < len(said) and said.startswith(text + words[stop].seen):
            text += words[stop].seen
            stop += 1
        if text == said:
            at = stop
            continue
        word = words[at]
        alone = word.first and (at + 1 == len(words) or words[at + 1].first)
        below = words[at + 1] if at + 1 < len(words) else None
        if numbered and alone and below and is_number(below.seen) and heading_level(word.seen):
            banners.append((len(out), word.text))
        else:
            out.append(word)
        at += 1
    return out, banners


def read_stream(lines: Sequence[Line], start: int) -> Found | None:
    """Return the table whose labels and then whose cells follow one another from a line on, broken over lines as they may be."""
    header = _find_header(lines, start)
    if header is None:
        return None
    words, banners = _body(lines, header)
    if not words:
        return None
    layer = _Layer(work_kinds([column_of(label) for label in header.labels]), words[:SAMPLE])
    if layer.settle() > 2 * MAX_COST:
        return None
    layer.words = words
    cost, laid = layer.lay()
    outside = OUTSIDE * (min(len(words), len(laid) + PATIENCE) - len(laid))
    mean = (cost - outside) / max(1, len(laid))
    if not laid or mean > MAX_COST:
        return None
    rows = _rows(words, laid, lines, layer)
    begins = [at for at, (_, new) in enumerate(laid) if new]
    with_banners: list[tuple[int, list[str]]] = []
    for at, row in zip(begins, rows, strict=True):
        with_banners += [(row[0], [text]) for place, text in banners if place == at]
        with_banners.append(row)
    table = text_table([(lines[start].number, header.printed), *with_banners])
    warnings = ("The cells of a table could not all be told apart for sure: compare it with the source.",) if mean > UNSURE else ()
    return Found(replace(table, warnings=warnings), words[len(laid) - 1].line + 1)

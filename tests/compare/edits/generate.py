"""Pairs of documents made with a seed: an edited paper of the corpus, or one that only looks otherwise, with the truth of each."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from normalizers.compare.tasks import compare_tasks
from tests.compare.edits.edits import EDITS, FIELD_EDITS, WEIGHTS, Draft, untouched, words
from tests.compare.edits.outline import Fixed, Item, Outline, Run, chinese, outline
from tests.compare.edits.pairs import derived_of
from tests.compare.edits.truth import Change, Score, score
from tests.corpus.damage import loses_bytes
from tests.corpus.paper import Label, Paper
from tests.corpus.report import papers

SEED = 5
SLOW = frozenset({"doc", "wps", "xls", "zip", "ofd"})
"""Formats left out: they are made by another program, or hold another of these."""
_FIRST_LEVEL = re.compile(r"^[一二三四五六七八九十]{1,3}、[^。；：]{2,28}$")
BROKEN = frozenset({"093_jiaxing_raw_pdf_text", "008_hefei_role_lines"})
"""Papers whose tasks break over lines, so that they cannot be edited line by line."""
_DUE = re.compile(r"时限|时间|节点|期限")


@dataclass(frozen=True)
class Case:
    """A pair of papers, how each is rendered, what changed, and what was done to them that changes nothing."""

    name: str
    old: Paper
    new: Paper
    kinds: tuple[str, str]
    truth: tuple[Change, ...]
    looks: tuple[str, ...] = ()

    def measured(self) -> Score:
        """Return the score of the pair, compared through files of both sides."""
        old, new = (derived_of(paper, kind) for paper, kind in zip((self.old, self.new), self.kinds, strict=True))
        name = f"{self.name} [{' '.join(self.kinds)}] {'+'.join(self.looks)}"
        return score(name, self.truth, compare_tasks(old, new)[0])


def outlines() -> list[Outline]:
    """Return the papers of the corpus whose tasks can be edited."""
    return [made for paper in papers() if paper.name not in BROKEN and (made := outline(paper)) is not None]


def cases(seed: int, count: int, *, light: bool = False) -> Iterator[Case]:
    """Yield pairs with at least ``count`` edits in all, and beside every third one a pair that only looks otherwise.

    ``light`` leaves out the renderings that take long to make and to read (pdf).
    """
    for case in _cases(seed, count):
        if not light or not any(kind.startswith("pdf") for kind in case.kinds):
            yield case


def _cases(seed: int, count: int) -> Iterator[Case]:
    dice = random.Random(seed)
    known = outlines()
    made = number = 0
    while made < count:
        number += 1
        name = f"{number:03d}"
        case = reformed(dice, f"{name}-reform") if number % 8 == 0 else edited(dice.choice(known), dice, name)
        if case.truth:
            made += len(case.truth)
            yield case
        if number % 3 == 0:
            yield unchanged(dice.choice(known), dice, f"{number:03d}-same")


def edited(base: Outline, dice: random.Random, name: str) -> Case:
    """Return an edited paper beside the paper, half of them with the sides exchanged, in any two looks."""
    draft = Draft(base, base.copy(), dice)
    for _ in range(dice.randrange(1, 7)):
        kind = dice.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        places = draft.new.items() if kind in FIELD_EDITS else untouched(draft)
        dice.shuffle(places)
        if kind in FIELD_EDITS and dice.random() < 0.4:
            places.sort(key=lambda item: not item.edited)  # a task that was edited already
        next((place for place in places[:6] if EDITS[kind](draft, place)), None)
    looks = _looks(draft.new, dice, edited=True)
    mirrored = dice.random() < 0.5
    truth = draft.truth(mirrored=mirrored)
    sides = [base.put_together(), draft.new.put_together()]
    kinds = _kinds(base.paper, dice, looks)
    if mirrored:
        sides.reverse()
        kinds = kinds[::-1]
    return Case(f"{name} {base.paper.name}", sides[0], sides[1], kinds, truth, tuple(looks))


def unchanged(base: Outline, dice: random.Random, name: str) -> Case:
    """Return a paper beside itself in two looks."""
    other = base.copy()
    looks = _looks(other, dice, edited=False)
    return Case(f"{name} {base.paper.name}", base.paper, other.put_together(), _kinds(base.paper, dice, looks), (), tuple(looks))


# --- what changes nothing -----------------------------------------------------------------------------------------------


def _looks(made: Outline, dice: random.Random, *, edited: bool) -> list[str]:
    """Do some of what is no change to the new side; return the names of what was done."""
    chance = 0.25 if edited else 0.5
    done = []
    for name, look in _LOOKS.items():
        if dice.random() < chance and look(made, dice):
            done.append(name)
    return done


def _other_names(made: Outline, _: random.Random) -> bool:
    """Print the full names of bodies for the short ones."""
    done = False
    for item in made.items():
        for short, full in sorted(made.paper.resolved, key=lambda pair: -len(pair[0])):
            if item.count(short) == 1 and item.count(full) == 0 and not any(short in other and short != other for other in _printed(item)):
                item.put(short, full)
                done = True
    return done


def _printed(item: Item) -> set[str]:
    return {name for names in item.label.names.values() for name in names}


def _other_numbers(made: Outline, dice: random.Random) -> bool:
    """Number the tasks from another number on, in another hand."""
    done = False
    mark = dice.choice(["、", "．"])
    for run in made.runs:
        if run.head is None and run.first and not run.restarts:
            run.first += dice.randrange(1, 4)
            for item in run.rows:
                if isinstance(item, Item):
                    item.pieces[0] = re.sub(r"^(\d{1,3})[.．、]", rf"\1{mark}", item.pieces[0])
            done = True
    return done


_SAME_DUE = {"年底前": "12月底前", "第三季度": "三季度", "上半年": "6月底前", "12月底前": "年底前", "全年": "年内"}


def _other_dates(made: Outline, _: random.Random) -> bool:
    """Print deadlines in other words for the same last day."""
    done = False
    for item in made.items():
        due = item.label.due
        month = re.fullmatch(r"((?:\d{4}年)?\d{1,2}月)(底前|底)?", due)
        other = (month[1] + ("" if month[2] else "底前")) if month and month[1] != due[:0] else _SAME_DUE.get(due, "")
        if other and other != due and item.count(due) == 1:
            item.put(due, other)
            done = True
    return done


def _other_order(made: Outline, dice: random.Random) -> bool:
    """Name the bodies that help in another order."""
    done = False
    for item in made.items():
        names = sorted(item.label.names.get("partner", ()))
        if len(names) > 1 and all(item.count(name) == 1 for name in names):
            one, other = dice.sample(names, 2)
            if one not in other and other not in one and not {one, other} & _elided(item):
                item.put(one, "\0")
                item.put(other, one)
                item.put("\0", other)
                done = True
    return done


def _elided(item: Item) -> set[str]:
    """Return the names behind which others are printed without their level: 省商务厅、交通运输厅."""
    printed = "".join(item.pieces)
    return set() if all(name in printed for name in _printed(item)) else _printed(item)


def _other_headings(made: Outline, dice: random.Random) -> bool:
    """Number the headings of the first level otherwise and put them in other words."""
    done = False
    begun = dice.choice(["着力抓好", "扎实做好", ""])
    for run in made.runs:
        heads = [
            row for row in run.rows if isinstance(row, Fixed) and re.match(r"^[一二三四五六七八九十]{1,3}、[^。；：]{2,28}$", row.pieces[0])
        ]
        if run.head is None and len(heads) > 1:
            for number, row in enumerate(heads, 2):
                row.pieces[0] = f"{chinese(number)}、{begun}{row.pieces[0].partition('、')[2]}"
            done = True
    return done


_LABELS = (("配合", "配合单位"), ("协同", "配合单位"), ("牵头", "牵头单位"), ("责任", "责任单位"))


def _laid_out(made: Outline, dice: random.Random) -> bool:
    """Write a table as numbered paragraphs with lines of roles, where its columns say what they hold."""
    done = False
    for run in made.runs:
        columns = _columns(run)
        if columns:
            run.rows = [line for row in run.rows for line in _paragraph(row, columns)]
            run.head, run.merged, run.first, run.restarts = None, frozenset(), 1, False
            done = True
    return done


def _columns(run: Run) -> dict[int, str]:
    """Return what the columns of a table are called in paragraphs; none where one is not understood."""
    if run.head is None or any(isinstance(row, Fixed) for row in run.rows):
        return {}
    items = [row for row in run.rows if isinstance(row, Item)]
    out: dict[int, str] = {}
    for column, name in enumerate(run.head[-1]):
        role = next((label for word, label in _LABELS if word in name and len(name) < 7), "")
        role = "完成时限" if _DUE.search(name) else role
        if items and all(item.at == column for item in items):
            role = "text"
        elif name in {"序号", "编号"}:
            role = "number"
        if not role or role in out.values():
            return {}
        out[column] = role
    roles = set(out.values())
    known = "text" in roles and ("牵头单位" in roles or "责任单位" in roles) and not ({"配合单位", "责任单位"} <= roles)
    clear = all("<br>" not in cell for item in items for cell in item.pieces)
    return out if known and clear else {}


def _paragraph(row: Item | Fixed, columns: dict[int, str]) -> list[Item | Fixed]:
    assert isinstance(row, Item)
    lines = [f"1.{row.text}"]
    for column, name in columns.items():
        value = row.pieces[column]
        if name not in {"text", "number"} and value not in {"", "/", "无", "—", "-"}:
            lines.append(f"{name}：{value}")
    row.pieces[:], row.at = lines, 0
    return [row]


_LOOKS = {
    "order": _other_order, "names": _other_names, "numbers": _other_numbers, "dates": _other_dates, "laid": _laid_out,
    "headings": _other_headings,
}  # fmt: skip
"""What changes nothing, in the order in which it is done: names are swapped before they are printed in full."""


def _kinds(paper: Paper, dice: random.Random, looks: list[str]) -> tuple[str, str]:
    """Return how the two sides are rendered: formats and damages in which the corpus reads the paper; re-laid ones as text."""
    plain = [kind for kind in paper.formats if kind not in SLOW]
    broken = [one for one in paper.damages if not loses_bytes(paper, one.rpartition(":")[0], one.rpartition(":")[2])]
    broken = [one if ":" in one else f"txt:{one}" for one in broken]

    def pick(choices: list[str]) -> str:
        return dice.choice(broken) if broken and dice.random() < 0.25 else dice.choice(choices)

    first = pick(plain)
    return first, dice.choice(["txt", "docx", "html-jcms", "md"]) if "laid" in looks else pick(plain)


# --- reforms ------------------------------------------------------------------------------------------------------------


def reformed(dice: random.Random, name: str) -> Case:
    """Return a plan of before the reform of 2018 beside one of after it: bodies renamed and merged, some really replaced."""
    data = words()
    city = dice.choice(["南通市", "温州市", "芜湖市", "扬州市", "台州市", "滁州市", "徐州市", "金华市"])
    years = dice.choice([2015, 2016, 2017]), dice.choice([2020, 2021, 2022])
    tasks = dice.sample(data["tasks"], dice.randrange(5, 9))
    layout = dice.choice(["brackets", "lines", "table"])
    rows: list[tuple[str, tuple[str, str], tuple[str, str]]] = []
    truth = []
    for text in tasks:
        lead, partner, change = _reform_roles(dice, text)
        rows.append((text, lead, partner))
        if change.fields:
            truth.append(change)
    papers_ = [_reform_paper(f"{name}-{side}", city, years[side], rows, side, layout) for side in (0, 1)]
    formats = ["txt", "html-jcms", "docx", "md", "pdf"]
    return Case(f"{name} {layout}", papers_[0], papers_[1], (dice.choice(formats), dice.choice(formats)), tuple(truth), ("reform",))


def _reform_roles(dice: random.Random, text: str) -> tuple[tuple[str, str], tuple[str, str], Change]:
    """Return lead and partner before and after, and what changed."""
    data = words()
    before, after = dice.choice(data["reforms"])
    steady = dice.sample(data["city"], 3)
    lead, partner, renamed, fields = (steady[0], steady[0]), (steady[1], steady[1]), [], set()
    fate = dice.choice(["lead", "partner", "replaced", "none", "replaced-old"])
    if fate == "lead":
        lead = before, after
        renamed, fields = [("lead", before, after)], {"lead"}
    elif fate == "partner":
        partner = before, after
        renamed, fields = [("partner", before, after)], {"partner"}
    elif fate == "replaced":
        lead, fields = (steady[0], steady[2]), {"lead"}
    elif fate == "replaced-old":
        lead, fields = (before, steady[2]), {"lead"}
    return lead, partner, Change("changed" if fields else "", text[:10], frozenset(fields), frozenset(renamed), f"reform-{fate}")


def _reform_paper(
    name: str, city: str, year: int, rows: list[tuple[str, tuple[str, str], tuple[str, str]]], side: int, layout: str
) -> Paper:
    from tests.corpus.paper import Grid, Part

    title = f"{city}{year}年度重点工作任务分工" if layout == "table" else f"{city}{year}年度重点工作安排"
    parts: list[Part] = [f"= {title}", f"（{year}年3月{10 + side}日）"]
    if layout == "table":
        grid = [["序号", "工作任务", "牵头单位", "配合单位"]]
        grid += [[str(n), text, lead[side], partner[side]] for n, (text, lead, partner) in enumerate(rows, 1)]
        parts.append(Grid(grid))
    for n, (text, lead, partner) in enumerate(rows, 1):
        if layout == "brackets":
            parts.append(f"{n}.{text}（牵头单位：{lead[side]}；配合单位：{partner[side]}）")
        elif layout == "lines":
            parts += [f"{n}.{text}", f"牵头单位：{lead[side]}", f"配合单位：{partner[side]}"]
    labels = tuple(Label(text[:10], {}) for text, _, _ in rows)
    return replace(Paper(name, tuple(parts), labels, {"title": title, "published_on": f"{year}-03-1{side}"}, ()))

"""Edits of one task, and of the tasks of a paper, each with what a reader would tell of it."""

from __future__ import annotations

import copy
import random
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tests.compare.edits.outline import HEADING, Fixed, Item, Outline, Run
from tests.compare.edits.truth import Change
from tests.corpus.paper import bare

START = 10
"""Characters that name a task."""
STRUCTURAL = frozenset({"added", "split", "merged"})
"""Marks of tasks that have no single counterpart: their fields are not edited."""
_SEPARATORS = "、，,；; "
_FIRST_LEADS = re.compile(r"第一位|首位|排名第一|排在第一|列首|第一个|★|\*")
_MONTH = re.compile(r"(\d{4}年)?(\d{1,2})月(底前|底|)(完成)?")
_OTHER_DUE = {"上半年": "9月底前", "全年": "6月底前", "持续推进": "10月底前", "每季度": "每月", "年底前": "8月底前", "第三季度": "第四季度"}
_DOMAIN = re.compile(r"领域|类别|行动|板块|方面")


@cache
def words() -> dict[str, Any]:
    """Return what edits put in."""
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))


@dataclass
class Draft:
    """A paper under edit: the old and the new outline, and what was done. ``done`` names a task's edits by the id of its item."""

    old: Outline
    new: Outline
    dice: random.Random
    fields: dict[int, set[str]] = field(default_factory=dict)
    edits: dict[int, list[str]] = field(default_factory=dict)
    starts: dict[int, str] = field(default_factory=dict)
    structural: list[tuple[str, str, str]] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    @property
    def first_leads(self) -> bool:
        """Tell whether the paper says anywhere that the first of a list leads."""
        return any(_FIRST_LEADS.search(piece) for run in self.new.runs for row in run.rows for piece in row.pieces) or any(
            _FIRST_LEADS.search(cell) for run in self.new.runs for row in run.head or [] for cell in row
        )

    def note(self, item: Item, name: str, edit: str) -> None:
        """Keep that a field of a task differs now."""
        self.starts.setdefault(id(item), start_of(item.text))
        self.fields.setdefault(id(item), set()).add(name)
        self.edits.setdefault(id(item), []).append(edit)
        item.edited.add(name)

    def truth(self, *, mirrored: bool = False) -> tuple[Change, ...]:
        """Return what changed; ``mirrored``: from the new to the old."""
        out = []
        for item in self.new.items():
            if names := self.fields.get(id(item)):
                bound = names - {"text", "section"}
                kind = "changed" if bound else "reworded" if "text" in names else "moved"
                start = start_of(item.text) if mirrored else self.starts[id(item)]
                out.append(Change(kind, start, frozenset(names), edit=" ".join(self.edits[id(item)])))
        turned = {"added": "removed", "removed": "added", "split": "merged", "merged": "split"}
        out += [Change(turned[kind] if mirrored else kind, start, edit=edit) for kind, start, edit in self.structural]
        return tuple(out)


def start_of(text: str) -> str:
    """Return the words that name a task."""
    return re.sub(r"^(?:[（(][一二三四五六七八九十\d]{1,3}[）)]|[一二三四五六七八九十]{1,3}、)", "", text)[:START]


def plain_text(item: Item) -> bool:
    """Tell whether nothing but the words of the task stands in its text: no roles, no deadline."""
    names = [name for group in item.label.names.values() for name in group]
    return not any(name in item.text for name in names) and not (item.label.due and item.label.due in item.text) and "[" not in item.text


def untouched(draft: Draft) -> list[Item]:
    """Return the tasks that no edit has touched, but for one whose bracket says how those behind it are read (下同)."""
    return [item for item in draft.new.items() if not item.edited and not any("下同" in piece for piece in item.pieces)]


def _names(item: Item) -> list[tuple[str, str]] | None:
    """Return role and name of each body as printed; none where one is not printed once, outside the text."""
    pairs = [(role, name) for role, names in sorted(item.label.names.items()) for name in sorted(names) if role != "implied"]
    return pairs if pairs and all(item.count(name) == 1 for _, name in pairs) else None


def _other_body(draft: Draft, item: Item, like: str) -> str | None:
    levels = {"市": "city", "省": "province"}
    level = levels.get(
        like[0], "nation" if like in words()["nation"] or re.fullmatch(r"国家.{2,8}[委局]|.{2,8}部|.{2,4}总局", like) else ""
    )
    taken = {name for names in item.label.names.values() for name in names} | {"".join(item.pieces)}
    free = [name for name in words().get(level, ()) if not any(name in one or one in name for one in taken)]
    return draft.dice.choice(free) if free else None


def change_body(draft: Draft, item: Item) -> bool:
    """Replace, add or take away a body."""
    names = _names(item)
    if item.edited & STRUCTURAL or not names or item.edited & {role for role, _ in names}:
        return False
    role, name = draft.dice.choice(names)
    other = _other_body(draft, item, name)
    many = sum(one == role for one, _ in names) > 1
    ordered = role == "partner" or (role == "lead" and not draft.first_leads) or (role == "responsible" and not draft.first_leads)
    how = draft.dice.choice(["replace", *(["add"] if ordered else []), *(["remove"] if ordered and many else [])])
    if how != "remove" and other is None:
        return False
    held = set(item.label.names[role])
    if how == "replace":
        item.put(name, str(other))
        held = held - {name} | {str(other)}
    elif how == "add":
        item.put(name, f"{name}、{other}")
        held.add(str(other))
    elif not _take_away(item, name):
        return False
    else:
        held -= {name}
    draft.note(item, role, f"{role}-{how}")
    item.label.names[role] = frozenset(held)
    return True


def _take_away(item: Item, name: str) -> bool:
    for separator in _SEPARATORS:
        for printed in (name + separator, separator + name):
            if item.count(printed) == 1:
                item.put(printed, "")
                return True
    return False


def change_deadline(draft: Draft, item: Item) -> bool:
    """Print another deadline."""
    due = item.label.due
    if not due or item.count(due) != 1 or item.edited & {"deadline", *STRUCTURAL}:
        return False
    found = _MONTH.fullmatch(due)
    if found:
        month = draft.dice.choice([m for m in range(1, 13) if m != int(found[2])])
        other = f"{found[1] or ''}{month}月{found[3]}{found[4] or ''}"
    elif due in _OTHER_DUE:
        other = _OTHER_DUE[due]
    else:
        return False
    item.put(due, other)
    draft.note(item, "deadline", "deadline")
    return True


def drop_deadline(draft: Draft, item: Item) -> bool:
    """Leave the cell of the deadline empty, where it is no merged one."""
    due, run = item.label.due, next(run for run in draft.new.runs if item in run.rows)
    if not due or item.edited & {"deadline", *STRUCTURAL} or run.head is None or run.merged or due not in item.pieces:
        return False
    item.pieces[item.pieces.index(due)] = "—"
    draft.note(item, "deadline", "deadline-drop")
    return True


def reword(draft: Draft, item: Item) -> bool:
    """Put a clause more into a text, or another one for its last."""
    if not plain_text(item) or item.edited & {"text", *STRUCTURAL}:
        return False
    text = item.text
    stop = text[-1] if text and text[-1] in "。；" else ""
    whole, clause = text.rstrip("。；"), draft.dice.choice(words()["clauses"])
    pieces = re.split(r"(?<=[，。；])", whole)
    kept = "".join(pieces[:-1])
    if len(pieces) > 2 and len(kept) > 0.7 * len(whole) and draft.dice.random() < 0.5:
        draft.note(item, "text", "reword-last")
        item.text = kept + clause + stop
    else:
        draft.note(item, "text", "reword-more")
        item.text = f"{whole}，{clause}{stop}"
    return True


def reword_heavily(draft: Draft, item: Item) -> bool:
    """Write most of a text anew: its subject stays, or its subject is put otherwise and the rest stays."""
    if not plain_text(item) or item.edited & {"text", *STRUCTURAL} or len(item.text) < 16:
        return False
    text = item.text
    number = re.match(r"[（(][一二三四五六七八九十\d]{1,3}[）)]", text)
    mark, text = (number[0], text[number.end() :]) if number else ("", text)
    subject = re.split(r"[，。；：]", text)[0][:22]
    if len(subject) < 6:
        return False
    draft.note(item, "text", "reword-heavy")
    item.text = f"{mark}{subject}，{draft.dice.choice(words()['rewritten'])}。"
    return True


def move(draft: Draft, item: Item) -> bool:
    """Put a task at the end of another section."""
    run = next(run for run in draft.new.runs if item in run.rows)
    places = _sections(run)
    here = next((name for name, items in places if item in items), None)
    others = [(name, items) for name, items in places if name != here and items]
    left = next((items for name, items in places if item in items), [])
    if here is None or not others or item.edited & {"section", *STRUCTURAL} or len(left) < 3:
        return False
    _, target = draft.dice.choice(others)
    column = _domain_column(run)
    run.rows.remove(item)
    run.rows.insert(run.rows.index(target[-1]) + 1, item)
    if column is not None:
        item.pieces[column] = target[-1].pieces[column]
    draft.note(item, "section", "move")
    return True


def _domain_column(run: Run) -> int | None:
    head = run.head[-1] if run.head else []
    return next((c for c, name in enumerate(head) if _DOMAIN.search(name) and c in run.merged), None)


def _sections(run: Run) -> list[tuple[str, list[Item]]]:
    """Return the names of the sections of a run, without numbers, each with its tasks."""
    out: list[tuple[str, list[Item]]] = []
    column = _domain_column(run)
    for row in run.rows:
        if isinstance(row, Fixed) and column is None and _heads(row, run):
            out.append((re.sub(r"^\S{1,4}?[、）]", "", bare(row.pieces[0])), []))
        elif isinstance(row, Item) and column is not None:
            if not out or out[-1][0] != row.pieces[column]:
                out.append((row.pieces[column], []))
            out[-1][1].append(row)
        elif isinstance(row, Item) and out:
            out[-1][1].append(row)
    return out


def _heads(row: Fixed, run: Run) -> bool:
    if run.head is None:
        return HEADING.match(bare(row.pieces[0])) is not None and row.pieces[0].startswith(tuple("一二三四五六七八九十"))
    return len(row.pieces) > 1 and all(cell == "<" for cell in row.pieces[1:])


# --- edits of the list --------------------------------------------------------------------------------------------------


def _run_of(draft: Draft, item: Item) -> Run:
    return next(run for run in draft.new.runs if any(row is item for row in run.rows))


def _at(run: Run, item: Item) -> int:
    return next(at for at, row in enumerate(run.rows) if row is item)


def remove(draft: Draft, item: Item) -> bool:
    """Take a task out."""
    if item.edited or len(draft.new.items()) < 4:
        return False
    run = _run_of(draft, item)
    del run.rows[_at(run, item)]
    draft.structural.append(("removed", start_of(item.text), "remove"))
    return True


def _fresh(draft: Draft, like: Item) -> Item | None:
    free = [text for text in words()["tasks"] if text not in draft.used]
    if not free or not plain_text(like):
        return None
    text = draft.dice.choice(free)
    draft.used.add(text)
    made = copy.deepcopy(like)
    mark = re.match(r"[（(][一二三四五六七八九十\d]{1,3}[）)]", made.text)
    made.text = (mark[0] if mark else "") + text
    made.edited = {"added"}
    return made


def add(draft: Draft, item: Item) -> bool:
    """Put a new task behind one, with the same bodies and deadline."""
    made = _fresh(draft, item)
    if item.edited or made is None:
        return False
    run = _run_of(draft, item)
    run.rows.insert(_at(run, item) + 1, made)
    draft.structural.append(("added", start_of(made.text), "add"))
    return True


def exchange(draft: Draft, item: Item) -> bool:
    """Put a new task in the place of one, with the same bodies and deadline."""
    made = _fresh(draft, item)
    if item.edited or made is None:
        return False
    run = _run_of(draft, item)
    run.rows[_at(run, item)] = made
    draft.structural += [("removed", start_of(item.text), "exchange"), ("added", start_of(made.text), "exchange")]
    return True


def split(draft: Draft, item: Item) -> bool:
    """Make two tasks of one, at a mark near the middle of its text."""
    text = item.text
    marks = [m.end() for m in re.finditer(r"[，。；]", text) if 8 <= m.end() <= len(text) - 8]
    if item.edited or not marks or not plain_text(item) or len(text) < 20:
        return False
    at = min(marks, key=lambda end: abs(end - len(text) / 2))
    if not 0.25 <= at / len(text) <= 0.75:
        return False
    run = _run_of(draft, item)
    draft.structural.append(("split", start_of(text), "split"))
    second = copy.deepcopy(item)
    mark = re.match(r"[（(][一二三四五六七八九十\d]{1,3}[）)]", text)
    item.text, second.text = text[:at].rstrip("，；。") + "。", (mark[0] if mark else "") + text[at:]
    item.edited, second.edited = {"split"}, {"split"}
    run.rows.insert(_at(run, item) + 1, second)
    return True


def merge(draft: Draft, item: Item) -> bool:
    """Make one task of two that stand together."""
    run = _run_of(draft, item)
    at = _at(run, item)
    other = run.rows[at + 1] if at + 1 < len(run.rows) else None
    if not isinstance(other, Item) or not {id(item), id(other)} <= {id(one) for one in untouched(draft)}:
        return False
    if not plain_text(item) or not plain_text(other):
        return False
    column = _domain_column(run)
    second = re.sub(r"^[（(][一二三四五六七八九十\d]{1,3}[）)]", "", other.text)
    if min(len(item.text), len(second)) < 8 or max(len(item.text), len(second)) > 3 * min(len(item.text), len(second)):
        return False
    if column is not None and item.pieces[column] != other.pieces[column]:
        return False
    draft.structural.append(("merged", start_of(item.text), "merge"))
    item.text = f"{item.text.rstrip('。；')}；{second}"
    item.edited = {"merged"}
    del run.rows[at + 1]
    return True


FIELD_EDITS = frozenset({"body", "deadline", "deadline-drop", "reword", "reword-heavy", "move"})
"""Edits of fields: several may meet in one task."""
Edit = Callable[[Draft, Item], bool]
EDITS: dict[str, Edit] = {
    "body": change_body, "deadline": change_deadline, "deadline-drop": drop_deadline, "reword": reword, "reword-heavy": reword_heavily,
    "move": move, "remove": remove, "add": add, "exchange": exchange, "split": split, "merge": merge,
}  # fmt: skip
WEIGHTS = {"body": 5, "deadline": 3, "deadline-drop": 1, "reword": 3, "reword-heavy": 2, "move": 3, "remove": 2, "add": 2, "exchange": 1,
           "split": 2, "merge": 2}  # fmt: skip

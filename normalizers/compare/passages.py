"""The passages of a paper that another paper's tasks may answer to: its tasks, and the paragraphs that hold none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from normalizers.agencies import successor
from normalizers.compare.rare_terms import terms
from normalizers.records import Agency, AgencyKind, Block, BlockKind, Derived, Task
from normalizers.text.fold import fold

LEAST_PARAGRAPH = 20
"""Folded characters below which a paragraph is a salutation, a day or a signature."""
LEAST_NAME = 3
"""Folded characters of a body's name that is looked for in paragraphs."""
MAX_PASSAGES = 1500
"""Tasks, and paragraphs, of a paper that are looked at: ten times the longest division table that is known."""

SAME_DUTY = 0.6
"""Share of pairs of characters from which names of duties are one duty."""

_REGION = re.compile(r"^(?:[^省市区县]{2,6}(?:省|市|自治区|自治州|区|县)|国家|全国)+")
_KIND_OF_BODY = re.compile(r"(?:委员会|办公室|办公厅|总局|厅|局|委|办|署)$")
_ROLE_LINE = re.compile(r"^[（(【]?(?:牵头|责任|配合|参与|主办|协办|完成时|时间节点)[^：:，。]{0,8}[：:]")


@dataclass(frozen=True, slots=True)
class Passage:
    """A task or a paragraph of a paper: ``at`` is the task's position in the paper, None for a paragraph.

    ``section`` is the headings above it, joined by `` / ``. ``named`` are bodies of the other paper that stand in a paragraph's text.
    """

    address: str
    section: str
    text: str
    at: int | None = None
    task: Task | None = None
    named: tuple[Agency, ...] = ()


@dataclass(frozen=True, slots=True)
class Features:
    """What a passage is compared by.

    ``bodies`` are those who do it, in order, by a key that stays theirs through reforms; ``duties`` are the same without their region,
    for papers of different places. ``doing`` is false for a paragraph, whose bodies are only named in it.
    """

    text: frozenset[str]
    section: frozenset[str]
    bodies: tuple[str, ...]
    duties: tuple[str, ...]
    doing: bool = True


def task_passages(paper: Derived) -> list[Passage]:
    """Return the tasks of a paper as passages, in order."""
    return [Passage(task.address, task.section, task.text, at, task) for at, task in enumerate(paper.tasks[:MAX_PASSAGES])]


def paragraph_passages(paper: Derived, tasks: Sequence[Passage] = ()) -> list[Passage]:
    """Return the paragraphs that hold no task, with the headings above them; where there are headings, only below the first.

    ``tasks`` are those of the other paper: which of their bodies a paragraph names is told with it.
    """
    bodies = {fold(body.mention): body for task in tasks for body in doers(task) if body.kind is AgencyKind.AGENCY}
    known = {name: body for name, body in bodies.items() if len(name) >= LEAST_NAME}
    taken = {place for task in paper.tasks for place in (task.address, task.agency_address, task.deadline_address)}
    headed = any(block.kind is BlockKind.HEADING for block in paper.document.blocks)
    out: list[Passage] = []
    for path, block in _under_headings(paper.document.blocks):
        speaks = block.kind is BlockKind.PARAGRAPH and len(fold(block.text)) >= LEAST_PARAGRAPH and not _ROLE_LINE.match(block.text)
        if speaks and block.address not in taken and (path or not headed):
            text = fold(block.text)
            named = tuple(body for name, body in known.items() if name in text)
            out.append(Passage(block.address, path, block.text, named=named))
    return out[:MAX_PASSAGES]


def _under_headings(blocks: tuple[Block, ...]) -> Iterator[tuple[str, Block]]:
    above: dict[int, str] = {}
    for block in blocks:
        if block.kind is BlockKind.HEADING:
            above = {level: text for level, text in above.items() if level < block.level} | {block.level: " ".join(block.text.split())}
        yield " / ".join(above.values()), block


def features(passage: Passage) -> Features:
    """Return what a passage is compared by."""
    bodies = doers(passage)
    keys, duties = (tuple(dict.fromkeys(map(key, bodies))) for key in (body_key, duty))
    return Features(frozenset(terms(passage.text)), frozenset(terms(passage.section)), keys, duties, passage.task is not None)


def doers(passage: Passage) -> tuple[Agency, ...]:
    """Return the bodies that do a task, partners left out: they are many and say little; of a paragraph those it names."""
    return (*passage.task.lead, *passage.task.responsible) if passage.task else passage.named


def body_key(agency: Agency) -> str:
    """Return one key for a body under all its names, those that reforms gave it among them."""
    if agency.kind is AgencyKind.AGENCY and agency.id:
        return successor(agency).id or agency.id
    return agency.id or fold(agency.mention)


def duty(agency: Agency) -> str:
    """Return what a body is in charge of, its name without its region and kind of body: 发展和改革."""
    name = fold(agency.name or agency.mention)
    own = _REGION.sub("", name) or name
    return _KIND_OF_BODY.sub("", own) or own


def matched_duties(left: Sequence[tuple[str, ...]], right: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return the duties of the right paper, each by the name that the left one has for it where the two are near.

    Provinces cut their departments differently: 经济和信息化 is 工业和信息化 elsewhere, 规划和自然资源 自然资源.
    """
    ours, theirs = ({duty for each in lists for duty in each} for lists in (left, right))
    near = {(a, b): _likeness(a, b) for a in sorted(ours - theirs) for b in sorted(theirs - ours)}
    pairs: dict[str, str] = {}
    for (a, b), likeness in sorted(near.items(), key=lambda item: (-item[1], sorted(item[0]))):
        if likeness >= SAME_DUTY and a not in pairs.values() and b not in pairs:
            pairs[b] = a
    return [tuple(dict.fromkeys(pairs.get(duty, duty) for duty in each)) for each in right]


def _likeness(one: str, other: str) -> float:
    """Return the share of pairs of characters that two names have in common (Dice)."""
    a, b = ({name[i : i + 2] for i in range(len(name) - 1)} for name in (one, other))
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0

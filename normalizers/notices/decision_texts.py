"""A penalty decision published as a text of its own (行政处罚决定书): one record, its parties, facts, basis and penalty told apart."""

from __future__ import annotations

import re
from dataclasses import dataclass

from normalizers.notices.list_prose import number_in
from normalizers.notices.list_tables import SUBJECTS, concept_name
from normalizers.notices.records import NoticeKind, PrintedField
from normalizers.records import BlockKind, Document, Hints, Metadata

MAX_FIELD = 4000
"""Characters of facts or penalty that are kept; decisions of a hundred pages are told in full by their source."""
_TITLE = re.compile(r"行政处罚决定书|处罚决定书|行政处理决定书|不予行政处罚决定书|税务处理决定书|税务行政处罚决定书")
_NOT = re.compile(r"通知|办法|规定|格式|样式|模板|范本|解读|告知|如何|送达公告$|汇编|公开")
_LABEL = re.compile(r"\s*(?P<label>[\u4e00-\u9fff（）()、/ 　]{2,24})[：:]\s*(?P<value>[^\n]{1,300})$")
_FACTS = re.compile(r"^(?:.{0,20}(?:经查|查明|违法事实|经调查|经检查|检查发现|立案))")
_PENALTY = re.compile(r"(?:处罚如下|决定如下|作出如下|作出以下|给予(?:当事人|你单位|你公司).{0,20}处罚|责令|处以?罚款)")
_TAIL = re.compile(
    r"^(?:当事人应当?|你单位应|你公司应|如(?:不服|对)|当事人如|逾期|自收到|根据《.{2,30}》.{0,30}(?:向社会)?公示|本(?:机关|局)将)"
)
_BASIS = re.compile(r"(?:依据|根据|依照|按照)(?:[^。；]{0,10}?)(《[^《》]{2,60}》[^，。；]{0,60}?(?:规定)?)(?=[，。；])")


@dataclass(frozen=True, slots=True)
class DecisionText:
    """The record of a decision and the blocks that it stands in."""

    fields: tuple[PrintedField, ...]
    blocks: tuple[int, ...]
    kind: NoticeKind = NoticeKind.PENALTY


def decision_in(document: Document, metadata: Metadata, hints: Hints) -> DecisionText | None:
    """Return the decision that a document is, ``None`` for any other document: its title says so and its text names the party."""
    if not any(_is_title(title) for title in (metadata.title, hints.title, *(block.text for block in document.blocks[:4]))):
        return None
    heads: list[PrintedField] = []
    told: dict[str, list[str]] = {"违法事实": [], "处罚内容": []}
    used: list[int] = []
    place = ""
    for at, block in enumerate(document.blocks):
        if (
            block.kind is BlockKind.TITLE
            or block.table is not None
            or (not place and not heads and not _LABEL.match(block.text.split("\n")[0]))
        ):
            continue
        used.append(at)
        for line in block.text.split("\n"):
            label = _LABEL.match(line)
            if label and not place and concept_name(label["label"].strip()):
                heads.append(PrintedField(label["label"].strip(), label["value"].strip(" ；;。")))
                continue
            place = _next_place(place, line)
            if place in told:
                told[place].append(line.strip())
    if not any(concept_name(each.label) in SUBJECTS for each in heads) or not (told["处罚内容"] or told["违法事实"]):
        return None
    return DecisionText((*heads, *_rest(document, metadata, heads, told)), tuple(used))


def _is_title(text: str) -> bool:
    bare = text[:120]
    return bool(_TITLE.search(bare)) and not _NOT.search(bare)


def _next_place(place: str, line: str) -> str:
    """Return what a line tells: facts first, the penalty once it is pronounced, the rest is no part of the record."""
    if _TAIL.match(line.strip()) and place == "处罚内容":
        return "end"
    if place == "end":
        return place
    if _PENALTY.search(line) and (place or "决定" in line):
        return "处罚内容"
    return place or "违法事实"


def _rest(document: Document, metadata: Metadata, heads: list[PrintedField], told: dict[str, list[str]]) -> list[PrintedField]:
    have = {concept_name(each.label) for each in heads}
    out: list[PrintedField] = []
    number = metadata.document_number or number_in("\n".join(block.text for block in document.blocks[:6]))
    if number and "number" not in have:
        out.append(PrintedField("处罚决定书文号", number))
    out += [PrintedField(label, "\n".join(lines)[:MAX_FIELD]) for label, lines in told.items() if lines]
    basis = _BASIS.search("\n".join(told["处罚内容"]))
    if basis and "basis" not in have:
        out.append(PrintedField("处罚依据", basis[1]))
    if metadata.issued_on and "decided_on" not in have:
        out.append(PrintedField("处罚决定日期", metadata.issued_on.isoformat()))
    return out

"""Public credit records in running text: items of a list, label lines, names with their codes in a sentence."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from normalizers.notices.contexts import ListContext
from normalizers.notices.firm_names import CODE, MIN_NAME, Named, item_name, names_in
from normalizers.notices.list_tables import CODES, DECIDED, SUBJECTS, concept_name
from normalizers.notices.list_words import pattern
from normalizers.notices.records import NoticeKind, PrintedField
from normalizers.privacy.names import is_name

SUBJECT = "〔主体〕"
"""What stands in a sentence for the name of a firm whose record was cut out of it."""
CODED = "〔代码〕"
NUMBERED = "〔文号〕"
_KEYS = (MIN_NAME, 2)
"""How many first characters a word is known by, longer words before shorter ones."""
MAX_LINE = 3000
"""Characters of a line that is looked at for names."""
SHORT_REST = 12
"""Characters up to which what stands behind a name is a remark (a place, a grade) and no reason."""
LEAST_LABELS = 3
"""Lines of a label and a value that make a record."""
_ITEM = re.compile(
    r"\s*(?:案[件例][一二三四五六七八九十\d]{1,3}\s*[：:、.]?\s*|\d{1,4}\s?[.．、)）]?\s*|[（(]\d{1,4}[)）]\s*|[①-⑳]\s*|[一二三四五六七八九十]{1,3}、\s*|[（(][一二三四五六七八九十]{1,3}[)）]\s*|[•·●■◆*-]\s*)?"
)
_LABEL_LINE = re.compile(
    r"\s*(?:\d{1,3}[.、．]\s*|[（(]?[一二三四五六七八九十\d]{1,3}[)）、]\s*)?(?P<label>[^：:\n，。（(]{2,30}(?:[（(][^（）()\n]{1,12}[)）])?)[：:]\s*(?P<value>[^\n]{1,2000})$"
)
_NUMBER = re.compile(
    r"[\u4e00-\u9fffA-Za-z]{1,16}[〔\[（(【]\s*(?:19|20)\d\d\s*[〕\]）)】]\s*[\u4e00-\u9fff]{0,6}第?\s*\d{1,15}(?:-\d+)?\s*号"
)
_BEFORE_NUMBER = re.compile(r"^.*[因日据照以按于的将对为即经由被受](?=[\u4e00-\u9fffA-Za-z]{2})")
_JOINED = re.compile(rf"{SUBJECT}(?:\s*[、，,和及与]\s*{SUBJECT})+")


@dataclass(frozen=True, slots=True)
class Item:
    """A record in running text. ``whole``: the lines ``first`` to ``last`` say nothing else and go with it."""

    fields: tuple[PrintedField, ...]
    first: int
    last: int
    whole: bool


def number_in(text: str) -> str:
    """Return the number of a decision that a text names, empty where it names none."""
    found = _NUMBER.search(text)
    return _BEFORE_NUMBER.sub("", found[0]) if found else ""


class Sweep:
    """Takes words out of texts, however many there are: in one pass over a text, by their first characters."""

    def __init__(self, told: Mapping[str, str]) -> None:
        """Prepare for words, each with what takes its place; words of one character are left out."""
        self._words: dict[str, list[tuple[str, str]]] = {}
        for word in sorted(told, key=len, reverse=True):
            if len(word) >= min(_KEYS):
                self._words.setdefault(word[: MIN_NAME if len(word) >= MIN_NAME else 2], []).append((word, told[word]))

    def __call__(self, text: str) -> str:
        """Return a text without them, several subjects in a row as one."""
        out: list[str] = []
        at = done = 0
        while self._words and at <= len(text) - min(_KEYS):
            found = self._at(text, at)
            if found is None:
                at += 1
                continue
            out += [text[done:at], found[1]]
            at = done = at + len(found[0])
        return _JOINED.sub(SUBJECT, "".join([*out, text[done:]])) if out else text

    def _at(self, text: str, at: int) -> tuple[str, str] | None:
        """Return the longest of the words that stands at a place, and what takes its place."""
        known = (pair for size in _KEYS for pair in self._words.get(text[at : at + size], ()))
        return next((pair for pair in known if text.startswith(pair[0], at)), None)


# --- label lines --------------------------------------------------------------------------------------------------------------


def label_lines(lines: Sequence[str], context: ListContext | None) -> Iterator[Item]:
    """Yield the records written as lines of a label and a value (企业名称：… / 处罚决定书文号：…); each begins with a subject."""
    run: list[tuple[int, PrintedField]] = []
    seen: set[str] = set()
    for at, line in enumerate([*lines, ""]):
        found = _LABEL_LINE.match(line) if len(line) <= MAX_LINE else None
        concept = concept_name(found["label"].strip()) if found else ""
        again = concept in SUBJECTS and bool(seen & SUBJECTS)
        if (not concept or again) and run:
            yield from _labelled(run, context)
            run, seen = [], set()
        if found and concept:
            run.append((at, PrintedField(found["label"].strip(), found["value"].strip())))
            seen.add(concept)


def _labelled(run: Sequence[tuple[int, PrintedField]], context: ListContext | None) -> Iterator[Item]:
    concepts = {concept_name(each.label) for _, each in run}
    decided = concepts & DECIDED
    enough = len(run) >= LEAST_LABELS and bool(concepts & SUBJECTS)
    if enough and (bool(decided or concepts & CODES) if context else "number" in decided and len(decided) >= 2):
        yield Item(tuple(each for _, each in run), run[0][0], run[-1][0], whole=True)


def with_labels(item: Item, lines: Sequence[str], taken: Container[int]) -> Item:
    """Return an item that is a name alone together with the lines of labels and values below it (统一社会信用代码：…, 违法事实：…)."""
    last, fields = item.last, list(item.fields)
    while item.whole and last + 1 < len(lines) and last + 1 not in taken and len(lines[last + 1]) <= MAX_LINE:
        found = _LABEL_LINE.match(lines[last + 1])
        concept = concept_name(found["label"].strip()) if found else ""
        if found is None or not concept or concept in SUBJECTS:
            break
        fields.append(PrintedField(found["label"].strip(), found["value"].strip(" ；;。")))
        last += 1
    return replace(item, fields=tuple(fields), last=last)


_PERSON_ITEM = re.compile(r"(?P<name>[\u4e00-\u9fff]{2,4})\s*[，,、（(]\s*(?:男|女|性别|身份证|公民身份|证件号)")
"""An item about a person: the name and what only persons have behind it."""

# --- items and sentences -------------------------------------------------------------------------------------------------------


def items(line: str, at: int, context: ListContext) -> Iterator[Item]:
    """Yield the records of one line below a title or lead-in that announces them."""
    if len(line) > MAX_LINE:
        return
    named = list(names_in(line))
    lead = _ITEM.match(line)
    start = lead.end() if lead else 0
    numbered = lead is not None and bool(lead[0].strip())
    if (person := _PERSON_ITEM.match(line, start)) and is_name(person["name"]):
        yield Item((PrintedField("姓名", person["name"]),), at, at, whole=True)
        return
    alone = None if named and named[0].start == start else item_name(line, start)
    if alone is not None and (numbered or alone.code):  # a bare line of that kind is a signature
        named = [alone]
    if named and named[0].start == start and (len(named) == 1 or named[0].code):
        rest = _rest(line[named[0].stop :])
        if not any(other.code for other in named[1:]) and not _is_sentence_about(rest):
            yield Item(_fields(named[0], line, rest, context), at, at, whole=True)
            return
    if any(each.code for each in named) or _is_enumeration(named, line, context) or _is_ended(line, named, context):
        for each in named:
            if not _is_aside(line, each):
                yield Item(_fields(each, line, "", context), at, at, whole=False)


def _rest(text: str) -> str:
    """Return what stands behind a name, a bracket around it and the marks at its ends off."""
    bare = text.strip(" \t；;。，,、：:　")
    inside = re.fullmatch(r"[（(]([^（）()]{1,200})[）)]", bare)
    return inside[1].strip() if inside else bare


def _is_sentence_about(rest: str) -> bool:
    """Tell whether what follows a name makes the line a sentence of its own about the publication (…负责解释, …联系)."""
    return bool(re.match(r"(?:负责|承办|联系|牵头|组织|是|为本|开展|实施|提供|等)", rest))


def _is_enumeration(named: Sequence[Named], line: str, context: ListContext) -> bool:
    """Tell whether names stand in a row (甲公司、乙公司、丙公司) and the line says no more than that they are listed."""
    if len(named) < 2 or not (len(_rest(line[named[-1].stop :])) <= SHORT_REST or _LEADS.search(line) or _is_ended(line, named, context)):
        return False
    return all(re.fullmatch(r"\s*[、，,；;和及与]\s*", line[a.stop : b.start]) for a, b in pairwise(named))


def _is_ended(line: str, named: Sequence[Named], context: ListContext) -> bool:
    """Tell whether a line itself says that entries of those it names end, or that they are listed."""
    return bool(named) and bool(_ACTS.search(line)) and (context.ends or bool(_LISTS.search(line)))


_LEADS = re.compile(r"如下|下列|以下|分别[为是]|等\s*[\d一二三四五六七八九十百]+\s*[家户个]")
_ACTS = re.compile(r"移出|移除|撤销|撤下|撤消|退出|解除|修复|终止公示|停止公示|列入|纳入|认定为|处罚|记入")
_LISTS = re.compile(r"列入|纳入|认定为|记入")


def _is_aside(line: str, named: Named) -> bool:
    """Tell whether a name stands for somebody else than a subject: who assessed, wrote, or is to be asked."""
    return bool(
        re.search(
            r"(?:联系单位|评价机构|评估机构|服务机构|第三方|委托|承办单位|技术支持|开户|联系人|地址|举报|投诉)[^，。；]{0,6}$",
            line[max(0, named.start - 14) : named.start],
        )
    )


def _fields(named: Named, line: str, rest: str, context: ListContext) -> tuple[PrintedField, ...]:
    """Return the fields of a name in a line: name, code, the labels in its bracket, the number of a decision, the rest as its reason."""
    out = [PrintedField("企业名称", named.name)]
    if named.code:
        out.append(PrintedField("统一社会信用代码" if len(named.code) == 18 else "证照号码", named.code))
    for part in re.split(r"[，,；;]", line[named.end : named.stop].strip(" （）()")):
        label, _, value = part.replace("：", ":").partition(":")
        if value.strip() and concept_name(label.strip()) and not CODE.search(value.upper()):
            out.append(PrintedField(label.strip(), value.strip()))
    near = line[named.stop : named.stop + 200] if rest else line
    if number := number_in(near):
        out.append(PrintedField("处罚决定书文号" if context.kind is not NoticeKind.PERMIT else "许可决定书文号", number))
    if rest:
        long = len(rest) > SHORT_REST or bool(re.search(r"[因未违拒欠]", rest))
        out.append(PrintedField(("移出原因" if context.ends else "列入原因") if long else "备注", rest))
    return tuple(out)


def leads(text: str) -> bool:
    """Tell whether a paragraph leads into a list (…如下：, 下列企业…, …名单)."""
    return bool(re.search(r"如下|下列|以下|[：:]\s*$|名单\s*$", text[:400])) and bool(pattern("listing").search(text[:400]))

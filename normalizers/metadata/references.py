"""The other documents that a text names: 《…》 with their numbers, numbers alone, lists of attachments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from itertools import islice

from normalizers.deadlines.printed import fold_blanks, mask, title_spans
from normalizers.metadata.lines import Line
from normalizers.metadata.number import normalise_number
from normalizers.metadata.words import words, words_pattern
from normalizers.records import Reference, Relation, Span
from normalizers.text.fold import fold

MAX_TEXT = 400_000
MAX_TITLE = 150
"""Characters of a title in 《》; longer ones were never closed."""
MAX_REFERENCES = 1000
LONGEST_MARK = 16
"""Characters of the issuer's mark before the year of a number."""
REACH = 200
"""Characters to either side of a title in which the verb that governs it stands."""

_SENTENCE_ENDS = "。；;！？\n"
_BEHIND = re.compile(r"\s{0,3}[（(]\s{0,3}([^（()）\n]{2,60}?(?:[（(][^（()）\n]{4,8}[）)][^（()）\n]{0,12})?)[）)]")
_FROM_YEAR = r"\s?[〔\[【（(]\s?(?:19|20)\d\d\s?[〕\]】）)]\s?第?\s?\d{1,5}\s?号"
_YEARED = re.compile(_FROM_YEAR)
_NUMBER = re.compile(rf"[\u4e00-\u9fff]{{1,{LONGEST_MARK}}}{_FROM_YEAR}")
_UNQUOTED = re.compile(r"[^，。；、：《》（）()\0\n]{0,60}关于[^，。；：《》（）()\0\n]{2,80}$")
_BRACKETS = re.compile(r"[（(][^（()）]{0,60}[）)]")
_TAIL = re.compile(r"(?:[（(〔\[][^（()）〔〕\[\]]{1,30}[）)〕\]]|\s)+$")
_REPEALED = re.compile(
    r"[\0、和及以与等（）()\s]*(?:[，,]?自[^，,。]{0,24}起|[，,]?(?:同时|即行|均|一并|相应|已|予以|现予|也|原)){0,3}[^，,。\0]{0,8}?(?:VERB)(?!\0|的|《|下列|部分|后)"
)
_ATTACHED = re.compile(r"附\s?件\s?[一二三四五六\d]{0,2}\s?[:：]\s*(?P<first>.*)")
_ITEM = re.compile(r"\s*[（(]?\d{1,2}\s*[.．、）)]\s*(?!\d)(?P<name>.+)")
_SHORT = re.compile(r"(?:以下|下)?(?:统)?[简下]?称为?\s?[“\"]?$")
_FILE_TYPE = re.compile(r"\.(?:docx?|pdf|xlsx?|wps|et|zip|rar|ofd)$", re.IGNORECASE)


@cache
def _governing() -> re.Pattern[str]:
    """Return the verbs that tell how a text stands to the title behind them."""
    groups = (
        f"(?P<{name}>{words_pattern('reference', name).pattern})"
        for name in ("forwards", "amends", "drops", "attaches", "basis", "follows")
    )
    return re.compile("|".join(groups))


@cache
def _repealed() -> re.Pattern[str]:
    return re.compile(_REPEALED.pattern.replace("VERB", words_pattern("reference", "repeals").pattern))


@cache
def _is_short_name() -> re.Pattern[str]:
    return re.compile(rf"(?:{words_pattern('reference', 'short_names').pattern})*(?:{words_pattern('title', 'genres').pattern})")


def read_references(text: str, lines: Iterable[Line], *, title: str, number: str) -> tuple[Reference, ...]:
    """Return the documents that a text names, each once, in reading order, with spans in ``text``.

    ``title`` and ``number`` are the document's own, which are no references. Short names (以下简称《方案》), forms and newspapers are none.
    """
    text = text[:MAX_TEXT]
    spans = title_spans(text)
    masked = mask(text, spans)
    found = [*_quoted(text, masked, spans, title), *_numbered(text, masked, spans), *_attachments(lines)]
    found.sort(key=lambda reference: reference.span.start)
    return tuple(_each_once(found, fold(title), number))[:MAX_REFERENCES]


def _each_once(found: list[Reference], own_title: str, own_number: str) -> list[Reference]:
    """Join what names the same document: the first place, the number where any states it, the most telling relation."""
    kept: list[Reference] = []
    by_key: dict[str, int] = {}
    for reference in found:
        keys = [key for key in (reference.number, fold(reference.title)) if key]
        if (own_number and reference.number.endswith(own_number)) or fold(reference.title) == own_title != "":
            continue
        at = next((by_key[key] for key in keys if key in by_key), None)
        if at is None:
            at = len(kept)
            kept.append(reference)
        else:
            kept[at] = _joined(kept[at], reference)
        by_key |= dict.fromkeys(keys, at)
    return kept


def _joined(first: Reference, other: Reference) -> Reference:
    relation = other.relation if first.relation is Relation.CITES else first.relation
    return replace(first, title=first.title or other.title, number=first.number or other.number, relation=relation)


def _quoted(text: str, masked: str, spans: list[tuple[int, int]], own: str) -> Iterator[Reference]:
    """Yield the titles in 《》."""
    for start, end in spans[: 4 * MAX_REFERENCES]:
        title = fold_blanks(text[start + 1 : end - 1])
        if text[end - 1] != "》" or not 2 <= len(title) <= MAX_TITLE or _SHORT.search(text[max(0, start - 8) : start]):
            continue
        behind = _BEHIND.match(text, end, end + 90)
        number = normalise_number(re.split(r"[，,；;]", behind[1])[0]) if behind else ""
        if number or _is_document(title):
            yield Reference(title, number, _relation(masked, start, end, own), Span(start, end))


def _is_document(title: str) -> bool:
    """Tell whether a title is that of a document, not of a form, a book or a newspaper, and no short name."""
    bare = _TAIL.sub("", title).rstrip('》〉”"')
    if not bare.endswith(words("reference", "genres")) or bare.endswith(words("reference", "forms")):
        return False
    return not _is_short_name().fullmatch(bare)


def _relation(masked: str, start: int, end: int, own: str = "") -> Relation:
    """Return how the text stands to the title at a place, by the verbs around it in its sentence."""
    first = max(start - REACH, max(masked.rfind(mark, max(0, start - REACH), start) for mark in _SENTENCE_ENDS) + 1, 0)
    stops = [at for mark in _SENTENCE_ENDS if (at := masked.find(mark, end, end + REACH)) >= 0]
    before, after = masked[first:start], masked[end : min(stops, default=end + REACH)]
    if _repealed().match(_BRACKETS.sub("", after)):
        return Relation.REPEALS
    if re.match(rf"[^\0，,]{{0,6}}(?:{words_pattern('reference', 'amended_behind').pattern})", _BRACKETS.sub("", after).lstrip("、，,")):
        return Relation.AMENDS
    if words_pattern("reference", "forwarded_behind").search(after):
        return Relation.FORWARDS
    verbs = list(_governing().finditer(before))
    if verbs:
        return _by_verb(verbs[-1], before, before + after, own)
    return Relation.ATTACHES if words_pattern("reference", "attached_behind").search(after) else Relation.CITES


def _by_verb(verb: re.Match[str], before: str, sentence: str, own: str) -> Relation:
    kind, near = verb.lastgroup or "", before[verb.end() :]
    if kind == "basis":
        return Relation.BASIS
    if kind == "follows":
        makes = words_pattern("reference", "makes").search(sentence) or _in_title(before, own)
        return Relation.BASIS if makes else Relation.CITES
    if kind == "attaches":
        attached = "\0" not in near or kind == "attaches"
        behind = words_pattern("reference", "attached_behind").search(sentence)
        return Relation.ATTACHES if attached and (behind or verb[0] != "印发" or _in_title(before, own)) else Relation.CITES
    if kind == "forwards":
        return Relation.FORWARDS
    if kind == "drops":
        return Relation.REPEALS
    decides = "决定" in sentence or "如下" in sentence or _in_title(before, own)
    return Relation.AMENDS if decides else Relation.CITES


def _in_title(before: str, own: str) -> bool:
    """Tell whether the words before a title open the document's own title (关于印发《…》的通知)."""
    said = fold(before.replace("\0", ""))
    return len(said) >= 2 and bool(own) and fold(own).startswith(said)


def _numbered(text: str, masked: str, spans: list[tuple[int, int]]) -> Iterator[Reference]:
    """Yield the numbers that stand without a title in 《》, with the title before them where one is printed without marks."""
    ends = {end for _, end in spans}
    lead = re.compile(rf"^.*(?:{words_pattern('reference', 'before_number').pattern})")
    for match in islice(_numbers(masked), 4 * MAX_REFERENCES):
        if match.start() - 1 in ends or _alone(masked, match):
            continue
        number = normalise_number(lead.sub("", match[0].partition("〔")[0].partition("（")[0].partition("[")[0]) + _from_year(match[0]))
        if not number:
            continue
        opened = masked[match.start() - 1 : match.start()] in ("（", "(")
        named = _UNQUOTED.search(masked, max(0, match.start() - REACH), match.start() - 1) if opened else None
        title = lead.sub("", named[0].partition("关于")[0]) + "关于" + named[0].partition("关于")[2] if named else ""
        if not title.endswith(words("reference", "genres")):
            title, named = "", None
        start = match.start() - 1 - len(title) if named else match.end() - len(_from_year(match[0])) - len(number.partition("〔")[0])
        yield Reference(fold_blanks(title), number, _relation(masked, max(0, start), match.end()), Span(max(0, start), match.end()))


def _numbers(text: str) -> Iterator[re.Match[str]]:
    """Yield the numbers in a text: brackets around a year are few, so they are looked for first, and the issuer's mark before them."""
    end = 0
    for yeared in _YEARED.finditer(text):
        found = _NUMBER.search(text, max(end, yeared.start() - LONGEST_MARK), yeared.end())
        if found:
            end = found.end()
            yield found


def _from_year(number: str) -> str:
    """Return a printed number from its year on (〔2014〕21号)."""
    at = re.search(r"[〔\[【（(]\s?(?:19|20)\d\d", number)
    return number[at.start() :] if at else ""


def _alone(masked: str, match: re.Match[str]) -> bool:
    """Tell whether a number fills its line: the document's own, or that of a paper it brings."""
    line = masked.rfind("\n", max(0, match.start() - 80), match.start()) + 1 or max(0, match.start() - 80)
    stop = masked.find("\n", match.end(), match.end() + 80)
    return len(masked[line : stop if stop >= 0 else len(masked[: match.end() + 80])].strip(" \t（）()")) <= len(match[0]) + 2


def _attachments(lines: Iterable[Line]) -> Iterator[Reference]:
    """Yield the entries of a list of attachments (附件：1.… 2.…)."""
    listing = False
    for line in lines:
        head = _ATTACHED.fullmatch(line.raw) if line.short else None
        item = _ITEM.fullmatch(head["first"] if head else line.raw) if line.short and (head or listing) else None
        name = item["name"] if item else head["first"] if head else ""
        listing = bool(head or (listing and item))
        title = _FILE_TYPE.sub("", name.strip()).strip("《》 ")
        if 3 <= len(title) <= MAX_TITLE and "。" not in title:
            start = line.start + line.raw.rindex(name)
            yield Reference(fold_blanks(title), "", Relation.ATTACHES, Span(start, start + len(name)))

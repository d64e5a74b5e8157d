"""A penalty decision published as a text of its own (行政处罚决定书): a record of each party, its facts, basis and penalty told apart."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass, field

from normalizers.notices.decision_parties import Party, addressee, fields_of, is_party_label, party_in, reduced
from normalizers.notices.firm_names import is_body
from normalizers.notices.list_prose import number_in
from normalizers.notices.list_tables import concept_name
from normalizers.notices.records import NoticeKind, PrintedField
from normalizers.records import BlockKind, Document, Hints, Metadata

MAX_FIELD = 4000
"""Characters of facts or penalty that are kept; decisions of a hundred pages are told in full by their source."""
MAX_VALUE = 80
"""Characters of the value of a line of the head whose label is not known; longer ones are sentences."""
_TITLE = re.compile(r"行政处罚决定书|处罚决定书|行政处理决定书|不予行政处罚决定书|税务处理决定书|税务行政处罚决定书")
_NOT = re.compile(r"通知|办法|规定|格式|样式|模板|范本|解读|告知|如何|送达公告$|汇编|公开|撤销|公示|公告|修复|移出")
_LABEL = re.compile(r"\s*(?P<label>[\u4e00-\u9fff（）()、/ 　\u00a0]{2,24})[：:]\s*(?P<value>[^\n]{1,600})$")
_PENALTY = re.compile(
    r"(?:处罚如下|决定如下|作出如下|作出以下|(?:如下|以下)(?:行政)?处罚|给予(?:当事人|你单位|你公司|你|其).{0,20}处罚|责令|处以?(?:人民币)?罚款"
    r"|决定(?:对|给予|处以|予以|没收|罚款)|[会局厅委]决定[：:])"
)
_TAIL = re.compile(
    r"^(?:当事人应当?|你(?:单位|公司|厂|店|社|院)?应|如(?:不服|对)|你(?:单位|公司|厂|店|社)?如|当事人如|上述当事人|逾期|限(?:于|你|当事人)|收款银行"
    r"|自收到|根据《.{2,30}》.{0,30}(?:向社会)?公示|本(?:机关|局)将)"
)
_SECTION = re.compile(r"^[一二三四五六七][、.．]\s*(?P<about>[^。，]{2,40})")
_ABOUT = (
    (re.compile(r"事实|证据"), "违法事实"),
    (re.compile(r"履行|复议|诉讼|救济|权利|执行"), "end"),
    (re.compile(r"(?:处罚|处理|责令).{0,6}(?:依据|种类|内容|决定)|^(?:依据|处罚)"), "处罚内容"),
)
_BASIS = re.compile(r"(?:依据|根据|依照|按照)(?:[^。；]{0,10}?)(《[^《》]{2,60}》[^，,。；;]{0,60}?(?:规定)?)(?=[，,。；;])")
_DAY = re.compile(r"[\s\d〇○零一二三四五六七八九十年月日]{6,20}")
_MOST_PARTIES = 60
MAX_TITLE = 60
"""Characters of a line above the text that may be a title of its own."""
MAX_HEADING = 24
"""Characters of a heading that says what comes below it (一、违法事实和证据)."""


@dataclass(frozen=True, slots=True)
class DecisionText:
    """The records of a decision, one for each party, and the blocks that they stand in."""

    parties: tuple[tuple[PrintedField, ...], ...]
    blocks: tuple[int, ...]
    kind: NoticeKind = NoticeKind.PENALTY


@dataclass(slots=True)
class _Reading:
    """A decision on its way: its parties with the lines about them, and the lines of facts and penalty."""

    parties: list[Party] = field(default_factory=list)
    head: list[PrintedField] = field(default_factory=list)
    told: dict[str, list[str]] = field(default_factory=lambda: {"违法事实": [], "处罚内容": []})
    place: str = ""

    def take(self, line: str) -> None:
        """Read the next line."""
        if not self.place and self._is_head(line):
            return
        self.place = _next_place(self.place, line)
        section = _SECTION.fullmatch(line)
        if self.place in self.told and not (section and len(line) <= MAX_HEADING):
            self.told[self.place].append(line)

    def _is_head(self, line: str) -> bool:
        """Tell whether a line names a party or says something of the last one, and keep it."""
        party = party_in(line, self.parties) or (None if self.parties else addressee(line))
        label = _LABEL.match(line)
        if party is not None and len(self.parties) < _MOST_PARTIES:
            self.parties.append(party)
        elif label and (self.parties or not is_party_label(label["label"])) and self._says_something(label["label"], label["value"]):
            known = PrintedField("".join(label["label"].split()), label["value"].strip(" ；;。"))
            (self.parties[-1].fields if self.parties else self.head).append(known)
        else:
            return False
        return True

    def _says_something(self, label: str, value: str) -> bool:
        return bool(concept_name("".join(label.split()))) or (bool(self.parties) and len(value) <= MAX_VALUE and "。" not in value[:-1])


def decision_in(document: Document, metadata: Metadata, hints: Hints) -> DecisionText | None:
    """Return the decision that a document is, ``None`` for any other document: its title says so and its text names the party."""
    lines = (block.text.strip() for block in document.blocks[:4] if len(block.text) <= MAX_TITLE)
    if not any(_is_title(title) for title in (metadata.title, hints.title, *(line for line in lines if line.endswith(("书", "）", ")"))))):
        return None
    reading, used = _Reading(), list[int]()
    for at, line in _lines(document):
        before = bool(reading.parties or reading.head)
        if before or party_in(line) or addressee(line) or _LABEL.match(line):
            reading.take(line)
            if reading.parties or reading.head:
                used.append(at)
    if not reading.parties or not (reading.told["处罚内容"] or reading.told["违法事实"]):
        return None
    people = tuple(party.name for party in reading.parties if party.is_person)
    common = [*reading.head, *_rest(document, metadata, reading, people)]
    parties = tuple((*fields_of(party), *_missing(common, party)) for party in reading.parties)
    return DecisionText(parties, tuple(dict.fromkeys(used)))


def _lines(document: Document) -> Iterator[tuple[int, str]]:
    for at, block in enumerate(document.blocks):
        if block.kind is not BlockKind.TITLE and block.table is None:
            yield from ((at, line.strip()) for line in block.text.split("\n") if line.strip())


def _is_title(text: str) -> bool:
    bare = text[:120]
    return bool(_TITLE.search(bare)) and not _NOT.search(bare)


def _next_place(place: str, line: str) -> str:
    """Return what a line tells: facts first, the penalty once it is pronounced, the rest is no part of the record."""
    if section := _SECTION.match(line):
        about = next((place for pattern, place in _ABOUT if pattern.search(section["about"])), "")
        if about and not (place == "处罚内容" and about == "违法事实"):
            return about
    if place == "end" or (_TAIL.match(line) and place == "处罚内容"):
        return "end"
    if _PENALTY.search(line) and (place or "决定" in line):
        return "处罚内容"
    return place or "违法事实"


def _missing(common: list[PrintedField], party: Party) -> list[PrintedField]:
    have = {concept_name(each.label) for each in party.fields}
    return [each for each in common if concept_name(each.label) not in have]


def _rest(document: Document, metadata: Metadata, reading: _Reading, people: tuple[str, ...]) -> list[PrintedField]:
    have = {concept_name(each.label) for each in reading.head}
    out: list[PrintedField] = []
    number = metadata.document_number or number_in("\n".join(block.text for block in document.blocks[:6]))
    if number and "number" not in have:
        out.append(PrintedField("处罚决定书文号", number))
    issuers = {mention for body in metadata.issuers for mention in (body.mention, body.name)}
    texts = {label: reduced("\n".join(_unsigned(lines, issuers)), people)[:MAX_FIELD] for label, lines in reading.told.items()}
    out += [PrintedField(label, text) for label, text in texts.items() if text]
    basis = _BASIS.search(texts["处罚内容"])
    if basis and "basis" not in have:
        out.append(PrintedField("处罚依据", basis[1]))
    if metadata.issued_on and "decided_on" not in have:
        out.append(PrintedField("处罚决定日期", metadata.issued_on.isoformat()))
    return out


def _unsigned(lines: list[str], issuers: Container[str | None]) -> list[str]:
    """Return lines without the signature and the day at their end."""
    kept = list(lines)
    while kept and (_DAY.fullmatch(kept[-1]) or kept[-1] in issuers or (is_body(kept[-1]) and len(kept[-1]) <= 40)):
        kept.pop()
    return kept

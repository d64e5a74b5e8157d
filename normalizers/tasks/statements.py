"""What one bracket, line or cell states about who does a task by when: 牵头单位：A；配合单位：B · A牵头，B配合 · A、B按职责分工负责."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from normalizers.tasks.clauses import NO_CLAUSES, SIGNS, Clauses, split_clauses
from normalizers.tasks.roles import AGENCY_ROLES, Role, label_role, labels_in, names_offices

_NOTHING = re.compile(r"[\s/／\\—–\-_－一无暂○×、。.；;，,]*|[Nn]/?[Aa]|暂?无|不涉及|空")
_VERB_END = r"(?=\s*(?:[、，,；;。)）]|会同|会|$|\s))"
_WHAT = r"(?!单位|部门|责任|处室|科室|机构|主体|同志|人)[^，,；;。、（()）：:\n]{1,24}(?=[，,；;。)）]|$)"
"""What a body leads or is in charge of, behind its verb: A负责方案编制，B负责资金保障."""
_LEADING = "负责|落实|实施|推进|组织实施|组织|推动|办理|抓总|承担|开展|制定|协调|督导|督办|统筹|完成|总"
_BEING = r"(?:均?为|作为|是)"
_LEAD_VERB = rf"(?:共同|联合|分别|总|具体)?牵头(?:(?:{_LEADING})*{_VERB_END}|{_WHAT})|{_BEING}牵头(?:责任)?(?:单位|部门){_VERB_END}"
_DUTY = r"(?:按照?|依|根据)(?:各自)?(?:的)?职[责能](?:和?任务)?(?:分工)?(?:范围)?(?:内)?|按(?:任务)?分工|各负其责"
_HELP_VERB = (
    rf"(?:{_DUTY})?(?:共同|积极|密切|协同|联合|分别)*(?:配合|参与|参加|协同|协助|协办|支持)"
    rf"(?:落实|实施|推进|做好|负责|开展|单位)*{_VERB_END}|{_BEING}(?:配合|参与|协同|协办)(?:责任)?(?:单位|部门){_VERB_END}"
)
_DO_VERB = (
    rf"(?:(?:{_DUTY})[，,]?(?:分别|共同|做好|组织|抓好|具体)*(?:负责|落实|实施|推进|做好)*|"
    rf"(?:分别|共同|具体|组织|统筹|联合|各自|分工)*(?:负责|落实|实施|推进|承办|主办|执行|贯彻落实|指导|督导|督促)"
    rf"(?:落实|实施|推进|组织|办理|到位|相关工作)*|(?:总体|牵头)?(?:统筹|抓总)(?:协调|推进|指导|安排)*){_VERB_END}"
    rf"|(?:分别|具体)?负责{_WHAT}|{_BEING}责任(?:单位|部门){_VERB_END}"
)
_VERBS = re.compile(rf"(?P<lead>{_LEAD_VERB})|(?P<help>{_HELP_VERB})|(?P<do>{_DO_VERB})")
_VERB_SIGNS = re.compile(
    r"牵头|统筹|抓总|责任[单部]|配合|参[与加]|协[同助办]|支持|负责|落实|实施|推进|[承主]办|执行|[指督]导|督促|职[责能]|分工|其责"
)
"""What every verb of a role holds: a look for it spares most lists of bodies the search for the verbs."""
_DUTY_LINE = re.compile(
    rf"\s*(?:由|请)?(?P<names>[^。；;：:\n]{{2,300}}?)(?P<verb>"
    rf"(?:共同|联合|分别|总|具体)?牵头(?:负责|落实|实施|推进|组织实施|组织|推动|抓总|承担|督导|完成)*|"
    rf"(?:{_DUTY})?(?:共同|积极|密切|协同|联合|分别)*(?:配合|参与|参加|协助|协办)(?:落实|实施|推进|做好)*|"
    rf"(?:{_DUTY})(?:分别|共同)*(?:负责|落实|实施|推进)*|(?:分别|共同|具体|组织)*负责(?:落实|实施|推进|组织实施)*)\s*(?:[，,、；;]|(?=会同)|$)"
)
"""One clause of a sentence that says nothing but who leads, helps or is in charge: 由A牵头 · B、C配合."""
_MAY_BE_DUTY = re.compile(r"[^。；;：:\n]*?(?:牵头|配合|参[与加]|协[助办]|负责|职[责能]|分工|其责)")
"""What the first clause of such a sentence holds: most lines have no verb of a role before their first stop."""
_PERSON = re.compile(r"[^、，,；;]{1,12}(?:同志|副?[省市区县]长|秘书长)")
"""Somebody in person, alone before a verb (张某某同志牵头，…): no body."""
_BESIDE = re.compile(r"[（(]\s*(?P<word>(?:共同|联合)?牵头(?:单位|部门|负责)?|主办|主责|配合(?:单位|部门)?|协办|参与|负责)\s*[)）]")
_NO_COLON = re.compile(
    r"(?:^|(?<=[，,；;。]))(\s*(?:牵头|配合|责任|参与|协同|主办|协办|负责|落实)(?:责任)?(?:单位|部门))[\s\u3000]*(?=[^\s：:为、，,；;及和与/])"
)
_LABEL_WORD = re.compile(r"(?:单位|部门|时[限间])[\s\u3000]*(?=[^\s：:为、，,；;及和与/])")
"""What every label without its colon ends in, and what stands behind it."""
_NO_COLON_DATE = re.compile(r"(?:^|(?<=[，,；;。]))(\s*(?:完成|办结|推进|落实)?时[限间])[\s\u3000]+(?=[^\s：:为、，,；;及和与/])")
"""A label of a deadline that only blanks part from it."""
_FOREIGN_LABEL = re.compile(r"(?:^|(?<=[，,；;。\n]))\s*(?P<label>[\u4e00-\u9fff]{2,8})\s*[:：]")
"""A label that says something else (适用范围：…): what stands behind it names no body."""
_INNER_BRACKETS = str.maketrans("〔［[【〕］]】", "（（（（））））")
_OPEN_CLASS = re.compile(r"等(?:部门|单位)(?=\s*(?:$|[、，,；;]))")
_OPEN_AND = re.compile(r"等(?:部门|单位)?(?:和|及|以及|与)(?=[\u4e00-\u9fff])")
_AND_GROUP = re.compile(r"(?<=[\u4e00-\u9fff）)])(?:以及|及|和)(?=(?:各|相关|有关|其他|[省市州县区]直|[省市州县区]级)[\u4e00-\u9fff])")
"""What joins a group to the bodies before it: 银保监会及各地区, 州委编办及州直相关单位."""
_MAX_KEPT = 300
"""Characters of a text whose reading is kept for the next time."""
_OPENERS = re.compile(r"^[\s、，,；;。：:]*(?:由|请|会同|会|及|和|与|并由|其中)?\s*")
_DATE = re.compile(
    r"\s*(?:(?:力争|确保|计划|拟|原则上)?(?:于|在|到|至|自|截至|不迟于)?\s*(?:(?:20)?\d{2}\s*年|20\d{2}\s*(?:[-—–－~～至到.．/]\s*\d|[上下]半年))"
    r"|\d{1,2}\s*(?:[-—–－~～至、]\s*\d{1,2}\s*)?月|[上下]半年|第?[一二三四1-4Ⅰ-Ⅳ]\s*季度|[Qq][1-4]|季度|年[底内末中]|全年|长期|长效|持续|常态"
    r"|每[年月周日季半两]|按[年月季需]|贯穿|适时|届时|即[日时]|立即|实时|随时|动态|不?定期|近期|[当本今明]年|本月|逐[年步]|分(?:步|阶段|年度)|已完成"
    r"|(?:试点|规划)期|(?:春节|国庆|元旦|汛期)前|十[二三四五]五|“十[二三四五]五|[一二三四五六七八九十]{1,3}月)"
)
_COMMA = re.compile(r"([，,；;。\n])")
_WHO = re.compile(r"牵头|配合|负责")
_BODY_END = re.compile(r"(?:[局委办厅部院会行署关处队站所区县市]|中心|政府|单位|部门|机构|集团|公司|协会)(?:等)?$")


_PLAIN_LIST = re.compile(r"[\u4e00-\u9fff]++(?:、[\u4e00-\u9fff]++)*+")
_TELLING = re.compile(rf"{SIGNS.pattern}|{_VERB_SIGNS.pattern}|[为等和及与]|^[由请会并其]")
"""What a list says beside its names: without any of it, it is read as it stands, as most cells of bodies are."""


class Statement(NamedTuple):
    """The texts that a bracket, line or row gives to each role, in order; nothing is split or resolved yet."""

    lead: tuple[str, ...] = ()
    partner: tuple[str, ...] = ()
    responsible: tuple[str, ...] = ()
    deadline: str = ""
    clauses: Clauses = NO_CLAUSES
    labelled: bool = False
    verbal: bool = False

    @property
    def names(self) -> bool:
        """Tell whether any body is named."""
        return bool(self.lead or self.partner or self.responsible)

    def __or__(self, other: Statement) -> Statement:
        """Return both statements as one; a text that stands in both counts once."""
        if self is NOTHING:
            return other
        return Statement(
            _each_once(self.lead + other.lead),
            _each_once(self.partner + other.partner),
            _each_once(self.responsible + other.responsible),
            self.deadline or other.deadline,
            self.clauses | other.clauses,
            self.labelled or other.labelled,
            self.verbal or other.verbal,
        )

    def settled(self, *, partner_beside: bool = False) -> Statement:
        """Return the statement by labels.md, rule 3: 责任单位 leads beside a 配合单位 and helps beside a 牵头单位."""
        if not self.responsible:
            return self
        if self.lead:
            return self._replace(partner=self.partner + self.responsible, responsible=())
        if self.partner or partner_beside:
            return self._replace(lead=self.responsible, responsible=())
        return self


NOTHING = Statement()
"""What reading begins with, and a text without any word of a role states."""


def _each_once(texts: tuple[str, ...]) -> tuple[str, ...]:
    return texts if len(texts) < 2 else tuple(dict.fromkeys(texts))


def is_nothing(text: str) -> bool:
    """Tell whether a cell says that there is none: empty, /, 无, —."""
    return _NOTHING.fullmatch(text.strip()) is not None


def read_statement(text: str, default: Role = Role.RESPONSIBLE, *, lines: bool = False) -> Statement:
    """Return what ``text`` states; words under no label and no verb belong to ``default``, or to the deadline where they are a date.

    ``lines``: only labels that may open a line of their own count. Rule 3 is not applied yet (:meth:`Statement.settled`).
    """
    return _read(text, default, lines) if len(text) <= _MAX_KEPT else _read.__wrapped__(text, default, lines)


# The brackets and cells of one document name the same few bodies over and over, and each is looked at more than once.
@lru_cache(maxsize=2_000)
def _read(text: str, default: Role, lines: bool) -> Statement:
    if _PLAIN_LIST.fullmatch(text) and not _TELLING.search(text) and not is_nothing(text) and not _DATE.match(text):
        return _under((text,), default, verbal=False)
    return _read_closely(text, default, lines=lines)


def _read_closely(text: str, default: Role, *, lines: bool) -> Statement:
    text, clauses = split_clauses(text)
    out = NOTHING if clauses is NO_CLAUSES else Statement(clauses=clauses)
    for role, value in _labelled(text, default, lines=lines):
        if role is None:
            out |= _value(value, default)
        elif role in AGENCY_ROLES:
            out |= _value(value, role)._replace(labelled=True)
        elif role is Role.DEADLINE and not is_nothing(value):
            out |= Statement(deadline=value.strip(" \n，,；;。"))
    return out


def read_duty(text: str) -> Statement | None:
    """Return what a sentence states that holds nothing but bodies and their verbs (由A牵头，B、C配合), ``None`` for any other."""
    bare = text.strip().rstrip("。；;")
    if not _MAY_BE_DUTY.match(bare):
        return None
    at = 0
    while at < len(bare):
        clause = _DUTY_LINE.match(bare, at)
        if clause is None or _WHO.search(clause["names"]):
            return None
        at = clause.end()
    return read_statement(bare) if bare else None


def with_colons(text: str) -> str:
    """Return ``text`` with a colon behind labels that lack one: 牵头单位市信用办，配合单位市财政局."""
    return _NO_COLON_DATE.sub(r"\1：", _NO_COLON.sub(r"\1：", text)) if _LABEL_WORD.search(text) else text


def is_date(text: str) -> bool:
    """Tell whether a text opens as a deadline does: with a day, a part of a year, a rhythm."""
    return _DATE.match(text) is not None


def _labelled(text: str, default: Role, *, lines: bool) -> Iterator[tuple[Role | None, str]]:
    """Yield the pieces of ``text`` with the role of the label before each, ``None`` where no label stands before."""
    found = [m for m in labels_in(text, lines=lines) if _at_boundary(text, m.start())]
    head = text[: found[0].start()] if found else text
    if not is_nothing(head):
        yield None, head
    if not found:
        return
    ends = [*(one.start() for one in found[1:]), len(text)]
    roles = [label_role(one["boxed"] or one["plain"]) for one in found]
    bodies = any(role in AGENCY_ROLES and not names_offices(one["boxed"] or one["plain"]) for role, one in zip(roles, found, strict=True))
    for here, end, role in zip(found, ends, roles, strict=False):
        value = _before_foreign_label(text[here.end() : end])
        if bodies and names_offices(here["boxed"] or here["plain"]):
            continue  # 责任处室 beside 责任单位: an office inside the body
        if role is Role.JOINT:
            role = default if default in AGENCY_ROLES else Role.RESPONSIBLE
        if not is_nothing(value):
            yield role, value


def _before_foreign_label(value: str) -> str:
    """Return the words behind a label up to the next label that the table does not know; a body before a colon is no label."""
    for found in _FOREIGN_LABEL.finditer(value):
        if found.start() and not _BODY_END.search(found["label"]):
            return value[: found.start()]
    return value


def _at_boundary(text: str, start: int) -> bool:
    """Tell whether a label may begin here: not in the middle of a word (各责任单位：)."""
    return start == 0 or not (text[start - 1].isalnum()) or text[start - 1] in "局委办厅部院会等"


def _value(text: str, role: Role) -> Statement:
    text = text.strip(" \n\t\u3000，,；;。、")
    beside = _named_beside(text)
    if beside is not None:
        return beside
    kept, deadline = _take_dates(text)
    out = _by_verbs(kept, role)
    return out._replace(deadline=deadline) if deadline else out


def _take_dates(text: str) -> tuple[str, str]:
    """Split off the comma-parted pieces that are a date and name no body: A牵头，2023年底前完成."""
    pieces = _COMMA.split(text)
    kept, dates = [], []
    for piece, mark in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
        bare = piece.strip()
        if len(bare) <= 30 and _DATE.match(bare) and not _BODY_END.search(bare) and not _WHO.search(bare):
            dates.append(bare)
        else:
            kept += [piece, mark]
    return "".join(kept).strip("，,；;。 \n"), "，".join(dates)


def _named_beside(text: str) -> Statement | None:
    """Read roles that stand in a bracket behind the names: A（牵头）、B、C（配合）."""
    if not _BESIDE.search(text):
        return None
    lead: list[str] = []
    rest: list[str] = []
    at = 0
    for found in _BESIDE.finditer(text):
        names = text[at : found.start()].strip("、，,；; \n")
        if found["word"].endswith(("牵头", "牵头单位", "牵头部门", "牵头负责", "主办", "主责")):
            cut = 0 if found["word"][0] in "共联" else max(names.rfind(mark) for mark in "、，,；;\n") + 1
            rest += [names[:cut].strip("、，,；; \n")]
            lead += [names[cut:]]
        else:
            rest.append(names)
        at = found.end()
    rest.append(text[at:].strip("、，,；;。 \n"))
    others = tuple(name for name in rest if name)
    others = _each_once(others)
    return Statement(_each_once(tuple(lead)), others, verbal=True) if lead else Statement(responsible=others, verbal=True)


def _by_verbs(text: str, role: Role) -> Statement:
    """Give the names before each verb to its role; names under no verb belong to ``role``, or help where somebody leads."""
    if not _VERB_SIGNS.search(text):
        return _under(_names(text), role, verbal=False)
    out = NOTHING
    at = 0
    for found in _VERBS.finditer(text):
        names = tuple(name for name in _names(text[at : found.start()]) if not all(map(_PERSON.fullmatch, name.split("、"))))
        at = found.end()
        if found["lead"]:
            out |= Statement(lead=names, verbal=True)
        elif found["help"] or out.lead:
            out |= Statement(partner=names, verbal=True)
        else:
            out |= _under(names, role, verbal=True)
    return out | _tail(_names(text[at:]), role, out)


def _tail(names: tuple[str, ...], role: Role, before: Statement) -> Statement:
    if before.lead or before.partner:
        return Statement(partner=names)
    return _under(names, role, verbal=False)


def _under(names: tuple[str, ...], role: Role, *, verbal: bool) -> Statement:
    if role is Role.LEAD:
        return Statement(lead=names, verbal=verbal)
    if role is Role.PARTNER:
        return Statement(partner=names, verbal=verbal)
    return Statement(responsible=names, verbal=verbal)


def _names(text: str) -> tuple[str, ...]:
    names = _OPENERS.sub("", text, count=1).strip("、，,；;。 \n\t\u3000").translate(_INNER_BRACKETS)
    if "等" in names:
        names = _OPEN_CLASS.sub("等", _OPEN_AND.sub("等、", names))
    names = _AND_GROUP.sub("、", names)
    return () if is_nothing(names) else (names,)

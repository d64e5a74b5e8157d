"""Print what a record means in the ways of the sites, dummies and mistakes included, and note beside it what a reader should keep.

One printed field is a :class:`Printed`; what it adds to the truth is written down here, where the meaning is still known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from harvester.replica.records.cases import Case, Value
from harvester.replica.records.draw import Draw
from harvester.replica.records.numbers import ALPHABET
from harvester.replica.records.plan import FieldPlan, SectionPlan
from harvester.replica.records.truth import WILD

_BRACKETS = ("〔〕", "〔〕", "〔〕", "[]", "【】", "（）")
_NO_END = "2099-12-31"
_DUMMY_DATE = "1900-01-01"
_DUMMY_CODE = "00000000000000000X"
_WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
_YES, _NO = "是", "否"


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed field and what it adds to the truth: ``kept`` under ``concept``, a ``blank``'s reason, ``secrets``, a ``defect``."""

    label: str
    text: str
    concept: str = ""
    kept: str = ""
    blank: str = ""
    defect: str = ""
    secrets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the printing of one field depends on."""

    plan: SectionPlan
    field: FieldPlan
    case: Case
    draw: Draw

    @property
    def value(self) -> Value:
        """Return what the case says of the field's concept."""
        return self.case.values.get(_VALUES.get(self.field.concept, self.field.concept))

    def printed(self, text: str, kept: str = "", *, blank: str = "", defect: str = "", secrets: tuple[str, ...] = ()) -> Printed:
        """Return the field printed as ``text``."""
        return Printed(self.field.label, text, self.field.concept, kept, blank, defect, secrets)

    def blank(self, reason: str = "placeholder") -> Printed:
        """Return the field printed as one of the site's words for nothing."""
        text = self.draw.one(self.plan.blanks)
        return self.printed(text, blank=reason if text else "")


_VALUES = {"effective_on": "decided_on", "fine": "fine_yuan", "confiscated": "confiscated_yuan", "amount": "amount_yuan"}
"""The concepts whose value stands under another name."""


def print_record(site: str, plan: SectionPlan, sequence: int, case: Case) -> list[Printed]:
    """Return the printed fields of a record: always the same ones for the same case."""
    found = []
    for field in plan.fields:
        sheet = Sheet(plan, field, case, Draw(f"{site}|{plan.code}|{sequence}|{field.label}"))
        if field.concept == "odd" and sequence % 40 != 7:
            continue
        found.append(_printer(field.concept, sheet)(sheet))
    return found


def _printer(concept: str, sheet: Sheet) -> Callable[[Sheet], Printed]:
    if concept in _PRINTERS:
        return _PRINTERS[concept]
    return _print_date if isinstance(sheet.value, date) else _print_plain


# --- plain values --------------------------------------------------------------------------------------------------------


def _print_plain(sheet: Sheet) -> Printed:
    value = sheet.value
    return sheet.blank() if value is None else sheet.printed(str(value), str(value))


def _print_date(sheet: Sheet) -> Printed:
    value = sheet.value
    if isinstance(value, date):
        return sheet.printed(spell_date(value, sheet.field.form or sheet.draw.one(sheet.plan.dates)), value.isoformat())
    if sheet.plan.dummy_dates and sheet.draw.below(2):
        return sheet.printed(_DUMMY_DATE, blank="dummy-date")
    return sheet.blank()


def _print_effective(sheet: Sheet) -> Printed:
    """Print the day of the decision as the one on which it takes effect; a reader has no other."""
    return replace(_print_date(sheet), defect="decided-on-effective")


def spell_date(day: date, form: str) -> str:
    """Return a day in one of the spellings of the sites; ``cut`` has lost its 日."""
    forms = {
        "iso": day.isoformat(),
        "slash": f"{day:%Y/%m/%d}",
        "compact": f"{day:%Y%m%d}",
        "chinese": f"{day.year}年{day:%m}月{day:%d}日",
        "cut": f"{day.year}年{day:%m}月{day:%d}",
        "time": f"{day.isoformat()} 00:00:00",
    }
    return forms[form]


def _print_valid_to(sheet: Sheet) -> Printed:
    if sheet.case.values.get("without_end"):
        return sheet.printed(_NO_END, blank="no-end")
    return _print_date(sheet)


def _print_number(sheet: Sheet) -> Printed:
    value = sheet.value
    if not isinstance(value, str):
        return sheet.blank()
    text = value
    if "〔" in value:
        brackets = sheet.draw.one(_BRACKETS)
        text = value.replace("〔", brackets[0]).replace("〕", brackets[1])
    elif sheet.draw.below(2):
        text = value.replace("（", "(").replace("）", ")")
    if sheet.draw.below(12) == 0:
        text = text.replace("号", " 号")
    return sheet.printed(text, value)


def _print_sum(sheet: Sheet) -> Printed:
    """Print a sum in 万元 or in 元, with or without its unit; the truth holds 元."""
    value = sheet.value
    if not isinstance(value, Decimal):
        return sheet.blank()
    wan = sheet.field.form == "wan"
    text = f"{(value / 10000).normalize():f}" if wan else str(value)
    if wan and sheet.draw.below(3) == 0:
        text = f"{value / 10000:.6f}"
    defect = "amount-mismatch" if sheet.case.quirk == "sums-disagree" and sheet.field.concept == "fine" else ""
    return sheet.printed(text, f"{value.normalize():f}", defect=defect)


def _print_content(sheet: Sheet) -> Printed:
    """Print what was decided; of a penalty it names the sums in words of its own."""
    value = sheet.value
    fine, taken = sheet.case.values.get("fine_yuan"), sheet.case.values.get("confiscated_yuan")
    if value is not None or not sheet.case.values.get("category"):
        return _print_plain(sheet)
    parts = ["警告"] if "警告" in str(sheet.case.values["category"]) else []
    if isinstance(fine, Decimal):
        stated = fine * 10 if sheet.case.quirk == "sums-disagree" else fine
        parts.append(sheet.draw.one((f"罚款{stated}元", f"罚款人民币{stated:,}元", f"罚款{(stated / 10000).normalize():f}万元")))
    if isinstance(taken, Decimal):
        parts.append(f"没收违法所得{taken}元")
    if "吊销" in str(sheet.case.values["category"]):
        parts.append("吊销许可证")
    text = "；".join(parts) + "。"
    return sheet.printed(text, text)


def _print_facts(sheet: Sheet) -> Printed:
    value = str(sheet.value or "")
    if not value:
        return sheet.blank()
    if sheet.case.quirk != "personal-facts":
        return sheet.printed(value, value)
    number, phone = sheet.case.party.owner_id, sheet.case.party.phone
    spelled = sheet.draw.one((number, number.translate(_WIDE), f"{number[:6]} {number[6:14]} {number[14:]}", number.lower()))
    told = "{}现场负责人（公民身份号码{}，电话{}）在笔录上签了字。"
    secrets = tuple(dict.fromkeys((number, spelled, phone)))
    return Printed(sheet.field.label, told.format(value, spelled, phone), "facts", told.format(value, WILD, WILD), secrets=secrets)


def _print_authority(sheet: Sheet) -> Printed:
    body = sheet.case.body
    return sheet.printed(sheet.draw.one(body.spellings), body.name)


def _print_authority_code(sheet: Sheet) -> Printed:
    if sheet.draw.below(12) == 0:
        return sheet.printed(_DUMMY_CODE, blank="dummy-code")
    return _print_plain(sheet)


def _print_is_removed(sheet: Sheet) -> Printed:
    return sheet.printed(_YES if sheet.case.values.get("removed_on") else _NO)


def _print_stamp(sheet: Sheet) -> Printed:
    day = next((each for each in map(sheet.case.values.get, ("published_on", "decided_on")) if isinstance(each, date)), date(2026, 1, 5))
    return sheet.printed(f"{day.isoformat()} {sheet.draw.between(8, 17):02d}:{sheet.draw.below(60):02d}:00")


# --- the party -----------------------------------------------------------------------------------------------------------


def party_day(case: Case) -> date | None:
    """Return the day on which a record names its party."""
    days = (case.values.get(concept) for concept in ("named_on", "decided_on", "published_on"))
    return next((day for day in days if isinstance(day, date)), None)


def _print_name(sheet: Sheet) -> Printed:
    party = sheet.case.party
    name = party.name_on(party_day(sheet.case))
    if party.kind == "legal":
        return sheet.printed(name.replace("（", "(").replace("）", ")") if sheet.draw.below(3) == 0 else name, name)
    return sheet.printed(name, secrets=(name,))


def _print_person_name(sheet: Sheet) -> Printed:
    return _print_name(sheet) if sheet.case.party.kind == "person" else sheet.blank()


def _print_firm_name(sheet: Sheet) -> Printed:
    return sheet.blank() if sheet.case.party.kind == "person" else _print_name(sheet)


def _print_type(sheet: Sheet) -> Printed:
    words = {"legal": "法人及非法人组织", "individual-business": "个体工商户", "person": "自然人"}
    return sheet.printed(words[sheet.case.party.kind])


def _print_code(sheet: Sheet) -> Printed:
    party, quirk = sheet.case.party, sheet.case.quirk
    if party.kind == "person" or quirk in ("organization-only", "registration-only"):
        return sheet.blank()
    text = spoil(party.printed_code, quirk, sheet.draw)
    if party.kind == "individual-business":
        return sheet.printed(text, secrets=tuple(dict.fromkeys((text, party.printed_code))))
    if quirk == "spaced":
        return sheet.printed(sheet.draw.one((f" {text}", f"{text[:8]} {text[8:]}", text.lower())), party.printed_code)
    return sheet.printed(text, text, defect=quirk if text != party.printed_code else "")


def spoil(code: str, quirk: str, draw: Draw) -> str:
    """Return a code with one character changed, one that no code may have, or the last one lost; unchanged for other quirks."""
    if quirk == "changed-character":
        at = draw.between(8, 17)
        digits = [char for char in (ALPHABET if at == 17 else "0123456789") if char != code[at]]
        return code[:at] + draw.one(digits) + code[at + 1 :]
    if quirk == "illegal-character":
        at = draw.between(9, 15)
        return code[:at] + draw.one("IOZSV") + code[at + 1 :]
    return code[:17] if quirk == "length" else code


def _print_organization(sheet: Sheet) -> Printed:
    party = sheet.case.party
    needed = sheet.case.quirk == "organization-only" or not sheet.plan.prints("code", "any_code")
    if party.kind != "legal" or party.printed_code != party.code or (sheet.draw.below(3) and not needed):
        return sheet.blank()
    code = party.organization_code
    return sheet.printed(f"{code[:8]}-{code[8]}", code)


def _print_registration(sheet: Sheet) -> Printed:
    party = sheet.case.party
    if party.kind == "person" or (sheet.draw.below(4) and sheet.case.quirk != "registration-only"):
        return sheet.blank()
    if party.kind == "individual-business":
        return sheet.printed(party.registration_number, secrets=(party.registration_number,))
    return sheet.printed(party.registration_number, party.registration_number)


def _print_tax_number(sheet: Sheet) -> Printed:
    party = sheet.case.party
    if party.kind == "person" or sheet.case.quirk or sheet.draw.below(2):
        return sheet.blank()
    return sheet.printed(party.printed_code, secrets=(party.printed_code,) if party.kind == "individual-business" else ())


def _print_any_code(sheet: Sheet) -> Printed:
    party = sheet.case.party
    if party.kind == "person":
        return sheet.printed(party.owner_id, secrets=(party.owner_id,))
    if sheet.draw.below(3) == 0:
        code = party.organization_code
        return Printed(sheet.field.label, f"{code[:8]}-{code[8]}", "organization_code", code)
    return Printed(sheet.field.label, party.printed_code, "code", party.printed_code)


def _print_resident(sheet: Sheet) -> Printed:
    party = sheet.case.party
    return sheet.printed(party.owner_id, secrets=(party.owner_id,)) if party.kind == "person" else sheet.printed(sheet.blank().text)


def _print_representative(sheet: Sheet) -> Printed:
    party = sheet.case.party
    if party.kind == "person":
        return sheet.printed(sheet.blank().text)
    return sheet.printed(party.owner, secrets=(party.owner,) if party.kind == "individual-business" else ())


def _print_representative_id(sheet: Sheet) -> Printed:
    party = sheet.case.party
    if party.kind == "person" or sheet.draw.below(3):
        return sheet.printed(sheet.blank().text)
    return sheet.printed(party.owner_id, secrets=(party.owner_id,))


def _print_address(sheet: Sheet) -> Printed:
    party = sheet.case.party
    return sheet.printed(party.address, secrets=() if party.kind == "legal" else (party.address,))


def _fixed(choose: Callable[[Sheet], Sequence[str]]) -> Callable[[Sheet], Printed]:
    """Return a printer of facts of persons and of the like, which nobody keeps."""
    return lambda sheet: sheet.printed(sheet.draw.one(list(choose(sheet))))


_PRINTERS: dict[str, Callable[[Sheet], Printed]] = {
    "name": _print_name,
    "person_name": _print_person_name,
    "firm_name": _print_firm_name,
    "type": _print_type,
    "code": _print_code,
    "organization_code": _print_organization,
    "registration_number": _print_registration,
    "tax_number": _print_tax_number,
    "any_code": _print_any_code,
    "resident": _print_resident,
    "representative": _print_representative,
    "representative_id": _print_representative_id,
    "address": _print_address,
    "firm_address": _print_address,
    "number": _print_number,
    "effective_on": _print_effective,
    "valid_to": _print_valid_to,
    "shown_until": _print_date,
    "removed_on": _print_date,
    "fine": _print_sum,
    "confiscated": _print_sum,
    "amount": _print_sum,
    "content": _print_content,
    "facts": _print_facts,
    "authority": _print_authority,
    "authority_code": _print_authority_code,
    "is_removed": _print_is_removed,
    "stamp": _print_stamp,
    "sex": _fixed(lambda _: ("男", "女")),
    "age": _fixed(lambda sheet: ("41", "56", "63") if sheet.case.party.kind == "person" else ("0",)),
    "id_type": _fixed(lambda sheet: ("身份证",) if sheet.case.party.kind == "person" else ("组织机构代码",)),
    "odd": _fixed(lambda sheet: (f"{sheet.draw.between(1, 89)}",)),
}
"""How each concept that isn't simply a text or a day is printed."""

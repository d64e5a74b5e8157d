"""Make up what the records say: parties, bodies, days, sums and texts, before any site prints them. Always the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from harvester.replica.records.draw import Draw
from harvester.replica.records.plan import RecordSiteFacts, SectionPlan
from harvester.replica.records.world import Body, Party, Province, provinces, words

Value = str | date | Decimal | None
"""What a concept of a record may mean; ``None``: the record does not say."""

LAST_DAY = date(2026, 11, 18)
"""The last day on which a record of the replica was decided or published."""

_ERAS = ((date(2019, 1, 7), date(2023, 4, 30)), (date(2023, 5, 1), date(2026, 3, 31)), (date(2026, 4, 1), LAST_DAY))
_OLD_ERA = (date(2019, 1, 7), date(2020, 12, 28))


@dataclass(frozen=True, slots=True)
class Case:
    """What one record says, whoever prints it. ``quirk`` names what its publisher got wrong or left out."""

    party: Party
    body: Body
    values: Mapping[str, Value] = field(default_factory=dict)
    quirk: str = ""


def make_cases(facts: RecordSiteFacts, plan: SectionPlan) -> list[Case]:
    """Return the cases of a section in the order in which they were made."""
    return [_case(facts, plan, number) for number in range(plan.count)]


def _case(facts: RecordSiteFacts, plan: SectionPlan, number: int) -> Case:
    draw = Draw(f"{facts.id}|{plan.code}|{number}")
    province = provinces()[facts.region]
    body = _body(province, plan, draw)
    party = _spread(province, number) if plan.spread else _party(province, plan, body, draw)
    day = _day(plan, draw)
    values: dict[str, Value] = {"list_name": plan.list_name or None, "colour": plan.colour or None, "authority": body.name}
    values |= _MAKERS[plan.kind](province, plan, body, day, draw)
    quirk = _quirk(plan, party, draw)
    if quirk == "shown-too-long":
        values["shown_until"] = _years_later(day, 5)
    if plan.spread:
        values["evaluation_year"] = str(2025 - number // len(_all_firms(province)))
    return Case(party, body, values, quirk)


def _spread(province: Province, number: int) -> Party:
    """Return one firm after the other, so that no two rows of a list without numbers are the same."""
    firms = _all_firms(province)
    return firms[number * 7 % len(firms)]


def _all_firms(province: Province) -> list[Party]:
    return [firm for firms in province.firms.values() for firm in firms][:143]


def _body(province: Province, plan: SectionPlan, draw: Draw) -> Body:
    fields = [plan.field] if plan.field else [each for each in province.bodies if each not in ("court", "tax")]
    if plan.kind == "permit" or plan.kind == "penalty":
        weights = [5 if each == "market" else 2 for each in fields]
        fields = [draw.weighted(fields, weights)]
    if plan.kind == "defaulter":
        fields = ["court"]
    if plan.kind == "tax-case" or plan.code == "taxpayers_a":
        fields = ["tax"]
    chosen = draw.one([body for each in fields for body in province.bodies[each]])
    named = [body for bodies in province.bodies.values() for body in bodies if body.name == plan.publisher]
    if named or not plan.publisher:
        return named[0] if named else chosen
    return Body(plan.publisher, plan.field, chosen.mark, chosen.code, province.code, (plan.publisher,))


def _party(province: Province, plan: SectionPlan, body: Body, draw: Draw) -> Party:
    if plan.plain:
        return draw.one([firm for firm in province.firms[body.field][:7] if firm.printed_code == firm.code])
    place = draw.below(100)
    if place < plan.persons:
        return draw.one(province.people)
    if place < plan.persons + plan.shops:
        return draw.one(province.shops)
    if draw.below(100) < 12:
        return draw.one(province.wanderers)
    return draw.one(province.firms.get(body.field) or draw.one(list(province.firms.values())))


def _day(plan: SectionPlan, draw: Draw) -> date:
    first, last = _OLD_ERA if plan.era == "old" else draw.weighted(_ERAS, (15, 50, 35))
    day = first + timedelta(days=draw.below((last - first).days + 1))
    return day - timedelta(days=max(0, day.weekday() - 4))


def _quirk(plan: SectionPlan, party: Party, draw: Draw) -> str:
    """Return what is wrong with a record, mostly nothing; only what its section can show."""
    chance = draw.below(1000)
    if party.kind != "legal" or plan.plain:
        return ""
    if plan.prints("code"):
        for limit, quirk in ((12, "changed-character"), (16, "illegal-character"), (20, "length"), (40, "spaced")):
            if chance < limit:
                return quirk
    if chance < 70 and plan.prints("code") and plan.prints("organization_code"):
        return "organization-only"
    if chance < 90 and plan.prints("code") and plan.prints("registration_number"):
        return "registration-only"
    if 90 <= chance < 110 and plan.prints("fine"):
        return "sums-disagree"
    if 110 <= chance < 135 and plan.kind == "penalty" and plan.prints("shown_until"):
        return "shown-too-long"
    return "personal-facts" if 135 <= chance < 200 and plan.prints("facts") and party.kind == "legal" else ""


# --- the kinds -----------------------------------------------------------------------------------------------------------


def _permit(province: Province, plan: SectionPlan, body: Body, day: date, draw: Draw) -> dict[str, Value]:
    matter = draw.one([each for each in words("matters")["permits"] if each["field"] == body.field])
    years = draw.one((3, 5, 5, 0))
    mark = body.mark.replace("罚", "许").replace("处", "许")
    return {
        "title": matter["title"],
        "number": f"{mark}〔{day.year}〕{draw.between(1, 99_998)}号",
        "category": draw.one(("普通", "普通", "核准", "认可", "登记")),
        "licence": matter["licence"],
        "licence_number": f"{province.letter}{matter['licence'][0]}{draw.below(10**9):09d}",
        "content": _filled(matter["content"], province, draw),
        "decided_on": day,
        "valid_from": day,
        "valid_to": _years_later(day, years) - timedelta(days=1) if years else None,
        "without_end": None if years else "2099-12-31",
        "status": "有效",
        "authority_code": body.code,
        "source_body": body.name,
        "region_code": body.code[2:8],
    }


def _penalty(province: Province, plan: SectionPlan, body: Body, day: date, draw: Draw) -> dict[str, Value]:
    matter = draw.one([each for each in words("matters")["penalties"] if each["field"] == body.field])
    category = draw.weighted(tuple(_TERMS), (8, 56, 14, 14, 8))
    fine = Decimal(draw.one((1000, 2000, 5000, 8500, 20000, 36500, 50000, 128000, 300000))) if "罚款" in category else None
    confiscated = Decimal(draw.between(300, 89_999)) if "没收" in category else None
    return {
        "title": f"{matter['violation']}案",
        "number": f"{body.mark}〔{day.year}〕{draw.between(1, 99_998)}号",
        "category": category,
        "violation": matter["violation"],
        "facts": _filled(matter["facts"], province, draw),
        "basis": matter["basis"],
        "fine_yuan": fine,
        "confiscated_yuan": confiscated,
        "decided_on": day,
        "published_on": min(day + timedelta(days=draw.one((1, 2, 3, 5, 6, 8, 9, 20))), LAST_DAY + timedelta(days=2)),
        "shown_until": _months_later(day, _TERMS[category]) if draw.below(2) else None,
        "status": "正常",
        "authority_code": body.code,
        "source_body": body.name,
        "region_code": body.code[2:8],
    }


_TERMS = {"警告": 3, "罚款": 12, "警告、罚款": 12, "罚款、没收违法所得": 12, "罚款、吊销许可证": 36}
"""The usual words of penalties, and after how many months publication ends where the site says so."""


def _defaulter(province: Province, plan: SectionPlan, body: Body, day: date, draw: Draw) -> dict[str, Value]:
    matters = words("matters")["defaulters"]
    filed = day - timedelta(days=draw.between(60, 399))
    duty = _filled(draw.one(matters["duties"]), province, draw)
    return {
        "number": f"（{filed.year}）{body.mark}执{draw.between(100, 99_998)}号",
        "court_document": f"（{filed.year - 1}）{body.mark}民初{draw.between(100, 99_998)}号",
        "court_document_body": body.name,
        "facts": draw.one(("买卖合同纠纷", "民间借贷纠纷", "建设工程施工合同纠纷", "劳动争议")),
        "content": duty,
        "violation": draw.one(matters["conducts"]),
        "performance": draw.one(matters["states"]),
        "amount_yuan": Decimal(draw.between(20_000, 8_999_999)),
        "filed_on": filed,
        "published_on": day,
        "procedure": "执行实施类案件",
        "region_code": body.code[2:8],
    }


def _tax_case(province: Province, plan: SectionPlan, body: Body, day: date, draw: Draw) -> dict[str, Value]:
    matter = draw.one(words("matters")["tax_cases"])
    fine = draw.between(10, 899) * 1000
    return {
        "fine_yuan": Decimal(fine),
        "category": matter["nature"],
        "facts": _filled(matter["facts"], province, draw),
        "basis": matter["basis"],
        "content": f"追缴税款{fine * 2}元，并处罚款{fine}元。",
        "published_on": day,
    }


def _list_entry(province: Province, plan: SectionPlan, body: Body, day: date, draw: Draw) -> dict[str, Value]:
    reason = draw.one(reasons(plan.colour or "watch", body.field))
    grade = draw.one(("黄色", "黄色", "红色")) if not plan.colour else "A"
    return {
        "number": f"{body.mark.replace('罚', '信').replace('处', '信')}〔{day.year}〕{draw.between(1, 9998)}号",
        "facts": reason,
        "basis": f"{plan.list_name}管理办法第{draw.one('四五六七')}条",
        "decided_on": day,
        "published_on": min(day + timedelta(days=draw.between(1, 11)), LAST_DAY + timedelta(days=2)),
        "valid_to": _years_later(day, 3) - timedelta(days=1) if plan.colour == "red" else None,
        "evaluation_year": str(day.year - 1),
        "grade": grade,
    }


def reasons(colour: str, field_: str) -> list[str]:
    """Return why a firm may be put on a list of a colour by a body of a field."""
    table: dict[str, list[str]] = words("matters")["reasons"]
    return table.get(f"{colour}_{field_}", table[colour])


def _ending(province: Province, plan: SectionPlan, body: Body, day: date, draw: Draw) -> dict[str, Value]:
    return {"decided_on": day, "removal_reason": draw.one(("原决定被复议机关撤销", "录入有误", "列入依据不足"))}


_MAKERS: dict[str, Callable[[Province, SectionPlan, Body, date, Draw], dict[str, Value]]] = {
    "permit": _permit,
    "penalty": _penalty,
    "defaulter": _defaulter,
    "tax-case": _tax_case,
    "list-entry": _list_entry,
    "repair": _ending,
    "withdrawal": _ending,
}


def _filled(text: str, province: Province, draw: Draw) -> str:
    places: list[Any] = words("firms")["provinces"][province.code]["places"]
    return text.format(place=draw.one(places)[0], n=draw.between(2, 59))


def _years_later(day: date, years: int) -> date:
    return _months_later(day, 12 * years)


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, 28))

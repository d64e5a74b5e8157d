"""Our answers beside those of python-stdnum, an independent implementation: where they differ, and why."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from stdnum.cn import ric, uscc
from stdnum.iso7064 import mod_11_10

from normalizers.agencies.regions import regions
from normalizers.codes import check_credit_code, normal_spelling
from normalizers.codes.arithmetic import CREDIT_ALPHABET
from normalizers.codes.credit import credit_failures
from normalizers.codes.registration import registration_failures
from normalizers.codes.resident import check_character, is_resident_number
from tests.codes.errors import registration_numbers, substitutions, swaps
from tests.codes.examples import PUBLISHED, SEED, completed, generated

TO_FULL_WIDTH = str.maketrans({char: chr(ord(char) + 0xFEE0) for char in CREDIT_ALPHABET})
AGREE = "agree"
UNEXPLAINED = "unexplained"

CAUSES = {
    "N, Y or A at place 1": "ours accepts, stdnum wants eight digits first",
    "pair of authority and category": "ours rejects, stdnum has no table of pairs",
    "division of no province": "ours rejects, stdnum takes any six digits",
    "place filler": "ours rejects, stdnum takes zeros for a subject",
    "spelling": "ours accepts, stdnum does not fold it",
    "century or year of birth": "ours rejects births before 1880 and after 2099, stdnum asks only for a day of the calendar",
    "county of the resident number": "ours accepts, stdnum wants a county that existed in the year of birth",
    "KeyError": "ours accepts, stdnum breaks off with a KeyError on a county that its table lacks",
}
"""Why the two differ, by name; the same words stand in docs/codes.md."""


@dataclass
class Comparison:
    """How often two implementations gave the same answer, and the causes where not, each with an example (computed, no real one)."""

    what: str
    causes: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def add(self, printed: str, ours: bool, theirs: bool, cause: Callable[[str], str]) -> None:
        name = AGREE if ours == theirs else cause(printed)
        self.causes[name] += 1
        self.examples.setdefault(name, printed)


def credit_codes(broken: int = 40) -> Iterator[str]:
    """Yield valid codes, codes with errors, other spellings, and codes with a part that no table has."""
    codes = list(generated(1000))
    yield from (example.printed for example in PUBLISHED)
    yield from codes
    for code in codes[:broken]:
        yield from substitutions(code, CREDIT_ALPHABET)
        yield from swaps(code)
    for code in codes[:100]:
        yield from (
            code.lower(),
            f"{code[:4]} {code[4:]}",
            f"{code[:8]}-{code[8:]}",
            f"{code[:8]}–{code[8:]}",
            code.translate(TO_FULL_WIDTH),
        )
        yield from (f" {code}\n", f"{code[:9]}\u200b{code[9:]}", f"统一社会信用代码：{code}", code[:-1], f"{code}0")
    yield from parts_of_no_table()


def parts_of_no_table() -> Iterator[str]:
    """Yield codes that are right but for one part: the pair, the division, or a subject of zeros."""
    for pair in ("01", "14", "24", "54", "94", "B1", "NA", "Y2"):
        yield completed(pair + "310000" + "13226025")
    for division in ("000000", "990000", "660101", "100100"):
        yield completed("91" + division + "13226025")
    yield completed("91310000" + "00000000")


def cause_of_credit_code(printed: str) -> str:
    """Return why the two answers on a credit code differ; a difference that nothing explains is a fault of ours."""
    normal = normal_spelling(printed)
    failures = {finding.name for finding in credit_failures(normal)}
    if not failures:
        return "N, Y or A at place 1" if normal[0] in "NYA" else "spelling" if printed != normal else UNEXPLAINED
    if failures <= {"authority", "category-pair"}:
        return "pair of authority and category"
    if failures == {"division"}:
        return "division of no province"
    return "place filler" if failures == {"dummy"} else UNEXPLAINED


def compare_credit_codes(broken: int = 40) -> Comparison:
    """Compare the answers on valid codes, and on every error of one character in ``broken`` of them."""
    out = Comparison("credit codes (stdnum.cn.uscc)")
    for printed in credit_codes(broken):
        out.add(printed, check_credit_code(printed).valid, uscc.is_valid(printed), cause_of_credit_code)
    return out


def compare_registration_numbers() -> Comparison:
    """Compare the check digit alone: the library has MOD 11,10 but not this number."""
    out = Comparison("registration numbers, check digit (stdnum.iso7064.mod_11_10)")
    for number in registration_numbers(300):
        for printed in (number, *substitutions(number, "0123456789"), *swaps(number)):
            ours = "check-character" not in {finding.name for finding in registration_failures(printed)}
            out.add(printed, ours, mod_11_10.is_valid(printed), lambda _: UNEXPLAINED)
    return out


def resident_numbers() -> Iterator[str]:
    """Yield invented numbers over all divisions and days from 1870 to 2110, right and with one character wrong."""
    chance = random.Random(SEED)
    divisions = sorted(region.code for region in regions().all if region.level == "county")
    for _ in range(1500):
        day = date(1870, 1, 1) + timedelta(days=chance.randrange(240 * 365))
        body = f"{chance.choice(divisions)}{day:%Y%m%d}{chance.randrange(1000):03d}"
        right = body + check_character(body)
        yield right
        wrong = list(right)
        wrong[chance.randrange(17)] = str(chance.randrange(10))
        yield "".join(wrong)
        yield right[:-1] + chance.choice("0123456789X")


def cause_of_resident_number(printed: str) -> str:
    """Return why the two answers on a resident number differ."""
    if not is_resident_number(printed):
        return "century or year of birth" if not 1880 <= int(printed[6:10]) <= 2099 else UNEXPLAINED
    try:
        ric.get_birth_place(printed)
    except ric.InvalidComponent:
        return "county of the resident number"
    except KeyError:
        return "KeyError"
    return UNEXPLAINED


def accepts_resident_number(printed: str) -> bool:
    """Return what stdnum says; it breaks off on counties of a province that its table lacks, which is no acceptance."""
    try:
        return ric.is_valid(printed)
    except KeyError:
        return False


def compare_resident_numbers() -> Comparison:
    out = Comparison("resident numbers (stdnum.cn.ric)")
    for printed in resident_numbers():
        out.add(printed, is_resident_number(printed), accepts_resident_number(printed), cause_of_resident_number)
    return out


def comparisons() -> Iterable[Comparison]:
    """Return all comparisons."""
    return (compare_credit_codes(), compare_registration_numbers(), compare_resident_numbers())

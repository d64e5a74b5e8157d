"""Shops without a code: the last word of their names decides (docs/privacy.md)."""

from __future__ import annotations

import pytest

from normalizers.notices.records import SubjectKind
from normalizers.privacy import subject_kind
from tests.notices.samples import credit


@pytest.mark.parametrize("name", ["望川县老褚馄饨店", "望川建材商行", "望川县小桥超市", "听泉豆腐坊", "望川机电维修部", "城东阿褚饭店"])
def test_a_shop_without_a_code_is_an_individual_business(name: str) -> None:
    assert subject_kind(name) is SubjectKind.INDIVIDUAL_BUSINESS


@pytest.mark.parametrize(
    "name", ["望川听泉食品厂", "望川大酒店", "望川绿野商贸有限公司城东店", "望川运输队", "望川银行", "望川绿野连锁分店"]
)
def test_a_larger_work_without_a_code_is_a_firm(name: str) -> None:
    assert subject_kind(name) is SubjectKind.LEGAL


def test_a_firms_code_makes_a_firm_of_a_shop_even_where_it_is_damaged() -> None:
    code = credit(91234567)
    assert subject_kind("望川建材商行", code) is SubjectKind.LEGAL
    assert subject_kind("望川建材商行", f"{code[:-1]}{'0' if code[-1] != '0' else '1'}") is SubjectKind.LEGAL
    assert subject_kind("望川建材商行", credit(91234567, pair="92")) is SubjectKind.INDIVIDUAL_BUSINESS

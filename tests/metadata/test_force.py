"""When a document is in force, in sentences of our own."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.metadata.force import read_force

ISSUED = date(2026, 3, 1)

CLAUSES = """
2026-04-01 2031-03-31 第二十条 本办法自2026年4月1日起施行，有效期至2031年3月31日。
2026-04-01 2031-03-31 本通知自2026年4月1日起施行，有效期五年。
2026-04-01 2029-03-31 本细则自２０２６年４月１日起施行，有效期３年。
2026-04-01 . 本规定自二〇二六年四月一日起施行。
2026-03-01 . 本办法自发布之日起施行。
2026-03-01 2028-02-29 本办法自印发之日起施行，试行期二年。
2026-03-01 2031-02-28 自本通知印发之日起实施，有效期5年。
2026-03-31 . 本规定自公布之日起30日后施行。
2026-05-01 . 本规定自2026年5月1日起施行。《某暂行办法》（某府发〔2012〕1号）同时废止。
2026-05-01 . 《某条例》已经会议通过，现予公布，自2026年5月1日起施行。
2026-04-01 2027-12-31 本通知自2026年4月1日起执行，执行期限至2027年12月31日。
. 2027-12-31 本公告执行至2027年12月31日。
. 2028-12-31 本方案有效期为2026年1月1日至2028年12月31日。
2002-01-01 . （2001年10月31日会议通过 2001年12月10日以某令第3号公布 自2002年1月1日起施行）
. 2031-02-28 本办法有效期五年。
. . 《某法典》自2021年1月1日起施行。
. . 证书有效期为五年。
. . 评价结果有效期2年，到期重评。
. . 本市居住证有效期为一年。
. . 根据《某条例》颁发许可证，有效期至2030年1月1日。
. . 本标准自发布之日起30个工作日后施行。
. . 各单位要认真执行，年底前完成。
"""
ROWS = [line.split(" ", 2) for line in CLAUSES.strip().splitlines()]


@pytest.mark.parametrize(("effective", "expires", "text"), ROWS, ids=[row[2] for row in ROWS])
def test_a_clause_of_validity_gives_the_first_and_the_last_day(effective: str, expires: str, text: str) -> None:
    force = read_force(f"第一条 为做好工作，制定本办法。\n{text}", ISSUED)
    assert tuple(day.isoformat() if day else "." for day in (force.effective_on, force.expires_on)) == (effective, expires)


def test_a_term_from_an_unknown_day_of_issue_is_not_reckoned() -> None:
    force = read_force("本办法自印发之日起施行，有效期五年。", None)
    assert (force.effective_on, force.expires_on) == (None, None)


WORDS = "本办法|自|从|2026年4月1日|起|施行|，|。|有效期|至|五年|半|30日后|印发之日|《|》|试行|\n|号"
pieces = st.sampled_from(WORDS.split("|"))


@given(st.one_of(st.text(), st.lists(pieces, max_size=30).map("".join)), st.none() | st.dates())
def test_property_a_document_expires_after_it_takes_effect(text, issued_on) -> None:
    force = read_force(text, issued_on)
    assert force.effective_on is None or force.expires_on is None or force.effective_on <= force.expires_on

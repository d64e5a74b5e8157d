"""Decisions published as texts: whom they are addressed to, several parties, what is said where. Invented firms and persons."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from normalizers.intake import Intake, intake
from normalizers.notices.decision_parties import addressee, party_in, reduced
from normalizers.notices.read import read_notice
from normalizers.notices.records import Colour, Notice, NoticeKind, SubjectKind
from normalizers.records import Hints
from tests.notices.samples import credit

CODE = credit(81234567)


def taken(*lines: str) -> Intake:
    return intake("\n".join(lines).encode(), Hints(file_name="decision.txt"))


def notices(*lines: str) -> list[Notice]:
    return [read_notice(record) for record in taken(*lines).records]


def test_a_decision_is_about_the_firm_that_it_is_addressed_to() -> None:
    (notice,) = notices(
        *(
            "望川市生态环境局行政处罚决定书",
            "望环罚〔2023〕21号",
            "望川听泉造纸有限公司：",
            f"统一社会信用代码：{CODE}",
            "法定代表人：褚听泉",
        ),
        *("一、环境违法事实和证据", "2023年2月3日检查发现你公司排放口超标。", "二、行政处罚的依据、种类"),
        *("依据《中华人民共和国水污染防治法》第八十三条的规定，决定对你公司罚款人民币叁万元整。", "三、救济途径", "如不服可申请复议。"),
        *("望川市生态环境局", "2023年4月5日"),
    )
    assert (notice.subject.name, notice.subject.code, notice.number) == ("望川听泉造纸有限公司", CODE, "望环罚〔2023〕21号")
    assert (str(notice.fine_yuan), str(notice.decided_on)) == ("30000", "2023-04-05")
    assert notice.facts == "2023年2月3日检查发现你公司排放口超标。"
    assert "复议" not in notice.content and "褚听泉" not in repr(notice)


def test_each_party_of_a_decision_has_a_record_and_no_person_is_named_in_another_ones() -> None:
    found = taken(
        *(
            "行政处罚决定书（望川绿野控股有限公司、闻人晚舟）",
            "〔2022〕8号",
            "当事人：望川绿野控股有限公司（以下简称绿野），住所：望川市东街1号。",
        ),
        *("闻人晚舟，男，1970年1月出生，时任绿野董事长，住址：望川市西街2号。", "经查明，绿野年度报告虚假，闻人晚舟知情。"),
        *("我会决定：", "一、对绿野罚款100万元。", "二、对闻人晚舟罚款10万元。", "2022年3月4日"),
    )
    firm, person = (read_notice(record) for record in found.records)
    assert (firm.subject.name, person.subject.name) == ("望川绿野控股有限公司", "闻人某")
    assert person.subject.kind is SubjectKind.PERSON
    assert "闻人晚舟" not in found.payload.decode() + repr(found.records)


def test_who_runs_a_shop_is_no_party_beside_it() -> None:
    found = notices(
        "行政处罚决定书",
        "望市监罚〔2022〕3号",
        "当事人：望川区小桥面馆",
        "经营者：褚小桥",
        "经查，当事人使用未检定的秤。",
        "决定罚款200元。",
    )
    assert [notice.subject.kind for notice in found] == [SubjectKind.INDIVIDUAL_BUSINESS]


def test_an_order_to_correct_is_no_penalty() -> None:
    assert notices("责令改正违法行为决定书", "望川听泉造纸有限公司：", "你公司未批先建，责令立即停止建设。", "2023年4月5日") == []


@given(st.text(max_size=200))
def test_property_any_line_is_read_without_raising(line: str) -> None:
    for party in (party_in(line), addressee(line)):
        assert party is None or party.name in line
    assert reduced(line, ()) == line


def test_a_decision_to_list_a_firm_is_a_record_with_the_documents_number() -> None:
    (notice,) = notices(
        *(
            "列入严重违法失信名单决定书",
            "望市监列严〔2023〕5号",
            "当事人：望川绿野化妆品有限公司",
            f"统一社会信用代码：{CODE}",
            "法定代表人：褚听泉",
        ),
        *("因当事人销售假冒产品，本局决定将当事人列入严重违法失信名单，期限三年。", "望川市市场监督管理局", "2023年7月7日"),
    )
    assert (notice.kind, notice.colour, notice.subject.code) == (NoticeKind.LIST_ENTRY, Colour.BLACK, CODE)
    assert "褚听泉" not in repr(notice)


def test_a_newspapers_report_of_a_black_list_lists_nothing() -> None:
    report = (
        "市人社局公布第三批拖欠农民工工资“黑名单”",
        "本报讯（记者 李某）其中，望川绿野建筑有限公司、望川听泉劳务有限公司拖欠工资逾百万元。",
    )
    assert notices(*report) == []


def test_a_listed_item_about_a_person_is_reduced() -> None:
    found = taken(
        "望川县人民法院失信被执行人名单公告",
        "以下被执行人拒不履行，现予公布：",
        "1、褚听泉，女，1979年5月14日生，住望川县东街8号，执行标的12.5万元。",
    )
    (notice,) = (read_notice(record) for record in found.records)
    assert (notice.kind, notice.subject.name) == (NoticeKind.DEFAULTER, "褚某")
    assert "褚听泉" not in found.payload.decode() + repr(notice)


def test_body_and_day_in_one_column_are_told_apart() -> None:
    head = "行政处罚决定书文号,违法企业名称或违法自然人姓名,主要违法事实,行政处罚的种类和依据,作出处罚的机关名称和日期"
    rows = f"{head}\n望安罚〔2023〕1号,望川听泉造纸有限公司,未培训,罚款1万元,望川市应急管理局 2023年5月8日\n"
    (record,) = intake(rows.encode(), Hints(file_name="penalties.csv")).records
    notice = read_notice(record)
    assert notice.authority is not None and notice.authority.mention == "望川市应急管理局"
    assert str(notice.decided_on) == "2023-05-08"

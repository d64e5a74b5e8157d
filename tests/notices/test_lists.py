"""Tables and lists of firms inside documents become records one by one; every other table stays where it is."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normalizers.documents.grid import RawCell, place
from normalizers.documents.layout import laid_out
from normalizers.notices.firm_names import is_organization
from normalizers.notices.list_prose import Sweep
from normalizers.notices.lists import Found, placed, records_in
from normalizers.notices.records import Colour, NoticeKind, PrintedRecord
from normalizers.privacy.names import is_name
from normalizers.records import Block, BlockKind, Cell, Document, Hints, Metadata, Span, Table
from tests.corpus import render
from tests.corpus.paper import Paper
from tests.corpus.report import papers
from tests.documents.test_round_trip import evidence_holds
from tests.notices.list_papers import code, file, found, found_in, hints

PENALTIES = f"""
= 滨江新区市场监督管理局2023年9月行政处罚信息公示
现将9月份办结案件公示如下。
| 序号 | 当事人信息 | < | 处罚信息 | < | < |
| ^ | 当事人 | 统一社会信用代码 | 处罚决定书文号 | 违法事实 | 处罚决定日期 |
|-
| 1 | 滨江青岚食品有限公司 | {code(1)} | 滨市监处罚〔2023〕101号 | 销售超过保质期的糕点 | 2023-09-04 |
| 2 | 滨江远山五金商行 | {code(2)} | 滨市监处罚〔2023〕102号 | 未按规定明码标价 | 2023-09-12 |
| 3 | 江州云帆贸易有限公司 | {code(3)} | 滨市监处罚〔2023〕107号 | 使用绝对化用语发布广告 | 2023-09-25 |
> 滨江新区市场监督管理局
> 2023年10月9日
"""
FORMS = ["html-plain", "html-trs", "docx", "xlsx", "csv", "md", "txt", "pdf", "pdf-landscape", "json"]


def values(record: PrintedRecord) -> list[str]:
    return [each.value for each in record.fields]


def names(result: Found) -> list[str]:
    return [record.fields[0].value for record in result.records]


@pytest.mark.parametrize("form", FORMS)
def test_a_table_of_penalties_is_read_in(form: str) -> None:
    result = found(PENALTIES, form)
    assert [record.kind for record in result.records] == [NoticeKind.PENALTY] * 3
    assert values(result.records[1]) == ["滨江远山五金商行", code(2), "滨市监处罚〔2023〕102号", "未按规定明码标价", "2023-09-12"]
    assert {record.authority for record in result.records} <= {"滨江新区市场监督管理局", "市场监督管理局", ""}


@pytest.mark.parametrize("form", FORMS)
def test_nothing_of_the_rows_is_left_in(form: str) -> None:
    result = found(PENALTIES, form)
    for gone in ("青岚", "远山", "云帆", code(1), "107号", "糕点"):
        assert gone not in result.document.text
        assert gone not in result.document.raw_text
    assert "〔公开记录 3 条另存〕" in result.document.text
    assert "处罚决定书文号" in result.document.text
    evidence_holds(result.document)


def test_a_red_and_a_black_table_of_one_document_are_told_apart() -> None:
    result = found(f"""
= 江州市2022年度企业信用红黑名单公示
附件1 江州市2022年度守信红名单
| 单位名称 | 统一社会信用代码 | 认定依据 | 认定部门 |
|-
| 江州明德建设有限公司 | {code(11)} | 连续三年纳税信用良好 | 市税务局 |
| 江州松风乳业有限公司 | {code(12)} | 质量管理示范 | ^ |
附件2 江州市2022年度失信黑名单
| 单位名称 | 统一社会信用代码 | 认定依据 | 认定部门 |
|-
| 江州北斗运输有限公司 | {code(13)} | 拒不支付劳动报酬 | 市人力资源社会保障局 |
""")
    assert [record.colour for record in result.records] == [Colour.RED, Colour.RED, Colour.BLACK]
    assert values(result.records[1])[-1] == "市税务局"
    assert all(record.authority == "" for record in result.records)
    assert [record.list_name for record in result.records][::2] == ["守信红名单", "失信黑名单"] or all(r.list_name for r in result.records)


def test_lines_inside_a_table_say_which_list_follows() -> None:
    result = found("""
= 江州市环保信用评价结果公示
| 序号 | 企业名称 | 评价结果 |
|-
| 一、环保诚信企业名单 | < | < |
| 1 | 江州澄碧水务有限公司 | 绿色 |
| 二、环保失信企业黑名单 | < | < |
| 2 | 江州飞燕电镀厂 | 黑色 |
""")
    assert names(result) == ["江州澄碧水务有限公司", "江州飞燕电镀厂"]
    assert [record.colour for record in result.records] == [Colour.RED, Colour.BLACK]


def test_a_table_printed_side_by_side_gives_both_halves() -> None:
    result = found(f"""
= 江州市2023年度A级纳税人名单
| 序号 | 纳税人名称 | 纳税人识别号 | 序号 | 纳税人名称 | 纳税人识别号 |
|-
| 1 | 江州一帆服饰有限公司 | {code(21)} | 2 | 江州双木家具有限公司 | {code(22)} |
| 3 | 江州三叶制药有限公司 | {code(23)} |  |  |  |
""")
    assert sorted(names(result)) == ["江州一帆服饰有限公司", "江州三叶制药有限公司", "江州双木家具有限公司"]
    assert {record.colour for record in result.records} == {Colour.RED}


def test_a_doubled_numbering_column_is_no_field() -> None:
    result = found("""
= 2021年建筑施工企业不良行为记录公告
| 序号 | 序号 | 上榜单位 | 事由 | 处理 |
|-
| 1 | 1 | 江州拓石建筑工程有限公司 | 现场扬尘未覆盖 | 记分 |
""")
    assert [(each.label, each.value) for each in result.records[0].fields] == [
        ("企业名称（上榜单位）", "江州拓石建筑工程有限公司"),
        ("事由", "现场扬尘未覆盖"),
        ("处理", "记分"),
    ]


def test_a_header_that_each_page_repeats_is_no_record_and_goes() -> None:
    rows = "\n".join(f"| {n} | 江州第{n}机械有限公司 | {code(n)} |" for n in range(1, 4))
    more = "\n".join(f"| {n} | 江州第{n}机械有限公司 | {code(n)} |" for n in range(4, 6))
    head = "| 序号 | 企业名称 | 统一社会信用代码 |"
    result = found(f"= 江州市严重违法失信企业名单\n{head}\n|-\n{rows}\n{head}\n{more}\n| 合计 | 5家 |  |\n")
    assert len(result.records) == 5
    assert result.document.text.count("统一社会信用代码") == 1
    assert "合计" in result.document.text


def test_a_list_without_a_header_is_read_by_what_stands_in_it() -> None:
    rows = "\n".join(f"| {n} | 江州第{n}纺织有限公司 | {code(n)} |" for n in range(1, 5))
    result = found(f"= 江州市诚信企业名单\n{rows}\n", "csv")
    assert [each.label for each in result.records[0].fields] == ["企业名称", "统一社会信用代码"]
    assert len(result.records) == 4


def test_a_list_of_items_in_prose_is_read_and_cut() -> None:
    result = found(f"""
= 关于将部分企业列入严重违法失信名单的公告
经研究，将以下3家企业列入严重违法失信名单：
1.江州鸿雁酒业有限公司（统一社会信用代码：{code(31)}）；
2.江州落霞餐饮店（统一社会信用代码：{code(32)}）；
3.江州孤鹜广告有限公司，因伪造交易记录被处罚。
有异议的可在十五日内书面提出。
> 江州市市场监督管理局
> 2024年5月6日
""")
    assert names(result) == ["江州鸿雁酒业有限公司", "江州落霞餐饮店", "江州孤鹜广告有限公司"]
    assert values(result.records[0])[1] == code(31)
    assert "伪造交易记录" in values(result.records[2])[-1]
    assert "江州孤鹜" not in result.document.text
    assert "〔公开记录 3 条另存〕" in result.document.text
    assert "有异议的可在十五日内书面提出" in result.document.text


def test_names_in_a_sentence_give_way_to_the_word_subject() -> None:
    result = found(f"""
= 江州市拖欠工资失信联合惩戒名单公告
决定将江州大川劳务有限公司（统一社会信用代码：{code(41)}）、江州小溪劳务有限公司列入名单，期限一年。
""")
    assert names(result) == ["江州大川劳务有限公司", "江州小溪劳务有限公司"]
    assert "江州" not in result.document.text.split("\n")[1]
    assert "〔主体〕" in result.document.text


def test_lines_of_labels_and_values_make_a_record_each() -> None:
    result = found(f"""
= 行政处罚信息公开
行政相对人名称：江州秋水装饰有限公司
统一社会信用代码：{code(51)}
行政处罚决定书文号：江城管罚〔2024〕8号
处罚内容：罚款人民币五千元
行政相对人名称：江州长天物业有限公司
统一社会信用代码：{code(52)}
行政处罚决定书文号：江城管罚〔2024〕9号
处罚内容：罚款人民币三千元
""")
    assert names(result) == ["江州秋水装饰有限公司", "江州长天物业有限公司"]
    assert all(record.kind is NoticeKind.PENALTY for record in result.records)


def test_a_table_of_labels_and_values_is_one_record() -> None:
    result = found(f"""
= 江州市应急管理局行政处罚公示
| 行政处罚决定书文号 | 江应急罚〔2023〕17号 | 案件名称 | 未组织应急演练案 |
| 被处罚单位名称 | 江州烽火烟花有限公司 | 统一社会信用代码 | {code(61)} |
| 违法事实 | 全年未组织演练 | 处罚日期 | 2023-11-02 |
""")
    assert len(result.records) == 1
    assert len(result.records[0].fields) == 6
    assert "烽火" not in result.document.text


DECISION = f"""
= 江州市市场监督管理局行政处罚决定书
江市监处罚〔2024〕55号
当事人：江州白露茶叶有限公司
统一社会信用代码：{code(71)}
住所：江州市南湖路
经查，当事人自2023年12月起在包装上标注未取得的认证标志。
上述行为违反了《中华人民共和国产品质量法》第五条的规定。
依据《中华人民共和国产品质量法》第五十三条的规定，决定对当事人处罚如下：
一、责令改正；
二、罚款12000元。
当事人应当自收到本决定书之日起十五日内缴纳罚款。
> 江州市市场监督管理局
> 2024年3月15日
"""


@pytest.mark.parametrize("form", ["html-plain", "docx", "pdf", "txt"])
def test_a_penalty_decision_is_one_record(form: str) -> None:
    result = found(DECISION, form)
    assert len(result.records) == 1
    told = {each.label: each.value for each in result.records[0].fields}
    assert told["当事人"] == "江州白露茶叶有限公司"
    assert told["处罚决定书文号"] == "江市监处罚〔2024〕55号"
    assert "认证标志" in told["违法事实"]
    assert "12000元" in told["处罚内容"]
    assert told["处罚决定日期"] == "2024-03-15"
    assert "白露" not in result.document.text
    assert "12000" not in result.document.text


NO_RECORDS = {
    "tasks": "= 江州市失信治理任务分工\n| 序号 | 工作任务 | 责任单位 | 完成时限 |\n|-\n| 1 | 公布黑名单 | 市发展改革委 | 6月底 |\n",
    "projects": "= 江州市重点项目清单\n| 项目名称 | 建设单位 | 总投资 |\n|-\n| 新港码头 | 江州港务集团有限公司 | 3亿元 |\n",
    "statistics": "= 双公示报送情况通报\n| 单位名称 | 报送数 | 及时率 |\n|-\n| 市公安局 | 12 | 98% |\n| 市税务局 | 9 | 99% |\n",
    "members": "= 信用体系建设联席会议成员单位名单\n| 序号 | 单位名称 |\n|-\n| 1 | 市发展改革委 |\n| 2 | 市法院 |\n",
    "cities": "= 社会信用体系建设示范区名单\n| 序号 | 名称 |\n|-\n| 1 | 江州市 |\n| 2 | 滨江新区 |\n",
    "procurement": "= 信用平台采购中标公告\n| 供应商名称 | 统一社会信用代码 | 中标金额 |\n|-\n| 江州云图科技有限公司 | 无 | 38万元 |\n",
    "form": "= 江州市失信企业名单（样表）\n| 企业名称 | 统一社会信用代码 | 列入原因 |\n|-\n|  |  |  |\n",
    "contacts": "= 失信名单异议受理联系方式\n| 单位 | 联系人 | 电话 |\n|-\n| 江州信用服务有限公司 | 办公室 | 5550101 |\n",
    "rules": "= 江州市失信名单管理办法\n第一条 企业有下列情形之一的，列入黑名单：\n（一）造假的公司；\n（二）拒不履行判决的公司。\n",
    "indicators": "= 信用评价指标\n| 指标名称 | 权重 | 数据来源单位 |\n|-\n| 黑名单企业数 | 5 | 市法院 |\n",
    "agencies": "= 备案信用服务机构名单\n| 编号 | 机构名称 |\n|-\n| 0001 | 江州远见征信有限公司 |\n",
}


@pytest.mark.parametrize("name", NO_RECORDS)
def test_a_document_without_records_stays_as_it_is(name: str) -> None:
    document_found = found(NO_RECORDS[name])
    assert document_found.records == ()
    assert "公开记录" not in document_found.document.text


LISTS = ("companies", "huainan_penalty", "fuyang_announcement")


@pytest.mark.parametrize("form", ["html-plain", "txt"])
def test_the_papers_of_the_corpus_hold_records_only_where_they_list_firms(form: str) -> None:
    listing = [paper.name for paper in papers() if found_in(*_rendered(paper, form)).records]
    assert listing
    assert [name for name in listing if not any(word in name for word in LISTS)] == []


def _rendered(paper: Paper, form: str) -> tuple[bytes, Hints]:
    one = render.render(paper, form)
    return one.payload, one.hints


# --- keys ---------------------------------------------------------------------------------------------------------------------


def test_a_record_keeps_its_key_when_other_rows_come_and_go() -> None:
    place_of = {"site": "jiangzhou", "section": "gs", "document": "doc1", "url": "http://localhost/doc1"}
    before = placed(found(PENALTIES).records, **place_of)
    fewer = placed(found(PENALTIES.replace(PENALTIES.split("\n")[6] + "\n", "")).records, **place_of)
    assert len({record.key for record in before}) == 3
    assert [record.key for record in fewer] == [record.key for record in before if "青岚" not in str(record.fields)]
    assert all(record.document == "doc1" and record.key.startswith("doc1#") for record in before)


def test_equal_rows_have_keys_of_their_own() -> None:
    one = found(PENALTIES).records[0]
    keys = [record.key for record in placed([one, one], site="s", section="x", document="d", url="")]
    assert len(set(keys)) == 2


# --- properties ---------------------------------------------------------------------------------------------------------------

WORD = st.sampled_from(
    [
        "",
        "序号",
        "企业名称",
        "统一社会信用代码",
        "处罚日期",
        "1",
        "江州一品有限公司",
        code(9),
        "市税务局",
        "张某",
        "合计",
        "同上",
        "黑名单",
        "因虚开。",
    ]
)


@st.composite
def documents_of_cells(draw: st.DrawFn) -> Document:
    rows = draw(st.lists(st.lists(st.tuples(WORD, st.integers(1, 2), st.integers(1, 2)), min_size=1, max_size=4), min_size=1, max_size=6))
    raw = place([[RawCell(text, down, right) for text, down, right in row] for row in rows])
    cells = tuple(Cell(c.row, c.column, c.text, Span(0, 0), c.rowspan, c.colspan) for c in raw.cells)
    texts = draw(
        st.lists(
            st.sampled_from(["失信企业名单", "将江州二品有限公司列入黑名单。", "1.江州三品有限公司", "附件", "行政处罚决定书"]), max_size=4
        )
    )
    blocks = [Block(BlockKind.PARAGRAPH, text, Span(0, 0), "") for text in texts]
    table = Block(BlockKind.TABLE, "", Span(0, 0), "", 0, Table(raw.rows, raw.columns, cells, draw(st.booleans())))
    at = draw(st.integers(0, len(blocks)))
    return laid_out(Document("d", "html", (), "", ""), [*blocks[:at], table, *blocks[at:]])


@settings(max_examples=200, deadline=None)
@given(
    documents_of_cells(), st.sampled_from(["江州市失信企业名单", "江州市2024年工作要点", "行政处罚决定书", "关于撤销不良记录的公告", ""])
)
def test_property_no_table_breaks_the_search_and_no_name_of_a_record_is_left(document: Document, title: str) -> None:
    result = records_in(document, Metadata(title=title), Hints(title=title))
    evidence_holds(result.document)
    named = {word for word, _ in result.told if is_organization(word) or is_name(word)}
    assert not [word for word in named if word in result.document.text]
    if not result.records:
        assert result.document is document
    again = records_in(result.document, Metadata(title=result.scrubbed(title)), Hints())
    assert not {value for record in again.records for value in values(record)} & named


def test_a_hint_of_a_title_makes_a_list_of_a_bare_table() -> None:
    body = f"| 企业名称 | 统一社会信用代码 |\n|-\n| 江州半山酒店有限公司 | {code(5)} |\n"
    assert found(body, "csv").records == ()
    assert len(found_in(file(body, "csv"), hints("csv", "江州市失信企业名单")).records) == 1


@pytest.mark.parametrize(
    "hostile", ["公司" * 1400, "（" * 2900, "江州" * 700 + "公司" + "（" * 1400, "将" * 2900 + "公司", "甲公司、" * 700, "1" * 2900]
)
def test_a_hostile_line_costs_little(hostile: str) -> None:
    started = process_time()
    found(f"= 江州市失信企业名单公告\n{hostile}\n企业名称：{hostile}\n", "txt")
    assert process_time() - started < 10


def test_a_list_of_thousands_of_firms_is_taken_out_in_seconds() -> None:
    rows = "\n".join(f"| 江州第{n}贸易有限公司 | {code(n)} | 虚开发票 |" for n in range(5000))
    payload = file(f"= 江州市失信企业名单\n| 企业名称 | 统一社会信用代码 | 列入原因 |\n|-\n{rows}\n", "csv")
    started = process_time()
    result = found_in(payload, hints("csv"))
    assert len(result.records) == 5000
    assert process_time() - started < 20


@given(
    st.lists(st.tuples(st.text("甲乙丙丁公司", min_size=4, max_size=8), st.sampled_from(["", code(1), code(2)])), max_size=5),
    st.text("甲乙丙丁公司、", max_size=60),
)
def test_property_a_sweep_leaves_no_word_that_it_was_given(subjects: list[tuple[str, str]], text: str) -> None:
    swept = Sweep({name: "〔主体〕" for name, _ in subjects} | {number: "〔代码〕" for _, number in subjects})(text + code(1))
    assert not any(name in swept for name, _ in subjects)
    assert not any(number and number in swept for _, number in subjects)


def test_a_person_is_named_neither_in_the_title_nor_in_what_is_left_of_a_notice() -> None:
    head = "行政相对人名称 | 行政处罚决定书文号 | 处罚内容"
    rows = f"| {head} |\n|-\n| 张伟 | 江交罚〔2026〕14号 | 罚款300元 |\n"
    body = f"= 关于对张伟行政处罚的公示\n经查，张伟有违法行为，现公示江交罚〔2026〕14号。\n{rows}"
    result = found(body)
    assert len(result.records) == 1
    assert "张伟" not in result.document.text
    assert "江交罚〔2026〕14号" not in result.document.text
    assert result.scrubbed("关于对张伟行政处罚的公示") == "关于对〔主体〕行政处罚的公示"


def test_what_stands_behind_a_name_in_its_field_is_no_part_of_it() -> None:
    result = found(
        "= 江州市交通运输局行政处罚决定书（欧阳建国）\n当事人：欧阳建国，男，居民身份证\n经查明，你无证运营。\n决定如下：罚款3000元。\n"
    )
    assert result.scrubbed("江州市交通运输局行政处罚决定书（欧阳建国）") == "江州市交通运输局行政处罚决定书（〔主体〕）"
    assert "欧阳建国" not in result.document.text


def test_a_number_that_all_records_of_a_list_bear_is_that_of_the_document() -> None:
    rows = "\n".join(f"| 江州第{n}贸易有限公司 | 江信发〔2026〕3号 | 虚开发票 |" for n in range(3))
    result = found(f"= 江州市失信企业名单\n根据江信发〔2026〕3号公布如下。\n| 企业名称 | 列入决定文号 | 列入原因 |\n|-\n{rows}\n")
    assert len(result.records) == 3
    assert "江信发〔2026〕3号" in result.document.text


def test_lines_of_labels_below_a_name_belong_to_it() -> None:
    result = found(f"""
= 江州市人社局公布拖欠农民工工资黑名单
一、江州大厦建筑劳务有限公司
统一社会信用代码：{code(6)}
违法事实：拖欠32名农民工工资
二、江州蓝天装饰工程有限公司
违法事实：拖欠工资共计九万元
""")
    assert [values(record) for record in result.records] == [
        ["江州大厦建筑劳务有限公司", code(6), "拖欠32名农民工工资"],
        ["江州蓝天装饰工程有限公司", "拖欠工资共计九万元"],
    ]
    assert "拖欠32名" not in result.document.text


def test_cases_told_one_by_one_are_records() -> None:
    result = found(f"""
= 重大税收违法案件公布
案件一：江州金鼎商贸有限公司，纳税人识别号{code(8)}，对外虚开增值税专用发票，处罚款50万元。
案件二：江州银鼎商贸有限公司，纳税人识别号{code(9)}，隐匿收入，处罚款3万元。
""")
    assert [record.kind for record in result.records] == [NoticeKind.TAX_CASE] * 2
    assert values(result.records[1])[:2] == ["江州银鼎商贸有限公司", code(9)]


def test_a_firm_named_beside_its_table_is_one_record() -> None:
    result = found("""
= 关于将江州某某贸易有限公司等2户企业列入经营异常名录的公告
决定将江州某某贸易有限公司等2户企业（名单附后）列入经营异常名录。
| 序号 | 注册号 | 企业名称 |
|-
| 1 | 110108000000016 | 江州某某贸易有限公司 |
| 2 | 110108000000024 | 江州春风旅店 |
""")
    assert len(result.records) == 2
    assert "某某贸易" not in result.document.text


def test_a_table_of_decisions_needs_no_title() -> None:
    result = found("""
= 2017年第三季度信息
| 行政处罚决定书文号 | 案件名称 | 违法企业名称或违法自然人姓名 | 主要违法事实 | 行政处罚的种类和依据 |
|-
| 江环罚〔2017〕31号 | 超标排放案 | 江州绿野印染厂 | 废水超标 | 罚款 |
""")
    assert [record.kind for record in result.records] == [NoticeKind.PENALTY]
    assert "绿野" not in result.document.text


def test_a_signature_and_a_firm_that_is_not_named_are_no_records() -> None:
    result = found("""
= 关于撤销部分企业失信公示信息的公告
下列企业的公示信息已撤下，其中一家小厂曾被列入黑名单。
1.江州初晴织造厂
江州市信用促进中心
2024年5月6日
""")
    assert names(result) == ["江州初晴织造厂"]
    assert "江州市信用促进中心" in result.document.text

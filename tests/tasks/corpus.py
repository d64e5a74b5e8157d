"""Short invented documents with labels written by hand after the rules in docs/tasks.md: what a reader must find in them, and what not."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import docx

from normalizers.records import Hints


@dataclass(frozen=True)
class Label:
    """What one task must be: ``start`` are its first words."""

    start: str
    lead: Sequence[str] = ()
    partner: Sequence[str] = ()
    responsible: Sequence[str] = ()
    end: date | None = None
    implied: Sequence[str] = ()
    number: str | None = None
    section: str | None = None
    open_list: bool | None = None
    due: str | None = None


@dataclass(frozen=True)
class Case:
    """One document: ``body`` is HTML or text, or the rows of a docx table under ``title``."""

    name: str
    body: str = ""
    tasks: Sequence[Label] = ()
    hints: Hints = field(default_factory=Hints)
    rows: Sequence[Sequence[str]] = ()
    title: str = ""
    merges: Sequence[tuple[tuple[int, int], tuple[int, int]]] = ()

    def payload(self) -> bytes:
        """Return the bytes of the document as a site would serve them."""
        return self._docx() if self.rows else self.body.strip("\n").encode()

    def known(self) -> Hints:
        """Return the hints with the media type of the payload."""
        if self.rows:
            return Hints(media_type=DOCX, file_name=f"{self.name}.docx", region=self.hints.region)
        kind = "text/html" if self.body.lstrip().startswith("<") else "text/plain"
        return Hints(media_type=kind, charset="utf-8", file_name=self.name, region=self.hints.region)

    def _docx(self) -> bytes:
        book = docx.Document()
        book.add_paragraph(self.title)
        table = book.add_table(len(self.rows), len(self.rows[0]))
        for number, row in enumerate(self.rows):
            for column, text in enumerate(row):
                table.cell(number, column).text = text
        for (top, left), (bottom, right) in self.merges:
            kept = table.cell(top, left).text
            table.cell(top, left).merge(table.cell(bottom, right)).text = kept
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()


DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHANGHAI, JIANGSU, ZHEJIANG, ANHUI = (Hints(region=code) for code in ("310000", "320000", "330000", "340000"))


def page(title: str, inner: str) -> str:
    """Return an HTML page around a body."""
    head = f"<head><meta charset='utf-8'><title>{title}</title></head>"
    return f"<!DOCTYPE html><html>{head}<body><h1>{title}</h1><div>{inner}</div></body></html>"


def table(*rows: str) -> str:
    """Return an HTML table: cells of a row parted by |, a cell may open with ``{r2}`` or ``{c3}`` for its spans."""
    out = []
    for row in rows:
        cells = []
        for cell in row.split("|"):
            attributes, text = "", cell.strip()
            while text.startswith("{"):
                mark, text = text[1:].split("}", 1)
                attributes += f" {'rowspan' if mark[0] == 'r' else 'colspan'}='{mark[1:]}'"
            cells.append(f"<td{attributes}>{text.strip()}</td>")
        out.append("<tr>" + "".join(cells) + "</tr>")
    return "<table border='1'>" + "".join(out) + "</table>"


def day(text: str) -> date:
    """Return an ISO date."""
    return date.fromisoformat(text)


TABLES = (
    Case(
        "html_rowspans",
        page(
            "2023年江苏省信用建设重点任务分工表",
            table(
                "序号|工作类别|重点任务|牵头单位|配合单位|完成时间",
                "{r2}1|{r2}制度建设|起草信用信息管理配套办法，报省政府审议。|{r2}省信用办|{r2}省司法厅、省财政厅|2023年6月底前",
                "编制公共信用信息补充目录，明确归集频次。|9月底前",
                "2|平台建设|完成省级信用平台扩容改造。|省大数据管理中心|/|年底前",
            ),
        ),
        (
            Label("起草信用信息", ["省信用办"], ["省司法厅", "省财政厅"], end=day("2023-06-30"), number="1", section="制度建设"),
            Label("编制公共信用", ["省信用办"], ["省司法厅", "省财政厅"], end=day("2023-09-30"), number="1", section="制度建设"),
            Label("完成省级信用", ["省大数据管理中心"], [], end=day("2023-12-31"), number="2", section="平台建设"),
        ),
        JIANGSU,
    ),
    Case(
        "html_empty_cells_without_merging_mean_none",
        page(
            "2022年安徽省社会信用体系建设任务清单",
            table(
                "序号|具体任务|责任单位|配合单位|完成时限",
                "1|推进信用承诺书网上公开。|省发展改革委|省有关单位|2022年10月底前",
                "2|开展信用修复培训两期。|省市场监管局||",
                "3|归集涉企行政处罚信息。|省司法厅|无|持续推进",
            ),
        ),
        (
            Label("推进信用承诺书", ["省发展改革委"], ["省有关单位"], end=day("2022-10-31")),
            Label("开展信用修复", ["省市场监管局"]),
            Label("归集涉企行政", ["省司法厅"]),
        ),
        ANHUI,
    ),
    Case(
        "html_two_heading_rows_and_section_rows",
        page(
            "浙江省信用建设2024年工作任务分解表",
            table(
                "{r2}序号|{r2}工作任务|{c2}责任分工|{r2}时间节点",
                "牵头部门|配合部门",
                "{c5}一、政务诚信",
                "1|开展政府机构失信专项清理，逐案销号。|省发展改革委|省法院|2024年3月底",
                "{c5}二、商务诚信",
                "2|推行合同履约信用监管，选树示范企业。|省商务厅|省市场监管局、省税务局|四季度",
            ),
        ),
        (
            Label("开展政府机构", ["省发展改革委"], ["省法院"], end=day("2024-03-31"), section="一、政务诚信"),
            Label("推行合同履约", ["省商务厅"], ["省市场监管局", "省税务局"], end=day("2024-12-31"), section="二、商务诚信"),
        ),
        ZHEJIANG,
    ),
    Case(
        "html_heading_repeated_after_a_page_break",
        page(
            "上海市2021年信用工作责任分工",
            table(
                "序号|主要任务|责任单位",
                "1|完善信用数据质量考核办法并按月通报。|市发展改革委、市大数据中心",
                "序号|主要任务|责任单位",
                "2|组织信用服务机构座谈，征集产品需求。|市信用中心",
            ),
        ),
        (
            Label("完善信用数据", responsible=["市发展改革委", "市大数据中心"], number="1"),
            Label("组织信用服务", responsible=["市信用中心"], number="2"),
        ),
        SHANGHAI,
    ),
    Case(
        "html_lead_by_words_in_one_column",
        page(
            "2023年浙江省营商环境信用举措",
            table(
                "改革举措|责任单位",
                "推动信用报告替代无违法违规证明。|省发展改革委牵头，省市场监管局、省税务局配合",
                "拓展信用融资场景，引导银行增加首贷。|省金融监管局、人民银行杭州中心支行按职责分工负责",
            ),
        ),
        (
            Label("推动信用报告", ["省发展改革委"], ["省市场监管局", "省税务局"]),
            Label("拓展信用融资", responsible=["省金融监管局", "人民银行杭州中心支行"]),
        ),
        ZHEJIANG,
    ),
    Case(
        "html_first_listed_leads_by_the_heading",
        page(
            "安徽省2023年信用重点工作清单",
            table(
                "序号|重点工作|责任单位（列第一位的为牵头单位）|完成时限",
                "1|建成农村信用信息库。|省农业农村厅、省地方金融监管局、人民银行合肥中心支行|2023年11月底前",
                "2|编印信用典型案例集。|省发展改革委|长期坚持",
            ),
        ),
        (
            Label("建成农村信用", ["省农业农村厅"], ["省地方金融监管局", "人民银行合肥中心支行"], end=day("2023-11-30")),
            Label("编印信用典型", ["省发展改革委"]),
        ),
        ANHUI,
    ),
    Case(
        "docx_merged_cells",
        title="2022年长三角信用合作任务表",
        rows=(
            ("序号", "行动", "主要内容", "牵头单位", "配合单位", "完成时间"),
            ("1", "信用融资行动", "共建中小企业信用档案互查机制。", "浙江省信用办", "上海市、江苏省、安徽省信用办", "2022年9月底前"),
            ("", "", "发布信用融资产品名录。", "", "", ""),
            ("2", "信用旅游行动", "互认旅行社信用等级。", "安徽省信用办", "", "年底前"),
        ),
        merges=(((1, 0), (2, 0)), ((1, 1), (2, 1)), ((1, 3), (2, 3)), ((1, 4), (2, 4)), ((1, 5), (2, 5))),
        tasks=(
            Label("共建中小企业", ["浙江省信用办"], ["上海市信用办", "江苏省信用办", "安徽省信用办"], end=day("2022-09-30"), number="1"),
            Label("发布信用融资", ["浙江省信用办"], ["上海市信用办", "江苏省信用办", "安徽省信用办"], end=day("2022-09-30"), number="1"),
            Label("互认旅行社", ["安徽省信用办"], end=day("2022-12-31"), number="2", section="信用旅游行动"),
        ),
    ),
    Case(
        "docx_row_without_number_and_roles_continues",
        title="上海市2020年信用建设重点任务",
        rows=(
            ("序号", "重点任务", "责任单位", "完成时间"),
            ("1", "推动公共信用信息按月更新。", "市经济信息化委、市公安局", "6月底前"),
            ("", "开展数据质量抽查并公布结果。", "", ""),
            ("2", "举办诚信主题宣传周。", "市文明办", ""),
        ),
        tasks=(
            Label("推动公共信用", responsible=["市经济信息化委", "市公安局"], end=day("2020-06-30"), number="1"),
            Label("开展数据质量", responsible=["市经济信息化委", "市公安局"], end=day("2020-06-30"), number="1"),
            Label("举办诚信主题", responsible=["市文明办"], number="2"),
        ),
        hints=SHANGHAI,
    ),
    Case(
        "docx_names_on_lines_of_their_own",
        title="江苏省2021年信用惠民任务分工",
        rows=(
            ("任务内容", "责任单位"),
            ("推出信用借阅、信用就医等便民服务。", "省文化和旅游厅\n省卫生健康委\n各设区市人民政府"),
            ("建立惠民服务评价机制。", "省发展改\n革委"),
        ),
        tasks=(
            Label("推出信用借阅", responsible=["省文化和旅游厅", "省卫生健康委", "各设区市人民政府"]),
            Label("建立惠民服务", responsible=["省发展改革委"]),
        ),
        hints=JIANGSU,
    ),
    Case(
        "text_tabs_blank_cells_continue",
        """
2019年区域信用合作重点工作分工表

序号	专项	主要内容	牵头单位	配合单位	完成时间
1	数据共享	统一信用数据接口规范。	江苏省信用办	上海市信用办、浙江省信用办	上半年
		完成首批接口联调测试。
2	联合培训	举办信用监管业务培训班。	上海市信用办		10月底前
""",
        (
            Label("统一信用数据", ["江苏省信用办"], ["上海市信用办", "浙江省信用办"], end=day("2019-06-30"), section="数据共享"),
            Label("完成首批接口", ["江苏省信用办"], ["上海市信用办", "浙江省信用办"], end=day("2019-06-30"), number="1"),
            Label("举办信用监管", ["上海市信用办"], [], end=day("2019-10-31"), number="2", section="联合培训"),
        ),
    ),
    Case(
        "cell_with_numbered_items_and_brackets_of_their_own",
        page(
            "2022年江苏省信用监管任务表",
            table(
                "领域|工作内容|责任单位",
                "信用监管|1.建立企业信用画像（省市场监管局）。<br>2.推行非现场抽查（省应急管理厅、省生态环境厅）。|",
                "信用服务|1.开放数据接口；<br>2.培育服务机构。|省发展改革委",
            ),
        ),
        (
            Label("建立企业信用", responsible=["省市场监管局"]),
            Label("推行非现场", responsible=["省应急管理厅", "省生态环境厅"]),
            Label("1.开放数据", responsible=["省发展改革委"]),
        ),
        JIANGSU,
    ),
)

BRACKETS = (
    Case(
        "labelled_brackets_under_headings",
        """
上海市社会信用体系建设2022年工作要点

为做好全年信用工作，制定本要点。

一、完善制度规范

（一）健全法规标准

1.修订公共信用信息目录。结合行业需要动态调整归集项目，完善更新规则。（责任单位：市发展改革委、市大数据中心）

2.研究信用评价地方标准。（牵头单位：市市场监管局；配合单位：市发展改革委、市质标院；完成时限：2022年11月底前）

（二）加强宣传

3.办好诚信活动周，展示各区经验。(责任单位:市文明办、各区政府)

二、工作要求

各单位要加强组织领导，明确专人负责，确保各项工作落到实处。
""",
        (
            Label("修订公共信用", responsible=["市发展改革委", "市大数据中心"], number="1", section="（一）健全法规标准"),
            Label("研究信用评价", ["市市场监管局"], ["市发展改革委", "市质标院"], end=day("2022-11-30"), number="2"),
            Label("办好诚信活动", responsible=["市文明办", "各区政府"], number="3", section="（二）加强宣传"),
        ),
        SHANGHAI,
    ),
    Case(
        "verbs_in_brackets",
        """
安徽省2023年社会信用体系建设工作要点

一、重点任务

1.推进信用承诺标准化，公开承诺事项清单（省发展改革委牵头，省有关单位配合）。

2.完善失信名单认定程序（省法院、省税务局等按职责分工负责）。

3.开展信用园区试点（各市人民政府负责，2023年底前完成）。

4.加快信用平台迭代升级（省数据资源局牵头、省发展改革委按职责分工负责）。
""",
        (
            Label("推进信用承诺", ["省发展改革委"], ["省有关单位"], number="1"),
            Label("完善失信名单", responsible=["省法院", "省税务局"], open_list=True),
            Label("开展信用园区", responsible=["各市人民政府"], end=day("2023-12-31")),
            Label("加快信用平台", ["省数据资源局"], ["省发展改革委"]),
        ),
        ANHUI,
    ),
    Case(
        "bare_lists_at_the_end",
        """
浙江省2021年信用建设工作计划

一、主要工作

（一）深化信用承诺应用，年内覆盖八成许可事项。（省发展改革委、省司法厅）

（二）推动行业协会建立会员信用档案。（省民政厅）

（三）规范信用服务市场秩序，公布服务机构名录（省发展改革委、人民银行杭州中心支行）。
""",
        (
            Label("深化信用承诺", responsible=["省发展改革委", "省司法厅"], number="一", section="一、主要工作"),
            Label("推动行业协会", responsible=["省民政厅"], number="二"),
            Label("规范信用服务", responsible=["省发展改革委", "人民银行杭州中心支行"], number="三"),
        ),
        ZHEJIANG,
    ),
    Case(
        "ordinals_with_brackets_of_their_own",
        """
2020年江苏省信用惠民行动方案

（一）推进场景建设。一是开通图书馆免押金借阅（省文化和旅游厅）；二是推广先诊疗后付费（省卫生健康委、省医保局）；三是探索守信者出行优惠（省交通运输厅）。

（二）夯实工作基础。一是摸清底数，二是分类推进。（责任单位：省信用办）
""",
        (
            Label("一是开通图书馆", responsible=["省文化和旅游厅"]),
            Label("二是推广先诊疗", responsible=["省卫生健康委", "省医保局"]),
            Label("三是探索守信者", responsible=["省交通运输厅"]),
            Label("夯实工作基础", responsible=["省信用办"]),
        ),
        JIANGSU,
    ),
    Case(
        "first_listed_leads_from_here_on",
        """
安徽省2022年信用信息归集工作方案

一、工作任务

1.制定归集计划，明确数据来源。（责任单位：省发展改革委、省数据资源局、省市场监管局。列第一位的为牵头单位，下同）

2.提升数据合规率，按季度通报。（责任单位：省数据资源局、省发展改革委）

3.开展数据安全检查。（责任单位：省委网信办）
""",
        (
            Label("制定归集计划", ["省发展改革委"], ["省数据资源局", "省市场监管局"]),
            Label("提升数据合规", ["省数据资源局"], ["省发展改革委"]),
            Label("开展数据安全", ["省委网信办"]),
        ),
        ANHUI,
    ),
    Case(
        "first_listed_leads_here_only",
        """
江苏省2022年信用试点工作安排

1.组织城市申报示范试点。（责任单位：省信用办、省工业和信息化厅，排在首位的为牵头单位）

2.总结试点经验做法。（责任单位：省信用办、省财政厅）
""",
        (
            Label("组织城市申报", ["省信用办"], ["省工业和信息化厅"]),
            Label("总结试点经验", responsible=["省信用办", "省财政厅"]),
        ),
        JIANGSU,
    ),
    Case(
        "implied_bodies",
        """
安徽省科研诚信建设实施方案（2022-2024年）

一、重点举措

1.建立科研失信案件协查机制。（责任单位：省科技厅，配合单位：省教育厅，各市人民政府。以下均需各市人民政府落实，不再列出）

2.将诚信要求纳入项目合同。（责任单位：省科技厅；配合单位：省财政厅）
""",
        (
            Label("建立科研失信", ["省科技厅"], ["省教育厅", "各市人民政府"]),
            Label("将诚信要求", ["省科技厅"], ["省财政厅"], implied=["各市人民政府"]),
        ),
        ANHUI,
    ),
    Case(
        "role_lines_under_items",
        """
江苏省2023年信用工作任务书

一、信用监管

1.建立重点行业信用分级标准，明确差异化监管措施。
牵头单位：省市场监管局
配合单位：省住房城乡建设厅、省交通运输厅
完成时限：2023年8月底前

2.开展严重失信主体信用修复辅导。
责任单位：省信用办、各设区市信用办

二、组织保障

各地各部门要高度重视，压实责任。
""",
        (
            Label("建立重点行业", ["省市场监管局"], ["省住房城乡建设厅", "省交通运输厅"], end=day("2023-08-31"), number="1"),
            Label("开展严重失信", responsible=["省信用办", "各设区市信用办"], number="2", section="一、信用监管"),
        ),
        JIANGSU,
    ),
    Case(
        "boxed_labels",
        """
上海市2023年优化信用环境行动方案

（一）提升信用服务便利度

推出信用报告自助打印，覆盖全部街镇服务中心。

【牵头部门】市发展改革委 【配合部门】市大数据中心、各区政府

（二）健全信用修复机制

实行修复申请一口受理、协同办理。

【责任单位：市市场监管局、市发展改革委】
""",
        (
            Label("推出信用报告", ["市发展改革委"], ["市大数据中心", "各区政府"], section="（一）提升信用服务便利度"),
            Label("实行修复申请", responsible=["市市场监管局", "市发展改革委"], section="（二）健全信用修复机制"),
        ),
        SHANGHAI,
    ),
    Case(
        "html_paragraphs",
        page(
            "浙江省信用建设2022年工作要点",
            "<p>一、夯实数据底座</p>"
            "<p><strong>1.扩大归集范围。</strong>将水电气缴费信息纳入目录。<span>（责任单位：省发展改革委，省建设厅）</span></p>"
            "<p><strong>2.提升数据质量。</strong>建立问题数据闭环处置机制（责任单位：省大数据局）。到2022年底，数据合规率达到98%以上。</p>",
        ),
        (
            Label("扩大归集范围", responsible=["省发展改革委", "省建设厅"], number="1", section="一、夯实数据底座"),
            Label("提升数据质量", responsible=["省大数据局"], number="2"),
        ),
        ZHEJIANG,
    ),
    Case(
        "second_names_stay_with_the_body",
        """
上海市2019年诚信文化建设要点

1.评选诚信公民，组织巡回宣讲。（责任单位：市委宣传部（市文明办）、市民政局（市社团局））

2.把诚信教育纳入干部培训内容，具体安排商市委组织部（市公务员局）。
""",
        (Label("评选诚信公民", responsible=["市委宣传部（市文明办）", "市民政局（市社团局）"]),),
        SHANGHAI,
    ),
    Case(
        "deadline_in_a_bracket_of_its_own",
        """
安徽省2024年信用提升行动实施方案

1.上线信用修复移动端服务。（责任单位：省发展改革委）（完成时限：2024年5月底前）

2.编制信用修复办事指南。（责任单位：省发展改革委；时间节点：每季度）
""",
        (
            Label("上线信用修复", responsible=["省发展改革委"], end=day("2024-05-31"), due="2024年5月底前"),
            Label("编制信用修复", responsible=["省发展改革委"], due="每季度"),
        ),
        ANHUI,
    ),
    Case(
        "labels_without_brackets_at_a_paragraphs_end",
        """
江苏省2022年信用数据治理方案

（一）统一编码规则，清理重复主体。牵头单位：省信用办；配合单位：省市场监管局。

（二）建立异议处理台账。责任单位：省信用办。
""",
        (
            Label("统一编码规则", ["省信用办"], ["省市场监管局"]),
            Label("建立异议处理", responsible=["省信用办"]),
        ),
        JIANGSU,
    ),
)

MORE = (
    Case(
        "provinces_lead_by_turns",
        page(
            "2021年长三角信用合作任务分工",
            table(
                "合作领域|工作任务|牵头省市|配合省市|进度安排",
                "信用监管|统一严重失信行为认定标准。|浙江省|上海市、江苏省、安徽省|2021年6月底前",
                "信用服务|联合发布评级机构名录。|轮值方|三省一市信用办|全年推进",
            ),
        ),
        (
            Label("统一严重失信", ["浙江省"], ["上海市", "江苏省", "安徽省"], end=day("2021-06-30"), section="信用监管"),
            Label("联合发布评级", ["轮值方"], ["三省一市信用办"], end=day("2021-12-31")),
        ),
    ),
    Case(
        "three_levels_and_labels_in_the_cells",
        page(
            "合肥市2023年信用环境任务清单",
            table(
                "序号|一级任务|二级任务|三级任务|责任单位|完成时限",
                "{r3}1|{r3}政务环境|{r2}一网通办|推进信用核查全程网办|牵头单位：市政务服务局<br>配合单位：市直有关部门|2023年12月",
                "推行信用承诺电子归档|牵头单位：市数据资源局<br>配合单位：市公安局|2023年12月",
                "跨省通办|新增信用事项五项以上|市政务服务局|2023年10月",
            ),
        ),
        (
            Label("推进信用核查", ["市政务服务局"], ["市直有关部门"], end=day("2023-12-31"), section="政务环境 / 一网通办"),
            Label("推行信用承诺", ["市数据资源局"], ["市公安局"], end=day("2023-12-31")),
            Label("新增信用事项", responsible=["市政务服务局"], end=day("2023-10-31"), section="政务环境 / 跨省通办"),
        ),
        Hints(region="340100"),
    ),
    Case(
        "labels_that_lost_their_colon",
        """
上海市信用修复提质行动方案

（一）建设协同平台（牵头单位市大数据中心，配合单位市发展改革委）。

（二）编制办事指南，公开办理流程。
责任单位  市市场监管局、市税务局

（三）开展业务培训（详见责任单位清单）。
""",
        (
            Label("建设协同平台", ["市大数据中心"], ["市发展改革委"]),
            Label("编制办事指南", responsible=["市市场监管局", "市税务局"]),
        ),
        SHANGHAI,
    ),
    Case(
        "role_lines_under_long_items_without_sections",
        """
关于2021年诚信缺失问题治理的分工

一、深入开展专项治理。各部门结合实际抓好落实。
责任部门：市文明办、市发展改革委
二、完善联席会议制度。
责任部门：联席会议办公室
""",
        (
            Label("深入开展专项", responsible=["市文明办", "市发展改革委"], number="一"),
            Label("完善联席会议", responsible=["联席会议办公室"], number="二"),
        ),
        SHANGHAI,
    ),
    Case(
        "chapters_with_square_brackets",
        """
安庆市信用环境提升方案

二、主要任务

（一）政务诚信建设

1．健全守信践诺机制。梳理承诺事项，建立台账。〔牵头单位：市发展改革委；责任单位：各县（市、区）人民政府，市直有关单位〕

2．开展失信专项治理，2023年9月底前全部退出。〔牵头单位：市发展改革委，责任单位：市中级法院、市财政局〕

三、保障措施

（一）加强组织领导。各责任单位要制定细化方案（明确牵头科室和责任人），确保任务落地。
""",
        (
            Label("健全守信践诺", ["市发展改革委"], ["各县（市、区）人民政府", "市直有关单位"], section="（一）政务诚信建设"),
            Label("开展失信专项", ["市发展改革委"], ["市中级法院", "市财政局"], number="2"),
        ),
        Hints(region="340800"),
    ),
)

NEGATIVES = (
    Case(
        "panel_of_an_information_page",
        """
某市信用工作动态

索引号：000-1/2023-01  责任部门：市发改委  发布日期：2023-05-01

责任部门：市发改委

近日，市发改委召开座谈会，听取企业意见建议。
""",
        hints=SHANGHAI,
    ),
    Case(
        "notice",
        """
关于开展2023年信用承诺自查工作的通知

各区信用主管部门、各有关单位：

为进一步规范信用承诺工作，现就自查有关事项通知如下。

一、自查内容

重点检查承诺书是否公开、履约情况是否记录。

二、有关要求

请各责任单位于2023年5月31日前将自查报告报送市发展改革委（联系人：王某；电话：000-00000000）。

某市发展和改革委员会
2023年4月20日
""",
    ),
    Case(
        "regulation",
        """
某省公共信用信息条例

第一章 总则

第一条 为了规范公共信用信息归集、使用，保护信用主体权益，制定本条例。

第二条 省发展改革部门是信用工作主管部门，负责统筹协调；其他部门按照职责分工做好相关工作。

第三条 县级以上人民政府应当加强信用工作（包括经费保障）。

第四条 本条例自2023年1月1日起施行。
""",
    ),
    Case(
        "aims_and_principles",
        """
某市信用城市建设总体思路

一、指导思想

坚持政府推动、社会共建，由各部门牵头、协会参与，形成合力。

二、基本原则

1.统筹推进。发挥信用工作牵头部门作用，加强条块协同。

2.依法依规。严格遵循法定权限（含法律、法规、规章）开展工作。

三、主要目标

到2025年，信用制度基本健全（以国家评价结果为准）。
""",
    ),
    Case(
        "project_list",
        page(
            "2023年信用信息化建设项目清单",
            table(
                "序号|项目名称|建设内容|总投资（万元）|责任单位|完成时间",
                "1|信用平台三期|建设信用监管子系统，改造数据中台。|1200|市大数据中心|2023年12月",
                "2|信用门户升级|改版网站并建设移动端应用。|300|市信用中心|2023年10月",
            ),
        ),
        hints=SHANGHAI,
    ),
    Case(
        "indicator_table",
        page(
            "信用状况监测评价指标",
            table(
                "一级指标|二级指标|目标值|责任单位",
                "政务诚信|政府机构失信被执行人数量占比|0|市法院",
                "商务诚信|合同履约率达到年度要求的程度|95%|市市场监管局",
            ),
        ),
        hints=SHANGHAI,
    ),
    Case(
        "scoring_table",
        page(
            "2022年信用工作考核评分表",
            table(
                "序号|工作任务|评分标准|分值|责任单位",
                "1|按时报送双公示数据|迟报一次扣一分|10|市信用办",
                "2|公开信用承诺书|未公开不得分|5|市司法局",
            ),
        ),
        hints=SHANGHAI,
    ),
    Case(
        "rules_to_be_written",
        page(
            "2024年信用制度制定计划",
            table(
                "序号|制度名称|主要内容|责任单位|完成时间",
                "1|信用信息异议处理办法|规定异议申请、受理和处理时限等内容|市发展改革委|2024年6月",
                "2|信用服务机构管理办法|规定机构备案、业务规范和监督检查等内容|市发展改革委|2024年9月",
            ),
        ),
        hints=SHANGHAI,
    ),
    Case(
        "contacts",
        page(
            "信用工作联络员名单",
            table("单位|姓名|职务|联系电话", "市发展改革委|张某|主任科员|000000", "市财政局|李某|科员|000001"),
        ),
        hints=SHANGHAI,
    ),
    Case(
        "company_list",
        page(
            "信用服务机构备案名单",
            table(
                "序号|企业名称|统一社会信用代码|主管部门",
                "1|某信用评估有限公司|91310000000000000X|市发展改革委",
                "2|某征信有限公司|91310000000000001X|市金融办",
            ),
        ),
        hints=SHANGHAI,
    ),
    Case(
        "page_footer",
        page(
            "全市信用工作会议召开",
            "<p>近日，全市信用工作会议召开，会议部署了下一阶段工作，要求各部门抓好落实。</p>"
            "<p>主办单位：某市发展和改革委员会 承办单位：某市信息中心</p><p>网站标识码：0000000001 联系电话：000-00000000</p>",
        ),
    ),
    Case(
        "bracketed_remarks",
        """
某市信用建设成效综述

信用报告查询量持续增长（截至2023年底达到百万次）。

信用修复实现一网通办（以下简称“信易修”）。

试点经验得到国家信用主管部门肯定（详见附件）。

由多部门共同参与的信用联盟（原市企业信用促进会）正式成立。
""",
    ),
    Case(
        "event",
        """
信用主题论坛活动方案

一、组织机构

主办单位：某省发展和改革委员会

协办单位：某市人民政府

二、活动安排

上午举行开幕式，下午分组交流。
""",
    ),
    Case(
        "table_without_roles",
        page(
            "信用工作宣传安排",
            table("序号|工作内容|时间", "1|发布信用典型案例，制作宣传短片。|3月", "2|组织进社区宣讲，发放手册。|6月"),
        ),
    ),
    Case(
        "penalty_measures",
        page(
            "失信惩戒措施清单",
            table(
                "序号|惩戒措施|法律依据|实施部门",
                "1|限制参加政府采购活动|《中华人民共和国政府采购法》|财政部门",
                "2|限制取得荣誉称号|有关规定|各有关部门",
            ),
        ),
    ),
)

CASES = (*TABLES, *BRACKETS, *MORE, *NEGATIVES)

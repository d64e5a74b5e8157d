"""Clean texts in the manner of official papers, put together from word lists and sentences written for this purpose."""

from __future__ import annotations

from random import Random

BODIES = [
    "市发展改革委",
    "市财政局",
    "市市场监管局",
    "市人民银行",
    "市税务局",
    "市公安局",
    "市民政局",
    "市司法局",
    "市商务局",
    "市教育局",
    "市交通运输局",
    "市生态环境局",
    "市文化和旅游局",
    "市卫生健康委",
    "市政务服务办",
    "各区人民政府",
    "各成员单位",
    "行业主管部门",
    "行业协会",
    "人民法院",
]
OBJECTS = [
    "信用信息",
    "信用档案",
    "信用报告",
    "信用承诺",
    "信用评价",
    "信用修复",
    "行政处罚信息",
    "行政许可信息",
    "公共信用信息",
    "合同履约信息",
    "失信被执行人名单",
    "守信激励措施",
    "失信惩戒措施",
    "分级分类监管",
    "信用服务机构",
    "信用监管制度",
    "数据共享目录",
    "考核评价办法",
    "联席会议制度",
    "信用管理培训",
]
VERBS = [
    "推进",
    "完善",
    "建立健全",
    "规范",
    "加强",
    "优化",
    "探索建立",
    "组织开展",
    "统筹推进",
    "督促落实",
    "深化",
    "拓展",
    "研究制定",
    "定期发布",
    "及时归集",
    "依法公开",
]
FIELDS = [
    "政府采购",
    "招标投标",
    "食品药品",
    "安全生产",
    "环境保护",
    "交通运输",
    "电子商务",
    "医疗卫生",
    "教育培训",
    "家政服务",
    "工程建设",
    "旅游",
    "养老",
    "融资",
    "税务",
    "价格",
]
ENDS = (
    "确保年底前取得实效",
    "形成可复制的经验",
    "做到应归尽归",
    "实现部门之间互联互通",
    "为企业发展营造良好环境",
    "切实保护个人隐私和商业秘密",
    "每季度通报一次进展",
    "不断提升群众获得感",
    "相关经费按现有渠道解决",
)
NAMES = (
    "陕西乾县的经验",
    "临安区於潜镇",
    "昇华集团有限公司",
    "甪直镇",
    "张瑜、刘晟、朱镕",
    "盱眙县和睢宁县",
    "浒墅关镇",
    "泗泾镇",
    "吴淞口",
    "莘庄镇",
    "枞阳县",
    "黟县",
    "歙县",
    "嵊泗县",
)
ODDITIES = (
    "依托PPP项目库（PPP为Public-Private Partnership的缩写）开展评价。",
    "平台网址为https://credit.example.gov.cn/index?a=1&b=2，联系邮箱为office@example.cn。",
    "拼音教学中，妈妈写作mā ma，女写作nǚ，吕写作lǚ。",
    "投入资金1,250.5万元（占比12.5%），同比增长3.2个百分点。",
    "造字者把该字读作曌(zhào)，地名甪(lù)直不变。",
    "采用ISO 9001、GB/T 22117-2018等标准，App用户达到30万人。",
    "序号\t主要任务\t责任单位\t完成时限",
    "1\t归集信用信息\t市财政局 市公安局\t2027年6月底前",
    "他著书立说，著名学者多有论著；会议沿着河岸看着进行。",
    "文号为沪府办发〔2026〕12号，见附件1（共3页）。",
    "什么是信用修复？怎样申请？请拨打12345！",
    "café和Zürich两处海外窗口由商会负责。",
    "注：A·B类企业≥95分，温度±2℃，面积3×4米。",
)


def sentence(rng: Random) -> str:
    """Return one sentence of a task."""
    head = f"{rng.choice(BODIES)}{rng.choice(['负责', '会同' + rng.choice(BODIES), '牵头', '应当'])}"
    body = f"{rng.choice(VERBS)}{rng.choice(OBJECTS)}"
    where = f"在{rng.choice(FIELDS)}、{rng.choice(FIELDS)}等领域"
    return f"{head}{where}{body}，{rng.choice(ENDS)}。"


def clean_text(rng: Random, *, odd: bool = False) -> str:
    """Return a text of a title, headings and paragraphs; ``odd`` adds what repair must not touch: names, letters, pinyin, tables."""
    year = rng.randrange(2012, 2030)
    lines = [
        f"{year}年{rng.choice(FIELDS)}领域信用体系建设工作要点",
        "一、总体要求",
        "".join(sentence(rng) for _ in range(3)),
        "二、重点任务",
    ]
    for number in range(1, rng.randrange(4, 8)):
        quoted = f"“{rng.choice(OBJECTS)}”成为共识。" if rng.random() < 0.4 else ""
        due = f"（完成时间：{year}年{rng.randrange(1, 13)}月）"
        lines.append(f"{number}．{rng.choice(VERBS)}{rng.choice(OBJECTS)}。{quoted}{sentence(rng)}{sentence(rng)}{due}")
    lines.append(f"三、保障措施：各单位要高度重视，{rng.choice(ENDS)}；工作中的问题及时报告。")
    if odd:
        for piece in [*rng.sample(ODDITIES, 4), f"学习{rng.choice(NAMES)}，{rng.choice(ENDS)}。"]:
            lines.insert(rng.randrange(1, len(lines) + 1), piece)
    return "\n".join(lines) + "\n"

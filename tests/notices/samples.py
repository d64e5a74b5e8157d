"""Printed records of invented firms, with codes computed by their standards, in the shapes in which sites print theirs."""

from __future__ import annotations

from datetime import date

from normalizers.codes.arithmetic import credit_check_character, organization_check_character
from normalizers.notices.records import Colour, NoticeKind, PrintedField, PrintedRecord


def organization(number: int) -> str:
    """Return a valid organisation code without the hyphen."""
    body = f"{number:08d}"
    return body + organization_check_character(body)


def credit(number: int, *, pair: str = "91", division: str = "340100") -> str:
    """Return a valid unified code whose organisation code is that of the same number."""
    body = f"{pair}{division}{organization(number)}"
    return body + credit_check_character(body)


FIRM, CODE = "合肥某某精密机械有限公司", credit(71234567)


def record(
    kind: NoticeKind = NoticeKind.PENALTY,
    /,
    *,
    region: str = "340000",
    list_name: str = "",
    colour: Colour | None = None,
    authority: str = "",
    listed_on: date | None = None,
    **fields: str,
) -> PrintedRecord:
    """Return a record with these labels and values; a label that can't be a name of Python's goes through ``labelled``."""
    return labelled(kind, fields, region=region, list_name=list_name, colour=colour, authority=authority, listed_on=listed_on)


def labelled(
    kind: NoticeKind,
    fields: dict[str, str],
    *,
    region: str = "340000",
    list_name: str = "",
    colour: Colour | None = None,
    authority: str = "",
    listed_on: date | None = None,
) -> PrintedRecord:
    """Return a record with these labels and values."""
    printed = tuple(PrintedField(label, value) for label, value in fields.items())
    return PrintedRecord(
        "sample", "section", "key", "https://credit.example/1", kind, printed, region, list_name, colour, authority, listed_on
    )


PENALTY_2018 = {
    "CF_XDR_MC": FIRM,
    "CF_XDR_LB": "法人及非法人组织",
    "CF_XDR_SHXYM": CODE,
    "CF_XDR_GSZC": "null",
    "CF_WSH": "合市监罚字【2021】第18号",
    "CF_WFXW": "销售不合格产品",
    "CF_SY": "当事人销售的一批阀门经检验不合格",
    "CF_YJ": "《产品质量法》第四十九条",
    "CF_CFLB": "罚款",
    "CF_NR": "罚款人民币叁万元整",
    "CF_NR_FK": "3.000000",
    "CF_NR_WFFF": "0.000000",
    "CF_NR_ZKDX": "暂无",
    "CF_JDRQ": "2021-03-08",
    "CF_YXQ": "无处罚期限",
    "CF_GSJZQ": "2024-03-08",
    "CF_CFJG": "合肥市市场监督管理局",
    "CF_CFJGDM": "00000000000000000X",
    "CF_SJLY": "合肥市市场监督管理局",
    "CF_FRDB": "王某",
    "BZ": "\\N",
    "RESOURCE_ID": "DIR-1",
    "CREATE_DATE": "1615190400000",
}
PENALTY_2015 = {
    "书文号": "合质监罚〔2016〕7号",
    "处罚名称": "未按规定检定计量器具案",
    "处罚类别1": "罚款",
    "处罚类别2": "",
    "处罚事由": "使用未经检定的计量器具",
    "处罚依据": "《计量法实施细则》第四十六条",
    "行政相对人名称": FIRM,
    "行政相对人代码_1(统一社会信用代码)": CODE,
    "行政相对人代码_2(组织机构代码)": organization(71234567),
    "行政相对人代码_5(居民身份证号)": "",
    "法定代表人姓名": "李某",
    "处罚结果": "处以1000元罚款",
    "处罚决定日期": "2016年04月04",
    "处罚机关": "合肥市质量技术监督局",
    "当前状态": "0",
    "地方编码": "340100",
    "数据更新时间戳": "2016-05-01 10:00:00",
    "备注": "无",
}
PERMIT_2018 = {
    "xkXdrMc": FIRM,
    "xkXdrShxym": CODE,
    "xkXkws": "道路运输经营许可决定书",
    "xkWsh": "皖合运许〔2022〕31号",
    "xkXklb": "01",
    "xkNr": "普通货运",
    "xkJdrq": "2022/1/3",
    "xkYxqz": "20220104",
    "xkYxqzi": "2099-12-31",
    "xkXkjg": "合肥市交通运输局",
    "xkZt": "1",
    "xkLydw": "合肥市",
}
DEFAULTER = {
    "iname": FIRM,
    "caseCode": "(2019)皖0102执123号",
    "cardNum": organization(71234567)[:8] + "-" + organization(71234567)[8:],
    "businessEntity": "王某",
    "courtName": "合肥市瑶海区人民法院",
    "areaName": "安徽",
    "partyTypeName": "1",
    "gistId": "(2018)皖0102民初88号",
    "regDate": "20190709",
    "duty": "支付货款50000元",
    "performance": "全部未履行",
    "performedPart": "暂无",
    "disruptTypeName": "违反财产报告制度",
    "publishDate": "2019年07月13日",
    "publishDateStamp": "1562947200",
    "sexy": "",
}

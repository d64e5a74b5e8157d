"""Personal data that only its label tells: passports and permits, accounts, landline telephones, addresses, birth dates, plates.

The label stands before its value, in the same line or cell or in the one before. A value that is no such thing (the blank line of a
form, the words of a rule) is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from normalizers.privacy import checks
from normalizers.privacy.records import Finding, Mode
from normalizers.privacy.tables import any_of, labels_of, provinces, rows

LABELLED = 6
"""The rank of what a label tells: a number that is one by itself comes first."""

SHORTEST_TELEPHONE = 7

NEARBY = 160
"""In a document a labelled address or birth date is masked where something else personal stands so near: it is no form then."""

_AFTER = r"(?:证)?(?:号码|编号|号| ?[Nn][Oo]\.?)?(?:[（(][^()（）\n]{0,12}[)）])?[\s:：=为是系\"'“”‘’（(\[【]{0,12}"
_SAME_LINE = r"(?:[（(][^()（）\n]{0,12}[)）])?[ \"”’]{0,8}[:：=\t][ \t\n\"'“‘]{0,10}"
_IDENTITY = re.compile(
    rf"(?:{labels_of('identity', 'passport', 'permit', 'residence')}){_AFTER}"
    rf"(?P<value>[A-Za-z]{{0,3}}[ (（]?[0-9*#?][0-9A-Za-z*#?]*+(?:[ \-_.·()（）]{{1,3}}+[0-9*#?][0-9A-Za-z*#?]*+){{0,19}})"
)
_HELD = re.compile(
    r"(?P<value>(?<![A-Za-z0-9])[A-Z]{1,2}[0-9]{7,8})(?:[ )）]{0,2})(?:号)?(?:的)?(?:护照|passport)"
    r"|持[\u4e00-\u9fff]{0,8}(?P<held>[A-Z]{1,2}[0-9]{7,8})(?![0-9A-Za-z])"
)
_ISSUED = re.compile(
    r"(?<![A-Za-z0-9])[A-Z]{3}(?P<province>[0-9]{2})[0-9]{2}[0-9]{2}"
    r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{2}(?![0-9A-Za-z])"
)
_MILITARY = re.compile(
    rf"(?:{labels_of('military')}){_AFTER}(?P<value>[\u4e00-\u9fff]{{0,3}}字?\s?第?\s?[0-9A-Za-z][0-9A-Za-z\-]{{3,17}}号?)"
    rf"|(?P<held>(?<![\u4e00-\u9fff])[军士文武]字第\s?[0-9]{{6,8}}号)"
)
_BANK = re.compile(
    rf"(?:{labels_of('bank')}){_AFTER}(?P<value>[0-9*](?:[ \-\n*]{{0,3}}[0-9]){{7,31}})"
    r"|尾号(?:[为是：: ]{0,3})(?P<held>[0-9]{3,6})(?=[的）)，,。；; 银卡账帐户]|$)"
)
_ACCOUNT = re.compile(
    rf"(?<!公众)(?<!官方)(?:{labels_of('account')})(?:号码|账号|帐号|号|[ ]?I[Dd])?(?:[（(][^()（）\n]{{0,8}}[)）])?"
    rf"(?:(?<=[号码])|[\s:：=为是\"'“”（(])[\s:：=为是\"'“”（(]{{0,8}}"
    rf"(?P<value>[A-Za-z0-9][A-Za-z0-9_\-]{{4,29}}|@[\u4e00-\u9fffA-Za-z0-9_\-]{{2,20}})|QQ(?P<held>[1-9][0-9]{{4,11}})(?![0-9])"
)
_NUMBER = (
    r"(?:\(?\+?(?:00)?86\)?[ \-]{0,2})?(?:\(?0[0-9]{2,3}\)?[ \-]{0,2})?"
    r"[2-9][0-9]{2,3}[ \-]?[0-9]{4}(?:(?:[ \-转]|分机){1,3}[0-9]{1,6})?(?![0-9])"
)
_TELEPHONE = re.compile(
    rf"(?P<owner>[\u4e00-\u9fff]{{0,4}})(?:{labels_of('phone')})(?:号码|号)?(?:[（(][^()（）\n]{{0,8}}[)）])?[\s:：=为是\"'“”]{{0,10}}"
    rf"(?P<value>{_NUMBER}(?:[ 、,，/;；或]{{1,3}}{_NUMBER}){{0,5}})"
)
_OFFICE = re.compile(rf"(?:{any_of(row['word'] for row in rows('phone_owners'))})$")
_HOTLINE = re.compile(r"(?:400|800)[ \-]?\d|(?:12|95|96)\d{3}")
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+\-])[A-Za-z0-9][A-Za-z0-9._%+\-]{0,63}"
    r"(?:(?:@|[ ]?[(\[（]at[)\]）][ ]?)(?P<host>[A-Za-z0-9\-]{1,63}(?:[.。][A-Za-z0-9\-]{1,63}){1,5})"
    rf"|(?:[#＃]|[ ]at[ ])(?P<held>(?:{any_of(row['host'] for row in rows('mail_hosts'))})[.。](?:com|cn|net)(?:\.cn)?))",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    rf"(?:{labels_of('address')})(?:{_SAME_LINE}|为|是|[:：]?\s{{0,4}}(?=[\u4e00-\u9fff]{{2,8}}[省市区县]))"
    rf"(?P<value>[^\s〔。；;，,|\x1e\"'<>][^\n\t〔。；;，,|\x1e\"'<>]{{1,90}})"
)
DAY = (
    r"(?:[12][0-9]{3}|[〇零○一二三四五六七八九]{4})[ ]?[年\-./][ ]?(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})"
    r"(?:[ ]?[月\-./]?[ ]?(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})[ ]?日?|[ ]?月)"
    r"|[12][0-9]{3}[01][0-9](?:[0-3][0-9])?(?![0-9])|[12][0-9]{3}年"
)
_BIRTH = re.compile(rf"(?:{labels_of('birth')})[\s:：=为是\"'“”（(]{{0,10}}(?:公历|农历|阳历|阴历)?(?P<value>{DAY})")
_BORN = re.compile(rf"(?<![0-9])(?P<value>{DAY})[ ]{{0,2}}(?:出生(?![人率地后缺])|生(?=[\s，,。；;、）)]|$))")
_LIVES = re.compile(
    r"(?:(?<=[，,、；;。：:\s（(])|^)(?:家|现|暂)?住(?:在|于|址)?[：:]?(?P<value>[\u4e00-\u9fff]{2,8}[省市区县][^\s〔。；;，,|\x1e\"'<>]{2,60}?"
    r"[0-9一二三四五六七八九十](?:号|室|户|组|幢|栋|楼|弄|单元)[^\s〔。；;，,|：:\x1e\"'<>]{0,20})"
)
_SEX = re.compile(rf"(?:{labels_of('sex')}){_SAME_LINE}(?P<value>男性?|女性?|[FM](?![A-Za-z])|[01](?![0-9]))")
_ETHNICITY = re.compile(rf"(?:{labels_of('ethnicity')}){_SAME_LINE}(?P<value>[\u4e00-\u9fff]{{1,6}}族|汉(?![\u4e00-\u9fff]))")
_AGE = re.compile(rf"(?:{labels_of('age')}){_SAME_LINE}(?P<value>[0-9]{{1,3}}(?:周?岁)?(?![0-9]))")
_PLATE = re.compile(
    rf"(?:{labels_of('plate')}){_AFTER}(?P<value>[\u4e00-\u9fff][A-Z][ ·.*\-]?[A-HJ-NP-Z0-9*]{{4,6}}[挂学警港澳]?)"
    r"|(?P<held>[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][ ·.*\-]?"
    r"(?=[A-Z*]{0,2}[0-9*][A-Z]?[0-9*])[A-HJ-NP-Z0-9*]{5,6}(?![0-9A-Za-z\-—])[挂学警港澳]?)(?!号?文|公告)"
)
_RECORDS = re.compile(
    rf"(?:病历号|住院号|门诊号|就诊卡号){_AFTER}(?P<value>[A-Za-z0-9][A-Za-z0-9\-]{{3,23}})"
    rf"|(?:血型){_SAME_LINE}(?P<blood>(?:AB|A|B|O)型?)"
    rf"|(?:残疾类别|残疾等级|健康状况|既往病史|病史){_SAME_LINE}(?P<state>[^\s〔。；;，,|\x1e\"'<>]{{2,30}})"
)
_ILLNESS = re.compile(
    r"(?:身患|罹患|患有|因患|自患|系患|曾患|确诊为|确诊患|诊断为)(?P<value>[^，。；;,、\s〔〕]{0,20}?(?:病|症|癌|瘤|炎|障碍|综合征|肺结核|乙肝|骨折))"
    r"(?![^，。；;,、\s]{0,2}的?(?:人员|从业|职工|劳动者|工人|患者|病人|食品))|(?P<held>(?:HIV|艾滋病|梅毒|乙肝)[^，。；;,、\s〔〕]{0,8}阳性"
    r"|怀孕[0-9一二三四五六七八九十]{1,3}个?[月周]|[一二三四]级(?:肢体|视力|听力|言语|智力|精神|多重)残疾|(?:肢体|视力|听力|言语|智力|精神|多重)残疾[一二三四]级)"
)
_SAYS_A_PLACE = re.compile(r"(?!不详|未知|暂无|同上|地址)[\u4e00-\u9fff]{2}|[A-Za-z]{3}")
_DATE = re.compile(r"(?:19|20)\d\d[\-./]\d{1,2}(?:[\-./]\d{1,2})?|(?:19|20)\d\d-(?:19|20)\d\d")
_NEXT_LABEL = re.compile(
    r"[ ]{1,}(?=[\u4e00-\u9fff]{2,8}[ ]{0,4}[:：])|[ ]{2,}|(?:身份证|公民身份|联系电话|电话|手机|户籍|现住|邮编|出生|性别|民族|年龄)"
)
_COMPLETE = re.compile(r"(?:号|室|幢|楼|层|组|村|栋|户|单元|屯|社区|小区|苑|园|城|庄|[)）])$")
_REST = re.compile(r"[ ]{0,8}\n[ ]{0,8}(?P<rest>[^\n\t〔。；;，,:：|\x1e\"'<>]{1,50})(?=[\n\t。；;，, ]|$)")
_PLACE = re.compile(r"[省市区县镇乡村路街巷弄号室幢栋单元组层楼]")

_EVERYWHERE = (("identity", _IDENTITY), ("passport", _HELD), ("residence", _ISSUED), ("military", _MILITARY))
_IN_RECORDS = (
    ("bank", _BANK),
    ("account", _ACCOUNT),
    ("email", _EMAIL),
    ("plate", _PLATE),
    ("health", _RECORDS),
    ("health", _ILLNESS),
    ("address", _LIVES),
)
_OF_PERSONS = (("birth", _BIRTH), ("birth", _BORN), ("sex", _SEX), ("ethnicity", _ETHNICITY), ("age", _AGE))


def labelled(text: str, mode: Mode) -> Iterator[Finding]:
    """Yield what labels tell to be personal in a view's text."""
    yield from _found(text, _EVERYWHERE)
    if mode is Mode.RECORD:
        yield from _found(text, _IN_RECORDS)
        yield from telephones(text, 0)
        yield from of_persons(text)


def telephones(text: str, start: int) -> Iterator[Finding]:
    """Yield labelled telephones from a place on, but those of an office (咨询电话, 举报电话) and hotlines."""
    for found in _TELEPHONE.finditer(text, start):
        if not _OFFICE.search(found["owner"]) and is_telephone(found["value"]):
            yield Finding(*found.span("value"), LABELLED, "phone")


def is_telephone(value: str) -> bool:
    """Tell whether a value is a telephone number, and no hotline."""
    return sum(map(str.isdigit, value)) >= SHORTEST_TELEPHONE and not _HOTLINE.match(value)


def says_a_place(value: str) -> bool:
    """Tell whether the value of an address says anything."""
    return _SAYS_A_PLACE.search(value) is not None


def of_persons(text: str) -> Iterator[Finding]:
    """Yield labelled addresses, birth dates, sex, ethnicity and age: a document has them in forms and in what it says of a person."""
    yield from _found(text, _OF_PERSONS)
    for found in _ADDRESS.finditer(text):
        if says_a_place(found["value"]):
            yield Finding(found.start("value"), end_of_address(text, found.start("value"), found.end("value")), LABELLED, "address")


def _found(text: str, patterns: tuple[tuple[str, re.Pattern[str]], ...]) -> Iterator[Finding]:
    for kind, pattern in patterns:
        for found in pattern.finditer(text):
            group = found.lastgroup or ""
            if group and _is_meant(kind, found, group, text):
                yield Finding(*found.span(_value(found)), LABELLED, kind)


def _value(found: re.Match[str]) -> str | int:
    if "host" in found.re.groupindex:  # an address of mail is personal as a whole
        return 0
    names = [name for name in ("value", "held", "blood", "state") if name in found.re.groupindex and found[name]]
    return names[0] if names else 0


def _is_meant(kind: str, found: re.Match[str], group: str, text: str) -> bool:
    value = found[_value(found)]
    if kind == "identity":
        return is_identity(value)
    if kind == "residence":
        return found["province"] in provinces()
    if kind == "bank":
        return group == "held" or (sum(char.isdigit() for char in value) >= 8 and not checks.is_credit_code(value))
    if kind == "email":
        return not (found["host"] or "").lower().endswith("gov.cn")
    return True


def is_identity(value: str) -> bool:
    """Tell whether what stands behind a label for certificates is a number of a person: no code, no date, no count."""
    plain = re.sub(r"[ \-_.·()（）]", "", value).upper()
    digits = sum(char.isdigit() for char in plain)
    hidden = sum(char in "*#?" for char in plain)
    if digits + hidden < 5 or not digits or _DATE.fullmatch(value.strip()):
        return False
    return not checks.is_surely_credit_code(plain) and not (len(plain) == 9 and "-" in value and checks.is_organization_code(plain))


def end_of_address(text: str, start: int, end: int) -> int:
    """Return where an address ends: at the next label, and over the end of a line that broke it."""
    other = _NEXT_LABEL.search(text, start + 2, end)
    if other:
        return other.start()
    rest = _REST.match(text, end)
    if rest and not _COMPLETE.search(text, start, end) and _PLACE.search(rest["rest"]):
        return rest.end("rest")
    return end

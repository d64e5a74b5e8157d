"""Texts with personal data in every spelling, and with numbers that are none: what masking is measured by. Seeded, all invented."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from tests.privacy import people

FULL = str.maketrans("0123456789Xx-@", "０１２３４５６７８９Ｘｘ－＠")
CIRCLED = str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨")
HAN = str.maketrans("0123456789", "〇一二三四五六七八九")
GREAT = str.maketrans("0123456789", "零壹贰叁肆伍陆柒捌玖")
BOLD = {ord(str(i)): chr(0x1D7CE + i) for i in range(10)}


@dataclass(frozen=True, slots=True, repr=False)
class Sample:
    """A text: what must go (``secrets``), what must stay (``decoys``), and how it stands (``text``, ``html``, ``json``, ``record``)."""

    kind: str
    spelling: str
    form: str
    mode: str
    text: str
    secrets: tuple[str, ...]
    decoys: tuple[str, ...] = ()
    label: str = ""


def cut(number: str, *lengths: int) -> list[str]:
    parts, position = [], 0
    for length in lengths:
        parts.append(number[position : position + length])
        position += length
    return [*parts, number[position:]] if position < len(number) else parts


def _plain_spellings(number: str, groups: tuple[int, ...]) -> Iterator[tuple[str, str]]:
    parts = cut(number, *groups)
    yield "plain", number
    yield "full-width", number.translate(FULL)
    yield "blanks", " ".join(parts)
    yield "ideographic blanks", "　".join(parts)
    yield "hyphens", "-".join(parts)
    yield "line break", "\n".join(parts[:2]) + "".join(parts[2:])
    yield "line breaks", "\n  ".join(parts)
    yield "zero width", "\u200b".join(number)
    yield "soft hyphen", "\u00ad".join(parts)
    yield "no-break blanks", "\u00a0".join(parts)


def _identity_spellings(number: str) -> Iterator[tuple[str, str]]:
    yield from _plain_spellings(number, (6, 8))
    yield "every digit apart", " ".join(number)
    yield "dots", ".".join(cut(number, 6, 8))
    yield "middle dots", "·".join(cut(number, 6, 8))
    yield "dashes", "—".join(cut(number, 6, 4, 4))
    yield "six groups", " ".join(cut(number, 6, 4, 2, 2, 3))
    yield "circled", number.translate(CIRCLED)
    yield "Chinese numerals", number.translate(HAN)
    yield "formal numerals", number.translate(GREAT)
    yield "bold", number.translate(BOLD)
    yield "lower case", number.lower()
    yield "figures mixed", number[:6].translate(FULL) + number[6:]


def _hidden(number: str) -> Iterator[tuple[str, str]]:
    yield "hidden ********", number[:6] + "********" + number[14:]
    yield "hidden ＊＊＊", number[:6] + "＊" * 8 + number[14:]
    yield "hidden xxxx", number[:10] + "xxxx" + number[14:]
    yield "hidden end", number[:14] + "****"
    yield "hidden ●", number[:6] + "●" * 8 + number[14:]
    yield "hidden too short", number[:6] + "****" + number[14:]
    yield "hidden three and four", number[:3] + "*" * 11 + number[14:]


def _markup_spellings(number: str) -> Iterator[tuple[str, str]]:
    parts = cut(number, 6, 8)
    yield "plain", number
    yield "inline tags", "<b>" + "</b><span class='n'>".join(parts) + "</span>"
    yield "br", "<br>".join(parts)
    yield "br and blanks", "<br/>\r\n   ".join(parts)
    yield "references", "".join(f"&#{ord(c)};" for c in number)
    yield "hex references", "".join(f"&#x{ord(c):x};" for c in number)
    yield "some references", "".join(f"&#{ord(c)};" if i % 3 == 0 else c for i, c in enumerate(number))
    yield "nbsp", "&nbsp;".join(parts)
    yield "shy", "&shy;".join(parts)
    yield "comment", parts[0] + "<!-- -->" + "".join(parts[1:])
    yield "full-width", number.translate(FULL)


def _json_spellings(number: str) -> Iterator[tuple[str, str]]:
    yield "plain", number
    yield "unicode escapes", "".join(f"\\u{ord(c):04x}" for c in number)
    yield "some escapes", "".join(f"\\u{ord(c):04x}" if i % 4 == 0 else c for i, c in enumerate(number))
    yield "markup in a string", "\\u003cb\\u003e" + number[:6] + "\\u003c\\/b\\u003e" + number[6:]


IDENTITY_PROSE = (
    "经查，当事人持有的身份证（号码{}）已核验，案件编号为{d}。",
    "公民身份号码：{}，统一社会信用代码：{d}",
    "另查明{}一人（证载号码如前），涉案文书为{d}，罚款12000元。",
    "附表 1 {} 2024年3月15日 共计 1 234 567.89 元 {d}",
)
IDENTITY_TEXT = {
    "passport": ("护照号码：{}", "其所持护照（{}）有效", "护照号{}", "护照No.{}", "持{}号护照"),
    "permit": ("港澳居民来往内地通行证：{}", "台胞证号：{}", "回乡证（{}）", "台湾居民来往大陆通行证号码为{}"),
    "residence": ("外国人永久居留身份证：{}", "外国人永久居留证号码{}", "经核，{}持有人未登记"),
    "military": ("军官证号：{}", "士官证：{}", "军人身份证件（军官证 {}）"),
}
RECORD_TEXT = {
    "account card": ("付款卡号：{}", "将货款汇入{}（卡）", "银行卡 {}"),
    "account": ("银行账号：{}", "开户账号{}", "收款账户：{}", "账　号：{}"),
    "mobile": ("联系电话：{}", "可拨打{}联系", "手机号{}", "本人（{}）称"),
    "landline": ("联系电话：{}", "住宅电话：{}", "家庭电话 {}", "联系方式：{}"),
    "email": ("邮箱：{}", "发送至{}的邮件", "E-mail:{}"),
    "chat": ("微信号：{}", "微信：{}", "QQ：{}", "QQ号{}"),
    "plate": ("车牌号：{}", "车牌号码为{}"),
}
ADDRESS_LABELS = (
    "住址",
    "家庭住址",
    "户籍地",
    "户籍所在地",
    "现住址",
    "现住",
    "身份证住址",
    "住　　址",
    "经常居住地",
    "暂住地",
    "家庭地址",
    "居住地址",
    "户籍地址",
)
BIRTH_LABELS = ("出生日期", "出生年月", "生日", "出生年月日", "出生时间")


def _decoys(random: Random) -> list[tuple[str, str]]:
    serial = random.randint(1, 9999)
    return [
        ("credit code", f"统一社会信用代码{(code := people.credit_code(random))}|{code}"),
        ("credit code alone", (code := people.credit_code(random)) + f"|{code}"),
        ("organisation code", f"组织机构代码：{(code := people.organization_code(random))}|{code}"),
        ("registration number", f"注册号：{(code := people.registration_number(random))}|{code}"),
        ("registration number (old)", f"工商注册号{(code := people.registration_number(random))}|{code}"),
        ("document number", f"市监处罚〔2024〕{serial}号|市监处罚〔2024〕{serial}号"),
        ("long document number", f"（2023）沪0115执{serial}号|（2023）沪0115执{serial}号"),
        ("amount", f"{random.randint(10**10, 10**11)}元|元"),
        ("amount with commas", f"{random.randint(10**9, 10**12):,}.50元|元"),
        ("licence number", f"许可证编号：JY1{random.choice(people.DIVISIONS)}{random.randint(0, 9999999):07}|JY1"),
        ("serial number", f"流水号：{(code := str(random.randint(10**14, 10**15)))}|{code}"),
        ("record id", f"id={(code := f'{random.getrandbits(128):032x}')}|{code}"),
        ("page address", f"/art/2024/3/15/art_{(code := str(random.randint(10**10, 10**11)))}_{serial}.html|{code}"),
        ("time stamp", f"时间戳{(code := str(random.randint(1500000000000, 1799999999999)))}|{code}"),
        ("office telephone", f"监督电话：{(code := people.landline(random))}|{code}"),
        ("hotline", "服务热线12345、12315|12345、12315"),
        ("date of decision", "决定日期：2024-03-15|2024-03-15"),
        ("project code", f"项目代码：{(code := f'2403-320102-04-01-{random.randint(100000, 999999)}')}|{code}"),
    ]


def _identities(random: Random) -> Iterator[tuple[str, str, str, str]]:
    """Yield kind, spelling, the printed number and the number."""
    for kind, number in (("resident", people.resident(random)), ("resident with X", people.resident(random, with_x=True))):
        for spelling, printed in (*_identity_spellings(number), *_hidden(number)):
            yield kind, spelling, printed, number
    for spelling, printed in (
        ("plain", old := people.old_resident(random)),
        ("full-width", old.translate(FULL)),
        ("blanks", " ".join(cut(old, 6, 6))),
    ):
        yield "resident of 15", spelling, printed, old
    tax = people.resident(random) + "01"
    yield "resident of 20", "plain", tax, tax
    yield "residence card", "plain", (new := people.residence_card(random)), new


def _prose(random: Random) -> Iterator[Sample]:
    for kind, spelling, printed, number in _identities(random):
        what, decoy = random.choice(_decoys(random))
        shown, kept = decoy.split("|")
        pattern = random.choice(IDENTITY_PROSE)
        for mode in ("record", "document"):
            yield Sample(kind, spelling, "text", mode, pattern.format(printed, d=shown), (number, printed), (kept,), what)


def _labelled(random: Random) -> Iterator[Sample]:
    digits = f"{random.randint(0, 10**8 - 1):08}"
    numbers: dict[str, list[str]] = {
        "passport": [f"E{digits}", f"EA{digits[:7]}", f"G{digits}", f"Ｅ{digits.translate(FULL)}"],
        "permit": [f"H{digits}", f"M{digits}", digits, f"H{digits}02"],
        "residence": [people.old_residence_card(random)],
        "military": [f"军字第{digits[:7]}号", f"南字第{digits}号"],
    }
    for kind, printed_all in numbers.items():
        for printed in printed_all:
            for pattern in IDENTITY_TEXT[kind]:
                if pattern.startswith("经核") or "持{}号" not in pattern or printed[0] in "EＥG":
                    for mode in ("record", "document"):
                        yield Sample(
                            kind, "labelled", "text", mode, f"{pattern.format(printed)}，罚款2000元。", (printed,), ("罚款2000元",)
                        )


def _contacts(random: Random) -> Iterator[Sample]:
    card, mobile = people.card(random), people.mobile(random)
    account = f"{random.randint(10**16, 10**17)}"
    spelled: dict[str, list[tuple[str, str]]] = {
        "account card": [
            ("plain", card),
            ("groups", " ".join(cut(card, 4, 4, 4, 4))),
            ("full-width", card.translate(FULL)),
            ("hidden", card[:6] + "*" * 9 + card[-4:]),
        ],
        "account": [("plain", account), ("blanks", " ".join(cut(account, 4, 4, 4))), ("hyphens", "-".join(cut(account, 4, 6)))],
        "mobile": [
            *(("plain", mobile), ("+86", f"+86{mobile}"), ("0086", f"0086-{mobile}"), ("(+86)", f"(+86) {mobile}"), ("86", f"86 {mobile}")),
            *(("3-4-4", "-".join(cut(mobile, 3, 4))), ("3 4 4", " ".join(cut(mobile, 3, 4))), ("4 3 4", " ".join(cut(mobile, 4, 3)))),
            *(
                ("full-width", mobile.translate(FULL)),
                ("Chinese numerals", mobile.translate(HAN)),
                ("hidden", mobile[:3] + "****" + mobile[7:]),
            ),
            *(("zero width", "\u200d".join(mobile)), ("circled", mobile.translate(CIRCLED)), ("line break", "\n".join(cut(mobile, 7)))),
        ],
        "landline": [
            ("plain", (line := people.landline(random))),
            ("brackets", f"（{line[:3]}）{line[4:]}"),
            ("full-width", line.translate(FULL)),
            ("local", line[-8:]),
        ],
        "email": [
            ("plain", f"zhao{account[:5]}@163.com"),
            ("full-width at", f"zhao{account[:5]}＠qq.com"),
            ("letters", f"zhao.{account[:4]}@example.com"),
            ("(at)", f"zhao{account[:5]}(at)126.com"),
        ],
        "chat": [("plain", f"wx_{account[:8]}"), ("letters", "wxid_qinghe"), ("number", account[:9])],
        "plate": [("plain", f"苏A{account[:5]}"), ("dot", f"浙B·{account[:5]}"), ("green", f"沪AD{account[:5]}")],
    }
    for kind, spellings in spelled.items():
        for spelling, printed in spellings:
            for pattern in RECORD_TEXT[kind]:
                if not (kind == "chat" and "QQ" in pattern and not printed.isdigit()):
                    yield Sample(kind, spelling, "text", "record", f"{pattern.format(printed)}。", (printed,))


def _persons(random: Random) -> Iterator[Sample]:
    who, where, (year, month, day) = people.name(random), people.address(random), people.birth(random)
    number, ethnicity = people.resident(random), random.choice(people.ETHNICITIES)
    street = where[where.index("区") + 1 :]
    born = f"{year}年{month}月{day}日"
    texts = {
        "one line": f"{who}，男，{born}出生，{ethnicity}，住{where}。",
        "party": f"当事人：{who}，女，{born}生，{ethnicity}，高中文化，公民身份号码{number}，户籍地{where}，现住{where}。",
        "brackets": f"被告人{who}（男，{born}出生，{ethnicity}，住{where}）",
        "age": f"被处罚人{who}，男，{2024 - year}岁，{ethnicity}，住{where}。",
        "wrapped": f"{who}，男，{born}出生，{ethnicity}，住{where[:11]}\n{where[11:]}。",
        "half-width": f"{who},男,{born}出生,{ethnicity},住{where}。",
        "form": f"姓名：{who}\n性别：男\n出生日期：{born}\n民族：{ethnicity}\n住址：{where}\n公民身份号码：{number}\n",
        "table": "<table>"
        f"<tr><td>姓名</td><td>{who}</td><td>性别</td><td>女</td></tr>"
        f"<tr><td>出生日期</td><td>{born}</td></tr><tr><td>住址</td><td>{where}</td></tr></table>",
    }
    for spelling, text in texts.items():
        secrets = (who, street, *(() if spelling == "age" else (born,)), *((number,) if number in text else ()))
        for mode in ("record", "document"):
            yield Sample(
                "party", spelling, "text", mode, f"{text}经查，{who}于2024年3月1日经营。" if spelling != "table" else text, secrets
            )
    for label in ADDRESS_LABELS:
        yield Sample("address", label, "text", "record", f"{label}：{where} 邮编210000", (street,))
        yield Sample("address", "cell", "html", "record", f"<tr><th>{label}</th><td>{where}</td></tr>", (street,))
    for label in BIRTH_LABELS:
        for printed in (born, f"{year}-{month:02}-{day:02}", f"{year}{month:02}{day:02}", f"{year}.{month}.{day}", f"{year}/{month}/{day}"):
            yield Sample("birth", label, "text", "record", f"{label}：{printed}，决定日期：2024-03-15。", (printed,), ("2024-03-15",))


def _tables(random: Random) -> Iterator[Sample]:
    who, passport, phone = people.name(random), f"E{random.randint(0, 10**8 - 1):08}", people.landline(random)
    code, where = people.credit_code(random), people.address(random)
    rows = (("序号", "姓名", "护照号码", "联系电话", "住址", "信用代码"), ("1", who, passport, phone, where, code))
    secrets = (who, passport, where[where.index("区") + 1 :], phone)
    for parting in ("\t", "|", " | "):
        for mode in ("record", "document"):
            yield Sample("column", f"parted by {parting!r}", "text", mode, "\n".join(parting.join(row) for row in rows), secrets, (code,))
    page = "".join("<tr>" + "".join(f"<td>{cell}</td>\n" for cell in row) + "</tr>" for row in rows)
    for mode in ("record", "document"):
        yield Sample("column", "table", "html", mode, f"<table>{page}</table>", secrets, (code,))
    for sentence, secret in (
        ("其患有尿毒症，未申请复议", "尿毒症"),
        ("经确诊为肺结核。", "肺结核"),
        ("病历号：B20240315", "B20240315"),
        ("血型：AB型", "AB型"),
    ):
        yield Sample("health", "phrase", "text", "record", sentence, (secret,))


def _pages(random: Random) -> Iterator[Sample]:
    for kind, number in (
        ("resident", people.resident(random)),
        ("resident with X", people.resident(random, with_x=True)),
        ("account card", people.card(random)),
    ):
        code = people.credit_code(random)
        for spelling, printed in _markup_spellings(number):
            page = f"<html><body><p>公告</p><table><tr><td>证号</td><td>{printed}</td><td>{code}</td></tr></table></body></html>"
            for mode in ("record", "document"):
                yield Sample(kind, f"html {spelling}", "html", mode, page, (number, printed), (code,))
        for spelling, page in (
            ("attribute", f'<a title="{number}" href="/x?id={number}">{code}</a>'),
            ("input", f"<input value='{html.escape(number)}'>{code}"),
        ):
            yield (
                Sample(kind, f"html {spelling}", "html", "record", page, (number,), (code,))
                if kind != "account card"
                else Sample(kind, "html attribute", "html", "record", f'<a title="{number}">{code}</a>', (number,), (code,))
            )
        for spelling, printed in _json_spellings(number):
            yield Sample(kind, f"json {spelling}", "json", "record", f'{{"value":"{printed}","code":"{code}"}}', (number, printed), (code,))


def _decoy_texts(random: Random) -> Iterator[Sample]:
    for what, decoy in _decoys(random):
        shown, _ = decoy.split("|")
        for mode in ("record", "document"):
            yield Sample("decoy", what, "text", mode, f"经查，该单位（{shown}）于2024年3月15日被处以罚款。", (), (shown,))


PARTS: tuple[Callable[[Random], Iterator[Sample]], ...] = (_prose, _labelled, _contacts, _persons, _tables, _pages, _decoy_texts)


def samples(seed: int = 4, rounds: int = 14) -> Iterator[Sample]:
    """Yield the samples; about 480 a round."""
    random = Random(seed)
    for _ in range(rounds):
        for part in PARTS:
            yield from part(random)

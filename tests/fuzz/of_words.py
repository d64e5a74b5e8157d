"""The readers of words: deadlines, agencies, tasks, metadata, public records, personal data, damaged texts, spellings."""

from __future__ import annotations

from datetime import UTC, date, datetime

from harvester import codelist, network, outward, probing, spellings, unnaming
from harvester.errors import HarvesterError
from harvester.filtering import of_time, parse_as_of, parse_days, parse_moment, parse_region
from harvester.moments import end_ahead, moment_of
from normalizers.agencies import Context, looks_like_agencies, read_agencies, resolve
from normalizers.agencies.home import home_region
from normalizers.agencies.nearby import near
from normalizers.deadlines.cells import parse_deadline
from normalizers.deadlines.milestones import find_milestones
from normalizers.deadlines.period import PlanPeriod, plan_period
from normalizers.metadata import head, kind, number, page, references, signature
from normalizers.metadata import lines as head_lines
from normalizers.metadata.force import read_force
from normalizers.notices import amounts, contexts, dates, decision_parties, fields, firm_names, numerals, periods
from normalizers.notices.read import read_notice
from normalizers.notices.records import NoticeKind, PrintedField, PrintedRecord
from normalizers.privacy import Mode, mask, mask_record, reduce_name, subject_kind
from normalizers.privacy.addresses import clean_url
from normalizers.tasks import brackets, clauses, roles, sections, statements
from normalizers.text.clean import clean
from normalizers.text.repair import repair
from normalizers.text.script import detect, to_simplified, to_traditional
from normalizers.text.slips import suggest
from storage import highlights, search_terms, titles
from storage import search as words_index
from storage.errors import RefusedQuestion
from storage.keyed import Keyring
from tests.fuzz.of_documents import rendered
from tests.fuzz.target import Target, in_turn, lines, parts_of, text_of

PERIOD = PlanPeriod(date(2025, 1, 1), date(2027, 12, 31), 2025, "plan-period", date(2025, 3, 1))
CONTEXT = Context("310000", date(2025, 3, 1))
NOW = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
KEYRING = Keyring(b"k" * 32)


def _deadlines(data: bytes) -> object:
    text = text_of(data)
    first, second, third = parts_of(data, 3)
    plan_period(first, date(2025, 3, 1), number=second)
    return parse_deadline(text, PERIOD), parse_deadline(text, PlanPeriod(), basis="cell"), find_milestones(text, PERIOD), third


def _agencies(data: bytes) -> object:
    text = text_of(data)
    looks_like_agencies(text, CONTEXT), home_region(number=text, title=text, issuers=(text,))
    return read_agencies(text, CONTEXT), [resolve(part, CONTEXT) for part in parts_of(data, 3)], near(text[:200], "310000", None, 3)


def _tasks(data: bytes) -> object:
    text = text_of(data)
    brackets.outer_brackets(text), brackets.marked_units(text, CONTEXT), clauses.split_clauses(text)
    sections.split_number(text), sections.run_on_headings(text, opens=True), roles.column_role(text), roles.label_role(text)
    return statements.read_statement(text), statements.read_statement(text, lines=True), statements.read_duty(text)


def _metadata(data: bytes) -> object:
    text = text_of(data)
    first, second, _ = parts_of(data, 3)
    number.normalise_number(text), number.split_title(text), kind.kind_of(text), head.read_head(text), page.bar_date(text)
    (
        head_lines.only_date(first),
        head_lines.dated_tail(first),
        signature.bodies_in(first),
        signature.title_bodies(first),
        titles.read_title(text),
    )
    titles.years_of(text), titles.quoted_of(text)
    return read_force(text, date(2025, 3, 1)), references.read_references(text, (), title=first, number=second)


def _values(data: bytes) -> object:
    text = text_of(data)
    amounts.read_amount(text), amounts.read_amount(text, "万元"), amounts.text_amounts(text), dates.read_date(text), numerals.parse(text)
    numerals.integer(text), periods.read_period(text), periods.read_period(text, "年"), fields.read_label(text), contexts.context_of(text)
    decision_parties.party_in(text, ()), decision_parties.addressee(text), list(firm_names.names_in(text)), firm_names.is_person(text)
    return contexts.list_name_in(text), subject_kind(text), [fields.concept_of(text, each) for each in NoticeKind]


def _records(data: bytes) -> object:
    """Read records as the archive keeps them: masked, and read to a notice."""
    record = PrintedRecord.from_json(data)
    masked = mask_record(record)
    return read_notice(masked), PrintedRecord.from_json(masked.to_json())


def _of_fields(data: bytes) -> object:
    """Read a record whose labels are known ones and whose values are the lines of the input."""
    labels = (
        "行政处罚决定书文号",
        "行政相对人名称",
        "统一社会信用代码",
        "处罚金额（万元）",
        "处罚决定日期",
        "公示截止期",
        "法定代表人",
        "处罚内容",
    )
    printed = tuple(PrintedField(label, value) for label, value in zip(labels, parts_of(data, len(labels)), strict=True))
    found = [PrintedRecord("s", "p", "1", "http://x/", each, printed, "310000") for each in NoticeKind]
    return [read_notice(mask_record(each)) for each in found]


def _printed() -> list[bytes]:
    found = []
    for each in (NoticeKind.PENALTY, NoticeKind.PERMIT, NoticeKind.LIST_ENTRY):
        printed = (
            PrintedField("决定书文号", "江市监罚〔2024〕7号"),
            PrintedField("处罚金额", "3.5万元"),
            PrintedField("处罚决定日期", "2024年3月1日"),
            PrintedField("行政相对人名称", "江州流霜商贸有限公司"),
            PrintedField("法定代表人", "章某某"),
            PrintedField("公示期限", "一年"),
        )
        found.append(
            PrintedRecord(
                "jiangkou", "penalties", "k1", "http://x.example/1", each, printed, "310000", listed_on=date(2024, 3, 2)
            ).to_json()
        )
    return found


def _masked(data: bytes) -> object:
    text = text_of(data)
    for mode in Mode:
        mask(text, mode), clean_url(text, (), mode)
    return reduce_name(text), unnaming.is_personal(text)


def _texts(data: bytes) -> object:
    text = text_of(data)
    return [clean(text, script=script) for script in ("simplified", "traditional", "keep")], repair(text), suggest(text), detect(text)


def _scripts(data: bytes) -> object:
    text = text_of(data)
    return to_simplified(text), to_traditional(text)


def _spellings(data: bytes) -> object:
    text = text_of(data)
    spellings.tidy(text), spellings.scripts(text), spellings.number_of(text), spellings.numbers_in(text), spellings.words_of(text)
    return spellings.number_spellings(text), spellings.url_spellings(text), spellings.is_url(text)


def _addresses(data: bytes) -> object:
    text = text_of(data)
    network.is_private(text), network.is_local_name(text), outward.leads_to(text), outward.split(text), probing.path_of(text)
    return unnaming.clean_address(text, KEYRING), unnaming.clean_key(text, KEYRING), clean_url(text)


def _searched(data: bytes) -> object:
    found = words_index.words_of(text_of(data))
    search_terms.terms(words_index.folded(text_of(data)))
    return (
        [search_terms.word_numbers(word) for word in found],
        highlights.snippet(found, text_of(data)),
        words_index.quoted_words(text_of(data)),
    )


def _listed(data: bytes) -> object:
    """Read a list of codes as ``harvester codes`` does."""
    for name in ("codes.txt", "codes.csv"):
        if codelist.is_plain_list(data, name, ""):
            list(codelist.of_lines(text_of(data)))
    return codelist.of_tables(data, "codes.csv", "codes.csv", "")


def _filters(data: bytes) -> None:
    text = text_of(data)
    first, second, _ = parts_of(data, 3)
    in_turn(
        (HarvesterError,),
        lambda: parse_as_of(text),
        lambda: parse_moment(text),
        lambda: parse_region(text),
        lambda: moment_of(text, NOW),
        lambda: end_ahead(text, NOW),
        lambda: parse_days(first, second),
        lambda: of_time(text, "", None, None),
        lambda: of_time(first, second, second, first),
    )


SENTENCES = (
    "建立企业信用档案。（责任单位：市发展改革委、市财政局，各区政府；完成时限：2025年6月底前）",
    "市市场监管局牵头，市税务局等配合，长期坚持。",
    "牵头单位：市委宣传部、市数据局\n配合单位：各区（市）人民政府",
    "1.推进“双公示”。市信用办负责，每季度通报，12月底前完成",
)
TARGETS = (
    Target(
        "deadlines",
        _deadlines,
        lines(
            "2025年6月底前",
            "每季度末",
            "长期坚持，2026年12月31日前完成",
            "印发之日起三个月内",
            "2025-2027年滨江新区信用计划\n江发改〔2025〕1号",
            "“十四五”期间",
            "6月底前完成方案，9月底前试点，年底前推开",
        ),
        share=4,
    ),
    Target(
        "agencies",
        _agencies,
        lines("市发展改革委、市财政局，各区政府", "市委宣传部牵头，市税务局等配合", "三省一市生态环境（环保）部门", "上海市人民政府办公厅"),
        share=1,
    ),
    Target("tasks", _tasks, lines(*SENTENCES), share=3),
    Target(
        "metadata",
        _metadata,
        lines(
            "江口市人民政府关于印发《江口市2024年信用工作要点》的通知\n江政发〔2024〕7号\n2024年3月1日印发",
            "索引号：1\n发文字号：江发改〔2024〕1号\n发布机构：市发改委\n成文日期：2024-03-01",
            "本办法自2025年1月1日起施行，有效期5年。原《江口市办法》（江政发〔2019〕2号）同时废止。",
        ),
        share=3,
    ),
    Target(
        "records.values",
        _values,
        lines(
            "罚款3.5万元，没收违法所得一千二百元",
            "2024年3月1日",
            "一年",
            "处罚金额（万元）",
            "当事人：江州流霜商贸有限公司",
            "壹拾万元整",
            "三年零六个月",
            "2019-10-09T16:00:00Z",
        ),
        share=4,
    ),
    Target("records.json", _records, _printed, (ValueError, KeyError, TypeError), "json", 2),
    Target(
        "records.fields",
        _of_fields,
        lines("江市监罚〔2024〕7号\n江州流霜商贸有限公司\n91310115000000011Q\n3.5\n2024-03-01\n2025-03-01\n章某某\n罚款3.5万元"),
        share=1,
    ),
    Target(
        "privacy",
        _masked,
        lines(
            "联系人：章某某，电话13800000000，身份证号32050119900101123X",
            "法定代表人章某某，住江口市海门路1号2室，邮箱a@b.cn",
            *SENTENCES[:1],
        ),
        share=2,
    ),
    Target(
        "texts",
        _texts,
        lambda: (
            [payload[:3_000] for payload in rendered("txt")]
            + ["長三角區(qū)的信用?體(tǐ)系 Ã© æ–°åŒº".encode(), "责 任 单 位 &nbsp;(cid:12)".encode()]
        ),
        form="words",
        share=1,
    ),
    Target("scripts", _scripts, lines("建立健全社會信用體系，完善後續監管。", SENTENCES[0]), share=1),
    Target(
        "spellings",
        _spellings,
        lines("江发改〔2024〕12号、13号", "https://www.x.example/a/index.html?utm_source=1&id=2", "令第0012号", "信用 修复"),
        (),
        "address",
        2,
    ),
    Target(
        "addresses",
        _addresses,
        lines("http://[::ffff:10.0.0.1]:80/a?b=1", "https://x.example/32050119900101123X.html", "0x7f.1", "//x.example:99/%E4%BF%A1"),
        (),
        "address",
        3,
    ),
    Target("search.words", _searched, lines('信用 "信用 修复" abc', "〔2024〕7号", "市发展改革委"), (RefusedQuestion,), share=3),
    Target(
        "codes.lists",
        _listed,
        lines(
            "1 江州流霜商贸有限公司 91310115000000011Q\n2、江州飞雪设备有限公司（代码：000000019）",
            "序号,名称,统一社会信用代码\n1,甲,91310115000000011Q",
        ),
        (HarvesterError,),
        share=0.6,
    ),
    Target(
        "filters", _filters, lines("2026-06-30\n2026-12-31", "monday", "上周一", "3d", "2026-06-30T08:00+08:00", "310000", "昨天"), share=3
    ),
)

"""What is kept of a document holds no personal number and no public record, and gives the same when it is derived again."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import docx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normalizers import documents
from normalizers.derive import derive
from normalizers.documents import UnreadableError, is_archive
from normalizers.documents.rendition import is_rendition
from normalizers.intake import Form, Intake, intake
from normalizers.notices.lists import placed
from normalizers.notices.records import NoticeKind
from normalizers.records import Hints
from tests.corpus import render
from tests.corpus.paper import Paper
from tests.corpus.report import papers
from tests.notices.list_papers import code, file, hints

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def resident(serial: int) -> str:
    """Return a resident number that passes its check (GB 11643), of nobody: generated."""
    body = f"320501{1950 + serial % 50}0{1 + serial % 9}1{serial % 10}{serial % 1000:03d}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


PERSONAL = f"""
= 关于开展信用培训的通知
各镇、街道：
请下列人员参加培训，身份证号：{resident(7)}，逾期不候。
| 序号 | 事项 | 证件 |
|-
| 1 | 报到 | {resident(8)} |
| 2 | 结业 | 无 |
> 江州市信用办
> 2024年4月1日
"""
LISTED = f"""
= 江州市失信企业名单公告
现将失信企业名单公告如下。
| 序号 | 名称 | 统一社会信用代码 | 法定代表人 | 列入原因 | 列入日期 |
|-
| 1 | 江州流霜商贸有限公司 | {code(1)} | 章某某 | 虚构业绩投标，负责人证件{resident(9)} | 2024-01-08 |
| 2 | 江州飞雪设备有限公司 | {code(2)} | 卞某某 | 拒不履行判决 | 2024-01-19 |
> 江州市发展和改革委员会
> 2024年2月1日
"""
TEXTS = ["html-plain", "html-trs", "txt", "md", "csv", "json"]
FILES = ["docx", "xlsx", "pdf", "ofd"]


def taken(body: str, form: str, title: str = "") -> Intake:
    return intake(file(body, form), hints(form, title))


def agrees(kept: Intake) -> None:
    """Assert that what is kept gives what was derived, and is itself kept as it is."""
    assert derive(kept.payload, kept.hints) == kept.derived
    again = intake(kept.payload, kept.hints)
    assert (again.form, again.payload, again.derived, again.records) == (Form.RAW, kept.payload, kept.derived, ())


@pytest.mark.parametrize("paper", [paper for paper in papers()[::9] if "compan" not in str(paper.phenomena)], ids=lambda paper: paper.name)
@pytest.mark.parametrize("form", ["html-plain", "docx", "txt"])
def test_an_ordinary_document_is_kept_as_it_came(paper: Paper, form: str) -> None:
    one = render.render(paper, form)
    kept = intake(one.payload, one.hints)
    assert (kept.form, kept.records, kept.masked) == (Form.RAW, (), ())
    assert kept.payload is one.payload
    assert kept.derived == derive(one.payload, one.hints)


@pytest.mark.parametrize("form", TEXTS)
def test_a_text_with_personal_numbers_is_masked_in_its_own_bytes(form: str) -> None:
    kept = taken(PERSONAL, form)
    assert kept.form is Form.MASKED
    assert dict(kept.masked)["resident"] == 2
    text = kept.payload.decode()
    assert resident(7) not in text
    assert resident(8) not in text
    assert "身份证号" in kept.derived.document.text
    assert kept.derived.metadata.title == "关于开展信用培训的通知"
    agrees(kept)


@pytest.mark.parametrize("form", FILES)
def test_a_file_with_personal_numbers_is_kept_as_a_rendition(form: str) -> None:
    kept = taken(PERSONAL, form)
    assert (kept.form, kept.media_type, is_rendition(kept.payload)) == (Form.RENDITION, "text/html", True)
    assert resident(7).encode() not in kept.payload
    assert resident(8).encode() not in kept.payload
    assert "已隐去" in kept.derived.document.text
    assert kept.derived.document.format == form
    agrees(kept)


@pytest.mark.parametrize("form", [*TEXTS, "docx", "xlsx", "pdf"])
def test_a_document_that_lists_firms_is_kept_without_them(form: str) -> None:
    kept = taken(LISTED, form)
    assert kept.form is Form.RENDITION
    assert [record.kind for record in kept.records] == [NoticeKind.LIST_ENTRY] * 2
    for gone in ("流霜", "飞雪", code(1), "虚构业绩", resident(9)):
        assert gone not in kept.payload.decode()
        assert gone not in kept.derived.document.raw_text
    assert "江州流霜商贸有限公司" in str(kept.records[0].fields)
    assert resident(9) not in str(kept.records)
    assert dict(kept.records[0].masked)["resident"] == 1
    assert kept.derived.metadata.title == "江州市失信企业名单公告"
    agrees(kept)


def test_what_the_page_around_stated_outlives_the_cut() -> None:
    page = f"""<html><head><meta name="PubDate" content="2024-02-02 09:00"></head><body>
    <table class="xxgk"><tr><td>索引号：</td><td>014000/2024-00031</td><td>发布机构：</td><td>江州市发展和改革委员会</td></tr>
    <tr><td>发文字号：</td><td>江发改信用〔2024〕5号</td><td>发布日期：</td><td>2024-02-02</td></tr></table>
    <h1>江州市失信企业名单公告</h1><div id="zoom"><p>现公告如下。</p><table><tr><td>企业名称</td><td>统一社会信用代码</td></tr>
    <tr><td>江州流霜商贸有限公司</td><td>{code(1)}</td></tr></table></div></body></html>""".encode()
    before = derive(page, Hints(media_type="text/html")).metadata
    kept = intake(page, Hints(media_type="text/html"))
    after = kept.derived.metadata
    assert kept.form is Form.RENDITION
    assert (after.document_number, after.index_number, after.published_on) == (
        "江发改信用〔2024〕5号",
        before.index_number,
        before.published_on,
    )
    assert [body.mention for body in after.issuers] == [body.mention for body in before.issuers]
    agrees(kept)


def test_a_person_on_a_list_is_reduced_before_the_record_leaves() -> None:
    body = f"""
= 江州市失信被执行人名单公布
| 姓名/名称 | 身份证号码 | 案号 | 执行法院 | 立案时间 |
|-
| 贾方圆 | {resident(11)} | （2023）苏9999执17号 | 江州市人民法院 | 2023-05-06 |
| 江州浮云科技有限公司 | {code(3)} | （2023）苏9999执18号 | 江州市人民法院 | 2023-05-07 |
"""
    kept = taken(body, "docx")
    assert {record.kind for record in kept.records} == {NoticeKind.DEFAULTER}
    told = str(kept.records)
    assert "贾方圆" not in told
    assert resident(11) not in told
    assert "江州浮云科技有限公司" in told
    assert "方圆" not in kept.payload.decode()


def test_a_title_that_names_the_firm_is_kept_without_the_name() -> None:
    title = "关于将江州晚晴建材有限公司移出失信企业名单的公告"
    kept = intake(
        file(f"= {title}\n江州晚晴建材有限公司已履行义务，移出失信企业名单。\n", "html-plain"),
        Hints(title=title, file_name="江州晚晴建材有限公司移出公告.html"),
    )
    assert kept.records[0].kind is NoticeKind.WITHDRAWAL
    assert kept.hints.title == "关于将〔主体〕移出失信企业名单的公告"
    assert "晚晴" not in str(kept.hints) + kept.derived.metadata.title + kept.derived.metadata.source + kept.payload.decode()
    agrees(kept)


def test_a_member_of_an_archive_is_kept_alone() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("list.docx", file(LISTED, "docx"))
        archive.writestr("clean.txt", "江州市信用工作会议通知。\n请按时参加会议。")
        archive.writestr("people.txt", file(PERSONAL, "txt"))
    payload = out.getvalue()
    assert is_archive(payload, "all.zip")
    listed, clean, people = (intake(payload, Hints(file_name="all.zip", member=name)) for name in ("list.docx", "clean.txt", "people.txt"))
    assert (clean.form, clean.payload) == (Form.RAW, payload)
    assert (listed.form, listed.hints.member, len(listed.records)) == (Form.RENDITION, "", 2)
    assert (people.form, people.hints.member) == (Form.RENDITION, "")
    agrees(listed)
    agrees(people)


def _with_comment() -> bytes:
    document: Any = docx.Document()
    document.add_paragraph("关于信用培训的通知")
    document.add_paragraph("请按时参加。")
    document.core_properties.comments = f"身份证号{resident(12)}"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _with_hidden_sheet() -> bytes:
    book = openpyxl.Workbook()
    book.active["A1"] = "关于信用培训的通知"  # type: ignore[index]
    hidden = book.create_sheet("底稿")
    hidden.sheet_state = "hidden"
    hidden["A1"] = resident(13)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("made", [_with_comment, _with_hidden_sheet])
def test_what_a_file_hides_beside_its_text_is_not_kept(made: Callable[[], bytes]) -> None:
    kept = intake(made(), Hints(file_name="notice"))
    assert kept.form is Form.RENDITION
    assert "培训" in kept.derived.document.text
    agrees(kept)


def test_a_number_cut_by_tags_and_cells_is_seen_as_one() -> None:
    number = resident(14)
    page = f"<html><body><p>参训人员身份证号：{number[:6]}<b>{number[6:14]}</b><i>{number[14:]}</i>，请核对。</p></body></html>"
    kept = intake(page.encode("gb18030"), Hints(media_type="text/html", charset="gb18030"))
    assert kept.form is not Form.RAW
    assert number not in kept.derived.document.text
    assert number[6:14] not in kept.payload.decode("gb18030")


def test_nothing_personal_stands_in_the_representation() -> None:
    kept = taken(LISTED, "docx", "江州市失信企业名单公告")
    assert "流霜" not in repr(kept)


def test_a_payload_that_no_reader_reads_is_refused() -> None:
    with pytest.raises(UnreadableError):
        intake(b"", Hints(file_name="empty.html"))
    with pytest.raises(UnreadableError):
        intake(b"\x00\x01\x02\x03" * 50, Hints(file_name="x.bin"))


def test_a_clean_document_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    count = 0
    read = documents.read

    def counted(payload: bytes, known: Hints) -> Any:
        nonlocal count
        count += 1
        return read(payload, known)

    monkeypatch.setattr("normalizers.intake.documents.read", counted)
    intake("<html><body><p>江州市信用工作会议将于近日召开。</p></body></html>".encode(), Hints(media_type="text/html"))
    assert count == 1


def test_the_keys_of_records_do_not_depend_on_what_was_masked() -> None:
    one, two = (placed(taken(LISTED, form).records, site="s", section="x", document="d", url="") for form in ("docx", "html-plain"))
    assert [record.key for record in one] == [record.key for record in two]


FILLER = st.text(st.sampled_from("信用工作通知，。：证件号码 身份企业abc\n"), max_size=30)


@settings(max_examples=60, deadline=None)
@given(FILLER, FILLER, st.integers(0, 9999), st.sampled_from(["html", "txt", "csv", "docx"]))
def test_property_no_personal_number_is_ever_kept(before: str, behind: str, serial: int, form: str) -> None:
    number = resident(serial)
    text = f"关于信用培训的通知\n{before}身份证{number}{behind.lstrip('abc')}"
    if form == "docx":
        document: Any = docx.Document()
        for line in text.split("\n"):
            document.add_paragraph(line)
        out = io.BytesIO()
        document.save(out)
        payload = out.getvalue()
    else:
        lines = "".join(f"<p>{line}</p>" for line in text.split("\n"))
        payload = (f"<html><body>{lines}</body></html>" if form == "html" else text).encode()
    kept = intake(payload, Hints(file_name=f"x.{form}"))
    assert kept.form is not Form.RAW
    assert number not in kept.derived.document.text
    assert number not in kept.payload.decode()
    agrees(kept)

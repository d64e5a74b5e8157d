from __future__ import annotations

import io
import random
import time
import zipfile
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normalizers.documents import UnreadableError, read
from normalizers.documents.ofd import deltas
from normalizers.records import BlockKind, Document, Hints
from tests.documents.samples import read_grid

SPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'
NUMBER = "滨信办〔2031〕8号"
HEAD = "滨江新区信用体系建设工作方案"
BODY = "为加快建设信用体系，推动各部门按月归集信用信息，现就有关工作安排如下，请各单位结合实际认真贯彻落实，"


def text(content: str, x: float, y: float, size: float = 5.0, more: str = "") -> str:
    steps = f'DeltaX="g {len(content) - 1} {size}"' if len(content) > 1 else ""
    frame = f'Boundary="{x} {y} 180 {size * 1.4}" Size="{size}" Font="1"'
    return f'<ofd:TextObject ID="1" {frame} {more}><ofd:TextCode X="0" Y="{size}" {steps}>{content}</ofd:TextCode></ofd:TextObject>'


def frame(x: float, y: float, width: float, height: float) -> str:
    data = f"M 0 0 L {width} 0 L {width} {height} L 0 {height} C"
    return f'<ofd:PathObject ID="2" Boundary="{x} {y} {width} {height}"><ofd:AbbreviatedData>{data}</ofd:AbbreviatedData></ofd:PathObject>'


def ofd_file(*pages: Sequence[str], template: str = "") -> bytes:
    listed = "".join(f'<ofd:Page ID="{number}" BaseLoc="Pages/P{number}.xml"/>' for number in range(len(pages)))
    templates = '<ofd:TemplatePage ID="9" BaseLoc="Tpls/T.xml"/>' if template else ""
    use = '<ofd:Template TemplateID="9"/>' if template else ""

    def page(objects: str) -> str:
        layer = f'<ofd:Layer ID="1"><ofd:PageBlock>{objects}</ofd:PageBlock></ofd:Layer>'
        return f"<ofd:Page {SPACE}>{use}<ofd:Content>{layer}</ofd:Content></ofd:Page>"

    members = {
        "OFD.xml": f"<ofd:OFD {SPACE}><ofd:DocBody><ofd:DocRoot>/Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {SPACE}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox>"
        f"</ofd:PageArea>{templates}</ofd:CommonData><ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
        **{f"Doc_0/Pages/P{number}.xml": page("".join(objects)) for number, objects in enumerate(pages)},
        "Doc_0/Tpls/T.xml": page(template),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def opened(payload: bytes) -> Document:
    return read(payload, Hints(file_name="方案.ofd"))


def plan() -> list[str]:
    lines = [text(HEAD, 60, 30, 7), text(NUMBER, 80, 42)]
    return lines + [text(BODY[at : at + 32], 20 + (10 if at == 0 else 0), 55 + at // 4) for at in range(0, len(BODY), 32)]


PLAN = ofd_file(plan())


def test_lines_of_a_page_become_title_number_and_paragraph() -> None:
    document = opened(ofd_file(plan()))
    assert (document.format, document.blocks[0].kind, document.blocks[0].text) == ("ofd", BlockKind.TITLE, HEAD)
    assert [block.text for block in document.blocks[1:]] == [NUMBER, BODY]
    assert document.warnings == ()
    assert document.blocks[2].origin is not None
    assert document.blocks[2].origin.unit == "page"


def test_a_table_is_read_by_its_strokes_and_a_template_is_part_of_the_page() -> None:
    cells = [[frame(20 + 60 * column, 60 + 12 * row, 60, 12) for column in range(3)] for row in range(3)]
    content = [["任务", "牵头单位", "完成时限"], ["归集数据", "市信用办", "六月底"], ["公示信息", "市数据局", "年底前"]]
    drawn = "".join("".join(row) for row in cells)
    words = [text(word, 24 + 60 * column, 63 + 12 * row, 4) for row, line in enumerate(content) for column, word in enumerate(line)]
    assert read_grid(opened(ofd_file([text("任务分工如下：", 20, 40), *words], template=drawn))) == content


def test_characters_are_kept_whatever_they_are() -> None:
    rare = "𠮷㙍〇①★ABC-8"
    assert "".join(opened(ofd_file([text(rare, 20, 40)])).text.split()) == rare


def test_turned_and_hidden_characters_are_left_out_and_told() -> None:
    document = opened(
        ofd_file([*plan(), text("内部传阅", 50, 150, 9, 'CTM="0.7 0.7 -0.7 0.7 0 0"'), text("不见", 20, 200, 5, 'Visible="false"')])
    )
    assert "内部" not in document.text
    assert "不见" not in document.text
    assert document.warnings[0].startswith("4 characters turned")


@pytest.mark.parametrize(("code", "steps"), [("g 2 3 1", [3, 3, 1, 1]), ("5", [5] * 4), ("g 999999 2", [2] * 4), ("x", []), (None, [])])
def test_steps_between_characters_are_written_in_groups(code: str | None, steps: list[float]) -> None:
    assert deltas(code, 4) == steps


def test_a_page_of_pictures_a_page_of_glyphs_and_a_broken_file_are_unreadable() -> None:
    with pytest.raises(UnreadableError, match="1 pictures and no text"):
        opened(ofd_file(['<ofd:ImageObject ID="3" Boundary="0 0 210 297"/>']))
    with pytest.raises(UnreadableError, match="glyphs without their characters"):
        opened(ofd_file([text("\ue000\ue001\ue002\ue003信", 20, 40)]))
    with pytest.raises(UnreadableError, match="damaged"):
        opened(ofd_file(plan())[:-300])
    with pytest.raises(UnreadableError, match="damaged or encrypted"):
        opened(ofd_file(plan()).replace(b"Doc_0/Document.xml", b"Doc_0/Documenx.xml"))


def test_a_page_of_a_million_steps_ends_in_time() -> None:
    began = time.process_time()
    crowded = text("信" * 20_000, 20, 40) + '<ofd:PathObject ID="2" Boundary="0 0 9 9"><ofd:AbbreviatedData>' + "M 0 0 L 9 0 " * 50_000
    opened(ofd_file([*plan(), crowded + "</ofd:AbbreviatedData></ofd:PathObject>"]))
    assert time.process_time() - began < 30


@settings(max_examples=40)
@given(st.randoms(use_true_random=False))
def test_property_an_ofd_with_flipped_bits_is_read_or_unreadable(source: random.Random) -> None:
    whole = bytearray(PLAN)
    for _ in range(source.randint(1, 12)):
        whole[source.randrange(len(whole))] ^= 1 << source.randrange(8)
    try:
        opened(bytes(whole[: source.randint(100, len(whole))]))
    except UnreadableError as error:
        assert str(error).endswith(".")


@given(st.text(alphabet="MLCBAQSxg0123456789.- ", max_size=80), st.text(alphabet="g0123456789.-e ", max_size=40))
def test_property_any_path_and_any_steps_are_drawn_or_left_out(path: str, steps: str) -> None:
    shape = f'<ofd:PathObject Boundary="0 0 9 9" CTM="{steps}"><ofd:AbbreviatedData>{path}</ofd:AbbreviatedData></ofd:PathObject>'
    code = f'<ofd:TextCode X="{steps}" DeltaX="{steps}">信用</ofd:TextCode>'
    words = f'<ofd:TextObject Boundary="20 20 90 9" Size="{steps}">{code}</ofd:TextObject>'
    document = opened(ofd_file([*plan(), shape, words]))
    assert all(document.text[block.span.start : block.span.end] == block.text for block in document.blocks)

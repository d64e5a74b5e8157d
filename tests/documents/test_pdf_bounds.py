"""What a pdf may cost: its streams while they are unpacked, its pages while they are drawn."""

from __future__ import annotations

import io
import zlib
from base64 import a85encode

import pdfplumber
import pytest
from pdfminer.pdftypes import PDFStream
from pdfminer.psparser import LIT
from reportlab.lib import pdfencrypt
from reportlab.pdfgen.canvas import Canvas

from normalizers.documents import UnreadableError, pdf, pdf_pages, pdf_streams, read
from normalizers.documents.pdf_streams import BoundedStream, Budget
from normalizers.privacy.hidden import texts
from normalizers.records import Hints
from tests.documents.samples import Put, paragraph, pdf_file, pdf_table

FORM = b"/Type/XObject/Subtype/Form/BBox[0 0 600 800]"
TEXT = b"BT /F 12 Tf 80 700 Td (Creditworthiness) Tj ET\n"


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(data), data)


def file_of(content: bytes, *objects: bytes) -> bytes:
    """Return a pdf of one page: its content, and the objects from 6 on, the first of which it draws as X."""
    out = b"%PDF-1.7\n"
    resources = b"/Resources<</Font<</F 5 0 R>>/XObject<</X 6 0 R>>>>"
    held = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R%s>>" % resources,
        content,
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        *objects,
    )
    places = b"0000000000 65535 f \n"
    for number, one in enumerate(held, start=1):
        places += b"%010d 00000 n \n" % len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    count = len(held) + 1
    return out + b"xref\n0 %d\n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (count, places, count, len(out))


def refusal(payload: bytes) -> str:
    with pytest.raises(UnreadableError) as raised:
        read(payload, Hints(file_name="a.pdf"))
    return str(raised.value)


def test_a_stream_that_unpacks_to_gigabytes_is_refused() -> None:
    twice = zlib.compress(zlib.compress(b" " * 30_000_000))
    told = refusal(file_of(stream(twice, b"/Filter[/FlateDecode/FlateDecode]")))
    assert told == "a.pdf holds a stream that unpacks to more than 10 MB, as a zip bomb does: look at it by hand."


def test_streams_that_together_unpack_to_too_much_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_streams, "MAX_UNPACKED", 5_000)
    resources = b"/Filter/FlateDecode/Resources<</XObject<</X %d 0 R>>>>"
    forms = [stream(zlib.compress(b" " * 2_000 + b"/X Do"), FORM + resources % number) for number in (7, 8, 9)]
    assert "zip bomb" in refusal(file_of(stream(TEXT + b"/X Do"), *forms, stream(b"", FORM)))


@pytest.mark.parametrize("entries", [b"/Filter/RunLengthDecode", b"/Filter/FlateDecode", b"/Subtype/Image/Filter/FlateDecode"])
def test_a_content_stream_is_measured_whatever_it_calls_itself(entries: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_streams, "SMALL_CONTAINER", 10_000)
    monkeypatch.setattr(pdf_streams, "MAX_RATIO", 10)
    data = bytes([129, 32]) * 2_000 if b"RunLength" in entries else zlib.compress(b" " * 200_000)
    assert "zip bomb" in refusal(file_of(stream(data, entries)))


def test_an_object_stream_is_measured_as_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_streams, "SMALL_CONTAINER", 10_000)
    objects = stream(zlib.compress(b"9 0 " + b" " * 100_000), b"/Type/ObjStm/N 1/First 4/Filter/FlateDecode")
    assert "zip bomb" in refusal(file_of(stream(TEXT), objects).replace(b"startxref", b"lost"))


def test_what_a_pdf_holds_beside_its_pages_is_measured_too() -> None:
    twice = zlib.compress(zlib.compress(b" " * 30_000_000))
    metadata = stream(twice, b"/Type/Metadata/Filter[/FlateDecode/FlateDecode]")
    payload = file_of(stream(TEXT), metadata, b"<</Title(a word of ten digits: 0123456789)>>")
    said = list(texts(payload))
    assert any("0123456789" in text for text in said)
    assert max(map(len, said)) < 1_000


def test_a_picture_is_left_packed_however_large_it_is() -> None:
    picture = stream(zlib.compress(b"\xff" * 20_000_000), b"/Type/XObject/Subtype/Image/Width 5000/Height 4000/Filter/FlateDecode")
    assert read(file_of(stream(TEXT + b"/X Do"), picture), Hints(file_name="a.pdf")).text == "Creditworthiness"


def test_a_row_of_predicted_bytes_is_no_longer_than_they_are() -> None:
    entries = b"/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 2000000000>>"
    assert "zip bomb" in refusal(file_of(stream(zlib.compress(TEXT), entries)))


@pytest.mark.parametrize(
    ("name", "data", "params"),
    [
        ("FlateDecode", zlib.compress(b"abc" * 5_000), None),
        ("FlateDecode", zlib.compress(b"abc" * 5_000)[:-2] + b"xx", None),
        ("FlateDecode", zlib.compress(bytes(range(256)) * 900)[:-200], None),
        ("FlateDecode", b"x\x9cno packed bytes at all", None),
        ("FlateDecode", zlib.compress(b"abc") + b"\nmore", None),
        ("FlateDecode", zlib.compress(b"\x02" + bytes(range(1, 6)) + b"\x02" + bytes(5)), {"Predictor": 12, "Columns": 5}),
        ("FlateDecode", zlib.compress(bytes(range(30))), {"Predictor": 2, "Columns": 5}),
        ("RunLengthDecode", b"\x02abc\xfez\x80rest", None),
        ("LZWDecode", bytes.fromhex("800b6050220c0c8501"), None),
        ("ASCII85Decode", a85encode(b"credit information") + b"~>", None),
        ("DCTDecode", b"\xff\xd8 a photograph", None),
    ],
)
def test_bounded_streams_say_what_pdfminer_reads_in_them(name: str, data: bytes, params: dict[str, int] | None) -> None:
    attrs = {"Filter": LIT(name), "DecodeParms": params}
    assert BoundedStream(PDFStream(attrs, data), Budget("a.pdf")).get_data() == PDFStream(attrs, data).get_data()


def test_pages_show_what_pdfplumber_finds_on_them() -> None:
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.drawString(80, 700, "credit")
    path = canvas.beginPath()
    for x in (80, 90, 100):
        path.moveTo(x, 500)
        path.lineTo(x, 600)
    canvas.drawPath(path)
    canvas.rect(60, 60, 100, 50)
    canvas.circle(200, 200, 30)
    canvas.beginForm("stamp")
    canvas.drawString(100, 100, "stamp")
    canvas.endForm()
    canvas.doForm("stamp")
    canvas.save()
    table = pdf_file([paragraph("任务表如下："), pdf_table([[Put("序号"), Put("任务")], [Put("1"), Put("甲项。")]], [60, 200])])
    inline = file_of(stream(b"q BI /W 2 /H 2 /BPC 8 /CS /G ID EaEI EI Q\n" + TEXT))
    for payload in (out.getvalue(), table, inline):
        with pdfplumber.open(io.BytesIO(payload)) as usual, pdf_pages.BoundedPdf(payload, Budget("a.pdf")) as bounded:
            for kind in ("char", "line", "rect", "curve"):
                assert bounded.pages[0].objects.get(kind) == usual.pages[0].objects.get(kind)
            assert len(bounded.pages[0].images) == len(usual.pages[0].images)


def test_forms_that_draw_one_another_twice_are_refused() -> None:
    depth = 30
    forms = [stream(b"/X Do /X Do", FORM + b"/Resources<</XObject<</X %d 0 R>>>>" % n) for n in range(7, 7 + depth)]
    told = refusal(file_of(stream(TEXT + b"/X Do"), *forms, stream(b"", FORM)))
    assert told == "a.pdf draws forms within one another more than 20 deep: print it to a new pdf, or look for another copy."


def test_forms_are_counted_as_often_as_they_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_pages, "MAX_FIGURES", 500)
    forms = [stream(b"/X Do " * 10, FORM + b"/Resources<</XObject<</X %d 0 R>>>>" % n) for n in (7, 8, 9)]
    told = refusal(file_of(stream(TEXT + b"/X Do"), *forms, stream(b"", FORM)))
    assert told == "a.pdf draws more than 500 forms and pictures on page 1: print it to a new pdf, or look for another copy."


def test_a_form_that_draws_itself_is_read_once_and_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    form = stream(TEXT + b"/X Do", FORM + b"/Resources<</XObject<</X 6 0 R>>/Font<</F 5 0 R>>>>")
    assert read(file_of(stream(b"/X Do"), form), Hints(file_name="a.pdf")).text == "Creditworthiness"
    assert capfd.readouterr() == ("", "")


def test_strokes_beyond_those_of_a_table_are_counted_and_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_pages, "MAX_STROKES", 50)
    payload = file_of(stream(TEXT + b"1 1 m 9 9 l 2 2 m 8 8 l S\n" * 100))
    document = read(payload, Hints(file_name="a.pdf"))
    assert document.text == "Creditworthiness"
    assert any("is a drawing of more than" in warning for warning in document.warnings)
    with pdf_pages.BoundedPdf(payload, Budget("a.pdf")) as opened:
        page = opened.pages[0]
        assert isinstance(page, pdf_pages.BoundedPage)
        assert (len(page.lines), page.canvas.strokes) == (50, 200)


def test_characters_beyond_those_of_a_page_are_counted_and_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_pages, "MAX_CHARS", 100)
    monkeypatch.setattr(pdf, "MAX_CHARS", 100)
    assert "Page 1 has 160 characters and was not read." in refusal(file_of(stream(TEXT * 10)))


def test_a_page_of_too_many_steps_is_read_in_part_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_pages, "MAX_STEPS", 60)
    monkeypatch.setattr(pdf, "MAX_STEPS", 60)
    document = read(file_of(stream(TEXT + b"q Q " * 100 + TEXT)), Hints(file_name="a.pdf"))
    assert document.text == "Creditworthiness"
    assert document.warnings == ("Page 1 is drawn in more than 60 steps and was read only in part: compare with the page.",)


def test_states_that_are_never_come_back_to_do_not_pile_up() -> None:
    payload = file_of(stream(zlib.compress(b"q " * 200_000 + TEXT), b"/Filter/FlateDecode"))
    assert read(payload, Hints(file_name="a.pdf")).text == "Creditworthiness"


def test_lists_nested_without_end_are_refused() -> None:
    assert "nests its objects more than 200 deep" in refusal(file_of(stream(TEXT + b"[" * 100_000)))


def test_a_string_without_end_is_refused() -> None:
    packed = zlib.compress(b"(" + b"\\n" * 600_000 + b") Tj")
    assert "holds a string of more than 262144 bytes" in refusal(file_of(stream(packed, b"/Filter/FlateDecode")))


def test_a_page_ends_when_the_time_has_run_out_within_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MIN_SECONDS", -10.0)
    monkeypatch.setattr(pdf, "SECONDS_PER_PAGE", -10.0)
    assert "Reading stopped at page 1 of 1" in refusal(file_of(stream(TEXT)))


def test_an_encrypted_pdf_that_asks_for_no_password_is_read() -> None:
    out = io.BytesIO()
    canvas = Canvas(out, encrypt=pdfencrypt.StandardEncryption("", ownerPassword="owner"))
    canvas.drawString(80, 700, "Creditworthiness")
    canvas.save()
    assert read(out.getvalue(), Hints(file_name="a.pdf")).text == "Creditworthiness"

"""The readers of documents: every format through the whole derivation, archives, and the intake that masks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from zipfile import ZIP_STORED

from normalizers.codes import CodeKind, identify, reconcile
from normalizers.compare import apply, compare
from normalizers.derive import derive
from normalizers.documents import UnreadableError, archives, detection, read
from normalizers.documents.html import read_table_markup
from normalizers.intake import intake
from normalizers.privacy import Mode
from normalizers.privacy.hidden import holds_personal
from normalizers.privacy.payload import mask_payload
from normalizers.records import Hints
from normalizers.text.decode import decode
from tests.corpus import render
from tests.corpus.paper import Paper
from tests.corpus.report import papers
from tests.fuzz.inputs import zipped
from tests.fuzz.target import Target, text_of

FILES = Path(__file__).resolve().parents[1] / "documents" / "files"
UNREADABLE = (UnreadableError,)
_RTF = rb"{\rtf1\ansi\ansicpg936{\fonttbl{\f0 SimSun;}}\pard \'b9\'d8\'d3\'da\par{\trowd\cellx2000\cellx4000 1\cell 2\cell\row}\par}"
_ODT = (
    '<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body><office:text>'
    "<text:p>关于信用的通知</text:p></office:text></office:body></office:document-content>"
)


@cache
def _papers() -> tuple[Paper, ...]:
    """Return a few documents of the corpus: short ones of different phenomena."""
    short = sorted(papers(), key=lambda paper: len(render.text(paper)))
    return tuple(short[len(short) // 3 :: max(1, len(short) // 4)][:3])


@cache
def rendered(kind: str, count: int = 3) -> tuple[bytes, ...]:
    """Return documents of the corpus as files of a format."""
    return tuple(render.render(paper, kind).payload for paper in _papers()[:count])


def _several(*kinds: str) -> list[bytes]:
    return [payload for kind in kinds for payload in rendered(kind, 2)]


def _shaped() -> list[bytes]:
    return [rendered(kind, 1)[0] for kind in render.FORMATS if kind.startswith("html-")]


def _flat(name: str) -> list[bytes]:
    from tests.documents import test_flat_office as flat

    return {
        "word-xml": [flat.WORD_XML],
        "excel-xml": [flat.EXCEL_XML],
        "flat-docx": [flat.FLAT_DOCX],
        "mht": [flat.mht(), flat.mht("utf-8")],
    }[name]


def _pdfs() -> list[bytes]:
    from tests.documents import test_pdf_fonts as fonts

    return [*_several("pdf", "pdf-unruled"), fonts.set_in(font=b"/W[65 [500 500]]"), fonts.OWN]


def _ofd() -> list[bytes]:
    from tests.documents.test_ofd import ofd_file, plan

    return [ofd_file(plan()), *rendered("ofd", 1)]


def _odt() -> list[bytes]:
    kind = ("mimetype", b"application/vnd.oasis.opendocument.text")
    manifest = (
        b'<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        b'<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/>'
        b'<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    return [zipped([kind, ("content.xml", _ODT.encode()), ("META-INF/manifest.xml", manifest)], ZIP_STORED)]


def _renditions() -> list[bytes]:
    from normalizers.documents.rendition import render as rendition

    made = [
        read(payload, Hints(file_name=name))
        for payload, name in ((rendered("html-plain", 1)[0], "a.html"), (rendered("xlsx", 1)[0], "a.xlsx"))
    ]
    told = [rendition(document, {"索引号": "1", "发文字号": "江发改〔2024〕1号"}) for document in made]
    mark = b'<meta name="rendition-encoding"'
    return [*told, told[0].replace(mark, b'<meta name="rendition-repair" content="[&quot;mojibake&quot;, 3, 1, 0]">' + mark)]


def _zips() -> list[bytes]:
    texts = [(f"附件{n}.txt", payload) for n, payload in enumerate(rendered("txt"), 1)]
    return [zipped(texts), zipped([("内.zip", zipped(texts)), ("b.csv", rendered("csv", 1)[0])]), *rendered("zip", 1)]


def _packed() -> list[bytes]:
    import bz2
    import io
    import tarfile

    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, payload in (("a.txt", rendered("txt", 1)[0]), ("乙/b.csv", rendered("csv", 1)[0])):
            info = tarfile.TarInfo(name)
            info.size = len(payload)
            archive.addfile(info, io.BytesIO(payload))
    return [out.getvalue(), b"Rar!\x1a\x07\x01\x00" + bz2.compress(b"x"), b"7z\xbc\xaf\x27\x1c\x00\x04" + b"\0" * 60]


def _derived(name: str, data: bytes) -> object:
    return derive(data, Hints(file_name=name, region="310000"))


def _read(name: str, data: bytes) -> object:
    return read(data, Hints(file_name=name))


def _taken_in(data: bytes) -> object:
    """Take in a payload whose first byte says what it is called."""
    names = ("a.html", "a.txt", "a.csv", "a.json", "a.docx", "a.xlsx")
    kept = intake(data[1:], Hints(file_name=names[data[0] % len(names)] if data else "", title="关于信用的通知"))
    return derive(kept.payload, kept.hints)


def _intakes() -> list[bytes]:
    found = zip("012345", ("html-plain", "txt", "csv", "json", "docx", "xlsx"), strict=True)
    return [mark.encode() + payload for mark, kind in found for payload in rendered(kind, 2)]


def _masked(data: bytes) -> object:
    found = [mask_payload(data, charset, mode) for charset in ("utf-8", "gb18030", "") for mode in Mode]
    return found, holds_personal(data)


def _unpacked(name: str, data: bytes) -> object:
    detection.detect(data, Hints(), name)
    found = archives.unpack(data, name)
    return archives.extract(data, found.members[0].name, name)


def _compared(data: bytes) -> object:
    """Compare the two texts that a line of equals signs parts, and apply what is told."""
    old, _, new = text_of(data).partition("\n====\n")
    before, after = (derive(text.encode("utf-8", "replace"), Hints(file_name="a.txt")) for text in (old, new))
    found = compare(before, after)
    return apply(before.document, found.text_changes), found


def _pairs() -> list[bytes]:
    found = [payload.decode() for payload in rendered("txt")]
    return [
        f"{one}\n====\n{other}".encode()
        for one in found
        for other in (one.replace("。", "；", 3), one[len(one) // 2 :] + one[: len(one) // 2], found[0])
    ]


def _decoded(data: bytes) -> object:
    return [
        decode(data, declared=declared, markup=markup).text.encode() for declared in ("", "gb2312", "x-unknown") for markup in (False, True)
    ]


def _codes(data: bytes) -> object:
    given = text_of(data)
    first, _, rest = given.partition("\n")
    second, _, third = rest.partition("\n")
    return [identify(first, kind) for kind in (None, *CodeKind)], reconcile(first, second, third)


def _target(name: str, file: str, samples: Callable[[], Sequence[bytes]], form: str, share: float, *, whole: bool = True) -> Target:
    return Target(f"documents.{name}", partial(_derived if whole else _read, file), samples, UNREADABLE, form, share)


TARGETS = (
    _target("html", "a.html", _shaped, "markup", 1.0),
    _target("text", "a.txt", lambda: _several("txt", "txt-stacked", "txt-blanks"), "text", 1.0),
    _target("markdown", "a.md", lambda: rendered("md"), "text", 0.8),
    _target("csv", "a.csv", lambda: rendered("csv"), "text", 0.8),
    _target("json", "a.json", lambda: rendered("json"), "json", 0.8),
    _target("docx", "a.docx", lambda: _several("docx", "docx-tracked"), "ooxml", 1.0),
    _target("xlsx", "a.xlsx", lambda: rendered("xlsx"), "ooxml", 1.0),
    _target("xls", "a.xls", lambda: [(FILES / "plan.xls").read_bytes()], "binary", 0.6),
    _target("pdf", "a.pdf", _pdfs, "pdf", 0.5),
    _target("ofd", "a.ofd", _ofd, "ooxml", 0.6),
    _target("word-xml", "a.doc", lambda: _flat("word-xml"), "xml", 0.6),
    _target("excel-xml", "a.xls", lambda: _flat("excel-xml"), "xml", 0.6),
    _target("flat-docx", "a.doc", lambda: _flat("flat-docx"), "xml", 0.6),
    _target("mht", "a.mht", lambda: _flat("mht"), "text", 0.6),
    _target("rendition", "a.html", _renditions, "markup", 0.8),
    _target(
        "doc", "a.doc", lambda: [(FILES / "plan.doc").read_bytes(), (FILES / "lost_table.doc").read_bytes()], "binary", 0.02, whole=False
    ),
    _target("rtf", "a.rtf", lambda: [_RTF], "binary", 0.02, whole=False),
    _target("odt", "a.odt", _odt, "binary", 0.02, whole=False),
    Target("archives.zip", partial(_unpacked, "a.zip"), _zips, UNREADABLE, "zip", 1.0),
    Target("archives.packed", partial(_unpacked, "a.rar"), _packed, UNREADABLE, "binary", 0.1),
    Target("intake", _taken_in, _intakes, UNREADABLE, "binary", 0.4),
    Target("payloads", _masked, lambda: _several("html-plain", "txt", "xlsx"), (), "text", 0.5),
    Target("comparisons", _compared, _pairs, UNREADABLE, "words", 0.5),
    Target("decoding", _decoded, lambda: _several("html-plain", "txt"), (), "text", 1.0),
    Target("codes", _codes, lambda: [b"91310115000000011Q\n000000019\n310115000000019", b"32050119900101123X"], (), "words", 2.0),
    Target(
        "tables.markup",
        lambda data: read_table_markup(text_of(data)),
        lambda: [b"<table><tr><td rowspan=2>1</td><td>2</td></tr></table>"],
        UNREADABLE,
        "markup",
    ),
)

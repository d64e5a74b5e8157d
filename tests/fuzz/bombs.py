"""Inputs of full size: nesting, entities, zips of hundreds of megabytes, lines of a megabyte, tables of a hundred thousand cells.

Every run gives each of them once to each target of the form, before anything that is drawn at random.
"""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence

from tests.fuzz.inputs import ODD, zipped

MEGABYTE = 1_000_000
DEPTHS = (60, 3_000, 100_000)
CELLS = 100_000
Bomb = tuple[str, bytes]


def bombs(form: str, samples: Sequence[bytes]) -> list[Bomb]:
    """Return the bombs of a form with their names; ``samples`` are sound files of it, which some are built around."""
    return [("nothing", b""), ("one NUL", b"\0"), *OF_FORM[form](samples)]


# --- texts -----------------------------------------------------------------------------------------------------------------------


def _filled(unit: str | bytes, size: int = MEGABYTE) -> bytes:
    data = unit.encode("utf-8", "surrogatepass") if isinstance(unit, str) else unit
    return data * (size // len(data))


def _words(samples: Sequence[bytes]) -> Iterator[Bomb]:
    for name, unit in (
        ("letters", "信"),
        ("digits", "1"),
        ("brackets", "（"),
        ("opening and closing", "（）"),
        ("commas", "、"),
        ("blanks", " "),
        ("quotes", '"'),
    ):
        yield f"a line of {name}", _filled(unit, 200_000)
        yield f"a line of {name} before a sign", _filled(unit, 200_000) + "\u2014".encode()
    yield "short lines", _filled("字\n", 200_000)
    yield "marks", b"".join(ODD) * 300
    yield "samples in one line", _filled(b" ".join(samples).replace(b"\n", b" ")[:5_000] or b"x", 200_000)


def _texts(samples: Sequence[bytes]) -> Iterator[Bomb]:
    for name, unit in (
        ("letters", "信"),
        ("brackets", "（"),
        ("digits", "1"),
        ("blanks", "\u3000"),
        ("sentences", "市财政局牵头，市教育局配合，"),
    ):
        yield f"a megabyte line of {name}", _filled(unit)
        yield f"a megabyte line of {name} before a sign", _filled(unit) + "\u2014".encode()
    yield "a megabyte of samples in one line", _filled(samples[0].replace(b"\n", b" ") or b"x")
    yield "marks of every kind", b"".join(ODD) * 3_000
    yield "NULs", b"\0" * MEGABYTE
    yield (
        "a charset a line",
        "".join("区第信用计划\n").encode()
        + b"".join("关于信用体系建设的通知\n".encode(name, "ignore") for name in ("gb18030", "big5", "utf-16", "shift_jis", "utf-8"))
        * 2_000,
    )
    yield "rows of tabs", _filled("1\t建设信用体系\t市发改委\n", CELLS // 3 * 30)
    yield "rows of commas", _filled("1,建设信用体系,市发改委\n", CELLS // 3 * 30)
    yield "rows of pipes", _filled("|1|建设信用体系|市发改委|\n", CELLS // 3 * 30)
    yield "one row of a hundred thousand cells", b",".join([b"1"] * CELLS)


def _pages(samples: Sequence[bytes]) -> Iterator[Bomb]:
    for depth in DEPTHS:
        for tag in ("div", "table><tr><td", "font", "ul><li", "span"):
            yield f"{depth} nested <{tag}>", f"<html><body>{f'<{tag}>' * depth}字".encode()
    yield (
        "a table of a hundred thousand cells",
        b"<table>" + ("<tr>" + "<td>信用</td>" * 100 + "</tr>").encode() * (CELLS // 100) + b"</table>",
    )
    yield "one row of a hundred thousand cells", b"<table><tr>" + "<td>信".encode() * CELLS
    yield "spans beyond measure", b"<table>" + ("<tr>" + "<td rowspan=65534 colspan=1000>字" * 20).encode() * 200
    yield "an attribute of a megabyte", b"<p title='" + _filled("字") + "'>字".encode()
    yield "an open comment of a megabyte", b"<p>x<!--" + _filled("字 ")
    yield "a script of a megabyte", b"<script>var a='" + _filled("<record>x</record>") + b"'</script>"
    yield "entities of entities", b"<!DOCTYPE a [" + _laughs() + b"]><html><body>&j;</body></html>"
    yield "a megabyte of links", _filled("<a href='http://x.example/art/2024/1/1/art_1_2.html'>关于信用的通知</a>")
    yield "a megabyte of samples", _filled(samples[0] or b"x")
    yield "a megabyte line of letters", _filled("信")
    yield "attributes without end", b"<p " + _filled("甲=1 ") + b">"
    yield "ampersands", _filled("&")


def _json(samples: Sequence[bytes]) -> Iterator[Bomb]:
    for depth in DEPTHS:
        yield f"{depth} nested lists", b"[" * depth + b"]" * depth
        yield f"{depth} nested objects", b'{"a":' * depth + b"1" + b"}" * depth
    yield "a number of a megabyte", b'{"total": ' + b"9" * MEGABYTE + b"}"
    yield "a text of a megabyte", b'{"data": "' + b"x" * MEGABYTE + b'"}'
    yield "a hundred thousand keys", b"{" + b",".join(b'"k%d":1' % n for n in range(CELLS)) + b"}"
    yield "surrogates alone", b'{"data": "' + b"\\ud800" * 20_000 + b'"}'
    yield from _words(samples)


def _toml(samples: Sequence[bytes]) -> Iterator[Bomb]:
    for depth in DEPTHS:
        yield f"{depth} nested lists", b"a = " + b"[" * depth + b"]" * depth
        yield f"{depth} parts of a key", b".".join([b"a"] * depth) + b" = 1"
        yield f"{depth} nested tables", b"a = " + b"{b = " * depth + b"1" + b"}" * depth
    yield "a number of a megabyte", b"a = " + b"9" * MEGABYTE
    yield from _words(samples)


# --- XML and containers ----------------------------------------------------------------------------------------------------------


def _laughs() -> bytes:
    lines = [b'<!ENTITY a "lollollollol">']
    lines += [b'<!ENTITY %c "%s">' % (ord("b") + n, b"&%c;" % (ord("a") + n) * 10) for n in range(9)]
    return b"".join(lines)


def _xml_bombs(root: bytes) -> Iterator[Bomb]:
    yield "billion laughs", b"<!DOCTYPE x [" + _laughs() + b"]><" + root + b">&j;</" + root + b">"
    yield "quadratic blowup", b'<!DOCTYPE x [<!ENTITY a "' + b"x" * 60_000 + b'">]><' + root + b">" + b"&a;" * 30_000 + b"</" + root + b">"
    yield "an external entity", b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><' + root + b">&a;</" + root + b">"
    yield "an external DTD", b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><' + root + b"/>"
    yield "an entity of itself", b'<!DOCTYPE x [<!ENTITY a "&b;"><!ENTITY b "&a;">]><' + root + b">&a;</" + root + b">"
    for depth in DEPTHS:
        yield f"{depth} nested elements", b"<" + root + b">" + b"<a>" * depth + b"</a>" * depth + b"</" + root + b">"


def _xml(samples: Sequence[bytes]) -> Iterator[Bomb]:
    yield from _xml_bombs(b"pkg:package")
    yield from _xml_bombs(b"Workbook")
    for sample in samples[:4]:
        head, mark, rest = sample.partition(b"?>")
        yield "a sound file with billion laughs", head + mark + b"<!DOCTYPE x [" + _laughs() + b"]>" + rest.replace(b"</", b"&j;</", 50)
    yield "a megabyte of elements", b"<?xml version='1.0'?><Workbook>" + _filled("<Row><Cell>1</Cell></Row>") + b"</Workbook>"


def _office(samples: Sequence[bytes]) -> Iterator[Bomb]:
    for sample in samples[:3]:
        with zipfile.ZipFile(io.BytesIO(sample)) as archive:
            parts = [(info.filename, archive.read(info)) for info in archive.infolist()]
        largest = max((name for name, _ in parts if name.endswith(".xml")), key=lambda name: len(dict(parts)[name]))
        for bomb, content in (*_xml_bombs(b"w:document"), ("a part of 256 MB", b"")):
            made = content or b" " * (1 << 28)
            yield f"{bomb} in {largest}", zipped([(name, made if name == largest else old) for name, old in parts])
        body = dict(parts)[largest]
        for unit in (
            b"<w:p><w:r><w:t>1</w:t></w:r></w:p>",
            b"<w:tbl><w:tr><w:tc>",
            b"<w:ins><w:del>",
            b'<row r="1"><c r="A1"><v>1</v></c></row>',
        ):
            cut = body.rfind(b"</")
            grown = body[:cut] + unit * 10_000 + body[cut:]
            yield (
                f"ten thousand {unit[:8].decode()} in {largest}",
                zipped([(name, grown if name == largest else old) for name, old in parts]),
            )
    yield from _archives(samples)


def _archives(samples: Sequence[bytes]) -> Iterator[Bomb]:
    yield "a zip of 512 MB", zipped([("a.txt", b"0" * (1 << 28)), ("b.txt", b"0" * (1 << 28))])
    inner = zipped([("a.txt", b"x" * 10_000)])
    for _ in range(60):
        inner = zipped([("a.zip", inner)], zipfile.ZIP_STORED)
    yield "sixty archives within one another", inner
    yield "forty thousand members", zipped([(f"{n}.txt", b"") for n in range(40_000)], zipfile.ZIP_STORED)
    yield "members of one name", zipped([("a.txt", b"x")] * 400, zipfile.ZIP_STORED)
    sound = zipped([("a.txt", b"x" * 5_000)])
    for name, at in (("size", 22), ("packed size", 18), ("flags", 6), ("method", 8)):
        yield f"a lying {name}", sound[:at] + b"\xff\xff" + sound[at + 2 :]
        central = sound.rfind(b"PK\x01\x02") + at + 2
        yield f"a lying {name} in the directory", sound[:central] + b"\xff\xff" + sound[central + 2 :]


def _pdf(*objects: bytes) -> bytes:
    """Return a pdf of objects from 1 on, found by its table of places."""
    out, places = b"%PDF-1.7\n", b"0000000000 65535 f \n"
    for number, one in enumerate(objects, start=1):
        places += b"%010d 00000 n \n" % len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    count = len(objects) + 1
    return out + b"xref\n0 %d\n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (count, places, count, len(out))


def _stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(data), data)


def _pages_of(content: bytes, *objects: bytes) -> bytes:
    """Return a pdf of one page, which can draw the object 5 as X."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>"
    return _pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page, content, *objects)


def _costly_pages() -> Iterator[Bomb]:
    """Yield pdfs of few bytes that unpack to many, and of few objects that draw many."""
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>"
    for depth in (14, 30):
        forms = [_stream(b"/X Do /X Do", form % number) for number in range(6, 6 + depth)]
        yield f"{depth} forms that draw one another twice", _pages_of(_stream(b"/X Do"), *forms, _stream(b"", form % 5))
    twice = zlib.compress(zlib.compress(b" " * 300_000_000, 9), 9)
    yield "a stream that is packed twice", _pages_of(_stream(twice, b"/Filter[/FlateDecode/FlateDecode]"))
    for name, unit in (
        ("states", b"q "),
        ("lists", b"["),
        ("operands", b"1 "),
        ("points", b"1 1 m "),
        ("strokes", b"1 1 m 9 9 l S "),
        ("escapes", b"(\\n"),
    ):
        packed = zlib.compress(unit * (9 * MEGABYTE // len(unit)), 9)
        yield f"nine megabytes of {name}", _pages_of(_stream(packed, b"/Filter/FlateDecode"))
    from tests.documents import test_pdf_fonts as fonts

    yield from (fonts.RANGES | fonts.BOMBS).items()


def _pdfs(samples: Sequence[bytes]) -> Iterator[Bomb]:
    head = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    yield "pages of themselves", head + b"2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>endobj\ntrailer<</Root 1 0 R>>"
    for depth in DEPTHS:
        yield f"{depth} nested lists", head + b"2 0 obj" + b"[" * depth + b"]" * depth + b"endobj\ntrailer<</Root 1 0 R>>"
        yield f"{depth} nested objects", head + b"2 0 obj" + b"<</a" * depth + b">>" * depth + b"endobj\ntrailer<</Root 1 0 R>>"

    packed = zlib.compress(b"BT (x) Tj ET\n" * 10_000_000, 9)
    page = (
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R>>endobj\n"
    )
    yield (
        "a stream of 130 MB",
        head
        + page
        + b"4 0 obj<</Length %d/Filter/FlateDecode>>stream\n" % len(packed)
        + packed
        + b"\nendstream endobj\ntrailer<</Root 1 0 R>>",
    )
    strokes = b"".join(b"%d %d m %d %d l S\n" % (n % 500, n % 700, n % 311, n % 499) for n in range(60_000))
    yield (
        "sixty thousand strokes",
        head + page + b"4 0 obj<</Length %d>>stream\n" % len(strokes) + strokes + b"\nendstream endobj\ntrailer<</Root 1 0 R>>",
    )
    yield from _costly_pages()
    yield "a megabyte of brackets", b"%PDF-1.4\n" + _filled("(")
    for sample in samples[:2]:
        yield "trailers that lead to one another", sample.replace(b"startxref", b"/Prev 9 startxref") + sample


def _binary(samples: Sequence[bytes]) -> Iterator[Bomb]:
    for sample in samples[:3]:
        yield "a head alone", sample[:512]
        yield "a head and a megabyte of FF", sample[:512] + b"\xff" * MEGABYTE
        yield "a file twice", sample + sample


def _gzip(samples: Sequence[bytes]) -> Iterator[Bomb]:
    yield "a member of 256 MB", gzip.compress(b"\0" * (1 << 28), 9, mtime=0)
    yield "ten thousand members", gzip.compress(b"WARC/1.1\r\n\r\n", mtime=0) * 10_000
    yield "a head line of a megabyte", gzip.compress(b"WARC/1.1\r\nX: " + b"x" * MEGABYTE + b"\r\n\r\n", mtime=0)
    yield "two hundred thousand head lines", gzip.compress(b"WARC/1.1\r\n" + b"X: y\r\n" * 200_000 + b"\r\n", mtime=0)
    yield "members without end", b"".join(samples) + samples[0][:40]


def _sql(samples: Sequence[bytes]) -> Iterator[Bomb]:
    for depth in DEPTHS[:2]:
        for unit, end in ((b"(", b")"), (b"select (", b")"), (b"not ", b""), (b"case when 1 then ", b" end"), (b"- ", b""), (b"1+", b"")):
            yield f"{depth} × {unit.decode()}", (b"select " + unit * depth + b"1" + end * depth)
    yield "many unions", b"select 1" + b" union select 1" * 5_000
    yield "an open text", b"select '" + b"x" * MEGABYTE
    yield from _words(samples)


def _addresses(samples: Sequence[bytes]) -> Iterator[Bomb]:
    yield "a megabyte of segments", b"http://x.example/" + b"a/" * (MEGABYTE // 2)
    yield "many parameters", b"http://x.example/?" + b"&".join(b"a%d=%d" % (n, n) for n in range(50_000))
    yield "many percents", b"http://x.example/" + b"%" * 100_000
    yield from _words(samples)


OF_FORM: dict[str, Callable[[Sequence[bytes]], Iterator[Bomb]]] = {
    "words": _words, "text": _texts, "markup": _pages, "json": _json, "toml": _toml, "xml": _xml, "ooxml": _office,
    "zip": _archives, "pdf": _pdfs, "binary": _binary, "gzip": _gzip, "sql": _sql, "address": _addresses,
}  # fmt: skip

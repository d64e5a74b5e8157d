"""No document makes its reader fetch anything: no entity, no external DTD, no link or template, from the network or from this machine."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lxml import etree

from normalizers.documents import UnreadableError, read
from normalizers.documents.opc import MOST_ENTITIES
from normalizers.records import Hints
from tests.corpus import generate, render
from tests.crawl.sites import Reply, served
from tests.documents.test_flat_office import EXCEL_XML, FLAT_DOCX, WORD_XML
from tests.documents.word_files import RELATION, par, part, word_file

SECRET, FETCHED = "本机之密文", "他处取来之文"
PLAIN = "滨江新区信用工作安排如下。"


@pytest.fixture
def secret(tmp_path: Path) -> str:
    """Give the address of a file of this machine."""
    (tmp_path / "secret.txt").write_text(SECRET, "utf-8")
    return (tmp_path / "secret.txt").as_uri()


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    """Give the base of a server that should not be asked, and what it was asked for."""
    with served(lambda path: Reply(FETCHED.encode(), headers={"Content-Type": "text/plain; charset=utf-8"})) as found:
        yield found


def laced(markup: bytes, base: str, secret: str) -> bytes:
    """Return XML whose document type names an external subset and entities, each of which stands in the first text, too."""
    kind = (
        f'<!DOCTYPE x SYSTEM "{base}/outer.dtd" [<!ENTITY file SYSTEM "{secret}"><!ENTITY web SYSTEM "{base}/general">'
        f'<!ENTITY % more SYSTEM "{base}/parameter"> %more;]>'
    ).encode()
    head = re.match(rb"(?:\xef\xbb\xbf)?(?:<\?.*?\?>\s*)*", markup, re.DOTALL)
    at = head.end() if head else 0
    inner = re.sub("([\u4e00-\u9fff])(?=[^<>]*</)".encode().decode(), r"\1&file;&web;", markup[at:].decode(), count=1)
    return markup[:at] + kind + inner.encode()


def container(payload: bytes, base: str, secret: str) -> bytes:
    """Return an office file whose every XML part is laced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(payload)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, laced(content, base, secret) if name.endswith((".xml", ".rels")) else content)
    return out.getvalue()


def part_changed(payload: bytes, change: Callable[[str], str]) -> bytes:
    """Return a docx whose body is changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(payload)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name).decode()
            new.writestr(name, change(content) if name == "word/document.xml" else content)
    return out.getvalue()


def shown(payload: bytes, name: str) -> str:
    """Return all that a reader shows of a file, nothing where it refuses it."""
    with contextlib.suppress(UnreadableError):
        return repr(read(payload, Hints(file_name=name)))
    return ""


def test_a_careless_parser_is_led_to_the_file(secret: str, elsewhere: tuple[str, list[str]]) -> None:
    """So the tests below can fail; whether lxml asks the network at all depends on the libxml2 it was built with."""
    careless = etree.XMLParser(resolve_entities=True, load_dtd=True)
    kind = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY file SYSTEM "{secret}">]><x>文&file;</x>'
    assert SECRET in "".join(etree.fromstring(kind.encode(), careless).itertext())
    assert b"&file;&web;</x>" in laced("<?xml version='1.0'?><x>文</x>".encode(), elsewhere[0], secret)


@pytest.mark.parametrize("form", ["docx", "xlsx", "ofd"])
def test_no_part_of_an_office_file_reaches_out(form: str, secret: str, elsewhere: tuple[str, list[str]]) -> None:
    base, asked = elsewhere
    payload = render.render(generate.generated()[0], form).payload
    assert "社会信用体系建设" in shown(payload, f"a.{form}")
    told = shown(container(payload, base, secret), f"a.{form}")
    assert (SECRET in told, FETCHED in told, asked) == (False, False, [])


@pytest.mark.parametrize("payload", [WORD_XML, EXCEL_XML, FLAT_DOCX], ids=["Word 2003 XML", "Excel 2003 XML", "flat docx"])
def test_no_office_file_of_one_text_reaches_out(payload: bytes, secret: str, elsewhere: tuple[str, list[str]]) -> None:
    base, asked = elsewhere
    told = shown(laced(payload, base, secret), "附件.doc")
    assert (SECRET in told, FETCHED in told, asked) == (False, False, [])


LEFT_OUT = "Entities stand in 2 places of the text; none is resolved, and what they stand for was left out: look at it by hand."


def test_the_words_beside_an_entity_are_kept_and_what_is_left_out_is_told(secret: str, elsewhere: tuple[str, list[str]]) -> None:
    base, asked = elsewhere
    whole = word_file(par(PLAIN) + par("此外无他。"))
    document = read(container(whole, base, secret), Hints(file_name="a.docx"))
    assert (document.text, asked) == (f"{PLAIN}\n此外无他。", [])
    assert f"In the part word/document.xml: {LEFT_OUT}" in document.warnings
    undefined = read(part_changed(whole, lambda text: text.replace("信用", "信&unknown;用")), Hints(file_name="a.docx"))
    assert undefined.text == document.text
    assert any("Entity 'unknown' not defined" in warning for warning in undefined.warnings)


@pytest.mark.parametrize("payload", [WORD_XML, FLAT_DOCX, word_file(par(PLAIN))], ids=["Word 2003 XML", "flat docx", "docx"])
def test_a_part_of_very_many_entities_is_refused_before_its_pieces_are_put_together(payload: bytes) -> None:
    def laced_with(markup: str) -> str:
        at = markup.index("?>") + 2 if markup.startswith("<?") else 0
        pieces = re.sub("([\u4e00-\u9fff])(?=[^<>]*</)", r"\1" + "&e;字字字" * (MOST_ENTITIES + 1), markup[at:], count=1)
        return f'{markup[:at]}<!DOCTYPE x [<!ENTITY e "">]>{pieces}'

    hostile = part_changed(payload, laced_with) if payload.startswith(b"PK") else laced_with(payload.decode()).encode()
    with pytest.raises(UnreadableError, match=f"more than {MOST_ENTITIES} entities"):
        read(hostile, Hints(file_name="a.docx" if payload.startswith(b"PK") else "附件.doc"))


@pytest.mark.parametrize("payload", [WORD_XML, EXCEL_XML, FLAT_DOCX], ids=["Word 2003 XML", "Excel 2003 XML", "flat docx"])
def test_an_office_file_of_one_text_keeps_its_words_too(payload: bytes, secret: str, elsewhere: tuple[str, list[str]]) -> None:
    hints = Hints(file_name="附件.doc")
    document = read(laced(payload, elsewhere[0], secret), hints)
    assert document.text == read(payload, hints).text
    assert LEFT_OUT in document.warnings


def test_no_page_makes_its_reader_fetch_what_it_names(secret: str, elsewhere: tuple[str, list[str]]) -> None:
    base, asked = elsewhere
    inside = "".join(
        f'<{tag} {name}="{target}"></{tag}>'
        for target in (secret, f"{base}/x")
        for tag, name in (("img", "src"), ("iframe", "src"), ("object", "data"), ("link rel=stylesheet", "href"), ("script", "src"))
    )
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{secret}" parse="text"/>'
    page = f"<html><head><base href='{base}/'></head><body><p>{PLAIN}</p>{inside}{include}</body></html>"
    for payload in (page.encode(), laced(f'<?xml version="1.0"?>{page}'.encode(), base, secret)):
        told = shown(payload, "a.html")
        assert (PLAIN[1:] in told, SECRET in told, FETCHED in told, asked) == (True, False, False, [])


def test_no_template_or_linked_part_of_a_docx_is_fetched(secret: str, elsewhere: tuple[str, list[str]]) -> None:
    base, asked = elsewhere
    whole = word_file(par(PLAIN) + '<w:altChunk r:id="rId7"/><w:subDoc r:id="rId8"/>', {"footer": part("ftr", par("脚"))})
    linked = "".join(
        f'<Relationship Id="rId{number}" Type="{RELATION}/{kind}" Target="{target}" TargetMode="{mode}"/>'
        for number, (kind, target, mode) in enumerate(
            [
                ("attachedTemplate", f"{base}/t.dotm", "External"), ("aFChunk", secret, "External"),
                ("subDocument", f"{base}/s", "External"),
                ("header", secret, "Internal"), ("footnotes", "../../../../etc/passwd", "Internal"), ("settings", f"{base}/s", "Internal"),
            ],
            6,
        )
    )  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name).decode()
            new.writestr(name, content.replace("</Relationships>", f"{linked}</Relationships>") if "document.xml.rels" in name else content)
    told = shown(out.getvalue(), "a.docx")
    assert (PLAIN in told, SECRET in told, "root:" in told, FETCHED in told, asked) == (True, False, False, False, [])


def rich_text(base: str, secret: str) -> bytes:
    fields = [f'INCLUDEPICTURE "{base}/a.png" \\\\d', f'INCLUDETEXT "{base}/b.txt"', f'INCLUDETEXT "{secret}"']
    inner = "".join(rf"{{\field{{\*\fldinst {{ {field} }}}}{{\fldrslt ?}}}}\par" for field in fields)
    return rf"{{\rtf1\ansi{{\*\template {base}/t.dot}}\pard Plain words stand here.\par{inner}}}".encode()


def open_document(base: str, secret: str) -> bytes:
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for short, name in (("office", "office"), ("text", "text"), ("draw", "drawing"))
    )
    sections = "".join(
        f'<text:section text:name="S{number}"><text:section-source xlink:href="{target}" text:filter-name="Text"/></text:section>'
        for number, target in enumerate((secret, f"{base}/section.txt"))
    )
    picture = f'<text:p><draw:frame><draw:image xlink:href="{base}/i.png" xlink:show="embed" xlink:actuate="onLoad"/></draw:frame></text:p>'
    body = f"<office:body><office:text><text:p>Plain words stand here.</text:p>{sections}{picture}</office:text></office:body>"
    head = f'<office:document-content {spaces} xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.2">'
    manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    entries = "".join(
        f'<m:file-entry m:full-path="{path}" m:media-type="{kind}"/>'
        for path, kind in (("/", "application/vnd.oasis.opendocument.text"), ("content.xml", "text/xml"))
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", f'<?xml version="1.0"?>{head}{body}</office:document-content>')
        archive.writestr("META-INF/manifest.xml", f'<?xml version="1.0"?><m:manifest xmlns:m="{manifest}">{entries}</m:manifest>')
    return out.getvalue()


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize(("make", "name"), [(rich_text, "a.rtf"), (open_document, "a.odt")])
def test_libreoffice_follows_no_link_of_a_document(
    make: Callable[[str, str], bytes], name: str, secret: str, elsewhere: tuple[str, list[str]]
) -> None:
    base, asked = elsewhere
    told = shown(make(base, secret), name)
    assert ("Plain words" in told, SECRET in told, FETCHED in told, asked) == (True, False, False, [])

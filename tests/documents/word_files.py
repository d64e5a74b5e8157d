"""Word files written part by part, so that a test says exactly what stands in them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

NAMESPACES = " ".join(
    f'xmlns:{prefix}="{address}"'
    for prefix, address in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "v": "urn:schemas-microsoft-com:vml",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    }.items()
)
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def par(*content: str, properties: str = "") -> str:
    inner = "".join(piece if piece.startswith("<") else run(piece) for piece in content)
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{inner}</w:p>"


def table(*rows: tuple[str, ...]) -> str:
    """Return a table; a cell that begins with ``<w:tcPr`` or ``<w:p`` is taken as markup."""
    lines = ("".join(f"<w:tc>{cell if cell.startswith('<w:') else par(cell)}</w:tc>" for cell in row) for row in rows)
    return "<w:tbl>" + "".join(f"<w:tr>{line}</w:tr>" for line in lines) + "</w:tbl>"


def part(root: str, content: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:{root} {NAMESPACES}>{content}</w:{root}>'


def word_file(body: str, parts: Mapping[str, str] | None = None, main: str = "document.xml") -> bytes:
    """Return a docx with this body; ``parts`` are further parts by kind (``footnotes``, ``header``, ``numbering``, ``styles``)."""
    others = dict(parts or {})
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="{RELATION}/{kind}" Target="{kind}.xml"/>' for number, kind in enumerate(others, 1)
    )
    members = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{RELATION}/officeDocument" Target="word/{main}"/></Relationships>',
        f"word/_rels/{main}.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>',
        f"word/{main}": part("document", f"<w:body>{body}</w:body>"),
        **{f"word/{kind}.xml": content for kind, content in others.items()},
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()

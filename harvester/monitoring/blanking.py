"""What may be kept of the page of a list as evidence: its markup, and of its words those that name nobody."""

from __future__ import annotations

import re

from harvester.taking_in import may_hold_records
from normalizers.notices.firm_names import names_in
from normalizers.text.decode import decode

BLANK = "〔略〕"
_PIECE = re.compile(r"""[^<>"'\\{}\[\]\n\r\t,;=]*[\u4e00-\u9fff][^<>"'\\{}\[\]\n\r\t,;=]*""")
"""Words between marks of HTML, scripts and JSON: a title stands in one piece, whatever carries it."""
_SPACES = re.compile(r"\s+")


def blanked(body: bytes, charset: str) -> tuple[bytes, str]:
    """Return the page of a list without the words that name a firm or tell of a record, and the charset it is written in.

    Its markup stays as it is. Personal data are not looked for: a page that holds any may not be kept at all.
    """
    found = decode(body, declared=charset, markup=True)
    text = _PIECE.sub(_kept, found.text)
    if text == found.text:
        return body, charset
    return text.encode("utf-8"), "utf-8"


def _kept(piece: re.Match[str]) -> str:
    words = _SPACES.sub(" ", piece[0])
    return BLANK if any(names_in(words)) or may_hold_records(words) else piece[0]

"""Values of records as text: one width and one blank, references and markup of the site's editor gone, words as they are."""

from __future__ import annotations

import re
import unicodedata

from normalizers.text.entities import has_references, unescape
from normalizers.text.width import letters

MAX_VALUE = 100_000
"""Characters of a value that are kept; the text of a long decision has ten thousand."""

_TAG = re.compile(
    r"</?(?:p|br|div|span|font|b|strong|em|i|u|a|td|tr|li|ul|table|tbody|nobr|o:p)\b[^<>]{0,300}>|<!--.{0,300}?-->", re.IGNORECASE
)
_BLANKS = re.compile(r"[ \t]+")
_BETWEEN = re.compile(r"(?<=[\u4e00-\u9fff，。；：、（）《》〔〕]) (?=[\u4e00-\u9fff，。；：、（）《》〔〕])")


def tidy(value: str) -> str:
    """Return a value on one line, half-width letters and digits, blanks only where they part words; 100,000 characters at most."""
    text = value[:MAX_VALUE]
    if has_references(text):
        text = unescape(text).text
    if "<" in text:
        text = _TAG.sub(" ", text)
    text = _BLANKS.sub(" ", " ".join(letters(text).text.split())).strip()
    return _BETWEEN.sub("", text)


def flat(value: str) -> str:
    """Return a value in NFKC without any blank, for reading numbers and dates."""
    return unicodedata.normalize("NFKC", "".join(unicodedata.normalize("NFKC", value).split()))

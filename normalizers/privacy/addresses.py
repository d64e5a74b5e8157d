"""Web addresses of records: what names a person in a path or a query is taken out, the rest stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote_to_bytes

from normalizers.privacy.masking import mask
from normalizers.privacy.records import Mode

_PART = re.compile(r"(?<=[/?&;=#])[^/?&;=#]+")
_KEY = re.compile(r"[?&;]([^=&;#]{1,60})=$")
_LONGEST_KEY = 62
"""Characters of what ``_KEY`` finds: looked for farther off, many parts would cost their square."""
_SCHEME = re.compile(r"[a-z]{3,8}:/?/?[^/?#]*")
CHARSETS = ("utf-8", "gb18030")
MOST_ESCAPED = 3


def clean_url(url: str, traces: Sequence[str] = (), mode: Mode = Mode.RECORD) -> str:
    """Return the address without the parts (of the path, the query, the fragment) that hold personal data or one of ``traces``."""
    head = _SCHEME.match(url)
    start = head.end() if head else 0
    return url[:start] + _PART.sub(lambda found: "" if _is_personal(found, traces, mode) else found[0], url[start:])


def _is_personal(found: re.Match[str], traces: Sequence[str], mode: Mode) -> bool:
    key = _KEY.search(found.string, max(0, found.start() - _LONGEST_KEY), found.start())
    before = f"{key[1]}：" if key else ""
    return any(any(trace in text for trace in traces) or mask(before + text, mode).changed for text in _readings(found[0]))


def _readings(part: str) -> Iterator[str]:
    """Yield what a part says: as it stands, and unescaped in each charset, as often as it was escaped."""
    yield part
    for charset in CHARSETS:
        text = part
        for _ in range(MOST_ESCAPED):
            if "%" not in text and "+" not in text:
                break
            try:
                text = unquote_to_bytes(text.replace("+", " ")).decode(charset)
            except UnicodeError:
                break
            yield text

"""The kind of a document, by the last word of its title."""

from __future__ import annotations

import re
from functools import cache

from normalizers.metadata.number import split_title
from normalizers.metadata.words import names_of, rules_pattern, words
from normalizers.records import DocumentKind

_TAIL = re.compile(r"(?:\s*[（(\[〔【][^（()）\[\]〔〕【】]{0,40}[）)\]〕】])+$")
_YEARS = re.compile(r"(?:19|20)\d\d年?(?:度|版)?$")
_CLOSING = '》〉”"』」 。.;；'


@cache
def _kinds() -> dict[str, DocumentKind]:
    return {word: DocumentKind(name) for name in names_of("kind") for word in words("kind", name)}


def kind_of(title: str) -> DocumentKind:
    """Return the kind that a title ends in, the longest word first.

    A cover (关于印发…的通知) is a notice whatever it brings, but one that makes cases known (关于公布…典型案例的通知) is a document of the
    case library. Without a known word at its end the last one inside decides for news (…政策解读之一) and nothing else: ``other``.
    """
    bare = _bare(title)
    if "案" in title and _tells_cases(title, bare):
        return DocumentKind.CASE
    for length in range(min(len(bare), _longest()), 0, -1):
        kind = _kinds().get(bare[-length:])
        if kind is not None:
            return kind
    return DocumentKind.NEWS if any(word in title for word in words("kind", "news") if len(word) > 1) else DocumentKind.OTHER


def _tells_cases(title: str, bare: str) -> bool:
    """Tell whether a title is that of cases told (案例) where its last word does not say so."""
    flat = "".join(title[:300].split())
    if rules_pattern("case", "asked").search(flat):
        return False
    covers = rules_pattern("case", "covers").search("".join(bare.split()))
    return bool(covers or rules_pattern("case", "openings").match(flat) or rules_pattern("case", "numbered").search(flat))


@cache
def _longest() -> int:
    return max(map(len, _kinds()))


def _bare(title: str) -> str:
    """Return a title without brackets, closing marks and a year behind its last word."""
    bare = split_title(title)[0][-200:]
    while True:
        shorter = _YEARS.sub("", _TAIL.sub("", bare)).rstrip(_CLOSING)
        if shorter == bare:
            return bare
        bare = shorter

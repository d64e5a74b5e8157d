"""The spellings in which people type what the one box looks for: numbers of documents, addresses of sites."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

import opencc

from normalizers.metadata.number import normalise_number

LONGEST = 400
"""Characters of the longest question; a longer one is cut."""
LONGEST_URL = 2000
MOST_ZEROS = 4
"""Leading zeros of a running number that were seen (第0012号)."""
MOST_PARAMETERS = 5
"""Parameters of an address of which every choice is tried; of more, only all and none."""

_NUMBER = re.compile(
    r"(?P<who>[\u4e00-\u9fffA-Za-z]{1,24})[〔\[【(﹝{〈<《「]?(?P<year>(?:19|20)\d\d)年?[〕\]】)﹞}〉>》」]?[-‐-―−/]?"
    r"(?:第|No\.?)?0{0,5}(?P<count>[1-9]\d{0,5})号?",
    re.IGNORECASE,
)
_SPELLED_YEAR = re.compile("(?:一九|二[〇零○])[〇零○一二三四五六七八九]{2}")
_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_ZEROS = re.compile(r"(?<=[〕第])0+(?=\d)")
_SPOKEN = re.compile(r"(?:(?:发文字号|文号|字号)[:：]?)")
_SESSION = re.compile(r"(?i);(?:jsessionid|phpsessid)=[^/?#;]*")
_PASSING = re.compile(
    r"(?i)^(?:utm_\w+|spm|from|isappinstalled|jsessionid|phpsessid|sid|session(?:id)?|_t?|t|ts|time(?:stamp)?|rand(?:om)?|r|v|"
    r"share\w*|weixin\w*|wechat\w*|nsukey|scene|clicktime|enterid|bsh_bid|tdsourcetag|ref|referer|source|fbclid|gclid|bd_vid|app_?\w*)$"
)
"""Parameters that lead to no other page: of sessions, of sharing, of counting."""
_MOBILE = ("www.", "m.", "wap.", "3g.", "mobile.")
_PORTS = {"http": ":80", "https": ":443"}
_INDEX = re.compile(r"(?i)/(?:index|default)\.(?:s?html?|jsp|aspx?|php)$")
_BARE_URL = re.compile(
    r"(?i)(?:(?:[a-z0-9-]{1,63}\.){1,6}(?:cn|com|net|org|gov)(?::\d{1,5})?(?:/|$)"
    r"|(?:(?:\d{1,3}\.){3}\d{1,3}|[a-z0-9-]{1,63})(?:\.[a-z0-9-]{1,63}){0,6}:\d{2,5}/)"
)
"""An address without its scheme: a host of the usual kinds, or any with a port and a path."""


_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
"""What comes along with a pasted text and nobody sees: soft hyphens, blanks without width, marks of direction and of byte order."""
_BETWEEN = re.compile(r"(?<=号)[\s、,;/和与及]*(?=\S)|[\s、,;/]*[、,;/][\s、,;/]*|(?<=\d)\s+(?=[^\W\d_])(?![年号第])")
_COUNT = re.compile(r"第?0{0,5}(?P<count>[1-9]\d{0,5})号?")
_ALONE = re.compile(r"[\s、，,;；/]+")


def tidy(text: str) -> str:
    """Return what was typed on one line, without what cannot be seen, blanks and quotes around it, not longer than ``LONGEST``."""
    flat = " ".join(_UNSEEN.sub("", text[:LONGEST_URL]).split()).strip(" \"'“”‘’<>＜＞，。；,;")
    return flat if is_url(flat) else flat[:LONGEST]


def scripts(text: str) -> list[str]:
    """Return a text as it was typed, and in simplified characters where that differs: names keep rare characters in either script."""
    return list(dict.fromkeys([text, simplified(text)]))


def simplified(text: str) -> str:
    """Return a text in simplified characters, whatever it was in (OpenCC ``tw2s``; a name may lose a rare character)."""
    return str(_converter().convert(text.encode("utf-8", "replace").decode()))  # half a character cannot be converted


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("tw2s")


# --- numbers of documents ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Number:
    """A document number in its parts; ``who`` is empty for one without the mark of an issuer (令第12号)."""

    who: str
    year: str
    count: str


def number_of(text: str) -> Number | None:
    """Return the parts of a document number in any spelling, ``None`` where the text is none."""
    flat = _SPOKEN.sub("", "".join(unicodedata.normalize("NFKC", text[:LONGEST]).split()))
    spelled = _SPELLED_YEAR.sub(lambda year: year[0].translate(_DIGITS), simplified(flat))
    found = _NUMBER.fullmatch(spelled.strip("()"))
    if found is None and "〔" in (known := normalise_number(simplified(text[:LONGEST]))):
        found = _NUMBER.fullmatch(unicodedata.normalize("NFKC", known))
    return Number(found["who"], found["year"], found["count"]) if found else None


def numbers_in(text: str) -> list[str]:
    """Return the document numbers of a text that holds nothing else, if there are several; what only counts on (1号、2号) is completed."""
    found: list[Number] = []
    for piece in _BETWEEN.split(unicodedata.normalize("NFKC", text[:LONGEST])):
        number, counted = number_of(piece), _COUNT.fullmatch(piece.strip())
        if number is None and counted and found:
            number = replace(found[-1], count=counted["count"])
        if number is None:
            return []
        found.append(number)
    several = list(dict.fromkeys(found))
    return [f"{each.who}〔{each.year}〕{each.count}号" for each in several] if len(several) > 1 else []


def words_of(text: str) -> list[str]:
    """Return what stands between blanks and commas, each once: several codes that were pasted together."""
    return list(dict.fromkeys(word for word in _ALONE.split(text) if word))


def number_spellings(text: str) -> list[str]:
    """Return the spellings under which the store may keep a document number, the likeliest first; empty for what is none.

    A number of an order (上海市人民政府令第12号) has no year and stays as it is, but for leading zeros.
    """
    number = number_of(text)
    if number is None:
        known = normalise_number(simplified(text[:LONGEST]))
        return list(dict.fromkeys([known, _ZEROS.sub("", known)])) if known else []
    zeros = ["0" * n for n in range(MOST_ZEROS) if n + len(number.count) <= 6]
    return [f"{number.who}〔{number.year}〕{nth}{zero}{number.count}{end}" for nth in ("", "第") for end in ("号", "") for zero in zeros]


# --- addresses of sites --------------------------------------------------------------------------------------------------


def is_url(text: str) -> bool:
    """Tell whether a text is meant as an address of a site: with its scheme, or a host followed by a path."""
    return text.lower().startswith(("http://", "https://", "//")) or (" " not in text and _BARE_URL.match(text) is not None)


def split_url(text: str) -> SplitResult | None:
    """Return the parts of an address, session and fragment dropped, ``None`` for what is none."""
    bare = text.strip()
    whole = bare if "://" in bare[:12] else f"http://{bare.lstrip('/')}"
    try:
        parts = urlsplit(_SESSION.sub("", whole))
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return None
        parts.port  # noqa: B018 -- raises for a port that is none
    except ValueError:
        return None
    host = parts.netloc.rpartition("@")[2].lower()
    return parts._replace(netloc=host.removesuffix(_PORTS[parts.scheme]), fragment="")


def url_spellings(text: str) -> list[str]:
    """Return the addresses under which the store may keep the page of a pasted address, the likeliest first; empty for what is none.

    Tried are: both schemes, the host with and without www. and of telephones, the path as it is, unquoted, quoted, with and without its
    last stroke and index page, all parameters, those that lead to a page, and every choice of them.
    """
    parts = split_url(text)
    if parts is None:
        return []
    found = (
        f"{scheme}://{host}{path}{query}"
        for query in _queries(parts.query)
        for path in _paths(parts.path)
        for host in hosts(parts.netloc)
        for scheme in ("https", "http")
    )
    return list(dict.fromkeys([text.strip(), *found]))


def hosts(netloc: str) -> list[str]:
    """Return a host, and what it is called without www., with it, and for telephones."""
    bare = netloc
    for mark in _MOBILE:
        bare = bare.removeprefix(mark)
    return list(dict.fromkeys([netloc, bare, f"www.{bare}", f"m.{bare}"]))


def _paths(path: str) -> list[str]:
    whole = path or "/"
    forms = [whole, whole.rstrip(".,;，。；、)）]】》") or "/"]
    forms += [quote(unquote(forms[-1]), safe="/%:@!$&'()*+,;=~-._", errors="replace"), unquote(forms[-1])]
    forms += [form.rstrip("/") for form in forms] + [f"{form.rstrip('/')}/" for form in forms]
    forms += [_INDEX.sub("/", form) for form in forms]
    return list(dict.fromkeys(forms))


def _queries(query: str) -> Iterator[str]:
    yield f"?{query}" if query else ""
    if not query:
        return
    pairs = [pair for pair in query.split("&") if pair]
    kept = [pair for pair in pairs if not _PASSING.match(pair.partition("=")[0])]
    yield _query(kept)
    yield _query([urlencode([pair], errors="replace") for pair in parse_qsl("&".join(kept), keep_blank_values=True)])
    if len(kept) <= MOST_PARAMETERS:
        for size in range(len(kept) - 1, 0, -1):
            yield from (_query(list(some)) for some in combinations(kept, size))
    yield ""


def _query(pairs: list[str]) -> str:
    return f"?{'&'.join(pairs)}" if pairs else ""

"""Ready-made citations of a document, of one of its clauses, as it was on a day.

GB/T 7714-2015 §8.8 and annex A.8 (electronic resources): ``Author. Title: number[EB/OL]. (publication)[access]. address.`` with the number
of an official paper as other title information, as the standard's own example of a notice has it. 法学引注手册 (2019), part on legal
documents: ``《title》，number，day of publication发布`` with the place on the net behind 载 (rule 48). Both are given as plain text; the
handbook's wording for electronic copies kept by others than their publisher is not fixed, and ours is a reading of it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from normalizers.metadata.number import normalise_number
from storage.formulas import neutral

MOST_AUTHORS = 3
"""Authors that GB/T 7714-2015 (8.1.2) lets stand before 等."""

_ZERO = re.compile(r"(?<=〕)(第?)0+(?=\d)")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]+")
_TEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", '"': "{''}",
}  # fmt: skip
_SITE_ENDS = ("网", "网站", "平台", "门户")
_INNER = str.maketrans("《》", "〈〉")


@dataclass(frozen=True, slots=True)
class Cited:
    """What is cited.

    ``authors`` are the issuing bodies under their full names, ``published`` the day of publication, else of issue; ``part`` the clause in
    words (第二部分（三）), ``version`` the number of the version read; ``address`` is ours and lasts, ``source`` that of the site.
    """

    key: str
    title: str
    number: str = ""
    authors: tuple[str, ...] = ()
    published: date | None = None
    part: str = ""
    version: int = 0
    address: str = ""
    source: str = ""
    site: str = ""


@dataclass(frozen=True, slots=True)
class Citations:
    """A citation in each form, plain text."""

    gbt7714: str
    legal: str
    bibtex: str


def citations(cited: Cited, accessed: date) -> Citations:
    """Return the citations of a document, read on a day."""
    return Citations(gbt7714(cited, accessed), legal(cited, accessed), bibtex(cited, accessed))


def gbt7714(cited: Cited, accessed: date) -> str:
    """Return a citation after GB/T 7714-2015: the lasting address first, the source's behind it."""
    names = [plain(name) for name in cited.authors]
    author = ", ".join(names[:MOST_AUTHORS]) + (", 等" if len(names) > MOST_AUTHORS else "")
    title = plain(cited.title) + (f": {number}" if (number := number_shown(cited.number)) else "")
    if cited.part:
        title += f": {plain(cited.part)}"
    day = f"({cited.published:%Y-%m-%d})" if cited.published else ""
    places = "; ".join(plain(place) for place in (cited.address, cited.source) if place)
    head = f"{author}. " if author else ""
    # It is copied from the page and may be pasted into a sheet, and begins with what a site wrote; the other forms do not.
    return neutral(f"{head}{title}[EB/OL]. {day}[{accessed:%Y-%m-%d}]. {places}" + ("." if places else ""))


def legal(cited: Cited, accessed: date) -> str:
    """Return a citation after 法学引注手册 (2019): no body before the title, since the title of an official paper names it."""
    title = f"《{plain(cited.title).translate(_INNER)}》"
    said = [title + plain(cited.part), number_shown(cited.number)]
    said.append(f"{_chinese_day(cited.published)}发布" if cited.published else "")
    told = "，".join(each for each in said if each)
    place = plain(cited.source or cited.address)
    name = plain(cited.site)
    site = f"载{name if name.endswith(_SITE_ENDS) else name + '网站'} " if name else "载 "
    read = f"，{_chinese_day(accessed)}访问" if place else ""
    kept = f"（存档：{plain(cited.address)}）" if cited.source and cited.address else ""
    return told + (f"，{site}{place}{kept}{read}。" if place else "。")


def bibtex(cited: Cited, accessed: date) -> str:
    """Return an entry for BibTeX and its like (``@misc``, UTF-8); what TeX would read as a command is escaped."""
    fields = {
        "author": " and ".join(f"{{{_tex(name)}}}" for name in cited.authors),
        "title": f"{{{_tex(cited.title)}}}" if cited.title else "",
        "number": _tex(number_shown(cited.number)),
        "chapter": _tex(cited.part),
        "date": cited.published.isoformat() if cited.published else "",
        "year": str(cited.published.year) if cited.published else "",
        "version": str(cited.version) if cited.version else "",
        "url": _url(cited.address or cited.source),
        "urldate": accessed.isoformat(),
        "note": _tex(cited.source) if cited.address and cited.source else "",
        "langid": "chinese",
    }
    lines = "".join(f",\n  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@misc{{{re.sub('[^A-Za-z0-9]', '', cited.key) or 'document'}{lines}\n}}\n"


def quoted(text: str, citation: str) -> str:
    """Return a passage with its source, as it is pasted into a paper."""
    inner = plain(text).replace("“", "‘").replace("”", "’")
    return f"“{inner}”（{citation.rstrip('。.')}）"


def number_shown(number: str) -> str:
    """Return a document number as citations have it: 〔〕, no leading zero (GB/T 9704-2012, 7.2.5)."""
    return _ZERO.sub(r"\1", normalise_number(number) or plain(number))


def plain(text: str) -> str:
    """Return a text on one line without characters that steer how it is shown."""
    return " ".join(_CONTROL.sub(" ", unicodedata.normalize("NFC", text)).split())


def _tex(text: str) -> str:
    return "".join(_TEX.get(char, char) for char in plain(text))


def _url(text: str) -> str:
    return "".join(char if char not in "\\{}" else f"%{ord(char):02X}" for char in plain(text))


def _chinese_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"

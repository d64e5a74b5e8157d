"""The title of a document: of its page where the text agrees, else the lines at its head, put together again."""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from normalizers.metadata.lines import Line, only_date
from normalizers.metadata.number import normalise_number, split_title
from normalizers.metadata.signature import bodies_in
from normalizers.metadata.words import rules_pattern, words, words_pattern
from normalizers.records import BlockKind
from normalizers.text.fold import fold

HEAD = 25
"""Lines at the top of a document among which its title stands."""
MAX_TITLE = 200
MAX_LINES = 5
"""Lines that one title is printed on."""
MAX_TITLE_LINE = 60
MAX_SERIES = 16
"""Characters of the longest name of a series of papers."""
AGREES = 88.0
"""Score (0-100) from which a page's title counts as found in the text: a word may differ, not a name."""

_BRACKETS = {"《": "》", "（": "）", "(": ")", "“": "”", "〈": "〉", "[": "]", "〔": "〕"}
_CUT = re.compile(r"(?:…+|\.{2,})$")
_TAIL = re.compile(r"(?:[（(][^（）()]{1,30}[）)])*$")
_SITE = re.compile(r"\s*[-_|—–－｜]+\s*[^-_|—–－｜]{2,40}$")
_DATED = re.compile(r"\s*[\[（(【]\s*(?:19|20)\d\d-\d\d?-\d\d?\s*[\]）)】]$")
_REPRINT = re.compile(r"^[（(\[【]\s*转载?发?\s*[）)\]】]\s*")
_ANNOUNCED = re.compile(r"《(?P<title>[^《》]{4,100})》(?:（[^（）]{0,60}）)?(?:已|于|业经).{0,200}?(?:公布|发布|施行)")
_ONLY_BRACKET = re.compile(r"[（(][^（）()]{1,30}[）)]")


def read_title(lines: list[Line], *hints: str) -> str:
    """Return the file's own title without the brackets around it and without the document number behind it, empty when there is none.

    ``hints`` are the titles that the page and its head table state, the surest first: one that stands in the text goes before
    what the lines at its head look like. The title of a covering letter (关于印发…的通知) goes before that of the paper it brings.
    """
    text = fold("".join(line.text for line in lines[:HEAD]))[:4000]
    stated = [clean for hint in hints if (clean := _clean(hint))]
    for hint in stated:
        if not _CUT.search(hint) and fold(hint) and _agrees(fold(hint), text):
            return hint
    printed = _printed_title(lines) or _announced_title(lines)
    hint = next(iter(stated), "")
    cut = bool(_CUT.search(hint))
    if hint and not printed:
        return hint if not cut else _CUT.sub("", hint)
    return printed


def _agrees(hint: str, text: str) -> bool:
    return hint in text or (len(hint) >= 8 and fuzz.partial_ratio(hint, text) >= AGREES)


def _clean(title: str) -> str:
    """Return a title on one line, without 《》 or 【】 around the whole and the number behind it."""
    flat = split_title(_REPRINT.sub("", _without_site(" ".join(title.split()))))[0]
    flat = _DATED.sub("", flat)
    for opening, closing in (("《", "》"), ("【", "】")):
        if flat.startswith(opening) and flat.endswith(closing) and flat.count(opening) == 1:
            flat = flat[1:-1].strip()
    return flat[:MAX_TITLE]


def _without_site(title: str) -> str:
    """Return a window's title without the names of the site and its sections behind it (…的通知_信息公开_某市人民政府)."""
    while (tail := _SITE.search(title)) and words_pattern("title", "sites").search(tail[0]):
        named = tail[0].endswith(words("title", "site_endings"))
        if not (named or _ends_in(title[: tail.start()], "genres") or _SITE.search(title[: tail.start()])):
            break
        title = title[: tail.start()]
    return title


def _printed_title(lines: list[Line]) -> str:
    head = _head(lines)
    start = _start(head)
    if start is None:
        return ""
    title = head[start].text
    for at in range(start + 1, min(start + MAX_LINES, len(head))):
        line = head[at]
        if len(title) + len(line.text) > MAX_TITLE or not (_goes_on(title, line) or _is_completed(title, head[at:])):
            break
        title += line.text
    return _clean(_with_issuers(title, head[:start]))


def _announced_title(lines: list[Line]) -> str:
    """Return the title that an order makes known in its first sentence (《某办法》已经…通过，现予公布), empty without one."""
    for line in lines[:HEAD]:
        if announced := _ANNOUNCED.match(line.raw):
            return _clean(announced["title"])
    return ""


def _head(lines: list[Line]) -> list[Line]:
    """Return the lines above the first running text; a line that the reader marked as the title counts wherever it stands."""
    out: list[Line] = []
    for line in lines[:HEAD]:
        if not line.short:
            break
        out.append(line)
    if out:
        return out
    marked = [i for i, line in enumerate(lines[:HEAD]) if line.kind is BlockKind.TITLE]
    return lines[marked[0] : marked[0] + MAX_LINES] if marked else []


def _is_completed(title: str, below: list[Line]) -> bool:
    """Tell whether a title that ends in no genre comes to one in the next lines (…对十届全国人大 / 四次会议第7240号建议的答复)."""
    if _ends_in(title, "genres"):
        return False
    for line in below[:MAX_LINES]:
        text = line.text
        if not line.short or len(text) > MAX_TITLE_LINE or _is_skipped(line) or rules_pattern("title", "starts_text").match(text):
            return False
        if re.search(r"[，；;：:。？！]", text):
            return False
        if _ends_in(text, "genres"):
            return True
    return False


def _with_issuers(title: str, above: list[Line]) -> str:
    """Return a title that begins with its object (关于…) together with the bodies printed on the lines above it."""
    if not title.startswith(words("title", "openings")):
        return title
    bodies: list[str] = []
    for line in reversed(above):
        if not line.short or not bodies_in(line.raw) or len(line.text) > MAX_TITLE_LINE:
            break
        bodies.insert(0, " ".join(line.raw.split()))
    return " ".join(bodies) + title


def _start(head: list[Line]) -> int | None:
    """Return the line that a title begins with: one that the reader marked, else the first that reads like one, else the first at all."""
    usable = [i for i, line in enumerate(head) if line.short and not _is_skipped(line)]
    marked = [i for i in usable if head[i].kind is BlockKind.TITLE]
    alike = [i for i in usable if _reads_like_title(head[i])]
    plain = [i for i in usable if _may_be_title(head[i])]
    first = marked or _named(head, alike) or plain[:1]
    if not first:
        return None
    index = first[0]
    before = index - 1
    while before in usable and _is_open(head[before].text) and not rules_pattern("title", "starts_text").match(head[before].text):
        index, before = before, before - 1
    return index


def _named(head: list[Line], alike: list[int]) -> list[int]:
    """Return the lines that read like titles without the name of a series above its own number (专题会议纪要 / 第14号 / …专题会议纪要)."""
    if len(alike) < 2 or len(head[alike[0]].text) > MAX_SERIES:
        return alike
    series = head[alike[0]].text
    return alike[1:] if any(head[at].text != series and head[at].text.endswith(series) for at in alike[1:]) else alike


def _may_be_title(line: Line) -> bool:
    """Tell whether a line without a title's words may still be one: no part of a text, no body alone."""
    text = line.text
    if rules_pattern("title", "starts_text").match(text) or re.search(r"[；;？?。]$", text):
        return False
    return not bodies_in(line.raw) or words_pattern("title", "events").search(text) is not None


def _is_skipped(line: Line) -> bool:
    return bool(rules_pattern("title", "skip").fullmatch(line.text) or only_date(line.text) or normalise_number(line.text))


def _reads_like_title(line: Line) -> bool:
    text = line.text
    return len(text) >= 6 and (_ends_in(text, "genres") or "关于" in text) and not rules_pattern("title", "starts_text").match(text)


def _ends_in(text: str, name: str) -> bool:
    """Tell whether a text ends in a word of a list, with or without brackets behind it."""
    bare = _TAIL.sub("", split_title(text)[0]).rstrip("》”")
    return bare.endswith(words("title", name))


def _is_open(text: str) -> bool:
    """Tell whether a line leaves a bracket open or ends in 关于, 印发, 的: a title broken in two."""
    unclosed = any(text.count(a) > text.count(b) for a, b in _BRACKETS.items())
    opens = bool(words_pattern("title", "opening_verbs").search(text)) and not re.search(r"[。；;，,：:？?]", text)
    return unclosed or (opens and not _ends_in(text, "genres"))


def _goes_on(title: str, line: Line) -> bool:
    """Tell whether the next line is still the title."""
    text = line.text
    if fold(text) == fold(title):
        return False
    if not line.short or len(text) > MAX_TITLE_LINE or _is_skipped(line) or rules_pattern("title", "starts_text").match(text):
        return bool(_ONLY_BRACKET.fullmatch(text)) and line.short and not _is_skipped(line)
    if _is_open(title):
        return True
    if _ends_in(title, "covers"):
        return False
    if _ONLY_BRACKET.fullmatch(text) or line.kind is BlockKind.TITLE:
        return True
    ends = _ends_in(text, "genres") and not re.search(r"[，,；;：:]", text)
    return ends and (line.kind is not BlockKind.HEADING or not _ends_in(title, "genres"))

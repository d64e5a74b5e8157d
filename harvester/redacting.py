"""Take secrets out of text that leaves the process as a log line, an event or a message: those that are known, and what looks like one.

A secret that settings name is remembered when it is read, and taken out wherever it stands, also in the escapes of addresses, JSON, HTML
and Python, in base64 and in hexadecimal digits. What was never read here is known by its form: a password in an address,
``Authorization``, cookies, keys of this program, addresses of group robots, and the value of whatever calls itself a secret.
"""

from __future__ import annotations

import base64
import html
import json
import re
import threading
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

HIDDEN = "***"
SHORTEST = 6
"""Characters of a secret that is looked for by itself; a shorter one is a word of the language and hidden by its place only."""
MOST_KNOWN = 4000
"""Forms of secrets that are looked for, the newest: more than the settings of any office name."""
LONGEST_LINE = 64 * 1024
"""Characters of a text that are looked through; the rest is cut off, so that no page in a message holds the log up."""

_PERCENT = re.compile("%[0-9A-F]{2}")
_KEPT = ("", "/", "!*'()", "!#$%&'()*+,/:;=?@[]~")
"""What one writer of addresses or another leaves as it is: the last takes the text for an address already."""
_OF_ADDRESSES = str.maketrans("+/", "-_")
"""The digits of base64 that addresses have in another form (RFC 4648 §5)."""

_known: dict[str, None] = {}
_lock = threading.Lock()
_pattern: re.Pattern[str] | None = None

_NAMES = (
    r"(?:[a-z0-9]{1,20}[_-]){0,3}(?:(?:pg|db|my)?pass(?:word|wd|phrase|code)|pwd|secret|token|api[_-]?key|apikey|access[_-]?key|private[_-]?key|"
    r"signature|credentials?|session(?:[_-]?id)?|sid|auth)|密码|口令|密钥|令牌"
)
_HINTS = (
    "pass", "pwd", "secret", "token", "key", "signature", "credential", "session", "sid", "auth", "密码", "口令", "密钥", "令牌",
)  # fmt: skip
"""One of these stands in whatever ``_NAMES`` matches: to look for them costs a tenth."""
_HEADERS = r"(?:proxy-)?authorization|(?:set-)?cookie|x-api-key|x-auth-token|webhook-signature"

_RULES: tuple[tuple[tuple[str, ...], re.Pattern[str], str], ...] = (
    # What an address says of who asks: user:password@host, and a user alone, which may be a token.
    (("://",), re.compile(r"(\b[a-z][a-z0-9+.-]{1,30}://)[^\s/?#'\"<>]{1,500}@", re.I), rf"\1{HIDDEN}@"),
    # RFC 9110 §11.6.2, RFC 6265 §4: the whole value of these headers is secret, in whatever quotes it is printed.
    (
        ("authorization", "cookie", "x-a", "webhook-s"),
        re.compile(rf"({_HEADERS})(b?['\"]?\s{{0,3}}[:=,]\s{{0,3}}(?:[\[(]?\s?b?['\"])?)[^\r\n'\"]{{1,4000}}", re.I),
        rf"\1\2{HIDDEN}",
    ),
    (("bearer", "basic", "digest"), re.compile(r"\b(bearer|basic|digest)(\s{1,3})[A-Za-z0-9._~+/=:-]{6,4000}", re.I), rf"\1\2{HIDDEN}"),
    # Keys of this program and of its webhooks, wherever they stand.
    (("chk_", "whsec_"), re.compile(r"\b(chk|whsec)_[A-Za-z0-9+/_=-]{6,500}"), rf"\1_{HIDDEN}"),
    # Addresses of group robots and of dead-man's switches, whose last part is their secret.
    (
        ("/hook", "/bot/", "/send/", "/ping/", "/push/"),
        re.compile(r"(/(?:hooks?|bot/v\d/hook|robot/send|webhook/send|ping|push)/)[A-Za-z0-9_-]{8,200}", re.I),
        rf"\1{HIDDEN}",
    ),
    (("hc-ping.com/",), re.compile(r"(\bhc-ping\.com/)[^\s'\"<>]{4,200}", re.I), rf"\1{HIDDEN}"),
    # In an address every parameter of such a name, however short; ``key`` is what 企业微信 calls its secret.
    (("=",), re.compile(rf"([?&;](?:{_NAMES}|key|sign)=)[^\s&;#'\"<>]{{1,2000}}", re.I), rf"\1{HIDDEN}"),
    (
        _HINTS,
        re.compile(
            rf"(?<![a-z0-9])((?:{_NAMES})(?:\\{{0,3}}['\"])?\s{{0,3}}[:=：]\s{{0,3}})"
            # In quotes up to the next of them: that of a text within a text is escaped, and within it stand escaped signs.
            rf"(?:\\{{1,3}}\"[^\"\r\n]{{1,2000}}\"|b?'(?:[^'\\\r\n]|\\.){{1,2000}}'|b?\"(?:[^\"\\\r\n]|\\.){{1,2000}}\"|(?!\*\*\*)[^\s'\",;&)}}\]]{{1,2000}})",
            re.I,
        ),
        rf"\1{HIDDEN}",
    ),
)
"""Words of which one must be there, what is looked for, and what is put in its place."""


def remember(secret: str) -> None:
    """Let every later ``redact`` take this secret out, in any of the forms in which it travels. Short ones are left to their place."""
    global _pattern
    forms = [form for form in _forms(secret) if len(form) >= SHORTEST]
    with _lock:
        fresh = [form for form in forms if form not in _known]
        if fresh:
            _known.update(dict.fromkeys(fresh))
            for old in list(_known)[:-MOST_KNOWN]:
                del _known[old]
            _pattern = re.compile("|".join(re.escape(form) for form in sorted(_known, key=len, reverse=True)))


def _forms(secret: str) -> list[str]:
    """Return a secret and its longer lines in the forms in which they travel."""
    text = secret.strip()
    found = (form for each in (text, *(line.strip() for line in text.splitlines())) for form in _forms_of(each))
    return list(dict.fromkeys(found))


def _forms_of(text: str) -> Iterator[str]:
    """Yield a text as it stands, as Python, JSON, addresses and HTML escape it, also twice, and within base64 and hexadecimal digits."""
    data = text.encode("utf-8", "surrogateescape")
    escaped = [text, text.encode("ascii", "backslashreplace").decode(), repr(text)[1:-1], ascii(text)[1:-1], repr(data)[2:-1]]
    escaped += [json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]]
    yield from escaped
    yield from (again for each in escaped for again in (json.dumps(each, ensure_ascii=False)[1:-1], repr(each)[1:-1]))
    for quoted in (quote_plus(data), *(quote(data, safe=kept) for kept in _KEPT)):
        yield quoted
        yield _PERCENT.sub(lambda found: found[0].lower(), quoted)
        yield quote(quoted, safe="")
    yield html.escape(text)
    yield html.escape(html.escape(text))
    yield data.hex()
    yield data.hex().upper()
    for before in range(3):  # bytes of something else, as the user of ``user:password``, move all digits of base64
        coded = base64.b64encode(b"\0" * before + data).decode().rstrip("=")
        sure = coded[-(-8 * before // 6) : 8 * (before + len(data)) // 6]  # those that are made of the secret alone
        yield sure
        yield sure.translate(_OF_ADDRESSES)


def redact(text: str) -> str:
    """Return a text without secrets, ``***`` in their place."""
    if len(text) > LONGEST_LINE:
        text = text[:LONGEST_LINE] + "…"
    if _pattern is not None:
        text = _pattern.sub(HIDDEN, text)
    lower = text.lower()
    for hints, rule, instead in _RULES:
        if any(hint in lower for hint in hints):
            text = rule.sub(instead, text)
    return text

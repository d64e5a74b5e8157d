"""Take secrets out of text that leaves the process as a log line, an event or a message: those that are known, and what looks like one.

A secret that settings name is remembered when it is read, and taken out wherever it stands, also percent-encoded, in base64 and as part of
an address. What was never read here is known by its form: a password in an address, ``Authorization``, cookies, keys of this program,
addresses of group robots, and the value of whatever calls itself a secret.
"""

from __future__ import annotations

import base64
import re
import threading
from urllib.parse import quote, quote_plus

HIDDEN = "***"
SHORTEST = 6
"""Characters of a secret that is looked for by itself; a shorter one is a word of the language and hidden by its place only."""
MOST_KNOWN = 1000
"""Forms of secrets that are looked for, the newest: more than the settings of any office name."""
LONGEST_LINE = 64 * 1024
"""Characters of a text that are looked through; the rest is cut off, so that no page in a message holds the log up."""

_known: dict[str, None] = {}
_lock = threading.Lock()
_pattern: re.Pattern[str] | None = None

_NAMES = (
    r"(?:[a-z0-9]{1,20}[_-]){0,3}(?:pass(?:word|wd|phrase|code)|pwd|secret|token|api[_-]?key|apikey|access[_-]?key|private[_-]?key|"
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
            rf"(?<![a-z0-9])((?:{_NAMES})['\"]?\s{{0,3}}[:=：]\s{{0,3}})"
            rf"(?:b?'[^'\r\n]{{1,2000}}'|b?\"[^\"\r\n]{{1,2000}}\"|(?!\*\*\*)[^\s'\",;&)}}\]]{{1,2000}})",
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
    """Return a secret as it stands, as an address writes it, in base64, as ``repr`` and JSON escape it, and its longer lines."""
    text = secret.strip()
    found = [text, quote(text, safe=""), quote(text), quote_plus(text), base64.b64encode(text.encode()).decode(), repr(text)[1:-1]]
    found += [text.encode("ascii", "backslashreplace").decode(), *(line.strip() for line in text.splitlines())]
    return list(dict.fromkeys(found))


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

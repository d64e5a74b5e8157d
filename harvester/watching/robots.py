"""Group robots of 企业微信, 钉钉 and 飞书: their messages, signatures and answers. A failure is told with status 200 in all three.

Sources, and how sure each rule is: ``docs/watches.md``. A robot knows no identifier of a message, so one whose answer is lost comes again.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from harvester.config import user_agent
from harvester.messages import _
from harvester.watching.channels import HttpChannel
from harvester.watching.digest import Digest, Group, count_left
from harvester.watching.failing import DeliveryFailed
from harvester.watching.posting import post

Json = dict[str, Any]

CONTENT_TYPE = "application/json; charset=utf-8"
WECOM_BYTES = 4096
DINGTALK_BYTES = 18_000
FEISHU_BYTES = 18_000
"""Bytes of a message: of 企业微信 the content of a markdown message; the other two take 20,000 for the whole body."""
LONGEST_LINE = 600
"""Bytes of a line before and after the changes: six of them leave room in the smallest message."""
MINUTE = 60.0
PER_MINUTE = 18
"""Messages a minute to one robot, two fewer than 企业微信 and 钉钉 take: their minute need not begin with ours."""
DINGTALK_WAIT = 600.0
"""Seconds for which 钉钉 takes nothing from a robot that was too quick."""
TOO_QUICK = {45009: 60.0, 130101: DINGTALK_WAIT, 410100: DINGTALK_WAIT, 11232: 60.0, 99991400: 60.0}
"""Codes of an answer that say "too many", and seconds to wait then: of 企业微信, 钉钉, 飞书."""
TOO_QUICK_WORDS = ("too fast", "freq", "limit")
_STRUCTURE = str.maketrans("<>[]*`#_~|@", "＜＞［］＊｀＃＿～｜＠")
"""Characters that markdown or a robot reads as more than text, and what stands for them: no dialect has one way to escape them all."""


def send(channel: HttpChannel, digest: Digest, now: Callable[[], float] = time.time) -> str:
    """Post a message to a robot; return what was not as it should be, nothing. Raises ``DeliveryFailed``."""
    url, body = _MAKERS[channel.kind](channel, digest, now())
    headers = {"content-type": CONTENT_TYPE, "user-agent": user_agent("")}
    answer = post(url, _json(body), headers, timeout=channel.timeout, ca_file=channel.ca_file)
    check(answer.body)
    return ""


def check(answer: bytes) -> None:
    """Raise ``DeliveryFailed`` unless an answer says that the message was taken; its words may quote the message and are not told."""
    try:
        told = json.loads(answer)
    except (ValueError, RecursionError):
        told = None
    codes = [told[name] for name in ("errcode", "code", "StatusCode") if name in told] if isinstance(told, dict) else []
    if not codes or any(isinstance(code, bool) or not isinstance(code, int) for code in codes):
        raise DeliveryFailed("the robot's answer is not one of its kind: look whether the address is a robot's.")
    code = next((code for code in codes if code), 0)
    if not code:
        return
    words = str(told.get("errmsg") or told.get("msg") or "").lower()
    busy = code in TOO_QUICK or any(word in words for word in TOO_QUICK_WORDS)
    wait = TOO_QUICK.get(code, DINGTALK_WAIT) if busy else 0.0
    raise DeliveryFailed(f"the robot refused the message (code {code}): {_meaning(code)}.", retry_after=wait, busy=busy)


_MEANINGS = {
    93000: "its address is not valid any more",
    40058: "the message is not one of its kind",
    300001: "its address is not valid any more",
    400101: "its address is not valid any more",
    310000: "signature, keyword or address list do not fit; look at secret_env and keyword of the channel",
    19021: "the signature does not fit; look at secret_env of the channel and at this machine's clock",
    19022: "this machine is not in the robot's address list",
    19024: "its keyword is missing; set keyword of the channel",
    9499: "the message is not one of its kind",
}


def _meaning(code: int) -> str:
    if code in TOO_QUICK:
        return "too many messages; it will be tried again later"
    return _MEANINGS.get(code, "look the code up in the robot's documentation")


class Pace:
    """How many messages went to each channel within the last minute, for as long as a process sends."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._sent: dict[str, deque[float]] = defaultdict(deque)

    def note(self, name: str) -> None:
        """Count a message that is about to go to a channel."""
        self._sent[name].append(self._clock())

    def allows(self, name: str) -> bool:
        """Tell whether a robot takes one more message now."""
        sent = self._sent[name]
        while sent and sent[0] <= self._clock() - MINUTE:
            sent.popleft()
        return len(sent) < PER_MINUTE


# --- messages --------------------------------------------------------------------------------------------------------------


def wecom(channel: HttpChannel, digest: Digest, _now: float) -> tuple[str, Json]:
    """Return address and body of a 企业微信 message: markdown of at most 4,096 bytes."""
    return channel.url, {"msgtype": "markdown", "markdown": {"content": markdown(digest, WECOM_BYTES)}}


def dingtalk(channel: HttpChannel, digest: Digest, now: float) -> tuple[str, Json]:
    """Return address and body of a 钉钉 message: markdown, signed in the address, milliseconds."""
    title = plain(digest.head)
    text = markdown(digest, DINGTALK_BYTES - 600)
    body = {"msgtype": "markdown", "markdown": {"title": title, "text": _with_keyword(text, channel.keyword)}, "at": {"isAtAll": False}}
    if not channel.secrets:
        return channel.url, body
    moment, secret = round(now * 1000), channel.secrets[0]
    sign = base64.b64encode(hmac.digest(secret, f"{moment}\n".encode() + secret, hashlib.sha256)).decode()
    return f"{channel.url}{'&' if urlsplit(channel.url).query else '?'}{urlencode({'timestamp': moment, 'sign': sign})}", body


def feishu(channel: HttpChannel, digest: Digest, now: float) -> tuple[str, Json]:
    """Return address and body of a 飞书 message: a post, signed in the body, seconds; the secret is part of the key, the message empty."""
    language = "zh_cn" if digest.language == "zh" else "en_us"
    post_body = {language: {"title": _with_keyword(digest.head, channel.keyword), "content": paragraphs(digest, FEISHU_BYTES)}}
    body: Json = {"msg_type": "post", "content": {"post": post_body}}
    if not channel.secrets:
        return channel.url, body
    moment = str(int(now))
    sign = base64.b64encode(hmac.digest(f"{moment}\n".encode() + channel.secrets[0], b"", hashlib.sha256)).decode()
    return channel.url, {"timestamp": moment, "sign": sign} | body


_MAKERS: dict[str, Callable[[HttpChannel, Digest, float], tuple[str, Json]]] = {"wecom": wecom, "dingtalk": dingtalk, "feishu": feishu}


def markdown(digest: Digest, most: int) -> str:
    """Return the message as the markdown that 企业微信 and 钉钉 share, in at most ``most`` bytes; what is left out is counted."""
    top = [f"### {clip(plain(digest.head))}", *(clip(plain(line)) for line in digest.lead)]
    foot = [f"> {clip(plain(line))}" for line in digest.foot]
    groups, left = fitting(digest, most - _size([*top, *foot]), _marked)
    return "\n\n".join([*top, *map(_marked, groups), *left, *foot])


def _marked(group: Group) -> str:
    title = plain(group.title)
    heading = f"[{title or group.url}]({safe_link(group.url)})" if group.url else f"**{title}**" if title else ""
    return "\n".join([*([heading] if heading else []), *(f"- {plain(line)}" for line in group.lines)])


def paragraphs(digest: Digest, most: int) -> list[list[Json]]:
    """Return the message as lines of a 飞书 post, whose text is never read as markup, in at most ``most`` bytes of JSON."""
    top, foot = ([[_text(clip(line))] for line in lines] for lines in (digest.lead, digest.foot))
    groups, left = fitting(digest, most - len(_json([*top, *foot])), lambda group: _json(_pieces(group)).decode())
    return [*top, *(line for group in groups for line in _pieces(group)), *([_text(line)] for line in left), *foot]


def _pieces(group: Group) -> list[list[Json]]:
    title = group.title or group.url
    heading = {"tag": "a", "text": title, "href": safe_link(group.url)} if group.url else _text(title)
    return [*([[heading]] if title else []), *([_text(line)] for line in group.lines)]


def _text(line: str) -> Json:
    return {"tag": "text", "text": line}


def fitting(digest: Digest, room: int, write: Callable[[Group], str]) -> tuple[list[Group], list[str]]:
    """Return as many changes as ``room`` bytes hold when they are written so, and the line on what is left out, if anything is."""
    room -= _size([_("and {n} more", digest.language)]) + 40  # the number, and what JSON puts around a line
    chosen: list[Group] = []
    for group in digest.groups:
        count = _fitting_lines(group, room, write)
        if count:
            chosen.append(replace(group, lines=group.lines[:count]))
            room -= _size([write(chosen[-1])])
        if count < len(group.lines):
            break
    left = count_left(digest, sum(group.told for group in chosen))
    return chosen, [left] if left else []


def _fitting_lines(group: Group, room: int, write: Callable[[Group], str]) -> int:
    """Return how many lines of a group ``room`` bytes hold."""
    if group.whole:
        return len(group.lines) if _size([write(group)]) <= room else 0
    count = 0
    while count < len(group.lines) and _size([write(replace(group, lines=group.lines[: count + 1]))]) <= room:
        count += 1
    return count


def _size(blocks: Iterable[str]) -> int:
    return sum(len(block.encode()) + 2 for block in blocks)


def _with_keyword(text: str, keyword: str) -> str:
    return text if keyword in text else f"{text} {keyword}"


def plain(text: str) -> str:
    """Return text that no dialect of markdown reads as markup, a mention or a link."""
    return text.translate(_STRUCTURE)


def safe_link(url: str) -> str:
    """Return an address that stays within the brackets of a link."""
    return quote(url, safe="/:?#&=%+,;~.-_!$'*@")


def clip(text: str, most: int = LONGEST_LINE) -> str:
    """Return text cut to ``most`` bytes of UTF-8."""
    data = text.encode()
    return text if len(data) <= most else data[: most - 3].decode(errors="ignore") + "…"


def _json(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()

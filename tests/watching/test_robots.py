"""Group robots: each format is taken by a server that checks it as strictly as the real one, and its refusals are known as such."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.watching import robots
from harvester.watching.channels import HttpChannel, channel
from harvester.watching.digest import Digest, Group
from harvester.watching.failing import DeliveryFailed
from tests.watching import servers
from tests.watching.servers import Got, Receiver, serving

SECRET = "SEC0123456789abcdef"
PATHS = {
    "wecom": "/cgi-bin/webhook/send?key=0f3a-test",
    "dingtalk": "/robot/send?access_token=tok-test",
    "feishu": "/open-apis/bot/v2/hook/t",
}
LIMITS = {"wecom": 4096, "dingtalk": 20_000, "feishu": 20 * 1024}


def digest(groups: tuple[Group, ...], more: int = 0, lang: str = "zh", **rest: Any) -> Digest:
    plain = {"lead": ("2026-11-20发现：变更任务 2 项",), "foot": ("您收到此消息，是因为……", "如不再接收……"), "head": "重点任务：2 项变更"}
    return Digest(id="x", topic="重点任务", language=lang, created_at=datetime.now(UTC), groups=groups, more=more, **plain | rest)


SMALL = digest(
    (Group("江口市2025年信用建设要点", "https://example.org/(a)?x=1", ("第1项：完成时间由 2025年6月 改为 2025年12月", "第2项：新增")),)
)
LARGE = digest(
    tuple(Group(f"第{n}号方案", f"https://example.org/{n}", ("第1项：" + "牵头单位由甲局改为乙局；" * 6,) * 5) for n in range(12)), 40
)


def robot(kind: str, url: str, secret: str = SECRET, **more: str) -> HttpChannel:
    table: dict[str, Any] = {"kind": kind, "url_env": "URL", "timeout": 3} | more
    if kind != "wecom":
        table["secret_env"] = "SECRET"
    base = url.removesuffix("/hook")
    found = channel("group", {"group": table}, {"URL": base + PATHS[kind], "SECRET": secret})
    assert isinstance(found, HttpChannel)
    return found


def answers(kind: str, keyword: str = "") -> Callable[[Got], tuple[int, bytes]]:
    return {"wecom": servers.wecom, "dingtalk": servers.dingtalk(SECRET), "feishu": servers.feishu(SECRET, keyword)}[kind]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("kind", PATHS)
def test_a_message_is_taken_and_says_what_it_leaves_out(kind: str, size: Digest, lang: str) -> None:
    told = replace(size, language=lang)
    with serving(Receiver(answer=answers(kind))) as receiver:
        robots.send(robot(kind, receiver.url), told)
    (got,) = receiver.got
    text = got.body.decode()
    assert len(got.body) <= LIMITS[kind] + 200
    assert "https://example.org/" in text
    assert "如不再接收" in text
    shown = text.count("第1项")
    if size is LARGE:
        lines = text.count("牵头单位由甲局改为乙局；" * 6)
        assert lines > 0
        assert (f"另有 {100 - lines} 项未列出" if lang == "zh" else f"and {100 - lines} more") in text
    else:
        assert shown == 1
        assert ("未列出" in text, " more" in text) == (False, False)


@pytest.mark.parametrize("kind", ["dingtalk", "feishu"])
def test_a_wrong_secret_and_a_clock_far_off_are_refused_and_told(kind: str) -> None:
    with serving(Receiver(answer=answers(kind))) as receiver:
        for send in (
            lambda: robots.send(robot(kind, receiver.url, secret="another"), SMALL),
            lambda: robots.send(robot(kind, receiver.url), SMALL, now=lambda: time.time() - 7200),
        ):
            with pytest.raises(DeliveryFailed, match=r"code (310000|19021)") as caught:
                send()
            assert not caught.value.busy


def test_an_address_that_is_no_robot_s_is_refused_without_telling_it() -> None:
    with serving(Receiver(answer=servers.wecom)) as receiver:
        wrong = replace(robot("wecom", receiver.url), url=receiver.url + "?key=0f3a-test")
        with pytest.raises(DeliveryFailed, match="code 93000") as caught:
            robots.send(wrong, SMALL)
    assert "0f3a" not in str(caught.value)


def test_a_keyword_that_the_robot_wants_is_in_the_message() -> None:
    with serving(Receiver(answer=answers("feishu", "信用变更"))) as receiver:
        with pytest.raises(DeliveryFailed, match="19024"):
            robots.send(robot("feishu", receiver.url), SMALL)
        robots.send(robot("feishu", receiver.url, keyword="信用变更"), SMALL)


@pytest.mark.parametrize(
    ("answer", "busy"),
    [
        ({"errcode": 45009, "errmsg": "api freq out of limit"}, True),
        ({"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"}, True),
        ({"code": 11232, "msg": "frequency limited psm"}, True),
        ({"errcode": 310000, "errmsg": "keywords not in content"}, False),
        ({"StatusCode": 0, "code": 9499, "msg": "Bad Request"}, False),
    ],
)
def test_a_refusal_with_status_200_is_a_failure(answer: dict[str, Any], busy: bool) -> None:
    with pytest.raises(DeliveryFailed) as caught:
        robots.check(json.dumps(answer).encode())
    assert caught.value.busy is busy
    assert (caught.value.retry_after > 0) is busy


@pytest.mark.parametrize("answer", [{"errcode": 0, "errmsg": "ok"}, {"code": 0, "msg": "success", "StatusCode": 0}, {"StatusCode": 0}])
def test_an_answer_of_0_is_success(answer: dict[str, Any]) -> None:
    robots.check(json.dumps(answer).encode())


CODES = st.sampled_from([0, 1, -1, 310000, "0", None, True, False, [], {}, 0.0])
ANSWERS = st.dictionaries(st.sampled_from(["errcode", "code", "StatusCode", "errmsg", "x"]), CODES)


@given(ANSWERS.map(lambda told: json.dumps(told).encode()) | st.binary())
def test_property_only_a_code_of_0_is_taken_for_success(answer: bytes) -> None:
    try:
        robots.check(answer)
    except DeliveryFailed:
        return
    told = json.loads(answer)
    codes = [told[name] for name in ("errcode", "code", "StatusCode") if name in told]
    assert codes and all(code == 0 and not isinstance(code, bool) for code in codes)


LINE = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=300)
GROUPS = st.lists(
    st.builds(Group, LINE, st.just("") | st.just("https://example.org/x)[y](z"), st.lists(LINE, max_size=9).map(tuple)), max_size=9
)


@given(GROUPS.map(tuple), st.integers(0, 9), LINE, LINE)
def test_property_no_message_is_too_long_and_no_change_is_left_out_in_silence(
    groups: tuple[Group, ...], more: int, lead: str, foot: str
) -> None:
    made = digest(groups, more, head=("头" + lead)[:80], lead=(lead * 3, lead, lead), foot=(foot * 3, foot))
    for kind in PATHS:
        _, body = robots._MAKERS[kind](robot(kind, "http://127.0.0.1:9/hook"), made, 0)
        assert len(json.dumps(body, ensure_ascii=False).encode()) <= LIMITS[kind] + (200 if kind == "wecom" else 0)
    assert len(robots.markdown(made, 4096).encode()) <= 4096


@given(LINE)
def test_property_a_title_is_no_markup_no_mention_and_no_link(text: str) -> None:
    assert not set(robots.plain(text)) & set("<>[]*`#_~|@")
    assert len(robots.plain(text)) == len(text)


def test_what_a_site_wrote_mentions_nobody_and_links_nowhere() -> None:
    hostile = "[点此](https://evil.example) <@all> <at id=all></at> **粗** # 一"
    made = digest((Group(hostile, "https://example.org/a)[b](https://evil.example)", (hostile,)),))
    told = robots.markdown(made, 4096)
    assert ("](https://evil" in told, "<@" in told, "**粗**" in told) == (False, False, False)
    pieces = [piece for line in robots.paragraphs(made, 18_000) for piece in line]
    assert {piece["tag"] for piece in pieces} == {"text", "a"}
    assert [piece["href"] for piece in pieces if piece["tag"] == "a"] == ["https://example.org/a%29%5Bb%5D%28https://evil.example%29"]


@given(st.lists(st.floats(0, 30), max_size=120))
def test_property_no_minute_has_more_messages_than_a_robot_takes(steps: list[float]) -> None:
    moments = [0.0]
    pace, sent = robots.Pace(lambda: moments[0]), []
    for step in steps:
        moments[0] += step
        if pace.allows("group"):
            pace.note("group")
            sent.append(moments[0])
    for moment in sent:
        assert sum(moment <= other < moment + robots.MINUTE for other in sent) <= robots.PER_MINUTE
    assert len(sent) >= min(len(steps), robots.PER_MINUTE)

"""A log line is text or one JSON object; no secret and nothing of a person comes out of it, wherever it stands."""

from __future__ import annotations

import base64
import html
import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from w3lib.url import safe_url_string

from harvester import log_masking, redacting
from harvester.config import Config
from harvester.observing import logs
from harvester.observing.logs import FIELDS, JsonLines, TextLines, bound
from harvester.redacting import HIDDEN, redact, remember
from tests.observing.test_run_log import ROOT


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Leave the log of the test's own process as it was."""
    root, factory = logging.getLogger(), logging.getLogRecordFactory()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:], root.level = handlers, level
    logging.setLogRecordFactory(factory)
    logs._process.clear()
    logs._crawls.clear()


def written(form: str, message: str, *args: Any, error: BaseException | None = None, **extra: Any) -> str:
    """Return what a handler writes of one call of the log."""
    log_masking.install()
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    logger = logging.Logger("harvester.test")
    logger.addHandler(handler)
    logger.error(message, *args, exc_info=error, extra=extra or None)
    return out.getvalue()


SECRET_TEXT = st.text(st.characters(codec="ascii", categories=("L", "N"), include_characters="-_.~+/="), min_size=8, max_size=60)
PLACES = (
    "postgresql+psycopg://harvester:{}@db.example.org/credit", "https://oapi.dingtalk.com/robot/send?access_token={}",
    "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={}", "https://open.feishu.cn/open-apis/bot/v2/hook/{}",
    "Authorization: Bearer {}", "{{'Authorization': ['Basic {}']}}", "headers={{b'Cookie': b'__Host-session={}'}}", "password={}",
    "{{\"password\": \"{}\"}}", "token: {}", "client_secret='{}'", "口令：{}", "Set-Cookie: __Host-session={}; HttpOnly", "https://hc-ping.com/{}/fail",
    "GET /calendar/all.ics?key={} HTTP/1.1", "chk_{}", "whsec_{}", "session_id={}",
)  # fmt: skip
TAME = st.text(st.characters(codec="ascii", categories=("Lu", "Ll", "Nd")), min_size=10, max_size=40)


@pytest.mark.parametrize("form", ["json", "text"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(secret=TAME, place=st.sampled_from(PLACES), before=st.sampled_from(["", "cannot send: ", "采集失败 "]))
def test_property_a_secret_that_was_never_read_here_is_known_by_its_place(form: str, secret: str, place: str, before: str) -> None:
    assume(secret not in place)  # it is a word of its own there: postgresql, for one
    text = before + place.format(secret)
    for line in (
        written(form, text),
        written(form, "%s of %d", text, 3),
        written(form, "tripped", error=ValueError(text)),
        written(form, "with a field", site=text),
    ):
        assert secret not in line


@pytest.mark.parametrize("form", ["json", "text"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(secret=SECRET_TEXT, around=st.text(max_size=30), data=st.data())
def test_property_a_secret_of_the_settings_comes_out_in_no_form_and_from_no_place(
    form: str, secret: str, around: str, data: st.DataObject
) -> None:
    remember(secret)
    try:
        shape = data.draw(st.sampled_from(["{}", "{0!r}", "x{}y", "https://h/{}/z", "{{'k': ('{}',)}}", "line\n{}"]))
        for told in {secret, quote(secret, safe=""), quote(secret), base64.b64encode(secret.encode()).decode()}:
            text = around.replace("%", "") + shape.format(told)
            lines = [
                written(form, text),
                written(form, "%s", text),
                written(form, "x", error=RuntimeError(text)),
                written(form, "x", run=text),
            ]
            assert [line for line in lines if told in line.replace("\\n", "\n").replace("\\\\", "\\")] == []
    finally:
        redacting._known.clear()
        redacting._pattern = None


TRAVELLING: tuple[Callable[[str], str], ...] = (
    repr, ascii, json.dumps, lambda told: json.dumps(told, ensure_ascii=False), lambda told: json.dumps(json.dumps({"a": told})),
    lambda told: repr([repr(told)]), lambda told: repr(told.encode()), quote, lambda told: quote(told, safe="!*'()"), safe_url_string,
    lambda told: re.sub("%..", lambda found: found[0].lower(), quote(told, safe="")), lambda told: quote(quote(told, safe=""), safe=""),
    html.escape, lambda told: html.escape(html.escape(told)), lambda told: told.encode().hex(), lambda told: told.encode().hex().upper(),
    *(lambda told, before=before: base64.b64encode(f"{before}:{told}".encode()).decode() for before in ("", "a", "ab")),
    *(lambda told, before=before: base64.urlsafe_b64encode(f"{before}{told}".encode()).decode() for before in ("", "a", "ab")),
)  # fmt: skip
"""How libraries print what they are given."""


@pytest.mark.parametrize("secret", ["p@ss\"wo'rd\\9", "口令<&>字符 x/y?z", "Zm9vYmFy+/==~~", "line one of it\nline two of it"])
def test_a_secret_is_taken_out_however_it_was_escaped(secret: str) -> None:
    remember(secret)
    try:
        for way in TRAVELLING:
            told = redact(f"sent {way(secret)} to")
            assert HIDDEN in told, way(secret)
            assert len(told) < len(f"sent {HIDDEN} to") + 24, told  # what is left is not of the secret: quotes, a user's name
    finally:
        redacting._known.clear()
        redacting._pattern = None


@pytest.mark.parametrize(
    "told",
    [
        '{"m": "{\\"password\\": \\"hunter2\\"}"}', "{'password': 'a\\'hunter2'}", '{"password": "a\\"hunter2"}', "PGPASSWORD=hunter2 psql",
        "dbpassword=hunter2;x",
    ],
)  # fmt: skip
def test_what_calls_itself_a_password_is_taken_out_to_its_end(told: str) -> None:
    assert "hunter2" not in redact(told)


def test_a_json_line_is_one_object_with_the_documented_fields_and_nothing_else() -> None:
    with bound(site="shanghai", run="r1", due_run=7):
        line = written("json", "第一行\n第二行 %s", "ok", error=KeyError("x"), spider=None, strange="not told", worker="w1")
    (row,) = [json.loads(text) for text in line.splitlines()]
    assert list(row) == [name for name in FIELDS if name in row]
    assert (row["site"], row["run"], row["due_run"], row["worker"], row["level"]) == ("shanghai", "r1", "7", "w1", "error")
    assert row["event"] == "第一行\n第二行 ok"
    assert row["exception"].endswith("builtins.KeyError")
    assert "strange" not in row
    assert row["time"].endswith("Z")
    assert len(row["time"]) == len("2026-11-02T00:30:00.000Z")


def test_a_text_line_names_site_and_run_and_a_site_cannot_forge_a_line_of_its_own() -> None:
    with bound(site="shanghai", run="r1"):
        line = written("text", "odd\n2026-01-01T00:00:00Z CRITICAL forged \x1b[31m")
    assert "[shanghai r1]" in line
    assert len(line.splitlines()) == 1
    assert "\x1b" not in line


@pytest.mark.parametrize("form", ["json", "text"])
def test_what_names_a_person_is_masked_in_both_forms(form: str) -> None:
    line = written(form, "联系电话 %s", "13812345678")
    assert "13812345678" not in line


def test_lines_of_scrapy_carry_the_run_of_their_spider_and_of_several_each_its_own() -> None:
    from scrapy import Spider

    first, second = Spider("a"), Spider("b")
    logs.crawl_began("a", site="anhui", run="r-a")
    assert json.loads(written("json", "x"))["run"] == "r-a", "the only one of the process"
    logs.crawl_began("b", site="shanghai", run="r-b")
    assert [json.loads(written("json", "x", spider=each))["run"] for each in (first, second)] == ["r-a", "r-b"]
    assert "run" not in json.loads(written("json", "x"))
    logs.crawl_ended("b")
    assert json.loads(written("json", "x"))["site"] == "anhui"


def test_the_settings_choose_form_and_level_and_the_password_of_the_database_is_remembered(capsys: pytest.CaptureFixture[str]) -> None:
    config = Config(store="postgresql+psycopg://u:Zk8-geheim-wort@db/x", log_format="json", log_level="INFO")
    logs.configure(config, worker="w7")
    logs.configure(config, worker="w7")
    logging.getLogger("harvester.x").info("connecting with Zk8-geheim-wort")
    logging.getLogger().setLevel(logging.NOTSET)  # as Scrapy does
    logging.getLogger("harvester.x").debug("not told")
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["event"] == f"connecting with {HIDDEN}"
    assert json.loads(line)["worker"] == "w7"
    assert "host" in json.loads(line)


def test_a_field_that_no_line_has_cannot_be_bound() -> None:
    with pytest.raises(ValueError, match="no field person"), bound(person="x"):
        pass


@pytest.mark.parametrize(
    "text",
    [
        "Crawled (200) <GET http://credit.sh.gov.cn/a/b.html?id=1&page=2>",
        "keyword=信用",
        "session closed normally",
        "the key is missing",
        "",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact(text) == text


def test_a_line_of_megabytes_is_cut_and_costs_no_seconds() -> None:
    import time

    began = time.perf_counter()
    for text in ("a" * 5_000_000, "token" * 100_000, "://" * 200_000, "password='" * 50_000):
        assert len(redact(text)) <= redacting.LONGEST_LINE + 1
    assert time.perf_counter() - began < 5


def test_every_field_is_documented() -> None:
    page = (ROOT / "docs" / "observing.md").read_text("utf-8")
    assert [name for name in FIELDS if f"`{name}`" not in page] == []


def test_scrapy_makes_no_lines_below_the_level_of_a_crawl() -> None:
    scrapy, engine = logging.getLogger("scrapy"), logging.getLogger("scrapy.core.engine")
    before = scrapy.level
    try:
        logs.level_of_scrapy("DEBUG")
        assert engine.isEnabledFor(logging.DEBUG)
        logs.level_of_scrapy("ERROR")
        assert not engine.isEnabledFor(logging.INFO)
        assert engine.isEnabledFor(logging.ERROR)
    finally:
        scrapy.setLevel(before)

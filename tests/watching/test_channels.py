"""Channels are read from settings that name secrets; what is wrong is told without a value."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.config import Config
from harvester.errors import WrongCall
from harvester.watching.channels import HttpChannel, MailChannel, channel
from tests.watching.feed import SECRET

ENVIRON = {"KEY": SECRET, "URL": "https://robot.example/send?key=very-secret", "PASSWORD": "very-secret", "TWO": f"{SECRET} {SECRET}x2"}
WEBHOOK = {"kind": "webhook", "url": "https://ledger.example/hook", "secret_env": "KEY"}
MAIL = {"kind": "mail", "host": "mail.example", "from": "a@example.org", "to": ["b@example.org"]}


def read(**table: Any) -> Any:
    return channel("one", {"one": table}, ENVIRON)


def test_a_webhook_is_read_with_its_keys() -> None:
    found = read(**WEBHOOK)
    assert isinstance(found, HttpChannel)
    assert (found.url, found.at, found.timeout) == ("https://ledger.example/hook", time(8, 10), 20.0)
    assert [len(key) for key in found.secrets] == [33]


def test_a_mail_channel_has_the_port_of_its_security() -> None:
    assert [read(**MAIL, security=kind).port for kind in ("tls", "starttls")] == [465, 587]
    assert read(**MAIL | {"host": "127.0.0.1", "security": "plain"}).port == 25
    assert isinstance(read(**MAIL), MailChannel)


def test_secrets_come_from_files_too(tmp_path: Path) -> None:
    (tmp_path / "url").write_text(ENVIRON["URL"] + "\n")
    assert read(kind="wecom", url_file=str(tmp_path / "url")).url == ENVIRON["URL"]


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ({"kind": "pager"}, "kind"),
        ({}, "kind"),
        (WEBHOOK | {"secret": "very-secret"}, "secret"),
        (WEBHOOK | {"url": "http://ledger.example/hook"}, "url"),
        (WEBHOOK | {"url": "https://user:very-secret@ledger.example/"}, "url"),
        (WEBHOOK | {"url": "https://ledger.example/a b"}, "url"),
        (WEBHOOK | {"url": "file:///etc/passwd"}, "url"),
        (WEBHOOK | {"url": "https://[::1"}, "url"),
        (WEBHOOK | {"secret_env": "PASSWORD"}, "secret"),
        (WEBHOOK | {"secret_env": "UNSET"}, "secret_env"),
        (WEBHOOK | {"timeout": "soon"}, "timeout"),
        (WEBHOOK | {"timeout": 0}, "timeout"),
        (WEBHOOK | {"at": "25:00"}, "at"),
        (WEBHOOK | {"ca_file": "/nowhere"}, "ca_file"),
        ({"kind": "wecom", "url": "https://robot.example/send?key=very-secret"}, "url"),
        (MAIL | {"security": "plain"}, "security"),
        (MAIL | {"to": []}, "to"),
        (MAIL | {"to": ["no address"]}, "to"),
        (MAIL | {"from": "a@b\r\nBcc: c@d"}, "from"),
        (MAIL | {"port": 99999}, "port"),
        (MAIL | {"password": "very-secret"}, "password"),
    ],
)
def test_what_cannot_be_a_channel_is_told_by_its_key_and_never_by_its_value(table: dict[str, Any], key: str) -> None:
    with pytest.raises(WrongCall, match=f"The channel one cannot have this {key}:.*see docs/watches.md") as caught:
        read(**table)
    assert "very-secret" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("table", "what", "key"),
    [
        (WEBHOOK | {"secret_env": ""}, "secret", "secret"),
        ({"kind": "webhook", "url": "https://ledger.example/hook"}, "secret", "secret"),
        ({"kind": "wecom"}, "address", "url"),
        (MAIL | {"user": "x"}, "password", "password"),
    ],
)
def test_a_secret_that_nothing_names_is_told_as_missing_with_where_to_put_it(table: dict[str, Any], what: str, key: str) -> None:
    with pytest.raises(WrongCall, match=rf"The channel one has no {what}, .* {key}_file or {key}_env in \[channels.one\]"):
        read(**table)


def test_a_file_without_its_secret_is_told_as_empty(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("\n")
    with pytest.raises(WrongCall, match="cannot have this secret_file: what it names is empty"):
        read(kind="webhook", url="https://ledger.example/hook", secret_file=str(tmp_path / "key"))


def test_a_channel_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(WrongCall, match=r"no channel other \(there is: one\)"):
        channel("other", {"one": WEBHOOK}, ENVIRON)


def test_a_channel_s_picture_shows_no_secret() -> None:
    robot = read(kind="dingtalk", url_env="URL", secret_env="PASSWORD")
    mailing = read(**MAIL, user="x", password_env="PASSWORD")
    assert robot.secrets and mailing.password
    assert "secret" not in repr(robot).replace("secrets", "") + repr(mailing)


def test_settings_that_are_no_tables_are_refused_without_their_value(tmp_path: Path) -> None:
    (tmp_path / "h.toml").write_text('channels = "very-secret"\n')
    with pytest.raises(WrongCall, match="must be a table of tables") as caught:
        Config.load(tmp_path / "h.toml", {})
    assert "very-secret" not in str(caught.value)
    (tmp_path / "h.toml").write_text('[channels.a]\nkind = "mail"\npassword = "very-secret"\n')
    found = Config.load(tmp_path / "h.toml", {})
    assert (list(found.channels), "very-secret" in repr(found)) == (["a"], False)
    assert Config.load(tmp_path / "h.toml", {"HARVESTER_CHANNELS": '{"b": {"kind": "mail"}}'}).channels == {"b": {"kind": "mail"}}


KEYS = st.sampled_from(["kind", "url", "host", "to", "at", "timeout", "secret_env", "from", "security"])
WORDS = st.text(max_size=20) | st.sampled_from(["webhook", "mail", "wecom", "https://example.org/", "KEY", "a@example.org", "tls"])
VALUES = WORDS | st.integers() | st.none() | st.lists(WORDS, max_size=2)


@given(st.dictionaries(KEYS, VALUES))
def test_property_any_table_is_a_channel_or_a_wrong_call(table: dict[str, Any]) -> None:
    try:
        found = channel("one", {"one": table}, ENVIRON)
    except WrongCall as error:
        assert str(error).endswith("see docs/watches.md.")
    else:
        assert found.name == "one"

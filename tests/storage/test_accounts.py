"""Accounts, sessions and keys in a real store: who is let in, what ends what, and that an operator always remains."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from storage import accounts, sessions
from storage.accounts import AccountRefused, UnknownAccount, account_name
from storage.dump import dump
from storage.errors import RefusedQuestion
from storage.plain_sql import ask
from storage.room_schema import api_keys
from storage.room_schema import sessions as sessions_table
from storage.store import Store

AT = datetime(2026, 5, 4, 8, tzinfo=UTC)
DAY = timedelta(days=1)
HASH = "$argon2id$not$a$real$one"


def make(store: Store, name: str, role: str = "operator") -> None:
    accounts.add(store, name, role, HASH, "test", AT)


def test_an_account_is_found_by_any_spelling_of_its_name(store: Store) -> None:
    make(store, "Li.Hua", "reader")
    for spelling in ("li.hua", " LI.HUA ", "ｌｉ.ｈｕａ"):
        assert accounts.named(store, spelling).name == "li.hua"
        with pytest.raises(AccountRefused, match="choose another name"):
            make(store, spelling)
    assert accounts.with_password(store, "li.hua")[1] == HASH
    assert accounts.with_password(store, "nobody") == accounts.with_password(store, "\0") == (None, "")
    assert HASH not in repr(accounts.named(store, "li.hua"))
    with pytest.raises(UnknownAccount, match="harvester accounts list"):
        accounts.named(store, "nobody")


@given(st.text(max_size=80))
def test_a_property_a_name_is_kept_in_one_spelling_or_refused(text: str) -> None:
    try:
        kept = account_name(text)
    except AccountRefused:
        return
    assert account_name(kept) == kept
    assert 0 < len(kept) <= accounts.MOST_LETTERS
    assert kept.isprintable()
    assert not set(kept) & set("<>/\\\"' \u202e\u200b")


@pytest.mark.parametrize("name", ["", " ", "a b", "<b>", "a\u202eb", "x" * 65, "a/b", "\ud800", "a\nb"])
def test_a_name_that_would_deceive_is_refused(name: str) -> None:
    with pytest.raises(AccountRefused):
        account_name(name)


@pytest.mark.parametrize("leave", ["remove", "role"])
def test_of_two_operators_who_leave_at_the_same_moment_one_stays(store: Store, leave: str) -> None:
    make(store, "a")
    make(store, "b")

    def go(name: str) -> bool:
        try:
            accounts.remove(store, name, "test", AT) if leave == "remove" else accounts.set_role(store, name, "reader")
        except AccountRefused:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(go, ("a", "b"))) == [False, True]
    assert accounts.operators(store) == 1


def test_a_removed_account_lets_nobody_in_and_keeps_its_name(store: Store) -> None:
    make(store, "a")
    make(store, "b", "reader")
    secret, key = sessions.begin(store, "b", "", AT, DAY), sessions.make_key(store, "b", "x", "reader", AT, None)
    accounts.remove(store, "b", "a", AT)
    assert sessions.entered(store, secret) is None
    assert sessions.let_in(store, key, AT) is None
    assert accounts.with_password(store, "b") == (None, "")
    assert [account.name for account in accounts.listed(store)] == ["a"]
    with pytest.raises(AccountRefused, match="was removed"):
        make(store, "b")
    for act in (lambda: accounts.set_role(store, "b", "operator"), lambda: accounts.remove(store, "b", "a", AT)):
        with pytest.raises(UnknownAccount):
            act()


def test_who_gave_the_former_password_does_not_come_in_after_the_change(store: Store) -> None:
    make(store, "a")
    before = accounts.named(store, "a").serial
    accounts.set_password(store, "a", "another hash", AT, provisional=True)
    for act in (
        lambda: sessions.begin(store, "a", "", AT, DAY, before),
        lambda: sessions.make_key(store, "a", "x", "reader", AT, None, before),
    ):
        with pytest.raises(AccountRefused, match="changed meanwhile"):
            act()
    assert sessions.of(store, "a") == []
    assert sessions.begin(store, "a", "", AT, DAY, accounts.named(store, "a").serial)


def test_what_is_kept_of_a_secret_does_not_let_in(store: Store) -> None:
    make(store, "a")
    secret, key = sessions.begin(store, "a", "browser", AT, DAY), sessions.make_key(store, "a", "x", "operator", AT, AT + DAY)
    with store.reading() as connection:
        kept = connection.execute(select(sessions_table.c.id)).scalar_one(), connection.execute(select(api_keys.c.secret)).scalar_one()
    assert sessions.entered(store, secret) is not None
    assert sessions.entered(store, kept[0]) is None
    assert sessions.let_in(store, f"{key[: key.rindex('_')]}_{kept[1]}", AT) is None
    found = sessions.let_in(store, key, AT)
    assert (found.name, found.role) == ("a", "operator")
    assert sessions.let_in(store, key, AT + DAY) is None
    assert secret not in str(kept)


@given(st.text(max_size=120))
def test_a_property_a_key_that_was_not_made_here_opens_nothing(text: str) -> None:
    class Unread:
        def reading(self) -> None:
            raise AssertionError("asked the store for what cannot be a key")

    if not (text.startswith(sessions.PREFIX) and text.count("_") > 1):
        assert sessions.let_in(Unread(), text, AT) is None  # type: ignore[arg-type]


def test_a_new_password_ends_sessions_and_a_provisional_one_the_keys_too(store: Store) -> None:
    make(store, "a")
    secret, key = sessions.begin(store, "a", "", AT, DAY), sessions.make_key(store, "a", "x", "reader", AT, None)
    accounts.set_password(store, "a", HASH + "1", AT)
    assert sessions.entered(store, secret) is None
    assert sessions.let_in(store, key, AT) is not None
    accounts.set_password(store, "a", HASH + "2", AT, provisional=True)
    assert sessions.let_in(store, key, AT) is None
    assert accounts.named(store, "a").serial == 2
    accounts.rehash(store, "a", HASH + "1", "late")
    assert accounts.with_password(store, "a")[1] == HASH + "2", "changed meanwhile: the newer hash of the older password is not kept"


def test_old_sessions_and_the_oldest_of_too_many_are_swept_away(store: Store) -> None:
    make(store, "a")
    make(store, "b")
    sessions.begin(store, "b", "", AT - DAY - DAY, DAY)
    secrets = [sessions.begin(store, "a", "", AT + timedelta(seconds=n), DAY) for n in range(sessions.MOST_SESSIONS + 2)]
    assert sessions.of(store, "b") == []
    assert len(sessions.of(store, "a")) == sessions.MOST_SESSIONS
    assert [sessions.entered(store, secret) is None for secret in secrets[:3]] == [True, True, False]
    assert sessions.end_of(store, "a", but=secrets[-1]) == sessions.MOST_SESSIONS - 1
    with pytest.raises(AccountRefused, match="at most 20 keys"):
        for _ in range(sessions.MOST_KEYS + 1):
            sessions.make_key(store, "a", "x", "reader", AT, None)


def test_no_dump_and_no_question_shows_who_may_come_in(store: Store) -> None:
    make(store, "zhang.wei")
    sessions.begin(store, "zhang.wei", "a browser", AT, DAY)
    assert "zhang.wei" not in "".join(dump(store))
    for table in ("accounts", "sessions", "api_keys"):
        with pytest.raises(RefusedQuestion):
            ask(store, f"SELECT * FROM {table}")  # noqa: S608


def test_coming_and_going_does_not_count_as_news_of_the_store(store: Store) -> None:
    before = store.state().writes
    make(store, "a")
    secret = sessions.begin(store, "a", "", AT, DAY)
    sessions.touch(store, secret, AT)
    accounts.logged_in(store, "a", AT)
    sessions.end(store, secret)
    assert store.state().writes == before

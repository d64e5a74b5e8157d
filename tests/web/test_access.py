"""People come in and leave: logins, sessions, cookies, passwords, keys of programs, addresses of calendars, accounts."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from sqlalchemy import delete, select

from harvester.web.access import doors, forgery, passwords, subscriptions
from harvester.web.access.doorkeeper import Doorkeeper
from harvester.web.access.limits import Limits
from harvester.web.room import RoomSettings
from storage import accounts, audit, sessions
from storage.notice_schema import audit as audit_table
from storage.room_schema import accounts as accounts_table
from storage.room_schema import api_keys
from storage.room_schema import sessions as sessions_table
from storage.store import Store
from tests.web import sample
from tests.web.people import PASSWORD, House, carry, closed, light_passwords, log_in, password_hash, people, token_in  # noqa: F401 -- a fixture

NEW = "seven lamps behind the printing shop"
SESSION = "__Host-session"

pytestmark = pytest.mark.usefixtures("light_passwords")


@pytest.fixture(scope="module")
def building(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with sample.copied(sample_folder, tmp_path_factory.mktemp("access") / "room") as opened:
        yield House(opened)


@pytest.fixture
def house(building: House) -> House:
    """Give a room with an operator and a reader, in which nobody was before."""
    with building.store.writing(told=False) as connection:
        for table in (api_keys, sessions_table, accounts_table, audit_table):
            connection.execute(delete(table))
    people(building.store)
    building.app.state.doorkeeper = Doorkeeper()
    return building


def logged(store: Store, action: str) -> list[dict[str, object]]:
    return audit.entries(store, action=action)


def sent(client: TestClient, address: str, page: str = "/account", **form: str) -> int:
    return client.post(address, data={"token": token_in(client.get(page)), **form}).status_code


# --- login and logout ------------------------------------------------------------------------------------------------------


def test_who_is_not_logged_in_is_led_to_the_form_and_back(house: House) -> None:
    client = house.nobody()
    answer = client.get("/tasks?site=shanghai")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Ftasks%3Fsite%3Dshanghai")
    answer = log_in(client, "rui", there="/tasks?site=shanghai")
    assert (answer.status_code, answer.headers["location"]) == (303, "/tasks?site=shanghai")
    assert client.get("/tasks").status_code == 200
    assert client.get("/login?next=/tasks").headers["location"] == "/tasks"


@pytest.mark.parametrize(
    "there", ["//evil.example/", "/\\evil.example", "https://evil.example/", "javascript:alert(1)", "/\r\nSet-Cookie: a=b", "", "\t//evil"]
)
def test_a_login_leads_nowhere_but_into_this_room(house: House, there: str) -> None:
    assert log_in(house.nobody(), "rui", there=there).headers["location"] == "/"


def test_a_session_s_cookie_is_for_this_host_tls_and_no_script(house: House) -> None:
    client = house.nobody()
    made = next(line for line in log_in(client, "rui").headers.get_list("set-cookie") if line.startswith(SESSION))
    assert {part.strip() for part in made.split(";")[1:]} == {"HttpOnly", "Secure", "SameSite=Lax", "Path=/"}
    secret = client.cookies[SESSION]
    assert len(secret) >= 43
    with house.store.reading() as connection:
        kept = connection.execute(select(sessions_table.c.id)).scalars().all()
    assert kept == [sessions.hashed(secret)]


def test_a_login_takes_the_place_of_whatever_session_was_brought_along(house: House) -> None:
    client = house.nobody()
    carry(client, SESSION, "chosen-by-somebody-else")
    log_in(client, "rui")
    first = client.cookies[SESSION]
    assert first != "chosen-by-somebody-else"
    other = house.nobody()
    carry(other, SESSION, first)
    token = token_in(house.nobody().get("/login"))
    answer = other.post("/login", data={"name": "rui", "password": PASSWORD, "token": token})
    assert answer.status_code == 403, "the token of another browser's form"
    assert sent(other, "/logout") == 303
    assert client.get("/tasks").status_code == 303, "the logout ended it in the store, not only in that browser"


def test_a_name_in_another_spelling_is_the_same_account(house: House) -> None:
    assert log_in(house.nobody(), " RUI ").status_code == 303
    assert log_in(house.nobody(), "ｒｕｉ").status_code == 303


@pytest.mark.parametrize(("name", "password"), [("rui", "wrong"), ("nobody", PASSWORD), ("", ""), ("'; --", "x"), ("a" * 300, "b" * 1900)])
def test_what_is_wrong_is_not_told_and_no_session_begins(house: House, name: str, password: str) -> None:
    client = house.nobody()
    answer = log_in(client, name, password)
    assert answer.status_code == 403
    assert "账号或密码不正确" in answer.text
    assert SESSION not in client.cookies
    entry = logged(house.store, "login failed")[0]
    assert entry["actor"] == ("rui" if name == "rui" else "unknown"), "a name that is nobody's may be a password"
    assert set(entry["what"]) == {"network"}


def test_a_login_leaves_its_trail_without_the_address_of_the_person(house: House) -> None:
    log_in(house.nobody(), "rui")
    entry = logged(house.store, "login")[0]
    assert entry["actor"] == "rui"
    assert entry["what"] == {"network": audit.tag(house.store, "testclient")}
    assert "testclient" not in str(entry)


def test_an_unknown_name_takes_as_long_as_a_wrong_password(house: House) -> None:
    passwords.prepare()
    kept = accounts.with_password(house.store, "rui")[1]

    def seconds(hashed: str) -> float:
        begun = time.process_time()
        assert not passwords.fits("wrong wrong wrong", hashed)
        return time.process_time() - begun

    pairs = [(seconds(kept), seconds("")) for _ in range(15)]
    known, unknown = (statistics.median(one) for one in zip(*pairs, strict=True))
    assert 0.5 < unknown / known < 2


def test_a_hash_of_lesser_parameters_is_made_anew_at_the_login(house: House) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    accounts.rehash(house.store, "rui", password_hash(), weak)
    assert passwords.outgrown(weak)
    assert log_in(house.nobody(), "rui").status_code == 303
    kept = accounts.with_password(house.store, "rui")[1]
    assert kept != weak
    assert not passwords.outgrown(kept)
    assert log_in(house.nobody(), "rui").status_code == 303


# --- sessions --------------------------------------------------------------------------------------------------------------


def test_a_session_ends_when_it_is_idle_and_when_it_is_old(house: House) -> None:
    limits = house.settings.limits
    with time_machine.travel(datetime(2026, 5, 4, 8, tzinfo=UTC), tick=False) as clock:
        client = house.person("rui")
        for _ in range(int(limits.longest / (limits.idle * 0.9))):
            clock.shift(limits.idle * 0.9)
            assert client.get("/account").status_code == 200
            sessions.touch(house.store, client.cookies[SESSION], datetime.now(UTC))
        clock.shift(limits.idle * 0.9)
        assert client.get("/account").status_code == 303, "it was used all the time, and is too old"
        client = house.person("rui")
        clock.shift(limits.idle + timedelta(minutes=1))
        assert client.get("/account").status_code == 303


def test_a_use_is_noted_once_a_minute_and_behind_the_answer(house: House) -> None:
    with time_machine.travel(datetime(2026, 5, 4, 8, tzinfo=UTC), tick=False) as clock, house.person("rui") as client:
        secret = client.cookies[SESSION]
        for seconds, noted in ((30, 0), (40, 70), (30, 70), (60, 160)):
            clock.shift(seconds)
            client.get("/account")
            deadline = time.monotonic() + 5
            while (seen := sessions.entered(house.store, secret)) and time.monotonic() < deadline:
                if (seen.seen_at - seen.created_at).total_seconds() == noted:
                    break
                time.sleep(0.01)
            assert (seen.seen_at - seen.created_at).total_seconds() == noted
            client.get("/preferences")  # a moment after a use that is noted


def test_everybody_sees_and_ends_only_sessions_of_their_own(house: House) -> None:
    mine, elsewhere, olga = house.person("rui"), house.person("rui"), house.person("olga")
    assert mine.get("/account").text.count("a browser") == 2
    foreign = sessions.hashed(olga.cookies[SESSION])
    assert sent(mine, "/account/sessions", session=foreign) == 303
    assert olga.get("/account").status_code == 200
    assert sent(mine, "/account/sessions", session=sessions.hashed(elsewhere.cookies[SESSION])) == 303
    assert elsewhere.get("/account").status_code == 303
    third = house.person("rui")
    assert sent(mine, "/account/sessions", others="1") == 303
    assert (third.get("/account").status_code, mine.get("/account").status_code) == (303, 200)


def test_the_oldest_session_gives_way(house: House) -> None:
    clients = [house.person("rui") for _ in range(sessions.MOST_SESSIONS + 1)]
    assert clients[0].get("/account").status_code == 303
    assert clients[1].get("/account").status_code == 200


# --- passwords -------------------------------------------------------------------------------------------------------------


def test_a_new_password_ends_every_session_and_begins_a_new_one_here(house: House) -> None:
    here, elsewhere = house.person("rui"), house.person("rui")
    before = here.cookies[SESSION]
    assert sent(here, "/account/password", current=PASSWORD, password=NEW, again=NEW) == 303
    assert here.cookies[SESSION] != before
    assert here.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 303
    assert log_in(house.nobody(), "rui").status_code == 403
    assert log_in(house.nobody(), "rui", NEW).status_code == 303
    assert not any(word in str(logged(house.store, "password changed")) for word in (PASSWORD, NEW))


@pytest.mark.parametrize(
    ("current", "new", "again", "said"),
    [
        ("wrong", NEW, NEW, "当前密码不正确"),
        (PASSWORD, NEW, NEW + "x", "两次输入的新密码不一致"),
        (PASSWORD, PASSWORD, PASSWORD, "新密码与当前密码相同"),
        (PASSWORD, "short", "short", "至少 15 个字符"),
        (PASSWORD, "x" * 300, "x" * 300, "最多 256 个字符"),
        (PASSWORD, "passwordpassword1", "passwordpassword1", "容易被猜到"),
        (PASSWORD, "rui2026rui2026rui2026", "rui2026rui2026rui2026", "容易被猜到"),
    ],
)
def test_a_password_that_will_not_do_changes_nothing(house: House, current: str, new: str, again: str, said: str) -> None:
    client = house.person("rui")
    token = token_in(client.get("/account"))
    answer = client.post("/account/password", data={"token": token, "current": current, "password": new, "again": again})
    assert (answer.status_code, said in answer.text) == (422, True)
    assert passwords.fits(PASSWORD, accounts.with_password(house.store, "rui")[1])


def test_a_password_that_somebody_else_knows_opens_nothing_but_its_change(house: House) -> None:
    operator = house.person("olga")
    answer = operator.post("/accounts", data={"token": token_in(operator.get("/accounts")), "name": "Neu", "role": "reader"})
    given = re.search(r"<code>([a-z0-9-]+)</code>", answer.text)
    assert given
    client = house.nobody()
    assert log_in(client, "neu", given.group(1)).status_code == 303
    assert client.get("/tasks").headers["location"] == "/account"
    assert client.get("/api/v1/tasks").status_code == 403
    assert client.post("/account/keys", data={"token": token_in(client.get("/account")), "label": "x"}).status_code == 403
    assert sent(client, "/account/password", current=given.group(1), password=NEW, again=NEW) == 303
    assert client.get("/tasks").status_code == 200


# --- keys of programs and addresses of calendars ------------------------------------------------------------------------------


def test_a_key_is_shown_once_and_kept_as_a_hash(house: House) -> None:
    client = house.person("rui")
    token = token_in(client.get("/account"))
    answer = client.post("/account/keys", data={"token": token, "label": "nightly", "role": "reader", "days": "30"})
    key = re.search(r"chk_[0-9a-f]{12}_[\w-]{43}", answer.text)
    assert key
    assert key.group() not in client.get("/account").text
    with house.store.reading() as connection:
        kept = str(connection.execute(select(api_keys)).all())
    assert key.group().rpartition("_")[2] not in kept
    program = house.nobody()
    program.headers["authorization"] = f"bearer {key.group()}"
    assert program.get("/tasks").status_code == 200
    assert program.get("/account").status_code == 200
    assert program.post("/account/keys", data={"label": "another"}).status_code == 403, "a key makes no keys"
    assert sent(client, "/account/keys/remove", key=key.group().split("_")[1]) == 303
    assert program.get("/tasks").status_code in (303, 401)


def test_a_reader_makes_no_operator_s_key_and_a_key_loses_what_its_account_loses(house: House) -> None:
    reader = house.person("rui")
    form = {"token": token_in(reader.get("/account")), "label": "x", "role": "operator", "days": "30"}
    assert reader.post("/account/keys", data=form).status_code == 422
    accounts.set_role(house.store, "rui", "operator")
    program = house.program("rui", "operator")
    assert program.get("/audit").status_code == 200
    accounts.set_role(house.store, "rui", "reader")
    assert program.get("/audit").status_code == 403


def test_a_key_ends_with_its_time_and_a_wrong_one_lets_nobody_in_not_even_with_a_cookie(house: House) -> None:
    now = datetime.now(UTC)
    key = sessions.make_key(house.store, "rui", "x", "reader", now - timedelta(days=2), now - timedelta(days=1))
    client = house.person("rui")
    for given in (f"Bearer {key}", "Bearer ", "Basic cnVpOng=", "Bearer chk_x_y", "Bearer " + "a" * 5000, f"Bearer {key[:-1]}"):
        answer = client.get("/tasks", headers={"authorization": given, "accept": "*/*"})
        assert answer.status_code == 401, given
        assert answer.headers["www-authenticate"] == "Bearer"


def test_an_address_of_a_calendar_opens_calendars_and_feeds_only(house: House) -> None:
    serial = accounts.named(house.store, "rui").serial
    secret = house.app.state.room.settings.secret
    key = subscriptions._key(secret, "rui", serial)
    client = house.nobody()
    assert client.get(f"/calendar/tasks.ics?key={key}").status_code == 200
    assert client.get(f"/changes.atom?key={key}").status_code == 200
    for address in ("/tasks", "/changes", "/api/v1/tasks", "/audit", "/account", "/changes.json"):
        assert client.get(f"{address}?key={key}").status_code in (303, 401), address
    assert client.post(f"/calendar/tasks.ics?key={key}").status_code in (401, 405)
    flipped = key[:-1] + ("0" if key[-1] != "0" else "1")
    for wrong in (
        flipped,
        key.partition(".")[2],
        "." * 60,
        "x",
        subscriptions._key(secret, "olga", 7),
        subscriptions._key(b"", "rui", serial),
    ):
        assert client.get("/calendar/tasks.ics", params={"key": wrong}).status_code == 401
    assert sent(house.person("rui"), "/account/addresses") == 303
    assert client.get(f"/calendar/tasks.ics?key={key}").status_code == 401


# --- accounts --------------------------------------------------------------------------------------------------------------


def test_an_operator_keeps_the_accounts(house: House) -> None:
    operator, reader = house.person("olga"), house.person("rui")
    program = house.program("rui", "reader")
    assert sent(operator, "/accounts/role", page="/accounts", name="rui", role="operator") == 303
    assert reader.get("/audit").status_code == 200, "a role holds at once"
    assert sent(operator, "/accounts/password", page="/accounts", name="rui") == 200
    assert (reader.get("/audit").status_code, program.get("/tasks").status_code) == (303, 303)
    reader = house.person("rui")
    assert sent(operator, "/accounts/remove", page="/accounts", name="rui") == 303
    assert reader.get("/tasks").status_code == 303
    assert log_in(house.nobody(), "rui").status_code == 403
    assert sent(operator, "/accounts", page="/accounts", name="rui") == 422, "a name is never another's"
    told = [(row["actor"], row["action"], row["what"]) for row in audit.entries(house.store, actor="olga")][::-1]
    assert told == [
        ("olga", "role changed", {"account": "rui", "role": "operator"}),
        ("olga", "password reset", {"account": "rui"}),
        ("olga", "account removed", {"account": "rui"}),
        ("olga", "account added", {"account": "rui", "role": "reader"}),
    ]


@pytest.mark.parametrize(("address", "more"), [("/accounts/remove", {}), ("/accounts/role", {"role": "reader"})])
def test_the_last_operator_stays(house: House, address: str, more: dict[str, str]) -> None:
    operator = house.person("olga")
    assert sent(operator, address, page="/accounts", name="olga", **more) == 422
    assert operator.get("/accounts").status_code == 200


def test_the_page_of_the_log_shows_who_did_what_and_that_it_was_looked_at(house: House) -> None:
    log_in(house.nobody(), "rui")
    operator = house.person("olga")
    page = operator.get("/audit?action=login").text
    assert page.count('<tr><th scope="row">') == 1
    assert "rui" in page
    tag = audit.tag(house.store, "testclient")
    assert tag[:8] in page
    assert operator.get("/audit?subject=testclient&action=login").text.count('<tr><th scope="row">') == 1
    assert operator.get("/audit?since=yesterday").status_code == 200
    assert len(logged(house.store, "audit")) == 3


def test_forms_of_pages_leave_a_trail_that_repeats_nothing_of_them(house: House) -> None:
    operator = house.person("olga")
    assert sent(operator, "/watches/pause", page="/accounts", name="张三 13800138000") == 404
    entry = logged(house.store, "form")[0]
    assert (entry["actor"], entry["what"]) == ("olga", {"address": "/watches/pause"})


def test_a_room_on_loopback_has_no_accounts_to_keep_for_oneself(store: Store) -> None:
    house = House(store, RoomSettings())
    client = house.nobody()
    assert "对这台计算机开放" in client.get("/account").text
    assert client.get("/login").headers["location"] == "/"
    assert client.post("/account/keys", data={"token": token_in(client.get("/accounts")), "label": "x"}).status_code == 403
    assert sent(client, "/accounts", page="/accounts", name="first", role="operator") == 200
    assert accounts.operators(store) == 1


def test_without_tls_cookies_have_other_names_and_go_without_it(store: Store) -> None:
    people(store)
    house = House(store, closed(base="http://room.example", secure=False, limits=Limits()))
    client = house.nobody()
    answer = log_in(client, "rui")
    assert "harvester-session" in client.cookies
    assert not any("secure" in line.lower() for line in answer.headers.get_list("set-cookie"))
    assert "strict-transport-security" not in answer.headers
    assert doors.session_cookie(house.settings) != doors.session_cookie(closed())
    assert forgery.form_cookie(house.settings) != forgery.form_cookie(closed())

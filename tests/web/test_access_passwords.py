"""What a password must be, and how it is kept."""

from __future__ import annotations

import unicodedata

import pytest
from argon2 import Type, extract_parameters
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from harvester.errors import WrongCall
from harvester.web.access import passwords
from harvester.web.access.passwords import LEAST, MOST, checked, fits, hashed, made


def test_a_hash_is_argon2id_with_the_parameters_of_the_rfc() -> None:
    kept = hashed("quiet river lantern orchard")
    found = extract_parameters(kept)
    assert (found.type, found.version) == (Type.ID, 19)
    assert found.memory_cost >= 64 * 1024
    assert found.time_cost >= 3
    assert found.salt_len >= 16
    assert kept != hashed("quiet river lantern orchard")
    assert not passwords.outgrown(kept)
    assert fits("quiet river lantern orchard", kept)
    assert not fits("quiet river lantern orchard ", kept)


@pytest.mark.parametrize("kept", ["", "plain text", "$argon2id$v=19$m=1", "$2b$12$abcdefghijklmnopqrstuv"])
def test_what_is_no_hash_fits_nothing(kept: str) -> None:
    assert not fits("", kept)
    assert not fits(kept, kept)


@pytest.mark.parametrize(
    "password",
    ["passwordpassword", "password12345678", "qwertyuiopasdfg", "123456789012345", "aaaaaaaaaaaaaaaaaaaa", "abababababababab",
     "1qaz2wsx3edc4rfv", "harvesterharvester", "li.huali.huali.hua", "iloveyouiloveyou", "abcdefghijklmnop"],
)  # fmt: skip
def test_what_is_guessed_first_is_refused(password: str) -> None:
    with pytest.raises(WrongCall, match="first that would be tried"):
        checked(password, "li.hua")


@pytest.mark.parametrize(
    "password", ["quiet river lantern orchard", "江口市的春天来得很早我喜欢散步", "   spaces count, too   ", "ſtränge Zeichen: 𝄞🙂 fine"]
)
def test_words_of_any_kind_will_do(password: str) -> None:
    assert checked(password, "li.hua") == unicodedata.normalize("NFC", password)


@given(st.text(max_size=LEAST - 1))
def test_a_property_a_short_password_is_refused(password: str) -> None:
    assume(len(unicodedata.normalize("NFC", password.encode("utf-8", "replace").decode())) < LEAST)
    with pytest.raises(WrongCall, match="at least 15"):
        checked(password, "rui")


@settings(max_examples=40)
@given(st.text(min_size=LEAST, max_size=400))
def test_a_property_a_password_is_taken_or_refused_with_a_sentence_that_does_not_repeat_it(password: str) -> None:
    try:
        kept = checked(password, "rui")
    except WrongCall as error:
        assert str(error) in (passwords.SHORT, passwords.LONG, passwords.GUESSED)
    else:
        assert LEAST <= len(kept) <= MOST


def test_the_same_password_fits_however_its_accents_are_encoded() -> None:
    kept = hashed("Café am Bahnhof links oben")
    assert fits(unicodedata.normalize("NFD", "Café am Bahnhof links oben"), kept)


def test_a_password_made_here_is_one_that_would_be_taken() -> None:
    several = {made() for _ in range(50)}
    assert len(several) == 50
    assert all(checked(one, "rui") == one for one in several)

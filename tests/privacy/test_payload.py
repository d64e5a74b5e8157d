"""Pages: masked in their own bytes, everything else untouched."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normalizers.privacy import Mode, mask_payload

STANDARD = "11010519491231002X"


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "gbk", "gb2312", "gb18030", "utf-16", "utf-16-be", "big5", "latin-1"])
def test_a_page_is_masked_in_its_own_charset_and_nothing_else_changes(charset):
    before, after = "<html>\r\n<p class='a'>", "</p>\t<!-- x -->&nbsp;<br>"
    page = (before + STANDARD + after).encode(charset)
    found = mask_payload(page, charset)
    text = found.payload.decode(charset)
    assert STANDARD not in text
    assert text.startswith(before)
    assert text.endswith(after)
    assert found.found == (("resident", 1),)


def test_a_clean_page_is_returned_as_it_is_even_where_its_charset_does_not_fit():
    for payload in (b"", b"\xff\xfe\xfa" * 10, "清单".encode("gbk"), bytes(range(256))):
        assert mask_payload(payload, "utf-8").payload == payload


def test_bytes_that_the_charset_does_not_know_stay_and_are_told():
    page = b"\xff\xfe<p>" + STANDARD.encode() + b"</p>\xfa"
    found = mask_payload(page, "utf-8")
    assert found.payload.startswith(b"\xff\xfe<p>")
    assert found.payload.endswith(b"</p>\xfa")
    assert STANDARD.encode() not in found.payload
    assert found.notes


def test_a_charset_that_is_not_known_is_told():
    assert mask_payload(STANDARD.encode(), "x-nothing").notes
    assert mask_payload(STANDARD.encode(), "base64").found


def test_json_stays_json_where_a_bare_number_is_masked():
    found = mask_payload(b'{"phone":13812345678,"list":[13812345678, 2],"age":"55"}', "utf-8")
    assert json.loads(found.payload) == {"phone": "〔电话已隐去〕", "list": ["〔电话已隐去〕", 2], "age": "〔年龄已隐去〕"}


def test_a_number_cut_by_tags_goes_and_the_tags_stay():
    found = mask_payload(b"<td>1101<b>05</b>1949&#49;231<i>002X</i></td>", "utf-8").payload.decode()
    assert found == "<td>〔身份证号已隐去·北京〕<b></b><i></i></td>"


def test_the_repr_of_masked_bytes_tells_nothing_of_the_page():
    assert "secret" not in repr(mask_payload(b"secret", "utf-8"))


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=200), st.sampled_from(["utf-8", "gbk", "utf-16", "big5", "shift_jis", "iso2022_jp", "none"]), st.sampled_from(Mode)
)
def test_property_masking_a_page_never_raises_and_a_second_time_changes_nothing(payload, charset, mode):
    once = mask_payload(payload + STANDARD.encode(), charset, mode)
    assert mask_payload(once.payload, charset, mode).payload == once.payload

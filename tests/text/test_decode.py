from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.records import Repair
from normalizers.text.charsets import LABELS, codec_of, declared_in, plausibility
from normalizers.text.decode import decode
from normalizers.text.script import to_traditional
from tests.text.samples import PLAN

TRADITIONAL = to_traditional(PLAN).text
SHORT = "信用信息公示"


def kinds(repairs: tuple[Repair, ...]) -> list[str]:
    return [one.kind for one in repairs]


@pytest.mark.parametrize("declared", ["", "utf-8", "gb2312", "GBK", "big5", "iso-8859-1", "no-such-charset", "text/html; charset=gbk"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_bytes_decide_whatever_is_declared(codec, declared):
    assert decode(PLAN.encode(codec), declared=declared).text == PLAN


@pytest.mark.parametrize("declared", ["", "big5", "utf-8", "gbk"])
def test_big5_is_read_with_and_without_its_label(declared):
    text = TRADITIONAL.encode("big5", "ignore").decode("big5")
    done = decode(text.encode("big5"), declared=declared)
    assert (done.text, done.encoding) == (text, "big5hkscs")


@pytest.mark.parametrize("declared", ["gb2312", "gbk", "gb18030"])
def test_the_labels_of_gb_all_mean_gb18030(declared):
    rare = "信用主体：㐂某某，朱镕基路，䶮塘镇"
    done = decode(rare.encode("gb18030"), declared=declared)
    assert (done.text, done.encoding, done.repairs) == (rare, "gb18030", ())


def test_a_declaration_that_the_bytes_refute_is_reported():
    done = decode(PLAN.encode("utf-8"), declared="gb2312")
    assert done.encoding == "utf-8"
    assert done.repairs == (Repair("charset", 1),)
    assert "'gb2312'" in done.warnings[0]


def test_a_right_declaration_is_no_repair():
    assert decode(SHORT.encode("gbk"), declared="GBK").repairs == ()
    assert decode(b"plain ASCII", declared="gb2312").repairs == ()


@pytest.mark.parametrize(
    "head",
    [
        '<meta charset="gb2312">',
        "<META http-equiv=Content-Type content='text/html; charset=gbk'>",
        '<?xml version="1.0" encoding="GB2312"?>',
    ],
)
def test_a_short_page_follows_its_own_declaration(head):
    page = f"{head}<p>联通</p>"
    assert decode(page.encode("gbk"), markup=True).text == page


def test_declarations_in_the_text_count_for_markup_only():
    assert decode('<meta charset="gbk">信用'.encode(), declared="utf-8").repairs == ()


def test_transport_comes_before_the_page():
    page = '<meta charset="big5">信用'.encode("gbk")
    done = decode(page, declared="gbk", markup=True)
    assert done.text.endswith("信用")
    assert "'big5'" in done.warnings[0]


def test_a_mark_at_the_front_beats_every_declaration():
    done = decode(b"\xef\xbb\xbf" + SHORT.encode(), declared="gbk")
    assert done.text == SHORT
    assert kinds(done.repairs) == ["charset"]


def test_marks_and_zero_bytes_inside_go_and_are_counted():
    done = decode("信用\ufeff信息\0公示\ufeff".encode())
    assert done.text == SHORT
    assert done.repairs == (Repair("byte-order-mark", 2), Repair("nul", 1))


@pytest.mark.parametrize("codec", ["utf-8", "gbk"])
def test_bytes_that_are_no_character_are_counted_as_left(codec):
    data = PLAN.encode(codec)
    done = decode(data[:300] + b"\xff" + data[300:], declared=codec)
    assert done.encoding == {"utf-8": "utf-8", "gbk": "gb18030"}[codec]
    assert done.repairs[-1].kind == "undecodable"
    assert done.repairs[-1].left == done.text.count("\ufffd") >= 1
    assert "U+FFFD" in done.warnings[-1]


@pytest.mark.parametrize("cut", [1, 2])
def test_a_page_cut_inside_a_character_is_still_utf_8(cut):
    done = decode(PLAN.encode()[: -1 - cut], declared="gbk")
    assert done.encoding == "utf-8"
    assert done.text.startswith(PLAN[:-2])


@pytest.mark.parametrize(("was", "read_as"), [("utf-8", "latin-1"), ("gbk", "latin-1"), ("gbk", "cp1252")])
def test_a_document_read_as_latin_is_turned_back(was, read_as):
    text = PLAN if read_as == "latin-1" else "信用主体名单公示"
    done = decode(text.encode(was).decode(read_as).encode())
    assert done.text == text
    assert kinds(done.repairs) == ["mojibake"]


def test_a_document_in_utf_8_read_as_gb18030_is_turned_back():
    text = "社会信用" * 20
    done = decode(text.encode().decode("gb18030").encode())
    assert done.text == text
    assert done.repairs[0].kind == "mojibake"


def test_what_the_wrong_charset_lost_is_left_and_counted():
    mangled = PLAN.encode().decode("gb18030", "replace")
    assert "\ufffd" in mangled
    done = decode(mangled.encode())
    assert "诚信街区" in done.text
    assert done.repairs[0].left == done.text.count("\ufffd") > 0


@pytest.mark.parametrize("text", ["Crédit évalué très élevé, déjà façonné", "naïve café", "信用é", "Überprüfung der Bonität für Händler"])
def test_text_that_is_no_mojibake_stays(text):
    assert decode(text.encode()).text == text


def test_hostile_labels_choose_no_codec():
    for label in ("rot13", "zlib", "unicode_escape", "utf-7", "idna", "hex", "x" * 10_000, "\0", "gbk\n"):
        assert decode(SHORT.encode(), declared=label).text == SHORT
    assert codec_of("rot13") == ""


def test_every_label_has_a_codec_that_exists():
    assert all(b"".decode(codec) == "" for codec in LABELS.values())


def test_a_declaration_far_down_or_without_end_is_not_searched_for():
    assert declared_in(b"<meta " + b"charset " * 100_000) == ""
    assert declared_in(b" " * 9000 + b"<meta charset=gbk>") == ""


def test_plausibility_tells_text_from_noise():
    assert plausibility(PLAN) > 0.95
    assert plausibility(PLAN.encode().decode("gb18030", "replace")) < 0.7
    assert plausibility("") == plausibility("ascii") == 1.0


@given(st.binary(max_size=400), st.sampled_from(["", "utf-8", "gbk", "big5", "utf-16", "latin1", "nonsense"]), st.booleans())
def test_property_decode_never_raises(data, declared, markup):
    done = decode(data, declared=declared, markup=markup)
    assert "\0" not in done.text and "\ufeff" not in done.text
    assert sum(one.left for one in done.repairs if one.kind == "undecodable") == done.text.count("\ufffd")


@given(
    st.text(alphabet=st.sampled_from(sorted(set(PLAN) - {"\n"})), min_size=30, max_size=200),
    st.sampled_from(["utf-8", "gb18030", "utf-8-sig", "utf-16"]),
)
def test_property_chinese_text_of_some_length_is_read_without_declaration(text, codec):
    assert decode(text.encode(codec)).text == text

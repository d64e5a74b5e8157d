"""Personal data goes, in every spelling; nothing else does."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normalizers.privacy import Mode, mask, mask_payload, masking
from normalizers.privacy.pretest import worth_looking
from normalizers.privacy.tables import label_kinds
from tests.privacy.generate import samples
from tests.privacy.measure import masked, measure
from tests.shared import SHARED, needs_shared

PAPERS = sorted((Path(__file__).parents[1] / "corpus" / "papers").glob("*.txt"))
STANDARD = "11010519491231002X"
"""The number GB 11643-1999 itself shows."""


@pytest.fixture(scope="module")
def score():
    return measure(samples(seed=4, rounds=12))


def test_in_more_than_five_thousand_texts_nothing_personal_is_left(score):
    assert score.texts.total() > 5000
    assert not score.missed, dict(score.missed)


def test_no_code_number_amount_or_date_is_masked_by_mistake(score):
    assert score.decoys.total() > 4000
    assert not score.wrong, dict(score.wrong)


def test_the_samples_can_fail():
    missed = [sample for sample in samples(rounds=1) if sample.secrets and all(secret in sample.text for secret in sample.secrets)]
    assert len(missed) > 200  # before masking the secrets are there


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.stem[:3])
def test_a_policy_document_without_personal_data_stays_as_it_is(paper):
    text = paper.read_text(encoding="utf-8")
    assert mask(text, Mode.DOCUMENT).text == text


@needs_shared
def test_real_plans_and_pages_stay_as_they_are():
    for path in (*(SHARED / "seeds").glob("*.txt"), *(SHARED / "site_samples").rglob("*.html")):
        payload = path.read_bytes()
        assert mask_payload(payload, "utf-8", Mode.DOCUMENT).payload == payload, path.name


def test_the_name_of_an_office_asks_for_no_closer_look_and_the_label_of_a_number_does():
    assert not worth_looking("市人力资源社会保障局牵头，2026年12月底前完成。", Mode.DOCUMENT)
    for label in ("社会保障号", "社 会 保 障 号", "社会保障号码", "社会保障卡号", "社会保障卡号码"):
        text = f"{label}：A1234567"
        assert worth_looking(text, Mode.DOCUMENT), text
        assert mask(text, Mode.DOCUMENT).changed, text


VALUES = (
    STANDARD,
    "A1234567",
    "G12345678",
    "13812345678",
    "6222021302012345678",
    "合肥市包河区某路12号",
    "男",
    "皖A12345",
    "1990年3月7日",
    "汉族",
    "35岁",
)


@pytest.mark.parametrize("mode", Mode)
def test_every_label_whose_value_the_closer_look_hides_asks_for_that_look(mode: Mode, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(masking, "worth_looking", lambda _text, _mode: True)
    texts = [f"{label}：{value}" for label in label_kinds() for value in VALUES]
    assert [text for text in texts if not worth_looking(text, mode) and mask(text, mode).changed] == []


def test_the_mask_says_what_was_there_and_the_province_only():
    assert mask(f"身份证号：{STANDARD}。").text == "身份证号：〔身份证号已隐去·北京〕。"
    assert mask("342301********3224").text == "〔身份证号已隐去·安徽〕"
    assert mask(f"身份证号：{STANDARD}，手机13812345678").found == (("phone", 1), ("resident", 1))


@pytest.mark.parametrize(
    "text",
    [
        "91310000132260250X",
        "110108000000016",
        "注册号：440301103448669",
        "(2019)皖1122执****号",
        "市监罚〔2024〕110105194912310021号",
        "共计13800138000元",
        "监督电话：025-83212345",
        "电子邮箱：xyb@js.gov.cn",
        "填写姓名、身份证号、家庭住址、联系电话等信息",
        "家庭住址：＿＿＿＿＿＿",
        "男，女均可参加；男性，年满60周岁的居民",
        "2020年出生人口为12万人",
        "许可证编号：JY13201020012345",
        "0571-12345、12315、96333",
        "联合国〔2015〕国办发33号 2016-01-01 2017-02-02 2018-03-03",
    ],
)
@pytest.mark.parametrize("mode", Mode)
def test_what_is_no_personal_data_stays(text, mode):
    assert mask(text, mode).text == text


def test_both_readings_of_a_number_of_fifteen_digits_are_held_by_its_label():
    from random import Random

    from tests.privacy.people import old_resident

    number = old_resident(Random(1))
    assert number not in mask(f"证载号码{number}").text
    assert number not in mask(f"注册号：{number}").text  # its check digit is wrong: no registration number
    assert number in mask(f"流水号：{number}").text


def test_office_telephones_of_a_document_stay_and_a_persons_go():
    text = "联系人：市信用办 联系电话：025-83212345"
    assert mask(text, Mode.DOCUMENT).text == text
    assert "83212345" not in mask(text, Mode.RECORD).text


def test_a_name_that_a_party_paragraph_introduces_is_reduced_everywhere():
    found = mask("李慕青，女，1980年3月2日出生，汉族，住柳州市桃源路8号。后李慕青未申请复议。", Mode.DOCUMENT).text
    assert "慕青" not in found
    assert found.count("李某") == 2
    assert "桃源路" not in found


@settings(max_examples=150, deadline=None)
@given(
    st.text(alphabet=st.sampled_from("0123456789Xx*-. \n\t<b>/&#;一二〇０１\u200b男女，住年月日生身份证号电话：岁族张三\\u"), max_size=200),
    st.sampled_from(Mode),
)
def test_property_masking_never_raises_and_a_second_time_changes_nothing(text, mode):
    once = mask(text, mode)
    assert mask(once.text, mode).text == once.text


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_property_masking_a_masked_sample_changes_nothing(seed):
    for number, sample in enumerate(samples(seed, rounds=1)):
        if number % 97 == seed % 97:
            once = masked(sample)
            assert mask(once, Mode(sample.mode)).text == once


@settings(max_examples=100, deadline=None)
@given(
    st.text(
        alphabet=st.characters(exclude_categories=["Nd", "No", "Nl"], exclude_characters="男女住〇零一二三四五六七八九*患@＠"), max_size=300
    )
)
def test_property_text_without_figures_stays_as_it_is_in_a_document(text):
    assert mask(text, Mode.DOCUMENT).text == text


@pytest.mark.parametrize(
    "text",
    [
        "1" * 2_000_000,
        "13" * 200_000,
        "1 " * 10_000,
        "身份证号" * 20_000,
        "身份证" + "1-" * 8_000,
        "<b>1</b>" * 8_000,
        "<" * 200_000,
        "住址：" * 20_000,
        "，男，" * 6_000,
        "&#49;" * 20_000,
        "张三，男，" * 6_000,
        "320102" * 50_000,
        "3201**" * 20_000,
        "\\u0031" * 20_000,
    ],
    ids=lambda text: ascii(text[:12]),
)
def test_hostile_input_takes_time_in_line_with_its_length(text):
    half = _seconds(text[: len(text) // 2])
    assert _seconds(text) < 5 * half + 2


def _seconds(text: str) -> float:
    started = time.process_time()
    mask(text)
    return time.process_time() - started

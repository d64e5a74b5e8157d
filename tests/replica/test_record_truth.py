"""The truth of the replica's records: enough of every kind, right by the standards, free of what it calls secret, and always the same."""

from __future__ import annotations

import re
import time
from collections import Counter, defaultdict
from datetime import date
from itertools import pairwise

import pytest

from harvester.replica.document import ReplicaDocument
from harvester.replica.records import COLUMNS, RECORD_SITES, RecordTruth, list_documents, list_truth, record_site_facts
from harvester.replica.records.book import RecordBook, _all_records
from harvester.replica.records.telling import tell
from harvester.replica.records.world import provinces, words
from normalizers.agencies import Context, resolve
from normalizers.codes import check_credit_code, check_organization_code, check_registration_number
from normalizers.codes.resident import is_resident_number
from normalizers.text.fold import fold
from tests.shared import SHARED, needs_shared

RUN = 20


@pytest.fixture(scope="module")
def truths() -> list[RecordTruth]:
    return [truth for site in RECORD_SITES for truth in tell(RecordBook(record_site_facts()[site]))]


def test_there_are_enough_records_of_every_kind_and_colour(truths: list[RecordTruth]) -> None:
    kinds = Counter(truth.kind for truth in truths if truth.reachable)
    assert sum(kinds.values()) >= 2400
    assert kinds.keys() == {"permit", "penalty", "list-entry", "defaulter", "tax-case", "repair", "withdrawal"}
    assert {truth.colour for truth in [*truths, *list_truth()]} == {"", "red", "black", "watch"}
    assert Counter(truth.subject_kind for truth in truths).keys() == {"legal", "individual-business", "person"}
    assert Counter(truth.ended for truth in truths).keys() == {"", "withdrawn", "repaired"}


def test_penalties_fall_under_all_three_rules_of_display(truths: list[RecordTruth]) -> None:
    days = [date.fromisoformat(truth.decided_on) for truth in truths if truth.kind == "penalty"]
    borders = (date(2019, 1, 1), date(2023, 5, 1), date(2026, 4, 1), date(2026, 11, 22))
    counts = [sum(first <= day < last for day in days) for first, last in pairwise(borders)]
    assert sum(counts) == len(days)
    assert min(counts) > 100
    stated = [truth for truth in truths if truth.kind == "penalty" and truth.shown_until]
    assert len(stated) > 150
    assert any("stated-end-too-late" in truth.defects for truth in stated)


def test_generation_is_quick_and_the_same_each_time() -> None:
    for site in RECORD_SITES:
        facts = record_site_facts()[site]
        began = time.process_time()
        again = dict(_all_records.__wrapped__(facts))
        assert time.process_time() - began < 2
        assert again == dict(_all_records(facts))


def test_codes_are_right_by_their_standards_unless_the_truth_says_otherwise(truths: list[RecordTruth]) -> None:
    wrong = Counter[str]()
    for truth in truths:
        if truth.code:
            assert check_credit_code(truth.code).valid is not bool(truth.code_problem)
            wrong[truth.code_problem] += 1
        if truth.organization_code and not truth.code_problem:
            assert check_organization_code(truth.organization_code).valid
            assert not truth.code or truth.organization_code == truth.code[8:17]
        if truth.registration_number:
            assert check_registration_number(truth.registration_number).valid
        if truth.authority_code:
            assert check_credit_code(truth.authority_code).valid
    assert wrong.keys() == {"", "changed-character", "illegal-character", "length"}


def test_one_code_stands_on_two_names_by_mistake_and_on_dated_names_by_right(truths: list[RecordTruth]) -> None:
    names: defaultdict[str, set[str]] = defaultdict(set)
    for truth in truths:
        if truth.code and not truth.code_problem:
            names[truth.code].add(truth.subject_name)
    double = {code for code, found in names.items() if len(found) > 1}
    borrowed = {truth.code for truth in truths if truth.code_borrowed}
    assert double & borrowed
    renamed = {firm.code for each in provinces().values() for firms in each.firms.values() for firm in firms if firm.former}
    assert double & renamed
    assert double <= borrowed | renamed


def test_a_firm_stands_in_several_provinces_and_lists(truths: list[RecordTruth]) -> None:
    sites: defaultdict[str, set[str]] = defaultdict(set)
    for truth in truths:
        if truth.code and not truth.code_problem:
            sites[truth.code].add(truth.site)
    assert sum(len(found) > 1 for found in sites.values()) > 20


def test_of_persons_and_shops_no_code_number_or_content_is_true(truths: list[RecordTruth]) -> None:
    for truth in truths:
        if truth.subject_kind == "legal":
            continue
        assert truth.subject_name == "个体工商户" or re.fullmatch("[\u4e00-\u9fff]某", truth.subject_name)
        kept = (truth.code, truth.organization_code, truth.registration_number, truth.number, truth.title, truth.facts, truth.content)
        assert not any(kept)
        assert not (truth.further or truth.blanks or truth.names)


def test_no_secret_stands_in_any_truth(truths: list[RecordTruth]) -> None:
    everything = "\n".join(
        " ".join([t.subject_name, t.code, t.organization_code, t.registration_number, *t.values.values(), *t.further.values(), *t.names])
        for t in [*truths, *list_truth()]
    )
    secrets = {secret for truth in [*truths, *list_truth()] for secret in truth.secrets}
    assert len(secrets) > 300
    assert not {secret for secret in secrets if secret in everything}
    assert sum(is_resident_number(secret) for secret in secrets) > 80


def test_personal_numbers_inside_facts_are_wild_in_the_truth(truths: list[RecordTruth]) -> None:
    truth = next(truth for truth in truths if "＊" in truth.facts)
    head, middle, tail = truth.facts.split("＊")
    assert truth.agrees("facts", f"{head}〔身份证号已隐去〕{middle}***{tail}")
    assert not truth.agrees("facts", f"{head}〔身份证号已隐去〕{middle}***")
    assert not truth.agrees("facts", None)
    plain = next(truth for truth in truths if truth.facts and "＊" not in truth.facts)
    assert plain.agrees("facts", plain.facts)
    assert not plain.agrees("facts", plain.facts + "。")


def test_the_repr_of_a_truth_says_nothing_of_its_subject(truths: list[RecordTruth]) -> None:
    for truth in truths[::50]:
        assert truth.subject_name not in repr(truth)
        assert not any(secret in repr(truth) for secret in truth.secrets)
    with pytest.raises(AttributeError):
        truths[0].nothing_of_the_kind  # noqa: B018


def test_columns_are_those_of_a_notice(truths: list[RecordTruth]) -> None:
    from normalizers.notices.records import Notice

    assert set(COLUMNS) <= set(Notice.__dataclass_fields__)
    assert {name for truth in truths for name in truth.values} <= set(COLUMNS)


def test_every_authority_is_a_body_of_the_gazetteer_in_each_of_its_spellings() -> None:
    for region, entries in words("authorities").items():
        for entry in entries:
            for spelling in (entry["name"], *entry["spellings"]):
                assert resolve(spelling, Context(region=region, on=date(2025, 6, 1))).name == entry["name"]


def test_decision_numbers_are_one_record_s_own(truths: list[RecordTruth]) -> None:
    numbers = Counter((t.site, t.section, t.number) for t in truths if t.number and t.kind in ("permit", "penalty", "defaulter"))
    assert max(numbers.values()) == 1


def test_documents_that_list_records_name_them_and_the_later_ones_end_earlier_entries() -> None:
    documents = {document.title: document for document in list_documents()}
    truth = list_truth()
    assert {each.document for each in truth} == documents.keys()
    assert Counter(each.kind for each in truth).keys() == {"list-entry", "tax-case", "repair", "withdrawal"}
    assert {each.rpartition(".")[2] for document in documents.values() for each, _, _ in document.attachments} == {"xlsx", "docx", "pdf"}
    assert any("rowspan" in document.body_html for document in documents.values())
    ended = Counter(each.ended_by for each in truth)
    assert ended["repaired"] == ended["withdrawn"] == 2
    inside = [each for each in truth if not documents[each.document].attachments and each.subject_kind == "legal"]
    for each in inside:
        body = documents[each.document].body_html.replace("(", "（").replace(")", "）")
        assert each.subject_name in body
        assert each.code in body
    assert all(isinstance(document, ReplicaDocument) and document.site for document in documents.values())


@needs_shared
def test_no_text_has_twenty_characters_in_common_with_the_material_beside_the_project(truths: list[RecordTruth]) -> None:
    paths = [path for pattern in ("seeds/*", "site_samples/**/*.html", "site_samples/**/*.json") for path in SHARED.glob(pattern)]
    foreign = {run for path in paths for run in runs(path.read_text(encoding="utf-8-sig"))}
    laws = re.compile("《[^》]+》[^，]*")
    own = {laws.sub("", value) for truth in truths for name, value in truth.values.items() if name in ("title", "facts", "content")}
    own |= {document.body_html for document in list_documents()}
    assert not {run for text in own for run in runs(text) if run in foreign}


def runs(text: str) -> list[str]:
    folded = "".join(fold(text).split())
    return [folded[start : start + RUN] for start in range(len(folded) - RUN + 1)]

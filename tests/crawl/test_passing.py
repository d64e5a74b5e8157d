"""Records pass between processes as they are."""

from __future__ import annotations

import copyreg
from dataclasses import fields
from multiprocessing import Pipe

import pytest

from harvester import deriving, passing
from normalizers import intake as taking
from normalizers import records
from normalizers.intake import intake
from normalizers.records import Derived, Hints, Task
from tests.crawl.sites import article_page


def passed(value: object) -> object:
    here, there = Pipe()
    with here, there:
        here.send(value)
        return there.recv()


def test_what_was_read_of_a_document_passes_as_it_is():
    taken = intake(
        article_page("工作要点", "<p>1．完善制度。（责任单位：市发展改革委、市财政局；完成时限：2024年底）</p>" * 3),
        Hints(title="工作要点"),
    )
    assert taken.derived.tasks
    assert passed(taken) == taken


def test_the_records_of_documents_are_taken_apart_by_their_fields():
    assert deriving.Deriver
    assert {Derived, Task} < set(passing.classes(records, taking)) < set(copyreg.dispatch_table)


@pytest.mark.parametrize("kind", list(passing.classes(records, taking)))
def test_every_record_is_made_of_its_fields_in_their_order(kind: type):
    assert all(each.init and not each.kw_only for each in fields(kind))

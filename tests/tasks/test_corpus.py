"""Every document of the corpus: its tasks and nothing else, with who and by when."""

from __future__ import annotations

import pytest

from normalizers.derive import derive
from normalizers.records import Task
from normalizers.text.fold import fold
from tests.tasks.corpus import CASES, Case, Label


def matched(label: Label, tasks: tuple[Task, ...]) -> Task:
    found = [task for task in tasks if fold(task.text).startswith(fold(label.start))]
    assert len(found) == 1, f"{label.start}: {[task.text for task in tasks]}"
    return found[0]


def mentions(task: Task, role: str) -> list[str]:
    return [agency.mention for agency in getattr(task, role)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_document_gives_the_tasks_its_labels_name_and_no_other(case: Case) -> None:
    derived = derive(case.payload(), case.known())
    assert len(derived.tasks) == len(case.tasks), [(task.rule, task.text) for task in derived.tasks]
    for label in case.tasks:
        task = matched(label, derived.tasks)
        assert {role: mentions(task, role) for role in ("lead", "partner", "responsible", "implied")} == {
            "lead": list(label.lead),
            "partner": list(label.partner),
            "responsible": list(label.responsible),
            "implied": list(label.implied),
        }
        assert (task.deadline.end if task.deadline else None) == label.end
        for wanted, have in ((label.number, task.number), (label.section, task.section), (label.open_list, task.open_list)):
            assert wanted is None or wanted == have
        assert label.due is None or (task.deadline is not None and task.deadline.text == label.due)


@pytest.mark.parametrize("case", [case for case in CASES if case.tasks], ids=lambda case: case.name)
def test_every_task_shows_its_words_in_the_document(case: Case) -> None:
    document = (derived := derive(case.payload(), case.known())).document
    for task in derived.tasks:
        shown = document.text[task.evidence.start : task.evidence.end]
        assert fold(task.text[:8]) in fold(shown)
        assert 0.0 < task.confidence <= 1.0
        block = task.address.split(".")[0]
        assert block in {one.address for one in document.blocks}

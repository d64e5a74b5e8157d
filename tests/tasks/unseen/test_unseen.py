"""Papers labelled before any program had read them: their tasks and no others, with who and by when."""

from __future__ import annotations

import pytest

from normalizers.derive import derive
from normalizers.records import Task
from normalizers.text.fold import fold
from tests.tasks.unseen.fifth import FIFTH
from tests.tasks.unseen.fourth import FOURTH
from tests.tasks.unseen.negatives import NEGATIVES
from tests.tasks.unseen.paper import Expected, Paper
from tests.tasks.unseen.pasted import PASTED
from tests.tasks.unseen.second import SECOND
from tests.tasks.unseen.sixth import SIXTH
from tests.tasks.unseen.tables import TABLES
from tests.tasks.unseen.texts import TEXTS
from tests.tasks.unseen.third import THIRD

PAPERS = (*TEXTS, *TABLES, *PASTED, *SECOND, *THIRD, *FOURTH, *FIFTH, *SIXTH, *NEGATIVES)
ROLES = ("lead", "partner", "responsible", "implied")


def matched(expected: Expected, tasks: tuple[Task, ...]) -> Task:
    starts = tuple(fold(start) for start in expected.start.split("|"))
    found = [task for task in tasks if fold(task.text).startswith(starts)]
    assert len(found) == 1, f"{expected.start}: {[task.text for task in tasks]}"
    return found[0]


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_a_paper_gives_the_tasks_it_was_labelled_with_and_no_other(paper: Paper) -> None:
    tasks = derive(paper.payload(), paper.hints()).tasks
    assert len(tasks) == len(paper.tasks), [(task.rule, task.text) for task in tasks]
    for expected in paper.tasks:
        task = matched(expected, tasks)
        named = {role: sorted(agency.mention for agency in getattr(task, role)) for role in ROLES}
        assert named == {role: expected.names(role) for role in ROLES}
        assert (task.deadline.end if task.deadline else None) == expected.last_day
        assert not expected.due or (task.deadline is not None and task.deadline.text == expected.due)
        assert not expected.section or task.section == expected.section


def test_a_third_of_the_papers_hold_no_tasks() -> None:
    assert sum(not paper.tasks for paper in PAPERS) * 3 > len(PAPERS)

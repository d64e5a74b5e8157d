"""The shape that ``harvester extract --format json`` prints: scripts rely on it."""

from __future__ import annotations

import json

from normalizers.derive import derive
from normalizers.presentation import derived_json
from normalizers.records import Hints

PLAN = """江苏省2023年信用工作要点

一、重点任务

1.编制信用目录，6月底前公布。（牵头单位：省信用办；配合单位：省司法厅等；完成时限：2023年9月底前）
"""


def test_a_derived_document_has_the_keys_of_the_command_line_and_real_characters() -> None:
    found = derived_json(derive(PLAN.encode(), Hints(media_type="text/plain", region="320000")))
    assert list(found) == [
        *("source", "title", "document_number", "issuers", "issued_on", "published_on", "regions", "plan_period"),
        *("repairs", "warnings", "tasks", "notices"),
        *("kind", "printed_on", "effective_on", "expires_on", "index_number", "region_basis", "references", "suggestions"),
    ]
    assert found["title"] == "江苏省2023年信用工作要点"
    assert found["plan_period"] == {"start": "2023-01-01", "end": "2023-12-31"}
    assert "编制信用目录" in json.dumps(found, ensure_ascii=False)


def test_a_task_shows_who_by_when_and_where_it_stands() -> None:
    derived = derive(PLAN.encode(), Hints(media_type="text/plain", region="320000"))
    (task,) = derived_json(derived)["tasks"]
    assert list(task) == [
        *("number", "section", "text", "lead", "partner", "responsible", "implied", "open_list"),
        *("deadline", "milestones", "evidence", "rule", "confidence"),
    ]
    assert (task["number"], task["section"], task["open_list"]) == ("1", "一、重点任务", True)
    assert list(task["deadline"]) == ["text", "start", "end", "kind", "basis", "period", "strength", "flags"]
    assert (task["deadline"]["text"], task["deadline"]["end"], task["deadline"]["kind"]) == ("2023年9月底前", "2023-09-30", "by-date")
    assert list(task["lead"][0]) == ["mention", "name", "id", "kind", "resolved"]
    assert task["lead"][0]["kind"] == "agency" and task["lead"][0]["resolved"] is True
    assert [one["end"] for one in task["milestones"]] == ["2023-06-30"]
    evidence = task["evidence"]
    assert derived.document.text[evidence["start"] : evidence["end"]].startswith("编制信用目录")


def test_the_same_bytes_give_the_same_records() -> None:
    hints = Hints(media_type="text/plain", region="320000")
    assert derive(PLAN.encode(), hints) == derive(PLAN.encode(), hints)


def test_layout_and_punctuation_do_not_change_the_content_hash() -> None:
    hints = Hints(media_type="text/plain", region="320000")
    other = PLAN.replace("（", "(").replace("）", ")").replace("\n\n", "\n")
    assert derive(PLAN.encode(), hints).content_hash == derive(other.encode(), hints).content_hash

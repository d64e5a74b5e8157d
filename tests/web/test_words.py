"""Every word of a fixed vocabulary that a page may show has its Chinese."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from enum import StrEnum
from pathlib import Path

import pytest
from jinja2 import StrictUndefined, UndefinedError

import harvester
import normalizers
from harvester.messages import catalogue
from harvester.review import Decided, Kind
from harvester.sentences import readers
from harvester.telling import queued
from harvester.watching.periods import Period
from harvester.web.access import trail
from harvester.web.pages.audit import ACTIONS
from harvester.web.pages.review import TIES
from harvester.web.spoken import Templates
from normalizers.differences import Fate, TaskChangeKind, UnitKind
from normalizers.documents import html_notes
from normalizers.notices.records import Colour, NoticeKind, Severity, SubjectKind
from normalizers.records import AgencyKind, BlockKind, DeadlineKind, DocumentKind, Relation
from normalizers.text import slips
from spiders.items import CaptureKind, Cause
from storage import dictionary
from storage.change_filters import ChangeFilters
from storage.notice_queries import NoticeFilters
from storage.records import Effect, NoticeEffect, TakedownReason, Verdict

CODE = Path(harvester.__file__).parent
RULES = Path(normalizers.__file__).parent
ENUMERATIONS: tuple[type[StrEnum], ...] = (
    AgencyKind, BlockKind, Cause, CaptureKind, Colour, DeadlineKind, Decided, DocumentKind, Effect, Fate, Kind, NoticeEffect, NoticeKind,
    Period, Relation, Severity, SubjectKind, TakedownReason, TaskChangeKind, UnitKind, Verdict,
)  # fmt: skip
LOGGING = {"log": 2, "log_ids": 2, "shown": 1, "shown_ids": 1, "noted": 1}
"""What writes into the audit log, and which of its arguments is what was done; the next one is what with."""


def vocabularies() -> Iterator[tuple[str, set[str]]]:
    for each in ENUMERATIONS:
        yield each.__name__, {word.value for word in each}
    dictionary_of_store = tomllib.loads(Path(dictionary.__file__).with_name("dictionary.toml").read_text(encoding="utf-8"))
    for name, words in dictionary_of_store["values"].items():
        yield f"dictionary: {name}", set(words)
    yield "ties", set(TIES)
    yield "audit: done", set(ACTIONS) | logged()[0]
    yield "audit: with", logged()[1] | {field.name for kind in (NoticeFilters, ChangeFilters) for field in fields(kind)}
    yield "flags", flags()


def logged() -> tuple[set[str], set[str]]:
    """Return what the sources write into the audit log: what was done, and the names of what it was done with."""
    actions, names = {trail.FORM}, set[str]()
    for call in (
        node for path in CODE.rglob("*.py") for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)
    ):
        called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        action, what, *_ = [*call.args[LOGGING.get(called, len(call.args)) :], None, None]
        if isinstance(action, ast.Constant) and isinstance(action.value, str):
            actions.add(action.value)
            names |= {str(key.value) for key in what.keys if isinstance(key, ast.Constant)} if isinstance(what, ast.Dict) else set()
    return actions, names


def flags() -> set[str]:
    """Return the flags that the rules for deadlines and bodies set."""
    trees = [ast.parse(path.read_text("utf-8")) for part in ("deadlines", "agencies") for path in (RULES / part).rglob("*.py")]
    given = [node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "flags"]
    return {leaf.value for value in given for leaf in ast.walk(value) if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str)}


@pytest.mark.parametrize(("name", "words"), list(vocabularies()), ids=lambda value: value if isinstance(value, str) else "")
def test_every_word_of_a_vocabulary_has_its_chinese(name: str, words: set[str]) -> None:
    chinese = catalogue("zh")
    assert words
    assert sorted(word for word in words if word and not re.search("[\u4e00-\u9fff]|^[A-Z]+$", chinese.gettext(word))) == []


def test_what_is_logged_can_be_chosen_on_the_page_of_the_log() -> None:
    assert logged()[0] <= set(ACTIONS)
    assert len(logged()[0]) > 20


def test_a_sentence_of_a_reader_has_its_chinese_with_the_same_fields() -> None:
    for template in Path(readers.__file__).with_name("readers.txt").read_text("utf-8").splitlines():
        told = catalogue("zh").gettext(template)
        assert told != template, template
        assert set(re.findall(r"{\w+}", told)) == set(re.findall(r"{\w+}", template))


def test_what_readers_say_of_files_is_told_in_chinese() -> None:
    said = "The page shows 3 pictures and little text: text in pictures is not read; look for an attachment."
    assert "shows {pictures} pictures and little text" in Path(html_notes.__file__).read_text("utf-8")
    assert readers.sentence(said, "zh").startswith("页面含 3 幅图片")
    assert readers.sentence(said, "en") == said
    assert readers.sentence("Nobody says so.", "zh") == "Nobody says so."
    assert "Chinese digits is 〇" in Path(slips.__file__).read_text("utf-8")


def test_the_details_of_the_queue_are_told_in_chinese() -> None:
    slip = "二O二六 → 二〇二六 (The zero of a year in Chinese digits is 〇 (GB/T 15835-2011, 4.2.2).)"
    assert queued.detail_told("suggestion", f"{slip}; {slip}", "zh").count("汉字年份中的零") == 2
    assert queued.detail_told("damage", "mojibake: 2 left, 1 guessed", "zh").endswith("：未改 2 处，推测 1 处")
    assert queued.detail_told("mention", "group", "zh") == catalogue("zh").gettext("group")
    assert queued.detail_told("unread", "The hidden sheet 'a' was not read. Page 2 has 9 characters and was not read.", "zh") == (
        "隐藏的工作表 'a' 未读。 第 2 页有 9 个字符，未读。"
    )


def test_a_template_says_its_fixed_sentences_when_it_is_compiled() -> None:
    made = Templates(autoescape=True)
    looked_up: list[str] = []

    def look_up(message: str) -> str:
        looked_up.append(message)
        return f"<{message}>"

    made.globals["_"] = look_up
    template = made.from_string("{{ _('yes') }} {{ _('{n} of').format(n=3) }} {{ _(name) }}{% for n in (1, 2) %}{{ _('no') }}{% endfor %}")
    assert looked_up == ["yes", "{n} of", "no"]
    assert template.render(name="some") == "&lt;yes&gt; &lt;3 of&gt; &lt;some&gt;&lt;no&gt;&lt;no&gt;"
    assert looked_up[3:] == ["some"]


def test_a_row_has_its_values_and_its_methods_in_templates() -> None:
    made = Templates(autoescape=True, undefined=StrictUndefined)
    made.globals["_"] = str
    assert made.from_string("{{ row.title }} {{ row.items() | length }}").render(row={"title": "<a>", "items": 3}) == "&lt;a&gt; 2"
    with pytest.raises(UndefinedError):
        made.from_string("{{ row.titel }}").render(row={"title": "a"})

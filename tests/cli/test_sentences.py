"""Stored sentences are shown in the reader's language: every form has its Chinese and is known again, and the code writes no other."""

from __future__ import annotations

import ast
import re
import time
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from harvester.messages import catalogue
from harvester.sentences import FORMS, said
from harvester.sentences.blanks import BLANKS
from harvester.sentences.forms import Form
from spiders.items import Cause
from spiders.promises import FIELDS

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = read_po((ROOT / "harvester" / "locale" / "zh" / "messages.po").open("rb"))
EVERY = [form if isinstance(form, str) else form[1] for form in FORMS]
COUNTING: list[tuple[str, str]] = [form for form in FORMS if not isinstance(form, str)]
BLANK = re.compile(r"\{(\w+)\}")
WRITERS = (
    "harvester/verdict.py", "harvester/keeping.py", "harvester/middlewares.py", "harvester/network.py", "harvester/checkup.py",
    "harvester/monitoring/judging.py", "harvester/monitoring/promising.py", "harvester/monitoring/incidents.py",
    "harvester/monitoring/running.py", "harvester/monitoring/proving.py", "harvester/monitoring/proposing.py",
    "harvester/scheduling/chores.py", "harvester/scheduling/due.py", "harvester/scheduling/working.py",
    "spiders/base.py", "spiders/record_base.py", "spiders/harvest.py", "spiders/coverage.py", "spiders/record_coverage.py",
    "spiders/health.py", "spiders/file_health.py", "spiders/explaining.py", "spiders/proposing.py", "spiders/proposing_articles.py",
    *(str(path.relative_to(ROOT)) for folder in ("families", "record_families") for path in (ROOT / "spiders" / folder).glob("*.py")),
    "storage/verifying.py", "storage/locks.py", "harvester/watching/sending.py", "harvester/watching/posting.py",
    "harvester/alerting/sending.py",
)  # fmt: skip
"""The modules that write what runs, findings, incidents, due runs and proposals say."""
NOT_TOLD = ("_", "counted", "log.", "WrongCall", "HarvesterError", "re.", "select", "text", "assert", "FactSheetError", "ValueError")
"""What is called with strings that are no stored sentences: messages of the catalogue, logs, errors of a call, patterns, SQL."""

NO_SENTENCES = ("unexpected eof", "harvester run ", "the alerts")
"""What OpenSSL calls a cut connection, and the names of a connection to the database and of a lock."""


def filled(form: str, **other: str) -> str:
    """Return a form with the examples of its blanks."""
    return form.format(**{name: BLANKS[name].example for name in BLANK.findall(form)} | other)


@pytest.mark.parametrize("form", FORMS, ids=EVERY)
def test_a_form_has_its_chinese_with_the_same_blanks(form: Form) -> None:
    entry = CATALOGUE.get(form if isinstance(form, str) else form[0])
    assert entry is not None
    assert entry.id == form
    for chinese in entry.string if isinstance(entry.string, tuple) else (entry.string,):
        assert chinese
        assert sorted(BLANK.findall(chinese)) == sorted(BLANK.findall(form if isinstance(form, str) else form[1]))


@pytest.mark.parametrize("form", EVERY)
def test_a_sentence_of_each_form_is_known_again_as_that_form(form: str) -> None:
    one = next((pair[0] for pair in COUNTING if pair[1] == form), "")
    chinese = catalogue("zh").ngettext(one, form, 7) if one else catalogue("zh").gettext(form)
    values = {name: BLANKS[name].say(BLANKS[name].example, "zh", lambda text, lang: said(text, lang)) for name in BLANK.findall(form)}
    assert said(filled(form), "zh") == chinese.format(**values)
    assert said(filled(form), "en") == filled(form)


@pytest.mark.parametrize("pair", COUNTING, ids=[pair[1] for pair in COUNTING])
def test_one_of_a_thing_is_said_as_one_however_it_was_stored(pair: tuple[str, str]) -> None:
    assert said(filled(pair[1], n="1"), "en") == filled(pair[0], n="1")
    assert said(filled(pair[0], n="1"), "en") == filled(pair[0], n="1")
    assert said(filled(pair[0], n="1"), "zh") == said(filled(pair[1], n="1"), "zh")


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "Something that a later version wrote.",
        "看不懂",
        "Section tzgg: something that a later version wrote.",
        "paused",
        "{n} items",
        "¹ items",
    ],
)
def test_what_fits_no_form_is_shown_as_it_stands(stored: str) -> None:
    assert said(stored, "zh") == said(stored, "en") == stored


def test_what_stands_in_a_blank_is_never_taken_for_a_form_of_its_own() -> None:
    assert said("paused: {n} items {0}", "zh") == "已暂停：{n} items {0}"
    assert said("paused: none", "zh") == "已暂停：none"


def test_of_several_sentences_each_is_said_and_what_was_cut_off_stays() -> None:
    two = "Section a: it has new labels: x, y. Section b: 1 pages of its list failed (dns)."
    assert said(two, "zh") == "栏目 a：出现了新标签：x, y。栏目 b：列表有 1 页没有取得（域名无法解析）。"
    assert said(two, "en") == "Section a: it has new labels: x, y. Section b: 1 page of its list failed (dns)."
    assert said("Section a lacks page 2 of 3. Section b lacks pa", "zh") == "栏目 a 缺第 2 页（总页数：3）。Section b lacks pa"
    assert said("Something new. Section a lacks page 2 of 3.", "zh") == "Something new. Section a lacks page 2 of 3."
    later = "the due run of 2026-03-02 08:00 stands for it: nothing is crawled twice to make up for lost time."
    assert said(f"{later} The moments before it have no rows.", "zh") == said(later, "zh") + "更早的时刻没有逐一记录。"


def test_what_is_made_of_ends_of_sentences_is_not_tried_at_each_of_them() -> None:
    begun = time.process_time()
    assert said(".+A" * 3000 + ". A" * 3000, "zh")
    assert time.process_time() - begun < 2


def test_a_sign_is_said_at_the_end_of_a_sentence_too() -> None:
    assert said("looks like the script of 加速乐 (__jsl_clearance).", "zh") == "看起来是加速乐的脚本（__jsl_clearance）。"
    assert said("looks like the script of 加速乐 (__jsl_clearance)", "zh") == "看起来是加速乐的脚本（__jsl_clearance）"


def words() -> Iterator[str]:
    """Yield the fixed words that stand in blanks."""
    yield from map(str, Cause)
    yield from FIELDS
    yield from (sign["name"] for sign in tomllib.loads((files("spiders") / "data" / "challenges.toml").read_text("utf-8"))["signature"])


@pytest.mark.parametrize("word", sorted(set(words())))
def test_a_fixed_word_in_a_blank_has_its_chinese(word: str) -> None:
    assert catalogue("zh").gettext(word) != word


@pytest.mark.parametrize("name", WRITERS)
def test_every_sentence_that_the_code_writes_has_a_form(name: str) -> None:
    unknown = [told for told in sentences(ast.parse((ROOT / name).read_text("utf-8"))) if not has_form(told)]
    assert unknown == []


def test_the_search_for_sentences_finds_them() -> None:
    found = [told for name in WRITERS for told in sentences(ast.parse((ROOT / name).read_text("utf-8")))]
    assert len(found) > 150
    assert has_form(("Section ", None, " repeats earlier items on page ", None, "."))
    assert not has_form(("Section ", None, " is a little strange on page ", None, "."))


Pieces = tuple[str | None, ...]
"""A string in the code: what is fixed, and ``None`` for what is put in."""


def sentences(tree: ast.Module) -> Iterator[Pieces]:
    """Yield the strings of a module that are words for people, but those of docstrings and of what tells nobody."""
    hidden: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            hidden.add(id(node.value))
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith(NOT_TOLD):
            hidden |= {id(below) for below in ast.walk(node)}
        if isinstance(node, ast.JoinedStr):
            hidden |= {id(piece) for piece in node.values}
    for node in ast.walk(tree):
        if id(node) not in hidden and (told := pieces(node)) and is_told("".join(piece or "x" for piece in told)):
            yield told


def pieces(node: ast.AST) -> Pieces:
    """Return what a string is made of, nothing for what is no string."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return (node.value,)
    if isinstance(node, ast.JoinedStr):
        return tuple(str(piece.value) if isinstance(piece, ast.Constant) else None for piece in node.values)
    return ()


def is_told(text: str) -> bool:
    """Tell whether a string is made of words and no pattern, path or query."""
    return len(re.findall(r"(?:^|[ (])[a-z]{2,}(?=[ .,;:)]|$)", text)) >= 2 and not re.search(r"//|::|[\\@*=]|^\s|SELECT|<", text)


def has_form(told: Pieces) -> bool:
    """Tell whether a string of the code is one of the forms, a part of one, or what stands in a blank."""
    pattern = re.compile("".join(".+" if piece is None else re.escape(piece) for piece in told).removeprefix("; "))
    known = (*(each for form in FORMS for each in ((form,) if isinstance(form, str) else form)), *(b.example for b in BLANKS.values()))
    return "".join(piece or "" for piece in told) in NO_SENTENCES or any(pattern.search(each) for each in known)

"""The verb group `works`: what is shown of works and links, and decisions that apply at once and say what they did."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harvester.cli.main import run
from storage.identity import document_id
from storage.store import Store
from tests.storage.samples import AT, put
from tests.storage.test_links import PAPERS

FINAL, COPY, DRAFT, NEWS = (document_id(site, key) for site, key in (("a", "final"), ("b", "final"), ("a", "draft"), ("a", "news")))
Ask = Callable[..., Any]


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    for name, value in (("STORE", url), ("LANG", "en"), ("OPERATOR", "officer")):
        monkeypatch.setenv(f"HARVESTER_{name}", value)
    with Store.open(url, create=True) as store:
        runs = {site: store.begin_run(site, ["notices"], AT, region="310000") for site in ("a", "b")}
        for site, key in (("a", "final"), ("b", "final"), ("a", "draft"), ("a", "news")):
            put(store, runs[site], key, PAPERS[key], site=site)

    def asked(*words: str, status: int = 0, form: str = "") -> Any:
        got = run([*words, *(["--format", form] if form else [])])
        out = capsys.readouterr()
        assert got == status, out.err
        return json.loads(out.out) if form == "json" else out.out + out.err

    return asked


def test_works_are_listed_with_their_links_and_shown_with_the_reasons(ask: Ask) -> None:
    first, *rest = ask("works", form="json")
    assert (first["documents"], first["sites"], first["reason"], first["links"]) == (2, 2, "content", {"draft": 1})
    assert {tuple(row["links"].items()) for row in rest} == {(("final", 1),), ()}
    assert len(ask("works", "list", "--min-documents", "2", form="json")) == 1
    assert len(ask("works", "list", "--relation", "draft", "--site", "b", form="json")) == 1
    work = ask("works", "show", COPY, form="json")[0]
    assert {row["document"]: (row["tied_to"], row["score"]) for row in work["documents"]} == {FINAL: (COPY, 1.0), COPY: (FINAL, 1.0)}
    assert [(link["relation"], link["other_is"], link["reason"], link["pairs"]) for link in work["links"]] == [
        ("draft", "draft", "title without the draft's mark", 2)
    ]
    told = ask("works", "show", DRAFT)
    assert "final" in told
    assert "title without the draft's mark" in told
    parts = list(csv.DictReader(io.StringIO(ask("works", "show", FINAL, form="csv"))))
    assert [row["part"] for row in parts] == ["document", "document", "link"]
    assert "harvester works" in ask("works", "show", "w0", status=1)
    assert "no site" in ask("works", "list", "--site", "nowhere", status=2)


def test_a_decision_applies_at_once_says_what_changed_and_can_be_undone(ask: Ask) -> None:
    told = ask("works", "untie", FINAL, COPY, "--note", "another issue")
    assert "decision 1" in told
    assert " becomes " in told
    assert max(row["documents"] for row in ask("works", form="json")) == 1
    assert "it is so already" in ask("works", "untie", COPY, FINAL, "--note", "another issue")
    assert "another issue" in ask("works", "show", FINAL)
    assert "is undone" in ask("works", "undo", "1")
    assert ask("works", "decisions", form="json") == []
    log = ask("works", "decisions", "--all", form="json")
    assert [(row["tie"], row["decided_by"], row["decision state"]) for row in log] == [("none", "officer", "ended")]
    assert max(row["documents"] for row in ask("works", form="json")) == 2
    assert "harvester works decisions" in ask("works", "undo", "1", status=1)


def test_links_are_decided_with_what_the_first_is_of_the_second(ask: Ask) -> None:
    assert f"{NEWS} is linked to {DRAFT}: division" in ask("works", "tie", NEWS, DRAFT, "--as", "division")
    work = ask("works", "show", NEWS, form="json")[0]
    assert [(link["other_is"], link["reason"], link["score"]) for link in work["links"]] == [("plan", "decision", 1.0)]
    assert "no longer linked" in ask("works", "untie", NEWS, DRAFT)


def test_a_document_is_cut_out_and_what_hangs_between_is_named(ask: Ask) -> None:
    assert "decision 1" in ask("works", "untie", COPY)
    assert "only document of its work" in ask("works", "untie", COPY, status=2)
    assert "not in the store yet" in ask("works", "tie", COPY, "d" + "a" * 11)
    ask("works", "tie", FINAL, NEWS)
    told = ask("works", "tie", NEWS, COPY)
    assert "decisions contradict" in told
    assert FINAL in told
    assert "0 ties and links changed" in ask("works", "judge")


def test_who_decides_must_be_known_and_options_stand_behind_the_word(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HARVESTER_OPERATOR")
    assert "--by" in ask("works", "tie", FINAL, NEWS, status=2)
    assert "decision 1" in ask("works", "tie", FINAL, NEWS, "--by", "officer")
    assert "behind the word" in ask("works", "--limit", "3", "decisions", status=2)
    assert "identifier" in ask("works", "tie", FINAL, "../x", "--by", "officer", status=1)

"""What an operator reads of a site that broke, in the terminal, in both languages: words, and JSON that is the same in each."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator

import pytest

from harvester.replica.server import Replica
from tests import warm
from tests.drift.world import World, world


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A site that was read well, then with a page missing, then redesigned."""
    with Replica(["shanghai"]) as replica:
        made = world(tmp_path_factory.mktemp("words"), replica, "shanghai")
        made.crawl()
        replica.fault = "500:shanghai"
        made.crawl(recheck="all")
        replica.fault = "redesign:shanghai"
        made.crawl(recheck="all")
        replica.fault = "redesign:shanghai@all"
        made.crawl(recheck="all")
        yield made


def said_in(made: World, lang: str, *words: str) -> str:
    place = {"HARVESTER_STORE": made.config.store, "HARVESTER_ARCHIVE": str(made.config.archive), "HARVESTER_PACE": "0"}
    told = place | {"HARVESTER_BASES": json.dumps(made.replica.bases), "HARVESTER_LANG": lang, "COLUMNS": "200"}
    return warm.program(*words, environment={**os.environ, **told}).stdout


def sentences(text: str) -> str:
    """Return a text without addresses, commands, selectors and names of CMS families, which are the same in every language."""
    return re.sub(r"https?://\S+|`[^`]+`|harvester [a-z-]+(?: [a-z]+)*|[a-z.#]+[-_][a-z0-9_-]+|\S+@\S+|20\d{6}T\S+", "", text)


@pytest.mark.parametrize("verb", [("drift", "propose", "shanghai"), ("drift", "shanghai"), ("check", "shanghai"), ("runs",)])
def test_tables_of_what_broke_have_words_and_no_codes(broken: World, verb: tuple[str, ...]) -> None:
    for lang in ("en", "zh"):
        told = said_in(broken, lang, *verb)
        assert len(told.splitlines()) > 3
        assert re.findall(r"\b(true|false)\b|│ (list|item|date|before|after) +│", told) == []


def test_what_is_wrong_is_said_in_chinese_to_the_last_sentence(broken: World) -> None:
    for verb in (("incidents",), ("runs", "--run", last_run(broken)), ("drift", "propose", "shanghai")):
        told = sentences(said_in(broken, "zh", *verb))
        assert re.findall(r"[A-Za-z]{4,} [a-z]{2,} [a-z]{2,}", told) == []


def last_run(made: World) -> str:
    return str(json.loads(said_in(made, "en", "runs", "--format", "json"))[0]["id"])


def test_the_json_of_what_is_wrong_is_the_same_in_every_language(broken: World) -> None:
    run = last_run(broken)
    for verb in (("incidents",), ("runs", "--run", run), ("drift", "shanghai"), ("check", "shanghai")):
        assert said_in(broken, "zh", *verb, "--format", "json") == said_in(broken, "en", *verb, "--format", "json")

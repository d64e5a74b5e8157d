"""The round trip of review: queued, decided, derived again, resolved, and kept by every run after; on both databases."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from harvester.cli.main import run
from harvester.config import Config
from harvester.decisions import as_decision
from harvester.replica.document import ReplicaDocument
from harvester.replica.server import Replica
from storage import queries
from storage.dump import dump
from storage.records import DecisionRow
from storage.schema import derivations, versions
from storage.selection import Filters
from storage.store import Store
from tests import warm
from tests.storage.conftest import database, drop, name_of, postgres

__all__ = ["postgres"]
SITE = "anhui"
MENTION = "市诚信数据专班办"
NAME = "合肥市数据资源局"
PLAN = "合肥市2026年诚信数据归集任务表"


def table(lead: str, partner: str) -> str:
    rows = (
        ("1", "按月归集行业诚信数据并反馈质量问题。", lead, partner, "2026年6月底前"),
        ("2", "编制数据目录。", "市财政局", "", "2026年9月底前"),
    )
    head = "".join(f"<th>{name}</th>" for name in ("序号", "工作任务", "牵头单位", "配合单位", "完成时限"))
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table border='1'><tr>{head}</tr>{body}</table>"


DOCUMENTS = [
    ReplicaDocument("", PLAN, date(2026, 2, 3), f"<p>合信办〔2026〕3号</p>{table(MENTION, '市司法局')}", site=SITE),
    ReplicaDocument(
        "",
        "关于做好合肥市诚信数据归集工作的通知",
        date(2026, 3, 4),
        f"<p>根据《{PLAN}》（合信办〔2026〕3号），现将有关事项通知如下。</p>{table('市交通运输局', MENTION)}",
        site=SITE,
    ),
]


@pytest.fixture(scope="module")
def site() -> Iterator[Replica]:
    with Replica([SITE], extra=DOCUMENTS, own_content=False) as replica:
        yield replica


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def crawled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, site: Replica) -> Config:
    """Give the settings of a store that one crawl of a small site filled; what a test works with is a copy of it."""
    folder = tmp_path_factory.mktemp("crawled")
    url = f"sqlite:///{folder}/store.sqlite"
    if request.param == "postgres":
        url = database(request.getfixturevalue("postgres"))
    config = Config(store=url, archive=folder / "archive", pace=0).with_bases(site.bases)
    assert [summary.verdict for summary in warm.crawl([SITE], config)] == ["complete"]
    return config


@pytest.fixture
def place(request: pytest.FixtureRequest, crawled: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Config]:
    """Give the settings of a store of the test's own, as the crawl left it, with the site still there."""
    shutil.copytree(crawled.archive.parent, tmp_path, dirs_exist_ok=True)
    server = "" if crawled.store.startswith("sqlite") else request.getfixturevalue("postgres")
    url = database(server, name_of(crawled.store)) if server else f"sqlite:///{tmp_path}/store.sqlite"
    config = replace(crawled, store=url, archive=tmp_path / "archive")
    for name, value in (("STORE", url), ("ARCHIVE", str(config.archive)), ("OPERATOR", "")):
        monkeypatch.setenv(f"HARVESTER_{name}", value)
    monkeypatch.setenv("HARVESTER_LANG", "en")
    yield config
    if server:
        drop(server, url)


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]):
    """Give a function that runs a command and returns what it printed, as JSON where it asks for that."""

    def say(*words: str, status: int = 0) -> object:
        capsys.readouterr()
        assert run(words) == status, capsys.readouterr().err
        out = capsys.readouterr().out
        return json.loads(out) if "json" in words else out

    return say


def contents(config: Config) -> list[str]:
    with Store.open(config.store, archive=config.archive) as store:
        return list(dump(store))


def waiting(say) -> dict[str, int]:
    return {row["what"]: row["uses"] for row in say("review", "--kind", "mention", "--format", "json")}


def bodies(config: Config) -> dict[str, tuple[str | None, str]]:
    with Store.open(config.store) as store:
        found = queries.tasks(store, Filters(all_copies=True))
    return {body["mention"]: (body["name"], body["rule"]) for task in found for body in (*task["lead"], *task["partner"])}


def test_a_mention_is_queued_decided_derived_and_resolved_and_stays_so(place: Config, say) -> None:
    assert waiting(say)[MENTION] == 2
    row = next(row for row in say("review", "--format", "json") if row["what"] == MENTION)
    assert (row["region"], row["documents"], row["first_on"]) == ("340100", 2, "2026-02-03")
    assert all(f"{MENTION}" in say("explain", example) for example in row["examples"])

    told = say("review", "decide", MENTION, "--name", "市数据资源局", "--by", "王审核", "--note", "专班设在该局")
    assert f"{MENTION} (340100) is {NAME}; 2 uses" in told
    assert waiting(say)[MENTION] == 2, "a decision holds from the next derivation on"

    before = contents(place)
    dry = say("derive", "--dry-run", "--format", "json")
    assert contents(place) == before
    done = say("derive", "--format", "json")
    assert dry == done
    assert (done[0]["altered"], done[0]["unchanged"], done[0]["resolved"]) == (2, 0, 2)
    assert done[0]["rules"] == {"table": {"added": 0, "lost": 0, "altered": 2}}

    assert MENTION not in waiting(say)
    assert bodies(place)[MENTION] == (NAME, "decision")
    with Store.open(place.store) as store:
        task = queries.tasks(store, Filters(agency=NAME))[0]
    told = say("explain", task["id"])
    assert "decision" in told
    assert "王审核" in told
    assert "专班设在该局" in told
    assert date.today().isoformat()[:4] in told

    settled = contents(place)
    again = warm.crawl([SITE], place)[0]
    assert (again.verdict, again.versions) == ("complete", 0)
    assert contents(place) == settled
    assert say("derive", "--format", "json")[0]["unchanged"] == 2
    assert contents(place) == settled
    with Store.open(place.store) as store, store.reading() as connection:
        changes = connection.execute(select(versions.c.change).order_by(versions.c.document_id, versions.c.number)).scalars().all()
    assert changes == ["first", "reading"] * 2


def test_a_decision_until_the_last_day_of_the_calendar_has_no_end() -> None:
    decided = as_decision(DecisionRow("数字办", "320500", "agency", "苏州数字办", "", date(2020, 1, 1), date.max))
    assert decided.valid_to is None


def test_an_undone_decision_leaves_the_log_and_the_mention_waits_again(place: Config, say) -> None:
    say("review", "decide", MENTION, "--kind", "not-an-agency", "--by", "甲", "--region", "340100")
    say("derive")
    assert MENTION not in bodies(place)
    say("review", "decide", MENTION, "--kind", "group", "--by", "乙", "--region", "340100")
    assert [(row["id"], row["decision state"], row["ended_by"]) for row in say("review", "decisions", "--all", "--format", "json")] == [
        (1, "replaced", "乙"),
        (2, "in force", None),
    ]
    say("derive")
    assert bodies(place)[MENTION] == (MENTION, "decision")
    say("review", "undo", "2", "--by", "丙")
    assert say("review", "decisions", "--format", "json") == []
    say("derive")
    assert waiting(say)[MENTION] == 2
    assert say("review", "undo", "2", "--by", "丙", status=1) == ""


def test_a_file_is_read_with_the_decisions_of_the_store(place: Config, say, tmp_path: Path) -> None:
    file = tmp_path / "plan.html"
    file.write_text(f"<html><meta charset='utf-8'><h1>{PLAN}</h1>{table(MENTION, '')}</html>", "utf-8")
    lead = say("extract", str(file), "--format", "json")[0]["tasks"][0]["lead"][0]
    assert (lead["mention"], lead["resolved"]) == (MENTION, False)
    say("review", "decide", MENTION, "--name", NAME, "--by", "甲")
    lead = say("extract", str(file), "--format", "json")[0]["tasks"][0]["lead"][0]
    assert (lead["mention"], lead["name"]) == (MENTION, NAME)


def test_decisions_of_a_file_are_all_kept_or_none_and_never_twice(place: Config, say, tmp_path: Path, capsys) -> None:
    file = tmp_path / "decisions.csv"
    file.write_text(
        f"mention,region,name,kind,from,until,note\n{MENTION},340100,{NAME},,2026-01-01,,会上定的\n轮值牵头方,any,,role,,,\n", "utf-8"
    )
    assert "2 decisions read, 2 of them new" in say("review", "load", str(file), "--by", "甲")
    assert "2 decisions read, 0 of them new" in say("review", "load", str(file), "--by", "甲")
    listed = tmp_path / "listed.csv"
    listed.write_text(say("review", "decisions", "--format", "csv"), "utf-8")
    assert "2 decisions read, 0 of them new" in say("review", "load", str(listed), "--by", "甲")
    for line, words in (
        (f"{MENTION},340100,没有这个机构,,,,", "line 3: the gazetteer knows no 没有这个机构"),
        (f"{MENTION},340100,{NAME},,2026-13-01,,", "line 3: '2026-13-01' is not a date"),
        (f"{MENTION},合肥,{NAME},,,,", "line 3: '合肥' is no region"),
        (f"{MENTION},340100,{NAME},boss,,,", "line 3: 'boss' is no kind"),
        (f'"{MENTION}\x1b[31m",340100,{NAME},,,,', "line 3: a decision is one line of printable characters"),
    ):
        file.write_text(f"mention,region,name,kind,from,until,note\n另一专班,340100,{NAME},,,,\n{line}\n", "utf-8")
        capsys.readouterr()
        assert run(["review", "load", str(file), "--by", "甲"]) == 2
        assert words in capsys.readouterr().err
    assert len(say("review", "decisions", "--all", "--format", "json")) == 2


def test_a_reference_leads_to_its_document_and_back(place: Config, say) -> None:
    with Store.open(place.store) as store:
        ids = {row["title"]: row["id"] for row in queries.documents(store, Filters())}
    notice = next(identifier for title, identifier in ids.items() if title != PLAN)
    named = say("explain", notice, "--format", "json")["references"]
    assert [(one["number"], one["relation"], one["target"]) for one in named if one["title"] == PLAN] == [
        ("合信办〔2026〕3号", "basis", ids[PLAN])
    ]
    back = say("explain", ids[PLAN], "--format", "json")["referenced_by"]
    assert [one["id"] for one in back] == [notice]
    assert ids[PLAN] in say("explain", notice)


def test_a_derivation_that_was_stopped_goes_on_and_does_nothing_twice(place: Config, say) -> None:
    say("review", "decide", MENTION, "--name", NAME, "--by", "甲")
    first = say("derive", "--limit", "1", "--format", "json")
    assert first[0]["read"] == 1
    done = say("derive", "--format", "json")
    assert (done[0]["read"], done[0]["altered"]) == (2, 2)
    with Store.open(place.store) as store, store.reading() as connection:
        ended = connection.execute(select(derivations.c.ended_at)).scalars().all()
    assert len(ended) == 1
    assert ended[0] is not None

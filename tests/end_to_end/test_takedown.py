"""For each reason a record of a site, and one that stood in a document, is followed through the whole program before and after.

What may no longer be shown is in no outlet, and its content in no byte of any file that the program keeps.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from harvester.replica.document import ReplicaDocument
from harvester.replica.records import RecordTruth
from harvester.replica.server import Replica
from normalizers.codes.arithmetic import credit_check_character, organization_check_character
from storage.errors import ErasedRecord
from storage.notice_schema import notices, tombstones
from storage.record_archive import RecordArchive
from storage.records import Location
from tests.end_to_end.rights import Place, day, replicated
from tests.privacy.scan import leaks

RECORDS, PAPERS = "jiangsu_records", "anhui"
REASONS = ("expired", "repaired", "withdrawn", "gone", "suppressed")
RARE = dict(zip((*REASONS, "kept"), ("犇羴", "麤龘", "飝朤", "焱垚", "骉贔", "皛叒"), strict=True))
LIST = "关于公布2026年生态环境领域行政处罚名单的公告"


@dataclass(frozen=True)
class Case:
    """A record that is followed: its words stand in no other record. ``key`` is its site's, empty for one in a document.

    ``alone``: no other record is about its firm, so that its name and code are such words.
    """

    reason: str
    name: str
    code: str
    number: str
    facts: str
    key: str = ""
    alone: bool = True

    @property
    def words(self) -> tuple[str, ...]:
        return (self.number, self.facts, *((self.name, self.code) if self.alone else ()))


# --- what is published -----------------------------------------------------------------------------------------------------


def code(serial: int) -> str:
    """Return a valid unified code of an invented firm."""
    body = f"{serial:08d}"
    start = "91340100" + body + organization_check_character(body)
    return start + credit_check_character(start)


def of_document(reason: str, serial: int) -> Case:
    rare = RARE[reason]
    return Case(reason, f"江口{rare}货运有限公司", code(serial), f"皖环罚〔2026〕{serial}号", f"向{rare}湾倾倒废渣")


IN_PAPERS = {reason: of_document(reason, 60_000_001 + n) for n, reason in enumerate(RARE)}


def row(case: Case) -> str:
    decided = "2023-11-21" if case.reason == "expired" else "2026-03-05"
    cells = (case.name, case.code, case.number, case.facts, "罚款20000元", decided)
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def table(cases: Sequence[Case]) -> str:
    labels = ("行政相对人名称", "统一社会信用代码", "行政处罚决定书文号", "违法事实", "处罚内容", "处罚决定日期")
    head = "<tr>" + "".join(f"<td>{label}</td>" for label in labels) + "</tr>"
    return f"<p>现将名单公布如下：</p><table border='1'>{head}{''.join(map(row, cases))}</table><p>合肥市生态环境局</p>"


def single(case: Case) -> ReplicaDocument:
    """Return a notice about one firm alone, that names it in its title."""
    lines = (
        f"当事人：{case.name}",
        f"统一社会信用代码：{case.code}",
        f"行政处罚决定书文号：{case.number}",
        f"违法事实：{case.facts}",
        "处罚内容：罚款20000元",
        "处罚决定日期：2026年3月5日",
    )
    body = "".join(f"<p>{line}</p>" for line in lines) + "<p>合肥市生态环境局</p>"
    return ReplicaDocument("", f"关于对{case.name}行政处罚的公告", date(2026, 3, 6), body, site=PAPERS)


def ending(case: Case, words: str) -> ReplicaDocument:
    """Return a notice that ends an earlier decision."""
    labels = f"<tr><td>企业名称</td><td>统一社会信用代码</td><td>原处罚决定书文号</td><td>{words}日期</td></tr>"
    line = f"<tr><td>{case.name}</td><td>{case.code}</td><td>{case.number}</td><td>2026-11-20</td></tr>"
    body = f"<p>现将{words}的企业公布如下：</p><table border='1'>{labels}{line}</table><p>合肥市生态环境局</p>"
    return ReplicaDocument("", f"关于{words}行政处罚的公告", date(2026, 11, 21), body, site=PAPERS)


def chosen(replica: Replica) -> dict[str, Case]:
    """Return six penalties of the record site, those first whose firms stand in no other record, each with facts of its own."""
    truth = replica.record_truth(RECORDS)
    often = Counter(each.code for each in truth)

    def fits(each: RecordTruth) -> bool:
        plain = each.subject_kind == "legal" and each.reachable and not (each.code_problem or each.ended or each.ended_by)
        return bool(plain and each.kind == "penalty" and each.code and each.number and each.facts and each.decided_on > "2025-03-01")

    numbers = Counter(each.number for each in truth)
    found = sorted((each for each in truth if fits(each) and numbers[each.number] == 1), key=lambda each: often[each.code])
    cases = {}
    for reason, each in zip(RARE, found, strict=False):
        facts = f"向{RARE[reason]}河排放废水"
        replica.edit_record(RECORDS, each.key, facts=facts)
        cases[reason] = Case(reason, each.subject_name, each.code, each.number, facts, each.key, often[each.code] == 1)
    return cases


# --- outlets ---------------------------------------------------------------------------------------------------------------


def ids(place: Place, at: Any) -> dict[str, str]:
    """Return the identifiers of the shown records by their facts."""
    return {record["facts"]: record["id"] for record in place.ask("notices", "--limit", "0", at=at) if record["facts"]}


def outlets(place: Place, case: Case, identifier: str, at: Any) -> dict[str, str]:
    """Return what every outlet that can be asked for a record says of it."""
    told = {
        "notices by code": json.dumps(place.ask("notices", "--code", case.code, at=at), ensure_ascii=False),
        "notices by name": json.dumps(place.ask("notices", "--name", case.name, at=at), ensure_ascii=False),
        "dossier": json.dumps(place.ask("dossier", case.code, at=at)["notices"], ensure_ascii=False),
        "search": json.dumps(place.ask("search", case.facts, at=at), ensure_ascii=False),
        "documents": json.dumps(place.ask("search", case.name, "--kind", "document", at=at), ensure_ascii=False),
    }
    with place.here(at):
        shown = identifier in {record["id"] for record in place.ask("notices", "--limit", "0", at=at)}
    told["explain"] = place.say("explain", identifier, at=at, status=0 if shown else 1)
    return told


def whole(place: Place, at: Any) -> dict[str, str]:
    """Return what the outlets say that show everything."""
    graph = place.folder / "out" / "graph.json"
    place.say("graph", "--to", str(graph), at=at)
    papers = [each["id"] for each in place.ask("documents", "--site", PAPERS, "--limit", "0", at=at)]
    texts = [place.say("explain", each, "--format", "json", at=at) for each in papers]
    changed = [place.say("diff", f"{each}@1", each, at=at) for each in papers]
    return {
        "notices": place.say("notices", "--limit", "0", "--format", "json", at=at),
        "changes": place.say("changes", "--limit", "0", "--format", "json", at=at),
        "graph": graph.read_text("utf-8"),
        "tasks": place.say("tasks", "--limit", "0", "--format", "json", at=at),
        "documents": place.say("documents", "--limit", "0", "--format", "json", at=at) + "".join(texts),
        "diff": "".join(changed),
        "dump": place.say("db", "dump", at=at),
        "objections": place.say("objections", "--format", "json", at=at),
        "audit": place.say("audit", "--limit", "0", "--format", "json", at=at),
    } | place.exported(at)


ALWAYS = ("notices by code", "notices by name", "dossier", "search", "explain")
SHOWING = ("notices", "graph", "dump", "notices.csv", "notices.jsonl", "notices.xlsx", "notices.parquet", "subjects.csv")
"""Outlets that say a record before, so that the test cannot pass by looking nowhere."""


def places_of(place: Place) -> dict[str, Location]:
    n = notices.c
    with place.opened() as store, store.reading() as connection:
        found = connection.execute(select(n.id, n.file, n.file_offset, n.file_length, n.sha256)).all()
    return {each[0]: Location(*each[1:]) for each in found}


def reasons(place: Place) -> dict[str, str]:
    """Return why each record that was taken down was, by its identifier."""
    with place.opened() as store, store.reading() as connection:
        return {row[0]: str(row[1]) for row in connection.execute(select(tombstones.c.id, tombstones.c.reason)).all()}


# --- the test --------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_what_may_no_longer_be_shown_is_in_no_outlet_and_in_no_byte(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed = [case for reason, case in IN_PAPERS.items() if reason not in ("gone", "kept")]
    papers = [ReplicaDocument("", LIST, date(2026, 3, 8), table([*listed, IN_PAPERS["kept"]]), site=PAPERS), single(IN_PAPERS["gone"])]
    with replicated(tmp_path / "place", [RECORDS, PAPERS], extra=papers, own_content=False) as (replica, place):
        of_site = chosen(replica)
        assert len(of_site) == len(RARE)
        replica.edit_record(RECORDS, of_site["expired"].key, decided_on=date(2023, 11, 21), shown_until=None)
        cases = [*of_site.values(), *IN_PAPERS.values()]
        doomed = [case for case in cases if case.reason != "kept"]
        words = [word for case in doomed for word in case.words]

        first = place.crawl(at=day(-2))
        assert {site: told["verdict"] for site, told in first.items()} == {RECORDS: "complete", PAPERS: "complete"}
        identifiers, stood = ids(place, day(-1)), places_of(place)
        before, parts = whole(place, day(-1)), {}
        for case in cases:
            assert case.facts in identifiers, f"{case.reason} of {'the site' if case.key else 'a document'} is not stored"
            parts[case] = outlets(place, case, identifiers[case.facts], day(-1))
            assert not [name for name in ALWAYS if case.name not in parts[case][name] and case.facts not in parts[case][name]], case.reason
            assert not [name for name in SHOWING if case.name not in before[name]], case.reason
            with place.opened() as store:
                kept = RecordArchive(store.archive.folder).read(stood[identifiers[case.facts]])
            assert case.name in {each.value for each in kept.fields}
        assert len({leak.needle for leak in leaks([tmp_path / "place"], words)}) == len(words), "the scan does not find what is there"
        counted = sum(each["records"] for each in place.ask("quality", "--by", "site", at=day(-1)) if each["site"] != "all")

        replica.withdraw(RECORDS, of_site["withdrawn"].key, date(2026, 11, 20))
        replica.repair(RECORDS, of_site["repaired"].key, date(2026, 11, 20))
        replica.remove_record(RECORDS, of_site["gone"].key)
        gone = next(key for key, document in replica.documents(PAPERS).items() if IN_PAPERS["gone"].name in document.title)
        replica.remove(PAPERS, gone)
        replica.add(PAPERS, ending(IN_PAPERS["repaired"], "信用修复"))
        replica.add(PAPERS, ending(IN_PAPERS["withdrawn"], "撤销"))
        for case in (of_site["suppressed"], IN_PAPERS["suppressed"]):
            place.say("objections", "add", identifiers[case.facts], "--statement", "不是本单位", at=day(-1))
        place.crawl(at=day(-1))
        still = ids(place, day(-1))
        assert of_site["gone"].facts in still, "gone is confirmed on another day"
        assert IN_PAPERS["gone"].facts in still
        place.crawl(at=day(0))
        for number in ("1", "2"):
            place.say("objections", "decide", number, "upheld", "--note", "属实", at=day(0))
        assert not {case.facts for case in doomed if case.reason == "expired"} & set(ids(place, day(0))), (
            "queries hold the term by themselves"
        )

        shutil.rmtree(tmp_path / "place" / "out")
        (tmp_path / "place" / "out").mkdir()
        told = place.ask("takedown", at=day(0))[0]
        assert told["left"] == 0
        assert told["gone"] >= 1
        why = reasons(place)
        assert not [(case.reason, bool(case.key)) for case in doomed if why.get(identifiers[case.facts]) != case.reason]
        _holds_nothing(place, cases, identifiers, stood, words)
        place.say("derive", at=day(0))
        assert leaks([place.folder], words) == []
        remaining = {record["facts"] for record in place.ask("notices", "--limit", "0", at=day(0))}
        assert {case.facts for case in cases} & remaining == {case.facts for case in cases if case.reason == "kept"}
        after = sum(each["records"] for each in place.ask("quality", "--by", "site", at=day(0)) if each["site"] != "all")
        assert after < counted
        with capsys.disabled():
            print(f"\n{len(doomed)} records followed through {len(before)} outlets; {counted} records before, {after} after")

        _comes_back(replica, place, of_site)


def _holds_nothing(
    place: Place, cases: Sequence[Case], identifiers: Mapping[str, str], stood: Mapping[str, Location], words: Sequence[str]
) -> None:
    everything = whole(place, day(0))
    for case in cases:
        if case.reason == "kept":
            assert case.name in everything["notices"]
            continue
        parts = everything | outlets(place, case, identifiers[case.facts], day(0))
        found = [(name, number) for name, text in parts.items() for number, word in enumerate(case.words) if word in text]
        assert found == [], f"{case.reason} of {'the site' if case.key else 'a document'} is told"
        with place.opened() as store, pytest.raises(ErasedRecord):
            RecordArchive(store.archive.folder).read(stood[identifiers[case.facts]])
    found_at = {(leak.path.removeprefix(str(place.folder)), leak.within, words[leak.needle][:2]) for leak in leaks([place.folder], words)}
    assert found_at == set()


def _comes_back(replica: Replica, place: Place, of_site: Mapping[str, Case]) -> None:
    """Publish everything again, on another site too: what was gone is shown again, and nothing else ever."""
    replica.restore_record(RECORDS, of_site["gone"].key)
    lasting = [case for case in (*of_site.values(), *IN_PAPERS.values()) if case.reason in ("repaired", "withdrawn", "suppressed")]
    replica.add(PAPERS, ReplicaDocument("", "关于转载行政处罚名单的公告", date(2026, 11, 22), table(lasting), site=PAPERS))
    place.crawl(at=day(1))
    shown = {record["facts"] for record in place.ask("notices", "--limit", "0", at=day(1))}
    assert of_site["gone"].facts in shown
    assert not [(case.reason, bool(case.key)) for case in lasting if case.facts in shown]
    assert leaks([place.folder], [word for case in lasting for word in case.words]) == []

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import networkx as nx
import pytest

from harvester.graph import graph_of, write
from storage.notice_queries import notices
from tests.records.samples import TODAY, entry, keep, new_store, penalty, valid_code


@pytest.fixture
def graph(tmp_path: Path) -> nx.MultiDiGraph:
    store = new_store(tmp_path)
    person = {"行政相对人名称": "欧阳青岚", "行政相对人类别": "自然人", "行政相对人代码_1(统一社会信用代码)": ""}
    keep(store, [penalty("1"), penalty("2", decided=date(2026, 7, 2)), entry("1"), penalty("3", **person)])
    return graph_of(notices(store, today=TODAY))


def test_an_edge_says_how_many_records_name_both_ends_and_when(graph: nx.MultiDiGraph) -> None:
    subject = f"subject:{valid_code('20000001')}"
    decided = [data for _, target, data in graph.edges(data=True) if target == subject and data["relation"] == "decided-on"]
    assert sorted((each["records"], each["kinds"], each["first"], each["last"]) for each in decided) == [
        (1, "list-entry", "2026-05-06", "2026-05-06"),
        (2, "penalty", "2026-06-01", "2026-07-02"),
    ]


def test_persons_are_no_nodes_and_no_edge_leads_from_firm_to_firm(graph: nx.MultiDiGraph) -> None:
    assert not [name for name, data in graph.nodes(data=True) if "欧阳" in str(data)]
    assert {(source.split(":")[0], target.split(":")[0]) for source, target in graph.edges()} == {
        ("agency", "subject"), ("agency", "list"), ("list", "subject"),
    }  # fmt: skip


def test_graphml_and_json_give_the_graph_back(graph: nx.MultiDiGraph, tmp_path: Path) -> None:
    write(graph, tmp_path / "g.graphml")
    back = nx.read_graphml(tmp_path / "g.graphml")
    assert (set(back.nodes), back.number_of_edges()) == (set(graph.nodes), graph.number_of_edges())
    write(graph, tmp_path / "g.json")
    data = json.loads((tmp_path / "g.json").read_text("utf-8"))
    assert (len(data["nodes"]), len(data["links"])) == (len(graph), graph.number_of_edges())
    with pytest.raises(ValueError, match="no form of a graph"):
        write(graph, tmp_path / "g.dot")


def test_a_graph_of_names_with_control_characters_is_xml_and_nothing_else_is_left_beside_it(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    keep(store, [penalty("1", firm="合肥青岚仪表\x0b有限公司\ufffe"), entry("1", list_name="名单\x01")])
    found = graph_of(notices(store, today=TODAY))
    write(found, tmp_path / "g.graphml")
    assert len(nx.read_graphml(tmp_path / "g.graphml")) == len(found)
    assert not list(tmp_path.glob(".g.graphml*"))

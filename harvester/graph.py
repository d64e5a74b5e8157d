"""A graph of what public credit records state: bodies, firms, lists and documents, and nothing that follows from them.

An edge says that shown records name both of its ends, how many, of which kinds, and on which days. No edge leads from firm to firm,
and nothing is weighed or spread along edges: what stands near an entry of a list is not touched by it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import networkx as nx

from normalizers.notices.records import SubjectKind
from storage.whole_files import whole_file

Row = Mapping[str, Any]
GRAPHML, JSON = ".graphml", ".json"
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 has no place for."""


def graph_of(notices: Iterable[Row]) -> nx.MultiDiGraph[str]:
    """Return the graph of shown notices, rows of ``storage.notice_queries.notices``.

    Nodes: ``agency:…`` (the authority), ``subject:<code>`` (legal subjects with a sound code), ``list:…``, ``document:<id>``; each with
    ``type`` and ``label``. Edges, by ``relation``: agency ``decided-on`` subject, agency ``keeps`` list, list ``names`` subject, document
    ``states`` subject; each with ``records``, ``kinds``, ``first`` and ``last`` (days in ISO 8601). Natural persons, individual
    businesses and subjects without a sound code are no nodes.
    """
    found: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for row in notices:
        ends = dict(_ends(row))
        for name, (kind, label) in ends.items():
            found.add_node(name, type=kind, label=_NOT_IN_XML.sub("\ufffd", label))
        by_type = {kind: name for name, (kind, _) in ends.items()}
        for source, relation, target in (
            ("agency", "decided-on", "subject"),
            ("agency", "keeps", "list"),
            ("list", "names", "subject"),
            ("document", "states", "subject"),
        ):
            if source in by_type and target in by_type:
                _count(found, by_type[source], relation, by_type[target], row)
    return found


def _ends(row: Row) -> Iterable[tuple[str, tuple[str, str]]]:
    if row["subject_kind"] == SubjectKind.LEGAL and row["code"] and not row["code_problem"]:
        yield f"subject:{row['code']}", ("subject", row["subject"])
    authority = row["authority"]
    if agency := authority["name"] or authority["mention"]:
        yield _NOT_IN_XML.sub("\ufffd", f"agency:{authority['id'] or agency}"), ("agency", agency)
    if row["list_name"]:
        yield _NOT_IN_XML.sub("\ufffd", f"list:{row['colour']}:{row['list_name']}"), ("list", row["list_name"])
    if document := row["document"]:
        yield f"document:{document}", ("document", document)


def _count(graph: nx.MultiDiGraph[str], source: str, relation: str, target: str, row: Row) -> None:
    day = str(row["day"])
    if not graph.has_edge(source, target, relation):
        graph.add_edge(source, target, relation, relation=relation, records=0, kinds="", first=day, last=day)
    edge = graph.edges[source, target, relation]
    edge["records"] += 1
    edge["kinds"] = " ".join(sorted({*edge["kinds"].split(), str(row["kind"])}))
    edge["first"], edge["last"] = min(edge["first"], day), max(edge["last"], day)


def write(graph: nx.MultiDiGraph[str], path: Path) -> None:
    """Write a graph as GraphML (``.graphml``, for Gephi, yEd, Cytoscape) or as JSON (``.json``, nodes and links).

    The file appears whole or stays what it was. Raises ``ValueError`` for another suffix, ``ExportError`` and ``FullDisk``
    where it cannot be written.
    """
    if path.suffix not in (GRAPHML, JSON):
        raise ValueError(f"'{path.suffix}' is no form of a graph; use a file name that ends in {GRAPHML} or {JSON}")
    with whole_file(path) as draft:
        if path.suffix == GRAPHML:
            nx.write_graphml(graph, draft, encoding="utf-8", prettyprint=True)
        else:
            draft.write_text(json.dumps(nx.node_link_data(graph, edges="links"), ensure_ascii=False, indent=1), "utf-8")

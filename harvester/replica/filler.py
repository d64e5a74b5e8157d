"""Fill the lists with everyday documents: news, notices, readings, rules, lists. Made of hand-written parts, always the same; no tasks.

``content/filler.toml`` holds topics (each with sentences of its own), kinds (each with its titles, openings, bodies, closings and,
for some, a table) and what each site calls its places and offices. A document is one kind about one topic at one place.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

from harvester.replica.attachments import build
from harvester.replica.document import ReplicaDocument


def filler_documents(site: str) -> Iterator[ReplicaDocument]:
    """Go through a site's filler documents, newest first."""
    data = _data()
    table = data["sites"][site]
    kinds, topics = data["kinds"], data["topics"]
    day: date = table["last_day"]
    place = list(data["sites"]).index(site)
    for number in range(table["count"]):
        kind = kinds[number % len(kinds)]
        # The shift differs modulo the twelve kinds for every site and round, so that no two documents have both kind and topic in
        # common: they would pass for copies of each other.
        shift = place + len(data["sites"]) * (number // len(topics))
        topic = topics[(number * 5 + shift) % len(topics)]
        draw = _Draw(site, number)
        yield _document(table, kind, topic, draw, day)
        day -= timedelta(days=table["step"] + draw.below(5, "gap"))


class _Draw:
    """A choice that depends on nothing but the site, the document's number and what is chosen."""

    def __init__(self, site: str, number: int) -> None:
        self.number = number
        self._seed = f"{site}|{number}"

    def below(self, bound: int, what: str) -> int:
        digest = hashlib.sha256(f"{self._seed}|{what}".encode()).digest()
        return int.from_bytes(digest[:8], "big") % bound

    def one(self, choices: Sequence[str], what: str) -> str:
        return choices[self.below(len(choices), what)]

    def some(self, choices: Sequence[str], count: int, what: str) -> list[str]:
        order = sorted(range(len(choices)), key=lambda n: self.below(2**32, f"{what}{n}"))
        return [choices[n] for n in sorted(order[:count])]


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((files("harvester.replica") / "content" / "filler.toml").read_text(encoding="utf-8"))


def _document(table: dict[str, Any], kind: dict[str, Any], topic: dict[str, Any], draw: _Draw, day: date) -> ReplicaDocument:
    places = draw.some(table["places"], 6, "places")
    slots = {
        "topic": topic["name"],
        "place": places[0],
        "other": places[1],
        "office": draw.one(table["offices"], "office"),
        "region": table["region"],
        "year": day.year,
        "month": day.month,
        "day": day.day,
        "count": 12 + draw.below(80, "count"),
        "share": 41 + draw.below(55, "share"),
        "phone": f"{table['area_code']}-5550{draw.below(9000, 'phone') + 1000}",
    }
    section = table["sections"].get(kind["name"], table["sections"]["news"])
    title = draw.one(kind["titles"], "title").format(**slots)
    rows = _table(kind, draw, places) if "columns" in kind else ""
    apart = "file" in kind and draw.number // len(_data()["kinds"]) % 2 == 0
    attached = (build(kind["file"].format(**slots), f"<h1>{title}</h1>\n{rows}"),) if apart else ()
    fragment = "\n".join(_body(kind, topic, draw, slots, "" if apart else rows))
    return ReplicaDocument(section, title, day, fragment, attached, source=slots["office"], form=_form(table, draw))


def _form(table: dict[str, Any], draw: _Draw) -> str:
    return str(table["form"]) if "form" in table and draw.below(5, "form") else ""


def _body(kind: dict[str, Any], topic: dict[str, Any], draw: _Draw, slots: dict[str, Any], rows: str) -> Iterator[str]:
    paragraphs = [draw.one(kind["openings"], "opening"), *kind.get("fixed", ())]
    own = draw.some(topic["sentences"], 3, "own")
    general = draw.some(kind["middles"], 2, "middle") if "middles" in kind else []
    paragraphs += [own[0] + general[0], own[1], general[1] + own[2]] if general else own
    if kind.get("articles"):
        yield from _articles(paragraphs, slots)
    else:
        yield from (f"<p>{escape(text.format(**slots), quote=False)}</p>" for text in paragraphs)
    if rows:
        yield rows
    closing = draw.one(kind["closings"], "closing").format(**slots)
    yield f"<p>{escape(closing, quote=False)}</p>"
    yield f'<p class="r">{slots["office"]}</p>'
    yield f'<p class="r">{slots["year"]}年{slots["month"]}月{slots["day"]}日</p>'


def _articles(paragraphs: list[str], slots: dict[str, Any]) -> Iterator[str]:
    for number, text in enumerate(paragraphs):
        yield f"<p>第{'一二三四五六七八九十'[number]}条　{escape(text.format(**slots), quote=False)}</p>"


def _table(kind: dict[str, Any], draw: _Draw, places: list[str]) -> str:
    """Return a table of made-up rows: places and figures go into the row patterns."""
    lines = ["<table>", "<tr>" + "".join(f"<td>{column}</td>" for column in kind["columns"]) + "</tr>"]
    for number, place in enumerate(places, 1):
        slots = {"n": number, "place": place, "a": 3 + draw.below(90, f"a{number}"), "b": 100 + draw.below(900, f"b{number}")}
        cells = (draw.one(pattern, f"row{number}").format(**slots) for pattern in kind["cells"])
        lines.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    return "\n".join([*lines, "</table>"])

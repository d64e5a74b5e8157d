"""An open frame for an index of the credit environment: each indicator with its formula, its figures, its coverage and its gaps.

Experimental on purpose: it shows what public data can say and what they cannot, region by region, and ranks nobody.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from harvester import quality
from normalizers.records import DocumentKind
from storage import queries
from storage.selection import Filters
from storage.store import Store

Row = dict[str, Any]
REGIONS = {"310000": "上海", "320000": "江苏", "330000": "浙江", "340000": "安徽"}
RULES = (DocumentKind.MEASURES, DocumentKind.REGULATION)
Figures = Mapping[str, tuple[float, float]]
"""By indicator: what is counted, and among how many."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One measure: ``worst`` and ``best`` are the values for 0 and 100 points, ``None`` for one that is shown and not counted."""

    id: str
    name: str
    name_zh: str
    formula: str
    unit: str
    worst: float | None = None
    best: float | None = None
    weight: float = 1.0
    formula_zh: str = ""

    def points(self, value: float) -> float | None:
        """Return the points of a value, from 0 to 100, ``None`` without goalposts."""
        if self.worst is None or self.best is None:
            return None
        return round(100 * min(1.0, max(0.0, (value - self.worst) / (self.best - self.worst))), 1)


@cache
def frame() -> dict[str, Any]:
    """Return the frame: ``indicators``, ``gaps`` (what public data do not tell, and why) and the notice that goes with every result."""
    data = tomllib.loads((files("harvester") / "indicators.toml").read_text("utf-8"))
    return data | {"indicators": [Indicator(**entry) for entry in data["indicators"]]}


def indicators(store: Store, today: date) -> list[Row]:
    """Return one row a region and indicator, and one a region for the whole (``indicator`` is ``index``).

    A row tells ``value``, ``part`` and ``whole`` (the figures it is made of), ``points``, and of the whole the ``coverage``: the weight of
    the indicators that had data, as a share. An indicator without data has no value, and none is guessed.
    """
    found: list[Row] = []
    for region, name in REGIONS.items():
        figures = _figures(store, today, region)
        rows = [{"region": region, "region_name": name} | _row(each, *figures[each.id]) for each in frame()["indicators"]]
        found += [*rows, {"region": region, "region_name": name} | _whole(rows)]
    return found


def _row(indicator: Indicator, part: float, whole: float) -> Row:
    if indicator.unit == "documents":  # a count: of no documents at all nothing is known
        value: float | None = part if whole else None
    else:
        value = quality.share(int(part), int(whole), 1000 if indicator.unit == "permille" else 1)
    points = None if value is None else indicator.points(value)
    named = {"indicator": indicator.id, "name": indicator.name, "name_zh": indicator.name_zh, "unit": indicator.unit}
    told = {"value": value, "part": part, "whole": whole, "points": points, "formula": indicator.formula}
    told |= {"formula_zh": indicator.formula_zh}
    return named | told | {"coverage": None, "weight": indicator.weight if indicator.worst is not None else 0.0}


def _whole(rows: list[Row]) -> Row:
    counted = [row for row in rows if row["points"] is not None]
    weight = sum(row["weight"] for row in counted)
    points = round(sum(row["points"] * row["weight"] for row in counted) / weight, 1) if weight else None
    every = sum(row["weight"] for row in rows)
    named = {"indicator": "index", "name": "Index (experimental)", "name_zh": "信用环境指数（试验）", "unit": "points"}
    told = {"value": points, "part": len(counted), "whole": sum(row["weight"] > 0 for row in rows), "points": points}
    formula = {"formula": "weighted mean of the points of indicators with data", "formula_zh": "有数据指标得分的加权平均"}
    return named | told | formula | {"coverage": round(weight / every, 4), "weight": 0.0}


def _figures(store: Store, today: date, region: str) -> dict[str, tuple[float, float]]:
    made: tuple[Callable[[Store, date, str], Figures], ...] = (_of_records, _of_tasks, _of_documents)
    return {name: figure for make in made for name, figure in make(store, today, region).items()}


def _of_records(store: Store, today: date, region: str) -> Figures:
    whole = quality.report(store, today, by=(), region=region)[-1]
    return {
        "codes-valid": (whole["valid"], whole["legal"]),
        "codes-wrong": (whole["wrong"] + whole["duplicate"], whole["coded"]),
        "published-promptly": (whole["prompt"], whole["dated"]),
        "fields-complete": (whole["records"] - whole["incomplete"], whole["records"]),
    }


def _of_tasks(store: Store, today: date, region: str) -> Figures:
    tasks = queries.tasks(store, Filters(region=region, as_of=None))
    dated = sum((task["deadline"] or {}).get("end") is not None for task in tasks)
    led = sum(any(body["resolved"] for body in (*task["lead"], *task["responsible"])) for task in tasks)
    return {"tasks-dated": (dated, len(tasks)), "tasks-led": (led, len(tasks))}


def _of_documents(store: Store, today: date, region: str) -> Figures:
    kinds = list({row["work"]: row["document_kind"] for row in queries.documents(store, Filters(region=region))}.values())
    return {"rules": (sum(kind in RULES for kind in kinds), len(kinds)), "cases": (kinds.count(DocumentKind.CASE), len(kinds))}
